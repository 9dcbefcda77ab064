"""Files that are whole or not there: written aside in the same folder, then renamed; and TOML files, read."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import stat
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from framing.errors import FramingError, InputError

# What can hide or end a statement: texts, comments, brackets, the sign after a key, the end of a line.
_TOML_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"""+|\'{3}.*?\'{3,}|"(?:\\.|[^"\\])*"|\'[^\']*\'|\#[^\n]*|[\[\]{}=\n]''', re.DOTALL
)


@contextlib.contextmanager
def written_aside(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only when all of it is on disk.

    Parameters
    ----------
    path : path-like
        The name it gets at the end; what stood there is replaced in one step, or left as it was after an error. A
        link stays, what it leads to is replaced; permissions stay.

    Yields
    ------
    BinaryIO

    Raises
    ------
    InputError
        When the folder is missing or cannot be written to, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError("is a folder; name a file", path=path)
    try:
        if target.exists() and not target.is_file():
            # A device or a pipe is written to, not replaced.
            with target.open("wb") as file:
                yield file
            return
        handle, aside = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())
        Path(aside).replace(target)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from None
    finally:
        Path(aside).unlink(missing_ok=True)


def _umask() -> int:
    # There is no way to read it but to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_toml(path: str | os.PathLike[str], *, error: type[FramingError], what: str) -> tuple[dict[str, Any], str]:
    """Read a TOML file: UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : path-like
    error : type of FramingError
        What is raised.
    what : str
        What the file is, for the message when it is missing.

    Returns
    -------
    table : dict
    source : str
        The text; `toml_line` finds the place of a value in it.

    Raises
    ------
    FramingError
        Of the kind ``error``, when the file is missing, cannot be read, or is no UTF-8 or no TOML; names the line.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise error(f"there is no such {what}", path=path) from None
    except OSError as problem:
        raise error(f"cannot be read: {problem.strerror}", path=path) from None
    except ValueError:
        raise error("is no name that a file can have", path=path) from None
    try:
        source = content.decode("utf-8-sig")
        return tomllib.loads(source), source
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise error("is not UTF-8 text; save it as UTF-8", path=path, line=line) from None
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"at line (\d+), column \d+\)$", str(problem))
        line = int(place[1]) if place else source.rstrip().count("\n") + 1
        raise error(f"is not valid TOML: {problem}", path=path, line=line) from None
    except RecursionError:
        raise error("is not valid TOML: is nested too deeply", path=path) from None
    except ValueError as problem:
        # A whole number of thousands of digits: tomllib leaves it to int, which refuses.
        raise error(f"is not valid TOML: {problem}", path=path) from None


def toml_line(source: str, keys: Sequence[str | int]) -> int | None:
    """Find the line where a value is set, or the nearest table or value round it; the parser does not keep it.

    Parameters
    ----------
    source : str
        Valid TOML.
    keys : sequence of str or int
        The way to the value: keys, and after the key of an array of tables its place there, counted from 1.

    Returns
    -------
    int or None
        None where not even the first key is there.
    """
    line_found, longest = None, 0
    table: tuple[str | int, ...] = ()
    members: Counter[tuple[str | int, ...]] = Counter()
    for line, head in _toml_heads(source):
        names = _dotted_names(head)
        if not head.startswith("["):
            names = table + names
        else:
            if head.startswith("[["):
                members[names] += 1
                names = (*names, members[names])
            table = names
        pairs = zip(names, keys, strict=False)
        shared = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
        if shared > longest:
            line_found, longest = line, shared
    return line_found


def _toml_heads(source: str) -> Iterator[tuple[int, str]]:
    """Yield each statement's line with its header, or its key up to the sign of equality."""
    line, start, depth, head = 1, 0, 0, ""
    source = source.rstrip() + "\n"
    for token in _TOML_TOKEN.finditer(source):
        sign = token.group()
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        elif sign == "=" and not head:
            head = source[start : token.end()].strip()
        elif sign == "\n" and depth == 0:
            head = head or source[start : token.start()].strip()
            if head and not head.startswith("#"):
                yield line, head
            line += source.count("\n", start, token.end())
            start, head = token.end(), ""


def _dotted_names(head: str) -> tuple[str | int, ...]:
    inner: Any = tomllib.loads(head if head.startswith("[") else f"{head}0")
    names: list[str | int] = []
    while inner:
        [(name, inner)] = inner.items()
        names.append(name)
        if isinstance(inner, list):
            [inner] = inner
    return tuple(names)
