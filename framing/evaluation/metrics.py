"""Figures from confusion matrices.

All functions take matrices of any leading shape, so that one call serves a fold, all repeats, or every bootstrap draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def confusion_matrix(gold: NDArray[np.int64], predicted: NDArray[np.int64], n_labels: int) -> Floats:
    """Count paragraphs by gold label (rows) and predicted label (columns); gold -1 is left out.

    Returns
    -------
    ndarray, shape (n_labels, n_labels)
    """
    known = gold >= 0
    cells = gold[known] * n_labels + predicted[known]
    return np.bincount(cells, minlength=n_labels**2).reshape(n_labels, n_labels).astype(np.float64)


def accuracy(confusion: Floats) -> Floats:
    """Return the share of paragraphs on the diagonal, shape (...)."""
    return _ratio(np.trace(confusion, axis1=-2, axis2=-1), confusion.sum(axis=(-2, -1)))


def precision(confusion: Floats) -> Floats:
    """Return the share of predictions that are right, per label, shape (..., n_labels); NaN where none was made."""
    return _ratio(_diagonal(confusion), confusion.sum(axis=-2))


def recall(confusion: Floats) -> Floats:
    """Return the share of gold that was found, per label, shape (..., n_labels); NaN where there is no gold."""
    return _ratio(_diagonal(confusion), confusion.sum(axis=-1))


def f1(confusion: Floats) -> Floats:
    """Return 2tp / (2tp + fp + fn) per label, shape (..., n_labels); NaN where neither gold nor predicted."""
    return _ratio(2 * _diagonal(confusion), confusion.sum(axis=-2) + confusion.sum(axis=-1))


def macro_f1(confusion: Floats, n_labels: int | None = None) -> Floats:
    """Return the plain mean of the labels' F1, shape (...).

    Parameters
    ----------
    confusion : ndarray, shape (..., k, k)
    n_labels : int, optional
        Take the mean over the first so many labels only (the frames, without the residual); the F1 of each is still
        over all paragraphs. A label that is neither gold nor predicted, as may happen in a bootstrap draw, is left
        out of the mean.
    """
    scores = f1(confusion)[..., :n_labels]
    defined = ~np.isnan(scores)
    return _ratio(np.where(defined, scores, 0).sum(axis=-1), defined.sum(axis=-1))


def log_loss(gold: NDArray[np.int64], probabilities: Floats) -> float:
    """Return the mean of minus the natural logarithm of the gold label's probability; gold -1 is left out."""
    known = np.flatnonzero(gold >= 0)
    given = probabilities[known, gold[known]]
    return float(-np.log(np.maximum(given, np.finfo(float).tiny)).mean())


def _diagonal(confusion: Floats) -> Floats:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _ratio(part: NDArray[np.float64] | NDArray[np.int64], whole: NDArray[np.float64] | NDArray[np.int64]) -> Floats:
    quotient: Floats = np.full(np.shape(part), np.nan)
    return np.divide(part, whole, out=quotient, where=np.asarray(whole) != 0)
