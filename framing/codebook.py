"""The frames and their definitions: data, read from a codebook file; no module spells a frame's name."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
class Change:
    """What a version of a codebook made different from the one before.

    Attributes
    ----------
    version : str
    frames : tuple of str, or None
        The labels whose paragraphs deserve another look; None where the change says nothing of labels, so that one of
        the rules touches them all.
    rules : tuple of str
        The names of the lists of rules.
    renamed : tuple of (str, str)
        Labels' names before and after.
    """

    version: str
    frames: tuple[str, ...] | None = None
    rules: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Codebook:
    """A set of frames with the rules for coding by them.

    Attributes
    ----------
    residual : str or None
        The label of a paragraph that carries none of the frames; it is predicted like a frame and reported apart.
    rules : tuple of (str, tuple of str)
        The named lists of coding rules, in the order of the file.
    changes : tuple of Change
        How it came to be what it is, oldest first. It is no part of what is coded by, and so not of the digest.
    """

    name: str
    version: str
    frames: tuple[Frame, ...]
    residual: str | None = None
    language: str = ""
    unit: str = "paragraph"
    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    changes: tuple[Change, ...] = field(default=(), compare=False)

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

    @cached_property
    def todays_names(self) -> dict[str, str]:
        """The name of today for each name that a label had before."""
        names: dict[str, str] = {}
        # Backwards, so that what a name was changed into is known by its own name of today.
        for change in reversed(self.changes):
            if same_major(change.version, self.version):
                names |= {old: names.get(new, new) for old, new in change.renamed}
        return {old: new for old, new in names.items() if old != new}

    def title(self, label: str) -> str:
        return next((frame.title for frame in self.frames if frame.id == label), label.capitalize())


def version_key(version: str) -> tuple[int, ...] | None:
    """Return what versions are ordered by: 1.10 comes after 1.9, and 1.0 is 1; None for what is no numbers."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){0,9}", version):
        return None
    numbers = [int(number) for number in version.split(".")]
    while numbers[-1] == 0 and len(numbers) > 1:
        numbers.pop()
    return tuple(numbers)


def same_major(one: str, other: str) -> bool:
    """Tell whether labels coded by the one version may stand beside those coded by the other."""
    return one.partition(".")[0] == other.partition(".")[0]


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
    # A model brings its codebook in another form, and is not to wait for what reads files.
    from framing.files import read_toml, toml_line

    table, source = read_toml(path, error=CodebookError, what="codebook")
    table["frames"] = table.pop("frame", [])
    rules = table.get("rules", {})
    table["rules"] = list(rules.items()) if isinstance(rules, dict) else rules
    try:
        codebook = from_table(table)
        return dataclasses.replace(codebook, changes=_changes(table.get("change", []), codebook))
    except _MisfitError as misfit:
        raise CodebookError(misfit.message, path=path, line=toml_line(source, misfit.keys)) from None


def as_table(codebook: Codebook) -> dict[str, Any]:
    """Return the codebook as plain values for JSON, without its history; the inverse of `from_table`."""
    table = dataclasses.asdict(codebook)
    del table["changes"]
    return table


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
    with _inside(f"frame {place}", "frame", place):
        identifier = _text(entry, "id")
        return Frame(
            id=identifier,
            title=_text(entry, "title", identifier),
            question=_text(entry, "question", ""),
            definition=_text(entry, "definition", "").strip(),
            **{key: _texts(entry.get(key, []), key) for key in ("include", "exclude", "examples")},
        )


def _changes(entries: Any, codebook: Codebook) -> tuple[Change, ...]:
    if not isinstance(entries, list):
        raise _MisfitError("'change' must be a list: write [[change]]", "change")
    changes: list[Change] = []
    for place, entry in enumerate(entries, start=1):
        with _inside(f"change {place}", "change", place):
            changes.append(_change(entry))
            _refuse_backwards([change.version for change in changes], codebook.version)
    told = dataclasses.replace(codebook, changes=tuple(changes))
    for place, change in enumerate(changes, start=1):
        # Labels of an older major version are gone, and may have been called anything.
        if same_major(change.version, codebook.version):
            with _inside(f"change {place}", "change", place):
                _refuse_unknown(change, told)
    return told.changes


def _change(entry: Any) -> Change:
    if not isinstance(entry, dict):
        raise _MisfitError("is not a table: write [[change]]")
    known = [field.name for field in dataclasses.fields(Change)]
    if unknown := [key for key in entry if key not in known]:
        raise _MisfitError(f"unknown key '{unknown[0]}'; a change has {', '.join(known)}", unknown[0])
    renamed = entry.get("renamed", {})
    if not isinstance(renamed, dict) or not all(isinstance(new, str) for new in renamed.values()):
        raise _MisfitError("'renamed' must be a table of names, the old one = the new one in quotes", "renamed")
    return Change(
        version=_text(entry, "version"),
        frames=_texts(entry["frames"], "frames") if "frames" in entry else None,
        rules=_texts(entry.get("rules", []), "rules"),
        renamed=tuple(renamed.items()),
        note=_text(entry, "note", "").strip(),
    )


def _refuse_backwards(versions: Sequence[str], own: str) -> None:
    for version in (versions[-1], own):
        if version_key(version) is None:
            raise _MisfitError(f"the version '{version}' is no numbers with points between, such as 1.2", "version")
    *before, last = [version_key(version) or () for version in versions]
    if last > (version_key(own) or ()):
        raise _MisfitError(f"is of version {versions[-1]}, and the codebook is of {own}; raise that", "version")
    if before and last < before[-1]:
        raise _MisfitError(f"goes back from version {versions[-2]} to {versions[-1]}; oldest first", "version")


def _refuse_unknown(change: Change, codebook: Codebook) -> None:
    """Refuse a change that tells of labels or rules that the codebook does not have."""
    labels, rules = codebook.labels, [name for name, _ in codebook.rules]
    today = {label: label for label in labels} | codebook.todays_names
    for old, new in change.renamed:
        told = f"'{old}' is renamed to '{new}'"
        if today.get(new) not in labels:
            raise _MisfitError(f"{told}, which is no label of the codebook: {', '.join(labels)}", "renamed")
        if today.get(old) != today[new]:
            raise _MisfitError(f"{told} and to another name; no name is used for two frames", "renamed")
        if old != today[old] and old in labels:
            raise _MisfitError(f"{told}, and is still a label; take it out there or here", "renamed")
    for frame in change.frames or ():
        if today.get(frame) not in labels:
            raise _MisfitError(f"'{frame}' is no label of the codebook: {', '.join(labels)}", "frames")
    for rule in change.rules:
        if rule not in rules:
            raise _MisfitError(f"'{rule}' is no list of rules of the codebook: {', '.join(rules)}", "rules")


@contextmanager
def _inside(what: str, *keys: str | int) -> Iterator[None]:
    """Say of a misfit within a table which table that is."""
    try:
        yield
    except _MisfitError as misfit:
        raise _MisfitError(f"{what}: {misfit.message}", *keys, *misfit.keys) from None


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
