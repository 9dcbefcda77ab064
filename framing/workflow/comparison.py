"""May one model replace another? Both on the same folds, tested on today's gold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import lay_over
from framing.errors import FramingError, SettingsError, UsageError
from framing.evaluation import metrics
from framing.evaluation.comparison import compare
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, fitting, parts_of
from framing.evaluation.evaluation import INTERVAL
from framing.evaluation.headline import Yardstick, with_rounded_floats
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.left_out import paired_left_out
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import training_data
from framing.evaluation.wording import interval
from framing.settings import Experiment
from framing.workflow.bout import Bout, stored_bout, stored_side
from framing.workflow.contenders import Contender, read_contender
from framing.workflow.data import Tell, load_data, silent
from framing.workflow.studies import Stages, no_stages

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

Verdict = Literal["may", "may not", "undecided"]


@dataclass(frozen=True)
class Replacement:
    """Whether B may replace A, and the figures behind it.

    Attributes
    ----------
    verdict : str
    sentence : str
        The verdict with its reason.
    summary : dict
        Plain values for JSON: the figures of both, B's less A's with intervals, and how they came about.
    """

    verdict: Verdict
    sentence: str
    summary: dict[str, Any]


def compare_models(
    first: str | Path,
    second: str | Path,
    *,
    data: str | Path | None = None,
    margin: float | None = None,
    jobs: int = 1,
    progress: Stages = no_stages,
    tell: Tell = silent,
) -> Replacement:
    """Refit two recipes without the articles of each outer fold in turn, and test both on today's gold.

    Each learns from the labels that it was trained on: a model or an evaluation from those it keeps, a recipe from
    today's. The folds are those of the second one's settings. Where one keeps predictions from the very same folds
    of today's labels, these are taken: refitting would give them again.

    Parameters
    ----------
    first, second : path-like
        A (the old one) and B (the new one): model folders, folders of evaluations, or experiment files.
    data : path-like, optional
        Today's labels folder or CSV file; without it, that of an experiment file among the two, or else the labels
        that both were measured on.
    margin : float, optional
        B may replace A unless the lower end of the paired interval of macro-F1 lies under minus this; without it,
        that of the second one's settings.
    jobs : int
    progress : callable
    tell : callable
        Told what is left out of the labels, a line each.

    Raises
    ------
    FramingError
        When one of them or the labels cannot be read, or their codebooks differ.
    """
    contenders = read_contender(first), read_contender(second)
    for contender in contenders:
        if contender.experiment.data.several:
            raise UsageError("gives a text several frames; only models that give one are compared", path=contender.name)
    today = _today(contenders, data, tell)
    return compare_contenders(contenders, today, margin=margin, jobs=jobs, progress=progress)


def compare_contenders(
    contenders: tuple[Contender, Contender],
    today: LabelledParagraphs | None,
    *,
    margin: float | None = None,
    jobs: int = 1,
    progress: Stages = no_stages,
) -> Replacement:
    """Compare two sides that were read; see `compare_models`.

    Parameters
    ----------
    contenders : (Contender, Contender)
        A and B.
    today : LabelledParagraphs or None
        Without them, both must have been measured on the same folds and labels.
    margin : float, optional
    jobs : int
    progress : callable

    Raises
    ------
    FramingError
        When they cannot be compared.
    """
    if today is not None:
        _refuse_other_frames(contenders, today)
    bout = stored_bout(*contenders, None if today is None else today.digest)
    if bout is None:
        if today is None:
            raise UsageError(
                "the two were not measured on the same folds and labels, and do not hold the texts to be refitted; "
                "name today's labels with --data"
            )
        bout = _refitted_bout(contenders, today, jobs, progress)
    yardstick, predicted = bout.yardstick, bout.predicted
    statistics: dict[str, Callable[[Floats], Floats]] = {
        "accuracy": metrics.accuracy,
        "macro_f1": metrics.macro_f1,
        "macro_f1_frames": partial(metrics.macro_f1, n_labels=yardstick.n_frames),
    }
    differences = {
        name: yardstick.difference(predicted[1], predicted[0], statistic) for name, statistic in statistics.items()
    }
    tested = compare(
        yardstick.bootstrap, yardstick.gold, predicted[1], predicted[0], parts_of(bout.test_fold), yardstick.n_labels,
        metrics.macro_f1, contenders[1].experiment.seed,
    )  # fmt: skip
    margin = contenders[1].experiment.evaluation.margin if margin is None else margin
    verdict, sentence = decide(differences["macro_f1"], margin)
    sides = [
        {"name": contender.name, "metrics": yardstick.of_labels(of_side), **told}
        for contender, of_side, told in zip(contenders, predicted, bout.told, strict=True)
    ]
    summary = {
        "verdict": verdict,
        "sentence": sentence,
        "margin": margin,
        "a": sides[0],
        "b": sides[1],
        "b_less_a": differences,
        "corrected_resampled_t": None if tested.corrected_t is None else asdict(tested.corrected_t),
        "randomisation_p": tested.randomisation_p,
        "interval": INTERVAL,
        "folds": len(np.unique(bout.test_fold[0])),
        "repeats": len(predicted[0]),
        "refitted": bout.refitted,
        "paragraphs": int((yardstick.gold >= 0).sum()),
        "articles": bout.articles,
        "labels": bout.labels_digest,
    }
    if not bout.refitted:
        summary["left_out"] = paired_left_out(contenders[0].summary, contenders[1].summary, yardstick)
    return Replacement(verdict, sentence, with_rounded_floats(summary))


def decide(difference: dict[str, float | None], margin: float) -> tuple[Verdict, str]:
    """Turn the paired difference in macro-F1, B's less A's, into a verdict and its sentence."""
    value, low, high = (difference[key] for key in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return "undecided", "Undecided: the difference has no interval on these labels."
    told = f"B's macro-F1 less A's is {interval(difference, signed=True)}"
    loss = f"{margin:g}".replace("0.", ".")
    if low >= -margin:
        worse = ". B is worse, but" if high < 0 else ", and"
        return "may", f"B may replace A: {told}{worse} a loss of more than {loss} is ruled out for these models."
    if high < 0:
        return "may not", f"B may not replace A: {told}; B is worse."
    return "undecided", f"Undecided: {told}; a loss of more than {loss} is not ruled out. More labels would tell."


def _refuse_other_frames(contenders: tuple[Contender, Contender], today: LabelledParagraphs) -> None:
    own = tuple(frame.id for frame in today.codebook.frames), today.codebook.residual
    for contender in contenders:
        if contender.frames and (contender.frames, contender.residual) != own:
            raise UsageError(
                f"has other frames than today's labels: {', '.join(contender.frames)}", path=contender.name
            )


def _today(contenders: tuple[Contender, Contender], data: str | Path | None, tell: Tell) -> LabelledParagraphs | None:
    """Read today's labels; None where neither the call nor an experiment file names any."""
    named = [contender.experiment for contender in reversed(contenders) if contender.experiment.path is not None]
    if data is None and not named:
        return None
    if data is None and len({_home(experiment) for experiment in named}) > 1:
        raise UsageError(
            "the two experiment files name different labels, and both would learn from the same; name today's labels "
            "with --data, or measure each by 'framing evaluate' and compare the evaluations"
        )
    return load_data((named or [contenders[1].experiment])[0], data, tell=tell)


