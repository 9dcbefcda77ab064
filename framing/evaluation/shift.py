"""How far the model carries: whole regions, conflicts, kinds of outlet and years left out of training."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.choice import Choice
from framing.evaluation.cross_validation import Judge, Judgement, OutOfFold, OwnRecipe, Part, judge_with
from framing.evaluation.fitting import fit
from framing.evaluation.headline import Yardstick
from framing.evaluation.in_use import measure_left_out
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.shift_groups import LeftOut, ends_of_the_years, groups_of
from framing.evaluation.training_data import TrainingData
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = "year"
# Labels with less gold in a group say nothing of how well it is judged.
LEAST_GOLD = 5
CONTROL_PORTIONS = 5
# Left-out groups are numbered on from here, apart from the outer folds: each has inner folds of its own.
FIRST_FOLD = 10_000


def measure_shift(
    labelled: LabelledParagraphs,
    data: TrainingData,
    predicted: Integers,
    yardstick: Yardstick,
    experiment: Experiment,
    *,
    judge: Judge,
    judge_controls: Judge,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Leave out group after group of every stratum, train on the rest, and compare with what no group is missing from.

    A model that is trained without a large region has fewer labels, too. So the drop is against a control: the same
    paragraphs judged by models that learnt from as many articles drawn at random from all groups, the tested articles
    excepted (five portions of the group in turn; C as without the group). The drop from the outer folds is told
    beside it.

    Parameters
    ----------
    labelled : LabelledParagraphs
    data : TrainingData
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        Out of the outer folds.
    yardstick : Yardstick
    experiment : Experiment
    judge, judge_controls : Judge
        Of the groups left out, and of their controls.
    progress : callable

    Returns
    -------
    dict
        For each stratum: the figures, the drops, each group, and the worst group by name: that with the lowest mean F1
        of the labels that it has enough gold of, since a label that it lacks would count as 0. Pooled groups are never
        named worst, and those that cannot be left out are told in a note. The percentile interval of a group of few
        articles lies low: draws of them often lack a label altogether.
    """
    smallest = experiment.evaluation.smallest_group
    recipe = OwnRecipe(data, experiment)
    waiting: list[tuple[str, LeftOut, Part]] = []
    notes: dict[str, list[str]] = {}
    strata = tuple(dict.fromkeys(experiment.evaluation.left_out)) or tuple(labelled.strata)
    for name in strata:
        notes[name] = []
        if name not in labelled.strata:
            told = ", ".join(sorted(labelled.strata)) or "nothing of the kind"
            notes[name].append(f"the labels say nothing of it; they tell {told}")
            continue
        values = labelled.strata[name]
        groups = ends_of_the_years(labelled, values) if name == YEAR else groups_of(labelled, values, smallest)
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
    parts = [part for _, _, part in waiting]
    # One bar for both: a control is a single fit, where leaving out is tuning and fitting.
    controls = [control_parts(data, part, experiment.seed) if experiment.evaluation.controls else [] for part in parts]
    total = len(parts) + sum(map(len, controls))
    judgements = judge(recipe, parts, progress=lambda done, _: progress(done, total))
    choices = {
        part.fold: judgement.choice if isinstance(judgement.choice, Choice) else None
        for part, judgement in zip(parts, judgements, strict=True)
    }
    of_controls = judge_controls(
        ChosenRecipe(data, experiment, choices),
        list(itertools.chain(*controls)),
        progress=lambda done, _: progress(len(parts) + done, total),
    )
    outcome: dict[str, Any] = {}
    for name in strata:
        chosen = [place for place, (stratum, _, _) in enumerate(waiting) if stratum == name]
        found: dict[str, Any] = {}
        if chosen:
            judged_alike = [
                (part, judged) for part, judged in zip(itertools.chain(*controls), of_controls, strict=True)
                if part.fold in {parts[place].fold for place in chosen}
            ]  # fmt: skip
            control = _laid_out(judged_alike, data).predicted if judged_alike else None
            left_out = _laid_out([(parts[place], judgements[place]) for place in chosen], data)
            judged = Judged(left_out.predicted, control, predicted)
            found = _figures([waiting[place][1:] for place in chosen], data, judged, yardstick)
            found["predicted"] = left_out.predicted[0].tolist()
            found["in_use"] = measure_left_out(yardstick, left_out, data, experiment.calibration.coverage)
        outcome[name] = {**found, "notes": notes[name]}
    return outcome


@dataclass(frozen=True)
class Judged:
    """The same paragraphs, judged in three ways; each of shape (n_repeats, n_paragraphs)."""

    left_out: Integers
    control: Integers | None
    outer_folds: Integers


@dataclass(frozen=True)
class ChosenRecipe:
    """The package's own model with what was chosen elsewhere, by the number of a part's fold."""

    data: TrainingData
    experiment: Experiment
    choices: Mapping[int, Choice | None]

    def judge(self, part: Part) -> Judgement:
        choice = self.choices[part.fold]
        if choice is None:
            raise ValueError("nothing was chosen for this part")
        return judge_with(self.data, fit(self.data, part.train, self.experiment, choice), part.test)


