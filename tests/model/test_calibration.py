from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.model.calibration import candidate_sets, conformal_thresholds, fit_temperature, temper
from framing.model.decoding import log_softmax

seeds = st.integers(0, 10_000)
coverages = st.sampled_from([0.5, 0.8, 0.9, 0.95])


def cross_entropy(scores: np.ndarray, targets: np.ndarray, temperature: float) -> float:
    return -float((targets * temper(scores, temperature)).sum(axis=1).mean())


@pytest.mark.parametrize("temperature", [0.1, 0.7, 1.0, 3.0, 12.0])
def test_finds_the_temperature_that_the_targets_were_made_with(temperature: float) -> None:
    scores = np.random.default_rng(0).normal(0, 2, (300, 4))
    targets = np.exp(log_softmax(scores / temperature))
    assert fit_temperature(scores, targets) == pytest.approx(temperature, rel=1e-4)


@settings(max_examples=40)
@given(seeds, st.integers(2, 5))
def test_no_temperature_on_a_grid_is_better(seed: int, n_labels: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.normal(0, random.uniform(0.2, 6), (40, n_labels))
    # From targets that the scores say much about to ones that they say nothing about.
    told = np.exp(log_softmax(scores / random.uniform(0.5, 5)))
    targets = (1 - random.random()) * told + random.random() * random.dirichlet(np.full(n_labels, 0.3), 40)
    found = fit_temperature(scores, targets)
    assert 0.05 <= found <= 20
    best = min(cross_entropy(scores, targets, temperature) for temperature in np.geomspace(0.05, 20, 200))
    assert cross_entropy(scores, targets, found) <= best + 1e-6


def test_weights_are_repetitions_and_no_target_is_no_row() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(0, 3, (50, 3))
    targets = np.exp(log_softmax(scores / 3 + random.normal(0, 1, (50, 3))))
    times = random.integers(0, 4, 50)
    weighted = fit_temperature(scores, targets, times.astype(float))
    assert weighted == pytest.approx(
        fit_temperature(np.repeat(scores, times, axis=0), np.repeat(targets, times, axis=0))
    )
    assert weighted == pytest.approx(fit_temperature(scores, targets * (times > 0)[:, None], times.astype(float)))
    assert weighted != pytest.approx(fit_temperature(scores, targets), rel=1e-3)


def test_the_sure_and_right_end_at_the_least_and_the_sure_and_wrong_at_the_most() -> None:
    scores = np.log(np.array([[0.6, 0.4], [0.3, 0.7]]))
    right = np.eye(2)
    assert fit_temperature(scores, right) == pytest.approx(0.05, rel=1e-4)
    assert fit_temperature(scores, right[::-1]) == pytest.approx(20, rel=1e-4)


def test_a_probability_of_nothing_for_what_comes_true_raises_the_temperature_and_nothing_else() -> None:
    scores = np.array([[0.0, -np.inf], [np.log(0.9), np.log(0.1)]])
    assert 1 < fit_temperature(scores, np.array([[0.0, 1.0], [1.0, 0.0]])) <= 20


def test_a_temperature_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="targets"):
        fit_temperature(np.zeros((2, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="targets"):
        fit_temperature(np.zeros((2, 2)), np.eye(2), np.zeros(2))


@given(seeds, st.floats(0.05, 20))
def test_a_temperature_keeps_the_order_and_the_sum(seed: int, temperature: float) -> None:
    own = np.log(np.random.default_rng(seed).dirichlet(np.ones(4), 20))
    tempered = temper(own, temperature)
    assert np.exp(tempered).sum(axis=1) == pytest.approx(1)
    assert np.array_equal(tempered.argsort(axis=1), own.argsort(axis=1))
    assert temper(tempered, 1 / temperature) == pytest.approx(own, abs=1e-9)


def simulated(
    random: np.random.Generator, lengths: np.ndarray, *, long_are_hard: float = 0.0, last_label_is_hard: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make articles whose paragraphs are nearly all as hard as each other, with three labels."""
    articles = np.repeat(np.arange(len(lengths)), lengths)
    gold = random.integers(0, 3, len(articles))
    of_article = random.normal(0, 2, len(lengths)) - long_are_hard * np.log(lengths)
    score = of_article[articles] + random.normal(0, 0.3, len(articles)) - last_label_is_hard * (gold == 2)
    probabilities = np.full((len(articles), 3), 0.0)
    probabilities[np.arange(len(articles)), gold] = 1 / (1 + np.exp(-score))
    return probabilities, gold, articles


def covered(probabilities: np.ndarray, gold: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Tell whether gold reaches its threshold: what is promised, without the top label that sets always hold."""
    return probabilities[np.arange(len(gold)), gold] >= thresholds[gold]


def test_the_promise_is_kept_for_articles_of_one_length() -> None:
    """Over many draws of 9 articles and some new ones. Taking paragraphs for articles would break it."""
    random = np.random.default_rng(4)
    shares = []
    for _ in range(1_500):
        probabilities, gold, articles = simulated(random, np.full(14, 8))
        old, new = articles < 9, articles >= 9
        by_article, by_paragraph = (
            conformal_thresholds(probabilities[old], gold[old], numbers[old], 0.75, least_articles=1_000)
            for numbers in (articles, np.arange(len(articles)))
        )
        shares.append([covered(probabilities[new], gold[new], each).mean() for each in (by_article, by_paragraph)])
    (promised, naive), error = np.mean(shares, axis=0), np.std(shares, axis=0).max() / math.sqrt(len(shares))
    assert 0.75 - 3 * error < promised < 0.75 + 1 / 10 + 3 * error
    assert naive < 0.75 - 3 * error


@pytest.mark.parametrize("hardness", [0.0, 0.7])
def test_the_promise_is_kept_over_all_paragraphs_of_articles_of_many_lengths(hardness: float) -> None:
    """Also where long articles are harder, in which an equal weight for each article would break it."""
    random = np.random.default_rng(5)
    sums = []
    for _ in range(1_000):
        lengths = random.choice([1, 2, 4, 16], 70)
        probabilities, gold, articles = simulated(random, lengths, long_are_hard=hardness)
        old, new = articles < 60, articles >= 60
        thresholds = conformal_thresholds(probabilities[old], gold[old], articles[old], 0.9, least_articles=1_000)
        sums.append([covered(probabilities[new], gold[new], thresholds).sum(), new.sum()])
    hits, number = np.transpose(sums)
    share = hits.sum() / number.sum()
    error = np.std(hits - share * number) / math.sqrt(len(sums)) / number.mean()
    assert 0.9 - 3 * error < share < 0.94


def test_the_promise_is_kept_for_each_label_with_enough_articles() -> None:
    random = np.random.default_rng(6)
    hits, pooled, number = np.zeros(3), np.zeros(3), np.zeros(3)
    for _ in range(600):
        probabilities, gold, articles = simulated(random, np.full(60, 6), last_label_is_hard=1.5)
        old, new = articles < 50, articles >= 50
        own, shared = (
            covered(
                probabilities[new], gold[new],
                conformal_thresholds(probabilities[old], gold[old], articles[old], 0.8, least),
            )
            for least in (20, 1_000)
        )  # fmt: skip
        hits += np.bincount(gold[new], own, minlength=3)
        pooled += np.bincount(gold[new], shared, minlength=3)
        number += np.bincount(gold[new], minlength=3)
    assert (hits / number > 0.79).all()
    assert (hits / number < 0.86).all()
    assert (pooled / number)[2] < 0.75


@given(seeds, st.integers(1, 60), coverages)
def test_single_paragraphs_have_the_threshold_of_split_conformal_prediction(
    seed: int, number: int, coverage: float
) -> None:
    random = np.random.default_rng(seed)
    probabilities, gold = random.dirichlet(np.ones(3), number), random.integers(0, 3, number)
    thresholds = conformal_thresholds(probabilities, gold, random.permutation(number), coverage, least_articles=100)
    scores = np.sort(1 - probabilities[np.arange(number), gold])
    place = math.ceil(round(coverage * (number + 1), 9))
    expected = 0 if place > number else 1 - scores[place - 1]
    assert thresholds == pytest.approx(np.full(3, expected))


def test_thresholds_by_hand() -> None:
    """Of single paragraphs .6 of 7 are 5; with two in one article the next is 8/6 long, and .6 of 7.33 are 5, too."""
    of_gold = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    probabilities, gold = np.stack([of_gold, 1 - of_gold], axis=1), np.zeros(6, int)

    def threshold(articles: list[int], coverage: float) -> float:
        return conformal_thresholds(probabilities, gold, np.array(articles), coverage, 1)[0]

    assert threshold([0, 1, 2, 3, 4, 5], 0.6) == 0.5
    assert threshold([0, 1, 2, 3, 4, 4], 0.6) == 0.5
    assert threshold([0, 1, 2, 3, 4, 5], 0.7) == 0.5
    # .685 of 7.33 are 6; they would be 5 of 7.2, which counts the next as long as the mean article, 6/5.
    assert threshold([0, 1, 2, 3, 4, 4], 0.685) == 0.4
    # Of three articles of two, .75 of 8 are all six; of one article no share above a half can be promised.
    assert threshold([0, 0, 1, 1, 2, 2], 0.75) == 0.4
    assert threshold([0, 0, 1, 1, 2, 2], 0.76) == 0
    assert threshold([0, 0, 0, 0, 0, 0], 0.5) == 0.4
    assert threshold([0, 0, 0, 0, 0, 0], 0.51) == 0


def test_a_label_in_few_articles_shares_the_threshold_of_all() -> None:
    random = np.random.default_rng(7)
    probabilities, gold, articles = simulated(random, np.full(100, 4), last_label_is_hard=1.5)
    gold[(articles >= 30) & (gold == 2)] = -1
    in_articles = len(np.unique(articles[gold == 2]))
    together = conformal_thresholds(probabilities, gold, articles, 0.8, 1_000)
    assert np.ptp(together) == 0
    own = conformal_thresholds(probabilities, gold, articles, 0.8, in_articles)
    shared = conformal_thresholds(probabilities, gold, articles, 0.8, in_articles + 1)
    assert own[2] != together[2]
    assert shared[2] == together[2]
    assert np.array_equal(shared[:2], own[:2])
    assert own[0] != together[0]


@given(seeds, coverages)
def test_paragraphs_without_gold_and_the_numbers_of_articles_do_not_matter(seed: int, coverage: float) -> None:
    random = np.random.default_rng(seed)
    probabilities, gold = random.dirichlet(np.ones(3), 80), random.integers(-1, 3, 80)
    articles, known = random.integers(0, 20, 80), gold >= 0
    thresholds = conformal_thresholds(probabilities, gold, articles, coverage, 5)
    renamed = random.permutation(20)[articles] * 3 + 7
    left_out = conformal_thresholds(probabilities[known], gold[known], renamed[known], coverage, 5)
    assert np.array_equal(thresholds, left_out)


@given(seeds)
def test_a_larger_promise_never_makes_a_set_smaller(seed: int) -> None:
    random = np.random.default_rng(seed)
    probabilities, gold = random.dirichlet(np.ones(3), 80), random.integers(0, 3, 80)
    articles = random.integers(0, 25, 80)
    of_rising = [conformal_thresholds(probabilities, gold, articles, share, 5) for share in (0.3, 0.6, 0.9, 0.99, 1)]
    assert (np.diff(of_rising, axis=0) <= 0).all()
    assert (of_rising[-1] == 0).all()


def test_nothing_to_go_by_lets_every_label_in() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2]])
    for gold in (np.array([-1, -1]), np.array([0, 0])):
        thresholds = conformal_thresholds(probabilities, gold, np.arange(2), 0.9, 0)
        assert thresholds.tolist() == [0, 0]
        assert candidate_sets(probabilities, thresholds).all()


@pytest.mark.parametrize("coverage", [0.0, -0.5, 1.01, np.nan])
def test_an_impossible_promise_is_refused(coverage: float) -> None:
    with pytest.raises(ValueError, match="coverage"):
        conformal_thresholds(np.full((2, 2), 0.5), np.zeros(2, int), np.arange(2), coverage, 1)


def test_candidates_by_hand() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.4, 0.35, 0.25], [0.34, 0.33, 0.33]])
    sets = candidate_sets(probabilities, np.array([0.6, 0.3, 0.25]))
    assert sets.tolist() == [[True, True, False], [True, True, True], [True, True, True]]


@given(seeds, st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_candidates_hold_the_top_label_whatever_the_shape(seed: int, thresholds: list[float]) -> None:
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(3), (2, 10))
    sets = candidate_sets(probabilities, np.array(thresholds))
    assert np.take_along_axis(sets, probabilities.argmax(axis=-1)[..., None], axis=-1).all()
    assert np.array_equal(sets[1], candidate_sets(probabilities[1], np.array(thresholds)))
    beside_the_top = sets & (probabilities < probabilities.max(axis=-1, keepdims=True))
    assert (probabilities >= thresholds)[beside_the_top].all()
