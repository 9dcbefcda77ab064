"""The figures of sets of labels, each with its interval, and what one recipe's are less another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation import multi_label_metrics as metrics
from framing.evaluation.comparison import corrected_resampled_t, randomisation_test
from framing.evaluation.cross_validation import Part
from framing.evaluation.headline import DIGITS, rounded
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

DEFINITIONS = {
    "micro_f1": "F1 of the decisions on all labels together",
    "micro_f1_frames": "the same of the frames alone, the residual left out",
    "macro_f1": "mean of the labels' F1",
    "macro_f1_frames": "the same of the frames alone, the residual left out",
    "accuracy": "share of texts whose set of labels is exactly the gold set (subset accuracy)",
    "hamming_loss": "share of wrong decisions, one for each text and label",
    "jaccard": "mean over texts of the share of gold and predicted labels that is in both sets",
    "labels_per_text_gold": "mean number of gold labels",
    "labels_per_text_predicted": "mean number of predicted labels",
}
COMPARED = {"micro_f1": metrics.micro_f1, "macro_f1": metrics.macro_f1}


@dataclass(frozen=True)
class SetYardstick:
    """What all predictions of a run are measured against, so that any two of them can be compared.

    Attributes
    ----------
    gold : ndarray of bool, shape (n_paragraphs, n_labels)
        Which labels each paragraph carries.
    bootstrap : ArticleBootstrap
    n_frames : int
        The labels without the residual.
    seed : int
        Of the randomisation test.
    """

    gold: Booleans
    bootstrap: ArticleBootstrap
    n_frames: int
    seed: int

    def headline(self, predicted: Booleans, *, within: Booleans | None = None) -> dict[str, Any]:
        """Give the figures of `DEFINITIONS`.

        Parameters
        ----------
        predicted : ndarray of bool, shape (n_repeats, n_paragraphs, n_labels)
        within : ndarray of bool, shape (n_paragraphs,), optional
            Measure these paragraphs only.
        """
        sums = metrics.sums_of_texts(self.gold, predicted)
        if within is not None:
            sums[:, ~within] = 0
        by_group = sums_by_group(sums, self.bootstrap.member)
        found = self.bootstrap.figures_of_sums(by_group, self._statistic)
        return dict(zip(DEFINITIONS, map(rounded, found), strict=True))

    def per_label(self, predicted: Booleans, labels: Sequence[str]) -> dict[str, Any]:
        """Give each label's support, precision, recall and F1."""
        by_group = self._by_group(predicted)
        support = self.gold.sum(axis=0).tolist()
        table: dict[str, Any] = {label: {"support": count} for label, count in zip(labels, support, strict=True)}
        for name, statistic in (("precision", metrics.precision), ("recall", metrics.recall), ("f1", metrics.f1)):
            for label, found in zip(labels, self.bootstrap.figures_of_sums(by_group, statistic), strict=True):
                table[label][name] = rounded(found)
        return table

    def of_part(self, predicted: Booleans, part: Part) -> dict[str, float]:
        """Give the figures of one fold, without intervals."""
        found = self._statistic(self._of_parts(predicted, [part])[0])
        return dict(zip(DEFINITIONS, found.round(DIGITS).tolist(), strict=True))

    def compare(self, first: Booleans, second: Booleans, parts: Sequence[Part]) -> dict[str, Any]:
        """Set the first recipe's micro- and macro-F1 against the second's.

        Parameters
        ----------
        first, second : ndarray of bool, shape (n_repeats, n_paragraphs, n_labels)
            Predictions from the same parts.
        parts : sequence of Part
            The folds of all repeats.

        Returns
        -------
        dict
            For each figure the difference, with its interval over articles; the corrected resampled t-test over the
            folds, which has the variance of training in it; the randomisation test's p-value.
        """
        groups = self._by_group(first), self._by_group(second)
        folds = self._of_parts(first, parts), self._of_parts(second, parts)
        sizes = np.array([(len(part.train), len(part.test)) for part in parts])
        compared = {}
        for name, statistic in COMPARED.items():
            [difference] = self.bootstrap.differences(*groups, statistic)
            corrected = corrected_resampled_t(statistic(folds[0]) - statistic(folds[1]), *sizes.T)
            chance = randomisation_test(*groups, statistic, seed=self.seed)
            compared[name] = {
                "difference": asdict(difference),
                "corrected_resampled_t": None if corrected is None else asdict(corrected),
                "randomisation_p": chance,
            }
        return compared

    def _statistic(self, sums: Floats) -> Floats:
        single = [
            metrics.micro_f1(sums),
            metrics.micro_f1(sums, self.n_frames),
            metrics.macro_f1(sums),
            metrics.macro_f1(sums, self.n_frames),
            metrics.exact_match(sums),
            metrics.hamming_loss(sums),
            metrics.jaccard(sums),
        ]
        return np.concatenate([np.stack(single, axis=-1), metrics.labels_per_text(sums)], axis=-1)

    def _by_group(self, predicted: Booleans) -> Floats:
        return sums_by_group(metrics.sums_of_texts(self.gold, predicted), self.bootstrap.member)

    def _of_parts(self, predicted: Booleans, parts: Sequence[Part]) -> Floats:
        """Sum up each part's own test rows, shape (n_parts, n_sums)."""
        sums = metrics.sums_of_texts(self.gold, predicted)
        return np.stack([sums[part.repeat, part.test].sum(axis=0) for part in parts])
