"""What more labels would bring: the recipe trained on fewer articles, and the curve carried on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.cross_validation import Judgement, OutOfFold, OwnRecipe, Part, judge_parts
from framing.evaluation.headline import DIGITS, Yardstick, rounded
from framing.evaluation.intervals import confusions_by_group, figure
from framing.evaluation.power_law import fit_power_laws
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.tuning import TrainingData
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

GAIN = 0.02
# Each share of each fold has inner folds of its own.
FIRST_FOLD = 20_000


def measure_learning_curve(
    data: TrainingData,
    out_of_fold: OutOfFold,
    yardstick: Yardstick,
    experiment: Experiment,
    *,
    jobs: int,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Train on growing shares of each training part's articles and test on the same folds.

    The articles of a smaller share are among those of a larger one. Where a share leaves some fold too few articles
    to tune on, it is left out with a note. The whole training part is not trained again.

    Parameters
    ----------
    data : TrainingData
    out_of_fold : OutOfFold
        Of the whole training parts.
    yardstick : Yardstick
    experiment : Experiment
    jobs : int
    progress : callable

    Returns
    -------
    dict
        Each share's articles, paragraphs and figures; the power law error(n) = a + b n^-c through them, n being the
        number of training articles; and how many more articles it promises for two points of macro-F1. The
        intervals come from the same draws of test articles at all shares; the choice of the training articles
        varies over folds and repeats and is not drawn.
    """
    settings = experiment.evaluation
    repeats = min(settings.study_repeats, len(out_of_fold.predicted))
    whole = [part for part in out_of_fold.parts if part.repeat < repeats]
    recipe = OwnRecipe(data, experiment)
    shares: list[tuple[float, list[Part]]] = []
    notes = []
    for place, share in enumerate(share for share in settings.curve if share < 1):
        parts = [_smaller(part, data, share, experiment.seed, FIRST_FOLD + 1000 * place + part.fold) for part in whole]
        try:
            recipe.refuse(parts)
        except EvaluationError as error:
            notes.append(f"a share of {share:g} was left out: {error.message}")
        else:
            shares.append((share, parts))
    judgements = judge_parts(recipe, [part for _, parts in shares for part in parts], jobs=jobs, progress=progress)
    points = []
    for place, (share, parts) in enumerate(shares):
        of_share = judgements[place * len(whole) : (place + 1) * len(whole)]
        points.append((share, parts, _predicted(parts, of_share, data, repeats)))
    points.append((1.0, whole, out_of_fold.predicted[:repeats]))
    return {"repeats": repeats, **_curve(points, data, yardstick), "notes": notes}


def _smaller(part: Part, data: TrainingData, share: float, seed: int, fold: int) -> Part:
    """Keep a share of the training part's articles, the first of one random order."""
    groups = np.unique(data.groups[part.train])
    order = stream(seed, Purpose.LEARNING_CURVE, repeat=part.repeat, fold=part.fold).permutation(groups)
    kept = order[: max(1, round(share * len(groups)))]
    return Part(part.repeat, fold, part.train[np.isin(data.groups[part.train], kept)], part.test)


def _predicted(parts: list[Part], judgements: list[Judgement], data: TrainingData, repeats: int) -> Integers:
    predicted = np.zeros((repeats, len(data.gold)), dtype=np.int64)
    for part, judgement in zip(parts, judgements, strict=True):
        predicted[part.repeat, part.test] = judgement.scores.argmax(axis=1)
    predicted[:, data.boilerplate] = len(data.labels) - 1
    return predicted


def _curve(
    points: list[tuple[float, list[Part], Integers]], data: TrainingData, yardstick: Yardstick
) -> dict[str, Any]:
    bootstrap = yardstick.bootstrap
    table, errors, draws = [], [], []
    for share, parts, predicted in points:
        sums = confusions_by_group(yardstick.gold, predicted, bootstrap.member, yardstick.n_labels)
        errors.append(1 - float(metrics.macro_f1(sums.sum(axis=0)).mean()))
        draws.append(1 - bootstrap.draws(sums, metrics.macro_f1)[:, 0])
        articles = float(np.mean([len(np.unique(data.groups[part.train])) for part in parts]))
        paragraphs = float(np.mean([(data.gold[part.train] >= 0).sum() for part in parts]))
        figures = yardstick.of_labels(predicted)
        table.append(
            {
                "share": share,
                "articles": round(articles, DIGITS),
                "paragraphs": round(paragraphs, DIGITS),
                "accuracy": figures["accuracy"],
                "macro_f1": figures["macro_f1"],
            }
        )
    return {
        "points": table,
        "power_law": _carry_on(np.array([p["articles"] for p in table]), np.array(errors), np.column_stack(draws)),
    }


def _carry_on(sizes: Floats, errors: Floats, draws: Floats) -> dict[str, Any]:
    """Fit the curve and every draw of it; tell what two and four times the articles, and what a gain, would take."""
    if len(np.unique(sizes)) < 3:
        return {"note": "a curve needs three sizes at least"}
    law, laws = fit_power_laws(sizes, errors[None, :]), fit_power_laws(sizes, draws)
    now = float(sizes[-1])
    ahead = [
        {
            "articles": round(times * now),
            "macro_f1": rounded(figure(1 - float(law.predict(times * now)[0]), 1 - laws.predict(times * now))),
        }
        for times in (1, 2, 4)
    ]
    more = [one.articles_for_gain(now, GAIN) - now for one in (law, laws)]
    # A draw whose curve never gains so much needs infinitely many, and the interval says so.
    low, high = np.percentile(more[1], [2.5, 97.5], method="nearest")
    return {
        "a": round(float(law.a[0]), DIGITS),
        "b": round(float(law.b[0]), DIGITS),
        "c": round(float(law.c[0]), DIGITS),
        "ahead": ahead,
        "gain": GAIN,
        "more_articles_for_gain": {
            key: round(float(value)) if np.isfinite(value) else None
            for key, value in (("value", more[0][0]), ("low", low), ("high", high))
        },
        "draws_that_never_gain": round(float(np.isinf(more[1]).mean()), DIGITS),
    }
