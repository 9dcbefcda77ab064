"""The evaluation of a recipe where a text may carry several labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.choice import Chosen
from framing.evaluation.cross_validation import Part, Progress, Recipe, judge_parts, parts_of
from framing.evaluation.evaluation import Evaluation, protocol
from framing.evaluation.headline import DIGITS, with_rounded_floats
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.leakage import families_elsewhere, share_whose_group_also_trains
from framing.evaluation.multi_label_baselines import multi_label_baselines
from framing.evaluation.multi_label_figures import DEFINITIONS, SetYardstick
from framing.evaluation.multi_label_recipe import JudgedSets, MultiLabelData, MultiLabelRecipe
from framing.evaluation.splits import SplitPlan
from framing.evaluation.training_data import training_data
from framing.settings import Experiment

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

OWN = "own"
# The others rest on one label a text.
STUDIES = ("baselines",)
NOT_MEASURED = (
    "Not measured where a text may have several labels: kappa and alpha, probabilities and their calibration, random "
    "folds, groups left out, masked names, learning curve, selective prediction, coders, label issues, behaviour "
    "tests; of the baselines those that give one label."
)
RULE = (
    "each text gets the frames that reach their threshold; where none does, the residual, or without a residual the "
    "most probable frame; so do the baselines, but for naive_bayes_or_none"
)


@dataclass(frozen=True)
class OutOfFoldSets:
    """The outer folds' predictions.

    Attributes
    ----------
    scores : ndarray of float, shape (n_repeats, n_paragraphs, n_frames)
    predicted : ndarray of bool, shape (n_repeats, n_paragraphs, n_labels)
        The residual alone for boilerplate.
    choices : tuple of Chosen or None
        What the inner folds of each part chose.
    """

    scores: Floats
    predicted: Booleans
    choices: tuple[Chosen | None, ...]


def evaluate_multi_label(
    data: LabelledParagraphs,
    plan: SplitPlan,
    boilerplate: Booleans,
    experiment: Experiment,
    *,
    jobs: int,
    progress: Progress,
) -> Evaluation:
    """Measure one binary logistic regression for each frame, and baselines on the same folds.

    Parameters
    ----------
    data : LabelledParagraphs
        With ``several``: a paragraph carries the labels whose target is above 0, at least one.
    plan : SplitPlan
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        Paragraphs that get the residual alone by rule and are not learnt from.
    experiment : Experiment
    jobs : int
        Processes to run parts in; the figures do not depend on it.
    progress : callable
        Called with the number of parts done and of all parts, those of the baselines among them.

    Returns
    -------
    Evaluation
        Its rows tell the sets of labels, and as scores each frame's probability.

    Raises
    ------
    EvaluationError
        When an inner fold would lack a label, when a label stands on every paragraph of a training part, or when
        there are no terms; before any fitting where that can be known.
    """
    shared = MultiLabelData.of(data, replace(training_data(data, plan.groups, experiment), boilerplate=boilerplate))
    parts = parts_of(plan.test_fold)
    own = MultiLabelRecipe(shared, experiment)
    own.refuse(parts)
    baselines = multi_label_baselines(data, shared, experiment)
    recipes = {OWN: own} | {baseline.name: baseline.recipe for baseline in baselines if baseline.recipe is not None}
    predictions: dict[str, OutOfFoldSets] = {}
    for name, recipe in recipes.items():

        def step(done: int, of_recipe: int, *, before: int = len(predictions)) -> None:
            progress(before * of_recipe + done, len(recipes) * of_recipe)

        predictions[name] = _cross_validate(recipe, shared, parts, plan, jobs=jobs, progress=step)
    bootstrap = ArticleBootstrap.over(plan.groups, experiment.evaluation.bootstrap, experiment.seed)
    yardstick = SetYardstick(shared.carried, bootstrap, shared.n_frames, experiment.seed)
    seen = families_elsewhere(plan)
    figures = {
        **_figures(data.codebook.labels, predictions[OWN], yardstick, parts, boilerplate),
        "copies_in_training": {
            "paragraphs": float(seen.sum(axis=1).mean()),
            "share_whose_article_also_trains": share_whose_group_also_trains(plan),
        },
        "not_measured": NOT_MEASURED,
        "baselines": {
            baseline.name: {
                "title": baseline.title,
                "description": baseline.description,
                "metrics": yardstick.headline(predictions[baseline.name].predicted),
                "model_less_baseline": yardstick.compare(
                    predictions[OWN].predicted, predictions[baseline.name].predicted, parts
                ),
            }
            for baseline in baselines
        },
    }
    # The settings in the protocol are taken as they are: rounded, a tolerance of 1e-11 would be 0.
    summary = with_rounded_floats(figures) | {
        "protocol": {
            **protocol(data, plan, experiment),
            "studies": [study for study in experiment.evaluation.studies if study in STUDIES],
            "boilerplate": int(boilerplate.sum()),
            "several_labels": int((shared.carried.sum(axis=1) > 1).sum()),
            "definitions": DEFINITIONS,
            "rule": RULE,
        },
    }
    return Evaluation(summary, tuple(_rows(data, plan, predictions[OWN], shared)))


def _cross_validate(
    recipe: Recipe, data: MultiLabelData, parts: list[Part], plan: SplitPlan, *, jobs: int, progress: Progress
) -> OutOfFoldSets:
    # Every recipe here gives sets of labels.
    judgements = cast("list[JudgedSets]", judge_parts(recipe, parts, jobs=jobs, progress=progress))
    scores = np.empty((*plan.test_fold.shape, data.n_frames))
    predicted = np.zeros((*plan.test_fold.shape, data.carried.shape[1]), dtype=np.bool_)
    for part, judgement in zip(parts, judgements, strict=True):
        scores[part.repeat, part.test] = judgement.scores
        predicted[part.repeat, part.test] = judgement.predicted
    # Only a codebook with a residual, its last label, has boilerplate.
    predicted[:, data.training.boilerplate] = np.arange(predicted.shape[2]) == predicted.shape[2] - 1
    return OutOfFoldSets(scores, predicted, tuple(judgement.choice for judgement in judgements))


def _figures(
    labels: Sequence[str],
    own: OutOfFoldSets,
    yardstick: SetYardstick,
    parts: list[Part],
    boilerplate: Booleans,
) -> dict[str, Any]:
    return {
        "metrics": yardstick.headline(own.predicted),
        "without_boilerplate": {
            "paragraphs": int((~boilerplate).sum()),
            "metrics": yardstick.headline(own.predicted, within=~boilerplate),
        },
        "per_frame": yardstick.per_label(own.predicted, labels),
        "folds": [
            {
                "repeat": part.repeat,
                "fold": part.fold,
                "train": len(part.train),
                "test": len(part.test),
                **({} if choice is None else choice.as_table()),
                **yardstick.of_part(own.predicted, part),
            }
            for part, choice in zip(parts, own.choices, strict=True)
        ],
    }


def _rows(
    data: LabelledParagraphs, plan: SplitPlan, own: OutOfFoldSets, shared: MultiLabelData
) -> Sequence[dict[str, Any]]:
    labels, boilerplate = data.codebook.labels, shared.training.boilerplate
    names: Sequence[str | int] = data.ids if data.ours else [int(number) for number in data.ids]
    return [
        {
            "repeat": repeat,
            "fold": int(plan.test_fold[repeat, row]),
            "paragraph": names[row],
            "gold": [labels[place] for place in np.flatnonzero(shared.carried[row])],
            "predicted": [labels[place] for place in np.flatnonzero(predicted[row])],
            "scores": None if boilerplate[row] else own.scores[repeat, row].round(DIGITS).tolist(),
        }
        for repeat, predicted in enumerate(own.predicted)
        for row in range(len(names))
    ]
