"""Files, folders and standard input to articles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from framing.errors import FramingError, InputError, MissingExtraError, UsageError
from framing.text.article import Article
from framing.text.encoding import decoded

KINDS = ("auto", "txt", "md", "csv", "jsonl", "html", "pdf", "docx", "parquet")
STDIN = "-"

_KIND_OF_SUFFIX = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".parquet": "parquet",
}
_TABLES = ("csv", "jsonl", "parquet")
_PACKED_KINDS = ("csv", "jsonl")
_PACKED = ".gz"
_NAMES = {"html": "HTML files", "pdf": "PDF files", "docx": "Word documents"}

OnError = Callable[[FramingError], None]
OnSkip = Callable[[str], None]


def read_articles(
    source: str,
    *,
    kind: str = "auto",
    stdin: BinaryIO | None = None,
    on_error: OnError,
    on_skip: OnSkip | None = None,
) -> Iterator[Article]:
    """Yield the articles of a file, of a folder and what is below it, or of standard input.

    Tables are read row by row, so that the first article is there before the last is read. What cannot be read is
    handed to ``on_error``, and the rest goes on.

    Parameters
    ----------
    source : str
        A file, a folder, or '-' for standard input. Of a folder, all files of known suffixes are read in the order of
        their names, hidden ones left out and links to folders not followed. Tables of text may be packed by gzip
        ('year.jsonl.gz').
    kind : str
        One of ``KINDS``. 'auto' goes by the suffix; standard input and unknown suffixes are read as text. Any other
        kind holds for the file whatever its suffix, and in a folder picks the files of that kind.
    stdin : BinaryIO, optional
        What '-' stands for.
    on_error : callable
        Takes the FramingError of a file or row that cannot be read.
    on_skip : callable, optional
        Takes the path of each file in a folder that is passed over, its suffix being unknown or of another kind.

    Raises
    ------
    UsageError
        When the kind is unknown, or '-' is asked for and there is no standard input.
    """
    if kind not in KINDS:
        raise UsageError(f"unknown kind '{kind}'; known: {', '.join(KINDS)}")
    if source == STDIN:
        if stdin is None:
            raise UsageError("there is no standard input to read '-' from")
        return _read(stdin, STDIN, "txt" if kind == "auto" else kind, on_error)
    return _read_path(source, kind, on_error, on_skip)


def _read_path(source: str, kind: str, on_error: OnError, on_skip: OnSkip | None) -> Iterator[Article]:
    try:
        is_folder = Path(source).is_dir()
    except (OSError, ValueError):
        is_folder = False
    if not is_folder:
        yield from _read_file(source, _kind_of(source) or "txt" if kind == "auto" else kind, on_error)
        return
    for path in _files_below(source, on_error):
        found = _kind_of(path)
        if found is not None and (kind == "auto" or _alike(found) == _alike(kind)):
            yield from _read_file(path, found, on_error)
        elif on_skip is not None:
            on_skip(path)


def _kind_of(path: str) -> str | None:
    """Tell by a name's ending; tables of text may be packed, as 'year.jsonl.gz'."""
    name = Path(path)
    if name.suffix.lower() != _PACKED:
        return _KIND_OF_SUFFIX.get(name.suffix.lower())
    kind = _KIND_OF_SUFFIX.get(Path(name.stem).suffix.lower())
    return kind if kind in _PACKED_KINDS else None


def _alike(kind: str) -> str:
    return "txt" if kind == "md" else kind


def _files_below(folder: str, on_error: OnError) -> Iterator[str]:
    """Yield the files below a folder, sorted; links to folders are not entered, since they may lead out of it."""

    def unreadable(error: OSError) -> None:
        on_error(InputError(f"cannot be read: {error.strerror}", path=error.filename))

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place) / name
            if not name.startswith(".") and path.is_file():
                yield str(path)


def _read_file(path: str, kind: str, on_error: OnError) -> Iterator[Article]:
    # A name that is no UTF-8 could not be printed.
    name = os.fsencode(path).decode("utf-8", "replace")
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        on_error(InputError("there is no such file or folder", path=name))
    except (OSError, ValueError) as error:
        on_error(InputError(f"cannot be read: {_reason(error)}", path=name))
    else:
        with file:
            packed = kind in _PACKED_KINDS and path.lower().endswith(_PACKED)
            yield from _read(file, name, kind, on_error, packed=packed)


def _read(file: BinaryIO, name: str, kind: str, on_error: OnError, *, packed: bool = False) -> Iterator[Article]:
    try:
        if kind in _TABLES:
            yield from _articles_of_table(file, name, kind, on_error, packed=packed)
        else:
            article = _whole(file.read(), name, kind)
            yield article if article.source is not None else replace(article, source=_place_of(name, kind))
    except FramingError as error:
        on_error(error)
    except OSError as error:
        on_error(InputError(f"cannot be read: {_reason(error)}", path=name))


def _articles_of_table(file: BinaryIO, name: str, kind: str, on_error: OnError, *, packed: bool) -> Iterator[Article]:
    # Imported here: whoever reads an article has no use for the readers of tables.
    from framing.text.table_files import ROWS_OF_KIND, unpacked
    from framing.text.tables import articles_of_rows

    rows = ROWS_OF_KIND[kind](unpacked(file, path=name) if packed else file, path=name, on_error=on_error)
    yield from articles_of_rows(rows, path=name, on_error=on_error, source=_place_of(name, kind))


def _place_of(name: str, kind: str) -> str | None:
    """Name the folder that a document lies in, or the table that a row is of: the source where none is stated."""
    if name == STDIN:
        return None
    path = Path(os.path.abspath(name))  # noqa: PTH100 - a link's own folder, not that of what it leads to
    if kind not in _TABLES:
        return path.parent.name or None
    return (Path(path.stem).stem if kind in _PACKED_KINDS and path.suffix.lower() == _PACKED else path.stem) or None


def _whole(data: bytes, name: str, kind: str) -> Article:
    if kind in ("txt", "md"):
        text = decoded(data, path=name)
        if not text.strip():
            raise InputError("holds no text", path=name)
        return Article(name, text)
    if not data.strip():
        raise InputError("holds no text", path=name)
    return _document_reader(kind, name)(data, path=name)


def _document_reader(kind: str, name: str) -> Callable[..., Article]:
    """Import the reader of one kind of document: each needs packages that take their time or are not there."""
    try:
        if kind == "html":
            from framing.text.html_document import read_html

            return read_html
        if kind == "pdf":
            from framing.text.pdf_document import read_pdf

            return read_pdf
        from framing.text.docx_document import read_docx
    except ImportError:
        raise MissingExtraError("docs", f"reading {_NAMES[kind]}", path=name) from None
    return read_docx


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
