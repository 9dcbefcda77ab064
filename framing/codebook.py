"""The frames and their definitions: data, read from a codebook file; no module spells a frame's name."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from framing.errors import CodebookError


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
        When the file is missing, no TOML, or lacks what a codebook needs.
    """
    path = Path(path)
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise CodebookError("there is no such codebook", path=path) from None
    except OSError as error:
        raise CodebookError(f"cannot be read: {error.strerror}", path=path) from None
    except UnicodeDecodeError:
        raise CodebookError("is not UTF-8 text; save it as UTF-8", path=path) from None
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(f"is not valid TOML: {error}", path=path) from None
    table["frames"] = table.pop("frame", [])
    rules = table.get("rules", {})
    table["rules"] = list(rules.items()) if isinstance(rules, dict) else rules
    try:
        return from_table(table)
    except CodebookError as error:
        raise CodebookError(error.message, path=path) from None


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
        raise CodebookError("is not a table of a codebook's values")
    frames = tuple(_frame(entry, place) for place, entry in enumerate(_list(table, "frames"), start=1))
    residual = table.get("residual")
    if residual is not None and not (isinstance(residual, str) and residual):
        raise CodebookError("'residual' must be a label in quotes, or left out")
    codebook = Codebook(
        name=_text(table, "name"),
        version=_text(table, "version"),
        frames=frames,
        residual=residual,
        language=_text(table, "language", ""),
        unit=_text(table, "unit", "paragraph"),
        rules=tuple((str(name), _texts(rules, f"rules.{name}")) for name, rules in _pairs(table, "rules")),
    )
    twice = sorted({label for label in codebook.labels if codebook.labels.count(label) > 1})
    if twice:
        raise CodebookError(f"the label '{twice[0]}' stands twice; each needs a name of its own")
    if len(codebook.labels) < 2:
        raise CodebookError("needs at least two labels: add a [[frame]]")
    return codebook


def _frame(entry: Any, place: int) -> Frame:
    if not isinstance(entry, dict):
        raise CodebookError(f"frame {place} is not a table: write [[frame]]")
    try:
        identifier = _text(entry, "id")
        return Frame(
            id=identifier,
            title=_text(entry, "title", identifier),
            question=_text(entry, "question", ""),
            definition=_text(entry, "definition", "").strip(),
            **{key: _texts(entry.get(key, []), key) for key in ("include", "exclude", "examples")},
        )
    except CodebookError as error:
        raise CodebookError(f"frame {place}: {error.message}") from None


def _text(table: dict[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise CodebookError(f"'{key}' must be text in quotes")
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise CodebookError(f"'{key}' must be a list of texts in quotes")
    return tuple(value)


def _list(table: dict[str, Any], key: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list | tuple):
        raise CodebookError(f"'{key}' must be a list")
    return list(value)


def _pairs(table: dict[str, Any], key: str) -> list[tuple[Any, Any]]:
    pairs = table.get(key, [])
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        raise CodebookError(f"'{key}' must be a table of lists")
    return [(pair[0], pair[1]) for pair in pairs]
