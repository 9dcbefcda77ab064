"""What a model says of one paragraph."""

from __future__ import annotations

from typing import TypedDict


class ClassifiedParagraph(TypedDict):
    """One paragraph of an article with its frame; the keys are those of a line of ``--format jsonl``.

    ``start`` and ``end`` are character offsets into the source. ``probabilities`` holds every label in codebook
    order. ``uncertain`` and ``candidates`` are None in a model that is not calibrated. ``evidence`` lists the terms
    that speak most for the frame, with their share of its score, largest first. A paragraph that is boilerplate is
    not scored where the codebook has a residual: that is its frame, and its probabilities are None.
    """

    article: str
    paragraph: int
    start: int
    end: int
    text: str
    frame: str | None
    probability: float | None
    probabilities: dict[str, float] | None
    uncertain: bool | None
    candidates: list[str] | None
    evidence: list[tuple[str, float]]
    boilerplate: bool
    model: str
