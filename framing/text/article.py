"""An article as it was read, and a paragraph as it was cut from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

PARAGRAPH_BREAK = "\n\n"


class Block(NamedTuple):
    """A stretch of an article that its source itself marks as one paragraph.

    Attributes
    ----------
    start, end : int
        Character offsets into the article's text.
    boilerplate : bool
        The source marks it as no part of the story (a page's navigation, footer, form).
    row : bool
        The block is a row of a table: it is not cut further, and its offsets are told from the row's own start.
    """

    start: int
    end: int
    boilerplate: bool = False
    row: bool = False


@dataclass(frozen=True)
class Article:
    """A text to be cut into paragraphs.

    Attributes
    ----------
    id : str
        The file's name as it was given, or the id of a table's row.
    text : str
        The decoded source, with its line ends as they stand; of html, pdf and docx the text taken out of them.
    blocks : tuple of Block or None
        The paragraphs that the source marks, in order and without overlap; None where the text alone must tell.
    outlet : str or None
        The kind of outlet that it is from, where that is known.
    source : str or None
        Who published it, or what else tells where it is from: see `framing.text.provenance`. No model is told of it.
    published : str or None
        When, as far as that is stated: '2023', '2023-05' or '2023-05-17'.
    """

    id: str
    text: str
    blocks: tuple[Block, ...] | None = None
    outlet: str | None = None
    source: str | None = None
    published: str | None = None


class Paragraph(NamedTuple):
    """A paragraph of an article.

    Attributes
    ----------
    article : str
        The article's id.
    position : int
        Its place in the article, from 0.
    start, end : int
        Character offsets: ``article.text[start:end] == text``, but for rows of one paragraph each, where they
        count in the row's own text.
    boilerplate : bool
        No part of the story: a sign-off, a share bar, a byline. It stays in its place and is not classified.
    """

    article: str
    position: int
    start: int
    end: int
    text: str
    boilerplate: bool = False


def of_paragraphs(identifier: str, texts: Sequence[str]) -> Article:
    """Make an article of paragraphs that are given one by one, each a row of its own."""
    blocks, start = [], 0
    for text in texts:
        blocks.append(Block(start, start + len(text), row=True))
        start += len(text) + len(PARAGRAPH_BREAK)
    return Article(identifier, PARAGRAPH_BREAK.join(texts), tuple(blocks))
