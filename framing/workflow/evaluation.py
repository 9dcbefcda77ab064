"""A whole recipe, measured: the main figures, the baselines on the same folds, and the studies beside them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import labels_to_keep
from framing.artifact.measured import refuse_measured, save_measured
from framing.codebook import Codebook
from framing.evaluation.behaviour import BehaviourTests, refuse_other_codebook
from framing.evaluation.behaviour_files import read_behaviour
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, parts_of
from framing.evaluation.evaluation import Evaluation, evaluate
from framing.evaluation.headline import Yardstick, with_rounded_floats
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.multi_label import evaluate_multi_label
from framing.evaluation.record import OUTER_FOLDS, Judges, Recording, without_outer_scores
from framing.evaluation.splits import SplitPlan, plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.settings import Experiment
from framing.workflow.data import Tell, faults_of_the_data, load_data, silent
from framing.workflow.studies import Run, Stages, no_stages, run_studies


@dataclass(frozen=True)
class Measured:
    """An evaluation on disk.

    Attributes
    ----------
    summary : dict
        The content of ``evaluation.json``.
    codebook : Codebook
    path : Path
    """

    summary: dict[str, Any]
    codebook: Codebook
    path: Path


def evaluate_to(
    folder: str | Path,
    experiment: Experiment,
    *,
    data: str | Path | None = None,
    replace: bool = False,
    jobs: int = 1,
    progress: Stages = no_stages,
    tell: Tell = silent,
) -> Measured:
    """Measure a recipe and write ``evaluation.json``, the out-of-fold rows and the labels into a folder.

    Parameters
    ----------
    folder : path-like
    experiment : Experiment
    data : path-like, optional
        A labels folder or CSV file in the place of the experiment's own.
    replace : bool
        Write over an evaluation that stands there.
    jobs : int
        Processes; no figure depends on it.
    progress : callable
        Called with the name of a stage, the number of its parts done, and of all its parts.
    tell : callable
        Told what is left out of the labels, a line each.

    Raises
    ------
    FramingError
        When the labels, the settings or the folder do not allow it.
    """
    refuse_measured(folder, replace=replace)
    labelled = load_data(experiment, data, tell=tell)
    with faults_of_the_data(experiment, data):
        evaluation, shared = measure(labelled, experiment, jobs=jobs, progress=progress)
    kept = labels_to_keep(labelled, shared.groups)
    path = save_measured(folder, evaluation.summary, evaluation.rows, kept)
    return Measured(evaluation.summary, labelled.codebook, path)


def measure(
    labelled: LabelledParagraphs, experiment: Experiment, *, jobs: int = 1, progress: Stages = no_stages
) -> tuple[Evaluation, TrainingData]:
    """Measure a recipe on labelled paragraphs.

    Parameters
    ----------
    labelled : LabelledParagraphs
    experiment : Experiment
    jobs : int
    progress : callable

    Raises
    ------
    FramingError
        When the labels or the settings do not allow it; before any fitting where that can be known.
    """
    plan = plan_splits(labelled, experiment.evaluation, experiment.seed)
    data = training_data(labelled, plan.groups, experiment)
    if labelled.several:
        stage = partial(progress, "outer folds")
        return evaluate_multi_label(labelled, plan, data.boilerplate, experiment, jobs=jobs, progress=stage), data
    OwnRecipe(data, experiment).refuse(parts_of(plan.test_fold))
    judges = Recording(jobs)
    evaluation = compute_figures(labelled, data, plan, experiment, judges, progress=progress)
    return dataclasses.replace(evaluation, studies=without_outer_scores(judges.lines)), data


def compute_figures(
    labelled: LabelledParagraphs,
    data: TrainingData,
    plan: SplitPlan,
    experiment: Experiment,
    judges: Judges,
    *,
    progress: Stages = no_stages,
) -> Evaluation:
    """Compute all figures from what the judges say of the parts of all studies.

    Parameters
    ----------
    labelled : LabelledParagraphs
        The gold that is measured against.
    data : TrainingData
        The same paragraphs with the labels that were learnt from.
    plan : SplitPlan
        Planned by the labels that were learnt from.
    experiment : Experiment
    judges : Judges
    progress : callable
    """
    tests = _behaviour_tests(labelled, experiment)
    settings, codebook = experiment.evaluation, labelled.codebook
    bootstrap = ArticleBootstrap.over(plan.groups, settings.bootstrap, experiment.seed)
    yardstick = Yardstick(
        labelled.gold, bootstrap, len(codebook.labels), len(codebook.frames), settings.calibration_bins
    )
    run = Run(labelled, data, plan, yardstick, experiment, judges, progress)
    predictions = cross_validate(
        OwnRecipe(data, experiment), plan.test_fold, yardstick.n_labels, data.boilerplate,
        **run.stage(OUTER_FOLDS, keep="everything"),
    )  # fmt: skip
    evaluation = evaluate(labelled, plan, predictions, yardstick, experiment, data.boilerplate)
    summary = evaluation.summary | with_rounded_floats(run_studies(run, predictions, tests))
    return dataclasses.replace(evaluation, summary=summary)


def _behaviour_tests(labelled: LabelledParagraphs, experiment: Experiment) -> BehaviourTests | None:
    """Read the behaviour tests that the experiment names, before anything is fitted."""
    named = experiment.evaluation.behaviour
    if named is None or "behaviour" not in experiment.evaluation.studies:
        return None
    home = Path(experiment.path).parent if experiment.path is not None else Path()
    tests = read_behaviour(home / named)
    refuse_other_codebook(tests, labelled.codebook)
    return tests
