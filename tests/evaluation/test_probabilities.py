from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapie.metrics.calibration import expected_calibration_error as mapie_error
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve

from framing.evaluation import probabilities
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group

seeds = st.integers(0, 10_000)


def made(seed: int, n_labels: int = 4, number: int = 50, repeats: int = 2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.integers(0, n_labels, number), random.dirichlet(np.full(n_labels, 0.7), (repeats, number))


def calibration_sums(gold: np.ndarray, given_probabilities: np.ndarray, bins: int) -> np.ndarray:
    one_group = np.zeros(len(gold), int)
    return probabilities.calibration_by_group(gold, given_probabilities, one_group, bins)[0]


def test_log_loss_by_hand() -> None:
    given_probabilities = np.array([[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]])
    expected = -(np.log(0.5) + np.log(0.8)) / 2
    assert probabilities.log_loss(np.array([0, 1, -1]), given_probabilities) == pytest.approx(expected)


def test_losses_by_hand() -> None:
    """Brier: (.7 - 1)^2 + .2^2 + .1^2 = .14, and .5^2 + (.5 - 1)^2 + 0 = .5."""
    given_probabilities = np.array([[[0.7, 0.2, 0.1], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]])
    losses = probabilities.losses(np.array([0, 1, -1]), given_probabilities)
    assert losses[0] == pytest.approx(np.array([[1, -np.log(0.7), 0.14], [1, -np.log(0.5), 0.5], [0, 0, 0]]))
    means = probabilities.mean_losses(losses.sum(axis=1))
    assert means == pytest.approx(np.array([[-(np.log(0.7) + np.log(0.5)) / 2, 0.32]]))


@pytest.mark.parametrize(("place", "log_loss", "brier"), [(0, 0.0, 0.0), (1, -np.log(np.finfo(float).tiny), 2.0)])
def test_certainty_costs_nothing_or_the_most(place: int, log_loss: float, brier: float) -> None:
    losses = probabilities.losses(np.array([place]), np.array([[[1.0, 0, 0]]]))
    assert losses[0, 0] == pytest.approx([1, log_loss, brier])


def test_no_paragraph_with_gold_has_no_mean() -> None:
    losses = probabilities.losses(np.array([-1]), np.array([[[0.5, 0.5]]]))
    assert np.isnan(probabilities.mean_losses(losses.sum(axis=1))).all()


@given(seeds, st.integers(2, 6))
def test_losses_against_scikit_learn(seed: int, n_labels: int) -> None:
    gold, given_probabilities = made(seed, n_labels)
    before = given_probabilities.copy()
    means = probabilities.mean_losses(probabilities.losses(gold, given_probabilities).sum(axis=1))
    assert np.array_equal(given_probabilities, before)
    for (log_loss, brier), one in zip(means, given_probabilities, strict=True):
        labels = range(n_labels)
        assert log_loss == pytest.approx(reference.log_loss(gold, one, labels=labels), rel=1e-12)
        assert log_loss == pytest.approx(probabilities.log_loss(gold, one), rel=1e-12)
        expected = reference.brier_score_loss(gold, one, labels=labels, scale_by_half=False)
        assert brier == pytest.approx(expected, abs=1e-13)
        assert 0 <= brier <= 2


def test_losses_add_up_by_group() -> None:
    gold, given_probabilities = made(1)
    gold[::7] = -1
    sums = sums_by_group(probabilities.losses(gold, given_probabilities), np.arange(50) % 6)
    assert sums.shape == (6, 2, 3)
    known = gold >= 0
    expected = probabilities.log_loss(gold[known], given_probabilities[1, known])
    assert probabilities.mean_losses(sums.sum(axis=0))[1, 0] == pytest.approx(expected)


def test_calibration_by_hand() -> None:
    """Two bins: .45 wrong below the edge; .5, on it, right and .8 wrong above; the last has no gold."""
    gold = np.array([1, 0, 1, -1])
    given_probabilities = np.array([[[0.45, 0.35, 0.2], [0.5, 0.3, 0.2], [0.8, 0.1, 0.1], [0.9, 0.1, 0.0]]])
    sums = calibration_sums(gold, given_probabilities, 2)
    assert sums[0] == pytest.approx(np.array([[1, 0.45, 0], [2, 1.3, 1]]))
    assert probabilities.expected_calibration_error(sums)[0] == pytest.approx((0.45 + 0.3) / 3)
    assert probabilities.reliability(sums)[0] == pytest.approx(np.array([[0.45, 0, 1], [0.65, 0.5, 2]]))


@pytest.mark.parametrize("bins", [2, 7, 10, 15, 100])
def test_an_edge_belongs_to_the_bin_above_and_certainty_to_the_last(bins: int) -> None:
    edges = np.arange(bins // 2 + 1, bins + 1) / bins
    given_probabilities = np.stack([edges, 1 - edges], axis=-1)[None]
    sums = calibration_sums(np.zeros(len(edges), int), given_probabilities, bins)
    filled = [min(place, bins - 1) for place in range(bins // 2 + 1, bins + 1)]
    assert sums[0, :, 0].tolist() == np.bincount(filled, minlength=bins).tolist()


@given(seeds, st.integers(2, 20))
def test_calibration_against_mapie_and_scikit_learn(seed: int, bins: int) -> None:
    gold, given_probabilities = made(seed)
    sums = calibration_sums(gold, given_probabilities, bins)
    for one, table, error in zip(
        given_probabilities,
        probabilities.reliability(sums),
        probabilities.expected_calibration_error(sums),
        strict=True,
    ):
        right = (one.argmax(axis=1) == gold).astype(int)
        # MAPIE counts the edges: so many make one bin fewer.
        theirs = mapie_error(right, one, num_bins=bins + 1, split_strategy="uniform")
        assert error == pytest.approx(theirs, abs=1e-13)
        share_right, confidence = calibration_curve(right, one.max(axis=1), n_bins=bins)
        full = table[:, 2] > 0
        assert table[full, 0] == pytest.approx(confidence, abs=1e-13)
        assert table[full, 1] == pytest.approx(share_right, abs=1e-13)
        assert np.isnan(table[~full, :2]).all()
        assert 0 <= error <= 1


def test_calibration_adds_up_over_groups_and_draws() -> None:
    gold, given_probabilities = made(3)
    gold[:5] = -1
    member = np.arange(50) % 7
    by_group = probabilities.calibration_by_group(gold, given_probabilities, member, 5)
    assert by_group.shape == (7, 2, 5, 3)
    assert by_group.sum(axis=0) == pytest.approx(calibration_sums(gold, given_probabilities, 5))
    assert by_group[0].sum(axis=1) == pytest.approx(
        calibration_sums(gold[member == 0], given_probabilities[:, member == 0], 5).sum(axis=1)
    )
    stacked = np.stack([by_group.sum(axis=0)] * 3)
    assert probabilities.expected_calibration_error(stacked).shape == (3, 2)


def test_no_paragraph_has_no_calibration_error() -> None:
    assert np.isnan(probabilities.expected_calibration_error(np.zeros((2, 10, 3)))).all()


def test_few_paragraphs_make_a_perfect_model_look_miscalibrated() -> None:
    """Labels drawn from the very probabilities: the error falls with the number, and its draws lie above it."""
    random = np.random.default_rng(4)
    errors = []
    for number in (100, 1600, 25_600):
        given_probabilities = random.dirichlet(np.ones(3), number)
        gold = (random.random(number)[:, None] > given_probabilities.cumsum(axis=1)).sum(axis=1)
        bootstrap = ArticleBootstrap.over(np.arange(number), 200, 1)
        sums = probabilities.calibration_by_group(gold, given_probabilities[None], bootstrap.member, 10)
        [figure] = bootstrap.figures_of_sums(sums, probabilities.expected_calibration_error)
        errors.append(figure.value)
        assert figure.low > 0
        assert figure.value - figure.low < figure.high - figure.value
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


def test_the_calibration_of_one_probability_by_hand() -> None:
    """Two bins, two groups: 0 and .3 below the edge, .5 on it and 1 above; the last is not measured."""
    given_probabilities = np.array([[0.0, 0.3, 0.5, 1.0, 0.9]])
    was_so, known = np.array([False, True, True, True, True]), np.array([True] * 4 + [False])
    sums = probabilities.binary_calibration(given_probabilities, was_so, known, np.array([0, 1, 0, 1, 1]), 2)
    assert sums.shape == (2, 1, 2, 3)
    assert sums[0, 0] == pytest.approx(np.array([[1, 0.0, 0], [1, 0.5, 1]]))
    assert sums[1, 0] == pytest.approx(np.array([[1, 0.3, 1], [1, 1.0, 1]]))
    [error] = probabilities.expected_calibration_error(sums.sum(axis=0))
    assert error == pytest.approx((0.7 + 0.5) / 4)


@settings(max_examples=30)
@given(seeds, st.integers(2, 20))
def test_the_calibration_of_one_probability_against_scikit_learn(seed: int, bins: int) -> None:
    gold, given_probabilities = made(seed)
    gold[::9] = -1
    known = gold >= 0
    for label in range(4):
        of_label = given_probabilities[..., label]
        sums = probabilities.binary_calibration(of_label, gold == label, known, np.zeros(len(gold), int), bins)[0]
        for one, table in zip(of_label, probabilities.reliability(sums), strict=True):
            share, mean = calibration_curve(gold[known] == label, one[known], n_bins=bins)
            full = table[:, 2] > 0
            assert table[full, 0] == pytest.approx(mean, abs=1e-13)
            assert table[full, 1] == pytest.approx(share, abs=1e-13)
            assert table[:, 2].sum() == known.sum()


@settings(max_examples=30)
@given(seeds, st.integers(2, 20))
def test_what_was_so_may_differ_by_repeat_and_the_unknown_never_counts(seed: int, bins: int) -> None:
    random = np.random.default_rng(seed)
    given_probabilities, member = random.random((3, 40)), np.arange(40) % 6
    was_so, known = random.random((3, 40)) < 0.5, random.random(40) < 0.8
    sums = probabilities.binary_calibration(given_probabilities, was_so, known, member, bins)
    for repeat in range(3):
        one = probabilities.binary_calibration(given_probabilities[[repeat]], was_so[repeat], known, member, bins)
        assert sums[:, [repeat]] == pytest.approx(one)
    altered, other = np.where(known, given_probabilities, 0.5), np.where(known, was_so, ~was_so)
    assert np.array_equal(probabilities.binary_calibration(altered, other, known, member, bins), sums)
    for group in range(6):
        assert sums[group, :, :, 0].sum(axis=1).tolist() == [known[member == group].sum()] * 3


@given(seeds, st.integers(2, 20))
def test_the_calibration_of_the_label_is_that_of_its_probability(seed: int, bins: int) -> None:
    gold, given_probabilities = made(seed)
    gold[::5] = -1
    member = np.arange(50) % 4
    right = given_probabilities.argmax(axis=-1) == gold
    expected = probabilities.binary_calibration(given_probabilities.max(axis=-1), right, gold >= 0, member, bins)
    assert np.array_equal(probabilities.calibration_by_group(gold, given_probabilities, member, bins), expected)


@pytest.mark.parametrize("bins", [2, 7, 10, 100])
def test_every_edge_of_one_probability_belongs_to_the_bin_above(bins: int) -> None:
    edges = np.arange(bins + 1) / bins
    measured, one_group = np.ones(bins + 1, dtype=bool), np.zeros(bins + 1, int)
    sums = probabilities.binary_calibration(edges[None], measured, measured, one_group, bins)
    assert sums[0, 0, :, 0].tolist() == [1] * (bins - 1) + [2]


def test_with_nothing_known_every_bin_is_empty() -> None:
    sums = probabilities.binary_calibration(
        np.array([[0.2, 0.7]]), np.array([True, False]), np.array([False, False]), np.array([0, 1]), 3
    )
    assert sums.shape == (2, 1, 3, 3)
    assert not sums.any()
