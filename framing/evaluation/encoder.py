"""Baselines on the vectors of a sentence encoder: what the package's own recipe would do with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.cross_validation import OwnRecipe
from framing.evaluation.training_data import TrainingData
from framing.settings import (
    CalibrationSettings,
    ContextSettings,
    DecodingSettings,
    Experiment,
)

STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def in_article(data: TrainingData, vectors: NDArray[np.float64], experiment: Experiment) -> OwnRecipe:
    """Put an encoder's vectors in the place of all terms, and leave the rest of the recipe as it is.

    The article's mean, the targets, the decoding, the calibration and the inner folds are those of the experiment.

    Parameters
    ----------
    data : TrainingData
    vectors : ndarray of float, shape (n_paragraphs, n_dimensions)
        Each of a paragraph by itself, so that what one part holds tells nothing of another.
    experiment : Experiment
    """
    features = replace(experiment.features, encoder=True, characters=None, weighting=("idf",))
    classifier = replace(experiment.classifier, C=STRENGTHS)
    return OwnRecipe(
        replace(data, encoded=vectors, words=None, characters=None),
        replace(experiment, features=features, classifier=classifier),
    )


def by_itself(data: TrainingData, vectors: NDArray[np.float64], experiment: Experiment) -> OwnRecipe:
    """Classify an encoder's vectors of single paragraphs by logistic regression on gold labels; see `in_article`."""
    gold = (data.gold[:, None] == np.arange(len(data.labels))).astype(np.float64)
    alone = replace(
        experiment,
        context=ContextSettings(article=(0.0,)),
        decoding=DecodingSettings(emission=(0.0,)),
        calibration=CalibrationSettings(coverage=0.0),
    )
    return in_article(replace(data, targets=gold), vectors, alone)
