"""Words looked up by their bytes, thousands at once, and never taken for one another.

A word is seen through windows of eight bytes, its own and zeros after it. Since no word holds a zero, the windows tell
words apart: one window is a number that is looked up as it is; several are mixed into one such number, and what is
found by it is compared window by window. Tables are laid out by hashing, but a key is always compared with the key
that is stored, so that no word is found in another's place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Keys = NDArray[np.uint64]
Numbers = NDArray[np.int32]
Places = NDArray[np.int64]

WINDOW = 8
# Words with more windows are few, and looked up one by one.
MOST_WINDOWS = 4
# So many bytes must follow on the last word.
PADDING = WINDOW * MOST_WINDOWS

# The first bytes of a window, as many as a word has; more than all are all.
_MASKS = np.array([(1 << 8 * n_bytes) - 1 for n_bytes in range(WINDOW + 1)], np.uint64)
# Odd, with bits that follow no rule: those of Knuth's golden section, of xxHash and of MurmurHash3's finaliser.
_MULTIPLIERS = tuple(
    map(np.uint64, (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)[:MOST_WINDOWS])
)
_N_LEVELS = 3
_HALF = np.uint64(32)
_NOT_UTF8 = np.uint64(0xFF << 56)


class KeyTable:
    """Numbers of 64-bit keys.

    A key is multiplied with an odd number, which loses nothing of it. The first bits of the product tell its place in
    a table, where the others stand with the key's number: together they are the key, so that one look tells it from all
    others (quotienting: Knuth 1973, *The art of computer programming* 3, section 6.4). Of keys that have the same place
    all but one go on to a second table with another multiplier, and then to a third. What finds no place there, which
    is next to nothing unless keys were made up for it, is found by bisection. An empty place ends the search, as most
    do for keys that are not there.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n_keys,)
        Of equal keys, one is found. Each key's number is its place here.
    among : ndarray of int, optional
        The numbers of the keys that can be found. All, without it.
    """

    def __init__(self, keys: Keys, among: Places | None = None) -> None:
        self.missing = len(keys)
        self._levels: list[_Level] = []
        waiting = np.arange(len(keys)) if among is None else among
        for multiplier in _MULTIPLIERS[:_N_LEVELS]:
            if not len(waiting):
                break
            level = _Level(keys, waiting, multiplier)
            self._levels.append(level)
            waiting = waiting[level.look(keys[waiting])[0] != waiting]
        self._rest = waiting[np.argsort(keys[waiting])]
        self._rest_keys = keys[self._rest]

    def find(self, keys: Keys) -> Numbers:
        """Return the number of each key, `missing` for what has none."""
        if not self._levels:
            return np.full(len(keys), self.missing, np.int32)
        found, going_on = self._levels[0].look(keys)
        for level in self._levels[1:]:
            if not len(going_on):
                return found
            found[going_on], others = level.look(keys[going_on])
            going_on = going_on[others]
        if len(going_on) and len(self._rest):
            found[going_on] = self._bisect(keys[going_on])
        return found

    def _bisect(self, keys: Keys) -> Numbers:
        places = np.minimum(np.searchsorted(self._rest_keys, keys), len(self._rest) - 1)
        there = self._rest_keys[places] == keys
        return np.where(there, self._rest[places], self.missing).astype(np.int32)


class _Level:
    """A table in which each key has one place.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n_keys,)
    waiting : ndarray of int
        The numbers of the keys that are to stand in it; of those that have the same place, one does.
    multiplier : uint64
        Odd.
    """

    def __init__(self, keys: Keys, waiting: Places, multiplier: np.uint64) -> None:
        self._missing = len(keys)
        # Few keys have the same place, and the bits that tell it leave room for every number, and for none.
        n_bits = max((4 * len(waiting)).bit_length(), (self._missing + 1).bit_length())
        self._multiplier, self._shift, self._n_bits = multiplier, np.uint64(64 - n_bits), np.uint64(n_bits)
        self._empty = np.uint64((1 << n_bits) - 1)
        self._entries = np.full(1 << n_bits, self._empty)
        slots, others = self._parts(keys[waiting])
        self._entries[slots] = others | waiting.astype(np.uint64)

    def look(self, keys: Keys) -> tuple[Numbers, Places]:
        """Look keys up; tell too in whose places others stand."""
        slots, others = self._parts(keys)
        # Where the other bits are the same, the number is left.
        told = self._entries.take(slots) ^ others
        found = told.astype(np.int32)
        unlike = np.flatnonzero(told >= np.uint64(self._missing))
        found[unlike] = self._missing
        return found, unlike[self._entries[slots[unlike]] != self._empty]

    def _parts(self, keys: Keys) -> tuple[Places, Keys]:
        """Part the bits of the products of keys: the first tell the places, the others are moved before a number's."""
        products = keys * self._multiplier
        return (products >> self._shift).view(np.int64), products << self._n_bits


