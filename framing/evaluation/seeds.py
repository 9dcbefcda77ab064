"""Streams of random numbers that are never the same for two purposes.

Numpy pads a seed with zeros, so that (7,), (7, 0) and (7, 0, 0) begin one and the same stream: here every seed has the
same length and no zeros behind the first number.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    OUTER_FOLDS = 1
    INNER_FOLDS = 2
    BOOTSTRAP = 3
    RANDOMISATION = 4
    RANDOM_FOLDS = 5
    LEARNING_CURVE = 6
    PRIOR_GUESSES = 7
    PERTURBATION = 8
    SHIFT_CONTROL = 9
    EXAMPLES = 10


def stream(seed: int, purpose: Purpose, *, repeat: int = 0, fold: int = 0, attempt: int = 0) -> np.random.Generator:
    """Return the stream for one purpose, repeat, outer fold and attempt."""
    return np.random.default_rng((seed, purpose, repeat + 1, fold + 1, attempt + 1))
