"""Published lists of questions to data and models, answered by what was measured, by people, or by nobody yet."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from framing.report.document import Answer, Block, Checklist, Heading, ReportSource, Section, Table, Text
from framing.report.measured_answers import measured_answer, remaining
from framing.report.phrases import clipped, counted, first_of, named

TITLE = "Checklists"
QUESTION = "Is everything documented that the field asks for, and what has nobody answered?"

# In the order of the report.
_FILES = ("model_card", "datasheet", "reforms")
_TOLD_TOO = "Told, not measured:"
_STILL_OPEN = "Still open:"
_LONGEST_TOLD = 5_000


@dataclass(frozen=True)
class Question:
    """A question of a published list.

    Attributes
    ----------
    section : str
        The title of the part of the list that it stands in.
    number : str
        As the publication numbers it; empty where it does not.
    """

    identifier: str
    section: str
    text: str
    number: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """A published list of questions, in our own words.

    Attributes
    ----------
    name : str
        What the ids of its questions begin with.
    """

    name: str
    title: str
    citation: str
    questions: tuple[Question, ...]


@cache
def questionnaires() -> tuple[Questionnaire, ...]:
    """Read the lists that come with the package."""
    folder = files("framing.report") / "checklist_files"
    return tuple(_questionnaire(name, (folder / f"{name}.toml").read_text("utf-8")) for name in _FILES)


def _questionnaire(name: str, content: str) -> Questionnaire:
    table = tomllib.loads(content)
    questions = tuple(
        Question(entry["id"], section["title"], entry["question"], entry.get("number", ""))
        for section in table["section"]
        for entry in section["question"]
    )
    return Questionnaire(name, table["title"], table["citation"], questions)


def known_questions() -> frozenset[str]:
    """Return the ids of all questions, which an answer may be to."""
    return frozenset(question.identifier for one in questionnaires() for question in one.questions)


def answered(source: ReportSource, question: Question) -> Answer:
    """Answer a question: what was measured comes first, and what people told never hides it."""
    text = f"{question.number}. {question.text}" if question.number else question.text
    measured = measured_answer(source, question.identifier)
    told = clipped(source.answers.get(question.identifier, ""), _LONGEST_TOLD)
    if not measured:
        return Answer(question.identifier, text, told, "told") if told else Answer(question.identifier, text, None)
    left = remaining(question.identifier)
    added = f" {_TOLD_TOO} {told}" if told else f" {_STILL_OPEN} {left}." if left else ""
    return Answer(question.identifier, text, measured + added, "measured")


def checklists(source: ReportSource) -> tuple[Checklist, ...]:
    """Answer the published lists as far as they can be."""
    return tuple(
        Checklist(one.title, one.citation, tuple(answered(source, question) for question in one.questions))
        for one in questionnaires()
    )


def checklists_section(source: ReportSource) -> Section:
    """Show the lists part by part, after a count of what is answered by whom."""
    blocks = [*_overview(source)]
    for one in questionnaires():
        blocks += [Heading(one.title), Text(one.citation)]
        for part, questions in itertools.groupby(one.questions, key=lambda question: question.section):
            blocks.append(Checklist(part, "", tuple(answered(source, question) for question in questions)))
    return Section("checklists", TITLE, QUESTION, tuple(blocks))


def _overview(source: ReportSource) -> Iterator[Block]:
    """Count the answers, the open ones in words."""
    lists = checklists(source)
    total, still_open = sum(len(one.answers) for one in lists), sum(one.open for one in lists)
    yield Text(
        f"Three published lists ask {counted(total, 'question')}, in our words here. "
        f"{counted(still_open, 'question is', 'questions are')} open: nothing measured answers them, and nobody has. "
        "Some measured answers leave a part to people, and say which: the two columns after 'Measured' are parts of "
        "it. 'framing report MODEL --answers FILE' takes "
        'people\'s answers from a TOML file with lines such as model_card.details.contact = "…", by the ids below.',
        "caution" if still_open else "plain",
    )
    columns = ("List", "Questions", "Measured", "Measured, and told too", "Measured, a part open", "Told alone", "Open")
    rows = tuple(_row(source, one) for one in lists)
    yield Table(columns, rows, (False, *(True for _ in columns[1:])), "How the questions are answered")
    if strangers := sorted(set(source.answers) - known_questions()):
        yield Text(
            f"{counted(len(strangers), 'answer is', 'answers are')} to no question of these lists, and not shown: "
            f"{first_of([named(one) for one in strangers])}.",
            "caution",
        )


def _row(source: ReportSource, one: Checklist) -> tuple[str, ...]:
    measured = [answer.identifier for answer in one.answers if answer.origin == "measured"]
    both = [identifier for identifier in measured if clipped(source.answers.get(identifier, ""))]
    partly = [identifier for identifier in measured if remaining(identifier) and identifier not in both]
    told = sum(answer.origin == "told" for answer in one.answers)
    return (one.title, *map(str, (len(one.answers), len(measured), len(both), len(partly), told, one.open)))
