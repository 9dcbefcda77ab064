import copy
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact, load
from framing.evaluation.wording import decimals, interval
from framing.report.document import Figure, ReportSource
from framing.report.interval_figures import (
    baselines_figure,
    behaviour_figure,
    folds_figure,
    headline_figure,
    per_frame_figure,
    shift_figure,
)

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


def texts(figure: Figure) -> list[str]:
    return [element.text or "" for element in ET.fromstring(figure.svg).iter(f"{SVG}text")]


def marks(figure: Figure, colour: str) -> list[tuple[float, float]]:
    """List the middles of discs of a colour, from left to right in each row."""
    starts = [
        re.match(r"M([\d.]+) ([\d.]+)A([\d.]+)", str(element.get("d")))
        for element in ET.fromstring(figure.svg).iter(f"{SVG}path")
        if element.get("class") == colour
    ]
    return [(round(float(found[1]) + float(found[3]), 1), float(found[2])) for found in starts if found]


def measured(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def test_the_headline_sets_the_model_against_the_best_baselines_and_the_simplest(
    artifact: Artifact, evaluation: dict[str, Any]
) -> None:
    figure = of(headline_figure(source(artifact, evaluation)))
    ranked = sorted(
        (one for one in evaluation["baselines"].values() if "metrics" in one),
        key=lambda one: -one["metrics"]["macro_f1"]["value"],
    )
    rows = [row[1] for row in figure.table.rows if row[0] == "Macro-F1"]
    assert rows == ["This model", ranked[0]["title"], ranked[1]["title"], evaluation["baselines"]["majority"]["title"]]
    difference = ranked[0]["model_less_baseline"]["macro_f1"]["difference"]
    assert figure.finding.startswith(f"Macro-F1 {interval(evaluation['metrics']['macro_f1'])}; ")
    assert f"{interval(difference)} less" in figure.finding


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        ((0.1, 0.05, 0.15), ".100 [.050, .150] less"),
        ((-0.1, -0.15, -0.05), ".100 [.050, .150] more"),
        ((0.01, -0.02, 0.04), "+.010 [-.020, +.040], may be none"),
    ],
)
def test_the_headline_claims_no_more_than_the_interval(
    artifact: Artifact, evaluation: dict[str, Any], difference: tuple[float, float, float], said: str
) -> None:
    for baseline in evaluation["baselines"].values():
        if "metrics" in baseline:
            baseline["model_less_baseline"]["macro_f1"]["difference"] = measured(*difference)
    assert said in of(headline_figure(source(artifact, evaluation))).finding


