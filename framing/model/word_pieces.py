"""Words cut into pieces, as the sentence encoder cuts them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

LONGEST_WORD = 100
CONTINUATION = "##"


@dataclass(frozen=True)
class WordPieces:
    """Pieces that a word can begin with, and pieces that it can go on with.

    Attributes
    ----------
    beginning, going_on : mapping of str to int
        Each piece's number.
    """

    beginning: Mapping[str, int]
    going_on: Mapping[str, int]

    @classmethod
    def of(cls, pieces: Sequence[str]) -> WordPieces:
        """Give pieces numbers in their order; those that a word goes on with begin with '##'."""
        begins = {piece: number for number, piece in enumerate(pieces) if not piece.startswith(CONTINUATION)}
        goes_on = {
            piece[len(CONTINUATION) :]: number for number, piece in enumerate(pieces) if piece.startswith(CONTINUATION)
        }
        return cls(begins, goes_on)

    def cut(self, word: str) -> list[int] | None:
        """Cut a word into pieces.

        The longest piece that fits comes first, then the longest that goes on from there (WordPiece: Wu et al. 2016,
        *Google's neural machine translation system*). Accents are left out.

        Parameters
        ----------
        word : str
            In lower case.

        Returns
        -------
        list of int or None
            The pieces' numbers, at least one; None where no pieces fit, or the word has more than 100 characters.
        """
        if len(word) > LONGEST_WORD:
            return None
        letters = "".join(sign for sign in unicodedata.normalize("NFD", word) if unicodedata.category(sign) != "Mn")
        numbers: list[int] = []
        start = 0
        while start < len(letters):
            fitting = self.going_on if start else self.beginning
            for end in range(min(len(letters), start + self._longest), start, -1):
                number = fitting.get(letters[start:end])
                if number is not None:
                    break
            else:
                return None
            numbers.append(number)
            start = end
        return numbers or None

    @cached_property
    def _longest(self) -> int:
        return max(map(len, [*self.beginning, *self.going_on]), default=0)
