"""The trained model: one weight per term and frame. Scores with numpy alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from framing.model.masking import mask_names
from framing.model.tokens import terms


@dataclass(frozen=True)
class FrameModel:
    """TF-IDF and linear weights.

    Attributes
    ----------
    terms : tuple of str, length n_terms
        Words and pairs of words, sorted.
    idf : ndarray of float, shape (n_terms,)
    coefficients : ndarray of float, shape (n_terms, n_frames)
    intercept : ndarray of float, shape (n_frames,)
    ngrams : (int, int)
        Shortest and longest n-gram.
    sublinear_tf : bool
        Whether a term that stands n times counts 1 + ln n.
    mask_names : bool
        Whether names are masked before a text is cut into terms.
    """

    terms: tuple[str, ...]
    idf: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    ngrams: tuple[int, int]
    sublinear_tf: bool
    mask_names: bool = False

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Score paragraphs, each by itself.

        Returns
        -------
        ndarray, shape (n_paragraphs, n_frames)
        """
        scores = np.tile(self.intercept, (len(texts), 1))
        for row, text in enumerate(texts):
            places, weights = self._weigh(text)
            scores[row] += weights @ self.coefficients[places]
        return scores

    def contributions(self, text: str, frame: int) -> list[tuple[str, float]]:
        """Tell what each known term adds to a frame's score, largest first; with the intercept they sum to it.

        Parameters
        ----------
        text : str
        frame : int
            The frame's place in the codebook.
        """
        places, weights = self._weigh(text)
        added = weights * self.coefficients[places, frame]
        order = np.argsort(-added, kind="stable")
        return [(self.terms[places[i]], float(added[i])) for i in order]

    def _weigh(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the known terms' places, ascending, and their TF-IDF weights, of Euclidean length 1 or 0."""
        known = self.vocabulary
        if self.mask_names:
            [text] = mask_names([text])
        found = sorted(Counter(known[term] for term in terms(text, self.ngrams) if term in known).items())
        if not found:
            return np.empty(0, np.int64), np.empty(0)
        places, counts = np.array(found, dtype=np.int64).T
        weights = self.idf[places] * (1 + np.log(counts) if self.sublinear_tf else counts)
        return places, weights / (np.sqrt(weights @ weights) or 1)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn scores into probabilities that sum to 1 over the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities
