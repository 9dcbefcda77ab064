"""Percentile intervals by bootstrap over articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval; None where it is not defined."""

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
        random = np.random.default_rng((seed, 1))
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
        by_group = self._confusions(gold, predicted, n_labels)
        value = statistic(by_group.sum(axis=0)).mean(axis=0)
        draws = np.concatenate(
            [statistic(_weigh(part, by_group)).mean(axis=1) for part in self._parts(by_group[0].nbytes)]
        )
        columns = draws.reshape(len(self.multiplicity), -1).T
        return [_figure(one, column) for one, column in zip(np.atleast_1d(value), columns, strict=True)]

    def _confusions(self, gold: NDArray[np.int64], predicted: NDArray[np.int64], n_labels: int) -> Floats:
        """Count per group and repeat, shape (n_groups, n_repeats, n_labels, n_labels)."""
        n_groups, n_repeats = self.multiplicity.shape[1], len(predicted)
        known = gold >= 0
        cells = (self.member[known] * n_repeats + np.arange(n_repeats)[:, None]) * n_labels + gold[known]
        cells = (cells * n_labels + predicted[:, known]).ravel()
        counts = np.bincount(cells, minlength=n_groups * n_repeats * n_labels**2)
        return counts.reshape(n_groups, n_repeats, n_labels, n_labels).astype(np.float64)

    def _parts(self, bytes_a_draw: int) -> Iterator[NDArray[np.int64]]:
        """Cut the draws into parts whose matrices stay within some 100 MB."""
        size = max(1, 100_000_000 // bytes_a_draw)
        for start in range(0, len(self.multiplicity), size):
            yield self.multiplicity[start : start + size]


def _weigh(multiplicity: NDArray[np.int64], by_group: Floats) -> Floats:
    flat = by_group.reshape(len(by_group), -1)
    weighed: Floats = (multiplicity @ flat).reshape(len(multiplicity), *by_group.shape[1:])
    return weighed


def _figure(value: float, draws: Floats) -> Figure:
    defined = draws[~np.isnan(draws)]
    if np.isnan(value) or not len(defined):
        return Figure(None, None, None)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Figure(float(value), float(low), float(high))
