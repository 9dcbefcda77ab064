from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels, read_codebook
from framing.errors import EvaluationError
from framing.evaluation.behaviour import BehaviourTests, Pair, measure_behaviour, refuse_other_codebook
from framing.evaluation.behaviour_files import read_behaviour
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.perturbations import AddSentence, RenameNames, SwapLetters
from framing.model import FrameModel
from framing.model.frame_model import TermWeights

CODEBOOK = of_labels("sides", ["army", "front"])


def model(army: float, front: float) -> FrameModel:
    """Judge by two words alone; where neither stands, or as much of both, for the army."""
    # The last two columns are for the article, of which nothing is known here.
    weights = np.array([[army, 0, 0, 0], [0, front, 0, 0]], np.float32)
    terms = TermWeights(("army", "front"), np.ones(2), weights)
    return FrameModel(terms, None, None, np.array([0.01, 0.0]), (1, 1), sublinear_tf=False)


READER, DEAF = model(1, 1), model(0, 0)

TEXTS = [
    "the army said that it held the bridge again today",
    "the front said that it held the bridge again today",
    "nobody said that he held the bridge again today",
    "the army went away from the old bridge again today",
    "short army",
    "the front went home over the old bridge again today",
]
DATA = LabelledParagraphs(
    codebook=CODEBOOK,
    ids=[f"p{row}" for row in range(6)],
    texts=TEXTS,
    articles=list("aabbcc"),
    gold=np.array([0, 1, -1, 0, 0, 1]),
    targets=np.full((6, 2), 0.5),
)
FOLDS = np.array([0, 0, 1, 1, 1, 1])
ARTICLES = ArticleBootstrap.over(np.array([0, 0, 1, 1, 2, 2]), 400, 1)
# Three times 'front' outweighs one 'army'.
SHOUT = AddSentence("shout", after=("front front front",))
PAIRS = (
    Pair("turned", ("the army said so", "the front said so"), ("army", "front"), "attribution"),
    Pair("subtle", ("the army said so", "its foes said so"), ("army", "front")),
    Pair("same", ("the army said so", "the army denied it"), ("army", "army")),
    Pair("misread", ("the front said so", "rebels said so"), ("front", "front")),
)


def measure(tests: BehaviourTests, data=DATA, models=(READER, READER), seed=5):
    return measure_behaviour(tests, data, FOLDS, models, ARTICLES, seed)


def test_flips_are_counted_among_the_changed_paragraphs() -> None:
    [entry] = measure(BehaviourTests((SHOUT,), ()))["invariance"]
    # All but the short one get the sentence; rows 0, 2 and 3 were the army's and are so no more.
    assert (entry["name"], entry["change"], entry["changed"]) == ("shout", "add", 4 + 1)
    assert entry["flipped"]["value"] == pytest.approx(3 / 5)
    assert entry["by_frame"]["army"]["flipped"]["value"] == 1
    assert entry["by_frame"]["army"]["changed"] == 2
    assert entry["by_frame"]["front"]["flipped"]["value"] == 0
    assert (entry["right_before"], entry["became_wrong"], entry["became_right"]) == (4, 2, 0)
    assert [example["paragraph"] for example in entry["examples"]] == ["p0", "p2", "p3"]
    assert entry["examples"][0] == {
        "paragraph": "p0",
        "gold": "army",
        "before": "army",
        "after": "front",
        "text": TEXTS[0],
        "changed_text": TEXTS[0] + " front front front",
    }
    assert entry["examples"][1]["gold"] is None


def test_each_paragraph_is_judged_by_the_model_that_did_not_see_it() -> None:
    [entry] = measure(BehaviourTests((SHOUT,), ()), models=(READER, DEAF))["invariance"]
    assert [example["paragraph"] for example in entry["examples"]] == ["p0"]


def test_the_interval_is_over_articles() -> None:
    [entry] = measure(BehaviourTests((SHOUT,), ()))["invariance"]
    flipped, changed = np.array([1, 2, 0]), np.array([2, 2, 1])
    drawn = (ARTICLES.multiplicity @ flipped) / (ARTICLES.multiplicity @ changed)
    assert entry["flipped"]["low"] == pytest.approx(np.percentile(drawn, 2.5))
    assert entry["flipped"]["high"] == pytest.approx(np.percentile(drawn, 97.5))


def test_a_perturbation_without_occasion_has_no_share() -> None:
    long = AddSentence("long", after=("one two three four five six",))
    [entry] = measure(BehaviourTests((long,), ()))["invariance"]
    assert entry["changed"] == 0
    assert entry["flipped"] == {"value": None, "low": None, "high": None}
    assert entry["examples"] == []


