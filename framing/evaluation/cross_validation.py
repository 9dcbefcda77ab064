"""Out-of-fold scores: each paragraph judged by models that saw nothing of its article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from framing.evaluation.splits import SplitPlan
from framing.evaluation.tuning import Choice, TrainingData, inner_folds, score, tune_and_fit
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

Progress = Callable[[int, int], None]


def no_progress(_done: int, _total: int) -> None:
    """Keep quiet about the folds that are done."""


@dataclass(frozen=True)
class Fold:
    """One outer fold.

    Attributes
    ----------
    repeat, fold : int
    train, test : ndarray of int
        Rows of the two parts, those without gold among them.
    choice : Choice
        What the inner folds of its training part chose.
    """

    repeat: int
    fold: int
    train: Integers
    test: Integers
    choice: Choice


@dataclass(frozen=True)
class OutOfFold:
    """The outer folds' predictions.

    Attributes
    ----------
    scores : ndarray of float, shape (n_repeats, n_paragraphs, n_frames)
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        The label with the largest score; the residual for boilerplate.
    majority : ndarray of int, shape (n_repeats, n_paragraphs)
        The most frequent label of the training part: what a model that reads nothing says.
    folds : tuple of Fold
    """

    scores: Floats
    predicted: Integers
    majority: Integers
    folds: tuple[Fold, ...]


def cross_validate(
    data: TrainingData, plan: SplitPlan, experiment: Experiment, *, jobs: int, progress: Progress
) -> OutOfFold:
    """Tune, fit and score every outer fold.

    Parameters
    ----------
    data : TrainingData
    plan : SplitPlan
    experiment : Experiment
    jobs : int
        Processes to run folds in; the figures do not depend on it.
    progress : callable
        Called with the number of folds done and of all folds.
    """
    parts = [
        (repeat, int(fold), np.flatnonzero(test_fold != fold), np.flatnonzero(test_fold == fold))
        for repeat, test_fold in enumerate(plan.test_fold)
        for fold in np.unique(test_fold)
    ]
    for repeat, fold, train, _ in parts:
        # What would stop a fold half-way is told before the first.
        inner_folds(data, train, experiment, repeat=repeat, fold=fold)
    scores = np.empty((len(plan.test_fold), len(data.gold), len(data.labels)))
    majority = np.empty(scores.shape[:2], np.int64)
    folds = []
    progress(0, len(parts))
    run = Parallel(n_jobs=jobs, return_as="generator")
    outcomes = run(
        delayed(_one_fold)(data, train, test, experiment, repeat=repeat, fold=fold)
        for repeat, fold, train, test in parts
    )
    for done, ((repeat, fold, train, test), (choice, held_out)) in enumerate(zip(parts, outcomes, strict=True), 1):
        scores[repeat, test] = held_out
        gold = data.gold[train]
        majority[repeat, test] = np.bincount(gold[gold >= 0], minlength=len(data.labels)).argmax()
        folds.append(Fold(repeat, fold, train, test, choice))
        progress(done, len(parts))
    predicted = scores.argmax(axis=2)
    # Only a codebook with a residual, its last label, has boilerplate.
    predicted[:, data.boilerplate] = len(data.labels) - 1
    return OutOfFold(scores, predicted, majority, tuple(folds))


def _one_fold(
    data: TrainingData, train: Integers, test: Integers, experiment: Experiment, *, repeat: int, fold: int
) -> tuple[Choice, Floats]:
    fitted = tune_and_fit(data, train, experiment, repeat=repeat, fold=fold)
    return fitted.choice, score(data, fitted, test)
