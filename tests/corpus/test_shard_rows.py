import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from framing.corpus.set_aside import BadRow
from framing.corpus.shard_rows import ArticleBatch, article_batches
from framing.corpus.shards import find_shards
from framing.errors import FramingError
from framing.text import read_articles


class Read:
    def __init__(self, path: Path):
        [shard] = find_shards([str(path)], path.parent / "out", on_error=print, on_skip=print)
        self.bad: list[BadRow] = []
        self.cuts: list[tuple[int | None, int | None, str]] = []
        self.batches: list[ArticleBatch] = list(
            article_batches(shard, on_bad=self.bad.append, on_cut=lambda *cut: self.cuts.append(cut))
        )

    @property
    def sizes(self) -> list[int]:
        return [sum(len(article.blocks or (None,)) for article in batch.articles) for batch in self.batches]


def rows_of(articles: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"article": name, "position": place, "text": f"Shells fell on day {place}.", "outlet_type": "state"}
        for name, number in articles.items()
        for place in range(number)
    ]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(rows), path)
        return path
    if ".csv" in path.name:
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    else:
        lines = [json.dumps(row) for row in rows]
    content = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.jsonl.gz", "a.csv.gz"])
def test_every_kind_of_shard_gives_the_articles_that_classify_reads(tmp_path, name):
    rows = rows_of({"one": 3, "two": 1})
    read = Read(write(tmp_path / name, rows))
    plain = write(tmp_path / "same.jsonl", rows)
    expected = list(read_articles(str(plain), on_error=print))
    [batch] = read.batches
    assert [(a.id, a.text, a.blocks, a.outlet) for a in batch.articles] == [
        (a.id, a.text, a.blocks, a.outlet) for a in expected
    ]
    assert read.bad == []
    assert 0 < batch.bytes_read <= (tmp_path / name).stat().st_size


def test_a_row_without_a_name_is_called_by_its_shard_and_number(tmp_path):
    read = Read(write(tmp_path / "a.jsonl", [{"text": "Shells fell."}]))
    assert [article.id for article in read.batches[0].articles] == ["a.jsonl:1"]


def test_an_article_is_never_parted_between_batches(tmp_path):
    sizes = {f"a{number}": 300 for number in range(10)}
    assert Read(write(tmp_path / "a.jsonl", rows_of(sizes))).sizes == [900, 900, 900, 300]
    assert Read(write(tmp_path / "b.jsonl", rows_of({"a": 10, "long": 3_000, "b": 10}))).sizes == [10, 3_000, 10]


def test_a_batch_is_held_to_what_is_scored_at_once(tmp_path):
    rows = [{"article": f"a{number}", "position": 0, "text": "word " * 60_000} for number in range(7)]
    batches = Read(write(tmp_path / "a.jsonl", rows)).batches
    assert [sum(len(article.text) for article in batch.articles) for batch in batches] == [900_000, 900_000, 300_000]
    # How many paragraphs there are in texts that are still to be cut is reckoned from their length.
    uncut = [{"text": "word " * 10_000}] * 7
    assert Read(write(tmp_path / "b.jsonl", uncut)).sizes == [3, 3, 1]


def test_a_part_that_goes_on_is_a_batch_of_its_own(tmp_path):
    read = Read(write(tmp_path / "a.jsonl", rows_of({"a": 2, "endless": 11_000, "b": 2})))
    assert list(zip(read.sizes, [batch.first_paragraph for batch in read.batches], strict=True)) == [
        (2, 0),
        (5_000, 0),
        (5_000, 5_000),
        (1_000, 10_000),
        (2, 0),
    ]
    assert [line for line, _, _ in read.cuts] == [5_003, 10_003]


def test_bad_rows_are_handed_over_and_the_rest_is_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "One."}\n{nothing\n\xff\xfe{}\n[1]\n{"text": " "}\n{"text": "Two."}\n')
    read = Read(path)
    assert [article.text for article in read.batches[0].articles] == ["One.", "Two."]
    assert [bad.line for bad in read.bad] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"id,title\n1,2\n", "has no column text"),
        ("a.csv", b"", "holds no text"),
        ("a.csv", b"PAR1....", "not a text file"),
        ("a.parquet", b"PAR1....PAR1", "cannot be read as a Parquet file"),
        ("a.jsonl.gz", b"\x1f\x8b\x08\x00broken", "damaged"),
        # No time in the header: a case is named by its bytes, which are to be the same in every process.
        ("a.jsonl.gz", gzip.compress(b'{"text": "One."}\n' * 1000, mtime=0)[:-12], "damaged"),
        ("a.csv.gz", gzip.compress(b"text\nOne.\n", mtime=0)[:-4], "damaged"),
        ("a.csv.gz", b"text\nOne.\n", "damaged"),
    ],
)
def test_a_shard_that_cannot_be_read_is_an_error_of_the_whole(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FramingError, match=reason):
        Read(tmp_path / name)
