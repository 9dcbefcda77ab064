from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.model.decoding import Decoding, decode, log_softmax, neighbour_scores, transition_ratios

seeds = st.integers(0, 10_000)
lengths_of_articles = st.lists(st.integers(1, 5), min_size=1, max_size=5)
emissions = st.sampled_from([0.3, 1.0, 2.0, 5.0])


def made(seed: int, n_rows: int, n_labels: int, emission: float = 2.0) -> tuple[np.ndarray, Decoding]:
    random = np.random.default_rng(seed)
    ratios = random.dirichlet(np.ones(n_labels), n_labels) + 0.01
    return np.log(random.dirichlet(np.full(n_labels, 0.5), n_rows) + 1e-6), Decoding(ratios, emission)


def by_enumeration(own: np.ndarray, decoding: Decoding) -> np.ndarray:
    """Add up every sequence of labels of one article."""
    n_rows, n_labels = own.shape
    posterior = np.zeros_like(own)
    for sequence in itertools.product(range(n_labels), repeat=n_rows):
        weight = np.exp(decoding.emission * own[np.arange(n_rows), sequence].sum())
        for before, after in itertools.pairwise(sequence):
            weight *= decoding.ratios[before, after]
        posterior[np.arange(n_rows), sequence] += weight
    return posterior / posterior.sum(axis=1, keepdims=True)


@settings(max_examples=60)
@given(seeds, lengths_of_articles, st.integers(2, 3), emissions)
def test_equals_the_sum_over_all_sequences(seed: int, lengths: list[int], n_labels: int, emission: float) -> None:
    articles = np.repeat(np.arange(len(lengths)), lengths)
    own, decoding = made(seed, len(articles), n_labels, emission)
    decoded = np.exp(decode(own, articles, decoding))
    for article, length in enumerate(lengths):
        rows = articles == article
        expected = by_enumeration(own[rows], decoding) if length > 1 else np.exp(log_softmax(own[rows]))
        assert decoded[rows] == pytest.approx(expected, abs=1e-12)


@given(seeds, lengths_of_articles)
def test_neither_numbers_nor_order_nor_company_of_articles_matter(seed: int, lengths: list[int]) -> None:
    articles = np.repeat(np.arange(len(lengths)), lengths)
    own, decoding = made(seed, len(articles), 4)
    decoded = decode(own, articles, decoding)
    order = np.random.default_rng(seed).permutation(len(lengths))
    rows = np.concatenate([np.flatnonzero(articles == article) for article in order])
    numbers = np.repeat(1000 - 7 * np.arange(len(lengths)), np.array(lengths)[order])
    assert decode(own[rows], numbers, decoding) == pytest.approx(decoded[rows], abs=1e-12)
    for article in range(len(lengths)):
        alone = articles == article
        assert decode(own[alone], articles[alone], decoding) == pytest.approx(decoded[alone], abs=1e-12)


@given(seeds, lengths_of_articles, emissions)
def test_own_words_and_neighbours_add_up_to_the_posterior(seed: int, lengths: list[int], emission: float) -> None:
    articles = np.repeat(np.arange(len(lengths)), lengths)
    own, decoding = made(seed, len(articles), 3, emission)
    added = neighbour_scores(own, articles, decoding)
    alone = np.repeat(lengths, lengths) == 1
    assert (added[alone] == 0).all()
    assert added.sum(axis=1) == pytest.approx(0, abs=1e-9)
    weight = np.where(alone, 1.0, emission)[:, None]
    constant = decode(own, articles, decoding) - weight * own - added
    assert np.ptp(constant, axis=1) == pytest.approx(0, abs=1e-9)


@given(seeds, lengths_of_articles)
def test_a_constant_of_the_row_makes_no_difference(seed: int, lengths: list[int]) -> None:
    articles = np.repeat(np.arange(len(lengths)), lengths)
    own, decoding = made(seed, len(articles), 3)
    shifted = own + np.random.default_rng(seed).normal(0, 50, (len(own), 1))
    assert decode(shifted, articles, decoding) == pytest.approx(decode(own, articles, decoding), abs=1e-9)


def test_one_paragraph_comes_back_as_it_is() -> None:
    own, decoding = made(1, 6, 3, emission=4.0)
    decoded = np.exp(decode(own, np.array([5, 3, 9, 1, 0, 2]), decoding))
    assert decoded == pytest.approx(np.exp(own) / np.exp(own).sum(axis=1, keepdims=True))


def test_a_doubtful_paragraph_takes_the_label_of_sure_neighbours() -> None:
    probabilities = np.array([[0.9, 0.1], [0.45, 0.55], [0.9, 0.1]])
    staying = Decoding(np.array([[0.8, 0.2], [0.2, 0.8]]), 1.0)
    together = decode(np.log(probabilities), np.zeros(3, int), staying)
    apart = decode(np.log(probabilities), np.arange(3), staying)
    assert together.argmax(axis=1).tolist() == [0, 0, 0]
    assert apart.argmax(axis=1).tolist() == [0, 1, 0]


def test_the_direction_of_a_change_counts() -> None:
    """The second label follows the first but never goes before it."""
    one_way = Decoding(np.array([[0.5, 0.5], [0.001, 0.999]]), 1.0)
    unsure = np.log(np.array([[0.9, 0.1], [0.5, 0.5]]))
    forwards = np.exp(decode(unsure, np.zeros(2, int), one_way))
    backwards = np.exp(decode(unsure[::-1], np.zeros(2, int), one_way))
    assert forwards[1, 1] == pytest.approx((0.9 * 0.5 + 0.1 * 0.999) / (0.9 * 1 + 0.1 * 1))
    assert backwards[0, 1] == pytest.approx((0.9 * 0.001 + 0.1 * 0.999) / (0.9 * 0.501 + 0.1 * 1.499))


