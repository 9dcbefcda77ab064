"""``framing train``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.compare import EXIT
from framing.cli.messages import stage_bars, standard_output, tell

if TYPE_CHECKING:
    from framing.workflow.retraining import Settled

DEFAULT_EXPERIMENT = Path("experiments/conflict-frames.toml")


def train(
    experiment: Annotated[Path, typer.Argument(help="An experiment file.")] = DEFAULT_EXPERIMENT,
    data: Annotated[
        Path | None, typer.Option(help="A labels folder or CSV file in the place of the experiment's own.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The model's folder.", show_default="artifacts/NAME")
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="The loss of macro-F1 that must be ruled out before a model is replaced.",
            show_default="the experiment's, .02",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Put the model in place whatever the comparison says.")
    ] = False,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Leave the studies out: baselines, leakage, shift, names, learning curve, behaviour.",
        ),
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="all cores")] = None,
) -> None:
    """Measure a recipe by cross-validation, train it on all labels and save the model.

    Where a model stands already, it is replaced only if `framing compare` would allow it: otherwise the new one is \
saved beside it, with exit code 3 if it may not, 4 if that is undecided. `framing models` shows the former ones.
    """
    from joblib import cpu_count

    from framing.cli.figures import show_comparison, show_figures
    from framing.settings import read_experiment, without_studies
    from framing.workflow.training import train as run

    settings = read_experiment(experiment)
    if quick:
        settings = without_studies(settings)
    folder = output or Path("artifacts") / settings.name
    began = time.monotonic()
    with stage_bars() as progress:
        trained = run(
            settings, output=folder, data=data, force=force, margin=margin, jobs=jobs or cpu_count(),
            progress=progress, tell=tell,
        )  # fmt: skip
    settled = trained.settled
    with standard_output():
        show_figures(trained.evaluation.summary, trained.artifact.codebook)
        if settled.replacement is not None:
            show_comparison(settled.replacement.summary, settled.replacement.sentence)
    _tell_outcome(settled, folder, f"{time.monotonic() - began:.0f} s")
    if settled.outcome == "refused":
        # What cannot be compared is not decided.
        raise typer.Exit(EXIT["undecided" if settled.replacement is None else settled.replacement.verdict])


def _tell_outcome(settled: Settled, folder: Path, took: str) -> None:
    saved, former = os.path.relpath(settled.folder), (settled.former or "")[:8]
    if settled.outcome == "trained":
        tell(f"saved as {saved} ({took})")
    elif settled.outcome == "unchanged":
        tell(f"{saved} holds this very model already; nothing was written ({took})")
    elif settled.outcome == "refused":
        if settled.replacement is None:
            tell(settled.sentence or "")
        tell(
            f"{folder} holds another model and was left alone; the new one is saved as {saved} ({took}). "
            "--force puts it in place"
        )
    else:
        if settled.outcome == "forced":
            tell(f"--force has overruled: {settled.sentence}")
        tell(
            f"saved as {saved} ({took}); the former model is kept: 'framing models {saved} --restore {former}' puts it "
            "back"
        )
