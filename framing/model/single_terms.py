"""Terms that stand in one training paragraph only, put together without changing the model.

Most pairs of words in a few thousand paragraphs are such terms. Those of one paragraph are never seen apart from each
other, so a penalty on the squared length of the weights sets their weights in proportion to their values in it: one
feature of the same length learns as much as all of them, and the weights of each follow from that feature's. The
solver then works on a fraction of the columns, and finds the same solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, hstack

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MergedTerms:
    """Features in which the single terms of each row are one.

    Attributes
    ----------
    features : csr_array, shape (n_rows, n_shared + n_rows)
        The columns with values in several rows, then one for each row.
    shared : ndarray of int, shape (n_shared,)
        Which columns those are.
    single, row : ndarray of int, shape (n_single,)
        The columns with a value in one row, and that row.
    share : ndarray of float, shape (n_single,)
        Each one's value, divided by the length of all that were merged with it.
    n_columns : int
    """

    features: csr_array[Any]
    shared: Integers
    single: Integers
    row: Integers
    share: Floats
    n_columns: int

    def expand(self, coefficients: Floats) -> Floats:
        """Turn weights of the merged features into those of the columns.

        Parameters
        ----------
        coefficients : ndarray, shape (n_shared + n_rows, n_frames)

        Returns
        -------
        ndarray, shape (n_columns, n_frames)
            Zero for a column without any value.
        """
        expanded = np.zeros((self.n_columns, coefficients.shape[1]))
        expanded[self.shared] = coefficients[: len(self.shared)]
        expanded[self.single] = coefficients[len(self.shared) + self.row] * self.share[:, None]
        return expanded


def merge_single_terms(features: csr_array[Any]) -> MergedTerms:
    """Merge the columns that have a value in one row only with the others of that row.

    Parameters
    ----------
    features : csr_array, shape (n_rows, n_columns)
        No entry is stored twice.
    """
    n_rows, n_columns = features.shape
    found = np.bincount(features.indices, minlength=n_columns)
    shared = np.flatnonzero(found > 1)
    row_of_entry = np.repeat(np.arange(n_rows), np.diff(features.indptr))
    entries = np.flatnonzero(found[features.indices] == 1)
    row, values = row_of_entry[entries], features.data[entries]
    length = np.sqrt(np.bincount(row, values**2, minlength=n_rows))
    merged = coo_array((length, (np.arange(n_rows), np.arange(n_rows))), shape=(n_rows, n_rows))
    return MergedTerms(
        features=csr_array(hstack([features[:, shared], merged])),
        shared=shared,
        single=features.indices[entries].astype(np.int64),
        row=row,
        share=values / np.where(length > 0, length, 1)[row],
        n_columns=n_columns,
    )
