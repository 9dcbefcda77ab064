"""Rows of points with intervals on one scale, each row named at its left and its figure written at its right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from framing.evaluation.wording import decimals, interval
from framing.report.display import shown
from framing.report.drawing import (
    DOTS,
    SIZE,
    SMALL,
    WIDTH,
    Drawing,
    Scale,
    round_bounds,
    text_width,
    ticks,
    wrapped,
)

Measured = Mapping[str, float | None]

NAMES_END = 150.0
GAP = 12.0
MOST_LINES = 3


@dataclass(frozen=True)
class Dot:
    """A figure as a mark on a row's scale, with its interval where it has one.

    Attributes
    ----------
    lift : float
        How far above the row's middle it stands, so that several intervals in a row do not hide one another.
    """

    figure: Measured
    mark: str
    colour: str
    radius: float = 4.5
    lift: float = 0.0


@dataclass(frozen=True)
class Row:
    """A row of a plot.

    Attributes
    ----------
    note : str
        A quieter second line under the name.
    look : (str, str), optional
        A mark and its colour before the name.
    told : str
        What is written at the end.
    """

    name: str
    dots: tuple[Dot, ...]
    told: str = ""
    note: str = ""
    look: tuple[str, str] | None = None
    bold: bool = False


@dataclass(frozen=True)
class Reference:
    """A figure that the others are read against, named at the top of its line; ``anchor`` as in SVG."""

    value: float
    name: str
    anchor: Literal["start", "middle", "end"] = "middle"


def alone(value: float | None) -> Measured:
    """Make a figure without an interval."""
    return {"value": value, "low": None, "high": None}


def told(figure: Measured, *, digits: int = 3, signed: bool = False) -> str:
    """Write a figure with its interval for a sentence."""
    return "not defined" if figure["value"] is None else interval(figure, digits, signed=signed)


def shortly(name: str, longest: int = 60) -> str:
    """Make an untrusted name fit for a sentence or a row; the table has the whole of it."""
    line = named(name)
    return line if len(line) <= longest else line[:longest].rstrip() + "…"


def named(name: str) -> str:
    """Put an untrusted name on one line that is not empty."""
    return shown(name) or "(no name)"


def enclosing(rows: Iterable[Row], *others: float, most: int = 5) -> tuple[float, float]:
    """Return round bounds of a scale that all figures and intervals of the rows, and the others, lie in."""
    values = [value for row in rows for dot in row.dots for value in dot.figure.values() if value is not None]
    return round_bounds([*values, *others], most)


def draw_key(drawing: Drawing, entries: Sequence[tuple[str, str, str]], y: float, *, start: float = 0.0) -> float:
    """Say beside each mark what it stands for, in as many lines as it takes.

    Parameters
    ----------
    entries : sequence of (str, str, str)
        Mark, colour, words.
    y : float
        Base of the first line.

    Returns
    -------
    float
        Where the next thing may begin.
    """
    x = start
    for mark, colour, words in entries:
        width = 26 + text_width(words, SMALL)
        if x > start and x + width > WIDTH:
            x, y = start, y + 20
        drawing.mark(mark, x + 7, y - 4.5, colour=colour)
        drawing.text(x + 18, y, words, colour="quiet", size=SMALL)
        x += width + GAP
    return y + 12


def draw_rows(
    drawing: Drawing,
    rows: Sequence[Row],
    bounds: tuple[float, float],
    y: float,
    *,
    title: str,
    references: Sequence[Reference] = (),
    digits: int = 1,
) -> float:
    """Draw a panel of rows over one scale.

    Parameters
    ----------
    rows : sequence of Row
        From top to bottom.
    bounds : (float, float)
    y : float
        Where the panel begins.
    title : str
        What the scale is of.
    digits : int
        Of the figures at the scale, at least.

    Returns
    -------
    float
        Where the panel ends.
    """
    for line in wrapped(title, WIDTH, 2):
        y += 18
        drawing.text(0, y, line, bold=True)
    y += 10 + (16 if references else 0)
    told_width = max((text_width(row.told, SMALL) for row in rows), default=0.0)
    scale = Scale(*bounds, NAMES_END + GAP, WIDTH - told_width - GAP - 6)
    heights = [_height(row) for row in rows]
    bottom = y + sum(heights) + 2
    draw_scale(drawing, scale, y, bottom, digits=digits)
    for reference in references:
        x = scale(reference.value)
        drawing.line((x, y), (x, bottom), colour="quiet", dashes=DOTS, width=1.4)
        nudge = {"start": 3, "middle": 0, "end": -3}[reference.anchor]
        drawing.text(x + nudge, y - 5, reference.name, colour="quiet", anchor=reference.anchor, size=SMALL)
    for row, height in zip(rows, heights, strict=True):
        _draw_row(drawing, row, scale, y + height / 2)
        y += height
    return bottom + 22


def draw_scale(
    drawing: Drawing, scale: Scale, top: float, bottom: float, *, digits: int = 1, labelled: bool = True, most: int = 6
) -> None:
    """Draw the lines of a scale that runs across, and its figures under it."""
    marks = ticks(scale.low, scale.high, most)
    digits = max([digits, *(len(f"{mark:g}".partition(".")[2]) for mark in marks)])
    for mark in marks:
        x = scale(mark)
        drawing.line((x, top), (x, bottom))
        if labelled:
            whole = mark == 0 or abs(mark) >= 1
            words = f"{mark:g}" if whole else decimals(mark, digits)
            drawing.text(x, bottom + 16, words, colour="quiet", anchor="middle", size=SMALL)


def draw_name(drawing: Drawing, row: Row, middle: float, *, most: int = MOST_LINES) -> None:
    """Write a row's name, in so many lines at most, and its note at its left, the mark before it."""
    left = 20.0 if row.look else 0.0
    lines = _lines(row, most)
    y = middle + 5 - 8 * (len(lines) - 1)
    if row.look:
        drawing.mark(row.look[0], 8, y - 5, colour=row.look[1])
    for words, quiet in lines:
        drawing.text(
            left,
            y,
            words,
            colour="quiet" if quiet else "ink",
            size=SMALL if quiet else SIZE,
            bold=row.bold and not quiet,
        )
        y += 16


