"""The numbering of a model's words and pairs, whatever stands in its lists."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from framing.model.found_terms import NOWHERE
from framing.model.term_index import TermIndex

_is_word = re.compile(r"\w+").fullmatch
WORDS = ["a", "army", "raid", "é", "été", "straße", "internationalisation", "九", "九十", "x" * 40, "12", "_"]
ODD = ["", " ", "Army", "two  blanks", "a b", "army a", "raid-army", "army\nraid", "army\traid", "raid army raid", "-"]
terms_of = st.lists(
    st.one_of(
        st.sampled_from(WORDS + ODD),
        st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map(" ".join),
        st.text(st.characters(), max_size=6),
    ),
    unique=True,
    max_size=25,
).map(sorted)


def spelt(index: TermIndex) -> dict[str, tuple[int, int]]:
    """Spell the features: for each its place among the terms, and among the smoothed words."""
    n_words = len(index.words)
    pairs = [f"{index.words[one]} {index.words[other]}" for one, other in zip(index.first, index.second, strict=True)]
    features = [*index.words, *pairs]
    word_places = [*index.word_places.tolist(), *[NOWHERE] * len(pairs)]
    assert index.n_features == len(features) == len(index.term_places)
    assert index.words == tuple(sorted(set(index.words)))
    assert len(set(features)) == len(features)
    assert index.numbers_of(index.words).tolist() == list(range(n_words))
    return dict(zip(features, zip(index.term_places.tolist(), word_places, strict=True), strict=True))


@given(terms_of, terms_of, st.booleans(), st.lists(st.sampled_from([*WORDS, *ODD, "common"]), max_size=4))
@example(["army", "army raid"], ["army"], True, [])
@example(["army raid"], [], True, [])
@example([], [], True, [])
def test_features_are_the_words_and_the_pairs(
    terms: list[str], smoothed: list[str], with_pairs: bool, others: list[str]
) -> None:
    single = {term: place for place, term in enumerate(terms) if _is_word(term)}
    smooth = {word: place for place, word in enumerate(smoothed) if _is_word(word)}
    parts = {place: re.fullmatch(r"(\w{2,}) (\w{2,})", term) for place, term in enumerate(terms)}
    pairs = {found.group(): place for place, found in parts.items() if found and with_pairs}
    words = {*single, *smooth, *(word for pair in pairs for word in pair.split(" ")), *filter(_is_word, others)}
    expected = {word: (single.get(word, NOWHERE), smooth.get(word, NOWHERE)) for word in words}
    expected |= {pair: (place, NOWHERE) for pair, place in pairs.items()}
    index = TermIndex.of(terms, smoothed, with_pairs=with_pairs, others=others)
    assert spelt(index) == expected
    assert index.n_smoothed == len(smoothed)


@given(terms_of)
def test_pairs_are_found_by_their_words_and_none_by_others(terms: list[str]) -> None:
    index = TermIndex.of(terms, (), with_pairs=True)
    n_words = len(index.words)
    known = {(one, other): pair for pair, (one, other) in enumerate(zip(index.first, index.second, strict=True))}
    asked = np.array([(one, other) for one in range(n_words + 1) for other in range(n_words + 1)], np.int32)
    found = index.pair_table.find(index.pair_keys(asked[:, 0], asked[:, 1])).tolist()
    assert found == [known.get((one, other), len(known)) for one, other in asked.tolist()]
    assert index.pair_table.find(np.array([index.no_pair])).tolist() == [len(known)]


def test_words_that_are_not_known_have_the_number_after_all() -> None:
    index = TermIndex.of(["army", "raid"], (), with_pairs=True)
    assert index.numbers_of(["raid", "no word", "hospital", "army"]).tolist() == [1, 2, 0]
