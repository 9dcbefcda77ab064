"""What is known of terms: how much each counts, and what it says of each frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framing.model.sorted_places import SortedPlaces

if TYPE_CHECKING:
    from framing.model.word_pieces import WordPieces

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TermWeights:
    """What is known of some terms.

    Attributes
    ----------
    terms : tuple of str, length n_terms
        Sorted.
    idf : ndarray of float, shape (n_terms,)
    weights : ndarray of float, shape (n_terms, 2 n_frames)
        The first half for a paragraph's own score, the second for the mean of its article.
    """

    terms: tuple[str, ...]
    idf: Floats
    weights: NDArray[np.float32]

    @property
    def places(self) -> Mapping[str, int]:
        return self._places.quickest

    @cached_property
    def _places(self) -> SortedPlaces:
        return SortedPlaces(self.terms)

    @cached_property
    def mean_weights(self) -> Floats:
        """Each term's mean over the frames, for the own score and for the article's, shape (n_terms, 2)."""
        return means_over_frames(self.weights)


@dataclass(frozen=True)
class PieceWeights:
    """What is known of words that the model never saw: the weights of the pieces they can be cut into.

    Attributes
    ----------
    pieces : tuple of str, length n_pieces
        Those that a word goes on with begin with '##'.
    idf : float
        Of a word that stood in no training paragraph.
    weights : ndarray of float, shape (n_pieces, 2 n_frames)
    """

    pieces: tuple[str, ...]
    idf: float
    weights: NDArray[np.float32]

    @cached_property
    def word_pieces(self) -> WordPieces:
        from framing.model.word_pieces import WordPieces

        return WordPieces.of(self.pieces)


def means_over_frames(weights: NDArray[np.floating]) -> Floats:
    """Return the means of weights over the frames, for the own score and for the article's, shape (n_terms, 2)."""
    means: Floats = weights.reshape(len(weights), 2, weights.shape[1] // 2).mean(axis=2, dtype=np.float64)
    return means
