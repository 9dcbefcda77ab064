"""What the words of texts tell of how familiar they are, added up many texts at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framing.model.characters import DIGIT
from framing.model.familiarity import Familiarity
from framing.model.found_terms import NOWHERE
from framing.model.scanning import Runs, code_points
from framing.model.term_index import TermIndex

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]

_ZERO, _N_DIGITS = np.uint8(ord("0")), 10
_BEYOND_ASCII = 0x80


class FamiliarWords:
    """Adds up what `Familiarity` judges texts by.

    Parameters
    ----------
    index : TermIndex
        With the common words in it.
    familiarity : Familiarity
    idf : ndarray of float, shape (n,)
        Of the smoothed words, or where there are none of the terms.
    """

    def __init__(self, index: TermIndex, familiarity: Familiarity, idf: Floats) -> None:
        self._characters = index.characters
        n_words = len(index.words)
        places = index.word_places if index.n_smoothed else index.term_places[:n_words]
        known = np.flatnonzero(places != NOWHERE)
        # Whether it is a word, known, common; its subject weight times idf, idf. The last is for all other words.
        table = np.zeros((n_words + 1, 5))
        table[:, 0] = 1
        table[known, 1] = 1
        table[:-1][index.term_places[:n_words] != NOWHERE, 1] = 1
        table[index.numbers_of(familiarity.common_words), 2] = 1
        table[known, 4] = idf[places[known]]
        table[known, 3] = table[known, 4] * familiarity.subject_weights[places[known]]
        # Numbers tell nothing.
        table[[number for number, word in enumerate(index.words) if word.isdigit()]] = 0
        self._table = table

    def sums(self, runs: Runs, numbers: Numbers) -> Floats:
        """Return the sums of each text, shape (n_texts, N_SUMS).

        Parameters
        ----------
        runs : Runs
            With their letters.
        numbers : ndarray of int32, shape (n_runs,)
            Their words in the index.
        """
        assert runs.letters is not None
        sums = np.zeros((len(runs.letters), self._table.shape[1]))
        filled = np.flatnonzero(np.diff(runs.firsts))
        if len(filled):
            sums[filled] = np.add.reduceat(self._table.take(numbers, axis=0), runs.firsts[filled], axis=0)
        figures = self._unknown_figures(runs, np.flatnonzero(numbers == len(self._table) - 1))
        sums[:, 0] -= np.diff(np.searchsorted(figures, runs.firsts))
        return np.concatenate([sums, runs.letters], axis=1)

    def _unknown_figures(self, runs: Runs, unknown: Integers) -> Integers:
        """Find the runs that are digits alone among those that are no word of the index."""
        starts = runs.starts[unknown]
        likely: Integers = unknown[self._characters.of(code_points(runs.data, starts)) & DIGIT != 0]
        if not len(likely):
            return likely
        starts, lengths = runs.starts[likely], runs.lengths[likely]
        bounds = np.stack([starts, starts + lengths], axis=1).ravel()
        of_ascii, others = (
            np.add.reduceat(signs, bounds, dtype=np.uint32)[::2]
            for signs in (runs.data - _ZERO < _N_DIGITS, runs.data >= _BEYOND_ASCII)
        )
        are_figures = of_ascii == lengths
        for place in np.flatnonzero(others).tolist():
            are_figures[place] = runs.spelt(int(likely[place])).decode().isdigit()
        figures: Integers = likely[are_figures]
        return figures
