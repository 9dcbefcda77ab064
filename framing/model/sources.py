"""Who tells: how often each kind of source uses each label, where a text's source is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.model.calibration import Calibration

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# How many paragraphs with the labels' overall shares each kind of source is taken to have beside its own.
PSEUDO_PARAGRAPHS = 10


@dataclass(frozen=True)
class Sources:
    """Kinds of sources, such as outlets of an armed group or of a state.

    Attributes
    ----------
    names : tuple of str
    ratios : ndarray of float, shape (n_sources, n_labels)
        The weighted logarithm of how much more often than all a kind of source uses a label, to be added to the
        scores of its texts.
    calibration : Calibration or None
        Of texts whose source is known.
    """

    names: tuple[str, ...]
    ratios: Floats
    calibration: Calibration | None = None

    def added(self, sources: Integers) -> Floats:
        """Return what is added to the scores of rows of some sources, -1 where unknown; shape (n_rows, n_labels)."""
        added: Floats = np.where(sources[:, None] >= 0, self.ratios[np.maximum(sources, 0)], 0.0)
        return added


def log_ratios(targets: Floats, sources: Integers, n_sources: int) -> Floats:
    """Learn how much more often than all texts those of each kind of source have each label.

    By Bayes' rule a text's odds are to be multiplied by these ratios when its source becomes known, had its words told
    nothing of the source; since they do, the logarithms are used with a weight under 1.

    Parameters
    ----------
    targets : ndarray of float, shape (n_paragraphs, n_labels)
    sources : ndarray of int, shape (n_paragraphs,)
        -1 where unknown.
    n_sources : int

    Returns
    -------
    ndarray, shape (n_sources, n_labels)
        0 for a kind of source without paragraphs.
    """
    known = sources >= 0
    overall = targets[known].sum(axis=0) / max(known.sum(), 1)
    overall = np.maximum(overall, 1e-6)
    counts = np.tile(PSEUDO_PARAGRAPHS * overall, (n_sources, 1))
    np.add.at(counts, sources[known], targets[known])
    ratios: Floats = np.log(counts / counts.sum(axis=1, keepdims=True) / (overall / overall.sum()))
    return ratios
