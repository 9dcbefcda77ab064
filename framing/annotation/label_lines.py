"""What a line of paragraphs and a line of a coder's file must say, and every way in which it may fail to."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, get_args

from framing.annotation.records import Annotation, DrawnBy, Role, SetAside
from framing.codebook import Codebook, same_major

_TEXTS = ("codebook_version", "labelled_at", "note", "suggested", "request", "undoes")
_NAMED = ("frame", "runner_up", "suggested")
_SELDOM = ("set_aside", "role", "suggested", "request", "undoes")


@dataclass(frozen=True)
class ParagraphRecord:
    """A line of ``paragraphs.jsonl``.

    Attributes
    ----------
    line : int
        Its line in the file, counted from 1.
    """

    id: str
    article: str
    position: int
    text: str
    outlet_type: str | None
    conflict: str | None
    year: int | None
    source: str | None
    line: int


@dataclass(frozen=True)
class AnnotationRecord:
    """A line of a coder's file.

    Attributes
    ----------
    annotation : Annotation
        With the names that labels have today.
    line : int
    renamed : tuple of (str, str)
        Where the line gives its frame or its runner-up a name that the label had before: that name and today's.
    """

    annotation: Annotation
    line: int
    renamed: tuple[tuple[str, str], ...] = ()


def parse_paragraph(value: dict[str, Any], line: int) -> tuple[ParagraphRecord | None, list[str]]:
    """Return the paragraph that a line's object says, or None and everything that is wrong with it."""
    faults = [
        *(_text_fault(value, key) for key in ("id", "article", "text")),
        _whole_number_fault(value, "position", least=0),
        *(_optional_fault(value, key, str, "text in quotes") for key in ("outlet_type", "conflict", "source")),
        None if value.get("year") is None else _whole_number_fault(value, "year", least=1),
    ]
    if found := [fault for fault in faults if fault is not None]:
        return None, found
    record = ParagraphRecord(
        id=value["id"],
        article=value["article"],
        position=value["position"],
        text=value["text"],
        outlet_type=value.get("outlet_type"),
        conflict=value.get("conflict"),
        year=value.get("year"),
        source=value.get("source"),
        line=line,
    )
    return record, []


def with_todays_names(value: dict[str, Any], codebook: Codebook) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """Return the object of a coder's line with the names that labels have today, and the names that gave way.

    Of a frame and a runner-up that became one label, the frame is left.
    """
    today = codebook.todays_names
    old = {key: value[key] for key in _NAMED if isinstance(value.get(key), str) and value[key] in today}
    if not old:
        return value, ()
    named = value | {key: today[name] for key, name in old.items()}
    if named.get("runner_up") == named.get("frame") and value.get("runner_up") != value.get("frame"):
        named["runner_up"] = None
    return named, tuple((name, today[name]) for key, name in old.items() if key != "suggested")


def parse_annotation(value: dict[str, Any], coder: str) -> Annotation:
    """Return the judgement that a line's object says; `annotation_faults` has found nothing wrong with it."""
    probability = value.get("inclusion_probability")
    return Annotation(
        coder=coder,
        paragraph=value["paragraph"],
        frame=value["frame"],
        sure=value.get("sure", True) is not False,
        runner_up=value.get("runner_up"),
        codebook_version=value.get("codebook_version") or "",
        labelled_at=value.get("labelled_at"),
        drawn_by=value.get("drawn_by"),
        inclusion_probability=None if probability is None else float(probability),
        note=value.get("note"),
        set_aside=value.get("set_aside"),
        role=value.get("role") or "coder",
        suggested=value.get("suggested"),
        request=value.get("request"),
        undoes=value.get("undoes"),
    )


def annotation_line(annotation: Annotation) -> dict[str, Any]:
    """Return the object of a coder's line, the inverse of `parse_annotation`; what is seldom said is left out."""
    told = dataclasses.asdict(annotation)
    del told["coder"]
    if told["role"] == "coder":
        told["role"] = None
    return {key: value for key, value in told.items() if key not in _SELDOM or value is not None}


