"""What to code to measure with: paragraphs drawn by chance, each with a chance that is known exactly.

A weighted share, each paragraph counting 1/chance (Horvitz and Thompson 1952; its ratio form is Hájek's, 1971), then
stands for all that was drawn from. Who codes only the first part of a sample has drawn each paragraph with a chance
that is smaller by one and the same factor, since the order is random: shares stay what they are, totals are to be
divided by it.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.errors import UsageError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# What the variance within a stratum needs.
LEAST = 2


@dataclass(frozen=True)
class SampledRows:
    """Rows to be coded, in random order.

    Attributes
    ----------
    rows : ndarray of int, shape (n_drawn,)
    inclusion_probability : ndarray of float, shape (n_drawn,)
        The chance with which each was drawn: how many of its stratum were, out of how many.
    """

    rows: Integers
    inclusion_probability: Floats


def draw_sample(
    strata: Sequence[str], size: int, *, generator: np.random.Generator, equal: bool = False
) -> SampledRows:
    """Draw without replacement, from each stratum at random.

    Parameters
    ----------
    strata : sequence of str, length n_paragraphs
        The stratum of each paragraph of the population; with one and the same for all, a simple random sample.
    size : int
    generator : numpy.random.Generator
    equal : bool
        As many from each stratum, and not in proportion to its size.

    Raises
    ------
    UsageError
        As `allocate` does.
    """
    _, of_stratum, sizes = np.unique(np.asarray(strata, dtype=object), return_inverse=True, return_counts=True)
    counts = allocate(sizes, size, equal=equal)
    drawn = [
        generator.choice(np.flatnonzero(of_stratum == stratum), count, replace=False)
        for stratum, count in enumerate(counts.tolist())
    ]
    rows = generator.permutation(np.concatenate(drawn)) if drawn else np.zeros(0, np.int64)
    return SampledRows(rows, (counts / sizes)[of_stratum[rows]])


def allocate(sizes: Integers, number: int, *, equal: bool = False) -> Integers:
    """Say how many to draw from each stratum, so that they add up to the number.

    Each stratum has two, or all of its paragraphs where there are fewer. The rest is dealt out one by one, each to
    the stratum that is furthest behind its share, as seats are by Webster's method (Sainte-Laguë 1910).

    Parameters
    ----------
    sizes : ndarray of int, shape (n_strata,)
        The population of each, at least 1.
    number : int
    equal : bool
        Shares are equal, and not in proportion to the sizes.

    Returns
    -------
    ndarray of int, shape (n_strata,)
        None larger than its stratum.

    Raises
    ------
    UsageError
        When the number is larger than the population, or too small for the strata.
    """
    population, counts = int(sizes.sum()), np.minimum(sizes, LEAST)
    if number > population:
        raise UsageError(f"{number} cannot be drawn from a population of {population}; ask for fewer")
    if len(sizes) == 1:
        return np.array([number], dtype=np.int64)
    if number < counts.sum():
        raise UsageError(
            f"a sample of {number} is too small for {len(sizes)} strata: {counts.sum()} are needed for {LEAST} of each "
            "that has them; ask for more, or for fewer strata"
        )
    weights = np.ones(len(sizes)) if equal else sizes.astype(np.float64)
    behind = [(-weights[place] / (2 * counts[place] + 1), place) for place in range(len(sizes))]
    heapq.heapify(behind)
    for _ in range(number - int(counts.sum())):
        # A stratum of which all are drawn is not put back.
        while counts[place := heapq.heappop(behind)[1]] == sizes[place]:
            pass
        counts[place] += 1
        heapq.heappush(behind, (-weights[place] / (2 * counts[place] + 1), place))
    return counts