def _home(experiment: Experiment) -> Path:
    return (Path(experiment.path or ".").parent / (experiment.data.labels or experiment.data.csv or "")).resolve()


def _refitted_bout(
    contenders: tuple[Contender, Contender], today: LabelledParagraphs, jobs: int, progress: Stages
) -> Bout:
    """Refit both in every outer fold of today's labels, but for a side whose predictions are there already."""
    settings, seed = contenders[1].experiment.evaluation, contenders[1].experiment.seed
    plan = plan_splits(today, settings, seed)
    bootstrap = ArticleBootstrap.over(plan.groups, settings.bootstrap, seed)
    n_labels, n_frames = len(today.codebook.labels), len(today.codebook.frames)
    yardstick = Yardstick(today.gold, bootstrap, n_labels, n_frames, settings.calibration_bins)
    runs = [
        stored_side(contender, today, plan)
        or _refit(contender, today, plan.groups, plan.test_fold, jobs, partial(progress, f"{letter} refitted"))
        for letter, contender in zip("AB", contenders, strict=True)
    ]
    return Bout(
        yardstick=yardstick,
        predicted=(runs[0][0], runs[1][0]),
        told=(runs[0][1], runs[1][1]),
        test_fold=plan.test_fold,
        articles=len(set(today.articles)),
        labels_digest=today.digest,
        refitted=True,
    )


def _refit(  # noqa: PLR0917
    contender: Contender,
    today: LabelledParagraphs,
    groups: Integers,
    test_fold: Integers,
    jobs: int,
    progress: partial[None],
) -> tuple[Integers, dict[str, Any]]:
    """Refit one side in every outer fold; return its predictions and what it learnt from."""
    learnt, gone = today, 0
    if contender.labels_digest is not None and contender.labels_digest != today.digest:
        kept = lay_over(contender.kept_labels, today)
        learnt, gone = dataclasses.replace(today, gold=kept.gold, targets=kept.targets), kept.gone
    data = training_data(learnt, groups, contender.experiment)
    recipe = OwnRecipe(data, contender.experiment)
    try:
        recipe.refuse(parts_of(test_fold))
    except FramingError as error:
        raise SettingsError(f"cannot be refitted on these folds: {error.message}", path=contender.name) from None
    outcome = cross_validate(
        recipe, test_fold, len(today.codebook.labels), data.boilerplate, judge=fitting(jobs), progress=progress
    )
    return outcome.predicted, {
        "experiment": contender.experiment.name,
        "learnt_from": int(((learnt.gold >= 0) & ~data.boilerplate).sum()),
        "gone": gone,
    }
