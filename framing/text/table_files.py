"""The rows of csv, jsonl and parquet files, one after another, however large the file."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from framing.errors import InputError, MissingExtraError
from framing.text.encoding import byte_order, seekable, text_encoding, tidied
from framing.text.provenance import PROVENANCE_COLUMNS
from framing.text.tables import ID_COLUMNS, OUTLET_COLUMN, TEXT_COLUMNS, OnError, Row, check_columns, column_name

_DELIMITERS = (",", ";", "\t", "|")
# A few bytes may stand for a long text in each row, so that a batch is held to few rows.
_ROWS_AT_A_TIME = 8
# Text is packed to a tenth or so; what claims far more was made to fill the memory.
_MOST_UNPACKED = 64 * 2**20
_MOST_PACKED = 100
# The most that csv takes where a C long has 32 bits.
_LONGEST_CELL = 2**31 - 1
_READ_COLUMNS = frozenset((*TEXT_COLUMNS, *ID_COLUMNS, "position", OUTLET_COLUMN, *PROVENANCE_COLUMNS))


def csv_rows(file: BinaryIO, *, path: str, on_error: OnError) -> Iterator[Row]:
    """Yield the rows of a table with a header; comma, semicolon, tab or bar is found from the header.

    Raises
    ------
    InputError
        When it is no text, is empty, has no text column or two columns of one name.
    """
    with seekable(file) as source:
        encoding, errors = text_encoding(source, path=path)
        decoder = io.TextIOWrapper(source, encoding, errors=errors, newline="")
        try:
            yield from _rows_of_lines(decoder, path, on_error)
        finally:
            # The file is closed by whoever opened it.
            decoder.detach()


def _rows_of_lines(source: Iterable[str], path: str, on_error: OnError) -> Iterator[Row]:
    # NULs and the like are made harmless before csv sees them; a damaged cell is told as a wrong row.
    lines = (tidied(line) for line in source)
    blank = 0
    for header in lines:
        if header.strip():
            break
        blank += 1
    else:
        raise InputError("holds no text", path=path)
    reader = _Reader(itertools.chain([header], lines), _delimiter(header))
    columns = next(reader, [])
    check_columns(columns, path=path)
    names = [column_name(column) for column in columns]
    number = 0
    while True:
        line = blank + reader.line + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            on_error(InputError(f"is not valid csv: {error}", path=path, line=line))
            continue
        if not values:
            continue
        number += 1
        if len(values) == len(names):
            yield Row(number, line, dict(zip(names, values, strict=True)))
        else:
            found = f"this row has {len(values)} columns, the header has {len(names)}"
            on_error(InputError(f"{found}; check its quotes and separators", path=path, line=line))


class _Reader:
    """A csv reader for cells of any length; the limit is the module's own and global, so it is lifted row by row."""

    def __init__(self, lines: Iterable[str], delimiter: str):
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)

    @property
    def line(self) -> int:
        return self._reader.line_num

    def __iter__(self) -> _Reader:
        return self

    def __next__(self) -> list[str]:
        limit = csv.field_size_limit(_LONGEST_CELL)
        try:
            return next(self._reader)
        finally:
            csv.field_size_limit(limit)


def _delimiter(header: str) -> str:
    """Choose the sign that cuts a text column out of the header, and of several the one that makes most columns."""

    def columns(delimiter: str) -> tuple[bool, int]:
        names = [column_name(name) for name in next(_Reader([header], delimiter), [])]
        return any(name in TEXT_COLUMNS for name in names), len(names)

    return max(_DELIMITERS, key=columns)


def jsonl_rows(file: BinaryIO, *, path: str, on_error: OnError) -> Iterator[Row]:
    """Yield the objects of a file that holds one JSON object a line; a line that is none is told and left out."""
    number = 0
    for line, raw in enumerate(_json_lines(file), start=1):
        if not raw.strip():
            continue
        number += 1
        try:
            value = json.loads(raw)
        except UnicodeDecodeError:
            on_error(InputError("is not UTF-8; save the file as UTF-8", path=path, line=line))
        except json.JSONDecodeError as error:
            on_error(InputError(f"is not valid JSON: {error.msg}; write one object a line", path=path, line=line))
        except (RecursionError, ValueError):
            on_error(InputError("holds JSON that is nested too deeply or too long a number", path=path, line=line))
        else:
            if isinstance(value, dict):
                yield Row(number, line, {column_name(name): item for name, item in value.items()})
            else:
                on_error(InputError('is not a JSON object; write {"text": …} a line', path=path, line=line))


def _json_lines(file: BinaryIO) -> Iterator[bytes | str]:
    """Yield lines as they come, so that a pipe is not waited for; UTF-16, as some shells write it, is decoded."""
    first = file.readline()
    encoding = byte_order(first)
    if encoding is None or encoding == "utf-8-sig":
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from file
        return
    # The file is cut at each byte of a line feed, which is half a letter of some scripts: a line is joined once.
    parts: list[str] = []
    for text in codecs.iterdecode(itertools.chain([first], file), encoding, errors="replace"):
        *whole, rest = text.split("\n")
        for end in whole:
            yield "".join((*parts, end))
            parts.clear()
        parts.append(rest)
    yield "".join(parts)


def parquet_rows(file: BinaryIO, *, path: str) -> Iterator[Row]:
    """Yield the rows of a Parquet file, read batch by batch.

    Raises
    ------
    MissingExtraError
        When pyarrow is not installed.
    InputError
        When it is no Parquet file, is damaged, packed beyond what text can be, has no text column or two columns of
        one name.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError("corpus", "reading Parquet files", path=path) from None
    try:
        with seekable(file) as source:
            table = parquet.ParquetFile(source)
            columns = list(table.schema_arrow.names)
            check_columns(columns, path=path)
            wanted = [name for name in columns if column_name(name) in _READ_COLUMNS]
            _check_unpacked(table.metadata, path)
            batches = table.iter_batches(batch_size=_ROWS_AT_A_TIME, columns=wanted)
            rows: Iterator[dict[str, Any]] = (row for batch in batches for row in batch.to_pylist())
            for number, values in enumerate(rows, start=1):
                yield Row(number, None, {column_name(name): value for name, value in values.items()})
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise InputError(f"cannot be read as a Parquet file: {reason}", path=path) from None


def _check_unpacked(metadata: Any, path: str) -> None:
    """Refuse a file that declares a part to be large and packed beyond what text can be."""
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            size = column.total_uncompressed_size
            if size > max(_MOST_UNPACKED, _MOST_PACKED * column.total_compressed_size):
                raise InputError(f"would unpack to more than {_MOST_PACKED} times its size", path=path)
