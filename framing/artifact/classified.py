"""What a model says of one paragraph."""

from __future__ import annotations

from typing import TypedDict


class Shares(TypedDict):
    """What the score of a frame is made of: all that stands before ``score`` adds up to it.

    Each tells what it adds against the average label, divided by the temperature, so that the probabilities are
    proportional to the exponentials of the labels' scores. ``words`` are the paragraph's own, ``article`` all words of
    its article, ``neighbours`` what the paragraphs before and after it seem to be, and ``source`` what is known
    of the kind of outlet; 0 where that is not given or tells nothing.
    """

    words: float
    intercept: float
    article: float
    neighbours: float
    source: float
    score: float


class ClassifiedParagraph(TypedDict):
    """One paragraph of an article with its frame; the keys are those of a line of ``--format jsonl``.

    ``start`` and ``end`` are character offsets into the source. ``probabilities`` holds every label in codebook
    order. ``candidates`` are the labels that the paragraph may have, in codebook order, the frame always among them;
    they hold the right one about as often as the model's calibration says, which is approximate and not guaranteed.
    ``uncertain`` is true where there are several. Both are None in a model that is not calibrated. ``evidence`` lists
    the terms that speak most for the frame, largest first, with what each adds to ``shares["words"]``. ``borrowed``
    are those of them that no labelled paragraph had, each with the labelled words that its weight comes from, nearest
    first; none for a word that is known by its pieces alone. ``warnings`` say what speaks against believing the
    frames of this article; where there are any, every label is a candidate.

    A paragraph that is boilerplate is not scored where the codebook has a residual: that is its frame, its
    probabilities and shares are None, and it is not warned of.
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
    shares: Shares | None
    borrowed: dict[str, list[str]]
    boilerplate: bool
    warnings: list[str]
    model: str
