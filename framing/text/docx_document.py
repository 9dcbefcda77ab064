"""The text of a Word document: paragraphs, headings, list items and the rows of tables, in their order.

Needs the extra 'docs' to be imported.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from lxml import etree

from framing.errors import InputError
from framing.text.article import Article
from framing.text.blocks import article_of_blocks
from framing.text.encoding import tidied

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_LARGEST = 500 * 2**20


def read_docx(data: bytes, *, path: str) -> Article:
    """Read a Word document.

    Deleted and hidden text, headers, footers, notes and comments are left out. The cells of a table's row are joined
    by " | "; where a cell holds several paragraphs, the row's paragraphs stand apart.

    Raises
    ------
    InputError
        When it is no Word document, is damaged or encrypted, would unpack to more than 500 MiB, or holds no text.
    """
    _check_package(data, path)
    try:
        body = docx.Document(io.BytesIO(data)).element.body
        paragraphs = _Walker().walk(etree.iterwalk(body, events=("start", "end")))
        return article_of_blocks(path, ((tidied(text), False) for text in paragraphs))
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - the parser raises whatever a damaged package makes it stumble over
        raise InputError(f"is damaged: {_reason(error)}", path=path) from None


def _check_package(data: bytes, path: str) -> None:
    if data.startswith(_OLD_OFFICE):
        raise InputError("is encrypted or an old .doc; save it as .docx without a password", path=path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InputError("is not a Word document", path=path) from None
    # The unpacked size is declared, and no more than that is read.
    if sum(entry.file_size for entry in entries) > _LARGEST:
        raise InputError("would unpack to more than 500 MiB", path=path)
    if "[Content_Types].xml" not in {entry.filename for entry in entries}:
        raise InputError("is a zip file but not a Word document", path=path)


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


@dataclass
class _Walker:
    """Gathers the text of paragraphs; inside a table it waits for the end of the outermost row."""

    _texts: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _rows: int = 0

    def walk(self, events: Any) -> Iterator[str]:
        skipped = None
        for event, element in events:
            if skipped is not None:
                if element is skipped and event == "end":
                    skipped = None
            elif event == "start" and _is_left_out(element):
                skipped = element
                events.skip_subtree()
            elif event == "start":
                yield from self._open(element)
            else:
                yield from self._close(element)

    def _open(self, element: Any) -> Iterable[str]:
        match element.tag.removeprefix(_WORD):
            case "p":
                # A text box stands inside the paragraph that it is anchored to.
                return self._flush()
            case "tr":
                self._rows += 1
            case "tc":
                if self._rows == 1:
                    self._cells.append([])
            case "t":
                self._texts.append(element.text or "")
            case "noBreakHyphen":
                self._texts.append("-")
            case "tab" | "br" | "cr":
                self._texts.append(" ")
        return ()

    def _close(self, element: Any) -> Iterable[str]:
        match element.tag.removeprefix(_WORD):
            case "p":
                return self._flush()
            case "tr":
                self._rows -= 1
                if self._rows == 0:
                    return self._row()
        return ()

    def _flush(self) -> Iterable[str]:
        text = " ".join("".join(self._texts).split())
        self._texts.clear()
        if self._cells and text:
            self._cells[-1].append(text)
            return ()
        return (text,) if text else ()

    def _row(self) -> list[str]:
        cells = [cell for cell in self._cells if cell]
        self._cells.clear()
        if any(len(cell) > 1 for cell in cells):
            return [text for cell in cells for text in cell]
        return [" | ".join(text for cell in cells for text in cell)] if cells else []


def _is_left_out(element: Any) -> bool:
    # What a newer program draws stands there a second time for older ones.
    if element.tag == _FALLBACK:
        return True
    if element.tag != f"{_WORD}r":
        return False
    hidden = element.find(f"{_WORD}rPr/{_WORD}vanish")
    return hidden is not None and hidden.get(f"{_WORD}val") not in ("0", "false", "off")
