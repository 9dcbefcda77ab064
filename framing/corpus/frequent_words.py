"""The most frequent words of many sources in bounded memory."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping

# What is longer is no word; it is counted under its beginning.
LONGEST_WORD = 40


class FrequentWords:
    """Counts words by source, and forgets the rarest when they become too many.

    That is lossy counting (Manku and Motwani 2002), with what is forgotten told.

    Parameters
    ----------
    most : int
        So many pairs of source and word are kept.

    Attributes
    ----------
    missed : int
        By so much any count can be too low; 0 where nothing was forgotten.
    """

    def __init__(self, most: int):
        self.missed = 0
        self._most = most
        self._counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
        self._kept = 0

    def add(self, source: Hashable, words: Mapping[str, int]) -> None:
        counts = self._counts[source]
        before = len(counts)
        for word, number in words.items():
            counts[word if len(word) <= LONGEST_WORD else f"{word[:LONGEST_WORD]}…"] += number
        self._kept += len(counts) - before
        if self._kept > self._most:
            self._forget()

    def move(self, source: Hashable, target: Hashable) -> None:
        """Count what was counted of one source as of another."""
        counts = self._counts.pop(source, None)
        if counts is not None:
            self._kept -= len(counts)
            self.add(target, counts)

    def most_frequent(self, sources: Iterable[Hashable], number: int) -> list[tuple[str, int]]:
        """List the words of some sources with their counts, the most frequent first, equal ones by name."""
        counts: Counter[str] = Counter()
        for source in sources:
            counts.update(self._counts.get(source, {}))
        return heapq.nsmallest(number, counts.items(), key=lambda item: (-item[1], item[0]))

    def _forget(self) -> None:
        """Drop the rarest words of all sources, so many that half of what may be kept is left at most."""
        numbers = sorted((number for counts in self._counts.values() for number in counts.values()), reverse=True)
        highest = numbers[self._most // 2]
        self.missed += highest
        for source, counts in list(self._counts.items()):
            left = Counter({word: number for word, number in counts.items() if number > highest})
            self._counts[source] = left
            if not left:
                del self._counts[source]
        self._kept = sum(map(len, self._counts.values()))
