"""Files with their digests, and names that outlast a power cut."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO

from framing.corpus.shards import shown
from framing.errors import InputError


class HashingFile(io.BufferedIOBase):
    """Passes on what is written to it, and takes its digest on the way.

    When it is closed, what is still written to it is dropped: a Parquet writer that is broken off ends its file when it
    is forgotten, which may be later.

    Parameters
    ----------
    file : BinaryIO
        Stays open.

    Attributes
    ----------
    size : int
        Bytes so far.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        length = memoryview(data).nbytes
        if not self.closed:
            self._file.write(data)
            self._hash.update(data)
            self.size += length
        return length


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Take the digest of a file.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise InputError("is gone", path=shown(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=shown(path)) from None


def make_folder(path: Path) -> None:
    """Make a folder and those above it.

    Raises
    ------
    InputError
        When it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", path=path) from None


def sync_names(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system has a way to.

    Raises
    ------
    InputError
        When the disk fails.
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=folder) from None
