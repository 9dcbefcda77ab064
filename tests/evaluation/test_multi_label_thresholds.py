from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.evaluation.multi_label_metrics import exact_match, macro_f1, micro_f1, sums_of_texts
from framing.evaluation.multi_label_thresholds import CANDIDATES, ThresholdSearch, label_sets

SCORES = np.array([[0.9, 0.6, 0.1], [0.2, 0.3, 0.1], [0.5, 0.1, 0.45]])


def places(sets: np.ndarray) -> list[list[int]]:
    return [np.flatnonzero(row).tolist() for row in sets]


def test_without_a_residual_the_most_probable_frame_stands_in() -> None:
    assert places(label_sets(SCORES, 0.5, 3)) == [[0, 1], [1], [0]]
    assert places(label_sets(SCORES, np.array([0.95, 0.7, 0.4]), 3)) == [[0], [1], [2]]
    assert places(label_sets(SCORES, 0.5, 3, at_least_one=False)) == [[0, 1], [], [0]]


def test_the_residual_stands_where_no_frame_does() -> None:
    assert places(label_sets(SCORES, 0.5, 4)) == [[0, 1], [3], [0]]
    assert places(label_sets(SCORES, 0.95, 4, at_least_one=False)) == [[3], [3], [3]]


@given(st.integers(0, 10_000), st.booleans())
def test_every_text_gets_a_label_and_the_residual_stands_alone(seed: int, residual: bool) -> None:
    random = np.random.default_rng(seed)
    scores, thresholds = random.random((30, 4)), random.random(4)
    sets = label_sets(scores, thresholds, 5 if residual else 4)
    assert sets.any(axis=1).all()
    assert ((scores >= thresholds) <= sets[:, :4]).all()
    if residual:
        assert (sets[:, 4] == ~sets[:, :4].any(axis=1)).all()


def search(seed: int, criterion, *, shift=(0.0, 0.0, 0.0), n_texts: int = 240) -> tuple[ThresholdSearch, np.ndarray]:
    """Make probabilities that the labels are drawn from, then distort each frame's by a shift of its log-odds."""
    random = np.random.default_rng(seed)
    logits = random.normal(-0.5, 2, (n_texts, 3))
    gold = random.random((n_texts, 3)) < 1 / (1 + np.exp(-logits))
    probabilities = 1 / (1 + np.exp(-(logits + np.array(shift))))
    bare = ~gold.any(axis=1)
    gold[bare, probabilities[bare].argmax(axis=1)] = True
    return ThresholdSearch(probabilities, gold, criterion), np.arange(n_texts) % 4


def measured(one: ThresholdSearch, thresholds) -> float:
    sets = label_sets(one.probabilities, thresholds, one.gold.shape[1])
    return float(one.criterion(sums_of_texts(one.gold, sets[None])[0].sum(axis=0)))


@pytest.mark.parametrize("criterion", [micro_f1, macro_f1, exact_match])
def test_no_other_candidate_is_better_than_the_common_threshold(criterion) -> None:
    one, _ = search(1, criterion)
    values = one.common()
    assert len(set(values)) == 1
    assert measured(one, values) == pytest.approx(max(measured(one, candidate) for candidate in CANDIDATES))


def test_thresholds_by_frame_come_near_the_best_of_all_combinations() -> None:
    one, _ = search(2, macro_f1, shift=(2.0, 0.0, -2.0), n_texts=60)
    best = max(measured(one, np.array(each)) for each in itertools.product(CANDIDATES[::4], repeat=3))
    assert measured(one, one.by_frame()) >= best - 0.005


def test_frames_whose_probabilities_are_off_by_themselves_get_their_own_thresholds() -> None:
    one, fold = search(3, micro_f1, shift=(2.5, 0.0, -2.5))
    chosen = one.choose(fold)
    assert chosen.kind == "by_frame"
    assert chosen.values[0] > chosen.values[2]
    assert chosen.tried["by_frame"] > chosen.tried["common"]


def test_sound_probabilities_mostly_keep_to_one_threshold() -> None:
    kinds = []
    for seed in range(10):
        one, fold = search(seed, micro_f1, n_texts=60)
        kinds.append(one.choose(fold).kind)
    assert kinds.count("common") >= 7


def test_a_kind_is_measured_on_texts_that_its_thresholds_were_not_chosen_on() -> None:
    one, fold = search(4, micro_f1, n_texts=80)
    figures = []
    for number in range(4):
        rest, here = (
            ThresholdSearch(one.probabilities[part], one.gold[part], micro_f1)
            for part in (fold != number, fold == number)
        )
        figures.append(measured(here, rest.by_frame()))
    assert one.choose(fold).tried["by_frame"] == pytest.approx(np.mean(figures))
    assert measured(one, one.by_frame()) > np.mean(figures)
