"""A plane of two scales, for figures of one quantity against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framing.evaluation.wording import decimals
from framing.report.drawing import SMALL, Drawing, Place, Scale


@dataclass(frozen=True)
class Plane:
    """Where figures stand in a drawing: x across, and y upwards."""

    x: Scale
    y: Scale

    def __call__(self, across: float, up: float) -> Place:
        return self.x(across), self.y(up)


def draw_plane(
    drawing: Drawing,
    plane: Plane,
    across: Sequence[float],
    up: Sequence[float],
    *,
    titles: tuple[str, str] = ("", ""),
    written: bool = True,
) -> None:
    """Draw the lines and figures of both scales; the title of y stands over its figures, that of x at the end.

    Parameters
    ----------
    across, up : sequence of float
        The figures at the scales.
    titles : (str, str)
        Of x and y.
    written : bool
        Whether the figures are written, or only their lines drawn.
    """
    bottom, top, left, right = plane.y.start, plane.y.end, plane.x.start, plane.x.end
    for figure in up:
        drawing.line((left, plane.y(figure)), (right, plane.y(figure)))
        if written:
            drawing.text(left - 6, plane.y(figure) + 5, tick(figure, up), colour="quiet", anchor="end", size=SMALL)
    for figure in across:
        drawing.line((plane.x(figure), bottom), (plane.x(figure), top))
        if written:
            drawing.text(
                plane.x(figure), bottom + 17, tick(figure, across), colour="quiet", anchor="middle", size=SMALL
            )
    drawing.text(0, top - 12, titles[1], bold=True)
    drawing.text(right, bottom + 37, titles[0], bold=True, anchor="end")


def tick(figure: float, figures: Sequence[float]) -> str:
    """Write a figure of a scale with as many digits as its neighbours need."""
    if figure == 0 or figure >= 1:
        return f"{figure:,g}" if figure < 10_000 else f"{figure:,.0f}"
    return decimals(figure, max(len(f"{other:g}".partition(".")[2]) for other in figures))
