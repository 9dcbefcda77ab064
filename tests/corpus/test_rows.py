from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.corpus.rows import csv_rows, json_lines

ANY_TEXT = st.text(st.characters(), max_size=40)  # Surrogates too.


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def test_rows_have_quoted_texts_and_bare_numbers() -> None:
    content = csv_rows([["id", "share"], ['the "ford"', 0.25], [None, None]])
    assert content == b'"id","share"\n"the ""ford""",0.25\n"",""\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\u200b=1", "＝1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert read_back(csv_rows([[text]])) == [["'" + text]]


@given(st.lists(st.lists(ANY_TEXT, min_size=2, max_size=2), min_size=1, max_size=4))
def test_any_rows_are_read_back_as_many_and_none_is_run(rows: list[list[str]]) -> None:
    read = read_back(csv_rows(rows))
    assert [len(row) for row in read] == [2] * len(rows)
    assert not any(re.match(r"[=+\-@＝＋－＠]", cell) for row in read for cell in row)
    assert not any(sign in cell for row in read for cell in row for sign in "\x00\x1b\x7f\x9b")


def test_objects_are_one_a_line() -> None:
    content = json_lines([{"text": "Café\u2028\x85\ud83d", "shares": [["a", 0.5]]}, {}])
    assert content.decode("utf-8") == '{"text": "Café\\u2028\\u0085\ufffd", "shares": [["a", 0.5]]}\n{}\n'


@given(st.lists(st.dictionaries(st.sampled_from("ab"), ANY_TEXT), max_size=4))
def test_any_objects_are_read_back(objects: list[dict[str, str]]) -> None:
    lines = json_lines(objects).decode("utf-8").splitlines()
    whole = [{key: re.sub("[\ud800-\udfff]", "\ufffd", text) for key, text in table.items()} for table in objects]
    assert [json.loads(line) for line in lines] == whole