def annotation_faults(value: dict[str, Any], codebook: Codebook | None) -> list[str]:
    """Return everything that is wrong with the object of a coder's line; without a codebook any frame will do."""
    faults = [
        _text_fault(value, "paragraph"),
        _frame_fault(value, "frame", codebook) if "frame" in value else "has no 'frame' (null takes a coding back)",
        _optional_fault(value, "sure", bool, "true or false"),
        _frame_fault(value, "runner_up", codebook),
        *(_optional_fault(value, key, str, "text in quotes") for key in _TEXTS),
        *_status_faults(value),
        _version_fault(value.get("codebook_version"), codebook),
        *_drawing_faults(value.get("drawn_by"), value.get("inclusion_probability")),
    ]
    if value.get("runner_up") is not None and value["runner_up"] == value.get("frame"):
        faults.append(f"the runner-up is the frame itself, {value['frame']!r}; name another or null")
    return [fault for fault in faults if fault is not None]


def _text_fault(value: dict[str, Any], key: str) -> str | None:
    if key not in value:
        return f"has no '{key}'"
    if not isinstance(value[key], str):
        return f"'{key}' must be text in quotes"
    return None if value[key].strip() else f"'{key}' is empty"


def _whole_number_fault(value: dict[str, Any], key: str, *, least: int) -> str | None:
    if key not in value:
        return f"has no '{key}'"
    number = value[key]
    whole = isinstance(number, int) and not isinstance(number, bool)
    return None if whole and number >= least else f"'{key}' must be a whole number from {least}"


def _optional_fault(value: dict[str, Any], key: str, kind: type, words: str) -> str | None:
    given = value.get(key)
    return None if given is None or isinstance(given, kind) else f"'{key}' must be {words}, or null"


def _frame_fault(value: dict[str, Any], key: str, codebook: Codebook | None) -> str | None:
    frame = value.get(key)
    if frame is None:
        return None
    if not isinstance(frame, str) or not frame:
        return f"'{key}' must be a label in quotes, or null"
    if codebook is not None and frame in codebook.todays_names:
        return renaming_fault(frame, codebook)
    if codebook is not None and frame not in codebook.index:
        known = f"{', '.join(codebook.labels)}; if it was renamed, say so in a [[change]]"
        return f"'{key}' is '{frame}', which is no label of the codebook: {known}"
    return None


def renaming_fault(name: str, codebook: Codebook) -> str:
    """Say what to do about a name that a label had before."""
    return f"names '{name}', which is called '{codebook.todays_names[name]}' now; run 'framing labels migrate'"


def _version_fault(version: Any, codebook: Codebook | None) -> str | None:
    if codebook is None or not isinstance(version, str) or not version or same_major(version, codebook.version):
        return None
    return (
        f"was coded by codebook {version}, and the folder's is {codebook.version}, by which a label may mean something "
        "else: code it anew, or keep them apart (move the coders' older files and their codebook to a folder of their "
        "own)"
    )


def _status_faults(value: dict[str, Any]) -> list[str]:
    faults = []
    for key, known in (("set_aside", get_args(SetAside)), ("role", get_args(Role))):
        if value.get(key) is not None and value[key] not in known:
            faults.append(f"'{key}' must be {' or '.join(known)}, or left out")
    if value.get("set_aside") == "skipped" and value.get("frame") is not None:
        faults.append("is skipped and has a frame; make one of the two null")
    return faults


def _drawing_faults(drawn_by: Any, probability: Any) -> list[str]:
    faults = []
    known = get_args(DrawnBy)
    if drawn_by is not None and drawn_by not in known:
        faults.append(f"'drawn_by' must be one of {', '.join(known)}, or null")
    if probability is None:
        if drawn_by == "sample":
            faults.append("'drawn_by' is sample: 'inclusion_probability' must say with which chance")
    elif isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 < probability <= 1:
        faults.append("'inclusion_probability' must be a number above 0 and at most 1, or null")
    return faults
