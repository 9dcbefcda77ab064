"""Words cut off the bytes of texts, as machine code: exactly those that `framing.model.tokens` finds.

Words of ASCII, which nearly all are, are cut eight bytes at a time, with the same steps for all; only what holds or
touches another character is read one character after another. Texts are untrusted: nothing is read beyond their end,
and where bytes are no UTF-8, or lower case is more than a matter of one character, the text is given up.
"""

# ruff: noqa: PLR0917 - numba knows no arguments by keyword alone.

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

compiled: Any = njit(nogil=True, error_model="numpy")
in_place: Any = njit(nogil=True, error_model="numpy", inline="always")

# What `framing.model.characters` says of characters.
ASKED, WORD, UPPER, LOWER, DIGIT, CHANGED, ODD = (1 << bit for bit in range(7))

# The bytes of a word, eight to a number and the first of them lowest, are its blocks. The key of a word of one block is
# that block; of others it is mixed, with a last byte that UTF-8 does not have.
BLOCK = 8
# Words that are cut off a text before they are looked up, all of them together, so that one need not wait for another.
WINDOW = 256
# What is kept of each word: where it begins and ends in the data, its first block, its bytes in lower case, whether it
# is a token and whether a number; and, once it is looked up, what its slot holds beside the key, and which that is.
BEGIN, END, START, SIZE, IS_TOKEN, IS_NUMBER, FOUND, SLOT = range(8)
N_KEPT = 8

NOTHING, ONE, HALF = (np.uint64(number) for number in (0, 1, 32))
MIX = np.uint64(0xFF51AFD7ED558CCD)
NOT_UTF8 = np.uint64(0xFF << 56)

# Eight bytes at once: the highest bit of each, all others, the lowest; the bit that tells small letters from capitals;
# and what must be added to a byte for its highest bit to tell that it is 'a' or beyond, beyond 'z', '0' or beyond,
# beyond '9'.
_HIGHEST, _OTHERS, _LOWEST, _CASE, _UNDERSCORE = (
    np.uint64(byte * 0x0101010101010101) for byte in (0x80, 0x7F, 0x01, 0x20, ord("_"))
)
_FROM_A, _BEYOND_Z, _FROM_0, _BEYOND_9 = (
    np.uint64(byte * 0x0101010101010101)
    for byte in (0x80 - ord("a"), 0x7F - ord("z"), 0x80 - ord("0"), 0x7F - ord("9"))
)
_SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH, _EIGHTH = (np.uint64(8 * place) for place in range(1, 8))
_HIGH_TO_LOW, _HIGH_TO_CASE = np.uint64(7), np.uint64(2)


@in_place
def eight_of(data, at, end):
    """Read eight bytes of a text, the first lowest; zeros stand beyond its end."""
    if at + BLOCK > len(data):
        eight = NOTHING
        for place in range(end - 1, at - 1, -1):
            eight = (eight << _SECOND) | np.uint64(data[place])
        return eight
    place = np.uint64(at)
    eight = (
        np.uint64(data[place])
        | np.uint64(data[place + np.uint64(1)]) << _SECOND
        | np.uint64(data[place + np.uint64(2)]) << _THIRD
        | np.uint64(data[place + np.uint64(3)]) << _FOURTH
        | np.uint64(data[place + np.uint64(4)]) << _FIFTH
        | np.uint64(data[place + np.uint64(5)]) << _SIXTH
        | np.uint64(data[place + np.uint64(6)]) << _SEVENTH
        | np.uint64(data[place + np.uint64(7)]) << _EIGHTH
    )
    if at + BLOCK > end:
        eight &= (ONE << np.uint64(8 * (end - at))) - ONE
    return eight


@in_place
def _word_of(eight):
    """Take the bytes before the first that is no ASCII letter, digit or underscore.

    Returns them in lower case, how many they are, and whether they are digits alone.
    """
    plain = eight & _OTHERS
    small = plain | _CASE
    letters = (small + _FROM_A) & ~(small + _BEYOND_Z) & _HIGHEST
    digits = (plain + _FROM_0) & ~(plain + _BEYOND_9)
    underscores = ~((plain ^ _UNDERSCORE) + _OTHERS)
    stops = (~(letters | digits | underscores) | eight) & _HIGHEST
    # All bits below the first byte that stops; all that there are where none does.
    taken = ((stops & (~stops + ONE)) >> _HIGH_TO_LOW) - ONE
    number = np.int64(((taken & _LOWEST) * _LOWEST) >> _EIGHTH)
    return (eight | letters >> _HIGH_TO_CASE) & taken, number, ~digits & _HIGHEST & taken == NOTHING


@in_place
def mixed(key, block):
    key = (key ^ block) * MIX
    return key ^ (key >> HALF)


