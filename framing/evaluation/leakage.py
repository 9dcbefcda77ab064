"""What is lost in honesty when folds part an article, and what published folds part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from framing.evaluation import metrics
from framing.evaluation.cross_validation import OwnRecipe, cross_validate
from framing.evaluation.headline import DIGITS, Yardstick
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.splits import SplitPlan, grouped_folds
from framing.evaluation.tuning import TrainingData
from framing.settings import Experiment

Integers = NDArray[np.int64]


def measure_leakage(
    data: TrainingData,
    plan: SplitPlan,
    predicted: Integers,
    yardstick: Yardstick,
    experiment: Experiment,
    *,
    jobs: int,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Measure the same recipe on folds of single paragraphs, as one would who ignores articles.

    Parameters
    ----------
    data : TrainingData
    plan : SplitPlan
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        Out of the folds of the plan.
    yardstick : Yardstick
    experiment : Experiment
    jobs : int
    progress : callable

    Returns
    -------
    dict
        The figures on both kinds of folds and the gap, random less grouped; or a note where there is none to measure.
    """
    n = len(data.gold)
    if len(np.unique(data.groups)) == n:
        return {"note": "each text is a group of its own: random folds are grouped folds"}
    repeats = min(experiment.evaluation.study_repeats, len(predicted))
    alone = replace(data, groups=np.arange(n))
    folds = len(np.unique(plan.test_fold[0]))
    random_fold = np.stack(
        [
            grouped_folds(
                alone.groups, data.gold, data.labels, folds,
                partial(stream, experiment.seed, Purpose.RANDOM_FOLDS, repeat=repeat),
            )
            for repeat in range(repeats)
        ]
    )  # fmt: skip
    outcome = cross_validate(
        OwnRecipe(alone, experiment), random_fold, len(data.labels), data.boilerplate, jobs=jobs, progress=progress
    )
    grouped = predicted[:repeats]
    return {
        "repeats": repeats,
        "random_folds": yardstick.of_labels(outcome.predicted),
        "grouped_folds": yardstick.of_labels(grouped),
        "gap": {
            "accuracy": yardstick.difference(outcome.predicted, grouped, metrics.accuracy),
            "macro_f1": yardstick.difference(outcome.predicted, grouped),
        },
        "test_paragraphs_whose_article_also_trains": {
            "random_folds": _also_trains(data.groups, random_fold),
            "grouped_folds": _also_trains(data.groups, plan.test_fold),
        },
    }


def copies_in_training(plan: SplitPlan, predicted: Integers, yardstick: Yardstick) -> dict[str, Any]:
    """Count the test paragraphs of which a copy or near-copy stands in the training part, and measure without them.

    Parameters
    ----------
    plan : SplitPlan
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
    yardstick : Yardstick
    """
    n = plan.test_fold.shape[1]
    ones = np.ones(len(plan.copies))
    # Pairs only span a family of copies, so that its members are found through one another.
    _, found = connected_components(coo_array((ones, plan.copies.T), shape=(n, n)), directed=False)
    family = found.astype(np.int64)
    seen = np.stack([_with_member_elsewhere(family, test_fold) for test_fold in plan.test_fold])
    outcome: dict[str, Any] = {"paragraphs": round(float(seen.sum(axis=1).mean()), DIGITS)}
    without = np.logical_not(seen.any(axis=0))
    if not without.all():
        outcome["without_them"] = yardstick.of_labels(predicted, within=without)
    return outcome


def _also_trains(groups: Integers, test_fold: Integers) -> float:
    return round(float(np.mean([_with_member_elsewhere(groups, folds) for folds in test_fold])), DIGITS)


def _with_member_elsewhere(family: Integers, test_fold: Integers) -> NDArray[np.bool_]:
    """Mark the paragraphs whose family, of whatever kind, also has members in other folds, shape (n_paragraphs,)."""
    first = np.full(int(family.max()) + 1, -1)
    first[family] = test_fold
    parted = np.zeros(len(first), dtype=np.bool_)
    np.logical_or.at(parted, family, first[family] != test_fold)
    return parted[family]
