"""How far the model carries: whole regions, conflicts, kinds of outlet and years left out of training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.cross_validation import Judgement, OwnRecipe, Part, judge_parts
from framing.evaluation.headline import Yardstick
from framing.evaluation.tuning import TrainingData
from framing.settings import Experiment

Integers = NDArray[np.int64]

YEAR = "year"
OTHER = "other"
# Left-out groups are numbered on from here, apart from the outer folds: each has inner folds of its own.
FIRST_FOLD = 10_000


@dataclass(frozen=True)
class LeftOut:
    """A group of articles that is left out of training and tested.

    Attributes
    ----------
    name : str
    bundles : tuple of ndarray of int
        Its paragraphs, in the portions in which they are left out; one portion but for pooled groups.
    articles : int
    pooled : tuple of str
        The small groups that make it up; empty for a group of its own.
    """

    name: str
    bundles: tuple[Integers, ...]
    articles: int
    pooled: tuple[str, ...] = ()

    @property
    def rows(self) -> Integers:
        return np.concatenate(self.bundles)


def measure_shift(
    labelled: LabelledParagraphs,
    data: TrainingData,
    predicted: Integers,
    yardstick: Yardstick,
    experiment: Experiment,
    *,
    jobs: int,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Leave out group after group of every stratum, train on the rest, and compare with the grouped folds.

    Each paragraph is judged once by the model that saw nothing of its group; the drop is against the out-of-fold
    predictions of the same paragraphs, paired over articles. Of years, the oldest and the newest fifth of the articles
    are left out, so that training keeps the size it has in five folds. The percentile interval of a group of few
    articles lies low: draws of them often lack a label altogether.

    Parameters
    ----------
    labelled : LabelledParagraphs
    data : TrainingData
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        Out of the outer folds.
    yardstick : Yardstick
    experiment : Experiment
    jobs : int
    progress : callable

    Returns
    -------
    dict
        For each stratum: the figures, the drop, each group, and the worst group by name. Pooled groups are never named
        worst, and those that cannot be left out are told in a note.
    """
    smallest = experiment.evaluation.smallest_group
    recipe = OwnRecipe(data, experiment)
    waiting: list[tuple[str, LeftOut, Part]] = []
    notes: dict[str, list[str]] = {}
    for name, values in labelled.strata.items():
        notes[name] = []
        groups = _years(labelled, values) if name == YEAR else _groups(labelled, values, smallest)
        if len(groups) < 2:
            notes[name].append("there are not two groups of enough articles to leave out in turn")
            continue
        for group in groups:
            parts = [
                Part(0, FIRST_FOLD + len(waiting) + place, _others(data, rows), rows)
                for place, rows in enumerate(group.bundles)
            ]
            try:
                recipe.refuse(parts)
            except EvaluationError as error:
                notes[name].append(f"{group.name} cannot be left out: {error.message}")
            else:
                waiting += [(name, group, part) for part in parts]
    judgements = judge_parts(recipe, [part for _, _, part in waiting], jobs=jobs, progress=progress)
    outcome: dict[str, Any] = {}
    for name in labelled.strata:
        judged = [
            (group, part, judgement)
            for (stratum, group, part), judgement in zip(waiting, judgements, strict=True)
            if stratum == name
        ]
        outcome[name] = {**_figures(judged, data, predicted, yardstick), "notes": notes[name]}
    return outcome


def _others(data: TrainingData, rows: Integers) -> Integers:
    """List the paragraphs whose article has none of these rows, nor a copy of them."""
    return np.flatnonzero(~np.isin(data.groups, data.groups[rows]))


