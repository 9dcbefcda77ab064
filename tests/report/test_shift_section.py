from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import interval
from framing.report.document import ReportSource, Section, Table
from framing.report.shift_section import shift_section


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(shift_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(shift_section(hostile_source))


def test_losses_are_sorted_by_what_their_intervals_show(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    told, shift = words(shift_section(default_source)), default_source.evaluation["shift"]
    lines = {
        1: "Leaving groups out costs macro-F1",
        0: "No loss can be shown",
        -1: "Macro-F1 is higher",
    }
    for name, found in shift.items():
        loss = found["drop"]["macro_f1"]
        side = 1 if round(loss["low"], 3) > 0 else -1 if round(loss["high"], 3) < 0 else 0
        [line] = [line for line in told.split("\n") if line.startswith(lines[side])]
        assert f"{name.replace('_', ' ')} ({interval(loss, signed=True)})" in line


def test_every_stratum_has_its_figure_its_worst_group_and_its_table(
    default_source: ReportSource,
    words: Callable[[Section], str],
    tables: Callable[[Section], dict[str, Table]],
    figures: Callable[[Section], list[str]],
) -> None:
    section, shift = shift_section(default_source), default_source.evaluation["shift"]
    assert len(figures(section)) == len(shift)
    for name, found in shift.items():
        worst = next(group for group in found["groups"] if group["name"] == found["worst"])
        figure = interval(worst["macro_f1_of_present_labels"])
        assert f"The lowest is {worst['name']} with {figure}" in words(section)
        heights = {group["name"]: group["macro_f1_of_present_labels"]["value"] for group in found["groups"]}
        rows = tables(section)[f"Groups by {name.replace('_', ' ')}, left out in turn, the lowest first"].rows
        names = [row[0].removesuffix(" (pooled)") for row in rows]
        assert names == sorted(heights, key=lambda group: heights[group])
        losing = sum(round(group["drop"]["macro_f1"]["low"], 3) > 0 for group in found["groups"])
        assert f"{losing} of {len(heights)} groups lose macro-F1 by an interval above 0" in words(section)


def test_pooled_groups_are_told_with_what_is_in_them(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    [pool] = [group for group in default_source.evaluation["shift"]["conflict"]["groups"] if group["pooled"]]
    told = words(shift_section(default_source))
    assert f"other (pooled) holds {len(pool['pooled'])} groups of few articles" in told
    assert f"{pool['pooled'][0]}, {pool['pooled'][1]}" in told


def test_sixty_groups_are_cut_to_the_lowest(
    changed: Callable[..., ReportSource], tables: Callable[[Section], dict[str, Table]], words: Callable[[Section], str]
) -> None:
    source = changed()
    region = source.evaluation["shift"]["region"]
    group = region["groups"][0]
    region["groups"] = [
        group | {"name": f"g{place:02}", "macro_f1_of_present_labels": {"value": place / 100, "low": 0.0, "high": 1.0}}
        for place in reversed(range(60))
    ]
    region["worst"] = "g00"
    section = shift_section(source)
    rows = tables(section)["Groups by region, left out in turn, the lowest first"].rows
    assert [row[0] for row in rows] == [f"g{place:02}" for place in range(25)]
    assert "35 more rows are not shown; their mean F1 is higher than of those shown" in words(section)


def test_without_controls_no_loss_is_told(
    changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    for found in source.evaluation["shift"].values():
        for part in (found, *found["groups"]):
            del part["drop"], part["control"]
    told = words(shift_section(source))
    assert "No controls were run" in told
    assert "No loss can be shown" not in told


def test_strata_that_could_not_be_measured_say_why(
    changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed(shift={"outlet": {"notes": ["there are not two groups of enough articles to leave out in turn"]}})
    told = words(shift_section(source))
    assert "Not measured: the model with its outlet left out. Why: there are not two groups" in told


def test_what_was_not_left_out_is_said(
    headlines_source: ReportSource, bare_source: ReportSource, words: Callable[[Section], str]
) -> None:
    assert "the data tell nothing of where" in words(shift_section(headlines_source))
    assert "'shift' is not among its studies" in words(shift_section(bare_source))


def test_a_loss_that_is_not_shown_is_not_ruled_out(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    assert "upper end of its interval is not ruled out" in words(shift_section(default_source))
    only = changed(shift={"outlet_type": default_source.evaluation["shift"]["outlet_type"]})
    assert "is not ruled out" not in words(shift_section(only))
