"""The palette's marks as outlines, so that a drawing needs no font that has them."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """The outline of a mark.

    Attributes
    ----------
    path : str
        For the ``d`` of a ``<path>``.
    form : str
        'filled'; 'hollow', a line round paper; 'half', a line and the left half; 'strokes', lines that enclose nothing.
    """

    path: str
    form: str


# Each hollow mark with the filled one of its outline.
_HOLLOW = {"□": "■", "△": "▲", "○": "●", "◇": "◆", "▽": "▼", "☆": "★"}


def shape(mark: str, x: float, y: float, radius: float) -> Shape:
    """Return the outline of a mark around a point; a disc for a character that is none of the palette's.

    Parameters
    ----------
    mark : str
        One of the palette's, or ``–``.
    x, y : float
        The middle.
    radius : float
        Of the disc; the other marks are given about its area.
    """
    if mark == "✕":
        arm = 0.85 * radius
        return Shape(
            f"M{at(x - arm, y - arm)}L{at(x + arm, y + arm)}M{at(x - arm, y + arm)}L{at(x + arm, y - arm)}", "strokes"
        )
    solid = _HOLLOW.get(mark, mark)
    path = _closed(_corners(solid, x, y, radius)) if solid in "■▲◆▼★✚–" else disc(x, y, radius)
    return Shape(path, "half" if mark == "◐" else "hollow" if mark in _HOLLOW else "filled")


def disc(x: float, y: float, radius: float) -> str:
    """Return the path of a disc."""
    arc = f"A{number(radius)} {number(radius)} 0 1 0"
    return f"M{at(x - radius, y)}{arc} {at(x + radius, y)}{arc} {at(x - radius, y)}Z"


def left_half(x: float, y: float, radius: float) -> str:
    """Return the path of the left half of a disc."""
    return f"M{at(x, y - radius)}A{number(radius)} {number(radius)} 0 0 0 {at(x, y + radius)}Z"


def at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def number(value: float) -> str:
    """Write a length to a tenth of a unit, without trailing zeros."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def _corners(mark: str, x: float, y: float, radius: float) -> list[Point]:
    if mark == "■":
        side = 0.9 * radius
        return [(x - side, y - side), (x + side, y - side), (x + side, y + side), (x - side, y + side)]
    if mark == "–":
        # Thick enough not to be taken for an interval.
        half = 0.55 * radius
        return [(x - radius, y - half), (x + radius, y - half), (x + radius, y + half), (x - radius, y + half)]
    if mark in "▲▼":
        up = 1.15 * radius if mark == "▲" else -1.15 * radius
        return [(x, y - up), (x + 1.15 * radius, y + 0.8 * up), (x - 1.15 * radius, y + 0.8 * up)]
    if mark == "◆":
        arm = 1.25 * radius
        return [(x, y - arm), (x + arm, y), (x, y + arm), (x - arm, y)]
    if mark == "✚":
        arm, half = 1.15 * radius, 0.42 * radius
        quarter = [(-half, -arm), (half, -arm), (half, -half)]
        turned = [(0, quarter), (1, quarter), (2, quarter), (3, quarter)]
        return [_turned(corner, turns, x, y) for turns, corners in turned for corner in corners]
    # A star of five points; the inner radius is that of a regular one.
    outer = 1.3 * radius
    radii = [outer, 0.382 * outer] * 5
    angles = [math.pi * place / 5 - math.pi / 2 for place in range(10)]
    return [
        (x + length * math.cos(angle), y + length * math.sin(angle))
        for length, angle in zip(radii, angles, strict=True)
    ]


def _turned(corner: Point, quarters: int, x: float, y: float) -> Point:
    across, down = corner
    for _ in range(quarters):
        across, down = -down, across
    return x + across, y + down


def _closed(corners: list[Point]) -> str:
    return "M" + "L".join(at(*corner) for corner in corners) + "Z"
