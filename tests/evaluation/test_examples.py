from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.evaluation.examples import OF_EACH, draw_examples

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
N = 90
GOLD = np.arange(N) % 3
DATA = LabelledParagraphs(
    CODEBOOK, [f"a{row}" for row in range(N)], [f"text {row}" for row in range(N)], [str(row // 3) for row in range(N)],
    GOLD, np.eye(3)[GOLD], codings={"ana": GOLD},
)  # fmt: skip
# The first third is right, the second wrong, the last left open, half of it right.
PREDICTED = np.where(np.arange(N) < 30, GOLD, (GOLD + 1) % 3)
PREDICTED[75:] = GOLD[75:]
PROBABILITIES = np.eye(3)[PREDICTED][None] * 0.7 + 0.1
SETS = np.eye(3, dtype=np.bool_)[PREDICTED]
SETS[60:] = True
ISSUES = {"ranked": [{"paragraph": "a50"}], "confident_errors": [{"paragraph": "a51"}]}


class Model:
    def scores(self, texts):
        raise AssertionError("nothing is scored here")

    def contributions(self, text, frame):
        return [(f"{text} for {frame}", 0.5), ("against", -0.5)]


def draw(seed: int = 0, **changes):
    given = {
        "data": DATA, "probabilities": PROBABILITIES, "predicted": PREDICTED[None], "candidates": SETS,
        "boilerplate": np.zeros(N, np.bool_), "models": [Model()], "test_fold": np.zeros(N, np.int64), "issues": ISSUES,
    }  # fmt: skip
    return draw_examples(**(given | changes), seed=seed)


def rows(entries) -> list[int]:
    return [int(entry["paragraph"][1:]) for entry in entries]


def test_each_list_holds_what_it_says_some_of_each_label() -> None:
    found = draw()
    for name, place in (("right", 0), ("wrong", 30), ("uncertain", 60)):
        entries = found[name]
        assert all(place <= row < place + 30 for row in rows(entries))
        assert [entry["gold"] for entry in entries] == ["deed"] * OF_EACH + ["want"] * OF_EACH + ["rest"] * OF_EACH
        assert len(set(rows(entries))) == 3 * OF_EACH
    assert all(entry["predicted"] == entry["gold"] for entry in found["right"])
    assert all(entry["predicted"] != entry["gold"] for entry in found["wrong"])
    assert all(len(entry["candidates"]) == 3 for entry in found["uncertain"])
    entry = found["wrong"][0]
    assert entry["coders"] == {"ana": entry["gold"]}
    assert entry["probability"] == 0.8
    # What speaks against a label is no evidence for it.
    assert entry["evidence"]["gold"] == [[f"text {rows([entry])[0]} for 0", 0.5]]


def test_texts_of_all_that_is_named_and_of_nothing_else() -> None:
    found = draw()
    named = {entry["paragraph"] for name in ("right", "wrong", "uncertain") for entry in found[name]} | {"a50", "a51"}
    assert set(found["texts"]) == named
    assert all(text == f"text {name[1:]}" for name, text in found["texts"].items())


def test_the_draw_is_by_lot_and_the_same_for_the_same_seed() -> None:
    assert draw() == draw()
    drawn = {tuple(rows(draw(seed)["right"])) for seed in range(12)}
    assert len(drawn) > 6
    counts = np.bincount([row for seed in range(200) for row in rows(draw(seed)["right"])], minlength=30)
    # 200 draws of 2 out of 10: 40 each on average, and no row is left out or drawn every time.
    assert 15 < counts[:30].min() <= counts[:30].max() < 75


def test_boilerplate_and_what_has_no_gold_are_not_drawn() -> None:
    boilerplate = np.arange(N) % 2 == 0
    found = draw(boilerplate=boilerplate, data=dataclasses.replace(DATA, gold=np.where(np.arange(N) % 5, GOLD, -1)))
    drawn = [row for name in ("right", "wrong", "uncertain") for row in rows(found[name])]
    assert drawn
    assert all(row % 2 and row % 5 for row in drawn)


@pytest.mark.parametrize("candidates", [SETS, None])
def test_texts_of_others_stay_out(candidates) -> None:
    others = dataclasses.replace(DATA, ours=False, ids=[str(row + 1) for row in range(N)])
    issues = {"ranked": [{"paragraph": 50}], "confident_errors": []}
    found = draw(data=others, candidates=candidates, issues=issues)
    assert found["texts"] == {}
    assert "text " not in json.dumps({name: found[name] for name in ("right", "wrong", "uncertain")})
    assert all(entry["evidence"] is None for entry in found["wrong"])
    assert isinstance(found["wrong"][0]["paragraph"], int)
    if candidates is None:
        assert found["uncertain"] == []
        assert found["wrong"][0]["candidates"] is None
