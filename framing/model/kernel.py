"""The scorer as machine code: one pass over the bytes of each text, without an object of Python's.

Arrays are handed on one by one, since numba counts references to what it takes out of a tuple at every turn of a loop.
"""

# ruff: noqa: PLR0917 - numba knows no arguments by keyword alone.

from __future__ import annotations

import numpy as np

from framing.model.kernel_cutting import (
    BEGIN,
    BLOCK,
    END,
    FOUND,
    IS_NUMBER,
    IS_TOKEN,
    N_KEPT,
    WINDOW,
    compiled,
    cut,
)
from framing.model.kernel_fetching import fetch
from framing.model.kernel_finding import IS_COMMON, IS_KNOWN, IS_SMOOTHED, PLACE, find_pairs, find_words

# The float64 before the weights in a word's row: its idf as a term and as a smoothed word, and what its familiarity
# adds up, idf and subject weight times idf. And in a pair's row: its key and its idf.
WORD_HEADER, PAIR_HEADER = 4, 2
# The float32 that the processor fetches at once.
FETCHED = 16
# Columns whose sums are made at a time; rows of weights have a multiple of them.
COLUMNS_AT_ONCE = 4
# As in `framing.model.scorer`.
TERMS, WORDS = 0, 1


@compiled
def _count_words(n, n_counted, most, window, counts, counted, rows):
    """Count tokens, up to the most, and begin to fetch their rows; returns how many different ones there are.

    Without a jump that the processor would have to guess: what is counted already is written over.
    """
    for j in range(n):
        number = (window[j, FOUND] & PLACE) - 1
        if number >= 0 and window[j, IS_TOKEN]:
            word = np.uint64(number)
            for column in range(0, rows.shape[1], FETCHED):
                fetch(rows, number * rows.shape[1] + column)
            counted[n_counted] = word
            n_counted += counts[word] == 0
            counts[word] += counts[word] < most
    return n_counted


@compiled
def _count_pairs(n, n_counted, most, places, counts, counted):
    """Count pairs, up to the most, whose rows are there since they were found; returns how many different ones."""
    for j in range(n):
        pair = places[j]
        counted[n_counted] = pair
        n_counted += counts[pair] == 0
        counts[pair] += counts[pair] < most
    return n_counted


@compiled
def _list_outside(n, n_listed, text, window, outside):
    """List tokens that are not smoothed, if that is asked for; returns how many there are."""
    if len(outside):
        for j in range(n):
            if window[j, IS_TOKEN] and not window[j, FOUND] & IS_SMOOTHED:
                outside[n_listed, 0] = text
                outside[n_listed, 1], outside[n_listed, 2] = window[j, BEGIN], window[j, END]
                n_listed += 1
    return n_listed


@compiled
def _make_familiar(n, window, numbers, sums):
    """Add words to the sums of `framing.model.familiarity`, but for those that are numbers."""
    for j in range(n):
        if not window[j, IS_NUMBER]:
            value = window[j, FOUND]
            sums[0] += 1
            sums[1] += value & IS_KNOWN != 0
            sums[2] += value & IS_COMMON != 0
            word = (value & PLACE) - 1
            if word >= 0:
                sums[3] += numbers[word, 3]
                sums[4] += numbers[word, 2]


@compiled
def _begin_familiarity(data, at, end, signs, sums):
    """Count capitals and small letters of ASCII; others are counted where they are met."""
    n_upper, n_lower = 0, 0
    for place in range(at, end):
        byte = data[place]
        n_upper += (byte >= 0x41) & (byte <= 0x5A)
        n_lower += (byte >= 0x61) & (byte <= 0x7A)
    signs[0], signs[1] = n_upper, n_lower
    for k in range(len(sums)):
        sums[k] = 0.0


@compiled
def _end_familiarity(text, signs, sums, familiarity):
    sums[5], sums[6] = signs[0], signs[1]
    for k in range(len(sums)):
        familiarity[text, k] = sums[k]


@compiled
def _weigh(n_counted, counts, counted, frequencies, numbers, idf, values):
    """Put down the TF-IDF of what was counted; returns whether all had a frequency.

    Before the weights are added up, since the processor fetches many rows at once if it need not wait for sums.
    """
    all_had = True
    for j in range(n_counted):
        count = np.int64(counts[counted[j]])
        if count >= len(frequencies):
            count, all_had = 0, False
        values[j] = frequencies[count] * numbers[counted[j], idf]
    return all_had


@compiled
def _add_up(n_counted, counted, values, weights, begin, sums):
    """Add TF-IDF times weights to the sums; returns what squared TF-IDF adds up to.

    Four columns at a time, whose sums need not be put back after each row.
    """
    square = 0.0
    for j in range(n_counted):
        square += values[j] * values[j]
    for k in range(0, len(sums), COLUMNS_AT_ONCE):
        at = begin + k
        first, second, third, fourth = sums[k], sums[k + 1], sums[k + 2], sums[k + 3]
        for j in range(n_counted):
            row, value = counted[j], values[j]
            first += value * weights[row, at]
            second += value * weights[row, at + 1]
            third += value * weights[row, at + 2]
            fourth += value * weights[row, at + 3]
        sums[k], sums[k + 1], sums[k + 2], sums[k + 3] = first, second, third, fourth
    return square