def _figures(
    judged: Sequence[tuple[LeftOut, Part, Judgement]], data: TrainingData, predicted: Integers, yardstick: Yardstick
) -> Mapping[str, Any]:
    if not judged:
        return {}
    left_out = np.zeros((1, len(data.gold)), dtype=np.int64)
    tested = np.zeros(len(data.gold), dtype=np.bool_)
    for _, part, judgement in judged:
        left_out[0, part.test] = judgement.scores.argmax(axis=1)
        tested[part.test] = True
    left_out[:, data.boilerplate] = len(data.labels) - 1
    once = {group.name: group for group, _, _ in judged}
    groups = [_group(group, left_out, predicted, yardstick) for group in once.values()]
    named = [entry for entry in groups if not entry["pooled"] and entry["metrics"]["macro_f1"]["value"] is not None]
    worst = min(named, key=lambda entry: entry["metrics"]["macro_f1"]["value"], default=None)
    return {
        "metrics": yardstick.of_labels(left_out, within=tested),
        "grouped_folds": yardstick.of_labels(predicted, within=tested),
        "drop": {
            "accuracy": yardstick.difference(predicted, left_out, metrics.accuracy, within=tested),
            "macro_f1": yardstick.difference(predicted, left_out, within=tested),
        },
        "groups": sorted(groups, key=lambda entry: (bool(entry["pooled"]), entry["name"])),
        "worst": None if worst is None else worst["name"],
    }


def _group(group: LeftOut, left_out: Integers, predicted: Integers, yardstick: Yardstick) -> dict[str, Any]:
    within = np.zeros(left_out.shape[1], dtype=np.bool_)
    within[group.rows] = True
    return {
        "name": group.name,
        "pooled": list(group.pooled),
        "articles": group.articles,
        "paragraphs": int((yardstick.gold[group.rows] >= 0).sum()),
        "metrics": yardstick.of_labels(left_out, within=within),
        "grouped_folds": yardstick.of_labels(predicted, within=within),
        "drop": {"macro_f1": yardstick.difference(predicted, left_out, within=within)},
    }


def _groups(labelled: LabelledParagraphs, values: Sequence[str], smallest: int) -> list[LeftOut]:
    """Make a group of each value that has enough articles, and pool the others; unknown values are never left out.

    The pool is left out in bundles of whole values that are not larger than the other groups: all of it at once would
    leave training so much smaller that the loss could not be told from that of fewer labels.
    """
    articles = Counter(dict(zip(labelled.articles, values, strict=True)).values())
    large = [value for value, count in articles.items() if value and count >= smallest]
    small = sorted(value for value, count in articles.items() if value and count < smallest)
    of_row = np.array(values, dtype=object)
    groups = [LeftOut(value, (np.flatnonzero(of_row == value),), articles[value]) for value in sorted(large)]
    if small:
        room = max([smallest, sum(articles.values()) // 10, *(articles[value] for value in large)])
        bundles: list[list[str]] = [[]]
        for value in small:
            if sum(articles[member] for member in bundles[-1]) + articles[value] > room:
                bundles.append([])
            bundles[-1].append(value)
        rows = tuple(np.flatnonzero(np.isin(of_row, bundle)) for bundle in bundles)
        groups.append(LeftOut(OTHER, rows, sum(articles[value] for value in small), tuple(small)))
    return groups


def _years(labelled: LabelledParagraphs, values: Sequence[str]) -> list[LeftOut]:
    """Take the oldest and the newest fifth of the articles, whole years at a time."""
    known = {article: int(value) for article, value in zip(labelled.articles, values, strict=True) if value.isdecimal()}
    if len(set(known.values())) < 2:
        return []
    years = np.sort(list(known.values()))
    fifth = max(1, round(len(years) / 5))
    oldest, newest = int(years[fifth - 1]), int(years[-fifth])
    if oldest >= newest:
        return []
    groups = []
    for name, first, last in (
        (f"oldest (to {oldest})", -math.inf, oldest),
        (f"newest (from {newest})", newest, math.inf),
    ):
        chosen = {article for article, year in known.items() if first <= year <= last}
        rows = np.flatnonzero([article in chosen for article in labelled.articles])
        groups.append(LeftOut(name, (rows,), len(chosen)))
    return groups
