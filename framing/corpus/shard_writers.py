"""Classified batches as lines of JSON or rows of CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from framing.artifact.bulk import ClassifiedBatch
from framing.corpus.decimals import decimals
from framing.corpus.rows import csv_cell, csv_rows, json_value


class BatchWriter(Protocol):
    """What writes the classified paragraphs of a shard to a file."""

    def write(self, batch: ClassifiedBatch, *, first_paragraph: int = 0) -> None:
        """Write the paragraphs of some articles; may be called any number of times.

        Parameters
        ----------
        batch : ClassifiedBatch
        first_paragraph : int
            What is added to the places of the paragraphs, where they go on with an article begun in an earlier batch.
        """

    def close(self) -> None:
        """Write what is still held back; the file stays open."""


@dataclass(frozen=True)
class _Notation:
    """How a format writes what is no number."""

    text: Callable[[str], bytes]
    texts: Callable[[Sequence[str]], bytes]
    true: bytes
    false: bytes
    null: bytes


class LineWriter:
    """One line a paragraph, made of ready pieces.

    Parameters
    ----------
    file : BinaryIO
    notation : _Notation
    labels : sequence of str
    scored, unscored : bytes
        What a line is filled into, where the paragraph was scored and where it was not: for each column of
        `_columns` a place, in their order.
    """

    def __init__(self, file: BinaryIO, notation: _Notation, labels: Sequence[str], *, scored: bytes, unscored: bytes):
        self._file = file
        self._notation = notation
        self._frames = [notation.text(label) for label in labels]
        self._labels = labels
        self._scored, self._unscored = scored, unscored

    def write(self, batch: ClassifiedBatch, *, first_paragraph: int = 0) -> None:
        rows = zip(*self._columns(batch, first_paragraph), strict=True)
        scored, unscored = self._scored, self._unscored
        if batch.read.all():
            self._file.write(b"".join([scored % row for row in rows]))
        else:
            lines = zip(batch.read.tolist(), rows, strict=True)
            self._file.write(b"".join([(scored if read else unscored) % row for read, row in lines]))

    def close(self) -> None:
        pass

    def _columns(self, batch: ClassifiedBatch, first_paragraph: int) -> Iterator[Sequence[Any]]:
        """Yield article, paragraph, start, end, frame, probability, one by label, uncertain, candidates, …."""
        notation, paragraphs = self._notation, batch.paragraphs
        truth = {True: notation.true, False: notation.false}
        probabilities = np.where(batch.read[:, None], batch.probabilities, 0)
        yield _each(notation.text, [paragraph.article for paragraph in paragraphs])
        yield [paragraph.position + first_paragraph for paragraph in paragraphs]
        yield [paragraph.start for paragraph in paragraphs]
        yield [paragraph.end for paragraph in paragraphs]
        yield [self._frames[frame] for frame in batch.frames.tolist()]
        written = decimals(probabilities)
        yield written[np.arange(len(paragraphs)), batch.frames].tolist()
        yield from written.T.tolist()
        if batch.candidates is None or batch.uncertain is None:
            yield from ([notation.null] * len(paragraphs),) * 2
        else:
            yield [truth[uncertain] for uncertain in batch.uncertain.tolist()]
            yield _each(partial(self._labels_of, len(self._labels)), _packed(batch.candidates))
        yield [truth[paragraph.boilerplate] for paragraph in paragraphs]
        yield _each(notation.texts, batch.warnings)

    def _labels_of(self, number: int, packed: bytes) -> bytes:
        chosen = np.unpackbits(np.frombuffer(packed, np.uint8), count=number)
        return self._notation.texts([self._labels[place] for place in np.flatnonzero(chosen).tolist()])


def jsonl_writer(file: BinaryIO, labels: Sequence[str], model: str) -> LineWriter:
    """Write one JSON object a line; names, order, rounding and escapes are those of `JsonlWriter`."""
    notation = _Notation(json_value, lambda texts: json_value(list(texts)), b"true", b"false", b"null")
    names = [_literal(json_value(label)) for label in labels]
    start = b'{"article": %b, "paragraph": %d, "start": %d, "end": %d, "frame": %b, '
    table = b", ".join(name + b": %b" for name in names)
    scored = b'"probability": %b, "probabilities": {' + table + b'}, "uncertain": %b, "candidates": %b, '
    # A precision of 0 takes a column's place and writes nothing of it.
    nothing = b"null%.0b"
    unscored = b'"probability": %b, "probabilities": %b, "uncertain": %b, "candidates": %b, ' % (
        *(nothing, nothing + b"%.0b" * (len(names) - 1)),
        *(nothing, nothing),
    )
    end = b'"boilerplate": %b, "warnings": %b, "model": ' + _literal(json_value(model)) + b"}\n"
    return LineWriter(file, notation, labels, scored=start + scored + end, unscored=start + unscored + end)


def csv_writer(file: BinaryIO, labels: Sequence[str], model: str) -> LineWriter:
    """Write a row of CSV a paragraph, after a header; names, order, rounding and quotes are those of `CsvWriter`."""
    null = csv_rows([[None]]).rstrip(b"\n")
    notation = _Notation(csv_cell, lambda texts: csv_cell(" | ".join(texts)), csv_cell("true"), csv_cell("false"), null)
    columns = ["article", "paragraph", "start", "end", "frame", "probability"]
    columns += [*(f"probability:{label}" for label in labels), "uncertain", "candidates", "boilerplate", "warnings"]
    file.write(csv_rows([[*columns, "model"]]))
    middle = [b"%b"] * (1 + len(labels) + 2)
    nothing = [null + b"%.0b"] * len(middle)
    start, end = [b"%b", b"%d", b"%d", b"%d", b"%b"], [b"%b", b"%b", _literal(csv_cell(model)) + b"\n"]
    return LineWriter(
        file, notation, labels,
        scored=b",".join([*start, *middle, *end]), unscored=b",".join([*start, *nothing, *end]),
    )  # fmt: skip


def _each(write: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Write each value, those that are alike once."""
    known: dict[Any, Any] = {}
    for value in values:
        if value not in known:
            known[value] = write(value)
    return [known[value] for value in values]


def _packed(sets: NDArray[np.bool_]) -> list[bytes]:
    return [row.tobytes() for row in np.packbits(sets, axis=1)]


def _literal(text: bytes) -> bytes:
    """Keep the signs of a text from being taken for places to fill."""
    return text.replace(b"%", b"%%")
