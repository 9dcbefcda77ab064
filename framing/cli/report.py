"""``framing report``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import tell


def report(
    model: Annotated[Path, typer.Argument(help="The folder of a model.")],
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A TOML file that answers questions of the checklists.")
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write every figure into a folder, as svg and pdf."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The page; the card lies beside it.",
            show_default="MODEL/report.html",
        ),
    ] = None,
) -> None:
    """Write report.html and MODEL_CARD.md from what a model's folder holds.

    Nothing is trained or measured: every figure is that of the model's own evaluation.
    """
    from framing.workflow.report import write_report

    written = write_report(model, answers=answers, figures=figures, output=output)
    for path in (written.report, written.card):
        tell(f"written to {os.path.relpath(path)} ({_size(path)})")
    if figures is not None:
        number = len(written.figures)
        tell(f"{number} {'file' if number == 1 else 'files'} of figures in {figures}")


def _size(path: Path) -> str:
    kilobytes = path.stat().st_size / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{kilobytes:.0f} kB"
