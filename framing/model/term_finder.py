"""Which of a model's terms stand in which texts, and how often: many texts at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.model.found_terms import NOWHERE, FoundTerms
from framing.model.outside_words import OutsideWord, OutsideWords
from framing.model.scanning import Joined, Runs, Scanner
from framing.model.term_index import TermIndex

Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Occurrences:
    """Features in the order in which texts have them, with repeats.

    Attributes
    ----------
    features : ndarray of int32, shape (n_occurrences,)
    firsts : ndarray of int64, shape (n_texts + 1,)
        The first of each text, and the number of all.
    """

    features: Numbers
    firsts: Integers


@dataclass(frozen=True)
class Counts:
    """Features, each once a text.

    Attributes
    ----------
    features : ndarray of int, shape (n_found,)
        Rising in each text.
    counts : ndarray of int64, shape (n_found,)
        How often each stands in its text.
    firsts : ndarray of int64, shape (n_texts + 1,)
        The first of each text, and the number of all.
    """

    features: NDArray[np.integer]
    counts: Integers
    firsts: Integers

    @classmethod
    def of(cls, occurrences: Occurrences, n_features: int) -> Counts:
        """Count features that are below ``n_features``."""
        n_texts = len(occurrences.firsts) - 1
        # Small numbers are sorted in half the time.
        small = n_texts * n_features <= np.iinfo(np.int32).max
        bases = (np.arange(n_texts + 1) * n_features).astype(np.int32 if small else np.int64)
        keys = np.repeat(bases[:-1], np.diff(occurrences.firsts))
        keys += occurrences.features
        keys.sort()
        new = np.ones(len(keys), np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        places = np.flatnonzero(new)
        keys = keys[places]
        firsts = np.searchsorted(keys, bases)
        keys -= np.repeat(bases[:-1], np.diff(firsts))
        return cls(keys, np.diff(np.append(places, len(new))), firsts)


@dataclass(frozen=True)
class Looked:
    """What was found in texts.

    Attributes
    ----------
    runs : Runs
    numbers : ndarray of int32, shape (n_runs,)
        The word in the index that each run is; the number of all words for what is none.
    words : Occurrences
        The tokens as words of the index.
    pairs : Occurrences
        The pairs of the index; the first has number 0.
    outside : Occurrences
        Words that are known by their pieces alone, as places in ``outside_words``.
    outside_tokens : ndarray of int64, shape (n_outside,)
        Which of the tokens these are.
    outside_words : list of OutsideWord
    """

    runs: Runs
    numbers: Numbers
    words: Occurrences
    pairs: Occurrences
    outside: Occurrences
    outside_tokens: Integers
    outside_words: list[OutsideWord]


class TermFinder:
    """Finds the terms of an index.

    Parameters
    ----------
    index : TermIndex
    outside : OutsideWords, optional
        Cuts words that are not smoothed into pieces. Without it they are left out.
    """

    def __init__(self, index: TermIndex, outside: OutsideWords | None = None) -> None:
        self.index = index
        self.scanner = Scanner(index.characters)
        self._outside = outside
        self._is_smoothed = np.append(index.word_places != NOWHERE, False)

    def look(self, texts: Joined, *, with_letters: bool = False) -> Looked:
        """Look through texts.

        Parameters
        ----------
        texts : Joined
        with_letters : bool
            Whether capitals and small letters are counted.
        """
        runs = self.scanner.runs(texts, with_letters=with_letters)
        numbers = self.index.table.find(runs.data, runs.starts, runs.lengths)
        tokens = np.flatnonzero(~runs.single)
        words = Occurrences(numbers[tokens], np.searchsorted(tokens, runs.firsts))
        outside_tokens, outside, outside_words = self._look_outside(runs, tokens, words)
        return Looked(runs, numbers, words, self._pairs(words), outside, outside_tokens, outside_words)

    def _pairs(self, words: Occurrences) -> Occurrences:
        numbers, firsts, table = words.features, words.firsts, self.index.pair_table
        if not table.missing:
            return _none(len(firsts))
        keys = self.index.pair_keys(numbers[:-1], numbers[1:])
        # No text goes on in the next.
        starts = firsts[(firsts > 0) & (firsts < len(numbers))]
        keys[starts - 1] = self.index.no_pair
        found = table.find(keys)
        kept = np.flatnonzero(found != table.missing)
        return Occurrences(found[kept], np.searchsorted(kept, firsts))

    def _look_outside(
        self, runs: Runs, tokens: Integers, words: Occurrences
    ) -> tuple[Integers, Occurrences, list[OutsideWord]]:
        if self._outside is None:
            return np.zeros(0, np.int64), _none(len(words.firsts)), []
        unknown = np.flatnonzero(~self._is_smoothed[words.features])
        listed, outside_words = self._outside.number(map(runs.spelt, tokens[unknown].tolist()))
        numbers = np.array(listed, np.int32)
        cut = np.flatnonzero(numbers != NOWHERE)
        places = unknown[cut]
        return places, Occurrences(numbers[cut], np.searchsorted(places, words.firsts)), outside_words

    def found(self, texts: Joined) -> FoundTerms:
        """List the terms of texts.

        Those of a text are in the order in which they come in it for the first time, words before pairs.
        """
        looked, index = self.look(texts), self.index
        n_words, n_texts = len(index.words), len(looked.words.firsts) - 1
        # After the features of the index comes what is none, and then what is known by its pieces alone.
        none = index.n_features
        features = looked.words.features.astype(np.int64)
        features[features == n_words] = none
        new = features[looked.outside_tokens] == none
        features[looked.outside_tokens[new]] = none + 1 + looked.outside.features[new]
        features = np.concatenate([features, looked.pairs.features.astype(np.int64) + n_words])
        rows = np.concatenate([_rows(looked.words), _rows(looked.pairs)])
        width = none + 1 + len(looked.outside_words)
        keys, firsts, counts = np.unique(rows * width + features, return_index=True, return_counts=True)
        order = np.lexsort((firsts, keys // width))
        rows, features = np.divmod(keys[order], width)
        places = _places(index.term_places, features)
        word_places = self._word_places(features, looked)
        known = (places != NOWHERE) | (word_places != NOWHERE)
        return FoundTerms(
            n_texts,
            rows[known].astype(np.int32),
            counts[order][known].astype(np.int32),
            places[known],
            word_places[known],
            tuple(each.word for each in looked.outside_words),
            tuple(each.cut for each in looked.outside_words),
        )

    def _word_places(self, features: Integers, looked: Looked) -> Numbers:
        """Return the places of features among the smoothed words; words known by their pieces follow on these."""
        index, none = self.index, self.index.n_features
        word_places = _places(index.word_places, features)
        new = features > none
        word_places[new] = index.n_smoothed + features[new] - none - 1
        # Among them may be terms of the model that are not smoothed.
        words = looked.words.features[looked.outside_tokens]
        terms, firsts = np.unique(words[words < len(index.words)], return_index=True)
        if len(terms):
            numbers = looked.outside.features[words < len(index.words)][firsts]
            nearest = np.minimum(np.searchsorted(terms, features), len(terms) - 1)
            cut = terms[nearest] == features
            word_places[cut] = index.n_smoothed + numbers[nearest[cut]]
        return word_places


def _places(places: Numbers, features: Integers) -> Numbers:
    """Return the places of features; nowhere for those that follow on the last that has one."""
    found = np.full(len(features), NOWHERE, np.int32)
    there = features < len(places)
    found[there] = places[features[there]]
    return found


def _rows(occurrences: Occurrences) -> Integers:
    return np.repeat(np.arange(len(occurrences.firsts) - 1), np.diff(occurrences.firsts))


def _none(n_firsts: int) -> Occurrences:
    return Occurrences(np.zeros(0, np.int32), np.zeros(n_firsts, np.int64))
