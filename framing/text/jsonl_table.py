"""The rows of files that hold one JSON object a line."""

from __future__ import annotations

import codecs
import itertools
import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO

from framing.text.encoding import byte_order
from framing.text.tables import LONGEST_ROW, OnError, Row, bad_row, column_name

_TOO_LONG = f"is longer than {LONGEST_ROW // 2**20} MB; write one object a line, and split a text that is so long"
_AT_A_TIME = 2**16
# Names beyond these are put in lower case each time: a file may hold ever new ones.
_MOST_NAMES = 1_000
_LONGEST_NAME = 100


def jsonl_rows(file: BinaryIO, *, path: str, on_error: OnError) -> Iterator[Row]:
    """Yield the objects of a file that holds one JSON object a line; a line that is none is told and left out.

    A line of more than ``LONGEST_ROW`` bytes, in UTF-16 characters, is told, too, and not held.
    """
    number = 0
    names = _Names()
    for line, raw in enumerate(_json_lines(file), start=1):
        value = _decoded(raw)
        if value is None:
            if not raw.strip():
                continue
            number += 1
            try:
                value = _object(raw)
            except ValueError as error:
                on_error(bad_row(str(error), path=path, line=line, row=number, content=raw))
                continue
        else:
            number += 1
        yield Row(number, line, names.in_lower_case(value))


class _Names:
    """The names of columns that are known to be in lower case and without blanks round them."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def in_lower_case(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._known.issuperset(values):
            return values
        named = {column_name(name): value for name, value in values.items()}
        if len(self._known) < _MOST_NAMES:
            self._known.update(name for name in values if name in named and len(name) <= _LONGEST_NAME)
        return named


_decode = json.JSONDecoder().raw_decode


def _decoded(raw: bytes | str) -> dict[str, Any] | None:
    """Decode a line as nearly all are: UTF-8, an object from its first sign on; None where it is not such a line."""
    if len(raw) > LONGEST_ROW:
        return None
    try:
        text = raw if isinstance(raw, str) else str(raw, "utf-8")
        value, end = _decode(text)
    except (ValueError, RecursionError):
        return None
    whole = end == len(text) or text[end:] == "\n" or not text[end:].strip(" \t\r\n")
    return value if whole and isinstance(value, dict) else None


def _object(raw: bytes | str) -> dict[str, Any]:
    """Decode a line, whatever stands in it.

    Raises
    ------
    ValueError
        When it is no JSON object; says what it is.
    """
    if len(raw) > LONGEST_ROW:
        raise ValueError(_TOO_LONG)
    try:
        value = json.loads(raw)
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8; save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON: {error.msg}; write one object a line") from None
    except (RecursionError, ValueError):
        raise ValueError("holds JSON that is nested too deeply or too long a number") from None
    if not isinstance(value, dict):
        raise ValueError('is not a JSON object; write {"text": …} a line')
    return value


def _json_lines(file: BinaryIO) -> Iterator[bytes | str]:
    """Yield lines as they come, so that a pipe is not waited for; of a line that is too long only the beginning."""
    first = file.readline(LONGEST_ROW + 1)
    encoding = byte_order(first)
    if encoding is None:
        return _lines_of_bytes(file, first)
    if encoding == "utf-8-sig":
        first = first.removeprefix(codecs.BOM_UTF8)
        if not first.endswith(b"\n"):
            first += file.readline(LONGEST_ROW + 1 - len(first))
        return _lines_of_bytes(file, first)
    # The file is cut at each byte of a line feed, which is half a letter of some scripts: a line is joined once.
    pieces = itertools.chain([first], iter(partial(file.readline, _AT_A_TIME), b""))
    return _lines_of_text(codecs.iterdecode(pieces, encoding, errors="replace"))


def _lines_of_bytes(file: BinaryIO, line: bytes) -> Iterator[bytes]:
    readline = file.readline
    while line:
        yield line
        if len(line) > LONGEST_ROW:
            while line and not line.endswith(b"\n"):
                line = readline(_AT_A_TIME)
        line = readline(LONGEST_ROW + 1)


def _lines_of_text(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text in UTF-16 or UTF-32, as some shells write it."""
    parts: list[str] = []
    length = 0
    for text in pieces:
        *whole, rest = text.split("\n")
        for end in whole:
            yield "".join((*parts, end))
            parts.clear()
            length = 0
        if length <= LONGEST_ROW:
            parts.append(rest)
            length += len(rest)
    yield "".join(parts)
