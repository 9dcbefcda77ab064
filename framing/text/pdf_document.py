"""The text of a PDF: lines joined to paragraphs, over columns and pages, running heads and page numbers marked.

Needs the extra 'docs' to be imported.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import IndexAssigner, LAParams, LTChar, LTFigure, LTLayoutContainer, LTPage, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import Matrix, Rect

from framing.errors import InputError
from framing.text.article import Article
from framing.text.blocks import article_of_blocks
from framing.text.encoding import tidied
from framing.text.lines import ends_sentence, starts_lower
from framing.text.pdf_streams import BoundedParser

_MOST_NESTED_DRAWINGS = 5_000
_MOST_LETTERS_ON_A_PAGE = 200_000
# The reading order of columns is found by comparing all pairs of text boxes.
_MOST_BOXES_TO_ORDER = 400
_MARGIN = 0.1
_LONGEST_RUNNING_HEAD = 150
_UNKNOWN_LETTER = re.compile(r"\(cid:\d+\)")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|página|pag|p)\.?\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|de|von|sur|\|)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HYPHENS = "-\xad\u2010"
_BULLET = re.compile(r"[•◦‣▪■●]\s*\S")


@dataclass(frozen=True)
class _Line:
    text: str
    left: float
    right: float
    height: float


@dataclass(frozen=True)
class _Block:
    text: str
    page: int
    left: float
    top: float
    bottom: float
    in_margin: bool


def read_pdf(data: bytes, *, path: str) -> Article:
    """Read a PDF.

    Raises
    ------
    InputError
        When it is no PDF, is damaged or encrypted, would unpack to more than 100 MiB, or holds no text that could be
        taken out: a scan, or fonts that do not tell their letters.
    """
    if b"%PDF-" not in data[:1024]:
        raise InputError("is not a PDF", path=path)
    try:
        with _silent():
            pages = list(_pages(data))
    except PDFEncryptionError:
        raise InputError("is encrypted; save a copy without a password", path=path) from None
    except InputError as error:
        raise InputError(error.message, path=path) from None
    except Exception as error:  # noqa: BLE001 - the parser raises whatever a damaged file makes it stumble over
        lines = str(error).strip().splitlines()
        reason = lines[0][:200] if lines else type(error).__name__
        raise InputError(f"is damaged: {reason}", path=path) from None
    blocks = [block for page in pages for block in page]
    unknown = sum(len(_UNKNOWN_LETTER.findall(block.text)) for block in blocks)
    if unknown > sum(len(_UNKNOWN_LETTER.sub("", block.text)) for block in blocks):
        message = "its fonts do not tell which letters they draw; run text recognition (OCR) on it first"
        raise InputError(message, path=path)
    nothing = "holds no text; it may be a scan: run text recognition (OCR) on it first"
    return article_of_blocks(path, _joined(blocks, len(pages)), nothing=nothing)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep the parser's remarks on a file's small faults from the terminal."""
    logger = logging.getLogger("pdfminer")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


class _Device(PDFPageAggregator):
    """Gathers a page's letters, but not without end: drawings may call each other many times over."""

    depth = 0
    nested = 0

    def begin_figure(self, name: str, bbox: Rect, matrix: Matrix) -> None:
        self.depth += 1
        self.nested += self.depth > 1
        if self.nested > _MOST_NESTED_DRAWINGS:
            raise InputError("draws without end")
        super().begin_figure(name, bbox, matrix)

    def end_figure(self, name: str) -> None:
        self.depth -= 1
        super().end_figure(name)

    def end_page(self, page: PDFPage) -> None:
        if isinstance(self.cur_item, LTPage) and len(self.cur_item) > _MOST_LETTERS_ON_A_PAGE:
            letters = sum(isinstance(item, LTChar) for item in self.cur_item)
            if letters > _MOST_LETTERS_ON_A_PAGE:
                raise InputError("holds a page with too many letters to be laid out")
        super().end_page(page)


def _pages(data: bytes) -> Iterator[list[_Block]]:
    # boxes_flow=None: the order is found below, where there are not too many boxes.
    parameters = LAParams(all_texts=True, boxes_flow=None)
    resources = PDFResourceManager()
    device = _Device(resources, laparams=parameters)
    interpreter = PDFPageInterpreter(resources, device)
    document = PDFDocument(BoundedParser(io.BytesIO(data)))
    for number, page in enumerate(PDFPage.create_pages(document)):
        interpreter.process_page(page)
        layout = device.get_result()
        yield list(_blocks(layout, number))


def _blocks(layout: LTPage, page: int) -> Iterator[_Block]:
    containers: list[LTLayoutContainer] = [layout]
    while containers:
        container = containers.pop(0)
        containers.extend(item for item in container if isinstance(item, LTFigure))
        for boxes in _stretches(_in_reading_order(container)):
            place = (boxes[-1].y0 + boxes[0].y1) / 2 - layout.y0
            in_margin = not _MARGIN * layout.height <= place <= (1 - _MARGIN) * layout.height
            lines = [_line(line) for box in boxes for line in box]
            for text in _paragraphs([line for line in lines if line.text]):
                yield _Block(text, page, boxes[0].x0, boxes[0].y1, boxes[-1].y0, in_margin)


