"""Percentile intervals by bootstrap over articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.seeds import Purpose, stream

Floats = NDArray[np.float64]

LEAST_DEFINED = 0.95


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval; None where it is not defined, or not in more than 5% of the draws."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ArticleBootstrap:
    """Draws of articles with replacement, shared by every figure of a run so that figures can be compared.

    An article is drawn whole and takes its predictions in all repeats along, since they are predictions of the same
    paragraphs and no new evidence. Such intervals hold for the models as they were trained: what another set of
    training articles would have given is not in them (Dietterich 1998; Nadeau and Bengio 2003).

    Attributes
    ----------
    member : ndarray of int, shape (n_paragraphs,)
        Each paragraph's group, numbered from 0.
    multiplicity : ndarray of int, shape (n_draws, n_groups)
        How often each draw holds each group.
    """

    member: NDArray[np.int64]
    multiplicity: NDArray[np.int64]

    @classmethod
    def over(cls, groups: NDArray[np.int64], draws: int, seed: int) -> ArticleBootstrap:
        names, member = np.unique(groups, return_inverse=True)
        random = stream(seed, Purpose.BOOTSTRAP)
        even = np.full(len(names), 1 / len(names))
        return cls(member, random.multinomial(len(names), even, size=draws))

    def figures(
        self,
        gold: NDArray[np.int64],
        predicted: NDArray[np.int64],
        n_labels: int,
        statistic: Callable[[Floats], Floats],
    ) -> list[Figure]:
        """Give a statistic of the confusion matrix with its interval.

        Parameters
        ----------
        gold : ndarray of int, shape (n_paragraphs,)
            -1 is left out.
        predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        n_labels : int
        statistic : callable
            From matrices of shape (..., n_labels, n_labels) to figures of shape (...) or (..., n_figures).

        Returns
        -------
        list of Figure
            One for each figure that the statistic gives; the value is the mean over the repeats, and so is each
            draw's.
        """
        return self.figures_of_sums(confusions_by_group(gold, predicted, self.member, n_labels), statistic)

    def figures_of_sums(self, by_group: Floats, statistic: Callable[[Floats], Floats]) -> list[Figure]:
        """Give a statistic of any sums over paragraphs with its interval.

        Parameters
        ----------
        by_group : ndarray, shape (n_groups, n_repeats, ...)
            What each group adds up to: a confusion matrix, a sum of losses and a count.
        statistic : callable
            From sums of shape (..., *sums) to figures of shape (...) or (..., n_figures).
        """
        value = np.atleast_1d(statistic(by_group.sum(axis=0)).mean(axis=0))
        columns = self.draws(by_group, statistic).T
        return [self._figure(one, column) for one, column in zip(value, columns, strict=True)]

    def differences(self, first: Floats, second: Floats, statistic: Callable[[Floats], Floats]) -> list[Figure]:
        """Give the statistic of the first sums less that of the second, both on the same draws of articles.

        Parameters
        ----------
        first, second : ndarray, shape (n_groups, n_repeats, ...)
            Sums as for `figures_of_sums`; the two may differ in their repeats.
        statistic : callable
        """
        value = np.atleast_1d(statistic(first.sum(axis=0)).mean(axis=0) - statistic(second.sum(axis=0)).mean(axis=0))
        columns = (self.draws(first, statistic) - self.draws(second, statistic)).T
        return [self._figure(one, column) for one, column in zip(value, columns, strict=True)]

    def _figure(self, value: float, draws: Floats) -> Figure:
        # One article drawn again and again would give an interval without any width.
        return figure(value, draws if self.multiplicity.shape[1] > 1 else np.full_like(draws, np.nan))

    def draws(self, by_group: Floats, statistic: Callable[[Floats], Floats]) -> Floats:
        """Compute a statistic of every draw, the mean over the repeats, shape (n_draws, n_figures)."""
        flat = by_group.reshape(len(by_group), -1)
        # Some 100 MB of matrices at a time.
        size = max(1, 100_000_000 // max(1, by_group[0].nbytes))
        parts = [self.multiplicity[start : start + size] for start in range(0, len(self.multiplicity), size)]
        drawn = [statistic((part @ flat).reshape(len(part), *by_group.shape[1:])).mean(axis=1) for part in parts]
        return np.concatenate(drawn).reshape(len(self.multiplicity), -1)


def sums_by_group(values: Floats, member: NDArray[np.int64]) -> Floats:
    """Add up what paragraphs hold by their groups.

    Parameters
    ----------
    values : ndarray, shape (n_repeats, n_paragraphs, ...)
    member : ndarray of int, shape (n_paragraphs,)
        Each paragraph's group, numbered from 0.

    Returns
    -------
    ndarray, shape (n_groups, n_repeats, ...)
    """
    sums = np.zeros((int(member.max()) + 1, values.shape[0], *values.shape[2:]))
    np.add.at(sums, member, np.moveaxis(values, 1, 0))
    return sums


def confusions_by_group(
    gold: NDArray[np.int64], predicted: NDArray[np.int64], member: NDArray[np.int64], n_labels: int
) -> Floats:
    """Count paragraphs by group, repeat, gold label and predicted label.

    Parameters
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
    member : ndarray of int, shape (n_paragraphs,)
        Each paragraph's group, numbered from 0.
    n_labels : int

    Returns
    -------
    ndarray, shape (n_groups, n_repeats, n_labels, n_labels)
    """
    n_groups, n_repeats = int(member.max()) + 1, len(predicted)
    known = gold >= 0
    cells = (member[known] * n_repeats + np.arange(n_repeats)[:, None]) * n_labels + gold[known]
    cells = (cells * n_labels + predicted[:, known]).ravel()
    counts = np.bincount(cells, minlength=n_groups * n_repeats * n_labels**2)
    return counts.reshape(n_groups, n_repeats, n_labels, n_labels).astype(np.float64)


def figure(value: float, draws: Floats) -> Figure:
    """Put a value and its draws, shape (n_draws,), together; NaN stands for a draw in which it is not defined."""
    if np.isnan(value):
        return Figure(None, None, None)
    defined = draws[~np.isnan(draws)]
    if len(defined) < LEAST_DEFINED * len(draws):
        return Figure(float(value), None, None)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Figure(float(value), float(low), float(high))
