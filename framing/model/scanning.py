"""The words of many texts at once, as places in their bytes: exactly those that `framing.model.tokens` finds.

Texts are joined as UTF-8. One table turns all of ASCII into small letters and blanks; of the other characters, few in
most texts, the code points are worked out and their kinds looked up. Where lower-casing does not put one character of
as many bytes in the place of another, the text is lower-cased by itself, as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from framing.model.characters import BLANK, CHANGED, LOWER, ODD, RESIZED, UPPER, WORD, Characters, Kinds
from framing.model.utf8_texts import Utf8Texts
from framing.model.word_table import PADDING

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
CodePoints = NDArray[np.int32]

# Texts that are scanned together, and their bytes: enough to be quick, and few enough to stay near the processor.
AT_ONCE = 512
BYTES_AT_ONCE = 1 << 18

# The least first byte of a character of two bytes, of three, of four; the least character of three bytes, of four.
_LEADS = (0xC0, 0xE0, 0xF0)
_LEAST_OF_THREE, _LEAST_OF_FOUR = 0x800, 0x10000
_CONTINUATION, _CONTINUED = 0x80, 0x3F
_BYTES_OF_CHARACTER = 1 + np.searchsorted(_LEADS, np.arange(0x100), side="right")


@dataclass(frozen=True)
class Joined:
    """Texts in UTF-8, one after another.

    Attributes
    ----------
    content : bytes
        A blank, the texts with one sign of no word after each, and `PADDING` blanks.
    begins : ndarray of int64, shape (n_texts + 1,)
        Where each text begins, counted from after the first blank. It ends a byte before the next begins.
    """

    content: bytes
    begins: Places

    def __len__(self) -> int:
        return len(self.begins) - 1

    @classmethod
    def of(cls, encoded: list[bytes]) -> Joined:
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)) + 1)
        return cls(b" ".join([b"", *encoded, b" " * PADDING]), np.concatenate([np.zeros(1, np.int64), ends]))

    def texts(self) -> list[bytes]:
        return [self.content[first + 1 : end] for first, end in pairwise(self.begins.tolist())]


@dataclass(frozen=True)
class Runs:
    """Runs of word characters in some texts, in lower case.

    Attributes
    ----------
    data : ndarray of uint8
        The texts in lower case, one after another, with blanks in the place of all that is of no word.
    starts, lengths : ndarray of int64, shape (n_runs,)
        Where each run stands in ``data``, in bytes.
    firsts : ndarray of int64, shape (n_texts + 1,)
        The first run of each text, and the number of all.
    single : ndarray of bool, shape (n_runs,)
        Whether a run is one character, and so no token.
    letters : ndarray of int64, shape (n_texts, 2), or None
        Capitals and small letters of the texts as they were given; None where that was not asked for.
    """

    data: Bytes
    starts: Places
    lengths: Places
    firsts: Places
    single: NDArray[np.bool_]
    letters: Places | None

    def spelt(self, run: int) -> bytes:
        start = self.starts[run]
        return self.data[start : start + self.lengths[run]].tobytes()


def batches(texts: Sequence[str] | Utf8Texts) -> Iterator[Joined]:
    """Cut texts into batches; each is a text at least, and about as large as is quick.

    Raises
    ------
    ValueError
        When bytes that are to be UTF-8 are not.
    """
    for start in range(0, len(texts), AT_ONCE):
        encoded = encode(texts, start, min(start + AT_ONCE, len(texts)))
        joined = Joined.of(encoded)
        if len(joined.content) <= BYTES_AT_ONCE:
            yield joined
            continue
        cuts = (np.flatnonzero(np.diff(joined.begins[1:] // BYTES_AT_ONCE)) + 1).tolist()
        for first, last in pairwise([0, *cuts, len(encoded)]):
            yield Joined.of(encoded[first:last])


def encode(texts: Sequence[str] | Utf8Texts, start: int, stop: int) -> list[bytes]:
    """Return some of the texts in UTF-8, lone surrogates as three bytes."""
    if not isinstance(texts, Utf8Texts):
        try:
            return list(map(str.encode, texts[start:stop]))
        except UnicodeEncodeError:
            return [text.encode("utf-8", "surrogatepass") for text in texts[start:stop]]
    offsets = texts.offsets[start : stop + 1].tolist()
    if offsets[0] < 0 or offsets[-1] > len(texts.data) or sorted(offsets) != offsets:
        raise ValueError("offsets that do not rise, or lie outside of the bytes")
    content = texts.data[offsets[0] : offsets[-1]].tobytes()
    encoded = [content[first - offsets[0] : last - offsets[0]] for first, last in pairwise(offsets)]
    if not content.isascii():
        for text in encoded:
            text.decode("utf-8", "surrogatepass")
    return encoded


class Scanner:
    """Finds runs of word characters.

    Parameters
    ----------
    characters : Characters
    """

    def __init__(self, characters: Characters) -> None:
        self.characters = characters

    def runs(self, texts: Joined, *, lower: bool = True, with_letters: bool = False) -> Runs:
        """Find the runs of word characters.

        Parameters
        ----------
        texts : Joined
        lower : bool
            Whether the texts are lower-cased before they are looked through.
        with_letters : bool
            Whether capitals and small letters are counted.
        """
        of_ascii = self.characters.lower_ascii if lower else self.characters.blank_ascii
        # Places are counted from after the first blank, and so are those of bytes that differ from the one before.
        whole = np.frombuffer(bytearray(texts.content).translate(of_ascii), np.uint8)
        letters = _ascii_letters(texts) if with_letters else None
        data, ascii_only = whole[1:], texts.content.isascii()
        if not ascii_only:
            places = np.flatnonzero(data >= _LEADS[0])
            points = code_points(data, places)
            kinds = self.characters.of(points)
            if letters is not None:
                letters += _counted(kinds, places, texts.begins)
            if lower and (kinds & (ODD | RESIZED)).any():
                # There are characters that cannot be lower-cased one by one in their places.
                return replace(self.runs(_lowered(texts), lower=False), letters=letters)
            if lower:
                kinds = self._lower_others(data, places, points, kinds)
            _blank_others(data, places, points, kinds)
        of_words = whole > BLANK
        edges = np.flatnonzero(of_words[1:] != of_words[:-1])
        starts = edges[::2].copy()
        lengths = edges[1::2] - starts
        single = lengths == 1 if ascii_only else lengths <= _BYTES_OF_CHARACTER.take(data.take(starts))
        return Runs(data, starts, lengths, np.searchsorted(starts, texts.begins), single, letters)

    def _lower_others(self, data: Bytes, places: Places, points: CodePoints, kinds: Kinds) -> Kinds:
        """Lower-case what is not ASCII, and return of what kind it is then."""
        changed = np.flatnonzero(kinds & CHANGED)
        if not len(changed):
            return kinds
        lowered = self.characters.lowered.take(points[changed])
        _write(data, places[changed], lowered)
        kinds = kinds.copy()
        kinds[changed] = self.characters.of(lowered)
        return kinds


def _lowered(texts: Joined) -> Joined:
    """Lower-case texts as wholes."""
    return Joined.of(
        [text.decode("utf-8", "surrogatepass").lower().encode("utf-8", "surrogatepass") for text in texts.texts()]
    )


def _blank_others(data: Bytes, places: Places, points: CodePoints, kinds: Kinds) -> None:
    """Put blanks in the place of characters that are of no word."""
    others = np.flatnonzero(kinds & WORD == 0)
    gone, points = places[others], points[others]
    data[gone] = data[gone + 1] = BLANK
    for step, least in enumerate((_LEAST_OF_THREE, _LEAST_OF_FOUR), start=2):
        data[gone[points >= least] + step] = BLANK


def _ascii_letters(texts: Joined) -> Places:
    """Count the capitals and small letters of ASCII in each text, shape (n_texts, 2)."""
    given = np.frombuffer(texts.content, np.uint8)[1:]
    # Below the first letter bytes turn over, to numbers beyond those of letters.
    counts = [np.add.reduceat(given - np.uint8(first) < 26, texts.begins[:-1], dtype=np.uint32) for first in b"Aa"]
    return np.stack(counts, axis=1).astype(np.int64)


def _counted(kinds: Kinds, places: Places, begins: Places) -> Places:
    """Count the capitals and small letters in each text, shape (n_texts, 2)."""
    counts = [np.diff(np.searchsorted(places[kinds & kind != 0], begins)) for kind in (UPPER, LOWER)]
    return np.stack(counts, axis=1)


def code_points(data: Bytes, places: Places) -> CodePoints:
    """Read the characters that begin at some places of UTF-8, after which three bytes follow at least."""
    lead = data.take(places).astype(np.int32)
    points = (lead & 0x1F) << 6 | data.take(places + 1) & _CONTINUED
    for step, least in enumerate(_LEADS[1:], start=2):
        longer = np.flatnonzero(lead >= least)
        points[longer] = points[longer] << 6 | data.take(places[longer] + step) & _CONTINUED
    # Of the longest the sign of their length is left.
    return np.where(lead < _CONTINUATION, lead, points & 0x1FFFFF)


def _write(data: Bytes, places: Places, points: CodePoints) -> None:
    """Write characters that are not ASCII over others of as many bytes."""
    lengths = 2 + np.searchsorted((_LEAST_OF_THREE, _LEAST_OF_FOUR), points, side="right")
    for length, lead in enumerate(_LEADS, start=2):
        of_length = lengths == length
        at, rest = places[of_length], points[of_length]
        for step in range(length - 1, 0, -1):
            data[at + step] = _CONTINUATION | rest & _CONTINUED
            rest = rest >> 6
        data[at] = lead | rest
