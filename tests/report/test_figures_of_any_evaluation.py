"""What holds of every figure, whatever the evaluation: it is read, complete, and lies within its frame."""

import copy
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.artifact import Artifact, load
from framing.codebook import Codebook, Frame, of_labels
from framing.palette import LIGHT
from framing.report.curve_figures import (
    label_reliability_figure,
    learning_curve_figure,
    reliability_figure,
    risk_coverage_figure,
)
from framing.report.document import Figure, ReportSource
from framing.report.drawing import WIDTH, colours
from framing.report.interval_figures import (
    baselines_figure,
    behaviour_figure,
    folds_figure,
    headline_figure,
    per_frame_figure,
    shift_figure,
)
from framing.report.matrix_figures import confusion_figure, disagreement_figure

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [
    headline_figure, per_frame_figure, baselines_figure, folds_figure, behaviour_figure, confusion_figure,
    disagreement_figure, reliability_figure, label_reliability_figure, risk_coverage_figure, learning_curve_figure,
]  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>",
    "a & b",
    "\u202eabc\u2066",
    "x" * 300,
    "",
    "\x00\x1b",
    "\udcff",
    "العربية",
    "漢字",
]
# A tick of a scale: a quiet figure alone.
TICK = re.compile(r"-?[\d,]*\.?\d+")
FIGURE = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d*\.\d+|\d+)")
STUDIES = (
    "baselines", "behaviour", "calibration", "confusion", "consistency", "in_use", "learning_curve", "selective",
    "shift", "folds", "per_frame",
)  # fmt: skip


@pytest.fixture(scope="module")
def artifact(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def small(artifact: Artifact) -> dict[str, Any]:
    """The committed evaluation without its long lists, quick to copy."""
    evaluation = copy.deepcopy(
        {key: value for key, value in ReportSource(artifact).evaluation.items() if key in WANTED}
    )
    for found in evaluation["shift"].values():
        del found["predicted"]
    return evaluation


WANTED = {*STUDIES, "metrics", "protocol"}


@pytest.fixture(scope="module")
def nine_frames(artifact: Artifact, root: Path) -> ReportSource:
    evaluation = json.loads((root / "experiments" / "results" / "gvfc.json").read_text(encoding="utf-8"))
    codebook = of_labels("nine", evaluation["confusion"]["labels"])
    return ReportSource(replace(artifact, codebook=codebook, evaluation=evaluation))


def figures_of(source: ReportSource) -> Iterator[Figure]:
    for draw in DRAWN:
        if (figure := draw(source)) is not None:
            yield figure
    for stratum in source.evaluation.get("shift") or {}:
        if (figure := shift_figure(source, stratum)) is not None:
            yield figure


def check(figure: Figure, codebook: Codebook) -> ET.Element:
    root = ET.fromstring(figure.svg.encode())
    known = colours(codebook, LIGHT)
    _, _, width, height = map(float, str(root.get("viewBox")).split())
    assert width == WIDTH
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids == [f"{figure.name}-title", f"{figure.name}-description"]
    assert re.fullmatch(r"[a-z0-9-]+", figure.name)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "title", "desc", "rect", "path", "text"}
        assert not [key for key in element.attrib if key.startswith("on") or "href" in key or key == "style"]
        assert element.get("class") in {None, *known}
        check_within(element, width, height)
    assert "NaN" not in figure.svg
    assert "inf" not in {element.get("d") for element in root.iter()}
    for text in (figure.title, figure.description, figure.finding):
        assert text == " ".join(text.split())
        assert text.encode()
    assert figure.finding.endswith(".")
    assert {len(row) for row in figure.table.rows} <= {len(figure.table.columns)}
    assert len(figure.table.numeric) == len(figure.table.columns)
    return root


def check_within(element: ET.Element, width: float, height: float) -> None:
    if element.tag == f"{SVG}path":
        # Arcs have radii and flags among their numbers; marks are small, and checked on their own.
        if "A" in str(element.get("d")):
            return
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", str(element.get("d")))]
        # Marks at a scale's end reach beyond it by their radius.
        assert all(-8 <= x <= width + 8 for x in numbers[::2])
        assert all(-8 <= y <= height + 8 for y in numbers[1::2])
    elif element.tag == f"{SVG}text":
        place = element.get("transform") or f"{element.get('x')} {element.get('y')}"
        x, y = (float(number) for number in re.findall(r"-?\d+\.?\d*", place)[:2])
        assert 0 <= x <= width
        assert 8 <= y <= height
        assert float(str(element.get("font-size"))) >= 13


def figures_written(root: ET.Element) -> set[str]:
    texts = [element for element in root.iter(f"{SVG}text") if element.text]
    kept = [element.text or "" for element in texts
            if not (element.get("class") == "quiet" and TICK.fullmatch(str(element.text)))]  # fmt: skip
    return {figure for text in kept for figure in FIGURE.findall(text)}


def told_in_table(figure: Figure) -> set[str]:
    cells = [*figure.table.columns, figure.table.caption, *(cell for row in figure.table.rows for cell in row)]
    return {number for cell in cells for number in FIGURE.findall(cell)}


def test_every_figure_of_the_default_model_is_drawn(artifact: Artifact) -> None:
    source = ReportSource(artifact)
    names = [figure.name for figure in figures_of(source)]
    assert len(names) == len(DRAWN) + len(source.evaluation["shift"]) == len(set(names))
    for figure in figures_of(source):
        check(figure, artifact.codebook)


