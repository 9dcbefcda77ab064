"""The paragraphs whose label the models doubt most, and their surest errors, to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.report.document import Block, Commands, Passages, ReportSource, Section, Text
from framing.report.passages import NOT_OURS, passages
from framing.report.phrases import bounded, counted, not_measured, share, title_of

TITLE = "Labels in doubt"
QUESTION = "How many of the labels may be wrong, and which?"
MOST = 15
RANKED = "Labels that the models find least likely"
SUREST = "Errors that the models are surest of"


def issues_section(source: ReportSource) -> Section:
    issues = source.evaluation.get("label_issues")
    if not issues or "ranked" not in issues:
        why = (issues or {}).get("note") or "the evaluation holds nothing of it"
        return Section("issues", TITLE, QUESTION, (not_measured("which labels may be wrong", why),))
    return Section("issues", TITLE, QUESTION, tuple(_blocks(source, issues)))


def _blocks(source: ReportSource, issues: Mapping[str, Any]) -> Iterator[Block]:
    looked, wrong = issues["paragraphs"], issues["wrong"]
    yield Text(
        f"In {wrong:,} of {counted(looked, 'paragraph')} ({share(wrong, looked)}) the label predicted in most repeats "
        "differs from gold. Model and label cannot both be right there; which of them is wrong, only reading tells. "
        "What follows is a list to read and no list of errors."
    )
    yield Text(issues["method"])
    yield from _estimate(issues["estimate"], looked, source)
    texts = source.evaluation.get("examples", {}).get("texts", {})
    for key, title in (("ranked", RANKED), ("confident_errors", SUREST)):
        entries, codebook = issues[key], source.artifact.codebook
        if entries:
            yield Passages(title, _rule(key, entries, texts), passages(entries, texts, codebook, MOST, doubt=True))
    yield from _where_all_are(source, issues)


def _rule(key: str, entries: list[Mapping[str, Any]], texts: Mapping[str, str]) -> str:
    first = {
        "ranked": "By the probability of the gold label, the lowest first.",
        "confident_errors": "By the probability of a predicted label that is not gold, the highest first.",
    }[key]
    told = [first, f"The first {MOST} of {len(entries):,} listed." if len(entries) > MOST else ""]
    if isinstance(entries[0]["paragraph"], int):
        told.append(NOT_OURS)
    elif not texts:
        told.append("The texts are not kept with this evaluation.")
    if entries[0]["evidence"]:
        told.append("Marked in the text is what speaks for the predicted label, by a model that did not see the text.")
    return " ".join(filter(None, told))


def _estimate(estimate: Mapping[str, Any], looked: int, source: ReportSource) -> Iterator[Block]:
    statement = str(estimate["statement"]).rstrip(".")
    if "labels_off" not in estimate:
        yield Text(
            f"How many labels are wrong is not estimated: {statement}. Here a paragraph's label is that of the highest "
            "mean probability, in the count above that of most repeats, so that the two shares may differ a little.",
            kind="caution",
        )
        return
    off = estimate["labels_off"]
    yield Text(f"Estimated labels that are off: {off:,.1f} of {looked:,} ({share(off, looked)}).")
    yield Text(f"{statement}.", kind="caution")
    rows = [
        (title_of(source.artifact.codebook, label), f"{number:,.1f}") for label, number in estimate["of_gold"].items()
    ]
    yield from bounded("Estimated labels that are off, by gold label", ("gold label", "paragraphs"), rows)


def _where_all_are(source: ReportSource, issues: Mapping[str, Any]) -> Iterator[Block]:
    counts = (len(issues["ranked"]), len(issues["confident_errors"]))
    yield Text(
        f"The evaluation lists {counts[0]:,} paragraphs by the probability of gold and {counts[1]:,} errors by that of "
        "the predicted label; all of them stand in evaluation.json under 'label_issues'."
    )
    if source.artifact.manifest.get("labels", {}).get("ours"):
        yield Text("With the labels folder at hand, this lists them with their texts and today's codings:")
        yield Commands(("framing labels issues --evaluation FOLDER",))
