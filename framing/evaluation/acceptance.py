"""From what confidence on a paragraph can be accepted, for an accuracy that is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.headline import DIGITS, rounded
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group
from framing.evaluation.metrics import ratio
from framing.evaluation.selective import SLACK, steps_of

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

ACCURACIES = tuple(percent / 100 for percent in range(50, 100))
# The accuracy of fewer is chance for the most part.
LEAST_KEPT = 50
MEANING = (
    "the lowest threshold on the largest probability such that the paragraphs at or above it reach the accuracy out of "
    "fold; chosen on the very paragraphs it is measured on, which favours it a little, and taken as it is by the "
    "intervals. 'selective' has the figures of thresholds that were set on other folds"
)


def acceptance_table(
    bootstrap: ArticleBootstrap, gold: Integers, probabilities: Floats, within: Booleans | None = None
) -> dict[str, Any]:
    """Find the threshold for each accuracy from .50 to .99, as plain values for JSON.

    All repeats are taken together, since a model has one threshold. What reaches an accuracy reaches every lower one,
    so that a higher accuracy never has a lower threshold. `selective.selective_prediction` sets the thresholds of each
    fold on the others, for one accuracy: the honest measure of the procedure. Here are the thresholds themselves, set
    on all that there is, for use on articles that are new.

    Parameters
    ----------
    bootstrap : ArticleBootstrap
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    probabilities : ndarray of float, shape (n_repeats, n_paragraphs, n_labels)
        Out-of-fold; the largest is the confidence, and its label the prediction.
    within : ndarray of bool, shape (n_paragraphs,), optional
        Measure these paragraphs only.

    Returns
    -------
    dict
        'thresholds' is a list in rising order of 'accuracy', each with its 'threshold' of six digits, the share 'kept'
        and the 'accuracy_of_kept'. Accuracies that no threshold reaches with 50 paragraphs kept, in the mean over the
        repeats, are not in it.
    """
    known = _known(gold, within)
    # Rounded down, so that a threshold of six digits lets through exactly what it was measured on.
    confidence = np.floor(probabilities.max(axis=-1) * 10**DIGITS) / 10**DIGITS
    correct = probabilities.argmax(axis=-1) == gold
    found = _lowest_thresholds(confidence[:, known].ravel(), correct[:, known].ravel(), LEAST_KEPT * len(confidence))
    measured = {
        threshold: _share_and_accuracy(bootstrap, confidence >= threshold, correct, known)
        for threshold in set(found.values())
    }
    return {
        "meaning": MEANING,
        "paragraphs": int(known.sum()),
        "least_kept": LEAST_KEPT,
        "thresholds": [
            {"accuracy": accuracy, "threshold": threshold, **measured[threshold]}
            for accuracy, threshold in found.items()
        ],
    }


def surest_half(
    bootstrap: ArticleBootstrap, gold: Integers, probabilities: Floats, within: Booleans | None = None
) -> dict[str, Any]:
    """Measure the accuracy on the half of the paragraphs that the model is surest of, as plain values for JSON.

    The half are those at or above the median confidence of their repeat, which the intervals take as it is. Ties at
    the median are all kept, so that 'kept' can be more than a half.

    Parameters
    ----------
    bootstrap, gold, probabilities, within
        As in `acceptance_table`.
    """
    known = _known(gold, within)
    confidence, correct = probabilities.max(axis=-1), probabilities.argmax(axis=-1) == gold
    median = np.median(confidence[:, known], axis=1, keepdims=True) if known.any() else np.inf
    return {"paragraphs": int(known.sum()), **_share_and_accuracy(bootstrap, confidence >= median, correct, known)}


def _known(gold: Integers, within: Booleans | None) -> Booleans:
    return gold >= 0 if within is None else within & (gold >= 0)


def _lowest_thresholds(confidence: Floats, correct: Booleans, least_kept: int) -> dict[float, float]:
    """Find the lowest threshold for each accuracy that is reached by so many, by the accuracy."""
    if not len(confidence):
        return {}
    steps = steps_of(confidence, correct, np.ones((1, len(confidence))))
    [kept], [wrong] = steps.kept, steps.wrong
    falling = np.unique(confidence)[::-1]
    found = {}
    for accuracy in ACCURACIES:
        reached = (kept - wrong >= accuracy * kept - SLACK) & (kept >= least_kept)
        if reached.any():
            found[accuracy] = float(falling[reached].min())
    return found


def _share_and_accuracy(
    bootstrap: ArticleBootstrap, kept: Booleans, correct: Booleans, known: Booleans
) -> dict[str, dict[str, float | None]]:
    """Tell the share of known paragraphs that is kept and their accuracy, of all repeats together."""
    kept = kept & known
    counts = np.stack([known * len(kept), kept.sum(axis=0), (kept & correct).sum(axis=0)], axis=-1)
    sums = sums_by_group(counts[None].astype(np.float64), bootstrap.member)
    share, accuracy = bootstrap.figures_of_sums(sums, _parts)
    return {"kept": rounded(share), "accuracy_of_kept": rounded(accuracy)}


def _parts(sums: Floats) -> Floats:
    return np.stack([ratio(sums[..., 1], sums[..., 0]), ratio(sums[..., 2], sums[..., 1])], axis=-1)
