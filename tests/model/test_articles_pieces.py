from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.model.articles import pieces

rows = st.lists(st.integers(-6, 4), min_size=1, max_size=25)


def together(numbers: np.ndarray) -> list[list[int]]:
    """List the rows of each piece, in the order in which the pieces begin."""
    found: dict[int, list[int]] = {}
    for row, number in enumerate(numbers.tolist()):
        found.setdefault(number, []).append(row)
    return list(found.values())


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (1, [[0], [1], [2], [3], [4]]),
        (2, [[0, 1], [2, 3], [4]]),
        (3, [[0, 1, 2], [3, 4]]),
        (5, [[0, 1, 2, 3, 4]]),
        (9, [[0, 1, 2, 3, 4]]),
    ],
)
def test_the_last_piece_may_be_shorter(longest: int, expected: list[list[int]]) -> None:
    assert together(pieces(np.array([8] * 5), longest)) == expected


def test_other_articles_may_stand_between() -> None:
    numbers = pieces(np.array([4, -1, 4, 9, 4, -1, 9, 4]), 2)
    assert together(numbers) == [[0, 2], [1, 5], [3, 6], [4, 7]]


@given(rows, st.integers(1, 7))
def test_rows_stand_together_that_are_near_in_one_article(names: list[int], longest: int) -> None:
    """Article by article its rows in order, so many at a time; and nothing of another article."""
    numbers = pieces(np.array(names), longest)
    places = [names[:row].count(name) for row, name in enumerate(names)]
    expected = [(name, place // longest) for name, place in zip(names, places, strict=True)]
    assert len(numbers) == len(names)
    for row in range(len(names)):
        same = numbers == numbers[row]
        assert same.tolist() == [expected[row] == other for other in expected]
        assert {names[other] for other in np.flatnonzero(same)} == {names[row]}
        assert 1 <= same.sum() <= longest


@given(rows, st.integers(1, 7))
def test_all_pieces_of_an_article_are_full_but_the_last(names: list[int], longest: int) -> None:
    found = together(pieces(np.array(names), longest))
    for name in set(names):
        sizes = [len(piece) for piece in found if names[piece[0]] == name]
        assert sizes[:-1] == [longest] * (len(sizes) - 1)
        assert sum(sizes) == names.count(name)


def test_no_rows_make_no_pieces() -> None:
    assert pieces(np.zeros(0, dtype=np.int64), 2).shape == (0,)
