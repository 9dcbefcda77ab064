"""Probabilities that mean what they say: temperature, and sets that hold the gold label as often as promised."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.model.decoding import log_softmax

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

LEAST_TEMPERATURE = 0.05
MOST_TEMPERATURE = 20.0
# Paragraphs are counted whole: .9 of 10 is 9, whatever the last binary digit says.
SLACK = 1e-9


@dataclass(frozen=True)
class Calibration:
    """Temperatures and thresholds, for paragraphs in their article and for paragraphs alone.

    What is promised holds for thresholds from articles that the model was not fitted on. Thresholds from out-of-fold
    scores, as a model has them that is then fitted on everything, are near it but carry no guarantee, and neither does
    the promise reach articles of another kind than those labelled. That the temperature was fitted on the same articles
    as the thresholds is one number's worth of fitting, and left out of account.

    Attributes
    ----------
    temperature, lone_temperature : float
    coverage : float
        The promised share of paragraphs whose gold label is in the set.
    thresholds, lone_thresholds : ndarray of float, shape (n_labels,)
        See `conformal_thresholds`.
    """

    temperature: float
    lone_temperature: float
    coverage: float
    thresholds: Floats
    lone_thresholds: Floats


def fit_temperature(log_probabilities: Floats, targets: Floats, weights: Floats | None = None) -> float:
    """Find the temperature with the least cross-entropy (Guo et al. 2017, *On calibration of modern neural networks*).

    The cross-entropy is convex in 1/T, so that it has one minimum over log T, too, where it is searched.

    Parameters
    ----------
    log_probabilities : ndarray of float, shape (n_paragraphs, n_labels)
        Of paragraphs that the model was not fitted on. A probability of 0 counts as the smallest positive number.
    targets : ndarray of float, shape (n_paragraphs, n_labels)
        The coders' shares; a row of zeros is left out.
    weights : ndarray of float, shape (n_paragraphs,), optional

    Returns
    -------
    float
        Between 0.05 and 20.

    Raises
    ------
    ValueError
        When no row has both a target and a weight.
    """
    from scipy.optimize import minimize_scalar

    shares = targets if weights is None else targets * weights[:, None]
    total = shares.sum()
    if not total > 0:
        raise ValueError("a temperature needs paragraphs with targets")
    own = np.maximum(log_softmax(log_probabilities), math.log(np.finfo(np.float64).tiny))

    def cross_entropy(log_temperature: float) -> float:
        return -float((shares * temper(own, math.exp(log_temperature))).sum() / total)

    bounds = math.log(LEAST_TEMPERATURE), math.log(MOST_TEMPERATURE)
    found = minimize_scalar(cross_entropy, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return math.exp(found.x)


def temper(log_probabilities: Floats, temperature: float) -> Floats:
    """Divide log-probabilities by a temperature and normalise them; above 1 it makes them less sure."""
    return log_softmax(log_probabilities / temperature)


def conformal_thresholds(
    probabilities: Floats, gold: Integers, articles: Integers, coverage: float, least_articles: int
) -> Floats:
    """Find how probable a label must be to be in a paragraph's set, so that the sets hold the gold label as promised.

    Split conformal prediction with 1 - p(gold) as what is odd about a paragraph (Sadinle, Lei and Wasserman 2019,
    *Least ambiguous set-valued classifiers with bounded error levels*), and a threshold for each label where it is gold
    in enough articles, so that the promise holds of each such label by itself (Vovk 2012, *Conditional validity of
    inductive conformal predictors*). The other labels share the threshold of all paragraphs, under which a hard label
    may get less than is promised.

    Articles can be exchanged for one another, the paragraphs within them can not. So articles are what the correction
    for a finite sample counts: with G of them, all of one length, the threshold lets through the promised share of
    G + 1, the one still to come being taken for one that fails in every paragraph. That is exact, however alike the
    paragraphs of an article are. Where lengths differ, the one to come has the mean length of the article that a
    paragraph stands in, sum(m²) / sum(m), and the promise holds nearly, after the weighting of Tibshirani et al. (2019,
    *Conformal prediction under covariate shift*), in which that article's own length would stand.

    The promise is for a paragraph of a new article, every paragraph weighing alike: the share a reader counts who
    looks at many articles. Hierarchical conformal prediction, in which each article weighs alike (Dunn, Wasserman and
    Ramdas 2022; Lee, Barber and Willett 2023), is exact for all lengths, but for another promise: of a paragraph drawn
    from an article drawn before it. It says nothing of the share of all paragraphs where long articles are harder than
    short ones, and by label it weighs the only paragraph with a frame in its article like ten of another's.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_paragraphs, n_labels)
        Of articles that the model was not fitted on.
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    articles : ndarray of int, shape (n_paragraphs,)
        Any number for each article. Paragraphs that are scored alone keep the number of the article they are from.
    coverage : float
        The promised share, above 0 and at most 1.
    least_articles : int
        In so many a label must be gold to have its own threshold.

    Returns
    -------
    ndarray, shape (n_labels,)
        0, so that the label is in every set, where there are too few articles for the promise; there always are for a
        coverage of 1.

    Raises
    ------
    ValueError
        When the coverage is not above 0 and at most 1.
    """
    if not 0 < coverage <= 1:
        raise ValueError(f"the coverage must be above 0 and at most 1, not {coverage}")
    known = np.flatnonzero(gold >= 0)
    label, article, of_gold = gold[known], articles[known], probabilities[known, gold[known]]
    thresholds = np.full(probabilities.shape[1], _threshold(of_gold, article, coverage))
    for place in range(len(thresholds)):
        own = label == place
        if len(np.unique(article[own])) >= max(least_articles, 1):
            thresholds[place] = _threshold(of_gold[own], article[own], coverage)
    return thresholds


def candidate_sets(probabilities: Floats, thresholds: Floats) -> Booleans:
    """Return which labels belong to each paragraph's set: the top one, and those that reach their threshold.

    Parameters
    ----------
    probabilities : ndarray of float, shape (..., n_labels)
    thresholds : ndarray of float, shape (n_labels,)

    Returns
    -------
    ndarray of bool, shape (..., n_labels)
    """
    sets: Booleans = probabilities >= thresholds
    np.put_along_axis(sets, probabilities.argmax(axis=-1)[..., None], values=True, axis=-1)
    return sets


def _threshold(of_gold: Floats, article: Integers, coverage: float) -> float:
    """Return the highest probability that enough paragraphs' gold label reaches, or 0."""
    lengths = np.unique(article, return_counts=True)[1]
    number = len(of_gold)
    length_to_come = (lengths**2).sum() / max(number, 1)
    needed = math.ceil(coverage * (number + length_to_come) - SLACK)
    if not 0 < needed <= number:
        return 0.0
    return float(np.sort(of_gold)[number - needed])
