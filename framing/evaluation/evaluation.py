"""The main figures of a run, put together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation import metrics, probabilities
from framing.evaluation.choice import Chosen
from framing.evaluation.cross_validation import OutOfFold, Part
from framing.evaluation.headline import DIGITS, Yardstick, rounded
from framing.evaluation.leakage import copies_in_training
from framing.evaluation.splits import SplitPlan
from framing.model import softmax
from framing.settings import Experiment, as_table

Integers = NDArray[np.int64]

SETTLED = ("accuracy", "macro_f1", "macro_f1_frames")
# Beyond so many ways to settle the paragraphs without gold, not all are tried.
MOST_SETTLEMENTS = 5_000
INTERVAL = (
    "95%, percentile bootstrap over groups of articles, each with all its repeats; "
    "the variance of training on other articles is not in it"
)


@dataclass(frozen=True)
class Evaluation:
    """What was measured, and on what each figure rests.

    Attributes
    ----------
    summary : dict
        The content of ``evaluation.json``.
    rows : tuple of dict
        The lines of ``evaluation-rows.jsonl``: repeat, fold, paragraph, gold, scores (None for boilerplate, which is
        not scored). Of texts that are not ours the paragraph is the number of its data row.
    studies : tuple of dict
        The lines of ``evaluation-studies.jsonl``: what was said of the parts of all studies, but for the scores that
        stand in ``rows``. Empty where a text may carry several labels.
    """

    summary: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    studies: tuple[dict[str, Any], ...] = ()


def evaluate(  # noqa: PLR0917
    data: LabelledParagraphs,
    plan: SplitPlan,
    predictions: OutOfFold,
    yardstick: Yardstick,
    experiment: Experiment,
    boilerplate: NDArray[np.bool_],
) -> Evaluation:
    """Compute the main figures from out-of-fold scores.

    Parameters
    ----------
    data : LabelledParagraphs
    plan : SplitPlan
    predictions : OutOfFold
    yardstick : Yardstick
    experiment : Experiment
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        Paragraphs that got the residual by rule. They count in all figures that rest on labels, since the product
        marks them so, and are left out of those 'without_boilerplate', which the model alone answers for. They have no
        probabilities.
    """
    labels, predicted = data.codebook.labels, predictions.predicted
    given = softmax(predictions.scores)
    framed = (data.gold >= 0) & (data.gold < len(data.codebook.frames))
    confusions = [metrics.confusion_matrix(data.gold, repeat, len(labels)) for repeat in predicted]
    summary = {
        "metrics": {**yardstick.of_labels(predicted), **yardstick.of_probabilities(given, within=~boilerplate)},
        "paragraphs_with_a_frame": {
            "paragraphs": int(framed.sum()),
            "metrics": {
                # A residual that is never gold here has an F1 of 0 that says nothing.
                **{
                    name: figure
                    for name, figure in yardstick.of_labels(predicted, within=framed).items()
                    if name not in {"macro_f1", "micro_f1"}
                },
                **yardstick.of_probabilities(given, within=framed & ~boilerplate),
            },
        },
        "without_boilerplate": {
            "paragraphs": int(((data.gold >= 0) & ~boilerplate).sum()),
            "metrics": yardstick.of_labels(predicted, within=~boilerplate),
            "per_frame": _per_frame(data.codebook.labels, np.where(boilerplate, -1, data.gold), predicted, yardstick),
        },
        "with_probabilities": int(((data.gold >= 0) & ~boilerplate).sum()),
        "per_frame": _per_frame(data.codebook.labels, data.gold, predicted, yardstick),
        "confusion": {
            "labels": list(labels),
            "rows_are": "gold",
            "mean_over_repeats": np.mean(confusions, axis=0).round(DIGITS).tolist(),
        },
        "calibration": _calibration(given, np.where(boilerplate, -1, data.gold), yardstick),
        "undecided_gold": _undecided(data, predicted),
        "copies_in_training": copies_in_training(plan, predicted, yardstick),
        "folds": [
            _fold(part, choice, data, predicted, boilerplate)
            for part, choice in zip(predictions.parts, predictions.choices, strict=True)
        ],
        "protocol": {**protocol(data, plan, experiment), "boilerplate": int(boilerplate.sum())},
    }
    return Evaluation(summary, tuple(_rows(data, plan, predictions, boilerplate)))


def protocol(data: LabelledParagraphs, plan: SplitPlan, experiment: Experiment) -> dict[str, Any]:
    """Tell how the figures came about."""
    settings = experiment.evaluation
    return {
        "paragraphs": len(data.ids),
        "with_gold": int((data.gold >= 0).sum()),
        "articles": len(set(data.articles)),
        "groups": len(np.unique(plan.groups)),
        "near_duplicate": settings.near_duplicate,
        "near_duplicate_pairs": plan.near_duplicate_pairs,
        "published_folds": plan.published,
        "pairs_across_folds": plan.pairs_across_folds,
        "folds": len(np.unique(plan.test_fold[0])),
        "repeats": len(plan.test_fold),
        "inner_folds": settings.inner_folds,
        "tuning_metric": settings.tuning_metric,
        "seed": experiment.seed,
        "bootstrap": settings.bootstrap,
        "interval": INTERVAL,
        "studies": list(settings.studies),
        "codebook": data.codebook.digest,
        "labels": data.digest,
        "frames": [frame.id for frame in data.codebook.frames],
        "residual": data.codebook.residual,
        "experiment": as_table(experiment),
    }


def _per_frame(labels: Sequence[str], gold: Integers, predicted: Integers, yardstick: Yardstick) -> dict[str, Any]:
    support = np.bincount(gold[gold >= 0], minlength=len(labels))
    table: dict[str, Any] = {label: {"support": int(support[place])} for place, label in enumerate(labels)}
    for name, statistic in (("precision", metrics.precision), ("recall", metrics.recall), ("f1", metrics.f1)):
        figures = yardstick.bootstrap.figures(gold, predicted, len(labels), statistic)
        for label, figure in zip(labels, figures, strict=True):
            table[label][name] = rounded(figure)
    return table


def _calibration(given: NDArray[np.float64], gold: Integers, yardstick: Yardstick) -> dict[str, Any]:
    sums = probabilities.calibration_by_group(gold, given, yardstick.bootstrap.member, yardstick.bins).sum(axis=0)
    # All repeats in one table: a mean of their rows would weigh an empty bin like a full one.
    table = probabilities.reliability(sums.sum(axis=0))
    return {
        "of": "the largest probability, in bins of equal width, all repeats together; the headline's error is the mean "
        "of the repeats' own",
        "caution": "chance alone gives every bin some error, so that the error of few paragraphs is above 0 for a "
        "perfectly calibrated model, and the bootstrap interval, which adds chance once more, lies too high",
        "expected_of_a_calibrated_model": _expected_error(sums),
        "bins": [
            {
                "from": round(number / yardstick.bins, DIGITS),
                "to": round((number + 1) / yardstick.bins, DIGITS),
                "mean_probability": None if np.isnan(row[0]) else round(float(row[0]), DIGITS),
                "share_right": None if np.isnan(row[1]) else round(float(row[1]), DIGITS),
                "predictions": int(row[2]),
            }
            for number, row in enumerate(table)
        ],
    }


def _expected_error(sums: NDArray[np.float64]) -> float:
    """Approximate the calibration error that chance gives to a calibrated model with these confidences.

    In each bin the share right is then nearly normal around the mean confidence p, with the variance p(1-p)/n, and its
    mean absolute deviation is sqrt(2 / pi) times the standard deviation.

    Parameters
    ----------
    sums : ndarray, shape (n_repeats, bins, 3)
    """
    number, confidence = sums[..., 0], sums[..., 1]
    p = np.divide(confidence, number, out=np.zeros_like(number), where=number > 0)
    of_bins = np.sqrt(2 / np.pi * number * p * (1 - p))
    return round(float((of_bins.sum(axis=-1) / number.sum(axis=-1)).mean()), DIGITS)


def _undecided(data: LabelledParagraphs, predicted: Integers) -> dict[str, Any]:
    """Bound what the paragraphs without gold could change: every way to settle them on one of their coders' labels."""
    without = np.flatnonzero(data.gold < 0)
    coded = [np.flatnonzero(data.targets[row] > 0).tolist() for row in without]
    bounds: dict[str, Any] = {"paragraphs": len(without), "low": None, "high": None}
    if not len(without) or math.prod(map(len, coded)) > MOST_SETTLEMENTS:
        return bounds
    n_labels, n_frames = len(data.codebook.labels), len(data.codebook.frames)
    decided = np.stack([metrics.confusion_matrix(data.gold, repeat, n_labels) for repeat in predicted])
    figures = []
    for settlement in itertools.product(*coded):
        confusion = decided.copy()
        for row, label in zip(without, settlement, strict=True):
            confusion[np.arange(len(predicted)), label, predicted[:, row]] += 1
        one = metrics.accuracy(confusion), metrics.macro_f1(confusion), metrics.macro_f1(confusion, n_frames)
        figures.append(np.mean(one, axis=1))
    for name, extreme in (("low", np.min(figures, axis=0)), ("high", np.max(figures, axis=0))):
        bounds[name] = dict(zip(SETTLED, extreme.round(DIGITS).tolist(), strict=True))
    return bounds


