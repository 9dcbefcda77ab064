"""What is known of an article besides its paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framing.artifact.vocabulary import WordUse


@dataclass(frozen=True)
class ArticleFacts:
    """What is known of an article besides its paragraphs.

    Attributes
    ----------
    source, published : str or None
        As `framing.text.Article` has them.
    words : WordUse or None
        None where its words were not counted.
    """

    source: str | None = None
    published: str | None = None
    words: WordUse | None = None
