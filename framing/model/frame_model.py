"""The trained model: for every term and word two weights a frame. Scores with numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from framing.model.decoding import log_softmax
from framing.model.found_terms import NOWHERE, FoundTerms, sums_by_row, to_length_1
from framing.model.reading import Reading
from framing.model.term_lookup import TermLookup
from framing.model.term_weights import PieceWeights, TermWeights

if TYPE_CHECKING:
    from framing.model.numpy_scorer import NumpyScorer
    from framing.model.scorer import Scorer
    from framing.model.term_finder import TermFinder
    from framing.model.term_index import TermIndex
    from framing.model.utf8_texts import Utf8Texts

__all__ = [
    "AT_ONCE",
    "OWN",
    "SHARED",
    "FrameModel",
    "PieceWeights",
    "TermWeights",
    "WeighedTerms",
    "largest_first",
    "softmax",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Takes a table of weights, places in it, and which of the found terms have these.
_Pick = Callable[[NDArray[np.floating], NDArray[np.integer], Integers], NDArray[np.floating]]

# Texts that are scored together: enough to be quick, and few enough to need little memory.
AT_ONCE = 128
# The weights of a paragraph's own score, and those of its article's.
OWN, SHARED = 0, 1


@dataclass(frozen=True)
class WeighedTerms:
    """The terms of some texts with their TF-IDF, which has length 1 in every text.

    Attributes
    ----------
    found : FoundTerms
    values, word_values : ndarray of float, shape (n_found,)
        Of each among the model's terms, and among its words; 0 where it has no place there.
    outside_weights : ndarray of float, shape (n_outside, 2 n_frames)
        Of words that are known by their pieces alone.
    """

    found: FoundTerms
    values: Floats
    word_values: Floats
    outside_weights: Floats


@dataclass(frozen=True)
class FrameModel:
    """TF-IDF and linear weights, and how scores become probabilities.

    Attributes
    ----------
    terms : TermWeights
        Words and pairs of words.
    words : TermWeights or None
        Single words with what they share with their neighbours in meaning; None where nothing is smoothed. Most of
        them never stood in a training paragraph.
    pieces : PieceWeights or None
    intercept : ndarray of float, shape (n_frames,)
    ngrams : (int, int)
        Shortest and longest n-gram of ``terms``.
    sublinear_tf : bool
        Whether a term that stands n times counts 1 + ln n.
    mask_names : bool
        Whether names are masked before a text is cut into terms.
    reading : Reading
        How scores become probabilities.
    lenders : ndarray of int, shape (n_words, n_lenders)
        For each of ``words`` that no training paragraph had, the places in ``words`` of the nearest that one had; -1
        for all others.
    """

    terms: TermWeights
    words: TermWeights | None
    pieces: PieceWeights | None
    intercept: Floats
    ngrams: tuple[int, int]
    sublinear_tf: bool
    mask_names: bool = False
    reading: Reading = field(default_factory=Reading)
    lenders: NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 0), np.int32))

    @cached_property
    def index(self) -> TermIndex:
        """The words and pairs of words that the model knows."""
        return self.index_with(())

    @cached_property
    def finder(self) -> TermFinder:
        """What finds them in texts."""
        return self.finder_of(self.index)

    @cached_property
    def scorer(self) -> NumpyScorer:
        """What adds up what they tell of texts."""
        # Imported here and below, since one article is classified without.
        from framing.model.numpy_scorer import NumpyScorer

        return NumpyScorer(self)

    @cached_property
    def lookup(self) -> TermLookup:
        """What finds their terms, without making an index for a few texts."""
        return TermLookup(self)

    def index_with(self, words: Collection[str]) -> TermIndex:
        """Return an index of the words and pairs that the model knows, and of some words besides."""
        from framing.model.term_index import TermIndex

        smoothed = () if self.words is None else self.words.terms
        return TermIndex.of(self.terms.terms, smoothed, with_pairs=self.ngrams[1] == 2, others=words)

    def finder_of(self, index: TermIndex) -> TermFinder:
        """Return what finds the terms of an index in texts, and words that the model knows by their pieces."""
        from framing.model.outside_words import OutsideWords
        from framing.model.term_finder import TermFinder

        pieces = None if self.words is None else self.pieces
        return TermFinder(index, None if pieces is None else OutsideWords(pieces.word_pieces, pieces.weights))

    def __getstate__(self) -> dict[str, Any]:
        # What is made for scoring is made again by whoever gets a copy: quicker than it is sent.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def weigh(self, texts: Sequence[str]) -> WeighedTerms:
        """Find the known terms of some texts and weigh them; all that is told of the texts can be had from these."""
        if self.mask_names:
            from framing.model.masking import mask_names

            texts = mask_names(texts)
        words, pieces = self.words, None if self.words is None else self.pieces
        found = self.lookup.find(texts)
        frequencies = 1 + np.log(found.counts) if self.sublinear_tf else found.counts.astype(np.float64)
        idf = np.where(found.places != NOWHERE, self.terms.idf[found.places], 0)
        word_idf, outside_weights = np.zeros_like(idf), np.zeros((0, 2 * len(self.intercept)))
        if words is not None:
            word_idf = np.where(found.word_places != NOWHERE, words.idf.take(found.word_places, mode="clip"), 0)
            if pieces is not None and found.cuts:
                word_idf[found.word_places >= len(words.terms)] = pieces.idf
                outside_weights = np.stack([pieces.weights[cut].mean(axis=0, dtype=np.float64) for cut in found.cuts])
        values, word_values = (to_length_1(frequencies * each, found.rows) for each in (idf, word_idf))
        return WeighedTerms(found, values, word_values, outside_weights)

    def sums(self, weighed: WeighedTerms) -> tuple[Floats, Floats]:
        """Score weighed texts as `block_scores` does."""
        found, n_frames = weighed.found, len(self.intercept)
        of_terms = found.places != NOWHERE
        sides: list[tuple[NDArray[np.bool_], Floats, NDArray[np.floating], NDArray[np.int32]]] = [
            (of_terms, weighed.values, self.terms.weights, found.places)
        ]
        if self.words is not None:
            n_words = len(self.words.terms)
            inside = (found.word_places != NOWHERE) & (found.word_places < n_words)
            outside = found.word_places >= n_words
            sides += [
                (inside, weighed.word_values, self.words.weights, found.word_places),
                (outside, weighed.word_values, weighed.outside_weights, found.word_places - n_words),
            ]
        both = np.zeros((found.n_texts, 2 * n_frames))
        for among, values, weights, places in sides:
            both += sums_by_row(values[among, None] * weights[places[among]], found.rows[among], found.n_texts)
        return both[:, :n_frames] + self.intercept, both[:, n_frames:]

    def block_scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Score paragraphs by their own words, and by what their words add to their article's mean.

        Returns
        -------
        own, shared : ndarray, shape (n_paragraphs, n_frames)
            The intercept is in ``own``.
        """
        return self.scorer.scan(texts).terms.block_scores(self.intercept)

    def scores(self, texts: Sequence[str]) -> Floats:
        """Score paragraphs, each by itself.

        Returns
        -------
        ndarray, shape (n_paragraphs, n_frames)
        """
        own, shared = self.block_scores(texts)
        return own + shared

    def probabilities(self, texts: Sequence[str] | Utf8Texts, scorer: Scorer | None = None) -> Floats:
        """Give the frames' probabilities for paragraphs taken one by one, shape (n_paragraphs, n_frames).

        Parameters
        ----------
        texts : sequence of str or Utf8Texts
        scorer : Scorer, optional
            Of this model; its own, which needs numpy alone, where none is given.
        """
        scores = (scorer or self.scorer).lone_scores(texts)
        probabilities: Floats = np.exp(self.reading.lone_log_probabilities(scores))
        return probabilities

    def contributions(self, text: str, frame: int) -> list[tuple[str, float]]:
        """Tell what each known term adds to a frame's score of a lone paragraph, largest first.

        With the intercept they sum to the score.

        Parameters
        ----------
        text : str
        frame : int
            The frame's place in the codebook.
        """
        weighed = self.weigh([text])
        added = self.term_scores(weighed, frame, SHARED) + self.term_scores(weighed, frame, OWN)
        return largest_first(dict(zip(self.names(weighed), added.tolist(), strict=True)))

    def own_contributions(self, text: str, frame: int) -> list[tuple[str, float]]:
        """Tell what each known term adds to a frame's own score of a paragraph in an article; see `contributions`."""
        weighed = self.weigh([text])
        added = self.term_scores(weighed, frame, OWN)
        return largest_first(dict(zip(self.names(weighed), added.tolist(), strict=True)))

    def term_scores(self, weighed: WeighedTerms, frames: Integers | int, block: int) -> Floats:
        """Tell what each term adds to the score of one frame.

        Parameters
        ----------
        weighed : WeighedTerms
        frames : int, or ndarray of int, shape (n_texts,)
            The frame's place in the codebook, for all texts or for each.
        block : int
            `OWN` or `SHARED`.

        Returns
        -------
        ndarray, shape (n_found,)
        """
        columns = np.broadcast_to(frames, weighed.found.n_texts)[weighed.found.rows] + block * len(self.intercept)
        return self._added(weighed, lambda weights, places, terms: weights[places, columns[terms]])

    def mean_term_scores(self, weighed: WeighedTerms, block: int) -> Floats:
        """Tell what each term adds to the scores of the frames on average; see `term_scores`."""
        columns = slice(block * len(self.intercept), (block + 1) * len(self.intercept))
        return self._added(weighed, lambda weights, places, _: weights[places, columns].mean(axis=1, dtype=np.float64))

    def _added(self, weighed: WeighedTerms, pick: _Pick) -> Floats:
        """Multiply each term's TF-IDF with a number that is picked from the weights at its place."""
        found, everything = weighed.found, np.arange(len(weighed.found.rows))
        # What has no place has a TF-IDF of 0, so that it does not matter whose weight it is given.
        added: Floats = weighed.values * pick(self.terms.weights, found.places, everything)
        if self.words is None:
            return added
        n_words = len(self.words.terms)
        weights = pick(self.words.weights, np.minimum(found.word_places, n_words - 1), everything).astype(np.float64)
        outside = np.flatnonzero(found.word_places >= n_words)
        weights[outside] = pick(weighed.outside_weights, found.word_places[outside] - n_words, outside)
        return added + weighed.word_values * weights

    def names(self, weighed: WeighedTerms) -> list[str]:
        """Name the terms, shape (n_found,)."""
        return [self.name(weighed, number) for number in range(len(weighed.found.rows))]

    def name(self, weighed: WeighedTerms, number: int) -> str:
        """Name one of the terms."""
        place, word_place = int(weighed.found.places[number]), int(weighed.found.word_places[number])
        if place != NOWHERE or self.words is None:
            return self.terms.terms[place]
        n_words = len(self.words.terms)
        return self.words.terms[word_place] if word_place < n_words else weighed.found.outside[word_place - n_words]

    def lenders_of(self, word: str) -> list[str]:
        """Name the training words nearest to a word that no training paragraph had, nearest first; else none."""
        place = None if self.words is None else self.words.places.get(word)
        if self.words is None or place is None or place >= len(self.lenders):
            return []
        return [self.words.terms[lender] for lender in self.lenders[place].tolist() if lender >= 0]


def largest_first(added: dict[str, float]) -> list[tuple[str, float]]:
    """Sort what terms add, the largest first, equal ones by name."""
    return sorted(added.items(), key=lambda item: (-item[1], item[0]))


def softmax(scores: Floats) -> Floats:
    """Turn scores into probabilities that sum to 1 over the last axis."""
    probabilities: Floats = np.exp(log_softmax(scores))
    return probabilities
