"""``framing labels export`` and ``framing labels import``."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.messages import plain, refuse_input, standard_output, tell

if TYPE_CHECKING:
    from framing.annotation.import_outcomes import Outcome, OutcomeKind
    from framing.annotation.importing import ImportReport

# More lines of one kind than this say no more than their number does.
_MOST_LINES = 20
_WIDEST = 80
_COLUMNS: tuple[tuple[OutcomeKind, str], ...] = (
    ("new", "new"), ("same", "same"), ("changed", "changed"), ("clash", "clashes"),
)  # fmt: skip
_COLUMN = 10
_NOT_USED = (
    ("unmatched", "is on no paragraph of the folder"),
    ("unusable", "holds no judgement that can be used"),
    ("clash", "is not what the coder has said here"),
)


class Tool(StrEnum):
    label_studio = "label-studio"
    doccano = "doccano"
    prodigy = "prodigy"
    csv = "csv"


As = Annotated[Tool, typer.Option("--as", help="The tool, or a plain CSV with one row a judgement.")]
LabelsFolder = Annotated[Path, typer.Option("--labels", help="A labels folder.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="THEIRS=OURS", help="A coder's name in the tool and here. Any number of times."),
]
Coders = Annotated[
    Path | None, typer.Option("--coders", metavar="FILE", help="A CSV of such names: columns 'theirs' and 'ours'.")
]


def export_labels(
    tool: As,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; for doccano also a .zip.")],
    folder: LabelsFolder = Path("labels"),
    coder: Annotated[
        list[str] | None, typer.Option("--coder", help="Whose codings travel; everybody's without it.")
    ] = None,
    queue: Annotated[Path | None, typer.Option("--queue", help="Only the paragraphs of this queue.")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="The texts alone, without codings.")] = False,
    as_annotations: Annotated[
        bool, typer.Option("--as-annotations", help="Label Studio: codings as annotations, not as predictions.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Label Studio: where its labelling interface goes.", show_default="OUTPUT.xml"),
    ] = None,
    names: Map = None,
    coders: Coders = None,
) -> None:
    """Write paragraphs and codings as a file of another labelling tool."""
    from framing.annotation.coder_map import coder_map
    from framing.annotation.exporting import export_labels as export

    refuse_input(output, [folder, *([queue] if queue else []), *([coders] if coders else [])])
    refuse_input(config, [folder])
    found = export(
        folder,
        tool.value,
        output,
        coders=coder or (),
        names=coder_map(names or (), coders),
        queue=queue,
        blank=blank,
        as_annotations=as_annotations,
        config=config,
    )
    for note in found.notes:
        tell(note)
    coders_told = "1 coder" if len(found.coders) == 1 else f"{len(found.coders)} coders"
    coded = f"{found.codings:,} codings of {coders_told}" if found.codings else "no codings"
    tell(f"{found.paragraphs:,} paragraphs in {output}, {coded}; {found.uncoded:,} paragraphs without any")
    if found.config is not None:
        tell(f"labelling interface in {found.config}")
    if found.codings and not as_annotations and tool is not Tool.csv:
        tell("whoever labels there may see these codings; --blank leaves them out")


def import_labels(
    file: Annotated[Path, typer.Argument(help="What the tool exported.")],
    tool: As,
    folder: LabelsFolder = Path("labels"),
    coder: Annotated[str | None, typer.Option("--coder", help="Who coded, where the file does not say.")] = None,
    names: Map = None,
    coders: Coders = None,
    control: Annotated[str, typer.Option("--control", help="Label Studio: the choices that hold the frame.")] = "frame",
    newer: Annotated[
        bool, typer.Option("--newer", help="Of two judgements of a coder the later stands, not the one here.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added; write nothing.")] = False,
    all_: Annotated[bool, typer.Option("--all", help=f"List everything, not {_MOST_LINES} of a kind.")] = False,
) -> None:
    """Add the codings of another tool's file; exit with 1 where something in it was not used."""
    from framing.annotation.coder_map import coder_map
    from framing.annotation.importing import import_labels as import_file

    report = import_file(
        folder,
        file,
        tool.value,
        coder=coder,
        names=coder_map(names or (), coders),
        control=control,
        newer=newer,
        dry_run=dry_run,
    )
    for note in report.notes:
        tell(f"{file}: {note}")
    most = len(report.outcomes) if all_ else _MOST_LINES
    for kind, words in _NOT_USED:
        _list(file, [outcome for outcome in report.outcomes if outcome.kind == kind], words, most)
    with standard_output():
        sys.stdout.write(_summary(report, most, dry_run=dry_run))
    if not all(outcome.used for outcome in report.outcomes):
        raise typer.Exit(1)


def _list(file: Path, outcomes: list[Outcome], words: str, most: int) -> None:
    for outcome in outcomes[:most]:
        tell(f"{file}: {outcome.place}: {outcome.message}")
    if len(outcomes) > most:
        tell(f"{file}: {len(outcomes) - most:,} more of which each {words}; --all lists them")


def _summary(report: ImportReport, most: int, *, dry_run: bool) -> str:
    """Count by coder, and list what takes the place of another judgement."""
    lines = _table(report)
    changed = [outcome for outcome in report.outcomes if outcome.kind == "changed"]
    lines += ["", "changed: here -> there"] if changed else []
    for outcome in changed[:most]:
        lines += _change(outcome)
    if len(changed) > most:
        lines.append(f"  {len(changed) - most:,} more; --all lists them")
    counts = Counter(outcome.kind for outcome in report.outcomes)
    added, used = counts["new"] + counts["changed"], sum(outcome.used for outcome in report.outcomes)
    lines += [""] if lines else []
    lines.append(f"{added:,} {'to be added' if dry_run else 'added'}; {used:,} of {len(report.outcomes):,} are used")
    if counts["unmatched"] or counts["unusable"]:
        lines.append(f"not used: {counts['unmatched']:,} unmatched, {counts['unusable']:,} unusable")
    if report.unseen:
        lines.append(f"not judged: {report.unseen:,}")
    return "".join(f"{plain(line)}\n" for line in lines)


def _table(report: ImportReport) -> list[str]:
    from rich.cells import cell_len, set_cell_size

    counts = Counter((outcome.coder, outcome.kind) for outcome in report.outcomes if outcome.coder is not None)
    if not counts:
        return []
    coders = sorted({coder for coder, _ in counts})
    room = min(max(map(cell_len, ["coder", *coders])), _WIDEST - len(_COLUMNS) * _COLUMN)
    lines = [set_cell_size("coder", room) + "".join(f"{heading:>{_COLUMN}}" for _, heading in _COLUMNS)]
    for coder in coders:
        figures = "".join(f"{counts[coder, kind]:>{_COLUMN},}" for kind, _ in _COLUMNS)
        # A name that leaves no room for the figures has a line of its own.
        lines += [set_cell_size(coder, room) + figures] if cell_len(coder) <= room else [coder, " " * room + figures]
    return lines


def _change(outcome: Outcome) -> list[str]:
    from framing.annotation.import_outcomes import shown

    if outcome.theirs is None:
        return []
    what = f"{shown(outcome.ours)} -> {shown(outcome.theirs)}"
    whose = f"  {outcome.theirs.paragraph} by {outcome.coder}:"
    line = f"{whose} {what}"
    return [line] if len(line) <= _WIDEST else [whose, f"    {what}"]
