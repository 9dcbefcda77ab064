"""Words that a model does not know but by their pieces: cut once, and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.model.word_pieces import WordPieces

Floats = NDArray[np.float64]

# Words that are remembered: those that a corpus has again and again are among them, and they take some megabytes.
MOST_REMEMBERED = 1 << 16


class OutsideWord(NamedTuple):
    """A word that is known by its pieces alone.

    Attributes
    ----------
    word : str
    cut : list of int
        The pieces' numbers.
    weights : ndarray of float, shape (2 n_frames,)
        The mean of the pieces' weights.
    """

    word: str
    cut: list[int]
    weights: Floats


class _NotMet:
    """What stands for a word that was not met yet."""


_NOT_MET = _NotMet()


class OutsideWords:
    """Cuts words into pieces.

    Parameters
    ----------
    pieces : WordPieces
    weights : ndarray of float, shape (n_pieces, 2 n_frames)
    """

    def __init__(self, pieces: WordPieces, weights: NDArray[np.float32]) -> None:
        self._pieces = pieces
        self._weights = weights
        self._remembered: dict[bytes, OutsideWord | None] = {}

    def number(self, words: Iterable[bytes]) -> tuple[list[int], list[OutsideWord]]:
        """Give the words that can be cut numbers in the order of their first occurrence.

        Parameters
        ----------
        words : iterable of bytes
            In UTF-8 and in lower case, with repeats.

        Returns
        -------
        numbers : list of int
            For each of the words; -1 where no pieces fit.
        outside : list of OutsideWord
            Each once.
        """
        numbers: list[int] = []
        outside: list[OutsideWord] = []
        numbered: dict[bytes, int] = {}
        for word in words:
            number = numbered.get(word)
            if number is None:
                known = self._known(word)
                number = -1 if known is None else len(outside)
                numbered[word] = number
                if known is not None:
                    outside.append(known)
            numbers.append(number)
        return numbers, outside

    def _known(self, spelt: bytes) -> OutsideWord | None:
        remembered = self._remembered.get(spelt, _NOT_MET)
        if not isinstance(remembered, _NotMet):
            return remembered
        word = spelt.decode()
        cut = self._pieces.cut(word)
        known = None
        if cut is not None:
            known = OutsideWord(word, cut, self._weights[cut].mean(axis=0, dtype=np.float64))
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[spelt] = known
        return known
