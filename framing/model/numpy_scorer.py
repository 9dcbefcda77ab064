"""The scorer that needs numpy alone, and the measure of any other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framing.model.familiar_words import FamiliarWords
from framing.model.familiarity import N_SUMS, Familiarity
from framing.model.masking import mask_names
from framing.model.scanning import Joined, batches
from framing.model.scorer import TERMS, WORDS, Scanned, TermSums
from framing.model.term_finder import Counts, Looked, TermFinder
from framing.model.term_index import TermIndex
from framing.model.term_rows import Block, TermRows, summed
from framing.model.term_weights import TermWeights
from framing.model.utf8_texts import Utf8Texts

if TYPE_CHECKING:
    from framing.model.frame_model import FrameModel

Floats = NDArray[np.float64]


class NumpyScorer:
    """Looks through texts for a model's terms.

    The sums of a text do not depend on the texts that are looked through with it.

    Parameters
    ----------
    model : FrameModel
    familiarity : Familiarity, optional
        Where it is given, texts are looked through for what it judges them by, too.
    """

    def __init__(self, model: FrameModel, familiarity: Familiarity | None = None) -> None:
        self._model = model
        self._familiarity = familiarity
        self._finder = model.finder if familiarity is None else _finder_with(familiarity.common_words, model)

    def scan(self, texts: Sequence[str] | Utf8Texts) -> Scanned:
        """Add up what the terms of each text tell.

        Raises
        ------
        ValueError
            When bytes that are to be UTF-8 are not, or the places of texts lie outside of them.
        """
        n_columns = 2 * len(self._model.intercept)
        weighted, squares = np.zeros((len(texts), 2, n_columns)), np.zeros((len(texts), 2))
        familiar = None if self._familiarity is None else np.zeros((len(texts), N_SUMS))
        start = 0
        for joined in batches(texts):
            looked = self._finder.look(joined, with_letters=familiar is not None)
            stop = start + len(joined)
            if familiar is not None:
                familiar[start:stop] = self._familiar_words.sums(looked.runs, looked.numbers)
            if self._model.mask_names:
                looked = self._finder.look(_masked(joined))
            sums = self._blocks.sums(looked)
            weighted[start:stop], squares[start:stop] = sums[..., :-1], sums[..., -1]
            start = stop
        return Scanned(TermSums(weighted, squares), familiar)

    def lone_scores(self, texts: Sequence[str] | Utf8Texts) -> Floats:
        """Score paragraphs, each by itself, shape (n_texts, n_frames); quicker than the own and the article's part."""
        sums = np.zeros((len(texts), 2, len(self._model.intercept) + 1))
        start = 0
        for joined in batches(texts):
            looked = self._finder.look(_masked(joined) if self._model.mask_names else joined)
            sums[start : start + len(joined)] = self._lone_blocks.sums(looked)
            start += len(joined)
        return TermSums(sums[..., :-1], sums[..., -1]).block_scores(self._model.intercept)[0]

    @cached_property
    def _familiar_words(self) -> FamiliarWords:
        assert self._familiarity is not None
        known = self._model.words or self._model.terms
        return FamiliarWords(self._finder.index, self._familiarity, known.idf)

    @cached_property
    def _blocks(self) -> _Blocks:
        return _Blocks(self._model, self._finder.index, folded=False)

    @cached_property
    def _lone_blocks(self) -> _Blocks:
        return _Blocks(self._model, self._finder.index, folded=True)


class _Blocks:
    """The weights of a model's terms and smoothed words.

    Parameters
    ----------
    model : FrameModel
    index : TermIndex
    folded : bool
        Whether what a term adds to its article's mean is added to what it adds to its paragraph's own score.
    """

    def __init__(self, model: FrameModel, index: TermIndex, *, folded: bool) -> None:
        self._sublinear = model.sublinear_tf
        self._n_words, self._n_pairs = len(index.words), len(index.first)
        self._n_columns = len(model.intercept) * (1 if folded else 2)
        self._folded = folded
        self._outside_idf = 0.0 if model.pieces is None else model.pieces.idf
        # The last is for what is no word of the index.
        of_words = np.append(index.term_places[: self._n_words], np.int32(-1))
        words = [self._block(of_words, model.terms)]
        if model.words is not None:
            words.append(self._block(np.append(index.word_places, np.int32(-1)), model.words))
        self._words = TermRows(words)
        self._pairs = TermRows([self._block(index.term_places[self._n_words :], model.terms)])

    def _block(self, places: NDArray[np.int32], weights: TermWeights) -> Block:
        return Block(places, weights.idf, self._fold(weights.weights))

    def _fold(self, weights: NDArray[np.floating]) -> NDArray[np.floating]:
        if not self._folded:
            return weights
        own, shared = np.split(weights.astype(np.float64), 2, axis=1)
        return own + shared

    def sums(self, looked: Looked) -> Floats:
        """Add up TF-IDF times weights, and squared TF-IDF, shape (n_texts, 2, n_columns + 1)."""
        counts = Counts.of(looked.words, self._n_words + 1)
        sums = np.zeros((len(counts.firsts) - 1, 2, self._n_columns + 1))
        of_words = self._words.sums(counts, sublinear=self._sublinear)
        sums[:, : of_words.shape[1]] = of_words
        if len(looked.pairs.features):
            counts = Counts.of(looked.pairs, self._n_pairs)
            sums[:, TERMS] += self._pairs.sums(counts, sublinear=self._sublinear)[:, 0]
        if looked.outside_words:
            counts = Counts.of(looked.outside, len(looked.outside_words))
            weights = self._fold(np.stack([word.weights for word in looked.outside_words]))
            everywhere = np.arange(len(weights), dtype=np.int32)
            block = Block(everywhere, np.full(len(weights), self._outside_idf), weights)
            sums[:, WORDS] += summed(block.rows(counts.features), 1, counts, sublinear=self._sublinear)
        return sums


def _finder_with(words: Collection[str], model: FrameModel) -> TermFinder:
    """Return the model's finder, or where it does not know some words one that does."""
    if (model.index.numbers_of(words) < len(model.index.words)).all():
        return model.finder
    return model.finder_of(model.index_with(words))


def _masked(texts: Joined) -> Joined:
    masked = mask_names([text.decode("utf-8", "surrogatepass") for text in texts.texts()])
    return Joined.of([text.encode("utf-8", "surrogatepass") for text in masked])
