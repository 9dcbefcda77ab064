from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from framing.evaluation.acceptance import acceptance_table
from framing.evaluation.cross_validation import OutOfFold
from framing.evaluation.headline import Yardstick
from framing.evaluation.in_use import measure_in_use, measure_left_out
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.training_data import TrainingData
from framing.model.features import count_terms
from framing.settings import FeatureSettings

LABELS = ("deed", "want", "rest")
GOLD = np.array([0, 1, 2, 0, 1, 2, 0, -1])
ARTICLES = np.array([0, 0, 0, 1, 1, 2, 2, 2])
# A sign-off, which the coders called residual and the model a deed.
BOILERPLATE = np.array([False] * 5 + [True, False, False])
GIVEN = np.array(
    [
        [0.9, 0.05, 0.05],
        [0.25, 0.7, 0.05],
        [0.65, 0.1, 0.25],
        [0.1, 0.85, 0.05],
        [0.3, 0.45, 0.25],
        [0.98, 0.01, 0.01],
        [0.5, 0.15, 0.35],
        [0.0005, 0.0005, 0.999],
    ]
)
# Of the paragraphs that count: right, right, wrong, wrong, right, right at .9, .7, .65, .85, .45 and .5.
MEASURED = [0, 1, 2, 3, 4, 6]
SETS = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 0], [1, 1, 1], [1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=bool)

shares = st.integers(0, 10_000).map(lambda seed: np.random.default_rng(seed).dirichlet(np.ones(3), len(GOLD)))


def yardstick(gold: np.ndarray = GOLD, articles: np.ndarray = ARTICLES) -> Yardstick:
    return Yardstick(gold, ArticleBootstrap.over(articles, 100, 1), n_labels=3, n_frames=2, bins=5)


def data(boilerplate: np.ndarray = BOILERPLATE, gold: np.ndarray = GOLD, articles: np.ndarray = ARTICLES):
    texts = [f"words of paragraph {row}" for row in range(len(gold))]
    return TrainingData(
        counts=count_terms(texts, FeatureSettings()), characters=None, words=None, gold=gold,
        targets=np.eye(3)[gold] * (gold >= 0)[:, None], boilerplate=boilerplate, groups=articles, articles=articles,
        labels=LABELS,
    )  # fmt: skip


def labels_of(given: np.ndarray) -> np.ndarray:
    return np.where(BOILERPLATE, 2, given.argmax(axis=-1))


def out_of_fold(*repeats: np.ndarray, **further: Any) -> OutOfFold:
    given = np.stack(repeats or (GIVEN,))
    # A constant of the row changes nothing: scores need not be normalised.
    scores = np.log(given) + np.arange(len(GOLD))[:, None]
    return OutOfFold(scores, labels_of(given), parts=(), choices=(), **further)


def value(told: dict[str, Any], *keys: str) -> Any:
    for key in keys:
        told = told[key]
    return told["value"]


def test_by_hand() -> None:
    told = measure_left_out(yardstick(), out_of_fold(candidates=SETS[None]), data(), 0.8)
    assert set(told) == {"probabilities", "surest_half", "conformal"}
    # .9 right, .85 wrong and .7 right lie above the median of .675.
    assert told["surest_half"]["paragraphs"] == 6
    assert value(told, "surest_half", "kept") == 0.5
    assert value(told, "surest_half", "accuracy_of_kept") == pytest.approx(2 / 3, abs=1e-6)
    # All sets but that of the fourth hold their gold; of sizes 1, 2, 2, 1, 3 and 1; certain are right, wrong, right.
    conformal = told["conformal"]
    assert (conformal["paragraphs"], conformal["promised"]) == (6, 0.8)
    assert value(conformal, "coverage") == pytest.approx(5 / 6, abs=1e-6)
    assert value(conformal, "mean_size") == pytest.approx(10 / 6, abs=1e-6)
    assert value(conformal, "certain") == 0.5
    assert value(conformal, "accuracy_of_certain") == pytest.approx(2 / 3, abs=1e-6)
    assert {label: value(conformal, "per_label", label, "coverage") for label in LABELS} == {
        "deed": pytest.approx(2 / 3, abs=1e-6), "want": 1, "rest": 1,
    }  # fmt: skip
    probabilities = told["probabilities"]
    of_gold = np.array([0.9, 0.7, 0.25, 0.1, 0.45, 0.5])
    assert value(probabilities, "log_loss") == pytest.approx(-np.log(of_gold).mean(), abs=1e-6)
    assert value(probabilities, "brier") == pytest.approx((0.015 + 0.155 + 0.995 + 1.535 + 0.455 + 0.395) / 6, abs=1e-6)
    # Five bins: .45 and .5, two right; .65 and .7, one right; .85 and .9, one right.
    assert value(probabilities, "expected_calibration_error") == pytest.approx((1.05 + 0.35 + 0.75) / 6, abs=1e-6)


def test_without_sets_there_is_nothing_to_promise() -> None:
    assert measure_left_out(yardstick(), out_of_fold(), data(), 0.8)["conformal"] is None