def test_labels_that_follow_by_chance_leave_the_emissions_alone() -> None:
    own, _ = made(2, 8, 4)
    decoded = decode(own, np.repeat([0, 1], 4), Decoding(np.full((4, 4), 0.25), 3.0))
    assert decoded == pytest.approx(log_softmax(3 * own), abs=1e-12)


def test_long_articles_and_sure_paragraphs_do_not_underflow() -> None:
    random = np.random.default_rng(3)
    own = log_softmax(random.normal(0, 300, (2_000, 4)))
    decoding = Decoding(transition_ratios(np.eye(4)[np.repeat(random.integers(0, 4, 40), 25)], np.zeros(1_000, int)), 2)
    decoded = decode(own, np.zeros(2_000, int), decoding)
    assert np.isfinite(decoded).all()
    # The same in logarithms throughout, row by row.
    log_ratios, emitted = np.log(decoding.ratios), 2 * own
    forward, backward = np.zeros_like(own), np.zeros_like(own)
    for row in range(1, 2_000):
        forward[row] = np.logaddexp.reduce((forward[row - 1] + emitted[row - 1])[:, None] + log_ratios, axis=0)
    for row in range(1_998, -1, -1):
        backward[row] = np.logaddexp.reduce(log_ratios + (emitted[row + 1] + backward[row + 1]), axis=1)
    # The plain sums have grown to some 1e5, of which a double keeps eleven digits behind the point.
    assert decoded == pytest.approx(log_softmax(emitted + forward + backward), abs=1e-7)


def test_an_impossible_label_stays_impossible() -> None:
    own = np.array([[0.0, -np.inf], [np.log(0.4), np.log(0.6)]])
    decoded = np.exp(decode(own, np.zeros(2, int), Decoding(np.array([[0.9, 0.1], [0.1, 0.9]]), 1.0)))
    assert decoded[0].tolist() == [1, 0]
    assert decoded[1, 0] == pytest.approx(0.9 * 0.4 / (0.9 * 0.4 + 0.1 * 0.6))


def test_nothing_gives_nothing() -> None:
    _, decoding = made(0, 1, 3)
    assert decode(np.empty((0, 3)), np.empty(0, int), decoding).shape == (0, 3)
    assert transition_ratios(np.empty((0, 3)), np.empty(0, int)) == pytest.approx(np.full((3, 3), 1 / 3))


def test_transition_ratios_by_hand() -> None:
    """Within the articles 0 0 1 and 1 1 the pairs are 00, 01 and 11; nothing goes from 1 to 0."""
    targets = np.eye(2)[[0, 0, 1, 1, 1]]
    ratios = transition_ratios(targets, np.array([4, 4, 4, 2, 2]), smoothing=1.0)
    # With one added to each: rows (2, 2) and (1, 2); followers 3 and 4 of 7.
    against_chance = np.array([[2 / 4 / (3 / 7), 2 / 4 / (4 / 7)], [1 / 3 / (3 / 7), 2 / 3 / (4 / 7)]])
    assert ratios == pytest.approx(against_chance / against_chance.sum(axis=1, keepdims=True))


def test_shared_labels_count_by_the_largest_and_missing_ones_not_at_all() -> None:
    shared = np.array([[0.7, 0.3], [0.4, 0.6], [0, 0], [1, 0]])
    plain = np.eye(2)[[0, 1]]
    together = np.zeros(4, int)
    assert np.array_equal(transition_ratios(shared, together), transition_ratios(plain, together[:2]))


@given(seeds, st.integers(2, 5), st.floats(0.01, 10))
def test_ratios_make_a_decoding(seed: int, n_labels: int, smoothing: float) -> None:
    random = np.random.default_rng(seed)
    targets, articles = np.eye(n_labels)[random.integers(0, n_labels, 30)], np.sort(random.integers(0, 6, 30))
    ratios = transition_ratios(targets, articles, smoothing)
    assert ratios.sum(axis=1) == pytest.approx(1)
    assert Decoding(ratios, 1.0).ratios.min() > 0


def test_rare_labels_are_not_held_against_those_that_follow_independently() -> None:
    random = np.random.default_rng(5)
    targets = np.eye(3)[random.choice(3, 300_000, p=[0.8, 0.15, 0.05])]
    assert transition_ratios(targets, np.zeros(300_000, int)) == pytest.approx(np.full((3, 3), 1 / 3), abs=0.04)


@given(seeds)
def test_rows_of_other_articles_may_stand_between(seed: int) -> None:
    random = np.random.default_rng(seed)
    mixed = random.integers(0, 4, 15)
    order = np.argsort(mixed, kind="stable")
    own, decoding = made(seed, 15, 3)
    assert decode(own, mixed, decoding)[order] == pytest.approx(decode(own[order], mixed[order], decoding), abs=1e-12)
    assert np.array_equal(transition_ratios(np.exp(own), mixed), transition_ratios(np.exp(own[order]), mixed[order]))


@pytest.mark.parametrize("ratio", [0.0, -0.1, np.nan, np.inf])
def test_ratios_are_positive_numbers(ratio: float) -> None:
    with pytest.raises(ValueError, match="transition ratio"):
        Decoding(np.array([[0.5, 0.5], [ratio, 0.5]]), 1.0)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_weights_are_positive_numbers(weight: float) -> None:
    with pytest.raises(ValueError, match="emission weight"):
        Decoding(np.full((2, 2), 0.5), weight)


@pytest.mark.parametrize("smoothing", [0.0, -1.0, np.nan])
def test_without_smoothing_there_would_be_zeros(smoothing: float) -> None:
    with pytest.raises(ValueError, match="smoothing"):
        transition_ratios(np.eye(2), np.zeros(2, int), smoothing)
