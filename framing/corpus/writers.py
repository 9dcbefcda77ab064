"""Classified paragraphs as lines of JSON or rows of CSV, written article by article."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Protocol

from framing.artifact.classified import ClassifiedParagraph, Shares
from framing.codebook import Codebook
from framing.corpus.rows import csv_rows, json_lines

# A probability is good to a few digits; six keep the file small and still sum to 1. Shares that add up are alike.
_PROBABILITY_DIGITS = 6
_SHARE_DIGITS = 6
_EVIDENCE_DIGITS = 4
_TRUTH = {True: "true", False: "false", None: None}


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

    A null is an empty cell; candidates, terms and warnings are separated by ' | '. A text cell that a spreadsheet
    would run as a formula gets a leading apostrophe; control characters but for tab and line ends, and lone surrogates,
    become U+FFFD. For the texts exactly as they are there is `JsonlWriter`.

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
        columns += ["uncertain", "candidates", "evidence", "borrowed"]
        columns += ["share:words", "share:intercept", "share:article", "share:neighbours", "share:source", "score"]
        columns += ["boilerplate", "warnings", "text", "model"]
        self._write_rows([columns])

    def write(self, paragraphs: Iterable[ClassifiedParagraph]) -> None:
        self._write_rows(self._row(paragraph) for paragraph in paragraphs)

    def _row(self, paragraph: ClassifiedParagraph) -> list[str | float | None]:
        probabilities = paragraph["probabilities"] or {}
        candidates, shares = paragraph["candidates"], _rounded_shares(paragraph["shares"])
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
            " | ".join(paragraph["borrowed"]),
            *(shares or dict.fromkeys(Shares.__annotations__)).values(),
            _TRUTH[paragraph["boilerplate"]],
            " | ".join(paragraph["warnings"]),
            paragraph["text"],
            paragraph["model"],
        ]

    def _write_rows(self, rows: Iterable[Sequence[str | float | None]]) -> None:
        for row in rows:
            self._file.write(csv_rows([row]))


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
        "shares": _rounded_shares(paragraph["shares"]),
        "borrowed": paragraph["borrowed"],
        "boilerplate": paragraph["boilerplate"],
        "warnings": paragraph["warnings"],
        "model": paragraph["model"],
    }
    return json_lines([table])


def _rounded_shares(shares: Shares | None) -> dict[str, float | None] | None:
    if shares is None:
        return None
    return {
        "words": _rounded(shares["words"], _SHARE_DIGITS),
        "intercept": _rounded(shares["intercept"], _SHARE_DIGITS),
        "article": _rounded(shares["article"], _SHARE_DIGITS),
        "neighbours": _rounded(shares["neighbours"], _SHARE_DIGITS),
        "source": _rounded(shares["source"], _SHARE_DIGITS),
        "score": _rounded(shares["score"], _SHARE_DIGITS),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    """Round for output; JSON has no word for what is not a finite number, and a minus before 0 says nothing."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits) + 0.0