def test_known_sources_by_hand() -> None:
    """Of seven with gold the text alone has five, the sign-off among them; the source sets the third right."""
    sourced, sets = GIVEN.copy(), SETS.copy()
    sourced[2], sets[2] = [0.15, 0.1, 0.75], [False, False, True]
    predictions = out_of_fold(sourced_scores=np.log(sourced)[None], sourced_candidates=sets[None])
    told = measure_left_out(yardstick(), predictions, data(), 0.8)
    known = told["source_known"]
    gold, with_gold = GOLD[:7], slice(7)
    macro = [f1_score(gold, labels_of(given)[with_gold], average="macro") for given in (GIVEN, sourced)]
    assert value(known, "metrics", "accuracy") == pytest.approx(6 / 7, abs=1e-6)
    assert value(known, "metrics", "macro_f1") == pytest.approx(macro[1], abs=1e-6)
    assert value(known, "better_than_unknown_by") == pytest.approx(macro[1] - macro[0], abs=1e-6)
    assert macro[1] > macro[0]
    # .9 right, .85 wrong and .75 right lie above the median of .725.
    assert value(known, "surest_half", "kept") == 0.5
    assert value(known, "surest_half", "accuracy_of_kept") == pytest.approx(2 / 3, abs=1e-6)
    assert value(known, "conformal", "mean_size") == pytest.approx(9 / 6, abs=1e-6)
    without = measure_left_out(yardstick(), out_of_fold(), data(), 0.8)
    assert told["probabilities"] == without["probabilities"]


def test_known_sources_may_have_no_sets() -> None:
    told = measure_left_out(yardstick(), out_of_fold(sourced_scores=np.log(GIVEN)[None]), data(), 0.8)
    assert told["source_known"]["conformal"] is None
    assert value(told, "source_known", "better_than_unknown_by") == 0


@settings(max_examples=20)
@given(shares, shares)
def test_the_difference_is_the_yardsticks_on_the_same_labels(given_probabilities, sourced) -> None:
    predictions = out_of_fold(given_probabilities, sourced_scores=np.log(sourced)[None])
    told = measure_left_out(yardstick(), predictions, data(), 0.8)["source_known"]
    expected = yardstick().difference(labels_of(sourced)[None], labels_of(given_probabilities)[None])
    assert told["better_than_unknown_by"] == expected


def test_boilerplate_and_what_was_not_judged_count_nowhere() -> None:
    """Whatever their scores and sets: not even the intervals move."""
    whole = out_of_fold(
        candidates=SETS[None], sourced_scores=np.log(np.roll(GIVEN, 1, axis=1))[None],
        sourced_candidates=np.roll(SETS, 1, axis=1)[None],
    )  # fmt: skip
    unjudged = dataclasses.replace(whole, predicted=np.where(np.arange(8) == 4, -1, whole.predicted))
    # The set that is not the top label's would be refused where it is looked at.
    changes = {
        name: getattr(whole, name).copy() for name in ("scores", "candidates", "sourced_scores", "sourced_candidates")
    }
    for values in changes.values():
        values[:, [4, 5]] = values[:, [4, 5], ::-1]
        values[:, [4, 5], 1] = 0
    altered = dataclasses.replace(unjudged, **changes)
    told, again = (measure_left_out(yardstick(), predictions, data(), 0.8) for predictions in (unjudged, altered))
    assert told == again
    assert told["surest_half"]["paragraphs"] == told["conformal"]["paragraphs"] == 5
    assert told != measure_left_out(yardstick(), whole, data(), 0.8)


@settings(max_examples=20)
@given(shares, shares, st.sets(st.integers(0, 7), max_size=4))
def test_figures_are_those_of_the_paragraphs_that_count_by_themselves(one, other, missing: set[int]) -> None:
    """Two repeats, of which some paragraphs were judged in neither."""
    judged = np.array([row not in missing for row in range(8)])
    predictions = out_of_fold(one, other, candidates=np.ones((2, 8, 3), dtype=bool))
    predictions = dataclasses.replace(predictions, predicted=np.where(judged, predictions.predicted, -1))
    told = measure_left_out(yardstick(), predictions, data(), 0.8)
    kept = np.flatnonzero(judged & ~BOILERPLATE)
    only = yardstick(GOLD[kept], ARTICLES[kept]) if len(kept) else yardstick()
    expected = measure_left_out(
        only,
        OutOfFold(predictions.scores[:, kept], predictions.predicted[:, kept], (), (), predictions.candidates[:, kept]),
        data(BOILERPLATE[kept], GOLD[kept], ARTICLES[kept]),
        0.8,
    )
    for keys in [
        ("probabilities", "log_loss"), ("probabilities", "brier"), ("probabilities", "expected_calibration_error"),
        ("surest_half", "kept"), ("surest_half", "accuracy_of_kept"), ("conformal", "coverage"),
    ]:  # fmt: skip
        assert value(told, *keys) == value(expected, *keys)


