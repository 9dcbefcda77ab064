"""A model folder in memory, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from framing.artifact.classified import ClassifiedParagraph, Shares
from framing.codebook import Codebook
from framing.model import FrameModel
from framing.model.evidence import ReadArticle, read_article
from framing.model.familiarity import Familiarity
from framing.segmentation_settings import SegmentationSettings
from framing.text.article import Article, Paragraph
from framing.text.segmentation import Segmentation

if TYPE_CHECKING:
    from framing.model.scorer import Scorer

EVIDENCE_TERMS = 5
# Paragraphs at once for which a compiled scorer is worth the second that it takes to make it.
MANY = 50_000


@dataclass(frozen=True)
class Artifact:
    """A trained model with all that its use needs.

    Attributes
    ----------
    name : str
    codebook : Codebook
    segmentation : SegmentationSettings
        How texts were cut for it, and are.
    model : FrameModel
    manifest : dict
        As it stands in ``manifest.json``; empty before the model is saved.
    evaluation : dict or None
        As it stands in ``evaluation.json``.
    familiarity : Familiarity or None
        What is usual in the training texts; None where nothing is warned of.
    """

    name: str
    codebook: Codebook
    segmentation: SegmentationSettings
    model: FrameModel
    manifest: dict[str, Any]
    evaluation: dict[str, Any] | None = None
    familiarity: Familiarity | None = None

    @cached_property
    def description(self) -> str:
        """The model's name and the first figures of its digest."""
        return f"{self.name} {self.manifest.get('digest', 'unsaved')[:12]}"

    def classify(self, article: str | Article) -> list[ClassifiedParagraph]:
        """Cut a text into paragraphs and mark each with a frame.

        Parameters
        ----------
        article : str or Article
            A text, or an article from `framing.text.read_articles`. What it says of its outlet is used, where the
            model has learnt of that kind.

        Returns
        -------
        list of ClassifiedParagraph
            Every paragraph in its order, boilerplate included; dictionaries with the keys of a line of
            ``--format jsonl``.
        """
        if isinstance(article, str):
            article = Article(id="", text=article)
        paragraphs = Segmentation(self.segmentation).split(article)
        # Where there is no residual to give to boilerplate, it is read like any paragraph.
        story = [paragraph for paragraph in paragraphs if not paragraph.boilerplate or self.codebook.residual is None]
        marked = {
            paragraph.position: mark for paragraph, mark in zip(story, self._marks(story, article.outlet), strict=True)
        }
        return [marked.get(paragraph.position) or self._unmarked(paragraph) for paragraph in paragraphs]

    def _marks(self, paragraphs: Sequence[Paragraph], outlet: str | None) -> Iterator[ClassifiedParagraph]:
        """Mark the paragraphs of an article that are read, all of them together."""
        if not paragraphs:
            return
        texts = [paragraph.text for paragraph in paragraphs]
        read, warnings = read_article(self.model, texts, outlet), self._warnings(texts)
        best = read.probabilities.argmax(axis=1)
        sets = read.candidates()
        if sets is not None and warnings:
            sets = np.ones_like(sets)
        evidence, shares = read.strongest(best, EVIDENCE_TERMS), _shares(read, best)
        for row, paragraph in enumerate(paragraphs):
            probabilities = read.probabilities[row].tolist()
            candidates = None if sets is None else list(compress(self.codebook.labels, sets[row]))
            yield {
                **self._unmarked(paragraph),
                "frame": self.codebook.labels[best[row]],
                "probability": probabilities[best[row]],
                "probabilities": dict(zip(self.codebook.labels, probabilities, strict=True)),
                "uncertain": None if candidates is None else len(candidates) > 1,
                "candidates": candidates,
                "evidence": [(term, value) for term, value, _ in evidence[row]],
                "shares": shares[row],
                "borrowed": {term: self.model.lenders_of(term) for term, _, borrowed in evidence[row] if borrowed},
                "warnings": list(warnings),
            }

    def _warnings(self, texts: Sequence[str]) -> list[str]:
        if self.familiarity is None:
            return []
        known = self.model.words or self.model.terms
        return self.familiarity.warnings(texts, known.places, known.idf, self.model.terms.places)

    def predict_proba(self, paragraphs: Sequence[str]) -> NDArray[np.float64]:
        """Give the probability of every label for paragraphs taken one by one, without their article.

        Returns
        -------
        ndarray, shape (n_paragraphs, n_frames)
            In codebook order, the residual last; those of articles of one paragraph.

        Raises
        ------
        TypeError
            When given one text and not a sequence of them.

        Notes
        -----
        Many paragraphs at once are scored by machine code where the extra ``fast`` is installed: the same but for the
        last of some 15 digits.
        """
        if isinstance(paragraphs, str):
            raise TypeError("predict_proba takes a list of paragraphs; for one text write [text]")
        return self.model.probabilities(paragraphs, self._bulk_scorer if len(paragraphs) >= MANY else None)

    @cached_property
    def _bulk_scorer(self) -> Scorer:
        # Imported here, since one article is classified without.
        from framing.model.choosing import bulk_scorer

        return bulk_scorer(self.model, None)

    def __getstate__(self) -> dict[str, Any]:
        # Another process may have no compiler, and makes its own.
        return {name: value for name, value in self.__dict__.items() if name != "_bulk_scorer"}

    def _unmarked(self, paragraph: Paragraph) -> ClassifiedParagraph:
        return {
            "article": paragraph.article,
            "paragraph": paragraph.position,
            "start": paragraph.start,
            "end": paragraph.end,
            "text": paragraph.text,
            "frame": self.codebook.residual,
            "probability": None,
            "probabilities": None,
            "uncertain": None,
            "candidates": None,
            "evidence": [],
            "shares": None,
            "borrowed": {},
            "boilerplate": paragraph.boilerplate,
            "warnings": [],
            "model": self.description,
        }


def _shares(read: ReadArticle, labels: NDArray[np.int64]) -> list[Shares]:
    """Tell what the score of one label of each paragraph is made of."""
    places = np.arange(len(labels)), labels
    parts = (read.words, read.intercept, read.article, read.neighbours, read.source, read.scores)
    return [
        Shares(words=words, intercept=intercept, article=article, neighbours=neighbours, source=source, score=score)
        for words, intercept, article, neighbours, source, score in np.stack(
            [part[places] for part in parts], axis=1
        ).tolist()
    ]
