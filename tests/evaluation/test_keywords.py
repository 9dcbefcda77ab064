from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from framing.codebook import Codebook, Frame
from framing.evaluation.cross_validation import Part
from framing.evaluation.gold_rows import GoldRows
from framing.evaluation.keywords import Keywords, is_defined

FRAMES = (
    Frame("deed", "Deed", question="What was done by the troops?", include=("a raid on the camp",)),
    Frame("want", "Want", definition="What the people of the valley lack: wells, wages.", exclude=("rifles",)),
)
CODEBOOK = Codebook("two", "1", FRAMES, residual="rest")
TEXTS = [
    "The raid began at dawn.",
    "The wells ran dry.",
    "The map shows it.",
    "Wages in the valley, and a raid.",
    "Nobody came.",
    "The the the.",
    "Rifles.",
]
TRAIN, TEST = np.array([0, 1, 2]), np.array([3, 4, 5, 6])


def keywords(codebook: Codebook = CODEBOOK, gold: tuple[int, ...] = (0, 1, 2, 1, 1, 2, 2)) -> Keywords:
    rows = GoldRows(np.array(gold), np.zeros(len(TEXTS), bool), np.arange(len(TEXTS)), codebook.labels)
    return Keywords.of_codebook(codebook, TEXTS, rows)


def labels(recipe: Keywords) -> list[int]:
    return recipe.judge(Part(0, 0, TRAIN, TEST)).scores.argmax(axis=1).tolist()


def test_the_frame_that_shares_more_weight_is_given_and_the_residual_where_nothing_is_shared() -> None:
    assert labels(keywords()) == [1, 2, 2, 2]


def test_weights_worked_out_on_paper() -> None:
    """In each frame's text one word of its own stands in one of three training paragraphs, the others in none.

    deed: deed, was, done, by, troops, on, camp; raid in one. want: want, people, of, valley, lack, wages; wells in
    one. 'the' and 'what' stand in both texts and weigh nothing.
    """
    unseen, once = np.log(2) * np.log(4 / 1), np.log(2) * np.log(4 / 2)
    deed = once / np.sqrt(7 * unseen**2 + once**2)
    want = 2 * unseen / np.sqrt(6 * unseen**2 + once**2)
    [scores] = keywords().judge(Part(0, 0, TRAIN, TEST[:1])).scores
    assert scores == pytest.approx([deed, want, 0])


def test_without_a_residual_the_most_frequent_label_stands_in() -> None:
    codebook = dataclasses.replace(CODEBOOK, residual=None)
    assert labels(keywords(codebook, gold=(1, 0, 1, 0, 0, 0, 0))) == [1, 1, 1, 1]
    assert labels(keywords(codebook, gold=(0, 1, 0, 1, 1, 1, 1))) == [1, 0, 0, 0]


def test_labels_of_the_training_part_change_nothing_where_there_is_a_residual() -> None:
    first = keywords().judge(Part(0, 0, TRAIN, TEST)).scores
    second = keywords(gold=(2, 0, 1, 0, 0, 0, 0)).judge(Part(0, 0, TRAIN, TEST)).scores
    assert np.array_equal(first, second)


def test_exclude_rules_and_a_bare_title_define_nothing() -> None:
    assert is_defined(FRAMES[0])
    assert is_defined(FRAMES[1])
    assert not is_defined(Frame("x", "A title", exclude=("rifles",), examples=("An example.",)))
