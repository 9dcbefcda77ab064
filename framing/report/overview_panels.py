"""The drawings of an overview: a label by source, over time, and both; and the number of paragraphs over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from framing.report.display import percent
from framing.report.drawing import cut
from framing.report.small_panel import SIZE, WIDTH, SmallPanel

# A share of fewer paragraphs than these is drawn small or hollow, and no finding rests on it.
FEW = 20

_ROW, _TOP = 19.0, 20.0
_ROW_OF_BARS, _TOP_OF_BARS = 22.0, 4.0
_NAMES = 118.0
_RADIUS, _SMALL_RADIUS = 4.6, 2.3
_LEFT, _RIGHT, _HIGH, _LOW = 36.0, 292.0, 12.0, 112.0
_LETTER = 7.0


class DrawnLabel(NamedTuple):
    """A label as it is drawn; ``style`` names its colour, ``place`` is its place in the codebook."""

    place: int
    title: str
    mark: str
    style: str


class Row(NamedTuple):
    """A source or a period with its paragraphs of each label."""

    name: str
    counts: tuple[int, ...]

    @property
    def paragraphs(self) -> int:
        return sum(self.counts)

    def share(self, place: int) -> float:
        return self.counts[place] / (self.paragraphs or 1)


def source_panel(label: DrawnLabel, rows: Sequence[Row], whole: float, scale: float) -> SmallPanel:
    """Draw a label's share in each row as a mark, from 0 to ``scale``; ``whole`` is its share of all."""
    bottom = _TOP + _ROW * len(rows)
    start, end = _NAMES + 8, WIDTH - 44
    panel = SmallPanel(
        f"by-source-{label.place}",
        f"{label.title} by source",
        "A row a source; the further right its mark, the larger its share of paragraphs with this frame.",
        bottom + 18,
    )

    def x(share: float) -> float:
        return start + (end - start) * share / scale

    panel.lines([(x(tick), _TOP - 4, x(tick), bottom) for tick in (0.0, scale / 2, scale)])
    for tick in (0.0, scale / 2, scale):
        panel.text(x(tick), bottom + 13, percent(tick), anchor="middle")
    panel.lines([(x(whole), _TOP - 6, x(whole), bottom)], colour="quiet", dashes="3 3")
    panel.text(min(x(whole), end - 20), _TOP - 9, f"all {percent(whole)}", anchor="middle")
    for place, row in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        panel.text(_NAMES, y + 4, cut(row.name, _NAMES - 2, SIZE), colour="ink", anchor="end")
        if row.paragraphs:
            many, share = row.paragraphs >= FEW, row.share(label.place)
            panel.lines([(x(0), y, x(share), y)], colour=label.style)
            panel.mark(label.mark, x(share), y, colour=label.style, radius=_RADIUS if many else _SMALL_RADIUS)
            panel.text(WIDTH - 1, y + 4, percent(share), colour="ink" if many else "quiet", anchor="end")
    return panel


def period_panel(label: DrawnLabel, rows: Sequence[Row], scale: float) -> SmallPanel:
    """Draw a label's share over time, from 0 to ``scale``; the line breaks where there is nothing."""
    panel = SmallPanel(
        f"by-time-{label.place}",
        f"{label.title} over time",
        "From the first period on the left to the last on the right; the higher the mark, the larger the share of "
        "paragraphs with this frame.",
        _LOW + 22,
    )

    def y(share: float) -> float:
        return _LOW - (_LOW - _HIGH) * share / scale

    panel.lines([(_LEFT, y(tick), _RIGHT, y(tick)) for tick in (0.0, scale / 2, scale)])
    for tick in (0.0, scale / 2, scale):
        panel.text(_LEFT - 6, y(tick) + 4, percent(tick), anchor="end")
    _time_axis(panel, [row.name for row in rows], _LEFT, _RIGHT, _LOW)
    middles = [_middle(place, len(rows), _LEFT, _RIGHT) for place in range(len(rows))]
    for filled, run in groupby(zip(middles, rows, strict=True), key=lambda place: place[1].paragraphs > 0):
        if filled:
            panel.curve([(x, y(row.share(label.place))) for x, row in run], colour=label.style)
    radius = min(_RADIUS, 0.42 * (_RIGHT - _LEFT) / len(rows))
    for x, row in zip(middles, rows, strict=True):
        if row.paragraphs:
            of_mark = radius if row.paragraphs >= FEW else radius / 2
            panel.mark(label.mark, x, y(row.share(label.place)), colour=label.style, radius=of_mark)
    return panel