def _in_reading_order(container: LTLayoutContainer) -> list[LTTextBox]:
    boxes = [item for item in container if isinstance(item, LTTextBox)]
    if 1 < len(boxes) <= _MOST_BOXES_TO_ORDER:
        parameters = LAParams()
        assigner = IndexAssigner()
        for group in container.group_textboxes(parameters, boxes):
            group.analyze(parameters)
            assigner.run(group)
        boxes.sort(key=lambda box: box.index)
    return boxes


def _stretches(boxes: list[LTTextBox]) -> list[list[LTTextBox]]:
    """Put the lines of widely spaced text together again, each of which the layout takes for a box of its own."""
    gaps = {
        number: above.y0 - below.y1 for number, (above, below) in enumerate(pairwise(boxes)) if _follows(above, below)
    }
    single = sum(len(box) == 1 for box in boxes)
    if len(gaps) < 4 or single < 0.6 * len(boxes):
        return [[box] for box in boxes]
    usual = median(gaps.values())
    stretches = [boxes[:1]]
    for number, box in enumerate(boxes[1:]):
        if gaps.get(number, usual * 2) <= 1.15 * usual:
            stretches[-1].append(box)
        else:
            stretches.append([box])
    return stretches


def _follows(above: LTTextBox, below: LTTextBox) -> bool:
    """Whether a box may hold the next line of the same text: right below, of one size, the line above nearly full."""
    height = above.height / len(above)
    same_size = abs(height - below.height / len(below)) < 0.1 * height
    full = above.x1 >= below.x1 - 0.15 * below.width
    return same_size and full and 0 < above.y0 - below.y1 < 2 * height and abs(above.x0 - below.x0) < 4 * height


def _line(line: LTTextLine) -> _Line:
    text = " ".join(tidied(line.get_text()).translate(_LIGATURES).split())
    return _Line(text, line.x0, line.x1, line.height)


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    """Cut a box of lines where one ends short with its sentence, or the next is indented, larger or a list item."""
    if not lines:
        return
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    together = [lines[0]]
    for line in lines[1:]:
        last = together[-1]
        ended = ends_sentence(last.text)
        short = last.right < right - 0.15 * (right - left)
        indented = line.left > left + 0.8 * line.height and last.left < line.left - 0.4 * line.height
        resized = abs(line.height - last.height) > 0.25 * max(line.height, last.height)
        if (ended and (short or indented)) or resized or _BULLET.match(line.text):
            yield _joined_lines(together)
            together = []
        together.append(line)
    yield _joined_lines(together)


def _joined_lines(lines: list[_Line]) -> str:
    parts: list[str] = []
    for line in lines:
        _append(parts, line.text)
    return "".join(parts)


def _append(parts: list[str], text: str) -> None:
    """Add a line or another part of the paragraph; a word that was divided between lower-case letters is made whole."""
    if parts:
        last = parts[-1]
        if last[-1:] in _HYPHENS and last[-2:-1].islower() and text[:1].islower():
            parts[-1] = last[:-1]
        else:
            parts.append(" ")
    parts.append(text)


def _joined(blocks: list[_Block], pages: int) -> list[tuple[str, bool]]:
    """Mark what the pages' margins repeat, and join paragraphs that go on in the next column or on the next page."""
    heads = Counter(_head(block.text) for block in blocks if block.in_margin)
    often = max(2, pages / 4)
    result: list[tuple[str, bool]] = []
    story: tuple[int, _Block] | None = None
    for block in blocks:
        repeated = pages > 1 and len(block.text) <= _LONGEST_RUNNING_HEAD and heads[_head(block.text)] >= often
        if block.in_margin and (repeated or _PAGE_NUMBER.fullmatch(block.text)):
            result.append((block.text, True))
        elif story is not None and _goes_on(story[1], block):
            place, before = story
            parts = [before.text]
            _append(parts, block.text)
            story = place, replace(block, text="".join(parts))
            result[place] = story[1].text, False
        else:
            story = len(result), block
            result.append((block.text, False))
    return [(_UNKNOWN_LETTER.sub("\ufffd", text), marked) for text, marked in result]


def _head(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower())


def _goes_on(before: _Block, block: _Block) -> bool:
    # The next column begins above the end of this one; parts of one box were taken apart for a reason.
    same_box = (block.left, block.top) == (before.left, before.top)
    next_column = block.page == before.page and block.top > before.bottom and not same_box
    beyond = block.page == before.page + 1 or next_column
    return beyond and not ends_sentence(before.text) and starts_lower(block.text)
