import csv
import io
import json
import re
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import Codebook, of_labels
from framing.corpus.writers import CsvWriter, JsonlWriter

CODEBOOK = of_labels("test", ["order", "blame", "=cost"])
COLUMNS = [
    *("article", "paragraph", "start", "end", "frame", "probability"),
    *("probability:=cost", "probability:blame", "probability:order"),
    *("uncertain", "candidates", "evidence", "borrowed"),
    *("share:words", "share:intercept", "share:article", "share:neighbours", "share:source", "score"),
    *("boilerplate", "warnings", "text", "model"),
]
ANY_TEXT = st.text(st.characters(), max_size=40)  # Surrogates too.


def classified(**changes: Any) -> ClassifiedParagraph:
    paragraph: dict[str, Any] = {
        "article": "hills.txt",
        "paragraph": 3,
        "start": 10,
        "end": 42,
        "text": "Soldiers held the ford until noon.",
        "frame": "order",
        "probability": 0.7000000001,
        "probabilities": {"=cost": 0.1, "blame": 0.2, "order": 0.7000000001},
        "uncertain": True,
        "candidates": ["order", "blame"],
        "evidence": [("soldiers", 0.412345), ("the ford", 0.2)],
        "shares": {"words": 1.25, "intercept": -0.5, "article": 0.75, "neighbours": 0.25, "source": 0.0, "score": 1.75},
        "borrowed": {},
        "boilerplate": False,
        "warnings": [],
        "model": "test 0a1b",
    }
    return ClassifiedParagraph(**(paragraph | changes))


BOILERPLATE = classified(
    paragraph=4,
    text="Share this",
    frame=None,
    probability=None,
    probabilities=None,
    uncertain=None,
    candidates=None,
    evidence=[],
    shares=None,
    boilerplate=True,
)


def jsonl(*paragraphs: ClassifiedParagraph) -> bytes:
    file = io.BytesIO()
    JsonlWriter(file).write(paragraphs)
    return file.getvalue()


def csv_bytes(*paragraphs: ClassifiedParagraph, codebook: Codebook = CODEBOOK) -> bytes:
    file = io.BytesIO()
    CsvWriter(file, codebook).write(paragraphs)
    return file.getvalue()


def csv_rows(*paragraphs: ClassifiedParagraph) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_bytes(*paragraphs).decode(), newline=""), strict=True))


