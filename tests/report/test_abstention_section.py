from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import decimals, interval
from framing.report.abstention_section import abstention_section
from framing.report.document import ReportSource, Section, Table


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(abstention_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(abstention_section(hostile_source))


def _reached(source: ReportSource, value: float | None, high: float | None) -> ReportSource:
    source.evaluation["selective"]["accuracy_of_kept"] = {"value": value, "low": value, "high": high}
    return source


@pytest.mark.parametrize(
    ("value", "high", "told"),
    [
        (0.95, 0.97, "what was wanted is reached"),
        (0.85, 0.92, "below what was wanted, which lies within the interval"),
        (0.85, 0.88, "below what was wanted, which lies above the interval"),
        (0.85, None, "below what was wanted, without an interval"),
        (None, None, "in some repeat they keep nothing"),
    ],
)
def test_whether_thresholds_reach_what_was_wanted(
    value: float | None,
    high: float | None,
    told: str,
    changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
) -> None:
    assert told in words(abstention_section(_reached(changed(), value, high)))


def test_the_area_is_told_with_what_chance_and_the_best_order_give(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    told, selective = words(abstention_section(default_source)), default_source.evaluation["selective"]
    least = selective["aurc"]["value"] - selective["excess_aurc"]["value"]
    wrong = selective["curve"][-1]["risk"]["value"]
    assert f"(Geifman, Uziel and El-Yaniv 2019) is {interval(selective['aurc'])}" in told
    assert f"by chance would be expected to give {decimals(wrong)}" in told
    assert f"the best possible order gives {decimals(least)}" in told


def test_thresholds_are_a_subset_in_steps_and_the_highest(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]], words: Callable[[Section], str]
) -> None:
    section, thresholds = (
        abstention_section(default_source),
        default_source.evaluation["in_use"]["acceptance"]["thresholds"],
    )
    by_accuracy = {decimals(one["accuracy"], 2): one for one in thresholds}
    rows = tables(section)["Thresholds"].rows
    accuracies = [row[0] for row in rows]
    assert accuracies == sorted(set(accuracies))
    assert accuracies[-1] == decimals(thresholds[-1]["accuracy"], 2)
    assert ".90" in accuracies
    for row in rows:
        one = by_accuracy[row[0]]
        assert row[1:] == (decimals(one["threshold"]), interval(one["kept"]), interval(one["accuracy_of_kept"]))
    everything = [one for one in thresholds if one["kept"]["value"] == 1]
    assert rows[0][0] == decimals(everything[-1]["accuracy"], 2)


def test_the_sets_are_told_by_label_and_by_what_training_lacked(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]], cautions: Callable[[Section], str]
) -> None:
    section, codebook = abstention_section(default_source), default_source.artifact.codebook
    found, shift = default_source.evaluation["in_use"]["conformal"], default_source.evaluation["shift"]
    of_labels = {row[0]: row for row in tables(section)["Sets by gold label, promised .90"].rows}
    for label, one in found["per_label"].items():
        assert of_labels[codebook.title(label)][1:3] == (f"{one['paragraphs']:,}", interval(one["coverage"]))
        assert (of_labels[codebook.title(label)][3] == "kept") == one["promise_kept"]
    rows = {row[0]: row for row in tables(section)["Sets and the surest half, by what training lacked"].rows}
    for name, stratum in shift.items():
        conformal, row = stratum["in_use"]["conformal"], rows[f"Left out by {name.replace('_', ' ')}"]
        assert row[2:4] == (interval(conformal["coverage"]), interval(conformal["mean_size"]))
        assert (row[6] == "not kept") == (conformal["promise_kept"] is False)
        assert (conformal["notice"] is None) or conformal["notice"] in cautions(section)


def test_a_promise_that_is_not_kept_is_a_caution(
    changed: Callable[..., ReportSource], cautions: Callable[[Section], str], words: Callable[[Section], str]
) -> None:
    source = changed()
    found = source.evaluation["in_use"]["conformal"]
    found |= {"promise_kept": False, "notice": "The sets hold too little."}
    label = source.artifact.codebook.labels[1]
    found["per_label"][label]["promise_kept"] = False
    section = abstention_section(source)
    assert "the promise is not kept" in words(section)
    assert "The sets hold too little." in cautions(section)
    assert f"the promise is not kept for '{source.artifact.codebook.title(label)}'." in cautions(section)


def test_a_model_without_sets_is_said_to_have_none(
    changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    source.evaluation["in_use"]["conformal"] = None
    source.evaluation["in_use"].pop("source_known")
    told = words(abstention_section(source))
    assert "Not measured: sets of candidates" in told
    assert "When the kind of source" not in told


@pytest.mark.parametrize(("low", "told"), [(0.01, "that is a gain"), (-0.01, "no gain can be shown")])
def test_knowing_the_source_is_a_gain_only_by_its_interval(
    low: float, told: str, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    source.evaluation["in_use"]["source_known"]["better_than_unknown_by"] = {"value": 0.02, "low": low, "high": 0.05}
    assert told in words(abstention_section(source))


def test_what_is_missing_is_said(bare_source: ReportSource, words: Callable[[Section], str]) -> None:
    told = words(abstention_section(bare_source))
    assert "Not measured: selective prediction" in told
    assert "Not measured: thresholds and sets of candidates" in told
