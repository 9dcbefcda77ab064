"""Whether coding what the learning queue asks for makes a better model than coding paragraphs drawn by chance.

    python experiments/learning-queue/simulate.py            # measures; writes result.json and the tables of README.md
    python experiments/learning-queue/simulate.py --tables   # makes the tables of README.md out of result.json

The project's own labels play the coder. Part of the articles is held out for testing; of the others some paragraphs
are coded at first, drawn by chance, and then more and more of them in one of three ways:

queue   by `framing.annotation.learning_queue.learning_queue`, with the numbers that `framing queue` has;
random  by `framing.annotation.sampling.draw_sample`, without strata;
margin  where the model is most in doubt, with no regard to articles and labels, and nothing by chance.

At each size the package's recipe, one value in each of its grids, is trained on what is coded by then and tested on
the held-out articles, which it reads whole. All three ways have the same articles, the same first paragraphs and the
same recipe. One process and one thread; five minutes of computing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from framing.annotation import labelled_paragraphs, read_labels
from framing.annotation.learning_queue import learning_queue, uncertainty
from framing.annotation.records import LabelledParagraphs
from framing.annotation.sampling import draw_sample
from framing.evaluation import metrics
from framing.evaluation.comparison import corrected_resampled_t
from framing.evaluation.fitting import Fitted, score
from framing.evaluation.splits import grouped_folds, plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import tune_and_fit
from framing.files import written_aside
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    Experiment,
    SmoothingSettings,
)
from framing.workflow.queue import PER_ARTICLE, RANDOM_SHARE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Asks = Callable[["Pool", int, np.random.Generator], Integers]

HOME = Path(__file__).parent
ROOT = HOME.parents[1]
SIZES = (40, 80, 120, 180, 240, 320, 400, 500, 600, 700, 800, 900)
REPEATS, FOLDS = 8, 5
# Not the seed of the splits on which the queue's ways of choosing were tried: see README.md.
SEED = 20_260_102
FIGURES = ("macro_f1", "accuracy")
# One value for each choice, in the middle of what the default model's inner folds look at: nothing is tuned.
RECIPE = Experiment(
    name="learning-queue",
    seed=SEED,
    smoothing=SmoothingSettings(strength=(0.5,), pieces=(True,)),
    context=ContextSettings(article=(2.0,)),
    classifier=ClassifierSettings(C=(1.0,), tolerance=1e-5),
    decoding=DecodingSettings(emission=(2.0,)),
    calibration=CalibrationSettings(coverage=0.0),
)


@dataclass(frozen=True)
class Pool:
    """What may be coded next, as the model of the moment sees it.

    Attributes
    ----------
    rows : ndarray of int, shape (n_waiting,)
    probabilities : ndarray of float, shape (n_waiting, n_labels)
        Each read in its whole article, coded paragraphs and others.
    articles : ndarray of int, shape (n_waiting,)
    """

    rows: Integers
    probabilities: Floats
    articles: Integers


def by_queue(pool: Pool, size: int, generator: np.random.Generator) -> Integers:
    asked = learning_queue(
        pool.probabilities, pool.articles, size=size, per_article=PER_ARTICLE, random_share=RANDOM_SHARE,
        generator=generator,
    )  # fmt: skip
    return pool.rows[asked.rows]


def at_random(pool: Pool, size: int, generator: np.random.Generator) -> Integers:
    return pool.rows[draw_sample([""] * len(pool.rows), size, generator=generator).rows]


def by_margin(pool: Pool, size: int, _generator: np.random.Generator) -> Integers:
    return pool.rows[np.argsort(-uncertainty(pool.probabilities), kind="stable")[:size]]


WAYS: dict[str, Asks] = {"queue": by_queue, "random": at_random, "margin": by_margin}


def figures_of(data: TrainingData, fitted: Fitted, test: Integers) -> dict[str, float]:
    """Score held-out articles; boilerplate gets the residual unseen, as in use."""
    predicted = score(data, fitted, test).argmax(axis=1)
    predicted[data.boilerplate[test]] = len(data.labels) - 1
    confusion = metrics.confusion_matrix(data.gold[test], predicted, len(data.labels))
    return {"macro_f1": float(metrics.macro_f1(confusion)), "accuracy": float(metrics.accuracy(confusion))}


def first_rows(data: TrainingData, story: Integers, size: int, generator: np.random.Generator) -> Integers:
    """Draw what is coded at first, until every label is among it: no one trains on fewer labels than there are."""
    while True:
        rows = generator.choice(story, size, replace=False)
        if len(set(data.gold[rows].tolist()) - {-1}) == len(data.labels):
            return rows


def coding_run(
    data: TrainingData,
    split: tuple[Integers, Integers],
    first: Integers,
    asks: Asks,
    *,
    sizes: tuple[int, ...],
    generator: np.random.Generator,
) -> list[dict[str, float]]:
    """Code more and more of a pool in one way; give the figures at each size.

    Parameters
    ----------
    data : TrainingData
    split : (ndarray of int, ndarray of int)
        The rows of the articles to learn from and of those held out.
    first : ndarray of int
        The rows that are coded at first.
    asks : callable
        Chooses so many rows of a `Pool`.
    sizes : tuple of int
        How many are coded at each step; ``len(first)`` is the first.
    generator : numpy.random.Generator
    """
    train, test = split
    coded = np.zeros(len(data.gold), dtype=np.bool_)
    coded[first] = True
    figures: list[dict[str, float]] = []
    for size, larger in zip(sizes, (*sizes[1:], None), strict=True):
        # Rows in their order, as a labels folder gives them.
        fitted = tune_and_fit(data, np.flatnonzero(coded), RECIPE, repeat=0, fold=0)
        figures.append(figures_of(data, fitted, test))
        if larger is not None:
            waiting = ~coded[train] & ~data.boilerplate[train]
            probabilities = np.exp(score(data, fitted, train))[waiting]
            pool = Pool(train[waiting], probabilities, data.articles[train[waiting]])
            coded[asks(pool, larger - size, generator)] = True
    return figures


def simulate(
    labelled: LabelledParagraphs, *, sizes: tuple[int, ...], repeats: int, folds: int, progress: Callable[[str], None]
) -> dict[str, Floats]:
    """Run every way on every split.

    Returns
    -------
    dict of str to ndarray, shape (n_repeats x n_folds, n_sizes, 2)
        For each way the figures, macro-F1 and accuracy.
    """
    groups = plan_splits(labelled, RECIPE.evaluation, SEED).groups
    # Everything but the weights of terms and the fit is the same at every step.
    data = training_data(labelled, groups, RECIPE)
    runs: dict[str, list[list[list[float]]]] = {way: [] for way in WAYS}
    for repeat in range(repeats):

        def streams(*, attempt: int, repeat: int = repeat) -> np.random.Generator:
            return np.random.default_rng((SEED, 1, repeat + 1, attempt + 1))

        fold_of = grouped_folds(groups, data.gold, data.labels, folds, streams)
        for fold in range(folds):
            split = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
            story = split[0][~data.boilerplate[split[0]]]
            first = first_rows(data, story, sizes[0], np.random.default_rng((SEED, 2, repeat + 1, fold + 1)))
            for place, (way, asks) in enumerate(WAYS.items(), start=1):
                generator = np.random.default_rng((SEED, 3, repeat + 1, fold + 1, place))
                steps = coding_run(data, split, first, asks, sizes=sizes, generator=generator)
                runs[way].append([[step[figure] for figure in FIGURES] for step in steps])
            progress(f"repeat {repeat + 1} of {repeats}, fold {fold + 1} of {folds}")
    return {way: np.array(values) for way, values in runs.items()}


def paired(differences: Floats, folds: int) -> dict[str, Any]:
    """Give the mean of paired differences over splits with its 95% interval.

    It is corrected for splits that share their articles; ``plain`` is what it would be if they shared none, and is far
    too narrow.
    """
    n = len(differences)
    # The parts that may be coded are as many times larger than those held out as there are folds but one.
    ones = np.ones(n, dtype=np.int64)
    test = corrected_resampled_t(differences, (folds - 1) * ones, ones)
    value = float(differences.mean())
    reach = 0.0 if test is None else (test.high - test.low) / 2
    narrower = reach * float(np.sqrt((1 / n) / (1 / n + 1 / (folds - 1))))
    return {
        "value": round(value, 4),
        "low": None if test is None else round(value - reach, 4),
        "high": None if test is None else round(value + reach, 4),
        "plain": None if test is None else [round(value - narrower, 4), round(value + narrower, 4)],
        "splits_above_0": int((differences > 0).sum()),
    }


def result_of(runs: dict[str, Floats], sizes: tuple[int, ...], folds: int) -> dict[str, Any]:
    """Sum up what `simulate` gives: the curve, and what each way is better than random."""
    curve, differences = [], []
    for place, size in enumerate(sizes):
        point: dict[str, Any] = {"paragraphs": size}
        for way, values in runs.items():
            means, spreads = values[:, place].mean(axis=0), values[:, place].std(axis=0, ddof=1)
            point[way] = {
                figure: {"mean": round(float(mean), 4), "sd": round(float(spread), 4)}
                for figure, mean, spread in zip(FIGURES, means, spreads, strict=True)
            }
        curve.append(point)
    for one, other in (("queue", "random"), ("margin", "random"), ("queue", "margin")):
        # At the first size all ways are the same.
        gain = runs[one][:, 1:] - runs[other][:, 1:]
        of_sizes = [{"paragraphs": size, **_figures(gain[:, place], folds)} for place, size in enumerate(sizes[1:])]
        differences.append(
            {
                "of": one,
                "against": other,
                "mean_over_sizes": _figures(gain.mean(axis=1), folds),
                "macro_f1_by_split": gain[:, :, 0].mean(axis=1).round(4).tolist(),
                "sizes": of_sizes,
            }
        )
    return {"curve": curve, "differences": differences}


def _figures(gain: Floats, folds: int) -> dict[str, Any]:
    return {figure: paired(gain[:, place], folds) for place, figure in enumerate(FIGURES)}


def tables_of(result: dict[str, Any]) -> str:
    """Show the curve and the differences as Markdown."""
    lines = [
        "| coded | random: macro-F1 / accuracy | queue | margin | queue − random: macro-F1 | accuracy |",
        "|---|---|---|---|---|---|",
    ]
    gains = {step["paragraphs"]: step for step in result["differences"][0]["sizes"]}
    for point in result["curve"]:
        shown = [
            f"{_short(point[way]['macro_f1']['mean'])} / {_short(point[way]['accuracy']['mean'])}"
            for way in ("random", "queue", "margin")
        ]
        gain = gains.get(point["paragraphs"])
        shown += ["the same", "the same"] if gain is None else [_gain(gain[figure]) for figure in FIGURES]
        lines.append(f"| {point['paragraphs']} | {' | '.join(shown)} |")
    lines += ["", "| mean over the sizes after the first | macro-F1 | accuracy | splits where macro-F1 gains |"]
    lines += ["|---|---|---|---|"]
    for difference in result["differences"]:
        means = difference["mean_over_sizes"]
        shown = [_gain(means[figure]) for figure in FIGURES]
        above = f"{means['macro_f1']['splits_above_0']} of {len(difference['macro_f1_by_split'])}"
        lines.append(f"| {difference['of']} − {difference['against']} | {' | '.join([*shown, above])} |")
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1)


def _gain(figure: dict[str, Any]) -> str:
    keys = ("value",) if figure["low"] is None else ("value", "low", "high")
    value, *interval = (f"{figure[key]:+.3f}".replace("0.", ".", 1) for key in keys)
    return f"{value} [{', '.join(interval)}]" if interval else value


def with_tables(page: str, tables: str) -> str:
    """Put the tables between their two marks."""
    begin, end = "<!-- tables -->\n", "\n<!-- end of tables -->"
    before, rest = page.split(begin)
    return before + begin + tables + end + rest.split(end)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=Path, default=ROOT / "labels")
    parser.add_argument("--tables", action="store_true", help="only make the tables of README.md anew")
    arguments = parser.parse_args()
    path, page = HOME / "result.json", HOME / "README.md"
    if not arguments.tables:
        labelled = labelled_paragraphs(read_labels(arguments.labels))
        with threadpool_limits(1):
            runs = simulate(
                labelled, sizes=SIZES, repeats=REPEATS, folds=FOLDS,
                progress=lambda said: print(said, file=sys.stderr),
            )  # fmt: skip
        protocol = {
            "labels": labelled.digest,
            "seed": SEED,
            "sizes": SIZES,
            "repeats": REPEATS,
            "folds": FOLDS,
            "per_article": PER_ARTICLE,
            "random_share": RANDOM_SHARE,
            "interval": "95% over splits of one corpus, corrected for their overlap (Nadeau and Bengio 2003)",
        }
        result = {"protocol": protocol, **result_of(runs, SIZES, FOLDS)}
        with written_aside(path) as file:
            file.write(json.dumps(result, indent=1).encode() + b"\n")
    result = json.loads(path.read_text(encoding="utf-8"))
    shown = with_tables(page.read_text(encoding="utf-8"), tables_of(result))
    with written_aside(page) as file:
        file.write(shown.encode())


if __name__ == "__main__":
    main()
