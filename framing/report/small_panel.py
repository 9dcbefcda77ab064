"""One small drawing of many on a page, narrow enough to be read on a telephone.

Every element has one colour, by the name of its class (see `framing.report.drawing`), which fill and stroke take up as
``currentColor``: the page that it stands in sets them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from markupsafe import Markup

from framing.report.display import shown
from framing.report.marks import at, left_half, number, shape

WIDTH = 300.0
SIZE = 12.0


class SmallPanel:
    """An ``<svg>`` in the making, y growing downwards; all text in it is made fit to be shown.

    Parameters
    ----------
    name : str
        That its ids begin with.
    title, description : str
        For those who do not see it.
    height : float
    """

    def __init__(self, name: str, title: str, description: str, height: float):
        self._root = ET.Element(
            "svg",
            {
                "viewBox": f"0 0 {number(WIDTH)} {number(height)}",
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-description",
            },
        )
        ET.SubElement(self._root, "title", id=f"{name}-title").text = shown(title)
        ET.SubElement(self._root, "desc", id=f"{name}-description").text = shown(description)

    def text(self, x: float, y: float, words: str, *, colour: str = "quiet", anchor: str = "start") -> None:
        """Write a line; y is its base."""
        element = self._add("text", colour, {"x": number(x), "y": number(y), "fill": "currentColor"})
        element.set("text-anchor", anchor)
        element.text = shown(words)

    def lines(
        self, path: Sequence[tuple[float, float, float, float]], *, colour: str = "rule", dashes: str = ""
    ) -> None:
        """Draw straight lines, each from a place to a place, as one element."""
        drawn = "".join(f"M{at(x, y)}L{at(to_x, to_y)}" for x, y, to_x, to_y in path)
        if drawn:
            element = self._add("path", colour, {"d": drawn, "fill": "none", "stroke": "currentColor"})
            if dashes:
                element.set("stroke-dasharray", dashes)

    def curve(self, places: Sequence[tuple[float, float]], *, colour: str) -> None:
        """Draw a line through places."""
        if len(places) > 1:
            path = "M" + "L".join(at(*place) for place in places)
            element = self._add("path", colour, {"d": path, "fill": "none", "stroke": "currentColor"})
            element.set("stroke-width", "1.5")

    def bars(self, bars: Sequence[tuple[float, float, float, float]], *, colour: str) -> None:
        """Fill rectangles, each from its left upper corner, its width and its height, as one element."""
        drawn = "".join(f"M{x:.2f} {y:.2f}h{w:.2f}v{h:.2f}h{-w:.2f}z" for x, y, w, h in bars)
        if drawn:
            self._add("path", colour, {"d": drawn, "fill": "currentColor"})

    def mark(self, mark: str, x: float, y: float, *, colour: str, radius: float) -> None:
        """Draw one of the palette's marks; hollow ones hide what is behind them."""
        outline = shape(mark, x, y, radius)
        if outline.form == "filled":
            self._add("path", colour, {"d": outline.path, "fill": "currentColor"})
            return
        if outline.form != "strokes":
            self._add("path", "paper", {"d": outline.path, "fill": "currentColor"})
        if outline.form == "half":
            self._add("path", colour, {"d": left_half(x, y, radius), "fill": "currentColor"})
        self._add("path", colour, {"d": outline.path, "fill": "none", "stroke": "currentColor", "stroke-width": "1.4"})

    def svg(self) -> Markup:
        # ElementTree has escaped what is text; there are no elements and attributes but those of the methods above.
        return Markup(ET.tostring(self._root, encoding="unicode", short_empty_elements=False))  # noqa: S704

    def _add(self, tag: str, colour: str, attributes: dict[str, str]) -> ET.Element:
        return ET.SubElement(self._root, tag, {"class": colour, **attributes})
