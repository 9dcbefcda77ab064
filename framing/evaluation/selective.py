"""Selective prediction: what is gained when the model keeps to the paragraphs that it is confident of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from framing.evaluation.headline import DIGITS, rounded
from framing.evaluation.intervals import ArticleBootstrap, Figure, figure, sums_by_group
from framing.evaluation.metrics import ratio

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

COVERAGES = tuple(percent / 100 for percent in range(5, 101, 5))
# Shares are taken of whole paragraphs: 0.9 of 10 is 9, whatever the last binary digit says.
SLACK = 1e-9
# Weights held in memory at a time, draws times paragraphs.
LARGEST_CHUNK = 1_000_000


@dataclass(frozen=True)
class Steps:
    """Paragraphs in falling order of confidence, all of one confidence added in one step.

    Attributes
    ----------
    kept : ndarray, shape (n_weightings, n_steps)
        Paragraphs that stand at this step's confidence or above it.
    wrong : ndarray, shape (n_weightings, n_steps)
        Those of them that are judged wrongly.
    """

    kept: Floats
    wrong: Floats


@dataclass(frozen=True)
class SelectivePrediction:
    """How far confidence tells right from wrong; every figure is the mean over repeats.

    Attributes
    ----------
    coverages : tuple of float
        Shares of the paragraphs that are kept.
    risks : tuple of Figure
        Share of the kept ones that are wrong, at each of the coverages.
    aurc, excess_aurc : Figure
        The area under the risk-coverage curve, and what of it a perfect order would save.
    wanted_accuracy : float
    kept_in_hindsight : Figure
        The largest coverage whose accuracy reaches the wanted one, found on the very paragraphs it is told of: a bound
        on what a threshold could do, not what one would.
    kept, accuracy_of_kept : Figure
        With the threshold of every fold set on the other folds. The intervals take the thresholds as they are.
        The accuracy is None where a repeat keeps nothing.
    """

    coverages: tuple[float, ...]
    risks: tuple[Figure, ...]
    aurc: Figure
    excess_aurc: Figure
    wanted_accuracy: float
    kept_in_hindsight: Figure
    kept: Figure
    accuracy_of_kept: Figure


def measure_selective(
    bootstrap: ArticleBootstrap, gold: Integers, probabilities: Floats, test_fold: Integers, wanted_accuracy: float
) -> dict[str, Any]:
    """Measure selective prediction, its figures as plain values for JSON.

    Parameters
    ----------
    bootstrap : ArticleBootstrap
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    probabilities : ndarray, shape (n_repeats, n_paragraphs, n_labels)
        Out-of-fold; the largest is the confidence, and its label the prediction.
    test_fold : ndarray of int, shape (n_repeats, n_paragraphs)
    wanted_accuracy : float
    """
    outcome = selective_prediction(
        bootstrap,
        confidence=probabilities.max(axis=-1),
        correct=probabilities.argmax(axis=-1) == gold,
        known=gold >= 0,
        test_fold=test_fold,
        wanted_accuracy=wanted_accuracy,
    )
    single = ("aurc", "excess_aurc", "kept_in_hindsight", "kept", "accuracy_of_kept")
    return {
        "paragraphs": int((gold >= 0).sum()),
        "wanted_accuracy": wanted_accuracy,
        "curve": [
            {"coverage": round(coverage, DIGITS), "risk": rounded(risk)}
            for coverage, risk in zip(outcome.coverages, outcome.risks, strict=True)
        ],
        **{name: rounded(getattr(outcome, name)) for name in single},
    }


def selective_prediction(
    bootstrap: ArticleBootstrap,
    *,
    confidence: Floats,
    correct: Booleans,
    known: Booleans,
    test_fold: Integers,
    wanted_accuracy: float,
    coverages: tuple[float, ...] = COVERAGES,
) -> SelectivePrediction:
    """Measure what confidence is good for.

    The intervals come from draws of articles with all their repeats; the order by confidence is the same in every
    draw, so that only the paragraphs' weights change and nothing is sorted or trained again.

    Parameters
    ----------
    bootstrap : ArticleBootstrap
    confidence : ndarray of float, shape (n_repeats, n_paragraphs)
    correct : ndarray of bool, shape (n_repeats, n_paragraphs)
    known : ndarray of bool, shape (n_paragraphs,)
        The others are left out.
    test_fold : ndarray of int, shape (n_repeats, n_paragraphs)
        The folds in which the paragraphs were tested.
    wanted_accuracy : float
    coverages : tuple of float
        In (0, 1].
    """
    n_repeats = len(confidence)

    def mean_over_repeats(multiplicity: Integers) -> Floats:
        weights = (multiplicity[:, bootstrap.member] * known).astype(np.float64)
        total: Floats = np.zeros((len(weights), 3 + len(coverages)))
        for repeat in range(n_repeats):
            steps = steps_of(confidence[repeat], correct[repeat], weights)
            area = area_under_risk(steps)
            excess, hindsight = area - least_area_under_risk(steps), share_kept_at(steps, wanted_accuracy)
            total += np.column_stack([area, excess, hindsight, risk_at(steps, coverages)])
        return total / n_repeats

    multiplicity = bootstrap.multiplicity
    [values] = mean_over_repeats(np.ones_like(multiplicity[:1]))
    size = max(1, LARGEST_CHUNK // len(known))
    chunks = (multiplicity[start : start + size] for start in range(0, len(multiplicity), size))
    draws = np.concatenate([mean_over_repeats(chunk) for chunk in chunks])
    aurc, excess, hindsight, *risks = map(figure, values.tolist(), draws.T)
    kept = _kept_honestly(confidence, correct, known, test_fold, wanted_accuracy)
    counts = np.stack([np.broadcast_to(known, kept.shape), kept, kept & correct], axis=-1).astype(np.float64)
    share, accuracy = bootstrap.figures_of_sums(sums_by_group(counts, bootstrap.member), _share_and_accuracy)
    return SelectivePrediction(coverages, tuple(risks), aurc, excess, wanted_accuracy, hindsight, share, accuracy)


def steps_of(confidence: Floats, correct: Booleans, weights: Floats) -> Steps:
    """Add up paragraphs from the most confident down.

    Parameters
    ----------
    confidence, correct : ndarray, shape (n_paragraphs,)
    weights : ndarray, shape (n_weightings, n_paragraphs)
        How often each paragraph counts; whole numbers.
    """
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    last_of_step = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    weights = weights[:, order]
    kept = weights.cumsum(axis=1)[:, last_of_step]
    weights *= ~correct[order]
    return Steps(kept, weights.cumsum(axis=1)[:, last_of_step])


def area_under_risk(steps: Steps) -> Floats:
    """Return the area under the risk-coverage curve, shape (n_weightings,).

    The mean, over all paragraphs, of the share that is wrong among those at least as confident (Geifman, Uziel and
    El-Yaniv 2019, *Bias-reduced uncertainty estimation for deep neural classifiers*); 0 is best. Paragraphs of one
    confidence cannot be told apart and are kept or left together.
    """
    added = np.diff(steps.kept, axis=1, prepend=0)
    risk = np.divide(steps.wrong, steps.kept, out=np.zeros_like(steps.kept), where=steps.kept > 0)
    return ratio((added * risk).sum(axis=1), steps.kept[:, -1])


def least_area_under_risk(steps: Steps) -> Floats:
    """Return the least area that so many right and wrong paragraphs allow, shape (n_weightings,).

    That of an order in which every right one stands before every wrong one. With n paragraphs, m of them wrong, the
    wrong ones meet the risks 1/(n-m+1), 2/(n-m+2), ..., m/n: in sum m - (n-m) (H(n) - H(n-m)), H being the harmonic
    numbers. For many paragraphs it comes to r + (1-r) ln(1-r), r being the share that is wrong.
    """
    number, wrong = steps.kept[:, -1], steps.wrong[:, -1]
    right = number - wrong
    area = wrong - right * (digamma(number + 1) - digamma(right + 1))
    return ratio(np.maximum(area, 0), number)


def risk_at(steps: Steps, coverages: tuple[float, ...]) -> Floats:
    """Return the share that is wrong when at least such shares are kept, shape (n_weightings, n_coverages).

    As few steps are taken as are needed.
    """
    n_steps = steps.kept.shape[1]
    number = steps.kept[:, -1:]
    needed = np.maximum(np.ceil(number * np.array(coverages) - SLACK), 1)
    # Every row is moved beyond the one before it, so that one search serves all rows.
    offset = np.arange(len(number))[:, None] * (number.max() + 2)
    place = np.searchsorted((steps.kept + offset).ravel(), (needed + offset).ravel()).reshape(needed.shape)
    place = np.minimum(place - np.arange(len(number))[:, None] * n_steps, n_steps - 1)
    kept, wrong = (np.take_along_axis(values, place, axis=1) for values in (steps.kept, steps.wrong))
    return ratio(wrong, kept)


def share_kept_at(steps: Steps, accuracy: float) -> Floats:
    """Return the largest share of the paragraphs that can be kept at an accuracy, shape (n_weightings,)."""
    reached = _reached(steps, accuracy)
    return ratio(np.where(reached, steps.kept, 0).max(axis=1), steps.kept[:, -1])


def lowest_threshold(confidence: Floats, correct: Booleans, accuracy: float) -> float:
    """Return the lowest confidence such that those at or above it reach an accuracy; infinity where none does.

    Parameters
    ----------
    confidence, correct : ndarray, shape (n_paragraphs,)
    accuracy : float
    """
    if not len(confidence):
        return float("inf")
    [reached] = _reached(steps_of(confidence, correct, np.ones((1, len(confidence)))), accuracy)
    falling = np.unique(confidence)[::-1]
    return float(falling[reached].min(initial=np.inf))


def _reached(steps: Steps, accuracy: float) -> Booleans:
    right = steps.kept - steps.wrong
    reached: Booleans = right >= accuracy * steps.kept - SLACK
    return reached


def _kept_honestly(
    confidence: Floats, correct: Booleans, known: Booleans, test_fold: Integers, wanted_accuracy: float
) -> Booleans:
    """Keep what passes a threshold that was set without its fold, shape (n_repeats, n_paragraphs).

    The threshold of a fold comes from the out-of-fold predictions of the same repeat's other folds. Their models did
    learn from this fold's articles, among others, but no prediction of its own paragraphs has a part in it.
    """
    kept = np.zeros(confidence.shape, dtype=np.bool_)
    for repeat, folds in enumerate(test_fold):
        for fold in np.unique(folds):
            within, others = folds == fold, known & (folds != fold)
            threshold = lowest_threshold(confidence[repeat, others], correct[repeat, others], wanted_accuracy)
            kept[repeat, within] = confidence[repeat, within] >= threshold
    return kept & known


def _share_and_accuracy(sums: Floats) -> Floats:
    return np.stack([ratio(sums[..., 1], sums[..., 0]), ratio(sums[..., 2], sums[..., 1])], axis=-1)
