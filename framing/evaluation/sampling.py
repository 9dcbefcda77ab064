"""What the labelled paragraphs stand for: the figures of a probability sample, weighted to its population.

Labels that were chosen (for their subject, or because a model was in doubt) tell how a model does on paragraphs like
them, and nothing of how it does on any wider body of texts, or of how often a frame occurs there. Paragraphs drawn by
chance do, once each is weighted by the inverse of its chance (Hajek 1971, in *Foundations of Statistical Inference*,
p. 236: the sum of weighted values over the sum of weights).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation import metrics, probabilities
from framing.evaluation.headline import DIGITS, OF_LABELS, Yardstick, rounded
from framing.evaluation.intervals import ArticleBootstrap, Figure, sums_by_group

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

SAMPLE = "sample"
UNKNOWN = "unknown"
METHOD = (
    "each paragraph weighted by the inverse of its inclusion probability, sums divided by the sum of weights (Hajek "
    "1971); 95%, percentile bootstrap over groups of articles with paragraphs of the sample, as if these had been "
    "drawn: mostly too wide, since it knows nothing of strata nor of how large a part of the population was drawn, but "
    "too narrow for frames with few paragraphs and from few articles, and none where it would have no width. "
    "Paragraphs of the sample that nobody coded, that were set aside or have no gold are left out. Several samples are "
    "taken together, so that what was in the populations of two counts twice"
)


def measure_sampling(
    data: LabelledParagraphs,
    predicted: Integers,
    given: Floats,
    yardstick: Yardstick,
    *,
    boilerplate: NDArray[np.bool_],
    seed: int,
) -> dict[str, Any]:
    """Tell how the labelled paragraphs were drawn, and measure those that were drawn by chance.

    Parameters
    ----------
    data : LabelledParagraphs
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        Out-of-fold.
    given : ndarray of float, shape (n_repeats, n_paragraphs, n_labels)
        Out-of-fold probabilities.
    yardstick : Yardstick
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        They have no probabilities.
    seed : int
        Of the draws of articles.

    Returns
    -------
    dict
        ``statement`` belongs wherever the main figures are shown. ``drawn_by`` counts paragraphs with gold. ``sample``
        has weighted figures and the prevalence of each label in the gold; None without a probability sample. Its
        ``without_gold`` counts the paragraphs that were coded and are in dispute: they are in none of the figures.
    """
    drawn_by = drawing(data)
    with_gold = data.gold >= 0
    sampled = np.array([way == SAMPLE for way in drawn_by])
    drawn = with_gold & sampled
    counts = Counter(way for way, known in zip(drawn_by, with_gold, strict=True) if known)
    sample = None
    if drawn.any():
        sample = _of_sample(data, drawn, predicted, given, yardstick, boilerplate, seed)
        sample["without_gold"] = int((sampled & ~with_gold).sum())
    return {"drawn_by": dict(sorted(counts.items())), "statement": statement(counts), "sample": sample}


def drawing(data: LabelledParagraphs) -> list[str]:
    """Return why each paragraph was coded; 'unknown' where that is not told."""
    return [way or UNKNOWN for way in data.drawn_by or [""] * len(data.ids)]


def statement(counts: Counter[str]) -> str:
    """Say what figures that weigh all labels alike are figures of.

    Parameters
    ----------
    counts : Counter
        Paragraphs by the way they were drawn.
    """
    total, sampled = counts.total(), counts[SAMPLE]
    if total and sampled == total:
        return (
            "All of these labels were drawn by chance. The main figures weigh each alike; those of the population that "
            "the sample was drawn from are the weighted ones."
        )
    if sampled:
        return (
            f"{total - sampled:,} of the {total:,} labels were not drawn by chance, so the main figures hold for such "
            f"paragraphs and for no population; the weighted ones rest on the {sampled:,} that were."
        )
    if total and counts[UNKNOWN] == total:
        return (
            "It is not told how these texts were drawn, so the figures hold for them and cannot be taken for those of "
            "a population."
        )
    return (
        "These labels were not drawn by chance, so the figures hold for paragraphs like them and for no population; "
        "'framing queue --purpose sample' draws some that do."
    )


def inverse_chances(data: LabelledParagraphs, rows: NDArray[np.bool_]) -> Floats:
    """Return the weights of paragraphs of a probability sample, shape (n_rows,)."""
    if data.inclusion_probability is None:
        raise ValueError("a probability sample without inclusion probabilities")
    return 1 / data.inclusion_probability[rows]


def _of_sample(  # noqa: PLR0917
    data: LabelledParagraphs,
    rows: NDArray[np.bool_],
    predicted: Integers,
    given: Floats,
    yardstick: Yardstick,
    boilerplate: NDArray[np.bool_],
    seed: int,
) -> dict[str, Any]:
    chances = inverse_chances(data, rows)
    # Of mean 1, for figures that count paragraphs, as alpha does.
    weights = chances / chances.mean()
    # Only articles with paragraphs of the sample are drawn from, as often as for the other figures.
    _, member = np.unique(yardstick.bootstrap.member[rows], return_inverse=True)
    bootstrap = ArticleBootstrap.over(member, len(yardstick.bootstrap.multiplicity), seed)
    gold, predicted, scored = data.gold[rows], predicted[:, rows], ~boilerplate[rows]
    labels = data.codebook.labels
    confusions = _weighted_confusions(gold, predicted, weights, bootstrap.member, len(labels))
    losses = probabilities.losses(np.where(scored, gold, -1), given[:, rows]) * weights[:, None]
    log_loss, brier = bootstrap.figures_of_sums(sums_by_group(losses, bootstrap.member), probabilities.mean_losses)
    figures = bootstrap.figures_of_sums(confusions, yardstick.statistic)
    per_frame = {
        name: bootstrap.figures_of_sums(confusions, statistic)
        for name, statistic in (
            ("precision", metrics.precision), ("recall", metrics.recall), ("f1", metrics.f1),
            ("prevalence", _shares_of_gold), ("predicted_share", _shares_of_predicted),
        )
    }  # fmt: skip
    return {
        "method": METHOD,
        "paragraphs": int(rows.sum()),
        "articles": len({data.articles[row] for row in np.flatnonzero(rows).tolist()}),
        "population": round(float(chances.sum()), 1),
        "effective_paragraphs": round(float(weights.sum() ** 2 / np.square(weights).sum()), 1),
        "largest_weight": round(float(weights.max()), DIGITS),
        "metrics": {
            **dict(zip(OF_LABELS, map(_figure, figures), strict=True)),
            "log_loss": _figure(log_loss),
            "brier": _figure(brier),
        },
        "per_frame": {
            label: {name: _figure(of_labels[place]) for name, of_labels in per_frame.items()}
            for place, label in enumerate(labels)
        },
    }


def _figure(found: Figure) -> dict[str, float | None]:
    # A frame that the sample does not hold may be in the population all the same: no draw of articles shows it.
    return rounded(replace(found, low=None, high=None) if found.low == found.high else found)


def _weighted_confusions(
    gold: Integers, predicted: Integers, weights: Floats, member: Integers, n_labels: int
) -> Floats:
    """Add up weights by group, repeat, gold label and predicted label."""
    sums = np.zeros((int(member.max()) + 1, len(predicted), n_labels, n_labels))
    for repeat, labels in enumerate(predicted):
        np.add.at(sums[:, repeat], (member, gold, labels), weights)
    return sums


def _shares_of_gold(confusion: Floats) -> Floats:
    return metrics.ratio(confusion.sum(axis=-1), confusion.sum(axis=(-2, -1))[..., None])


def _shares_of_predicted(confusion: Floats) -> Floats:
    return metrics.ratio(confusion.sum(axis=-2), confusion.sum(axis=(-2, -1))[..., None])
