"""JSON Lines, read strictly: one object a line, each line judged by itself so that a fault does not hide the next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from framing.errors import LabelError

TORN = "the last line is cut off, as after a power cut; it is left out, and the next write here mends the file"


@dataclass(frozen=True)
class Finding:
    """A fault or a note, with its place.

    Attributes
    ----------
    path : str
        The file, relative to the labels folder, with forward slashes.
    line : int or None
        Counted from 1; None where the fault is the whole file's.
    """

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.path}{'' if self.line is None else f':{self.line}'}: {self.message}"


@dataclass(frozen=True)
class JsonLine:
    """A line of a file: its object, or what is wrong with it.

    Attributes
    ----------
    torn : bool
        It is the last, and cut off: whoever wrote it was stopped, and was never told that it was saved.
    """

    number: int
    value: dict[str, Any]
    fault: str | None = None
    torn: bool = False


def read_json_lines(path: Path) -> Iterator[JsonLine]:
    """Yield each line of a file, with its object or its fault.

    Raises
    ------
    LabelError
        When the file is missing or cannot be read; never for a line's sake.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise LabelError("there is no such file", path=path) from None
    except OSError as error:
        raise LabelError(f"cannot be read: {error.strerror}", path=path) from None
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    unended = lines.pop()
    for number, line in enumerate(lines, start=1):
        yield _read(number, line)
    if unended:
        last = _read(len(lines) + 1, unended)
        yield last if last.fault is None else JsonLine(last.number, {}, TORN, torn=True)


def _read(number: int, line: bytes) -> JsonLine:
    try:
        value = _DECODER.decode(line.decode("utf-8"))
        # A lone surrogate passes as JSON, but no file of UTF-8 can ever hold it again.
        if b"\\u" in line:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        fault = "is not UTF-8 text; save the file as UTF-8"
    except UnicodeEncodeError:
        fault = "holds half of a character (a lone surrogate such as \\ud83d); write the character in full"
    except RecursionError:
        fault = "is nested too deeply to be a line of this file"
    except ValueError as error:
        fault = f"is not valid JSON ({error})" if line.strip() else "is empty; delete the line"
    else:
        if isinstance(value, dict):
            return JsonLine(number, value)
        fault = "is not a JSON object: write one {...} a line"
    return JsonLine(number, {}, fault)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
