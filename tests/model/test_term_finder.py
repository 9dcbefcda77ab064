"""What is found in texts, many at once, against what is found text by text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framing.model.found_terms import NOWHERE, FoundTerms, find_terms
from framing.model.outside_words import MOST_REMEMBERED, OutsideWords
from framing.model.scanning import Joined
from framing.model.term_finder import Counts, Occurrences, TermFinder
from framing.model.term_index import TermIndex
from framing.model.word_pieces import WordPieces

TERMS = ["army", "army raid", "clinics", "raid", "raid army", "wells"]
SMOOTHED = ["a", "army", "hospital", "wells"]
PIECES = ["##ics", "##s", "clin", "raid", "well"]
WORDS = ["army", "Raid", "wells", "hospital", "clinics", "raids", "nowhere", "a", "é"]
texts_of = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), max_size=6)


def finder_of(*, with_pairs: bool, with_pieces: bool) -> TermFinder:
    pieces = OutsideWords(WordPieces.of(PIECES), np.ones((len(PIECES), 4), np.float32)) if with_pieces else None
    return TermFinder(TermIndex.of(TERMS, SMOOTHED, with_pairs=with_pairs), pieces)


def listed(found: FoundTerms) -> list[tuple[int, int, int, object]]:
    """List what was found, with words that are known by their pieces spelt out."""
    n_words = len(SMOOTHED)
    words = [
        (found.outside[place - n_words], tuple(found.cuts[place - n_words])) if place >= n_words else place
        for place in found.word_places.tolist()
    ]
    return list(zip(found.rows.tolist(), found.counts.tolist(), found.places.tolist(), words, strict=True))


@given(texts_of, st.booleans(), st.booleans())
def test_terms_are_those_found_text_by_text_in_the_same_order(
    texts: list[str], with_pairs: bool, with_pieces: bool
) -> None:
    places, word_places = ({term: place for place, term in enumerate(terms)} for terms in (TERMS, SMOOTHED))
    # Words of one character are no tokens, wherever they are listed.
    expected = find_terms(
        texts, places, word_places, WordPieces.of(PIECES) if with_pieces else None, with_pairs=with_pairs
    )
    finder = finder_of(with_pairs=with_pairs, with_pieces=with_pieces)
    found = finder.found(Joined.of([text.encode() for text in texts]))
    assert found.n_texts == len(texts)
    assert listed(found) == listed(expected)
    assert all(array.dtype == np.int32 for array in (found.rows, found.counts, found.places, found.word_places))
    assert NOWHERE not in np.maximum(found.places, found.word_places)


@given(st.lists(st.lists(st.integers(0, 6)), max_size=5), st.sampled_from([7, 1 << 31]))
def test_counts_of_each_text(drawn: list[list[int]], n_features: int) -> None:
    firsts = np.cumsum([0, *map(len, drawn)])
    occurrences = Occurrences(np.array([feature for features in drawn for feature in features], np.int32), firsts)
    counts = Counts.of(occurrences, n_features)
    rows = [slice(*bounds) for bounds in zip(counts.firsts.tolist(), counts.firsts.tolist()[1:], strict=False)]
    assert [counts.features[row].tolist() for row in rows] == [sorted(set(features)) for features in drawn]
    assert [counts.counts[row].tolist() for row in rows] == [
        [features.count(feature) for feature in sorted(set(features))] for features in drawn
    ]


def test_words_are_cut_once_and_forgotten_when_there_are_too_many() -> None:
    weights = np.arange(20, dtype=np.float32).reshape(5, 4)
    outside = OutsideWords(WordPieces.of(PIECES), weights)
    numbers, words = outside.number([b"clinics", b"nowhere", b"wells", b"clinics"])
    assert numbers == [0, -1, 1, 0]
    assert [(word.word, word.cut) for word in words] == [("clinics", [2, 0]), ("wells", [4, 1])]
    assert words[0].weights.tolist() == weights[[2, 0]].mean(axis=0).tolist()
    assert outside.number([b"clinics"])[1][0] is words[0]
    outside.number(f"no{number}".encode() for number in range(MOST_REMEMBERED))
    again = outside.number([b"clinics"])[1][0]
    assert again is not words[0]
    assert again.cut == words[0].cut
