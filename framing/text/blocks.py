"""An article put together from the paragraphs that its document marks."""

from __future__ import annotations

from collections.abc import Iterable

from framing.errors import InputError
from framing.text.article import Article, Block


def article_of_blocks(name: str, blocks: Iterable[tuple[str, bool]], *, nothing: str = "holds no text") -> Article:
    """Join texts, each with whether it is boilerplate, by blank lines; texts without a visible sign are left out.

    Raises
    ------
    InputError
        When nothing is left.
    """
    texts: list[str] = []
    marked: list[Block] = []
    start = 0
    for text, boilerplate in blocks:
        if not text.strip():
            continue
        texts.append(text)
        marked.append(Block(start, start + len(text), boilerplate=boilerplate))
        start += len(text) + 2
    if not texts:
        raise InputError(nothing, path=name)
    return Article(name, "\n\n".join(texts), tuple(marked))
