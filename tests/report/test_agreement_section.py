from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import interval
from framing.report.agreement_section import agreement_section
from framing.report.document import ReportSource, Section, Table, Text


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(agreement_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(agreement_section(hostile_source))


def test_the_statement_stands_first_and_the_figures_are_those_of_the_evaluation(
    default_source: ReportSource,
    words: Callable[[Section], str],
    cautions: Callable[[Section], str],
    tables: Callable[[Section], dict[str, Table]],
) -> None:
    section, found = agreement_section(default_source), default_source.evaluation["consistency"]
    codebook = default_source.artifact.codebook
    assert section.blocks[0] == Text(found["statement"], "caution")
    main = found["without_third_coders"]
    assert f"alpha of {main['coders']} coders over the {main['paragraphs']:,} paragraphs" in words(section)
    rows = tables(section)["Krippendorff's alpha, coder against coder"].rows
    assert rows[0] == (
        "all labels", interval(main["krippendorff_alpha"]), interval(found["all_coders"]["krippendorff_alpha"]), "firm",
    )  # fmt: skip
    for row, label in zip(rows[1:], codebook.labels, strict=True):
        assert row[:2] == (codebook.title(label), interval(main["per_frame"][label]))
    of_coders = {row[0]: row for row in tables(section)["Model against coder"].rows}
    for name, coder in found["coders"].items():
        row = of_coders[name + ("*" if coder["third_coder_of_disputes"] else "")]
        assert row[1:4] == ("program", f"{coder['paragraphs']:,}", interval(coder["model"]["krippendorff_alpha"]))
    assert ".800 or more" in words(section)
    assert "does not make the coding reliable" in words(section)


def test_thresholds_are_not_excused_where_persons_coded(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    found = default_source.evaluation["consistency"]
    coders = {name: coder | {"kind": "person"} for name, coder in found["coders"].items()}
    told = words(agreement_section(changed(consistency=found | {"coders": coders})))
    assert "does not make the coding reliable" not in told
    assert "Krippendorff 2004" in told


@pytest.mark.parametrize(
    ("high", "below"), [(0.9, "In 1 of 3 pairs"), (0.6, "In 2 of 3 pairs"), (None, "In 1 of 3 pairs")]
)
def test_the_model_counts_as_lower_only_where_the_intervals_part(
    high: float | None,
    below: str,
    default_source: ReportSource,
    changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
) -> None:
    source = changed()
    pairs = source.evaluation["consistency"]["pairs"]
    told = [pair for pair in pairs if not pair["note"]]
    for pair in told:
        pair["first_second"]["krippendorff_alpha"] = {"value": 0.8, "low": 0.7, "high": 0.9}
        for side in ("model_first", "model_second"):
            pair[side]["krippendorff_alpha"] = {"value": 0.5, "low": 0.4, "high": 0.6}
    told[0]["model_first"]["krippendorff_alpha"] = {"value": 0.5, "low": 0.4, "high": high}
    told[1]["model_second"]["krippendorff_alpha"] = {"value": 0.65, "low": 0.6, "high": 0.7}
    assert below in words(agreement_section(source))


def test_many_pairs_are_cut(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    source.evaluation["consistency"]["pairs"] *= 10
    assert "25 more rows are not shown." in words(agreement_section(source))


def test_without_two_coders_it_is_said_why_nothing_is_measured(
    headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    note = headlines_source.evaluation["consistency"]["note"]
    assert f"Why: {note}." in words(agreement_section(headlines_source))


def test_undecided_gold_is_bounded(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    bounds = {"accuracy": 0.6, "macro_f1": 0.5, "macro_f1_frames": 0.4}
    high = {name: value + 0.1 for name, value in bounds.items()}
    told = words(agreement_section(changed(undecided_gold={"paragraphs": 1, "low": bounds, "high": high})))
    assert "1 paragraph has no gold" in told
    assert "accuracy .600 to .700, macro-F1 .500 to .600, macro-F1 of the frames .400 to .500" in told
    many = words(agreement_section(changed(undecided_gold={"paragraphs": 99, "low": None, "high": None})))
    assert "what they could change is not told" in many


def test_how_many_are_coded_twice_and_that_programs_may_share_errors(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    told = words(agreement_section(default_source))
    twice = default_source.evaluation["consistency"]["without_third_coders"]["paragraphs"]
    total = default_source.evaluation["protocol"]["paragraphs"]
    assert f"the {twice:,} paragraphs that two or more of them coded, of {total:,} in all" in told
    assert "share their habits, and so their errors" in told
    people = changed()
    for coder in people.evaluation["consistency"]["coders"].values():
        coder["kind"] = "person"
    assert "share their habits" not in words(agreement_section(people))
