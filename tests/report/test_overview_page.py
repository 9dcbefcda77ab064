from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.artifact.overview import ListedArticle, Overview, SourceFigures
from framing.codebook import Codebook, Frame, of_labels, read_codebook
from framing.palette import looks
from framing.report.display import shown
from framing.report.overview_figures import cells_figure, periods_figure, sources_figure
from framing.report.overview_page import GENERATOR, overview_page
from framing.report.overview_panels import FEW

CODEBOOK = read_codebook(Path(__file__).parents[2] / "labels" / "codebook.toml")
FIRST, SECOND, *_ = CODEBOOK.labels
N_LABELS = len(CODEBOOK.labels)

HOSTILE = [
    "<script>alert(1)</script>",
    "</style></title></svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "]]>\0\x1b[2J\u202egnp\u2069\ud800\ufffe",
    "x" * 300,
    "&amp;&lt;",
]
ANY_TEXT = st.text(st.characters(), min_size=1, max_size=30) | st.sampled_from(HOSTILE)


def article(**changes: Any) -> ListedArticle:
    given: dict[str, Any] = {
        "id": "hills.txt",
        "page": "hills.txt.html",
        "source": "Valley Post",
        "published": "2023-05-17",
        "paragraphs": 4,
        "uncertain": 1,
        "frame": FIRST,
        "of_frame": 3,
        "candidates": 1.25,
        "probability": 0.625,
        "warned": False,
    }
    return ListedArticle(**(given | changes))


def counts(**of_labels: int) -> tuple[int, ...]:
    return tuple(of_labels.get(f"l{place}", 0) for place in range(N_LABELS))


def source(name: str | None, of_labels: tuple[int, ...], **changes: Any) -> SourceFigures:
    given: dict[str, Any] = {
        "sources": 1,
        "articles": 3,
        "words": 1000,
        "borrowed": 60,
        "unknown": 10,
        "unknown_words": (("ridge", 4), ("ford", 2)),
    }
    return SourceFigures(name=name, counts=of_labels, **(given | changes))


def overview(**changes: Any) -> Overview:
    first, second, few = counts(l0=30, l1=10), counts(l0=5, l1=45), counts(l0=3)
    given: dict[str, Any] = {
        "labels": CODEBOOK.labels,
        "articles": 9,
        "pages": 9,
        "warned": 1,
        "boilerplate": 2,
        "scored": 93,
        "uncertain": 12,
        "calibrated": True,
        "counts": counts(l0=38, l1=55),
        "sources": (source("Post", first), source("Herald", second), source(None, few)),
        "merged": 0,
        "step": "month",
        "periods": ("2023-05", "2023-06", "2023-07"),
        "cells": ((first, counts(), counts()), (counts(), counts(), second), (few, counts(), counts())),
        "undated": 0,
        "outside": 0,
        "least_certain": (article(id="doubtful"),),
        "warnings": (("is mostly in capitals", 1, (article(id="LOUD", warned=True),)),),
        "listed": (article(), article(id="LOUD", page=None, warned=True)),
        "missed_words": 0,
    }
    return Overview(**(given | changes))


def page(figures: Overview, codebook: Codebook = CODEBOOK, **options: Any) -> lxml.html.HtmlElement:
    made = overview_page(figures, codebook, **({"model_description": "test 0a1b", "usual_new_words": 0.07} | options))
    content = made.encode("utf-8", errors="replace")
    return lxml.html.document_fromstring(content, parser=lxml.html.HTMLParser(encoding="utf-8"))


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def section(document: lxml.html.HtmlElement, name: str) -> lxml.html.HtmlElement:
    [found] = document.xpath(f"//section[@aria-labelledby='{name}']")
    return found


def rows(table: lxml.html.HtmlElement) -> list[list[str]]:
    return [[text(cell) for cell in row] for row in table.xpath(".//tbody/tr")]


