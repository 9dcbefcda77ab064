import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.codebook import Codebook, Frame, of_labels
from framing.palette import DARK, LIGHT, Surface, looks
from framing.report.drawing import (
    DASHES,
    WIDTH,
    Drawing,
    Scale,
    colours,
    cut,
    logarithmic_ticks,
    marks_of,
    round_bounds,
    text_width,
    ticks,
    wrapped,
)
from framing.report.marks import shape
from framing.report.matrix_figures import DARKEST

SVG = "{http://www.w3.org/2000/svg}"
CODEBOOK = Codebook("two", "1", (Frame("a", "A"), Frame("b", "B")), residual="none")
MANY = of_labels("many", [f"label-{number:03}" for number in range(60)])
HOSTILE = ["<script>alert(1)</script>", "a & b", "\u202eabc", "\x00\x1b[31m", "\udcff", "", "]]>", '"><img onerror=x>']
values = st.floats(-1e6, 1e6)


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("surface", [LIGHT, DARK])
def test_all_that_is_read_stands_out_from_the_paper(surface: Surface) -> None:
    for codebook in (CODEBOOK, MANY):
        named = colours(codebook, surface)
        paper = channels(named["paper"])
        for name, colour in named.items():
            if name not in {"paper", "rule"}:
                assert contrast(channels(colour), paper) >= 4.5, name


@pytest.mark.parametrize("surface", [LIGHT, DARK])
def test_ink_is_read_on_the_darkest_cell(surface: Surface) -> None:
    ink, paper = channels(surface.ink), channels(surface.paper)
    cell = tuple(DARKEST * one + (1 - DARKEST) * other for one, other in zip(ink, paper, strict=True))
    assert contrast(ink, cell) >= 4.5


def test_labels_have_their_own_marks_and_colours() -> None:
    marks = marks_of(CODEBOOK)
    assert list(marks) == ["a", "b", "none"]
    assert [mark for mark, _ in marks.values()] == [look.mark for look in looks(CODEBOOK).values()]
    assert set(colours(CODEBOOK, LIGHT)) >= {colour for _, colour in marks.values()}


def test_every_mark_of_the_palette_has_an_outline_of_its_own() -> None:
    marks = [mark for mark, _ in marks_of(MANY).values()] + ["–"]
    outlines = {mark: shape(mark, 10, 10, 5) for mark in marks}
    assert len(set(outlines.values())) == len(set(marks)) == 16
    for outline in outlines.values():
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", outline.path)]
        assert all(-5 <= number <= 20 for number in numbers)


def test_a_drawing_describes_itself() -> None:
    drawing = Drawing("one", "A title", "What it shows.", CODEBOOK)
    drawing.text(10, 20, "words")
    drawing.line((0, 0), (10, 10), dashes=DASHES)
    root = ET.fromstring(drawing.svg(100))
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == f"0 0 {WIDTH:.0f} 100"
    assert root.get("role") == "img"
    assert "width" not in root.attrib
    assert "height" not in root.attrib
    title, description = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("A title", "What it shows.")
    assert str(root.get("aria-labelledby")).split() == [title.get("id"), description.get("id")]


def test_every_colour_is_a_class_that_a_page_can_set() -> None:
    drawing = Drawing("one", "", "", CODEBOOK)
    drawing.mark("△", 10, 10, colour="frame-1")
    drawing.rectangle(0, 0, 5, 5, colour="model", opacity=0.25)
    root = ET.fromstring(drawing.svg(100))
    light = colours(CODEBOOK, LIGHT)
    painted = [element for element in root.iter() if "class" in element.attrib]
    assert {element.get("class") for element in painted} == {"paper", "frame-1", "model"}
    for element in painted:
        assert element.get("color") == light[str(element.get("class"))]
        assert {element.get("fill"), element.get("stroke")} <= {"currentColor", "none", None}


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    drawing = Drawing("one", words, words, CODEBOOK)
    drawing.text(10, 20, words)
    svg = drawing.svg(50)
    root = ET.fromstring(svg)
    assert {element.tag for element in root.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text")
    }
    assert "\u202e" not in svg
    assert svg.encode()


@given(st.text(st.characters()))
def test_any_words_make_a_whole_drawing(words: str) -> None:
    drawing = Drawing("one", words, words, CODEBOOK)
    drawing.text(10, 20, words)
    assert ET.fromstring(drawing.svg(50).encode()).find(f"{SVG}text") is not None


def test_a_scale() -> None:
    scale = Scale(0, 1, 100, 200)
    assert [scale(value) for value in (-1, 0, 0.25, 1, 2)] == [100, 100, 125, 200, 200]
    upwards = Scale(0, 1, 200, 100)
    assert upwards(0.25) == 175
    logarithmic = Scale(1, 100, 0, 200, logarithmic=True)
    assert [logarithmic(value) for value in (1, 10, 100)] == pytest.approx([0, 100, 200])


def test_ticks_are_round() -> None:
    assert ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert ticks(-0.3, 0.3, 3) == [-0.2, 0, 0.2]
    assert round_bounds([0.317, 0.911]) == (0.3, 1.0)
    assert round_bounds([]) == (0, 1)
    assert logarithmic_ticks(14, 1112) == [20, 50, 100, 200, 500, 1000]


@given(st.lists(values, min_size=1))
def test_round_bounds_enclose_and_end_on_ticks(figures: list[float]) -> None:
    low, high = round_bounds(figures)
    slack = 1e-6 * max(1, *map(abs, figures))
    assert low < high
    assert low - slack <= min(figures)
    assert max(figures) <= high + slack
    marks = ticks(low, high)
    assert 2 <= len(marks) <= 8
    assert math.isclose(marks[0], low, abs_tol=slack)
    assert math.isclose(marks[-1], high, abs_tol=slack)


@given(st.text(), st.floats(20, 300), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_unsaid(words: str, width: float, lines: int) -> None:
    words = " ".join(words.split())
    broken = wrapped(words, width, lines)
    assert len(broken) <= lines
    assert all(text_width(line) <= width for line in broken)
    assert " ".join(broken) == words or any(line.endswith("…") for line in broken)


def test_cut() -> None:
    assert cut("short", 200) == "short"
    assert cut("x" * 300, 100).endswith("x…")
    assert text_width(cut("x" * 300, 100)) <= 100
