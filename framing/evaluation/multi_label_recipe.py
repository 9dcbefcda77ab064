"""One binary logistic regression for each frame, where a text may carry several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import product, starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from scipy.special import expit

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.evaluation.cross_validation import Judgement, Part
from framing.evaluation.fitting import PartFeatures
from framing.evaluation.multi_label_metrics import exact_match, macro_f1, micro_f1
from framing.evaluation.multi_label_thresholds import Thresholds, ThresholdSearch, label_sets
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.splits import grouped_folds
from framing.evaluation.training_data import TrainingData
from framing.model.features import TfIdf, fit_tfidf, weigh_by_labels
from framing.model.logistic import logistic_path
from framing.model.smoothing import fit_smoother
from framing.settings import Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Matrix = csr_array[Any]


@dataclass(frozen=True)
class MultiLabelData:
    """What every fit of a run shares.

    Attributes
    ----------
    training : TrainingData
        Counts, groups and boilerplate; its ``gold`` is not looked at.
    carried : ndarray of bool, shape (n_paragraphs, n_labels)
        Which labels the coders gave each paragraph.
    n_frames : int
        Without the residual, which is not learnt: it says that there is no frame.
    """

    training: TrainingData
    carried: Booleans
    n_frames: int

    @classmethod
    def of(cls, data: LabelledParagraphs, training: TrainingData) -> MultiLabelData:
        return cls(training, data.targets > 0, len(data.codebook.frames))

    def learnt_from(self, rows: Integers) -> Integers:
        return rows[~self.training.boilerplate[rows]]


@dataclass(frozen=True)
class JudgedSets(Judgement):
    """What was learnt from a training part says of the test rows.

    Attributes
    ----------
    scores : ndarray of float, shape (n_test, n_frames)
    predicted : ndarray of bool, shape (n_test, n_labels)
        Which labels each of the rows is given.
    """

    predicted: Booleans = field(kw_only=True)


@dataclass(frozen=True)
class Features:
    """How texts become features: the terms' weighting, and s² of what words share with their neighbours in meaning."""

    weighting: str
    smoothing: float


@dataclass(frozen=True)
class MultiLabelChoice:
    """What the inner folds chose, the thresholds with it.

    Attributes
    ----------
    features : Features
    C : float
    tried : dict of (Features, float) to float
        The figure of each candidate, features and a C, over the inner folds' paragraphs, larger being better.
    thresholds : Thresholds
    frames : tuple of str
    """

    features: Features
    C: float
    tried: dict[tuple[Features, float], float]
    thresholds: Thresholds
    frames: tuple[str, ...]

    def as_table(self) -> dict[str, Any]:
        values = self.thresholds.values.round(6).tolist()
        return {
            **asdict(self.features),
            "C": self.C,
            "tried": [
                {**asdict(features), "C": strength, "figure": round(figure, 6)}
                for (features, strength), figure in self.tried.items()
            ],
            "threshold": self.thresholds.kind,
            "thresholds": dict(zip(self.frames, values, strict=True)),
            "tried_thresholds": {kind: round(figure, 6) for kind, figure in self.thresholds.tried.items()},
        }


