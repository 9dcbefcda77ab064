"""Words and terms of a text, exactly as scikit-learn's vectorisers see them by default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

# Two word characters or more, by the rules of the running interpreter; other regex engines differ in \w and in
# lower-casing on thousands of code points.
TOKEN_PATTERN = r"(?u)\b\w\w+\b"  # noqa: S105
_find_tokens = re.compile(TOKEN_PATTERN).findall


def tokens(text: str) -> list[str]:
    return _find_tokens(text.lower())


def terms(text: str, ngrams: tuple[int, int]) -> list[str]:
    """Return the word n-grams of a text, with repeats.

    Parameters
    ----------
    text : str
    ngrams : (int, int)
        Shortest and longest n-gram, 1 or 2.
    """
    words = tokens(text)
    return words + pairs(words) if ngrams[1] == 2 else words


def pairs(words: Sequence[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(words)]
