from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import labels_to_keep, lay_over, parse_rows
from framing.codebook import Codebook, Frame
from framing.errors import LabelError

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")


def labelled(**changes) -> LabelledParagraphs:
    data = LabelledParagraphs(
        CODEBOOK,
        ["p1", "p2", "p3"],
        ["A raid at dawn.", "No wells.", "Rain."],
        ["a", "a", "b"],
        np.array([0, -1, 2]),
        np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]]),
    )
    return dataclasses.replace(data, **changes)


def test_kept_labels_laid_over_the_same_paragraphs_are_the_labels() -> None:
    data = labelled()
    rows = labels_to_keep(data, np.array([0, 0, 1]))
    kept = lay_over(parse_rows("".join(json.dumps(row) + "\n" for row in rows).encode()), data)
    assert np.array_equal(kept.gold, data.gold)
    assert np.array_equal(kept.targets, data.targets)
    assert kept.gone == 0


def test_no_text_is_kept() -> None:
    data = labelled(ours=False, ids=["1", "2", "3"])
    content = json.dumps(labels_to_keep(data, np.array([0, 0, 1])))
    assert not any(text in content for text in data.texts)
    assert [row["paragraph"] for row in json.loads(content)] == [1, 2, 3]


def test_later_labels_change_nothing_of_the_earlier() -> None:
    rows = labels_to_keep(labelled(), np.array([0, 0, 1]))
    today = labelled(
        ids=["p0", "p1", "p2", "p3"],
        texts=["New.", "A raid at dawn.", "No wells.", "Rain."],
        articles=["n", "a", "a", "b"],
        gold=np.array([1, 1, 1, 2]),
        targets=np.eye(3)[[1, 1, 1, 2]],
    )
    kept = lay_over(rows, today)
    assert kept.gold.tolist() == [-1, 0, -1, 2]
    assert kept.targets[0].tolist() == [0, 0, 0]


def test_a_paragraph_with_another_text_is_gone() -> None:
    rows = labels_to_keep(labelled(), np.array([0, 0, 1]))
    kept = lay_over(rows, labelled(texts=["A raid at noon.", "No wells.", "Rain."]))
    assert (kept.gone, kept.gold.tolist()) == (1, [-1, -1, 2])


def test_labels_of_another_codebook_are_refused() -> None:
    rows = labels_to_keep(labelled(), np.array([0, 0, 1]))
    other = dataclasses.replace(CODEBOOK, frames=(Frame("raid", "Raid"), Frame("want", "Want")))
    with pytest.raises(LabelError, match=r"row 1 of the kept labels does not fit: 'deed' is not known.* raid, want"):
        lay_over(rows, labelled(codebook=other))


def test_labels_of_other_paragraphs_are_refused() -> None:
    rows = labels_to_keep(labelled(), np.array([0, 0, 1]))
    with pytest.raises(LabelError, match="none of the paragraphs"):
        lay_over(rows, labelled(ids=["q1", "q2", "q3"]))


@pytest.mark.parametrize(
    "row",
    [
        {"paragraph": "p1"},
        {"paragraph": "p1", "text_sha256": 3, "targets": [], "gold": None},
        {"paragraph": ["p1"], "text_sha256": "", "targets": {}, "gold": None},
    ],
)
def test_rows_that_are_none_are_refused_or_passed_over(row) -> None:
    with pytest.raises(LabelError):
        lay_over([row], labelled())


def test_a_target_that_is_no_number_is_refused() -> None:
    [row, *_] = labels_to_keep(labelled(), np.array([0, 0, 1]))
    with pytest.raises(LabelError, match="row 1 of the kept labels is no such row"):
        lay_over([row | {"targets": {"deed": "much"}}], labelled())


def test_a_line_that_is_no_object_is_named() -> None:
    with pytest.raises(LabelError) as told:
        parse_rows(b'{"paragraph": "p1"}\n[1]\n')
    assert told.value.line == 2


def test_line_ends_of_unicode_within_a_text_end_no_row() -> None:
    data = labelled(articles=["a\u2028b", "a\u2028b", "c\u0085d"])
    rows = labels_to_keep(data, np.array([0, 0, 1]))
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    assert [row["article"] for row in parse_rows(content)] == list(data.articles)
