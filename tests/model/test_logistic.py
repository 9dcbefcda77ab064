from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from framing.model import softmax
from framing.model.logistic import logistic_path
from framing.settings import ClassifierSettings


def example(n_frames: int) -> tuple[csr_array, np.ndarray]:
    random = np.random.default_rng(3)
    features = random.normal(size=(60, 5))
    gold = (features @ random.normal(size=(5, n_frames)) + random.normal(size=(60, n_frames))).argmax(axis=1)
    return csr_array(features), gold


@pytest.mark.parametrize("n_frames", [2, 3, 5])
@pytest.mark.parametrize("class_weight", ["balanced", "none"])
def test_gradient_of_the_penalised_loss_is_zero_at_the_solution(n_frames: int, class_weight: str) -> None:
    """The optimum is checked by its own definition and not by another call of the library."""
    features, gold = example(n_frames)
    strength = 2.0
    settings = ClassifierSettings(C=(strength,), class_weight=class_weight, tolerance=1e-11)
    coefficients, intercept = next(logistic_path(features, gold, n_frames, strengths=(strength,), settings=settings))
    assert coefficients.shape == (5, n_frames)
    assert intercept.shape == (n_frames,)
    counts = np.bincount(gold, minlength=n_frames)
    weights = (len(gold) / (n_frames * counts))[gold] if class_weight == "balanced" else np.ones(len(gold))
    residual = (softmax(features @ coefficients + intercept) - np.eye(n_frames)[gold]) * weights[:, None]
    # With two frames the penalty falls on the difference of the two weights, which is twice either.
    penalty = coefficients * (2 if n_frames == 2 else 1) / strength
    gradient = features.T @ residual + penalty
    assert np.abs(gradient).max() < 1e-8
    assert np.abs(residual.sum(axis=0)).max() < 1e-8


def test_a_missing_frame_is_refused() -> None:
    features, gold = example(2)
    with pytest.raises(ValueError, match="holds 2 of 3 labels"):
        next(logistic_path(features, gold, 3, strengths=(1.0,), settings=ClassifierSettings()))


def test_a_path_ends_where_each_fit_alone_ends() -> None:
    features, gold = example(3)
    strengths = (0.5, 4.0, 32.0)
    settings = ClassifierSettings(C=strengths, tolerance=1e-11)
    path = logistic_path(features, gold, 3, strengths=strengths, settings=settings)
    for strength, (coefficients, intercept) in zip(strengths, path, strict=True):
        alone = next(logistic_path(features, gold, 3, strengths=(strength,), settings=settings))
        assert np.abs(coefficients - alone[0]).max() < 1e-7
        assert np.abs(intercept - alone[1]).max() < 1e-7
