"""What may be drawn for a purpose, whatever has been coded and queued before; see test_queue.py for whole folders."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.purposes import EarlierQueued
from framing.codebook import of_labels
from framing.segmentation_settings import SegmentationSettings
from framing.text import Segmentation
from framing.workflow.pool import OTHER, Pool, PoolArticle, population_of

NAMES = [f"{article}:{place}" for article in "abc" for place in range(4)]
ARTICLES = tuple(
    PoolArticle(tuple(NAMES[start : start + 4]), ("Wells ran dry.",) * 4, frozenset({start // 4}), "state")
    for start in (0, 4, 8)
)
PURPOSES = st.sampled_from(["learning", "sample"])


@given(
    PURPOSES,
    st.frozensets(st.sampled_from(NAMES)),
    st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(["learning", "sample", "purposive"]), min_size=1)),
    st.lists(st.tuples(st.sampled_from(NAMES), PURPOSES)),
)
def test_nothing_that_is_coded_or_meant_for_the_other_purpose_is_drawn(purpose, coded, drawn_by, queued) -> None:
    pool = Pool(Path("labels"), of_labels("two", ["a", "b"]), ARTICLES, coded, drawn_by)
    population = population_of(pool, purpose, [EarlierQueued(name, why, None, None, "q") for name, why in queued])
    meant = {name for name, why in queued if why == OTHER[purpose]}
    meant |= {name for name, reasons in drawn_by.items() if OTHER[purpose] in reasons}
    boilerplate = {"a:0", "b:1", "c:2"}
    assert set(population.ids) == set(NAMES) - coded - meant - boilerplate
    assert len(population.ids) + sum(population.left_out.values()) == len(NAMES)
    assert [ARTICLES[number].ids[0][0] for number in population.articles] == [name[0] for name in population.ids]


def test_a_model_reads_the_paragraphs_as_they_were_cut_with_their_boilerplate_marked() -> None:
    texts = ("Wells ran dry.\n\nTwice.", "Home | News | Sport", "x" * 12_000)
    article = PoolArticle(("a:0", "a:1", "a:2"), texts, frozenset({1}), "state").article
    paragraphs = Segmentation(SegmentationSettings()).split(article)
    assert [paragraph.text for paragraph in paragraphs] == list(texts)
    assert [paragraph.boilerplate for paragraph in paragraphs] == [False, True, False]
    assert article.outlet == "state"
