from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import decimals, interval
from framing.report.curve_section import curve_section
from framing.report.document import ReportSource, Section, Table


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(curve_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(curve_section(hostile_source))


def test_points_and_law_are_those_of_the_evaluation(
    default_source: ReportSource, words: Callable[[Section], str], tables: Callable[[Section], dict[str, Table]]
) -> None:
    section, curve = curve_section(default_source), default_source.evaluation["learning_curve"]
    told, law = words(section), curve["power_law"]
    for row, point in zip(tables(section)["The learning curve"].rows, curve["points"], strict=True):
        assert row[0] == f"{100 * point['share']:.4g}%"
        assert row[3:] == (interval(point["macro_f1"]), interval(point["accuracy"]))
    for row, ahead in zip(tables(section)["Macro-F1 as the law has it"].rows, law["ahead"], strict=True):
        assert (row[0], row[2]) == (f"{ahead['articles']:,}", interval(ahead["macro_f1"]))
    assert f"error = {decimals(law['a'])} + {decimals(law['b'])} · n^-{decimals(law['c'])}" in told
    more = law["more_articles_for_gain"]
    assert f"+.02 of macro-F1 takes {more['value']} more articles than the {law['articles_now']} there are" in told
    assert f"{100 * law['draws_that_never_gain']:.1f}% of the draws never reach it" in told
    assert law["interval"] in told


def test_a_gain_that_is_never_reached_is_said_to_be_so(
    changed: Callable[..., ReportSource], words: Callable[[Section], str], cautions: Callable[[Section], str]
) -> None:
    source = changed()
    law = source.evaluation["learning_curve"]["power_law"]
    law |= {"more_articles_for_gain": {"value": None, "low": None, "high": None}, "at_a_bound": True}
    assert "is never reached" in words(curve_section(source))
    assert "lies at a bound" in cautions(curve_section(source))


def test_a_curve_without_a_law_says_why(changed: Callable[..., ReportSource], words: Callable[[Section], str]) -> None:
    source = changed()
    source.evaluation["learning_curve"] |= {"power_law": {"note": "a curve needs three sizes at least"}}
    told = words(curve_section(source))
    assert "Why: a curve needs three sizes at least." in told
    assert "Carried on" not in told


def test_notes_are_passed_on(headlines_source: ReportSource, words: Callable[[Section], str]) -> None:
    [note] = headlines_source.evaluation["learning_curve"]["notes"]
    assert f"Note: {note}." in words(curve_section(headlines_source))


def test_a_curve_that_was_not_asked_for(bare_source: ReportSource, words: Callable[[Section], str]) -> None:
    assert "'learning_curve' is not among its studies" in words(curve_section(bare_source))


def test_the_law_is_told_with_the_number_of_its_points(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    points = len(default_source.evaluation["learning_curve"]["points"])
    assert f"three constants from {points} sizes" in words(curve_section(default_source))
