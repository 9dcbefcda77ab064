"""The words and pairs of words that a model knows, numbered through, as the scorers look them up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from framing.model.characters import BLANK, Characters
from framing.model.found_terms import NOWHERE
from framing.model.scanning import Joined, Runs, Scanner
from framing.model.word_table import PADDING, KeyTable, WordTable

Places = NDArray[np.int32]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class TermIndex:
    """Features: first all single words, then all pairs.

    Attributes
    ----------
    words : tuple of str, length n_words
        Sorted: the model's single words, and the words that its pairs are made of. Of one character too, though these
        are no tokens: what is said of a text's words counts them. What no text can hold as a word is left out.
    first, second : ndarray of int32, shape (n_pairs,)
        The words that each pair is made of.
    term_places : ndarray of int32, shape (n_words + n_pairs,)
        The place of each feature among the model's terms, -1 for none: one of a pair, or known for its meaning alone.
    word_places : ndarray of int32, shape (n_words,)
        The place of each word among the words that are smoothed, -1 for none.
    n_smoothed : int
        How many words are smoothed, those with them that no text can hold.
    table : WordTable
        Finds the words by their bytes.
    characters : Characters
        What is known of characters already.
    """

    words: tuple[str, ...]
    first: Places
    second: Places
    term_places: Places
    word_places: Places
    n_smoothed: int
    table: WordTable
    characters: Characters

    @property
    def n_features(self) -> int:
        return len(self.words) + len(self.first)

    @cached_property
    def pair_table(self) -> KeyTable:
        """Finds the pairs by `pair_keys`."""
        return KeyTable(self.pair_keys(self.first, self.second))

    def pair_keys(self, first: Places, second: Places) -> NDArray[np.uint64]:
        """Return a number for each pair of words, which may also have the number ``n_words`` of what is none."""
        keys = first.astype(np.int64) * (len(self.words) + 1)
        keys += second
        return keys.view(np.uint64)

    @property
    def no_pair(self) -> np.uint64:
        """The number of no pair: of two words that are none."""
        return np.uint64((len(self.words) + 1) ** 2 - 1)

    def numbers_of(self, words: Collection[str]) -> Places:
        """Return the numbers of words that a text can hold, in their order; ``n_words`` where they are not known."""
        lines = _Lines.of(list(words), Scanner(self.characters))
        return lines.find(lines.runs.firsts[lines.singles], self.table)

    @classmethod
    def of(
        cls,
        terms: Sequence[str],
        smoothed: Sequence[str],
        *,
        with_pairs: bool,
        others: Collection[str] = (),
    ) -> TermIndex:
        """Give numbers to the words and pairs of a model.

        Parameters
        ----------
        terms, smoothed : sequence of str
            Sorted, each once. Of a model's folder, and so untrusted: what is no word and no pair of words is passed
            over.
        with_pairs : bool
            Whether texts are looked through for pairs.
        others : collection of str
            Words that are numbered besides.
        """
        scanner = Scanner(Characters())
        known, listed, further = (_Lines.of(lines, scanner) for lines in (terms, smoothed, sorted(set(others))))
        pairs = known.pairs if with_pairs else known.pairs[:0]
        parts = [(lines, lines.runs.firsts[lines.singles]) for lines in (known, listed, further)]
        parts += [(known, known.runs.firsts[pairs]), (known, known.runs.firsts[pairs] + 1)]
        # As a rule one of the lists has all words, and then there is nothing to put in order.
        fullest, runs = max(parts[:3], key=lambda part: len(part[1]))
        words, table = fullest.words(runs), fullest.table(runs)
        numbers = [lines.find(of_part, table) for lines, of_part in parts]
        if any((of_part == table.missing).any() for of_part in numbers):
            words = sorted({word for lines, of_part in parts for word in lines.words(of_part)})
            every = _Lines.of(words, scanner)
            table = every.table(every.runs.firsts[every.singles])
            numbers = [lines.find(of_part, table) for lines, of_part in parts]
        term_places = np.full(len(words) + len(pairs), NOWHERE, np.int32)
        term_places[numbers[0]], term_places[len(words) :] = known.singles, pairs
        word_places = np.full(len(words), NOWHERE, np.int32)
        word_places[numbers[1]] = listed.singles
        first, second = numbers[3:]
        return cls(tuple(words), first, second, term_places, word_places, len(smoothed), table, scanner.characters)


@dataclass(frozen=True)
class _Lines:
    """Terms of a list, and the words that they are made of.

    Attributes
    ----------
    lines : sequence of str
    runs : Runs
        Of word characters, in all lines.
    singles : ndarray of int64
        The lines that are one word.
    pairs : ndarray of int64
        The lines that are two tokens with a blank between them.
    """

    lines: Sequence[str]
    runs: Runs
    singles: Integers
    pairs: Integers

    @classmethod
    def of(cls, lines: Sequence[str], scanner: Scanner) -> _Lines:
        joined = _joined(lines)
        runs = scanner.runs(joined, lower=False)
        n_runs, n_bytes = np.diff(runs.firsts), np.diff(joined.begins) - 1
        singles = np.flatnonzero(n_runs == 1)
        singles = singles[runs.lengths[runs.firsts[singles]] == n_bytes[singles]]
        pairs = np.flatnonzero(n_runs == 2)
        first = runs.firsts[pairs]
        second, ends = first + 1, runs.starts[first] + runs.lengths[first]
        blank = np.frombuffer(joined.content, np.uint8)[1:][ends] == BLANK
        whole = runs.lengths[first] + 1 + runs.lengths[second] == n_bytes[pairs]
        return cls(lines, runs, singles, pairs[whole & blank & ~runs.single[first] & ~runs.single[second]])

    def words(self, runs: Integers) -> Sequence[str]:
        if len(runs) == len(self.singles) == len(self.lines):
            return self.lines
        return [self.runs.spelt(run).decode() for run in runs.tolist()]

    def table(self, runs: Integers) -> WordTable:
        return WordTable(self.runs.data, self.runs.starts[runs], self.runs.lengths[runs])

    def find(self, runs: Integers, table: WordTable) -> Places:
        return table.find(self.runs.data, self.runs.starts[runs], self.runs.lengths[runs])


def _joined(lines: Sequence[str]) -> Joined:
    """Join lines quickly where none has a line break within it, as those of a file."""
    content = "\n".join(["", *lines, " " * PADDING]).encode("utf-8", "surrogatepass")
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    if len(ends) == len(lines) + 1:
        return Joined(content, ends)
    return Joined.of([line.encode("utf-8", "surrogatepass") for line in lines])
