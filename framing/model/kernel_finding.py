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
    PAIR,
    SIZE,
    START,
    compiled,
    eight_of,
    mixed,
)

# A slot of the table of words holds a key, and the word's place + 1 with these marks; 0 where the slot is empty.
PLACE = 0xFFFFFFFF
IS_KNOWN, IS_COMMON, IS_SMOOTHED = (1 << bit for bit in (32, 33, 34))
# The key of an empty slot of the table of pairs.
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SIX, _LAST_OF_64 = np.uint64(6), np.uint64(63)


class Words(NamedTuple):
    """Words as a hash table with open addressing.

    slots, of shape (n_slots, 2), are found by the product of a key, shifted. blocks, starts, sizes: what is compared
    with words of several blocks; longest: the bytes of the longest word. numbers, weights: the same rows as float64
    and as float32.
    """

    slots: NDArray[np.uint64]
    shift: np.uint64
    blocks: NDArray[np.uint64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
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


@compiled
def find_words(n, keys, window, blocks, slots, shift, known_blocks, known_starts, known_sizes):
    last = len(slots) - 1
    for j in range(n):
        key, size, start = keys[j], window[j, SIZE], window[j, START]
        place = np.int64((key * _SPREAD) >> shift)
        value = np.int64(slots[place, 1])
        while value:
            if slots[place, 0] == key:
                if size <= BLOCK:
                    break
                # A key that was mixed is no proof.
                known = (value & PLACE) - 1
                same = known_sizes[known] == size
                if same:
                    for number in range((size + BLOCK - 1) // BLOCK):
                        same &= known_blocks[known_starts[known] + number] == blocks[start + number]
                if same:
                    break
            place = (place + 1) & last
            value = np.int64(slots[place, 1])
        window[j, FOUND] = value


@compiled
def find_pairs(n, previous, window, pair_keys, shift, sieve, sieve_shift):
    """Find the pairs that tokens make with those before them; returns the last token."""
    last = len(pair_keys) - 1
    for j in range(n):
        place = -1
        if window[j, IS_TOKEN]:
            word = (window[j, FOUND] & PLACE) - 1
            if word >= 0 and previous >= 0 and len(pair_keys):
                key = np.uint64(previous) << HALF | np.uint64(word)
                bit = (key * MIX) >> sieve_shift
                if (sieve[np.int64(bit >> _SIX)] >> (bit & _LAST_OF_64)) & ONE:
                    place = np.int64((key * _SPREAD) >> shift)
                    while pair_keys[place, 0] != key:
                        if pair_keys[place, 0] == EMPTY:
                            place = -1
                            break
                        place = (place + 1) & last
            previous = word
        window[j, PAIR] = place
    return previous


def enter_words(data, offsets, marks, slots, shift, blocks, starts, sizes):
    """Fill the table of words: the slots, which are empty, and what words are compared with.

    Parameters
    ----------
    data, offsets : ndarray of uint8 and of int64
        The words in UTF-8, each once.
    marks : ndarray of uint64, shape (n_words,)
    slots, shift, blocks, starts, sizes
        Of `Words`.
    """
    n_blocks, last = 0, len(slots) - 1
    for word in range(len(marks)):
        at, end = offsets[word], offsets[word + 1]
        starts[word], sizes[word] = n_blocks, end - at
        key = NOTHING
        block = eight_of(data, at, end)
        while at + BLOCK < end:
            blocks[n_blocks] = block
            n_blocks += 1
            key = mixed(key, block)
            at += BLOCK
            block = eight_of(data, at, end)
        if sizes[word] > BLOCK:
            blocks[n_blocks] = block
            n_blocks += 1
            block = mixed(key, block) | NOT_UTF8
        place = np.int64((block * _SPREAD) >> shift)
        while slots[place, 1]:
            place = (place + 1) & last
        slots[place, 0], slots[place, 1] = block, np.uint64(word + 1) | marks[word]


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
