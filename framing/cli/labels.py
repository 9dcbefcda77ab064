"""``framing labels``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.agreement import agreement
from framing.cli.exchange import export_labels, import_labels
from framing.cli.label_issues import issues
from framing.cli.migrate import migrate

if TYPE_CHECKING:
    from rich.table import Table

    from framing.annotation import LabelsReport

labels = typer.Typer(
    help="Check the labelled paragraphs, measure agreement, exchange them with other tools.", no_args_is_help=True
)
labels.command()(agreement)
labels.command()(issues)
labels.command("import")(import_labels)
labels.command("export")(export_labels)
labels.command()(migrate)


@labels.command()
def check(folder: Annotated[Path, typer.Argument(help="A labels folder.")] = Path("labels")) -> None:
    """Look for faults and count paragraphs by frame and coder; exit with 1 where there is a fault."""
    from rich.console import Console

    from framing.annotation import check_labels
    from framing.cli.messages import plain

    report = check_labels(folder)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for finding in report.faults:
        console.print(plain(f"fault: {folder / finding.path}{_line(finding.line)}: {finding.message}"))
    for finding in report.notes:
        console.print(plain(f"note: {folder / finding.path}{_line(finding.line)}: {finding.message}"))
    if report.faults or report.notes:
        console.print()
    gold = report.gold
    console.print(f"{report.paragraphs:,} paragraphs of {report.articles:,} articles")
    decided = f", {gold.adjudicated:,} adjudicated" if gold.adjudicated else ""
    console.print(f"with gold: {gold.agreed:,} whose coders agree, {gold.single:,} coded by one{decided}")
    console.print(f"without: {gold.disputed:,} whose coders differ, {gold.uncoded:,} not coded")
    for coders in _side_by_side(report, console.width):
        console.print(_table(report, coders), soft_wrap=False)
    for line in _kinds(report):
        console.print(plain(line), soft_wrap=False)
    faults = len(report.faults)
    console.print("no faults" if not faults else f"{faults} {'fault' if faults == 1 else 'faults'}")
    if faults:
        raise typer.Exit(1)


def _line(line: int | None) -> str:
    return "" if line is None else f":{line}"


def _kinds(report: LabelsReport) -> Iterator[str]:
    """Say which coders are persons and which are programs."""
    for kind, words in (("person", "persons"), ("program", "programs"), (None, "persons or programs, not told which")):
        if coders := [name for name, counts in report.coders.items() if counts.kind == kind]:
            yield f"{words}: {', '.join(coders)}"


def _side_by_side(report: LabelsReport, width: int) -> list[list[str]]:
    """Part the coders into those whose columns fit beside one another."""
    from rich.cells import cell_len

    taken = max(map(cell_len, ["unsure", *report.gold_frames])) + 2 + cell_len("gold")
    parts: list[list[str]] = [[]]
    room = width - taken
    for coder, counts in report.coders.items():
        column = 2 + max(cell_len(coder), len(str(counts.annotations)), len("100%"))
        if column > room and parts[-1]:
            parts.append([])
            room = width - taken
        parts[-1].append(coder)
        room -= column
    return parts


def _table(report: LabelsReport, names: list[str]) -> Table:
    """Make a row a label with its gold and the codings of some of the coders."""
    from rich.table import Table
    from rich.text import Text

    from framing.cli.messages import plain

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("frame", overflow="fold")
    coders = [report.coders[name] for name in names]
    for heading in ("gold", *names):
        table.add_column(Text(plain(heading)), justify="right", overflow="fold")
    for label, gold in report.gold_frames.items():
        codings = [str(coder.frames.get(label, 0)) for coder in coders]
        table.add_row(Text(plain(label)), str(gold), *codings)
    table.add_row("all", str(sum(report.gold_frames.values())), *(str(coder.annotations) for coder in coders))
    table.add_row("unsure", "", *(f"{coder.unsure_share:.0%}" for coder in coders))
    return table
