"""Rows of a table to articles: one article a row, or one paragraph a row where rows name an article and a position."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from framing.errors import FramingError, InputError
from framing.text.article import Article, Block
from framing.text.encoding import tidied
from framing.text.provenance import Provenance, agreed, provenance_of_row

TEXT_COLUMNS = ("text", "body", "content", "article_text")
ID_COLUMNS = ("id", "article", "url")
OUTLET_COLUMN = "outlet_type"
OnError = Callable[[FramingError], None]


@dataclass(frozen=True)
class Row:
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


@dataclass(frozen=True)
class _PlacedText:
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
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError(f"has several columns named {_listed(twice)}; rename all but one", path=path)
    if not any(name in TEXT_COLUMNS for name in names):
        raise InputError(f"{_no_text_column(columns)}; name the column with the text 'text'", path=path)


def articles_of_rows(rows: Iterator[Row], *, path: str, on_error: OnError) -> Iterator[Article]:
    """Yield the articles of a table as its rows come; a row that cannot be used is told and left out.

    Rows of one article must stand together: only one article is held at a time.
    """
    group: list[_PlacedText] = []
    done: set[str] = set()
    refused: str | None = None
    for row in rows:
        try:
            item = _item(row, path)
        except InputError as error:
            on_error(error)
            continue
        name = item.article if isinstance(item, _PlacedText) else None
        if group and name != group[0].article:
            done.add(group[0].article)
            yield _joined(group)
            group = []
        if not isinstance(item, _PlacedText):
            yield item
        elif item.article not in done:
            group.append(item)
        elif item.article != refused:
            refused = item.article
            message = f"article '{_short(item.article)}' comes back after other articles; sort the file by article"
            on_error(InputError(message, path=path, line=row.line))
    if group:
        yield _joined(group)


def _item(row: Row, path: str) -> Article | _PlacedText:
    column = next((name for name in TEXT_COLUMNS if name in row.values), None)
    if column is None:
        raise _wrong(_no_text_column(list(row.values)), row, path)
    text = row.values[column]
    if text is None or (isinstance(text, str) and not text.strip()):
        raise _wrong(f"holds no text in '{column}'", row, path)
    if not isinstance(text, str):
        raise _wrong(f"'{column}' must be text, not {type(text).__name__}", row, path)
    text = tidied(text)
    outlet = _outlet(row, path)
    provenance = provenance_of_row(row.values, outlet)
    if "article" in row.values and "position" in row.values:
        article = _identifier(row, "article", path)
        if article is None:
            raise _wrong("names no article", row, path)
        return _PlacedText(article, _position(row, path), text, outlet, provenance)
    names = (_identifier(row, name, path) for name in ID_COLUMNS if name in row.values)
    name = next((name for name in names if name is not None), f"{path}:{row.number}")
    return Article(name, text, None, outlet, provenance.source, provenance.published)


def _outlet(row: Row, path: str) -> str | None:
    return _identifier(row, OUTLET_COLUMN, path) if OUTLET_COLUMN in row.values else None


def _identifier(row: Row, column: str, path: str) -> str | None:
    value = row.values[column]
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _wrong(f"'{column}' must be text or a whole number", row, path)
    return tidied(str(value).strip())


def _position(row: Row, path: str) -> int:
    value = row.values["position"]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    whole = isinstance(value, float) and value.is_integer()
    if whole or (isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) < 19):
        return int(value)
    raise _wrong(f"'position' must be a whole number, not {_short(repr(value))}", row, path)


def _joined(group: list[_PlacedText]) -> Article:
    texts = [placed.text for placed in sorted(group, key=lambda placed: placed.position)]
    blocks, start = [], 0
    for text in texts:
        blocks.append(Block(start, start + len(text), row=True))
        start += len(text) + 2
    # What rows of one article say of it is believed where they agree.
    outlet = agreed(placed.outlet for placed in group)
    source = agreed(placed.provenance.source for placed in group)
    published = agreed(placed.provenance.published for placed in group)
    return Article(group[0].article, "\n\n".join(texts), tuple(blocks), outlet, source, published)


def _no_text_column(columns: list[str]) -> str:
    return f"has no column {' or '.join(TEXT_COLUMNS)}; found: {_listed(columns) or 'none'}"


def _wrong(message: str, row: Row, path: str) -> InputError:
    if row.line is None:
        return InputError(f"row {row.number}: {message}", path=path)
    return InputError(message, path=path, line=row.line)


def _listed(names: list[str]) -> str:
    return _short(", ".join(f"'{_short(name.strip())}'" for name in names), 300)


def _short(text: str, longest: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
