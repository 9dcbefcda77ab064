"""Out-of-fold scores: each paragraph judged by what learnt nothing from its article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from framing.evaluation.tuning import Choice, TrainingData, inner_folds, score, tune_and_fit
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

Progress = Callable[[int, int], None]


def no_progress(_done: int, _total: int) -> None:
    """Keep quiet about the folds that are done."""


@dataclass(frozen=True)
class Part:
    """A training part and what is tested on it.

    Attributes
    ----------
    repeat, fold : int
        Numbers that keep the random choices of one part apart from those of another.
    train, test : ndarray of int
        Rows, those without gold among them.
    """

    repeat: int
    fold: int
    train: Integers
    test: Integers


@dataclass(frozen=True)
class Judgement:
    """What was learnt from a training part says of the test rows.

    Attributes
    ----------
    scores : ndarray of float, shape (n_test, n_frames)
        The largest is the label.
    choice : Choice or None
        What inner folds chose; None where nothing is chosen.
    """

    scores: Floats
    choice: Choice | None = None


class Recipe(Protocol):
    """Something that learns from some rows of its data and judges others, the package's own model or a baseline.

    It is sent to other processes, so it holds arrays and settings and no open files.
    """

    def judge(self, part: Part) -> Judgement:
        """Learn from ``part.train`` alone and score ``part.test``."""


@dataclass(frozen=True)
class OwnRecipe:
    """The package's own way to a model, tuning included."""

    data: TrainingData
    experiment: Experiment

    def judge(self, part: Part) -> Judgement:
        fitted = tune_and_fit(self.data, part.train, self.experiment, repeat=part.repeat, fold=part.fold)
        return Judgement(score(self.data, fitted, part.test), fitted.choice)

    def refuse(self, parts: Sequence[Part]) -> None:
        """Raise an EvaluationError for what would stop a part half-way, before any is begun."""
        for part in parts:
            inner_folds(self.data, part.train, self.experiment, repeat=part.repeat, fold=part.fold)


@dataclass(frozen=True)
class OutOfFold:
    """The outer folds' predictions.

    Attributes
    ----------
    scores : ndarray of float, shape (n_repeats, n_paragraphs, n_frames)
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        The label with the largest score; the residual for boilerplate.
    parts : tuple of Part
        In the order of repeats and folds.
    choices : tuple of Choice or None
        What the inner folds of each part chose.
    """

    scores: Floats
    predicted: Integers
    parts: tuple[Part, ...]
    choices: tuple[Choice | None, ...]


def parts_of(test_fold: Integers) -> list[Part]:
    """List the parts of a split plan.

    Parameters
    ----------
    test_fold : ndarray of int, shape (n_repeats, n_paragraphs)
    """
    return [
        Part(repeat, int(fold), np.flatnonzero(folds != fold), np.flatnonzero(folds == fold))
        for repeat, folds in enumerate(test_fold)
        for fold in np.unique(folds)
    ]


def judge_parts(recipe: Recipe, parts: Sequence[Part], *, jobs: int, progress: Progress) -> list[Judgement]:
    """Learn and judge part after part.

    Parameters
    ----------
    recipe : Recipe
    parts : sequence of Part
    jobs : int
        Processes to run parts in; the figures do not depend on it.
    progress : callable
        Called with the number of parts done and of all parts.
    """
    progress(0, len(parts))
    judgements = []
    for done, judgement in enumerate(
        Parallel(n_jobs=jobs, return_as="generator")(delayed(recipe.judge)(part) for part in parts), 1
    ):
        judgements.append(judgement)
        progress(done, len(parts))
    return judgements


def cross_validate(
    recipe: Recipe,
    test_fold: Integers,
    n_labels: int,
    boilerplate: NDArray[np.bool_],
    *,
    jobs: int,
    progress: Progress = no_progress,
) -> OutOfFold:
    """Let every paragraph be judged in each repeat.

    Parameters
    ----------
    recipe : Recipe
    test_fold : ndarray of int, shape (n_repeats, n_paragraphs)
    n_labels : int
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        What gets the residual, the last label, whatever the scores are.
    jobs : int
    progress : callable
    """
    parts = parts_of(test_fold)
    judgements = judge_parts(recipe, parts, jobs=jobs, progress=progress)
    scores = np.empty((*test_fold.shape, n_labels))
    for part, judgement in zip(parts, judgements, strict=True):
        scores[part.repeat, part.test] = judgement.scores
    predicted = scores.argmax(axis=2)
    # Only a codebook with a residual, its last label, has boilerplate.
    predicted[:, boilerplate] = n_labels - 1
    return OutOfFold(scores, predicted, tuple(parts), tuple(judgement.choice for judgement in judgements))
