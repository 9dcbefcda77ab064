"""What was found in classified paragraphs, counted; counts of parts add up to those of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from framing.artifact.bulk import ClassifiedBatch
from framing.artifact.classified import ClassifiedParagraph


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of paragraphs and articles.

    Attributes
    ----------
    articles : int
        Those read, also where no paragraph was found in them; each part of one that was too long to be read at once.
    warned_articles : int
        Articles whose frames are warned of.
    paragraphs : int
        All that were written, boilerplate among them.
    boilerplate : int
    frames : mapping of str to int
        How many of those scored have each label, the residual among them.
    uncertain : int or None
        How many may have several labels; None in a model that is not calibrated.
    """

    articles: int = 0
    warned_articles: int = 0
    paragraphs: int = 0
    boilerplate: int = 0
    frames: Mapping[str, int] = field(default_factory=dict)
    uncertain: int | None = 0

    def __add__(self, other: Tally) -> Tally:
        known = self.uncertain is not None and other.uncertain is not None
        return Tally(
            self.articles + other.articles,
            self.warned_articles + other.warned_articles,
            self.paragraphs + other.paragraphs,
            self.boilerplate + other.boilerplate,
            {
                label: self.frames.get(label, 0) + other.frames.get(label, 0)
                for label in {**self.frames, **other.frames}
            },
            (self.uncertain or 0) + (other.uncertain or 0) if known else None,
        )


def tally_of_batch(batch: ClassifiedBatch, labels: Sequence[str], *, articles: int) -> Tally:
    """Count what was found in some articles."""
    counts = np.bincount(batch.frames[batch.read], minlength=len(labels)).tolist()
    warned, number = set[int](), 0
    if any(batch.warnings):
        for paragraph, warnings in zip(batch.paragraphs, batch.warnings, strict=True):
            number += paragraph.position == 0
            if warnings:
                warned.add(number)
    return Tally(
        articles,
        len(warned),
        len(batch.paragraphs),
        sum(paragraph.boilerplate for paragraph in batch.paragraphs),
        dict(zip(labels, counts, strict=True)),
        None if batch.uncertain is None else int(batch.uncertain.sum()),
    )


def tally_of_article(paragraphs: Sequence[ClassifiedParagraph], labels: Sequence[str], *, calibrated: bool) -> Tally:
    """Count what `Artifact.classify` found in an article."""
    scored = [paragraph for paragraph in paragraphs if paragraph["probability"] is not None]
    counts = Counter(paragraph["frame"] for paragraph in scored)
    return Tally(
        1,
        any(paragraph["warnings"] for paragraph in paragraphs),
        len(paragraphs),
        sum(paragraph["boilerplate"] for paragraph in paragraphs),
        {label: counts[label] for label in labels},
        sum(bool(paragraph["uncertain"]) for paragraph in scored) if calibrated else None,
    )


def tally_of_json(values: Any) -> Tally:
    """Make a tally of what was read from a file.

    Raises
    ------
    TypeError, ValueError, KeyError
        When it is none.
    """
    values = dict(values)
    tally = Tally(frames=dict(values.pop("frames")), **values)
    counts = [tally.articles, tally.warned_articles, tally.paragraphs, tally.boilerplate, *tally.frames.values()]
    if tally.uncertain is not None:
        counts.append(tally.uncertain)
    if not all(type(count) is int and count >= 0 for count in counts):
        raise ValueError("a count is no whole number")
    return tally