def test_in_use_has_what_left_out_has_and_more() -> None:
    predictions = out_of_fold(candidates=SETS[None])
    told = measure_in_use(yardstick(), predictions, data(), 0.8)
    left_out = measure_left_out(yardstick(), predictions, data(), 0.8)
    assert {name: told[name] for name in left_out} == left_out
    assert set(told) - set(left_out) == {"acceptance", "calibration_by_label", "short_articles"}
    assert told["short_articles"] is None
    assert told["acceptance"]["paragraphs"] == 6
    json.dumps(told, allow_nan=False)


def test_thresholds_are_of_scored_paragraphs() -> None:
    """A hundred scored paragraphs, half of them right, and fifty lines of boilerplate that the model is sure of."""
    gold = np.repeat([0, 1, 0], 50)
    articles, boilerplate = np.arange(150), np.arange(150) >= 100
    given_probabilities = np.where(boilerplate[:, None], [0.99, 0.005, 0.005], [0.6, 0.3, 0.1])[None]
    measure = yardstick(gold, articles)
    predictions = OutOfFold(np.log(given_probabilities), np.zeros((1, 150), dtype=np.int64), (), ())
    told = measure_in_use(measure, predictions, data(boilerplate, gold, articles), 0.8)["acceptance"]
    expected = acceptance_table(measure.bootstrap, measure.gold, given_probabilities, ~boilerplate)
    assert [entry["accuracy"] for entry in told["thresholds"]] == [0.5]
    assert told["thresholds"][0]["threshold"] == pytest.approx(0.6, abs=1e-5)
    assert told["paragraphs"] == expected["paragraphs"] == 100


def test_the_probability_of_each_label_by_hand() -> None:
    told = measure_in_use(yardstick(), out_of_fold(), data(), 0.8)["calibration_by_label"]
    assert list(told) == list(LABELS)
    deed = told["deed"]
    # .9 is one, .25 and .65 are none, .1 is one, .3 is none, .5 is one.
    assert deed["bins"] == [
        {"mean_probability": 0.1, "share_gold": 1.0, "predictions": 1},
        {"mean_probability": 0.275, "share_gold": 0.0, "predictions": 2},
        {"mean_probability": 0.5, "share_gold": 1.0, "predictions": 1},
        {"mean_probability": 0.65, "share_gold": 0.0, "predictions": 1},
        {"mean_probability": 0.9, "share_gold": 1.0, "predictions": 1},
    ]
    assert value(deed, "expected_calibration_error") == pytest.approx((0.9 + 0.55 + 0.5 + 0.65 + 0.1) / 6, abs=1e-6)
    assert value(deed, "brier") == pytest.approx((0.01 + 0.0625 + 0.4225 + 0.81 + 0.09 + 0.25) / 6, abs=1e-6)
    assert told["rest"]["bins"][4] == {"mean_probability": None, "share_gold": None, "predictions": 0}


@settings(max_examples=20)
@given(shares, shares)
def test_the_labels_brier_scores_sum_to_that_of_all(one, other) -> None:
    told = measure_in_use(yardstick(), out_of_fold(one, other), data(), 0.8)
    parts = [value(told, "calibration_by_label", label, "brier") for label in LABELS]
    assert sum(parts) == pytest.approx(value(told, "probabilities", "brier"), abs=3e-6)
    for label in LABELS:
        assert sum(entry["predictions"] for entry in told["calibration_by_label"][label]["bins"]) == 12


def test_short_articles_by_hand() -> None:
    """Alone two of seven are wrong, in pairs one, in threes none; the sign-off is right everywhere, unscored."""
    pairs, threes = GIVEN.copy(), GIVEN.copy()
    pairs[2] = threes[2] = [0.1, 0.2, 0.7]
    threes[3] = [0.8, 0.1, 0.1]
    # The sign-off's own scores say nothing.
    threes[5] = [0.0001, 0.9998, 0.0001]
    short = np.stack([GIVEN, pairs, threes])
    told = measure_in_use(yardstick(), out_of_fold(short_scores=np.log(short)[None]), data(), 0.8)["short_articles"]
    lengths = told["lengths"]
    assert list(lengths) == ["1", "2", "3"]
    assert [value(lengths[key], "metrics", "accuracy") for key in lengths] == [
        pytest.approx(5 / 7, abs=1e-6), pytest.approx(6 / 7, abs=1e-6), 1,
    ]  # fmt: skip
    assert "better_than_alone_by" not in lengths["1"]
    macro = [f1_score(GOLD[:7], labels_of(given)[:7], average="macro") for given in short]
    for key, reached in zip(("2", "3"), macro[1:], strict=True):
        assert value(lengths[key], "better_than_alone_by") == pytest.approx(reached - macro[0], abs=1e-6)
    of_gold = threes[MEASURED, GOLD[MEASURED]]
    assert value(lengths["3"], "metrics", "log_loss") == pytest.approx(-np.log(of_gold).mean(), abs=1e-6)
    json.dumps(told, allow_nan=False)
