"""The frame mix of an article, or of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import Codebook


@dataclass(frozen=True)
class FrameShares:
    """How many paragraphs carry each label.

    Attributes
    ----------
    counts : dict of str to int
        Paragraphs per label, every label in codebook order; boilerplate is left out.
    boilerplate : int
        Paragraphs that are no part of the story.
    """

    counts: dict[str, int]
    boilerplate: int

    @property
    def paragraphs(self) -> int:
        """The paragraphs that were classified: the sum of the counts."""
        return sum(self.counts.values())

    @property
    def shares(self) -> dict[str, float]:
        """Each label's share of the classified paragraphs, in codebook order; all 0 where there are none."""
        return {label: count / (self.paragraphs or 1) for label, count in self.counts.items()}


def frame_shares(paragraphs: Iterable[ClassifiedParagraph], codebook: Codebook) -> FrameShares:
    """Count the labels of an article's paragraphs.

    The shares are those of the marks as they stand: the model's errors are in them and do not cancel out.

    Raises
    ------
    KeyError
        When a paragraph carries a label that is not of this codebook.
    """
    counts = dict.fromkeys(codebook.labels, 0)
    boilerplate = 0
    for paragraph in paragraphs:
        if paragraph["boilerplate"]:
            boilerplate += 1
        elif (frame := paragraph["frame"]) is not None:
            counts[frame] += 1
    return FrameShares(counts, boilerplate)
