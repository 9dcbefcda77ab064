from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.model import softmax
from framing.model.calibration import Calibration, candidate_sets, temper
from framing.model.decoding import Decoding, decode, log_softmax
from framing.model.reading import Reading, alone, in_article
from framing.model.sources import Sources, log_ratios

seeds = st.integers(0, 10_000)

DECODING = Decoding(np.array([[3.0, 0.5, 0.4], [0.2, 2.0, 0.7], [0.6, 0.3, 2.5]]), 1.5)
OF_ALL = Calibration(2.0, 0.5, 0.9, np.array([0.3, 0.2, 0.4]), np.array([0.1, 0.6, 0.2]))
OF_SOURCED = Calibration(3.0, 0.7, 0.9, np.array([0.9, 0.1, 0.5]), np.array([0.45, 0.3, 0.05]))
SOURCES = Sources(("army", "charity"), np.array([[1.0, -0.5, 0.2], [-2.0, 0.3, 0.4]]), OF_SOURCED)
READINGS = [
    Reading(decoding, calibration, sources)
    for decoding in (None, DECODING)
    for calibration in (None, OF_ALL)
    for sources in (SOURCES, dataclasses.replace(SOURCES, calibration=None))
]


@st.composite
def sourced_articles(draw) -> tuple[np.ndarray, np.ndarray]:
    """Give rows of a few articles, interleaved, each article of one kind of source or of none."""
    articles = np.array(draw(st.lists(st.integers(0, 4), min_size=1, max_size=10)))
    of_article = np.array(draw(st.lists(st.integers(-1, 1), min_size=5, max_size=5)))
    return articles, of_article[articles]


