"""What every fit of a run shares: terms counted once, their words' vectors, and the judgements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.model.features import TermCounts, count_characters, count_terms
from framing.model.lexicon import read_lexicon
from framing.model.masking import mask_names
from framing.model.sentence_encoder import SentenceEncoder
from framing.model.smoothing import WordVectors, word_vectors
from framing.settings import Experiment
from framing.text import Segmentation
from framing.text.article import of_paragraphs

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrainingData:
    """What every fit of a run shares.

    Attributes
    ----------
    counts : TermCounts
        The terms of all paragraphs, counted once.
    characters : TermCounts or None
        The n-grams of characters, where the recipe has them.
    words : WordVectors or None
        The vectors of the counted words, where the recipe smooths.
    encoded : ndarray of float, shape (n_paragraphs, n_dimensions), or None
        Vectors of whole paragraphs, to be learnt from in the place of all terms: what an encoder gives as a comparison.
    gold : ndarray of int, shape (n_paragraphs,)
        -1 where the coders left none.
    targets : ndarray of float, shape (n_paragraphs, n_labels)
        What is learnt: the shares of the coders' labels, or all of the gold label. Rows of zeros are not learnt from.
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        What the segmentation marks. It gets the residual without being scored, here as in use, and is not learnt from.
    groups : ndarray of int, shape (n_paragraphs,)
        What splitting keeps together.
    articles : ndarray of int, shape (n_paragraphs,)
        What a paragraph is read with: the rows of one article, in their order.
    labels : tuple of str
    source_names : tuple of str
        The kinds of sources, where the recipe learns of them.
    sources : ndarray of int, shape (n_paragraphs,)
        The place of each paragraph's in ``source_names``; -1 where unknown.
    """

    counts: TermCounts
    characters: TermCounts | None
    words: WordVectors | None
    gold: Integers
    targets: Floats
    boilerplate: NDArray[np.bool_]
    groups: Integers
    articles: Integers
    labels: tuple[str, ...]
    encoded: Floats | None = None
    source_names: tuple[str, ...] = ()
    sources: Integers | None = None

    def learnt_from(self, rows: Integers) -> Integers:
        """Keep the rows that a model learns from."""
        return rows[self.targets[rows].any(axis=1) & ~self.boilerplate[rows]]


def training_data(data: LabelledParagraphs, groups: Integers, experiment: Experiment) -> TrainingData:
    """Count the terms of all paragraphs and find their words' vectors.

    Raises
    ------
    EvaluationError
        When the texts hold no word, or nothing is known of their sources though the recipe asks for it.
    ArtifactError
        When the word table is damaged.
    MissingExtraError
        When an encoder is asked for and not installed.
    """
    try:
        counts = count_terms(data.texts, experiment.features)
    except ValueError:
        raise EvaluationError("no paragraph holds a word of two letters; there is nothing to learn from") from None
    lengths = experiment.features.characters
    texts = mask_names(data.texts) if experiment.features.mask_names else data.texts
    smoothed = any(experiment.smoothing.strength) and not experiment.features.encoder
    return TrainingData(
        counts=counts,
        characters=None if lengths is None else count_characters(texts, lengths),
        words=word_vectors(counts, read_lexicon()) if smoothed else None,
        gold=data.gold,
        targets=_targets(data, experiment),
        boilerplate=_boilerplate(data, experiment),
        groups=groups,
        articles=np.unique(np.array(data.articles), return_inverse=True)[1].astype(np.int64),
        labels=data.codebook.labels,
        encoded=_encoded(data) if experiment.features.encoder else None,
        **_sources(data, experiment),
    )


def _sources(data: LabelledParagraphs, experiment: Experiment) -> dict[str, Any]:
    name = experiment.context.source
    if name is None:
        return {}
    names = tuple(sorted({value for value in data.strata.get(name, ()) if value}))
    if not names:
        known = ", ".join(sorted(told for told, values in data.strata.items() if any(values))) or "nothing of the kind"
        raise EvaluationError(
            f"[context] source is '{name}', of which the labels say nothing; they tell {known}: name another or leave "
            "'source' out"
        )
    places = {value: place for place, value in enumerate(names)}
    sources = np.array([places.get(value, -1) for value in data.strata[name]], dtype=np.int64)
    return {"source_names": names, "sources": sources}


def _encoded(data: LabelledParagraphs) -> Floats:
    """Turn every paragraph by itself into a vector, so that what one part holds tells nothing of another."""
    vectors: Floats = SentenceEncoder.installed().encode(data.texts).astype(np.float64)
    return vectors


def _targets(data: LabelledParagraphs, experiment: Experiment) -> Floats:
    if experiment.classifier.targets == "coders":
        return data.targets
    of_gold: Floats = (data.gold[:, None] == np.arange(len(data.codebook.labels))).astype(np.float64)
    return of_gold


def _boilerplate(data: LabelledParagraphs, experiment: Experiment) -> NDArray[np.bool_]:
    """Mark what the segmentation would mark in these articles; nothing where there is no residual to give it."""
    marks = np.zeros(len(data.texts), dtype=np.bool_)
    if data.codebook.residual is None:
        return marks
    segmentation = Segmentation(experiment.segmentation)
    rows_of: dict[str, list[int]] = {}
    for row, article in enumerate(data.articles):
        rows_of.setdefault(article, []).append(row)
    for article, rows in rows_of.items():
        paragraphs = segmentation.split(of_paragraphs(article, [data.texts[row] for row in rows]))
        marks[rows] = [paragraph.boilerplate for paragraph in paragraphs]
    return marks
