"""Small drawings: SVG elements for the report's figures.

Every element has one colour, by name: its class, and its ``color`` attribute in the light theme, which fill and stroke
take up as ``currentColor``. So a file stands alone, and a page sets another theme by ``.NAME { color: … }`` alone. The
names are ``ink``, ``quiet``, ``rule``, ``paper``, ``model``, ``baseline``, ``coder``, and ``frame-0`` and so on for the
labels by their place in the codebook, the residual's the last; `colours` has their values on light and on dark paper.
"""

from __future__ import annotations

import math
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from framing.codebook import Codebook
from framing.palette import DARK, LIGHT, Surface, looks
from framing.report.display import shown
from framing.report.marks import at, left_half, number, shape

# Narrow, so that its text is read on a page 390 px wide.
WIDTH = 520.0
SIZE = 14.0
SMALL = 13.0
DASHES, DOTS = "6 4", "2 3"

Place = tuple[float, float]


def colours(codebook: Codebook, surface: Surface) -> dict[str, str]:
    """Return the value of each colour name on light or on dark paper; all but paper and rule have 4.5 : 1 on it.

    The model's and the coders' are a blue and a purple of Okabe and Ito's; no figure that has them has frames' colours.
    """
    dark = surface == DARK
    frames = {
        f"frame-{place}": look.text_on_dark if dark else look.text_on_light
        for place, look in enumerate(looks(codebook).values())
    }
    return {
        "ink": surface.ink,
        "quiet": surface.quiet,
        "rule": surface.rule,
        "paper": surface.paper,
        "model": "#479ce1" if dark else "#00558c",
        "baseline": surface.quiet,
        "coder": "#e08cba" if dark else "#984a77",
        **frames,
    }


def marks_of(codebook: Codebook) -> dict[str, tuple[str, str]]:
    """Return each label's mark and colour name."""
    return {label: (look.mark, f"frame-{place}") for place, (label, look) in enumerate(looks(codebook).items())}


