import html
import re
import string
from pathlib import Path, PureWindowsPath
from typing import Any

import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import Codebook, Frame, of_labels, read_codebook
from framing.palette import looks
from framing.report.article_page import article_page, page_name
from framing.report.display import shown

CODEBOOK = read_codebook(Path(__file__).parents[2] / "labels" / "codebook.toml")
FIRST, SECOND, *_ = CODEBOOK.labels

HOSTILE = [
    "<script>alert(1)</script>",
    "</style></title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "<!-- --><!DOCTYPE x>&lt;&amp;&#0;&nbsp;",
    "]]>\0\x1b[2J\u202egnp\u2069\ud800\ufffe",
    "<base href=//elsewhere>",
]
ANY_TEXT = st.text(st.characters(), max_size=30) | st.sampled_from(HOSTILE)


def classified(**changes: Any) -> ClassifiedParagraph:
    paragraph: dict[str, Any] = {
        "article": "hills.txt",
        "paragraph": 0,
        "start": 0,
        "end": 34,
        "text": "Soldiers held the ford until noon.",
        "frame": FIRST,
        "probability": 0.83,
        "probabilities": None,
        "uncertain": False,
        "candidates": [FIRST],
        "evidence": [("soldiers", 0.4), ("the ford", 0.2)],
        "shares": {"words": 1.25, "intercept": -0.5, "article": 0.75, "neighbours": 0.25, "source": 0.0, "score": 1.75},
        "borrowed": {},
        "boilerplate": False,
        "warnings": [],
        "model": "test 0a1b",
    }
    return ClassifiedParagraph(**(paragraph | changes))


def boilerplate(**changes: Any) -> ClassifiedParagraph:
    nothing: dict[str, Any] = {"frame": CODEBOOK.residual, "probability": None, "uncertain": None, "candidates": None}
    return classified(**({"text": "Share this", "evidence": [], "boilerplate": True} | nothing | changes))


