from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from framing.model.logistic import logistic_path
from framing.model.single_terms import merge_single_terms
from framing.settings import ClassifierSettings


def matrix(random: np.random.Generator, n_rows: int, n_columns: int, density: float) -> csr_array:
    dense = random.uniform(0.1, 1, (n_rows, n_columns)) * (random.random((n_rows, n_columns)) < density)
    return csr_array(dense)


@given(seed=st.integers(0, 10_000), n_rows=st.integers(1, 8), n_columns=st.integers(1, 12), density=st.floats(0, 1))
def test_merging_keeps_every_product_of_two_rows(seed: int, n_rows: int, n_columns: int, density: float) -> None:
    """A penalised linear model sees the rows through their products alone (the representer theorem)."""
    features = matrix(np.random.default_rng(seed), n_rows, n_columns, density)
    merged = merge_single_terms(features)
    before, after = features.toarray(), merged.features.toarray()
    assert after @ after.T == pytest.approx(before @ before.T, abs=1e-12)
    # Weights that grow out of the rows score alike and have the same length on both sides.
    weights = np.random.default_rng(seed + 1).normal(size=(n_rows, 3))
    expanded = merged.expand(after.T @ weights)
    assert before @ expanded == pytest.approx(after @ (after.T @ weights), abs=1e-12)
    assert (expanded**2).sum() == pytest.approx(((after.T @ weights) ** 2).sum(), abs=1e-12)
    assert expanded == pytest.approx(before.T @ weights, abs=1e-12)


@pytest.mark.parametrize("n_frames", [2, 4])
def test_the_solution_is_that_of_the_columns_one_by_one(n_frames: int) -> None:
    random = np.random.default_rng(5)
    features = matrix(random, 60, 400, 0.02)
    assert 0.2 < (np.bincount(features.indices, minlength=400) == 1).mean() < 0.8
    gold = random.integers(0, n_frames, 60)
    settings = ClassifierSettings(class_weight="none", tolerance=1e-11)
    coefficients, intercept = next(logistic_path(features, gold, n_frames, strengths=(3.0,), settings=settings))
    plain = LogisticRegression(C=3.0, solver="newton-cg", tol=1e-11, max_iter=1000).fit(features, gold)
    score = features @ coefficients + intercept
    if n_frames == 2:
        assert score[:, 1] - score[:, 0] == pytest.approx(plain.decision_function(features), abs=1e-8)
    else:
        assert coefficients == pytest.approx(plain.coef_.T, abs=1e-8)
        assert score == pytest.approx(plain.decision_function(features), abs=1e-8)


def test_columns_without_a_value_weigh_nothing() -> None:
    merged = merge_single_terms(csr_array(np.array([[0.0, 2.0, 1.0], [0.0, 0.0, 3.0]])))
    assert (merged.shared.tolist(), merged.single.tolist()) == ([2], [1])
    assert merged.expand(np.array([[5.0], [7.0], [9.0]])).tolist() == [[0.0], [7.0], [5.0]]
