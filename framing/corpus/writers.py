"""Classified paragraphs as lines of JSON or rows of CSV, written article by article."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable
from typing import BinaryIO, Protocol

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import Codebook

# A probability is good to a few digits; six keep the file small and still sum to 1.
_PROBABILITY_DIGITS = 6
_EVIDENCE_DIGITS = 4
_TRUTH = {True: "true", False: "false", None: None}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Legal inside a JSON string, yet some readers break the line at them, and some terminals obey them.
_ESCAPED_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# NUL ends a cell early in some readers; the other control characters would be obeyed by a terminal.
_NOT_IN_CSV = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What a spreadsheet would run, plain, full-width or small, also behind blanks and characters that cannot be seen.
_FORMULA = re.compile("[\\s\x00-\x20\xad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠﹦﹢﹣﹫]|[\t\r]")


class ParagraphWriter(Protocol):
    """What writes classified paragraphs to a file."""

    def write(self, paragraphs: Iterable[ClassifiedParagraph]) -> None:
        """Write one article's paragraphs; may be called any number of times."""


class JsonlWriter:
    """One JSON object a line, in UTF-8, with the keys of `ClassifiedParagraph` in their order.

    The texts stand as they are, but for lone surrogates, which no UTF-8 can hold: they become U+FFFD.

    Parameters
    ----------
    file : BinaryIO
        Stays open.
    """

    def __init__(self, file: BinaryIO):
        self._file = file

    def write(self, paragraphs: Iterable[ClassifiedParagraph]) -> None:
        for paragraph in paragraphs:
            self._file.write(_json_line(paragraph))


class CsvWriter:
    """One row a paragraph: RFC 4180 in UTF-8 without a byte order mark, lines ended by LF, all text cells quoted.

    A null is an empty cell. A text cell that a spreadsheet would run as a formula gets a leading apostrophe; control
    characters but for tab and line ends, and lone surrogates, become U+FFFD. For the texts exactly as they are there
    is `JsonlWriter`.

    Parameters
    ----------
    file : BinaryIO
        Gets the header at once, so that a corpus without articles is a table too; stays open.
    codebook : Codebook
        Its labels make the probability columns.
    """

    def __init__(self, file: BinaryIO, codebook: Codebook):
        self._file = file
        self._labels = codebook.labels
        probabilities = [f"probability:{label}" for label in self._labels]
        columns = ["article", "paragraph", "start", "end", "frame", "probability", *probabilities]
        columns += ["uncertain", "candidates", "evidence", "boilerplate", "text", "model"]
        self._write_rows([columns])

    def write(self, paragraphs: Iterable[ClassifiedParagraph]) -> None:
        self._write_rows(self._row(paragraph) for paragraph in paragraphs)

    def _row(self, paragraph: ClassifiedParagraph) -> list[str | float | None]:
        probabilities = paragraph["probabilities"] or {}
        candidates = paragraph["candidates"]
        return [
            paragraph["article"],
            paragraph["paragraph"],
            paragraph["start"],
            paragraph["end"],
            paragraph["frame"],
            _rounded(paragraph["probability"], _PROBABILITY_DIGITS),
            *(_rounded(probabilities.get(label), _PROBABILITY_DIGITS) for label in self._labels),
            _TRUTH[paragraph["uncertain"]],
            None if candidates is None else " | ".join(candidates),
            " | ".join(term for term, _ in paragraph["evidence"]),
            _TRUTH[paragraph["boilerplate"]],
            paragraph["text"],
            paragraph["model"],
        ]

    def _write_rows(self, rows: Iterable[list[str] | list[str | float | None]]) -> None:
        buffer = io.StringIO(newline="")
        # Every text is quoted: the csv module leaves a lone CR bare otherwise, which readers take for a line's end.
        table = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        for row in rows:
            table.writerow([_cell(value) if isinstance(value, str) else value for value in row])
            self._file.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()


def _json_line(paragraph: ClassifiedParagraph) -> bytes:
    probabilities = paragraph["probabilities"]
    table = {
        "article": paragraph["article"],
        "paragraph": paragraph["paragraph"],
        "start": paragraph["start"],
        "end": paragraph["end"],
        "text": paragraph["text"],
        "frame": paragraph["frame"],
        "probability": _rounded(paragraph["probability"], _PROBABILITY_DIGITS),
        "probabilities": None
        if probabilities is None
        else {label: _rounded(value, _PROBABILITY_DIGITS) for label, value in probabilities.items()},
        "uncertain": paragraph["uncertain"],
        "candidates": paragraph["candidates"],
        "evidence": [[term, _rounded(share, _EVIDENCE_DIGITS)] for term, share in paragraph["evidence"]],
        "boilerplate": paragraph["boilerplate"],
        "model": paragraph["model"],
    }
    line = json.dumps(table, ensure_ascii=False, allow_nan=False)
    line = _LONE_SURROGATE.sub(_REPLACEMENT, line)
    line = _ESCAPED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
    return line.encode() + b"\n"


def _rounded(value: float | None, digits: int) -> float | None:
    """Round for output; JSON has no word for what is not a finite number."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def _cell(text: str) -> str:
    text = _NOT_IN_CSV.sub(_REPLACEMENT, text)
    return f"'{text}" if _FORMULA.match(text) else text
