"""Label counts by source and month, and the words of each source that a model does not know, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from framing.artifact.overview import SourceFigures
from framing.corpus.facts import ArticleFacts
from framing.corpus.frequent_words import FrequentWords

SHOWN_SOURCES = 12
WORDS_OF_A_SOURCE = 10
# What is kept while articles come: the smallest sources are put together when there are more.
MOST_SOURCES = 2_000
MOST_MONTHS = 50_000
MOST_WORDS = 200_000


@dataclass
class SourceTally:
    """What came of a source, or of several; ``months`` has the label counts by month, '' standing for no date."""

    sources: int = 1
    articles: int = 0
    paragraphs: int = 0
    words: int = 0
    borrowed: int = 0
    unknown: int = 0
    months: dict[str, list[int]] = field(default_factory=dict)

    def add(self, month: str, counts: Sequence[int]) -> None:
        self.paragraphs += sum(counts)
        kept = self.months.setdefault(month, [0] * len(counts))
        for place, count in enumerate(counts):
            kept[place] += count

    def take_in(self, other: SourceTally) -> None:
        self.sources += other.sources
        self.articles += other.articles
        self.words += other.words
        self.borrowed += other.borrowed
        self.unknown += other.unknown
        for month, counts in other.months.items():
            self.add(month, counts)

    def counts(self) -> tuple[int, ...]:
        return tuple(map(sum, zip(*self.months.values(), strict=True)))


class _Others:
    """The key of the sources that are put together; no name of a source is equal to it."""


_OTHERS = _Others()
Key = str | None | _Others


class SourceTallies:
    """Adds up articles by source.

    Attributes
    ----------
    merged : int
        How often the smallest sources were put together since there were too many.
    """

    def __init__(self, most_sources: int, most_months: int, most_words: int):
        self.merged = 0
        self._most_sources, self._most_months = most_sources, most_months
        self._sources: dict[Key, SourceTally] = {}
        self._months = 0
        self._words = FrequentWords(most_words)

    @property
    def missed_words(self) -> int:
        return self._words.missed

    def add(self, facts: ArticleFacts, counts: Sequence[int]) -> None:
        """Add an article with the number of its paragraphs of each label."""
        tally = self._sources.setdefault(facts.source, SourceTally())
        before = len(tally.months)
        tally.articles += 1
        tally.add((facts.published or "")[: len("2023-05")], counts)
        self._months += len(tally.months) - before
        if facts.words is not None:
            tally.words += facts.words.words
            tally.borrowed += facts.words.borrowed
            tally.unknown += facts.words.n_unknown
            self._words.add(facts.source, facts.words.unknown)
        if len(self._sources) > self._most_sources or self._months > self._most_months:
            self._merge_small()

    def groups(self) -> list[list[Key]]:
        """Group the sources as they are shown: the largest each for itself, and all others, if they are several."""
        ordered = self._by_size()
        others: list[Key] = [_OTHERS] if _OTHERS in self._sources else []
        if not others and len(ordered) <= SHOWN_SOURCES + 1:
            return [[key] for key in ordered]
        return [*([key] for key in ordered[:SHOWN_SOURCES]), [*ordered[SHOWN_SOURCES:], *others]]

    def together(self, group: Sequence[Key]) -> SourceTally:
        whole = SourceTally(sources=0)
        for key in group:
            whole.take_in(self._sources[key])
        return whole

    def figures(self, group: Sequence[Key]) -> SourceFigures:
        tally = self.together(group)
        key = group[0] if len(group) == 1 else None
        return SourceFigures(
            name=None if isinstance(key, _Others) else key,
            sources=tally.sources,
            articles=tally.articles,
            counts=tally.counts(),
            words=tally.words,
            borrowed=tally.borrowed,
            unknown=tally.unknown,
            unknown_words=tuple(self._words.most_frequent(group, WORDS_OF_A_SOURCE)),
        )

    def _merge_small(self) -> None:
        """Put so many of the smallest sources together that half of what may be kept is left at most."""
        others = self._sources.pop(_OTHERS, None) or SourceTally(sources=0)
        months, merged = 0, False
        for rank, key in enumerate(self._by_size()):
            months += len(self._sources[key].months)
            if rank >= SHOWN_SOURCES and (rank >= self._most_sources // 2 or months > self._most_months // 2):
                others.take_in(self._sources.pop(key))
                self._words.move(key, _OTHERS)
                merged = True
        if others.sources:
            self._sources[_OTHERS] = others
        self._months = sum(len(tally.months) for tally in self._sources.values())
        self.merged += merged

    def _by_size(self) -> list[Key]:
        """Sort the sources that stand for themselves, those with the most paragraphs first, equal ones by name."""
        named = [(key, tally) for key, tally in self._sources.items() if not isinstance(key, _Others)]
        return [key for key, _ in sorted(named, key=lambda item: (-item[1].paragraphs, item[0] is None, item[0] or ""))]
