from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framing.model.found_terms import NOWHERE, find_terms, sums_by_row, to_length_1
from framing.model.tokens import pairs, tokens
from framing.model.word_pieces import WordPieces

PLACES = {term: place for place, term in enumerate(["army", "army raid", "raid", "wells"])}
WORD_PLACES = {"army": 0, "hospital": 1, "wells": 2}
PIECES = WordPieces.of(["clin", "##ics"])
TEXTS = st.lists(
    st.lists(st.sampled_from(["army", "raid", "wells", "hospital", "clinics", "nowhere"]), max_size=8).map(" ".join),
    max_size=5,
)


@given(TEXTS, st.booleans(), st.booleans())
def test_every_known_term_is_found_once_a_text_with_its_count(texts, with_pairs: bool, with_pieces: bool) -> None:
    found = find_terms(texts, PLACES, WORD_PLACES, PIECES if with_pieces else None, with_pairs=with_pairs)
    expected = []
    for row, text in enumerate(texts):
        words = tokens(text)
        terms = words + (pairs(words) if with_pairs else [])
        for term in set(terms):
            word_place = WORD_PLACES.get(term, NOWHERE)
            if with_pieces and term == "clinics":
                word_place = len(WORD_PLACES)
            if term in PLACES or word_place != NOWHERE:
                expected.append((row, terms.count(term), PLACES.get(term, NOWHERE), word_place))
    outside = len(WORD_PLACES)
    given_places = [min(place, outside) for place in found.word_places.tolist()]
    rows = zip(found.rows.tolist(), found.counts.tolist(), found.places.tolist(), given_places, strict=True)
    assert sorted(rows) == sorted(expected)
    assert found.rows.tolist() == sorted(found.rows.tolist())
    assert set(found.outside) <= {"clinics"}
    assert all(cut == PIECES.cut("clinics") for cut in found.cuts)
    assert sorted(place for place in found.word_places.tolist() if place >= outside) == [
        outside + number for number in range(len(found.outside))
    ]


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(-5, 5)), max_size=20))
def test_sums_and_lengths_by_row(pairs_of_row_and_value: list[tuple[int, float]]) -> None:
    rows = np.array(sorted(row for row, _ in pairs_of_row_and_value), dtype=np.int32)
    values = np.array([value for _, value in pairs_of_row_and_value])
    expected = [[values[rows == row].sum(), 2 * values[rows == row].sum()] for row in range(7)]
    assert np.allclose(sums_by_row(np.stack([values, 2 * values], axis=1), rows, 7), expected)
    unit = to_length_1(values, rows)
    for row in set(rows.tolist()):
        length = np.sqrt((values[rows == row] ** 2).sum())
        assert np.allclose(unit[rows == row] * length, values[rows == row])
