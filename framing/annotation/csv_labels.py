"""Labelled texts from elsewhere, out of a CSV file."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framing.annotation.dataset import digest_of, known_strata
from framing.annotation.gold import shares
from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels, read_codebook
from framing.errors import LabelError
from framing.settings import DataSettings
from framing.text.encoding import byte_order

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def read_csv_paragraphs(path: str | os.PathLike[str], data: DataSettings) -> LabelledParagraphs:
    """Read labelled texts from elsewhere out of a CSV file with a header line.

    It is UTF-8, or what its byte order mark says; comma, semicolon, tab or bar is found from the header.

    A row's id is its number as text, the first row after the header being 1. Without a column for the group each
    row is a group of its own. Rows of one group are moved together, in the order in which the groups first appear.
    Where a cell holds several labels, the first is the gold and the target gives each of them an equal share. An
    empty cell of a stratum is one that is not known.

    Parameters
    ----------
    path : path-like
    data : DataSettings
        The names of the columns. Where ``group`` or ``fold`` is None, a column of that name is used if there is one.
        ``codebook`` is opened as it stands, so it should be absolute; without it the sorted labels are the codebook.

    Raises
    ------
    LabelError
        When the file cannot be read, is not the one with the SHA-256 of the settings, lacks a column or has no
        rows, or at the first row that does not fit: too few or too many cells, an empty text, label or group, a
        label that the codebook does not know, a fold that is no whole number.
    CodebookError
        When the codebook cannot be read.
    """
    path = Path(path)
    table = _Table.read(path, data)
    if data.codebook is None:
        codebook = of_labels(path.stem, [label for row in table.rows for label in row.labels])
        if len(codebook.labels) < 2:
            raise LabelError(f"has one label only, '{codebook.labels[0]}'; there is nothing to tell apart", path=path)
    else:
        codebook = read_codebook(data.codebook)
    groups: dict[str, list[_Row]] = {}
    for row in table.rows:
        for label in row.labels:
            if label not in codebook.index:
                known = ", ".join(codebook.labels)
                raise LabelError(f"'{label}' is no label of the codebook: {known}", path=path, line=row.line)
        groups.setdefault(row.group, []).append(row)
    rows = [row for group in groups.values() for row in group]
    ids = [row.id for row in rows]
    texts = [row.text for row in rows]
    articles = [row.group for row in rows]
    gold = np.array([codebook.index[row.labels[0]] for row in rows], dtype=np.int64)
    targets = np.array([shares(row.labels, codebook.labels) for row in rows])
    return LabelledParagraphs(
        codebook,
        ids,
        texts,
        articles,
        gold,
        targets,
        folds=np.array([row.fold for row in rows], dtype=np.int64) if table.folded else None,
        digest=digest_of(ids, texts, articles, gold, targets),
        ours=False,
        several=data.several,
        strata=known_strata({name: [row.strata[name] for row in rows] for name in data.strata}),
    )


@dataclass(frozen=True)
class _Row:
    id: str
    text: str
    labels: list[str]
    group: str
    fold: int
    strata: dict[str, str]
    line: int


@dataclass(frozen=True)
class _Columns:
    """Where the columns of the settings stand in the header, which has ``width`` of them."""

    roles: dict[str, int]
    strata: dict[str, int]
    width: int

    @classmethod
    def find(cls, names: list[str], data: DataSettings, path: Path) -> _Columns:
        wanted = {"text": data.text, "label": data.label}
        for role, name in (("group", data.group), ("fold", data.fold)):
            if name is not None or role in names:
                wanted[role] = role if name is None else name
        for role, name in (*wanted.items(), *(("stratum", name) for name in data.strata)):
            if names.count(name) != 1:
                times = "no column" if name not in names else "more than one column"
                raise LabelError(f"has {times} '{name}' for the {role}; its columns: {', '.join(names)}", path=path)
        roles = {role: names.index(name) for role, name in wanted.items()}
        return cls(roles, {name: names.index(name) for name in data.strata}, len(names))


@dataclass(frozen=True)
class _Table:
    rows: list[_Row]
    folded: bool

    @classmethod
    def read(cls, path: Path, data: DataSettings) -> _Table:
        text = _text_of(path, data)
        # Strict: a quotation mark that is never closed must not swallow the rest of the file unseen.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, data), strict=True)
        rows: list[_Row] = []
        columns: _Columns | None = None
        line = 1
        # The limit is the module's own and global, so it is set back.
        limit = csv.field_size_limit(max(len(text), 1))
        try:
            for cells in reader:
                if not cells:
                    pass
                elif columns is None:
                    columns = _Columns.find(cells, data, path)
                else:
                    rows.append(_row(cells, columns, str(len(rows) + 1), data.separator, line))
                line = reader.line_num + 1
        except csv.Error as error:
            raise LabelError(f"is not a row of a CSV file: {error}", path=path, line=line) from None
        except LabelError as error:
            raise LabelError(error.message, path=path, line=line) from None
        finally:
            csv.field_size_limit(limit)
        if columns is None or not rows:
            raise LabelError("has no rows under a header line", path=path)
        return cls(rows, "fold" in columns.roles)


def _text_of(path: Path, data: DataSettings) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise LabelError("there is no such CSV file", path=path) from None
    except OSError as error:
        raise LabelError(f"cannot be read: {error.strerror}", path=path) from None
    except ValueError:
        raise LabelError("is no name that a file can have", path=path) from None
    if data.sha256 is not None and (found := hashlib.sha256(content).hexdigest()) != data.sha256.strip().lower():
        source = "" if data.source is None else f" from {data.source}"
        wanted = f"get the file{source}, or correct 'sha256'"
        raise LabelError(f"is another file than the experiment names: its SHA-256 is {found}; {wanted}", path=path)
    # A byte order mark names the encoding; without one it is not guessed, since a wrong guess would be trained on.
    encoding = byte_order(content) or "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LabelError(
            f"is not {encoding.upper().removesuffix('-SIG')} text; save it as UTF-8", path=path, line=line
        ) from None


def _delimiter(text: str, data: DataSettings) -> str:
    """Choose the sign that cuts most of the wanted columns out of the header."""
    wanted = {data.text, data.label, data.group, data.fold, *data.strata}

    def found(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            return len(wanted.intersection(next(filter(None, reader), [])))
        except csv.Error:
            return 0

    return max(",;\t|", key=found)


def _row(row: list[str], columns: _Columns, number: str, separator: str | None, line: int) -> _Row:
    if len(row) != columns.width:
        raise LabelError(f"has {len(row)} cells where the header has {columns.width}")
    cells = {role: row[place] for role, place in columns.roles.items()}
    several = cells["label"].split(separator) if separator else [cells["label"]]
    labels = list(dict.fromkeys(label for label in map(str.strip, several) if label))
    if not labels:
        raise LabelError("has no label; give it one or leave the row out")
    if not cells["text"].strip():
        raise LabelError("has no text; give it one or leave the row out")
    if "group" in cells and not cells["group"].strip():
        raise LabelError("has no group; give it one or leave the row out")
    fold = cells.get("fold", "0").strip()
    if not _WHOLE_NUMBER.fullmatch(fold):
        raise LabelError(f"has the fold '{fold[:40]}'; folds are whole numbers from 0")
    strata = {name: row[place].strip() for name, place in columns.strata.items()}
    return _Row(number, cells["text"], labels, cells.get("group", number), int(fold), strata, line)
