"""What the score of a paragraph's frame is made of: its words, its article, its neighbours; they add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.model.decoding import neighbour_scores
from framing.model.found_terms import NOWHERE
from framing.model.frame_model import AT_ONCE, OWN, SHARED, FrameModel, WeighedTerms, softmax

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class TermEvidence(NamedTuple):
    """A term that speaks for a frame.

    Attributes
    ----------
    term : str
    value : float
        What it adds to the frame's score against the average label.
    borrowed : bool
        No labelled paragraph had it: its weight is that of words near in meaning.
    """

    term: str
    value: float
    borrowed: bool


@dataclass(frozen=True)
class ReadArticle:
    """The paragraphs of an article, read together, and what their scores are made of.

    A share says what it adds to a label's score against the average label: it is centred, its mean over the labels
    being 0. The shares add up to the score, and softmax turns the scores into the probabilities of `Reading`.

    Attributes
    ----------
    words, intercept, article, neighbours, source : ndarray of float, shape (n_paragraphs, n_labels)
        The shares of the paragraph's own words, of the intercept, of all words of its article, of what its neighbours
        seem to be, and of what is known of its source. A paragraph that is alone is its own article: its words have
        the article's share.
    """

    words: Floats
    intercept: Floats
    article: Floats
    neighbours: Floats
    source: Floats
    _model: FrameModel
    _weighed: tuple[WeighedTerms, ...]
    _scale: float
    _sources: Integers

    @cached_property
    def scores(self) -> Floats:
        """The scores of the labels, shape (n_paragraphs, n_labels)."""
        scores: Floats = self.words + self.intercept + self.article + self.neighbours + self.source
        return scores

    @cached_property
    def probabilities(self) -> Floats:
        """The probabilities of the labels, shape (n_paragraphs, n_labels)."""
        return softmax(self.scores)

    def candidates(self) -> NDArray[np.bool_] | None:
        """Tell which labels each paragraph may have; see `Reading.candidates`."""
        return self._model.reading.candidates(self.probabilities, np.zeros_like(self._sources), self._sources)

    def strongest(self, labels: Integers, number: int) -> list[list[TermEvidence]]:
        """List the terms that add most to the score of one label of each paragraph, the largest first.

        Parameters
        ----------
        labels : ndarray of int, shape (n_paragraphs,)
        number : int
            So many of each paragraph at most; only what is above 0.
        """
        strongest: list[list[TermEvidence]] = []
        for weighed in self._weighed:
            values = self._term_values(weighed, labels[len(strongest) : len(strongest) + weighed.found.n_texts])
            of_chunk: list[list[TermEvidence]] = [[] for _ in range(weighed.found.n_texts)]
            for place in _largest_of_rows(values, weighed.found.rows, number).tolist():
                borrowed = bool(weighed.found.places[place] == NOWHERE)
                term = TermEvidence(self._model.name(weighed, place), float(values[place]), borrowed)
                of_chunk[weighed.found.rows[place]].append(term)
            strongest += of_chunk
        return strongest

    def _term_values(self, weighed: WeighedTerms, labels: Integers) -> Floats:
        """Give each term's part of the words' share of its paragraph's label, shape (n_found,)."""
        blocks = (OWN, SHARED) if len(self.scores) == 1 else (OWN,)
        values = np.zeros(len(weighed.found.rows))
        for block in blocks:
            values += self._model.term_scores(weighed, labels, block) - self._model.mean_term_scores(weighed, block)
        return values * self._scale


def read_article(model: FrameModel, texts: Sequence[str], source: str | None = None) -> ReadArticle:
    """Read the paragraphs of one article together, as `Reading.log_probabilities` does.

    Parameters
    ----------
    model : FrameModel
    texts : sequence of str
        At least one, in order; one is read as a lone paragraph.
    source : str, optional
        The kind of source; one that the model does not know is none.

    Raises
    ------
    ValueError
        When there is no paragraph.
    """
    if not texts:
        raise ValueError("an article without paragraphs cannot be read")
    reading, lone = model.reading, len(texts) == 1
    articles, sources = np.zeros(len(texts), np.int64), np.full(len(texts), _place_of(source, model))
    weighed = tuple(model.weigh(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE))
    own, shared = (np.vstack(blocks) for blocks in zip(*map(model.sums, weighed), strict=True))
    words, article = own - model.intercept, np.broadcast_to(shared.mean(axis=0), own.shape)
    neighbours, emission = np.zeros_like(own), 1.0
    if reading.decoding is not None and not lone:
        emission = reading.decoding.emission
        neighbours = neighbour_scores(reading.undecoded(own, shared, articles, sources), articles, reading.decoding)
    if lone:
        words, article = words + shared, np.zeros_like(own)
    temperature = 1.0
    if reading.calibration is not None:
        temperature = reading.temperature(lone=lone, sourced=sources[0] >= 0)
    scale = emission / temperature
    return ReadArticle(
        words=_centred(words) * scale,
        intercept=np.broadcast_to(_centred(model.intercept) * scale, own.shape),
        article=_centred(article) * scale,
        neighbours=_centred(neighbours) / temperature,
        source=np.zeros_like(own) if reading.sources is None else _centred(reading.sources.added(sources)) * scale,
        _model=model,
        _weighed=weighed,
        _scale=scale,
        _sources=sources,
    )


def _place_of(source: str | None, model: FrameModel) -> int:
    names = () if model.reading.sources is None else model.reading.sources.names
    return names.index(source) if source in names else NOWHERE


def _centred(scores: Floats) -> Floats:
    """Take the mean over the labels off."""
    centred: Floats = scores - scores.mean(axis=-1, keepdims=True)
    return centred


def _largest_of_rows(values: Floats, rows: NDArray[np.int32], number: int) -> Integers:
    """Find the places of the largest positive values of each row, the largest first."""
    above = np.flatnonzero(values > 0)
    order = above[np.lexsort((-values[above], rows[above]))]
    firsts = np.searchsorted(rows[order], rows[order])
    return order[np.arange(len(order)) - firsts < number]