def blocks(n_rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    own, shared = np.random.default_rng(seed).normal(size=(2, n_rows, 3))
    return own, shared


def test_log_ratios_by_hand() -> None:
    """Known are 3.5 of the first label and .5 of the second: shares .875 and .125, of ten paragraphs 8.75 and 1.25."""
    targets = np.array([[1.0, 0], [1, 0], [0.5, 0.5], [1, 0], [0, 1]])
    ratios = log_ratios(targets, np.array([0, 0, 0, 1, -1]), 2)
    expected = [[11.25 / 13 / 0.875, 1.75 / 13 / 0.125], [9.75 / 11 / 0.875, 1.25 / 11 / 0.125]]
    assert ratios == pytest.approx(np.log(expected))


def test_a_kind_without_paragraphs_says_nothing() -> None:
    targets = np.array([[1.0, 0], [1, 0], [0, 1]])
    assert log_ratios(targets, np.array([1, 1, 1]), 3)[[0, 2]] == pytest.approx(0)
    assert log_ratios(targets, np.full(3, -1), 2) == pytest.approx(np.zeros((2, 2)))


def test_a_label_that_no_known_source_has_stays_finite() -> None:
    ratios = log_ratios(np.array([[1.0, 0], [1, 0], [0, 1]]), np.array([0, 0, -1]), 1)
    assert np.isfinite(ratios).all()
    assert ratios[0, 1] < ratios[0, 0]


@given(seeds, st.integers(1, 40), st.integers(1, 4))
def test_log_ratios_keep_the_shares_a_distribution(seed: int, number: int, n_sources: int) -> None:
    """The labels' overall shares times the ratios sum to 1, and texts of unknown source tell nothing."""
    random = np.random.default_rng(seed)
    targets, sources = random.dirichlet(np.ones(3), number), random.integers(-1, n_sources, number)
    ratios = log_ratios(targets, sources, n_sources)
    known = sources >= 0
    if known.any():
        assert np.exp(ratios) @ targets[known].mean(axis=0) == pytest.approx(1)
    altered = np.where(known[:, None], targets, targets[::-1])
    assert np.array_equal(log_ratios(altered, sources, n_sources), ratios)
    order = random.permutation(number)
    assert log_ratios(targets[order], sources[order], n_sources) == pytest.approx(ratios)


@given(seeds)
def test_what_a_kind_has_more_of_counts_for_it_and_against_the_others(seed: int) -> None:
    """Two paragraphs change their sources: what all texts have stays as it was."""
    random = np.random.default_rng(seed)
    labels, sources = random.integers(0, 3, 30), random.integers(-1, 2, 30)
    labels[:2], sources[:2] = [0, 1], [0, 1]
    before = log_ratios(np.eye(3)[labels], sources, 2)
    sources[:2] = [1, 0]
    after = log_ratios(np.eye(3)[labels], sources, 2)
    assert after[1, 0] > before[1, 0]
    assert after[0, 0] < before[0, 0]
    assert after[:, 2] == pytest.approx(before[:, 2])


@settings(max_examples=25)
@given(seeds)
def test_added_in_full_they_are_bayes_rule_where_words_tell_nothing_of_the_source(seed: int) -> None:
    """Labels with a source and a word that are independent of each other given the label."""
    random = np.random.default_rng(seed)
    number = random.integers(2000, 6000, (2, 3))
    of_word = random.dirichlet(np.ones(4), 3)
    sources, labels = (np.repeat(place.ravel(), number.ravel()) for place in np.indices(number.shape))
    ratios = log_ratios(np.eye(3)[labels], sources, 2)
    joint = number / number.sum()
    by_words = np.log(joint.sum(axis=0) * of_word.T)
    for source in (0, 1):
        exact = joint[source] * of_word.T
        exact /= exact.sum(axis=1, keepdims=True)
        # Ten paragraphs taken for granted beside thousands.
        assert softmax(by_words + ratios[source]) == pytest.approx(exact, abs=2e-3)


def test_rows_of_unknown_source_get_nothing_added() -> None:
    added = SOURCES.added(np.array([1, -1, 0, -1]))
    assert added.tolist() == [[-2.0, 0.3, 0.4], [0, 0, 0], [1.0, -0.5, 0.2], [0, 0, 0]]
    assert SOURCES.added(np.zeros(0, dtype=np.int64)).shape == (0, 3)


@pytest.mark.parametrize("reading", READINGS)
@settings(max_examples=25)
@given(names=sourced_articles(), seed=seeds)
def test_unknown_sources_are_read_as_if_none_had_been_learnt(reading: Reading, names, seed: int) -> None:
    articles, _ = names
    own, shared = blocks(len(articles), seed)
    plain = dataclasses.replace(reading, sources=None)
    expected = plain.log_probabilities(own, shared, articles)
    sets = plain.candidates(np.exp(expected), articles)
    for sources in (None, np.full(len(articles), -1)):
        given = reading.log_probabilities(own, shared, articles, sources)
        assert np.array_equal(given, expected)
        assert np.array_equal(reading.candidates(np.exp(given), articles, sources), sets)


@pytest.mark.parametrize("reading", READINGS)
@settings(max_examples=25)
@given(names=sourced_articles(), seed=seeds)
def test_known_sources_change_nothing_in_other_articles(reading: Reading, names, seed: int) -> None:
    articles, sources = names
    own, shared = blocks(len(articles), seed)
    given, without = (reading.log_probabilities(own, shared, articles, known) for known in (sources, None))
    sets, without_sets = (reading.candidates(np.exp(without), articles, known) for known in (sources, None))
    unknown = sources < 0
    assert given[unknown] == pytest.approx(without[unknown], abs=1e-12)
    assert sets is without_sets is None or np.array_equal(sets[unknown], without_sets[unknown])


@given(names=sourced_articles(), seed=seeds, decoding=st.sampled_from([None, DECODING]))
def test_known_sources_have_their_ratios_and_their_calibration(names, seed: int, decoding: Decoding | None) -> None:
    """Put together from the parts: the addition before decoding, each row's temperature and threshold after it."""
    articles, sources = names
    own, shared = blocks(len(articles), seed)
    reading = Reading(decoding, OF_ALL, SOURCES)
    given = reading.log_probabilities(own, shared, articles, sources)
    untempered = log_softmax(in_article(own, shared, articles) + SOURCES.added(sources))
    assert reading.undecoded(own, shared, articles, sources) == pytest.approx(untempered)
    if decoding is not None:
        untempered = decode(untempered, articles, decoding)
    sets = reading.candidates(np.exp(given), articles, sources)
    for row, lone in enumerate(alone(articles)):
        calibration = OF_ALL if sources[row] < 0 else OF_SOURCED
        temperature = calibration.lone_temperature if lone else calibration.temperature
        assert given[row] == pytest.approx(temper(untempered[[row]], temperature)[0])
        assert reading.temperature(lone=bool(lone), sourced=bool(sources[row] >= 0)) == temperature
        thresholds = calibration.lone_thresholds if lone else calibration.thresholds
        assert np.array_equal(sets[row], candidate_sets(np.exp(given[row]), thresholds))


def test_candidates_by_hand() -> None:
    """In an article .3, .2 and .4 are needed, of a known source .9, .1 and .5; alone .45, .3 and .05."""
    probabilities = np.array([[0.35, 0.25, 0.4]] * 5)
    articles, sources = np.array([7, 7, 3, 3, 5]), np.array([0, 0, -1, -1, 1])
    found = Reading(None, OF_ALL, SOURCES).candidates(probabilities, articles, sources)
    assert found.tolist() == [[False, True, True]] * 2 + [[True, True, True]] * 2 + [[False, False, True]]


def test_without_a_calibration_of_its_own_a_known_source_has_that_of_all() -> None:
    reading = Reading(None, OF_ALL, dataclasses.replace(SOURCES, calibration=None))
    own, shared = blocks(3)
    articles, sources = np.array([1, 1, 2]), np.array([0, 0, 1])
    given = reading.log_probabilities(own, shared, articles, sources)
    untempered = log_softmax(in_article(own, shared, articles) + SOURCES.added(sources))
    assert given[:2] == pytest.approx(temper(untempered[:2], 2.0))
    assert given[2:] == pytest.approx(temper(untempered[2:], 0.5))
    assert reading.temperature(lone=False, sourced=True) == 2.0
    assert Reading(None, None, SOURCES).candidates(np.exp(given), articles, sources) is None


def test_no_rows_of_any_source() -> None:
    nothing, nowhere = np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    given = READINGS[-2].log_probabilities(nothing, nothing, nowhere, nowhere)
    assert given.shape == (0, 3)
    assert READINGS[-2].candidates(given, nowhere, nowhere).shape == (0, 3)
