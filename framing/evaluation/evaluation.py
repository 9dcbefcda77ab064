"""The figures of a run, put together."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Evaluation:
    """What was measured, and on what each figure rests.

    Attributes
    ----------
    summary : dict
        The content of ``evaluation.json``.
    rows : tuple of dict
        The lines of ``evaluation-rows.jsonl``: repeat, fold, paragraph, gold, scores. Of texts that are not ours the
        paragraph is its row number.
    """

    summary: dict[str, Any]
    rows: tuple[dict[str, Any], ...]


def evaluate(data: LabelledParagraphs, plan: SplitPlan, predictions: OutOfFold, experiment: Experiment) -> Evaluation:
    """Compute every figure from out-of-fold scores."""
    labels = data.codebook.labels
    predicted = predictions.scores.argmax(axis=2)
    bootstrap = ArticleBootstrap.over(plan.groups, experiment.evaluation.bootstrap, experiment.seed)
    confusions = [metrics.confusion_matrix(data.gold, repeat, len(labels)) for repeat in predicted]
    summary = {
        "metrics": _headline(data, predicted, bootstrap),
        "baselines": {"majority": {"metrics": _headline(data, predictions.majority, bootstrap)}},
        "per_frame": _per_frame(data, predicted, bootstrap),
        "confusion": {
            "labels": list(labels),
            "rows_are": "gold",
            "mean_over_repeats": np.mean(confusions, axis=0).round(DIGITS).tolist(),
        },
        "undecided_gold": _undecided(data, predicted),
        "folds": _folds(data, predictions),
        "protocol": _protocol(data, plan, experiment),
    }
    return Evaluation(summary, tuple(_rows(data, plan, predictions)))


def _headline(data: LabelledParagraphs, predicted: Integers, bootstrap: ArticleBootstrap) -> dict[str, Any]:
    n_labels, n_frames = len(data.codebook.labels), len(data.codebook.frames)

    def statistic(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
        figures = metrics.accuracy(confusion), metrics.macro_f1(confusion), metrics.macro_f1(confusion, n_frames)
        return np.stack(figures, axis=-1)

    figures = bootstrap.figures(data.gold, predicted, n_labels, statistic)
    return dict(zip(("accuracy", "macro_f1", "macro_f1_frames"), map(_rounded, figures), strict=True))


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
    """Bound what the paragraphs without gold could change: every one judged for, or against, the model."""
    without = np.flatnonzero(data.gold < 0)
    bounds = {}
    for name, in_favour in (("best_case", True), ("worst_case", False)):
        figures = []
        for repeat in predicted:
            gold = data.gold.copy()
            gold[without] = [_judged(data.targets[row], repeat[row], in_favour=in_favour) for row in without]
            confusion = metrics.confusion_matrix(gold, repeat, len(data.codebook.labels))
            figures.append((metrics.accuracy(confusion), metrics.macro_f1(confusion)))
        accuracy, macro_f1 = np.mean(figures, axis=0)
        bounds[name] = {"accuracy": round(float(accuracy), DIGITS), "macro_f1": round(float(macro_f1), DIGITS)}
    return {"paragraphs": len(without), **bounds}


def _judged(targets: NDArray[np.float64], predicted: int, *, in_favour: bool) -> int:
    """Choose among the coders' labels the one that agrees with the prediction, or one that does not."""
    coded = np.flatnonzero(targets > 0)
    wanted = coded[(coded == predicted) == in_favour]
    return int(wanted[0] if len(wanted) else coded[0])


def _folds(data: LabelledParagraphs, predictions: OutOfFold) -> list[dict[str, Any]]:
    table = []
    for fold in predictions.folds:
        predicted = predictions.scores[fold.repeat, fold.test].argmax(axis=1)
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


def _rows(data: LabelledParagraphs, plan: SplitPlan, predictions: OutOfFold) -> Sequence[dict[str, Any]]:
    labels = (*data.codebook.labels, None)
    names: Sequence[str | int] = data.ids if data.ours else range(1, len(data.ids) + 1)
    return [
        {
            "repeat": repeat,
            "fold": int(plan.test_fold[repeat, row]),
            "paragraph": names[row],
            "gold": labels[data.gold[row]],
            "scores": scores[row].round(DIGITS).tolist(),
        }
        for repeat, scores in enumerate(predictions.scores)
        for row in range(len(names))
    ]


def _rounded(figure: Figure) -> dict[str, float | None]:
    return {key: None if value is None else round(value, DIGITS) for key, value in asdict(figure).items()}
