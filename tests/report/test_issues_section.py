from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact, load
from framing.codebook import Codebook, Frame
from framing.report.document import Commands, Passages, ReportSource, Section, Table, Text
from framing.report.issues_section import MOST, issues_section

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load(ROOT / "artifacts" / "conflict-frames")


def section(artifact: Artifact, *, texts: dict[str, str] | None = None, **changes: Any) -> Section:
    evaluation = deepcopy(artifact.evaluation or {})
    evaluation["label_issues"] |= changes
    evaluation["examples"] = {"texts": texts or {}}
    return issues_section(ReportSource(replace(artifact, evaluation=evaluation)))


def passages(found: Section) -> list[Passages]:
    return [block for block in found.blocks if isinstance(block, Passages)]


def words(found: Section) -> str:
    return " ".join(block.text for block in found.blocks if isinstance(block, Text))


def test_the_first_of_both_lists_are_shown_with_texts_coders_and_evidence(artifact: Artifact) -> None:
    assert artifact.evaluation is not None
    issues = artifact.evaluation["label_issues"]
    name = issues["ranked"][0]["paragraph"]
    found = section(artifact, texts={name: "Officers took\nthem away."})
    for shown, key in zip(passages(found), ("ranked", "confident_errors"), strict=True):
        assert len(shown.passages) == MOST
        assert f"The first {MOST} of {len(issues[key])} listed." in shown.rule
        for passage, entry in zip(shown.passages, issues[key], strict=False):
            assert passage.identifier == entry["paragraph"]
            assert (passage.gold, passage.predicted) == (entry["gold"], entry["predicted"])
            assert passage.probability == entry["probability"]
            assert passage.evidence == tuple(term for term, _ in entry["evidence"]["predicted"])
            assert all(coder in passage.note for coder in entry["coders"])
            assert all(term in passage.note for term, _ in entry["evidence"]["gold"])
    first = passages(found)[0].passages[0]
    assert first.text == "Officers took them away."
    assert f"{issues['ranked'][0]['self_confidence']:.3f}".removeprefix("0") in first.note


def test_how_many_differ_is_counted_and_no_estimate_is_given_where_there_is_none(artifact: Artifact) -> None:
    assert artifact.evaluation is not None
    issues = artifact.evaluation["label_issues"]
    told = words(section(artifact))
    assert f"In {issues['wrong']:,} of {issues['paragraphs']:,} paragraphs" in told
    assert f"({100 * issues['wrong'] / issues['paragraphs']:.1f}%)" in told
    assert issues["estimate"]["statement"] in told
    assert "no list of errors" in told


def test_an_estimate_comes_with_its_caution_and_by_label(artifact: Artifact) -> None:
    labels = artifact.codebook.labels
    numbers = dict(zip(labels, (3.5, 0.0, 12.25, 1.0, 2.0), strict=True))
    estimate = {"statement": "It errs upwards.", "labels_off": 18.8, "share": 0.008, "of_gold": numbers, "joint": {}}
    found = section(artifact, estimate=estimate)
    looked = (artifact.evaluation or {})["label_issues"]["paragraphs"]
    assert f"18.8 of {looked:,} ({100 * 18.8 / looked:.1f}%)" in words(found)
    assert any(
        block.kind == "caution" and "errs upwards" in block.text for block in found.blocks if isinstance(block, Text)
    )
    [table] = [block for block in found.blocks if isinstance(block, Table)]
    assert [row[1] for row in table.rows] == ["3.5", "0.0", "12.2", "1.0", "2.0"]


def test_our_own_labels_can_be_listed_whole(artifact: Artifact) -> None:
    commands = [block for block in section(artifact).blocks if isinstance(block, Commands)]
    assert [block.lines for block in commands] == [("framing labels issues --evaluation FOLDER",)]


def test_texts_that_are_not_ours_are_not_shown_and_rows_are_numbered(artifact: Artifact) -> None:
    evaluation = json.loads((ROOT / "experiments" / "results" / "gvfc.json").read_text(encoding="utf-8"))
    codebook = Codebook("gvfc", "1", tuple(Frame(name, name) for name in evaluation["protocol"]["frames"]))
    manifest = {**artifact.manifest, "labels": {"ours": False}}
    found = issues_section(ReportSource(replace(artifact, evaluation=evaluation, codebook=codebook, manifest=manifest)))
    for shown in passages(found):
        assert {passage.text for passage in shown.passages} == {""}
        assert all(passage.identifier.startswith("row ") for passage in shown.passages)
        assert "not ours" in shown.rule
    assert not any(isinstance(block, Commands) for block in found.blocks)


@pytest.mark.parametrize("missing", [None, {"note": "the model gives no probabilities"}])
def test_what_was_not_measured_is_said_and_why(artifact: Artifact, missing: Any) -> None:
    evaluation = {**(artifact.evaluation or {}), "label_issues": missing}
    [block] = issues_section(ReportSource(replace(artifact, evaluation=evaluation))).blocks
    assert isinstance(block, Text)
    assert block.text.startswith("Not measured: which labels may be wrong.")
    assert missing is None or missing["note"] in block.text


def test_long_and_hostile_words_of_others_are_cut_and_kept_on_one_line(artifact: Artifact) -> None:
    assert artifact.evaluation is not None
    entry = deepcopy(artifact.evaluation["label_issues"]["ranked"][0])
    entry["coders"] = {f"<script>{number}\u202e\x1b[2J" + "n" * 500: entry["gold"] for number in range(400)}
    entry["evidence"] = {name: [["w" * 9_000, 1.0]] * 900 for name in ("predicted", "gold")}
    found = section(artifact, texts={entry["paragraph"]: "word\n" * 90_000}, ranked=[entry] * 100)
    for passage in passages(found)[0].passages:
        assert len(repr(passage)) < 6_000
        assert "\n" not in passage.text + passage.note
        assert not set("\u202e\x1b") & set(passage.note)
        assert "392 more" in passage.note
