"""The readers of tables, and their files: csv, jsonl and Parquet, the first two packed by gzip, too."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from framing.errors import InputError
from framing.text.csv_table import csv_rows
from framing.text.jsonl_table import jsonl_rows
from framing.text.parquet_table import parquet_rows
from framing.text.tables import Row

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["ROWS_OF_KIND", "csv_rows", "jsonl_rows", "open_table", "parquet_rows", "unpacked"]

ROWS_OF_KIND: dict[str, Callable[..., Iterator[Row]]] = {
    "csv": csv_rows,
    "jsonl": jsonl_rows,
    "parquet": parquet_rows,
}
_PACKED = ".gz"
_AT_A_TIME = 2**17


def open_table(path: str) -> BinaryIO:
    """Open a table's file to read; what ends in '.gz' is unpacked as it is read.

    Raises
    ------
    OSError
        When it cannot be opened. Reading from it raises an InputError where a packed file is damaged or cut short.
    """
    file = Path(path).open("rb")  # noqa: SIM115 - whoever asks for it closes it
    # A name that is no UTF-8 could not be printed.
    name = os.fsencode(path).decode("utf-8", "replace")
    return unpacked(file, path=name) if path.lower().endswith(_PACKED) else file


def unpacked(file: BinaryIO, *, path: str) -> BinaryIO:
    """Give what a file holds that is packed by gzip, piece by piece; closing it closes the file.

    Reading from it raises an InputError that names the path where the file is damaged or cut short.
    """
    return cast("BinaryIO", io.BufferedReader(_Unpacked(file, path), _AT_A_TIME))


class _Unpacked(io.RawIOBase):
    def __init__(self, file: BinaryIO, path: str):
        self._packed = file
        self._file = gzip.GzipFile(fileobj=file)
        self._path = path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._packed.seekable()

    def readinto(self, buffer: WriteableBuffer) -> int:
        with self._told():
            return self._file.readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with self._told():
            return self._file.seek(offset, whence)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, zlib.error, gzip.BadGzipFile):
            message = "is a damaged or incomplete gzip file; take a fresh copy of it"
            raise InputError(message, path=self._path) from None

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._packed.close()
        super().close()
