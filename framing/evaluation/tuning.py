"""Tune and fit: the one way to a model, for every outer fold and for the model that ships."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.probabilities import log_loss
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.splits import grouped_folds
from framing.model import FrameModel, softmax
from framing.model.features import (
    TermCounts,
    TfIdf,
    count_characters,
    count_terms,
    fit_tfidf,
    tfidf_matrix,
    weigh_by_labels,
)
from framing.model.logistic import fit_logistic, logistic_path
from framing.model.masking import mask_names
from framing.settings import Experiment
from framing.text import Segmentation
from framing.text.article import of_paragraphs

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrainingData:
    """What every fit of a run shares.

    Attributes
    ----------
    counts : TermCounts
        The terms of all paragraphs, counted once.
    characters : TermCounts or None
        The n-grams of characters, where the recipe has them.
    gold : ndarray of int, shape (n_paragraphs,)
        -1 where the coders left none.
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        What the segmentation marks. It gets the residual without being scored, here as in use, and is not learnt from.
    groups : ndarray of int, shape (n_paragraphs,)
    labels : tuple of str
    """

    counts: TermCounts
    characters: TermCounts | None
    gold: Integers
    boilerplate: NDArray[np.bool_]
    groups: Integers
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """What the inner folds chose.

    Attributes
    ----------
    C : float
    weighting : str
    tried : dict of (str, float) to float
        The figure of each candidate, a weighting and a C, over the inner folds' paragraphs; empty where there was
        nothing to choose.
    """

    C: float
    weighting: str
    tried: dict[tuple[str, float], float]

    def as_table(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        tried: dict[str, dict[str, float]] = {}
        for (weighting, strength), value in self.tried.items():
            tried.setdefault(weighting, {})[str(strength)] = round(value, 6)
        return {"C": self.C, "weighting": self.weighting, "tried": tried}


@dataclass(frozen=True)
class Fitted:
    """A model as arrays, and how it was chosen.

    Attributes
    ----------
    tfidf : TfIdf
    characters : TfIdf or None
        Of the n-grams of characters, whose columns stand behind those of the terms.
    coefficients : ndarray, shape (n_known, n_frames)
    intercept : ndarray, shape (n_frames,)
    choice : Choice
    """

    tfidf: TfIdf
    characters: TfIdf | None
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
    lengths = experiment.features.characters
    texts = mask_names(data.texts) if experiment.features.mask_names else data.texts
    characters = None if lengths is None else count_characters(texts, lengths)
    return TrainingData(counts, characters, data.gold, _boilerplate(data, experiment), groups, data.codebook.labels)


def tune_and_fit(data: TrainingData, rows: Integers, experiment: Experiment, *, repeat: int, fold: int) -> Fitted:
    """Choose C and the terms' weighting by inner grouped folds and fit on all of the training part.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_train,)
        The training part; nothing else of ``data`` is looked at. Rows without gold and boilerplate are left out.
    experiment : Experiment
    repeat, fold : int
        The outer fold; the inner folds are dealt out anew for each.

    Raises
    ------
    EvaluationError
        When an inner fold would lack a label, or a part of the data has no term that is frequent enough.
    """
    rows = _learnt_from(data, rows)
    choice = _choose(data, rows, experiment, inner_folds(data, rows, experiment, repeat=repeat, fold=fold))
    return fit(data, rows, experiment, choice)


def fit(data: TrainingData, rows: Integers, experiment: Experiment, choice: Choice) -> Fitted:
    """Fit with what was chosen before: the same training part gives the same model again."""
    rows = _learnt_from(data, rows)
    weights = _weigh(data, rows, experiment, choice.weighting)
    features = features_of(data, rows, weights)
    solution = fit_logistic(features, data.gold[rows], len(data.labels), C=choice.C, settings=experiment.classifier)
    return Fitted(*weights, *solution, choice)


def inner_folds(
    data: TrainingData, rows: Integers, experiment: Experiment, *, repeat: int, fold: int
) -> Integers | None:
    """Deal out the folds of a training part; None where there is nothing to choose.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_train,)
    experiment : Experiment
    repeat, fold : int
        The outer fold.

    Returns
    -------
    ndarray of int
        For those rows that are learnt from, in their order.

    Raises
    ------
    EvaluationError
        When a label is missing from the training part or would be from a fold.
    """
    rows = _learnt_from(data, rows)
    absent = set(range(len(data.labels))) - set(data.gold[rows].tolist())
    if absent:
        raise EvaluationError(
            f"a training part has no paragraph with '{data.labels[min(absent)]}' to learn from; label more"
        )
    if len(experiment.classifier.C) * len(experiment.features.weighting) == 1:
        return None
    streams = partial(stream, experiment.seed, Purpose.INNER_FOLDS, repeat=repeat, fold=fold)
    n_folds = experiment.evaluation.inner_folds
    return grouped_folds(data.groups[rows], data.gold[rows], data.labels, n_folds, streams, setting="inner_folds")


def score(data: TrainingData, fitted: Fitted, rows: Integers) -> Floats:
    """Score some paragraphs from their counts, shape (n_rows, n_frames)."""
    features = features_of(data, rows, (fitted.tfidf, fitted.characters))
    scores: Floats = features @ fitted.coefficients + fitted.intercept
    return scores


def frame_model(data: TrainingData, fitted: Fitted, experiment: Experiment) -> FrameModel:
    """Take the fitted arrays over into a model that needs nothing but its own terms.

    Raises
    ------
    EvaluationError
        When the recipe has n-grams of characters: such a model can be measured, and is not one to use.
    """
    if fitted.characters is not None:
        raise EvaluationError("a recipe with 'characters' in [features] can be measured, but not saved as a model")
    return FrameModel(
        terms=tuple(data.counts.terms[fitted.tfidf.columns].tolist()),
        idf=fitted.tfidf.idf,
        coefficients=fitted.coefficients,
        intercept=fitted.intercept,
        ngrams=experiment.features.ngrams,
        sublinear_tf=experiment.features.sublinear_tf,
        mask_names=experiment.features.mask_names,
    )


def _boilerplate(data: LabelledParagraphs, experiment: Experiment) -> NDArray[np.bool_]:
    """Mark what the segmentation would mark in these articles; nothing where there is no residual to give it."""
    marks = np.zeros(len(data.texts), dtype=np.bool_)
    if data.codebook.residual is None:
        return marks
    segmentation = Segmentation(experiment.segmentation)
    rows_of: dict[str, list[int]] = {}
    for row, article in enumerate(data.articles):
        rows_of.setdefault(article, []).append(row)
    for article, rows in rows_of.items():
        paragraphs = segmentation.split(of_paragraphs(article, [data.texts[row] for row in rows]))
        marks[rows] = [paragraph.boilerplate for paragraph in paragraphs]
    return marks


def _learnt_from(data: TrainingData, rows: Integers) -> Integers:
    return rows[(data.gold[rows] >= 0) & ~data.boilerplate[rows]]


def _weigh(data: TrainingData, rows: Integers, experiment: Experiment, weighting: str) -> tuple[TfIdf, TfIdf | None]:
    tfidf = fit_tfidf(data.counts, rows, experiment.features)
    if weighting == "naive_bayes":
        tfidf = weigh_by_labels(data.counts, rows, data.gold[rows], len(data.labels), tfidf)
    if data.characters is None:
        return tfidf, None
    return tfidf, fit_tfidf(data.characters, rows, experiment.features)


def features_of(data: TrainingData, rows: Integers, weights: tuple[TfIdf, TfIdf | None]) -> csr_array[Any]:
    """Put the blocks of some rows side by side, those of the n-grams of characters last.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_rows,)
    weights : (TfIdf, TfIdf or None)
        Of the terms, and of the n-grams of characters where the recipe has them.
    """
    tfidf, of_characters = weights
    features = tfidf_matrix(data.counts, rows, tfidf)
    if data.characters is None or of_characters is None:
        return features
    return csr_array(hstack([features, tfidf_matrix(data.characters, rows, of_characters)]))


def _choose(data: TrainingData, rows: Integers, experiment: Experiment, fold: Integers | None) -> Choice:
    strengths, weightings = sorted(experiment.classifier.C), experiment.features.weighting
    if fold is None:
        return Choice(strengths[0], weightings[0], {})
    gold = data.gold[rows]
    tried: dict[tuple[str, float], float] = {}
    for weighting in weightings:
        held_out = np.empty((len(strengths), len(rows), len(data.labels)))
        for number in np.unique(fold):
            train, test = rows[fold != number], np.flatnonzero(fold == number)
            weights = _weigh(data, train, experiment, weighting)
            seen, unseen = (features_of(data, part, weights) for part in (train, rows[test]))
            path = logistic_path(
                seen, data.gold[train], len(data.labels), strengths=strengths, settings=experiment.classifier
            )
            for place, (coefficients, intercept) in enumerate(path):
                held_out[place, test] = unseen @ coefficients + intercept
        for place, strength in enumerate(strengths):
            tried[weighting, strength] = _figure(experiment.evaluation.tuning_metric, gold, held_out[place])
    # The first weighting and the strongest penalty among equals.
    best, strength = max(tried, key=lambda candidate: tried[candidate])
    return Choice(strength, best, tried)


def _figure(metric: str, gold: Integers, scores: Floats) -> float:
    """Give the tuning figure, larger being better."""
    if metric == "log_loss":
        return -log_loss(gold, softmax(scores))
    confusion = metrics.confusion_matrix(gold, scores.argmax(axis=1), scores.shape[1])
    return float(metrics.accuracy(confusion) if metric == "accuracy" else metrics.macro_f1(confusion))
