"""Where an article is from and when it was published, as far as a table's row or a page states it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from framing.text.encoding import tidied

# The first that is filled counts; then the kind of outlet, then the address.
SOURCE_COLUMNS = ("outlet", "source", "publisher")
ADDRESS_COLUMNS = ("url", "link")
DATE_COLUMNS = (
    *("date", "published", "published_at", "published_on", "publication_date", "date_published", "publish_date"),
    *("pub_date", "pubdate", "datetime", "year"),
)
PROVENANCE_COLUMNS = (*SOURCE_COLUMNS, *ADDRESS_COLUMNS, *DATE_COLUMNS)
_DATES_OF_PAGES = (
    *("article:published_time", "datepublished", "dc.date.issued", "dcterms.issued", "citation_publication_date"),
    *("parsely-pub-date", "pubdate", "publish-date", "publishdate", "dc.date", "date"),
)

_LONGEST_NAME = 200
_LONGEST_DATE = 80
# The first newspaper came out in 1605; programs that have no date write the year 1 or 9999.
_FIRST_YEAR, _LAST_YEAR = 1605, 2100

_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]{0,20}:)?//(?:[^/?#@\s]{0,200}@)?([^/?#:@\s]{1,253})", re.IGNORECASE)
_BARE_HOST = re.compile(r"\s*((?:[\w-]{1,63}\.){1,10}[a-z]{2,63})(?=[/:?#\s]|$)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?(?![0-9])")
_RUN_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])")
_YEAR_ALONE = re.compile(r"([0-9]{4})(?:\.0)?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"(?<![0-9:])([0-9]{1,2})(?![0-9:])")
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
# English, French, Spanish and German, as `framing.text.dates` knows them.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier enero januar jänner",
            "february feb février fevrier febrero februar",
            "march mar mars marzo märz maerz",
            "april apr avril abril",
            "may mai mayo",
            "june jun juin junio juni",
            "july jul juillet julio juli",
            "august aug août aout agosto",
            "september sep sept septembre septiembre setiembre",
            "october oct octobre octubre oktober okt",
            "november nov novembre noviembre",
            "december dec décembre decembre diciembre dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Provenance:
    """What is stated of an article; None where nothing is."""

    source: str | None
    published: str | None


def provenance_of_row(values: Mapping[str, Any], outlet: str | None) -> Provenance:
    """Take source and date out of a table's row.

    Parameters
    ----------
    values : mapping of str to any
        By column, in lower case. What is no text and no number states nothing.
    outlet : str or None
        The kind of outlet, where that is known; it stands for a source that is not.
    """
    names = (source_name(values[column]) for column in SOURCE_COLUMNS if column in values)
    hosts = (host(values[column]) for column in ADDRESS_COLUMNS if column in values)
    source = _first(names) or source_name(outlet) or _first(hosts)
    return Provenance(source, _first(date_stated(values[column]) for column in DATE_COLUMNS if column in values))


def provenance_of_page(stated: Mapping[str, str]) -> Provenance:
    """Take source and date out of what a web page states in its head.

    Parameters
    ----------
    stated : mapping of str to str
        The content of its ``meta`` and ``link`` elements by name or property, in lower case.
    """
    hosts = (host(stated[name]) for name in ("canonical", "og:url") if name in stated)
    source = source_name(stated.get("og:site_name")) or _first(hosts)
    return Provenance(source, _first(date_stated(stated[name]) for name in _DATES_OF_PAGES if name in stated))


def agreed(values: Iterable[str | None]) -> str | None:
    """Return what all of them say, and None where they do not agree."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def source_name(value: Any) -> str | None:
    """Name a source on one line: of an address its host, all else as it stands, cut where it is long."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    name = " ".join(tidied(str(value)[: 4 * _LONGEST_NAME]).split())
    if _ADDRESS.match(name) or _BARE_HOST.fullmatch(name):
        name = host(name) or name
    return (name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…") or None


def host(address: Any) -> str | None:
    """Name the host of an address, in lower case and without 'www.'; None where it has none."""
    if not isinstance(address, str):
        return None
    found = _ADDRESS.match(address[:_LONGEST_NAME]) or _BARE_HOST.match(address[:_LONGEST_NAME])
    return None if found is None else tidied(found[1]).lower().removeprefix("www.") or None


def date_stated(value: Any) -> str | None:
    """Read a date as far as it says which it is: '2023-05-17', '2023-05' or '2023'.

    Of 5/6/2023 only the year is certain: some write the day first and some the month. Other signs than those of a
    date, numbers of seconds among them, are none.
    """
    if isinstance(value, date):  # a datetime is one too
        value = value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)[: 2 * _LONGEST_DATE].strip()
    if len(text) > _LONGEST_DATE:
        return None
    return _in_figures(text) or _in_words(text)


def _in_figures(text: str) -> str | None:
    if found := _YEAR_ALONE.fullmatch(text):
        return _iso(int(found[1]))
    if found := _YEAR_FIRST.match(text):
        return _iso(int(found[1]), int(found[3]), int(found[4]) if found[4] else None)
    if found := _RUN_TOGETHER.match(text):
        return _iso(*map(int, found.groups()))
    if found := _YEAR_LAST.match(text):
        return _year_last(int(found[1]), int(found[3]), int(found[4]), points=found[2] == ".")
    return None


def _year_last(first: int, second: int, year: int, *, points: bool) -> str | None:
    if points or first > 12 or first == second:
        return _iso(year, second, first)
    return _iso(year, first, second) if second > 12 else _iso(year)


def _in_words(text: str) -> str | None:
    months = {_MONTHS[word] for word in map(str.lower, _WORD.findall(text)) if word in _MONTHS}
    years = _YEAR.findall(text)
    if len(months) != 1 or not years:
        return None
    days = _DAY.findall(text)
    return _iso(int(years[0]), months.pop(), int(days[0]) if len(days) == 1 else None)


def _iso(year: int, month: int | None = None, day: int | None = None) -> str | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        whole = date(year, month or 1, day or 1).isoformat()
    except ValueError:
        return None
    return whole if day is not None else whole[:7] if month is not None else whole[:4]


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
