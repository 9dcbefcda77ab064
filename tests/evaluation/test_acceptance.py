from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.evaluation.acceptance import acceptance_table, surest_half
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.selective import lowest_threshold, selective_prediction

seeds = st.integers(0, 10_000)


def made(seed: int = 0, n_articles: int = 200, repeats: int = 1):
    """Make probabilities of two labels, right as often as they say, some without gold."""
    random = np.random.default_rng(seed)
    articles = np.repeat(np.arange(n_articles), 4)
    first = random.random((repeats, len(articles)))
    probabilities = np.stack([first, 1 - first], axis=-1)
    gold = (random.random(len(articles)) > first.mean(axis=0)).astype(int)
    gold[random.random(len(articles)) < 0.1] = -1
    return ArticleBootstrap.over(articles, 200, 1), gold, probabilities


def by_accuracy(table: dict) -> dict[float, dict]:
    return {entry["accuracy"]: entry for entry in table["thresholds"]}


def test_by_hand() -> None:
    """Sixty right at .9, thirty right and thirty wrong at .7: of all 120 three quarters are right."""
    confidence = np.repeat([0.9, 0.7, 0.7], [60, 30, 30])
    gold = np.repeat([0, 0, 1], [60, 30, 30])
    probabilities = np.stack([confidence, 1 - confidence], axis=-1)[None]
    table = acceptance_table(ArticleBootstrap.over(np.arange(120), 200, 1), gold, probabilities)
    entries = by_accuracy(table)
    assert list(entries) == [percent / 100 for percent in range(50, 100)]
    assert table["paragraphs"] == 120
    for accuracy, entry in entries.items():
        assert entry["threshold"] == (0.7 if accuracy <= 0.75 else 0.9)
        assert entry["kept"]["value"] == (1 if accuracy <= 0.75 else 0.5)
        assert entry["accuracy_of_kept"]["value"] == (0.75 if accuracy <= 0.75 else 1)
    assert entries[0.5]["accuracy_of_kept"]["low"] < 0.75 < entries[0.5]["accuracy_of_kept"]["high"]


@pytest.mark.parametrize(("right", "reached"), [(49, False), (50, True)])
def test_what_only_a_few_reach_is_left_out(right: int, reached: bool) -> None:
    confidence = np.repeat([0.9, 0.7], [right, 200])
    gold = np.repeat([0, 1], [right, 200])
    probabilities = np.stack([confidence, 1 - confidence], axis=-1)
    # Predictions over again are no more paragraphs.
    for repeats in (1, 3):
        table = acceptance_table(
            ArticleBootstrap.over(np.arange(len(gold)), 100, 1), gold, np.tile(probabilities, (repeats, 1, 1))
        )
        assert bool(table["thresholds"]) is reached


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 3))
def test_thresholds_rise_with_the_accuracy_and_keep_it(seed: int, repeats: int) -> None:
    bootstrap, gold, probabilities = made(seed, n_articles=60, repeats=repeats)
    entries = acceptance_table(bootstrap, gold, probabilities)["thresholds"]
    known, confidence = gold >= 0, probabilities.max(axis=-1)
    correct = probabilities.argmax(axis=-1) == gold
    for entry in entries:
        kept = (confidence >= entry["threshold"]) & known
        assert entry["kept"]["value"] == pytest.approx(kept.sum() / (known.sum() * repeats), abs=1e-6)
        assert entry["accuracy_of_kept"]["value"] == pytest.approx(correct[kept].mean(), abs=1e-6)
        assert entry["accuracy_of_kept"]["value"] >= entry["accuracy"] - 1e-6
        assert kept.sum() >= 50 * repeats
    accuracies, thresholds = ([entry[name] for entry in entries] for name in ("accuracy", "threshold"))
    assert accuracies == sorted(set(accuracies))
    assert thresholds == sorted(thresholds)


def test_no_lower_threshold_would_do() -> None:
    bootstrap, gold, probabilities = made(1)
    known, confidence = gold >= 0, probabilities[0].max(axis=-1)
    correct = probabilities[0].argmax(axis=-1) == gold
    entries = by_accuracy(acceptance_table(bootstrap, gold, probabilities))
    for accuracy in (0.8, 0.85, 0.9):
        plain = lowest_threshold(confidence[known], correct[known], accuracy)
        assert entries[accuracy]["threshold"] == pytest.approx(plain, abs=1e-6)
        assert entries[accuracy]["threshold"] <= plain


