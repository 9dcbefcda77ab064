"""One coder's judgement on one paragraph, and the labelled paragraphs that the judgements make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from framing.codebook import Codebook

DrawnBy = Literal["purposive", "learning", "sample"]


@dataclass(frozen=True)
class Annotation:
    """One coder's judgement on one paragraph.

    Attributes
    ----------
    frame : str or None
        A label of the codebook; None takes an earlier judgement back.
    drawn_by : str or None
        Why the paragraph was put before the coder; None where unknown.
    inclusion_probability : float or None
        The chance with which a probability sample drew the paragraph.
    """

    coder: str
    paragraph: str
    frame: str | None
    sure: bool = True
    runner_up: str | None = None
    codebook_version: str = ""
    labelled_at: str | None = None
    drawn_by: DrawnBy | None = None
    inclusion_probability: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class LabelledParagraphs:
    """Paragraphs with their resolved judgements, ready for training and evaluation.

    Attributes
    ----------
    codebook : Codebook
    ids, texts, articles : sequence of str, length n_paragraphs
        ``articles`` is the group in splitting; paragraphs of one article stand together, in their order.
    gold : ndarray of int, shape (n_paragraphs,)
        The gold label's place in ``codebook.labels``; -1 where the coders left none.
    targets : ndarray of float, shape (n_paragraphs, n_frames)
        The share of coders for each label; rows sum to 1.
    folds : ndarray of int, shape (n_paragraphs,), or None
        Published test folds, used as they are.
    digest : str
        SHA-256 of what a model is trained on: ids, texts, articles, targets, gold.
    ours : bool
        Whether the texts are this project's own; other people's texts are never written into results.
    """

    codebook: Codebook
    ids: Sequence[str]
    texts: Sequence[str]
    articles: Sequence[str]
    gold: NDArray[np.int64]
    targets: NDArray[np.float64]
    folds: NDArray[np.int64] | None = None
    digest: str = ""
    ours: bool = True
