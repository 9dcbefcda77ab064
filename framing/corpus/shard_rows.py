"""A shard read into batches of articles, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from framing.corpus.row_order import RowOrder
from framing.corpus.set_aside import BadRow
from framing.corpus.shards import Shard, shown
from framing.errors import FramingError, InputError
from framing.text.article import Article
from framing.text.table_files import ROWS_OF_KIND, unpacked
from framing.text.tables import Row

# What is scored at once: enough for arrays to pay, little enough to stay in a core's cache.
_PARAGRAPHS_IN_BATCH = 1_000
_CHARACTERS_IN_BATCH = 1_000_000
# What a paragraph of an article that is still to be cut is reckoned to have.
_CHARACTERS_IN_PARAGRAPH = 200


@dataclass(frozen=True)
class ArticleBatch:
    """Some articles of a shard.

    Attributes
    ----------
    articles : list of Article
    first_paragraph : int
        The place in its article of the first paragraph: more than 0 where the one article that is there goes on from
        an earlier batch.
    bytes_read : int
        How much of the file was read so far, as near as it can be told.
    """

    articles: list[Article]
    first_paragraph: int
    bytes_read: int


def article_batches(
    shard: Shard,
    *,
    on_bad: Callable[[BadRow], None],
    on_cut: Callable[[int | None, int | None, str], None],
) -> Iterator[ArticleBatch]:
    """Read a shard; which articles make a batch depends on the shard alone.

    Parameters
    ----------
    shard : Shard
    on_bad : callable
        Takes each row that cannot be used.
    on_cut : callable
        Takes line, row number and a sentence, where an article is so long that it is read in parts.

    Raises
    ------
    FramingError
        When the shard as a whole cannot be read: it is not there, no text, damaged, has no text column.
    """
    try:
        with ExitStack() as stack:
            packed = stack.enter_context(Path(shard.path).open("rb"))
            # Where the packed file is, that tells how much of it was read.
            name, file = shown(shard.path), cast("BinaryIO", packed)
            if shard.packed:
                file = stack.enter_context(unpacked(packed, path=name))
            order = RowOrder(
                _rows(shard, file, on_bad),
                on_bad=on_bad,
                on_cut=lambda row, note: on_cut(row.line, None if row.line is not None else row.number, note),
            )
            yield from _batches(order.articles(shown(shard.name)), packed)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=shown(shard.path)) from None


def _rows(shard: Shard, file: BinaryIO, on_bad: Callable[[BadRow], None]) -> Iterator[Row]:
    def told(error: FramingError) -> None:
        on_bad(BadRow(error.line, getattr(error, "row", None), error.message, getattr(error, "content", None)))

    return ROWS_OF_KIND[shard.kind](file, path=shown(shard.path), on_error=told)


def _batches(articles: Iterator[tuple[Article, int]], file: BinaryIO) -> Iterator[ArticleBatch]:
    held: list[Article] = []
    paragraphs = characters = 0
    for article, first_paragraph in articles:
        blocks = article.blocks
        more = 1 + len(article.text) // _CHARACTERS_IN_PARAGRAPH if blocks is None else len(blocks)
        full = paragraphs + more > _PARAGRAPHS_IN_BATCH or characters + len(article.text) > _CHARACTERS_IN_BATCH
        if held and (full or first_paragraph):
            yield ArticleBatch(held, 0, file.tell())
            held, paragraphs, characters = [], 0, 0
        if first_paragraph:
            # A part that goes on has its own count of paragraphs, and so is alone.
            yield ArticleBatch([article], first_paragraph, file.tell())
            continue
        held.append(article)
        paragraphs += more
        characters += len(article.text)
    if held:
        yield ArticleBatch(held, 0, file.tell())
