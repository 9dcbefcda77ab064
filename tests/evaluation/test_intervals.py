from __future__ import annotations

import numpy as np
import pytest

from framing.evaluation import metrics
from framing.evaluation.intervals import ArticleBootstrap, Figure, confusions_by_group, figure, sums_by_group


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


def mean_value(sums: np.ndarray) -> np.ndarray:
    """Divide sums of (number, value), shape (..., 2)."""
    return sums[..., 1] / sums[..., 0]


def numbers_and_values(values: np.ndarray) -> np.ndarray:
    return np.stack([np.ones_like(values), values], axis=-1)


def test_sums_by_group_by_hand() -> None:
    values = np.array([[1.0, 2, 4], [8, 16, 32]])
    assert sums_by_group(values, np.array([1, 0, 1])).tolist() == [[2, 16], [5, 40]]
    pairs = numbers_and_values(values)
    assert sums_by_group(pairs, np.array([1, 0, 1])).tolist() == [[[1, 2], [1, 16]], [[2, 5], [2, 40]]]


def test_sums_of_values_equal_a_plain_loop_over_the_same_draws() -> None:
    random = np.random.default_rng(10)
    groups, values = random.integers(0, 9, 60), random.normal(size=(3, 60))
    bootstrap = ArticleBootstrap.over(groups, 150, 4)
    sums = sums_by_group(numbers_and_values(values), bootstrap.member)
    drawn = [values[:, np.repeat(np.arange(60), times[bootstrap.member])].mean() for times in bootstrap.multiplicity]
    assert bootstrap.draws(sums, mean_value)[:, 0] == pytest.approx(drawn)
    [told] = bootstrap.figures_of_sums(sums, mean_value)
    expected = values.mean(), *np.percentile(drawn, [2.5, 97.5])
    assert (told.value, told.low, told.high) == pytest.approx(expected)


def test_a_mean_over_single_paragraphs_has_the_normal_interval() -> None:
    values = np.random.default_rng(11).normal(3, 2, size=(1, 1600))
    bootstrap = ArticleBootstrap.over(np.arange(1600), 4000, 5)
    [told] = bootstrap.figures_of_sums(sums_by_group(numbers_and_values(values), bootstrap.member), mean_value)
    error = values.std(ddof=1) / 40
    assert told.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert told.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_several_figures_of_one_statistic_keep_their_order() -> None:
    random = np.random.default_rng(12)
    gold, predicted = random.integers(0, 3, 90), random.integers(0, 3, (2, 90))
    bootstrap = ArticleBootstrap.over(np.arange(90) // 3, 100, 6)
    sums = confusions_by_group(gold, predicted, bootstrap.member, 3)
    assert bootstrap.draws(sums, metrics.recall).shape == (100, 3)
    told = bootstrap.figures_of_sums(sums, metrics.recall)
    assert told == bootstrap.figures(gold, predicted, 3, metrics.recall)
    for label in range(3):
        assert told[label].value == pytest.approx((predicted[:, gold == label] == label).mean())


def test_a_difference_is_taken_within_each_draw() -> None:
    """The two models are wrong on nearly the same articles: apart, their intervals are far wider than the gap's."""
    random = np.random.default_rng(13)
    groups = np.repeat(np.arange(60), 6)
    second = (random.random(60) > 0.6).astype(int)[groups][None, :]
    first = second.copy()
    first[0, :12] = 0
    gold = np.zeros(360, int)
    bootstrap = ArticleBootstrap.over(groups, 1000, 8)
    sums = [confusions_by_group(gold, each, bootstrap.member, 2) for each in (first, second)]
    [gap] = bootstrap.differences(*sums, metrics.accuracy)
    apart = bootstrap.figures(gold, first, 2, metrics.accuracy)[0]
    assert gap.value == pytest.approx((second - first).mean())
    assert gap.low >= 0
    assert gap.high - gap.low < 0.4 * (apart.high - apart.low)
    drawn = bootstrap.draws(sums[0], metrics.accuracy) - bootstrap.draws(sums[1], metrics.accuracy)
    assert (gap.low, gap.high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])))


def test_a_model_does_not_differ_from_itself_however_often_it_is_repeated() -> None:
    random = np.random.default_rng(14)
    gold, predicted = random.integers(0, 3, 80), random.integers(0, 3, (1, 80))
    bootstrap = ArticleBootstrap.over(np.arange(80) // 4, 200, 9)
    once, thrice = (
        confusions_by_group(gold, np.repeat(predicted, times, axis=0), bootstrap.member, 3) for times in (1, 3)
    )
    [gap] = bootstrap.differences(once, thrice, metrics.macro_f1)
    assert (gap.value, gap.low, gap.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_a_figure_needs_to_be_defined_in_nearly_all_draws() -> None:
    draws = np.arange(100.0)
    draws[:5] = np.nan
    assert figure(50.0, draws).low == pytest.approx(np.percentile(np.arange(5, 100), 2.5))
    draws[5] = np.nan
    assert figure(50.0, draws) == Figure(50.0, None, None)
    assert figure(float("nan"), np.arange(100.0)) == Figure(None, None, None)


def test_one_article_gives_no_interval() -> None:
    bootstrap = ArticleBootstrap.over(np.zeros(6, dtype=np.int64), 100, 0)
    gold, predicted = np.array([0, 1, 0, 1, 0, 1]), np.array([[0, 1, 0, 1, 0, 0]])
    [accuracy] = bootstrap.figures(gold, predicted, 2, metrics.accuracy)
    assert (accuracy.value, accuracy.low, accuracy.high) == (pytest.approx(5 / 6), None, None)
