"""Paragraphs that were drawn to be read: right, wrong and left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.report.document import Block, Passages, ReportSource, Section, Text
from framing.report.passages import NOT_OURS, passages
from framing.report.phrases import not_measured

TITLE = "Examples"
QUESTION = "What do right, wrong and uncertain paragraphs look like?"
# Of codebooks with many labels a reader gets no more of each list.
MOST = 40
LISTS = (
    ("right", "Right and sure", "The predicted label is the gold label, and no other is a candidate."),
    ("wrong", "Wrong and sure", "The predicted label is not the gold label, and no other is a candidate."),
    ("uncertain", "Left open", "Several labels are candidates; the predicted one may be right or wrong."),
)
UNCALIBRATED = (
    ("right", "Right", "The predicted label is the gold label."),
    ("wrong", "Wrong", "The predicted label is not the gold label."),
)


def examples_section(source: ReportSource) -> Section:
    examples = source.evaluation.get("examples")
    if not examples or "rule" not in examples:
        why = (examples or {}).get("note") or (
            "the evaluation was made by a version of the program that did not draw them; 'framing train' does"
        )
        return Section("examples", TITLE, QUESTION, (not_measured("examples to read", why),))
    return Section("examples", TITLE, QUESTION, tuple(_blocks(source, examples)))


def _blocks(source: ReportSource, examples: Mapping[str, Any]) -> Iterator[Block]:
    entries = [entry for name, *_ in LISTS for entry in examples[name]]
    calibrated = not entries or any(entry["candidates"] for entry in entries)
    yield Text(examples["rule"])
    yield Text(
        "So few paragraphs show what kind of errors there are, and not how many. Frequent labels and rare "
        "ones are drawn alike."
    )
    if entries and isinstance(entries[0]["paragraph"], int):
        yield Text(NOT_OURS)
    elif any(entry["evidence"] for entry in entries):
        yield Text(
            "Marked in the text is what speaks for the predicted label: the terms that add most to its score where the "
            "paragraph is taken alone, by a model that did not see its article. In use the article and the "
            "neighbouring paragraphs weigh in too."
        )
    if not calibrated:
        yield Text("The model is not calibrated: there are no sets of candidates, and so none that are left open.")
    lists = LISTS if calibrated else UNCALIBRATED
    for name, title, rule in lists:
        found = examples[name]
        if not found:
            yield Text(f"{title}: there is no such paragraph.")
            continue
        cut = f" The first {MOST} of {len(found):,}." if len(found) > MOST else ""
        yield Passages(title, rule + cut, passages(found, examples["texts"], source.artifact.codebook, MOST))
