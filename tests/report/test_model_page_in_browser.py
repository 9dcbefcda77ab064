"""A report's page in a real browser: what a reader of it gets, in both colour schemes, on a phone and on paper."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import framing
from framing.palette import LIGHT
from framing.report.display import shown
from framing.report.document import (
    Answer,
    Checklist,
    Commands,
    Figure,
    Heading,
    Passage,
    Passages,
    ReportSource,
    Section,
    Table,
    Text,
    Words,
)
from framing.report.drawing import colours
from framing.report.model_page import model_page
from framing.report.opening import Opening, opening

playwright = pytest.importorskip("playwright.sync_api", reason="the page is tested in a browser that playwright drives")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>document.title = 'taken'</script>"
    "</style></title></svg><img src=https://elsewhere.example/x onerror=\"document.title='taken'\">"
    '"><a href="javascript:document.title=\'taken\'">javascript:alert(1)</a> {{ 7 * 7 }} &amp; ' + "long" * 60
)
PLAIN = "What stands here is long enough to be broken on a narrow page, and says what was found in 17 of 29 articles."
# Of texts in drawings the colour is the fill; nothing is painted under those of these tests.
CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue]
    .map((part) => part / 255).map((part) => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [.2126, .7152, .0722][place], 0);
  const ground = (part) => {
    for (let at = part; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const part = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !part.checkVisibility() || part.closest('title, desc')) continue;
    const style = getComputedStyle(part);
    const colour = part.closest('svg') ? style.fill : style.color;
    const [one, other] = [light(parse(colour)), light(ground(part))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) poor.push(`${walker.currentNode.textContent.trim()}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"


@pytest.fixture(scope="module")
def source(root: Path) -> ReportSource:
    return ReportSource(framing.load(root / "artifacts" / "conflict-frames"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def reading(browser: Any, tmp_path: Path) -> Callable[..., Any]:
    """Open a page as a file; it may neither load anything nor complain."""

    @contextmanager
    def reading(content: str, **options: Any) -> Iterator[Any]:
        path = tmp_path / "report.html"
        path.write_text(content, "utf-8")
        faults: list[str] = []
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: request.url == path.as_uri() or faults.append(request.url))
        page.goto(path.as_uri())
        yield page
        context.close()
        assert faults == []

    return reading


def drawing(source: ReportSource, text: str) -> str:
    """A drawing with a text in every colour there is but those of paper and of rules, which are for no text."""
    svg = ET.Element(f"{SVG}svg", {"viewBox": "0 0 560 300", "role": "img", "aria-labelledby": "t"})
    ET.SubElement(svg, f"{SVG}title", {"id": "t"}).text = shown(text)
    names = {
        name: colour
        for name, colour in colours(source.artifact.codebook, LIGHT).items()
        if name not in ("paper", "rule")
    }
    for place, (name, colour) in enumerate(names.items()):
        attributes = {"x": "4", "y": str(20 + 20 * place), "class": name, "color": colour, "fill": "currentColor"}
        ET.SubElement(svg, f"{SVG}text", attributes).text = shown(text)[:40]
    return ET.tostring(svg, encoding="unicode")


def report(source: ReportSource, text: str = PLAIN, *, begin: Opening | None = None) -> str:
    """A page with every kind of block, the text in all of their fields."""
    one, other, *_ = source.artifact.codebook.labels
    wide = Table((text[:40],) * 9, ((text, *("1,234.5 [.123, .456]",) * 8),) * 3, (False, *(True,) * 8), text)
    two = Table((text[:30], ""), ((text, text),), (False, True), text)
    figure = Figure("drawn", text, text, text, drawing(source, text), wide)
    passage = Passage(text[:60], text, one, other, 0.83, (one, other), ("stands", "17 of"), text)
    answers = (Answer("a.b", text, None), Answer("a.c", text, text, "measured"), Answer("a.d", text, text, "told"))
    blocks = (
        Text(text), Text(text, "caution"), wide, two, Heading(text), figure,
        Passages(text, text, (passage, replace(passage, text="", predicted="gone"))), Checklist(text, text, answers),
        Commands((text, f"    {text}")), Words(one, ((text, 1.5, text), ("word", -0.5, ""))), Words(other, ()),
    )  # fmt: skip
    sections = [Section(name, text, text, blocks) for name in ("first", "second")]
    begin = begin or Opening(text, text, text, ((text, text),) * 5, figure)
    return model_page(source, sections, begin, made=text)


@pytest.mark.parametrize("text", [PLAIN, HOSTILE], ids=["plain", "hostile"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_whole_in_both_schemes_and_widths(
    reading: Callable[..., Any], source: ReportSource, scheme: str, width: int, text: str
) -> None:
    options = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    with reading(report(source, text), **options) as page:
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(253, 253, 252)") == (scheme == "light")
        assert page.evaluate(OVERFLOW) == 0
        page.evaluate(OPEN_ALL)
        assert page.evaluate(OVERFLOW) == 0
        assert page.evaluate(CONTRAST) == []
        assert page.title().startswith(shown(text)[:40])
        assert page.locator("script, img, [style], [onerror]").count() == 0
        assert page.locator("main h1, main script").count() == 0
        assert page.locator("p.plain").first.inner_text() == shown(text)


def test_the_first_screen_shows_name_purpose_first_answer_and_figure(
    reading: Callable[..., Any], source: ReportSource
) -> None:
    begin = opening(source)
    with reading(report(source, begin=begin)) as page:
        for name in ("h1", ".purpose", ".digest", ".opening dd", ".opening figcaption"):
            box = page.locator(name).first.bounding_box()
            assert box["y"] + box["height"] <= 800
        answers = page.locator(".opening dd").all_inner_texts()
        assert answers == [shown(sentence) for _, sentence in begin.sentences]
        drawn, words = (page.locator(name).first.bounding_box() for name in (".opening svg", ".opening dl"))
        assert drawn["width"] >= 560
        assert words["x"] + words["width"] < drawn["x"]


def test_lines_are_of_a_length_to_read(reading: Callable[..., Any], source: ReportSource) -> None:
    with reading(report(source)) as page:
        box = page.locator("p.plain").first.bounding_box()
        size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('p.plain')).fontSize)")
        # A character is about half as wide as it is high.
        assert 60 <= box["width"] / (size / 2) <= 80


def test_a_wide_table_scrolls_in_its_own_box_and_by_keys(reading: Callable[..., Any], source: ReportSource) -> None:
    with reading(report(source), viewport={"width": 390, "height": 844}) as page:
        wide, narrow = page.locator(".body > .table").all()[:2]
        assert wide.evaluate("box => box.scrollWidth > box.clientWidth")
        assert narrow.evaluate("box => box.scrollWidth <= box.clientWidth")
        wide.focus()
        assert wide.evaluate("box => box === document.activeElement")
        caption = wide.locator("caption span")
        before = caption.bounding_box()
        assert before["x"] + before["width"] <= 390
        wide.evaluate("box => { box.scrollLeft = 200; }")
        assert wide.evaluate("box => box.scrollLeft") == 200
        assert caption.bounding_box()["x"] == before["x"]


def test_words_in_tables_are_not_broken_on_a_phone(reading: Callable[..., Any], source: ReportSource) -> None:
    told = "Told in so many words that they fill more than a single line of a narrow cell, and several of them."
    narrow = Table(("List", "Rule"), (("borderline", told),), (False, False), "Two columns")
    wide = Table(
        ("Coder", "Kind", "As described", "Paragraphs"),
        (("a", "program", told, "547"),),
        (False, False, False, True),
        "",
    )
    begin = Opening("name", "kind", "purpose", (("question", "answer"),), None)
    content = model_page(source, [Section("only", "Only", "", (narrow, wide))], begin, made="made")
    with reading(content, viewport={"width": 390, "height": 844}) as page:
        lines = """cell => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return new Set([...range.getClientRects()].map((box) => box.top)).size;
        }"""
        assert page.get_by_text("borderline", exact=True).evaluate(lines) == 1
        assert page.get_by_text("program", exact=True).evaluate(lines) == 1
        # A sentence is no column of single words.
        assert page.get_by_text(told).last.evaluate(lines) <= 5
        assert page.evaluate(OVERFLOW) == 0


def test_the_first_tab_leads_past_the_first_screen(reading: Callable[..., Any], source: ReportSource) -> None:
    with reading(report(source)) as page:
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.evaluate("link => link === document.activeElement")
        assert skip.bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#first"


def test_on_paper_the_data_of_figures_are_shown_and_nothing_is_cut(
    reading: Callable[..., Any], source: ReportSource
) -> None:
    # The width of an A4 page without its margins, at 96 dots an inch.
    with reading(report(source), viewport={"width": 665, "height": 980}, color_scheme="dark") as page:
        data = page.locator("details .table").first
        assert data.evaluate("box => box.getBoundingClientRect().height") == 0
        page.emulate_media(media="print")
        assert data.evaluate("box => box.getBoundingClientRect().height") > 50
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(OVERFLOW) <= 0
        for name in ("figure", "tbody tr", ".passage", ".answers li"):
            assert page.locator(name).first.evaluate("part => getComputedStyle(part).breakInside") == "avoid"
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
