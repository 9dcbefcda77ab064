"""Files that are whole or not there: written aside in the same folder, then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from framing.errors import InputError


@contextlib.contextmanager
def written_aside(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only when all of it is on disk.

    Parameters
    ----------
    path : path-like
        The name it gets at the end; what stood there is replaced in one step, or left as it was after an error.

    Yields
    ------
    BinaryIO

    Raises
    ------
    InputError
        When the folder is missing or cannot be written to, or the disk is full.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError("is a folder; name a file", path=path)
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o666 & ~_umask())
        Path(aside).replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from None
    finally:
        Path(aside).unlink(missing_ok=True)


def _umask() -> int:
    # There is no way to read it but to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
