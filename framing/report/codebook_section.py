"""The codebook: what each label means, and the rules by which it was coded."""

from __future__ import annotations

from collections.abc import Iterator

from framing.codebook import Codebook, Frame
from framing.report.document import Block, Heading, ReportSource, Section, Text
from framing.report.phrases import bounded, clipped, counted, first_of, listed, named

TITLE = "Codebook"
QUESTION = "What does each label mean, and by which rules was it coded?"

MOST_FRAMES = 25


def codebook_section(source: ReportSource) -> Section:
    codebook = source.artifact.codebook
    blocks: list[Block] = [*_identity(source), *_overview(codebook)]
    for frame in codebook.frames[:MOST_FRAMES]:
        blocks += _frame(frame)
    if len(codebook.frames) > MOST_FRAMES:
        blocks.append(Text(f"{len(codebook.frames) - MOST_FRAMES:,} more frames are in codebook.json."))
    return Section("codebook", TITLE, QUESTION, (*blocks, *_rules(codebook), *_changes(codebook)))


def _identity(source: ReportSource) -> Iterator[Block]:
    codebook, measured = source.artifact.codebook, source.evaluation["protocol"]["codebook"]
    language = f", language {named(codebook.language)}" if codebook.language else ""
    yield Text(
        f"Codebook {named(codebook.name)}, version {named(codebook.version)}{language}; the unit is one "
        f"{named(codebook.unit)}. SHA-256 of its content: {codebook.digest}."
    )
    if measured == codebook.digest:
        yield Text("The figures of this report were measured with this very codebook: the digests are the same.")
    else:
        yield Text(
            f"The figures of this report were measured with another state of the codebook (SHA-256 {named(measured)}).",
            "caution",
        )


def _overview(codebook: Codebook) -> Iterator[Block]:
    defined = [frame for frame in codebook.frames if frame.definition or frame.include]
    titles = first_of([named(frame.title) for frame in codebook.frames], MOST_FRAMES)
    yield Text(f"{counted(len(codebook.frames), 'frame')}: {titles}. Every paragraph gets one label.")
    if codebook.residual is None:
        yield Text(
            "There is no residual label: a paragraph that carries none of the frames gets one of them all the same."
        )
    else:
        yield Text(
            f"The residual '{named(codebook.residual)}' is for paragraphs that carry none of the frames. It is "
            "predicted like a frame and counted as a label; figures of 'frames only' leave it out of the mean."
        )
    if not defined:
        yield Text(
            "The codebook names its labels and defines none of them: what a label means cannot be checked from it.",
            "caution",
        )
    elif len(defined) < len(codebook.frames):
        without = [named(frame.title) for frame in codebook.frames if frame not in defined]
        yield Text(f"Not defined: {first_of(without)}.", "caution")


def _frame(frame: Frame) -> Iterator[Block]:
    told = frame.question or frame.definition or frame.include or frame.exclude or frame.examples
    if not told:
        return
    yield Heading(named(frame.title))
    yield Text(f"Label: {named(frame.id)}." + (f" Question: {clipped(frame.question)}" if frame.question else ""))
    if frame.definition:
        yield Text(f"Definition: {clipped(frame.definition)}")
    rows = [
        *(("counts", clipped(rule)) for rule in frame.include),
        *(("does not count", clipped(rule)) for rule in frame.exclude),
        *(("example", clipped(example)) for example in frame.examples),
    ]
    if rows:
        yield from bounded(f"Rules and examples of {named(frame.title)}", ("", "Rule or example"), rows, words=2)


def _rules(codebook: Codebook) -> Iterator[Block]:
    rows = [(named(name.replace("_", " ")), clipped(rule)) for name, rules in codebook.rules for rule in rules]
    if rows:
        yield Heading("Rules for all labels")
        yield from bounded("Coding rules", ("List", "Rule"), rows, words=2)


def _changes(codebook: Codebook) -> Iterator[Block]:
    if not codebook.changes:
        return
    yield Heading("Versions")
    rows = []
    for change in codebook.changes:
        frames = "all labels" if change.frames is None else listed(map(named, change.frames))
        renamed = "".join(f"; {named(old)} became {named(new)}" for old, new in change.renamed)
        note = clipped(change.note) if change.note else ""
        rows.append((named(change.version), f"{frames}{renamed}", first_of(list(map(named, change.rules))), note))
    yield from bounded("What changed", ("Version", "Labels touched", "Rules touched", "Note"), rows, words=4)