class TestContent:
    def test_what_it_is_of_and_by_which_model(self) -> None:
        document = page(overview(), selection="accepted from .8")
        assert text(document.find(".//h1")) == "Overview of 9 articles"
        header = text(document.find(".//header"))
        for part in ("test 0a1b", "93 classified, 2 boilerplate, 12 uncertain", "2023-05 to 2023-07, by month"):
            assert part in header
        assert "93 paragraphs in 9 articles: accepted from .8" in header
        assert "Selection" not in text(page(overview()).find(".//header"))

    def test_it_cautions_that_predictions_are_counted_and_says_what_to_do(self) -> None:
        caution = text(section(page(overview()), "caution"))
        for part in ("TeBlunthuis, Hase and Chan 2024", "Egami et al. 2023", "framing queue --purpose sample"):
            assert part in caution

    def test_the_frame_mix_has_every_label(self) -> None:
        listed = section(page(overview()), "mix").xpath(".//li")
        assert [text(item.xpath(".//strong")[0]) for item in listed] == [CODEBOOK.title(n) for n in CODEBOOK.labels]
        assert [text(item.xpath(".//*[@class='count']")[0]) for item in listed] == ["38", "55", "0", "0", "0"]
        assert text(listed[1].xpath(".//*[@class='share']")[0]) == "59%"

    def test_each_figure_has_a_panel_a_label_under_its_mark_and_colour(self) -> None:
        document = page(overview())
        for name, before in (("by-source", 0), ("by-time", 1), ("by-source-and-time", 0)):
            panels = section(document, name).xpath(".//div[@class='panel']")[before:]
            assert [text(panel.find("h3")) for panel in panels] == [
                f"{look.mark}{CODEBOOK.title(label)}" for label, look in looks(CODEBOOK).items()
            ]
            for place, panel in enumerate(panels):
                assert panel.find("h3").get("class") == f"frame-{place}"
                assert panel.xpath(f".//svg//*[@class='frame-{place}']") or place > 1

    def test_the_findings_name_the_widest_difference(self) -> None:
        document = page(overview())
        title = CODEBOOK.title(FIRST)
        [finding] = section(document, "by-source").xpath(".//p[@class='finding']")
        assert text(finding) == f"{title} differs most between sources: Post 75% (30 of 40), Herald 10% (5 of 50)."
        [finding] = section(document, "by-time").xpath(".//p[@class='finding']")
        assert text(finding) == f"{title} changes most: 2023-05 77% (33 of 43), 2023-07 10% (5 of 50)."
        [finding] = section(document, "by-source-and-time").xpath(".//p[@class='finding']")
        assert text(finding) == (
            "2 of 3 pairs of a source and a month have 20 paragraphs or more; the largest share of these is that of "
            f"{CODEBOOK.title(SECOND)} in Herald, 2023-07 90% (45 of 50)."
        )

    def test_every_figure_stands_in_a_table(self) -> None:
        document = page(overview())
        [by_source] = section(document, "by-source").xpath(".//details[not(@open)]//table")
        assert rows(by_source) == [
            ["Post", "40", "30 (75%)", "10 (25%)", "0", "0", "0"],
            ["Herald", "50", "5 (10%)", "45 (90%)", "0", "0", "0"],
            ["source unknown", "3", "3 (100%)", "0", "0", "0", "0"],
        ]
        [by_time] = section(document, "by-time").xpath(".//details//table")
        assert [row[:3] for row in rows(by_time)] == [
            ["2023-05", "43", "33 (77%)"],
            ["2023-06", "0", "0"],
            ["2023-07", "50", "5 (10%)"],
        ]
        [cells] = section(document, "by-source-and-time").xpath(".//details//table")
        assert [row[0] for row in rows(cells)] == ["Post, 2023-05", "Herald, 2023-07", "source unknown, 2023-05"]

    def test_few_paragraphs_make_small_marks_and_no_finding(self) -> None:
        few = counts(l0=FEW - 1)
        figure = sources_figure(overview(sources=(source("Post", counts(l0=FEW)), source("Herald", few))), CODEBOOK)
        assert figure is not None
        assert figure.finding == f"No two sources have {FEW} paragraphs or more: their shares tell little."
        many, little = re.findall(r'<path class="frame-0" d="M[^"]*Z"', str(figure.panels[0].svg))

        def width(path: str) -> float:
            return max(xs := [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", path)]) - min(xs)

        assert width(little) < 0.6 * width(many)

    def test_where_the_line_breaks_there_is_nothing(self) -> None:
        figure = periods_figure(overview(), CODEBOOK)
        assert figure is not None
        panel = lxml.html.fromstring(str(figure.panels[1].svg))
        assert len(panel.xpath(".//path[@class='frame-0'][@fill='currentColor']")) == 2
        assert not panel.xpath(".//path[@class='frame-0'][@fill='none']")

    def test_one_source_or_one_period_has_no_figure(self) -> None:
        alone = overview(sources=overview().sources[:1], cells=overview().cells[:1])
        once = overview(periods=("2023",), step="year", cells=tuple(cells[:1] for cells in overview().cells))
        undated = overview(periods=(), step="", cells=())
        assert sources_figure(alone, CODEBOOK) is None
        assert cells_figure(alone, CODEBOOK) is None
        for figures in (once, undated):
            assert periods_figure(figures, CODEBOOK) is None
            assert cells_figure(figures, CODEBOOK) is None
            assert section(page(figures), "by-source") is not None

    def test_what_is_left_out_is_told(self) -> None:
        others = source(None, counts(l0=40), sources=30)
        figures = overview(
            sources=(*overview().sources[:2], others), undated=7, outside=2, merged=1, step="quarter",
            periods=("2023 Q1", "2023 Q2", "2023 Q3"), missed_words=5,
        )  # fmt: skip
        body = text(page(figures).body)
        for part in (
            "Of up to 32 sources the 2 largest are shown, the others together",
            "30 others",
            "small ones were put together as the articles came",
            "7 paragraphs have no date, or one that does not tell the quarter",
            "2 paragraphs of a few far-off dates are left out",
            "shown by quarter",
            "each count may be 5 too low",
        ):
            assert part in body
        plain = text(page(overview()).body)
        for part in ("others together", "have no date", "far-off", "too low", "shown by"):
            assert part not in plain

    def test_the_least_certain_and_the_warned_are_linked(self) -> None:
        document = page(overview())
        least = section(document, "least-certain")
        assert rows(least) == [
            ["doubtful", "Valley Post", "1.2", "62%", f"{looks(CODEBOOK)[FIRST].mark} {CODEBOOK.title(FIRST)} 3 of 4"]
        ]
        assert "most candidate frames on average" in text(least)
        assert least.xpath(".//a/@href") == ["hills.txt.html"]
        warned = section(document, "warned")
        assert text(warned.find(".//h3")) == "Is mostly in capitals: 1 article"
        assert [text(item) for item in warned.xpath(".//li")] == ["LOUD"]

    def test_an_uncalibrated_model_has_its_own_rule(self) -> None:
        figures = overview(calibrated=False, least_certain=(article(candidates=None),))
        least = section(page(figures), "least-certain")
        assert "the least probable on average; the model is not calibrated" in text(least)
        assert "Candidates" not in text(least)

    def test_the_vocabulary_is_compared_with_what_is_usual(self) -> None:
        words = section(page(overview()), "vocabulary")
        assert rows(words)[0] == ["Post", "1,000", "7%", "", "1%", "ridge 4, ford 2"]
        assert "No source of 300 words or more has more than 2 times the usual share" in text(words)
        assert "Usual is 7%" in text(words)
        strange = replace(overview().sources[0], borrowed=140)
        words = section(page(overview(sources=(strange, *overview().sources[1:]))), "vocabulary")
        assert "In Post more than 2 times the usual share of words is new to the model" in text(words)
        assert rows(words)[0][2] == "▲ 15%"
        few = replace(strange, words=200, borrowed=100)
        assert "No source" in text(section(page(overview(sources=(few, *overview().sources[1:]))), "vocabulary"))

    def test_without_a_usual_share_none_is_compared(self) -> None:
        words = section(page(overview(), usual_new_words=None), "vocabulary")
        assert "What share of them is usual this model does not tell" in text(words)
        assert "times the usual" not in text(words)

    def test_texts_that_were_labelled_are_pointed_at(self) -> None:
        known = replace(overview().sources[0], borrowed=0, unknown=0, unknown_words=())
        assert "probably among those labelled" in text(
            page(overview(sources=(known,), cells=overview().cells[:1])).body
        )
        assert "probably among those labelled" not in text(page(overview()).body)

    def test_a_longer_list_says_where_the_rest_is(self) -> None:
        listed = section(page(overview(articles=700)), "articles")
        assert "The first 2 of 700. The pages of all of them are in this folder." in text(listed)
        assert "The first" not in text(section(page(overview(articles=2)), "articles"))
        assert [row[0] for row in rows(listed)] == ["hills.txt", "LOUD warned of"]
        assert listed.xpath(".//a/@href") == ["hills.txt.html"]


def many_labels(number: int) -> tuple[Codebook, Overview]:
    codebook = of_labels("many", [f"frame number {place}" for place in range(number)])
    row = tuple(place + FEW for place in range(number))
    figures = overview(
        labels=codebook.labels, counts=row, sources=(source("a", row), source("b", row)),
        cells=((row, row, row), (row, row, row)), least_certain=(), warnings=(), listed=(),
    )  # fmt: skip
    return codebook, figures


def test_nine_frames_without_a_residual() -> None:
    codebook, figures = many_labels(9)
    document = page(figures, codebook)
    assert len(section(document, "by-source").xpath(".//svg")) == 9
    assert len({text(mark) for mark in section(document, "by-source").xpath(".//h3/span[@class='mark']")}) == 9
    assert "labels the 12" not in text(document.body)


def test_of_sixty_labels_twelve_are_drawn_and_all_are_in_the_tables() -> None:
    codebook, figures = many_labels(60)
    document = page(figures, codebook)
    assert "Of 60 labels the 12 most frequent are drawn" in text(section(document, "by-source"))
    assert len(section(document, "by-source").xpath(".//svg")) == 12
    assert len(section(document, "by-source").xpath(".//thead//th")) == 62


def test_a_full_page_is_small_enough() -> None:
    codebook, figures = many_labels(60)
    row = figures.counts
    full = replace(
        figures,
        sources=tuple(source("x" * 200, row, unknown_words=(("y" * 40, 10**6),) * 10) for _ in range(13)),
        periods=tuple(f"{year}" for year in range(1980, 2020)),
        step="year",
        cells=((row,) * 40,) * 13,
        listed=(article(id="x" * 160, page="x" * 90, source="x" * 200, frame=codebook.labels[0]),) * 500,
        warnings=tuple((f"reason {n}", 9, (article(frame=None, id="x" * 160),) * 20) for n in range(50)),
    )
    assert len(overview_page(full, codebook, model_description="m")) < 5_000_000


class TestSafety:
    def test_nothing_is_run_or_loaded(self) -> None:
        made = overview_page(overview(), CODEBOOK, model_description="m", usual_new_words=0.07)
        assert GENERATOR in made[:1000]
        document = lxml.html.document_fromstring(made.encode())
        assert not document.xpath(
            "//script | //link | //img | //iframe | //@src | //@style | //@*[starts-with(name(),'on')]"
        )
        style = document.findtext(".//style")
        [policy] = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"
        assert "url(" not in style
        assert "@import" not in style
        assert all(re.fullmatch(r"#[a-z-]+|[a-z.]+\.html", link) for link in document.xpath("//@href"))

    def test_ids_are_unique_and_what_refers_to_them_finds_them(self) -> None:
        document = page(overview())
        ids = document.xpath("//@id")
        assert len(ids) == len(set(ids))
        referred = [name for names in document.xpath("//@aria-labelledby") for name in names.split()]
        assert set(referred) | {link[1:] for link in document.xpath("//@href") if link[0] == "#"} <= set(ids)

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_hostile_words_are_words_everywhere(self, hostile: str) -> None:
        def made(word: str) -> lxml.html.HtmlElement:
            codebook = Codebook(
                name=word,
                version=word,
                frames=tuple(Frame(f"{word}{place}", word, question=word) for place in range(N_LABELS - 1)),
                residual="rest",
                language=word,
            )
            told = article(id=word, source=word, published=word, frame=codebook.labels[0])
            sources = tuple(replace(figures, name=word, unknown_words=((word, 2),)) for figures in overview().sources)
            figures = overview(
                labels=codebook.labels, sources=sources, least_certain=(told,), listed=(told,),
                warnings=((word, 1, (told,)),),
            )  # fmt: skip
            return page(figures, codebook, model_description=word, selection=word)

        def skeleton(document: lxml.html.HtmlElement) -> list[tuple[str, list[str]]]:
            return [(str(e.tag), sorted(map(str, e.attrib))) for e in document.iter() if isinstance(e.tag, str)]

        document = made(hostile)
        assert skeleton(document) == skeleton(made("harmless"))
        [named] = section(document, "articles").xpath(".//a")
        assert text(named) == text(lxml.html.fromstring(f"<p>{lxml.html.tostring(named, encoding='unicode')}</p>"))
        assert named.text_content() == shown(hostile)
        assert document.xpath("//svg/title")[0].text_content().startswith(shown(hostile))

    @settings(max_examples=25, deadline=None)
    @given(name=ANY_TEXT, word=ANY_TEXT, reason=ANY_TEXT)
    def test_any_text_is_shown_as_it_is(self, name: str, word: str, reason: str) -> None:
        post = replace(overview().sources[0], name=name, unknown_words=((word, 2),))
        figures = overview(sources=(post, *overview().sources[1:]), warnings=((reason, 1, ()),))
        document = page(figures)
        [by_source] = section(document, "by-source").xpath(".//details//table")
        assert by_source.xpath(".//tbody//th")[0].text_content() == (shown(name) or "unnamed")
        [frequent, *_] = section(document, "vocabulary").xpath(".//td[@class='frequent']/span")
        assert frequent.text_content() == shown(word)


FIGURES = st.lists(st.integers(0, 200), min_size=N_LABELS, max_size=N_LABELS).map(tuple)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 4), st.integers(0, 5))
def test_any_figures_can_be_drawn(data: st.DataObject, n_sources: int, n_periods: int) -> None:
    cells = tuple(tuple(data.draw(FIGURES) for _ in range(n_periods)) for _ in range(n_sources))
    sums = [data.draw(FIGURES) for _ in range(n_sources)]
    # A span of periods has paragraphs in its first and its last.
    if n_periods and not (sum(map(sum, (row[0] for row in cells))) and sum(map(sum, (row[-1] for row in cells)))):
        cells, n_periods = ((),) * n_sources, 0
    figures = overview(
        counts=tuple(map(sum, zip(*sums, strict=True))),
        sources=tuple(source(f"s{place}", of_labels) for place, of_labels in enumerate(sums)),
        periods=tuple(f"{2000 + place}" for place in range(n_periods)),
        cells=cells if n_periods else (),
        step="year" if n_periods else "",
    )
    for made in (sources_figure(figures, CODEBOOK), periods_figure(figures, CODEBOOK), cells_figure(figures, CODEBOOK)):
        if made is None:
            continue
        for panel in made.panels:
            numbers = [float(number) for number in re.findall(r'(?<=[ML" ])-?\d+\.?\d*(?=[ L"A])', str(panel.svg))]
            assert all(-5 <= number <= 400 for number in numbers)
            assert "nan" not in str(panel.svg)
        assert all(len(row) == len(made.table.columns) for row in made.table.rows)
