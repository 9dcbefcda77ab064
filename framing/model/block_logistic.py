"""Multinomial logistic regression on soft targets, in which a paragraph is scored by its words and by its article's.

Every feature has two weights for a label: one for the paragraph, one for the mean of its article. Where an article
block is learnt, each paragraph enters twice: in its article, and as an article of its own, so that lone paragraphs are
scored by the same weights; both copies count one half.

Two representations of the same problem are solved here. The primal has the features as they are. The dual has, for n
rows, the n columns of a Cholesky factor of their inner products: a rotation of the features, in which a penalty on the
squared length of the weights is the same, and which costs n numbers a row however many features there are. Its
solution is turned back into weights of the features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from framing.model.articles import ArticleMeans

Floats = NDArray[np.float64]

MOST_STEPS = 2_000
# Pairs of steps from which the solver knows the curvature; 20 saved a third of the steps that 10 need.
MEMORY = 20
# Rows that are equal make the inner products singular; a feature of this relative variance for every row mends that.
JITTER = 1e-10
# Rows of the factor that are multiplied at a time: few enough to leave out nearly half of it, which is nothing.
BAND = 128


class Features(Protocol):
    """A matrix of shape (n_rows, n_features) that can be multiplied from both sides."""

    def times(self, weights: Floats) -> Floats:
        """Multiply with shape (n_features, n_columns), giving (n_rows, n_columns)."""

    def transposed_times(self, values: Floats) -> Floats:
        """Multiply the transpose with shape (n_rows, n_columns), giving (n_features, n_columns)."""

    @property
    def n_features(self) -> int: ...


@dataclass(frozen=True)
class Problem:
    """What is learnt from, whatever represents the features.

    Attributes
    ----------
    targets : ndarray, shape (n_rows, n_labels)
        Shares of the labels; rows sum to 1.
    weights : ndarray, shape (n_rows,)
        How much each row counts.
    articles : ArticleMeans
    variance : float
        Of the article's weights, relative to that of the paragraph's; 0 leaves the article out.
    copies : bool
        Whether each paragraph enters as an article of its own, too.
    """

    targets: Floats
    weights: Floats
    articles: ArticleMeans
    variance: float
    copies: bool

    @property
    def n_blocks(self) -> int:
        return 2 if self.variance > 0 else 1


@dataclass(frozen=True)
class Solution:
    """Weights of the features.

    Attributes
    ----------
    own : ndarray, shape (n_features, n_labels)
    article : ndarray, shape (n_features, n_labels)
        Zeros where the article is left out.
    intercept : ndarray, shape (n_labels,)
    vector : ndarray
        As the solver had it, to begin another fit of the same shape from.
    """

    own: Floats
    article: Floats
    intercept: Floats
    vector: Floats


def balanced_weights(targets: Floats) -> Floats:
    """Weigh rows so that every label has the same share of the whole weight.

    Parameters
    ----------
    targets : ndarray, shape (n_rows, n_labels)

    Returns
    -------
    ndarray, shape (n_rows,)
        With a mean of 1. For one coder they are those of scikit-learn's ``class_weight="balanced"``.
    """
    of_labels = targets.sum(axis=0)
    weights: Floats = targets @ (targets.sum() / (targets.shape[1] * np.maximum(of_labels, 1e-12)))
    return weights


def solve(features: Features, problem: Problem, *, C: float, tolerance: float, start: Floats | None = None) -> Solution:
    """Minimise the weighted cross-entropy of the targets plus the squared weights over 2 C.

    By L-BFGS (Liu and Nocedal 1989).

    Parameters
    ----------
    features : Features
    problem : Problem
    C : float
        Inverse strength of the penalty; the intercept is free.
    tolerance : float
        The largest slope in any direction at the solution, relative to the rows' whole weight.
    start : ndarray, optional
        The ``vector`` of a solution of the same shape.
    """
    n_labels = problem.targets.shape[1]
    n_columns = problem.n_blocks * n_labels
    size = features.n_features * n_columns
    objective = _Objective(features, problem, C)
    found = minimize(
        objective,
        np.zeros(size + n_labels) if start is None else start,
        jac=True,
        method="L-BFGS-B",
        options={
            "maxiter": MOST_STEPS,
            "maxfun": 2 * MOST_STEPS,
            "maxcor": MEMORY,
            "ftol": 0.0,
            "gtol": tolerance * problem.weights.sum(),
        },
    )
    return solution(found.x, features.n_features, problem)


def solution(vector: Floats, n_features: int, problem: Problem) -> Solution:
    """Take a vector of all weights and the intercept apart."""
    n_labels = problem.targets.shape[1]
    solved, intercept = vector[:-n_labels].reshape(n_features, -1), vector[-n_labels:]
    own = solved[:, :n_labels]
    article = np.sqrt(problem.variance) * solved[:, n_labels:] if problem.n_blocks == 2 else np.zeros_like(own)
    return Solution(own, article, intercept - intercept.mean(), vector)


class _Objective:
    """The penalised loss and its slope at a vector of all weights and the intercept."""

    def __init__(self, features: Features, problem: Problem, C: float) -> None:
        self.features, self.problem, self.C = features, problem, C
        self.copies = problem.copies and problem.n_blocks == 2
        self.row_weights = problem.weights / 2 if self.copies else problem.weights
        self.scale = np.sqrt(problem.variance)

    def __call__(self, vector: Floats) -> tuple[float, Floats]:
        problem, n_labels = self.problem, self.problem.targets.shape[1]
        flat, intercept = vector[:-n_labels], vector[-n_labels:]
        weights = flat.reshape(self.features.n_features, -1)
        scored = self.features.times(weights)
        own = scored[:, :n_labels] + intercept
        if problem.n_blocks == 1:
            loss, slope = self._cross_entropy(own)
            of_scores = slope
        else:
            shared = self.scale * scored[:, n_labels:]
            loss, slope = self._cross_entropy(own + problem.articles.means(shared))
            # Averaging is symmetric: the slope goes back through it as the scores came.
            of_scores = np.hstack([slope, self.scale * problem.articles.means(slope)])
            if self.copies:
                alone, of_alone = self._cross_entropy(own + shared)
                loss, slope = loss + alone, slope + of_alone
                of_scores += np.hstack([of_alone, self.scale * of_alone])
        gradient = np.empty_like(vector)
        gradient[:-n_labels] = (self.features.transposed_times(of_scores) + weights / self.C).ravel()
        gradient[-n_labels:] = slope.sum(axis=0)
        return loss + float(flat @ flat) / (2 * self.C), gradient

    def _cross_entropy(self, scores: Floats) -> tuple[float, Floats]:
        targets = self.problem.targets
        shifted = scores - scores.max(axis=1, keepdims=True)
        odds = np.exp(shifted)
        total = odds.sum(axis=1)
        losses = np.log(total) - (targets * shifted).sum(axis=1)
        slope = (odds / total[:, None] - targets) * self.row_weights[:, None]
        return float(losses @ self.row_weights), slope


@dataclass(frozen=True)
class InnerProducts:
    """The dual's features: a Cholesky factor of the rows' inner products.

    Attributes
    ----------
    factor : ndarray, shape (n_rows, n_rows)
    multiplied : ndarray, shape (n_rows, n_rows)
        The same, as it is multiplied with: in single precision it takes a fifth of the time, since it fits into the
        processor's cache.
    """

    factor: Floats
    multiplied: NDArray[np.floating[Any]]

    @classmethod
    def of(cls, products: Floats, *, single_precision: bool = False) -> InnerProducts:
        """Factor inner products, shape (n_rows, n_rows)."""
        mended = products.copy()
        mended[np.diag_indices_from(mended)] += JITTER * max(float(np.trace(products)) / len(products), 1e-300)
        factor: Floats = cholesky(mended, lower=True, overwrite_a=True, check_finite=False)
        return cls(factor, factor.astype(np.float32) if single_precision else factor)

    @property
    def n_features(self) -> int:
        return len(self.factor)

    def times(self, weights: Floats) -> Floats:
        given = weights.astype(self.multiplied.dtype)
        product = np.empty_like(given)
        for rows in self._bands():
            np.matmul(self.multiplied[rows, : rows.stop], given[: rows.stop], out=product[rows])
        return product.astype(np.float64)

    def transposed_times(self, values: Floats) -> Floats:
        given = values.astype(self.multiplied.dtype)
        product = np.empty_like(given)
        for columns in self._bands():
            np.matmul(self.multiplied[columns.start :, columns].T, given[columns.start :], out=product[columns])
        return product.astype(np.float64)

    def _bands(self) -> list[slice]:
        """Cut the factor into bands: of what is above its diagonal, which is nothing, most is then left out.

        In single precision it stays whole. Sums in another order are rounded otherwise there, by so much that of two
        candidates which are all but equal the other may be chosen.
        """
        n_rows = len(self.multiplied)
        height = BAND if self.multiplied.dtype == np.float64 else n_rows
        return [slice(start, min(start + height, n_rows)) for start in range(0, n_rows, height)]

    def of_rows(self, weights: Floats) -> Floats:
        """Turn weights into one for each row, of whose features they are the weighted sum.

        Returns
        -------
        ndarray, shape (n_rows, n_columns)
        """
        coefficients: Floats = solve_triangular(self.factor, weights, lower=True, trans="T", check_finite=False)
        return coefficients