@compiled
def _forget(n_counted, counts, counted):
    for j in range(n_counted):
        counts[counted[j]] = 0


def scan_texts(
    data, offsets, kinds, lowered, words, pairs, frequencies, weighted, squares, familiarity, outside, unsure
):
    """Look through texts, and mark those of which not all is sure.

    Parameters
    ----------
    data, offsets : ndarray of uint8 and of int64
        Of `framing.model.utf8_texts`; the offsets do not fall, and lie within the data.
    kinds, lowered : ndarray
        Of `framing.model.characters`.
    words : Words
    pairs : Pairs
    frequencies : ndarray of float
        What a term counts that stands so many times in a text.
    weighted, squares : ndarray of float, shape (n_texts, 2, 2 n_frames) and (n_texts, 2)
        Of `framing.model.scorer`; to be filled, as what follows.
    familiarity : ndarray of float, shape (n_texts, N_SUMS) or (0, N_SUMS)
        Where it is empty it is not asked for.
    outside : ndarray of int, shape (n, 3)
        Has room for all tokens that are not smoothed: the text of each, and where it begins and ends in the data. Where
        it has no room at all they are not asked for.
    unsure : ndarray of bool, shape (n_texts,)

    Returns
    -------
    int
        How many tokens are listed.
    """
    slots, shift, known_blocks, longest, word_numbers, word_weights = words
    pair_keys, pair_shift, pair_numbers, pair_weights, sieve, sieve_shift = pairs
    n_words, n_pairs, n_columns = len(word_weights), len(pair_keys), weighted.shape[2]
    of_pairs, of_words = 2 * PAIR_HEADER, 2 * WORD_HEADER
    width = pair_weights.shape[1] - of_pairs
    of_smoothed = of_words + width
    is_smoothing = of_smoothed < word_weights.shape[1]
    with_familiarity = len(familiarity) > 0
    shortest = 1 if with_familiarity else 2
    keys, window = np.empty(WINDOW, np.uint64), np.empty((WINDOW, N_KEPT), np.int64)
    # The last word in a window may have as many blocks as the longest that is known, and one.
    blocks, places = np.empty(WINDOW + longest // BLOCK + 2, np.uint64), np.empty(WINDOW, np.uint64)
    word_counts, pair_counts = np.zeros(n_words, np.uint8), np.zeros(n_pairs, np.uint8)
    # What is counted already is written one place beyond.
    words_counted, pairs_counted = np.empty(n_words + 1, np.uint64), np.empty(n_pairs + 1, np.uint64)
    values = np.empty(max(n_words, n_pairs))
    term_sums, word_sums = np.empty(width), np.empty(width)
    signs, sums, n_outside = np.zeros(2, np.int64), np.zeros(familiarity.shape[1]), 0
    for text in range(len(unsure)):
        at, end = offsets[text], offsets[text + 1]
        n_words_counted, n_pairs_counted, previous = 0, 0, -1
        if with_familiarity:
            _begin_familiarity(data, at, end, signs, sums)
        while 0 <= at < end:
            at, n = cut(data, at, end, kinds, lowered, longest, shortest, keys, window, blocks, signs)
            find_words(n, keys, window, blocks, slots, shift, known_blocks)
            n_words_counted = _count_words(
                n, n_words_counted, len(frequencies), window, word_counts, words_counted, word_weights
            )
            previous, n_found = find_pairs(n, previous, window, keys, places, pair_keys, pair_shift, sieve, sieve_shift)
            n_pairs_counted = _count_pairs(
                n_found, n_pairs_counted, len(frequencies), places, pair_counts, pairs_counted
            )
            n_outside = _list_outside(n, n_outside, text, window, outside)
            if with_familiarity:
                _make_familiar(n, window, word_numbers, sums)
        for k in range(width):
            term_sums[k] = 0.0
            word_sums[k] = 0.0
        squares[text, WORDS] = 0.0
        sure = _weigh(n_words_counted, word_counts, words_counted, frequencies, word_numbers, 0, values)
        square = _add_up(n_words_counted, words_counted, values, word_weights, of_words, term_sums)
        if is_smoothing:
            _weigh(n_words_counted, word_counts, words_counted, frequencies, word_numbers, 1, values)
            squares[text, WORDS] = _add_up(n_words_counted, words_counted, values, word_weights, of_smoothed, word_sums)
        sure &= _weigh(n_pairs_counted, pair_counts, pairs_counted, frequencies, pair_numbers, 1, values)
        square += _add_up(n_pairs_counted, pairs_counted, values, pair_weights, of_pairs, term_sums)
        squares[text, TERMS], unsure[text] = square, at < 0 or not sure
        _forget(n_words_counted, word_counts, words_counted)
        _forget(n_pairs_counted, pair_counts, pairs_counted)
        for k in range(n_columns):
            weighted[text, TERMS, k] = term_sums[k]
            weighted[text, WORDS, k] = word_sums[k]
        if with_familiarity:
            _end_familiarity(text, signs, sums, familiarity)
    return n_outside