class WordTable:
    """Numbers of words.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 without a zero within a word, of which `PADDING` bytes follow on the last word.
    starts, lengths : ndarray of int64, shape (n_words,)
        Where each word stands in ``data``; each word once. Its number is its place here.
    """

    def __init__(self, data: Bytes, starts: Places, lengths: Places) -> None:
        self.missing = len(starts)
        words = _Windows.of(data, starts, lengths)
        self._keys = KeyTable(words.keys, np.flatnonzero(lengths <= PADDING))
        self._lengths = np.append(lengths, 0)
        self._first = np.append(words.first, np.uint64(0))
        self._further = np.zeros((MOST_WINDOWS - 1, self.missing + 1), np.uint64)
        for stored, (places, windows) in zip(self._further, words.further, strict=False):
            stored[places] = windows
        # Of words whose windows mix to the same key one is found by it; what has more windows is not looked for so.
        long = words.further[0][0] if words.further else np.zeros(0, np.int64)
        hidden = long[self._keys.find(words.keys[long]) != long].tolist()
        self._hidden = {_spelt(data, starts[word], lengths[word]): word for word in hidden}
        self._hidden_lengths = np.array(sorted({len(word) for word in self._hidden}), np.int64)

    def find(self, data: Bytes, starts: Places, lengths: Places) -> Numbers:
        """Look words up.

        Parameters
        ----------
        data : ndarray of uint8
            UTF-8 without a zero within a word, of which `PADDING` bytes follow on the last word.
        starts, lengths : ndarray of int64, shape (n,)

        Returns
        -------
        ndarray of int32, shape (n,)
            The number of each word, `missing` for those that have none.
        """
        words = _Windows.of(data, starts, lengths)
        found = self._keys.find(words.keys)
        if words.further:
            self._compare(found, words, lengths)
        if self._hidden:
            likely = np.flatnonzero((found == self.missing) & np.isin(lengths, self._hidden_lengths)).tolist()
            found[likely] = [
                self._hidden.get(_spelt(data, starts[word], lengths[word]), self.missing) for word in likely
            ]
        return found

    def _compare(self, found: Numbers, words: _Windows, lengths: Places) -> None:
        """Compare words of several windows with those that were found by their keys."""
        long = words.further[0][0]
        candidates = found[long]
        same = (self._lengths.take(candidates) == lengths[long]) & (self._first.take(candidates) == words.first[long])
        found[long[~same]] = self.missing
        for stored, (places, windows) in zip(self._further, words.further, strict=False):
            found[places[stored.take(found[places]) != windows]] = self.missing


class _Windows(NamedTuple):
    """Words as they are seen through windows.

    Attributes
    ----------
    keys : ndarray of uint64, shape (n_words,)
        The one window of a word, or what several are mixed to, with a last byte that UTF-8 does not have.
    first : ndarray of uint64, shape (n_words,)
        The first window of each.
    further : list of (ndarray of int64, ndarray of uint64)
        The words that have a second window, and these; those that have a third, and so on.
    """

    keys: Keys
    first: Keys
    further: list[tuple[Places, Keys]]

    @classmethod
    def of(cls, data: Bytes, starts: Places, lengths: Places) -> _Windows:
        windows: Keys = np.ndarray((len(data) - WINDOW + 1,), "<u8", np.ascontiguousarray(data), 0, (1,))
        first = windows[starts] & _MASKS.take(lengths, mode="clip")
        further: list[tuple[Places, Keys]] = []
        long = np.flatnonzero(lengths > WINDOW)
        if not len(long):
            return cls(first, first, further)
        starts, lengths, mixed, places = starts[long], lengths[long], first[long], np.arange(len(long))
        for multiplier in _MULTIPLIERS[1:]:
            starts, lengths = starts + WINDOW, lengths - WINDOW
            seen = windows[starts[places]] & _MASKS.take(lengths[places], mode="clip")
            further.append((long[places], seen))
            step = (mixed[places] * _MULTIPLIERS[0] ^ seen) * multiplier
            mixed[places] = step ^ step >> _HALF
            places = places[lengths[places] > WINDOW]
            if not len(places):
                break
        keys = first.copy()
        keys[long] = mixed | _NOT_UTF8
        return cls(keys, first, further)


def _spelt(data: Bytes, start: np.int64, length: np.int64) -> bytes:
    return data[start : start + length].tobytes()
