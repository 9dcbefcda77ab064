"""Changes to a text that leave its frame as it was."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np

from framing.evaluation.name_kinds import LONGEST_INITIALS, WORD, Cues, Kind, names_by_kind

Streams = Callable[[int], np.random.Generator]

LEAST_TIMES_A_SENTENCE = 3

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_FIGURE = re.compile(r"(?<![\w.,/:\-–])\d{1,3}(?:,\d{3}){1,4}(?![\w/:\-–]|[.,]\d)"
                     r"|(?<![\w.,/:\-–])\d{1,12}(?:\.\d{1,3})?(?![\w/:\-–]|[.,]\d)")  # fmt: skip
_DATED = (re.compile(rf"\b{_MONTH}\.? $"), re.compile(rf" {_MONTH}\b"))
_CLOCK = re.compile(r"\s?(?:[ap]\.?m\b|o'clock|hours\b)")
_PERCENT = re.compile(r"\s?(?:%|per ?cent)")
_LAST_WORD = re.compile(r"(\w+)\.? $")
_SMALL = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# What 'two' says of sides, and of thirds, is not a number like others.
_NUMBER_WORD = re.compile(
    rf"\b(?:{'|'.join([*_SMALL, *_TENS])})\b"
    r"(?!-(?:thirds?|quarters?|fifths?|tenths?)|[- ](?:per ?cent|o'clock|sides|parties|halves))",
    re.IGNORECASE,
)
# 'The two countries' could not be five.
_THE_TWO = re.compile(r"\b(?:the|these|those|other|between) two\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{4,}")
_INDEFINITE = re.compile(r"\b([Aa])n? $")
_VOWELS = "aeiouAEIOU"


class Perturbation(Protocol):
    @property
    def name(self) -> str:
        """What its figures are told under."""

    @property
    def change(self) -> str:
        """Its sort, as a file of tests names it."""

    def perturb(self, texts: Sequence[str], streams: Streams) -> list[str]:
        """Change the texts that give occasion for it and return all.

        Parameters
        ----------
        texts : sequence of str
        streams : callable
            Gives the random numbers for a text, from its place.
        """


@dataclass(frozen=True)
class RenameNames:
    """Put invented names in the place of those of some kinds, the same one for the same name in a text.

    Attributes
    ----------
    kinds : tuple of str
        What is renamed.
    cues : mapping of str to Cues
        Of all kinds: a name is only known to be a place by being no group.
    keep : frozenset of str
        Names, in lower case, that stay: states and bodies that an invented name could not stand for.
    invented : mapping of str to tuple of str
        By kind, words to take; those for groups in capitals stand for groups in capitals.
    """

    name: str
    kinds: tuple[Kind, ...]
    cues: Mapping[Kind, Cues]
    keep: frozenset[str]
    invented: Mapping[Kind, tuple[str, ...]]
    change: str = field(default="rename", init=False)

    def perturb(self, texts: Sequence[str], streams: Streams) -> list[str]:
        found = names_by_kind(texts, self.cues, self.keep)
        return [self._rename(text, found[place], streams(place)) for place, text in enumerate(texts)]

    def _rename(self, text: str, found: Sequence[tuple[int, int, Kind]], random: np.random.Generator) -> str:
        others = _OtherWords(self.invented, random)
        parts, end = [], 0
        for start, stop, kind in found:
            if kind in self.kinds:
                name = WORD.sub(partial(self._other_word, kind, others), text[start:stop])
                parts += [_article_for(name, text[end:start]), name]
                end = stop
        return "".join([*parts, text[end:]])

    def _other_word(self, kind: Kind, others: _OtherWords, found: re.Match[str]) -> str:
        """Replace what is the name's own; 'Front', 'North' and particles stay."""
        word = found.group()
        key = word.lower()
        if key in self.keep or not any(map(str.isupper, word)) or any(key in cue.within for cue in self.cues.values()):
            return word
        capitals = word.isupper() and len(word) > 1
        plural = "s" if kind == "people" and key.endswith("s") else ""
        other = others.take(kind, key.removesuffix(plural), initials=kind == "group" and capitals)
        return other.upper() if capitals else other + plural


class _OtherWords:
    """The invented words of one text: each of its words gets one and keeps it."""

    def __init__(self, invented: Mapping[Kind, tuple[str, ...]], random: np.random.Generator):
        self._invented = invented
        self._random = random
        self._rows: dict[tuple[Kind, bool], Iterator[str]] = {}
        self._given: dict[tuple[Kind, bool, str], str] = {}

    def take(self, kind: Kind, word: str, *, initials: bool) -> str:
        if (kind, initials) not in self._rows:
            row = [one for one in self._invented[kind] if one.isupper() == initials]
            self._rows[kind, initials] = itertools.cycle(row[place] for place in self._random.permutation(len(row)))
        if (kind, initials, word) not in self._given:
            self._given[kind, initials, word] = next(self._rows[kind, initials])
        return self._given[kind, initials, word]


def _article_for(name: str, before: str) -> str:
    """Fit an article that stands right before a name to it: 'an Afghan', 'a Velmari'."""
    article = _INDEFINITE.search(before[-4:])
    if article is None or (name.isupper() and len(name) < LONGEST_INITIALS):
        return before
    fitted = article[1] + ("n" if name[0] in _VOWELS else "") + " "
    return before[: len(before) - len(article.group())] + fitted