@dataclass(frozen=True)
class Scale:
    """From figures, low to high, to places, from start to end; a figure beyond is put at the end that it passed."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        low, high, value = self._bent(self.low), self._bent(self.high), self._bent(value)
        share = (value - low) / ((high - low) or 1)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def _bent(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.logarithmic else value


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round figures that are evenly spaced from ``low`` or above to ``high`` or below."""
    step = _step(low, high, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def round_bounds(values: Sequence[float], most: int = 6) -> tuple[float, float]:
    """Return the round figures, ticks of a scale, that enclose all of the values; 0 and 1 where there are none."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    if high - low < 1e-6:
        low, high = low - 0.05, high + 0.05
    step = _step(low, high, most)
    return round(math.floor(low / step + 1e-9) * step, 10), round(math.ceil(high / step - 1e-9) * step, 10)


def logarithmic_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten between two figures above 0."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [lead * 10.0**power for power in powers for lead in (1, 2, 5) if low <= lead * 10.0**power <= high]


def _step(low: float, high: float, most: int) -> float:
    rough = max(high - low, 1e-6) / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(lead * power for lead in (1, 2, 5, 10) if lead * power >= rough * (1 - 1e-9))


def text_width(words: str, size: float = SIZE) -> float:
    """Estimate the width of a text in a sans-serif; of the common ones only the widest pass it, by a tenth."""
    return size * sum(map(_advance, words))


def _advance(character: str) -> float:
    if character in " .,:;'|!ijlIt[]()fr·":
        return 0.36
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.92 if character in "mwMW@%…—" else 0.7 if character.isupper() else 0.57


def cut(words: str, width: float, size: float = SIZE) -> str:
    """Cut a text that is too wide, with a sign that there was more."""
    if text_width(words, size) <= width:
        return words
    room, kept = width - text_width("…", size), 0
    for kept, character in enumerate(words):  # noqa: B007
        room -= text_width(character, size)
        if room < 0:
            break
    return words[:kept].rstrip() + "…"


def wrapped(words: str, width: float, lines: int, size: float = SIZE) -> list[str]:
    """Break a text between its words into so many lines at most; the last is cut where it is too wide."""
    broken: list[str] = []
    waiting = words.split(" ")
    while waiting and len(broken) < lines - 1:
        taken = 1
        while taken < len(waiting) and text_width(" ".join(waiting[: taken + 1]), size) <= width:
            taken += 1
        broken.append(cut(" ".join(waiting[:taken]), width, size))
        waiting = waiting[taken:]
    return [*broken, cut(" ".join(waiting), width, size)] if waiting else broken


class Drawing:
    """An ``<svg>`` of the width `WIDTH` in the making, y growing downwards; all text in it is made fit to be shown.

    Parameters
    ----------
    name : str
        That its ids begin with.
    title, description : str
        For those who do not see it.
    codebook : Codebook
        Whose labels have colours.
    """

    def __init__(self, name: str, title: str, description: str, codebook: Codebook):
        self._colours = colours(codebook, LIGHT)
        self._root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-description",
                "font-family": "sans-serif",
            },
        )
        ET.SubElement(self._root, "title", id=f"{name}-title").text = shown(title)
        ET.SubElement(self._root, "desc", id=f"{name}-description").text = shown(description)
        self._paper = self._add("rect", "paper", x="0", y="0", width=number(WIDTH), fill="currentColor")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        colour: str = "ink",
        anchor: str = "start",
        size: float = SIZE,
        bold: bool = False,
        upwards: bool = False,
    ) -> None:
        """Write a line; y is its base, and where it runs upwards x is."""
        more = {"font-weight": "bold"} if bold else {}
        place = {"transform": f"translate({at(x, y)}) rotate(-90)"} if upwards else {"x": number(x), "y": number(y)}
        element = self._add("text", colour, **place, fill="currentColor", **more)
        element.set("font-size", number(size))
        element.set("text-anchor", anchor)
        element.text = shown(words)

    def line(
        self, start: Place, end: Place, *, colour: str = "rule", width: float = 1.0, dashes: str | None = None
    ) -> None:
        self.curve([start, end], colour=colour, width=width, dashes=dashes)

    def curve(
        self, places: Sequence[Place], *, colour: str = "ink", width: float = 2.0, dashes: str | None = None
    ) -> None:
        """Draw a line through places."""
        if len(places) > 1:
            path = "M" + "L".join(at(*place) for place in places)
            self._stroke(path, colour, width, {} if dashes is None else {"stroke-dasharray": dashes})

    def area(self, places: Sequence[Place], *, colour: str, opacity: float = 1.0) -> None:
        """Fill what a line through places encloses."""
        if len(places) > 2:
            path = "M" + "L".join(at(*place) for place in places) + "Z"
            self._fill(path, colour, opacity)

    def rectangle(self, x: float, y: float, width: float, height: float, *, colour: str, opacity: float = 1.0) -> None:
        self.area([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour=colour, opacity=opacity)

    def mark(self, mark: str, x: float, y: float, *, colour: str, radius: float = 5.0) -> None:
        """Draw one of the palette's marks; hollow ones hide what is behind them."""
        outline = shape(mark, x, y, radius)
        if outline.form == "filled":
            self._fill(outline.path, colour)
            return
        if outline.form != "strokes":
            self._fill(outline.path, "paper")
        if outline.form == "half":
            self._fill(left_half(x, y, radius), colour)
        self._stroke(outline.path, colour, 1.8)

    def svg(self, height: float) -> str:
        """Return the whole as text, of a height."""
        self._root.set("viewBox", f"0 0 {number(WIDTH)} {number(height)}")
        self._paper.set("height", number(height))
        return ET.tostring(self._root, encoding="unicode")

    def _fill(self, path: str, colour: str, opacity: float = 1.0) -> None:
        element = self._add("path", colour, d=path, fill="currentColor")
        if opacity < 1:
            element.set("fill-opacity", f"{opacity:.3f}")

    def _stroke(self, path: str, colour: str, width: float, more: dict[str, str] | None = None) -> None:
        element = self._add("path", colour, d=path, fill="none", stroke="currentColor", **(more or {}))
        element.set("stroke-width", number(width))
        element.set("stroke-linejoin", "round")

    def _add(self, tag: str, colour: str, **attributes: str) -> ET.Element:
        return ET.SubElement(self._root, tag, {"class": colour, "color": self._colours[colour], **attributes})
