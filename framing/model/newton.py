"""The solver for many rows: Newton's method, each step found by conjugate gradients.

A step costs some products with the features, as many as its conjugate gradients need, and a few vectors as long as the
weights. L-BFGS reads forty such vectors for each of its steps, which by ten thousand paragraphs takes longer than the
products themselves, and needs more steps the more rows there are.

Truncated Newton (Dembo and Steihaug 1983), the gradients preconditioned by the curvature's diagonal (Komarek and Moore
2005, Making logistic regression a core data mining tool, who solve logistic regression so): rare terms curve the loss
far less than frequent ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from framing.model.block_logistic import Features, Problem, Solution, solution

Floats = NDArray[np.float64]

MOST_STEPS = 100
MOST_PRODUCTS_OF_A_STEP = 500
# A step need not be found more exactly than Newton's model of the loss holds: of what remains, this share may stay,
# and less the nearer the solution is.
LOOSEST = 0.25
# The share of the promised descent that a step must keep, and how far rounding may hide a loss that is lower.
DESCENT = 1e-4
ROUNDING = 1e-13
SHORTEST = 1e-10


class SquaredFeatures(Features, Protocol):
    """Features whose squares can be multiplied, too."""

    def squared_transposed_times(self, values: Floats) -> Floats:
        """Multiply the transpose of the squared features with shape (n_rows, n_columns)."""


def solve_by_newton(
    features: SquaredFeatures, problem: Problem, *, C: float, tolerance: float, start: Floats | None = None
) -> Solution:
    """Find what `framing.model.block_logistic.solve` finds; the parameters are the same."""
    n_labels = problem.targets.shape[1]
    loss = _Loss(features, problem, C)
    size = features.n_features * problem.n_blocks * n_labels
    vector = np.zeros(size + n_labels) if start is None else start.copy()
    scores, first = loss.scores(vector), 0.0
    goal = tolerance * float(problem.weights.sum())
    for _ in range(MOST_STEPS):
        chances = [_softmax(each) for each in scores]
        slope = loss.slope(chances, vector)
        steepest, length = float(np.abs(slope).max()), float(np.linalg.norm(slope))
        if steepest <= goal:
            break
        first = first or length
        remaining = min(LOOSEST, np.sqrt(length / first))
        # The last step need not go far beyond the goal.
        direction = _conjugate_gradients(loss, chances, slope, max(remaining, 0.3 * goal / steepest))
        line = _Line(loss, vector, scores, direction, loss.scores(direction))
        step = line.step(float(slope @ direction))
        if step == 0:
            break
        vector, scores = line.at(step)
    return solution(vector, features.n_features, problem)


@dataclass(frozen=True)
class _Loss:
    """The penalised loss of `framing.model.block_logistic`, in the terms that Newton's method needs.

    The scores of the rows are linear in the vector of weights and intercept: those in the article, and where there are
    copies those of each paragraph alone.
    """

    features: SquaredFeatures
    problem: Problem
    C: float

    @property
    def _copies(self) -> bool:
        return self.problem.copies and self.problem.n_blocks == 2

    @property
    def row_weights(self) -> Floats:
        weights = self.problem.weights[:, None]
        return weights / 2 if self._copies else weights

    @property
    def _scale(self) -> float:
        return float(np.sqrt(self.problem.variance))

    def scores(self, vector: Floats) -> list[Floats]:
        n_labels = self.problem.targets.shape[1]
        scored = self.features.times(vector[:-n_labels].reshape(self.features.n_features, -1))
        own = scored[:, :n_labels] + vector[-n_labels:]
        if self.problem.n_blocks == 1:
            return [own]
        shared = self._scale * scored[:, n_labels:]
        in_article = own + self.problem.articles.means(shared)
        return [in_article, own + shared] if self._copies else [in_article]

    def value(self, vector: Floats, scores: list[Floats]) -> float:
        losses = np.zeros(len(self.problem.targets))
        for each in scores:
            shifted = each - each.max(axis=1, keepdims=True)
            losses += np.log(np.exp(shifted).sum(axis=1)) - (self.problem.targets * shifted).sum(axis=1)
        flat = vector[: -self.problem.targets.shape[1]]
        return float(losses @ self.row_weights[:, 0]) + float(flat @ flat) / (2 * self.C)

    def slope(self, chances: list[Floats], vector: Floats) -> Floats:
        return self._back([(each - self.problem.targets) * self.row_weights for each in chances], vector)

    def curvature(self, chances: list[Floats], direction: Floats) -> Floats:
        """Multiply the matrix of second derivatives with a direction."""
        pairs = zip(chances, self.scores(direction), strict=True)
        of_scores = [
            self.row_weights * each * (along - (each * along).sum(axis=1, keepdims=True)) for each, along in pairs
        ]
        return self._back(of_scores, direction)

    def diagonal(self, chances: list[Floats]) -> Floats:
        """Give the diagonal of that matrix, where terms of an article are taken to stand in one of its paragraphs."""
        spreads = [self.row_weights * each * (1 - each) for each in chances]
        of_rows, intercept = spreads[0], sum(each.sum(axis=0) for each in spreads)
        if self.problem.n_blocks == 2:
            articles = self.problem.articles
            shared = articles.means(spreads[0]) / articles.sizes[articles.member][:, None]
            of_rows = np.hstack([spreads[0], self._scale**2 * shared])
            if self._copies:
                of_rows += np.hstack([spreads[1], self._scale**2 * spreads[1]])
        of_weights = self.features.squared_transposed_times(of_rows) + 1 / self.C
        # Where all rows are sure of their label, the intercept hardly curves the loss.
        return np.append(of_weights.ravel(), np.maximum(intercept, 1e-10 * self.row_weights.sum()))

    def _back(self, of_scores: list[Floats], vector: Floats) -> Floats:
        """Turn slopes of the scores into those of the weights and the intercept, with the penalty's."""
        own = of_scores[0]
        of_rows = own
        if self.problem.n_blocks == 2:
            # Averaging is symmetric: the slope goes back through it as the scores came.
            of_rows = np.hstack([own, self._scale * self.problem.articles.means(own)])
            if self._copies:
                own, alone = own + of_scores[1], of_scores[1]
                of_rows += np.hstack([alone, self._scale * alone])
        n_labels = self.problem.targets.shape[1]
        slope = np.empty_like(vector)
        slope[:-n_labels] = self.features.transposed_times(of_rows).ravel()
        slope[:-n_labels] += vector[:-n_labels] / self.C
        slope[-n_labels:] = own.sum(axis=0)
        return slope