def test_agreement_has_a_scale_of_its_own_and_says_whose_it_is(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(headline_figure(source(artifact, evaluation)))
    assert "Consistency of programs: Krippendorff's alpha, another scale" in texts(figure)
    assert evaluation["consistency"]["statement"] in figure.description
    for coder in evaluation["consistency"]["coders"].values():
        coder["kind"] = "person"
    figure = of(headline_figure(source(artifact, evaluation)))
    assert "Agreement of coders: Krippendorff's alpha, another scale" in texts(figure)
    assert "rogram" not in figure.finding


@pytest.mark.parametrize("consistency", [None, {"all_coders": None, "note": "one coder"}])
def test_without_coders_there_is_no_agreement(
    artifact: Artifact, evaluation: dict[str, Any], consistency: dict[str, Any] | None
) -> None:
    figure = of(headline_figure(source(artifact, evaluation | {"consistency": consistency})))
    assert "alpha" not in figure.svg + figure.finding + figure.title


def test_labels_stand_in_falling_order_of_f1(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(per_frame_figure(source(artifact, evaluation)))
    by_title = {artifact.codebook.title(label): found for label, found in evaluation["per_frame"].items()}
    scores = [by_title[row[0]]["f1"]["value"] for row in figure.table.rows]
    assert scores == sorted(scores, reverse=True)
    first = figure.table.rows[0]
    assert first[1:4] == tuple(interval(by_title[first[0]][key]) for key in ("precision", "recall", "f1"))
    assert interval(by_title[figure.table.rows[-1][0]]["f1"]) in figure.finding


def test_the_closest_baseline_is_on_top_and_skipped_ones_are_told(
    artifact: Artifact, evaluation: dict[str, Any]
) -> None:
    figure = of(baselines_figure(source(artifact, evaluation)))
    run = [one for one in evaluation["baselines"].values() if "metrics" in one]
    differences = sorted(one["model_less_baseline"]["macro_f1"]["difference"]["value"] for one in run)
    told = [row[2].split(" [")[0] for row in figure.table.rows]
    assert told == [decimals(value, signed=True) for value in differences] + ["not run"] * (
        len(evaluation["baselines"]) - len(run)
    )
    places = [x for x, _ in marks(figure, "model")]
    assert places == sorted(places)
    assert f"all {len(run)} baselines" in figure.finding


def test_a_baseline_whose_interval_holds_0_is_not_beaten(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    run = [one for one in evaluation["baselines"].values() if "metrics" in one]
    run[0]["model_less_baseline"]["macro_f1"]["difference"] = measured(0.01, -0.02, 0.04)
    run[1]["model_less_baseline"]["macro_f1"]["difference"] = measured(-0.2, -0.3, -0.1)
    finding = of(baselines_figure(source(artifact, evaluation))).finding
    assert f"Better than {len(run) - 2} of the {len(run)} baselines" in finding
    assert "-.200 [-.300, -.100]" in finding


def test_every_fold_is_drawn_in_its_repeat(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(folds_figure(source(artifact, evaluation)))
    folds = evaluation["folds"]
    assert len(marks(figure, "model")) == len(folds) == len(figure.table.rows) - 1
    values = [fold["macro_f1"] for fold in folds]
    assert f"{decimals(min(values))} to {decimals(max(values))}" in figure.finding
    assert [text for text in texts(figure) if text.startswith("Repeat")] == ["Repeat 1", "Repeat 2", "Repeat 3"]


def test_published_folds_are_one_row(artifact: Artifact, root: Path) -> None:
    evaluation = json.loads((root / "experiments" / "results" / "gvfc.json").read_text(encoding="utf-8"))
    assert "All folds" in texts(of(folds_figure(source(artifact, evaluation))))


def test_behaviour_without_pairs(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    evaluation["behaviour"]["directional"] = {"pairs": 0}
    figure = of(behaviour_figure(source(artifact, evaluation)))
    assert len(figure.table.rows) == len(evaluation["behaviour"]["invariance"])
    worst = max(evaluation["behaviour"]["invariance"], key=lambda entry: entry["flipped"]["value"])
    assert worst["name"] in figure.finding
    assert interval(worst["flipped"]) in figure.finding
    evaluation["behaviour"]["invariance"] = []
    assert behaviour_figure(source(artifact, evaluation)) is None


def test_left_out_groups_stand_beside_their_control(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    figure = of(shift_figure(source(artifact, evaluation), "region"))
    found = evaluation["shift"]["region"]
    assert figure.name == "shift-region"
    assert figure.table.rows[0][3] == interval(found["metrics"]["macro_f1"])
    scores = [float(row[3].split(" ")[0]) for row in figure.table.rows[1:]]
    assert scores == sorted(scores)
    assert len(marks(figure, "baseline")) == len(found["groups"]) + 2  # with that of all groups, and that of the key
    assert found["worst"] in figure.finding
    assert interval(found["drop"]["macro_f1"], signed=True) in figure.finding


def test_without_controls_the_outer_folds_stand_in(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    for one in (evaluation["shift"]["region"], *evaluation["shift"]["region"]["groups"]):
        del one["control"], one["drop"]
    figure = of(shift_figure(source(artifact, evaluation), "region"))
    assert "outer folds" in figure.finding
    assert figure.table.columns[4] == "Outer folds [95%]"


def test_of_many_groups_the_lowest_are_drawn_and_all_told(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    found = evaluation["shift"]["region"]
    found["groups"] = [
        {**found["groups"][place % 7], "name": f"a long name of a group, number {place}"} for place in range(60)
    ]
    found["worst"] = None
    figure = of(shift_figure(source(artifact, evaluation), "region"))
    assert len(figure.table.rows) == 61
    assert len(marks(figure, "baseline")) == 42
    assert "40 lowest of 60" in figure.description


def test_pooled_groups_are_marked(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    pooled = [group for group in evaluation["shift"]["conflict"]["groups"] if group["pooled"]]
    figure = of(shift_figure(source(artifact, evaluation), "conflict"))
    assert len(pooled) == 1
    assert f"other ({len(pooled[0]['pooled'])} small groups pooled)" in [row[0] for row in figure.table.rows]


@pytest.mark.parametrize("stratum", ["Über/../etc", "a b", "a-b", "", "x" * 300, "\udcff"])
def test_a_stratum_of_any_name_makes_a_file_name(artifact: Artifact, evaluation: dict[str, Any], stratum: str) -> None:
    evaluation["shift"] = {stratum: evaluation["shift"]["year"], "a_b": evaluation["shift"]["year"]}
    figure = of(shift_figure(source(artifact, evaluation), stratum))
    assert re.fullmatch(r"shift-[a-z0-9-]{1,60}", figure.name)
    if stratum:
        assert figure.name != of(shift_figure(source(artifact, evaluation), "a_b")).name


def test_what_is_not_there_is_not_drawn(artifact: Artifact, evaluation: dict[str, Any]) -> None:
    assert shift_figure(source(artifact, evaluation), "nothing") is None
    evaluation["shift"]["region"] = {"notes": ["there are not two groups"]}
    assert shift_figure(source(artifact, evaluation), "region") is None
