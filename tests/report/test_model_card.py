from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from framing.annotation.datasheet import DATASHEET, read_answers
from framing.artifact import Artifact
from framing.artifact.storage import load
from framing.codebook import Codebook, Frame
from framing.evaluation.wording import interval
from framing.report.checklists import checklists, questionnaires
from framing.report.display import shown
from framing.report.document import ReportSource
from framing.report.model_card import in_markdown, model_card
from framing.report.opening import Opening

OPENING = Opening(
    title="small",
    digest="0123abcd",
    purpose="It marks paragraphs.",
    sentences=tuple((f"Question {number}?", f"Answer {number}.") for number in range(1, 6)),
    figure=None,
)
HOSTILE = (
    "a\n# b | `c` <script>alert(1)</script> [d](https://evil.example) ![e](x) *f* __g__ ~~h~~ &lt; \\ www.evil.example"
)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.fixture(scope="module")
def artifact(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def card(artifact: Artifact) -> str:
    return model_card(ReportSource(artifact), OPENING)


def headings(card: str) -> list[tuple[str, str]]:
    tokens = MARKDOWN.parse(card)
    return [
        (token.tag, following.content)
        for token, following in itertools.pairwise(tokens)
        if token.type == "heading_open"
    ]


def tables(card: str) -> list[list[list[str]]]:
    """Read the tables as a reader of Markdown does: rows of cells."""
    found: list[list[list[str]]] = []
    for token in MARKDOWN.parse(card):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and token.level >= 4 and found:
            found[-1][-1].append(plain(token.children or []))
    return found


def plain(tokens: Sequence[Token]) -> str:
    return "".join(token.content for token in tokens)


class TestContent:
    def test_the_parts_stand_in_the_order_of_the_publication(self, card: str) -> None:
        parts = list(dict.fromkeys(question.section for question in questionnaires()[0].questions))
        expected = [("h1", "Model card: small"), *(("h2", part) for part in parts), ("h2", "More")]
        assert headings(card) == expected

    def test_it_begins_with_the_first_screen_of_the_report(self, card: str) -> None:
        assert "**What it does.** It marks paragraphs." in card
        assert "Digest: 0123abcd" in card
        for heading, sentence in OPENING.sentences:
            assert f"- **{heading}** {sentence}" in card

    def test_every_question_is_there_and_the_open_ones_are_seen(self, artifact: Artifact, card: str) -> None:
        answers = checklists(ReportSource(artifact))[0].answers
        assert card.count("- **Open:** ") == sum(answer.text is None for answer in answers) > 5
        for answer in answers:
            if answer.text is None:
                assert f"- **Open:** {answer.question} (`{answer.identifier}`)" in card
            else:
                assert f"- **{answer.question}** (measured) " in card

    def test_the_main_figures_stand_with_their_intervals(self, artifact: Artifact, card: str) -> None:
        evaluation = artifact.evaluation or {}
        measures = tables(card)[0]
        assert measures[0] == ["Out of fold, 95% intervals", "all paragraphs", "those with a frame"]
        rows = {row[0]: row[1:] for row in measures[1:]}
        framed = evaluation["paragraphs_with_a_frame"]["metrics"]
        assert rows["accuracy"] == [interval(evaluation["metrics"]["accuracy"]), interval(framed["accuracy"])]
        assert rows["macro-F1 over all labels"] == [interval(evaluation["metrics"]["macro_f1"]), ""]

    def test_every_label_has_a_row_with_its_figures(self, artifact: Artifact, card: str) -> None:
        found = (artifact.evaluation or {})["per_frame"]
        expected = [
            [
                artifact.codebook.title(label),
                *(interval(found[label][key]) for key in ("precision", "recall", "f1")),
                str(found[label]["support"]),
            ]
            for label in artifact.codebook.labels
        ]
        assert tables(card)[1][1:] == expected

    def test_baselines_stand_the_best_first_and_those_not_run_are_named(self, artifact: Artifact, card: str) -> None:
        baselines = (artifact.evaluation or {})["baselines"]
        rows = tables(card)[2][1:]
        assert len(rows) == len(baselines)
        by_title = {one["title"]: one for one in baselines.values()}
        run = [row for row in rows if row[1] != "not run"]
        values = [by_title[row[0]]["metrics"]["macro_f1"]["value"] for row in run]
        assert values == sorted(values, reverse=True)
        for row in run:
            difference = by_title[row[0]]["model_less_baseline"]["macro_f1"]["difference"]
            assert row[2] == interval(difference, signed=True)
        assert all("metrics" not in by_title[row[0]] for row in rows[len(run) :])

    def test_every_stratum_has_its_worst_group(self, artifact: Artifact, card: str) -> None:
        rows = {row[0]: row for row in tables(card)[3][1:]}
        for name, found in (artifact.evaluation or {})["shift"].items():
            worst = next(group for group in found["groups"] if group["name"] == found["worst"])
            row = rows[name.replace("_", " ")]
            assert row[1] == str(len(found["groups"]))
            assert row[2:4] == [
                interval(found["metrics"]["macro_f1"]),
                interval(found["drop"]["macro_f1"], signed=True),
            ]
            assert row[4:] == [worst["name"], interval(worst["macro_f1_of_present_labels"])]

    def test_it_ends_by_pointing_to_the_report_and_to_the_check(self, card: str) -> None:
        end = card[card.index("## More") :]
        assert "`report.html`" in end
        assert "`framing verify MODEL`" in end
        assert card.endswith(".\n")

    def test_told_answers_of_our_labels_are_called_told(self, root: Path, artifact: Artifact) -> None:
        card = model_card(ReportSource(artifact, answers=read_answers(root / "labels" / DATASHEET)), OPENING)
        assert "(told) The training texts name public persons" in card
        assert "Told, not measured: Retellings of public pages by a language model" in card

    def test_the_same_model_gives_the_same_bytes(self, artifact: Artifact, card: str) -> None:
        assert model_card(ReportSource(artifact), OPENING) == card


class TestOtherEvaluations:
    def test_nine_frames_without_residual_and_without_strata(self, root: Path, artifact: Artifact) -> None:
        evaluation = json.loads((root / "experiments" / "results" / "gvfc.json").read_text("utf-8"))
        frames = tuple(Frame(name, name) for name in evaluation["protocol"]["frames"])
        other = replace(artifact, codebook=Codebook("guns", "1.0", frames), evaluation=evaluation)
        found = tables(model_card(ReportSource(other), OPENING))
        assert len(found) == 3
        assert found[0][0] == ["Out of fold, 95% intervals", "all paragraphs"]
        assert [row[0] for row in found[1][1:]] == [frame.id for frame in frames]

    def test_without_studies_there_are_no_empty_tables(self, artifact: Artifact) -> None:
        kept = ("protocol", "metrics", "per_frame", "folds")
        evaluation = {key: (artifact.evaluation or {})[key] for key in kept}
        card = model_card(ReportSource(replace(artifact, evaluation=evaluation, manifest={})), OPENING)
        assert len(tables(card)) == 2
        assert "`model_card.factors.evaluation`" in card


class TestHostileTexts:
    def test_nothing_of_others_becomes_markup(self, artifact: Artifact, card: str) -> None:
        frames = tuple(replace(frame, title=HOSTILE) for frame in artifact.codebook.frames)
        evaluation = copy.deepcopy(artifact.evaluation or {})
        for baseline in evaluation["baselines"].values():
            baseline["title"] = HOSTILE
        region = evaluation["shift"].pop("region")
        region["groups"][0]["name"] = region["worst"] = HOSTILE
        evaluation["shift"][HOSTILE] = region
        hostile = replace(
            artifact,
            codebook=replace(artifact.codebook, name=HOSTILE, version=HOSTILE, language=HOSTILE, frames=frames),
            evaluation=evaluation,
            manifest={**artifact.manifest, "description": HOSTILE},
        )
        answers = {question.identifier: HOSTILE for question in questionnaires()[0].questions}
        opening = Opening(HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),) * 5, None)
        found = model_card(ReportSource(hostile, answers=answers), opening)

        assert [level for level, _ in headings(found)] == [level for level, _ in headings(card)]
        assert [[len(row) for row in table] for table in tables(found)] == [
            [len(row) for row in table] for table in tables(card)
        ]
        html = MARKDOWN.render(found)
        for tag in ("script", "a ", "img", "em", "s>", "blockquote", "pre"):
            assert f"<{tag}" not in html
        assert html.count("<code>") == MARKDOWN.render(card).count("<code>") - card.count("- **Open:** ")
        assert not re.search(r"(?<!\\):(?=//)", found.replace("doi:10", ""))

    @pytest.mark.parametrize(
        "purpose",
        [
            "# A heading",
            "- a list",
            "1. a list",
            "> a quote",
            "[a]: https://evil.example",
            "---",
            "    code",
            "|a|\n|-|",
        ],
    )
    def test_what_begins_a_line_is_ours(self, artifact: Artifact, card: str, purpose: str) -> None:
        found = model_card(ReportSource(artifact), replace(OPENING, purpose=purpose))
        kinds = [token.type for token in MARKDOWN.parse(found)]
        assert kinds == [token.type for token in MARKDOWN.parse(card)]

    @given(
        st.text(
            st.sampled_from("ab \\`*_[]()<>|~&#;!:/.w$-\n\u202e") | st.characters(exclude_categories=["Cs"]),
            max_size=60,
        )
    )
    def test_a_text_reads_as_it_stands(self, text: str) -> None:
        [*_, paragraph, _] = MARKDOWN.parse(f"**x** {in_markdown(text)} y")
        assert plain(paragraph.children or []).split() == ["x", *shown(text).split(), "y"]

    @given(st.text(st.sampled_from("ab \\`*_[]<>|~&\n"), max_size=40))
    def test_a_text_stays_in_its_cell(self, text: str) -> None:
        [[_, row]] = tables(f"| one | two |\n|---|---|\n| {in_markdown(text)} | y |\n")
        assert row == [shown(text), "y"]


def test_the_opening_of_a_report_fits(artifact: Artifact) -> None:
    from framing.report.opening import opening

    source = ReportSource(artifact)
    first = opening(source)
    card: Any = model_card(source, first)
    assert shown(first.digest) in card
    assert card.count("\n- **") == 29 + 5
