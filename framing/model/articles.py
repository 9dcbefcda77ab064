"""Which rows stand together in one article, and what their article says on average."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def pieces(articles: Integers, longest: int) -> Integers:
    """Cut articles into pieces of so many rows, the last of which may be shorter.

    Parameters
    ----------
    articles : ndarray of int, shape (n_rows,)
        The rows of an article are in their order, though others may stand between them.
    longest : int

    Returns
    -------
    ndarray of int, shape (n_rows,)
        A number for each piece.
    """
    means = ArticleMeans.over(articles)
    order = np.argsort(means.member, kind="stable")
    starts = np.cumsum(means.sizes) - means.sizes
    place = np.empty_like(means.member)
    place[order] = np.arange(len(order)) - starts[means.member[order]]
    # No article has as many pieces as there are rows.
    return means.member * len(articles) + place // longest


@dataclass(frozen=True)
class ArticleMeans:
    """The averaging of rows over their articles.

    Attributes
    ----------
    member : ndarray of int, shape (n_rows,)
        Each row's article, numbered from 0 without a gap.
    """

    member: Integers

    @classmethod
    def over(cls, articles: NDArray[Any]) -> ArticleMeans:
        """Give the articles of some rows numbers; the rows of one need not stand together."""
        return cls(np.unique(articles, return_inverse=True)[1].astype(np.int64))

    @cached_property
    def sizes(self) -> Integers:
        """How many rows each article has, shape (n_articles,)."""
        return np.bincount(self.member)

    def sums(self, values: Floats) -> Floats:
        """Add rows up by article, from shape (n_rows, n_columns) to (n_articles, n_columns)."""
        columns = [np.bincount(self.member, column, minlength=len(self.sizes)) for column in values.T]
        return np.stack(columns, axis=1)

    def means(self, values: Floats) -> Floats:
        """Give every row the mean of its article's rows, itself among them, shape (n_rows, n_columns)."""
        means: Floats = (self.sums(values) / self.sizes[:, None])[self.member]
        return means
