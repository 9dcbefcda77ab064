"""Plain text to stretches of one paragraph each, by blank lines, line width, indents, list marks and headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import Literal, NamedTuple

Kind = Literal["text", "item", "heading", "rule"]
Case = Literal["lower", "upper", "none"]

# What ends a line. Form feed and U+2029 end a paragraph, too, as a blank line does.
_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
_SPACES = " \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\x1c-\x1f"
# From a line's first visible character to its end; blank lines are jumped over.
_LINE = re.compile(rf"\S[^{_BREAKS}]*")
_ONE_BREAK = re.compile(rf"[{_SPACES}]*(?:\r\n|[\n\r\x0b\x85\u2028])[{_SPACES}]*")
# No line, paragraph or title ends like this, or in a comma, unless it was cut for its width.
_HANGING_WORDS = (
    *("the", "a", "an", "of", "by", "and", "or", "to", "from", "with", "for", "in", "at", "its", "their", "his", "her"),
)
_HANGING_WORD = re.compile(rf"\b(?:{'|'.join(_HANGING_WORDS)})\Z")
_LAST_INDENT = re.compile(rf"[{_SPACES}]{{0,200}}\Z")
_QUOTE_MARKS = re.compile(r"(?:>[ \t]?){1,20}")
_HEADING_MARK = re.compile(r"#{1,6}[ \t]+\S")
_ITEM_MARK = re.compile(
    r"(?:[-*+•◦‣⁃▪■●·–—]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\([A-Z]\)|\(?[ivxlc]{1,6}\)|\[\d{1,3}\])[ \t\xa0]+(?=\S)"
)
_BULLETS = "•◦‣⁃▪■●"
_RULE_SIGNS = "-*=~#+`"
_SENTENCE_END = ".!?…:。．！？।॥؟۔։።"
_CLOSING = "\"'”’»›)]}」』】*"
_OPENING = "\"'“‘«‹„([{「『¿¡*"

# Other widths do not come from hard wrapping; words longer than this one say nothing of a margin.
_NARROWEST = 30
_WIDEST = 400
_LONGEST_WORD = 20
_LONGEST_SETEXT = 120
# More lines than this without a blank one, on average, and blank lines do not part the paragraphs.
_LONGEST_STRETCH = 15
_LINES_OF_EVIDENCE = 20_000


class Wrapping(NamedTuple):
    """The line width that a text was hard-wrapped at, and how much room a line must leave to be a paragraph's last."""

    width: int
    room: int


class Line:
    """A line that is not blank; what only some comparisons need is found when asked for, in most texts never."""

    __slots__ = ("_content", "_text", "end", "gap", "indent", "kind", "mark", "quote", "start")

    def __init__(self, text: str, start: int, end: int, indent: int, *, gap: bool):
        self._text = text
        self.start = start
        self.end = end
        self.indent = indent
        self.gap = gap
        self.kind: Kind = "text"
        self.mark = ""
        self.quote = 0
        self._content = start
        # No mark begins with a capital, and most lines do.
        if not text[start].isupper():
            self._find_marks()

    def _find_marks(self) -> None:
        text, end = self._text, self.end
        if text[self.start] == ">" and (marks := _QUOTE_MARKS.match(text, self.start, end)):
            self._content, self.quote = marks.end(), marks.group().count(">")
        content = self._content
        if content >= end or _is_rule(text, content, end):
            self.kind = "rule"
        elif text[content] == "#" and _HEADING_MARK.match(text, content, end):
            self.kind = "heading"
        elif found := _ITEM_MARK.match(text, content, end):
            self.kind, self.mark = "item", found.group().strip()

    @property
    def width(self) -> int:
        return self.indent + self.end - self.start

    @property
    def first_word(self) -> int:
        """The length of the first word, as far as it says something of a margin."""
        return min(len(next(iter(self._head().split(maxsplit=1)), "")), _LONGEST_WORD)

    @property
    def case(self) -> Case:
        first = self._head()[:8].lstrip(_OPENING + " ")[:1]
        return "lower" if first.islower() else "upper" if first.isupper() else "none"

    @property
    def ends(self) -> bool:
        """Whether it ends a sentence."""
        return ends_sentence(self._tail())

    @property
    def hangs(self) -> bool:
        """Whether it ends as no line, paragraph or title does unless it was cut for its width."""
        tail = self._tail()
        return tail.endswith(",") or (tail.endswith(_HANGING_WORDS) and _HANGING_WORD.search(tail) is not None)

    def _head(self) -> str:
        return self._text[self._content : min(self.end, self._content + 2 * _LONGEST_WORD)]

    def _tail(self) -> str:
        return self._text[max(self._content, self.end - 40) : self.end]


def paragraph_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each paragraph of a plain text starts and ends, in order; horizontal rules belong to none.

    Whether a single line break ends a paragraph is decided once for the whole text: in hard-wrapped text only a
    line that ends short, or an indent, does; elsewhere every line break does, unless the next line goes on in
    lower case or this one hangs in the air, and it ends no sentence.
    """
    only = _LINE.search(text)
    if only is not None and _LINE.search(text, only.end()) is None:
        line = _line_of(text, only, gap=True)
        yield from () if line.kind == "rule" else ((line.start, line.end),)
        return
    rest = _lines(text)
    first = list(islice(rest, _LINES_OF_EVIDENCE))
    wrapping = _wrapping_of(first)
    start = end = 0
    item: Line | None = None
    last: Line | None = None
    for line in chain(first, rest):
        if last is None or _parts(last, line, item, wrapping):
            if end > start:
                yield start, end
            start = end = line.start
            item = None
        if line.kind == "rule":
            start = end
            last = None
            continue
        if line.kind == "item" and start == line.start:
            item = line
        end = line.end
        last = line
    if end > start:
        yield start, end


def ends_sentence(text: str) -> bool:
    """Whether the text's last visible sign, quotes and brackets aside, ends a sentence or announces what follows."""
    if text.endswith("."):
        return True
    tail = text[-40:].rstrip().rstrip(_CLOSING).rstrip()
    return tail[-1:] in _SENTENCE_END if tail else False


