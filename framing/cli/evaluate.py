"""``framing evaluate``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import stage_bars, standard_output, tell
from framing.cli.train import DEFAULT_EXPERIMENT


def evaluate(
    output: Annotated[str, typer.Option("--output", "-o", help="The folder for evaluation.json and its rows.")],
    experiment: Annotated[Path, typer.Argument(help="An experiment file.")] = DEFAULT_EXPERIMENT,
    data: Annotated[
        Path | None, typer.Option(help="A labels folder or CSV file in the place of the experiment's own.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Leave the studies out: baselines, leakage, shift, names, learning curve, behaviour.",
        ),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the evaluation that stands there.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="all cores")] = None,
) -> None:
    """Measure a recipe: folds by article, baselines, leakage, shift, learning curve; no model is saved."""
    from joblib import cpu_count

    from framing.cli.figures import show_figures
    from framing.settings import read_experiment, without_studies
    from framing.workflow.evaluation import evaluate_to

    settings = read_experiment(experiment)
    if quick:
        settings = without_studies(settings)
    began = time.monotonic()
    with stage_bars() as progress:
        measured = evaluate_to(
            output, settings, data=data, replace=replace, jobs=jobs or cpu_count(), progress=progress, tell=tell
        )
    with standard_output():
        show_figures(measured.summary, measured.codebook)
    tell(f"written to {os.path.relpath(measured.path)} ({time.monotonic() - began:.0f} s)")
