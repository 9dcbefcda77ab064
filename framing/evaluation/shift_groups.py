"""The groups of articles that are left out of training in turn."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs

Integers = NDArray[np.int64]

OTHER = "other"
_YEAR = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class LeftOut:
    """A group of articles that is left out of training and tested.

    Attributes
    ----------
    name : str
    bundles : tuple of ndarray of int
        Its paragraphs, in the portions in which they are left out; one portion but for pooled groups.
    articles : int
    pooled : tuple of str
        The small groups that make it up; empty for a group of its own.
    """

    name: str
    bundles: tuple[Integers, ...]
    articles: int
    pooled: tuple[str, ...] = ()

    @property
    def rows(self) -> Integers:
        return np.concatenate(self.bundles)


def groups_of(labelled: LabelledParagraphs, values: Sequence[str], smallest: int) -> list[LeftOut]:
    """Make a group of each value that has enough articles, and pool the others; unknown values are never left out.

    The pool is left out in bundles of whole values that are not larger than the other groups: all of it at once would
    leave training so much smaller that the loss could not be told from that of fewer labels.
    """
    articles = Counter(dict(zip(labelled.articles, values, strict=True)).values())
    large = [value for value, count in articles.items() if value and count >= smallest]
    small = sorted(value for value, count in articles.items() if value and count < smallest)
    of_row = np.array(values, dtype=object)
    groups = [LeftOut(value, (np.flatnonzero(of_row == value),), articles[value]) for value in sorted(large)]
    if small:
        room = max([smallest, sum(articles.values()) // 10, *(articles[value] for value in large)])
        bundles: list[list[str]] = [[]]
        for value in small:
            if sum(articles[member] for member in bundles[-1]) + articles[value] > room:
                bundles.append([])
            bundles[-1].append(value)
        rows = tuple(np.flatnonzero(np.isin(of_row, bundle)) for bundle in bundles)
        groups.append(LeftOut(OTHER, rows, sum(articles[value] for value in small), tuple(small)))
    return groups


def ends_of_the_years(labelled: LabelledParagraphs, values: Sequence[str]) -> list[LeftOut]:
    """Take the oldest and the newest articles, at least a fifth of them, whole years at a time."""
    known = {
        article: int(value) for article, value in zip(labelled.articles, values, strict=True) if _YEAR.fullmatch(value)
    }
    if len(set(known.values())) < 2:
        return []
    years = np.sort(list(known.values()))
    fifth = max(1, round(len(years) / 5))
    oldest, newest = int(years[fifth - 1]), int(years[-fifth])
    if oldest >= newest:
        return []
    groups = []
    for name, first, last in (
        (f"oldest (to {oldest})", -math.inf, oldest),
        (f"newest (from {newest})", newest, math.inf),
    ):
        chosen = {article for article, year in known.items() if first <= year <= last}
        rows = np.flatnonzero([article in chosen for article in labelled.articles])
        groups.append(LeftOut(name, (rows,), len(chosen)))
    return groups
