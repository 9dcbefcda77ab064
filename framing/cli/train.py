"""``framing train``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import stage_bars, standard_output, tell

DEFAULT_EXPERIMENT = Path("experiments/conflict-frames.toml")


def train(
    experiment: Annotated[Path, typer.Argument(help="An experiment file.")] = DEFAULT_EXPERIMENT,
    data: Annotated[
        Path | None, typer.Option(help="A labels folder or CSV file in the place of the experiment's own.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The model's folder.", show_default="artifacts/NAME")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of another model.")] = False,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Leave the studies out: baselines, leakage, shift, names, learning curve, behaviour.",
        ),
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="all cores")] = None,
) -> None:
    """Measure a recipe by cross-validation, train it on all labels and save the model."""
    from joblib import cpu_count

    from framing.cli.figures import show_figures
    from framing.settings import read_experiment, without_studies
    from framing.workflow.training import train as run

    settings = read_experiment(experiment)
    if quick:
        settings = without_studies(settings)
    folder = output or Path("artifacts") / settings.name
    began = time.monotonic()
    with stage_bars() as progress:
        trained = run(settings, output=folder, data=data, replace=replace, jobs=jobs or cpu_count(), progress=progress)
    with standard_output():
        show_figures(trained.evaluation.summary, trained.artifact.codebook)
    took = f"{time.monotonic() - began:.0f} s"
    saved = os.path.relpath(trained.folder)
    if trained.unchanged:
        tell(f"{saved} holds this very model already; nothing was written ({took})")
    elif trained.folder != folder.resolve():
        tell(
            f"{folder} holds another model and was left alone; the new one is saved as {saved} ({took}). "
            "--replace puts it in place"
        )
    else:
        tell(f"saved as {saved} ({took})")
