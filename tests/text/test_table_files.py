import gzip
import io
import os

import pytest

from framing.errors import InputError
from framing.text import read_articles
from framing.text.table_files import open_table, unpacked
from framing.text.tables import LONGEST_ROW

ROWS = b'{"id": "a", "text": "one"}\n{"id": "b", "text": "two"}\n'
TABLE = b"id,text\na,one\nb,two\n"


def told(source, **options):
    errors = []
    return [(article.id, article.text) for article in read_articles(str(source), on_error=errors.append, **options)], [
        str(error).removeprefix(str(source)) for error in errors
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.jsonl.gz", ROWS),
        ("t.ndjson.gz", ROWS),
        ("t.csv.gz", TABLE),
        ("t.tsv.gz", TABLE.replace(b",", b"\t")),
        ("T.CSV.GZ", TABLE.decode().encode("utf-16")),
    ],
)
def test_packed_tables_are_read_by_what_they_hold(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content))
    assert told(path) == ([("a", "one"), ("b", "two")], [])
    assert told(tmp_path) == told(path)
    assert {article.source for article in read_articles(str(path), on_error=pytest.fail)} == {name[0]}


def test_packed_members_one_after_another_are_one_table(tmp_path):
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(ROWS[:27]) + gzip.compress(ROWS[27:]))
    assert told(tmp_path / "t.jsonl.gz") == ([("a", "one"), ("b", "two")], [])


def test_the_kind_that_is_named_holds_for_a_packed_file_too(tmp_path):
    (tmp_path / "rows.gz").write_bytes(gzip.compress(ROWS))
    assert told(tmp_path / "rows.gz", kind="jsonl") == ([("a", "one"), ("b", "two")], [])
    assert told(tmp_path / "rows.gz") == ([], [": not a text file but a compressed file; unpack it first"])


@pytest.mark.parametrize("name", ["a.txt.gz", "a.parquet.gz", "a.gz"])
def test_other_packed_files_in_a_folder_are_passed_over(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(ROWS))
    skipped = []
    assert list(read_articles(str(tmp_path), on_error=pytest.fail, on_skip=skipped.append)) == []
    assert skipped == [str(tmp_path / name)]


@pytest.mark.parametrize("damage", ["cut", "changed", "plain", "trailing"])
@pytest.mark.parametrize("name", ["t.jsonl.gz", "t.csv.gz"])
def test_a_damaged_packed_file_is_told_by_name(tmp_path, name, damage):
    rows = b"".join(b'{"id": "%d", "text": "%s"}\n' % (n, os.urandom(50).hex().encode()) for n in range(4000))
    packed = gzip.compress(rows if name == "t.jsonl.gz" else b"text\n" + rows)
    content = {
        "cut": packed[: len(packed) // 2],
        "changed": packed[: len(packed) // 2] + b"\0" * 100 + packed[len(packed) // 2 + 100 :],
        "plain": rows,
        "trailing": packed + b"more",
    }[damage]
    (tmp_path / name).write_bytes(content)
    articles, errors = told(tmp_path / name)
    assert errors[-1] == ": is a damaged or incomplete gzip file; take a fresh copy of it"
    # Rows of jsonl are given as they come, those of csv when the encoding of all is known.
    assert (len(articles) > 0) is (name == "t.jsonl.gz" and damage != "plain")
    assert len(errors) == 1 or damage == "changed"


def test_what_unpacks_to_an_endless_line_is_one_bad_row(tmp_path):
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(b"x" * (3 * LONGEST_ROW) + b"\n" + ROWS))
    articles, errors = told(tmp_path / "t.jsonl.gz")
    assert articles == [("a", "one"), ("b", "two")]
    assert errors == [":1: is longer than 16 MB; write one object a line, and split a text that is so long"]


def test_a_table_is_opened_packed_or_not(tmp_path):
    (tmp_path / "t.jsonl").write_bytes(ROWS)
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(ROWS))
    for name in ("t.jsonl", "t.jsonl.gz"):
        with open_table(str(tmp_path / name)) as file:
            assert file.read(5) == ROWS[:5]
            file.seek(0)
            assert list(file) == ROWS.splitlines(keepends=True)
            assert file.tell() == len(ROWS)
    with pytest.raises(FileNotFoundError):
        open_table(str(tmp_path / "none.gz"))


def test_closing_what_is_unpacked_closes_the_file():
    packed = io.BytesIO(gzip.compress(ROWS))
    with unpacked(packed, path="t") as file:
        assert file.readline() == ROWS[:27]
    assert packed.closed


def test_a_packed_pipe_is_read():
    inside, outside = os.pipe()
    with os.fdopen(outside, "wb") as end:
        end.write(gzip.compress(ROWS))
    with unpacked(os.fdopen(inside, "rb"), path="t") as file:
        assert not file.seekable()
        assert file.read() == ROWS


def test_a_name_that_is_no_utf8_can_be_printed(tmp_path):
    path = tmp_path / os.fsdecode(b"\xff.jsonl.gz")
    path.write_bytes(b"no gzip")
    with open_table(str(path)) as file, pytest.raises(InputError) as caught:
        file.read()
    str(caught.value).encode()
