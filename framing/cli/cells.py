"""How many columns of a terminal a text takes, as rich counts them, without importing rich for the commonest signs."""

from __future__ import annotations

import re

# Letters of Latin, Greek and Cyrillic, quotes, dashes and dots, lines and the marks of frames: one column each, so that
# a text of nothing else is as wide as it is long.
_all_narrow = re.compile("[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2500-\u25fc★☆✕✚]*").fullmatch


def cell_len(text: str) -> int:
    """Return how many columns a text takes."""
    if _all_narrow(text):
        return len(text)
    from rich import cells

    return cells.cell_len(text)


def set_cell_size(text: str, size: int) -> str:
    """Cut or pad a text to a number of columns; what is cut in the middle of a wide sign is padded with a blank."""
    if _all_narrow(text):
        return text[: max(size, 0)].ljust(size)
    from rich import cells

    return cells.set_cell_size(text, size)


def broken(text: str, size: int) -> list[str]:
    """Break a text into lines of a number of columns: between its words, and within one that is longer than that.

    Parameters
    ----------
    text : str
        Its words are parted by single blanks.
    size : int
        2 or more, since that is what a wide sign takes.
    """
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= size:
            line = longer
            continue
        lines += [line] if line else []
        line = word
        while cell_len(line) > size:
            lines.append(set_cell_size(line, size).rstrip() or line[0])
            line = line[len(lines[-1]) :]
    return [*lines, line]
