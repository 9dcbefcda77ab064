from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.evaluation.description import describe_data

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
GOLD = np.array([0, 1, 1, -1, 2])
DATA = LabelledParagraphs(
    CODEBOOK, list("abcde"), ["one two", "one", "one two three", "", "one two"], ["x", "x", "y", "y", "z"], GOLD,
    np.eye(3)[GOLD], strata={"region": ["north", "north", "south", "south", ""]},
    codings={"ana": np.array([0, 1, -1, 0, 2]), "bot": np.array([0, 1, 1, 1, -1])}, coder_kinds={"bot": "program"},
    coder_descriptions={"bot": "A run."}, sources=["b.org", "b.org", "a.org", "a.org", ""],
    datasheet={"datasheet.motivation.purpose": "To test."},
)  # fmt: skip
NO_BOILERPLATE = np.zeros(5, dtype=np.bool_)


def test_counts_of_all_that_is_known() -> None:
    found = describe_data(DATA, np.array([False, True, False, False, False]))
    assert (found["paragraphs"], found["articles"], found["with_gold"], found["boilerplate"]) == (5, 3, 4, 1)
    assert found["words_per_paragraph"] == {"least": 0, "quartiles": [1.0, 2.0, 2.0], "most": 3}
    assert found["paragraphs_per_article"] == {"least": 1, "quartiles": [1.5, 2.0, 2.0], "most": 2}
    assert found["labels"] == {
        "deed": {"paragraphs": 1, "articles": 1},
        "want": {"paragraphs": 2, "articles": 2},
        "rest": {"paragraphs": 1, "articles": 1},
    }
    unknown, north, south = found["strata"]["region"]
    assert unknown == {"name": "", "articles": 1, "paragraphs": 1, "labels": {"deed": 0, "want": 0, "rest": 1}}
    assert north == {"name": "north", "articles": 1, "paragraphs": 2, "labels": {"deed": 1, "want": 1, "rest": 0}}
    # A paragraph without gold counts as one, and for no label.
    assert south == {"name": "south", "articles": 1, "paragraphs": 2, "labels": {"deed": 0, "want": 1, "rest": 0}}
    assert found["sources"] == [
        {"name": "a.org", "articles": 1, "paragraphs": 2},
        {"name": "b.org", "articles": 1, "paragraphs": 2},
    ]
    assert found["coders"] == {
        "ana": {"kind": None, "description": None, "paragraphs": 4},
        "bot": {"kind": "program", "description": "A run.", "paragraphs": 4},
    }
    assert found["datasheet"] == {"datasheet.motivation.purpose": "To test."}
    json.dumps(found, allow_nan=False)


def test_where_little_is_known_little_is_said() -> None:
    bare = LabelledParagraphs(CODEBOOK, ["7"], ["some words"], ["7"], np.array([0]), np.eye(3)[[0]], ours=False)
    found = describe_data(bare, np.array([False]))
    assert (found["strata"], found["sources"], found["coders"], found["datasheet"]) == ({}, [], {}, {})
    assert not found["ours"]
    # Nothing of a text that is not ours.
    assert "some" not in json.dumps(found)


@pytest.mark.parametrize("copies", [2, 3])
def test_counts_grow_with_the_data(copies: int) -> None:
    def again(values):
        return [f"{value}{copy}" for copy in range(copies) for value in values]

    more = dataclasses.replace(
        DATA, ids=again(DATA.ids), texts=list(DATA.texts) * copies, articles=again(DATA.articles),
        gold=np.tile(GOLD, copies), strata={"region": list(DATA.strata["region"]) * copies},
        codings={name: np.tile(places, copies) for name, places in DATA.codings.items()},
        sources=list(DATA.sources) * copies,
    )  # fmt: skip
    once, often = describe_data(DATA, NO_BOILERPLATE), describe_data(more, np.tile(NO_BOILERPLATE, copies))
    for few, many in zip(once["strata"]["region"], often["strata"]["region"], strict=True):
        assert many["paragraphs"] == copies * few["paragraphs"]
        assert many["articles"] == copies * few["articles"]
    assert [one["paragraphs"] for one in often["sources"]] == [copies * one["paragraphs"] for one in once["sources"]]
