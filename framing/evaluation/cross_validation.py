"""Out-of-fold scores: each paragraph judged by what learnt nothing from its article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from framing.evaluation.choice import Chosen
from framing.evaluation.fitting import Fitted, block_scores, candidates, score
from framing.evaluation.training_data import TrainingData
from framing.evaluation.tuning import inner_folds, tune_and_fit
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

# How many paragraphs the pieces have in which articles are read apart from reading them whole.
SHORT_LENGTHS = (1, 2, 3)

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
        The largest is the label; the softmax of a row is its probabilities.
    choice : Chosen or None
        What inner folds chose; None where nothing is chosen.
    candidates : ndarray of bool, shape (n_test, n_frames), or None
        The labels that each row may have; None where nothing was calibrated.
    short_scores : ndarray of float, shape (3, n_test, n_frames), or None
        The same rows, their articles read in pieces of one, two and three paragraphs; None of what reads no articles.
    sourced_scores, sourced_candidates : ndarray, shape (n_test, n_frames), or None
        The same rows, their kinds of sources taken as known; None where nothing was learnt of these.
    """

    scores: Floats
    choice: Chosen | None = None
    candidates: Booleans | None = None
    short_scores: Floats | None = None
    sourced_scores: Floats | None = None
    sourced_candidates: Booleans | None = None


class Recipe(Protocol):
    """Something that learns from some rows of its data and judges others, the package's own model or a baseline.

    It is sent to other processes, so it holds arrays and settings and no open files.
    """

    def judge(self, part: Part) -> Judgement:
        """Learn from ``part.train`` alone and score ``part.test``."""


class Judge(Protocol):
    """Learns from part after part and judges what each tests; or repeats what was said of them before."""

    def __call__(self, recipe: Recipe, parts: Sequence[Part], *, progress: Progress) -> list[Judgement]:
        """Give a judgement for each part; ``progress`` is told of the parts done and of all parts."""


def judge_with(data: TrainingData, fitted: Fitted, test: Integers) -> Judgement:
    """Let a fitted model judge some rows, in their articles and in short pieces of these."""
    blocks = block_scores(data, fitted, test)
    scores = score(data, fitted, test, blocks=blocks)
    short_scores = np.stack([score(data, fitted, test, longest=length, blocks=blocks) for length in SHORT_LENGTHS])
    judgement = Judgement(scores, fitted.choice, candidates(data, fitted, test, scores), short_scores)
    if fitted.reading.sources is None:
        return judgement
    sourced = score(data, fitted, test, sourced=True, blocks=blocks)
    sets = candidates(data, fitted, test, sourced, sourced=True)
    return replace(judgement, sourced_scores=sourced, sourced_candidates=sets)


@dataclass(frozen=True)
class OwnRecipe:
    """The package's own way to a model, tuning included."""

    data: TrainingData
    experiment: Experiment

    def judge(self, part: Part) -> Judgement:
        fitted = tune_and_fit(self.data, part.train, self.experiment, repeat=part.repeat, fold=part.fold)
        return judge_with(self.data, fitted, part.test)

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
    choices : tuple of Chosen or None
        What the inner folds of each part chose.
    candidates : ndarray of bool, shape (n_repeats, n_paragraphs, n_frames), or None
    short_scores : ndarray of float, shape (n_repeats, 3, n_paragraphs, n_frames), or None
    sourced_scores, sourced_candidates : ndarray, shape (n_repeats, n_paragraphs, n_frames), or None
        As in `Judgement`.
    """

    scores: Floats
    predicted: Integers
    parts: tuple[Part, ...]
    choices: tuple[Chosen | None, ...]
    candidates: Booleans | None = None
    short_scores: Floats | None = None
    sourced_scores: Floats | None = None
    sourced_candidates: Booleans | None = None


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


def fitting(jobs: int) -> Judge:
    """Give what judges by fitting, in so many processes."""
    return partial(judge_parts, jobs=jobs)


def cross_validate(
    recipe: Recipe,
    test_fold: Integers,
    n_labels: int,
    boilerplate: NDArray[np.bool_],
    *,
    judge: Judge,
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
    judge : Judge
    progress : callable
    """
    parts = parts_of(test_fold)
    judgements = judge(recipe, parts, progress=progress)

    def laid_out(name: str, empty: NDArray[Any]) -> Any:
        values = [getattr(judgement, name) for judgement in judgements]
        if any(value is None for value in values):
            return None
        for part, value in zip(parts, values, strict=True):
            empty[part.repeat][..., part.test, :] = value
        return empty

    shape = (*test_fold.shape, n_labels)
    scores = laid_out("scores", np.empty(shape))
    predicted = scores.argmax(axis=2)
    # Only a codebook with a residual, its last label, has boilerplate.
    predicted[:, boilerplate] = n_labels - 1
    choices = tuple(judgement.choice for judgement in judgements)
    sets = laid_out("candidates", np.zeros(shape, np.bool_))
    short = laid_out("short_scores", np.empty((len(test_fold), len(SHORT_LENGTHS), *shape[1:])))
    sourced = laid_out("sourced_scores", np.empty(shape))
    sourced_sets = laid_out("sourced_candidates", np.zeros(shape, np.bool_))
    return OutOfFold(scores, predicted, tuple(parts), choices, sets, short, sourced, sourced_sets)
