"""The example articles are cut as a careful reader cuts them: blank lines, one a line, hard-wrapped, a list, CRLF."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from framing.segmentation_settings import SegmentationSettings
from framing.text import Paragraph, Segmentation, read_articles

EXAMPLES = Path(__file__).parents[2] / "experiments" / "examples"
EXPECTED = tomllib.loads((EXAMPLES / "expected.toml").read_text(encoding="utf-8"))["article"]


def paragraphs(name: str) -> list[Paragraph]:
    errors = []
    (article,) = read_articles(str(EXAMPLES / name), on_error=errors.append)
    assert not errors
    return Segmentation(SegmentationSettings()).split(article)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected["file"])
def test_paragraphs_begin_where_a_reader_sees_them_begin(expected: dict) -> None:
    found = paragraphs(expected["file"])
    starts = [" ".join(paragraph.text.split()[:5]) for paragraph in found]
    assert starts == [entry["starts"] for entry in expected["paragraphs"]]


def test_every_example_is_expected() -> None:
    assert {entry["file"] for entry in EXPECTED} == {path.name for path in EXAMPLES.glob("*.txt")}


def test_boilerplate_is_mostly_found_and_no_story_is_taken_for_it() -> None:
    marked = [
        (paragraph.boilerplate, entry["boilerplate"])
        for expected in EXPECTED
        for paragraph, entry in zip(paragraphs(expected["file"]), expected["paragraphs"], strict=True)
    ]
    assert (True, False) not in marked
    assert marked.count((True, True)) >= 9
