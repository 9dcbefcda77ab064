from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.model.sorted_places import SortedPlaces

any_text = st.text(st.characters(), max_size=4)


@given(st.sets(any_text), st.lists(any_text))
def test_it_is_the_dictionary_of_the_same_terms(terms: set[str], others: list[str]) -> None:
    listed = tuple(sorted(terms))
    places, dictionary = SortedPlaces(listed), {term: place for place, term in enumerate(listed)}
    assert places == dictionary
    assert list(places) == list(dictionary)
    # More often than there are bisections.
    for term in [*listed, *others, *listed]:
        assert places.get(term) == dictionary.get(term)
        assert places.get(term, -1) == dictionary.get(term, -1)
        assert (term in places) is (term in dictionary)


def test_once_asked_often_enough_a_dictionary_answers() -> None:
    places = SortedPlaces(tuple("abcdefgh"))
    assert places.quickest is places
    assert [places.get(term) for term in "az"] == [0, None]
    assert places.quickest == {term: place for place, term in enumerate("abcdefgh")}
    assert type(places.quickest) is dict


def test_what_is_not_there_is_no_key() -> None:
    places = SortedPlaces(("a", "c"))
    assert places["c"] == 1
    for absent in ("b", "", "d"):
        assert absent not in places
        with pytest.raises(KeyError):
            places[absent]
    assert 1 not in places