@dataclass(frozen=True)
class MultiLabelRecipe:
    """Binary relevance: each frame is told from its absence by a logistic regression of its own.

    C, the terms' weighting and the smoothing are the same for all frames and are chosen by inner grouped folds, by
    default by the mean binary log loss; the thresholds are then chosen on the probabilities that the inner folds gave
    their held-out paragraphs.
    """

    data: MultiLabelData
    experiment: Experiment

    def judge(self, part: Part) -> JudgedSets:
        rows, carried = self.data.learnt_from(part.train), self.data.carried
        fold = self.inner_folds(part)
        choice = self._choose(rows, fold)
        [logits] = self._logits(rows, part.test, choice.features, (choice.C,))
        probabilities = expit(logits)
        predicted = label_sets(probabilities, choice.thresholds.values, carried.shape[1])
        return JudgedSets(probabilities, choice, predicted=predicted)

    def refuse(self, parts: Sequence[Part]) -> None:
        """Raise an EvaluationError for what would stop a part half-way, before any is begun."""
        for part in parts:
            self.inner_folds(part)

    def inner_folds(self, part: Part) -> Integers:
        """Deal out the folds of a training part, stratified by all labels.

        Returns
        -------
        ndarray of int
            For those rows that are learnt from, in their order.

        Raises
        ------
        EvaluationError
            When a label is missing from the training part or from a fold, or stands on every paragraph.
        """
        rows, labels, settings = (
            self.data.learnt_from(part.train),
            self.data.training.labels,
            self.experiment.evaluation,
        )
        carried = self.data.carried[rows]
        absent = np.flatnonzero(~carried.any(axis=0))
        if len(absent):
            raise EvaluationError(
                f"a training part has no paragraph with '{labels[absent[0]]}' to learn from; label more"
            )
        streams = partial(stream, self.experiment.seed, Purpose.INNER_FOLDS, repeat=part.repeat, fold=part.fold)
        groups, n_folds = self.data.training.groups[rows], settings.inner_folds
        fold = grouped_folds(groups, carried, labels, n_folds, streams, setting="inner_folds")
        for number in np.unique(fold):
            everywhere = np.flatnonzero(carried[fold != number].all(axis=0))
            if len(everywhere):
                raise EvaluationError(
                    f"every paragraph of a training part carries '{labels[everywhere[0]]}', so there is nothing to "
                    "tell it from; label more paragraphs without it, or take it out of the codebook"
                )
        return fold

    def _choose(self, rows: Integers, fold: Integers) -> MultiLabelChoice:
        gold, labels = self.data.carried[rows], self.data.training.labels
        strengths = sorted(self.experiment.classifier.C)
        held_out: dict[tuple[Features, float], Floats] = {}
        options = product(self.experiment.features.weighting, sorted(self.experiment.smoothing.strength))
        for features in starmap(Features, options):
            logits = np.empty((len(strengths), len(rows), self.data.n_frames))
            for number in np.unique(fold):
                test = np.flatnonzero(fold == number)
                logits[:, test] = self._logits(rows[fold != number], rows[test], features, strengths)
            held_out.update({(features, c): logits[place] for place, c in enumerate(strengths)})
        tried = {candidate: self._figure(gold, logits) for candidate, logits in held_out.items()}
        # The first weighting, the least smoothing and the strongest penalty among equals.
        best = max(tried, key=lambda candidate: tried[candidate])
        search = ThresholdSearch(expit(held_out[best]), gold, self._criterion())
        return MultiLabelChoice(*best, tried, search.choose(fold), labels[: self.data.n_frames])

    def _figure(self, gold: Booleans, logits: Floats) -> float:
        """Give the tuning figure, larger being better; of sets of labels with the best common threshold."""
        if self.experiment.evaluation.tuning_metric == "log_loss":
            signed = np.where(gold[:, : self.data.n_frames], logits, -logits)
            return -float(np.logaddexp(0, -signed).mean())
        search = ThresholdSearch(expit(logits), gold, self._criterion())
        return search.figure(search.common())

    def _criterion(self) -> Callable[[Floats], Floats]:
        """Return what thresholds are chosen by: micro-F1 counts each decision alike, as the log loss does."""
        criteria: dict[str, Callable[[Floats], Floats]] = {
            "log_loss": micro_f1,
            "macro_f1": macro_f1,
            "accuracy": exact_match,
        }
        return criteria[self.experiment.evaluation.tuning_metric]

    def _logits(self, train: Integers, test: Integers, features: Features, strengths: Sequence[float]) -> Floats:
        """Fit on some rows and score others, shape (n_strengths, n_test, n_frames)."""
        logits = np.empty((len(strengths), len(test), self.data.n_frames))
        for frame, (seen, unseen) in enumerate(self._matrices(train, test, features)):
            carried = self.data.carried[train, frame].astype(np.int64)
            for place, (coefficients, intercept) in enumerate(self._path(seen, carried, strengths)):
                logits[place, :, frame] = unseen @ (coefficients[:, 1] - coefficients[:, 0])
                logits[place, :, frame] += intercept[1] - intercept[0]
        return logits

    def _path(self, seen: Matrix, carried: Integers, strengths: Sequence[float]) -> list[tuple[Floats, Floats]]:
        return list(logistic_path(seen, carried, 2, strengths=strengths, settings=self.experiment.classifier))

    def _matrices(self, train: Integers, test: Integers, features: Features) -> Iterator[tuple[Matrix, Matrix]]:
        """Give each frame's features of the training and of the test rows, weighed by the training rows."""
        training, settings = self.data.training, self.experiment.features
        words = fit_tfidf(training.counts, train, settings)
        of_characters = None if training.characters is None else fit_tfidf(training.characters, train, settings)
        smoother = None
        if training.words is not None and features.smoothing > 0:
            pieces = self.experiment.smoothing.pieces[0]
            smoother = fit_smoother(training.counts, train, training.words, settings, pieces=pieces)

        def matrices(weights: TfIdf) -> tuple[Matrix, Matrix]:
            known = PartFeatures(weights, of_characters, smoother)
            seen, unseen = (_side_by_side(known, training, rows, features.smoothing) for rows in (train, test))
            return seen, unseen

        shared = matrices(words)
        for frame in range(self.data.n_frames):
            if features.weighting == "idf":
                yield shared
            else:
                carried = self.data.carried[train, frame].astype(np.int64)
                yield matrices(weigh_by_labels(training.counts, train, carried, 2, words))


def _side_by_side(known: PartFeatures, data: TrainingData, rows: Integers, smoothing: float) -> Matrix:
    part = known.of(data, rows)
    return csr_array(hstack([part.terms, csr_array(np.sqrt(smoothing) * part.smoothed)]))
