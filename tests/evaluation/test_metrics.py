from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from framing.evaluation import metrics

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


def test_by_hand() -> None:
    """Gold a a a b b c, predicted a a b b c c: by the definitions, on paper."""
    confusion = metrics.confusion_matrix(np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2]), 3)
    assert confusion.tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert metrics.accuracy(confusion) == pytest.approx(4 / 6)
    assert metrics.precision(confusion) == pytest.approx([1, 1 / 2, 1 / 2])
    assert metrics.recall(confusion) == pytest.approx([2 / 3, 1 / 2, 1])
    assert metrics.f1(confusion) == pytest.approx([4 / 5, 1 / 2, 2 / 3])
    assert metrics.macro_f1(confusion) == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)
    assert metrics.macro_f1(confusion, 2) == pytest.approx((4 / 5 + 1 / 2) / 2)


@given(pairs)
def test_against_scikit_learn(both: list[tuple[int, int]]) -> None:
    gold, predicted = np.array(both).T
    confusion = metrics.confusion_matrix(gold, predicted, 4)
    assert np.array_equal(confusion, reference.confusion_matrix(gold, predicted, labels=range(4)))
    present = sorted(set(gold) | set(predicted))
    assert metrics.accuracy(confusion) == pytest.approx(reference.accuracy_score(gold, predicted))
    expected = reference.f1_score(gold, predicted, labels=present, average="macro", zero_division=0)
    assert metrics.macro_f1(confusion) == pytest.approx(expected)


@given(pairs, st.integers(0, 10))
def test_paragraphs_without_gold_change_nothing(both: list[tuple[int, int]], more: int) -> None:
    gold, predicted = np.array(both).T
    longer = np.append(gold, np.full(more, -1)), np.append(predicted, np.zeros(more, int))
    assert np.array_equal(metrics.confusion_matrix(*longer, 4), metrics.confusion_matrix(gold, predicted, 4))


def test_undefined_figures_are_not_zero() -> None:
    confusion = np.array([[3.0, 0, 0], [1, 2, 0], [0, 0, 0]])
    assert np.isnan(metrics.f1(confusion)[2])
    assert np.isnan(metrics.precision(confusion)[2])
    assert metrics.macro_f1(confusion) == pytest.approx((6 / 7 + 4 / 5) / 2)


def test_log_loss_by_hand() -> None:
    probabilities = np.array([[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]])
    assert metrics.log_loss(np.array([0, 1, -1]), probabilities) == pytest.approx(-(np.log(0.5) + np.log(0.8)) / 2)
