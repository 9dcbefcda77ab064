"""Plain long CSV: one row a judgement, the format that every other program can read and write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO, get_args

from framing.annotation.csv_rows import Row, csv_row, read_table, unguarded
from framing.annotation.exchange import (
    META,
    Export,
    ExportedParagraph,
    Reading,
    Record,
    Told,
    UnusableError,
    instant,
    meta_object,
)
from framing.annotation.records import Annotation, SetAside
from framing.errors import InputError

_MAIN = ("item_id", "coder", "label", "status", "comment")
_TEXTS = ("runner_up", "codebook_version", "drawn_by", "role", "suggested", "request", "undoes")
COLUMNS = (
    *_MAIN,
    *("runner_up", "sure", "labelled_at", "codebook_version", "drawn_by", "inclusion_probability"),
    *("role", "suggested", "request", "undoes", "article", "position", "text", META),
)
_STATUSES = ("labelled", *get_args(SetAside), "unseen")
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def write(export: Export, file: BinaryIO) -> None:
    """Write a row for each coding, and one for each paragraph that has none."""
    file.write(csv_row(COLUMNS))
    for exported in export.paragraphs:
        for coding in exported.codings or (None,):
            cells = _paragraph_cells(exported, export)
            if coding is not None:
                cells |= _coding_cells(exported, export, coding)
            file.write(csv_row([cells.get(column) for column in COLUMNS]))


def _paragraph_cells(exported: ExportedParagraph, export: Export) -> dict[str, str | None]:
    paragraph, probability = exported.paragraph, exported.inclusion_probability
    [only] = export.coders if len(export.coders) == 1 else [None]
    return {
        "item_id": paragraph.id,
        "coder": None if only is None else export.names.get(only, only),
        "status": "unseen",
        "codebook_version": export.codebook.version,
        "drawn_by": exported.drawn_by,
        "inclusion_probability": None if probability is None else repr(probability),
        "article": paragraph.article,
        "position": str(paragraph.position),
        "text": paragraph.text,
        META: _meta(exported, export) if export.names else None,
    }


def _meta(exported: ExportedParagraph, export: Export, *codings: Annotation) -> str:
    return json.dumps(meta_object(exported, export, codings), allow_nan=False)


def _coding_cells(exported: ExportedParagraph, export: Export, coding: Annotation) -> dict[str, str | None]:
    cells: dict[str, str | None] = {name: getattr(coding, name) for name in _TEXTS}
    cells |= {
        "coder": export.names.get(coding.coder, coding.coder),
        "label": coding.frame,
        "status": coding.status,
        "comment": coding.note,
        "sure": str(coding.sure).lower(),
        "labelled_at": coding.labelled_at,
        "inclusion_probability": None if coding.inclusion_probability is None else repr(coding.inclusion_probability),
    }
    if _loses(coding):
        cells["labelled_at"] = None
        cells[META] = _meta(exported, export, coding)
    return cells


def _loses(coding: Annotation) -> bool:
    """Tell whether the cells alone would give back another judgement: no cell is a text without a letter, or null."""
    texts = (coding.note, coding.labelled_at, coding.suggested, coding.request, coding.undoes)
    try:
        instant(coding.labelled_at)
    except UnusableError:
        return True
    return "" in texts


def read(content: bytes) -> Reading:
    """Read a long CSV: at least the columns ``item_id`` and ``label``; those that it lacks are not told.

    Raises
    ------
    InputError
        When it is no CSV or lacks a column.
    """
    table = read_table(content, wanted=COLUMNS)
    for name in ("item_id", "label"):
        if name not in table.columns:
            shown = ", ".join(table.columns)[:200]
            raise InputError(f"has no column '{name}': {', '.join(_MAIN)} are expected, and it has {shown}")
    return Reading([_record(row) for row in table.rows])


def _record(row: Row) -> Record:
    place = f"line {row.line}"
    if row.fault is not None:
        return Record(place, fault=row.fault)
    cells = {name: unguarded(cell) for name, cell in row.cells.items()}
    coder = cells.get("coder", "").strip() or None
    known: dict[str, Any] = {
        "paragraph": cells["item_id"] or None,
        "text": cells.get("text") or None,
        "names": () if coder is None else (coder,),
        "coder": coder,
        "anonymous": coder is None,
        "meta": cells.get(META),
    }
    try:
        return Record(place, **known, told=_told(cells))
    except UnusableError as error:
        return Record(place, **known, fault=str(error))


def _told(cells: Mapping[str, str]) -> Told | None:
    label = cells["label"]
    status = cells.get("status", "").strip().lower() or ("labelled" if label else "unseen")
    if status not in _STATUSES:
        raise UnusableError(f"its status is '{status[:40]}'; known are {', '.join(_STATUSES)}")
    if status == "labelled" and not label:
        raise UnusableError("is labelled, without a label")
    if status in ("unseen", "skipped") and label:
        raise UnusableError(f"is {status} and has the label '{label[:80]}'; empty its status, or the label")
    if status == "unseen":
        return None
    at = cells.get("labelled_at") or None
    instant(at)
    details: dict[str, Any] = {name: cells.get(name) or None for name in _TEXTS}
    details["note"] = cells.get("comment") or None
    details["sure"] = _truth(cells.get("sure", ""))
    details["inclusion_probability"] = _number(cells.get("inclusion_probability", ""))
    aside: SetAside | None = "skipped" if status == "skipped" else "flagged" if status == "flagged" else None
    return Told((label,) if label else (), aside, details, at)


def _truth(cell: str) -> bool | None:
    word = cell.strip().lower()
    if word and word not in _TRUTH:
        raise UnusableError(f"its 'sure' is '{cell[:40]}'; write true or false")
    return _TRUTH.get(word)


def _number(cell: str) -> float | None:
    try:
        return float(cell) if cell.strip() else None
    except ValueError:
        raise UnusableError(f"its 'inclusion_probability' is '{cell[:40]}', which is no number such as 0.25") from None