def test_probabilities_that_are_true_give_the_expected_thresholds() -> None:
    """Confidence is even between a half and 1, so that from t on (1 + t) / 2 are right."""
    bootstrap, gold, probabilities = made(2, n_articles=5_000)
    entries = by_accuracy(acceptance_table(bootstrap, gold, probabilities))
    for accuracy in (0.8, 0.9, 0.95):
        assert entries[accuracy]["threshold"] == pytest.approx(2 * accuracy - 1, abs=0.03)
        assert entries[accuracy]["kept"]["value"] == pytest.approx(2 * (1 - (2 * accuracy - 1)), abs=0.06)
        figure = entries[accuracy]["accuracy_of_kept"]
        assert figure["low"] < accuracy < figure["high"]


def test_intervals_are_those_of_a_plain_loop() -> None:
    bootstrap, gold, probabilities = made(3, n_articles=80, repeats=2)
    entry = acceptance_table(bootstrap, gold, probabilities)["thresholds"][-1]
    assert 0.1 < entry["kept"]["value"] < 0.9
    known = gold >= 0
    drawn = []
    for times in bootstrap.multiplicity:
        rows = np.repeat(np.arange(len(gold)), times[bootstrap.member])
        rows = rows[known[rows]]
        kept = probabilities[:, rows].max(axis=-1) >= entry["threshold"]
        correct = probabilities[:, rows].argmax(axis=-1) == gold[rows]
        drawn.append([kept.mean(), correct[kept].mean()])
    for name, column in zip(("kept", "accuracy_of_kept"), np.transpose(drawn), strict=True):
        expected = tuple(np.percentile(column, [2.5, 97.5]))
        assert (entry[name]["low"], entry[name]["high"]) == pytest.approx(expected, abs=1e-6)


def test_only_what_lies_within_counts() -> None:
    bootstrap, gold, probabilities = made(4)
    within = np.random.default_rng(5).random(len(gold)) < 0.5
    for measure in (acceptance_table, surest_half):
        told = measure(bootstrap, gold, probabilities, within)
        assert told == measure(bootstrap, np.where(within, gold, -1), probabilities)
        assert told["paragraphs"] == (within & (gold >= 0)).sum()
        assert told != measure(bootstrap, gold, probabilities)


def test_nothing_to_go_by_accepts_nothing() -> None:
    bootstrap, gold, probabilities = made(6)
    nothing = np.full_like(gold, -1)
    assert acceptance_table(bootstrap, nothing, probabilities)["thresholds"] == []
    assert surest_half(bootstrap, nothing, probabilities)["accuracy_of_kept"]["value"] is None


def test_the_surest_half_by_hand() -> None:
    """The median of the known is .7; the wrong ones at .6 and .5 and the one without gold are left."""
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.95])
    gold = np.array([0, 1, 0, 1, 1, -1])
    probabilities = np.stack([confidence, 1 - confidence], axis=-1)[None]
    told = surest_half(ArticleBootstrap.over(np.arange(6), 100, 1), gold, probabilities)
    assert told["paragraphs"] == 5
    assert told["kept"]["value"] == pytest.approx(3 / 5)
    assert told["accuracy_of_kept"]["value"] == pytest.approx(2 / 3, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 3))
def test_the_surest_half_is_the_middle_of_the_risk_coverage_curve(seed: int, repeats: int) -> None:
    bootstrap, gold, probabilities = made(seed, n_articles=30, repeats=repeats)
    curve = selective_prediction(
        bootstrap,
        confidence=probabilities.max(axis=-1),
        correct=probabilities.argmax(axis=-1) == gold,
        known=gold >= 0,
        test_fold=np.zeros((repeats, len(gold)), int),
        wanted_accuracy=0.9,
        coverages=(0.5,),
    )
    told = surest_half(bootstrap, gold, probabilities)
    assert told["accuracy_of_kept"]["value"] == pytest.approx(1 - curve.risks[0].value, abs=1e-6)


def test_each_repeat_has_its_own_median() -> None:
    """The second repeat says the same at half the certainty beyond a half: one median would keep nothing of it."""
    bootstrap, gold, probabilities = made(7)
    milder = 0.5 + (probabilities - 0.5) / 10
    both = surest_half(bootstrap, gold, np.concatenate([probabilities, milder]))
    assert both == surest_half(bootstrap, gold, probabilities)


def test_the_figures_are_plain_values() -> None:
    bootstrap, gold, probabilities = made(8)
    for told in (acceptance_table(bootstrap, gold, probabilities), surest_half(bootstrap, gold, probabilities)):
        assert json.loads(json.dumps(told, allow_nan=False)) == told
