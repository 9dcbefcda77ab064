"""An article's paragraphs and their frames, for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from framing.artifact.classified import ClassifiedParagraph
from framing.cli.cells import broken, cell_len, set_cell_size
from framing.cli.plain_console import Line, PlainConsole, show
from framing.codebook import Codebook
from framing.corpus.shares import frame_shares
from framing.palette import RESIDUAL_LOOK, FrameLook, looks
from framing.report.display import percent, shown

if TYPE_CHECKING:
    from rich.console import Console

# Longer lines are hard to follow from end to end; off a terminal the width of whoever runs the program says nothing.
_WIDEST = 120
_WIDTH_IN_A_PIPE = 80
_NARROWEST = 30
# Below this the words get lines of their own.
_ROOM_FOR_COLUMNS = 72
_SMALLEST_MIX_BAR = 8
_PERCENT_CELLS = 5
_BORROWED = "~"
_CONTEXT = "(context)"
# No terminal shows more of a paragraph on a line; the rest need not be measured.
_LONGEST_START = 1000
_EMPTY: Line = ()


class _Signs(NamedTuple):
    """What is drawn apart from text: box-drawing characters, or ASCII where the output holds no more."""

    bar: str
    partial_bars: str
    empty_bar: str
    ellipsis: str
    evidence: str
    separator: str


_UNICODE_SIGNS = _Signs("━", "╸", " ", "…", "└ ", " · ")
_ASCII_SIGNS = _Signs("#", "", "-", "..", "` ", ", ")


class _Sheet(NamedTuple):
    """What every line needs to know: the widths, the looks and the signs that the output can show."""

    codebook: Codebook
    looks: dict[str, FrameLook]
    signs: _Signs
    encoding: str
    width: int
    number_cells: int
    title_cells: int
    bar_cells: int

    @property
    def has_columns(self) -> bool:
        return self.width >= _ROOM_FOR_COLUMNS

    @property
    def indent(self) -> int:
        """Where frame titles begin: after the number and the mark."""
        return self.number_cells + 4

    def look(self, label: str | None) -> FrameLook:
        return RESIDUAL_LOOK if label is None else self.looks[label]

    def mark(self, label: str | None) -> str:
        look = self.look(label)
        return look.ascii_mark if self.signs is _ASCII_SIGNS else look.mark

    def title(self, label: str | None) -> str:
        return self.encodable("No frame" if label is None else self.codebook.title(label))

    def encodable(self, text: str) -> str:
        """Return a text as it can be shown here; what the output's encoding lacks becomes '?'."""
        return shown(text[:_LONGEST_START]).encode(self.encoding, "replace").decode(self.encoding)

    def clipped(self, text: str, cells: int) -> str:
        """Cut a text to its first words; within a word only where there would be hardly anything left."""
        if cell_len(text) <= cells:
            return text
        room = max(cells - cell_len(self.signs.ellipsis), 0)
        # What is cut in the middle of a wide character is padded with a blank.
        start = set_cell_size(text, room).rstrip()
        words = start.rpartition(" ")[0] if not text[len(start) :].startswith(" ") else start
        return (words if cell_len(words) > room * 2 // 3 else start).rstrip() + self.signs.ellipsis

    def bar(self, share: float, cells: int) -> str:
        """Draw a share of 1 as a bar on a number of cells; what is not nothing is seen."""
        steps = len(self.signs.partial_bars) + 1
        drawn_steps = max(round(min(share, 1) * cells * steps), 1 if share > 0 else 0)
        full, part = divmod(drawn_steps, steps)
        drawn = self.signs.bar * full + (self.signs.partial_bars[part - 1] if part else "")
        return drawn.ljust(cells, self.signs.empty_bar)


def render_article(
    paragraphs: Sequence[ClassifiedParagraph], codebook: Codebook, console: Console | PlainConsole
) -> None:
    """Print an article: its warnings, its paragraphs with frame, probability, first words and evidence, its frame mix.

    Parameters
    ----------
    paragraphs : sequence of ClassifiedParagraph
        One article, in order; its texts are untrusted.
    codebook : Codebook
        The one they were classified by.
    console : Console or PlainConsole
        Up to 120 columns are used, off a terminal 80.
    """
    if not paragraphs:
        return
    sheet = _sheet(paragraphs, codebook, console)
    lines = [_heading(paragraphs[0], sheet), *_warnings(paragraphs, sheet), _EMPTY]
    for paragraph in paragraphs:
        lines += _boilerplate(paragraph, sheet) if paragraph["boilerplate"] else _passage(paragraph, sheet)
    lines += [_EMPTY, *_mix(paragraphs, sheet), *_legend(paragraphs, sheet), _EMPTY]
    for line in lines:
        show(line, console)


def _sheet(paragraphs: Sequence[ClassifiedParagraph], codebook: Codebook, console: Console | PlainConsole) -> _Sheet:
    width = max(min(console.width, _WIDEST if console.is_terminal else _WIDTH_IN_A_PIPE), _NARROWEST)
    all_looks = looks(codebook)
    marks = "".join(look.mark for look in [*all_looks.values(), RESIDUAL_LOOK])
    number_cells = max(2, len(str(paragraphs[-1]["paragraph"] + 1)))
    titles = (cell_len(shown(codebook.title(label))) for label in codebook.labels)
    return _Sheet(
        codebook=codebook,
        looks=all_looks,
        signs=_UNICODE_SIGNS if _holds(console.encoding, _UNICODE_SIGNS, marks) else _ASCII_SIGNS,
        encoding=console.encoding,
        width=width,
        number_cells=number_cells,
        title_cells=min(max(titles), 24 if width >= _ROOM_FOR_COLUMNS else width - number_cells - 16),
        bar_cells=5 if width < _ROOM_FOR_COLUMNS else 6 if width < 100 else 8,
    )


def _holds(encoding: str, signs: _Signs, marks: str) -> bool:
    drawn = signs.bar + signs.partial_bars + signs.ellipsis + signs.evidence + signs.separator + marks
    try:
        drawn.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _heading(paragraph: ClassifiedParagraph, sheet: _Sheet) -> Line:
    name = sheet.encodable(paragraph["article"])
    if cell_len(name) > sheet.width:
        # The end of a path tells more than its beginning.
        end = name[-sheet.width :]
        while cell_len(sheet.signs.ellipsis + end) > sheet.width:
            end = end[1:]
        name = sheet.signs.ellipsis + end
    return [(name, "bold")]


def _warnings(paragraphs: Sequence[ClassifiedParagraph], sheet: _Sheet) -> list[Line]:
    warnings = dict.fromkeys(warning for paragraph in paragraphs for warning in paragraph["warnings"])
    return [line for warning in warnings for line in _wrapped("! ", warning, "bold", sheet)]


def _wrapped(start: str, text: str, style: str, sheet: _Sheet) -> list[Line]:
    """Put a text on as many lines as it needs, all of them indented as far as the first."""
    lines = broken(sheet.encodable(text), sheet.width - len(start))
    return [[(f"{' ' * len(start) if place else start}{line}", style)] for place, line in enumerate(lines)]


def _passage(paragraph: ClassifiedParagraph, sheet: _Sheet) -> list[Line]:
    label = paragraph["frame"]
    style = sheet.look(label).terminal
    probability = paragraph["probability"]
    line = [
        (f"{paragraph['paragraph'] + 1:>{sheet.number_cells}}  ", ""),
        (f"{sheet.mark(label)} ", style),
        (set_cell_size(sheet.clipped(sheet.title(label), sheet.title_cells), sheet.title_cells), style),
        (" ", ""),
        (" " * sheet.bar_cells if probability is None else sheet.bar(probability, sheet.bar_cells), style),
        (f"{'' if probability is None else percent(probability):>{_PERCENT_CELLS}}", ""),
        ("?" if paragraph["uncertain"] else " ", "bold"),
    ]
    if sheet.has_columns:
        return _beside(line, paragraph, sheet)
    indent = " " * (sheet.number_cells + 2)
    room = sheet.width - len(indent)
    words = [(indent + sheet.clipped(sheet.encodable(paragraph["text"]), room), "")]
    others, evidence = _others(paragraph, sheet, room), _evidence(paragraph, sheet, room)
    return [line, *_dim(indent, others), words, *_dim(indent, evidence)]


def _beside(start: Line, paragraph: ClassifiedParagraph, sheet: _Sheet) -> list[Line]:
    """Put the words to the right of the frame, and the evidence under them."""
    left = sum(cell_len(text) for text, _ in start) + 1
    room = sheet.width - left
    line = [*start, (" " + sheet.clipped(sheet.encodable(paragraph["text"]), room), "")]
    others = _others(paragraph, sheet, left - sheet.indent - 2)
    evidence = _evidence(paragraph, sheet, room)
    if not others and not evidence:
        return [line]
    below = set_cell_size(" " * sheet.indent + others, left)
    return [line, [(below + evidence, "dim")]]


def _boilerplate(paragraph: ClassifiedParagraph, sheet: _Sheet) -> list[Line]:
    head = f"{paragraph['paragraph'] + 1:>{sheet.number_cells}}    "
    columns = sheet.indent + sheet.title_cells + 1 + sheet.bar_cells + _PERCENT_CELLS + 2
    head = set_cell_size(f"{head}boilerplate", columns if sheet.has_columns else len(head) + 13)
    words = sheet.clipped(sheet.encodable(paragraph["text"]), sheet.width - len(head))
    return [[(head + words, "dim")]]


def _dim(indent: str, text: str) -> list[Line]:
    return [[(indent + text, "dim")]] if text else []


def _others(paragraph: ClassifiedParagraph, sheet: _Sheet, room: int) -> str:
    """Name what else an uncertain paragraph may be; by the marks alone where the titles do not fit."""
    others = [label for label in paragraph["candidates"] or [] if label != paragraph["frame"]]
    if not others:
        return ""
    named = "or " + ", ".join(f"{sheet.mark(label)} {sheet.title(label)}" for label in others)
    if cell_len(named) <= room:
        return named
    if len(others) == 1:
        return sheet.clipped(named, room)
    return sheet.clipped("or " + " ".join(sheet.mark(label) for label in others), room)


def _evidence(paragraph: ClassifiedParagraph, sheet: _Sheet, room: int) -> str:
    """List as many of the evidence terms as fit whole, the strongest first."""
    listed = ""
    terms = [
        f"{_BORROWED if term in paragraph['borrowed'] else ''}{sheet.encodable(term)}"
        for term, _ in paragraph["evidence"]
    ]
    for term in [_CONTEXT, *terms] if _by_context(paragraph) else terms:
        longer = f"{listed}{sheet.signs.separator}{term}" if listed else f"{sheet.signs.evidence}{term}"
        if cell_len(longer) > room:
            return listed or sheet.clipped(longer, room)
        listed = longer
    return listed


def _by_context(paragraph: ClassifiedParagraph) -> bool:
    """Tell whether the article, the neighbours and the source say more for the frame than the paragraph's own words."""
    shares = paragraph["shares"]
    return shares is not None and shares["article"] + shares["neighbours"] + shares["source"] > shares["words"]


def _mix(paragraphs: Sequence[ClassifiedParagraph], sheet: _Sheet) -> list[Line]:
    mix = frame_shares(paragraphs, sheet.codebook)
    number = len(str(max([*mix.counts.values(), mix.boilerplate])))
    indent = " " * (sheet.number_cells + 2)
    room = sheet.width - sheet.indent - number - _PERCENT_CELLS - 3
    title_cells = min(sheet.title_cells, room - _SMALLEST_MIX_BAR)
    bar_cells = min(room - title_cells, 40)
    heading = f"Frame mix of {mix.paragraphs} {_plural('paragraph', mix.paragraphs)}"
    lines: list[Line] = [[(sheet.clipped(heading, sheet.width), "bold")]]
    for label, count in mix.counts.items():
        style = sheet.look(label).terminal if count else "dim"
        title = set_cell_size(sheet.clipped(sheet.title(label), title_cells), title_cells)
        figures = f" {count:>{number}}{percent(mix.shares[label]):>{_PERCENT_CELLS}}  "
        bar = sheet.bar(mix.shares[label], bar_cells).rstrip(sheet.signs.empty_bar)
        lines.append([(f"{indent}{sheet.mark(label)} {title}", style), (figures, "" if count else "dim"), (bar, style)])
    if mix.boilerplate:
        lines.append([(f"{indent}  {'boilerplate'.ljust(title_cells)} {mix.boilerplate:>{number}}", "dim")])
    return lines


def _legend(paragraphs: Sequence[ClassifiedParagraph], sheet: _Sheet) -> list[Line]:
    """Say what the signs mean that stand in the lines above."""
    notes = {
        "? more than one frame is possible": any(paragraph["uncertain"] for paragraph in paragraphs),
        f"{_BORROWED} in no labelled paragraph: weighs like words near in meaning": any(
            paragraph["borrowed"] for paragraph in paragraphs
        ),
        f"{_CONTEXT} says more for the frame than the paragraph's own words": any(map(_by_context, paragraphs)),
    }
    indent = " " * (sheet.number_cells + 2)
    told = [note for note, holds in notes.items() if holds]
    return [line for note in told for line in _wrapped(indent, note, "dim", sheet)]


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