def control_parts(data: TrainingData, part: Part, seed: int) -> list[Part]:
    """Deal a left-out group into portions, each with as many training articles as the group's models had.

    The articles are drawn at random from all that are not in the portion, those of the group among them.

    Parameters
    ----------
    data : TrainingData
    part : Part
        Of the group that is left out.
    seed : int
    """
    random = stream(seed, Purpose.SHIFT_CONTROL, fold=part.fold)
    groups, size = np.unique(data.groups), len(np.unique(data.groups[part.train]))
    tested = random.permutation(np.unique(data.groups[part.test]))
    portions = []
    for portion in np.array_split(tested, min(CONTROL_PORTIONS, len(tested))):
        drawn = random.choice(np.setdiff1d(groups, portion), size, replace=False)
        test = part.test[np.isin(data.groups[part.test], portion)]
        portions.append(Part(part.repeat, part.fold, np.flatnonzero(np.isin(data.groups, drawn)), test))
    return portions


def _others(data: TrainingData, rows: Integers) -> Integers:
    """List the paragraphs whose article has none of these rows, nor a copy of them."""
    return np.flatnonzero(~np.isin(data.groups, data.groups[rows]))


def _laid_out(judged: Sequence[tuple[Part, Judgement]], data: TrainingData) -> OutOfFold:
    """Put the judgements of several parts in the paragraphs' order; -1 where none was judged."""
    shape = (1, len(data.gold), len(data.labels))
    labels = np.full(shape[:2], -1, dtype=np.int64)
    for part, judgement in judged:
        rows = data.boilerplate[part.test]
        labels[0, part.test] = np.where(rows, len(data.labels) - 1, judgement.scores.argmax(axis=1))

    def laid_out(name: str, empty: NDArray[Any]) -> Any:
        if any(getattr(judgement, name) is None for _, judgement in judged):
            return None
        for part, judgement in judged:
            empty[0, part.test] = getattr(judgement, name)
        return empty

    return OutOfFold(
        scores=laid_out("scores", np.zeros(shape)),
        predicted=labels,
        parts=tuple(part for part, _ in judged),
        choices=tuple(judgement.choice for _, judgement in judged),
        candidates=laid_out("candidates", np.ones(shape, dtype=np.bool_)),
        sourced_scores=laid_out("sourced_scores", np.zeros(shape)),
        sourced_candidates=laid_out("sourced_candidates", np.ones(shape, dtype=np.bool_)),
    )


def _figures(
    left_out: Sequence[tuple[LeftOut, Part]], data: TrainingData, judged: Judged, yardstick: Yardstick
) -> dict[str, Any]:
    tested = judged.left_out[0] >= 0
    # Two groups may have one name, that of the pool; the same group stands once for each of its bundles.
    groups = list({id(group): group for group, _ in left_out}.values())
    entries = [
        _group(group, [part for other, part in left_out if other is group], data, judged, yardstick) for group in groups
    ]
    named = [
        entry for entry in entries
        if not entry["pooled"] and entry["macro_f1_of_present_labels"]["value"] is not None
    ]  # fmt: skip
    worst = min(named, key=lambda entry: entry["macro_f1_of_present_labels"]["value"], default=None)
    return {
        **_sides(judged, yardstick, tested),
        "least_gold": LEAST_GOLD,
        "groups": sorted(entries, key=lambda entry: (bool(entry["pooled"]), entry["name"])),
        "worst": None if worst is None else worst["name"],
    }


def _group(
    group: LeftOut, parts: Sequence[Part], data: TrainingData, judged: Judged, yardstick: Yardstick
) -> dict[str, Any]:
    within = np.zeros(len(data.gold), dtype=np.bool_)
    within[group.rows] = True
    gold = np.bincount(data.gold[within & (data.gold >= 0)], minlength=len(data.labels))
    present = np.flatnonzero(gold >= LEAST_GOLD)

    def mean_f1(confusion: Floats) -> Floats:
        # A label that a draw of articles lost altogether is left out of that draw's mean.
        scores = metrics.f1(confusion)[..., present]
        defined = ~np.isnan(scores)
        return metrics.ratio(np.where(defined, scores, 0).sum(axis=-1), defined.sum(axis=-1))

    return {
        "name": group.name,
        "pooled": list(group.pooled),
        "articles": group.articles,
        "paragraphs": int(gold.sum()),
        "gold": dict(zip(data.labels, gold.tolist(), strict=True)),
        "training_articles": [len(np.unique(data.groups[part.train])) for part in parts],
        "macro_f1_of_present_labels": yardstick.figure(judged.left_out, mean_f1, within=within),
        **_sides(judged, yardstick, within),
    }


def _sides(judged: Judged, yardstick: Yardstick, within: NDArray[np.bool_]) -> dict[str, Any]:
    """Give the figures of the three ways of judging, and what leaving out costs."""
    against_control: dict[str, Any] = {}
    if judged.control is not None:
        against_control = {
            "control": yardstick.of_labels(judged.control, within=within),
            "drop": {
                "accuracy": yardstick.difference(judged.control, judged.left_out, metrics.accuracy, within=within),
                "macro_f1": yardstick.difference(judged.control, judged.left_out, within=within),
            },
        }
    return {
        "metrics": yardstick.of_labels(judged.left_out, within=within),
        "outer_folds": yardstick.of_labels(judged.outer_folds, within=within),
        **against_control,
        "drop_from_outer_folds": {"macro_f1": yardstick.difference(judged.outer_folds, judged.left_out, within=within)},
    }
