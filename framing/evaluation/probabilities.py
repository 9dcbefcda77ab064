"""Figures from probabilities: proper scores and calibration.

What paragraphs add to a figure is summed first, by group of articles, and made a figure of afterwards: the functions on
sums take any leading shape, so that one call serves all repeats or every bootstrap draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.metrics import ratio

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def log_loss(gold: Integers, probabilities: Floats) -> float:
    """Return the mean of minus the natural logarithm of the gold label's probability; gold -1 is left out.

    A probability of 0 counts as the smallest positive number, a loss of 708; scikit-learn stops at 36.

    Parameters
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
    probabilities : ndarray, shape (n_paragraphs, n_labels)
    """
    known = np.flatnonzero(gold >= 0)
    return float(_negative_log(probabilities[known, gold[known]]).mean())


def losses(gold: Integers, probabilities: Floats) -> Floats:
    """Score the probabilities of every paragraph, to be added up by `sums_by_group`.

    Parameters
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
        -1 gives a row of zeros.
    probabilities : ndarray, shape (n_repeats, n_paragraphs, n_labels)

    Returns
    -------
    ndarray, shape (n_repeats, n_paragraphs, 3)
        1 where there is gold, the log loss as in `log_loss`, and the Brier score (1950) in its first form: the sum of
        squares over all labels, from 0 to 2. It is halved nowhere, while scikit-learn's ``brier_score_loss`` halves
        that of two labels unless ``scale_by_half=False``.
    """
    known = np.flatnonzero(gold >= 0)
    scored = np.zeros((*probabilities.shape[:2], 3))
    scored[:, known, 0] = 1
    scored[:, known, 1] = _negative_log(probabilities[:, known, gold[known]])
    errors = probabilities[:, known]
    errors[:, np.arange(len(known)), gold[known]] -= 1
    scored[:, known, 2] = np.square(errors).sum(axis=-1)
    return scored


def mean_losses(sums: Floats) -> Floats:
    """Turn sums of `losses`, shape (..., 3), into mean log loss and Brier score, shape (..., 2); NaN without gold."""
    return ratio(sums[..., 1:], sums[..., :1])


def calibration_by_group(gold: Integers, probabilities: Floats, member: Integers, bins: int) -> Floats:
    """Add up, by group, repeat and bin of confidence, what calibration is measured from.

    The confidence is the largest probability, and its label the prediction (the first among equals). The bins are
    equally wide from 0 to 1; an edge belongs to the bin above it, and 1 to the last bin. With k labels no confidence
    lies under 1/k, so that the first bins may be empty.

    Parameters
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    probabilities : ndarray, shape (n_repeats, n_paragraphs, n_labels)
    member : ndarray of int, shape (n_paragraphs,)
        Each paragraph's group, numbered from 0.
    bins : int

    Returns
    -------
    ndarray, shape (n_groups, n_repeats, bins, 3)
        The number of paragraphs, their summed confidence, and how many of them are right.
    """
    right = probabilities.argmax(axis=-1) == gold
    return binary_calibration(probabilities.max(axis=-1), right, gold >= 0, member, bins)


def binary_calibration(
    given: Floats, right: NDArray[np.bool_], known: NDArray[np.bool_], member: Integers, bins: int
) -> Floats:
    """Add up, by group, repeat and bin, what the calibration of one probability is measured from.

    Parameters
    ----------
    given : ndarray of float, shape (n_repeats, n_paragraphs)
        The probability.
    right : ndarray of bool, shape (n_paragraphs,) or (n_repeats, n_paragraphs)
        Whether what it is the probability of is so.
    known : ndarray of bool, shape (n_paragraphs,)
        What is measured.
    member : ndarray of int, shape (n_paragraphs,)
    bins : int
        Of equal width; see `calibration_by_group`.

    Returns
    -------
    ndarray, shape (n_groups, n_repeats, bins, 3)
        The number of paragraphs, the summed probability, and how often it was so.
    """
    kept = np.flatnonzero(known)
    n_groups, n_repeats = int(member.max()) + 1, len(given)
    place = np.searchsorted(np.arange(1, bins) / bins, given[:, kept], side="right")
    cells = ((member[kept] * n_repeats + np.arange(n_repeats)[:, None]) * bins + place).ravel()
    size = n_groups * n_repeats * bins
    was_so = np.broadcast_to(right[..., kept], place.shape).astype(np.float64)
    columns = [
        np.bincount(cells, weights=weights, minlength=size)
        for weights in (None, given[:, kept].ravel(), was_so.ravel())
    ]
    return np.stack(columns, axis=-1).astype(np.float64).reshape(n_groups, n_repeats, bins, 3)


def expected_calibration_error(sums: Floats) -> Floats:
    """Return the mean distance between confidence and share right, over bins weighted by their paragraphs.

    The expected calibration error of Guo et al. (2017, *On calibration of modern neural networks*), between 0 and 1. It
    depends on the bins, which have to be told with it, and is biased upwards where bins hold few paragraphs: chance
    alone parts confidence and share right in a bin, and distances do not cancel out, so that even a perfectly
    calibrated model has one above 0. A bootstrap draw adds its own chance to that of the sample, so that its interval
    lies too high, and the figure itself near the interval's lower end or under it: read the upper end as cautious, and
    never take a lower end above 0 for proof of miscalibration.

    Parameters
    ----------
    sums : ndarray, shape (..., bins, 3)
        Sums of `calibration_by_group` over groups.

    Returns
    -------
    ndarray, shape (...)
        NaN where there is no paragraph.
    """
    distances = np.abs(sums[..., 1] - sums[..., 2]).sum(axis=-1)
    return ratio(distances, sums[..., 0].sum(axis=-1))


def reliability(sums: Floats) -> Floats:
    """Tell of every bin its mean confidence, share right, and number of paragraphs.

    Parameters
    ----------
    sums : ndarray, shape (..., bins, 3)
        Sums of `calibration_by_group` over groups.

    Returns
    -------
    ndarray, shape (..., bins, 3)
        The first two are NaN in an empty bin.
    """
    return np.concatenate([ratio(sums[..., 1:], sums[..., :1]), sums[..., :1]], axis=-1)


def _negative_log(probability: Floats) -> Floats:
    losses: Floats = -np.log(np.maximum(probability, np.finfo(float).tiny))
    return losses
