"""Months, quarters, years and decades: the stretches of time that a corpus is shown by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

# Of each step so many are shown at most; what is longer is shown by the next.
MOST_SHOWN = 24
MOST_YEARS = 40
# So much of either end may be left out where a finer step shows the rest: a few wrong dates stretch every axis.
LEFT_OUT = 0.005
# Where so many of the dated paragraphs tell no more than the year, it is years that are shown.
MOST_WITHOUT_MONTH = 0.1


class Step(Enum):
    """How long a period is; the value is its months."""

    month = 1
    quarter = 3
    year = 12
    decade = 120


@dataclass(frozen=True)
class Periods:
    """The stretches that are shown, one after another without a gap.

    Attributes
    ----------
    step : Step
    first, last : int
        The number of the first and of the last, counted in steps from the year 0.
    """

    step: Step
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def place(self, published: str) -> int | None:
        """Return the place of a date, from 0; None where it lies outside or does not tell its period."""
        number = _number(published, self.step)
        return number - self.first if number is not None and self.first <= number <= self.last else None

    @property
    def names(self) -> tuple[str, ...]:
        """Their names: '2023-05', '2023 Q2', '2023' or '2020s'."""
        return tuple(map(self._name, range(len(self))))

    def _name(self, place: int) -> str:
        year, month = divmod((self.first + place) * self.step.value, 12)
        match self.step:
            case Step.month:
                return f"{year}-{month + 1:02d}"
            case Step.quarter:
                return f"{year} Q{month // 3 + 1}"
            case Step.year:
                return f"{year}"
        return f"{year}s"


def periods_of(dated: Mapping[str, int]) -> Periods | None:
    """Choose the periods that show some dates best: the shortest of which there are not too many.

    Parameters
    ----------
    dated : mapping of str to int
        The number of paragraphs by date: '2023-05' or '2023'.

    Returns
    -------
    Periods or None
        None where nothing is dated.
    """
    total = sum(dated.values())
    if not total:
        return None
    without_month = sum(number for published, number in dated.items() if len(published) < len("2023-05"))
    steps = list(Step) if without_month <= MOST_WITHOUT_MONTH * total else [Step.year, Step.decade]
    for step in steps:
        most = {Step.year: MOST_YEARS, Step.decade: total}.get(step, MOST_SHOWN)
        for left_out in (0.0, LEFT_OUT):
            found = _span(dated, step, left_out * total)
            if len(found) <= most or (step is Step.decade and left_out):
                return found
    raise AssertionError("decades are always few enough")


def _span(dated: Mapping[str, int], step: Step, left_out: float) -> Periods:
    numbers: dict[int, int] = {}
    for published, count in dated.items():
        number = _number(published, step)
        if number is not None:
            numbers[number] = numbers.get(number, 0) + count
    ordered = sorted(numbers)

    def end(places: list[int]) -> int:
        passed = 0
        for place in places:
            passed += numbers[place]
            if passed > left_out:
                return place
        return places[-1]

    return Periods(step, end(ordered), end(ordered[::-1]))


def _number(published: str, step: Step) -> int | None:
    year, _, month = published.partition("-")
    if step.value >= Step.year.value:
        return int(year) * 12 // step.value
    return (int(year) * 12 + int(month[:2]) - 1) // step.value if month else None
