"""What a scorer tells of texts, whichever way it finds it: with numpy alone, or compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from framing.model.utf8_texts import Utf8Texts

Floats = NDArray[np.float64]

# A model's single words and pairs as one TF-IDF row, and its smoothed words as another.
TERMS, WORDS = 0, 1


@dataclass(frozen=True)
class TermSums:
    """What the terms of each text add up to, before the length of its TF-IDF row is made 1.

    Attributes
    ----------
    weighted : ndarray of float, shape (n_texts, 2, 2 n_frames)
        The sums of TF-IDF times weight over the model's terms, and over its smoothed words; of each the first half for
        the paragraph's own score, the second for the mean of its article.
    squares : ndarray of float, shape (n_texts, 2)
        The sums of squared TF-IDF.
    """

    weighted: Floats
    squares: Floats

    def block_scores(self, intercept: Floats) -> tuple[Floats, Floats]:
        """Score the texts: by their own words, and by what these add to their article's mean.

        Returns
        -------
        own, shared : ndarray, shape (n_texts, n_frames)
            The intercept is in ``own``.
        """
        lengths = np.sqrt(self.squares)
        both = (self.weighted / np.where(lengths > 0, lengths, 1)[:, :, None]).sum(axis=1)
        return both[:, : len(intercept)] + intercept, both[:, len(intercept) :]


@dataclass(frozen=True)
class Scanned:
    """What one look at texts told.

    Attributes
    ----------
    terms : TermSums
    familiarity : ndarray of float, shape (n_texts, N_SUMS), or None
        What `framing.model.familiarity` adds up of each text; None where it was not asked for.
    """

    terms: TermSums
    familiarity: Floats | None


class Scorer(Protocol):
    """Looks through texts for a model's terms."""

    def scan(self, texts: Sequence[str] | Utf8Texts) -> Scanned:
        """Add up what the terms of each text tell."""

    def lone_scores(self, texts: Sequence[str] | Utf8Texts) -> Floats:
        """Score paragraphs, each by itself, shape (n_texts, n_frames)."""
