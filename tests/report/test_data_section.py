from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from framing.report.data_section import data_section
from framing.report.document import ReportSource, Section, Table, Text


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(data_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(data_section(hostile_source))


def test_what_the_labels_stand_for_comes_first(
    default_source: ReportSource, cautions: Callable[[Section], str], tables: Callable[[Section], dict[str, Table]]
) -> None:
    section = data_section(default_source)
    sampling, protocol = default_source.evaluation["sampling"], default_source.evaluation["protocol"]
    assert section.blocks[0] == Text(sampling["statement"], "caution")
    counts = {row[0]: row[1] for row in tables(section)["How much there is"].rows}
    assert counts["Articles"] == f"{protocol['articles']:,}"
    assert counts["Paragraphs"] == f"{protocol['paragraphs']:,}"
    assert counts["Words a paragraph: least; quartiles; most"] == "1; 20, 32, 44; 146"
    drawn = tables(section)["How the paragraphs with gold were drawn"].rows
    assert drawn == (("chosen on purpose", f"{protocol['with_gold']:,}", "100.0%"),)
    assert "Of 3 coders: 1 program, 1 person and 1 of whom it is not told." in cautions(section)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (("program", "program"), "All 2 coders are programs."),
        (("person", "person"), "All 2 coders are persons."),
        ((None, None), "It is not told of any of the 2 coders whether it is a person or a program."),
        (("program",), "The only coder is a program."),
        (("person", None), "Of 2 coders: 1 person and 1 of whom it is not told."),
    ],
)
def test_it_is_said_who_coded(
    kinds: tuple[str | None, ...],
    told: str,
    default_source: ReportSource,
    changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
    cautions: Callable[[Section], str],
) -> None:
    coders = {str(place): {"kind": kind, "description": None, "paragraphs": 1} for place, kind in enumerate(kinds)}
    section = data_section(changed(data=default_source.evaluation["data"] | {"coders": coders}))
    assert told in words(section)
    assert (told in cautions(section)) == (set(kinds) != {"person"})


def test_long_tables_are_cut_and_the_rest_counted(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]]
) -> None:
    section = data_section(default_source)
    data = default_source.evaluation["data"]
    sources, years = (
        tables(section)["Sources, those with most paragraphs first"],
        tables(section)["Articles and paragraphs by year, with their gold labels"],
    )
    assert [row[0] for row in sources.rows] == [one["name"] for one in data["sources"][:25]]
    assert years.rows[0][0] == "2009"
    told = [block.text for block in section.blocks if isinstance(block, Text) and "not shown" in block.text]
    assert told == ["5 more rows are not shown.", "15 more rows are not shown."]
    regions = tables(section)["Articles and paragraphs by region, with their gold labels"]
    assert [row[0] for row in regions.rows] == ["the south", "not known"]


def test_shares_are_of_the_paragraphs_with_gold(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]]
) -> None:
    rows = tables(data_section(default_source))["Gold labels"].rows
    assert [row[1:3] for row in rows] == [
        ("10", "6.7%"), ("20", "13.3%"), ("30", "20.0%"), ("40", "26.7%"), ("50", "33.3%"),
    ]  # fmt: skip


def test_what_people_told_is_shown_and_answers_come_before_the_labels_own(
    default_source: ReportSource, bare_source: ReportSource, words: Callable[[Section], str]
) -> None:
    caption = "Told, not measured; the questions in full stand in the checklists"

    def told(source: ReportSource) -> list[tuple[str, ...]]:
        blocks = data_section(source).blocks
        return [row for block in blocks if isinstance(block, Table) and block.caption == caption for row in block.rows]

    assert told(default_source) == [("composition: synthetic", "The paragraphs retell reports in other words.")]
    answers = {"datasheet.composition.synthetic": "All invented.", "reforms.1": "of another checklist"}
    assert told(replace(default_source, answers=answers)) == [("composition: synthetic", "All invented.")]
    assert told(bare_source) == []
    assert "Nobody has told" in words(data_section(bare_source))


def test_a_probability_sample_is_shown_weighted(
    default_source: ReportSource,
    changed: Callable[..., ReportSource],
    tables: Callable[[Section], dict[str, Table]],
    words: Callable[[Section], str],
) -> None:
    figure = {"value": 0.5, "low": 0.4, "high": 0.6}
    labels = default_source.artifact.codebook.labels
    keys = ("precision", "recall", "f1", "prevalence", "predicted_share")
    sample = {
        "method": "weighted", "paragraphs": 200, "articles": 90, "population": 12_345.6, "effective_paragraphs": 150.2,
        "largest_weight": 3.0, "without_gold": 4, "metrics": {"accuracy": figure, "brier": figure},
        "per_frame": {label: dict.fromkeys(keys, figure) for label in labels},
    }  # fmt: skip
    section = data_section(changed(sampling=default_source.evaluation["sampling"] | {"sample": sample}))
    assert "200 paragraphs of 90 articles were drawn by chance" in words(section)
    assert "stand for some 12,346 paragraphs, and are worth 150 of a simple random sample" in words(section)
    assert tables(section)["Weighted figures"].rows[0] == ("Accuracy", ".500 [.400, .600]")
    assert len(tables(section)["Weighted figures by label"].rows) == len(labels)


def test_data_of_others_are_named_with_their_digest(
    headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    told = words(data_section(headlines_source))
    settings = headlines_source.evaluation["protocol"]["experiment"]["data"]
    assert settings["sha256"] in told
    assert settings["source"] in told
    assert "this report names rows by their number" in told
