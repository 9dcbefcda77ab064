"""A baseline on the vectors of a sentence encoder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from framing.evaluation.cross_validation import Judgement, Part
from framing.evaluation.gold_rows import GoldRows
from framing.evaluation.probabilities import log_loss
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.splits import grouped_folds
from framing.evaluation.tuning import Choice

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

STRENGTHS = (0.25, 1.0, 4.0, 16.0)
MOST_STEPS = 1_000


@dataclass(frozen=True)
class EncoderLogistic:
    """Logistic regression on vectors, labels weighed by the inverse of their frequency, C chosen by inner folds.

    The inner folds are those of the package's own recipe, and choose by log loss. The scores are the logarithms of
    the probabilities.

    Attributes
    ----------
    rows : GoldRows
    vectors : ndarray of float, shape (n_paragraphs, n_dimensions)
        Each of a paragraph by itself, so that what one part holds tells nothing of another.
    seed : int
    inner_folds : int
    """

    rows: GoldRows
    vectors: Floats
    seed: int
    inner_folds: int

    def judge(self, part: Part) -> Judgement:
        learnt, gold = self.rows.learnt_from(part.train)
        with threadpool_limits(1):
            choice = self._choose(learnt, gold, part)
            scores = self._learn_and_score(learnt, gold, part.test, choice.C)
        return Judgement(scores, choice)

    def _choose(self, learnt: Integers, gold: Integers, part: Part) -> Choice:
        streams = partial(stream, self.seed, Purpose.INNER_FOLDS, repeat=part.repeat, fold=part.fold)
        folds = grouped_folds(
            self.rows.groups[learnt], gold, self.rows.labels, self.inner_folds, streams, setting="inner_folds"
        )
        tried = {}
        for strength in STRENGTHS:
            held_out = np.empty((len(learnt), len(self.rows.labels)))
            for fold in np.unique(folds):
                train, test = folds != fold, folds == fold
                held_out[test] = self._learn_and_score(learnt[train], gold[train], learnt[test], strength)
            tried["encoder", strength] = -log_loss(gold, np.exp(held_out))
        # The strongest penalty among equals.
        _, best = max(tried, key=lambda candidate: tried[candidate])
        return Choice(best, "encoder", tried)

    def _learn_and_score(self, train: Integers, gold: Integers, test: Integers, strength: float) -> Floats:
        # Twice as fast here as the library's usual solver, and to a hundredth of its tolerance.
        model = LogisticRegression(
            C=strength, class_weight="balanced", solver="newton-cg", tol=1e-6, max_iter=MOST_STEPS
        )
        model.fit(self.vectors[train], gold)
        scores: Floats = model.predict_log_proba(self.vectors[test])
        return scores
