"""Choose by inner grouped folds, and fit: what is measured in every outer fold is what ships."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError
from framing.evaluation import metrics
from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.fitting import Fitted, fit, fit_features, problem, source_ratios, transitions_of
from framing.evaluation.probabilities import log_loss
from framing.evaluation.seeds import Purpose, stream
from framing.evaluation.splits import grouped_folds
from framing.evaluation.training_data import TrainingData
from framing.model.calibration import Calibration, conformal_thresholds, fit_temperature, temper
from framing.model.decoding import Decoding, decode, log_softmax
from framing.model.reading import alone, in_article
from framing.model.sources import Sources
from framing.model.training_part import TrainingPart
from framing.settings import DecodingSettings, Experiment

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# Enough for the third decimal of a log loss; the fit that is kept goes on to the setting's own tolerance.
TOLERANCE = 1e-4


def tune_and_fit(data: TrainingData, rows: Integers, experiment: Experiment, *, repeat: int, fold: int) -> Fitted:
    """Choose by inner grouped folds and fit on all of the training part.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_train,)
        The training part; nothing else of ``data`` is looked at. What is not learnt from is left out.
    experiment : Experiment
    repeat, fold : int
        The outer fold; the inner folds are dealt out anew for each.

    Raises
    ------
    EvaluationError
        When an inner fold would lack a label, or a part of the data has no term that is frequent enough.
    """
    rows = data.learnt_from(rows)
    if alone(data.articles[rows]).all():
        # Where each paragraph is an article of its own, there is nothing to learn of articles.
        context = replace(experiment.context, article=(0.0,))
        experiment = replace(experiment, context=context, decoding=DecodingSettings(emission=(0.0,)))
    folds = inner_folds(data, rows, experiment, repeat=repeat, fold=fold)
    if folds is None:
        weight = 0.0 if experiment.context.source is None else experiment.context.source_weight[0]
        only = Choice(_first(experiment), experiment.decoding.emission[0], source_weight=weight)
        return fit(data, rows, experiment, only)
    return fit(data, rows, experiment, _Search(data, rows, experiment, folds).choose())


def inner_folds(
    data: TrainingData, rows: Integers, experiment: Experiment, *, repeat: int, fold: int
) -> Integers | None:
    """Deal out the folds of a training part; None where there is nothing to choose.

    Parameters
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_train,)
    experiment : Experiment
    repeat, fold : int
        The outer fold.

    Returns
    -------
    ndarray of int
        For those rows that are learnt from, in their order.

    Raises
    ------
    EvaluationError
        When a label is missing from the training part or would be from a fold.
    """
    rows = data.learnt_from(rows)
    absent = set(range(len(data.labels))) - set(data.gold[rows].tolist())
    if absent:
        raise EvaluationError(
            f"a training part has no paragraph with '{data.labels[min(absent)]}' to learn from; label more"
        )
    if experiment.calibration.coverage == 0 and _alternatives(experiment) == 1:
        return None
    streams = partial(stream, experiment.seed, Purpose.INNER_FOLDS, repeat=repeat, fold=fold)
    n_folds = experiment.evaluation.inner_folds
    return grouped_folds(data.groups[rows], data.gold[rows], data.labels, n_folds, streams, setting="inner_folds")


def _options(experiment: Experiment) -> dict[str, tuple[Any, ...]]:
    """List what each part of a candidate may be, in the order in which they are looked at."""
    # An encoder's vectors stand where smoothed words do, with nothing beside them: their strength is a matter of C.
    smoothing = (1.0,) if experiment.features.encoder else tuple(sorted(experiment.smoothing.strength))
    looked_up = any(smoothing) and not experiment.features.encoder
    return {
        "C": tuple(sorted(experiment.classifier.C)),
        "smoothing": smoothing,
        "article": tuple(sorted(experiment.context.article)),
        "weighting": experiment.features.weighting,
        "pieces": experiment.smoothing.pieces if looked_up else (False,),
    }


def _first(experiment: Experiment) -> Candidate:
    """Return the candidate that the search begins at: the middle of each row of numbers, the first of all else."""
    options = _options(experiment)
    return Candidate(
        **{
            name: values[(len(values) - 1) // 2 if isinstance(values[0], float) else 0]
            for name, values in options.items()
        }
    )


def _alternatives(experiment: Experiment) -> int:
    """Count the combinations that may be chosen."""
    weights = 1 if experiment.context.source is None else len(experiment.context.source_weight)
    return math.prod(map(len, _options(experiment).values())) * len(experiment.decoding.emission) * weights


@dataclass(frozen=True)
class _Search:
    """A search for the best candidate along one part of it after the other.

    All combinations would cost many times as much. The figure is flat around its best, so that what is found in this
    way is as good as what they would find, within what inner folds can tell apart.

    Attributes
    ----------
    data : TrainingData
    rows : ndarray of int, shape (n_learnt,)
    experiment : Experiment
    folds : ndarray of int, shape (n_learnt,)
    starts : dict
        Where the solver stood, by fold and shape: the next fit of the same shape begins there.
    scored : dict of Candidate to (ndarray, ndarray)
        The scores of each row, own and shared, by fits on the other folds.
    parts : dict
        The features of each fold's training and test rows, of one weighting at a time.
    """

    data: TrainingData
    rows: Integers
    experiment: Experiment
    folds: Integers
    starts: dict[tuple[Any, ...], Floats] = field(default_factory=dict)
    scored: dict[Candidate, tuple[Floats, Floats]] = field(default_factory=dict)
    parts: dict[tuple[Any, ...], tuple[TrainingPart, TrainingPart]] = field(default_factory=dict)

    def choose(self) -> Choice:
        options, figures = _options(self.experiment), dict[Candidate, float]()

        def best_of(candidates: Iterable[Candidate]) -> Candidate:
            # The first among equals: the strongest penalty, the least smoothing.
            return max(candidates, key=lambda candidate: self._tried(candidate, figures))

        best = _first(self.experiment)
        for name, values in options.items():
            if len(values) > 1:
                best = best_of(replace(best, **{name: value}) for value in values)
        # What else was chosen may ask for another penalty: one more look at its neighbours.
        place = options["C"].index(best.C)
        neighbours = options["C"][max(place - 1, 0) : place + 2]
        if len(neighbours) > 1:
            best = best_of(replace(best, C=strength) for strength in neighbours)
        return self._with_reading(Choice(best, tried=tuple(figures.items())))

    def _tried(self, candidate: Candidate, figures: dict[Candidate, float]) -> float:
        if candidate not in figures:
            own, shared = self._scores(candidate)
            figures[candidate] = self._figure(log_softmax(in_article(own, shared, self._articles)))
        return figures[candidate]

    @property
    def _articles(self) -> Integers:
        return self.data.articles[self.rows]

    def _scores(self, candidate: Candidate) -> tuple[Floats, Floats]:
        """Score every row by a fit on the other folds."""
        if candidate in self.scored:
            return self.scored[candidate]
        own = np.empty((len(self.rows), len(self.data.labels)))
        shared = np.empty_like(own)
        for fold in np.unique(self.folds):
            train, test = self._parts(fold, candidate)
            learnt = problem(self.data, self.rows[self.folds != fold], self.experiment, candidate)
            shape = (fold, learnt.n_blocks, train.smoothed.shape[1])
            weights = train.fit(
                learnt, C=candidate.C, smoothing=candidate.smoothing, tolerance=TOLERANCE,
                start=self.starts.get(shape),
                single_precision=True,
            )  # fmt: skip
            self.starts[shape] = weights.start
            own[self.folds == fold], shared[self.folds == fold] = weights.score(test.terms, test.smoothed)
        self.scored[candidate] = own, shared
        return own, shared

    def _parts(self, fold: int, candidate: Candidate) -> tuple[TrainingPart, TrainingPart]:
        """Give the features of a fold's training and test rows."""
        key = (candidate.weighting, candidate.pieces, candidate.smoothing > 0)
        if self.parts and next(iter(self.parts))[1:] != key:
            # They are large, and those of another weighting are not asked for again.
            self.parts.clear()
        if (fold, *key) not in self.parts:
            train, test = self.rows[self.folds != fold], self.rows[self.folds == fold]
            features = fit_features(self.data, train, self.experiment, candidate)
            self.parts[(fold, *key)] = features.of(self.data, train), features.of(self.data, test)
        return self.parts[(fold, *key)]

    def _with_reading(self, choice: Choice) -> Choice:
        """Choose how much the neighbours count, and calibrate on what comes out."""
        own, shared = self._scores(choice.candidate)
        given = log_softmax(in_article(own, shared, self._articles))
        decoded = {emission: self._decoded(given, emission) for emission in self.experiment.decoding.emission}
        figures = {emission: self._figure(log_probabilities) for emission, log_probabilities in decoded.items()}
        emission = max(sorted(figures), key=lambda emission: figures[emission])
        tried = tuple(figures.items()) if len(figures) > 1 else ()
        calibration = self._calibration(decoded[emission], log_softmax(own + shared))
        choice = replace(choice, emission=emission, calibration=calibration, tried_emissions=tried)
        return choice if self.data.sources is None else self._with_sources(choice, own, shared)

    def _with_sources(self, choice: Choice, own: Floats, shared: Floats) -> Choice:
        """Choose how much the kind of source counts where it is known, and calibrate texts of which it is."""
        added = np.zeros_like(own)
        for fold in np.unique(self.folds):
            test = self.folds == fold
            added[test] = Sources((), source_ratios(self.data, self.rows[~test])).added(self._sources[test])
        scores = in_article(own, shared, self._articles)
        decoded = {
            weight: self._decoded(log_softmax(scores + weight * added), choice.emission)
            for weight in sorted(self.experiment.context.source_weight)
        }
        figures = {weight: self._figure(log_probabilities) for weight, log_probabilities in decoded.items()}
        weight = max(figures, key=lambda weight: figures[weight])
        lone = log_softmax(own + shared + weight * added)
        calibration = self._calibration(decoded[weight], lone, self._sources >= 0)
        return replace(
            choice, source_weight=weight, source_calibration=calibration,
            tried_source_weights=tuple(figures.items()) if len(figures) > 1 else (),
        )  # fmt: skip

    @property
    def _sources(self) -> Integers:
        return np.full(len(self.rows), -1) if self.data.sources is None else self.data.sources[self.rows]

    def _decoded(self, given: Floats, emission: float) -> Floats:
        """Decode every fold with what the other folds' articles say of neighbours."""
        if emission == 0:
            return given
        decoded = np.empty_like(given)
        for fold in np.unique(self.folds):
            test = self.folds == fold
            decoding = Decoding(transitions_of(self.data, self.rows[~test]), emission)
            decoded[test] = decode(given[test], self._articles[test], decoding)
        return decoded

    def _calibration(self, given: Floats, lone: Floats, within: NDArray[np.bool_] | None = None) -> Calibration | None:
        settings = self.experiment.calibration
        gold, articles = self.data.gold[self.rows], self._articles
        within = gold >= 0 if within is None else within & (gold >= 0)
        if settings.coverage == 0 or not within.any():
            return None
        together = within & ~alone(articles)
        read = together if together.any() else within
        temperature, lone_temperature = self._temperature(given, read), self._temperature(lone, within)
        return Calibration(
            temperature,
            lone_temperature,
            settings.coverage,
            *(
                conformal_thresholds(
                    np.exp(temper(log_probabilities, degree))[kept], gold[kept], articles[kept], settings.coverage,
                    settings.smallest_label,
                )
                for log_probabilities, degree, kept in (
                    (given, temperature, read), (lone, lone_temperature, within)
                )
            ),
        )  # fmt: skip

    def _temperature(self, given: Floats, within: NDArray[np.bool_]) -> float:
        gold = self.data.gold[self.rows]
        known = np.flatnonzero((gold >= 0) & within)
        return fit_temperature(given[known], np.eye(given.shape[1])[gold[known]])

    def _figure(self, given: Floats) -> float:
        """Give the tuning figure, larger being better; of probabilities as the model will give them."""
        gold = self.data.gold[self.rows]
        if self.experiment.evaluation.tuning_metric == "log_loss":
            calibrated = self.experiment.calibration.coverage > 0
            return -log_loss(gold, np.exp(temper(given, self._temperature(given, gold >= 0)) if calibrated else given))
        confusion = metrics.confusion_matrix(gold, given.argmax(axis=1), given.shape[1])
        if self.experiment.evaluation.tuning_metric == "accuracy":
            return float(metrics.accuracy(confusion))
        return float(metrics.macro_f1(confusion))
