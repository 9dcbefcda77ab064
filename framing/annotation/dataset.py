"""Labelled paragraphs for training and evaluation, out of a labels folder or a CSV file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framing.annotation.gold import resolve, shares
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.labels import Labels
from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, of_labels, read_codebook
from framing.errors import LabelError
from framing.settings import DataSettings
from framing.text.encoding import byte_order

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def labelled_paragraphs(labels: Labels) -> LabelledParagraphs:
    """Resolve the codings of a labels folder.

    Paragraphs that nobody coded are left out. The articles stand in the order in which they first appear, the
    paragraphs of an article by position. For the digest see `digest_of`.

    Raises
    ------
    LabelError
        When no paragraph is coded.
    """
    codings = labels.codings()
    articles: dict[str, list[ParagraphRecord]] = {}
    for paragraph in labels.paragraphs:
        if codings[paragraph.id]:
            articles.setdefault(paragraph.article, []).append(paragraph)
    paragraphs = [p for article in articles.values() for p in sorted(article, key=lambda p: p.position)]
    if not paragraphs:
        raise LabelError("no paragraph is coded: add a file of codings to annotations/", path=labels.folder)
    codebook = labels.codebook
    resolved = [resolve(codings[paragraph.id]) for paragraph in paragraphs]
    return _with_digest(
        codebook,
        ids=[paragraph.id for paragraph in paragraphs],
        texts=[paragraph.text for paragraph in paragraphs],
        articles=[paragraph.article for paragraph in paragraphs],
        gold=np.array([-1 if frame is None else codebook.index[frame] for frame in resolved], dtype=np.int64),
        targets=np.array([shares(codings[paragraph.id], codebook.labels) for paragraph in paragraphs]),
    )


def read_csv_paragraphs(path: str | os.PathLike[str], data: DataSettings) -> LabelledParagraphs:
    """Read labelled texts from elsewhere out of a CSV file with a header line.

    It is UTF-8, or what its byte order mark says; comma, semicolon, tab or bar is found from the header.

    A row's id is its number as text, the first row after the header being 1. Without a column for the group each
    row is a group of its own. Rows of one group are moved together, in the order in which the groups first appear.
    Where a cell holds several labels, the first is the gold and the target gives each of them an equal share.

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
    return _with_digest(
        codebook,
        ids=[row.id for row in rows],
        texts=[row.text for row in rows],
        articles=[row.group for row in rows],
        gold=np.array([codebook.index[row.labels[0]] for row in rows], dtype=np.int64),
        targets=np.array([shares(row.labels, codebook.labels) for row in rows]),
        folds=np.array([row.fold for row in rows], dtype=np.int64) if table.folded else None,
        ours=False,
    )


def digest_of(
    ids: Sequence[str],
    texts: Sequence[str],
    articles: Sequence[str],
    gold: NDArray[np.int64],
    targets: NDArray[np.float64],
) -> str:
    """Return the SHA-256 of what a model is trained on.

    It is taken over the UTF-8 bytes of one JSON object with the keys ``articles``, ``gold``, ``ids``, ``targets``
    and ``texts`` in this order, no space after commas and colons, and characters beyond ASCII written as they are.
    All five are lists in the order of the paragraphs: gold of whole numbers (places in the codebook, -1 for none),
    targets of lists of numbers in codebook order, each the shortest that reads back as the same double.
    """
    content = {"articles": list(articles), "gold": gold.tolist(), "ids": list(ids)}
    content |= {"targets": targets.tolist(), "texts": list(texts)}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _with_digest(
    codebook: Codebook,
    *,
    ids: list[str],
    texts: list[str],
    articles: list[str],
    gold: NDArray[np.int64],
    targets: NDArray[np.float64],
    folds: NDArray[np.int64] | None = None,
    ours: bool = True,
) -> LabelledParagraphs:
    digest = digest_of(ids, texts, articles, gold, targets)
    return LabelledParagraphs(codebook, ids, texts, articles, gold, targets, folds, digest, ours)


@dataclass(frozen=True)
class _Row:
    id: str
    text: str
    labels: list[str]
    group: str
    fold: int
    line: int


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
        places: dict[str, int] | None = None
        names: list[str] = []
        line = 1
        # The limit is the module's own and global, so it is set back.
        limit = csv.field_size_limit(max(len(text), 1))
        try:
            for cells in reader:
                if not cells:
                    pass
                elif places is None:
                    names = cells
                    places = _places(names, data, path)
                else:
                    if len(cells) != len(names):
                        raise LabelError(f"has {len(cells)} cells where the header has {len(names)}")
                    named = {role: cells[place] for role, place in places.items()}
                    rows.append(_row(named, str(len(rows) + 1), data.separator, line))
                line = reader.line_num + 1
        except csv.Error as error:
            raise LabelError(f"is not a row of a CSV file: {error}", path=path, line=line) from None
        except LabelError as error:
            raise LabelError(error.message, path=path, line=line) from None
        finally:
            csv.field_size_limit(limit)
        if places is None or not rows:
            raise LabelError("has no rows under a header line", path=path)
        return cls(rows, "fold" in places)


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
    wanted = {data.text, data.label, data.group, data.fold}

    def found(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            return len(wanted.intersection(next(filter(None, reader), [])))
        except csv.Error:
            return 0

    return max(",;\t|", key=found)


def _places(names: list[str], data: DataSettings, path: Path) -> dict[str, int]:
    """Find the columns of the settings in the header."""
    wanted = {"text": data.text, "label": data.label}
    for role, name in (("group", data.group), ("fold", data.fold)):
        if name is not None or role in names:
            wanted[role] = role if name is None else name
    for role, name in wanted.items():
        if names.count(name) != 1:
            times = "no column" if name not in names else "more than one column"
            raise LabelError(f"has {times} '{name}' for the {role}; its columns: {', '.join(names)}", path=path)
    return {role: names.index(name) for role, name in wanted.items()}


def _row(cells: dict[str, str], number: str, separator: str | None, line: int) -> _Row:
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
    return _Row(number, cells["text"], labels, cells.get("group", number), int(fold), line)
