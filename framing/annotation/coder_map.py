"""Which of a tool's names of coders is which of ours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from framing.annotation.csv_rows import read_table, unguarded
from framing.errors import InputError, UsageError

_THEIRS, _OURS = "theirs", "ours"


def coder_map(pairs: Iterable[str] = (), path: Path | None = None) -> dict[str, str]:
    """Gather the names of coders.

    Parameters
    ----------
    pairs : iterable of str
        Of the form ``THEIRS=OURS``.
    path : Path, optional
        A CSV file with the columns ``theirs`` and ``ours``.

    Returns
    -------
    dict of str to str
        From the tool's names to ours.

    Raises
    ------
    UsageError
        When a pair is none, or one of the tool's names is given two of ours.
    InputError
        When the file cannot be read, lacks a column, or a row lacks a name.
    """
    names: dict[str, str] = {}
    for pair in pairs:
        theirs, equal, ours = pair.rpartition("=")
        if not equal or not theirs or not ours:
            raise UsageError(f"--map needs the form THEIRS=OURS, and got {pair[:80]!r}")
        _add(names, theirs, ours)
    for theirs, ours in [] if path is None else _read(path):
        _add(names, theirs, ours)
    return names


def _add(names: dict[str, str], theirs: str, ours: str) -> None:
    if names.setdefault(theirs, ours) != ours:
        raise UsageError(f"'{theirs[:80]}' is mapped to '{names[theirs]}' and to '{ours}'; leave one of them out")


def _read(path: Path) -> list[tuple[str, str]]:
    try:
        table = read_table(path.read_bytes(), wanted=(_THEIRS, _OURS))
    except FileNotFoundError:
        raise InputError("there is no such file", path=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except InputError as error:
        raise InputError(error.message, path=path) from None
    if not {_THEIRS, _OURS} <= set(table.columns):
        raise InputError(f"needs the columns {_THEIRS} and {_OURS}", path=path)
    pairs = []
    for row in table.rows:
        theirs, ours = (unguarded(row.cells.get(name, "")).strip() for name in (_THEIRS, _OURS))
        if row.fault or not theirs or not ours:
            raise InputError(row.fault or "lacks a name", path=path, line=row.line)
        pairs.append((theirs, ours))
    return pairs
