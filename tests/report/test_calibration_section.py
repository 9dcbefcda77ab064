from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import decimals, interval
from framing.report.calibration_section import calibration_section
from framing.report.document import ReportSource, Section, Table


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(calibration_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(calibration_section(hostile_source))


def test_the_error_is_told_with_what_chance_gives(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    told, found = words(calibration_section(default_source)), default_source.evaluation
    error, calibration = found["metrics"]["expected_calibration_error"], found["calibration"]
    assert f"in {len(calibration['bins'])} bins of equal width: {interval(error)}." in told
    assert (
        f"would have about {decimals(calibration['expected_of_a_calibrated_model'])}: {calibration['caution']}" in told
    )
    assert f"Log loss {interval(found['metrics']['log_loss'])}" in told
    majority = found["baselines"]["majority"]["metrics"]
    assert f"log loss {interval(majority['log_loss'])}, Brier score {interval(majority['brier'])}" in told


@pytest.mark.parametrize(("right", "told"), [(0.5, ".100 too high"), (0.7, ".100 too low"), (0.6, "they are the same")])
def test_the_direction_of_the_error_comes_from_the_bins(
    right: float,
    told: str,
    default_source: ReportSource,
    changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
) -> None:
    bins = [
        {"from": 0.0, "to": 0.5, "mean_probability": None, "share_right": None, "predictions": 0},
        {"from": 0.5, "to": 1.0, "mean_probability": 0.6, "share_right": right, "predictions": 10},
    ]
    source = changed(calibration=default_source.evaluation["calibration"] | {"bins": bins})
    assert told in words(calibration_section(source))
    assert f"In {int(right < 0.6)} of the 1 bins" in words(calibration_section(source))


def test_groups_left_out_stand_beside_the_outer_folds(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]], words: Callable[[Section], str]
) -> None:
    section, shift = calibration_section(default_source), default_source.evaluation["shift"]
    rows = {row[0]: row[1:] for row in tables(section)["Probabilities, by what training lacked"].rows}
    for name, found in shift.items():
        row = rows[f"Left out by {name.replace('_', ' ')}"]
        assert row[0] == f"{found['in_use']['surest_half']['paragraphs']:,}"
        assert row[1] == interval(found["in_use"]["probabilities"]["expected_calibration_error"])
    errors = {name: found["in_use"]["probabilities"]["expected_calibration_error"] for name, found in shift.items()}
    worst = max(errors, key=lambda name: errors[name]["value"])
    assert f"left out by {worst.replace('_', ' ')}, {interval(errors[worst])}, against" in words(section)
    assert "the intervals overlap" in words(section)


def test_intervals_that_part_are_said_to(changed: Callable[..., ReportSource], words: Callable[[Section], str]) -> None:
    source = changed()
    far = {"value": 0.3, "low": 0.2, "high": 0.4}
    source.evaluation["shift"]["region"]["in_use"]["probabilities"]["expected_calibration_error"] = far
    assert "above it by an interval that does not overlap" in words(calibration_section(source))


def test_labels_and_short_articles_are_told(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]], words: Callable[[Section], str]
) -> None:
    section, in_use = calibration_section(default_source), default_source.evaluation["in_use"]
    codebook = default_source.artifact.codebook
    of_labels = {row[0]: row for row in tables(section)["Calibration of each label's probability"].rows}
    for label, found in in_use["calibration_by_label"].items():
        assert of_labels[codebook.title(label)][1] == interval(found["expected_calibration_error"])
    pieces = {row[0]: row for row in tables(section)["Articles in pieces, and whole"].rows}
    for length, found in in_use["short_articles"]["lengths"].items():
        assert pieces[length][1] == interval(found["metrics"]["macro_f1"])
    two = in_use["short_articles"]["lengths"]["2"]["better_than_alone_by"]
    assert f"2 paragraphs ({interval(two, signed=True)})" in words(section)


def test_texts_that_stand_alone_have_no_short_articles(
    headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    assert "every text is an article of one paragraph as it is" in words(calibration_section(headlines_source))


def test_an_uncalibrated_model_is_said_to_be_one(
    changed: Callable[..., ReportSource], cautions: Callable[[Section], str], words: Callable[[Section], str]
) -> None:
    source = changed()
    source.evaluation["protocol"]["experiment"]["calibration"]["coverage"] = 0
    section = calibration_section(source)
    assert "This model is not calibrated" in cautions(section)
    assert "tempered" not in words(section)
