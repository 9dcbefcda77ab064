"""The rows of a shard to articles, in memory that does not grow with the shard."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from framing.corpus.set_aside import BadRow
from framing.errors import FramingError
from framing.text.article import Article
from framing.text.encoding import tidied
from framing.text.tables import ID_COLUMNS, TEXT_COLUMNS, Row, articles_of_rows

# An article of more is read in parts of this size: no true one is, and one without end would fill the memory.
LONGEST_ARTICLE_ROWS = 5_000
LONGEST_ARTICLE_CHARACTERS = 8_000_000
# Each paragraph is written with its article's name, which makes much of a little where that is long.
LONGEST_NAME = 10_000
# So many rows are handed on before the names of the articles in them are forgotten but for their digests.
_ROWS_IN_STRETCH = 50_000
_DIGESTS_HELD = 2**16
_MOST_DIGESTS = 2**22


class RowOrder:
    """Articles of rows that stand together; an article that is too long comes in parts.

    What is refused is what `framing.text.tables.articles_of_rows` refuses, but every row of an article that comes back
    after others is told, not its first alone.

    Parameters
    ----------
    rows : iterator of Row
    on_bad : callable
        Takes each row that is refused.
    on_cut : callable
        Takes the row from which on an article is read as a part of its own, and a sentence that says so.
    """

    def __init__(self, rows: Iterator[Row], *, on_bad: Callable[[BadRow], None], on_cut: Callable[[Row, str], None]):
        self._rows = rows
        self._on_bad, self._on_cut = on_bad, on_cut
        self._next: Row | None = None
        self._now: Row | None = None
        self._refused = False
        self._open: str | None = None
        self._open_as_it_stands: str | None = None
        self._cut = False
        self._closed = SeenNames()

    def articles(self, path: str) -> Iterator[tuple[Article, int]]:
        """Yield the articles, each with the place in its article of its first paragraph: 0 but for later parts.

        Parameters
        ----------
        path : str
            What rows without a name are called by, with their number.
        """
        self._next = next(self._rows, None)
        goes_on, place = None, 0
        while self._next is not None:
            self._cut = False
            last, first = None, 0
            for article in articles_of_rows(self._stretch(), path=path, on_error=self._refuse):
                first = place if article.id == goes_on else 0
                goes_on, last = None, article
                yield article, first
            if self._cut:
                goes_on = self._open
                place = first + len(last.blocks or ()) if last is not None and last.id == goes_on else place

    def _stretch(self) -> Iterator[Row]:
        """Yield rows until an article must be cut, or one ends after very many rows."""
        rows = of_article = characters = 0
        row = self._next
        while row is not None:
            # Most rows name the article of the row before, letter for letter.
            same = row.values.get("article") == self._open_as_it_stands is not None and "position" in row.values
            article = self._open if same else _article_of(row)
            if same or (article is not None and article == self._open):
                self._cut = of_article >= LONGEST_ARTICLE_ROWS or characters >= LONGEST_ARTICLE_CHARACTERS
                if self._cut:
                    break
            elif rows >= _ROWS_IN_STRETCH:
                break
            elif (wrong := self._wrong_name(row, article)) is not None:
                self._tell(row, wrong)
                row = next(self._rows, None)
                continue
            self._now = row
            yield row
            rows += 1
            # By now the row was looked at: one that was refused belongs to no article.
            if self._refused:
                self._refused = False
            else:
                if not same and article != self._open:
                    self._close()
                    self._open, of_article, characters = article, 0, 0
                    self._open_as_it_stands = None if article is None else str(row.values["article"])
                of_article += 1
                characters += _length(row)
            row = next(self._rows, None)
        self._next = row
        if self._cut and row is not None:
            name = _short(self._open or "")
            self._on_cut(row, f"article '{name}' is very long: from here on it is read as a part of its own")

    def _wrong_name(self, row: Row, article: str | None) -> str | None:
        """Say what is wrong with the name of another article than the one before."""
        name = article or _own_name(row)
        if name is not None and len(name) > LONGEST_NAME:
            return f"its article's name has more than {LONGEST_NAME:,} characters"
        if article is not None and article in self._closed:
            self._close()
            return f"article '{_short(article)}' comes back after other articles; sort the file by article"
        return None

    def _close(self) -> None:
        if self._open is not None:
            self._closed.add(self._open)
        self._open = self._open_as_it_stands = None

    def _refuse(self, error: FramingError) -> None:
        self._refused = True
        assert self._now is not None
        self._tell(self._now, error.message)

    def _tell(self, row: Row, reason: str) -> None:
        self._on_bad(BadRow(row.line, row.number if row.line is None else None, reason, _content(row)))


class SeenNames:
    """Names that were seen, eight bytes each: their digests, the latest in a set, those before sorted in an array.

    When there are some four million, they are forgotten.
    """

    def __init__(self) -> None:
        self._latest: set[int] = set()
        self._before: NDArray[np.uint64] = np.empty(0, np.uint64)

    def __contains__(self, name: str) -> bool:
        digest = _digest(name)
        if digest in self._latest or not len(self._before):
            return digest in self._latest
        place = int(np.searchsorted(self._before, np.uint64(digest)))
        return place < len(self._before) and int(self._before[place]) == digest

    def add(self, name: str) -> None:
        self._latest.add(_digest(name))
        if len(self._latest) >= _DIGESTS_HELD:
            latest = np.fromiter(self._latest, np.uint64, len(self._latest))
            room = len(self._before) + len(latest) <= _MOST_DIGESTS
            self._before = np.sort(np.concatenate([self._before, latest]) if room else latest)
            self._latest = set()


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _article_of(row: Row) -> str | None:
    """Name the article that a row is one paragraph of, None where it is an article by itself, or none."""
    values = row.values
    if "article" not in values or "position" not in values:
        return None
    article = values["article"]
    if isinstance(article, bool) or not isinstance(article, str | int):
        return None
    return tidied(str(article).strip()) or None


def _own_name(row: Row) -> str | None:
    """Name the article that a row is by itself, as far as it is long."""
    names = (row.values[column] for column in ID_COLUMNS if column in row.values)
    return next((name for name in names if isinstance(name, str) and name), None)


def _length(row: Row) -> int:
    for name in TEXT_COLUMNS:
        if name in row.values:
            return len(row.values[name])
    return 0


def _content(row: Row) -> str | None:
    try:
        return json.dumps(dict(row.values), ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return None


def _short(name: str, longest: int = 60) -> str:
    line = " ".join(name[:1000].split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
