from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.corpus.periods import MOST_SHOWN, MOST_YEARS, Step, periods_of

MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1605, 2100), st.integers(1, 12))


def months(first: int, last: int) -> dict[str, int]:
    return {f"{place // 12}-{place % 12 + 1:02d}": 10 for place in range(first, last)}


def test_months_are_shown_one_after_another() -> None:
    periods = periods_of({"2023-11": 3, "2024-02": 1})
    assert periods is not None
    assert periods.names == ("2023-11", "2023-12", "2024-01", "2024-02")
    assert [periods.place(month) for month in ("2023-11", "2024-01", "2024-03", "2024")] == [0, 2, None, None]


@pytest.mark.parametrize(
    ("last", "step", "first_and_last"),
    [
        (24, Step.month, ("2020-01", "2021-12")),
        (25, Step.quarter, ("2020 Q1", "2022 Q1")),
        (72, Step.quarter, ("2020 Q1", "2025 Q4")),
        (73, Step.year, ("2020", "2026")),
        (480, Step.year, ("2020", "2059")),
        (504, Step.decade, ("2020s", "2060s")),
    ],
)
def test_the_longer_the_time_the_longer_the_periods(last: int, step: Step, first_and_last: tuple[str, str]) -> None:
    periods = periods_of(months(2020 * 12, 2020 * 12 + last))
    assert periods is not None
    assert (periods.step, periods.names[0], periods.names[-1]) == (step, *first_and_last)


def test_a_few_far_off_dates_do_not_stretch_the_time() -> None:
    periods = periods_of({**months(2023 * 12, 2023 * 12 + 12), "1970-01": 0.004 * 120})  # type: ignore[dict-item]
    assert periods is not None
    assert (periods.names[0], periods.names[-1]) == ("2023-01", "2023-12")
    assert periods.place("1970-01") is None


def test_many_far_off_dates_do() -> None:
    periods = periods_of({**months(2023 * 12, 2023 * 12 + 12), "1995-01": 12})
    assert periods is not None
    assert (periods.step, len(periods)) == (Step.year, 29)


def test_where_many_tell_the_year_alone_it_is_years() -> None:
    few = periods_of({"2023-01": 90, "2023-05": 1, "2022": 10})
    many = periods_of({"2023-01": 80, "2023-05": 1, "2022": 10})
    assert few is not None
    assert many is not None
    assert (few.step, many.step, many.names) == (Step.month, Step.year, ("2022", "2023"))


def test_nothing_dated_has_no_periods() -> None:
    assert periods_of({}) is None
    assert periods_of({"2023-05": 0}) is None


@given(st.dictionaries(MONTHS | MONTHS.map(lambda month: month[:4]), st.integers(0, 50), max_size=30))
def test_any_dates_have_periods_that_hold_nearly_all_of_them(dated: dict[str, int]) -> None:
    periods = periods_of(dated)
    total = sum(dated.values())
    assert (periods is None) == (total == 0)
    if periods is not None:
        most = {Step.year: MOST_YEARS, Step.decade: 51}.get(periods.step, MOST_SHOWN)
        assert 1 <= len(periods) == len(set(periods.names)) <= most
        held = sum(number for month, number in dated.items() if periods.place(month) is not None)
        coarse = sum(number for month, number in dated.items() if "-" not in month)
        assert held >= total - 0.01 * total - (coarse if periods.step.value < 12 else 0)
