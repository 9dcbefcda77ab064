"""Rows of a table to articles: one article a row, or one paragraph a row where rows name an article and a position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from framing.errors import FramingError, InputError
from framing.text.article import PARAGRAPH_BREAK, Article, Block
from framing.text.encoding import tidied
from framing.text.provenance import PROVENANCE_COLUMNS, Provenance, agreed, provenance_of_row

TEXT_COLUMNS = ("text", "body", "content", "article_text")
ID_COLUMNS = ("id", "article", "url")
OUTLET_COLUMN = "outlet_type"
OnError = Callable[[FramingError], None]

# More than any honest row has: bytes of a line of jsonl, characters of a row of csv or of a cell of Parquet. A longer
# one is told as a bad row and not held, so that an endless line or a quote that never closes cannot fill the memory.
LONGEST_ROW = 16 * 2**20
# Characters of a bad row that are kept for whoever is to look at it.
LONGEST_CONTENT = 1_000_000
# A file may have ever new columns in each row.
_MOST_LAYOUTS = 1_000
_PLAIN = frozenset((str, int, float, bool, type(None)))
_NOTHING_STATED = Provenance(None, None)
_place = attrgetter("position")


class Row(NamedTuple):
    """A row with its values by column; the column names are in lower case and without blanks round them.

    Attributes
    ----------
    number : int
        Its place among the rows, from 1.
    line : int or None
        The line it begins at, where the table is a text file.
    """

    number: int
    line: int | None
    values: Mapping[str, Any]


class _PlacedText(NamedTuple):
    article: str
    position: int
    text: str
    outlet: str | None
    provenance: Provenance


def column_name(name: str) -> str:
    return name.strip().lower()


def check_columns(columns: list[str], *, path: str) -> None:
    """Raise an InputError where a table has no text column, or two columns of one name."""
    names = [column_name(column) for column in columns]
    twice = sorted(name for name, number in Counter(names).items() if name and number > 1)
    if twice:
        raise InputError(f"has several columns named {_listed(twice)}; rename all but one", path=path)
    if not any(name in TEXT_COLUMNS for name in names):
        raise InputError(f"{_no_text_column(columns)}; name the column with the text 'text'", path=path)


def bad_row(
    message: str, *, path: str, line: int | None = None, row: int | None = None, content: str | bytes | None = None
) -> InputError:
    """Make the error of a row that cannot be read, with the row as far as it is kept."""
    if isinstance(content, bytes):
        # A character takes four bytes at most.
        content = content[: 4 * LONGEST_CONTENT].decode("utf-8", "replace")
    kept = None if content is None else tidied(content[:LONGEST_CONTENT])
    return InputError(message, path=path, line=line, row=row, content=kept)


def articles_of_rows(
    rows: Iterator[Row], *, path: str, on_error: OnError, source: str | None = None
) -> Iterator[Article]:
    """Yield the articles of a table as its rows come; a row that cannot be used is told and left out.

    Rows of one article must stand together: only one article is held at a time. Where rows do not say what an article
    is from, it is said to be from ``source``.
    """
    items = _Items(path, source)
    group: list[_PlacedText] = []
    done: set[str] = set()
    refused: str | None = None
    for row in rows:
        try:
            item = items.item_of(row)
        except InputError as error:
            on_error(error)
            continue
        if not isinstance(item, _PlacedText):
            if group:
                done.add(group[0].article)
                yield _joined(group, source)
                group = []
            yield item
            continue
        if group and item.article != group[0].article:
            done.add(group[0].article)
            yield _joined(group, source)
            group = []
        if group or item.article not in done:
            group.append(item)
        elif item.article != refused:
            refused = item.article
            message = f"article '{_short(item.article)}' comes back after other articles; sort the file by article"
            on_error(InputError(message, path=path, line=row.line, row=row.number))
    if group:
        yield _joined(group, source)


class _Layout(NamedTuple):
    """What the columns of a row are for, those that the row has."""

    text: str | None
    placed: bool
    identifiers: tuple[str, ...]
    outlet: bool
    provenance: tuple[str, ...]


class _Items:
    """Reads rows, most of which have the columns of the row before and are from where it was from."""

    def __init__(self, path: str, source: str | None):
        self._path = path
        self._source = source
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._columns: tuple[str, ...] | None = None
        self._stated: tuple[Any, ...] = ()
        self._kinds: tuple[type, ...] = ()
        self._provenance = _NOTHING_STATED

    def item_of(self, row: Row) -> Article | _PlacedText:
        values = row.values
        columns = tuple(values)
        layout = self._layouts.get(columns) or self._layout_of(columns)
        text = None if layout.text is None else values[layout.text]
        if not isinstance(text, str) or not text or text.isspace():
            raise _without_text(row, layout.text, self._path)
        outlet = _identifier(row, OUTLET_COLUMN, self._path) if layout.outlet else None
        provenance = self._provenance_of(values, outlet, layout) if layout.provenance or outlet else _NOTHING_STATED
        if layout.placed:
            article = _identifier(row, "article", self._path)
            if article is None:
                raise _wrong("names no article", row, self._path)
            return _PlacedText(article, _position(row, self._path), tidied(text), outlet, provenance)
        name = None
        for column in layout.identifiers:
            if name is None:
                name = _identifier(row, column, self._path)
        if name is None:
            name = f"{self._path}:{row.number}"
        return Article(name, tidied(text), None, outlet, provenance.source or self._source, provenance.published)

    def _layout_of(self, columns: tuple[str, ...]) -> _Layout:
        layout = _Layout(
            next((name for name in TEXT_COLUMNS if name in columns), None),
            "article" in columns and "position" in columns,
            tuple(name for name in ID_COLUMNS if name in columns),
            OUTLET_COLUMN in columns,
            tuple(name for name in PROVENANCE_COLUMNS if name in columns),
        )
        if len(self._layouts) < _MOST_LAYOUTS:
            self._layouts[columns] = layout
        return layout

    def _provenance_of(self, values: Mapping[str, Any], outlet: str | None, layout: _Layout) -> Provenance:
        """Read what a row states, unless it is word for word what the row before did."""
        stated = (outlet, *(values[name] for name in layout.provenance))
        kinds = tuple(map(type, stated))
        if layout.provenance == self._columns and kinds == self._kinds and stated == self._stated:
            return self._provenance
        self._provenance = provenance_of_row(values, outlet)
        # What is no plain value is not compared: it may be nested without end.
        self._columns = layout.provenance if _PLAIN.issuperset(kinds) else None
        self._stated, self._kinds = stated, kinds
        return self._provenance


def _without_text(row: Row, column: str | None, path: str) -> InputError:
    if column is None:
        return _wrong(_no_text_column(list(row.values)), row, path)
    text = row.values[column]
    if text is None or isinstance(text, str):
        return _wrong(f"holds no text in '{column}'", row, path)
    return _wrong(f"'{column}' must be text, not {type(text).__name__}", row, path)


def _identifier(row: Row, column: str, path: str) -> str | None:
    value = row.values[column]
    if isinstance(value, str):
        name = value.strip()
        return tidied(name) if name else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(f"'{column}' must be text or a whole number", row, path)
    return str(value)


def _position(row: Row, path: str) -> int:
    value = row.values["position"]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    whole = isinstance(value, float) and value.is_integer()
    if whole or (isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) < 19):
        return int(value)
    raise _wrong(f"'position' must be a whole number, not {_short(repr(value))}", row, path)


def _joined(group: list[_PlacedText], source: str | None) -> Article:
    blocks, texts, start = [], [], 0
    for placed in sorted(group, key=_place):
        text = placed.text
        texts.append(text)
        blocks.append(Block(start, start + len(text), row=True))
        start += len(text) + len(PARAGRAPH_BREAK)
    # What rows of one article say of it is believed where they agree.
    outlet = agreed(placed.outlet for placed in group)
    stated = agreed(placed.provenance.source for placed in group)
    published = agreed(placed.provenance.published for placed in group)
    joined = PARAGRAPH_BREAK.join(texts)
    return Article(group[0].article, joined, tuple(blocks), outlet, stated or source, published)


def _no_text_column(columns: list[str]) -> str:
    return f"has no column {' or '.join(TEXT_COLUMNS)}; found: {_listed(columns) or 'none'}"


def _wrong(message: str, row: Row, path: str) -> InputError:
    if row.line is None:
        return InputError(f"row {row.number}: {message}", path=path, row=row.number)
    return InputError(message, path=path, line=row.line, row=row.number)


def _listed(names: list[str]) -> str:
    return _short(", ".join(f"'{_short(name.strip())}'" for name in names), 300)


def _short(text: str, longest: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
