from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact, load
from framing.report.document import Passages, ReportSource, Section, Text
from framing.report.examples_section import MOST, examples_section

ROOT = Path(__file__).parents[2]
RULE = "Two of each label by lot."


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load(ROOT / "artifacts" / "conflict-frames")


def entry(paragraph: str | int, gold: str, predicted: str, **changes: Any) -> dict[str, Any]:
    evidence = {"predicted": [["patrol", 0.4], ["the patrol", 0.1]], "gold": [["farmers", 0.2]]}
    found = {
        "paragraph": paragraph,
        "gold": gold,
        "predicted": predicted,
        "probability": 0.83,
        "candidates": [predicted],
    }
    return {**found, "coders": {"ana": gold, "ben": predicted}, "evidence": evidence, **changes}


def section(artifact: Artifact, examples: Any) -> Section:
    return examples_section(
        ReportSource(replace(artifact, evaluation={**(artifact.evaluation or {}), "examples": examples}))
    )


def passages(found: Section) -> list[Passages]:
    return [block for block in found.blocks if isinstance(block, Passages)]


def words(found: Section) -> str:
    return " ".join(block.text for block in found.blocks if isinstance(block, Text))


def test_right_wrong_and_open_paragraphs_are_shown_in_this_order_with_the_rule(artifact: Artifact) -> None:
    first, second, *_ = artifact.codebook.labels
    examples = {
        "rule": RULE,
        "right": [entry("a:1", first, first)],
        "wrong": [entry("b:2", first, second)],
        "uncertain": [entry("c:3", second, second, candidates=[first, second], probability=0.4)],
        "texts": {"a:1": "A patrol came.", "b:2": "Farmers met the patrol.", "c:3": "It rained."},
    }
    found = section(artifact, examples)
    assert words(found).startswith(RULE)
    assert [(block.title, block.passages[0].identifier) for block in passages(found)] == [
        ("Right and sure", "a:1"),
        ("Wrong and sure", "b:2"),
        ("Left open", "c:3"),
    ]
    wrong, left_open = passages(found)[1].passages[0], passages(found)[2].passages[0]
    assert (wrong.gold, wrong.predicted, wrong.probability) == (first, second, 0.83)
    assert wrong.text == "Farmers met the patrol."
    assert wrong.evidence == ("patrol", "the patrol")
    titles = artifact.codebook.title(first), artifact.codebook.title(second)
    assert wrong.note == f"Coded as {titles[0]} by ana; {titles[1]} by ben."
    assert left_open.candidates == (first, second)


def test_texts_that_are_not_ours_stay_out(artifact: Artifact) -> None:
    first, *_ = artifact.codebook.labels
    bare = {"evidence": None, "coders": {}}
    examples = {"rule": RULE, "right": [entry(17, first, first, **bare)], "wrong": [], "uncertain": [], "texts": {}}
    found = section(artifact, examples)
    [shown] = passages(found)
    assert shown.passages[0].identifier == "row 17"
    assert shown.passages[0].text == ""
    assert shown.passages[0].note == ""
    assert "not ours" in words(found)
    assert "Wrong and sure: there is no such paragraph." in words(found)
    assert "Left open: there is no such paragraph." in words(found)


def test_a_model_without_calibration_leaves_nothing_open(artifact: Artifact) -> None:
    first, *_ = artifact.codebook.labels
    right = entry("a:1", first, first, candidates=None, probability=None)
    found = section(artifact, {"rule": RULE, "right": [right], "wrong": [], "uncertain": [], "texts": {}})
    assert [block.title for block in passages(found)] == ["Right"]
    assert "not calibrated" in words(found)
    assert passages(found)[0].passages[0].candidates == ()
    assert "Left open" not in words(found)


def test_the_lists_are_cut_and_the_cut_is_told(artifact: Artifact) -> None:
    first, *_ = artifact.codebook.labels
    many = [entry(f"a:{number}", first, first) for number in range(500)]
    texts = {f"a:{number}": "word " * 10_000 for number in range(500)}
    [shown] = passages(section(artifact, {"rule": RULE, "right": many, "wrong": [], "uncertain": [], "texts": texts}))
    assert len(shown.passages) == MOST
    assert f"The first {MOST} of 500." in shown.rule
    assert max(len(passage.text) for passage in shown.passages) <= 1_500


@pytest.mark.parametrize("missing", [None, {}, {"note": "no text has one label"}, {"texts": {}}])
def test_an_evaluation_without_examples_says_so(artifact: Artifact, missing: Any) -> None:
    [block] = section(artifact, missing).blocks
    assert isinstance(block, Text)
    assert block.text.startswith("Not measured: examples to read.")
    assert (missing or {}).get("note", "") in block.text
