import json

import pytest

from framing.corpus.set_aside import LONGEST_CONTENT, BadRow, SetAside
from framing.errors import InputError


def test_there_is_no_file_where_no_row_is_bad(tmp_path):
    with SetAside(tmp_path / "set-aside" / "a.jsonl", "a") as aside:
        assert aside.rows == 0
    assert list(tmp_path.iterdir()) == []


def test_each_bad_row_is_a_line_with_its_place_and_reason(tmp_path):
    path = tmp_path / "set-aside" / "sub" / "a.csv.jsonl"
    with SetAside(path, "sub/a.csv") as aside:
        aside.add(BadRow(3, None, "holds no text", '{"text": "\u2028"}'))
        aside.note(4, None, "is long")
        aside.add(BadRow(None, 9, "is odd", None))
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"shard": "sub/a.csv", "line": 3, "reason": "holds no text", "content": '{"text": "\u2028"}'},
        {"shard": "sub/a.csv", "line": 4, "note": "is long"},
        {"shard": "sub/a.csv", "row": 9, "reason": "is odd", "content": None},
    ]
    assert (aside.rows, aside.notes, aside.bytes) == (2, 1, path.stat().st_size)
    assert aside.first is not None
    assert aside.first.line == 3


def test_a_long_row_is_cut_and_said_to_be(tmp_path):
    with SetAside(tmp_path / "a.jsonl", "a") as aside:
        aside.add(BadRow(1, None, "is long", "x" * LONGEST_CONTENT))
        aside.add(BadRow(2, None, "is longer", "x" * (LONGEST_CONTENT + 1)))
    whole, cut = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert "cut" not in whole
    assert cut["cut"] is True
    assert len(cut["content"]) == len(whole["content"]) == LONGEST_CONTENT


def test_nothing_is_left_of_a_shard_that_fails(tmp_path):
    def fail() -> None:
        with SetAside(tmp_path / "a.jsonl", "a") as aside:
            aside.add(BadRow(1, None, "is bad", "{"))
            raise InputError("broken")

    with pytest.raises(InputError, match="broken"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "set-aside").write_text("in the way")
    with (
        pytest.raises(InputError, match="cannot be written"),
        SetAside(tmp_path / "set-aside" / "a.jsonl", "a") as aside,
    ):
        aside.add(BadRow(1, None, "is bad", "{"))
