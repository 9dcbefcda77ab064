"""The rows of Parquet files, read in batches that hold little whatever a row is said to be packed to."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from framing.errors import FramingError, InputError, MissingExtraError
from framing.text.encoding import seekable
from framing.text.provenance import PROVENANCE_COLUMNS
from framing.text.tables import (
    ID_COLUMNS,
    LONGEST_ROW,
    OUTLET_COLUMN,
    TEXT_COLUMNS,
    OnError,
    Row,
    bad_row,
    check_columns,
    column_name,
)

# A batch is held to so many rows, to so many bytes by the usual size of a row, and to so many if each cell were the
# longest of those that a group of rows keeps once and tells by number: few bytes may stand for a long text each.
_MOST_ROWS = 256
_USUAL_BATCH = 2**20
_LARGEST_BATCH = 32 * 2**20
# What is read of a file at once, of each column.
_BUFFER = 2**17
# Text is packed to a tenth or so; what claims far more was made to fill the memory.
_MOST_UNPACKED = 64 * 2**20
_MOST_PACKED = 100
# What is raised of a cell that Python has no value for; of a time zone that it does not know, a KeyError.
_NO_VALUE = (ValueError, OverflowError, KeyError)
_READ_COLUMNS = frozenset((*TEXT_COLUMNS, *ID_COLUMNS, "position", OUTLET_COLUMN, *PROVENANCE_COLUMNS))


def parquet_rows(file: BinaryIO, *, path: str, on_error: OnError | None = None) -> Iterator[Row]:
    """Yield the rows of a Parquet file, read batch by batch.

    A row that cannot be read, a cell of it being no UTF-8 or longer than ``LONGEST_ROW`` characters, is told; without
    ``on_error`` it ends the reading.

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
    except ImportError:
        raise MissingExtraError("corpus", "reading Parquet files", path=path) from None
    try:
        with seekable(file) as source:
            yield from _rows(_batches(source, path), path, on_error or _raised)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise InputError(f"cannot be read as a Parquet file: {reason}", path=path) from None


def _raised(error: FramingError) -> None:
    raise error


def _rows(batches: Iterator[Any], path: str, on_error: OnError) -> Iterator[Row]:
    number = 0
    for batch in batches:
        names = [column_name(name) for name in batch.schema.names]
        columns, whole = _columns(batch)
        doubtful = not whole or batch.nbytes > LONGEST_ROW
        for values in zip(*columns, strict=True):
            number += 1
            row = Row(number, None, dict(zip(names, values, strict=True)))
            if doubtful and (wrong := _what_is_wrong(row)):
                reason, content = wrong
                on_error(bad_row(f"row {number}: {reason}", path=path, row=number, content=content))
            else:
                yield row


class _NotUtf8:
    """Stands for a cell that is no text."""


def _columns(batch: Any) -> tuple[list[list[Any]], bool]:
    """Convert the columns of a batch; tell whether every cell could be."""
    try:
        return [column.to_pylist() for column in batch.columns], True
    except _NO_VALUE:
        return [[_value(cell) for cell in column] for column in batch.columns], False


def _value(cell: Any) -> Any:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        return _NotUtf8()
    except _NO_VALUE:
        # No text: a date far off, or of a time zone that is none. The row is read without it.
        return None


def _what_is_wrong(row: Row) -> tuple[str, str | None] | None:
    for name, value in row.values.items():
        if isinstance(value, _NotUtf8):
            return f"'{name}' is not UTF-8; save the file anew with its text as UTF-8", None
        if isinstance(value, str) and len(value) > LONGEST_ROW:
            return f"'{name}' is longer than {LONGEST_ROW // 2**20} million characters; split its text", value
    return None


def _batches(source: BinaryIO, path: str) -> Iterator[Any]:
    """Yield the columns that are read, batch by batch."""
    from pyarrow import parquet

    table = parquet.ParquetFile(source, buffer_size=_BUFFER, pre_buffer=False)
    columns = list(table.schema_arrow.names)
    check_columns(columns, path=path)
    wanted = [name for name in columns if column_name(name) in _READ_COLUMNS]
    leaves = [
        place for place in range(len(table.schema)) if table.schema.column(place).path.partition(".")[0] in wanted
    ]
    told = parquet.ParquetFile(_NothingRead(source), metadata=table.metadata, buffer_size=_BUFFER, pre_buffer=False)
    for group in range(table.metadata.num_row_groups):
        _check_told(told, group, wanted)
        _check_unpacked(table.metadata.row_group(group), leaves, path)
    for group in range(table.metadata.num_row_groups):
        rows = _rows_at_a_time(source, table, group, leaves)
        yield from table.iter_batches(batch_size=rows, row_groups=[group], columns=wanted, use_threads=False)


def _rows_at_a_time(source: BinaryIO, table: Any, group: int, leaves: list[int]) -> int:
    """Reckon from what a group of rows says of itself how many of its rows are read at once."""
    told = table.metadata.row_group(group)
    columns = [told.column(leaf) for leaf in leaves]
    unpacked = sum(column.total_uncompressed_size for column in columns)
    rows = min(_MOST_ROWS, _USUAL_BATCH * told.num_rows // max(1, unpacked))
    if unpacked * _MOST_ROWS > _LARGEST_BATCH:
        longest = max((_longest_cell(source, table, group, column) for column in columns), default=0)
        rows = min(rows, _LARGEST_BATCH // max(1, longest))
    return int(max(1, rows))


def _top(column: Any) -> str:
    return str(column.path_in_schema.partition(".")[0])


def _longest_cell(source: BinaryIO, table: Any, group: int, column: Any) -> int:
    """Return the length of the longest cell that is kept once and told by number, 0 where none is."""
    if not column.has_dictionary_page or "BYTE_ARRAY" not in column.physical_type:
        return 0
    from pyarrow import DictionaryArray, compute, parquet, types

    name = column.path_in_schema
    kind = table.schema_arrow.field(_top(column)).type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind)):
        return int(column.total_uncompressed_size)
    probe = parquet.ParquetFile(
        source, metadata=table.metadata, read_dictionary=[name], buffer_size=_BUFFER, pre_buffer=False
    )
    first = next(probe.iter_batches(batch_size=1, row_groups=[group], columns=[name], use_threads=False), None)
    if first is None or not isinstance(first.column(0), DictionaryArray):
        return int(column.total_uncompressed_size)
    return int(compute.max(compute.binary_length(first.column(0).dictionary)).as_py() or 0)


class _ReadError(OSError):
    """Something of a column would have been read."""


class _NothingRead(io.RawIOBase):
    """Stands for a file of which nothing is to be read."""

    def __init__(self, source: BinaryIO):
        self._size = source.seek(0, io.SEEK_END)
        source.seek(0)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, _buffer: object) -> int:
        raise _ReadError


def _check_told(table: Any, group: int, wanted: list[str]) -> None:
    """Have an error raised where what a group of rows says of its columns is at odds with itself.

    Asked for it column by column, pyarrow ends the whole process there.
    """
    with contextlib.suppress(_ReadError):
        next(table.iter_batches(batch_size=1, row_groups=[group], columns=wanted, use_threads=False), None)


def _check_unpacked(group: Any, leaves: list[int], path: str) -> None:
    """Refuse a file that declares a part to be large and packed beyond what text can be."""
    for column in map(group.column, leaves):
        size = column.total_uncompressed_size
        if size > max(_MOST_UNPACKED, _MOST_PACKED * column.total_compressed_size):
            raise InputError(f"would unpack to more than {_MOST_PACKED} times its size", path=path)
