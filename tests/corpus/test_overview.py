from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.artifact.classified import ClassifiedParagraph
from framing.artifact.vocabulary import WordUse
from framing.corpus.facts import ArticleFacts
from framing.corpus.overview import LISTED_ARTICLES, UNCERTAIN_ARTICLES, WARNED_ARTICLES, OverviewTally
from framing.corpus.source_tallies import SHOWN_SOURCES

LABELS = ("war", "peace", "none")


def classified(frame: str | None = "war", **changes: Any) -> ClassifiedParagraph:
    paragraph: dict[str, Any] = {
        "article": "hills.txt",
        "paragraph": 0,
        "start": 0,
        "end": 4,
        "text": "Text",
        "frame": frame,
        "probability": 0.6,
        "probabilities": None,
        "uncertain": False,
        "candidates": [frame],
        "evidence": [],
        "shares": None,
        "borrowed": {},
        "boilerplate": False,
        "warnings": [],
        "model": "m",
    }
    return ClassifiedParagraph(**(paragraph | changes))


def boilerplate() -> ClassifiedParagraph:
    return classified("none", boilerplate=True, probability=None, candidates=None, uncertain=None)


def facts(source: str | None = "post", published: str | None = None, words: WordUse | None = None) -> ArticleFacts:
    return ArticleFacts(source, published, words)


def test_nothing_is_an_overview_too() -> None:
    overview = OverviewTally(LABELS).overview()
    assert (overview.articles, overview.paragraphs, overview.counts) == (0, 0, (0, 0, 0))
    assert overview.sources == overview.periods == overview.cells == overview.listed == ()


def test_labels_are_counted_and_boilerplate_is_not() -> None:
    tally = OverviewTally(LABELS)
    tally.add([classified("war"), classified("none"), boilerplate()], facts(), page="a.html")
    tally.add([classified("war", uncertain=True, candidates=["war", "peace"])], facts())
    overview = tally.overview()
    assert overview.counts == (2, 0, 1)
    assert (overview.articles, overview.pages, overview.boilerplate, overview.scored) == (2, 1, 1, 3)
    assert (overview.uncertain, overview.calibrated) == (1, True)


def test_only_what_is_kept_is_counted() -> None:
    tally = OverviewTally(LABELS)
    whole = [classified("war"), classified("peace", uncertain=True, candidates=["war", "peace"])]
    tally.add(whole, facts(), kept=whole[:1], page="a.html")
    tally.add(whole, facts(), kept=[])
    overview = tally.overview()
    assert (overview.counts, overview.scored, overview.pages, overview.uncertain) == ((1, 0, 0), 4, 1, 0)
    assert [article.frame for article in overview.listed] == ["war", None]


def test_sources_and_months_are_told_apart_and_what_is_unknown_is_counted() -> None:
    tally = OverviewTally(LABELS)
    tally.add([classified("war")] * 3, facts("post", "2023-05-17"))
    tally.add([classified("peace")] * 2, facts("post", "2023-06"))
    tally.add([classified("peace")], facts(None, "2023-06-30"))
    tally.add([classified("none")] * 4, facts("herald"))
    overview = tally.overview()
    assert [(s.name, s.sources, s.articles, s.counts) for s in overview.sources] == [
        ("post", 1, 2, (3, 2, 0)),
        ("herald", 1, 1, (0, 0, 4)),
        (None, 1, 1, (0, 1, 0)),
    ]
    assert (overview.step, overview.periods) == ("month", ("2023-05", "2023-06"))
    assert overview.cells == (((3, 0, 0), (0, 2, 0)), ((0, 0, 0), (0, 0, 0)), ((0, 0, 0), (0, 1, 0)))
    assert (overview.undated, overview.outside) == (4, 0)


def test_a_year_alone_is_in_no_month_and_in_its_year() -> None:
    tally = OverviewTally(LABELS)
    tally.add([classified()] * 20, facts(published="2023-05-17"))
    tally.add([classified()], facts(published="2022"))
    assert (tally.overview().periods, tally.overview().undated) == (("2023-05",), 1)
    tally.add([classified()] * 20, facts(published="2022"))
    assert (tally.overview().periods, tally.overview().undated) == (("2022", "2023"), 0)


def test_a_few_far_off_dates_are_outside() -> None:
    tally = OverviewTally(LABELS)
    tally.add([classified()] * 400, facts(published="2023-05"))
    tally.add([classified()], facts(published="1970-01-01"))
    overview = tally.overview()
    assert (overview.periods, overview.outside, overview.undated) == (("2023-05",), 1, 0)
    assert overview.paragraphs == 401


def test_the_largest_sources_stand_for_themselves() -> None:
    tally = OverviewTally(LABELS)
    for place in range(SHOWN_SOURCES + 1):
        tally.add([classified()] * (place + 1), facts(f"s{place:02d}"))
    assert [source.sources for source in tally.overview().sources] == [1] * (SHOWN_SOURCES + 1)
    tally.add([classified("peace")], facts("late"))
    *largest, others = tally.overview().sources
    assert [source.name for source in largest] == [f"s{place:02d}" for place in range(SHOWN_SOURCES, 0, -1)]
    assert (others.name, others.sources, others.articles, others.counts) == (None, 2, 2, (1, 1, 0))


