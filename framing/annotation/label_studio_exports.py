"""What Label Studio exports (JSON, JSON-MIN, CSV), read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from framing.annotation.csv_rows import Row, read_table
from framing.annotation.exchange import IDENTIFIER, META, Reading, Record, Told, UnusableError, instant, text_of
from framing.annotation.json_objects import as_utf8, json_value
from framing.annotation.label_studio import CONTROL, DATA_KEYS, DOUBT, FLAGGED, NOTE, UNSURE
from framing.annotation.records import SetAside
from framing.errors import InputError

_WITHOUT_SKIPS = "JSON-MIN and CSV leave out what was skipped; export as JSON to keep it"


def read(content: bytes, *, control: str = CONTROL) -> Reading:
    """Read an export of Label Studio.

    Parameters
    ----------
    content : bytes
        JSON, JSON-MIN or CSV.
    control : str
        The name of the choices that hold the frame.

    Raises
    ------
    InputError
        When it is none of the three.
    """
    content = as_utf8(content)
    if content.lstrip()[:1] not in (b"[", b"{"):
        table = read_table(content, wanted=("annotator", "annotation_id", control, *DATA_KEYS))
        if "annotator" not in table.columns:
            raise InputError("is no export of Label Studio: it has no column 'annotator'")
        return Reading([_table_record(row, control) for row in table.rows], (_WITHOUT_SKIPS,))
    try:
        value = json_value(content)
    except ValueError as error:
        raise InputError(str(error)) from None
    tasks = value if isinstance(value, list) else [value]
    records: list[Record] = []
    predicted = flat = 0
    for number, task in enumerate(tasks, start=1):
        place = f"record {number}"
        if isinstance(task, dict) and isinstance(task.get("data"), dict):
            records += _task_records(place, task, control)
            predicted += bool(task.get("predictions"))
        elif isinstance(task, dict) and "annotation_id" in task:
            records.append(_flat_record(place, task, control))
            flat += 1
        else:
            records.append(Record(place, fault="is neither a task with 'data' nor a row of JSON-MIN"))
    notes = [_WITHOUT_SKIPS] if flat else []
    if predicted:
        notes.append(f"tasks with predictions: {predicted:,}; those are suggestions, and were not read as codings")
    return Reading(records, tuple(notes))


def _task_records(place: str, task: dict[str, Any], control: str) -> Iterator[Record]:
    data = task["data"]
    known: dict[str, Any] = {
        "paragraph": text_of(data.get(IDENTIFIER)),
        "text": text_of(data.get("text")),
        "meta": data.get(META),
    }
    annotations = task.get("annotations", task.get("completions")) or []
    if not isinstance(annotations, list):
        yield Record(place, fault="its 'annotations' are no list")
        return
    if not annotations:
        yield Record(place, **known)
    for number, annotation in enumerate(annotations, start=1):
        where = place if len(annotations) == 1 else f"{place}, annotation {number}"
        try:
            if not isinstance(annotation, dict):
                raise UnusableError("the annotation is no object")
            names, coder = _who(annotation.get("completed_by"))
            told = _told(annotation, task.get("predictions"), control, ours=bool(data.get(META)))
            yield Record(where, **known, names=names, coder=coder, told=told)
        except UnusableError as error:
            yield Record(where, **known, fault=str(error))


def _who(completed_by: Any) -> tuple[tuple[str, ...], str | None]:
    """Return all that a coder is called, and the one that is a name; a number is none."""
    told = [completed_by]
    if isinstance(completed_by, dict):
        told = [completed_by.get("email"), completed_by.get("id")]
    names = tuple(name for name in map(text_of, told) if name is not None and name != "None")
    return names, next((name for name in names if not name.isdigit()), None)


def _told(annotation: dict[str, Any], predictions: Any, control: str, *, ours: bool) -> Told:
    at = instant(annotation.get("updated_at") or annotation.get("created_at"))
    result = annotation.get("result")
    notes = "\n".join(_values(result, NOTE, "text"))
    if annotation.get("was_cancelled") or annotation.get("skipped"):
        return Told(set_aside="skipped", details={"note": notes or None}, at=at)
    frames, doubts = _values(result, control, "choices"), _values(result, DOUBT, "choices")
    if not frames and (others := _controls(result) - {DOUBT}):
        raise UnusableError(f"has no choice '{control}', but '{sorted(others)[0]}': name it by --control")
    # Whoever began with a prediction saw it.
    seen = _values(_prediction(annotation, predictions).get("result"), control, "choices")
    return _judged(frames, doubts, notes, at, ours=ours, suggested=seen[0] if len(seen) == 1 else None)


def _prediction(annotation: dict[str, Any], predictions: Any) -> dict[str, Any]:
    given, parent = annotation.get("prediction"), annotation.get("parent_prediction")
    if isinstance(given, dict) and given:
        return given
    if parent is None or not isinstance(predictions, list):
        return {}
    return next((one for one in predictions if isinstance(one, dict) and one.get("id") == parent), {})


def _items(result: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(result, list | None) or any(not isinstance(item, dict) for item in result or []):
        raise UnusableError("its 'result' is no list of objects")
    yield from result or []


def _controls(result: Any) -> set[str]:
    return {str(item.get("from_name")) for item in _items(result) if item.get("type") == "choices"}


def _values(result: Any, control: str, key: str) -> list[str]:
    found: list[str] = []
    for item in _items(result):
        if item.get("from_name") == control:
            value = item.get("value")
            found += _texts(value.get(key) if isinstance(value, dict) else None, control)
    return list(dict.fromkeys(found))


def _texts(value: Any, control: str) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or any(not isinstance(text, str) for text in values):
        raise UnusableError(f"what it holds under '{control}' is no text")
    return values


def _judged(
    frames: list[str], doubts: Iterable[str], notes: str, at: str | None, *, ours: bool, suggested: str | None = None
) -> Told:
    if len(frames) > 1:
        raise UnusableError(f"has {len(frames)} choices ({', '.join(frames)}); a paragraph has one frame")
    flagged: SetAside | None = "flagged" if FLAGGED in doubts else None
    if not frames and flagged is None:
        raise UnusableError("was submitted without a choice; that is no label")
    unsure = UNSURE in doubts
    details: dict[str, Any] = {"note": notes or None, "suggested": suggested}
    # Where the interface is ours, that 'unsure' is not chosen says something as well.
    if unsure or ours:
        details["sure"] = not unsure
    return Told(tuple(frames), flagged, details, at)


def _flat_record(place: str, row: dict[str, Any], control: str) -> Record:
    known: dict[str, Any] = {
        "paragraph": text_of(row.get(IDENTIFIER)),
        "text": text_of(row.get("text")),
        "meta": row.get(META),
    }
    if row.get("annotation_id") in (None, ""):
        return Record(place, **known)
    try:
        names, coder = _who(row.get("annotator"))
        at = instant(row.get("updated_at") or row.get("created_at"))
        frames, doubts = _cell(row, control, "choices"), _cell(row, DOUBT, "choices")
        notes = "\n".join(_cell(row, NOTE, "text"))
        told = _judged(frames, doubts, notes, at, ours=bool(row.get(META)))
    except UnusableError as error:
        return Record(place, **known, fault=str(error))
    return Record(place, **known, names=names, coder=coder, told=told)


def _cell(row: dict[str, Any], control: str, key: str) -> list[str]:
    """Return what a control holds in a row: one text stands alone, several in an object."""
    value = row.get(control)
    if isinstance(value, dict):
        value = value.get(key)
    return [] if value in (None, "") else _texts(value, control)


def _table_record(row: Row, control: str) -> Record:
    place = f"line {row.line}"
    if row.fault is not None:
        return Record(place, fault=row.fault)
    cells: dict[str, Any] = dict(row.cells)
    for name in (control, DOUBT, NOTE):
        # A table holds several choices as the text of their object.
        if cells.get(name, "").startswith(("{", "[")):
            try:
                cells[name] = json_value(cells[name])
            except ValueError:
                continue
    return _flat_record(place, cells, control)
