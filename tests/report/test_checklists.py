from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from framing.annotation.datasheet import DATASHEET, read_answers
from framing.artifact.storage import load
from framing.report import measured_datasheet, measured_model_card, measured_reforms
from framing.report.checklists import (
    Question,
    answered,
    checklists,
    checklists_section,
    known_questions,
    questionnaires,
)
from framing.report.document import Checklist, Heading, ReportSource, Table, Text

MEASURED = (measured_model_card, measured_datasheet, measured_reforms)
# Only people know.
CONTACT = "model_card.details.contact"
# Measured, and all of the answer.
SIZE = "reforms.data_quality.sample_size"
# Measured in part.
SOURCES = "reforms.data_quality.sources"


@pytest.fixture(scope="module")
def source(root: Path) -> ReportSource:
    return ReportSource(load(root / "artifacts" / "conflict-frames"))


def question(identifier: str) -> Question:
    return next(one for each in questionnaires() for one in each.questions if one.identifier == identifier)


class TestTheLists:
    def test_they_are_whole(self) -> None:
        assert {one.name: len(one.questions) for one in questionnaires()} == {
            "model_card": 29,
            "datasheet": 57,
            "reforms": 32,
        }

    def test_the_parts_stand_in_the_published_order(self) -> None:
        parts = [list(dict.fromkeys(question.section for question in one.questions)) for one in questionnaires()]
        assert [len(part) for part in parts] == [9, 7, 8]
        assert parts[0][0] == "Model details"
        assert parts[0][-1] == "Caveats and recommendations"
        assert [part.split()[0].rstrip(",") for part in parts[1]] == [
            "Motivation", "Composition", "Collection", "Preprocessing", "Uses", "Distribution", "Maintenance",
        ]  # fmt: skip

    def test_the_32_items_of_reforms_have_their_numbers(self) -> None:
        items = {1: "abc", 2: "abcde", 3: "abcdefg", 4: "abc", 5: "abcdef", 6: "abc", 7: "abc", 8: "ab"}
        expected = [f"{module}{letter}" for module, letters in items.items() for letter in letters]
        assert [one.number for one in questionnaires()[2].questions] == expected

    def test_every_id_and_every_question_of_a_list_is_there_once(self) -> None:
        identifiers = [question.identifier for one in questionnaires() for question in one.questions]
        assert len(identifiers) == len(set(identifiers)) == len(known_questions())
        for one in questionnaires():
            assert all(question.identifier.startswith(f"{one.name}.") for question in one.questions)
            assert len({question.text for question in one.questions}) == len(one.questions)

    def test_every_list_names_its_publication(self) -> None:
        dois = ["10.1145/3287560.3287596", "10.1145/3458723", "10.1126/sciadv.adk3452"]
        for one, doi in zip(questionnaires(), dois, strict=True):
            assert one.citation.endswith(f"doi:{doi}")

    def test_only_questions_are_measured(self) -> None:
        for one, module in zip(questionnaires(), MEASURED, strict=True):
            assert set(module.ANSWERS) <= {question.identifier for question in one.questions}
            assert set(module.REMAINING) <= set(module.ANSWERS)


