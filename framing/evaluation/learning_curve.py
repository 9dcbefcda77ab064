"""What more labels would bring: the recipe trained on fewer articles, and the curve carried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.cross_validation import Judge, Judgement, OutOfFold, OwnRecipe, Part
from framing.evaluation.headline import DIGITS, Yardstick, rounded
from framing.evaluation.intervals import confusions_by_group, figure
from framing.evaluation.power_law import LARGEST_EXPONENT, fit_power_laws
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.training_data import TrainingData
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

GAIN = 0.02
FIRST_FOLD = 20_000
ATTEMPTS = 50


def measure_learning_curve(
    data: TrainingData,
    out_of_fold: OutOfFold,
    yardstick: Yardstick,
    experiment: Experiment,
    *,
    judge: Judge,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Train on growing shares of each training part's articles and test on the same folds.

    The articles of a smaller share are among those of a larger one. Where no draw of a share leaves enough articles of
    each label to tune on, it is left out with a note. The whole training part is not trained again.

    Parameters
    ----------
    data : TrainingData
    out_of_fold : OutOfFold
        Of the whole training parts.
    yardstick : Yardstick
    experiment : Experiment
    judge : Judge
    progress : callable

    Returns
    -------
    dict
        Each share's articles, paragraphs and figures; the power law error(n) = a + b n^-c through them, n being the
        number of training articles; and how many articles more than all that there are it promises for two points of
        macro-F1. The intervals of the law come from draws of test articles and of repeats, the same at all shares: a
        repeat's articles are drawn anew, so which articles one happened to label is in them as far as the repeats
        show it.
    """
    settings = experiment.evaluation
    whole = out_of_fold.parts
    recipe = OwnRecipe(data, experiment)
    shares, notes = [share for share in settings.curve if share < 1], []
    orders: list[Integers] = []
    while shares and not orders:
        try:
            orders = [_order(part, shares, recipe) for part in whole]
        except EvaluationError as error:
            notes.append(f"a share of {shares.pop(0):g} was left out, {error.message}")
    by_share = [
        [_smaller(part, order, share, place, data) for part, order in zip(whole, orders, strict=True)]
        for place, share in enumerate(shares)
    ]
    judgements = judge(recipe, [part for parts in by_share for part in parts], progress=progress)
    repeats = len(out_of_fold.predicted)
    points = []
    for place, (share, parts) in enumerate(zip(shares, by_share, strict=True)):
        of_share = judgements[place * len(whole) : (place + 1) * len(whole)]
        points.append((share, parts, _predicted(parts, of_share, data, repeats)))
    points.append((1.0, list(whole), out_of_fold.predicted))
    return {"repeats": repeats, **_curve(points, data, yardstick, experiment.seed), "notes": notes}


def _order(part: Part, shares: Sequence[float], recipe: OwnRecipe) -> Integers:
    """Put the articles of a training part in a random order whose every share can be tuned on.

    Orders are drawn until one is: a share so small that some label stands in too few of its articles is none that
    anyone would train on.
    """
    data, seed = recipe.data, recipe.experiment.seed
    for attempt in range(ATTEMPTS):
        streams = stream(seed, Purpose.LEARNING_CURVE, repeat=part.repeat, fold=part.fold, attempt=attempt)
        order = streams.permutation(np.unique(data.groups[part.train]))
        try:
            recipe.refuse([_smaller(part, order, share, place, data) for place, share in enumerate(shares)])
        except EvaluationError:
            continue
        return order
    raise EvaluationError(f"since {ATTEMPTS} draws gave none with every label in enough articles for the inner folds")


def _smaller(part: Part, order: Integers, share: float, place: int, data: TrainingData) -> Part:
    """Keep a share of the training part's articles, the first of their order."""
    kept = order[: max(1, round(share * len(order)))]
    # Each share has inner folds of its own.
    fold = FIRST_FOLD + 1000 * place + part.fold
    return Part(part.repeat, fold, part.train[np.isin(data.groups[part.train], kept)], part.test)


def _predicted(parts: list[Part], judgements: list[Judgement], data: TrainingData, repeats: int) -> Integers:
    predicted = np.zeros((repeats, len(data.gold)), dtype=np.int64)
    for part, judgement in zip(parts, judgements, strict=True):
        predicted[part.repeat, part.test] = judgement.scores.argmax(axis=1)
    predicted[:, data.boilerplate] = len(data.labels) - 1
    return predicted


def _curve(
    points: list[tuple[float, list[Part], Integers]], data: TrainingData, yardstick: Yardstick, seed: int
) -> dict[str, Any]:
    bootstrap = yardstick.bootstrap
    n_draws, n_repeats = len(bootstrap.multiplicity), len(points[0][2])
    drawn = stream(seed, Purpose.LEARNING_CURVE, attempt=ATTEMPTS).integers(0, n_repeats, (n_draws, n_repeats))
    table, errors, draws = [], [], []
    for share, parts, predicted in points:
        sums = confusions_by_group(yardstick.gold, predicted, bootstrap.member, yardstick.n_labels)
        errors.append(1 - float(metrics.macro_f1(sums.sum(axis=0)).mean()))
        of_repeats = np.column_stack(
            [bootstrap.draws(sums[:, [repeat]], metrics.macro_f1) for repeat in range(n_repeats)]
        )
        draws.append(1 - np.take_along_axis(of_repeats, drawn, axis=1).mean(axis=1))
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
    sizes = np.array([point["articles"] for point in table])
    everything = len(np.unique(data.groups))
    return {"points": table, "power_law": _carry_on(sizes, np.array(errors), np.column_stack(draws), everything)}


def _carry_on(sizes: Floats, errors: Floats, draws: Floats, everything: int) -> dict[str, Any]:
    """Fit the curve and every draw of it; tell what all the articles, two and four times as many, would give."""
    if len(np.unique(sizes)) < 3:
        return {"note": "a curve needs three sizes at least"}
    law, laws = fit_power_laws(sizes, errors[None, :]), fit_power_laws(sizes, draws)
    ahead = [
        {
            "articles": times * everything,
            "macro_f1": rounded(
                figure(1 - float(law.predict(times * everything)[0]), 1 - laws.predict(times * everything))
            ),
        }
        for times in (1, 2, 4)
    ]
    more = [one.articles_for_gain(everything, GAIN) - everything for one in (law, laws)]
    # A draw whose curve never gains so much needs infinitely many, and the interval says so.
    low, high = np.percentile(more[1], [2.5, 97.5], method="nearest")
    return {
        **{name: round(float(getattr(law, name)[0]), DIGITS) for name in "abc"},
        "at_a_bound": bool(law.a[0] == 0 or law.c[0] >= LARGEST_EXPONENT),
        "articles_now": everything,
        "ahead": ahead,
        "gain": GAIN,
        "more_articles_for_gain": {
            key: round(float(value)) if np.isfinite(value) else None
            for key, value in (("value", more[0][0]), ("low", low), ("high", high))
        },
        "draws_that_never_gain": round(float(np.isinf(more[1]).mean()), DIGITS),
        "interval": "95%, draws of test articles and of repeats; whether the curve keeps to the law is not in it",
    }
