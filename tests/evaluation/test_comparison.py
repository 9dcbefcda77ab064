from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from framing.evaluation import metrics
from framing.evaluation.comparison import compare, corrected_resampled_t, randomisation_test
from framing.evaluation.cross_validation import parts_of
from framing.evaluation.intervals import ArticleBootstrap, confusions_by_group, sums_by_group


def made(seed: int, n_articles: int = 40, repeats: int = 2) -> tuple[np.ndarray, ...]:
    """Make gold, two models of which the first is better, articles and folds."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_articles), 3)
    gold = random.integers(0, 3, len(groups))
    shape = (repeats, len(groups))
    first, second = (np.where(random.random(shape) < skill, gold, random.integers(0, 3, shape)) for skill in (0.7, 0.4))
    folds = np.stack([random.permutation(np.arange(n_articles) % 4)[groups] for _ in range(repeats)])
    return gold, first, second, groups, folds


def test_corrected_t_by_hand() -> None:
    """Mean .03, variance .002 / 3, correction 1/4 + 1/4: t^2 = .0009 / (.001 / 3) = 2.7, with 3 degrees of freedom."""
    test = corrected_resampled_t(np.array([0.02, 0.04, 0.0, 0.06]), np.full(4, 80), np.full(4, 20))
    assert test.difference == pytest.approx(0.03)
    assert test.statistic == pytest.approx(math.sqrt(2.7))
    assert test.degrees_of_freedom == 3
    # The distribution function of Student's t with 3 degrees of freedom, in closed form.
    x = math.sqrt(2.7 / 3)
    assert test.p_value == pytest.approx(2 * (0.5 - (x / (1 + x**2) + math.atan(x)) / math.pi))
    # 3.182446 is the 97.5% point of it in the tables.
    assert test.high - 0.03 == pytest.approx(3.182446 * math.sqrt(0.001 / 3), rel=1e-6)
    assert test.low == pytest.approx(0.06 - test.high)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=25))
def test_without_the_correction_it_is_the_plain_t_test(values: list[float]) -> None:
    differences = np.array(values)
    assume(np.ptp(differences) > 1e-6)
    folds = len(values)
    plain = stats.ttest_1samp(differences, 0)
    ours = corrected_resampled_t(differences, np.full(folds, 100), np.zeros(folds, int))
    assert (ours.statistic, ours.p_value) == pytest.approx((plain.statistic, plain.pvalue), rel=1e-9, abs=1e-12)
    assert (ours.low, ours.high) == pytest.approx(tuple(plain.confidence_interval()), rel=1e-9, abs=1e-12)
    corrected = corrected_resampled_t(differences, np.full(folds, 80), np.full(folds, 20))
    assert corrected.statistic == pytest.approx(plain.statistic / math.sqrt(1 + folds / 4), rel=1e-9, abs=1e-12)


def test_no_variance_and_no_second_fold_are_no_evidence() -> None:
    sizes = np.full(3, 8), np.full(3, 2)
    assert corrected_resampled_t(np.array([0.3, 0.1 + 0.2, 0.3]), *sizes) is None
    assert corrected_resampled_t(np.array([0.3]), np.array([8]), np.array([2])) is None
    same = corrected_resampled_t(np.zeros(3), *sizes)
    assert (same.difference, same.p_value, same.low, same.high) == (0, 1, 0, 0)


def accuracy_p(gold: np.ndarray, first: np.ndarray, second: np.ndarray, groups: np.ndarray, **changes) -> float:
    sums = (confusions_by_group(gold, each, groups, 3) for each in (first, second))
    return randomisation_test(*sums, metrics.accuracy, seed=1, **changes)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_randomisation_against_every_swap_there_is(seed: int) -> None:
    """SciPy goes through all 2^9 swaps of whole articles; articles differ in length."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(9), random.integers(1, 5, 9))
    gold = random.integers(0, 3, len(groups))
    first, second = (np.where(random.random((2, len(groups))) < skill, gold, 0) for skill in (0.8, 0.4))
    right = [sums_by_group((each == gold).astype(float), groups).sum(axis=1) for each in (first, second)]
    exact = stats.permutation_test(
        right, lambda one, other: one.sum() - other.sum(), permutation_type="samples", n_resamples=np.inf
    ).pvalue
    # Two-sided at SciPy is twice the smaller tail, and the distribution of swaps is symmetric.
    rounds = 4000
    error = math.sqrt(exact * (1 - exact) / rounds)
    assert accuracy_p(gold, first, second, groups, rounds=rounds) == pytest.approx(exact, abs=5 * error + 1 / rounds)


def test_randomisation_by_hand() -> None:
    """Three articles, each one point better: of the 8 swaps, none and all of them give as large a difference."""
    groups = np.arange(3)
    p_value = accuracy_p(groups, groups[None], (groups[None] + 1) % 3, groups, rounds=20_000)
    assert p_value == pytest.approx(2 / 8, abs=0.01)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_equal_models_have_a_p_of_one(seed: int) -> None:
    gold, first, _, groups, folds = made(seed, n_articles=12)
    bootstrap = ArticleBootstrap.over(groups, 100, 1)
    outcome = compare(bootstrap, gold, first, first, parts_of(folds), 3, metrics.macro_f1, 1)
    assert asdict(outcome.difference) == {"value": 0, "low": 0, "high": 0}
    assert outcome.randomisation_p == 1
    assert outcome.corrected_t.p_value == 1


