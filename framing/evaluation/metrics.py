"""Figures from confusion matrices and from coincidences of coders' labels.

The figures take matrices of any leading shape, so that one call serves a fold, all repeats, or every bootstrap draw.
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
    return ratio(np.trace(confusion, axis1=-2, axis2=-1), confusion.sum(axis=(-2, -1)))


def precision(confusion: Floats) -> Floats:
    """Return the share of predictions that are right, per label, shape (..., n_labels); NaN where none was made."""
    return ratio(_diagonal(confusion), confusion.sum(axis=-2))


def recall(confusion: Floats) -> Floats:
    """Return the share of gold that was found, per label, shape (..., n_labels); NaN where there is no gold."""
    return ratio(_diagonal(confusion), confusion.sum(axis=-1))


def f1(confusion: Floats) -> Floats:
    """Return 2tp / (2tp + fp + fn) per label, shape (..., n_labels); NaN where neither gold nor predicted."""
    return ratio(2 * _diagonal(confusion), confusion.sum(axis=-2) + confusion.sum(axis=-1))


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
    return ratio(np.where(defined, scores, 0).sum(axis=-1), defined.sum(axis=-1))


def micro_f1(confusion: Floats, n_labels: int | None = None) -> Floats:
    """Return 2tp / (2tp + fp + fn) with each pooled over the labels, shape (...); NaN where all are 0.

    Over all labels of data with one label a paragraph every error is one false positive and one false negative, so
    that it equals `accuracy`; it tells something new only over the frames without the residual.

    Parameters
    ----------
    confusion : ndarray, shape (..., k, k)
    n_labels : int, optional
        Pool the first so many labels only (the frames, without the residual), still over all paragraphs.
    """
    right = _diagonal(confusion)[..., :n_labels].sum(axis=-1)
    predicted, gold = (confusion.sum(axis=axis)[..., :n_labels].sum(axis=-1) for axis in (-2, -1))
    return ratio(2 * right, predicted + gold)


def cohen_kappa(confusion: Floats) -> Floats:
    """Return Cohen's kappa (1960), shape (...): agreement beyond what the two sides' shares of labels give by chance.

    NaN where there is nothing to beat: no paragraph, or one and the same label everywhere on both sides.

    Parameters
    ----------
    confusion : ndarray, shape (..., k, k)
        Rows of the one side, columns of the other; which is which makes no difference.
    """
    number = confusion.sum(axis=(-2, -1))
    chance = (confusion.sum(axis=-1) * confusion.sum(axis=-2)).sum(axis=-1)
    # In counts and not in shares, so that certain agreement by chance is exactly 0 below the line.
    return ratio(number * np.trace(confusion, axis1=-2, axis2=-1) - chance, number**2 - chance)


def krippendorff_alpha(coincidences: Floats) -> Floats:
    """Return Krippendorff's alpha for nominal labels, shape (...).

    One less observed over expected disagreement; labels are expected as drawn, without replacement, from all that the
    coders gave together (Krippendorff 2004, *Content Analysis*, chapter 11). NaN where only one label was ever given.

    Parameters
    ----------
    coincidences : ndarray, shape (..., k, k)
        Sums of `coincidences` over paragraphs, or `pair_coincidences`.
    """
    given = coincidences.sum(axis=-1)
    number = given.sum(axis=-1)
    observed = number - np.trace(coincidences, axis1=-2, axis2=-1)
    # Without the terms n_c * n_c, so that a single label gives exactly 0 below the line.
    expected = (given * (number[..., None] - given)).sum(axis=-1)
    return 1 - ratio((number - 1) * observed, expected)


def coincidences(codings: NDArray[np.int64], n_labels: int) -> Floats:
    """Count the ordered pairs of labels that different coders gave to a paragraph, paragraph by paragraph.

    Divided by the number of its coders less one, so that each label counts once however many coders a paragraph has.
    The matrices can be added up over paragraphs, by group, and drawn again.

    Parameters
    ----------
    codings : ndarray of int, shape (n_coders, n_paragraphs)
        -1 where a coder gave none.
    n_labels : int

    Returns
    -------
    ndarray, shape (n_paragraphs, n_labels, n_labels)
        0 for a paragraph with fewer than two labels.
    """
    n_paragraphs = codings.shape[1]
    given = codings >= 0
    cells = np.nonzero(given)[1] * n_labels + codings[given]
    counts = np.bincount(cells, minlength=n_paragraphs * n_labels).reshape(n_paragraphs, n_labels).astype(np.float64)
    pairs: Floats = counts[:, :, None] * counts[:, None, :]
    label = np.arange(n_labels)
    # No coder is paired with himself.
    pairs[:, label, label] -= counts
    pairs /= np.maximum(counts.sum(axis=1) - 1, 1)[:, None, None]
    return pairs


def pair_coincidences(confusion: Floats) -> Floats:
    """Turn the confusion matrix of two coders, or of model and gold, into coincidences, shape (..., k, k)."""
    return confusion + np.swapaxes(confusion, -2, -1)


def _diagonal(confusion: Floats) -> Floats:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def ratio(part: NDArray[np.float64] | NDArray[np.int64], whole: NDArray[np.float64] | NDArray[np.int64]) -> Floats:
    """Divide, with NaN where ``whole``, which is broadcast to ``part``, is 0."""
    quotient: Floats = np.full(np.shape(part), np.nan)
    return np.divide(part, whole, out=quotient, where=np.broadcast_to(np.asarray(whole) != 0, np.shape(part)))
