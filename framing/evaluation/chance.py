"""Baselines that read no text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framing.evaluation.cross_validation import Judgement, Part
from framing.evaluation.gold_rows import GoldRows
from framing.evaluation.seeds import Purpose, stream


@dataclass(frozen=True)
class Majority:
    """The training part's most frequent label, the first of equals in codebook order.

    The scores are the logarithms of the labels' shares: the probabilities of one who knows these alone.
    """

    rows: GoldRows

    def judge(self, part: Part) -> Judgement:
        _, gold = self.rows.learnt_from(part.train)
        shares = np.bincount(gold) / len(gold)
        return Judgement(np.tile(np.log(shares), (len(part.test), 1)))


@dataclass(frozen=True)
class PriorRandom:
    """A label drawn by the training part's shares; the scores say which, 1 for it and 0 for the others."""

    rows: GoldRows
    seed: int

    def judge(self, part: Part) -> Judgement:
        _, gold = self.rows.learnt_from(part.train)
        shares = np.bincount(gold) / len(gold)
        random = stream(self.seed, Purpose.PRIOR_GUESSES, repeat=part.repeat, fold=part.fold)
        drawn = random.choice(len(shares), size=len(part.test), p=shares)
        return Judgement(np.eye(len(shares))[drawn])
