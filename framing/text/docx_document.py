"""The text of a Word document: paragraphs, headings, list items and the rows of tables, in their order.

Needs the extra 'docs' to be imported.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from framing.errors import InputError
from framing.text.article import Article
from framing.text.blocks import article_of_blocks
from framing.text.encoding import tidied

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HIDDEN = f"{_WORD}vanish"
# What was deleted; what was moved, where it stood before; what a newer program draws, a second time for older ones.
_LEFT_OUT = frozenset(
    (
        f"{_WORD}del",
        f"{_WORD}moveFrom",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MAIN_PART = "/officeDocument"
# Of the text itself, without pictures: a novel with all its marks is a tenth of this.
_LARGEST = 50 * 2**20


def read_docx(data: bytes, *, path: str) -> Article:
    """Read a Word document.

    Deleted, moved and hidden text, headers, footers, notes and comments are left out. The cells of a table's row are
    joined by " | "; where a cell holds several paragraphs, the row's paragraphs stand apart.

    Raises
    ------
    InputError
        When it is no Word document, is damaged or encrypted, its text would unpack to more than 50 MiB, or it holds
        no text.
    """
    if data.startswith(_OLD_OFFICE):
        raise InputError("is encrypted or an old .doc; save it as .docx without a password", path=path)
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InputError("is not a Word document", path=path) from None
    with package:
        if "[Content_Types].xml" not in package.namelist():
            raise InputError("is a zip file but not a Word document", path=path)
        try:
            paragraphs = _Walker().walk(_events(package, _main_part(package)))
            return article_of_blocks(path, ((tidied(text), False) for text in paragraphs))
        except InputError as error:
            raise InputError(error.message, path=path) from None
        except Exception as error:  # noqa: BLE001 - a damaged package raises whatever the parsers stumble over
            raise InputError(f"is damaged: {_reason(error)}", path=path) from None


def _main_part(package: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the text: most programs call it word/document.xml."""
    for _, element in _events(package, "_rels/.rels"):
        if (element.get("Type") or "").endswith(_MAIN_PART):
            return str(element.get("Target")).lstrip("/")
    raise InputError("is damaged: it names no main part")


def _events(package: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the starts and ends of a part's elements; what has ended is forgotten when the next one ends."""
    # The unpacked size is declared, and no more than that is read.
    if package.getinfo(name).file_size > _LARGEST:
        raise InputError(f"would unpack to more than {_LARGEST // 2**20} MiB of text")
    with package.open(name) as part:
        # Entities are not replaced: they could refer to each other without end.
        options: dict[str, Any] = {"remove_comments": True, "remove_pis": True, "resolve_entities": False}
        for event, element in etree.iterparse(part, events=("start", "end"), **options):
            yield event, element
            if event == "end" and element.getprevious() is not None:
                del element.getparent()[0]


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


@dataclass
class _Walker:
    """Gathers the text of paragraphs; inside a table it waits for the end of the outermost row."""

    _texts: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _rows: int = 0

    def walk(self, events: Iterable[tuple[str, Any]]) -> Iterator[str]:
        left_out = None
        for event, element in events:
            if left_out is not None:
                if element is left_out and event == "end":
                    left_out = None
            elif event == "start":
                left_out = _left_out(element)
                if left_out is None:
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
            case "noBreakHyphen":
                self._texts.append("-")
            case "tab" | "br" | "cr":
                self._texts.append(" ")
        return ()

    def _close(self, element: Any) -> Iterable[str]:
        match element.tag.removeprefix(_WORD):
            case "t":
                self._texts.append(element.text or "")
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


def _left_out(element: Any) -> Any:
    """Return the element that is to be left out now that this one begins, if any."""
    if element.tag in _LEFT_OUT:
        return element
    # A run tells in its properties, before its text, that it is hidden.
    if element.tag == _HIDDEN and element.get(f"{_WORD}val") not in ("0", "false", "off"):
        run = element.getparent().getparent()
        return run if run is not None and run.tag == f"{_WORD}r" else None
    return None
