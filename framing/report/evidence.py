"""Where the evidence of a paragraph stands in its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from framing.model.tokens import TOKEN_PATTERN

_find_tokens = re.compile(TOKEN_PATTERN).finditer


def evidence_runs(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """Cut a text into runs that are evidence and runs that are not.

    The words are found as the model finds them, in the lower-cased text; a pair of words takes in the single letters
    between them, which are no words to the model.

    Parameters
    ----------
    text : str
    terms : iterable of str
        Lower-case words and pairs of words joined by a blank.

    Returns
    -------
    list of (str, bool)
        The runs in order, none of them empty; joined they are the text.
    """
    spans = list(_joined(_spans(text, set(terms))))
    cuts = [0, *(place for span in spans for place in span), len(text)]
    runs = ((text[start:end], bool(place % 2)) for place, (start, end) in enumerate(pairwise(cuts)))
    return [(run, evidence) for run, evidence in runs if run]


def _spans(text: str, terms: set[str]) -> Iterator[tuple[int, int]]:
    lowered = text.lower()
    words = [(found[0], found.start(), found.end()) for found in _find_tokens(lowered)]
    places = _source_places(text, lowered)
    for word, start, end in words:
        if word in terms:
            yield _in_source(start, end, places)
    for (first, start, _), (second, _, end) in pairwise(words):
        if f"{first} {second}" in terms:
            yield _in_source(start, end, places)


def _source_places(text: str, lowered: str) -> Sequence[int] | None:
    """Give each character's place in the lower-cased text; None where it is its own.

    Lower-casing turns some characters into two, one by one; what a character becomes may depend on its neighbours,
    how many never does.
    """
    if len(lowered) == len(text):
        return None
    return [0, *accumulate(len(character.lower()) for character in text)]


def _in_source(start: int, end: int, places: Sequence[int] | None) -> tuple[int, int]:
    if places is None:
        return start, end
    return bisect_right(places, start) - 1, bisect_right(places, end - 1)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sort spans and merge those that touch or overlap."""
    open_span: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if open_span is None:
            open_span = start, end
        elif start <= open_span[1]:
            open_span = open_span[0], max(open_span[1], end)
        else:
            yield open_span
            open_span = start, end
    if open_span is not None:
        yield open_span
