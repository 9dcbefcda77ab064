"""A model's words, pairs and weights as the compiled scorer looks them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.model.compiling import Kernel
from framing.model.familiarity import Familiarity
from framing.model.found_terms import NOWHERE
from framing.model.term_index import TermIndex
from framing.model.utf8_texts import Utf8Texts

if TYPE_CHECKING:
    from framing.model.frame_model import FrameModel

Floats = NDArray[np.float64]
Places = NDArray[np.int32]

FEWEST_SLOTS = 8
# So many bits of the sieve for each pair: one pair in so many that are unknown gets through.
BITS_OF_PAIR = 32
# What the processor fetches at a time, in bytes.
LINE = 64
# A term that stands in a text so often is counted no further: numbers up to there fit in a byte.
MOST_COUNTED = 0xFF


class KernelTables(NamedTuple):
    """What is handed to the compiled scorer.

    Attributes
    ----------
    words : framing.model.kernel_finding.Words
    pairs : framing.model.kernel_finding.Pairs
    frequencies : ndarray of float
        What a term counts that stands so many times in a text.
    """

    words: Any
    pairs: Any
    frequencies: Floats

    @classmethod
    def of(cls, model: FrameModel, familiarity: Familiarity | None, kernel: Kernel) -> KernelTables:
        """Lay out the tables of a model.

        Parameters
        ----------
        model : FrameModel
        familiarity : Familiarity, optional
            Without it the sums that it judges texts by have no meaning.
        kernel : Kernel
        """
        index = model.index
        if familiarity is not None and (index.numbers_of(familiarity.common_words) == len(index.words)).any():
            index = model.index_with(familiarity.common_words)
        words = _words(model, familiarity, index, kernel)
        return cls(words, _pairs(model, index, kernel), _frequencies(sublinear=model.sublinear_tf))


def _words(model: FrameModel, familiarity: Familiarity | None, index: TermIndex, kernel: Kernel) -> Any:
    from framing.model.kernel import COLUMNS_AT_ONCE, WORD_HEADER
    from framing.model.kernel_finding import Words

    texts, n_words = read_only(Utf8Texts.of(index.words)), len(index.words)
    sizes, bits = np.diff(texts.offsets), _bits_of_slots(n_words)
    slots, shift = np.zeros((1 << bits, 2), np.uint64), np.uint64(64 - bits)
    blocks = np.zeros(sizes.sum() // 8 + 2 * n_words, np.uint64)
    marks = _marks(familiarity, index)
    kernel.enter_words(texts.data, texts.offsets, marks, slots, shift, blocks)

    n_columns = 2 * len(model.intercept)
    width = _rounded(n_columns, COLUMNS_AT_ONCE)
    sides = [(model.terms, index.term_places[:n_words])]
    if model.words is not None:
        sides.append((model.words, index.word_places))
    weights = _rows(n_words, 2 * WORD_HEADER + len(sides) * width)
    numbers = weights.view(np.float64)
    for side, (known, places) in enumerate(sides):
        there = np.flatnonzero(places != NOWHERE)
        numbers[there, side] = known.idf[places[there]]
        begin = 2 * WORD_HEADER + side * width
        weights[there, begin : begin + n_columns] = known.weights[places[there]]
        # A text's subject is told by the smoothed words, or where there are none by the terms.
        if familiarity is not None and known is (model.words or model.terms):
            numbers[there, 2] = numbers[there, side]
            numbers[there, 3] = numbers[there, side] * familiarity.subject_weights[places[there]]
    longest = int(sizes.max(initial=0))
    return Words(slots, shift, blocks, longest, numbers, weights)


def _marks(familiarity: Familiarity | None, index: TermIndex) -> NDArray[np.uint64]:
    from framing.model.kernel_finding import IS_COMMON, IS_KNOWN, IS_SMOOTHED

    is_smoothed = index.word_places != NOWHERE
    is_known = is_smoothed | (index.term_places[: len(index.words)] != NOWHERE)
    marks: NDArray[np.uint64] = is_smoothed * np.uint64(IS_SMOOTHED) | is_known * np.uint64(IS_KNOWN)
    if familiarity is not None:
        numbers = index.numbers_of(familiarity.common_words)
        # What no text can hold as a word has none.
        marks[numbers[numbers < len(marks)]] |= np.uint64(IS_COMMON)
    return marks


def _pairs(model: FrameModel, index: TermIndex, kernel: Kernel) -> Any:
    from framing.model.kernel import COLUMNS_AT_ONCE, PAIR_HEADER
    from framing.model.kernel_finding import EMPTY, Pairs

    n_pairs, n_columns = len(index.first), 2 * len(model.intercept)
    bits = _bits_of_slots(n_pairs)
    weights = _rows(1 << bits if n_pairs else 0, 2 * PAIR_HEADER + _rounded(n_columns, COLUMNS_AT_ONCE))
    keys, numbers = weights.view(np.uint64), weights.view(np.float64)
    keys[:, 0] = EMPTY
    sieve_bits = max(6, (BITS_OF_PAIR * n_pairs - 1).bit_length())
    sieve, places = np.zeros(1 << sieve_bits - 6, np.uint64), np.zeros(n_pairs, np.int64)
    shift, sieve_shift = np.uint64(64 - bits), np.uint64(64 - sieve_bits)
    kernel.enter_pairs(index.first, index.second, keys, shift, sieve, sieve_shift, places)
    of_pairs = index.term_places[len(index.words) :]
    numbers[places, 1] = model.terms.idf[of_pairs]
    weights[places, 2 * PAIR_HEADER : 2 * PAIR_HEADER + n_columns] = model.terms.weights[of_pairs]
    return Pairs(keys, shift, numbers, weights, sieve, sieve_shift)


def _frequencies(*, sublinear: bool) -> Floats:
    counts = np.arange(MOST_COUNTED, dtype=np.float64)
    if sublinear:
        counts[1:] = 1 + np.log(counts[1:])
    return counts


def _rows(n_rows: int, n_columns: int) -> NDArray[np.float32]:
    """Return rows of zeros that begin where the processor begins to fetch."""
    size = 4 * n_rows * n_columns
    memory = np.zeros(size + LINE, np.uint8)
    begin = -memory.ctypes.data % LINE
    return memory[begin : begin + size].view(np.float32).reshape(n_rows, n_columns)


def _bits_of_slots(n: int) -> int:
    """Return the bits of a slot's number in a table of which at least half is empty."""
    return (max(FEWEST_SLOTS, 2 * n) - 1).bit_length()


def _rounded(number: int, unit: int) -> int:
    return -(-number // unit) * unit


def read_only(texts: Utf8Texts) -> Utf8Texts:
    """Return texts with arrays of the kind that the functions are compiled for."""
    data = np.require(texts.data, np.uint8, ["C", "A"]).view()
    offsets = np.require(texts.offsets, np.int64, ["C", "A"]).view()
    data.flags.writeable = offsets.flags.writeable = False
    return Utf8Texts(data, offsets)
