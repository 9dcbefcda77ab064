"""From labels to a measured, saved model."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

import framing
from framing.annotation.records import LabelledParagraphs
from framing.artifact import Artifact, PackedModel, load, pack, refuse_foreign, save
from framing.errors import ArtifactError
from framing.evaluation.cross_validation import Progress, cross_validate, no_progress
from framing.evaluation.evaluation import Evaluation, evaluate
from framing.evaluation.splits import plan_splits
from framing.evaluation.tuning import TrainingData, frame_model, training_data, tune_and_fit
from framing.settings import Experiment, as_table
from framing.workflow.data import load_data

# Sets the inner folds of the model that ships apart from those of the outer folds, which are numbered from 0.
FINAL = 1_000_000


@dataclass(frozen=True)
class Trained:
    """The outcome of a training run.

    Attributes
    ----------
    artifact : Artifact
    evaluation : Evaluation
    folder : Path
        Where the model lies.
    unchanged : bool
        The very same model stood there already.
    """

    artifact: Artifact
    evaluation: Evaluation
    folder: Path
    unchanged: bool


def train(
    experiment: Experiment,
    *,
    output: str | Path,
    data: str | Path | None = None,
    replace: bool = False,
    jobs: int = 1,
    progress: Progress = no_progress,
) -> Trained:
    """Measure a recipe, train it on all labels and save the model with its evaluation.

    Parameters
    ----------
    experiment : Experiment
    output : path-like
        The folder of the model. Where another model stands there and may not be replaced, the new one is saved
        beside it under a name that ends in its digest.
    data : path-like, optional
        A labels folder or CSV file in the place of the experiment's own.
    replace : bool
        Put the model in the place of one that stands there.
    jobs : int
        Processes for the outer folds; the model does not depend on it.
    progress : callable
        Called with the number of outer folds done and of all of them.

    Raises
    ------
    FramingError
        When the labels, the settings or the folder do not allow it; before any fitting where that can be known.
    """
    output = Path(output).resolve()
    if output.exists():
        refuse_foreign(output)
    labelled = load_data(experiment, data)
    plan = plan_splits(labelled, experiment.evaluation, experiment.seed)
    shared = training_data(labelled, plan.groups, experiment)
    predictions = cross_validate(shared, plan, experiment, jobs=jobs, progress=progress)
    evaluation = evaluate(labelled, plan, predictions, experiment, shared.boilerplate)
    packed = pack(fit_on_all(labelled, shared, experiment, evaluation), evaluation.rows)
    folder, unchanged = _settle(packed, output, replace=replace)
    return Trained(packed.artifact, evaluation, folder, unchanged)


def _settle(packed: PackedModel, output: Path, *, replace: bool) -> tuple[Path, bool]:
    """Save a model where it belongs; tell where, and whether it was there before."""
    digest = packed.artifact.manifest["digest"]
    if _stands(output, digest):
        return output, True
    if output.exists() and not replace:
        output = output.with_name(f"{output.name}-{digest[:8]}")
        if _stands(output, digest):
            return output, True
    save(packed, output, replace=replace)
    return output, False


def _stands(folder: Path, digest: str) -> bool:
    try:
        return bool(load(folder).manifest["digest"] == digest)
    except ArtifactError:
        return False


def fit_on_all(
    labelled: LabelledParagraphs, shared: TrainingData, experiment: Experiment, evaluation: Evaluation
) -> Artifact:
    """Tune and fit as in every outer fold, on all labels."""
    rows = np.arange(len(labelled.ids))
    fitted = tune_and_fit(shared, rows, experiment, repeat=FINAL, fold=FINAL)
    packages = ("numpy", "scipy", "scikit-learn")
    manifest = {
        "description": experiment.description,
        "experiment": as_table(experiment),
        "codebook": labelled.codebook.digest,
        "labels": {"digest": labelled.digest, "paragraphs": len(labelled.ids), "ours": labelled.ours},
        "chosen": {"C": fitted.choice.C, "tried": {str(c): round(f, 6) for c, f in fitted.choice.tried.items()}},
        "versions": {
            "framing": framing.__version__,
            "python": platform.python_version(),
            **{package: version(package) for package in packages},
        },
    }
    return Artifact(
        name=experiment.name,
        codebook=labelled.codebook,
        segmentation=experiment.segmentation,
        model=frame_model(shared, fitted, experiment),
        manifest=manifest,
        evaluation=evaluation.summary,
    )
