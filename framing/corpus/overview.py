"""Adding up classified articles as they come, in memory that is bounded however many there are."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Sequence

from framing.artifact.classified import ClassifiedParagraph
from framing.artifact.overview import ListedArticle, Overview
from framing.corpus.facts import ArticleFacts
from framing.corpus.periods import Periods, periods_of
from framing.corpus.source_tallies import (
    MOST_MONTHS,
    MOST_SOURCES,
    MOST_WORDS,
    SourceTallies,
    SourceTally,
)

LISTED_ARTICLES = 500
UNCERTAIN_ARTICLES = 20
WARNED_ARTICLES = 20
MOST_WARNINGS = 50
_LONGEST_ID = 160

# A warning ends with its figure, which differs from article to article.
_FIGURE = re.compile(r"\s*\([^()]*\)$")


class OverviewTally:
    """Adds up articles as they come.

    Parameters
    ----------
    labels : sequence of str
        The codebook's, in its order.
    most_sources, most_months, most_words : int
        How much is kept: sources, months of sources, and unknown words of sources.
    """

    def __init__(
        self,
        labels: Sequence[str],
        *,
        most_sources: int = MOST_SOURCES,
        most_months: int = MOST_MONTHS,
        most_words: int = MOST_WORDS,
    ):
        self._labels = tuple(labels)
        self._places = {label: place for place, label in enumerate(labels)}
        self._totals: Counter[str] = Counter()
        self._sources = SourceTallies(most_sources, most_months, most_words)
        self._listed: list[ListedArticle] = []
        self._least_certain: list[tuple[tuple[float, float], int, ListedArticle]] = []
        self._warnings: dict[str, tuple[int, list[ListedArticle]]] = {}

    def add(
        self,
        paragraphs: Sequence[ClassifiedParagraph],
        facts: ArticleFacts,
        *,
        kept: Sequence[ClassifiedParagraph] | None = None,
        page: str | None = None,
    ) -> None:
        """Add an article.

        Parameters
        ----------
        paragraphs : sequence of ClassifiedParagraph
            All of it, at least one.
        facts : ArticleFacts
        kept : sequence of ClassifiedParagraph, optional
            Those of them that are counted; all, without it.
        page : str, optional
            The name of the file that shows it.
        """
        counted = [p for p in (paragraphs if kept is None else kept) if not p["boilerplate"]]
        scored = [p for p in paragraphs if not p["boilerplate"]]
        counts = self._counts(counted)
        listed = self._listed_article(paragraphs[0]["article"], scored, counted, facts, page)
        self._totals.update(
            articles=1, pages=page is not None, warned=listed.warned, scored=len(scored), uncertain=listed.uncertain,
            boilerplate=len(paragraphs) - len(scored), calibrated=listed.candidates is not None,
        )  # fmt: skip
        self._sources.add(facts, counts)
        if len(self._listed) < LISTED_ARTICLES:
            self._listed.append(listed)
        self._note_warnings(scored, listed)
        if listed.probability is not None and not listed.warned:
            # The heap's smallest is the most certain of those kept; of equals the first to come stays.
            entry = ((listed.candidates or 0.0, -listed.probability), -self._totals["articles"], listed)
            keep = heapq.heappush if len(self._least_certain) < UNCERTAIN_ARTICLES else heapq.heappushpop
            keep(self._least_certain, entry)

    def overview(self) -> Overview:
        """Return the figures of all articles that were added."""
        groups = self._sources.groups()
        tallies = [self._sources.together(group) for group in groups]
        dated: Counter[str] = Counter()
        for tally in tallies:
            dated.update({month: sum(counts) for month, counts in tally.months.items() if month})
        periods = periods_of(dated)
        beyond = {} if periods is None else {m: n for m, n in dated.items() if periods.place(m) is None}
        # A year without its month lies in no month, and nowhere else.
        coarse = 0 if periods is None or periods.step.value >= 12 else sum(n for m, n in beyond.items() if "-" not in m)
        n_labels = len(self._labels)
        totals = tuple(map(sum, zip(*(tally.counts() for tally in tallies), strict=True))) or (0,) * n_labels
        return Overview(
            labels=self._labels,
            articles=self._totals["articles"],
            pages=self._totals["pages"],
            warned=self._totals["warned"],
            boilerplate=self._totals["boilerplate"],
            scored=self._totals["scored"],
            uncertain=self._totals["uncertain"],
            calibrated=self._totals["calibrated"] > 0,
            counts=totals,
            sources=tuple(map(self._sources.figures, groups)),
            merged=self._sources.merged,
            step="" if periods is None else periods.step.name,
            periods=() if periods is None else periods.names,
            cells=() if periods is None else tuple(_cells(tally, periods, n_labels) for tally in tallies),
            undated=coarse + sum(totals) - dated.total(),
            outside=sum(beyond.values()) - coarse,
            least_certain=tuple(entry[-1] for entry in sorted(self._least_certain, reverse=True)),
            warnings=tuple((reason, number, tuple(first)) for reason, (number, first) in self._warnings.items()),
            listed=tuple(self._listed),
            missed_words=self._sources.missed_words,
        )

    def _counts(self, paragraphs: Sequence[ClassifiedParagraph]) -> list[int]:
        counts = [0] * len(self._labels)
        for paragraph in paragraphs:
            if (frame := paragraph["frame"]) is not None:
                counts[self._places[frame]] += 1
        return counts

    def _listed_article(
        self,
        identifier: str,
        scored: Sequence[ClassifiedParagraph],
        counted: Sequence[ClassifiedParagraph],
        facts: ArticleFacts,
        page: str | None,
    ) -> ListedArticle:
        counts = self._counts(counted)
        sets = [len(candidates) for p in scored if (candidates := p["candidates"]) is not None]
        probabilities = [probability for p in scored if (probability := p["probability"]) is not None]
        most = max(counts, default=0)
        return ListedArticle(
            id=identifier if len(identifier) <= _LONGEST_ID else f"…{identifier[1 - _LONGEST_ID :]}",
            page=page,
            source=facts.source,
            published=facts.published,
            paragraphs=len(counted),
            uncertain=sum(bool(paragraph["uncertain"]) for paragraph in counted),
            frame=self._labels[counts.index(most)] if most else None,
            of_frame=most,
            candidates=sum(sets) / len(sets) if sets else None,
            probability=sum(probabilities) / len(probabilities) if probabilities else None,
            warned=any(paragraph["warnings"] for paragraph in scored),
        )

    def _note_warnings(self, scored: Sequence[ClassifiedParagraph], listed: ListedArticle) -> None:
        found = {_FIGURE.sub("", warning) for paragraph in scored for warning in paragraph["warnings"]}
        for reason in sorted(found):
            if reason in self._warnings or len(self._warnings) < MOST_WARNINGS:
                number, first = self._warnings.get(reason, (0, []))
                if len(first) < WARNED_ARTICLES:
                    first.append(listed)
                self._warnings[reason] = number + 1, first


def _cells(tally: SourceTally, periods: Periods, n_labels: int) -> tuple[tuple[int, ...], ...]:
    """Add up a source's months by period."""
    cells = [[0] * n_labels for _ in range(len(periods))]
    for month, counts in tally.months.items():
        place = periods.place(month) if month else None
        if place is not None:
            cells[place] = [old + new for old, new in zip(cells[place], counts, strict=True)]
    return tuple(map(tuple, cells))