def test_unknown_words_are_those_of_their_source() -> None:
    tally = OverviewTally(LABELS)
    tally.add([classified()], facts("post", words=WordUse(100, 7, {"ford": 2, "ridge": 1})))
    tally.add([classified()], facts("post", words=WordUse(50, 1, {"ridge": 3})))
    tally.add([classified()], facts("herald", words=WordUse(10, 0, {})))
    herald, post = tally.overview().sources[::-1]
    if herald.name != "herald":
        herald, post = post, herald
    assert (post.words, post.borrowed, post.unknown) == (150, 8, 6)
    assert post.unknown_words == (("ridge", 4), ("ford", 2))
    assert (herald.words, herald.unknown_words) == (10, ())


def test_the_least_certain_come_first_and_what_is_warned_of_is_apart() -> None:
    tally = OverviewTally(LABELS)
    for place in range(UNCERTAIN_ARTICLES + 10):
        certain = classified(article=f"a{place}", probability=0.5 + place / 100)
        tally.add([certain], facts())
    two = classified(article="two", probability=0.9, candidates=["war", "peace"], uncertain=True)
    tally.add([two, classified(article="two")], facts(), page="two.html")
    three = classified(article="warned", candidates=list(LABELS), warnings=["is mostly in capitals (80%)"])
    tally.add([three], facts())
    least = tally.overview().least_certain
    assert len(least) == UNCERTAIN_ARTICLES
    assert [article.id for article in least[:4]] == ["two", "a0", "a1", "a2"]
    assert (least[0].candidates, least[0].probability, least[0].page) == (1.5, 0.75, "two.html")


def test_without_candidates_the_least_probable_come_first() -> None:
    tally = OverviewTally(LABELS)
    for place, probability in enumerate((0.9, 0.4, 0.7)):
        paragraph = classified(article=f"a{place}", probability=probability, candidates=None, uncertain=None)
        tally.add([paragraph], facts())
    overview = tally.overview()
    assert [article.id for article in overview.least_certain] == ["a1", "a2", "a0"]
    assert not overview.calibrated


def test_warnings_are_counted_by_their_reason() -> None:
    tally = OverviewTally(LABELS)
    for place in range(WARNED_ARTICLES + 5):
        told = [f"few of its words are known ({place}%)"]
        tally.add([classified(article=f"a{place}", warnings=told)] * 2, facts())
    tally.add([classified(article="b", warnings=["few of its words are known (9%)", "reads oddly"])], facts())
    found = {reason: (number, first) for reason, number, first in tally.overview().warnings}
    assert {reason: number for reason, (number, _) in found.items()} == {
        "few of its words are known": WARNED_ARTICLES + 6,
        "reads oddly": 1,
    }
    assert [article.id for article in found["few of its words are known"][1]] == [
        f"a{n}" for n in range(WARNED_ARTICLES)
    ]
    assert tally.overview().warned == WARNED_ARTICLES + 6


def test_a_label_of_another_codebook_is_refused() -> None:
    with pytest.raises(KeyError):
        OverviewTally(LABELS).add([classified("weather")], facts())


SOURCES = st.none() | st.sampled_from("abcdefgh")
DATES = st.none() | st.sampled_from(["2023-01", "2023-02-03", "2023-07", "2021", "1990-01"])
ARTICLES = st.lists(st.tuples(SOURCES, DATES, st.lists(st.sampled_from(LABELS), max_size=4)), max_size=40)


@given(ARTICLES, st.integers(1, 4), st.integers(1, 4))
def test_nothing_is_lost_however_little_is_kept(
    articles: list[tuple[str | None, str | None, list[str]]], most_sources: int, most_months: int
) -> None:
    tally = OverviewTally(LABELS, most_sources=most_sources, most_months=most_months, most_words=2)
    for source, published, frames in articles:
        use = WordUse(10, 1, {"ford": 2, str(source): 1})
        paragraphs = [classified(frame) for frame in frames] or [boilerplate()]
        tally.add(paragraphs, facts(source, published, use))
    overview = tally.overview()
    frames_of_all = [frame for _, _, frames in articles for frame in frames]
    assert overview.counts == tuple(frames_of_all.count(label) for label in LABELS)
    assert sum(source.articles for source in overview.sources) == overview.articles == len(articles)
    assert sum(source.words for source in overview.sources) == 10 * len(articles)
    in_cells = sum(number for cells in overview.cells for cell in cells for number in cell)
    assert in_cells + overview.undated + overview.outside == overview.paragraphs
    assert len(overview.sources) <= SHOWN_SOURCES + 1
    assert tally.overview() == overview


def test_many_articles_take_no_more_memory_than_some() -> None:
    tally = OverviewTally(LABELS, most_sources=50, most_months=200, most_words=500)

    def add(first: int, number: int) -> None:
        for place in range(first, first + number):
            use = WordUse(10, 1, {f"word{place}": 1, "ford": 1})
            date = f"{1900 + place % 100}-{place % 12 + 1:02d}-01"
            paragraph = classified(article=f"a{place}", warnings=["reads oddly"] if place % 9 == 0 else [])
            tally.add([paragraph], facts(f"source {place % 3000}", date, use))

    tracemalloc.start()
    add(0, 1000)
    some, _ = tracemalloc.get_traced_memory()
    add(1000, 9000)
    many, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert many < some + 150_000
    overview = tally.overview()
    assert (overview.articles, len(overview.listed)) == (10_000, LISTED_ARTICLES)
    assert overview.merged > 0
    assert overview.missed_words > 0