def _fold(
    part: Part,
    choice: Chosen | None,
    data: LabelledParagraphs,
    predicted: Integers,
    boilerplate: NDArray[np.bool_],
) -> dict[str, Any]:
    confusion = metrics.confusion_matrix(
        data.gold[part.test], predicted[part.repeat, part.test], len(data.codebook.labels)
    )
    return {
        # First, so that what a record calls a choice takes no other figure's place.
        **({} if choice is None else choice.as_table()),
        "repeat": part.repeat,
        "fold": part.fold,
        "train": int(((data.gold >= 0) & ~boilerplate)[part.train].sum()),
        "test": int((data.gold[part.test] >= 0).sum()),
        "accuracy": round(float(metrics.accuracy(confusion)), DIGITS),
        "macro_f1": round(float(metrics.macro_f1(confusion)), DIGITS),
        "macro_f1_frames": round(float(metrics.macro_f1(confusion, len(data.codebook.frames))), DIGITS),
    }


def _rows(
    data: LabelledParagraphs, plan: SplitPlan, predictions: OutOfFold, boilerplate: NDArray[np.bool_]
) -> Sequence[dict[str, Any]]:
    labels = (*data.codebook.labels, None)
    names: Sequence[str | int] = data.ids if data.ours else [int(number) for number in data.ids]
    return [
        {
            "repeat": repeat,
            "fold": int(plan.test_fold[repeat, row]),
            "paragraph": names[row],
            "gold": labels[data.gold[row]],
            "scores": None if boilerplate[row] else scores[row].round(DIGITS).tolist(),
        }
        for repeat, scores in enumerate(predictions.scores)
        for row in range(len(names))
    ]
