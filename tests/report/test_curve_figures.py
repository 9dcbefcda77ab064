import copy
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact, load
from framing.evaluation.wording import decimals, interval
from framing.report.curve_figures import (
    label_reliability_figure,
    learning_curve_figure,
    reliability_figure,
    risk_coverage_figure,
)
from framing.report.document import Figure, ReportSource
from framing.report.drawing import DASHES

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def artifact(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


@pytest.fixture
def evaluation(artifact: Artifact) -> dict[str, Any]:
    return copy.deepcopy(artifact.evaluation or {})


def source(artifact: Artifact, evaluation: dict[str, Any]) -> ReportSource:
    return ReportSource(replace(artifact, evaluation=evaluation))


def of(figure: Figure | None) -> Figure:
    assert figure is not None
    return figure


def paths(figure: Figure, colour: str) -> list[ET.Element]:
    return [element for element in ET.fromstring(figure.svg).iter(f"{SVG}path") if element.get("class") == colour]


def discs(figure: Figure, colour: str = "model") -> list[tuple[float, float]]:
    found = [re.match(r"M([\d.]+) ([\d.]+)A([\d.]+)", str(path.get("d"))) for path in paths(figure, colour)]
    return [(float(one[1]) + float(one[3]), float(one[2])) for one in found if one]


def test_bins_stand_at_their_probability_and_share(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    evaluation["calibration"]["bins"] = [
        {"from": 0.0, "to": 0.5, "mean_probability": 0.25, "predictions": 80, "share_right": 0.5},
        {"from": 0.5, "to": 1.0, "mean_probability": 0.75, "predictions": 10, "share_right": 0.0},
    ]
    figure = of(reliability_figure(source(artifact, evaluation)))
    (left, half), (right, bottom) = discs(figure)
    assert right - left == pytest.approx((520 - 20 - 46) / 2, abs=0.2)
    assert half < bottom
    assert [row[1:] for row in figure.table.rows] == [("80", ".250", ".500"), ("10", ".750", ".000")]
    assert "in 1 of the 2 bins in use the share right lies below" in figure.finding
    # A bin of few predictions is hollow: it is stroked.
    rings = [path for path in paths(figure, "model") if "A" in str(path.get("d")) and path.get("stroke")]
    assert len(rings) == 1


def test_bars_begin_at_zero_and_keep_proportions(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(reliability_figure(source(artifact, evaluation)))
    bars = [
        [float(number) for number in re.findall(r"[\d.]+", str(path.get("d")))]
        for path in paths(figure, "model")
        if str(path.get("d")).count("L") == 3
    ]
    heights = [numbers[5] - numbers[1] for numbers in bars]
    counts = [one["predictions"] for one in evaluation["calibration"]["bins"]]
    assert len({round(numbers[5], 1) for numbers in bars}) == 1
    assert heights == pytest.approx([70 * count / max(counts) for count in counts], abs=0.2)
    for count in counts:
        assert f">{count:,}</text>" in figure.svg


def test_the_finding_tells_what_chance_gives(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(reliability_figure(source(artifact, evaluation)))
    assert interval(evaluation["metrics"]["expected_calibration_error"]) in figure.finding
    assert decimals(evaluation["calibration"]["expected_of_a_calibrated_model"]) in figure.finding


def test_each_label_has_a_panel_in_its_own_look(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(label_reliability_figure(source(artifact, evaluation)))
    by_label = evaluation["in_use"]["calibration_by_label"]
    assert len(figure.table.rows) == sum(len(one["bins"]) for one in by_label.values())
    for place, label in enumerate(artifact.codebook.labels):
        used = sum(one["predictions"] > 0 for one in by_label[label]["bins"])
        # With the one beside its name, and the line.
        assert len(paths(figure, f"frame-{place}")) == used + 2
    assert figure.table.rows[0][1] == ".00 to .10"


def test_risk_is_one_less_accuracy(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(risk_coverage_figure(source(artifact, evaluation)))
    selective = evaluation["selective"]
    assert len(figure.table.rows) == len(selective["curve"]) + 2
    kept, right = selective["kept"], selective["accuracy_of_kept"]
    assert f"keep {interval(kept)} of the paragraphs" in figure.finding
    wrong = {"value": 1 - right["value"], "low": 1 - right["high"], "high": 1 - right["low"]}
    assert f"of which {interval(wrong)} are wrong" in figure.finding
    assert figure.finding.endswith(f"with all of them kept, {interval(selective['curve'][-1]['risk'])} are.")


def test_thresholds_that_keep_nothing(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    evaluation["selective"]["accuracy_of_kept"] = {"value": None, "low": None, "high": None}
    evaluation["selective"]["kept"] = {"value": 0.0, "low": 0.0, "high": 0.0}
    figure = of(risk_coverage_figure(source(artifact, evaluation)))
    assert "keep .000 [.000, .000] of the paragraphs; with all" in figure.finding
    assert paths(figure, "coder") == []


def test_the_law_goes_on_dashed_from_the_last_measured_point(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(learning_curve_figure(source(artifact, evaluation)))
    curve = evaluation["learning_curve"]
    [dashed] = [path for path in paths(figure, "model") if path.get("stroke-dasharray") == DASHES]
    start = [float(number) for number in re.findall(r"[\d.]+", str(dashed.get("d")))[:2]]
    points = discs(figure)[: len(curve["points"])]
    assert start[0] == pytest.approx(points[-1][0], abs=0.2)
    sizes = [f"{point['articles']:,.0f}" for point in [*curve["points"], *curve["power_law"]["ahead"]]]
    assert [row[0] for row in figure.table.rows] == sizes
    assert interval(curve["power_law"]["ahead"][-1]["macro_f1"]) in figure.finding
    assert f"{curve['power_law']['a']:.3f}" in figure.table.caption


def test_equal_factors_are_equal_steps(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    points = evaluation["learning_curve"]["points"]
    evaluation["learning_curve"]["points"] = [
        {**point, "articles": articles} for point, articles in zip(points, (10, 100, 1000), strict=False)
    ]
    evaluation["learning_curve"]["power_law"] = {"note": "was not fitted"}
    figure = of(learning_curve_figure(source(artifact, evaluation)))
    first, second, third = (x for x, _ in discs(figure)[:3])
    assert second - first == pytest.approx(third - second, abs=0.3)
    assert "power law" not in figure.finding
    assert figure.table.caption == "No power law: was not fitted."


def test_one_point_is_no_curve_but_told(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    curve = evaluation["learning_curve"]
    curve["points"], curve["power_law"] = curve["points"][-1:], {"note": "a curve needs three sizes at least"}
    figure = of(learning_curve_figure(source(artifact, evaluation)))
    assert figure.finding == f"Macro-F1 is {interval(curve['points'][0]['macro_f1'])} with 222 training articles."


@pytest.mark.parametrize(
    ("draw", "key"),
    [
        (reliability_figure, "calibration"),
        (label_reliability_figure, "in_use"),
        (risk_coverage_figure, "selective"),
        (learning_curve_figure, "learning_curve"),
    ],
)
def test_what_was_not_measured_is_not_drawn(
    artifact: Artifact, evaluation: dict[str, Any], draw: Any, key: str
) -> None:
    assert draw(source(artifact, {one: found for one, found in evaluation.items() if one != key})) is None
    for missing in (None, {"note": "was not run"}):
        assert draw(source(artifact, evaluation | {key: missing})) is None


def test_bins_of_all_repeats_are_counted_in_predictions(default_source: ReportSource) -> None:
    figure = label_reliability_figure(default_source)
    assert figure is not None
    assert "Predictions" in figure.table.columns
    assert "Paragraphs" not in figure.table.columns
    bins = default_source.evaluation["in_use"]["calibration_by_label"]
    label = next(iter(bins))
    predictions = sum(one["predictions"] for one in bins[label]["bins"])
    repeats = default_source.evaluation["protocol"]["repeats"]
    assert predictions == repeats * default_source.evaluation["with_probabilities"]
