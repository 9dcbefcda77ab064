import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framing
from framing.codebook import Codebook
from framing.palette import looks
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
from framing.report.model_page import model_page
from framing.report.opening import Opening

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    "</style></title></textarea></svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "<!-- --><!DOCTYPE x>&lt;&amp;&#0;&nbsp;",
    "]]>\0\x1b[2J\u202egnp\u2069\ud800\ufffe",
    "<base href=//elsewhere>",
    "x" * 300,
    "",
]
ANY_TEXT = st.text(st.characters(), max_size=30) | st.sampled_from(HOSTILE)


@pytest.fixture(scope="module")
def source(root: Path) -> ReportSource:
    return ReportSource(framing.load(root / "artifacts" / "conflict-frames"))


def drawing(text: str = "a drawing") -> str:
    svg = ET.Element(f"{SVG}svg", {"viewBox": "0 0 560 40", "role": "img", "aria-labelledby": "title desc"})
    ET.SubElement(svg, f"{SVG}title", {"id": "title"}).text = shown(text)
    ET.SubElement(svg, f"{SVG}desc", {"id": "desc"}).text = "what it shows"
    ET.SubElement(svg, f"{SVG}text", {"x": "10", "y": "20", "class": "ink", "color": "#1d1f23"}).text = shown(text)
    return ET.tostring(svg, encoding="unicode")


def table(text: str = "cell", columns: int = 4) -> Table:
    return Table((text,) * columns, ((text,) * columns,) * 2, (False,) + (True,) * (columns - 1), text)


def figure(text: str = "a figure", name: str = "drawn") -> Figure:
    return Figure(name, text, text, text, drawing(text), table(text))


def every_block(text: str, label: str) -> tuple[Any, ...]:
    """One block of each kind, with the text in all of its fields."""
    passage = Passage(text, text, label, label, 0.5, (label, text), (text, "the"), text)
    return (
        Text(text),
        Text(text, "caution"),
        Heading(text),
        table(text),
        figure(text, text),
        Passages(text, text, (passage, replace(passage, text=""))),
        Checklist(text, text, (Answer(text, text, None), Answer(text, text, text, "told"))),
        Commands((text, f"    {text}")),
        Words(label, ((text, 0.5, text), (text, -0.25, ""))),
    )


def opened(text: str = "a model", figure: Figure | None = None) -> Opening:
    return Opening(text, text, text, ((text, text),) * 5, figure)


def sections(*blocks: Any) -> list[Section]:
    return [Section("first", "The first", "Why?", blocks)]


def page_of(source: ReportSource, blocks: Any, opening: Opening | None = None) -> Any:
    page = model_page(source, sections(*blocks), opening or opened(), made="framing")
    return lxml.html.fromstring(page.encode("utf-8"))


def hostile_codebook(codebook: Codebook, text: str) -> Codebook:
    frames = tuple(replace(frame, title=text, question=text) for frame in codebook.frames)
    return replace(codebook, frames=frames, name=text or "x", language=text)


def refuse_faults(page: Any) -> None:
    """Refuse what no page may have, whatever is shown on it."""
    assert page.xpath("//script | //img | //base | //link | //iframe | //object | //*[@style] | //form") == []
    assert [name for part in page.iter() for name in part.attrib if name.startswith("on")] == []
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in page.xpath("//@href"):
        assert target.startswith("#")
        assert target[1:] in ids
    for names in page.xpath("//@aria-labelledby"):
        assert set(names.split()) <= set(ids)
    levels = [int(part.tag[1]) for part in page.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@given(ANY_TEXT)
@settings(max_examples=40)
def test_every_text_is_text_in_every_place(source: ReportSource, text: str) -> None:
    codebook = hostile_codebook(source.artifact.codebook, text)
    hostile = replace(source, artifact=replace(source.artifact, name=text, codebook=codebook))
    label = codebook.labels[0]
    page = model_page(
        hostile,
        [Section(text, text, text, every_block(text, label)), Section(text, text, text, every_block(text, text))],
        opened(text, figure(text, text)),
        made=text,
    )
    assert page.encode("utf-8")
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\u2066-\u2069]", page)
    parsed = lxml.html.fromstring(page.encode("utf-8"))
    refuse_faults(parsed)
    assert (
        shown(text) in " ".join(parsed.find("body").text_content().split()).replace("\xa0", " ") or not text.isascii()
    )
    assert len(parsed.xpath("//section")) == 3
    assert len(parsed.xpath("//*[local-name() = 'svg']")) == 3


