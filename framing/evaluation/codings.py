"""What several coders gave to the same paragraphs, as arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_TABLES = ("frames", "runners_up", "sure", "prompted", "drawn_by", "chances")


@dataclass(frozen=True)
class Codings:
    """What each coder gave to each paragraph.

    Attributes
    ----------
    labels : sequence of str
    coders : sequence of str, length n_coders
    articles : ndarray of int, shape (n_paragraphs,)
        Each paragraph's article, by a number.
    frames : ndarray of int, shape (n_coders, n_paragraphs)
        The frame's place in ``labels``; -1 where a coder gave none.
    runners_up : ndarray of int, shape (n_coders, n_paragraphs)
        -1 where a coder named none.
    sure : ndarray of bool, shape (n_coders, n_paragraphs)
    prompted : ndarray of bool, shape (n_coders, n_paragraphs)
        The coder saw the model's frame before judging.
    drawn_by : ndarray of str, shape (n_coders, n_paragraphs)
        Why the paragraph was put before the coder; '' where unknown.
    chances : ndarray of float, shape (n_coders, n_paragraphs)
        The chance with which a probability sample drew it; NaN where none did.
    kinds : mapping of str to str
        Of the coders of whom it is told: 'person' or 'program'.
    """

    labels: Sequence[str]
    coders: Sequence[str]
    articles: Integers
    frames: Integers
    runners_up: Integers
    sure: Booleans
    prompted: Booleans
    drawn_by: NDArray[np.str_]
    chances: Floats
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def double_coded(self) -> Booleans:
        """Whether two coders or more gave a frame, shape (n_paragraphs,)."""
        double: Booleans = (self.frames >= 0).sum(axis=0) >= 2
        return double

    @property
    def n_articles(self) -> int:
        """How many articles have double-coded paragraphs."""
        return len(np.unique(self.articles[self.double_coded]))

    def by_coder(self) -> dict[str, Integers]:
        """Return the frames of each coder who gave any."""
        return {coder: frames for coder, frames in zip(self.coders, self.frames, strict=True) if (frames >= 0).any()}

    def of(self, coders: Sequence[str]) -> Codings:
        """Keep some coders, in their old order."""
        kept = [place for place, coder in enumerate(self.coders) if coder in coders]
        tables = {name: getattr(self, name)[kept] for name in _TABLES}
        return dataclasses.replace(self, coders=[self.coders[place] for place in kept], **tables)

    def at(self, rows: Booleans) -> Codings:
        """Keep some paragraphs, shape (n_paragraphs,)."""
        tables = {name: getattr(self, name)[:, rows] for name in _TABLES}
        return dataclasses.replace(self, articles=self.articles[rows], **tables)

    def where(self, kept: Booleans) -> Codings:
        """Take all other codings back, shape (n_coders, n_paragraphs)."""
        return dataclasses.replace(self, frames=np.where(kept, self.frames, -1))
