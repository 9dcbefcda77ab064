"""Rows of CSV, to and from spreadsheets: nothing that is written is run as a formula, and all is read back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from framing.errors import InputError
from framing.text.encoding import byte_order

# What a spreadsheet would run, plain, full-width or small, also behind blanks and characters that cannot be seen, and
# what is guarded already: so that taking one apostrophe off gives back what there was.
_GUARDED = re.compile("'*(?:[\\s\x00-\x20\xad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠﹦﹢﹣﹫]|[\t\r])")


@dataclass(frozen=True)
class Row:
    """A row under the header.

    Attributes
    ----------
    line : int
        Where it begins in the file, counted from 1.
    fault : str or None
        It has more or fewer cells than the header.
    """

    line: int
    cells: dict[str, str]
    fault: str | None = None


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: list[Row]


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; `unguarded` takes it off."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a cell."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text[1:]) else text


def csv_row(cells: Sequence[str | None]) -> bytes:
    """Write a row, every cell quoted and guarded; None is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["" if cell is None else guarded(cell) for cell in cells])
    return buffer.getvalue().encode()


def read_table(content: bytes, *, wanted: Collection[str]) -> Table:
    """Read CSV with a header line: UTF-8 or what its byte order mark says; its delimiter is found from the header.

    Parameters
    ----------
    content : bytes
    wanted : collection of str
        Columns that may be there; the delimiter is the sign that cuts most of them out of the header.

    Raises
    ------
    InputError
        When it is no text, no CSV or has no header line, or a column stands in it twice.
    """
    encoding = byte_order(content) or "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"line {line}: is not UTF-8 text; save the file as UTF-8") from None
    delimiter = max(",;\t|", key=lambda sign: len(set(wanted).intersection(_header(text, sign))))
    # The limit is the module's own and global, so it is set back.
    limit = csv.field_size_limit(max(len(text), 1))
    try:
        return _table(text, delimiter)
    finally:
        csv.field_size_limit(limit)


def _table(text: str, delimiter: str) -> Table:
    # Strict: a quotation mark that is never closed must not swallow the rest of the file unseen.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if not columns:
                columns = tuple(cell.strip() for cell in cells)
            elif any(cells):
                rows.append(_row(columns, cells, line))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"line {line}: is not a row of a CSV file: {error}") from None
    if not columns:
        raise InputError("has no header line")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise InputError(f"has more than one column '{twice[0]}'")
    return Table(columns, rows)


def _row(columns: tuple[str, ...], cells: list[str], line: int) -> Row:
    fault = None
    if len(cells) != len(columns):
        fault = f"has {len(cells)} cells where the header has {len(columns)}"
    return Row(line, dict(zip(columns, cells, strict=False)), fault)


def _header(text: str, delimiter: str) -> Iterable[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [cell.strip() for cell in next(filter(None, reader), [])]
    except csv.Error:
        return []
