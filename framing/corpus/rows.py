"""Rows of CSV and lines of JSON that no spreadsheet runs, no reader breaks and no terminal obeys."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Legal inside a JSON string, yet some readers break the line at them, and some terminals obey them.
_ESCAPED_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# NUL ends a cell early in some readers; the other control characters would be obeyed by a terminal.
_NOT_IN_CSV = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What a spreadsheet would run, plain, full-width or small, also behind blanks and characters that cannot be seen.
_FORMULA = re.compile("[\\s\x00-\x20\xad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠﹦﹢﹣﹫]|[\t\r]")


def csv_rows(rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """Write rows of CSV, the header among them, in which no text cell is run as a formula; see `CsvWriter`."""
    buffer = io.StringIO(newline="")
    # Every text is quoted: the csv module leaves a lone CR bare otherwise, which readers take for a line's end.
    table = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    table.writerows([_cell(value) if isinstance(value, str) else value for value in row] for row in rows)
    return buffer.getvalue().encode()


def json_lines(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """Write one JSON object a line, the texts as they stand but for what no UTF-8 can hold; see `JsonlWriter`.

    Parameters
    ----------
    objects : iterable of mapping
        Plain values; no number may be infinite or NaN.
    """
    return _encoded("".join(json.dumps(table, ensure_ascii=False, allow_nan=False) + "\n" for table in objects))


def json_value(value: str | Sequence[str]) -> bytes:
    """Write a text, or a list of texts, as `json_lines` does inside of a line."""
    return _encoded(json.dumps(value, ensure_ascii=False))


def csv_cell(text: str) -> bytes:
    """Write a text as `csv_rows` does inside of a row."""
    return '"{}"'.format(_cell(text).replace('"', '""')).encode()


def readable(text: str) -> str:
    """Replace what no UTF-8 can hold."""
    return _LONE_SURROGATE.sub(_REPLACEMENT, text)


def _encoded(text: str) -> bytes:
    return _ESCAPED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", readable(text)).encode()


def _cell(text: str) -> str:
    text = _NOT_IN_CSV.sub(_REPLACEMENT, text)
    return f"'{text}" if _FORMULA.match(text) else text