class TestAnswers:
    def test_every_question_is_measured_or_open(self, source: ReportSource) -> None:
        for one in checklists(source):
            for answer in one.answers:
                assert (answer.text is None) == (answer.origin == "")
                assert answer.origin in ("", "measured")

    def test_every_question_can_be_answered(self, source: ReportSource) -> None:
        told = replace(source, answers=dict.fromkeys(known_questions(), "We know."))
        for one in checklists(told):
            assert one.open == 0
            assert all("We know." in (answer.text or "") for answer in one.answers)

    def test_what_only_people_know_stays_open_until_they_tell(self, source: ReportSource) -> None:
        assert answered(source, question(CONTACT)).text is None
        told = answered(replace(source, answers={CONTACT: "The office."}), question(CONTACT))
        assert (told.text, told.origin) == ("The office.", "told")

    def test_a_told_answer_never_hides_a_measured_one(self, source: ReportSource) -> None:
        measured = answered(source, question(SIZE))
        both = answered(replace(source, answers={SIZE: "A million."}), question(SIZE))
        assert both.origin == "measured"
        assert both.text == f"{measured.text} Told, not measured: A million."

    def test_what_a_measured_answer_leaves_open_is_said_until_it_is_told(self, source: ReportSource) -> None:
        text = answered(source, question(SOURCES)).text or ""
        assert text.endswith("Still open: when the texts were collected, and how they were coded.")
        told = answered(replace(source, answers={SOURCES: "In spring."}), question(SOURCES)).text or ""
        assert "Still open" not in told
        assert told.endswith("Told, not measured: In spring.")

    def test_blank_answers_are_none(self, source: ReportSource) -> None:
        assert answered(replace(source, answers={CONTACT: " \n"}), question(CONTACT)).text is None

    def test_questions_bear_the_number_of_their_item(self, source: ReportSource) -> None:
        assert answered(source, question(SIZE)).question.startswith("3e. ")

    def test_what_others_wrote_stands_on_one_line_and_is_bounded(self, source: ReportSource) -> None:
        told = answered(replace(source, answers={CONTACT: "a\u202e\n<b>" + "x" * 10_000}), question(CONTACT)).text or ""
        assert told.startswith("a <b>x")
        assert len(told) <= 5_000


class TestSection:
    def test_the_counts_are_those_of_the_answers_shown(self, source: ReportSource) -> None:
        answers = {CONTACT: "The office.", SIZE: "A million.", SOURCES: "In spring."}
        section = checklists_section(replace(source, answers=answers))
        table = next(block for block in section.blocks if isinstance(block, Table))
        shown = [answer for block in section.blocks if isinstance(block, Checklist) for answer in block.answers]
        assert len(shown) == 118
        for one, row in zip(questionnaires(), table.rows, strict=True):
            of_list = [answer for answer in shown if answer.identifier.startswith(f"{one.name}.")]
            origins = Counter(answer.origin for answer in of_list)
            both = sum("Told, not measured" in (answer.text or "") for answer in of_list)
            partly = sum("Still open: " in (answer.text or "") for answer in of_list)
            expected = (len(of_list), origins["measured"], both, partly, origins["told"], origins[""])
            assert row == (one.title, *map(str, expected))

    def test_the_open_ones_are_counted_in_words_first(self, source: ReportSource) -> None:
        section = checklists_section(source)
        first = section.blocks[0]
        still_open = sum(one.open for one in checklists(source))
        assert isinstance(first, Text)
        assert first.kind == "caution"
        assert f"{still_open} questions are open" in first.text

    def test_every_list_stands_under_its_title_and_its_publication(self, source: ReportSource) -> None:
        blocks = checklists_section(source).blocks
        for one in questionnaires():
            place = blocks.index(Heading(one.title))
            assert blocks[place + 1] == Text(one.citation)
            assert isinstance(blocks[place + 2], Checklist)

    def test_an_answer_to_no_question_is_named_and_not_lost_in_silence(self, source: ReportSource) -> None:
        section = checklists_section(replace(source, answers={"datasheet.weather": "Fine."}))
        cautions = [block.text for block in section.blocks if isinstance(block, Text) and block.kind == "caution"]
        assert any("datasheet.weather" in text for text in cautions)


class TestOurLabels:
    def test_our_answers_are_to_questions(self, root: Path) -> None:
        assert read_answers(root / "labels" / DATASHEET, known=known_questions())

    def test_what_our_datasheet_marks_as_open_is_left_open(self, root: Path) -> None:
        answers = read_answers(root / "labels" / DATASHEET)
        for identifier in ("motivation.creators", "motivation.funding", "collection.notified", "collection.consent",
                           "collection.impact", "maintenance.maintainer", "maintenance.contact"):  # fmt: skip
            assert f"datasheet.{identifier}" in known_questions()
            assert f"datasheet.{identifier}" not in answers
        assert not any(identifier.startswith("model_card.details.") for identifier in answers)

    def test_they_begin_with_what_the_texts_and_the_coders_are(self, root: Path) -> None:
        first = next(iter(read_answers(root / "labels" / DATASHEET).values()))
        assert first.startswith("The paragraphs retell public reports")
        assert "language-model coders" in first
