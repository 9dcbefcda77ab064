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
from framing.artifact import Artifact, pack, refuse_foreign
from framing.errors import SettingsError
from framing.evaluation.evaluation import Evaluation
from framing.evaluation.folding import frame_model, learn_familiarity
from framing.evaluation.training_data import TrainingData
from framing.evaluation.tuning import tune_and_fit
from framing.model.lexicon import read_lexicon
from framing.settings import Experiment, as_table
from framing.workflow.costs import StageClock, costs_of_use, save_costs
from framing.workflow.data import Tell, faults_of_the_data, load_data, silent
from framing.workflow.evaluation import measure
from framing.workflow.report import write_report
from framing.workflow.retraining import Settled, settle, tell_changes
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
    settled : Settled
        Where the model lies, and whether it stands in place.
    """

    artifact: Artifact
    evaluation: Evaluation
    settled: Settled

    @property
    def folder(self) -> Path:
        return self.settled.folder


def train(
    experiment: Experiment,
    *,
    output: str | Path,
    data: str | Path | None = None,
    force: bool = False,
    margin: float | None = None,
    jobs: int = 1,
    progress: Stages = no_stages,
    tell: Tell = silent,
) -> Trained:
    """Measure a recipe, train it on all labels and save the model with its evaluation.

    Where a model stands at the output, the new one is compared with it on today's labels, and takes its place only
    where the comparison says that it may; the former model is kept in the history. Otherwise the new one is saved
    beside it under a name that ends in its digest.

    Parameters
    ----------
    experiment : Experiment
    output : path-like
        The folder of the model.
    data : path-like, optional
        A labels folder or CSV file in the place of the experiment's own.
    force : bool
        Put the model in place whatever the comparison says, and also where there can be none.
    margin : float, optional
        The loss of macro-F1 that must be ruled out; without it, that of the experiment.
    jobs : int
        Processes; the model does not depend on it.
    progress : callable
        Called with the name of a stage, the number of its parts done, and of all its parts.
    tell : callable
        Told a line each: what is left out of the labels, and what changed in them since the model in place.

    Raises
    ------
    FramingError
        When the labels, the settings or the folder do not allow it; before any fitting where that can be known.
    """
    output = Path(output).resolve()
    if output.exists():
        refuse_foreign(output)
    clock = StageClock(progress)
    labelled = load_data(experiment, data, tell=tell)
    refuse_unfit(labelled, experiment)
    tell_changes(output, labelled, tell)
    with faults_of_the_data(experiment, data):
        evaluation, shared = measure(labelled, experiment, jobs=jobs, progress=clock)
    kept = labels_to_keep(labelled, shared.groups)
    packed = pack(fit_on_all(labelled, shared, experiment, evaluation), evaluation.rows, kept, evaluation.studies)
    costs = clock.costs(jobs)
    settled = settle(packed, output, labelled, force=force, margin=margin, jobs=jobs, progress=progress, tell=tell)
    if settled.outcome != "unchanged":
        save_costs(settled.folder, costs | costs_of_use(settled.folder, labelled))
        write_report(settled.folder)
    return Trained(packed.artifact, evaluation, settled)


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
