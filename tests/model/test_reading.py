from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.model import softmax
from framing.model.calibration import Calibration, temper
from framing.model.decoding import Decoding, decode, log_softmax
from framing.model.reading import Reading, alone, in_article

# Labels keep together, and not alike in both directions.
DECODING = Decoding(np.array([[3.0, 0.5, 0.4], [0.2, 2.0, 0.7], [0.6, 0.3, 2.5]]), 1.5)
CALIBRATION = Calibration(2.0, 0.5, 0.9, np.array([0.3, 0.2, 0.4]), np.array([0.1, 0.6, 0.2]))
READINGS = [Reading(decoding, calibration) for decoding in (None, DECODING) for calibration in (None, CALIBRATION)]

articles = st.lists(st.integers(0, 4), min_size=1, max_size=10).map(np.array)


def blocks(n_rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    own, shared = np.random.default_rng(seed).normal(size=(2, n_rows, 3))
    return own, shared


@pytest.mark.parametrize("reading", READINGS)
@given(names=articles, seed=st.integers(0, 1000))
def test_a_row_that_is_alone_in_its_article_is_read_as_a_lone_paragraph(
    reading: Reading, names: np.ndarray, seed: int
) -> None:
    own, shared = blocks(len(names), seed)
    given = reading.log_probabilities(own, shared, names)
    assert np.exp(given).sum(axis=1) == pytest.approx(1)
    lone = alone(names)
    assert lone.tolist() == [list(names).count(name) == 1 for name in names]
    assert given[lone] == pytest.approx(reading.lone_log_probabilities((own + shared)[lone]), abs=1e-12)


@pytest.mark.parametrize("reading", READINGS)
@given(names=articles, seed=st.integers(0, 1000), random=st.randoms(use_true_random=False))
def test_only_the_order_within_an_article_matters(reading: Reading, names: np.ndarray, seed: int, random) -> None:
    """Rows of one article need not stand together, and other articles may come before them or after."""
    own, shared = blocks(len(names), seed)
    given = reading.log_probabilities(own, shared, names)
    renamed = list(set(names.tolist()))
    random.shuffle(renamed)
    together = np.concatenate([np.flatnonzero(names == name) for name in renamed])
    moved = reading.log_probabilities(own[together], shared[together], 100 - names[together])
    assert moved == pytest.approx(given[together], abs=1e-12)


@given(names=articles, seed=st.integers(0, 1000))
def test_other_articles_change_nothing(names: np.ndarray, seed: int) -> None:
    own, shared = blocks(len(names), seed)
    given = READINGS[-1].log_probabilities(own, shared, names)
    for name in set(names.tolist()):
        rows = np.flatnonzero(names == name)
        apart = READINGS[-1].log_probabilities(own[rows], shared[rows], names[rows])
        assert apart == pytest.approx(given[rows], abs=1e-12)


def test_scores_are_averaged_decoded_and_then_tempered() -> None:
    own, shared = blocks(5)
    names = np.array([7, 2, 7, 7, 2])
    scores = own.copy()
    for name in (2, 7):
        scores[names == name] += shared[names == name].mean(axis=0)
    assert in_article(own, shared, names) == pytest.approx(scores)
    assert np.exp(Reading().log_probabilities(own, shared, names)) == pytest.approx(softmax(scores))
    decoded = decode(log_softmax(scores), names, DECODING)
    assert Reading(DECODING).log_probabilities(own, shared, names) == pytest.approx(decoded)
    tempered = Reading(DECODING, CALIBRATION).log_probabilities(own, shared, names)
    assert tempered == pytest.approx(temper(decoded, 2.0))
    assert Reading(None, CALIBRATION).lone_log_probabilities(scores) == pytest.approx(log_softmax(scores / 0.5))


def test_candidates_are_those_of_articles_or_of_lone_paragraphs() -> None:
    reading = Reading(None, CALIBRATION)
    probabilities = np.array([[0.25, 0.35, 0.4]] * 3)
    # In an article .3, .2 and .4 are needed, alone .1, .6 and .2.
    found = reading.candidates(probabilities, np.array([1, 5, 1]))
    assert found.tolist() == [[False, True, True], [True, False, True], [False, True, True]]
    assert Reading(DECODING).candidates(probabilities, np.array([1, 5, 1])) is None


@pytest.mark.parametrize("reading", READINGS)
def test_no_rows_are_read_as_none(reading: Reading) -> None:
    nothing, nowhere = np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    given = reading.log_probabilities(nothing, nothing, nowhere)
    assert given.shape == (0, 3)
    assert alone(nowhere).shape == (0,)
    found = reading.candidates(given, nowhere)
    assert found is None or found.shape == (0, 3)
