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
from framing.evaluation.cross_validation import Judge, OwnRecipe, cross_validate
from framing.evaluation.headline import DIGITS, Yardstick
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.splits import SplitPlan, grouped_folds
from framing.evaluation.training_data import TrainingData
from framing.settings import Experiment

Integers = NDArray[np.int64]


def measure_leakage(
    data: TrainingData,
    plan: SplitPlan,
    predicted: Integers,
    yardstick: Yardstick,
    experiment: Experiment,
    *,
    judge: Judge,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Measure the same recipe on folds of single paragraphs, as one would who ignores articles.

    The gap is against folds that keep groups whole: those of the plan, or where published folds stand in the plan,
    as many of our own.

    Parameters
    ----------
    data : TrainingData
    plan : SplitPlan
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        Out of the folds of the plan.
    yardstick : Yardstick
    experiment : Experiment
    judge : Judge
    progress : callable

    Returns
    -------
    dict
        The figures on both kinds of folds and the gap, random less grouped; or a note where there is none to measure.
    """
    n = len(data.gold)
    if len(np.unique(data.groups)) == len(np.unique(_families(plan, n))):
        return {"note": "each text is an article of its own: there are no articles that random folds could part"}
    repeats = 1 if plan.published else min(experiment.evaluation.study_repeats, len(predicted))
    folds = len(np.unique(plan.test_fold[0]))

    def outcome(groups: Integers, what: str, purpose: Purpose) -> Integers:
        streams = partial(stream, experiment.seed, purpose)
        test_fold = np.stack(
            [
                grouped_folds(groups, data.gold, data.labels, folds, partial(streams, repeat=repeat))
                for repeat in range(repeats)
            ]
        )
        also_trains[what] = _also_trains(data.groups, test_fold)
        recipe = OwnRecipe(replace(data, groups=groups), experiment)
        return cross_validate(
            recipe, test_fold, len(data.labels), data.boilerplate, judge=judge, progress=progress
        ).predicted

    also_trains: dict[str, float] = {}
    at_random = outcome(np.arange(n), "random_folds", Purpose.RANDOM_FOLDS)
    if plan.published:
        grouped = outcome(data.groups, "grouped_folds", Purpose.OUTER_FOLDS)
    else:
        grouped = predicted[:repeats]
        also_trains["grouped_folds"] = _also_trains(data.groups, plan.test_fold)
    return {
        "repeats": repeats,
        "random_folds": yardstick.of_labels(at_random),
        "grouped_folds": yardstick.of_labels(grouped),
        "gap": {
            "accuracy": yardstick.difference(at_random, grouped, metrics.accuracy),
            "macro_f1": yardstick.difference(at_random, grouped),
        },
        "test_paragraphs_whose_article_also_trains": also_trains,
    }


def copies_in_training(plan: SplitPlan, predicted: Integers, yardstick: Yardstick) -> dict[str, Any]:
    """Count the test paragraphs of which a copy or near-copy stands in the training part, and measure without them.

    Parameters
    ----------
    plan : SplitPlan
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
    yardstick : Yardstick
    """
    seen = families_elsewhere(plan)
    outcome: dict[str, Any] = {
        "paragraphs": round(float(seen.sum(axis=1).mean()), DIGITS),
        "share_whose_article_also_trains": share_whose_group_also_trains(plan),
    }
    without = np.logical_not(seen.any(axis=0))
    if not without.all():
        outcome["without_them"] = yardstick.of_labels(predicted, within=without)
    return outcome


def families_elsewhere(plan: SplitPlan) -> NDArray[np.bool_]:
    """Mark the paragraphs of which a copy or near-copy is in training when they are tested.

    Returns
    -------
    ndarray of bool, shape (n_repeats, n_paragraphs)
    """
    family = _families(plan, plan.test_fold.shape[1])
    return np.stack([_with_member_elsewhere(family, test_fold) for test_fold in plan.test_fold])


def share_whose_group_also_trains(plan: SplitPlan) -> float:
    """Return the share of the test paragraphs of whose group others train; only published folds can part a group."""
    return _also_trains(plan.groups, plan.test_fold)


def _families(plan: SplitPlan, n: int) -> Integers:
    """Give each paragraph its family of copies, of which the pairs name only as many as connect it."""
    ones = np.ones(len(plan.copies))
    _, found = connected_components(coo_array((ones, plan.copies.T), shape=(n, n)), directed=False)
    return found.astype(np.int64)


def _also_trains(groups: Integers, test_fold: Integers) -> float:
    return round(float(np.mean([_with_member_elsewhere(groups, folds) for folds in test_fold])), DIGITS)


def _with_member_elsewhere(family: Integers, test_fold: Integers) -> NDArray[np.bool_]:
    """Mark the paragraphs whose family, of whatever kind, also has members in other folds, shape (n_paragraphs,)."""
    first = np.full(int(family.max()) + 1, -1)
    first[family] = test_fold
    parted = np.zeros(len(first), dtype=np.bool_)
    np.logical_or.at(parted, family, first[family] != test_fold)
    return parted[family]
