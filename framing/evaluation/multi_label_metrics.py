"""Figures where a text may carry several labels, from sums over texts.

As in `metrics`, all functions take sums of any leading shape, so that one call serves a fold, all repeats, or every
bootstrap draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


def sums_of_texts(gold: Booleans, predicted: Booleans) -> Floats:
    """Count for each text what the figures rest on; the sums over texts are what all other functions here take.

    Parameters
    ----------
    gold : ndarray of bool, shape (n_texts, n_labels)
        Which labels each text carries.
    predicted : ndarray of bool, shape (n_repeats, n_texts, n_labels)

    Returns
    -------
    ndarray, shape (n_repeats, n_texts, 3 * n_labels + 3)
        For each label whether it is gold and predicted, is gold, is predicted; then 1 for the text, 1 where both sets
        are equal, and the share of their labels that is in both (1 where both are empty).
    """
    both = gold & predicted
    shared, either = both.sum(axis=2), (gold | predicted).sum(axis=2)
    overlap = np.where(either > 0, shared / np.maximum(either, 1), 1)
    known = np.broadcast_to(gold, predicted.shape)
    text = np.stack([np.ones_like(overlap), shared == either, overlap], axis=-1)
    return np.concatenate([both, known, predicted, text], axis=-1)


def precision(sums: Floats) -> Floats:
    """Return the share of predictions that are right, per label, shape (..., n_labels); NaN where none was made."""
    found, _, predicted = _by_label(sums)
    return _ratio(found, predicted)


def recall(sums: Floats) -> Floats:
    """Return the share of gold that was found, per label, shape (..., n_labels); NaN where there is no gold."""
    found, gold, _ = _by_label(sums)
    return _ratio(found, gold)


def f1(sums: Floats) -> Floats:
    """Return 2tp / (2tp + fp + fn) per label, shape (..., n_labels); NaN where neither gold nor predicted."""
    found, gold, predicted = _by_label(sums)
    return _ratio(2 * found, gold + predicted)


def macro_f1(sums: Floats, n_labels: int | None = None) -> Floats:
    """Return the plain mean of the labels' F1, shape (...).

    Parameters
    ----------
    sums : ndarray, shape (..., 3 * k + 3)
    n_labels : int, optional
        Take the mean over the first so many labels only (the frames, without the residual). A label that is neither
        gold nor predicted, as may happen in a bootstrap draw, is left out of the mean.
    """
    scores = f1(sums)[..., :n_labels]
    defined = ~np.isnan(scores)
    return _ratio(np.where(defined, scores, 0).sum(axis=-1), defined.sum(axis=-1))


def micro_f1(sums: Floats, n_labels: int | None = None) -> Floats:
    """Return the F1 of all decisions on all labels taken together, shape (...); for ``n_labels`` see `macro_f1`."""
    found, gold, predicted = (part[..., :n_labels].sum(axis=-1) for part in _by_label(sums))
    return _ratio(2 * found, gold + predicted)


def exact_match(sums: Floats) -> Floats:
    """Return the share of texts of which the whole set of labels is right, shape (...)."""
    return _ratio(sums[..., -2], sums[..., -3])


def hamming_loss(sums: Floats) -> Floats:
    """Return the share of wrong decisions, one for each text and label, shape (...)."""
    found, gold, predicted = (part.sum(axis=-1) for part in _by_label(sums))
    return _ratio(gold + predicted - 2 * found, sums[..., -3] * _n_labels(sums))


def jaccard(sums: Floats) -> Floats:
    """Return the mean over texts of the share of gold and predicted labels that is in both sets, shape (...)."""
    return _ratio(sums[..., -1], sums[..., -3])


def labels_per_text(sums: Floats) -> Floats:
    """Return how many labels a text carries by gold and by prediction, shape (..., 2)."""
    _, gold, predicted = (part.sum(axis=-1) for part in _by_label(sums))
    return np.stack([_ratio(gold, sums[..., -3]), _ratio(predicted, sums[..., -3])], axis=-1)


def _n_labels(sums: Floats) -> int:
    return (int(sums.shape[-1]) - 3) // 3


def _by_label(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Take out the counts per label: found, gold, predicted."""
    n = _n_labels(sums)
    return sums[..., :n], sums[..., n : 2 * n], sums[..., 2 * n : 3 * n]


def _ratio(part: NDArray[np.float64] | NDArray[np.int64], whole: NDArray[np.float64] | NDArray[np.int64]) -> Floats:
    quotient: Floats = np.full(np.shape(part), np.nan)
    return np.divide(part, whole, out=quotient, where=np.asarray(whole) != 0)
