"""Which of a model's terms stand in which texts, and sums over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framing.model.tokens import pairs, tokens

if TYPE_CHECKING:
    from framing.model.word_pieces import WordPieces

Floats = NDArray[np.float64]
Places = NDArray[np.int32]

NOWHERE = -1


@dataclass(frozen=True)
class FoundTerms:
    """The words and pairs of words that a model knows of some texts, each once a text.

    Attributes
    ----------
    n_texts : int
    rows : ndarray of int, shape (n_found,)
        The text that each stands in, rising.
    counts : ndarray of int, shape (n_found,)
        How often.
    places, word_places : ndarray of int, shape (n_found,)
        Its place among the model's terms, and among the model's single words; -1 for none. Words that are known by
        their pieces alone follow on the single words.
    outside : tuple of str
        The words that are known by their pieces alone.
    cuts : tuple of list of int
        Their pieces.
    """

    n_texts: int
    rows: Places
    counts: Places
    places: Places
    word_places: Places
    outside: tuple[str, ...]
    cuts: tuple[list[int], ...]


def find_terms(
    texts: Sequence[str],
    places: Mapping[str, int],
    word_places: Mapping[str, int],
    pieces: WordPieces | None,
    *,
    with_pairs: bool,
) -> FoundTerms:
    """Find the terms of texts that have a place, or that can be cut into pieces where there are pieces.

    Text by text and word by word: it needs nothing but the places, and says what `TermFinder` must find, which is many
    times quicker.
    """
    sizes: list[int] = []
    counts: list[int] = []
    of_terms: list[int] = []
    of_words: list[int] = []
    outside: list[str] = []
    cuts: list[list[int]] = []
    for text in texts:
        words = tokens(text)
        counted = Counter(words)
        found_words = list(map(word_places.get, counted, repeat(NOWHERE)))
        if pieces is not None:
            for number, word in enumerate(counted):
                if found_words[number] == NOWHERE and (cut := pieces.cut(word)) is not None:
                    found_words[number] = len(word_places) + len(outside)
                    outside.append(word)
                    cuts.append(cut)
        found_pairs = Counter(map(places.get, pairs(words), repeat(NOWHERE))) if with_pairs else Counter()
        del found_pairs[NOWHERE]
        sizes.append(len(counted) + len(found_pairs))
        counts += counted.values()
        counts += found_pairs.values()
        of_terms += map(places.get, counted, repeat(NOWHERE))
        of_terms += found_pairs
        of_words += found_words
        of_words += repeat(NOWHERE, len(found_pairs))
    table = np.array([np.repeat(np.arange(len(texts)), sizes), counts, of_terms, of_words], dtype=np.int32)
    rows, numbers, term_places, places_of_words = table[:, (table[2:] != NOWHERE).any(axis=0)]
    return FoundTerms(len(texts), rows, numbers, term_places, places_of_words, tuple(outside), tuple(cuts))


def to_length_1(values: Floats, rows: Places) -> Floats:
    """Divide values by the length of their row, the square root of the sum of its squares; rows of zeros stay."""
    lengths = np.sqrt(np.bincount(rows, values * values))
    lengths[lengths == 0] = 1
    lengthened: Floats = values / lengths[rows]
    return lengthened


def sums_by_row(values: Floats, rows: Places, n_rows: int) -> Floats:
    """Add up what has the same row, from shape (n_found, n_columns) to (n_rows, n_columns).

    Parameters
    ----------
    values : ndarray, shape (n_found, n_columns)
    rows : ndarray of int, shape (n_found,)
        Rising.
    n_rows : int
    """
    sums = np.zeros((n_rows, values.shape[1]))
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        sums[rows[starts]] = np.add.reduceat(values, starts, axis=0)
    return sums
