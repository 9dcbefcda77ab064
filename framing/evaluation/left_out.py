"""Two recipes where the same groups were left out of training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.headline import Yardstick


def paired_left_out(first: dict[str, Any], second: dict[str, Any], yardstick: Yardstick) -> dict[str, Any]:
    """Give the second one's macro-F1 less the first one's, stratum by stratum, on what both judged.

    Parameters
    ----------
    first, second : dict
        The summaries of two evaluations on the same labels.
    yardstick : Yardstick
        Of these labels.

    Returns
    -------
    dict
        Strata that both measured; each with the figures of both and the paired difference.
    """
    outcome = {}
    for name, one in _judged(first, yardstick).items():
        other = _judged(second, yardstick).get(name)
        if other is None:
            continue
        within = (one[0] >= 0) & (other[0] >= 0)
        outcome[name] = {
            "paragraphs": int((within & (yardstick.gold >= 0)).sum()),
            "a": yardstick.of_labels(one, within=within),
            "b": yardstick.of_labels(other, within=within),
            "b_less_a": yardstick.difference(other, one, within=within),
        }
    return outcome


def _judged(summary: dict[str, Any], yardstick: Yardstick) -> dict[str, NDArray[np.int64]]:
    """Return what was predicted for each stratum, shape (1, n_paragraphs); what is no prediction is left out."""
    found = summary.get("shift")
    strata = found.items() if isinstance(found, dict) else ()
    predicted = {}
    for name, figures in strata:
        values = figures.get("predicted") if isinstance(figures, dict) else None
        if isinstance(values, list) and all(
            type(value) is int and -1 <= value < yardstick.n_labels for value in values
        ):
            predicted[name] = np.array([values], dtype=np.int64)
    return {name: values for name, values in predicted.items() if values.shape[1] == len(yardstick.gold)}
