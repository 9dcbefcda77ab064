"""What a reader of single paragraphs may rely on: sets of candidates, thresholds, short articles, each label's odds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.acceptance import acceptance_table, surest_half
from framing.evaluation.conformal import measure_conformal
from framing.evaluation.cross_validation import SHORT_LENGTHS, OutOfFold
from framing.evaluation.headline import DIGITS, Yardstick, rounded
from framing.evaluation.intervals import sums_by_group
from framing.evaluation.probabilities import binary_calibration, expected_calibration_error, reliability
from framing.evaluation.training_data import TrainingData
from framing.model import softmax

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

OF_SHORT = (
    "every article cut into pieces of so many paragraphs, each piece read as an article of its own by the same models; "
    "a piece of one paragraph is read alone"
)

OF_SOURCES = (
    "the same models told what kind of source each text is from, as a user may know; everywhere else they go by "
    "the text alone"
)


def measure_in_use(yardstick: Yardstick, predictions: OutOfFold, data: TrainingData, coverage: float) -> dict[str, Any]:
    """Measure what single predictions are worth, as plain values for JSON.

    Parameters
    ----------
    yardstick : Yardstick
    predictions : OutOfFold
    data : TrainingData
    coverage : float
        What the sets of candidates promise.

    Returns
    -------
    dict
        What `measure_left_out` gives, thresholds for keeping what the model is sure of, the calibration of each label's
        probability, and articles of one, two and three paragraphs. Boilerplate, which has no probabilities, is left
        out.
    """
    given, scored = softmax(predictions.scores), ~data.boilerplate
    return {
        **measure_left_out(yardstick, predictions, data, coverage),
        "acceptance": acceptance_table(yardstick.bootstrap, yardstick.gold, given, scored),
        "calibration_by_label": _by_label(
            yardstick, given, np.where(data.boilerplate, -1, yardstick.gold), data.labels
        ),
        "short_articles": _short_articles(yardstick, predictions, data.boilerplate),
    }


def measure_left_out(
    yardstick: Yardstick, predictions: OutOfFold, data: TrainingData, coverage: float
) -> dict[str, Any]:
    """Measure probabilities and sets of candidates, with the sources unknown and, where learnt, known.

    Parameters
    ----------
    yardstick : Yardstick
    predictions : OutOfFold
        ``predicted`` is -1 where nothing was judged.
    data : TrainingData
    coverage : float
    """
    judged = predictions.predicted[0] >= 0
    scored = ~data.boilerplate & judged

    def figures(scores: Floats, sets: Booleans | None) -> dict[str, Any]:
        given = softmax(scores)
        return {
            "probabilities": yardstick.of_probabilities(given, within=scored),
            "surest_half": surest_half(yardstick.bootstrap, yardstick.gold, given, scored),
            "conformal": None
            if sets is None
            else measure_conformal(yardstick, given, sets, data.labels, coverage, within=scored),
        }

    found: dict[str, Any] = figures(predictions.scores, predictions.candidates)
    if predictions.sourced_scores is not None:
        labels = predictions.sourced_scores.argmax(axis=-1)
        labels[:, data.boilerplate] = yardstick.n_labels - 1
        found["source_known"] = {
            "of": OF_SOURCES,
            "metrics": yardstick.of_labels(labels, within=judged),
            "better_than_unknown_by": yardstick.difference(labels, predictions.predicted, within=judged),
            **figures(predictions.sourced_scores, predictions.sourced_candidates),
        }
    return found


def _short_articles(yardstick: Yardstick, predictions: OutOfFold, boilerplate: Booleans) -> dict[str, Any] | None:
    """Read articles in pieces of one, two and three paragraphs, and set each against reading every paragraph alone."""
    if predictions.short_scores is None:
        return None
    n_labels = yardstick.n_labels

    def labelled(scores: Floats) -> Integers:
        predicted: Integers = scores.argmax(axis=-1)
        predicted[:, boilerplate] = n_labels - 1
        return predicted

    alone = labelled(predictions.short_scores[:, 0])
    lengths = {}
    for place, length in enumerate(SHORT_LENGTHS):
        scores = predictions.short_scores[:, place]
        predicted = labelled(scores)
        lengths[str(length)] = {
            "metrics": {
                **yardstick.of_labels(predicted),
                **yardstick.of_probabilities(softmax(scores), within=~boilerplate),
            },
            **({"better_than_alone_by": yardstick.difference(predicted, alone)} if length > 1 else {}),
        }
    return {"of": OF_SHORT, "lengths": lengths}


def _by_label(yardstick: Yardstick, given: Floats, gold: Integers, labels: Sequence[str]) -> dict[str, Any]:
    """Hold the probability of each label against how often it is gold."""
    member, bins = yardstick.bootstrap.member, yardstick.bins
    known = gold >= 0
    told = {}
    for place, label in enumerate(labels):
        sums = binary_calibration(given[..., place], gold == place, known, member, bins)
        [error] = yardstick.bootstrap.figures_of_sums(sums, expected_calibration_error)
        squares = np.square(given[..., place] - (gold == place)) * known
        columns = np.stack([np.broadcast_to(known, squares.shape).astype(np.float64), squares], axis=-1)
        [brier] = yardstick.bootstrap.figures_of_sums(sums_by_group(columns, member), _mean)
        table = reliability(sums.sum(axis=(0, 1)))
        told[label] = {
            "expected_calibration_error": rounded(error),
            "brier": rounded(brier),
            "bins": [
                {
                    "mean_probability": None if np.isnan(row[0]) else round(float(row[0]), DIGITS),
                    "share_gold": None if np.isnan(row[1]) else round(float(row[1]), DIGITS),
                    "predictions": int(row[2]),
                }
                for row in table
            ],
        }
    return told


def _mean(sums: Floats) -> Floats:
    number = sums[..., 0]
    means: Floats = np.divide(sums[..., 1], number, out=np.full_like(number, np.nan), where=number > 0)
    return means