def readable(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def harmless(text: str) -> str:
    """Say what a csv cell holds of a text: no character that ends a cell early or drives a terminal."""
    return re.sub("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]", "\ufffd", readable(text))


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


class TestJsonl:
    def test_the_keys_stand_in_the_order_of_the_record(self) -> None:
        line = json.loads(jsonl(classified()))
        assert list(line) == list(ClassifiedParagraph.__annotations__)

    def test_values(self) -> None:
        line = json.loads(jsonl(classified()))
        assert line["probability"] == 0.7
        assert line["probabilities"] == {"=cost": 0.1, "blame": 0.2, "order": 0.7}
        assert list(line["probabilities"]) == list(CODEBOOK.labels)
        assert line["evidence"] == [["soldiers", 0.4123], ["the ford", 0.2]]
        assert (line["uncertain"], line["candidates"]) == (True, ["order", "blame"])

    def test_shares_add_up_to_the_score_as_far_as_they_are_written(self) -> None:
        shares = {
            "words": 1 / 3,
            "intercept": -1 / 7,
            "article": 2 / 3,
            "neighbours": -1e-9,
            "source": 0.0,
            "score": 6 / 7 - 1e-9,
        }
        written = jsonl(classified(shares=shares))
        line = json.loads(written)["shares"]
        assert list(line) == ["words", "intercept", "article", "neighbours", "source", "score"]
        assert line["words"] == 0.333333
        assert sum(line[name] for name in list(line)[:-1]) == pytest.approx(line["score"], abs=3e-6)
        assert b"-0.0," not in written

    def test_borrowed_words_and_warnings(self) -> None:
        warnings = ["few of its words are known (41%)", "is mostly in capitals (90%)"]
        line = json.loads(jsonl(classified(borrowed={"levy": ["tax", "toll"], "zz": []}, warnings=warnings)))
        assert line["borrowed"] == {"levy": ["tax", "toll"], "zz": []}
        assert line["warnings"] == warnings

    def test_boilerplate_is_null_and_not_left_out(self) -> None:
        line = json.loads(jsonl(BOILERPLATE))
        nulls = {key for key, value in line.items() if value is None}
        assert nulls == {"frame", "probability", "probabilities", "uncertain", "candidates", "shares"}

    def test_letters_stand_as_they_are(self) -> None:
        assert "Сёла и 山口".encode() in jsonl(classified(text="Сёла и 山口"))

    def test_articles_follow_one_another(self) -> None:
        file = io.BytesIO()
        writer = JsonlWriter(file)
        writer.write([classified()])
        written = len(file.getvalue())
        writer.write([])
        writer.write(iter([classified(article="b"), BOILERPLATE]))
        assert written
        assert [json.loads(line)["article"] for line in file.getvalue().splitlines()] == ["hills.txt", "b", "hills.txt"]

    def test_no_character_breaks_the_line_for_any_reader(self) -> None:
        text = "".join(map(chr, [*range(0x20), 0x7F, 0x85, 0x9B, 0x2028, 0x2029]))
        written = jsonl(classified(text=text)).decode()
        assert len(written.splitlines()) == 1
        assert json.loads(written)["text"] == text

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
    def test_what_is_no_number_in_json_is_null(self, number: float) -> None:
        shares = dict.fromkeys(("words", "intercept", "article", "neighbours", "source", "score"), number)
        written = jsonl(classified(probability=number, evidence=[("word", number)], shares=shares))
        line = json.loads(written, parse_constant=refuse_constant)
        assert set(line["shares"].values()) == {None}
        assert line["probability"] is None
        assert line["evidence"] == [["word", None]]

    @given(text=ANY_TEXT, article=ANY_TEXT, term=ANY_TEXT, number=st.floats())
    @example(text="\ud83d\ude00", article="\udcff.txt", term='"\\', number=1e300)
    def test_any_text_comes_back(self, text: str, article: str, term: str, number: float) -> None:
        written = jsonl(classified(text=text, article=article, probability=number, evidence=[(term, number)]))
        line = json.loads(written.decode(), parse_constant=refuse_constant)
        assert written.count(b"\n") == 1
        assert (line["text"], line["article"]) == (readable(text), readable(article))
        assert line["evidence"][0][0] == readable(term)


class TestCsv:
    def test_header(self) -> None:
        assert csv_bytes().decode() == ",".join(f'"{column}"' for column in COLUMNS) + "\n"

    def test_values(self) -> None:
        (row,) = csv_rows(classified())
        assert list(row) == COLUMNS
        assert row["probability"] == "0.7"
        assert [row[f"probability:{label}"] for label in CODEBOOK.labels] == ["0.1", "0.2", "0.7"]
        assert (row["uncertain"], row["boilerplate"]) == ("true", "false")
        assert row["candidates"] == "order | blame"
        assert row["evidence"] == "soldiers | the ford"
        assert (row["borrowed"], row["warnings"]) == ("", "")

    def test_shares_borrowed_words_and_warnings(self) -> None:
        (row,) = csv_rows(classified(borrowed={"soldiers": ["army"], "ford": []}, warnings=["one (4%)", "two"]))
        names = ("words", "intercept", "article", "neighbours", "source")
        shares = {name: float(row[f"share:{name}"]) for name in names}
        assert shares == {"words": 1.25, "intercept": -0.5, "article": 0.75, "neighbours": 0.25, "source": 0}
        assert float(row["score"]) == sum(shares.values())
        assert (row["borrowed"], row["warnings"]) == ("soldiers | ford", "one (4%) | two")

    def test_null_is_empty(self) -> None:
        (row,) = csv_rows(BOILERPLATE)
        empty = {column for column, cell in row.items() if cell == ""}
        assert empty == {column for column in COLUMNS if "probability" in column} | {
            *("frame", "uncertain", "candidates", "evidence", "borrowed", "warnings"),
            *(column for column in COLUMNS if column.startswith("share:") or column == "score"),
        }

    def test_pandas_reads_numbers_and_truth_as_such(self) -> None:
        table = pd.read_csv(io.BytesIO(csv_bytes(classified(), BOILERPLATE)))
        assert list(table.columns) == COLUMNS
        assert table["paragraph"].tolist() == [3, 4]
        assert table["probability:order"][0] == 0.7
        assert bool(table["probability"].isna()[1])
        assert table["boilerplate"].tolist() == [False, True]

    def test_rows_end_with_a_line_feed_alone(self) -> None:
        written = csv_bytes(classified())
        assert written.endswith(b'"test 0a1b"\n')
        assert b"\r" not in written

    @pytest.mark.parametrize(
        "start", [*"=+-@\t\r", *"＝＋－＠﹦﹢﹣﹫", " =", "\n=", "\u00a0+", "\u3000＝", "\ufeff@", "\u200b-"]
    )
    @pytest.mark.parametrize("column", ["article", "text", "frame", "model"])
    def test_no_cell_is_a_formula(self, column: str, start: str) -> None:
        (row,) = csv_rows(classified(**{column: f"{start}1+1"}))
        assert row[column] == f"'{start}1+1"

    def test_nor_what_is_joined_or_a_header(self) -> None:
        terms = [("-one", 0.1), ("two", 0.1)]
        (row,) = csv_rows(
            classified(candidates=["=cost", "order"], evidence=terms, borrowed={"-one": []}, warnings=["@x"])
        )
        assert (row["candidates"], row["evidence"]) == ("'=cost | order", "'-one | two")
        assert (row["borrowed"], row["warnings"]) == ("'-one", "'@x")
        header = csv_bytes(codebook=of_labels("bad", ["=x", "y"])).decode()
        assert all(not cell.startswith(("=", "+", "-", "@")) for cell in next(csv.reader([header])))

    def test_a_formula_sign_inside_a_text_stays(self) -> None:
        (row,) = csv_rows(classified(text="a=b"))
        assert row["text"] == "a=b"

    def test_negative_numbers_are_numbers(self) -> None:
        (row,) = csv_rows(classified(probabilities={"order": -0.25}))
        assert (row["probability:order"], row["probability:blame"]) == ("-0.25", "")

    @given(text=ANY_TEXT, article=ANY_TEXT, term=ANY_TEXT)
    @example(text='one\r"two"\nthree,', article="a\0b", term="\ud800")
    def test_any_text_comes_back(self, text: str, article: str, term: str) -> None:
        (row,) = csv_rows(classified(text=text, article=article, evidence=[(term, 0.5)]))
        for cell, source in ((row["text"], text), (row["article"], article), (row["evidence"], term)):
            assert cell.removeprefix("'") == harmless(source).removeprefix("'")
            assert cell.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}

    @given(st.lists(ANY_TEXT.filter(lambda text: not text.startswith("'")), min_size=1, max_size=5))
    def test_pandas_finds_every_row(self, texts: list[str]) -> None:
        written = csv_bytes(*(classified(text=text) for text in texts))
        table = pd.read_csv(io.BytesIO(written), keep_default_na=False, dtype={"text": str})
        assert [cell.removeprefix("'") for cell in table["text"]] == [harmless(text) for text in texts]
