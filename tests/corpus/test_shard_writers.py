import csv
import io
import json
import subprocess
import sys
from itertools import compress
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from framing.artifact.bulk import ClassifiedBatch
from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import of_labels
from framing.corpus import parquet_writer
from framing.corpus.parquet_writer import ParquetWriter
from framing.corpus.rows import json_lines
from framing.corpus.shard_writers import csv_writer, jsonl_writer
from framing.corpus.writers import CsvWriter, JsonlWriter
from framing.text.article import Paragraph

CODEBOOK = of_labels("test", ['100% "order"', "blame", "=cost", "none"])
LABELS = CODEBOOK.labels
MODEL = "test 50%d 0a1b"
KEYS = ["article", "paragraph", "start", "end", "frame", "probability", "probabilities", "uncertain", "candidates"]
KEYS += ["boilerplate", "warnings", "model"]
ANY_TEXT = st.text(st.characters(), max_size=20)  # Surrogates too.
WRITERS = {"jsonl": jsonl_writer, "csv": csv_writer, "parquet": ParquetWriter}


@st.composite
def batches(draw: st.DrawFn) -> ClassifiedBatch:
    size = draw(st.integers(0, 6))
    calibrated = draw(st.booleans())
    read = np.array([draw(st.booleans()) for _ in range(size)], np.bool_)
    weights = [[draw(st.integers(0, 1000)) for _ in LABELS] for _ in range(size)]
    probabilities = np.array(weights, float).reshape(size, len(LABELS)) + 0.125
    probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    candidates = (probabilities > 0.2) & read[:, None]
    paragraphs = [
        Paragraph(draw(ANY_TEXT), draw(st.integers(0, 10**6)), 3 * row, 3 * row + 2, "ab", draw(st.booleans()))
        for row in range(size)
    ]
    return ClassifiedBatch(
        paragraphs,
        read,
        np.where(read, probabilities.argmax(axis=1), len(LABELS) - 1).astype(np.int64),
        np.where(read[:, None], probabilities, np.nan),
        candidates if calibrated else None,
        [tuple(draw(st.lists(ANY_TEXT, max_size=2))) if of_row else () for of_row in read],
    )


def batch_of(*, read: list[bool], articles: list[str] | None = None) -> ClassifiedBatch:
    size = len(read)
    articles = articles or ["hills.txt"] * size
    probabilities = np.tile([0.7, 0.1, 0.15, 0.05], (size, 1))
    reads = np.array(read, np.bool_)
    return ClassifiedBatch(
        [Paragraph(article, row, 0, 4, "text", not read[row]) for row, article in enumerate(articles)],
        reads,
        np.where(reads, 0, 3),
        np.where(reads[:, None], probabilities, np.nan),
        (probabilities > 0.12) & reads[:, None],
        [()] * size,
    )


def as_dictionaries(batch: ClassifiedBatch) -> list[ClassifiedParagraph]:
    """What `Artifact.classify` would say of the same paragraphs, without evidence."""
    told = []
    for row, paragraph in enumerate(batch.paragraphs):
        values: dict[str, Any] = dict.fromkeys(ClassifiedParagraph.__annotations__)
        chosen = None if batch.candidates is None else list(compress(LABELS, batch.candidates[row]))
        values |= {
            "article": paragraph.article,
            "paragraph": paragraph.position,
            "start": paragraph.start,
            "end": paragraph.end,
            "text": "",
            "frame": LABELS[batch.frames[row]],
            "evidence": [],
            "borrowed": {},
            "boilerplate": paragraph.boilerplate,
            "warnings": list(batch.warnings[row]),
            "model": MODEL,
        }
        if batch.read[row]:
            values["probability"] = batch.probabilities[row, batch.frames[row]]
            values["probabilities"] = dict(zip(LABELS, batch.probabilities[row].tolist(), strict=True))
            values["candidates"] = chosen
            values["uncertain"] = None if chosen is None else len(chosen) > 1
        told.append(ClassifiedParagraph(**values))
    return told


def written(format_: str, *batches: ClassifiedBatch) -> bytes:
    file = io.BytesIO()
    writer = WRITERS[format_](file, LABELS, MODEL)
    for batch in batches:
        writer.write(batch)
    writer.close()
    return file.getvalue()


def as_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


