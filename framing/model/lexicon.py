"""The word table: English words as vectors of meaning, read without the encoder that made them.

Words near in meaning have vectors near in direction. The table lies in ``framing/lexicon/`` and is made by
``experiments/lexicon/build.py``; how, and under which licences, is told there and in the folder's about.json.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.errors import ArtifactError
from framing.model.word_pieces import WordPieces

ABOUT = "about.json"
WORDS = "words.txt"
ORIGINS = "origins.npy"
PIECES = "pieces.txt"
VECTORS = "vectors.npy"
FILES = (ORIGINS, PIECES, VECTORS, WORDS)

LEVELS = 16


class Origin(IntFlag):
    """Where a word of the table was found; a word may have several origins."""

    CORPUS = 1
    ENCODER = 2
    GENERAL = 4


@dataclass(frozen=True)
class Lexicon:
    """Words and word pieces with their vectors.

    Attributes
    ----------
    words : tuple of str, length n_words
        Sorted, in lower case.
    origins : ndarray of uint8, shape (n_words,)
        Each word's `Origin`.
    pieces : tuple of str, length n_pieces
        Single letters and digits, and after ``##`` what can go on a word.
    table : ndarray of float32, shape (n_words + n_pieces, n_dimensions)
        A row of Euclidean length 1 for each word, then for each piece.
    digest : str
        SHA-256 of what the table holds.
    """

    words: tuple[str, ...]
    origins: NDArray[np.uint8]
    pieces: tuple[str, ...]
    table: NDArray[np.float32]
    digest: str

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The words' rows of the table, shape (n_words, n_dimensions)."""
        return self.table[: len(self.words)]

    @property
    def piece_vectors(self) -> NDArray[np.float32]:
        """The pieces' rows of the table, shape (n_pieces, n_dimensions)."""
        return self.table[len(self.words) :]

    @cached_property
    def of_corpus_only(self) -> NDArray[np.bool_]:
        """Which words are in the table only because the corpus has them, shape (n_words,).

        To a measurement whose training part lacks such a word it is a word outside the table: cut it.
        """
        found_there_only: NDArray[np.bool_] = self.origins == Origin.CORPUS
        return found_there_only

    @cached_property
    def places(self) -> dict[str, int]:
        """Each word's row of the table."""
        return {word: place for place, word in enumerate(self.words)}

    def cut(self, word: str) -> list[int] | None:
        """Cut a word into pieces whose vectors can stand for its own.

        The word's vector is the mean of the pieces' rows, not stretched to length 1: so a linear weight of the word is
        the mean of its pieces' weights.

        Parameters
        ----------
        word : str
            In lower case. Whether it stands in the table itself makes no difference: only words that the encoder
            knows whole are pieces.

        Returns
        -------
        list of int or None
            Rows of the table; None where `WordPieces.cut` has none.
        """
        return self.word_pieces.cut(word)

    @cached_property
    def word_pieces(self) -> WordPieces:
        """What words are cut into, by the rows of the table."""
        whole = {self.words[row]: int(row) for row in np.flatnonzero(self.origins & Origin.ENCODER)}
        of_pieces = WordPieces.of(self.pieces)
        first = len(self.words)
        return WordPieces(
            whole | {piece: first + number for piece, number in of_pieces.beginning.items()},
            {piece: first + number for piece, number in of_pieces.going_on.items()},
        )