def page(*paragraphs: ClassifiedParagraph, codebook: Codebook = CODEBOOK, **words: str) -> lxml.html.HtmlElement:
    source = article_page(paragraphs, codebook, **({"title": "The ford", "model_description": "test 0a1b"} | words))
    return lxml.html.document_fromstring(source.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def passages(document: lxml.html.HtmlElement) -> list[str]:
    return [text(element) for element in document.xpath("//div[@class='text']/p")]


def skeleton(document: lxml.html.HtmlElement) -> list[tuple[str, list[str]]]:
    """Every element with its attributes' names, but for the runs of a text."""
    return [
        (str(element.tag), sorted(map(str, element.attrib)))
        for element in document.iter()
        if element.tag not in {"u"} and isinstance(element.tag, str)
    ]


class TestContent:
    def test_paragraphs_stand_in_order_with_frame_and_probability(self) -> None:
        document = page(classified(), classified(paragraph=1, text="The dam\n  was promised.", frame=SECOND))
        assert passages(document) == ["Soldiers held the ford until noon.", "The dam was promised."]
        assert [text(e) for e in document.xpath("//p[@class='frame']")] == [
            f"{looks(CODEBOOK)[label].mark} {CODEBOOK.title(label)}" for label in (FIRST, SECOND)
        ]
        assert [text(e) for e in document.xpath("//p[@class='probability']")] == ["83%", "83%"]

    def test_evidence_is_underlined_where_it_stands(self) -> None:
        document = page(classified())
        assert [text(element) for element in document.xpath("//u")] == ["Soldiers", "the ford"]

    def test_an_uncertain_paragraph_names_the_other_candidates(self) -> None:
        document = page(classified(uncertain=True, candidates=[FIRST, SECOND]))
        (uncertain,) = document.xpath("//p[@class='uncertain']")
        assert CODEBOOK.title(SECOND) in text(uncertain)
        assert CODEBOOK.title(FIRST) not in text(uncertain)

    def test_where_every_label_is_possible_none_is_named(self) -> None:
        document = page(classified(uncertain=True, candidates=list(CODEBOOK.labels)))
        (uncertain,) = document.xpath("//p[@class='uncertain']")
        assert text(uncertain) == "uncertain: or any other"

    def test_what_the_candidates_promise_is_called_approximate(self) -> None:
        promised = page(classified(uncertain=True, candidates=[FIRST, SECOND]))
        assert "approximate, not guaranteed" in text(promised.body)
        assert "guaranteed" not in text(page(classified()).body)

    def test_a_certain_one_is_not_called_uncertain(self) -> None:
        assert "uncertain" not in text(page(classified()).body)

    def test_an_uncalibrated_model_is_not_called_calibrated(self) -> None:
        assert "calibrated probability" in text(page(classified()).body)
        assert "was not calibrated" in text(page(classified(uncertain=None, candidates=None)).body)

    def test_borrowed_words_have_another_line_and_name_their_lenders(self) -> None:
        lenders = {"soldiers": ["troops", "army"], "noon": []}
        evidence = [("soldiers", 0.4), ("the ford", 0.2), ("noon", 0.1)]
        document = page(classified(evidence=evidence, borrowed=lenders))
        assert [(text(element), element.get("title")) for element in document.xpath("//u[@class='borrowed']")] == [
            ("Soldiers", "borrowed from troops, army"),
            ("noon", "borrowed from its parts"),
        ]
        assert [text(element) for element in document.xpath("//u[not(@class)]")] == ["the ford"]
        assert "were in no labelled paragraph" in text(document.body)
        assert "were in no labelled paragraph" not in text(page(classified()).body)

    def test_under_a_paragraph_stands_what_its_score_is_made_of(self) -> None:
        shares = {
            "words": 1.254,
            "intercept": -0.5,
            "article": -0.001,
            "neighbours": 0.25,
            "source": 0.0,
            "score": 1.003,
        }
        document = page(classified(shares=shares))
        (listed,) = document.xpath("//ul[@class='shares']")
        assert [text(item) for item in listed] == ["words +1.25", "article 0.00", "neighbours +0.25", "intercept −0.50"]
        bars = [(bar.get("class"), bar.get("style")) for bar in listed.xpath(".//span")]
        assert bars == [
            ("part", "width: 3.00rem"),
            ("part against", "width: 0.00rem"),
            ("part", "width: 0.60rem"),
            ("part against", "width: 1.20rem"),
        ]

    def test_a_paragraph_alone_has_no_article_and_no_neighbours(self) -> None:
        shares = {"words": 0.0, "intercept": 0.0, "article": 0.0, "neighbours": 0.0, "source": 0.0, "score": 0.0}
        (listed,) = page(classified(shares=shares)).xpath("//ul[@class='shares']")
        assert [text(item) for item in listed] == ["words 0.00", "intercept 0.00"]
        assert not page(classified(shares=None)).xpath("//ul[@class='shares']")

    def test_warnings_stand_at_the_top_each_once(self) -> None:
        warned = {"warnings": ["reads oddly", "is mostly in capitals (80%)"], "uncertain": True}
        document = page(classified(**warned), classified(paragraph=1, **warned), boilerplate(paragraph=2))
        (section,) = document.xpath("//section[@class='warnings']")
        assert [text(item) for item in section.xpath(".//li")] == warned["warnings"]
        assert "any label is possible" in text(section)
        assert section.getnext().get("class") == "mix"
        assert not page(classified()).xpath("//section[@class='warnings']")

    def test_a_selection_is_told(self) -> None:
        assert "accepted from .8" in text(page(classified(), selection="accepted from .8").find(".//header"))
        assert "Selection" not in text(page(classified()).body)

    def test_boilerplate_is_there_and_folded(self) -> None:
        document = page(classified(), boilerplate(paragraph=1), boilerplate(paragraph=2, text="Follow us"))
        (details,) = document.xpath("//details[not(@open)]")
        assert [text(element) for element in details] == ["Paragraphs 2–3: boilerplate", "Share this", "Follow us"]
        assert len(passages(document)) == 1

    def test_the_legend_counts_every_label(self) -> None:
        document = page(classified(), classified(), classified(frame=SECOND), boilerplate())
        counts = {
            text(row.xpath(".//strong")[0]): text(row.xpath(".//*[@class='count']")[0])
            for row in document.xpath("//section[@class='mix']//li")
        }
        titles = [CODEBOOK.title(label) for label in CODEBOOK.labels]
        assert counts == dict.fromkeys(titles, "0") | {CODEBOOK.title(FIRST): "2", CODEBOOK.title(SECOND): "1"}
        assert [s.get("style") for s in document.xpath("//div[@class='bar']/span")] == ["flex-grow: 2", "flex-grow: 1"]

    def test_title_model_language_and_the_note(self) -> None:
        document = page(classified(), title="Night at the ford", model_description="frames of the valley")
        assert document.findtext(".//title") == "Night at the ford – frames"
        assert text(document.find(".//h1")) == "Night at the ford"
        assert document.get("lang") == CODEBOOK.language
        assert "frames of the valley" in text(document.body)
        assert "not a fact" in text(document.body)

    def test_nine_frames_and_no_residual(self) -> None:
        codebook = of_labels("nine", [f"frame {number}" for number in range(9)])
        paragraphs = [classified(frame=label, candidates=None) for label in codebook.labels]
        document = page(*paragraphs, boilerplate(frame=None), codebook=codebook)
        assert document.get("lang") is None
        assert len({text(element) for element in document.xpath("//p[@class='frame']/span[@class='mark']")}) == 9

    def test_an_empty_article(self) -> None:
        assert "no paragraphs" in text(page().body)

    def test_a_paragraph_without_frame_or_probability(self) -> None:
        document = page(classified(frame=None, probability=None, uncertain=None, candidates=None, evidence=[]))
        assert text(document.xpath("//p[@class='frame']")[0]).endswith("No frame")
        assert not document.xpath("//p[@class='probability']")

    def test_five_thousand_paragraphs(self) -> None:
        paragraphs = [classified(paragraph=number, text=f"Paragraph {number} held the ford.") for number in range(5000)]
        source = article_page(paragraphs, CODEBOOK, title="Long", model_description="m")
        assert source.count('<article class="passage') == 5000


class TestSafety:
    def test_nothing_is_run_or_loaded(self) -> None:
        document = page(classified(), boilerplate())
        (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == "default-src 'none'; style-src 'unsafe-inline'"
        assert not document.xpath("//script | //link | //img | //iframe | //@src")
        assert all(str(link).startswith("#") for link in document.xpath("//@href"))
        assert "url(" not in document.findtext(".//style")
        assert "@import" not in document.findtext(".//style")

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_hostile_words_are_words_everywhere(self, hostile: str) -> None:
        def made(word: str) -> lxml.html.HtmlElement:
            codebook = Codebook(
                name=word,
                version=word,
                frames=(Frame(word, word, question=word), Frame("other", f"{word} or other", question=word)),
                residual="rest",
                language=word,
            )
            passage = classified(
                article=word,
                text=word,
                frame=word,
                candidates=[word, "other"],
                uncertain=True,
                evidence=[(word, 0.5), ("alert", 0.1)],
                borrowed={"alert": [word], word: [word]},
                warnings=[word],
                model=word,
            )
            folded = boilerplate(text=word, frame="rest", paragraph=1)
            return page(passage, folded, codebook=codebook, title=word, model_description=word, selection=word)

        document = made(hostile)
        assert skeleton(document) == skeleton(made("harmless"))
        assert passages(document) == [shown(hostile)]
        assert document.findtext(".//title") == f"{shown(hostile)} – frames"
        assert document.get("lang") == shown(hostile)
        assert text(document.xpath("//details/p")[0]) == shown(hostile)

    @settings(max_examples=50, deadline=None)
    @given(paragraph=ANY_TEXT, title=ANY_TEXT, model=ANY_TEXT, term=ANY_TEXT)
    @example(paragraph="<u>Soldiers</u>", title="&amp;", model="'\"", term="soldiers")
    def test_any_text_is_shown_as_it_is(self, paragraph: str, title: str, model: str, term: str) -> None:
        passage = classified(text=paragraph, evidence=[(term, 1.0), ("alert", 0.1)], borrowed={term: [title]})
        source = article_page([passage], CODEBOOK, title=title, model_description=model)
        found = re.search(r'<p dir="auto">(.*)</p>\n<ul class="shares"', source)
        assert found is not None
        assert html.unescape(re.sub("</?u[^>]*>", "", found[1])) == shown(paragraph)
        found = re.search("<title>([^<]*) – frames</title>", source)
        assert found is not None
        assert html.unescape(found[1]) == (shown(title) or "Untitled")
        source.encode()


class TestPageName:
    @pytest.mark.parametrize("article_id", ["story.txt", "story", "2024-05-01_hills.html", "a..b"])
    def test_a_plain_id_keeps_its_name(self, article_id: str) -> None:
        assert page_name(article_id) == f"{article_id}.html"

    @pytest.mark.parametrize(
        ("article_id", "stem"),
        [
            ("articles/hills.txt", "articles-hills.txt"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\hills.txt", "C-hills.txt"),
            ("Hills.txt", "Hills.txt"),
            ("con", "article-con"),
            ("NUL.txt", "article-NUL.txt"),
            ("com1.a.b", "article-com1.a.b"),
            ("index", "article-index"),
            ("", "article"),
            ("..", "article"),
            ("政府", "article"),
            (".hidden", "hidden"),
            ("-rf", "rf"),
            ("story-0123456789", "story-0123456789"),
            ("\udcff", "article"),
            ("x" * 500, "x" * 80),
        ],
    )
    def test_what_was_replaced_gets_a_hash(self, article_id: str, stem: str) -> None:
        assert re.fullmatch(re.escape(stem) + r"-[0-9a-f]{10}\.html", page_name(article_id))

    def test_ids_that_look_alike_get_different_names(self) -> None:
        ids = [
            "a/b",
            "a-b",
            "a\\b",
            "A-b",
            "a b",
            "a-b.",
            ".a-b",
            "a--b",
            "x" * 81,
            "x" * 80,
            "x" * 82,
            "",
            ".",
            "/",
            "con",
            "CON",
        ]
        ids += [page_name("a/b").removesuffix(".html")]
        assert len({page_name(article_id).lower() for article_id in ids}) == len(ids)

    @given(st.text(st.characters()) | st.text(string.ascii_letters + "/\\.-: ", max_size=12))
    def test_any_name_is_safe(self, article_id: str) -> None:
        name = page_name(article_id)
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.html", name)
        assert len(name) < 120
        assert not re.match(r"(con|nul|aux|prn)\.", name, re.IGNORECASE)
        assert PureWindowsPath(name).name == Path(name).name == name
        assert page_name(article_id) == name
