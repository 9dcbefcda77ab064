"""Tune and fit: the one way to a model, for every outer fold and for the model that ships."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.splits import grouped_folds
from framing.model import FrameModel, softmax
from framing.model.features import TermCounts, TfIdf, count_terms, fit_tfidf, tfidf_matrix
from framing.model.logistic import fit_logistic, logistic_path
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrainingData:
    """What every fit of a run shares.

    Attributes
    ----------
    counts : TermCounts
        The terms of all paragraphs, counted once.
    gold : ndarray of int, shape (n_paragraphs,)
        -1 where the coders left none.
    groups : ndarray of int, shape (n_paragraphs,)
    labels : tuple of str
    """

    counts: TermCounts
    gold: Integers
    groups: Integers
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """What the inner folds chose.

    Attributes
    ----------
    C : float
    tried : dict of float to float
        Each candidate's figure over the inner folds' paragraphs; empty where there was nothing to choose.
    """

    C: float
    tried: dict[float, float]


@dataclass(frozen=True)
class Fitted:
    """A model as arrays, and how it was chosen.

    Attributes
    ----------
    tfidf : TfIdf
    coefficients : ndarray, shape (n_known, n_frames)
    intercept : ndarray, shape (n_frames,)
    choice : Choice
    """

    tfidf: TfIdf
    coefficients: Floats
    intercept: Floats
    choice: Choice


def training_data(data: LabelledParagraphs, groups: Integers, experiment: Experiment) -> TrainingData:
    """Count the terms of all paragraphs.

    Raises
    ------
    EvaluationError
        When the texts hold no word.
    """
    try:
        counts = count_terms(data.texts, experiment.features)
    except ValueError:
        raise EvaluationError("no paragraph holds a word of two letters; there is nothing to learn from") from None
    return TrainingData(counts, data.gold, groups, data.codebook.labels)


def tune_and_fit(data: TrainingData, rows: Integers, experiment: Experiment, seed: tuple[int, ...]) -> Fitted:
    """Choose C by inner grouped folds and fit on all of the training part.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_train,)
        The training part; nothing else of ``data`` is looked at. Rows without gold are left out.
    experiment : Experiment
    seed : tuple of int
        Deals out the inner folds.

    Raises
    ------
    EvaluationError
        When an inner fold would lack a label.
    """
    rows = rows[data.gold[rows] >= 0]
    choice = _choose(data, rows, experiment, seed)
    tfidf = fit_tfidf(data.counts, rows, experiment.features)
    features = tfidf_matrix(data.counts, rows, tfidf)
    weights = fit_logistic(features, data.gold[rows], len(data.labels), C=choice.C, settings=experiment.classifier)
    return Fitted(tfidf, *weights, choice)


def score(data: TrainingData, fitted: Fitted, rows: Integers) -> Floats:
    """Score some paragraphs from their counts, shape (n_rows, n_frames)."""
    scores: Floats = tfidf_matrix(data.counts, rows, fitted.tfidf) @ fitted.coefficients + fitted.intercept
    return scores


def frame_model(data: TrainingData, fitted: Fitted, experiment: Experiment) -> FrameModel:
    """Take the fitted arrays over into a model that needs nothing but its own terms."""
    return FrameModel(
        terms=tuple(data.counts.terms[fitted.tfidf.columns].tolist()),
        idf=fitted.tfidf.idf,
        coefficients=fitted.coefficients,
        intercept=fitted.intercept,
        ngrams=experiment.features.ngrams,
        sublinear_tf=experiment.features.sublinear_tf,
    )


def _choose(data: TrainingData, rows: Integers, experiment: Experiment, seed: tuple[int, ...]) -> Choice:
    candidates = sorted(experiment.classifier.C)
    if len(candidates) == 1:
        return Choice(candidates[0], {})
    gold = data.gold[rows]
    fold = grouped_folds(data.groups[rows], gold, data.labels, experiment.evaluation.inner_folds, seed)
    held_out = np.empty((len(candidates), len(rows), len(data.labels)))
    for number in np.unique(fold):
        train, test = rows[fold != number], np.flatnonzero(fold == number)
        tfidf = fit_tfidf(data.counts, train, experiment.features)
        seen, unseen = (tfidf_matrix(data.counts, part, tfidf) for part in (train, rows[test]))
        path = logistic_path(
            seen, data.gold[train], len(data.labels), strengths=candidates, settings=experiment.classifier
        )
        for place, (coefficients, intercept) in enumerate(path):
            held_out[place, test] = unseen @ coefficients + intercept
    tried = {
        strength: _figure(experiment.evaluation.tuning_metric, gold, held_out[place])
        for place, strength in enumerate(candidates)
    }
    # The strongest penalty among equals.
    best = max(candidates, key=lambda strength: tried[strength])
    return Choice(best, tried)


def _figure(metric: str, gold: Integers, scores: Floats) -> float:
    """Give the tuning figure, larger being better."""
    if metric == "log_loss":
        return -metrics.log_loss(gold, softmax(scores))
    confusion = metrics.confusion_matrix(gold, scores.argmax(axis=1), scores.shape[1])
    return float(metrics.accuracy(confusion) if metric == "accuracy" else metrics.macro_f1(confusion))