def test_landmarks_and_the_way_past_the_beginning(source: ReportSource) -> None:
    page = page_of(source, every_block("a text", source.artifact.codebook.labels[0]))
    refuse_faults(page)
    for landmark in ("header", "main", "footer", "nav"):
        assert len(page.xpath(f"//{landmark}")) == 1
    assert page.get("lang") == "en"
    assert page.find("body")[0].get("href") == "#contents"
    assert page.xpath("//head/title/text()") == ["a model – model report"]


def test_the_contents_name_every_section_with_its_question(source: ReportSource) -> None:
    parts = [Section(f"part-{place}", f"Title {place}", f"Question {place}?", (Text("x"),)) for place in range(3)]
    page = lxml.html.fromstring(model_page(source, parts, opened(), made="framing").encode())
    entries = [" ".join(entry.text_content().split()) for entry in page.xpath("//nav//li")]
    assert entries == [f"Title {place} Question {place}?" for place in range(3)]
    for place, link in enumerate(page.xpath("//nav//a/@href")):
        heading = page.get_element_by_id(link[1:])
        assert " ".join(heading.text_content().split()) == f"{place + 1} Title {place}"


def test_figures_and_tables_are_numbered_each_by_itself(source: ReportSource) -> None:
    blocks = (table(), figure(name="one"), table(), figure(name="two"))
    page = page_of(source, blocks, opened(figure=figure(name="headline")))
    captions = [caption.text_content().split(".")[0] for caption in page.xpath("//figcaption/span")]
    assert captions == ["Figure 1", "Figure 2", "Figure 3"]
    numbered = page.xpath("//div[@class='body']/div[@class='table']//caption//strong/text()")
    assert numbered == ["Table 1.", "Table 2."]
    data = page.xpath("//details//caption//strong/text()")
    assert data == ["Data of figure 1.", "Data of figure 2.", "Data of figure 3."]
    assert [part.get("id") for part in page.xpath("//figure")] == ["headline", "one", "two"]


def test_a_figure_that_is_shown_twice_has_ids_of_its_own_each_time(source: ReportSource) -> None:
    page = page_of(source, (figure(), figure()), opened(figure=figure()))
    refuse_faults(page)
    assert [part.get("id") for part in page.xpath("//figure")] == ["drawn", "drawn-2", "drawn-3"]


def test_a_finding_stands_in_bold_and_the_data_in_a_closed_part(source: ReportSource) -> None:
    page = page_of(source, (replace(figure(), finding="It is so.", table=table("a figure's data")),))
    assert page.xpath("//figcaption/strong/text()") == ["It is so."]
    assert "a figure's data" in page.xpath("//details//td")[0].text_content()
    assert page.xpath("//details/@open") == []


def test_a_drawing_that_is_more_than_one_is_refused_by_its_name(source: ReportSource) -> None:
    with pytest.raises(ValueError, match="the figure 'drawn' is a drawing with the element"):
        page_of(source, (replace(figure(), svg=f"<svg xmlns={SVG[1:-1]!r}><script/></svg>"),))


def test_tables_say_what_their_cells_belong_to(source: ReportSource) -> None:
    content = Table(("Name", "", "Figure"), (("one", "1", "2"), ("", "3", "4")), (False, True, True), "A caption")
    page = page_of(source, (content, Table(("A", "B"), (("1", "2"),), (True, True))))
    first, second = page.xpath("//table")
    assert [cell.text for cell in first.xpath(".//th[@scope='col']")] == ["Name", "Figure"]
    assert [cell.text for cell in first.xpath(".//th[@scope='row']")] == ["one"]
    assert first.xpath(".//caption")[0].text_content() == "Table 1. A caption"
    assert [len(row) for row in first.xpath(".//tr")] == [3, 3, 3]
    assert second.xpath(".//th[@scope='row']") == []
    # The wide one may have to be scrolled, by keys too.
    assert [part.get("tabindex") for part in page.xpath("//div[@class='table']")] == ["0", None]


def test_a_passage_shows_its_evidence_and_its_labels(source: ReportSource) -> None:
    codebook = source.artifact.codebook
    first, second, *_ = codebook.labels
    text = "Soldiers held the ford until noon."
    passage = Passage("c01:0", text, first, second, 0.834, (second, first), ("soldiers", "the ford"), "A note.")
    page = page_of(source, (Passages("Wrong", "Drawn by chance.", (passage,)),))
    [shown_passage] = page.xpath("//div[contains(@class, 'passage')]")
    quote = shown_passage.find("blockquote")
    assert quote.text_content() == text
    assert [part.text for part in quote.findall("u")] == ["Soldiers", "the ford"]
    assert quote.get("lang") == codebook.language
    words = " ".join(shown_passage.text_content().split())
    mark = {label: look.mark for label, look in looks(codebook).items()}
    one, other = (f"{mark[label]} {codebook.title(label)}" for label in (first, second))
    assert words.startswith(f"Model {other} 83% Gold {one} Paragraph c01:0 Candidates {other} {one}")
    assert words.endswith("A note.")
    assert shown_passage.get("class") == "passage frame-1"


