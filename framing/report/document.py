"""What a report is made of: sections of plain blocks, which the page, the model card and the figure files all show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from framing.artifact import Artifact


@dataclass(frozen=True)
class ReportSource:
    """All that a report is made from.

    Attributes
    ----------
    artifact : Artifact
        A loaded model. Its ``evaluation`` is the content of ``evaluation.json``.
    files : mapping of str to int
        The files of the model folder and their sizes in bytes.
    run : mapping
        The content of ``run.json``, what training took; empty where it was not kept.
    answers : mapping of str to str
        What people answered to questions of the checklists, by the question's id.
    """

    artifact: Artifact
    files: Mapping[str, int] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def evaluation(self) -> dict[str, Any]:
        return self.artifact.evaluation or {}


@dataclass(frozen=True)
class Text:
    """A paragraph of plain text; a caution is set apart from the others."""

    text: str
    kind: Literal["plain", "caution"] = "plain"


@dataclass(frozen=True)
class Table:
    """A table of plain text; every row has as many cells as there are columns.

    Attributes
    ----------
    numeric : tuple of bool
        Which columns hold figures, and are set flush right.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    caption: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing with what it shows.

    Attributes
    ----------
    name : str
        A file name without ending, and the element's id on the page.
    title, description : str
        Of the drawing, for those who do not see it.
    finding : str
        What is to be seen in it, in one sentence with its figures.
    svg : str
        A whole ``<svg>`` element that also stands alone as a file: light colours as presentation attributes, and
        classes by which a page may set others.
    table : Table
        The data.
    """

    name: str
    title: str
    description: str
    finding: str
    svg: str
    table: Table


@dataclass(frozen=True)
class Passage:
    """A paragraph of the data with what was predicted of it.

    Attributes
    ----------
    identifier : str
        The paragraph's id, or the number of its row in data that is not ours.
    text : str
        Empty for texts that are not ours.
    gold, predicted : str
        Labels of the codebook.
    probability : float or None
    candidates : tuple of str
    evidence : tuple of str
        Terms that speak for the predicted label, the strongest first.
    note : str
        Who coded it as what, and whatever else there is to say.
    """

    identifier: str
    text: str
    gold: str
    predicted: str
    probability: float | None
    candidates: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Passages:
    """Paragraphs shown with their evidence, under a heading."""

    title: str
    rule: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Answer:
    """A question of a checklist with its answer.

    Attributes
    ----------
    question : str
    text : str or None
        None where nobody has answered it: it is left visibly open.
    origin : str
        'measured', taken from the evaluation and the model; 'told', by those who made the labels or the model.
    """

    identifier: str
    question: str
    text: str | None
    origin: Literal["measured", "told", ""] = ""


@dataclass(frozen=True)
class Checklist:
    """A published list of questions, answered as far as possible."""

    title: str
    citation: str
    answers: tuple[Answer, ...]

    @property
    def open(self) -> int:
        return sum(answer.text is None for answer in self.answers)


@dataclass(frozen=True)
class Commands:
    """Lines for a shell."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The words that count most for one label.

    Attributes
    ----------
    label : str
    words : tuple of (str, float, str)
        Word or pair of words, weight against the labels' mean, and for words that no labelled paragraph had the words
        they borrow from.
    """

    label: str
    words: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str


Block = Heading | Text | Table | Figure | Passages | Checklist | Commands | Words


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes
    ----------
    name : str
        Its anchor on the page.
    title : str
    question : str
        What a reviewer asks here.
    blocks : tuple of Block
    """

    name: str
    title: str
    question: str
    blocks: tuple[Block, ...]