@given(batches())
@example(batch_of(read=[True, True]))
@example(batch_of(read=[False]))
def test_a_line_of_jsonl_is_that_of_the_full_writer_for_the_same_keys(batch):
    full = io.BytesIO()
    JsonlWriter(full).write(as_dictionaries(batch))
    lines = [json.loads(line) for line in full.getvalue().splitlines()]
    assert written("jsonl", batch) == json_lines({key: line[key] for key in KEYS} for line in lines)


@given(batches())
@example(batch_of(read=[True, False]))
def test_a_row_of_csv_is_that_of_the_full_writer_for_the_same_columns(batch):
    full = io.BytesIO()
    CsvWriter(full, CODEBOOK).write(as_dictionaries(batch))
    content = written("csv", batch)
    rows = as_rows(content)
    assert rows == [{key: row[key] for key in rows[0]} for row in as_rows(full.getvalue())]
    header = content.split(b"\n")[0]
    assert header.endswith(b'"uncertain","candidates","boilerplate","warnings","model"')


@given(batches())
@example(batch_of(read=[True, False]))
def test_parquet_holds_the_same_with_its_own_kinds(batch):
    table = parquet.read_table(io.BytesIO(written("parquet", batch)))
    lines = [json.loads(line) for line in written("jsonl", batch).splitlines()]
    assert table.num_rows == len(lines)
    for row, line in zip(table.to_pylist(), lines, strict=True):
        probabilities = {label: row.pop(f"probability:{label}") for label in LABELS}
        assert row | {"probabilities": probabilities if line["probabilities"] else None} == line


def test_any_control_or_break_in_a_name_is_escaped_as_by_the_full_writer():
    article = 'a"\\\u2028\x85\x7f\ud800\n=1%d'
    batch = batch_of(read=[True], articles=[article])
    full = io.BytesIO()
    JsonlWriter(full).write(as_dictionaries(batch))
    start = full.getvalue().split(b', "paragraph"')[0]
    assert written("jsonl", batch).split(b', "paragraph"')[0] == start
    assert len(written("jsonl", batch).decode().splitlines()) == 1


@pytest.mark.parametrize("format_", WRITERS)
def test_a_part_goes_on_with_the_count_of_its_article(format_):
    file = io.BytesIO()
    writer = WRITERS[format_](file, LABELS, MODEL)
    writer.write(batch_of(read=[True, False]), first_paragraph=5_000)
    writer.close()
    content = file.getvalue()
    if format_ == "jsonl":
        places = [json.loads(line)["paragraph"] for line in content.splitlines()]
    elif format_ == "csv":
        places = [int(row["paragraph"]) for row in as_rows(content)]
    else:
        places = parquet.read_table(io.BytesIO(content))["paragraph"].to_pylist()
    assert places == [5_000, 5_001]


@pytest.mark.parametrize("format_", WRITERS)
def test_no_paragraph_at_all_makes_a_file_that_can_be_read(format_):
    content = written(format_)
    assert content == written(format_, batch_of(read=[]))
    if format_ == "csv":
        assert as_rows(content) == []
    if format_ == "parquet":
        assert parquet.read_table(io.BytesIO(content)).num_rows == 0


def test_row_groups_are_of_bounded_size_and_the_same_bytes_each_time(monkeypatch):
    monkeypatch.setattr(parquet_writer, "_ROWS_IN_GROUP", 10)
    parts = [batch_of(read=[True] * 4) for _ in range(8)]
    content = written("parquet", *parts)
    metadata = parquet.ParquetFile(io.BytesIO(content)).metadata
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [12, 12, 8]
    assert content == written("parquet", *parts)
    monkeypatch.setattr(parquet_writer, "_BYTES_IN_GROUP", 1)
    metadata = parquet.ParquetFile(io.BytesIO(written("parquet", *parts))).metadata
    assert metadata.num_row_groups == 8


def test_pandas_is_not_loaded_for_parquet():
    code = """
import io, sys
import numpy as np
from framing.artifact.bulk import ClassifiedBatch
from framing.corpus.parquet_writer import ParquetWriter
from framing.text.article import Paragraph
writer = ParquetWriter(io.BytesIO(), ["order"], "model")
one = np.ones(1, np.bool_)
paragraphs = [Paragraph("a", 0, 0, 1, "b")]
writer.write(ClassifiedBatch(paragraphs, one, np.zeros(1, int), np.ones((1, 1)), one[:, None], [("short",)]))
writer.close()
sys.exit("pandas" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
