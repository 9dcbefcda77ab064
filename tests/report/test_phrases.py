from __future__ import annotations

import pytest

from framing.report.document import Text
from framing.report.phrases import (
    bounded,
    clipped,
    count,
    counted,
    figure,
    first_of,
    left_out,
    lies_above,
    listed,
    named,
    not_measured,
    p_value,
    share,
    side_of_zero,
)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"value": 0.6454, "low": 0.61, "high": 0.676}, ".645 [.610, .676]"),
        ({"value": 0.5, "low": None, "high": None}, ".500 (no interval)"),
        ({"value": None, "low": None, "high": None}, "not defined"),
    ],
)
def test_a_figure_without_value_or_interval_says_so(found: dict[str, float | None], told: str) -> None:
    assert figure(found) == told


def test_counts_keep_a_decimal_only_where_they_are_means() -> None:
    assert [count(2422), count(130.666667), count(572.000001)] == ["2,422", "130.7", "572"]
    assert [counted(1, "paragraph"), counted(2, "copy", "copies")] == ["1 paragraph", "2 copies"]
    assert [share(1, 3), share(0, 0)] == ["33.3%", "not defined"]
    assert [p_value(None), p_value(0.0004), p_value(0.0394)] == ["not defined", "<.001", ".039"]


def test_items_are_joined_as_in_a_sentence_and_cut() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["none", "a", "a, b and c"]
    assert first_of(list("abcdef"), 4) == "a, b, c, d and 2 more"


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [(0.01, 0.2, 1), (0.0004, 0.2, 0), (-0.2, -0.0004, 0), (-0.2, -0.01, -1), (None, 0.2, None)],
)
def test_the_side_of_zero_is_judged_by_the_digits_shown(low: float | None, high: float, side: int | None) -> None:
    assert side_of_zero({"value": 0.1, "low": low, "high": high}) == side


def test_intervals_that_touch_do_not_part() -> None:
    low, high = {"value": 0.1, "low": 0.0, "high": 0.3}, {"value": 0.4, "low": 0.3001, "high": 0.5}
    assert not lies_above(high, low)
    assert lies_above(high | {"low": 0.302}, low)
    assert not lies_above(high | {"low": None}, low)


def test_names_of_others_are_put_on_one_line_and_cut() -> None:
    assert named("\u202ea\n b\x00") == "a b\N{REPLACEMENT CHARACTER}"
    assert [named(""), named(None), named(17)] == ["(no name)", "(no name)", "17"]
    assert len(named("x" * 500)) == 120
    assert clipped("one two", 4) == "one…"
    assert left_out("outlet_type") == "Left out by outlet type"


def test_rows_that_are_cut_are_counted() -> None:
    rows = [(str(number),) for number in range(27)]
    cut, told = bounded("c", ("n",), rows, rest="; smaller ones")
    assert not isinstance(cut, Text)
    assert len(cut.rows) == 25
    assert told == Text("2 more rows are not shown; smaller ones.")
    assert len(bounded("c", ("n",), rows[:25])) == 1
    assert not_measured("this", "that.") == Text("Not measured: this. Why: that.")
