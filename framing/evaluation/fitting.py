"""Fit what was chosen, and score with it: the one way to a model, for every outer fold and for the model that ships."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.training_data import TrainingData
from framing.model.articles import ArticleMeans, pieces
from framing.model.block_logistic import Problem, balanced_weights
from framing.model.decoding import Decoding, transition_ratios
from framing.model.features import TfIdf, fit_tfidf, tfidf_matrix, weigh_by_labels
from framing.model.reading import Reading
from framing.model.smoothing import Smoother, fit_smoother, smoothed_features
from framing.model.sources import Sources, log_ratios
from framing.model.training_part import BlockWeights, TrainingPart
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class PartFeatures:
    """The terms and words that a training part knows, and their weights.

    Attributes
    ----------
    tfidf : TfIdf
    characters : TfIdf or None
        Of the n-grams of characters, whose columns stand behind those of the terms.
    smoother : Smoother or None
    """

    tfidf: TfIdf
    characters: TfIdf | None
    smoother: Smoother | None

    def of(self, data: TrainingData, rows: Integers) -> TrainingPart:
        """Give the features of some rows."""
        if data.encoded is not None:
            return TrainingPart(csr_array((len(rows), 0)), data.encoded[rows])
        terms = tfidf_matrix(data.counts, rows, self.tfidf)
        if data.characters is not None and self.characters is not None:
            terms = csr_array(hstack([terms, tfidf_matrix(data.characters, rows, self.characters)]))
        if self.smoother is None:
            return TrainingPart(terms, np.zeros((len(rows), 0)))
        return TrainingPart(terms, smoothed_features(data.counts, rows, self.smoother))


@dataclass(frozen=True)
class Fitted:
    """A model as arrays, and how it was chosen.

    Attributes
    ----------
    features : PartFeatures
    weights : BlockWeights
    reading : Reading
    choice : Choice
    """

    features: PartFeatures
    weights: BlockWeights
    reading: Reading
    choice: Choice


def fit_features(data: TrainingData, rows: Integers, experiment: Experiment, candidate: Candidate) -> PartFeatures:
    """Weigh the terms and words for the rows of a training part."""
    tfidf = fit_tfidf(data.counts, rows, experiment.features)
    if candidate.weighting == "naive_bayes":
        gold = data.targets[rows].argmax(axis=1)
        tfidf = weigh_by_labels(data.counts, rows, gold, len(data.labels), tfidf)
    of_characters = None if data.characters is None else fit_tfidf(data.characters, rows, experiment.features)
    smoother = None
    if data.words is not None and candidate.smoothing > 0:
        smoother = fit_smoother(data.counts, rows, data.words, experiment.features, pieces=candidate.pieces)
    return PartFeatures(tfidf, of_characters, smoother)


def problem(data: TrainingData, rows: Integers, experiment: Experiment, candidate: Candidate) -> Problem:
    """Say what is learnt from the rows of a training part."""
    targets = data.targets[rows]
    weights = balanced_weights(targets) if experiment.classifier.class_weight == "balanced" else np.ones(len(rows))
    articles = ArticleMeans.over(data.articles[rows])
    # Where each paragraph is an article of its own, there is no article to learn about.
    variance = candidate.article if len(articles.sizes) < len(rows) else 0.0
    return Problem(targets, weights, articles, variance, experiment.context.copies)


def fit(data: TrainingData, rows: Integers, experiment: Experiment, choice: Choice) -> Fitted:
    """Fit with what was chosen before: the same training part gives the same model again.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_train,)
        The training part; nothing else of ``data`` is looked at. What is not learnt from is left out.
    experiment : Experiment
    choice : Choice
    """
    rows, candidate = data.learnt_from(rows), choice.candidate
    features = fit_features(data, rows, experiment, candidate)
    weights = features.of(data, rows).fit(
        problem(data, rows, experiment, candidate),
        C=candidate.C,
        smoothing=candidate.smoothing,
        tolerance=experiment.classifier.tolerance,
    )
    decoding = Decoding(transitions_of(data, rows), choice.emission) if choice.emission > 0 else None
    sources = None
    if data.sources is not None and choice.source_weight > 0:
        ratios = choice.source_weight * source_ratios(data, rows)
        sources = Sources(data.source_names, ratios, choice.source_calibration)
    return Fitted(features, weights, Reading(decoding, choice.calibration, sources), choice)


def source_ratios(data: TrainingData, rows: Integers) -> Floats:
    """Learn what kinds of sources say of labels in a training part, shape (n_sources, n_labels)."""
    if data.sources is None:
        raise ValueError("nothing is known of the sources")
    return log_ratios(data.targets[rows], data.sources[rows], len(data.source_names))


def transitions_of(data: TrainingData, rows: Integers) -> Floats:
    """Learn which labels follow one another in the articles of a training part, shape (n_labels, n_labels)."""
    return transition_ratios(data.targets[rows], data.articles[rows])


def score(
    data: TrainingData,
    fitted: Fitted,
    rows: Integers,
    *,
    longest: int | None = None,
    sourced: bool = False,
    blocks: tuple[Floats, Floats] | None = None,
) -> Floats:
    """Give the logarithms of the labels' probabilities, each row read with those of its article among the rows.

    Boilerplate is read by itself, and its article without it.

    Parameters
    ----------
    data : TrainingData
    fitted : Fitted
    rows : ndarray of int, shape (n_rows,)
    longest : int, optional
        Read articles in pieces of so many paragraphs.
    sourced : bool
        Whether the kinds of sources are taken as known.
    blocks : (ndarray, ndarray), optional
        What `block_scores` gives, where the same rows are read in several ways.

    Returns
    -------
    ndarray, shape (n_rows, n_labels)
    """
    own, shared = block_scores(data, fitted, rows) if blocks is None else blocks
    articles = articles_read(data, rows)
    articles = articles if longest is None else pieces(articles, longest)
    sources = data.sources[rows] if sourced and data.sources is not None else None
    return fitted.reading.log_probabilities(own, shared, articles, sources)


def candidates(
    data: TrainingData, fitted: Fitted, rows: Integers, log_probabilities: Floats, *, sourced: bool = False
) -> Booleans | None:
    """Tell which labels each of the rows may have; None where nothing was calibrated; shape (n_rows, n_labels)."""
    sources = data.sources[rows] if sourced and data.sources is not None else None
    return fitted.reading.candidates(np.exp(log_probabilities), articles_read(data, rows), sources)


def block_scores(data: TrainingData, fitted: Fitted, rows: Integers) -> tuple[Floats, Floats]:
    """Score some rows by their own words and for their article; see `BlockWeights.score`."""
    part = fitted.features.of(data, rows)
    return fitted.weights.score(part.terms, part.smoothed)


def articles_read(data: TrainingData, rows: Integers) -> Integers:
    """Say what each row is read with: its article, and nothing where it is boilerplate; shape (n_rows,)."""
    # Numbers that no article has keep each line of boilerplate apart.
    return np.where(data.boilerplate[rows], -1 - np.arange(len(rows)), data.articles[rows])