def pack_vectors(vectors: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Round vectors to 4 bits a number, keeping their directions.

    A row is measured in steps of its own, of which its largest number has seven and a half; each number becomes the
    nearest odd multiple of half a step. There is no zero, so that both signs have eight levels.

    Parameters
    ----------
    vectors : ndarray of float, shape (n, n_dimensions)
        An even number of dimensions; no row of zeros.

    Returns
    -------
    ndarray of uint8, shape (n, n_dimensions / 2)
        Two numbers a byte, the first in the lower half. How long a row was is lost.

    Raises
    ------
    ValueError
        When the number of dimensions is odd, or a row is zero or not finite and so has no direction.
    """
    if vectors.ndim != 2 or vectors.shape[1] % 2:
        raise ValueError("vectors must be rows of an even number of dimensions")
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0).astype(np.float64)
    if not (np.isfinite(largest) & (largest > 0)).all():
        raise ValueError("a row of zeros, or of numbers that are not finite, has no direction")
    # To length about 1 first: the tiniest numbers could not be divided into steps.
    steps = np.floor(vectors / largest * (LEVELS - 1) / 2) + LEVELS // 2
    codes = steps.clip(0, LEVELS - 1).astype(np.uint8)
    packed: NDArray[np.uint8] = codes[:, ::2] | (codes[:, 1::2] << 4)
    return packed


def unpack_vectors(codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the directions that `pack_vectors` kept, as rows of Euclidean length 1.

    The same numbers on every machine: the squares are multiples of a quarter and add up without rounding.

    Parameters
    ----------
    codes : ndarray of uint8, shape (n, n_dimensions / 2)

    Returns
    -------
    ndarray of float32, shape (n, n_dimensions)
    """
    values = np.arange(256)
    pairs = (np.stack([values % LEVELS, values // LEVELS], axis=1) - (LEVELS - 1) / 2).astype(np.float32)
    vectors: NDArray[np.float32] = pairs[codes].reshape(len(codes), 2 * codes.shape[1])
    vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    return vectors


def digest_of(digests: dict[str, str]) -> str:
    """Return one SHA-256 for several files: of the lines that ``sha256sum`` prints for them, sorted by name."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_lexicon(folder: str | Path | None = None) -> Lexicon:
    """Read a word table and check it against its digest.

    Parameters
    ----------
    folder : path-like, optional
        The package's own without it.

    Raises
    ------
    ArtifactError
        When a file is missing, damaged, or does not go with the others; names it.
    """
    folder = Path(__file__).parents[1] / "lexicon" if folder is None else Path(folder)
    about = _about(folder / ABOUT)
    content = {name: _content(folder / name, about["files"][name]) for name in FILES}
    words = _lines(folder / WORDS, content[WORDS])
    pieces = _lines(folder / PIECES, content[PIECES])
    origins = _array(folder / ORIGINS, content[ORIGINS], (len(words),))
    codes = _array(folder / VECTORS, content[VECTORS], (len(words) + len(pieces), about["dimensions"] // 2))
    return Lexicon(words, origins, pieces, unpack_vectors(codes), about["digest"])


def _about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_bytes().decode("utf-8"))
        files, dimensions = about["files"], about["dimensions"]
        sound = digest_of({name: files[name]["sha256"] for name in FILES}) == about["digest"] and len(files) == len(
            FILES
        )
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}; name the folder of a word table", path=path) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ArtifactError("does not describe a word table; take a fresh copy of it", path=path) from None
    if not sound or type(dimensions) is not int or dimensions < 2 or dimensions % 2:
        raise ArtifactError("was changed after it was written; take a fresh copy of the word table", path=path)
    return dict(about)


def _content(path: Path, listed: dict[str, Any]) -> bytes:
    try:
        # The size first: what is not the file that was written is not read either.
        if path.is_file() and path.stat().st_size == listed.get("bytes"):
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == listed["sha256"]:
                return content
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}", path=path) from None
    raise ArtifactError("is missing, or not as it was written; take a fresh copy of the word table", path=path)


def _lines(path: Path, content: bytes) -> tuple[str, ...]:
    try:
        *lines, rest = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise ArtifactError("is not UTF-8 text", path=path) from None
    if rest or not lines or not lines[0] or not all(first < second for first, second in itertools.pairwise(lines)):
        raise ArtifactError("does not hold each line once, in order", path=path)
    return tuple(lines)


def _array(path: Path, content: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    try:
        buffer = io.BytesIO(content)
        # The header is read before any memory is taken for what it promises.
        if np.lib.format.read_magic(buffer) != (1, 0):
            raise ValueError("version")
        declared, in_columns, kind = np.lib.format.read_array_header_1_0(buffer)
        if declared != shape or in_columns or kind != np.uint8:
            raise ValueError("header")
        return np.frombuffer(content, np.uint8, offset=buffer.tell()).reshape(shape)
    except ValueError:
        raise ArtifactError(f"is not the array of {shape} bytes that the word table needs", path=path) from None