def starts_lower(text: str) -> bool:
    """Whether the text goes on in lower case, quotes and brackets aside."""
    return text[:8].lstrip(_OPENING + " ")[:1].islower()


def find_wrapping(text: str) -> Wrapping | None:
    """Return how a text was hard-wrapped, or None where it was not.

    The evidence is in the breaks between lines that stand together. In wrapped text most of them cut a sentence,
    they come where the next word would not have fitted, and the next line goes on in lower case as often as any
    word does. No other line is much longer.
    """
    return _wrapping_of(list(islice(_lines(text), _LINES_OF_EVIDENCE)))


def _wrapping_of(lines: Sequence[Line]) -> Wrapping | None:
    if len(lines) < 2:
        return None
    cut: Counter[tuple[int, int, Case]] = Counter()
    breaks = 0
    for last, line in pairwise(lines):
        if not line.gap and last.kind in ("text", "item") and line.kind == "text":
            breaks += 1
            if not last.ends:
                cut[min(last.width, _WIDEST), line.first_word, "lower" if last.hangs else line.case] += 1
    in_sentence = cut.total()
    if not in_sentence or in_sentence < 0.2 * breaks:
        return None
    widths = Counter(min(line.width, _WIDEST) for line in lines)
    gaps = sum(line.gap for line in lines)
    width = _usual_width(_by_width(cut))
    too_wide = sum(number for length, number in widths.items() if length > 1.3 * width)
    full = sum(number for (length, word, _), number in cut.items() if length + 1 + word > width)
    lower = sum(number for (_, _, case), number in cut.items() if case == "lower")
    upper = sum(number for (_, _, case), number in cut.items() if case == "upper")
    wrapped = (
        _NARROWEST <= width < _WIDEST
        and too_wide < 0.2 * widths.total()
        and full >= 0.7 * in_sentence
        and lower >= 0.4 * (lower + upper)
    )
    # Where blank lines part the paragraphs, only a line that is clearly short ends one, too: lines may be ragged.
    parted = gaps > 1 and breaks < _LONGEST_STRETCH * gaps
    return Wrapping(width, width // 4 if parted else 0) if wrapped else None


def _by_width(cut: Counter[tuple[int, int, Case]]) -> Counter[int]:
    widths: Counter[int] = Counter()
    for (width, _, _), number in cut.items():
        widths[width] += number
    return widths


def _usual_width(widths: Counter[int]) -> int:
    """Return the widest line that is not far beyond what four fifths of the lines keep to."""
    wanted = 0.8 * widths.total()
    for width in sorted(widths):
        wanted -= widths[width]
        if wanted <= 0:
            return max(wide for wide in widths if wide <= 1.1 * width)
    return 0


def _parts(last: Line, line: Line, item: Line | None, wrapping: Wrapping | None) -> bool:
    """Whether a paragraph ends between two lines."""
    if line.gap or last.quote != line.quote or last.kind in ("heading", "rule") or line.kind in ("heading", "rule"):
        return True
    fits = wrapping is not None and last.width + 1 + line.first_word + wrapping.room <= wrapping.width
    if line.kind == "item":
        # In wrapped text a dash or "12." may come to stand at a line's head by chance, in the middle of a sentence.
        by_chance = wrapping is not None and item is None and not (last.ends or fits) and line.mark not in _BULLETS
        return not by_chance
    if item is not None and line.indent > item.indent:
        return False
    if wrapping is None:
        return last.ends or (line.case != "lower" and not last.hangs)
    if line.indent >= last.indent + 2 and (last.ends or fits):
        return True
    return fits and (last.ends or line.case != "lower")


def _lines(text: str) -> Iterator[Line]:
    """Yield the lines that are not blank; a line underlined with '=' or '-' as a heading."""
    held: Line | None = None
    for line in _plain_lines(text):
        if held is not None:
            if _underlines(text, line, held):
                held.kind = "heading"
            yield held
        held = line
    if held is not None:
        yield held


def _underlines(text: str, rule: Line, title: Line) -> bool:
    length = title.end - title.start
    return (
        rule.kind == "rule"
        and not rule.gap
        and text[rule.start] in "=-"
        and title.kind == "text"
        and length <= _LONGEST_SETEXT
        and abs(rule.end - rule.start - length) <= 3
    )


def _plain_lines(text: str) -> Iterator[Line]:
    before = 0
    for match in _LINE.finditer(text):
        space = text[before : match.start()]
        before = match.end()
        if space == "\n":
            yield _line_of(text, match, gap=False)
        elif not space or space == "\n\n":
            yield _line_of(text, match, gap=True)
        else:
            single = _ONE_BREAK.fullmatch(space) is not None
            yield _line_of(text, match, 0 if single and len(space) == 1 else _indent(space), gap=not single)


def _line_of(text: str, match: re.Match[str], indent: int = 0, *, gap: bool) -> Line:
    start, end = match.span()
    if text[end - 1].isspace():
        end = start + len(match.group().rstrip())
    return Line(text, start, end, indent, gap=gap)


def _indent(space: str) -> int:
    found = _LAST_INDENT.search(space[-200:])
    return len(found.group().expandtabs(4)) if found else 0


def _is_rule(text: str, start: int, end: int) -> bool:
    if end - start > 300 or text[start] not in _RULE_SIGNS:
        return False
    signs = text[start:end].replace(" ", "").replace("\t", "")
    return len(signs) >= 3 and len(set(signs)) == 1