def draw_dot(drawing: Drawing, dot: Dot, scale: Scale, middle: float) -> None:
    """Draw a figure and its interval; nothing where it is not defined."""
    value, low, high = (dot.figure[key] for key in ("value", "low", "high"))
    y = middle - dot.lift
    if low is not None and high is not None:
        drawing.line((scale(low), y), (scale(high), y), colour=dot.colour, width=2)
    if value is not None:
        drawing.mark(dot.mark, scale(value), y, colour=dot.colour, radius=dot.radius)


def row_height(row: Row) -> float:
    return _height(row)


def _draw_row(drawing: Drawing, row: Row, scale: Scale, middle: float) -> None:
    draw_name(drawing, row, middle)
    drawing.line((scale.start, middle), (scale.end, middle), dashes=DOTS)
    for dot in row.dots:
        draw_dot(drawing, dot, scale, middle)
    drawing.text(WIDTH, middle + 5, row.told, anchor="end", size=SMALL, bold=row.bold)


def _lines(row: Row, most: int = MOST_LINES) -> list[tuple[str, bool]]:
    width = NAMES_END - (20 if row.look else 0)
    lines = [(line, False) for line in wrapped(named(row.name), width, most)]
    return [*lines, *((line, True) for line in wrapped(row.note, width, 1, SMALL) if line)]


def _height(row: Row) -> float:
    lifts = [dot.lift for dot in row.dots] or [0.0]
    return max(11.0 + 16 * len(_lines(row)), 16.0 + max(lifts) - min(lifts))
