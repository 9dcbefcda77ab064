"""How often the sets of candidate labels hold the gold one, against what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.headline import DIGITS, Yardstick, rounded
from framing.evaluation.intervals import ArticleBootstrap, Figure, sums_by_group
from framing.evaluation.metrics import ratio
from framing.evaluation.wording import decimals, interval

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

FIGURES = ("coverage", "mean_size", "certain", "accuracy_of_certain")


def measure_conformal(
    yardstick: Yardstick,
    given: Floats,
    sets: Booleans,
    labels: Sequence[str],
    coverage: float,
    *,
    within: Booleans | None = None,
) -> dict[str, Any]:
    """Measure sets of labels, as plain values for JSON.

    Parameters
    ----------
    yardstick : Yardstick
    given : ndarray of float, shape (n_repeats, n_paragraphs, n_labels)
        Out-of-fold probabilities.
    sets : ndarray of bool, shape (n_repeats, n_paragraphs, n_labels)
        By thresholds that were set without these paragraphs' articles.
    labels : sequence of str
    coverage : float
        The promised share of paragraphs whose gold label is in the set.
    within : ndarray of bool, shape (n_paragraphs,), optional
        Measure these paragraphs only.

    Returns
    -------
    dict
        With 'coverage', 'mean_size', the share 'certain' whose set is one label, and the 'accuracy_of_certain', each
        with its interval, and 'per_label' the coverage by gold label. A promise is kept where the interval reaches it,
        None where there is no paragraph to tell by; where it is not, 'notice' is a sentence that says so.

    Raises
    ------
    ValueError
        When the set of a paragraph that is measured lacks its most probable label.
    """
    known = yardstick.gold >= 0 if within is None else within & (yardstick.gold >= 0)
    gold, top = np.where(known, yardstick.gold, 0), given.argmax(axis=-1)
    if not _holds(sets, top)[:, known].all():
        raise ValueError("a set must hold the most probable label")
    covered, size = _holds(sets, np.broadcast_to(gold, top.shape)), sets.sum(axis=-1)
    certain = size == 1
    columns = np.stack([np.ones_like(size), covered, size, certain, certain & (top == gold)], axis=-1)
    of_known = (columns * known[:, None]).astype(np.float64)
    bootstrap = yardstick.bootstrap
    measured = bootstrap.figures_of_sums(sums_by_group(of_known, bootstrap.member), _figures)
    kept = _kept(measured[0], coverage)
    return {
        "paragraphs": int(known.sum()),
        "promised": round(coverage, DIGITS),
        **{name: rounded(figure) for name, figure in zip(FIGURES, measured, strict=True)},
        "per_label": {
            label: _of_label(bootstrap, covered, known & (gold == place), coverage)
            for place, label in enumerate(labels)
        },
        "promise_kept": kept,
        "notice": _notice(measured[0], coverage) if kept is False else None,
    }


def _of_label(bootstrap: ArticleBootstrap, covered: Booleans, own: Booleans, coverage: float) -> dict[str, Any]:
    columns = np.stack([np.broadcast_to(own, covered.shape), covered & own], axis=-1).astype(np.float64)
    [figure] = bootstrap.figures_of_sums(sums_by_group(columns, bootstrap.member), _share)
    return {"paragraphs": int(own.sum()), "coverage": rounded(figure), "promise_kept": _kept(figure, coverage)}


def _holds(sets: Booleans, label: Integers) -> Booleans:
    """Tell whether each set holds a label, shape (n_repeats, n_paragraphs)."""
    holds: Booleans = np.take_along_axis(sets, label[..., None], axis=-1)[..., 0]
    return holds


def _kept(figure: Figure, coverage: float) -> bool | None:
    reached = figure.value if figure.high is None else figure.high
    # Told to as many digits as the figures are, so that nobody finds the verdict at odds with them.
    return None if reached is None else round(reached, DIGITS) >= round(coverage, DIGITS)


def _notice(figure: Figure, coverage: float) -> str:
    missing = coverage - (figure.value or 0)
    return (
        f"The sets hold the gold label of {interval(rounded(figure))} of the paragraphs, {decimals(missing)} less than "
        f"the promised {decimals(coverage)}. The promise is made for articles like those labelled: where whole groups, "
        "such as regions, are left out of training, it need not hold."
    )


def _figures(sums: Floats) -> Floats:
    """Turn sums over paragraphs, shape (..., 5), into the figures, shape (..., 4)."""
    number, covered, size, certain, right = np.moveaxis(sums, -1, 0)
    figures = ratio(covered, number), ratio(size, number), ratio(certain, number), ratio(right, certain)
    return np.stack(figures, axis=-1)


def _share(sums: Floats) -> Floats:
    return ratio(sums[..., 1], sums[..., 0])
