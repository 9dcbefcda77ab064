"""Patterns that few lines need: compiled at their first use, and passed over where a line's opening fits none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

# Letters that a pattern without regard to case takes for i or s, and that stay something else in lower case:
# the dot that is left of a capital i with a dot, the i without one, the long s.
ODD_LETTERS = ("\u0307", "ı", "ſ")


def holds_any(text: str, words: Sequence[str]) -> bool:
    for word in words:  # noqa: SIM110 - any() takes longer over a few short words
        if word in text:
            return True
    return False


def has_odd_letters(lowered: str) -> bool:
    """Whether a text in lower case may match a pattern without regard to case where it holds none of its words."""
    return not lowered.isascii() and any(letter in lowered for letter in ODD_LETTERS)


class Openings:
    """The openings of the lines that some patterns match, without regard to case.

    Parameters
    ----------
    openings : iterable of str
        In lower case; every line that a pattern matches begins with one of them. One of a single sign is not ASCII.
    figures : bool
        Whether a line that begins with a figure may match, too.
    """

    def __init__(self, openings: Iterable[str], *, figures: bool = False):
        known = sorted(set(openings))
        self._figures = figures
        self._longest = max(map(len, known))
        self._by_head: dict[str, tuple[str, ...]] = {}
        for opening in known:
            self._by_head[opening[:2]] = (*self._by_head.get(opening[:2], ()), opening)

    def fit(self, line: str) -> bool:
        """Whether the line begins like one that a pattern may match; where it does not, none does."""
        head = line[: self._longest].lower()
        openings = self._by_head.get(head[:2])
        if openings is not None and head.startswith(openings):
            return True
        if head.isascii():
            return self._figures and head[:1].isdecimal()
        return head[:1] in self._by_head or (self._figures and head[:1].isdecimal()) or has_odd_letters(head)


class LatePattern:
    """A regular expression that is compiled when it is first asked: many a run never asks it, and long ones take long.

    Parameters
    ----------
    source : str
    flags : int
        As `re.compile` takes them.
    """

    def __init__(self, source: str, flags: int = 0):
        self.source = source
        self.flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.source, self.flags)

    def match(self, text: str) -> re.Match[str] | None:
        return self.compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        return self.compiled.search(text)
