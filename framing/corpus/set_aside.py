"""The rows of a shard that cannot be classified, kept in a file beside the results, each with its reason."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from framing.corpus.rows import json_lines
from framing.errors import InputError
from framing.files import written_aside

# Characters of a row that are kept: more than any honest row has, and no second copy of a hostile one.
LONGEST_CONTENT = 100_000


@dataclass(frozen=True)
class BadRow:
    """A row that is not classified.

    Attributes
    ----------
    line : int or None
        The line it begins at, where the shard is a text file.
    row : int or None
        Its place among the rows, from 1, where there are no lines.
    reason : str
    content : str or None
        The line as it stands, or the row's values as JSON; None where it could not be had.
    """

    line: int | None
    row: int | None
    reason: str
    content: str | None


class SetAside:
    """A file of bad rows, one JSON object a line; there is none as long as there is no such row.

    It takes its name when the ``with`` block ends well.

    Parameters
    ----------
    path : Path
    shard : str
        The shard's name.

    Attributes
    ----------
    rows : int
        How many rows were set aside.
    first : BadRow or None
    notes : int
        How many notes were made.
    bytes : int
        The size of the file, 0 where there is none.
    """

    def __init__(self, path: Path, shard: str):
        self.rows = self.notes = self.bytes = 0
        self.first: BadRow | None = None
        self._path, self._shard = path, shard
        self._stack = ExitStack()
        self._file: BinaryIO | None = None

    def __enter__(self) -> SetAside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, row: BadRow) -> None:
        """Keep a row that is not classified; the content no longer than ``LONGEST_CONTENT`` characters."""
        self.rows += 1
        self.first = self.first or row
        content = row.content
        cut = content is not None and len(content) > LONGEST_CONTENT
        place = {"line": row.line} if row.line is not None else {"row": row.row}
        # A line's end tells nothing of what was wrong with it.
        kept = None if content is None else content[:LONGEST_CONTENT].rstrip("\r\n")
        self._write({**place, "reason": row.reason, "content": kept, **({"cut": True} if cut else {})})

    def note(self, line: int | None, row: int | None, note: str) -> None:
        """Say something of a row that is classified all the same."""
        self.notes += 1
        self._write({**({"line": line} if line is not None else {"row": row}), "note": note})

    def _write(self, entry: dict[str, Any]) -> None:
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._stack.enter_context(written_aside(self._path))
            line = json_lines([{"shard": self._shard, **entry}])
            self._file.write(line)
            self.bytes += len(line)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", path=self._path) from None
