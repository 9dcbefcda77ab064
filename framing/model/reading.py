"""From the scores of paragraphs to probabilities: each read in its article, decoded along it, and calibrated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.model.articles import ArticleMeans
from framing.model.calibration import Calibration, candidate_sets, temper
from framing.model.decoding import Decoding, decode, log_softmax
from framing.model.sources import Sources

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """How scores become probabilities.

    Attributes
    ----------
    decoding : Decoding or None
        None leaves the neighbours out.
    calibration : Calibration or None
        None leaves the probabilities as they are, and gives no sets of candidates.
    sources : Sources or None
        What is known of kinds of sources; None where nothing was learnt of them.
    """

    decoding: Decoding | None = None
    calibration: Calibration | None = None
    sources: Sources | None = None

    def log_probabilities(
        self, own: Floats, shared: Floats, articles: Integers, sources: Integers | None = None
    ) -> Floats:
        """Read every row in its article.

        Parameters
        ----------
        own, shared : ndarray, shape (n_rows, n_labels)
            What a row's words say of it, and what they add to its article's mean.
        articles : ndarray of int, shape (n_rows,)
            The rows of an article are in their order, though others may stand between them. A row that is alone in its
            article is read as a lone paragraph.
        sources : ndarray of int, shape (n_rows,), optional
            The place of each row's kind of source in ``sources.names``; -1 where unknown.

        Returns
        -------
        ndarray, shape (n_rows, n_labels)
        """
        given = self.undecoded(own, shared, articles, sources)
        if self.decoding is not None:
            given = decode(given, articles, self.decoding)
        for rows, calibration, lone in self._kinds(articles, sources):
            given[rows] = temper(given[rows], calibration.lone_temperature if lone else calibration.temperature)
        return given

    def undecoded(self, own: Floats, shared: Floats, articles: Integers, sources: Integers | None = None) -> Floats:
        """Give the log-probabilities before decoding and temperature, shape (n_rows, n_labels)."""
        scores = in_article(own, shared, articles)
        if self.sources is not None and sources is not None:
            scores = scores + self.sources.added(sources)
        return log_softmax(scores)

    def lone_log_probabilities(self, scores: Floats) -> Floats:
        """Give the probabilities of paragraphs that are read without an article, shape (n_rows, n_labels)."""
        # As tempering what `log_softmax` gives, which only takes the same number off all scores of a row.
        return log_softmax(scores) if self.calibration is None else temper(scores, self.calibration.lone_temperature)

    def candidates(self, probabilities: Floats, articles: Integers, sources: Integers | None = None) -> Booleans | None:
        """Tell which labels each row may have, shape (n_rows, n_labels); None where nothing was calibrated."""
        if self.calibration is None:
            return None
        sets = np.ones(probabilities.shape, dtype=np.bool_)
        for rows, calibration, lone in self._kinds(articles, sources):
            thresholds = calibration.lone_thresholds if lone else calibration.thresholds
            sets[rows] = candidate_sets(probabilities[rows], thresholds)
        return sets

    def temperature(self, *, lone: bool, sourced: bool) -> float:
        """Return the temperature of rows that are alone or in an article, of a known source or none."""
        calibration = self.calibration
        if calibration is not None and sourced and self.sources is not None and self.sources.calibration is not None:
            calibration = self.sources.calibration
        if calibration is None:
            return 1.0
        return calibration.lone_temperature if lone else calibration.temperature

    def _kinds(self, articles: Integers, sources: Integers | None) -> Iterator[tuple[Booleans, Calibration, bool]]:
        """Part the rows by what they are calibrated with; none where nothing was calibrated."""
        if self.calibration is None:
            return
        lone = alone(articles)
        sourced = np.zeros_like(lone)
        if sources is not None and self.sources is not None and self.sources.calibration is not None:
            sourced = sources >= 0
            for by_itself in (False, True):
                yield sourced & (lone == by_itself), self.sources.calibration, by_itself
        for by_itself in (False, True):
            yield ~sourced & (lone == by_itself), self.calibration, by_itself


def in_article(own: Floats, shared: Floats, articles: Integers) -> Floats:
    """Add the mean of an article's shared scores to the own scores of its rows."""
    if not len(own):
        return own
    scores: Floats = own + ArticleMeans.over(articles).means(shared)
    return scores


def alone(articles: Integers) -> Booleans:
    """Mark the rows that are the only one of their article, shape (n_rows,)."""
    if not len(articles):
        return np.zeros(0, dtype=np.bool_)
    means = ArticleMeans.over(articles)
    marks: Booleans = means.sizes[means.member] == 1
    return marks
