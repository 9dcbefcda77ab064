"""Many articles classified at once: columns in the place of one dictionary a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.artifact.artifact import Artifact
from framing.model.scorer import Scorer
from framing.text.article import Article, Paragraph
from framing.text.segmentation import Segmentation

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class ClassifiedBatch:
    """The paragraphs of some articles with their frames: what `Artifact.classify` says of them, but for the evidence.

    Attributes
    ----------
    paragraphs : list of Paragraph, length n_paragraphs
        Of one article after another, boilerplate among them.
    read : ndarray of bool, shape (n_paragraphs,)
        Which were scored: all but boilerplate where the codebook has a residual.
    frames : ndarray of int, shape (n_paragraphs,)
        Places in the codebook's labels; the residual's where a paragraph was not scored.
    probabilities : ndarray of float, shape (n_paragraphs, n_labels)
        NaN where a paragraph was not scored.
    candidates : ndarray of bool, shape (n_paragraphs, n_labels), or None
        None in a model that is not calibrated; none is true where a paragraph was not scored.
    warnings : list of tuple of str, length n_paragraphs
        Of the paragraph's article; none where it was not scored.
    """

    paragraphs: list[Paragraph]
    read: Booleans
    frames: Integers
    probabilities: Floats
    candidates: Booleans | None
    warnings: list[tuple[str, ...]]

    @property
    def uncertain(self) -> Booleans | None:
        """Which paragraphs may have several labels, shape (n_paragraphs,)."""
        return None if self.candidates is None else self.candidates.sum(axis=1) > 1


def classify_batch(artifact: Artifact, scorer: Scorer, articles: Sequence[Article]) -> ClassifiedBatch:
    """Cut articles into paragraphs and mark each with a frame, all of them together.

    Parameters
    ----------
    artifact : Artifact
    scorer : Scorer
        Of the artifact's model; with its familiarity, where it has one.
    articles : sequence of Article

    Returns
    -------
    ClassifiedBatch
    """
    segmentation = Segmentation(artifact.segmentation)
    split = [segmentation.split(article) for article in articles]
    paragraphs = [paragraph for of_article in split for paragraph in of_article]
    residual = artifact.codebook.residual
    read = np.array([residual is None or not paragraph.boilerplate for paragraph in paragraphs], np.bool_)
    members = np.repeat(np.arange(len(articles)), [len(of_article) for of_article in split])
    probabilities = np.full((len(paragraphs), len(artifact.codebook.labels)), np.nan)
    frames = np.full(len(paragraphs), -1 if residual is None else artifact.codebook.labels.index(residual))
    warnings: list[tuple[str, ...]] = [()] * len(paragraphs)
    candidates = None if artifact.model.reading.calibration is None else np.zeros(probabilities.shape, np.bool_)
    rows = np.flatnonzero(read)
    if len(rows):
        scanned = scorer.scan([paragraphs[row].text for row in rows.tolist()])
        own, shared = scanned.terms.block_scores(artifact.model.intercept)
        sources = _sources(artifact, articles)[members[rows]]
        reading = artifact.model.reading
        probabilities[rows] = np.exp(reading.log_probabilities(own, shared, members[rows], sources))
        frames[rows] = probabilities[rows].argmax(axis=1)
        of_article = _warnings(artifact, scanned.familiarity, members[rows], len(articles))
        warnings = [of_article[member] if is_read else () for member, is_read in zip(members, read, strict=True)]
        sets = reading.candidates(probabilities[rows], members[rows], sources)
        if candidates is not None and sets is not None:
            warned = np.array([bool(found) for found in of_article], np.bool_)
            candidates[rows] = sets | warned[members[rows], None]
    return ClassifiedBatch(paragraphs, read, frames, probabilities, candidates, warnings)


def _sources(artifact: Artifact, articles: Sequence[Article]) -> Integers:
    """Give the place of each article's kind of outlet among those that the model has learnt of, -1 for none."""
    known = artifact.model.reading.sources
    places = {} if known is None else {name: place for place, name in enumerate(known.names)}
    of_articles = [-1 if article.outlet is None else places.get(article.outlet, -1) for article in articles]
    return np.array(of_articles, np.int64)


def _warnings(artifact: Artifact, sums: Floats | None, members: Integers, n_articles: int) -> list[tuple[str, ...]]:
    """Say what speaks against believing each article's frames, none of one that has no paragraph to be read."""
    if artifact.familiarity is None or sums is None:
        return [()] * n_articles
    of_article: Floats = np.stack([np.bincount(members, column, minlength=n_articles) for column in sums.T], axis=1)
    return [tuple(found) for found in artifact.familiarity.warnings_of_each(of_article)]
