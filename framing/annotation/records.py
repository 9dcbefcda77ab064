"""One coder's judgement on one paragraph, and the labelled paragraphs that the judgements make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from framing.codebook import Codebook

DrawnBy = Literal["purposive", "learning", "sample"]
SetAside = Literal["skipped", "flagged"]
Role = Literal["coder", "adjudicator"]
Status = Literal["labelled", "skipped", "flagged", "withdrawn"]


@dataclass(frozen=True)
class Annotation:
    """One coder's judgement on one paragraph.

    Attributes
    ----------
    frame : str or None
        A label of the codebook; None takes an earlier judgement back, or goes with what is set aside.
    labelled_at : str or None
        The time in UTC, as ISO 8601.
    drawn_by : str or None
        Why the paragraph was put before the coder; None where unknown.
    inclusion_probability : float or None
        The chance with which a probability sample drew the paragraph.
    set_aside : str or None
        'skipped': the coder would not say. 'flagged': put aside for another look; a frame may stand beside it, and does
        not count. None for all others.
    role : str
        An 'adjudicator' saw the codings of others and decides between them; a 'coder' saw none.
    suggested : str or None
        The model's frame, where the coder saw it before judging.
    request : str or None
        What asked for this line to be written, so that asking again writes no second one.
    undoes : str or None
        The request whose line this one undoes.
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
    set_aside: SetAside | None = None
    role: Role = "coder"
    suggested: str | None = None
    request: str | None = None
    undoes: str | None = None

    @property
    def status(self) -> Status:
        if self.set_aside is not None:
            return self.set_aside
        return "withdrawn" if self.frame is None else "labelled"


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
    several : bool
        A paragraph may carry several labels, those whose target is above 0; ``gold`` is then only the first of them.
    strata : mapping of str to sequence of str, each of length n_paragraphs
        What is known of each paragraph's article by which it may be left out: ``region``, ``conflict``,
        ``outlet_type``, ``year``; '' where unknown. A stratum of which nothing is known is not there.
    codings : mapping of str to ndarray of int, each of shape (n_paragraphs,)
        Each coder's label; -1 where the coder gave none. Adjudicators, who saw the others' codings, are not among them.
    coder_kinds : mapping of str to str
        Of the coders of whom it is told: 'person' or 'program'.
    drawn_by : sequence of str, length n_paragraphs, or empty
        Why each paragraph was coded: see `Annotation`; '' where unknown. Empty where nothing is known of any.
    inclusion_probability : ndarray of float, shape (n_paragraphs,), or None
        The chance with which a probability sample drew the paragraph; NaN for those that none drew.
    sources : sequence of str, length n_paragraphs, or empty
        The host of each paragraph's source, or the source as it is told where it is no address; '' where unknown.
    coder_descriptions : mapping of str to str
        Of the coders of whom it is told.
    datasheet : mapping of str to str
        What the makers of the labels answered to the questions of a datasheet, by the question's id.
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
    several: bool = False
    strata: Mapping[str, Sequence[str]] = field(default_factory=dict)
    codings: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    coder_kinds: Mapping[str, str] = field(default_factory=dict)
    drawn_by: Sequence[str] = ()
    inclusion_probability: NDArray[np.float64] | None = None
    sources: Sequence[str] = ()
    coder_descriptions: Mapping[str, str] = field(default_factory=dict)
    datasheet: Mapping[str, str] = field(default_factory=dict)
