"""Lines with styles, printed as they are into a pipe or a file; rich is imported for a terminal alone."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# Texts one after the other, each with its style as rich names it.
Line = Sequence[tuple[str, str]]

_WIDTH = 80


class PlainConsole:
    """What takes a terminal's place where there is none; its attributes are those of `rich.console.Console`.

    Parameters
    ----------
    file : TextIO
    """

    is_terminal = False

    def __init__(self, file: TextIO):
        self._file = file
        self.encoding = (getattr(file, "encoding", None) or "utf-8").lower()
        self.width = _width()

    def show(self, line: Line) -> None:
        """Print a line without its styles."""
        self._file.write("".join(text for text, _ in line).rstrip() + "\n")


def standard_console() -> Console | PlainConsole:
    """Return what prints to standard output: rich's where it is a terminal, or is to be taken for one."""
    # Both are rich's own, and rich knows what they mean.
    if sys.stdout.isatty() or "FORCE_COLOR" in os.environ or "TTY_COMPATIBLE" in os.environ:
        from rich.console import Console

        return Console(highlight=False)
    return PlainConsole(sys.stdout)


def show(line: Line, console: Console | PlainConsole) -> None:
    """Print a line, in its styles where the console has any."""
    if isinstance(console, PlainConsole):
        console.show(line)
        return
    from rich.text import Text

    shown = Text.assemble(*line)
    shown.rstrip()
    console.print(shown, no_wrap=True, overflow="crop", crop=False, highlight=False)


def _width() -> int:
    """Find the width as rich does: what is asked for, that of a terminal that the program has to do with, or 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit():
        return int(columns)
    for stream in range(3):
        with contextlib.suppress(OSError):
            return os.get_terminal_size(stream).columns or _WIDTH
    return _WIDTH
