"""One model against another on the same folds: paired, over articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from framing.evaluation.cross_validation import Part
from framing.evaluation.intervals import ArticleBootstrap, Figure, confusions_by_group
from framing.evaluation.metrics import confusion_matrix
from framing.evaluation.seeds import Purpose, stream

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

ROUNDS = 2000
# Two figures that differ by less differ by the order of their additions.
EQUAL = 1e-12


@dataclass(frozen=True)
class CorrectedTest:
    """A corrected resampled t-test.

    Attributes
    ----------
    difference : float
        Mean over the folds of all repeats; not the difference of the figures over all paragraphs.
    low, high : float
        The 95% interval of the test.
    statistic : float
    degrees_of_freedom : int
    p_value : float
        Two-sided.
    """

    difference: float
    low: float
    high: float
    statistic: float
    degrees_of_freedom: int
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """What the first model's figure is less the second's, and how far chance may have made it.

    Attributes
    ----------
    difference : Figure
        With its interval over articles, for the two models as they were trained.
    corrected_t : CorrectedTest or None
        With the variance of training in it; None where it is not defined.
    randomisation_p : float or None
        Two-sided, for the two models as they were trained; None where a figure is not defined.
    """

    difference: Figure
    corrected_t: CorrectedTest | None
    randomisation_p: float | None


def compare(  # noqa: PLR0917
    bootstrap: ArticleBootstrap,
    gold: Integers,
    first: Integers,
    second: Integers,
    parts: Sequence[Part],
    n_labels: int,
    statistic: Statistic,
    seed: int,
) -> Comparison:
    """Set one model's predictions against another's.

    Parameters
    ----------
    bootstrap : ArticleBootstrap
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    first, second : ndarray of int, shape (n_repeats, n_paragraphs)
        Predictions from the same parts.
    parts : sequence of Part
        The folds of all repeats. A fold in which the statistic is not defined is left out of the t-test.
    n_labels : int
    statistic : callable
        From confusion matrices of shape (..., n_labels, n_labels) to one figure each, shape (...).
    seed : int

    Raises
    ------
    ValueError
        When the two differ in their repeats: they are not from the same parts.
    """
    if first.shape != second.shape:
        raise ValueError(f"predictions of shapes {first.shape} and {second.shape} are not from the same folds")
    one, other = (confusions_by_group(gold, predicted, bootstrap.member, n_labels) for predicted in (first, second))
    [difference] = bootstrap.differences(one, other, statistic)
    by_fold = _of_folds(gold, first, parts, n_labels, statistic) - _of_folds(gold, second, parts, n_labels, statistic)
    sizes = np.array([[(gold[rows] >= 0).sum() for rows in (part.train, part.test)] for part in parts])
    defined = ~np.isnan(by_fold)
    return Comparison(
        difference,
        corrected_resampled_t(by_fold[defined], *sizes[defined].T),
        randomisation_test(one, other, statistic, seed=seed),
    )


def corrected_resampled_t(differences: Floats, n_train: Integers, n_test: Integers) -> CorrectedTest | None:
    """Test whether a figure's mean difference over folds is zero.

    The training parts of the folds overlap, so that the plain variance over folds is too small: Nadeau and Bengio
    (2003, *Inference for the generalization error*) add the ratio of test to training size to 1/J, J being the number
    of folds. Over the folds of repeated cross-validation it is the corrected repeated k-fold test of Bouckaert and
    Frank (2004).

    Parameters
    ----------
    differences : ndarray of float, shape (n_repeats * n_folds,)
        One model's figure minus the other's, fold by fold.
    n_train, n_test : ndarray of int, shape (n_repeats * n_folds,)
        Sizes of the parts.

    Returns
    -------
    CorrectedTest or None
        None where there are fewer than two folds, or one and the same difference, not 0, in every fold: there is no
        variance to test it by. No difference in any fold has a p-value of 1.
    """
    folds = len(differences)
    if folds < 2:
        return None
    mean = float(differences.mean())
    if np.ptp(differences) <= EQUAL:
        return CorrectedTest(0.0, 0.0, 0.0, 0.0, folds - 1, 1.0) if abs(mean) <= EQUAL else None
    correction = 1 / folds + n_test.mean() / n_train.mean()
    error = float(np.sqrt(correction * differences.var(ddof=1)))
    statistic = mean / error
    reach = float(student.ppf(0.975, folds - 1)) * error
    p_value = float(2 * student.sf(abs(statistic), folds - 1))
    return CorrectedTest(mean, mean - reach, mean + reach, statistic, folds - 1, p_value)


def randomisation_test(
    first: Floats, second: Floats, statistic: Statistic, *, seed: int, rounds: int = ROUNDS
) -> float | None:
    """Tell how often chance alone gives a difference as large as the observed one.

    If the two models were equal, it would not matter which of them judged an article: the predictions of both, in all
    repeats, are swapped for a random half of the articles, again and again (Yeh 2000, *More accurate tests for the
    statistical significance of result differences*).

    Parameters
    ----------
    first, second : ndarray, shape (n_groups, n_repeats, ...)
        What the two models' predictions of each group of articles add up to, such as confusion matrices.
    statistic : callable
        From sums of shape (..., n_repeats, ...) to one figure for each repeat, shape (..., n_repeats).
    seed : int
    rounds : int

    Returns
    -------
    float or None
        Two-sided p-value; the observed order counts as one of the rounds, so that it is never 0. None where the
        observed difference is not defined; a round in which it is not counts against significance.
    """
    sums = first.sum(axis=0)
    both = sums + second.sum(axis=0)
    gap = (second - first).reshape(len(first), -1)
    observed = abs(float(_difference(statistic, sums, both)))
    if np.isnan(observed):
        return None
    random = stream(seed, Purpose.RANDOMISATION)
    smaller = 0
    # Some 100 MB of sums at a time.
    size = max(1, 100_000_000 // max(1, sums.nbytes))
    for start in range(0, rounds, size):
        swapped = random.integers(0, 2, size=(min(size, rounds - start), len(first))).astype(np.float64)
        mixed = sums + (swapped @ gap).reshape(-1, *sums.shape)
        smaller += int((np.abs(_difference(statistic, mixed, both)) < observed - EQUAL).sum())
    return (rounds + 1 - smaller) / (rounds + 1)


def _of_folds(
    gold: Integers, predicted: Integers, parts: Sequence[Part], n_labels: int, statistic: Statistic
) -> Floats:
    """Compute the statistic of every fold from its own test rows, shape (n_parts,)."""
    confusions = [confusion_matrix(gold[part.test], predicted[part.repeat, part.test], n_labels) for part in parts]
    return statistic(np.stack(confusions))


def _difference(statistic: Statistic, first: Floats, both: Floats) -> Floats:
    """Take the mean over repeats of one model's figure less that of the other, which has the rest of ``both``."""
    difference: Floats = (statistic(first) - statistic(both - first)).mean(axis=-1)
    return difference
