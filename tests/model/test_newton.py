"""Newton's method against L-BFGS on the same problem, and against the slope at its solution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.model.articles import ArticleMeans
from framing.model.block_logistic import Problem, _Objective, solve
from framing.model.newton import solve_by_newton

N_LABELS = 3


@dataclass(frozen=True)
class Dense:
    matrix: np.ndarray

    @property
    def n_features(self) -> int:
        return self.matrix.shape[1]

    def times(self, weights: np.ndarray) -> np.ndarray:
        return self.matrix @ weights

    def transposed_times(self, values: np.ndarray) -> np.ndarray:
        return self.matrix.T @ values

    def squared_transposed_times(self, values: np.ndarray) -> np.ndarray:
        return (self.matrix**2).T @ values


def made(seed: int, n_rows: int, n_features: int, variance: float, *, copies: bool) -> tuple[Dense, Problem]:
    """Make features of very uneven size, as frequent and rare terms are, and soft targets in articles of three."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(n_rows, n_features)) * np.geomspace(1, 1e-3, n_features)
    targets = random.dirichlet(np.full(N_LABELS, 0.3), size=n_rows)
    articles = ArticleMeans.over(random.integers(max(n_rows // 3, 1), size=n_rows))
    return Dense(matrix), Problem(targets, random.uniform(0.3, 2, n_rows), articles, variance, copies)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    n_rows=st.integers(1, 40),
    n_features=st.integers(1, 60),
    variance=st.sampled_from([0.0, 0.5, 4.0]),
    copies=st.booleans(),
    strength=st.sampled_from([0.01, 1.0, 100.0]),
)
def test_it_finds_what_the_other_solver_finds(
    seed: int, n_rows: int, n_features: int, variance: float, copies: bool, strength: float
) -> None:
    features, problem = made(seed, n_rows, n_features, variance, copies=copies)
    found = solve_by_newton(features, problem, C=strength, tolerance=1e-10)
    expected = solve(features, problem, C=strength, tolerance=1e-10)
    for ours, theirs in ((found.own, expected.own), (found.article, expected.article)):
        assert np.abs(features.times(ours - theirs)).max() < 1e-5
    assert found.intercept == pytest.approx(expected.intercept, abs=1e-5)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), tolerance=st.sampled_from([1e-3, 1e-7, 1e-11]), copies=st.booleans())
def test_no_slope_is_left_but_the_tolerance(seed: int, tolerance: float, copies: bool) -> None:
    features, problem = made(seed, 50, 30, 2.0, copies=copies)
    found = solve_by_newton(features, problem, C=2.0, tolerance=tolerance)
    slope = _Objective(features, problem, 2.0)(found.vector)[1]
    # Below this, rounding is all that is left.
    assert np.abs(slope).max() <= max(tolerance * problem.weights.sum(), 1e-10)


def test_a_hard_fit_is_found_from_anywhere() -> None:
    """With hardly a penalty, from a start where the softmax is saturated and full steps lead astray."""
    features, problem = made(5, 30, 40, 1.0, copies=True)
    size = features.n_features * 2 * N_LABELS + N_LABELS
    start = np.random.default_rng(1).normal(size=size) * 50
    kept = start.copy()
    far, near = (solve_by_newton(features, problem, C=1e4, tolerance=1e-10, start=begun) for begun in (start, None))
    assert np.array_equal(start, kept)
    loss = _Objective(features, problem, 1e4)
    assert loss(far.vector)[0] == pytest.approx(loss(near.vector)[0], rel=1e-9)


def test_a_solution_as_start_is_returned_as_it_is() -> None:
    features, problem = made(6, 30, 20, 1.0, copies=True)
    found = solve_by_newton(features, problem, C=1.0, tolerance=1e-8)
    again = solve_by_newton(features, problem, C=1.0, tolerance=1e-7, start=found.vector)
    assert np.array_equal(found.vector, again.vector)
