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
    PAIR,
    WINDOW,
    compiled,
    cut,
)
from framing.model.kernel_finding import IS_COMMON, IS_KNOWN, IS_SMOOTHED, PLACE, find_pairs, find_words

# The float64 before the weights in a word's row: its idf as a term and as a smoothed word, and what its familiarity
# adds up, idf and subject weight times idf. And in a pair's row: its key and its idf.
WORD_HEADER, PAIR_HEADER = 4, 2
# As in `framing.model.scorer`.
TERMS, WORDS = 0, 1


@compiled
def _count(n, n_words, n_counted, most, window, counts, counted):
    """Count tokens and pairs, up to the most; returns how many features were counted."""
    for j in range(n):
        word = (window[j, FOUND] & PLACE) - 1
        if word >= 0 and window[j, IS_TOKEN]:
            if counts[word] == 0:
                counted[n_counted] = word
                n_counted += 1
            counts[word] += counts[word] < most
            pair = window[j, PAIR] + n_words
            if pair >= n_words:
                if counts[pair] == 0:
                    counted[n_counted] = pair
                    n_counted += 1
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
def _weigh(n_counted, n_words, counts, counted, frequencies, word_numbers, pair_numbers, values):
    """Put down the TF-IDF of what was counted, among terms and among words; returns whether all had a frequency.

    Before the weights are added up, since the processor fetches many rows at once if it need not wait for sums.
    """
    all_had = True
    for j in range(n_counted):
        feature = counted[j]
        count = np.int64(counts[feature])
        counts[feature] = 0
        if count >= len(frequencies):
            count, all_had = 0, False
        if feature < n_words:
            values[j, 0] = frequencies[count] * word_numbers[feature, 0]
            values[j, 1] = frequencies[count] * word_numbers[feature, 1]
        else:
            values[j, 0] = frequencies[count] * pair_numbers[feature - n_words, 1]
    return all_had


@compiled
def _add_up(n_counted, n_words, counted, values, word_weights, pair_weights, of_terms, of_words):
    """Add up TF-IDF times weights; returns the sums of squared TF-IDF."""
    n_columns = len(of_terms)
    for k in range(n_columns):
        of_terms[k] = 0.0
        of_words[k] = 0.0
    term_square, word_square = 0.0, 0.0
    for j in range(n_counted):
        feature, value = counted[j], values[j, 0]
        term_square += value * value
        if feature < n_words:
            word_value = values[j, 1]
            word_square += word_value * word_value
            for k in range(n_columns):
                of_terms[k] += value * word_weights[feature, 2 * WORD_HEADER + k]
                of_words[k] += word_value * word_weights[feature, 2 * WORD_HEADER + n_columns + k]
        else:
            for k in range(n_columns):
                of_terms[k] += value * pair_weights[feature - n_words, 2 * PAIR_HEADER + k]
    return term_square, word_square


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
    slots, shift, known_blocks, known_starts, known_sizes, longest, word_numbers, word_weights = words
    pair_keys, pair_shift, pair_numbers, pair_weights, sieve, sieve_shift = pairs
    n_words, n_columns = len(known_sizes), weighted.shape[2]
    n_features, width = n_words + len(pair_keys), (word_weights.shape[1] - 2 * WORD_HEADER) // 2
    with_familiarity = len(familiarity) > 0
    shortest = 1 if with_familiarity else 2
    keys, window = np.empty(WINDOW, np.uint64), np.empty((WINDOW, N_KEPT), np.int64)
    # The last word in a window may have as many blocks as the longest that is known, and one.
    blocks = np.empty(WINDOW + longest // BLOCK + 2, np.uint64)
    counts, counted = np.zeros(n_features, np.uint8), np.empty(n_features, np.int64)
    values, of_terms, of_words = np.empty((n_features, 2)), np.empty(width), np.empty(width)
    signs, sums, n_outside = np.zeros(2, np.int64), np.zeros(familiarity.shape[1]), 0
    for text in range(len(unsure)):
        at, end = offsets[text], offsets[text + 1]
        n_counted, previous = 0, -1
        if with_familiarity:
            _begin_familiarity(data, at, end, signs, sums)
        while 0 <= at < end:
            at, n = cut(data, at, end, kinds, lowered, longest, shortest, keys, window, blocks, signs)
            find_words(n, keys, window, blocks, slots, shift, known_blocks, known_starts, known_sizes)
            previous = find_pairs(n, previous, window, pair_keys, pair_shift, sieve, sieve_shift)
            n_counted = _count(n, n_words, n_counted, len(frequencies), window, counts, counted)
            n_outside = _list_outside(n, n_outside, text, window, outside)
            if with_familiarity:
                _make_familiar(n, window, word_numbers, sums)
        sure = _weigh(n_counted, n_words, counts, counted, frequencies, word_numbers, pair_numbers, values)
        unsure[text] = at < 0 or not sure
        squares[text, TERMS], squares[text, WORDS] = _add_up(
            n_counted, n_words, counted, values, word_weights, pair_weights, of_terms, of_words
        )
        for k in range(n_columns):
            weighted[text, TERMS, k] = of_terms[k]
            weighted[text, WORDS, k] = of_words[k]
        if with_familiarity:
            _end_familiarity(text, signs, sums, familiarity)
    return n_outside
