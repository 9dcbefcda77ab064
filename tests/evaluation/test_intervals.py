from __future__ import annotations

import numpy as np
import pytest

from framing.evaluation import metrics
from framing.evaluation.intervals import ArticleBootstrap, Figure


def accuracy_interval(gold, predicted, groups, draws=4000, seed=1) -> Figure:
    bootstrap = ArticleBootstrap.over(groups, draws, seed)
    return bootstrap.figures(gold, predicted, 2, metrics.accuracy)[0]


def test_equals_a_plain_loop_over_the_same_draws() -> None:
    random = np.random.default_rng(0)
    groups, gold = random.integers(0, 12, 80), random.integers(-1, 3, 80)
    predicted = random.integers(0, 3, (2, 80))
    bootstrap = ArticleBootstrap.over(groups, 200, 7)
    figure = bootstrap.figures(gold, predicted, 3, metrics.macro_f1)[0]
    drawn = []
    for times in bootstrap.multiplicity:
        rows = np.repeat(np.arange(80), times[bootstrap.member])
        drawn.append(
            np.mean([metrics.macro_f1(metrics.confusion_matrix(gold[rows], one[rows], 3)) for one in predicted])
        )
    assert figure.low == pytest.approx(np.percentile(drawn, 2.5))
    assert figure.high == pytest.approx(np.percentile(drawn, 97.5))


def test_width_agrees_with_the_normal_interval_when_every_paragraph_is_an_article() -> None:
    random = np.random.default_rng(2)
    n, right = 2000, 0.7
    gold = np.zeros(n, int)
    predicted = (random.random(n) > right).astype(int)[None, :]
    figure = accuracy_interval(gold, predicted, np.arange(n))
    share = 1 - predicted.mean()
    half = 1.96 * np.sqrt(share * (1 - share) / n)
    assert figure.value == pytest.approx(share)
    assert figure.high - figure.low == pytest.approx(2 * half, rel=0.08)


def test_articles_that_stand_or_fall_whole_give_wider_intervals() -> None:
    random = np.random.default_rng(3)
    groups = np.repeat(np.arange(50), 10)
    predicted = (random.random(50) > 0.6).astype(int)[groups][None, :]
    whole = accuracy_interval(np.zeros(500, int), predicted, groups)
    alone = accuracy_interval(np.zeros(500, int), predicted, np.arange(500))
    assert whole.high - whole.low > 2.5 * (alone.high - alone.low)


def test_repeats_are_not_taken_for_more_articles() -> None:
    random = np.random.default_rng(4)
    groups = np.repeat(np.arange(40), 5)
    predicted = (random.random(200) > 0.6).astype(int)[None, :]
    once = accuracy_interval(np.zeros(200, int), predicted, groups)
    ten_times = accuracy_interval(np.zeros(200, int), np.repeat(predicted, 10, axis=0), groups)
    assert (ten_times.low, ten_times.high) == pytest.approx((once.low, once.high))


def test_a_label_that_is_never_predicted_has_no_precision() -> None:
    bootstrap = ArticleBootstrap.over(np.arange(6), 100, 0)
    figures = bootstrap.figures(np.array([0, 0, 0, 1, 1, 1]), np.zeros((1, 6), int), 2, metrics.precision)
    assert figures[0].value == pytest.approx(0.5)
    assert figures[1] == Figure(None, None, None)


def test_the_draws_come_from_the_seed() -> None:
    groups = np.arange(30)
    first, again, other = (ArticleBootstrap.over(groups, 10, seed).multiplicity for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first.sum(axis=1) == 30).all()
