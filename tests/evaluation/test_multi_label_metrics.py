from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    hamming_loss,
    jaccard_score,
    precision_score,
    recall_score,
)

from framing.evaluation import multi_label_metrics as metrics

GOLD = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
PREDICTED = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 1, 0]], bool)


def total(gold, predicted):
    return metrics.sums_of_texts(gold, predicted[None])[0].sum(axis=0)


def test_worked_out_on_paper() -> None:
    """Found 1, 1, 1 of gold 2, 2, 1 and predicted 1, 3, 1; the sets of the second text alone are equal."""
    sums = total(GOLD, PREDICTED)
    assert sums.tolist() == pytest.approx([1, 1, 1, 2, 2, 1, 1, 3, 1, 4, 1, 0.5 + 1 + 0.5 + 0])
    assert metrics.precision(sums) == pytest.approx([1, 1 / 3, 1])
    assert metrics.recall(sums) == pytest.approx([1 / 2, 1 / 2, 1])
    assert metrics.f1(sums) == pytest.approx([2 / 3, 2 / 5, 1])
    assert metrics.micro_f1(sums) == pytest.approx(6 / 10)
    assert metrics.macro_f1(sums) == pytest.approx((2 / 3 + 2 / 5 + 1) / 3)
    assert metrics.macro_f1(sums, 2) == pytest.approx((2 / 3 + 2 / 5) / 2)
    assert metrics.micro_f1(sums, 2) == pytest.approx(4 / 8)
    assert metrics.exact_match(sums) == pytest.approx(1 / 4)
    assert metrics.hamming_loss(sums) == pytest.approx(4 / 12)
    assert metrics.jaccard(sums) == pytest.approx(2 / 4)
    assert metrics.labels_per_text(sums) == pytest.approx([5 / 4, 5 / 4])


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(2, 7), st.floats(0.05, 0.9))
def test_equal_to_the_library(seed: int, n_texts: int, n_labels: int, density: float) -> None:
    random = np.random.default_rng(seed)
    gold, predicted = random.random((2, n_texts, n_labels)) < density
    sums = total(gold, predicted)
    with np.errstate(invalid="ignore"):
        for average, figure in (("micro", metrics.micro_f1), ("macro", metrics.macro_f1), (None, metrics.f1)):
            expected = f1_score(gold, predicted, average=average, zero_division=np.nan)
            assert figure(sums) == pytest.approx(expected, abs=1e-12, nan_ok=True)
        precision = precision_score(gold, predicted, average=None, zero_division=np.nan)
        recall = recall_score(gold, predicted, average=None, zero_division=np.nan)
    assert metrics.precision(sums) == pytest.approx(precision, abs=1e-12, nan_ok=True)
    assert metrics.recall(sums) == pytest.approx(recall, abs=1e-12, nan_ok=True)
    assert metrics.exact_match(sums) == pytest.approx(accuracy_score(gold, predicted), abs=1e-12)
    assert metrics.hamming_loss(sums) == pytest.approx(hamming_loss(gold, predicted), abs=1e-12)
    expected = jaccard_score(gold, predicted, average="samples", zero_division=1)
    assert metrics.jaccard(sums) == pytest.approx(expected, abs=1e-12)
    assert metrics.labels_per_text(sums) == pytest.approx([gold.sum() / n_texts, predicted.sum() / n_texts], abs=1e-12)


def test_repeats_stand_beside_each_other() -> None:
    sums = metrics.sums_of_texts(GOLD, np.stack([PREDICTED, GOLD])).sum(axis=1)
    assert metrics.micro_f1(sums) == pytest.approx([0.6, 1])
    assert metrics.hamming_loss(sums) == pytest.approx([1 / 3, 0])


def test_no_text_at_all_leaves_the_figures_undefined() -> None:
    sums = total(GOLD[:0], PREDICTED[:0])
    for figure in (metrics.micro_f1, metrics.macro_f1, metrics.exact_match, metrics.hamming_loss, metrics.jaccard):
        assert np.isnan(figure(sums))
