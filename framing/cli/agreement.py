"""``framing labels agreement``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import refuse_input, standard_output, tell


def agreement(
    folder: Annotated[Path, typer.Argument(help="A labels folder.")] = Path("labels"),
    coders: Annotated[
        str | None, typer.Option(help="Compare these alone, with commas between them.", show_default="all")
    ] = None,
    disputes: Annotated[int, typer.Option(min=0, help="How many disputed paragraphs to show.")] = 10,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**32 - 1, help="Of the intervals.", show_default="the experiments'"),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Also write all figures, as JSON.")] = None,
) -> None:
    """Say how far the coders agree, which frames they take for one another, and what they still differ on.

    Measured is what each gave alone, before anyone decided between them: adjudicators do not count.
    """
    from framing.artifact.manifest import canonical
    from framing.cli.agreement_figures import show_agreement
    from framing.files import written_aside
    from framing.settings import Experiment
    from framing.workflow.agreement import compare_coders

    refuse_input(output, [folder])
    named = None if coders is None else [name.strip() for name in coders.split(",") if name.strip()]
    found = compare_coders(folder, coders=named, seed=Experiment.seed if seed is None else seed)
    for note in found["notes"]:
        tell(note)
    if output is not None:
        with written_aside(output) as file:
            file.write(canonical(found))
    with standard_output():
        show_agreement(found, disputes)
    if output is not None:
        tell(f"written to {output}")
