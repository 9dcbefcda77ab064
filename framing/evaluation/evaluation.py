"""The figures of a run, put together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation import metrics
from framing.evaluation.cross_validation import OutOfFold
from framing.evaluation.intervals import ArticleBootstrap, Figure
from framing.evaluation.splits import SplitPlan
from framing.settings import Experiment

Integers = NDArray[np.int64]

DIGITS = 6
HEADLINE = ("accuracy", "macro_f1", "macro_f1_frames")
# Beyond so many ways to settle the paragraphs without gold, not all are tried.
MOST_SETTLEMENTS = 5_000


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
    """

    summary: dict[str, Any]
    rows: tuple[dict[str, Any], ...]


def evaluate(
    data: LabelledParagraphs,
    plan: SplitPlan,
    predictions: OutOfFold,
    experiment: Experiment,
    boilerplate: NDArray[np.bool_],
) -> Evaluation:
    """Compute every figure from out-of-fold scores.

    Parameters
    ----------
    data : LabelledParagraphs
    plan : SplitPlan
    predictions : OutOfFold
    experiment : Experiment
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        Paragraphs that got the residual by rule. They count in all figures, since the product marks them so, and are
        left out of those 'without_boilerplate', which the model alone answers for.
    """
    labels, predicted = data.codebook.labels, predictions.predicted
    scored = np.where(boilerplate, -1, data.gold)
    bootstrap = ArticleBootstrap.over(plan.groups, experiment.evaluation.bootstrap, experiment.seed)
    confusions = [metrics.confusion_matrix(data.gold, repeat, len(labels)) for repeat in predicted]
    summary = {
        "metrics": _headline(data, data.gold, predicted, bootstrap),
        "without_boilerplate": {
            "paragraphs": int((scored >= 0).sum()),
            "metrics": _headline(data, scored, predicted, bootstrap),
        },
        "baselines": {"majority": {"metrics": _headline(data, data.gold, predictions.majority, bootstrap)}},
        "per_frame": _per_frame(data, predicted, bootstrap),
        "confusion": {
            "labels": list(labels),
            "rows_are": "gold",
            "mean_over_repeats": np.mean(confusions, axis=0).round(DIGITS).tolist(),
        },
        "undecided_gold": _undecided(data, predicted),
        "folds": _folds(data, predictions),
        "protocol": {**_protocol(data, plan, experiment), "boilerplate": int(boilerplate.sum())},
    }
    return Evaluation(summary, tuple(_rows(data, plan, predictions, boilerplate)))


def _headline(
    data: LabelledParagraphs, gold: Integers, predicted: Integers, bootstrap: ArticleBootstrap
) -> dict[str, Any]:
    n_labels, n_frames = len(data.codebook.labels), len(data.codebook.frames)

    def statistic(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
        return _three(confusion, n_frames)

    figures = bootstrap.figures(gold, predicted, n_labels, statistic)
    return dict(zip(HEADLINE, map(_rounded, figures), strict=True))


def _three(confusion: NDArray[np.float64], n_frames: int) -> NDArray[np.float64]:
    """Compute the headline figures, shape (..., 3)."""
    figures = metrics.accuracy(confusion), metrics.macro_f1(confusion), metrics.macro_f1(confusion, n_frames)
    return np.stack(figures, axis=-1)


def _per_frame(data: LabelledParagraphs, predicted: Integers, bootstrap: ArticleBootstrap) -> dict[str, Any]:
    labels = data.codebook.labels
    support = np.bincount(data.gold[data.gold >= 0], minlength=len(labels))
    table: dict[str, Any] = {label: {"support": int(support[place])} for place, label in enumerate(labels)}
    for name, statistic in (("precision", metrics.precision), ("recall", metrics.recall), ("f1", metrics.f1)):
        figures = bootstrap.figures(data.gold, predicted, len(labels), statistic)
        for label, figure in zip(labels, figures, strict=True):
            table[label][name] = _rounded(figure)
    return table


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
        figures.append(_three(confusion, n_frames).mean(axis=0))
    for name, extreme in (("low", np.min(figures, axis=0)), ("high", np.max(figures, axis=0))):
        bounds[name] = dict(zip(HEADLINE, extreme.round(DIGITS).tolist(), strict=True))
    return bounds


def _folds(data: LabelledParagraphs, predictions: OutOfFold) -> list[dict[str, Any]]:
    table = []
    for fold in predictions.folds:
        predicted = predictions.predicted[fold.repeat, fold.test]
        confusion = metrics.confusion_matrix(data.gold[fold.test], predicted, len(data.codebook.labels))
        entry: dict[str, Any] = {
            "repeat": fold.repeat,
            "fold": fold.fold,
            "train": int((data.gold[fold.train] >= 0).sum()),
            "test": int((data.gold[fold.test] >= 0).sum()),
            "C": fold.choice.C,
            "tried": {str(c): round(value, DIGITS) for c, value in fold.choice.tried.items()},
            "accuracy": round(float(metrics.accuracy(confusion)), DIGITS),
            "macro_f1": round(float(metrics.macro_f1(confusion)), DIGITS),
            "macro_f1_frames": round(float(metrics.macro_f1(confusion, len(data.codebook.frames))), DIGITS),
        }
        table.append(entry)
    return table


def _protocol(data: LabelledParagraphs, plan: SplitPlan, experiment: Experiment) -> dict[str, Any]:
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
        "interval": "95%, percentile bootstrap over groups of articles, each with all its repeats; "
        "the variance of training on other articles is not in it",
        "codebook": data.codebook.digest,
        "labels": data.digest,
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


def _rounded(figure: Figure) -> dict[str, float | None]:
    return {key: None if value is None else round(value, DIGITS) for key, value in asdict(figure).items()}
