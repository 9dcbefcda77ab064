"""The scorer of the extra `fast`: machine code for nearly all texts, numpy for the few that it is unsure of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from framing.model.compiling import compiled_kernel
from framing.model.familiarity import N_SUMS, Familiarity
from framing.model.frame_model import FrameModel
from framing.model.kernel_tables import KernelTables, read_only
from framing.model.masking import mask_names
from framing.model.numpy_scorer import NumpyScorer
from framing.model.outside_words import OutsideWords
from framing.model.scorer import WORDS, Scanned, TermSums
from framing.model.utf8_texts import Utf8Texts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Texts that are handed to the machine code at a time: it takes some milliseconds for them.
AT_ONCE = 1024


class KernelScorer:
    """Looks through texts for a model's terms.

    The machine code is compiled when the first scorer is made, and kept on disk where it can be. The sums of a text do
    not depend on the texts that are looked through with it, nor on the threads.

    Parameters
    ----------
    model : FrameModel
    familiarity : Familiarity, optional
        Where it is given, texts are looked through for what it judges them by, too.
    threads : int
        How many look through texts at the same time.

    Raises
    ------
    MissingExtraError
        When numba is not installed.
    """

    def __init__(self, model: FrameModel, familiarity: Familiarity | None = None, threads: int = 1) -> None:
        self._kernel = compiled_kernel()
        self._model, self._familiarity, self._threads = model, familiarity, threads
        self._tables = KernelTables.of(model, familiarity, self._kernel)
        self._numpy = NumpyScorer(model, familiarity)
        self._pieces = None if model.words is None else model.pieces
        self._outside = None if self._pieces is None else OutsideWords(self._pieces.word_pieces, self._pieces.weights)
        # Compiled now, and not by all threads at once.
        self._look(read_only(Utf8Texts.of([])), with_familiarity=False)

    def scan(self, texts: Sequence[str] | Utf8Texts) -> Scanned:
        """Add up what the terms of each text tell.

        Raises
        ------
        ValueError
            When bytes that are to be UTF-8 are not, or the places of texts lie outside of them.
        """
        n_columns = 2 * len(self._model.intercept)
        weighted, squares = [np.empty((0, 2, n_columns))], [np.empty((0, 2))]
        familiarity = [np.empty((0, N_SUMS))]
        for part in self._looked_at(texts):
            done = self._completed(part)
            weighted.append(done.weighted)
            squares.append(done.squares)
            familiarity.append(done.familiarity)
        terms = TermSums(np.concatenate(weighted), np.concatenate(squares))
        return Scanned(terms, None if self._familiarity is None else np.concatenate(familiarity))

    def lone_scores(self, texts: Sequence[str] | Utf8Texts) -> Floats:
        """Score paragraphs, each by itself, shape (n_texts, n_frames).

        Raises
        ------
        ValueError
            As `scan` does.
        """
        scores = [np.empty((0, len(self._model.intercept)))]
        for part in self._looked_at(texts):
            done = self._completed(part)
            own, shared = TermSums(done.weighted, done.squares).block_scores(self._model.intercept)
            scores.append(own + shared)
        return np.concatenate(scores)

    def _looked_at(self, texts: Sequence[str] | Utf8Texts) -> Iterator[_Looked]:
        """Look through texts part by part, in threads where there are several; what is left to be done is not yet."""
        if isinstance(texts, Utf8Texts):
            texts = _checked(texts)
        at_once = max(1, min(AT_ONCE, -(-len(texts) // self._threads)))
        parts = [_part(texts, start, start + at_once) for start in range(0, len(texts), at_once)]
        if self._threads == 1 or len(parts) < 2:
            yield from map(self._scan, parts)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(self._scan, parts)

    def _scan(self, texts: Sequence[str] | Utf8Texts) -> _Looked:
        """Look through some texts; what is unsure, and what stands outside, is left for later."""
        encoded = texts if isinstance(texts, Utf8Texts) else read_only(Utf8Texts.of(texts))
        looked = self._look(encoded, with_familiarity=self._familiarity is not None)
        if self._model.mask_names:
            given = [encoded.text(row) for row in range(len(encoded))] if isinstance(texts, Utf8Texts) else texts
            masked = self._look(read_only(Utf8Texts.of(mask_names(given))), with_familiarity=False)
            looked = replace(
                masked, given=encoded, familiarity=looked.familiarity, unsure=looked.unsure | masked.unsure
            )
        return looked

    def _look(self, texts: Utf8Texts, *, with_familiarity: bool) -> _Looked:
        n_texts, n_bytes = len(texts), int(texts.offsets[-1] - texts.offsets[0])
        # A token has two bytes at least, and another stands between it and the next.
        n_outside = 0 if self._outside is None else (n_bytes + n_texts) // 3 + 1
        looked = _Looked(
            texts,
            texts,
            np.empty((n_texts, 2, 2 * len(self._model.intercept))),
            np.empty((n_texts, 2)),
            np.empty((n_texts if with_familiarity else 0, N_SUMS)),
            np.empty((n_outside, 3), np.int64),
            np.empty(n_texts, np.bool_),
        )
        characters, tables = self._model.index.characters, self._tables
        n_listed = self._kernel.scan_texts(
            texts.data,
            texts.offsets,
            characters.kinds,
            characters.lowered,
            tables.words,
            tables.pairs,
            tables.frequencies,
            looked.weighted,
            looked.squares,
            looked.familiarity,
            looked.outside,
            looked.unsure,
        )
        return replace(looked, outside=looked.outside[:n_listed])

    def _completed(self, part: _Looked) -> _Looked:
        """Add what stands outside, and look again through the texts that are unsure.

        Once their characters are asked for, the machine code is sure of most. So which texts numpy looks through, where
        a last digit may differ, does not hang on what was looked through before.
        """
        self._add_outside(part)
        rows = np.flatnonzero(part.unsure)
        if len(rows):
            texts = [part.given.text(row) for row in rows.tolist()]
            self._learn(texts)
            again = self._scan(texts)
            self._add_outside(again)
            part.put(rows, Scanned(TermSums(again.weighted, again.squares), again.familiarity))
            odd = np.flatnonzero(again.unsure)
            if len(odd):
                part.put(rows[odd], self._numpy.scan([texts[place] for place in odd.tolist()]))
        return part

    def _learn(self, texts: Sequence[str]) -> None:
        """Ask for the characters of texts, and for what they become in lower case."""
        met = "".join(set().union(*texts))
        codes = np.frombuffer((met + met.lower()).encode("utf-32-le", "surrogatepass"), "<i4")
        self._model.index.characters.of(codes)

    def _add_outside(self, part: _Looked) -> None:
        """Add the words to the sums that are known by their pieces alone."""
        if self._outside is None or self._pieces is None or not len(part.outside):
            return
        texts = part.looked_at
        begin = int(texts.offsets[0])
        content = texts.data[begin : int(texts.offsets[-1])].tobytes()
        spans = (part.outside[:, 1:] - begin).tolist()
        listed, words = self._outside.number(_lowered(content[first:end]) for first, end in spans)
        numbers = np.array(listed)
        known = np.flatnonzero(numbers >= 0)
        if not len(known):
            return
        # Each once a text, in the order in which the text has them: what stands in other texts must not matter.
        keys = part.outside[known, 0] * len(words) + numbers[known]
        unique, firsts, counts = np.unique(keys, return_index=True, return_counts=True)
        order = np.argsort(firsts)
        rows, places = np.divmod(unique[order], len(words))
        frequencies = 1 + np.log(counts[order]) if self._model.sublinear_tf else counts[order].astype(np.float64)
        values = frequencies * self._pieces.idf
        weights = np.stack([word.weights for word in words])
        np.add.at(part.squares[:, WORDS], rows, values * values)
        np.add.at(part.weighted[:, WORDS], rows, values[:, None] * weights[places])


@dataclass(frozen=True)
class _Looked:
    """What the machine code made of some texts.

    Attributes
    ----------
    given, looked_at : Utf8Texts
        Names may be masked in the latter.
    weighted, squares, familiarity : ndarray
        Of `Scanned`; familiarity is empty where it was not asked for.
    outside : ndarray of int, shape (n_outside, 3)
        The tokens that are not smoothed: the text of each, and where it begins and ends in the data.
    unsure : ndarray of bool, shape (n_texts,)
    """

    given: Utf8Texts
    looked_at: Utf8Texts
    weighted: Floats
    squares: Floats
    familiarity: Floats
    outside: Integers
    unsure: Booleans

    def put(self, rows: Integers, scanned: Scanned) -> None:
        """Put other sums in the place of those of some texts."""
        self.weighted[rows], self.squares[rows] = scanned.terms.weighted, scanned.terms.squares
        if scanned.familiarity is not None and len(self.familiarity):
            self.familiarity[rows] = scanned.familiarity


def _part(texts: Sequence[str] | Utf8Texts, start: int, stop: int) -> Sequence[str] | Utf8Texts:
    if isinstance(texts, Utf8Texts):
        return Utf8Texts(texts.data, texts.offsets[start : stop + 1])
    return texts[start:stop]


def _lowered(word: bytes) -> bytes:
    """Put a word in lower case of which the characters are sure: none hangs on others."""
    return word.lower() if word.isascii() else word.decode().lower().encode()


def _checked(texts: Utf8Texts) -> Utf8Texts:
    """Look whether all texts lie within the data, one after another.

    Raises
    ------
    ValueError
        When they do not.
    """
    texts = read_only(texts)
    offsets = texts.offsets
    if not len(offsets) or offsets[0] < 0 or offsets[-1] > len(texts.data) or (offsets[1:] < offsets[:-1]).any():
        raise ValueError("the places of the texts lie outside of their bytes, or go backwards")
    return texts