def _conjugate_gradients(loss: _Loss, chances: list[Floats], slope: Floats, remaining: float) -> Floats:
    """Find the step at which Newton's model of the loss is lowest, up to a share of the slope that may remain."""
    diagonal = loss.diagonal(chances)
    step, residual = np.zeros_like(slope), -slope
    scaled = residual / diagonal
    direction, size = scaled.copy(), float(residual @ scaled)
    goal = remaining**2 * size
    for _ in range(MOST_PRODUCTS_OF_A_STEP):
        curved = loss.curvature(chances, direction)
        bend = float(direction @ curved)
        if bend <= 0:
            # Nothing is left but rounding: the loss is convex.
            break
        step += size / bend * direction
        residual -= size / bend * curved
        np.divide(residual, diagonal, out=scaled)
        before, size = size, float(residual @ scaled)
        if size <= goal:
            break
        direction *= size / before
        direction += scaled
    return step


@dataclass(frozen=True)
class _Line:
    """The places that lie in one direction, where products with the features are no longer needed.

    Attributes
    ----------
    loss : _Loss
    vector, scores
        Where it begins.
    direction, along
        The same of the direction.
    """

    loss: _Loss
    vector: Floats
    scores: list[Floats]
    direction: Floats
    along: list[Floats]

    def at(self, step: float) -> tuple[Floats, list[Floats]]:
        scores = [one + step * other for one, other in zip(self.scores, self.along, strict=True)]
        return self.vector + step * self.direction, scores

    def step(self, descent: float) -> float:
        """Halve the step until the loss keeps what the slope promises; 0 where rounding hides any descent."""
        value, step = self.loss.value(self.vector, self.scores), 1.0
        while descent < 0 and step > SHORTEST:
            vector, scores = self.at(step)
            reached = self.loss.value(vector, scores)
            if reached <= value + DESCENT * step * descent:
                return step
            # So near the solution that two losses look the same, the slope still tells how far one has gone.
            if reached <= value + ROUNDING * abs(value) and abs(self._slope(vector, scores)) < -descent:
                return step
            step /= 2
        return 0.0

    def _slope(self, vector: Floats, scores: list[Floats]) -> float:
        problem, n_labels = self.loss.problem, self.loss.problem.targets.shape[1]
        of_rows = sum(
            ((_softmax(one) - problem.targets) * other).sum(axis=1)
            for one, other in zip(scores, self.along, strict=True)
        )
        of_penalty = float(vector[:-n_labels] @ self.direction[:-n_labels]) / self.loss.C
        return float(of_rows @ self.loss.row_weights[:, 0]) + of_penalty


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = odds / odds.sum(axis=1, keepdims=True)
    return chances
