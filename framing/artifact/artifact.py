"""A model folder in memory, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import Codebook
from framing.model import FrameModel, softmax
from framing.settings import SegmentationSettings
from framing.text.article import Article, Paragraph
from framing.text.segmentation import Segmentation

EVIDENCE_TERMS = 5


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
    """

    name: str
    codebook: Codebook
    segmentation: SegmentationSettings
    model: FrameModel
    manifest: dict[str, Any]
    evaluation: dict[str, Any] | None = None

    @cached_property
    def description(self) -> str:
        """The model's name and the first figures of its digest."""
        return f"{self.name} {self.manifest.get('digest', 'unsaved')[:12]}"

    def classify(self, article: str | Article) -> list[ClassifiedParagraph]:
        """Cut a text into paragraphs and mark each with a frame.

        Parameters
        ----------
        article : str or Article
            A text, or an article from `framing.text.read_articles`.

        Returns
        -------
        list of ClassifiedParagraph
            Every paragraph in its order, boilerplate included; dictionaries with the keys of a line of
            ``--format jsonl``.
        """
        if isinstance(article, str):
            article = Article(id="", text=article)
        paragraphs = Segmentation(self.segmentation).split(article)
        # Where there is no residual to give to boilerplate, it is scored like any paragraph.
        skipped = [paragraph.boilerplate and self.codebook.residual is not None for paragraph in paragraphs]
        scored = [paragraph.text for paragraph, skip in zip(paragraphs, skipped, strict=True) if not skip]
        probabilities = iter(self.predict_proba(scored))
        return [
            self._unmarked(paragraph) if skip else self._marked(paragraph, next(probabilities))
            for paragraph, skip in zip(paragraphs, skipped, strict=True)
        ]

    def predict_proba(self, paragraphs: Sequence[str]) -> NDArray[np.float64]:
        """Give the probability of every label for paragraphs taken one by one, without their article.

        Returns
        -------
        ndarray, shape (n_paragraphs, n_frames)
            In codebook order, the residual last.

        Raises
        ------
        TypeError
            When given one text and not a sequence of them.
        """
        if isinstance(paragraphs, str):
            raise TypeError("predict_proba takes a list of paragraphs; for one text write [text]")
        return softmax(self.model.scores(paragraphs))

    def _marked(self, paragraph: Paragraph, probabilities: NDArray[np.float64]) -> ClassifiedParagraph:
        best = int(probabilities.argmax())
        added = self.model.contributions(paragraph.text, best)[:EVIDENCE_TERMS]
        return {
            **self._unmarked(paragraph),
            "frame": self.codebook.labels[best],
            "probability": float(probabilities[best]),
            "probabilities": dict(zip(self.codebook.labels, probabilities.tolist(), strict=True)),
            "evidence": [(term, value) for term, value in added if value > 0],
        }

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
            "boilerplate": paragraph.boilerplate,
            "model": self.description,
        }
