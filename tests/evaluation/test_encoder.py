from __future__ import annotations

import numpy as np
import pytest

from framing.errors import EvaluationError
from framing.evaluation.cross_validation import Part
from framing.evaluation.encoder import STRENGTHS, EncoderLogistic
from framing.evaluation.gold_rows import GoldRows
from framing.model import softmax


def recipe(spread: float, n_paragraphs: int = 240) -> EncoderLogistic:
    """Make vectors around three corners, in articles of four paragraphs."""
    random = np.random.default_rng(0)
    gold = np.arange(n_paragraphs) % 3
    vectors = np.eye(3, 8)[gold] + spread * random.normal(size=(n_paragraphs, 8))
    groups = np.arange(n_paragraphs) // 4
    rows = GoldRows(gold, np.zeros(n_paragraphs, bool), groups, ("a", "b", "c"))
    return EncoderLogistic(rows, vectors, seed=1, inner_folds=3)


PART = Part(0, 0, np.arange(120), np.arange(120, 240))


def test_near_vectors_have_the_same_label() -> None:
    judgement = recipe(0.1).judge(PART)
    assert (judgement.scores.argmax(axis=1) == np.arange(120, 240) % 3).all()
    assert np.allclose(np.exp(judgement.scores).sum(axis=1), 1)
    assert np.allclose(softmax(judgement.scores), np.exp(judgement.scores))


def test_inner_folds_choose_by_log_loss() -> None:
    """Clear vectors bear a weak penalty, and vectors that hide the label in noise need a strong one."""
    clear, hidden = recipe(0.05).judge(PART).choice, recipe(3.0).judge(PART).choice
    chosen = [choice.C for choice in (hidden, clear)]
    assert chosen == [min(STRENGTHS), max(STRENGTHS)]
    for choice in (clear, hidden):
        assert set(choice.tried) == {("encoder", strength) for strength in STRENGTHS}
        assert choice.tried["encoder", choice.C] == max(choice.tried.values())


def test_too_few_articles_for_the_inner_folds_are_refused() -> None:
    part = Part(0, 0, np.arange(8), np.arange(120, 240))
    with pytest.raises(EvaluationError, match="inner_folds"):
        recipe(0.1).judge(part)
