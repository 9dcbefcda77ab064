"""doccano: lines for its import, and its exports read back (JSONL or CSV, and the ZIP of them, one for each member)."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from framing.annotation.csv_rows import read_table
from framing.annotation.exchange import (
    IDENTIFIER,
    META,
    Export,
    ExportedParagraph,
    Reading,
    Record,
    Told,
    UnusableError,
    meta_object,
    text_of,
)
from framing.annotation.json_objects import as_utf8, json_line, read_objects
from framing.errors import InputError, UsageError

# In the collaborative mode all members' labels are one file.
_EVERYBODY = "all"
_COMMENTS = "Comments"
_MOST_MEMBERS = 1000
_LARGEST = 1024 * 2**20
# What is damaged, encrypted or packed in a way that nothing here unpacks.
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def write(export: Export, file: BinaryIO, *, zipped: bool) -> None:
    """Write lines for an import into doccano.

    Parameters
    ----------
    zipped : bool
        One file for each coder, in a ZIP as doccano itself makes it. Without it there is one file, of one coder at
        most: a line cannot say whose its label is.

    Raises
    ------
    UsageError
        When it is one file, of several coders.
    """
    if not zipped:
        if len(export.coders) > 1:
            raise UsageError(
                "doccano keeps coders in files of their own: name one --coder, or an --output that ends in .zip"
            )
        file.writelines(_lines(export, export.coders[0] if export.coders else None))
        return
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for coder in export.coders or (_EVERYBODY,):
            name = f"{export.names.get(coder, coder)}.jsonl"
            # A date of its own, so that the same labels make the same file.
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            with package.open(member, "w") as part:
                part.writelines(_lines(export, coder if export.coders else None))


def _lines(export: Export, coder: str | None) -> Iterator[bytes]:
    for exported in export.paragraphs:
        yield json_line(_line(exported, export, coder))


def _line(exported: ExportedParagraph, export: Export, coder: str | None) -> dict[str, Any]:
    paragraph = exported.paragraph
    codings = [coding for coding in exported.codings if coding.coder == coder]
    return {
        "text": paragraph.text,
        "label": [coding.frame for coding in codings if coding.status == "labelled"],
        IDENTIFIER: paragraph.id,
        "article": paragraph.article,
        "position": paragraph.position,
        # As text: doccano passes its data through pandas, which rounds numbers.
        META: json.dumps(meta_object(exported, export, codings), ensure_ascii=False, allow_nan=False),
    }


def read(content: bytes) -> Reading:
    """Read an export of doccano.

    Raises
    ------
    InputError
        When it is none, or a ZIP that is damaged, encrypted, too large, or holds anything but one file for each member.
    """
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        records, lost = _records(content, (), None, table=_is_table(content))
        return Reading(records, _note(lost))
    records, lost = [], 0
    for name, member in _members(content):
        coder, _, suffix = name.rpartition(".")
        plain = None if coder == _EVERYBODY else coder
        try:
            found, without_label = _records(member, (coder,), plain, table=suffix == "csv")
        except InputError as error:
            raise InputError(f"{name}: {error.message}") from None
        records += [_placed(record, name) for record in found]
        lost += without_label
    return Reading(records, _note(lost))


def _note(lost: int) -> tuple[str, ...]:
    return (f"comments on what has no label: {lost:,}; they are no judgements, and were left out",) if lost else ()


def _placed(record: Record, name: str) -> Record:
    told = {key: value for key, value in vars(record).items() if key != "place"}
    return Record(place=f"{name}, {record.place}", **told)


def _is_table(content: bytes) -> bool:
    return as_utf8(content).lstrip()[:1] not in (b"{", b"[", b"")


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a ZIP; nothing is unpacked to the disk, and no more than was declared to memory."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except _ZIP_FAULTS:
        raise InputError("is a damaged ZIP") from None
    with package:
        infos = package.infolist()
        if len(infos) > _MOST_MEMBERS:
            raise InputError(f"holds more than {_MOST_MEMBERS} files; doccano makes one for each member")
        if sum(info.file_size for info in infos) > _LARGEST:
            raise InputError(f"would unpack to more than {_LARGEST // 2**20} MiB")
        names = [info.filename for info in infos]
        for info in infos:
            _refuse_member(info, names)
        for info in infos:
            try:
                with package.open(info) as part:
                    yield info.filename, part.read(info.file_size + 1)
            except _ZIP_FAULTS as error:
                reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
                raise InputError(f"'{info.filename}' in it cannot be unpacked: {reason}") from None


def _refuse_member(info: zipfile.ZipInfo, names: list[str]) -> None:
    name = info.filename
    stem, _, suffix = name.rpartition(".")
    if "/" in name or "\\" in name or stem.startswith(".") or not stem:
        raise InputError(f"holds '{name[:80]}', which is not the file of a member; import the ZIP as doccano made it")
    if suffix not in ("jsonl", "csv"):
        raise InputError(f"holds '{name[:80]}': export from doccano as JSONL")
    if names.count(name) > 1:
        raise InputError(f"holds two files '{name[:80]}'")
    if info.flag_bits & 1:
        raise InputError("is encrypted; export it without a password")


def _records(content: bytes, names: tuple[str, ...], coder: str | None, *, table: bool) -> tuple[list[Record], int]:
    """Return the records of a file, and how many have comments but no label."""
    who: dict[str, Any] = {"names": names, "coder": coder, "anonymous": coder is None}
    records, lost = [], 0
    for place, value, fault in _table_objects(content) if table else read_objects(content):
        if value is None:
            records.append(Record(place, fault=fault))
            continue
        known: dict[str, Any] = {
            "paragraph": text_of(value.get(IDENTIFIER)),
            "text": text_of(value.get("text")) or text_of(value.get("data")),
            "meta": value.get(META),
        }
        try:
            told = _told(value)
            lost += told is None and bool(value.get(_COMMENTS))
            records.append(Record(place, **known, **who, told=told))
        except UnusableError as error:
            records.append(Record(place, **known, **who, fault=str(error)))
    return records, lost


def _table_objects(content: bytes) -> Iterator[tuple[str, dict[str, Any] | None, str | None]]:
    table = read_table(content, wanted=("text", "label", IDENTIFIER, "id", _COMMENTS))
    if "item_id" in table.columns:
        # Its coders would all be taken for one.
        raise InputError("is no export of doccano: with a column 'item_id' it is a plain CSV; import it --as csv")
    if "label" not in table.columns:
        raise InputError("is no export of doccano: it has no column 'label'")
    for row in table.rows:
        cells: dict[str, Any] = dict(row.cells)
        # Several labels are joined; a frame's own name seldom holds the sign, and is then found whole.
        cells["label"] = [cells["label"]] if cells.get("label") else []
        yield f"line {row.line}", None if row.fault else cells, row.fault


def _told(value: dict[str, Any]) -> Told | None:
    if "label" not in value:
        raise UnusableError("has no 'label'; is this a project of text classification?")
    labels = _texts(value["label"], "label")
    # doccano lets nobody skip: what has no label was not judged, whatever is said about it.
    if not labels:
        return None
    if len(labels) > 1:
        raise UnusableError(f"has {len(labels)} labels ({', '.join(labels)}); a paragraph has one frame")
    note = "\n".join(_texts(value.get(_COMMENTS), _COMMENTS))
    return Told(tuple(labels), details={"note": note or None})


def _texts(value: Any, key: str) -> list[str]:
    values = [value] if isinstance(value, str) and value else value or []
    if not isinstance(values, list) or any(not isinstance(text, str) for text in values):
        raise UnusableError(f"its '{key}' is no list of texts; is this a project of text classification?")
    return values
