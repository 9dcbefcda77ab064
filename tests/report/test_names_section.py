from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import interval
from framing.report.document import ReportSource, Section, Table
from framing.report.names_section import names_section


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(names_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(names_section(hostile_source))


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.01, 0.1, "Masking names costs macro-F1: +.050 [+.010, +.100]."),
        (-0.01, 0.1, "No loss of macro-F1 can be shown: +.050 [-.010, +.100]."),
        (-0.2, -0.1, "With names masked macro-F1 is higher"),
        (None, None, "has no interval to judge it by"),
    ],
)
def test_the_verdict_comes_from_the_interval(
    low: float | None,
    high: float | None,
    told: str,
    changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
) -> None:
    source = changed()
    source.evaluation["names_masked"]["loss"]["macro_f1"] = {"value": 0.05, "low": low, "high": high}
    assert told in words(names_section(source))


def test_the_table_holds_both_and_the_loss(
    default_source: ReportSource, headlines_source: ReportSource, tables: Callable[[Section], dict[str, Table]]
) -> None:
    for source in (default_source, headlines_source):
        found = source.evaluation["names_masked"]
        rows = tables(names_section(source))["With names and without"].rows
        for row, key in zip(rows, ("accuracy", "macro_f1"), strict=True):
            assert row[1:] == (
                interval(found["as_they_are"][key]), interval(found["metrics"][key]),
                interval(found["loss"][key], signed=True),
            )  # fmt: skip


def test_why_nothing_was_measured(
    bare_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    assert "'names' is not among its studies" in words(names_section(bare_source))
    noted = changed(names_masked={"note": "no name was found in the texts"})
    assert "Why: no name was found in the texts." in words(names_section(noted))


def test_learning_without_names_is_not_taken_for_going_by_none(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    assert "not how far the model as it stands goes by them" in words(names_section(default_source))
