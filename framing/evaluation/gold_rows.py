"""What a baseline may learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class GoldRows:
    """The judgements on all paragraphs, of which a baseline asks for those of a training part.

    Attributes
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
        -1 where the coders left none.
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        Not learnt from, as in the package's own recipe.
    groups : ndarray of int, shape (n_paragraphs,)
    labels : tuple of str
    """

    gold: Integers
    boilerplate: NDArray[np.bool_]
    groups: Integers
    labels: tuple[str, ...]

    def learnt_from(self, rows: Integers) -> tuple[Integers, Integers]:
        """Keep those rows of a training part that have gold and are no boilerplate.

        Returns
        -------
        rows : ndarray of int, shape (n_learnt,)
        gold : ndarray of int, shape (n_learnt,)

        Raises
        ------
        EvaluationError
            When a label is missing from them.
        """
        rows = rows[(self.gold[rows] >= 0) & ~self.boilerplate[rows]]
        gold = self.gold[rows]
        absent = set(range(len(self.labels))) - set(gold.tolist())
        if absent:
            raise EvaluationError(
                f"a training part has no paragraph with '{self.labels[min(absent)]}' to learn from; label more"
            )
        return rows, gold
