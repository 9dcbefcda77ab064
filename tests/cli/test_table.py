import io
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from framing.artifact.classified import ClassifiedParagraph
from framing.cli.table import render_article
from framing.codebook import Codebook, Frame, of_labels, read_codebook
from framing.palette import looks

CODEBOOK = read_codebook(Path(__file__).parents[2] / "labels" / "codebook.toml")
FIRST, SECOND, THIRD, *_ = CODEBOOK.labels
MARKS = {label: look.mark for label, look in looks(CODEBOOK).items()}


def classified(**changes: Any) -> ClassifiedParagraph:
    paragraph: dict[str, Any] = {
        "article": "hills.txt",
        "paragraph": 0,
        "start": 0,
        "end": 34,
        "text": "Soldiers held the ford until noon, and by dusk the road to the mill was open once more.",
        "frame": FIRST,
        "probability": 0.75,
        "probabilities": None,
        "uncertain": False,
        "candidates": [FIRST],
        "evidence": [("soldiers", 0.4), ("the ford", 0.2), ("road", 0.1), ("mill", 0.1)],
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


def printed(
    *paragraphs: ClassifiedParagraph,
    codebook: Codebook = CODEBOOK,
    width: int = 80,
    encoding: str = "utf-8",
    **console: Any,
) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    settings_ = {"force_terminal": True, "color_system": None} | console
    render_article(paragraphs, codebook, Console(file=file, width=width, legacy_windows=False, **settings_))
    file.flush()
    return file.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


def line_with(words: str, output: str) -> str:
    (line,) = (line for line in output.splitlines() if words in line)
    return line


class TestParagraph:
    def test_a_line_with_number_mark_title_bar_probability_and_first_words(self) -> None:
        line = line_with("75%", printed(classified(paragraph=6)))
        assert line.startswith(f" 7  {MARKS[FIRST]} {CODEBOOK.title(FIRST)}")
        assert "━" in line
        assert "75%  Soldiers held the ford" in line
        assert line.endswith("…")

    def test_evidence_stands_under_the_words_and_no_term_is_cut(self) -> None:
        output = printed(classified()).splitlines()
        words, evidence = output[2:4]
        assert evidence.index("└ soldiers · the ford") == words.index("Soldiers")
        narrow = printed(classified(evidence=[("word", 0.1), ("long" * 9, 0.1)]), width=40)
        assert line_with("└", narrow).strip() == "└ word"

    def test_a_longer_share_has_a_longer_bar(self) -> None:
        bars = [printed(classified(probability=p)).splitlines()[2].count("━") for p in (0.1, 0.5, 0.99)]
        assert bars == sorted(set(bars))

    def test_an_uncertain_paragraph_is_marked_and_its_other_frames_named(self) -> None:
        output = printed(classified(uncertain=True, candidates=[FIRST, SECOND]))
        assert "75%? " in output
        assert f"or {MARKS[SECOND]} {CODEBOOK.title(SECOND)}" in output
        assert "? more than one frame is possible" in output
        assert "?" not in printed(classified())

    def test_three_candidates_too_long_to_name_are_marks(self) -> None:
        output = printed(classified(uncertain=True, candidates=[FIRST, *CODEBOOK.labels[1:4]]))
        assert "or " + " ".join(MARKS[label] for label in CODEBOOK.labels[1:4]) in output

    def test_borrowed_terms_are_marked_and_explained(self) -> None:
        output = printed(classified(borrowed={"soldiers": ["troops"], "mill": []}))
        assert "└ ~soldiers · the ford · road · ~mill" in output
        assert "~ in no labelled paragraph: weighs like words near in meaning" in output
        assert "~" not in printed(classified())

    def test_where_the_context_says_more_than_the_words_it_stands_first(self) -> None:
        shares = {"words": 0.5, "intercept": 0.0, "article": 0.25, "neighbours": 0.5, "source": 0.0, "score": 1.25}
        output = printed(classified(shares=shares))
        assert "└ (context) · soldiers" in output
        assert "(context) says more for the frame than the paragraph's own words" in output
        for other in (shares | {"words": 0.75}, None):
            assert "context" not in printed(classified(shares=other))

    def test_warnings_stand_under_the_name_each_once(self) -> None:
        warned = {"warnings": ["few of its words are known (41%)", "is mostly in capitals (90%)"]}
        lines = printed(classified(**warned), classified(paragraph=1, **warned)).splitlines()
        assert lines[:4] == ["hills.txt", *(f"! {warning}" for warning in warned["warnings"]), ""]
        assert not any(line.startswith("!") for line in printed(classified()).splitlines())

    def test_a_long_warning_goes_on_under_itself(self) -> None:
        lines = printed(classified(warnings=["reads like no article that anybody ever wrote"]), width=30).splitlines()
        assert lines[1:3] == ["! reads like no article that", "  anybody ever wrote"]

    def test_without_probability_or_frame(self) -> None:
        line = line_with("Soldiers", printed(classified(frame=None, probability=None, candidates=None, uncertain=None)))
        assert "No frame" in line
        assert "%" not in line

    def test_boilerplate_says_so(self) -> None:
        line = line_with("Share this", printed(classified(), boilerplate(paragraph=1)))
        assert line.split() == ["2", "boilerplate", "Share", "this"]
        assert CODEBOOK.title(CODEBOOK.residual or "") not in line

    def test_inner_lines_are_joined(self) -> None:
        assert "One two three" in printed(classified(text="One\r\n two\n\tthree"))

    def test_markup_and_emoji_codes_are_shown_literally(self) -> None:
        output = printed(classified(text="[bold]x[/bold] :smile: [link=x]", article="[red]a[/]"))
        assert "[bold]x[/bold] :smile: [link=x]" in output
        assert output.startswith("[red]a[/]")


class TestMix:
    def test_every_label_with_count_and_share(self) -> None:
        paragraphs = [classified(), classified(), classified(), classified(frame=SECOND), boilerplate(), boilerplate()]
        mix = printed(*paragraphs).partition("Frame mix of 4 paragraphs\n")[2].splitlines()
        rows = [row.split() for row in mix[: len(CODEBOOK.labels)]]
        assert [row[0] for row in rows] == [MARKS[label] for label in CODEBOOK.labels]
        assert rows[0][-3:-1] == ["3", "75%"]
        assert rows[1][-3:-1] == ["1", "25%"]
        assert rows[0][-1].count("━") == 3 * rows[1][-1].count("━")
        assert rows[2][-2:] == ["0", "0%"]
        assert mix[len(rows)].split() == ["boilerplate", "2"]

    def test_nine_frames(self) -> None:
        codebook = of_labels("nine", [f"frame {number}" for number in range(9)])
        output = printed(*(classified(frame=label, candidates=None) for label in codebook.labels), codebook=codebook)
        assert all(f"{look.mark} {label}" in output for label, look in looks(codebook).items())

    def test_only_boilerplate(self) -> None:
        assert "Frame mix of 0 paragraphs" in printed(boilerplate())

    def test_an_article_without_paragraphs_prints_nothing(self) -> None:
        assert printed() == ""


class TestWidth:
    ARTICLE = (
        classified(
            article="a/long/way/down/the/valley/" * 4 + "ford.txt",
            uncertain=True,
            candidates=[FIRST, SECOND],
            warnings=["seems to be in another language than what the model was trained on, or no running text at all"],
        ),
        classified(
            paragraph=1, text="قال المتحدث باسم الجبهة إن ثلاثين مقاتلا سيطروا على الطريق لمدة ساعتين وأحرقوا شاحنات"
        ),
        classified(
            paragraph=2,
            shares={"words": 0.0, "intercept": 0.0, "article": 1.0, "neighbours": 1.0, "source": 0.0, "score": 2.0},
            borrowed={"soldiers": []},
            text="政府军称在山口的伏击中有七名士兵丧生并称已经封锁了通往山谷的所有道路直到搜索结束为止",
            frame=SECOND,
        ),
        boilerplate(
            paragraph=12_344, text="Share this story with all who may care to read it, on any network you like."
        ),
    )

    @pytest.mark.parametrize("width", [30, 40, 41, 60, 71, 72, 80, 99, 100, 120])
    @pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
    def test_no_line_is_wider(self, width: int, encoding: str) -> None:
        lines = printed(*self.ARTICLE, width=width, encoding=encoding).splitlines()
        assert max(map(cell_len, lines)) <= width
        assert max(map(cell_len, lines)) >= width - 10

    def test_a_wide_terminal_is_not_filled_to_the_end(self) -> None:
        lines = printed(classified(text="word " * 100), width=300).splitlines()
        assert 100 < max(map(len, lines)) <= 120

    def test_a_pipe_has_80_columns_and_no_escapes(self) -> None:
        output = printed(classified(text="word " * 100), width=200, force_terminal=False, color_system="auto")
        assert max(map(len, output.splitlines())) <= 80
        assert "\x1b" not in output

    def test_a_long_name_keeps_its_end(self) -> None:
        assert printed(*self.ARTICLE, width=40).splitlines()[0].endswith("/ford.txt")

    def test_no_line_ends_in_blanks(self) -> None:
        lines = printed(*self.ARTICLE).splitlines()
        assert [line for line in lines if line != line.rstrip()] == []


class TestColour:
    def test_a_frame_has_its_colour(self) -> None:
        red, green, blue = bytes.fromhex(looks(CODEBOOK)[FIRST].terminal[1:])
        output = printed(classified(), color_system="truecolor")
        assert f"\x1b[38;2;{red};{green};{blue}m{MARKS[FIRST]}" in output

    def test_no_color_is_obeyed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        output = printed(classified(), boilerplate(), color_system="truecolor")
        assert "\x1b[38" not in output
        assert MARKS[FIRST] in output


class TestEncoding:
    def test_ascii(self) -> None:
        output = printed(classified(text="Сёла – тихо", uncertain=True, candidates=[FIRST, SECOND]), encoding="ascii")
        assert output.isascii()
        first, second = (looks(CODEBOOK)[label].ascii_mark for label in (FIRST, SECOND))
        assert f" 1  {first} {CODEBOOK.title(FIRST)}" in output
        assert f"or {second} {CODEBOOK.title(SECOND)}" in output
        assert "####--  75%? ???? ? ????" in output
        assert "` soldiers, the ford" in output

    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp437", "koi8-r", "gb18030", "utf-16"])
    def test_whatever_the_output_holds(self, encoding: str) -> None:
        output = printed(classified(text="naïve 政府 тихо \udcff"), encoding=encoding)
        assert CODEBOOK.title(FIRST) in output


def harmless(output: str) -> bool:
    return all(
        character == "\n"
        or (unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and character not in BIDI_CONTROLS)
        for character in output
    )


BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
DRIVING = "\x1b]0;title\x07\x1b[2J\x9b31m\r\b\x00\u202eevil\u2066\u2028\x85\ud800"


class TestUntrusted:
    def test_no_field_drives_the_terminal(self) -> None:
        codebook = Codebook(DRIVING, "1", (Frame(DRIVING, DRIVING + "a"), Frame("b", DRIVING + "b")), residual="none")
        words = {"article": DRIVING, "text": DRIVING, "evidence": [(DRIVING, 0.2)], "frame": DRIVING}
        words |= {"borrowed": {DRIVING: [DRIVING]}, "warnings": [DRIVING]}
        passage = classified(**words, uncertain=True, candidates=[DRIVING, "b"])
        for width in (40, 80):
            assert harmless(printed(passage, boilerplate(text=DRIVING, frame="none"), codebook=codebook, width=width))

    @settings(max_examples=60, deadline=None)
    @given(
        text=st.text(st.characters()),
        article=st.text(st.characters()),
        term=st.text(st.characters()),
        title=st.text(st.characters(), max_size=40),
        width=st.integers(30, 130),
        encoding=st.sampled_from(["utf-8", "ascii"]),
    )
    @example(text="政" * 50, article="府" * 50, term="军" * 50, title="称" * 20, width=41, encoding="utf-8")
    def test_any_text_fits(self, text: str, article: str, term: str, title: str, width: int, encoding: str) -> None:
        codebook = Codebook("c", "1", (Frame("a", title), Frame("b", "B")))
        told = {"borrowed": {term: []}, "warnings": [text]}
        passage = classified(
            text=text, article=article, evidence=[(term, 0.1)], frame="a", candidates=["a", "b"], **told
        )
        output = printed(passage, codebook=codebook, width=width, encoding=encoding)
        assert harmless(output)
        assert all(cell_len(line) <= width for line in output.split("\n"))

    def test_a_huge_paragraph_costs_no_more_than_its_beginning(self) -> None:
        assert "word word" in printed(classified(text="word " * 1_000_000))
