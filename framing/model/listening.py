"""What each frame listens to: the words and pairs of words that speak most for it, as the weights have it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from framing.model.found_terms import NOWHERE
from framing.model.frame_model import OWN, SHARED, FrameModel, TermWeights
from framing.model.masking import names

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# How far from whole numbers the counts may lie that are worked out from the idf, and the idf beyond which there are
# none: it would be that of more paragraphs than there are.
ROUNDING = 1e-3
LARGEST_IDF = 25


@dataclass(frozen=True)
class HeardTerm:
    """A word or pair of words and what it says for a frame.

    Attributes
    ----------
    term : str
    weight : float
        What it adds to the frame's score against the mean of all frames, where it is all that a lone text consists
        of: the sum of ``own`` and ``article``. In a longer text a term counts by its TF-IDF, of which it there has 1.
        A pair's weight is its own alone, without that of its two words.
    own, article : float
        By the weights of a paragraph's own words, and by those of its article's.
    paragraphs : int or None
        How many training paragraphs have it; None where the model does not tell.
    lenders : tuple of str
        Of a word that no training paragraph had, the nearest in meaning that one had: from such its weight is borrowed.
    """

    term: str
    weight: float
    own: float
    article: float
    paragraphs: int | None
    lenders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listening:
    """The weights of all terms of a model against the frames' mean, as `FrameModel.term_scores` adds them up.

    A word has a weight of its own and, where words are smoothed, one that it shares with its neighbours in meaning.
    Both are added. Weights are those of scores; a temperature divides the scores of all frames alike.
    """

    model: FrameModel

    def strongest(self, frame: int, number: int) -> list[HeardTerm]:
        """List the training paragraphs' terms with the largest weights for a frame, the largest first.

        They are ranked by weight and not by weight times idf, which a term that stood in a single paragraph leads by
        being rare.

        Parameters
        ----------
        frame : int
            Its place in the codebook.
        number : int
            So many at most; only what is above 0.
        """
        return self._heard(self._largest(self._known_totals[:, frame], number), frame)

    def furthest(self, frame: int, number: int) -> list[HeardTerm]:
        """List the terms by which a frame's score varies most over the training paragraphs, the most first.

        They are ranked by weight times idf times sqrt(p (1 - p)), p being the share of training paragraphs that have
        the term: a standardised coefficient, the weight times the standard deviation of what it weighs, but for the
        texts' lengths. Everyday words with small weights lead here. Empty where the model does not tell how many
        paragraphs have a term.

        Parameters
        ----------
        frame, number : int
            As in `strongest`.
        """
        if self.paragraphs is None or self.n_paragraphs is None:
            return []
        share = self.paragraphs / self.n_paragraphs
        spread = self.model.terms.idf * np.sqrt(share * (1 - share))
        return self._heard(self._largest(self._known_totals[:, frame] * spread, number), frame)

    def borrowed(self, frame: int, number: int) -> list[HeardTerm]:
        """List the words with the largest weights for a frame that no training paragraph had; see `strongest`."""
        words = self.model.words
        if words is None:
            return []
        weights = np.where(self._unseen, self._of_words.sum(axis=1)[:, frame], -np.inf)
        return [
            HeardTerm(
                term=words.terms[place],
                weight=float(weights[place]),
                own=float(self._of_words[place, OWN, frame]),
                article=float(self._of_words[place, SHARED, frame]),
                paragraphs=0,
                lenders=tuple(self.model.lenders_of(words.terms[place])),
            )
            for place in self._largest(weights, number).tolist()
        ]

    @cached_property
    def n_paragraphs(self) -> int | None:
        """The number of training paragraphs, where the model tells; boilerplate is none of them."""
        words, terms = self.model.words, self.model.terms
        # The idf of a word that d of n paragraphs have is ln((1 + n) / (1 + d)) + 1.
        if words is not None and self._unseen.any():
            rarest, idf = 0, float(words.idf[self._unseen].max())
        else:
            rarest, idf = 1, float(terms.idf.max(initial=0))
        return round((1 + rarest) * math.exp(idf - 1)) - 1 if idf <= LARGEST_IDF else None

    @cached_property
    def paragraphs(self) -> Integers | None:
        """How many training paragraphs have each term, shape (n_terms,); None where the idf does not tell.

        It does not where terms are weighed by something beside the idf, and not where words are left out that stand
        in few paragraphs and none of the words is known to stand in no paragraph at all.
        """
        if self.n_paragraphs is None:
            return None
        counts = (1 + self.n_paragraphs) * np.exp(1 - self.model.terms.idf) - 1
        whole = np.round(counts)
        off = np.abs(counts - whole).max(initial=0)
        told = off <= ROUNDING and whole.min(initial=1) >= 1 and whole.max(initial=1) <= self.n_paragraphs
        return whole.astype(np.int64) if told else None

    @cached_property
    def n_borrowed(self) -> int:
        """How many words have a weight that no training paragraph had."""
        return int(self._unseen.sum())

    @cached_property
    def _unseen(self) -> NDArray[np.bool_]:
        words, lenders = self.model.words, self.model.lenders
        if words is None:
            return np.zeros(0, np.bool_)
        if len(lenders) == len(words.terms) and lenders.shape[1]:
            unseen: NDArray[np.bool_] = lenders[:, 0] >= 0
            return unseen
        return np.array([word not in self.model.terms.places for word in words.terms], np.bool_)

    @cached_property
    def _of_terms(self) -> Floats:
        return _against_mean(self.model.terms)

    @cached_property
    def _of_words(self) -> Floats:
        return (
            np.zeros((0, 2, len(self.model.intercept))) if self.model.words is None else _against_mean(self.model.words)
        )

    @cached_property
    def _known(self) -> Floats:
        """The terms' weights and what they share as words, added up, shape (n_terms, 2, n_frames)."""
        words = self.model.words
        if words is None:
            return self._of_terms
        places = np.array([words.places.get(term, NOWHERE) for term in self.model.terms.terms], np.int64)
        both = np.flatnonzero(places != NOWHERE)
        known = self._of_terms.copy()
        known[both] += self._of_words[places[both]]
        return known

    @cached_property
    def _known_totals(self) -> Floats:
        totals: Floats = self._known.sum(axis=1)
        return totals

    def _heard(self, places: Integers, frame: int) -> list[HeardTerm]:
        return [
            HeardTerm(
                term=self.model.terms.terms[place],
                weight=float(self._known_totals[place, frame]),
                own=float(self._known[place, OWN, frame]),
                article=float(self._known[place, SHARED, frame]),
                paragraphs=None if self.paragraphs is None else int(self.paragraphs[place]),
            )
            for place in places.tolist()
        ]

    @staticmethod
    def _largest(values: Floats, number: int) -> Integers:
        """Find the places of the largest positive values, the largest first, equal ones by name."""
        order = np.argsort(-values, kind="stable")[:number]
        return order[values[order] > 0]


def can_be_masked(term: str) -> bool:
    """Tell whether `mask_names` would take a word, or one of a pair, for a name if it stood within a sentence.

    Parameters
    ----------
    term : str
        In lower case, as models have it; it is tried with a capital and in capitals.
    """
    return any(names(f"Later they saw {spelt} again.") for spelt in (term.title(), term.upper()))


def _against_mean(block: TermWeights) -> Floats:
    """Take the frames' mean off the weights, shape (n_terms, 2, n_frames)."""
    weights = block.weights.astype(np.float64).reshape(len(block.terms), 2, block.weights.shape[1] // 2)
    against: Floats = weights - block.mean_weights[:, :, None]
    return against
