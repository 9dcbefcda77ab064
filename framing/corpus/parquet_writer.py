"""Classified batches as row groups of Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, compress
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from framing.artifact.bulk import ClassifiedBatch
from framing.corpus.rows import readable
from framing.errors import MissingExtraError

_PROBABILITY_DIGITS = 6
# Row groups are what a reader takes into memory at once, and what is held here: few enough rows, and short enough where
# names are long.
_ROWS_IN_GROUP = 16_384
_BYTES_IN_GROUP = 16 * 2**20

Booleans = NDArray[np.bool_]


class ParquetWriter:
    """Row groups of bounded size, packed with Zstandard; the same batches make the same bytes.

    Candidates and warnings are lists of texts, what is not known is null.

    Parameters
    ----------
    file : BinaryIO
    labels : sequence of str
    model : str

    Raises
    ------
    MissingExtraError
        When pyarrow is not installed.
    """

    def __init__(self, file: BinaryIO, labels: Sequence[str], model: str):
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise MissingExtraError("corpus", "writing Parquet files") from None
        self._pyarrow, self._arrays = pyarrow, _Arrays(pyarrow)
        self._labels, self._model = labels, model
        text, texts = pyarrow.string(), pyarrow.list_(pyarrow.string())
        whole, number, truth = pyarrow.int64(), pyarrow.float64(), pyarrow.bool_()
        self._schema = pyarrow.schema(
            [
                *(("article", text), ("paragraph", whole), ("start", whole), ("end", whole)),
                *(("frame", text), ("probability", number)),
                *((f"probability:{label}", number) for label in labels),
                *(("uncertain", truth), ("candidates", texts), ("boilerplate", truth), ("warnings", texts)),
                ("model", text),
            ]
        )
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._held: list[Any] = []
        self._rows = self._bytes = 0

    def write(self, batch: ClassifiedBatch, *, first_paragraph: int = 0) -> None:
        if not batch.paragraphs:
            return
        table = self._pyarrow.record_batch(list(self._columns(batch, first_paragraph)), schema=self._schema)
        self._held.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= _ROWS_IN_GROUP or self._bytes >= _BYTES_IN_GROUP:
            self._write_group()

    def close(self) -> None:
        if self._held:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        table = self._pyarrow.Table.from_batches(self._held, self._schema)
        self._held, self._rows, self._bytes = [], 0, 0
        self._writer.write_table(table, row_group_size=len(table))

    def _columns(self, batch: ClassifiedBatch, first_paragraph: int) -> Iterator[Any]:
        arrays, paragraphs, size = self._arrays, batch.paragraphs, len(batch.paragraphs)
        rounded = np.round(batch.probabilities, _PROBABILITY_DIGITS)
        yield arrays.texts([readable(paragraph.article) for paragraph in paragraphs])
        yield arrays.whole([paragraph.position + first_paragraph for paragraph in paragraphs])
        yield arrays.whole([paragraph.start for paragraph in paragraphs])
        yield arrays.whole([paragraph.end for paragraph in paragraphs])
        yield arrays.texts([self._labels[frame] for frame in batch.frames.tolist()])
        for column in (rounded[np.arange(size), batch.frames], *rounded.T):
            yield arrays.numbers(column, known=batch.read)
        known = batch.read if batch.candidates is not None else np.zeros(size, np.bool_)
        uncertain = batch.uncertain if batch.uncertain is not None else known
        sets = batch.candidates if batch.candidates is not None else np.zeros((size, len(self._labels)), np.bool_)
        yield arrays.truths(uncertain, known=known)
        yield arrays.lists([list(compress(self._labels, chosen)) for chosen in sets.tolist()], known=known)
        yield arrays.truths(np.array([paragraph.boilerplate for paragraph in paragraphs], np.bool_))
        yield arrays.lists([[readable(warning) for warning in warnings] for warnings in batch.warnings])
        yield arrays.texts([self._model] * size)


class _Arrays:
    """Arrow arrays made of buffers: the usual way loads pandas where that is installed, 40 MB for nothing.

    What is not ``known`` is null.
    """

    def __init__(self, pyarrow: Any):
        self._pyarrow = pyarrow

    def whole(self, values: Sequence[int]) -> Any:
        return self._array(self._pyarrow.int64(), len(values), None, np.array(values, np.int64))

    def numbers(self, values: NDArray[np.float64], *, known: Booleans) -> Any:
        # An array of a column is copied: its numbers must stand together. No null has a number of its own.
        return self._array(self._pyarrow.float64(), len(values), known, np.where(known, values, 0.0))

    def truths(self, values: Booleans, *, known: Booleans | None = None) -> Any:
        return self._array(self._pyarrow.bool_(), len(values), known, _bits(values))

    def texts(self, values: Sequence[str]) -> Any:
        encoded = [value.encode() for value in values]
        return self._array(self._pyarrow.string(), len(values), None, _offsets(encoded), b"".join(encoded))

    def lists(self, values: Sequence[Sequence[str]], *, known: Booleans | None = None) -> Any:
        inner = self.texts(list(chain.from_iterable(values)))
        return self._array(
            self._pyarrow.list_(self._pyarrow.string()), len(values), known, _offsets(values), inner=inner
        )

    def _array(self, kind: Any, size: int, known: Booleans | None, *buffers: Any, inner: Any = None) -> Any:
        validity = None if known is None or known.all() else self._pyarrow.py_buffer(_bits(known))
        children = None if inner is None else [inner]
        buffered = [validity, *map(self._pyarrow.py_buffer, buffers)]
        return self._pyarrow.Array.from_buffers(kind, size, buffered, children=children)


def _bits(values: Booleans) -> NDArray[np.uint8]:
    return np.packbits(values, bitorder="little")


def _offsets(values: Sequence[Sequence[Any]]) -> NDArray[np.int32]:
    return np.fromiter(accumulate(map(len, values), initial=0), np.int32, len(values) + 1)