def counts_panel(rows: Sequence[Row]) -> SmallPanel:
    """Draw how many paragraphs there are over time."""
    panel = SmallPanel("by-time-counts", "Paragraphs over time", "A bar a period, from 0.", _LOW + 22)
    most = max(row.paragraphs for row in rows)
    width = (_RIGHT - _LEFT) / len(rows)
    highest = [row.paragraphs for row in rows].index(most)
    heights = [(_LOW - _HIGH - 6) * row.paragraphs / most for row in rows]
    panel.lines([(_LEFT, _LOW, _RIGHT, _LOW)])
    bars = [(_LEFT + width * (place + 0.1), _LOW - high, 0.8 * width, high) for place, high in enumerate(heights)]
    panel.bars(bars, colour="quiet")
    for place, row in enumerate(rows):
        # Where not all of them can be written, that of the highest bar tells the scale.
        if width >= 8 * len(f"{most:,}") or place == highest:
            x = min(max(_middle(place, len(rows), _LEFT, _RIGHT), _LEFT + 12), _RIGHT - 12)
            panel.text(x, _LOW - heights[place] - 4, f"{row.paragraphs:,}", anchor="middle")
    _time_axis(panel, [row.name for row in rows], _LEFT, _RIGHT, _LOW)
    return panel


def cells_panel(
    label: DrawnLabel, names: Sequence[str], periods: Sequence[str], cells: Sequence[Sequence[Sequence[int]]]
) -> SmallPanel:
    """Draw a label's share by source and period: a row of bars for every source, each row as high as 100%.

    Parameters
    ----------
    label : DrawnLabel
    names : sequence of str, length n_sources
    periods : sequence of str, length n_periods
    cells : sequence of int, shape (n_sources, n_periods, n_labels)
        Paragraphs.
    """
    bottom = _TOP_OF_BARS + _ROW_OF_BARS * len(names)
    panel = SmallPanel(
        f"by-source-and-time-{label.place}",
        f"{label.title} by source and time",
        "A row a source, a bar a period; the higher a bar, the larger the share of paragraphs with this frame.",
        bottom + 22,
    )
    start, end = _NAMES + 8, WIDTH - 4
    width = (end - start) / len(periods)
    many: list[tuple[float, float, float, float]] = []
    few: list[tuple[float, float, float, float]] = []
    none: list[tuple[float, float, float, float]] = []
    for row, (name, of_source) in enumerate(zip(names, cells, strict=True)):
        base = _TOP_OF_BARS + _ROW_OF_BARS * (row + 1)
        panel.text(_NAMES, base - 4, cut(name, _NAMES - 2, SIZE), colour="ink", anchor="end")
        for place, counts in enumerate(of_source):
            middle, paragraphs = _middle(place, len(periods), start, end), sum(counts)
            height = (_ROW_OF_BARS - 3) * counts[label.place] / (paragraphs or 1)
            wide = min(0.8 * width, 14.0) if paragraphs >= FEW else min(0.25 * width, 2.0)
            if height:
                (many if paragraphs >= FEW else few).append((middle - wide / 2, base - height, wide, height))
            elif paragraphs:
                none.append((middle - wide / 2, base, wide, 1.6))
    panel.lines(
        [
            (start, _TOP_OF_BARS + _ROW_OF_BARS * row, end, _TOP_OF_BARS + _ROW_OF_BARS * row)
            for row in range(len(names) + 1)
        ]
    )
    panel.bars(many + few, colour=label.style)
    panel.bars(none, colour="quiet")
    _time_axis(panel, periods, start, end, bottom)
    return panel


def _time_axis(panel: SmallPanel, names: Sequence[str], start: float, end: float, y: float) -> None:
    """Name so many of the periods as there is room for, the first and the last among them."""
    wide, length = (end - start) / len(names), _LETTER * len(names[0])
    if each := wide >= length + _LETTER:
        places = list(range(len(names)))
    else:
        # Those at the ends are written inwards, so that those next to them need room for one and a half.
        room = max(2, int((end - start - wide) // (1.5 * length + _LETTER)) + 1)
        step = (len(names) - 1) / (room - 1)
        places = sorted({round(step * number) for number in range(room)})
    for place in places:
        x = _middle(place, len(names), start, end)
        anchor = "middle" if each or 0 < place < len(names) - 1 else "start" if place == 0 else "end"
        panel.lines([(x, y, x, y + 4)])
        at = {"start": x - 4, "end": x + 4}.get(anchor, x)
        panel.text(at, y + 15, names[place], anchor=anchor)


def _middle(place: int, number: int, start: float, end: float) -> float:
    return start + (end - start) * (place + 0.5) / number