def test_other_peoples_texts_are_not_told() -> None:
    [entry] = measure(BehaviourTests((SHOUT,), ()), data=replace(DATA, ours=False))["invariance"]
    assert [set(example) for example in entry["examples"]] == [{"paragraph", "gold", "before", "after"}] * 3
    assert "bridge" not in json.dumps(entry)


def test_examples_are_ten_at_most_and_spread() -> None:
    data = replace(
        DATA,
        ids=[f"p{row}" for row in range(60)],
        texts=[TEXTS[0]] * 60,
        articles=["a"] * 60,
        gold=np.zeros(60, int),
        targets=np.full((60, 2), 0.5),
    )
    bootstrap = ArticleBootstrap.over(np.arange(60), 100, 1)
    folds = np.arange(60) % 2
    result = measure_behaviour(BehaviourTests((SHOUT,), ()), data, folds, (READER, READER), bootstrap, 1)
    shown = [example["paragraph"] for example in result["invariance"][0]["examples"]]
    assert len(shown) == 10
    assert (shown[0], shown[-1]) == ("p0", "p59")


def test_pairs_by_hand() -> None:
    told = measure(BehaviourTests((), PAIRS), models=(READER, DEAF))["directional"]
    change, stay = told["should_change"], told["should_stay"]
    # The reader stays on one of two, the deaf model on both; the reader has one whole pair right, the deaf none.
    assert change["pairs"] == 2
    assert change["stayed"]["value"] == pytest.approx(0.75)
    assert (change["stayed"]["lowest_model"], change["stayed"]["highest_model"]) == (0.5, 1.0)
    assert change["right_on_both_sides"]["value"] == pytest.approx(0.25)
    # The reader flips on 'misread', the deaf model nowhere; both have 'same' right.
    assert stay["pairs"] == 2
    assert stay["flipped"]["value"] == pytest.approx(0.25)
    assert stay["right_on_both_sides"]["value"] == pytest.approx(0.5)
    assert told["by_frame"]["army"] == {"texts": 4, "right": 1.0}
    assert told["by_frame"]["front"] == {"texts": 4, "right": pytest.approx(2 / 8)}
    assert told["each"][0] == {
        "name": "turned",
        "turned": "attribution",
        "frames": ["army", "front"],
        "predicted": [["army", "front"], ["army", "army"]],
    }
    for figure in (change["stayed"], stay["flipped"]):
        assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1


def test_only_what_there_is_is_told() -> None:
    assert measure(BehaviourTests((SHOUT,), ()))["directional"] == {"pairs": 0}
    assert "should_stay" not in measure(BehaviourTests((), PAIRS[:2]))["directional"]


def test_the_seed_gives_the_result_again_and_it_is_json() -> None:
    tests = BehaviourTests((SwapLetters("typos", 2), SHOUT), PAIRS)
    results = [json.dumps(measure(tests, seed=seed), allow_nan=False) for seed in (5, 5, 6)]
    assert results[0] == results[1]
    assert results[0] != results[2]


def test_tests_for_another_codebook_are_refused(tmp_path) -> None:
    path = tmp_path / "tests.toml"
    pair = '[[pair]]\nname = "p"\nfirst = "a"\nfirst_frame = "army"\nsecond = "b"\nsecond_frame = "rebels"\n'
    path.write_text(pair, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"tests\.toml:6: the frame 'rebels' of the pair 'p' .* army, front"):
        measure(read_behaviour(path))
    path.write_text(f'codebook = "other"\n{pair}', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"tests\.toml:1: .*codebook 'other', and the data has 'sides'"):
        measure(read_behaviour(path))


def test_the_committed_pairs_fit_the_codebook(root) -> None:
    tests = read_behaviour(root / "experiments" / "behaviour" / "conflict-frames.toml")
    codebook = read_codebook(root / "labels" / "codebook.toml")
    refuse_other_codebook(tests, codebook)
    assert len(tests.pairs) >= 60
    assert {frame for pair in tests.pairs for frame in pair.frames} == set(codebook.labels)
    lengths = [len(text.split()) for pair in tests.pairs for text in pair.texts]
    assert min(lengths) >= 25
    assert max(lengths) <= 60


def test_invented_names_stand_nowhere_in_the_corpus(root) -> None:
    tests = read_behaviour(root / "experiments" / "behaviour" / "conflict-frames.toml")
    [renamer, *_] = [perturbation for perturbation in tests.perturbations if isinstance(perturbation, RenameNames)]
    invented = {word for words in renamer.invented.values() for word in words}
    paragraphs = (root / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8")
    assert len(invented) > 100
    assert [word for word in sorted(invented) if word in paragraphs] == []
