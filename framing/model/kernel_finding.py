"""Words and pairs of words looked up, as machine code: hash tables with open addressing.

What is found by a hash is compared with what was asked for, so that no word is found in another's place.
"""

# ruff: noqa: PLR0917 - numba knows no arguments by keyword alone.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.model.kernel_cutting import (
    BLOCK,
    FOUND,
    HALF,
    IS_TOKEN,
    MIX,
    NOT_UTF8,
    NOTHING,
    ONE,
    SIZE,
    SLOT,
    START,
    compiled,
    eight_of,
    in_place,
    mixed,
)
from framing.model.kernel_fetching import fetch

# A slot of the table of words holds a key, and in one number the word's place + 1, these marks, and where its blocks
# begin; 0 where the slot is empty.
PLACE = 0xFFFFFFFF
IS_KNOWN, IS_COMMON, IS_SMOOTHED = (1 << bit for bit in (32, 33, 34))
FIRST_BLOCK = np.uint64(35)
# The key of an empty slot of the table of pairs.
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SIX, _LAST_OF_64 = np.uint64(6), np.uint64(63)


class Words(NamedTuple):
    """Words as a hash table with open addressing.

    slots, of shape (n_slots, 2), are found by the product of a key, shifted. blocks: for each word of several its bytes
    and the blocks themselves; longest: the bytes of the longest word. numbers, weights: the same rows as float64 and as
    float32.
    """

    slots: NDArray[np.uint64]
    shift: np.uint64
    blocks: NDArray[np.uint64]
    longest: int
    numbers: NDArray[np.float64]
    weights: NDArray[np.float32]


class Pairs(NamedTuple):
    """Pairs of words as a hash table with open addressing.

    keys, numbers, weights: the same rows, one a slot, as uint64, float64 and float32. sieve: bits, of which each pair
    has set one; most pairs that are unknown are told by theirs, without a look at the table.
    """

    keys: NDArray[np.uint64]
    shift: np.uint64
    numbers: NDArray[np.float64]
    weights: NDArray[np.float32]
    sieve: NDArray[np.uint64]
    sieve_shift: np.uint64


@in_place
def _probed(slots, place, key):
    """Return the first slot from a place on that holds a key, or is empty, and what it holds beside the key."""
    value = np.int64(slots[place, 1])
    while value and slots[place, 0] != key:
        place = (place + 1) & (len(slots) - 1)
        value = np.int64(slots[place, 1])
    return place, value


@compiled
def _is_word(known_blocks, begin, blocks, start, size):
    """Tell whether a known word of several blocks is the one that was cut off: a key that was mixed is no proof."""
    same = known_blocks[begin] == np.uint64(size)
    if same:
        for number in range((size + BLOCK - 1) // BLOCK):
            same &= known_blocks[begin + np.uint64(number + 1)] == blocks[start + number]
    return same


@compiled
def find_words(n, keys, window, blocks, slots, shift, known_blocks):
    """Find words, in three rounds: what one will read is fetched while the round before it still goes on."""
    for j in range(n):
        place = np.int64((keys[j] * _SPREAD) >> shift)
        fetch(slots, 2 * place)
        window[j, FOUND] = place
    for j in range(n):
        place, value = _probed(slots, window[j, FOUND], keys[j])
        fetch(known_blocks, np.int64(np.uint64(value) >> FIRST_BLOCK))
        window[j, FOUND], window[j, SLOT] = value, place
    for j in range(n):
        value = window[j, FOUND]
        if window[j, SIZE] > BLOCK and value:
            place, start, size = window[j, SLOT], window[j, START], window[j, SIZE]
            while value and not _is_word(known_blocks, np.uint64(value) >> FIRST_BLOCK, blocks, start, size):
                place, value = _probed(slots, (place + 1) & (len(slots) - 1), keys[j])
            window[j, FOUND] = value


@compiled
def find_pairs(n, previous, window, keys, places, pair_keys, shift, sieve, sieve_shift):
    """Find the pairs that tokens make with those before them.

    In three rounds, as words; what a round leaves over is written down without a jump that the processor would have to
    guess. ``keys`` and ``places`` may be written to.

    Returns
    -------
    previous : int
        The last token, -1 where it is not known.
    n_found : int
        How many pairs were found, whose slots stand first in ``places``.
    """
    n_passed, n_found, last = 0, 0, np.uint64(len(pair_keys) - 1)
    if not len(pair_keys):
        return previous, 0
    for j in range(n):
        if window[j, IS_TOKEN]:
            word = (window[j, FOUND] & PLACE) - 1
            if word >= 0 and previous >= 0:
                key = np.uint64(previous) << HALF | np.uint64(word)
                bit = (key * MIX) >> sieve_shift
                keys[n_passed] = key
                n_passed += np.int64((sieve[bit >> _SIX] >> (bit & _LAST_OF_64)) & ONE)
            previous = word
    for j in range(n_passed):
        place = (keys[j] * _SPREAD) >> shift
        fetch(pair_keys, np.int64(place) * pair_keys.shape[1])
        places[j] = place
    for j in range(n_passed):
        place = places[j]
        while pair_keys[place, 0] != keys[j] and pair_keys[place, 0] != EMPTY:
            place = (place + ONE) & last
        places[n_found] = place
        n_found += pair_keys[place, 0] != EMPTY
    return previous, n_found


def enter_words(data, offsets, marks, slots, shift, blocks):
    """Fill the table of words: the slots, which are empty, and what words of several blocks are compared with.

    Parameters
    ----------
    data, offsets : ndarray of uint8 and of int64
        The words in UTF-8, each once.
    marks : ndarray of uint64, shape (n_words,)
    slots, shift, blocks
        Of `Words`.
    """
    n_blocks, last = 0, len(slots) - 1
    for word in range(len(marks)):
        at, end = offsets[word], offsets[word + 1]
        size, first = end - at, n_blocks
        key = NOTHING
        block = eight_of(data, at, end)
        if size > BLOCK:
            blocks[n_blocks] = np.uint64(size)
            n_blocks += 1
        while at + BLOCK < end:
            blocks[n_blocks] = block
            n_blocks += 1
            key = mixed(key, block)
            at += BLOCK
            block = eight_of(data, at, end)
        if size > BLOCK:
            blocks[n_blocks] = block
            n_blocks += 1
            block = mixed(key, block) | NOT_UTF8
        place = np.int64((block * _SPREAD) >> shift)
        while slots[place, 1]:
            place = (place + 1) & last
        slots[place, 0], slots[place, 1] = block, np.uint64(word + 1) | marks[word] | np.uint64(first) << FIRST_BLOCK


def enter_pairs(first, second, keys, shift, sieve, sieve_shift, places):
    """Fill the keys of the table of pairs, which are `EMPTY`, and the sieve.

    Parameters
    ----------
    first, second : ndarray of int32, shape (n_pairs,)
        The words of each pair; each pair once.
    keys, shift, sieve, sieve_shift
        Of `Pairs`.
    places : ndarray of int64, shape (n_pairs,)
        To be filled with the slot of each.
    """
    last = len(keys) - 1
    for pair in range(len(first)):
        key = np.uint64(first[pair]) << HALF | np.uint64(second[pair])
        bit = (key * MIX) >> sieve_shift
        sieve[np.int64(bit >> _SIX)] |= ONE << (bit & _LAST_OF_64)
        place = np.int64((key * _SPREAD) >> shift)
        while keys[place, 0] != EMPTY:
            place = (place + 1) & last
        keys[place, 0] = key
        places[pair] = place
