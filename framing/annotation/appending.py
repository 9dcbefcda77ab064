"""Lines added to the end of a file for good: whole and on the disk, or not there.

A program that is killed while it writes leaves a piece of a line. Whoever writes next takes it off, keeps it beside the
file, and touches nothing that was whole.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from framing.errors import LabelError

LOCKS = ".locks"
PATIENCE = 60.0
_TAIL = 65_536


@contextlib.contextmanager
def locked(path: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the only right to write a file, among all programs that ask for it.

    The system takes the lock back from a program that dies.

    Parameters
    ----------
    path : Path
        What is to be written; the lock itself lies beside it, in a hidden folder.
    patience : float
        Seconds to wait for another program.

    Raises
    ------
    LabelError
        When another program holds it all that time, or the lock cannot be made.
    """
    from filelock import FileLock, Timeout

    place = path.parent / LOCKS / f"{path.name}.lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place)
        lock.acquire(timeout=patience, poll_interval=0.005)
    except Timeout:
        raise LabelError("another program has been writing it for too long; stop it and try again", path=path) from None
    except OSError as error:
        raise LabelError(f"cannot be locked for writing: {error.strerror}", path=path) from None
    try:
        yield
    finally:
        lock.release()


def append_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Add lines to the end of a file of JSON Lines; when this returns they are on the disk.

    Its caller holds the lock. A cut-off last line is moved to a file beside it that ends in ``.torn``; a last line that
    only lacks its line end is given one.

    Parameters
    ----------
    path : Path
        Made where it is missing.
    values : iterable of mapping
        A line each.

    Raises
    ------
    LabelError
        When they cannot be written; the file then holds what it held before.
    """
    content = b"".join(json.dumps(value, ensure_ascii=False).encode("utf-8") + b"\n" for value in values)
    if not content:
        return
    try:
        new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _add(descriptor, path, content)
        finally:
            os.close(descriptor)
        if new:
            _sync_name(path)
    except OSError as error:
        raise LabelError(f"cannot be written: {error.strerror}; nothing was added", path=path) from None


def sync(path: Path) -> None:
    """Make sure that a file's lines are on the disk, also those of a program that was killed before it had done so.

    Raises
    ------
    LabelError
        When they cannot be brought there.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _sync_name(path)
    except OSError as error:
        raise LabelError(f"cannot be written: {error.strerror}", path=path) from None


def _add(descriptor: int, path: Path, content: bytes) -> None:
    size = os.fstat(descriptor).st_size
    whole = _whole(descriptor, size)
    if whole < size:
        torn = _read(descriptor, whole, size)
        if _is_object(torn):
            content = b"\n" + content
        else:
            _keep_torn(path, torn)
            os.ftruncate(descriptor, whole)
            size = whole
    written = 0
    try:
        while written < len(content):
            written += os.write(descriptor, content[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _whole(descriptor: int, size: int) -> int:
    """Return where the last whole line ends."""
    end = size
    while end > 0:
        start = max(0, end - _TAIL)
        found = _read(descriptor, start, end).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _read(descriptor: int, start: int, end: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    parts = []
    while start < end and (part := os.read(descriptor, end - start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _keep_torn(path: Path, torn: bytes) -> None:
    # What was never said to be saved is still worth a look: nobody's keystroke is thrown away unseen.
    with path.with_name(f".{path.name}.torn").open("ab") as file:
        file.write(torn + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_name(path: Path) -> None:
    """Make sure that a new file's name is on the disk, and its folder's, where the system lets a folder be opened."""
    for folder in (path.parent, path.parent.parent):
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except OSError:
            continue
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
