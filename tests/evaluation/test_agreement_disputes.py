from __future__ import annotations

import json
from typing import Any

import pytest

from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.records import Annotation
from framing.evaluation.agreement_disputes import find_disputes


def paragraph(name: str) -> ParagraphRecord:
    return ParagraphRecord(name, "a", 0, f"What {name} says.", None, None, None, None, 1)


def said(name: str, *frames: str, **told: Any) -> list[Annotation]:
    return [Annotation(f"c{place}", name, frame, **told) for place, frame in enumerate(frames)]


def decided(name: str, *frames: str) -> list[Annotation]:
    return [Annotation(f"j{place}", name, frame, role="adjudicator") for place, frame in enumerate(frames)]


def found(codings: list[Annotation], decisions: list[Annotation], lines: dict[str, int] | None = None) -> dict:
    names = dict.fromkeys(one.paragraph for one in (*codings, *decisions))
    outcome = find_disputes([paragraph(name) for name in names], codings, decisions, lines or {})
    json.dumps(outcome, allow_nan=False)
    return outcome


@pytest.mark.parametrize(
    ("frames", "decisions", "is_open", "settled"),
    [
        (["storm"], [], False, 0),
        (["storm", "storm"], [], False, 0),
        (["storm", "none"], [], True, 0),
        (["storm", "none", "none"], [], False, 0),
        (["storm", "none", "calm"], [], True, 0),
        (["storm", "storm", "none", "none"], [], True, 0),
        (["storm", "none"], ["calm"], False, 1),
        (["storm", "storm"], ["calm"], False, 0),
        (["storm"], ["calm"], False, 0),
        ([], ["calm"], False, 0),
        (["storm", "none"], ["calm", "none"], True, 0),
        (["storm", "none"], ["calm", "none", "calm"], False, 1),
    ],
)
def test_what_is_open_and_what_is_settled(frames: list[str], decisions: list[str], is_open: bool, settled: int) -> None:
    outcome = found(said("p", *frames), decided("p", *decisions))
    assert bool(outcome["open"]) == is_open
    assert outcome["settled_by_adjudicator"] == settled


def test_the_longest_quarrel_stands_first() -> None:
    codings = [
        *said("two", "a", "b"),
        *said("four-of-two", "a", "b", "a", "b"),
        *said("two-again-and-again", "a", "b"),
        *said("four-of-four", "a", "b", "c", "d"),
        *said("three", "a", "b", "c"),
        *said("two-again", "a", "b"),
        *said("agreed", "a", "a"),
    ]
    lines = {"two": 2, "two-again": 3, "two-again-and-again": 7, "four-of-two": 4, "four-of-four": 4, "agreed": 30}
    names = [entry["paragraph"] for entry in found(codings, [], lines)["open"]]
    assert names == ["four-of-four", "four-of-two", "three", "two-again-and-again", "two-again", "two"]


def test_equals_stand_in_the_order_of_the_folder() -> None:
    names = ["b", "c", "a"]
    codings = [one for name in names for one in said(name, "x", "y")]
    assert [entry["paragraph"] for entry in found(codings, [])["open"]] == names


def test_a_dispute_has_what_everyone_said_of_it() -> None:
    doubts = said("p", "a", sure=False, runner_up="b", note="a border case")
    [entry] = found([*doubts, Annotation("zoe", "p", "b")], decided("p", "a", "c"), {"p": 9})["open"]
    assert (entry["paragraph"], entry["article"], entry["text"]) == ("p", "a", "What p says.")
    assert (entry["frames"], entry["lines"]) == (3, 9)
    assert entry["codings"][0] == {
        "coder": "c0",
        "role": "coder",
        "frame": "a",
        "sure": False,
        "runner_up": "b",
        "note": "a border case",
    }
    assert [(one["coder"], one["role"]) for one in entry["codings"][1:]] == [
        ("zoe", "coder"),
        ("j0", "adjudicator"),
        ("j1", "adjudicator"),
    ]
