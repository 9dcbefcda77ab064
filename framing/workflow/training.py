"""From labels to a measured, saved model."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

import framing
from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import labels_to_keep
from framing.artifact import Artifact, PackedModel, load, pack, refuse_foreign, save
from framing.errors import ArtifactError, SettingsError
from framing.evaluation.evaluation import Evaluation
from framing.evaluation.folding import frame_model, learn_familiarity
from framing.evaluation.training_data import TrainingData
from framing.evaluation.tuning import tune_and_fit
from framing.model.lexicon import read_lexicon
from framing.settings import Experiment, as_table
from framing.workflow.data import faults_of_the_data, load_data
from framing.workflow.evaluation import measure
from framing.workflow.studies import Stages, no_stages

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
    progress: Stages = no_stages,
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
        Processes; the model does not depend on it.
    progress : callable
        Called with the name of a stage, the number of its parts done, and of all its parts.

    Raises
    ------
    FramingError
        When the labels, the settings or the folder do not allow it; before any fitting where that can be known.
    """
    output = Path(output).resolve()
    if output.exists():
        refuse_foreign(output)
    labelled = load_data(experiment, data)
    refuse_unfit(labelled, experiment)
    with faults_of_the_data(experiment, data):
        evaluation, shared = measure(labelled, experiment, jobs=jobs, progress=progress)
    kept = labels_to_keep(labelled, shared.groups)
    packed = pack(fit_on_all(labelled, shared, experiment, evaluation), evaluation.rows, kept)
    folder, unchanged = _settle(packed, output, replace=replace)
    return Trained(packed.artifact, evaluation, folder, unchanged)


def refuse_unfit(labelled: LabelledParagraphs, experiment: Experiment) -> None:
    """Raise a SettingsError for what can be measured and not be made into a model."""
    if labelled.several:
        raise SettingsError(
            "a text has several labels here; that can be measured by 'framing evaluate', but a model gives one frame",
            path=experiment.path,
        )
    measured_only = {"characters": experiment.features.characters is not None, "encoder": experiment.features.encoder}
    for name, asked in measured_only.items():
        if asked:
            raise SettingsError(
                f"a recipe with '{name}' can be measured by 'framing evaluate', but not saved as a model",
                path=experiment.path,
            )


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
    lexicon = None if shared.words is None else read_lexicon()
    model = frame_model(shared, fitted, experiment, lexicon)
    packages = ("numpy", "scipy", "scikit-learn")
    manifest = {
        "description": experiment.description,
        "experiment": as_table(experiment),
        "codebook": labelled.codebook.digest,
        "labels": {"digest": labelled.digest, "paragraphs": len(labelled.ids), "ours": labelled.ours},
        "chosen": fitted.choice.as_table(),
        "lexicon": None if lexicon is None else lexicon.digest,
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
        model=model,
        manifest=manifest,
        evaluation=evaluation.summary,
        familiarity=learn_familiarity(shared, labelled.texts, model, lexicon),
    )