@dataclass(frozen=True)
class ChangeNumbers:
    """Change figures and number words and keep their order: large figures grow or shrink together, others go up.

    Years stay, 'one', which is often no number, and two where 'the two' are spoken of. Days stay within a month, hours
    within the clock, shares under a hundred per cent.

    Attributes
    ----------
    not_after : frozenset of str
        Words in lower case after which a figure is a name: 'Article 5'.
    """

    name: str
    not_after: frozenset[str] = frozenset()
    change: str = field(default="numbers", init=False)

    def perturb(self, texts: Sequence[str], streams: Streams) -> list[str]:
        return [self._renumber(text, streams(place)) for place, text in enumerate(texts)]

    def _renumber(self, text: str, random: np.random.Generator) -> str:
        factor = float(random.choice([0.6, 0.7, 0.8, 1.2, 1.3, 1.5]))
        steps = int(random.integers(1, 4))
        steps = _fitting(text, _SMALL, _fitting(text, _TENS, steps))

        the_two = _THE_TWO.search(text) is not None

        def figure(found: re.Match[str]) -> str:
            last = _LAST_WORD.search(text[max(0, found.start() - 20) : found.start()])
            if last is not None and last[1].lower() in self.not_after:
                return found.group()
            return _other_figure(found, factor, steps)

        def word(found: re.Match[str]) -> str:
            written = found.group()
            if the_two and written.lower() == "two":
                return written
            row = _SMALL if written.lower() in _SMALL else _TENS
            other = row[row.index(written.lower()) + steps]
            return other.capitalize() if written[0].isupper() else other

        return _NUMBER_WORD.sub(word, _FIGURE.sub(figure, text))


def _fitting(text: str, row: Sequence[str], steps: int) -> int:
    """Lower the steps until every number word of a text can go up by them within its row."""
    found = [word.lower() for word in _NUMBER_WORD.findall(text)]
    highest = max((row.index(word) for word in found if word in row), default=0)
    return min(steps, len(row) - 1 - highest)


def _other_figure(found: re.Match[str], factor: float, steps: int) -> str:
    written, text = found.group(), found.string
    value = float(written.replace(",", ""))
    whole = "." not in written
    if value < 2 or (whole and len(written) == 4 and 1900 <= value < 2100):
        return written
    behind = text[found.end() : found.end() + 20]
    if (
        whole
        and value <= 31
        and (_DATED[0].search(text[max(0, found.start() - 20) : found.start()]) or _DATED[1].match(behind))
    ):
        return str(int(value + steps - 1) % 28 + 1)
    if _CLOCK.match(behind):
        return str(int(value + steps - 1) % 12 + 1) if whole and value <= 12 else written
    if whole and value <= 12:
        return str(int(value) + steps)
    changed = value * factor
    if _PERCENT.match(behind) and value < 100 <= changed:
        changed = 100 - (100 - value) / factor
    decimals = len(written.partition(".")[2])
    # Round numbers stay round, but do not stay what they were.
    digits = str(int(value))
    zeros = len(digits) - len(digits.rstrip("0")) if whole else 0
    rounded = round(changed / 10**zeros, decimals) * 10**zeros
    if rounded in (0, value):
        rounded = round(changed, decimals)
    return f"{rounded:,.{decimals}f}" if "," in written else f"{rounded:.{decimals}f}"


@dataclass(frozen=True)
class AddSentence:
    """Put a sentence that carries no frame before or after the text.

    Texts of fewer than three times as many words stay: there the sentence could be what the paragraph is about.

    Attributes
    ----------
    before : tuple of str
        Sentences to begin with.
    after : tuple of str
        Sentences to end with.
    """

    name: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    change: str = field(default="add", init=False)

    def perturb(self, texts: Sequence[str], streams: Streams) -> list[str]:
        return [self._add(text, streams(place)) for place, text in enumerate(texts)]

    def _add(self, text: str, random: np.random.Generator) -> str:
        sentences = self.before + self.after
        chosen = int(random.integers(len(sentences)))
        sentence = sentences[chosen]
        if len(text.split()) < LEAST_TIMES_A_SENTENCE * len(sentence.split()):
            return text
        return f"{sentence} {text}" if chosen < len(self.before) else f"{text} {sentence}"


@dataclass(frozen=True)
class SwapLetters:
    """Swap two neighbouring letters within some of the words of four letters or more, never the first letter.

    Attributes
    ----------
    one_word_in : int
        Of so many words of any length, one has a swap.
    """

    name: str
    one_word_in: int = 10
    change: str = field(default="typos", init=False)

    def perturb(self, texts: Sequence[str], streams: Streams) -> list[str]:
        return [self._swap(text, streams(place)) for place, text in enumerate(texts)]

    def _swap(self, text: str, random: np.random.Generator) -> str:
        places = [
            swaps
            for word in _LETTERS.finditer(text)
            if (swaps := [at for at in range(word.start() + 1, word.end() - 1) if text[at] != text[at + 1]])
        ]
        wanted = round(len(text.split()) / self.one_word_in)
        letters = list(text)
        for word in random.permutation(len(places))[:wanted]:
            at = int(random.choice(places[word]))
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        return "".join(letters)