def test_repeats_of_one_prediction_are_no_further_evidence() -> None:
    gold, first, second, groups, _ = made(3)
    once = accuracy_p(gold, first[:1], second[:1], groups)
    often = accuracy_p(gold, np.repeat(first[:1], 5, axis=0), np.repeat(second[:1], 5, axis=0), groups)
    assert once == often


def test_p_values_are_not_too_small_when_the_models_are_equally_good() -> None:
    random = np.random.default_rng(8)
    groups, gold = np.repeat(np.arange(30), 4), np.zeros(120, int)
    p_values = []
    for _ in range(300):
        # Either model stands or falls with the whole article, as clustered errors do.
        first, second = (random.integers(0, 2, 30)[groups][None] for _ in range(2))
        p_values.append(accuracy_p(gold, first, second, groups, rounds=199))
    # Smaller shares are to be expected: few articles give few different values, and equals count.
    for level in (0.05, 0.2, 0.5):
        assert np.mean(np.array(p_values) <= level) <= level + 3 * math.sqrt(level * (1 - level) / 300)


def test_what_is_not_defined_is_never_significant() -> None:
    """Kappa has no value where every label is the same."""
    groups, gold = np.arange(6), np.zeros(6, int)
    same = np.zeros((1, 6), int)
    sums = confusions_by_group(gold, same, groups, 2)
    assert randomisation_test(sums, sums, metrics.cohen_kappa, seed=1) is None
    outcome = compare(
        ArticleBootstrap.over(groups, 100, 1), gold, same, same, parts_of(groups[None] % 2), 2, metrics.cohen_kappa, 1
    )
    assert outcome.difference.value is None
    assert outcome.corrected_t is None
    assert outcome.randomisation_p is None


def test_rounds_that_are_not_defined_count_against_significance() -> None:
    sums = np.ones((8, 1, 1)), np.zeros((8, 1, 1))

    def only_as_observed(swapped: np.ndarray) -> np.ndarray:
        return np.where(np.isin(swapped[..., 0], (0, 8)), swapped[..., 0], np.nan)

    assert randomisation_test(*sums, only_as_observed, seed=1) == 1


def test_compare_puts_the_parts_together() -> None:
    gold, first, second, groups, folds = made(5)
    gold[:4] = -1
    bootstrap, parts = ArticleBootstrap.over(groups, 300, 1), parts_of(folds)
    outcome = compare(bootstrap, gold, first, second, parts, 3, metrics.accuracy, 1)
    known = gold >= 0
    expected = (first == gold)[:, known].mean() - (second == gold)[:, known].mean()
    assert outcome.difference.value == pytest.approx(expected)
    assert outcome.difference.low < expected < outcome.difference.high
    by_fold, sizes = [], []
    for repeat in range(2):
        for fold in range(4):
            tested = known & (folds[repeat] == fold)
            by_fold.append(np.mean(((first == gold) * 1.0 - (second == gold))[repeat, tested]))
            sizes.append(((known & ~tested).sum(), tested.sum()))
    by_hand = corrected_resampled_t(np.array(by_fold), *np.array(sizes).T)
    assert asdict(outcome.corrected_t) == pytest.approx(asdict(by_hand))
    assert outcome.corrected_t.degrees_of_freedom == 7
    assert outcome.randomisation_p < 0.01


def test_the_order_of_the_models_turns_the_sign_and_nothing_else() -> None:
    gold, first, second, groups, folds = made(6)
    bootstrap, parts = ArticleBootstrap.over(groups, 200, 1), parts_of(folds)
    one = compare(bootstrap, gold, first, second, parts, 3, metrics.macro_f1, 2)
    other = compare(bootstrap, gold, second, first, parts, 3, metrics.macro_f1, 2)
    assert one.difference.value == pytest.approx(-other.difference.value)
    assert one.difference.low == pytest.approx(-other.difference.high)
    assert one.corrected_t.statistic == pytest.approx(-other.corrected_t.statistic)
    assert one.corrected_t.low == pytest.approx(-other.corrected_t.high)
    assert (one.corrected_t.p_value, one.randomisation_p) == pytest.approx(
        (other.corrected_t.p_value, other.randomisation_p)
    )


def test_published_folds_are_one_repeat_and_a_fold_without_gold_is_left_out() -> None:
    gold, first, second, groups, folds = made(7)
    gold[folds[0] == 3] = -1
    bootstrap = ArticleBootstrap.over(groups, 100, 1)
    outcome = compare(bootstrap, gold, first[:1], second[:1], parts_of(folds[:1]), 3, metrics.accuracy, 1)
    assert outcome.corrected_t.degrees_of_freedom == 2


def test_different_repeats_are_not_the_same_folds() -> None:
    gold, first, second, groups, folds = made(9)
    bootstrap = ArticleBootstrap.over(groups, 100, 1)
    with pytest.raises(ValueError, match="not from the same folds"):
        compare(bootstrap, gold, first, second[:1], parts_of(folds), 3, metrics.accuracy, 1)
