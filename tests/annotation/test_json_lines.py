import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.annotation.json_lines import TORN, Finding, read_json_lines
from framing.errors import LabelError


def lines_of(path, content):
    path.write_bytes(content)
    return list(read_json_lines(path))


def test_each_line_is_judged_by_itself(tmp_path):
    lines = lines_of(tmp_path / "f.jsonl", b'{"a": 1}\nnot json\n{"a": 2}\n')
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.value for line in lines] == [{"a": 1}, {}, {"a": 2}]
    assert [line.fault is None for line in lines] == [True, False, True]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "is empty"),
        (b"   ", "is empty"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"a": 1} {"b": 2}', "not valid JSON"),
        (b'{"a": NaN}', "not valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\\ud83d"}', "half of a character"),
        (b'{"\\udc00": 1}', "half of a character"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(tmp_path, line, words):
    bad, good = lines_of(tmp_path / "f.jsonl", line + b'\n{"a": 1}\n')
    assert words in bad.fault
    assert (bad.value, bad.number) == ({}, 1)
    assert good.fault is None


def test_whole_pairs_of_surrogates_are_a_character(tmp_path):
    [line] = lines_of(tmp_path / "f.jsonl", b'{"a": "\\ud83d\\ude00"}\n')
    assert line.value == {"a": "\U0001f600"}


def test_a_last_line_that_breaks_off_is_told_apart(tmp_path):
    whole = '{"a": "é"}'.encode()
    for length in range(1, len(whole)):
        first, last = lines_of(tmp_path / "f.jsonl", b'{"a": 1}\n' + whole[:length])
        assert first.fault is None
        assert (last.fault, last.number) == (TORN, 2)
    # Ended by a line break it is a bad line like any other, and a whole line needs no break.
    assert lines_of(tmp_path / "f.jsonl", whole[:5] + b"\n")[0].fault != TORN
    assert lines_of(tmp_path / "f.jsonl", whole)[0].value == {"a": "é"}


def test_byte_order_mark_and_line_ends_of_other_systems_are_read(tmp_path):
    lines = lines_of(tmp_path / "f.jsonl", b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\r\n')
    assert [line.value for line in lines] == [{"a": 1}, {"a": 2}]


def test_an_empty_file_has_no_lines(tmp_path):
    assert lines_of(tmp_path / "f.jsonl", b"") == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabelError, match=r"gone\.jsonl: there is no such file"):
        list(read_json_lines(tmp_path / "gone.jsonl"))


@settings(deadline=None)
@given(content=st.binary(max_size=80))
def test_no_content_breaks_the_reader(tmp_path_factory, content):
    for line in lines_of(tmp_path_factory.mktemp("any") / "f.jsonl", content):
        assert isinstance(line.value, dict)
        assert line.number >= 1


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.integers() | st.none(), max_size=3
        ),
        max_size=6,
    )
)
def test_what_was_written_is_read(tmp_path_factory, objects):
    content = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in objects)
    lines = lines_of(tmp_path_factory.mktemp("any") / "f.jsonl", content.encode())
    assert [line.value for line in lines] == objects


def test_a_finding_reads_like_a_place_in_a_file():
    assert str(Finding("paragraphs.jsonl", 7, "is empty")) == "paragraphs.jsonl:7: is empty"
    assert str(Finding("codebook.toml", None, "is missing")) == "codebook.toml: is missing"
