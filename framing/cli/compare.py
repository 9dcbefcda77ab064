"""``framing compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import refuse_input, stage_bars, standard_output, tell

EXIT = {"may": 0, "may not": 3, "undecided": 4}


def compare(
    first: Annotated[
        str, typer.Argument(metavar="A", help="The old one: a model, an evaluation or an experiment file.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="The new one.")],
    data: Annotated[
        Path | None,
        typer.Option(help="Today's labels: a folder or a CSV file.", show_default="those of an experiment file"),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="The loss of macro-F1 that must be ruled out.", show_default="B's setting, .02"
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Also write all figures, as JSON.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="all cores")] = None,
) -> None:
    """Say whether B may replace A: exit 0 if it may, 3 if it may not, 4 if that is undecided.

    In each fold both are refitted without its articles, each on the labels that it was trained on, and tested on \
today's gold. B may replace A unless the paired 95% interval of macro-F1 reaches below minus the margin.
    """
    from joblib import cpu_count

    from framing.artifact.manifest import canonical
    from framing.cli.figures import show_comparison
    from framing.files import written_aside
    from framing.workflow.comparison import compare_models

    refuse_input(output, [Path(first), Path(second), *([data] if data is not None else [])])
    with stage_bars() as progress:
        outcome = compare_models(
            first, second, data=data, margin=margin, jobs=jobs or cpu_count(), progress=progress, tell=tell
        )
    if output is not None:
        with written_aside(output) as file:
            file.write(canonical(outcome.summary))
    with standard_output():
        show_comparison(outcome.summary, outcome.sentence)
    raise typer.Exit(EXIT[outcome.verdict])
