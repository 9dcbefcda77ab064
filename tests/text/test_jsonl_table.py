import io
import json
import os

import pytest

from framing.text.table_files import jsonl_rows
from framing.text.tables import LONGEST_CONTENT, LONGEST_ROW


def read(file):
    errors = []
    rows = jsonl_rows(io.BytesIO(file) if isinstance(file, bytes) else file, path="t.jsonl", on_error=errors.append)
    return [(row.number, row.line, row.values) for row in rows], errors


def line_of(length, text="x"):
    """A line of so many bytes."""
    frame = b'{"text": ""}\n'
    return frame[:10] + text.encode() * (length - len(frame)) + frame[10:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_line_that_is_too_long_is_one_bad_row(encoding):
    content = '{"text": "one"}\n' + "x" * (LONGEST_ROW + 1) + '\n\n{"text": "two"}\n'
    rows, errors = read(content.encode(encoding))
    assert rows == [(1, 1, {"text": "one"}), (3, 4, {"text": "two"})]
    (error,) = errors
    assert str(error).startswith("t.jsonl:2: is longer than 16 MB; write one object a line")
    assert (error.row, error.content) == (2, "x" * LONGEST_CONTENT)


def test_the_first_and_the_last_line_may_be_too_long():
    rows, errors = read(
        b"\xef\xbb\xbf" + line_of(LONGEST_ROW + 1) + b'{"text": "two"}\n' + line_of(LONGEST_ROW + 9)[:-1]
    )
    assert [(number, line) for number, line, _ in rows] == [(2, 2)]
    assert [error.line for error in errors] == [1, 3]


def test_a_line_of_the_longest_is_read():
    rows, errors = read(line_of(LONGEST_ROW) + line_of(LONGEST_ROW)[:-1])
    assert [len(values["text"]) for _, _, values in rows] == [LONGEST_ROW - 13] * 2
    assert errors == []


def test_of_an_endless_line_no_more_is_held_than_the_bound():
    class Endless(io.RawIOBase):
        left = 40 * LONGEST_ROW

        def readable(self):
            return True

        def readinto(self, buffer):
            size = min(self.left, len(buffer))
            self.left -= size
            buffer[:size] = b"x" * size
            return size

    rows, errors = read(io.BufferedReader(Endless()))
    assert rows == []
    assert [len(error.content) for error in errors] == [LONGEST_CONTENT]


def test_a_bad_line_is_told_with_what_it_holds():
    rows, errors = read(b'{"text": 1\n\n [1] \n{"Text ": "one"}\n{"text": "\xff"}\n')
    assert rows == [(3, 4, {"text": "one"})]
    assert [(error.line, error.row, error.content) for error in errors] == [
        (1, 1, '{"text": 1\n'),
        (3, 2, " [1] \n"),
        (5, 4, '{"text": "\ufffd"}\n'),
    ]


@pytest.mark.parametrize("line", [' {"a": 1}', '{"a": 1} \t', '{"a": 1}\r', '{"a": NaN}', '{"A": 0, " a ": 1}'])
def test_white_space_and_names_are_as_json_and_tables_have_them(line):
    rows, errors = read(f"{line}\n".encode() * 2)
    assert [json.dumps(values) for _, _, values in rows] == [
        json.dumps({"a": float("nan") if "NaN" in line else 1})
    ] * 2
    assert errors == []


@pytest.mark.parametrize("line", [b'{"a": 1} {"b": 2}', b'{"a": 1}\x0b', b'{"a": 1}\x00', b"{'a': 1}"])
def test_what_follows_an_object_makes_the_line_a_bad_one(line):
    rows, errors = read(line + b"\n")
    assert rows == []
    assert [error.line for error in errors] == [1]


def test_ever_new_columns_are_read():
    rows, errors = read("".join(f'{{"C{n}": {n}}}\n' for n in range(3000)).encode())
    assert [values for _, _, values in rows] == [{f"c{n}": n} for n in range(3000)]
    assert errors == []


def test_a_pipe_is_not_waited_for():
    inside, outside = os.pipe()
    with os.fdopen(inside, "rb") as pipe, os.fdopen(outside, "wb", buffering=0) as end:
        rows = jsonl_rows(pipe, path="-", on_error=pytest.fail)
        for number in (1, 2):
            end.write(b'{"a": 1}\n')
            assert next(rows).number == number
        end.close()
        assert list(rows) == []
