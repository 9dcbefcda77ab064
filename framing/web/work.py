"""What is put before a coder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.queues import QueuedParagraph
from framing.annotation.records import Role
from framing.codebook import Codebook

Suggest = Callable[[Sequence[ParagraphRecord]], Sequence[tuple[str, float]]]


@dataclass(frozen=True)
class OthersCoding:
    """What a coder has said of a paragraph, for an adjudicator, who is not told who the coder is."""

    coder: str
    frame: str
    runner_up: str | None
    sure: bool
    note: str | None


@dataclass(frozen=True)
class Work:
    """What is to be coded, and how.

    Attributes
    ----------
    folder : Path
        The labels folder.
    codebook : Codebook
    paragraphs : sequence of ParagraphRecord
        All of the folder's.
    queue : sequence of QueuedParagraph
        At least one; each is one of the paragraphs, and none stands twice.
    role : str
    others : mapping of str to sequence of OthersCoding
        For an adjudicator, the codings of each paragraph of the queue.
    suggest : callable, optional
        Given an article's paragraphs in order, returns the model's frame and its probability for each.
    """

    folder: Path
    codebook: Codebook
    paragraphs: Sequence[ParagraphRecord]
    queue: Sequence[QueuedParagraph]
    role: Role = "coder"
    others: Mapping[str, Sequence[OthersCoding]] = field(default_factory=dict)
    suggest: Suggest | None = None
