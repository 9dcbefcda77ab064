"""The features of a training part, and the weights that are learnt from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from framing.model.block_logistic import InnerProducts, Problem, solve
from framing.model.newton import solve_by_newton
from framing.model.single_terms import MergedTerms, merge_single_terms

Floats = NDArray[np.float64]

# Up to so many rows the fit goes by inner products; a matrix of n x n numbers then still fits into memory.
MOST_ROWS_OF_DUAL = 4_000


@dataclass(frozen=True)
class BlockWeights:
    """What a fit learnt: two weights a feature and label, for the paragraph and for the mean of its article.

    Attributes
    ----------
    own, article : ndarray, shape (n_terms, n_labels)
        Of the TF-IDF features.
    own_smoothed, article_smoothed : ndarray, shape (n_dimensions, n_labels)
        Of the smoothed features.
    intercept : ndarray, shape (n_labels,)
    start : ndarray
        Where the next fit of the same rows may begin.
    """

    own: Floats
    article: Floats
    own_smoothed: Floats
    article_smoothed: Floats
    intercept: Floats
    start: Floats

    def score(self, terms: csr_array[Any], smoothed: Floats) -> tuple[Floats, Floats]:
        """Score paragraphs by their own words, and by what their words add to their article's mean.

        Returns
        -------
        own, shared : ndarray, shape (n_rows, n_labels)
            The intercept is in ``own``. The score in an article is ``own`` plus the mean of ``shared`` over its rows,
            that of a lone paragraph the sum of its two.
        """
        n_labels = len(self.intercept)
        # One product for both blocks: reading the sparse rows is what costs.
        both = np.asarray(terms @ np.hstack([self.own, self.article]))
        both += smoothed @ np.hstack([self.own_smoothed, self.article_smoothed])
        return both[:, :n_labels] + self.intercept, both[:, n_labels:]


@dataclass(frozen=True)
class TrainingPart:
    """The features of the rows that are learnt from.

    Attributes
    ----------
    terms : csr_array, shape (n_rows, n_terms)
        TF-IDF.
    smoothed : ndarray, shape (n_rows, n_dimensions)
        x E, not yet scaled; without columns where nothing is smoothed.
    """

    terms: csr_array[Any]
    smoothed: Floats

    def fit(
        self,
        problem: Problem,
        *,
        C: float,
        smoothing: float,
        tolerance: float,
        start: Floats | None = None,
        single_precision: bool = False,
        form: Literal["dual", "primal"] | None = None,
    ) -> BlockWeights:
        """Learn the weights, on one thread: so the same data give the same weights bit for bit.

        Parameters
        ----------
        problem : Problem
        C : float
        smoothing : float
            s²: the variance of the smoothed features' weights, relative to that of the terms'.
        tolerance : float
        start : ndarray, optional
            Of a fit of the same rows and blocks, in the same form.
        single_precision : bool
            Enough to compare figures by, and several times as fast in the dual.
        form : str, optional
            By default the dual for few rows, the primal for many; both have the same solution.
        """
        with threadpool_limits(1):
            if (form or ("dual" if self.terms.shape[0] <= MOST_ROWS_OF_DUAL else "primal")) == "primal":
                return self._fit_primal(problem, smoothing, C=C, tolerance=tolerance, start=start)
            return self._fit_dual(
                problem, smoothing, C=C, tolerance=tolerance, start=start, single_precision=single_precision
            )

    def _fit_dual(
        self,
        problem: Problem,
        smoothing: float,
        *,
        C: float,
        tolerance: float,
        start: Floats | None,
        single_precision: bool,
    ) -> BlockWeights:
        factor = InnerProducts.of(
            self._products + smoothing * self._smoothed_products, single_precision=single_precision
        )
        n_labels = problem.targets.shape[1]
        if start is not None:
            # Weights of rows mean the same whatever the smoothing; those of the factor's columns do not.
            of_rows = start[:-n_labels].reshape(factor.n_features, -1)
            start = np.append((factor.factor.T @ of_rows).ravel(), start[-n_labels:])
        found = solve(factor, problem, C=C, tolerance=tolerance, start=start)
        of_rows = factor.of_rows(found.vector[:-n_labels].reshape(factor.n_features, -1))
        rows = factor.of_rows(np.hstack([found.own, found.article]))
        of_terms, of_smoothed = np.asarray(self.terms.T @ rows), smoothing * (self.smoothed.T @ rows)
        return BlockWeights(
            of_terms[:, :n_labels], of_terms[:, n_labels:], of_smoothed[:, :n_labels], of_smoothed[:, n_labels:],
            found.intercept, np.append(of_rows.ravel(), found.vector[-n_labels:]),
        )  # fmt: skip

    def _fit_primal(
        self, problem: Problem, smoothing: float, *, C: float, tolerance: float, start: Floats | None
    ) -> BlockWeights:
        merged, scale = self._merged, np.sqrt(smoothing)
        features = _SideBySide(merged.features, scale * self.smoothed)
        found = solve_by_newton(features, problem, C=C, tolerance=tolerance, start=start)
        size = merged.features.shape[1]
        return BlockWeights(
            merged.expand(found.own[:size]), merged.expand(found.article[:size]),
            scale * found.own[size:], scale * found.article[size:], found.intercept, found.vector,
        )  # fmt: skip

    @cached_property
    def _products(self) -> Floats:
        products: Floats = (self.terms @ self.terms.T).toarray()
        return products

    @cached_property
    def _smoothed_products(self) -> Floats:
        products: Floats = self.smoothed @ self.smoothed.T
        return products

    @cached_property
    def _merged(self) -> MergedTerms:
        return merge_single_terms(self.terms)


@dataclass(frozen=True)
class _SideBySide:
    """The primal's features: sparse and dense columns."""

    sparse: csr_array[Any]
    dense: Floats

    @cached_property
    def _transposed(self) -> csr_array[Any]:
        return csr_array(self.sparse.T)

    @property
    def n_features(self) -> int:
        return int(self.sparse.shape[1] + self.dense.shape[1])

    def times(self, weights: Floats) -> Floats:
        size = self.sparse.shape[1]
        return np.asarray(self.sparse @ weights[:size]) + self.dense @ weights[size:]

    def transposed_times(self, values: Floats) -> Floats:
        return np.vstack([np.asarray(self._transposed @ values), self.dense.T @ values])

    def squared_transposed_times(self, values: Floats) -> Floats:
        rows = self._transposed
        squared = csr_array((rows.data**2, rows.indices, rows.indptr), shape=rows.shape)
        return np.vstack([np.asarray(squared @ values), (self.dense**2).T @ values])
