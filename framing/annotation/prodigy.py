"""Prodigy: tasks of its choice interface, and what ``prodigy db-out`` writes read back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, BinaryIO

from framing.annotation.exchange import (
    IDENTIFIER,
    META,
    Export,
    ExportedParagraph,
    Reading,
    Record,
    Told,
    UnusableError,
    instant,
    meta_object,
    text_of,
)
from framing.annotation.json_objects import json_line, read_objects
from framing.annotation.records import Annotation, SetAside
from framing.codebook import Codebook

# Prodigy joins the dataset's name and the session's.
DATASET = "framing"
_UNANSWERED = "nothing in it has an 'answer', as everything has that 'prodigy db-out' writes"
# A session that nobody named is called after the time at which it began.
_UNNAMED = re.compile(r"(?:^|-)\d{4}-\d\d-\d\d(?:_\d\d-\d\d-\d\d)?$")


def write(export: Export, file: BinaryIO) -> None:
    """Write tasks: a line for each coding, and one for each paragraph that has none."""
    options = _options(export.codebook)
    for exported in export.paragraphs:
        for coding in exported.codings or (None,):
            file.write(json_line(_line(exported, export, coding, options)))


def session(coder: str) -> str:
    """Return the name under which we export a coder whom nothing else names."""
    return f"{DATASET}-{coder}"


def _options(codebook: Codebook) -> list[dict[str, str]]:
    return [{"id": label, "text": codebook.title(label)} for label in codebook.labels]


def _line(
    exported: ExportedParagraph, export: Export, coding: Annotation | None, options: list[dict[str, str]]
) -> dict[str, Any]:
    paragraph = exported.paragraph
    line: dict[str, Any] = {
        "text": paragraph.text,
        "options": options,
        # Shown beside the text, so nothing of the codings is in it.
        "meta": {IDENTIFIER: paragraph.id, "article": paragraph.article, "position": paragraph.position},
        META: meta_object(exported, export, [] if coding is None else [coding]),
    }
    if coding is not None:
        line["accept"] = [] if coding.frame is None else [coding.frame]
        line["answer"] = "ignore" if coding.frame is None else "accept"
        if coding.status == "flagged":
            line["flagged"] = True
        line["_annotator_id"] = line["_session_id"] = export.names.get(coding.coder, session(coding.coder))
        if (seconds := _seconds(coding.labelled_at)) is not None:
            line["_timestamp"] = seconds
    return line


def _seconds(labelled_at: str | None) -> int | None:
    try:
        time = instant(labelled_at)
        return None if time is None else int(datetime.fromisoformat(time).astimezone(UTC).timestamp())
    except UnusableError:
        return None


def read(content: bytes) -> Reading:
    """Read lines of ``prodigy db-out``.

    Raises
    ------
    InputError
        When it is no text.
    """
    records, answered = [], False
    for place, value, fault in read_objects(content):
        if value is None:
            records.append(Record(place, fault=fault))
        else:
            records.append(_record(place, value))
            answered = answered or value.get("answer") is not None
    return Reading(records, () if answered or not records else (_UNANSWERED,))


def _record(place: str, value: dict[str, Any]) -> Record:
    meta = value.get("meta")
    shown = meta if isinstance(meta, dict) else {}
    names, coder, anonymous = _who(value)
    known: dict[str, Any] = {
        "paragraph": text_of(shown.get(IDENTIFIER)) or text_of(value.get(IDENTIFIER)),
        "text": text_of(value.get("text")),
        "names": names,
        "coder": coder,
        "anonymous": anonymous,
        "meta": value.get(META),
    }
    try:
        return Record(place, **known, told=_told(value))
    except UnusableError as error:
        return Record(place, **known, fault=str(error))


def _who(value: dict[str, Any]) -> tuple[tuple[str, ...], str | None, bool]:
    """Return all that a coder is called, the one of them that is a name, and whether it is a mere session."""
    told = [name for name in (text_of(value.get("_annotator_id")), text_of(value.get("_session_id"))) if name]
    if not told:
        return (), None, True
    if _UNNAMED.search(told[0]):
        return tuple(dict.fromkeys(told)), None, True
    dataset, _, name = told[0].partition("-")
    # With two hyphens nothing tells where the dataset's name ends.
    plain = None if "-" in name else name or dataset
    return tuple(dict.fromkeys([*told, *([plain] if plain else [])])), plain, False


def _told(value: dict[str, Any]) -> Told | None:
    answer, flagged = value.get("answer"), value.get("flagged") is True
    if answer is None:
        # A task that is still to be answered; a choice in it was made beforehand.
        return None
    if answer not in ("accept", "reject", "ignore"):
        raise UnusableError(f"its answer is {str(answer)[:40]!r}, which is none of Prodigy's")
    at = instant(value.get("_timestamp"))
    labels = _labels(value) if answer == "accept" else ()
    if flagged:
        return Told(labels, "flagged", at=at)
    if answer == "reject":
        raise UnusableError("was rejected; that says which label it has not, and is none")
    if answer == "accept" and not labels:
        raise UnusableError("was accepted without a choice; that is no label")
    aside: SetAside | None = "skipped" if answer == "ignore" else None
    return Told(labels, aside, at=at)


def _labels(value: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the one choice: its id and, by the options, its words."""
    if "accept" not in value:
        # The interface that asks of one label whether it fits.
        label = value.get("label")
        return (label,) if isinstance(label, str) and label else ()
    accepted = value["accept"] if isinstance(value["accept"], list) else [value["accept"]]
    if len(accepted) > 1:
        raise UnusableError(f"has {len(accepted)} choices ({_joined(accepted)}); a paragraph has one frame")
    if not accepted:
        return ()
    [choice] = accepted
    given = value.get("options")
    options = [option for option in given if isinstance(option, dict)] if isinstance(given, list) else []
    words = [option.get("text") for option in options if _same(option.get("id"), choice)]
    names = [choice, *words] if isinstance(choice, str) else words
    labels = tuple(name for name in names if isinstance(name, str) and name)
    if not labels:
        raise UnusableError(f"its choice {str(choice)[:40]!r} is none of its options")
    return labels


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _joined(values: list[Any]) -> str:
    return ", ".join(str(value)[:40] for value in values[:5])
