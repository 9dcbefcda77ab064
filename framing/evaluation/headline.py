"""The headline figures of one set of predictions, each with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation import metrics, probabilities
from framing.evaluation.intervals import ArticleBootstrap, Figure, confusions_by_group, sums_by_group

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

DIGITS = 6
OF_LABELS = (
    "accuracy",
    "macro_f1",
    "macro_f1_frames",
    "micro_f1",
    "micro_f1_frames",
    "cohen_kappa",
    "krippendorff_alpha",
)


@dataclass(frozen=True)
class Yardstick:
    """What all predictions of a run are measured against, so that any two of them can be compared.

    Attributes
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
        -1 is left out.
    bootstrap : ArticleBootstrap
    n_labels, n_frames : int
        With and without the residual.
    bins : int
        Of the calibration error.
    """

    gold: Integers
    bootstrap: ArticleBootstrap
    n_labels: int
    n_frames: int
    bins: int

    def of_labels(self, predicted: Integers, *, within: NDArray[np.bool_] | None = None) -> dict[str, Any]:
        """Give the figures that rest on the labels alone.

        Parameters
        ----------
        predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        within : ndarray of bool, shape (n_paragraphs,), optional
            Measure these paragraphs only.
        """
        figures = self.bootstrap.figures(self._gold(within), predicted, self.n_labels, self.statistic)
        return dict(zip(OF_LABELS, map(rounded, figures), strict=True))

    def of_probabilities(self, given: Floats, *, within: NDArray[np.bool_] | None = None) -> dict[str, Any]:
        """Give log loss, Brier score and expected calibration error.

        Parameters
        ----------
        given : ndarray of float, shape (n_repeats, n_paragraphs, n_labels)
        within : ndarray of bool, shape (n_paragraphs,), optional
        """
        gold, member = self._gold(within), self.bootstrap.member
        losses = sums_by_group(probabilities.losses(gold, given), member)
        log_loss, brier = self.bootstrap.figures_of_sums(losses, probabilities.mean_losses)
        sums = probabilities.calibration_by_group(gold, given, member, self.bins)
        [error] = self.bootstrap.figures_of_sums(sums, probabilities.expected_calibration_error)
        return {
            "log_loss": rounded(log_loss),
            "brier": rounded(brier),
            "expected_calibration_error": rounded(error),
        }

    def difference(
        self,
        first: Integers,
        second: Integers,
        statistic: Callable[[Floats], Floats] = metrics.macro_f1,
        *,
        within: NDArray[np.bool_] | None = None,
    ) -> dict[str, Any]:
        """Give one set of predictions' figure less another's, both on the same draws of articles.

        Parameters
        ----------
        first, second : ndarray of int, shape (n_repeats, n_paragraphs)
            The two may differ in their repeats.
        statistic : callable
            From matrices of shape (..., n_labels, n_labels) to figures of shape (...).
        within : ndarray of bool, shape (n_paragraphs,), optional
        """
        gold, member = self._gold(within), self.bootstrap.member
        one, other = (confusions_by_group(gold, predicted, member, self.n_labels) for predicted in (first, second))
        [figure] = self.bootstrap.differences(one, other, statistic)
        return rounded(figure)

    def figure(
        self,
        predicted: Integers,
        statistic: Callable[[Floats], Floats],
        *,
        within: NDArray[np.bool_] | None = None,
    ) -> dict[str, Any]:
        """Give one figure; see `difference` for the parameters."""
        [figure] = self.bootstrap.figures(self._gold(within), predicted, self.n_labels, statistic)
        return rounded(figure)

    def statistic(self, confusion: Floats) -> Floats:
        """Compute the figures of `OF_LABELS` from confusion matrices, shape (..., 7)."""
        n = self.n_frames
        figures = (
            metrics.accuracy(confusion), metrics.macro_f1(confusion), metrics.macro_f1(confusion, n),
            metrics.micro_f1(confusion), metrics.micro_f1(confusion, n), metrics.cohen_kappa(confusion),
            metrics.krippendorff_alpha(metrics.pair_coincidences(confusion)),
        )  # fmt: skip
        return np.stack(figures, axis=-1)

    def _gold(self, within: NDArray[np.bool_] | None) -> Integers:
        return self.gold if within is None else np.where(within, self.gold, -1)


def with_rounded_floats(table: Any) -> Any:
    """Round every number in nested dictionaries and lists."""
    if isinstance(table, dict):
        return {key: with_rounded_floats(value) for key, value in table.items()}
    if isinstance(table, list):
        return [with_rounded_floats(value) for value in table]
    return round(table, DIGITS) if isinstance(table, float) else table


def rounded(figure: Figure) -> dict[str, float | None]:
    return {key: None if value is None else round(value, DIGITS) for key, value in asdict(figure).items()}
