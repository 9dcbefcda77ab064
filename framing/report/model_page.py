"""The report of a model as one self-contained html page, made of sections of plain blocks."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from framing.codebook import Codebook
from framing.palette import DARK, LIGHT, RESIDUAL_LOOK, FrameLook, looks
from framing.report.display import percent, shown
from framing.report.document import Block as Content
from framing.report.document import (
    Checklist,
    Commands,
    Figure,
    Heading,
    Passage,
    Passages,
    ReportSource,
    Section,
    Table,
    Words,
)
from framing.report.drawing import colours
from framing.report.evidence import evidence_runs
from framing.report.inline_drawing import inline_drawing
from framing.report.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment

    from framing.report.opening import Opening

# A table with more columns may be wider than a phone: it scrolls in its own box, and takes part in the order of tabs.
_NARROW = 2
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")


@dataclass(frozen=True)
class _Label:
    """A label as the page shows it; ``style`` is the name of its CSS class."""

    style: str
    title: str
    look: FrameLook


@dataclass(frozen=True)
class _Passage:
    """A paragraph as the page shows it: the runs of its text, each with whether it is evidence."""

    passage: Passage
    runs: list[tuple[Markup, bool]]
    gold: _Label
    predicted: _Label
    candidates: list[_Label]


@dataclass(frozen=True)
class _Block:
    """A block as the page shows it.

    Attributes
    ----------
    kind : str
        The name of the macro that shows it.
    content : Block or list of (_Label, Words)
        The block itself; the lists of words that follow one another are shown together.
    number : int
        Of a figure or a table, among its kind on the page.
    anchor : str
        The element's id.
    level : int
        Of its heading.
    """

    kind: str
    content: Any
    number: int = 0
    anchor: str = ""
    level: int = 3
    drawing: Markup | None = None
    passages: list[_Passage] = field(default_factory=list)
    lines: list[Markup] = field(default_factory=list)


@dataclass
class _Places:
    """What the page has used up: ids and numbers."""

    anchors: set[str] = field(default_factory=lambda: {"main", "opening", "contents"})
    numbers: dict[str, int] = field(default_factory=lambda: {"figure": 0, "table": 0})

    def anchor(self, name: str) -> str:
        """Give an id that nothing else on the page has."""
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()[:80]).strip("-") or "part"
        # An id never begins with a figure; some tools cannot address one that does.
        stem = stem if stem[0].isalpha() else f"part-{stem}"
        anchor, times = stem, 1
        while anchor in self.anchors:
            times += 1
            anchor = f"{stem}-{times}"
        self.anchors.add(anchor)
        return anchor

    def number(self, kind: str) -> int:
        self.numbers[kind] += 1
        return self.numbers[kind]


@dataclass(frozen=True)
class _Section:
    section: Section
    anchor: str
    blocks: list[_Block]


def model_page(source: ReportSource, sections: Sequence[Section], opening: Opening, *, made: str) -> str:
    """Show a report.

    Parameters
    ----------
    source : ReportSource
    sections : sequence of Section
        In their order; their blocks are shown as they come. All texts are plain and are escaped.
    opening : Opening
        The first screen.
    made : str
        What the page was made by.

    Returns
    -------
    str
        An html document without scripts that loads nothing, to be saved as UTF-8.

    Raises
    ------
    ValueError
        When a figure's drawing is not fit to stand in a page; see `inline_drawing`.
    """
    codebook = source.artifact.codebook
    labels = _labels(codebook)
    places = _Places()
    # Sections keep their names as anchors, whatever else on the page would like to bear them.
    anchors = [places.anchor(section.name) for section in sections]
    figure = None if opening.figure is None else _figure(opening.figure, places)
    shown_sections = [
        _Section(section, anchor, list(_blocks(section.blocks, labels, places)))
        for section, anchor in zip(sections, anchors, strict=True)
    ]
    templates = _templates()
    style = templates.get_template("model_report.css").render(
        labels=labels.values(), light=LIGHT, dark=DARK, drawn=colours(codebook, DARK).items()
    )
    return templates.get_template("model_report.html").render(
        style=Markup(style),  # noqa: S704 - made of the palette alone
        style_hash=_hash(style),
        opening=opening,
        figure_of_opening=figure,
        sections=shown_sections,
        codebook=codebook,
        language=codebook.language if _LANGUAGE.fullmatch(codebook.language) else "",
        made=made,
    )


def _hash(style: str) -> str:
    """Return by what a content security policy knows a style."""
    return f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"


def _labels(codebook: Codebook) -> dict[str, _Label]:
    all_looks = looks(codebook)
    return {
        label: _Label(f"frame-{place}", codebook.title(label), all_looks[label])
        for place, label in enumerate(codebook.labels)
    }


def _blocks(blocks: Sequence[Content], labels: dict[str, _Label], places: _Places) -> Iterator[_Block]:
    """Prepare a section's blocks; lists of words that follow one another become one block."""
    level = 3
    words: list[tuple[_Label, Words]] = []
    for block in blocks:
        if isinstance(block, Words):
            words.append((_label(labels, block.label), block))
            continue
        if words:
            yield _Block("words", words, level=level)
            words = []
        yield _block(block, labels, places, level)
        if isinstance(block, Heading):
            level = 4
    if words:
        yield _Block("words", words, level=level)


def _block(block: Content, labels: dict[str, _Label], places: _Places, level: int) -> _Block:
    kind = type(block).__name__.lower()
    match block:
        case Figure():
            return _figure(block, places)
        case Table():
            number = places.number(kind)
            return _Block(kind, block, number=number, anchor=places.anchor(f"table-{number}"))
        case Heading():
            return _Block(kind, block, anchor=places.anchor(block.text))
        case Passages() | Checklist():
            passages = [_passage(passage, labels) for passage in block.passages] if isinstance(block, Passages) else []
            return _Block(kind, block, anchor=places.anchor(block.title), level=level, passages=passages)
    lines = [_line(line) for line in block.lines] if isinstance(block, Commands) else []
    return _Block(kind, block, lines=lines)


def _figure(figure: Figure, places: _Places) -> _Block:
    anchor = places.anchor(figure.name)
    try:
        drawing = inline_drawing(figure.svg, f"{anchor}--")
    except ValueError as error:
        raise ValueError(f"the figure {figure.name!r} is {error}") from None
    return _Block("figure", figure, number=places.number("figure"), anchor=anchor, drawing=drawing)


def _passage(passage: Passage, labels: dict[str, _Label]) -> _Passage:
    # Escaped here, since what is only shown loses the blanks at its ends.
    runs = evidence_runs(shown(passage.text), passage.evidence)
    return _Passage(
        passage=passage,
        runs=[(escape(run), evidence) for run, evidence in runs],
        gold=_label(labels, passage.gold),
        predicted=_label(labels, passage.predicted),
        candidates=[_label(labels, label) for label in passage.candidates],
    )


def _label(labels: dict[str, _Label], label: str) -> _Label:
    return labels.get(label) or _Label("no-frame", label or "none", RESIDUAL_LOOK)


def _line(line: str) -> Markup:
    """Show a line of a shell, with the blanks that it begins with."""
    indent = len(line) - len(line.lstrip(" "))
    return Markup(" ") * min(indent, 8) + escape(shown(line))


def _made_fit(value: Any) -> Any:
    """Make what a template shows fit to be shown; it is escaped after that."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else shown(value)


@cache
def _templates() -> Environment:
    templates = environment(_made_fit)
    templates.globals |= {"narrow": _NARROW, "percent": percent}
    return templates
