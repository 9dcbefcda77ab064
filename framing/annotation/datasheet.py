"""Answers to the questions that documentation asks of data and models, as people wrote them down in a TOML file."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from framing.errors import FramingError, LabelError
from framing.files import read_toml, toml_line

DATASHEET = "datasheet.toml"

_LARGEST_FILE = 256 * 1024
_LONGEST_ANSWER = 5_000
# A key of very many parts takes the parser hours, and a text has line ends before it comes to so many dots.
_MOST_DOTS = 200
_LONGEST_SHOWN = 80


def read_answers(
    path: str | Path, *, known: Collection[str] | None = None, error: type[FramingError] = LabelError
) -> dict[str, str]:
    """Read answers by the ids of their questions, in tables, by dotted keys, or both.

    Parameters
    ----------
    path : path-like
    known : collection of str, optional
        The ids of the questions there are; without it every id is taken.
    error : type of FramingError
        What is raised.

    Returns
    -------
    dict of str to str
        Each id, its parts joined by dots, and the answer on one line; in the file's order.

    Raises
    ------
    FramingError
        Of the kind ``error``: when the file is missing, too large or no TOML, or when an answer is no text, is empty,
        too long, given twice or to no question; names the line.
    """
    path = Path(path)
    _refuse_unreadable(path, error)
    table, source = read_toml(path, error=error, what="file of answers")
    answers: dict[str, str] = {}
    for keys, value in _leaves(table):
        identifier = ".".join(keys)
        problem = _fault(identifier, value, known)
        if identifier in answers:
            problem = f"'{_short(identifier)}' is answered twice"
        if problem:
            raise error(problem, path=path, line=toml_line(source, keys))
        answers[identifier] = " ".join(value.split())
    return answers


def _refuse_unreadable(path: Path, error: type[FramingError]) -> None:
    """Raise an error before a file is parsed that would take very long or never end."""
    try:
        if path.exists() and not path.is_file():
            raise error("is no file; name a TOML file with answers", path=path)
        if not path.exists():
            return
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as problem:
        raise error(f"cannot be read: {problem.strerror}", path=path) from None
    except ValueError:
        raise error("is no name that a file can have", path=path) from None
    if len(content) > _LARGEST_FILE:
        raise error(f"is larger than {_LARGEST_FILE // 1024} KiB; answers are a few sentences each", path=path)
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.count(b".") > _MOST_DOTS:
            raise error(f"has more than {_MOST_DOTS} dots in a line; break it into several", path=path, line=number)


def _leaves(table: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value that is no table with the keys that lead to it; an empty table is a value, too."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), table)]
    while waiting:
        keys, value = waiting.pop()
        if isinstance(value, dict) and (value or not keys):
            waiting += [((*keys, key), inner) for key, inner in reversed(value.items())]
        else:
            yield keys, value


def _fault(identifier: str, value: Any, known: Collection[str] | None) -> str | None:
    """Say what is wrong with an answer."""
    named = _short(identifier)
    if known is not None and identifier not in known:
        near = difflib.get_close_matches(named, sorted(known), n=3, cutoff=0.5)
        hint = f"near it: {', '.join(near)}" if near else "the checklists of the report show each question's id"
        return f"'{named}' is no question; {hint}"
    if not isinstance(value, str):
        return f"the answer to '{named}' must be a text in quotes"
    if not value.strip():
        return f"the answer to '{named}' is empty; leave out what nobody can answer, and it stays open"
    if len(value) > _LONGEST_ANSWER:
        return f"the answer to '{named}' is longer than {_LONGEST_ANSWER:,} characters; say it in some sentences"
    return None


def _short(identifier: str) -> str:
    return identifier if len(identifier) <= _LONGEST_SHOWN else f"{identifier[:_LONGEST_SHOWN]}…"
