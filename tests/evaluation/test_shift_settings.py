from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.evaluation.cross_validation import fitting, no_progress
from framing.evaluation.fitting import score
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.shift import measure_shift
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import tune_and_fit
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)

WORDS = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}
LEXICAL: dict[str, Any] = {
    "smoothing": SmoothingSettings(strength=(0.0,)),
    "context": ContextSettings(article=(0.0,)),
    "decoding": DecodingSettings(emission=(0.0,)),
    "calibration": CalibrationSettings(coverage=0.0),
    "classifier": ClassifierSettings(C=(1.0,)),
}


@pytest.fixture(scope="module")
def data() -> LabelledParagraphs:
    """Give twenty-four articles of three paragraphs, four of them of unknown region, each with a sign-off."""
    random = np.random.default_rng(3)
    codebook = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
    texts, gold, articles, regions, years, outlets = [], [], [], [], [], []
    for article in range(24):
        for position in range(4):
            label = 2 if position == 3 else (article + position // 2) % 3
            heard = label if random.random() < 0.8 else int(random.integers(3))
            said = " ".join(random.choice(WORDS[heard].split(), 4)) + f" {article} {position}x."
            texts.append("Agence France-Presse" if position == 3 else said)
            gold.append(label)
            articles.append(f"{article:02}")
            regions.append("" if article < 4 else ("north", "south")[article % 2])
            years.append(str(2000 + article // 4))
            outlets.append(("state", "rebel", "agency")[article % 3])
    labels = np.array(gold)
    return LabelledParagraphs(
        codebook, [str(row) for row in range(len(texts))], texts, articles, labels, np.eye(3)[labels],
        strata={"region": regions, "year": years, "outlet_type": outlets},
    )  # fmt: skip


def recipe(**changes: Any) -> Experiment:
    evaluation = {"folds": 2, "repeats": 1, "inner_folds": 2, "bootstrap": 100}
    settings = LEXICAL | {name: value for name, value in changes.items() if name in LEXICAL}
    further = {name: value for name, value in changes.items() if name not in LEXICAL}
    return Experiment(**settings, evaluation=EvaluationSettings(**(evaluation | further)))


def prepared(data: LabelledParagraphs, experiment: Experiment) -> TrainingData:
    return training_data(data, np.unique(data.articles, return_inverse=True)[1], experiment)


def shift(data: LabelledParagraphs, experiment: Experiment, progress=no_progress) -> dict[str, Any]:
    shared = prepared(data, experiment)
    yardstick = Yardstick(data.gold, ArticleBootstrap.over(shared.groups, 100, 0), n_labels=3, n_frames=2, bins=5)
    # As if the outer folds had got every paragraph right.
    return measure_shift(
        data,
        shared,
        data.gold[None],
        yardstick,
        experiment,
        judge=fitting(1),
        judge_controls=fitting(1),
        progress=progress,
    )


def test_all_strata_are_left_out_where_none_is_named(data: LabelledParagraphs) -> None:
    assert set(shift(data, recipe(controls=False))) == {"region", "year", "outlet_type"}


def test_only_the_strata_that_are_named_are_left_out(data: LabelledParagraphs) -> None:
    done: list[tuple[int, int]] = []
    both = recipe(left_out=("outlet_type", "region"), controls=False)
    found = shift(data, both, lambda *parts: done.append(parts))
    assert set(found) == {"outlet_type", "region"}
    # Three outlets and two regions, and nothing besides.
    assert done[-1] == (5, 5)
    assert set(shift(data, recipe(left_out=("region", "region"), controls=False))) == {"region"}


def test_a_stratum_that_the_labels_do_not_tell_is_told(data: LabelledParagraphs) -> None:
    found = shift(data, recipe(left_out=("regoin", "region"), controls=False))
    assert set(found["regoin"]) == {"notes"}
    assert found["regoin"]["notes"] == ["the labels say nothing of it; they tell outlet_type, region, year"]
    assert found["region"]["notes"] == []
    assert "metrics" in found["region"]
    nothing = shift(dataclasses.replace(data, strata={}), recipe(left_out=("region",)))
    assert nothing == {"region": {"notes": ["the labels say nothing of it; they tell nothing of the kind"]}}


def test_without_controls_the_drop_is_from_the_outer_folds_alone(data: LabelledParagraphs) -> None:
    done: list[tuple[int, int]] = []
    with_controls = shift(data, recipe(left_out=("region",)), lambda *parts: done.append(parts))["region"]
    # Two regions, each with a control for each fifth of its articles.
    assert done[-1] == (12, 12)
    without = shift(data, recipe(left_out=("region",), controls=False))["region"]
    for told, other in zip(
        (with_controls, *with_controls["groups"]), (without, *without["groups"]), strict=True
    ):  # fmt: skip
        assert {"control", "drop"} <= set(told)
        assert set(told) - set(other) == {"control", "drop"}
        assert other["drop_from_outer_folds"] == told["drop_from_outer_folds"]
        assert other["metrics"] == told["metrics"]
    drop = without["drop_from_outer_folds"]["macro_f1"]["value"]
    reached = without["outer_folds"]["macro_f1"]["value"] - without["metrics"]["macro_f1"]["value"]
    assert without["outer_folds"]["macro_f1"]["value"] == 1
    assert drop == pytest.approx(reached, abs=2e-6)


def test_every_paragraph_has_the_label_of_the_model_without_its_group(data: LabelledParagraphs) -> None:
    experiment = recipe(left_out=("region",), controls=False)
    found = shift(data, experiment)["region"]
    predicted = np.array(found["predicted"])
    assert all(type(label) is int for label in found["predicted"])
    regions, shared = np.array(data.strata["region"]), prepared(data, experiment)
    for fold, region in enumerate(("north", "south")):
        rows = np.flatnonzero(regions == region)
        fitted = tune_and_fit(shared, np.flatnonzero(regions != region), experiment, repeat=0, fold=10_000 + fold)
        labels = np.where(shared.boilerplate[rows], 2, score(shared, fitted, rows).argmax(axis=1))
        assert np.array_equal(predicted[rows], labels)
    assert shared.boilerplate.sum() == 24
    # What has no region is left out of no training, and judged by nothing.
    assert len(predicted) == len(data.ids)
    assert (predicted[regions == ""] == -1).all()
    json.dumps(found, allow_nan=False)


def test_in_use_is_measured_on_what_was_judged(data: LabelledParagraphs) -> None:
    calibration = CalibrationSettings(coverage=0.8, smallest_label=3)
    found = shift(data, recipe(left_out=("region",), controls=False, calibration=calibration))["region"]["in_use"]
    # Twenty articles have a region, and three paragraphs besides their sign-off.
    assert found["surest_half"]["paragraphs"] == found["conformal"]["paragraphs"] == 60
    assert found["conformal"]["promised"] == 0.8
    assert "source_known" not in found
    without = shift(data, recipe(left_out=("region",), controls=False))["region"]["in_use"]
    assert without["conformal"] is None


def test_a_kind_of_source_that_was_never_seen_tells_nothing(data: LabelledParagraphs) -> None:
    context = ContextSettings(article=(0.0,), source="outlet_type", source_weight=(0.5,))
    experiment = recipe(left_out=("outlet_type", "region"), controls=False, context=context)
    found = shift(data, experiment)
    known = found["outlet_type"]["in_use"]["source_known"]
    assert known["better_than_unknown_by"] == {"value": 0, "low": 0, "high": 0}
    assert known["metrics"] == found["outlet_type"]["metrics"]
    of_regions = found["region"]["in_use"]["source_known"]
    assert of_regions["probabilities"] != found["region"]["in_use"]["probabilities"]
