"""A baseline that knows the codebook and no labelled paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer

from framing.codebook import Codebook, Frame
from framing.evaluation.cross_validation import Judgement, Part
from framing.evaluation.gold_rows import GoldRows
from framing.model.tokens import TOKEN_PATTERN, tokens


def is_defined(frame: Frame) -> bool:
    """Tell whether a frame has words of its own beside its name."""
    return bool(tokens(" ".join((frame.question, frame.definition, *frame.include))))


@dataclass(frozen=True)
class Keywords:
    """The frame whose title, question, definition and include rules share most weight with the paragraph.

    With F frames, of which f hold a word, and n training paragraphs, of which d hold it, the word's weight is
    ln(F / f) · ln((1 + n) / (1 + d)). What every frame's text holds counts for nothing, and what nearly every
    paragraph holds counts for next to nothing, so no list of stop words is needed. Each frame's weights are divided by
    their Euclidean length, or the longest definition would win, and a paragraph's score for a frame is the sum over
    the words that both hold, each once. Words are compared as they stand, without stems.

    The residual goes to the paragraphs with the weakest scores: below the score under which the training part has as
    large a share of its paragraphs as the residual has of its gold. Without a residual, a paragraph without any hit
    gets the training part's most frequent label. Nothing else is taken from labels here.

    Attributes
    ----------
    rows : GoldRows
    present : csr_array of int, shape (n_paragraphs, n_words)
        Whether a paragraph holds a word of the codebook.
    holds : ndarray of bool, shape (n_words, n_frames)
        Whether a frame's text holds it.
    residual : int or None
        The residual's place among the labels.
    """

    rows: GoldRows
    present: csr_array[Any]
    holds: NDArray[np.bool_]
    residual: int | None

    @classmethod
    def of_codebook(cls, codebook: Codebook, texts: Sequence[str], rows: GoldRows) -> Keywords:
        """Find the words of the codebook in every paragraph.

        Raises
        ------
        ValueError
            When the frames' texts hold no word of two characters.
        """
        spoken = [
            set(tokens(" ".join((frame.title, frame.question, frame.definition, *frame.include))))
            for frame in codebook.frames
        ]
        words = sorted(set().union(*spoken))
        holds = np.array([[word in frame for frame in spoken] for word in words])
        vectoriser = CountVectorizer(vocabulary=words, binary=True, token_pattern=TOKEN_PATTERN)
        residual = None if codebook.residual is None else codebook.index[codebook.residual]
        return cls(rows, csr_array(vectoriser.transform(texts)), holds, residual)

    def judge(self, part: Part) -> Judgement:
        learnt, gold = self.rows.learnt_from(part.train)
        document_frequency = self.present[learnt].sum(axis=0)
        n_frames = self.holds.shape[1]
        rarity = np.log(n_frames / self.holds.sum(axis=1)) * np.log((1 + len(learnt)) / (1 + document_frequency))
        weights = self.holds * rarity[:, None]
        length = np.sqrt((weights**2).sum(axis=0))
        weights /= np.where(length > 0, length, 1)
        scores = np.zeros((len(part.test), len(self.rows.labels)))
        scores[:, :n_frames] = self.present[part.test] @ weights
        strongest = scores.max(axis=1)
        if self.residual is None:
            scores[strongest == 0, np.bincount(gold).argmax()] = 1
        else:
            in_training = (self.present[learnt] @ weights).max(axis=1)
            threshold = np.quantile(in_training, (gold == self.residual).mean())
            # Above every frame's score.
            scores[strongest <= threshold, self.residual] = strongest.max() + 1
        return Judgement(scores)
