"""The rows of csv files, whatever sign stands between their columns."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, TextIO

from framing.errors import InputError
from framing.text.encoding import seekable, text_encoding, tidied
from framing.text.tables import (
    LONGEST_CONTENT,
    LONGEST_ROW,
    TEXT_COLUMNS,
    OnError,
    Row,
    bad_row,
    check_columns,
    column_name,
)

if TYPE_CHECKING:
    from _csv import Reader as _Reader

_DELIMITERS = (",", ";", "\t", "|")
# The most that csv takes where a C long has 32 bits.
_LONGEST_CELL = 2**31 - 1
_AT_A_TIME = 2**16
# What each further line of a row counts beside its signs, since it takes about as much to hold.
_OF_A_LINE = 64
_NOT_CLOSED = (
    "opens a quote that is not closed, or a quote within its text is not doubled; what stands in the lines after it is "
    "read by itself"
)
_TOO_LONG = (
    f"is longer than {LONGEST_ROW // 2**20} million characters or {LONGEST_ROW // _OF_A_LINE:,} lines; "
    "close its quotes, or split its text"
)


def csv_rows(file: BinaryIO, *, path: str, on_error: OnError) -> Iterator[Row]:
    """Yield the rows of a table with a header; comma, semicolon, tab or bar is found from the header.

    A row of several lines that is not valid, or of more than ``LONGEST_ROW`` characters or very many lines, is told as
    a bad one. Most often a quote in it was never closed, so only the line where it began is left out, and those after
    it are read by themselves. What opens a quote in one of them, and leaves it open, would end as the row did, so it is
    told at once: hostile quotes cannot have a file read over and over.

    Raises
    ------
    InputError
        When it is no text, is empty, has no text column or two columns of one name.
    """
    with seekable(file) as source:
        encoding, errors = text_encoding(source, path=path)
        decoder = io.TextIOWrapper(source, encoding, errors=errors, newline="")
        try:
            yield from _rows_of_lines(_Lines(decoder), path, on_error)
        finally:
            # The file is closed by whoever opened it.
            decoder.detach()


def _rows_of_lines(lines: _Lines, path: str, on_error: OnError) -> Iterator[Row]:
    delimiter = _delimiter(_first_line(lines, path))
    names, reader = _columns(lines, delimiter, path)
    width, number = len(names), 0
    while True:
        line = lines.begin_row()
        wrong = None
        try:
            values = next(reader, None)
        except csv.Error:
            values, reader, wrong = _read_again(lines, delimiter)
        if lines.too_long or wrong is not None:
            reason = _what_is_wrong(lines, wrong)
            lines.leave_row()
            on_error(bad_row(reason, path=path, line=line, content=lines.text()))
            reader = _reader(lines, delimiter)
        elif values is None:
            return
        elif values:
            number += 1
            if len(values) == width:
                yield Row(number, line, dict(zip(names, values, strict=True)))
                continue
            found = f"this row has {len(values)} columns, the header has {width}; check its quotes and separators"
            on_error(bad_row(found, path=path, line=line, row=number, content=lines.text()))


def _what_is_wrong(lines: _Lines, wrong: str | None) -> str:
    if lines.too_long:
        return f"this row {_TOO_LONG}"
    return _NOT_CLOSED if lines.goes_on else f"is not valid csv: {wrong}"


def _first_line(lines: _Lines, path: str) -> str:
    """Return the first line that is not blank; it is handed out again."""
    lines.begin_row()
    for line in lines:
        if line.strip():
            lines.hand_out_again()
            return line
        lines.begin_row()
    if lines.too_long:
        raise InputError(f"the first line {_TOO_LONG}", path=path, line=lines.number)
    raise InputError("holds no text", path=path)


def _columns(lines: _Lines, delimiter: str, path: str) -> tuple[list[str], _Reader]:
    """Read the header."""
    line = lines.begin_row()
    columns, reader, wrong = _read_again(lines, delimiter)
    if lines.too_long:
        raise InputError(f"the header {_TOO_LONG}", path=path, line=line)
    if wrong is not None:
        raise InputError(f"is not valid csv: {wrong}", path=path, line=line)
    check_columns(columns or [], path=path)
    return [column_name(column) for column in columns or []], reader


def _read_again(lines: _Lines, delimiter: str) -> tuple[list[str] | None, _Reader, str | None]:
    """Read a row that was not read, from its start, its cells of any length, and tell what is wrong with it.

    The limit of a cell's length is the csv module's own and global: it is only lifted for rows that may need it.
    """
    if not lines.too_long:
        lines.hand_out_again()
    reader = _reader(lines, delimiter)
    try:
        return _next_of_any_length(reader), reader, None
    except csv.Error as error:
        return None, reader, str(error)


def _next_of_any_length(reader: _Reader) -> list[str] | None:
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(limit)


def _reader(lines: Iterable[str], delimiter: str) -> _Reader:
    return csv.reader(lines, delimiter=delimiter, strict=True)


class _Lines:
    """The lines of a file, made harmless; those of one row are held, as long as it is not too long.

    Attributes
    ----------
    number : int
        That of the line handed out last, from 1.
    too_long : bool
        Whether the lines of the row are too long together; then no more are handed out until it is left.
    goes_on : bool
        Whether more than its first line was asked for.
    """

    def __init__(self, file: TextIO):
        self.number = 0
        self.too_long = self.goes_on = False
        self._file = file
        self._row: list[str] = []
        self._waiting: deque[str] = deque()
        self._alone = False

    def __iter__(self) -> Iterator[str]:
        readline, row, waiting = self._file.readline, self._row, self._waiting
        length = 0
        while not self.too_long:
            if row:
                self.goes_on = True
                if self._alone:
                    return
            if waiting:
                line = waiting.popleft()
            else:
                line = tidied(readline(LONGEST_ROW + 1))
                if len(line) > LONGEST_ROW:
                    self._skip_rest_of(line)
            if not line:
                return
            length = length + len(line) + _OF_A_LINE if row else len(line)
            self.number += 1
            row.append(line)
            if length > LONGEST_ROW:
                self.too_long = True
            else:
                yield line

    def begin_row(self) -> int:
        """Return the number of the line that the next row begins at.

        It is read alone where it stood within a row that was left: all lines but the last of such a row leave a quote
        open that was open before, so another row that goes on there would end as that one did.
        """
        self._row.clear()
        self.goes_on = False
        self._alone = len(self._waiting) > 1
        return self.number + 1

    def text(self) -> str:
        """Give the lines of the row, cut where no more of a bad one is kept."""
        text = io.StringIO()
        for line in self._row:
            if text.tell() < LONGEST_CONTENT:
                text.write(line)
        return text.getvalue()[:LONGEST_CONTENT]

    def hand_out_again(self, *, after: int = 0) -> None:
        """Have the lines of the row handed out again, but for the first ``after``."""
        again = self._row[after:]
        self._waiting.extendleft(reversed(again))
        self.number -= len(again)
        self._row.clear()

    def leave_row(self) -> None:
        """Go on at the row's second line; its first alone is its text then."""
        first = self._row[:1]
        self.hand_out_again(after=1)
        self._row.extend(first)
        self.too_long = False

    def _skip_rest_of(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._file.readline(_AT_A_TIME)


def _delimiter(header: str) -> str:
    """Choose the sign that cuts a text column out of the header, and of several the one that makes most columns."""

    def columns(delimiter: str) -> tuple[bool, int]:
        # A header may go on in the next line; one that is wrong is told when it is read as a whole.
        try:
            cells = _next_of_any_length(csv.reader([header], delimiter=delimiter))
        except csv.Error:
            cells = None
        names = [column_name(cell) for cell in cells or ()]
        return any(name in TEXT_COLUMNS for name in names), len(names)

    return max(_DELIMITERS, key=columns)