def test_a_passage_without_a_text_shows_its_number_and_its_evidence(source: ReportSource) -> None:
    label = source.artifact.codebook.labels[0]
    page = page_of(source, (Passages("Wrong", "", (Passage("row 17", "", label, label, None, (), ("raid", "hill")),)),))
    [passage] = page.xpath("//div[contains(@class, 'passage')]")
    assert passage.findall("blockquote") == []
    assert "row 17 Evidence raid, hill" in " ".join(passage.text_content().split())
    assert "%" not in passage.text_content()


def test_no_passages_are_said_to_be_none(source: ReportSource) -> None:
    assert "There are none." in page_of(source, (Passages("Wrong", "", ()),)).text_content()


def test_a_language_that_is_none_is_left_out(source: ReportSource) -> None:
    label = source.artifact.codebook.labels[0]
    odd = replace(source, artifact=replace(source.artifact, codebook=replace(source.artifact.codebook, language="x y")))
    page = page_of(odd, every_block("a text", label))
    assert set(page.xpath("//@lang")) == {"en"}
    assert page.xpath("//blockquote/@lang") == []


def test_open_questions_are_seen_to_be_open(source: ReportSource) -> None:
    answers = (
        Answer("a.b", "Who paid?", None),
        Answer("a.c", "How good is it?", "Good.", "measured"),
        Answer("a.d", "Why?", "So.", "told"),
    )
    page = page_of(source, (Checklist("A list", "Somebody 2019", answers),))
    items = [" ".join(item.text_content().split()) for item in page.xpath("//ol[@class='answers']/li")]
    assert items == ["Open Who paid? a.b", "Measured How good is it? Good. a.c", "Told Why? So. a.d"]
    assert [item.get("class") for item in page.xpath("//ol[@class='answers']/li")] == ["open", None, None]
    assert "3 questions, 1 of them open." in page.text_content()


def test_lists_of_words_stand_side_by_side(source: ReportSource) -> None:
    one, other, *_ = source.artifact.codebook.labels
    words = (Words(one, (("raid", 0.414, ""), ("commando", -0.3, "soldier"))), Words(other, (("claim", 1.0, ""),)))
    page = page_of(source, (Text("before"), *words, Text("between"), words[0]))
    groups = page.xpath("//div[@class='words']")
    assert [len(group) for group in groups] == [2, 1]
    items = [" ".join(item.text_content().split()) for item in groups[0].xpath(".//li")]
    assert items == ["raid +0.41", "commando -0.30 soldier", "claim +1.00"]


def test_what_stands_under_a_heading_is_one_level_below_it(source: ReportSource) -> None:
    label = source.artifact.codebook.labels[0]
    blocks = (Passages("Before", "", ()), Heading("Within"), Passages("After", "", ()), Words(label, ()))
    page = page_of(source, blocks)
    refuse_faults(page)
    parts = page.xpath("//div[@class='body']//*[self::h3 or self::h4]")
    titles = [(part.tag, " ".join(part.text_content().split())) for part in parts]
    assert titles[:3] == [("h3", "Before"), ("h3", "Within"), ("h4", "After")]
    assert titles[3][0] == "h4"


def test_commands_keep_the_blanks_they_begin_with(source: ReportSource) -> None:
    lines = ("framing train x.toml \\", "    --output <here>")
    page = page_of(source, (Commands(lines),))
    assert page.xpath("//pre")[0].text_content() == "\n".join(lines) + "\n"


def test_the_policy_allows_the_one_style_and_nothing_else(source: ReportSource) -> None:
    page = model_page(source, sections(figure()), opened(), made="framing")
    [style] = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = lxml.html.fromstring(page.encode()).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    assert "url(" not in style
    assert "@import" not in style


def test_every_label_has_its_look_on_light_and_on_dark_paper(source: ReportSource) -> None:
    page = model_page(source, sections(Text("x")), opened(), made="framing")
    for place, look in enumerate(looks(source.artifact.codebook).values()):
        assert f".frame-{place} {{ --line: {look.text_on_light}; --tint: {look.tint_light};" in page
        assert f".frame-{place} {{ --line: {look.text_on_dark}; --tint: {look.tint_dark};" in page
        assert f".drawing .frame-{place} {{ color: {look.text_on_dark}; }}" in page


def test_the_same_report_gives_the_same_page(source: ReportSource) -> None:
    blocks = every_block("a text", source.artifact.codebook.labels[0])
    one, other = (model_page(source, sections(*blocks), opened(), made="framing") for _ in range(2))
    assert one == other
