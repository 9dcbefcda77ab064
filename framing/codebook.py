"""The frames and their definitions: data, read from a codebook file; no module spells a frame's name."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from framing.errors import CodebookError
from framing.files import read_toml, toml_line


@dataclass(frozen=True)
class Frame:
    id: str
    title: str
    question: str = ""
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codebook:
    """A set of frames with the rules for coding by them.

    Attributes
    ----------
    residual : str or None
        The label of a paragraph that carries none of the frames; it is predicted like a frame and reported apart.
    rules : tuple of (str, tuple of str)
        The named lists of coding rules, in the order of the file.
    """

    name: str
    version: str
    frames: tuple[Frame, ...]
    residual: str | None = None
    language: str = ""
    unit: str = "paragraph"
    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label in codebook order, the residual last: the order of every array's last axis."""
        residual = () if self.residual is None else (self.residual,)
        return tuple(frame.id for frame in self.frames) + residual

    @cached_property
    def index(self) -> dict[str, int]:
        """Each label's place in ``labels``."""
        return {label: place for place, label in enumerate(self.labels)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content: comments and layout of the file do not count."""
        content = json.dumps(as_table(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def title(self, label: str) -> str:
        return next((frame.title for frame in self.frames if frame.id == label), label.capitalize())


def of_labels(name: str, labels: list[str]) -> Codebook:
    """Make a bare codebook out of label names: sorted, without definitions and without a residual."""
    frames = tuple(Frame(id=label, title=label) for label in sorted(set(labels)))
    return Codebook(name=name, version="0", frames=frames)


def read_codebook(path: str | Path) -> Codebook:
    """Read a codebook file.

    Raises
    ------
    CodebookError
        When the file is missing, no TOML, or lacks what a codebook needs; names the line where there is one.
    """
    table, source = read_toml(path, error=CodebookError, what="codebook")
    table["frames"] = table.pop("frame", [])
    rules = table.get("rules", {})
    table["rules"] = list(rules.items()) if isinstance(rules, dict) else rules
    try:
        return from_table(table)
    except _MisfitError as misfit:
        raise CodebookError(misfit.message, path=path, line=toml_line(source, misfit.keys)) from None


def as_table(codebook: Codebook) -> dict[str, Any]:
    """Return the codebook as plain values for JSON; the inverse of `from_table`."""
    return dataclasses.asdict(codebook)


def from_table(table: Any) -> Codebook:
    """Build a codebook from plain values.

    Raises
    ------
    CodebookError
        When a value is missing, of the wrong type, or an id stands twice.
    """
    if not isinstance(table, dict):
        raise _MisfitError("is not a table of a codebook's values")
    entries = table.get("frames", [])
    if not isinstance(entries, list | tuple):
        raise _MisfitError("'frames' must be a list", "frame")
    frames = tuple(_frame(entry, place) for place, entry in enumerate(entries, start=1))
    residual = table.get("residual")
    if residual is not None and not (isinstance(residual, str) and residual):
        raise _MisfitError("'residual' must be a label in quotes, or left out", "residual")
    codebook = Codebook(
        name=_text(table, "name"),
        version=_text(table, "version"),
        frames=frames,
        residual=residual,
        language=_text(table, "language", ""),
        unit=_text(table, "unit", "paragraph"),
        rules=tuple((str(name), _texts(rules, "rules", str(name))) for name, rules in _pairs(table, "rules")),
    )
    for place, label in enumerate(codebook.labels):
        last = codebook.index[label]
        if last != place:
            where = ("frame", last + 1, "id") if last < len(frames) else ("residual",)
            raise _MisfitError(f"the label {label!r} stands twice; each needs a name of its own", *where)
    if len(codebook.labels) < 2:
        raise _MisfitError("needs at least two labels: add a [[frame]]")
    return codebook


class _MisfitError(CodebookError):
    """A value that does not fit, with the way to it in a codebook file."""

    def __init__(self, message: str, *keys: str | int):
        super().__init__(message)
        self.keys = keys


def _frame(entry: Any, place: int) -> Frame:
    if not isinstance(entry, dict):
        raise _MisfitError(f"frame {place} is not a table: write [[frame]]", "frame", place)
    try:
        identifier = _text(entry, "id")
        return Frame(
            id=identifier,
            title=_text(entry, "title", identifier),
            question=_text(entry, "question", ""),
            definition=_text(entry, "definition", "").strip(),
            **{key: _texts(entry.get(key, []), key) for key in ("include", "exclude", "examples")},
        )
    except _MisfitError as misfit:
        raise _MisfitError(f"frame {place}: {misfit.message}", "frame", place, *misfit.keys) from None


def _text(table: dict[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise _MisfitError(f"'{key}' must be text in quotes", key)
    return value


def _texts(value: Any, *keys: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _MisfitError(f"'{'.'.join(keys)}' must be a list of texts in quotes", *keys)
    return tuple(value)


def _pairs(table: dict[str, Any], key: str) -> list[tuple[Any, Any]]:
    pairs = table.get(key, [])
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        raise _MisfitError(f"'{key}' must be a table of lists", key)
    return [(pair[0], pair[1]) for pair in pairs]