def test_every_figure_written_stands_in_the_table(artifact: Artifact, nine_frames: ReportSource) -> None:
    for source in (ReportSource(artifact), nine_frames):
        for figure in figures_of(source):
            written = figures_written(check(figure, source.artifact.codebook))
            # That F1 is so called is no figure; nor is that of '95%'.
            assert written - told_in_table(figure) <= {"1"}, figure.name


def test_the_findings_figures_stand_in_the_table_too(artifact: Artifact, nine_frames: ReportSource) -> None:
    for source in (ReportSource(artifact), nine_frames):
        for figure in figures_of(source):
            told = {number.lstrip("+-") for number in told_in_table(figure)}
            said = {number.lstrip("+-") for number in FIGURE.findall(figure.finding) if "." in number}
            assert said <= told, figure.name


def test_nine_frames_without_a_residual(nine_frames: ReportSource) -> None:
    names = [figure.name for figure in figures_of(nine_frames)]
    assert names == [
        "headline", "per-frame", "baselines", "folds", "confusion", "reliability", "label-reliability", "risk-coverage",
        "learning-curve",
    ]  # fmt: skip


def test_drawing_twice_gives_the_same(artifact: Artifact) -> None:
    source = ReportSource(artifact)
    assert list(figures_of(source)) == list(figures_of(source))


def test_nothing_is_drawn_of_what_was_not_measured(artifact: Artifact, small: dict[str, Any]) -> None:
    note = {"note": "was not run"}
    for missing in (None, {}, note):
        evaluation = {key: missing for key in STUDIES if key not in {"folds", "per_frame"} or missing is not note}
        bare = replace(artifact, evaluation=evaluation | {"metrics": {}, "protocol": small["protocol"]})
        if missing is note:
            # Of a study by names, a note is none of them.
            bare.evaluation.update({"baselines": {}, "shift": {"region": {"notes": ["none"]}}, "in_use": None})  # type: ignore[union-attr]
            bare.evaluation.update({"confusion": None})  # type: ignore[union-attr]
        assert list(figures_of(ReportSource(bare))) == []
    assert list(figures_of(ReportSource(replace(artifact, evaluation=None)))) == []


def test_labels_of_several_at_once(artifact: Artifact, root: Path) -> None:
    evaluation = json.loads((root / "experiments" / "results" / "gvfc-multilabel.json").read_text(encoding="utf-8"))
    codebook = of_labels("nine", list(evaluation["per_frame"]))
    source = ReportSource(replace(artifact, codebook=codebook, evaluation=evaluation))
    assert [figure.name for figure in figures_of(source)] == ["headline", "per-frame", "baselines", "folds"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(artifact: Artifact, small: dict[str, Any], name: str) -> None:
    evaluation = copy.deepcopy(small)
    for baseline in evaluation["baselines"].values():
        baseline["title"] = name
    for entry in evaluation["behaviour"]["invariance"]:
        entry["name"] = name
    consistency = evaluation["consistency"]
    consistency["coders"] = {name: next(iter(consistency["coders"].values()))}
    consistency["statement"] = name
    for pair in consistency["pairs"]:
        pair.update({"first": name, "second": name, "note": name or None})
    evaluation["calibration"]["of"] = name
    evaluation["learning_curve"]["power_law"] = {"note": name}
    groups = evaluation["shift"]["region"]
    for group in groups["groups"]:
        group["name"] = name
    groups["worst"] = name
    evaluation["shift"] = {name: groups}
    frames = tuple(Frame(frame.id, name) for frame in artifact.codebook.frames)
    codebook = replace(artifact.codebook, frames=frames)
    source = ReportSource(replace(artifact, codebook=codebook, evaluation=evaluation))
    drawn = list(figures_of(source))
    assert len(drawn) == len(DRAWN) + 1
    for figure in drawn:
        check(figure, codebook)
        everything = "".join((figure.title, figure.description, figure.finding, *map("".join, figure.table.rows)))
        assert not set(everything) & set("\u202e\u2066\x00\x1b\udcff")


def jumbled(value: Any, random: Random) -> Any:
    """Replace figures by others, and some by none, with intervals that hold them or do not."""
    if isinstance(value, dict):
        if {"value", "low", "high"} <= set(value):
            kind = random.random()
            drawn = sorted(random.uniform(-1.5, 1.5) if kind < 0.3 else random.random() for _ in range(3))
            low, middle, high = (round(number, 6) for number in drawn)
            if kind > 0.9:
                return {"value": None, "low": None, "high": None}
            if kind > 0.8:
                return {"value": middle, "low": None, "high": None}
            return {"value": middle, "low": low, "high": high}
        return {key: jumbled(one, random) for key, one in value.items()}
    return [jumbled(one, random) for one in value] if isinstance(value, list) else value


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), gone=st.sets(st.sampled_from(STUDIES)))
def test_any_evaluation_is_drawn(artifact: Artifact, small: dict[str, Any], seed: int, gone: set[str]) -> None:
    random = Random(seed)
    evaluation = jumbled({key: value for key, value in small.items() if key not in gone}, random)
    for one in evaluation.get("calibration", {}).get("bins", []):
        one["predictions"] = random.choice([0, 1, 60, 10**7])
        one["mean_probability"], one["share_right"] = (random.random() if one["predictions"] else None for _ in "ab")
    for fold in evaluation.get("folds", []):
        fold["macro_f1"] = random.choice([None, 0.0, random.random()])
    for figure in figures_of(ReportSource(replace(artifact, evaluation=evaluation))):
        check(figure, artifact.codebook)