@in_place
def _decoded(data, at, end):
    """Read a character that is not ASCII: its code point, -1 where there is none, and how many bytes it has."""
    first = np.int64(data[at])
    length = 2 + (first >= 0xE0) + (first >= 0xF0)
    code = -1
    if 0xC2 <= first <= 0xF4 and at + length <= end:
        code = first & (0xFF >> (length + 1))
        goes_on = True
        for place in range(at + 1, at + length):
            byte = np.int64(data[place])
            goes_on &= byte & 0xC0 == 0x80
            code = (code << 6) | (byte & 0x3F)
        # A number that could be written shorter, or is beyond the last character, is none.
        least = 0x80 if length == 2 else (0x800 if length == 3 else 0x10000)
        if not goes_on or code < least or code > 0x10FFFF:
            code = -1
    return code, length


@in_place
def _spelt(code):
    """Return the bytes of a character, the first lowest."""
    last = 0x80 | (code & 0x3F)
    middle = 0x80 | (code >> 6 & 0x3F)
    if code < 0x80:
        spelt = code
    elif code < 0x800:
        spelt = 0xC0 | code >> 6 | last << 8
    elif code < 0x10000:
        spelt = 0xE0 | code >> 12 | middle << 8 | last << 16
    else:
        spelt = 0xF0 | code >> 18 | (0x80 | (code >> 12 & 0x3F)) << 8 | middle << 16 | last << 24
    return spelt


@in_place
def _kind(code, kinds, lowered):
    """Tell what a character is that is not ASCII, with what it becomes in lower case.

    0 where that is not certain: it was not asked for yet, hangs on other characters, or is several.
    """
    kind = np.int64(kinds[code])
    if kind & CHANGED:
        code = np.int64(lowered[code])
        small = np.int64(kinds[code])
        kind = (kind & (UPPER | LOWER | ODD)) | (small & (WORD | DIGIT)) | ASKED
        # A table that another thread fills at this moment.
        if code == 0 or small == 0:
            kind = 0
    return 0 if kind & ODD else kind, code


@compiled
def _cut_slowly(data, at, end, kinds, lowered, longest, blocks, n_blocks, signs):
    """Cut off a word in which there may be any characters, and the character after it.

    Returns where to go on, -1 where a character is uncertain; the end of the word; its last block, the key mixed from
    those before; the number of blocks put down, of bytes in lower case and of characters; whether it is digits alone.
    """
    block, key, size, length, is_number, until = NOTHING, NOTHING, 0, 0, True, at
    while at < end:
        until = at
        code, n_bytes = np.int64(data[at]), 1
        if code < 0x80:
            # In the table of characters ASCII letters are asked for, and have others in lower case.
            kind, code = _kind(code, kinds, lowered)
        else:
            code, n_bytes = _decoded(data, at, end)
            kind = 0
            if code >= 0:
                kind, code = _kind(code, kinds, lowered)
                signs[0] += kind & UPPER != 0
                signs[1] += kind & LOWER != 0
        if kind == 0:
            return -1, at, block, key, n_blocks, size, length, is_number
        at += n_bytes
        if kind & WORD == 0:
            break
        until = at
        spelt = _spelt(code)
        while spelt:
            if size % BLOCK == 0 and size:
                key = mixed(key, block)
                # What is longer than all known words is never compared.
                if size <= longest:
                    blocks[n_blocks] = block
                    n_blocks += 1
                block = NOTHING
            block |= np.uint64(spelt & 0xFF) << np.uint64(8 * (size % BLOCK))
            size += 1
            spelt >>= 8
        length += 1
        is_number &= kind & DIGIT != 0
    return at, until, block, key, n_blocks, size, length, is_number


@compiled
def cut(data, at, end, kinds, lowered, longest, shortest, keys, window, blocks, signs):
    """Cut words off a text until the window is full.

    Returns where to go on, -1 where a character is uncertain, and the number of words.
    """
    n, n_blocks = 0, 0
    while 0 <= at < end and n < WINDOW and n_blocks < WINDOW:
        begin, start = at, n_blocks
        block, number, is_number = _word_of(eight_of(data, at, end))
        at += number
        size, key = number, NOTHING
        while number == BLOCK and at < end:
            following, number, still = _word_of(eight_of(data, at, end))
            if number:
                key = mixed(key, block)
                if size <= longest:
                    blocks[n_blocks] = block
                    n_blocks += 1
                block = following
                is_number &= still
                at += number
                size += number
        length, until = size, at
        if at < end:
            if data[at] < 0x80:
                at += 1
            else:
                at, until, block, key, n_blocks, size, length, is_number = _cut_slowly(
                    data, begin, end, kinds, lowered, longest, blocks, start, signs
                )
        if length >= shortest:
            if size > BLOCK:
                blocks[n_blocks] = block
                n_blocks += 1
                block = mixed(key, block) | NOT_UTF8
            keys[n] = block
            window[n, BEGIN], window[n, END], window[n, START], window[n, SIZE] = begin, until, start, size
            window[n, IS_TOKEN], window[n, IS_NUMBER] = length > 1, is_number
            n += 1
    return at, n
