"""From probabilities to sets of labels: above which probability a label is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from framing.evaluation.multi_label_metrics import sums_of_texts

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

CANDIDATES = np.arange(2, 100, 2) / 100
MOST_PASSES = 5


@dataclass(frozen=True)
class Thresholds:
    """The least probabilities with which labels are given.

    Attributes
    ----------
    values : ndarray of float, shape (n_frames,)
    kind : str
        One threshold for all frames, or one for each.
    tried : dict of str to float
        The criterion of each kind on texts that its thresholds were not chosen on, the mean over folds.
    """

    values: Floats
    kind: Literal["common", "by_frame"]
    tried: dict[str, float]


def label_sets(scores: Floats, thresholds: Floats | float, n_labels: int, *, at_least_one: bool = True) -> Booleans:
    """Give each text the frames that reach their threshold, and none goes without a label.

    The residual is no further frame but the word for their absence: it is given where no frame reaches its threshold,
    and never beside one. Without a residual the text gets its most probable frame, since the coders gave every text
    one.

    Parameters
    ----------
    scores : ndarray of float, shape (n_texts, n_frames)
    thresholds : float, or ndarray of float, shape (n_frames,)
    n_labels : int
        One more than the frames where there is a residual.
    at_least_one : bool
        Without it, texts without a frame stay so where there is no residual.

    Returns
    -------
    ndarray of bool, shape (n_texts, n_labels)
    """
    n_frames = scores.shape[1]
    carried = np.zeros((len(scores), n_labels), dtype=np.bool_)
    carried[:, :n_frames] = scores >= thresholds
    bare = np.flatnonzero(~carried.any(axis=1))
    if n_labels > n_frames:
        carried[bare, n_labels - 1] = True
    elif at_least_one:
        carried[bare, scores[bare].argmax(axis=1)] = True
    return carried


@dataclass(frozen=True)
class ThresholdSearch:
    """A search for thresholds on texts that the probabilities were not learnt from.

    Attributes
    ----------
    probabilities : ndarray of float, shape (n_texts, n_frames)
    gold : ndarray of bool, shape (n_texts, n_labels)
    criterion : callable
        A figure of `multi_label_metrics`; larger is better.
    """

    probabilities: Floats
    gold: Booleans
    criterion: Callable[[Floats], Floats]

    def choose(self, fold: Integers) -> Thresholds:
        """Choose one threshold for all frames, or one for each where that holds good on texts not chosen on.

        A threshold for each frame always fits the texts better that it is chosen on. So both kinds are chosen on all
        folds but one and measured on that one, each fold in turn, and the frames get their own thresholds where these
        are better by more than the standard error of the difference over folds (the one-standard-error rule of
        Breiman, Friedman, Olshen and Stone 1984).

        Parameters
        ----------
        fold : ndarray of int, shape (n_texts,)
            At least two folds.
        """
        common = self._cross_fitted(fold, ThresholdSearch.common)
        by_frame = self._cross_fitted(fold, ThresholdSearch.by_frame)
        gain = by_frame - common
        tried = {"common": float(common.mean()), "by_frame": float(by_frame.mean())}
        if gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)):
            return Thresholds(self.by_frame(), "by_frame", tried)
        return Thresholds(self.common(), "common", tried)

    def common(self) -> Floats:
        """Find the best threshold for all frames, of equal ones that nearest to a half; shape (n_frames,)."""
        figures = np.array([self.figure(candidate) for candidate in CANDIDATES])
        best = CANDIDATES[figures >= figures.max() - 1e-12]
        return np.full(self.probabilities.shape[1], best[np.abs(best - 0.5).argmin()])

    def by_frame(self) -> Floats:
        """Move one frame's threshold after another, from the best common one on, while that raises the criterion."""
        thresholds = self.common()
        best = self.figure(thresholds)
        for _ in range(MOST_PASSES):
            before = best
            for frame in range(len(thresholds)):
                for candidate in CANDIDATES:
                    moved = thresholds.copy()
                    moved[frame] = candidate
                    figure = self.figure(moved)
                    if figure > best + 1e-12:
                        thresholds, best = moved, figure
            if best == before:
                break
        return thresholds

    def figure(self, thresholds: Floats | float) -> float:
        predicted = label_sets(self.probabilities, thresholds, self.gold.shape[1])
        return float(self.criterion(sums_of_texts(self.gold, predicted[None])[0].sum(axis=0)))

    def _cross_fitted(self, fold: Integers, find: Callable[[ThresholdSearch], Floats]) -> Floats:
        """Measure each fold with the thresholds that the others give, shape (n_folds,)."""
        figures = []
        for number in np.unique(fold):
            rest, here = (
                ThresholdSearch(self.probabilities[part], self.gold[part], self.criterion)
                for part in (fold != number, fold == number)
            )
            figures.append(here.figure(find(rest)))
        return np.array(figures)
