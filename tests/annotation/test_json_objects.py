import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.json_objects import json_line, json_value, read_objects
from framing.errors import InputError


def faults(content):
    return [(place, fault) for place, _, fault in read_objects(content)]


@given(st.dictionaries(st.text(), st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_line_is_one_line_and_reads_back(value):
    value = {key.encode("utf-8", "replace").decode(): text for key, text in value.items()}
    line = json_line(value)
    assert len(line.decode().splitlines()) == 1
    assert json.loads(line) == value


def test_each_line_is_judged_by_itself():
    content = b'{"a": 1}\n\n[1]\n{"a": NaN}\n{"a": "\xff"}\n{"b": 2}'
    assert [(place, value) for place, value, _ in read_objects(content)] == [
        ("line 1", {"a": 1}), ("line 3", None), ("line 4", None), ("line 5", None), ("line 6", {"b": 2}),
    ]  # fmt: skip
    assert "UTF-8" in dict(faults(content))["line 5"]


def test_an_array_is_read_like_lines():
    assert list(read_objects(b' [{"a": 1}, 2]')) == [
        ("record 1", {"a": 1}, None),
        ("record 2", None, "is not a JSON object {...}"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings(encoding):
    assert [value for _, value, _ in read_objects('{"ä": 1}\n{"b": 2}\n'.encode(encoding))] == [{"ä": 1}, {"b": 2}]


def test_a_mark_that_lies():
    with pytest.raises(InputError, match="first bytes"):
        list(read_objects(b"\xff\xfe{"))


@pytest.mark.parametrize("content", [b"[" * 200_000, b"1" * 5000, b"{", b"\xff", b'{"a": Infinity}'])
def test_what_is_no_json_is_told_in_a_line(content):
    with pytest.raises(ValueError, match="is n") as caught:
        json_value(content)
    assert "\n" not in str(caught.value)
