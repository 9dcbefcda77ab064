"""What travels between a labels folder and a labelling tool, whatever the tool's format.

A record shows what its tool can show: a text, a label, perhaps a note. The rest of a judgement (when, how sure, why the
paragraph was drawn) travels beside it in an object of our own under the key ``framing``, which tools keep and pass on.
Coming back, a record that shows what it showed when it left is the judgement that left, whole; one that shows
something else is a new judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from framing.annotation.json_objects import json_value
from framing.annotation.label_lines import ParagraphRecord, annotation_line
from framing.annotation.records import Annotation, DrawnBy, SetAside
from framing.codebook import Codebook

IDENTIFIER = "framing_id"
META = "framing"


@dataclass(frozen=True)
class ExportedParagraph:
    """A paragraph on its way to a tool.

    Attributes
    ----------
    codings : tuple of Annotation
        What stands or is set aside, one for each coder.
    drawn_by, inclusion_probability
        As its queue says, for the judgements that are still to come.
    """

    paragraph: ParagraphRecord
    codings: tuple[Annotation, ...] = ()
    drawn_by: DrawnBy | None = None
    inclusion_probability: float | None = None


@dataclass(frozen=True)
class Export:
    """Everything that goes to a tool.

    Attributes
    ----------
    coders : tuple of str
        Those whose codings travel.
    names : mapping of str to str
        The tool's names of coders whom it knows by another name than we do.
    """

    codebook: Codebook
    paragraphs: Sequence[ExportedParagraph]
    coders: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What a tool's record shows of a judgement, in the tool's own words.

    Attributes
    ----------
    labels : tuple of str
        The names of its one label, in the order in which they are looked up; empty where it has none.
    details : mapping of str to object
        Further fields of `Annotation`, where the tool tells them.
    at : str or None
        When, in UTC as ISO 8601.
    """

    labels: tuple[str, ...] = ()
    set_aside: SetAside | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    at: str | None = None


@dataclass(frozen=True)
class Record:
    """One judgement out of a tool's file, or a paragraph that nobody judged.

    Attributes
    ----------
    place : str
        Where it stands in the file.
    paragraph : str or None
        Our id, as it travelled.
    names : tuple of str
        Every name and number by which the tool knows the coder.
    coder : str or None
        The one of them that is a name, where there is one.
    anonymous : bool
        What the tool calls the coder tells no two persons apart: a session, a file of everybody's.
    told : Told or None
        None where the paragraph was not judged.
    meta : object
        What came back under the key ``framing``.
    fault : str or None
        Why nothing can be made of it.
    """

    place: str
    paragraph: str | None = None
    text: str | None = None
    names: tuple[str, ...] = ()
    coder: str | None = None
    anonymous: bool = False
    told: Told | None = None
    meta: Any = None
    fault: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a tool's file holds.

    Attributes
    ----------
    notes : tuple of str
        What its reader should know of the whole file.
    """

    records: list[Record]
    notes: tuple[str, ...] = ()


class UnusableError(Exception):
    """A record of which nothing can be made; never leaves the reading of a file."""


@dataclass(frozen=True)
class Meta:
    """The object of our own that travelled with a record.

    Attributes
    ----------
    codings : mapping of str to dict
        For each of our coders the object of a line, not yet checked.
    names : mapping of str to str
        Our names of coders whom the tool knows by other names.
    """

    codebook_version: Any = None
    drawn_by: Any = None
    inclusion_probability: Any = None
    codings: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def meta_object(
    exported: ExportedParagraph, export: Export, codings: Iterable[Annotation] | None = None
) -> dict[str, Any]:
    """Return the object that travels with a record; what is not known is left out.

    Parameters
    ----------
    codings : iterable of Annotation, optional
        Those that the record itself shows; all of the paragraph's without it.
    """
    meta: dict[str, Any] = {
        "codebook_version": export.codebook.version,
        "drawn_by": exported.drawn_by,
        "inclusion_probability": exported.inclusion_probability,
        "names": {theirs: ours for ours, theirs in export.names.items() if ours in export.coders and theirs != ours},
        "codings": [_coding(coding) for coding in (exported.codings if codings is None else codings)],
    }
    return {key: value for key, value in meta.items() if value not in (None, {}, [])}


def _coding(annotation: Annotation) -> dict[str, Any]:
    told = {"coder": annotation.coder, **annotation_line(annotation)}
    return {key: value for key, value in told.items() if key != "paragraph" and value is not None}


def read_meta(value: Any) -> Meta:
    """Read what came back under our key: an object, the same as text, or nothing.

    Raises
    ------
    UnusableError
        When it is neither.
    """
    if value is None or value == "":
        return Meta()
    if isinstance(value, str):
        try:
            value = json_value(value)
        except ValueError:
            value = None
    codings, names = (value.get("codings", []), value.get("names", {})) if isinstance(value, dict) else (None, None)
    whole = isinstance(codings, list) and all(
        isinstance(coding, dict) and isinstance(coding.get("coder"), str) for coding in codings
    )
    if not whole or not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise UnusableError(f"what travelled under '{META}' is damaged; delete that key to import the rest")
    return Meta(
        value.get("codebook_version"),
        value.get("drawn_by"),
        value.get("inclusion_probability"),
        {coding["coder"]: coding for coding in codings or []},
        names,
    )


def text_of(value: Any) -> str | None:
    """Return a text, or a whole number as text; tools turn ids that look like numbers into numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def instant(value: Any) -> str | None:
    """Return a time in UTC as ISO 8601; None where there is none.

    Parameters
    ----------
    value : object
        Seconds since 1970, or ISO 8601; without an offset it is UTC.

    Raises
    ------
    UnusableError
        When it is neither.
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            time = datetime.fromtimestamp(value, UTC)
        else:
            time = datetime.fromisoformat(value)
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise UnusableError(f"its time {str(value)[:40]!r} is none") from None
    return time.isoformat()
