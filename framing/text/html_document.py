"""The text of a web page: its block elements as paragraphs, what is no part of the story marked.

Needs the extra 'docs' to be imported.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree, html

from framing.errors import InputError
from framing.text.article import Article
from framing.text.blocks import article_of_blocks
from framing.text.encoding import decoded
from framing.text.lines import ends_sentence, paragraph_spans
from framing.text.provenance import provenance_of_page


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_NEVER_TEXT = _tags(
    "head title script style template noscript textarea iframe object embed applet svg math canvas select datalist "
    "audio video map frameset"
)
_BLOCKS = _tags(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section "
    "summary table tbody tfoot thead tr ul"
)
_FURNITURE = frozenset(("nav", "aside", "footer", "button"))
_FURNITURE_ROLES = frozenset(("navigation", "contentinfo", "complementary", "search", "dialog", "alertdialog"))
_STORY = frozenset(("article", "main"))
_DECLARED = re.compile(rb"""<meta[^<>]{0,500}?charset\s{0,10}=\s{0,10}["']?\s{0,10}([\w:.-]{1,40})""", re.IGNORECASE)
_DECLARED_XML = re.compile(rb"""<\?xml[^<>]{0,200}?encoding\s{0,10}=\s{0,10}["']([\w:.-]{1,40})""", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[a-zA-Z!/?]")
_HIDING_STYLE = re.compile(r"display\s{0,10}:\s{0,10}none|visibility\s{0,10}:\s{0,10}hidden", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"))
_BREAK = "\v"
_PARAGRAPH_BREAK = re.compile(rf"{_BREAK}(?:\s*{_BREAK})+")
# Shorter blocks (links, labels) do not tell where the story stands.
_TELLING = 80
_SHORTEST_LINE = 60


def read_html(data: bytes, *, path: str) -> Article:
    """Read a web page.

    Scripts, forms' inputs, hidden elements and the head are never text. Navigation, asides, footers, buttons and forms
    are boilerplate, and so is what stands outside the ``article`` or ``main`` element that holds most of the text, but
    for the page's ``h1``. Cells of a table's row are joined by " | ", unless they hold paragraphs themselves.

    Raises
    ------
    InputError
        When it is no text, holds none, or is nested too deeply.
    """
    head = data[:4096]
    found = _DECLARED.search(head) or _DECLARED_XML.search(head)
    text = decoded(data, path=path, declared=found.group(1).decode("ascii", "replace") if found else None)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise InputError("holds no text", path=path)
    if not _ANY_TAG.search(text):
        return Article(path, text)
    # Parsed as UTF-8 bytes, since the declared charset no longer holds.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        page = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise InputError("holds no text", path=path) from None
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise InputError("is nested too deeply to be a page; save its text as .txt", path=path)
    walker = _Walker()
    walker.walk(etree.iterwalk(page, events=("start", "end")))
    provenance = provenance_of_page(_stated(page))
    article = article_of_blocks(path, _judged(walker.blocks))
    return replace(article, source=provenance.source, published=provenance.published)


def _stated(page: Any) -> dict[str, str]:
    """Gather what a page states of itself by name, the first of each name."""
    stated: dict[str, str] = {}
    for element in page.iter("meta", "link"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("rel")
        value = element.get("content") or element.get("href")
        if name and value:
            stated.setdefault(name.strip().lower(), value)
    return stated


@dataclass(frozen=True)
class _Block:
    text: str
    title: bool
    furniture: bool
    form: bool
    stories: tuple[int, ...]


@dataclass
class _Walker:
    """Gathers text between the borders of block elements."""

    blocks: list[_Block] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _any_text: bool = False
    _stories: list[int] = field(default_factory=list)
    _furniture: int = 0
    _forms: int = 0
    _preformatted: int = 0
    _titles: int = 0
    _numbered: int = 0

    def walk(self, events: Any) -> None:
        skipped: Any = None
        for event, element in events:
            if skipped is None and event == "start" and _is_hidden(element):
                skipped = element
                events.skip_subtree()
            elif event == "start" and skipped is None:
                self._open(element)
            elif element is skipped:
                skipped = None
                self._append(element.tail or "")
            elif skipped is None:
                self._close(element)
        self._flush()

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        elif tag in ("td", "th") and self._any_text:
            self._append(" | ")
        elif tag == "br":
            self._append(_BREAK)
        self._count(element, 1)
        if tag in _STORY:
            self._numbered += 1
            self._stories.append(self._numbered)
        self._add(element.text)

    def _close(self, element: Any) -> None:
        if element.tag in _BLOCKS:
            self._flush()
        self._count(element, -1)
        if element.tag in _STORY:
            self._stories.pop()
        self._add(element.tail)

    def _count(self, element: Any, step: int) -> None:
        tag = element.tag
        if tag in _FURNITURE or (element.get("role") or "").strip().lower() in _FURNITURE_ROLES:
            self._furniture += step
        if tag == "form":
            self._forms += step
        elif tag == "pre":
            self._preformatted += step
        elif tag == "h1":
            self._titles += step

    def _add(self, text: str | None) -> None:
        if text:
            self._append(text if self._preformatted else text.replace(_BREAK, " "))

    def _append(self, text: str) -> None:
        self._texts.append(text)
        self._any_text = self._any_text or bool(text.strip())

    def _flush(self) -> None:
        if not self._texts:
            return
        text = "".join(self._texts).translate(_INVISIBLE)
        self._texts.clear()
        self._any_text = False
        pieces = _preformatted(text) if self._preformatted else _flowing(text)
        for piece in pieces:
            if piece.strip(" |"):
                story = tuple(self._stories)
                block = _Block(piece, self._titles > 0, self._furniture > 0, self._forms > 0, story)
                self.blocks.append(block)


def _is_hidden(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NEVER_TEXT:
        return True
    if element.get("hidden") is not None or (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    if element.tag == "dialog" and element.get("open") is None:
        return True
    return _HIDING_STYLE.search((element.get("style") or "")[:2_000]) is not None


def _preformatted(text: str) -> list[str]:
    text = text.replace(_BREAK, "\n")
    return [" ".join(text[start:end].split()) for start, end in paragraph_spans(text)]


def _flowing(text: str) -> list[str]:
    """Cut at two line breaks in a row, and at each one where the lines are long sentences, one a paragraph."""
    pieces: list[str] = []
    for part in _PARAGRAPH_BREAK.split(text):
        lines = [" ".join(line.split()) for line in part.split(_BREAK)]
        lines = [line for line in lines if line]
        whole = len(lines) > 2 and all(len(line) >= _SHORTEST_LINE and ends_sentence(line) for line in lines[:-1])
        pieces.extend(lines if whole else [" ".join(lines)])
    return pieces


def _judged(blocks: list[_Block]) -> list[tuple[str, bool]]:
    """Decide for each block whether it is boilerplate, by where most of the page's text stands."""
    telling = [block for block in blocks if len(block.text) >= _TELLING and not block.furniture]
    outside_forms = sum(len(block.text) for block in telling if not block.form)
    inside_forms = sum(len(block.text) for block in telling if block.form)
    # Some sites wrap the whole page in one form.
    forms_are_furniture = inside_forms <= outside_forms
    if forms_are_furniture:
        telling = [block for block in telling if not block.form]
    total = sum(len(block.text) for block in telling)
    held: Counter[int] = Counter()
    for block in telling:
        for story in block.stories:
            held[story] += len(block.text)
    # The innermost such element is the one that opens last.
    most = max((story for story, length in held.items() if length > total / 2), default=None)
    judged = []
    for block in blocks:
        outside = most is not None and most not in block.stories and not block.title
        furniture = block.furniture or (block.form and forms_are_furniture)
        judged.append((block.text, furniture or outside))
    return judged
