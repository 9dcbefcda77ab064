"""What terms add to the scores of texts: rows of a table, gathered and added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.model.term_finder import Counts

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]


class Block(NamedTuple):
    """Features as a model knows them, which make up one TF-IDF row.

    Attributes
    ----------
    places : ndarray of int32, shape (n_features,)
        In what follows; -1 for features that are not among them.
    idf : ndarray of float, shape (n_terms,)
    weights : ndarray of float, shape (n_terms, n_columns)
    """

    places: Numbers
    idf: Floats
    weights: NDArray[np.floating]

    def rows(self, features: NDArray[np.integer]) -> Floats:
        """Return idf times weights, and squared idf, of some features, shape (n, n_columns + 1)."""
        rows = np.zeros((len(features), self.weights.shape[1] + 1))
        places = self.places.take(features)
        there = np.flatnonzero(places >= 0)
        places = places[there]
        idf = self.idf.take(places)
        rows[there, :-1] = self.weights.take(places, axis=0) * idf[:, None]
        rows[there, -1] = idf * idf
        return rows


class TermRows:
    """Rows of features: one or several blocks, beside one another.

    They are worked out as they are needed, and once for all as soon as that would have been less work.

    Parameters
    ----------
    blocks : sequence of Block
        Of the same features, with the same number of columns.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._n_features = len(blocks[0].places)
        self._n_asked = 0
        self._table: Floats | None = None

    def sums(self, counts: Counts, *, sublinear: bool) -> Floats:
        """Add up TF-IDF times weights, and squared TF-IDF, over the features of each text.

        Returns
        -------
        ndarray, shape (n_texts, n_blocks, n_columns + 1)
        """
        shape = len(counts.firsts) - 1, len(self._blocks), -1
        return summed(self._rows(counts.features), len(self._blocks), counts, sublinear=sublinear).reshape(shape)

    def _rows(self, features: NDArray[np.integer]) -> Floats:
        self._n_asked += len(features)
        if self._table is None and self._n_asked > self._n_features:
            self._table = self._worked_out(np.arange(self._n_features))
        if self._table is None:
            return self._worked_out(features)
        return self._table.take(features, axis=0)

    def _worked_out(self, features: NDArray[np.integer]) -> Floats:
        return np.concatenate([block.rows(features) for block in self._blocks], axis=1)


def summed(rows: Floats, n_blocks: int, counts: Counts, *, sublinear: bool) -> Floats:
    """Multiply rows of idf times weights, and squared idf, with term frequencies, and add them up text by text.

    Parameters
    ----------
    rows : ndarray, shape (n_found, n_blocks times (n_columns + 1))
        Of the features counted; they are overwritten.
    n_blocks : int
    counts : Counts
    sublinear : bool
        Whether a term that stands n times counts 1 + ln n.

    Returns
    -------
    ndarray, shape (n_texts, n_blocks times (n_columns + 1))
    """
    width = rows.shape[1] // n_blocks
    several = np.flatnonzero(counts.counts > 1)
    frequencies = counts.counts[several].astype(np.float64)[:, None]
    if sublinear:
        frequencies = 1 + np.log(frequencies)
    scaled = rows[several] * frequencies
    scaled[:, width - 1 :: width] *= frequencies
    rows[several] = scaled
    sums = np.zeros((len(counts.firsts) - 1, rows.shape[1]))
    filled = np.flatnonzero(np.diff(counts.firsts))
    if len(filled):
        sums[filled] = np.add.reduceat(rows, counts.firsts[filled], axis=0)
    return sums
