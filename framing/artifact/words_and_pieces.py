"""TF-IDF of single words, unknown ones by their pieces, as a step of a scikit-learn Pipeline.

The one step of an exported Pipeline that is not scikit-learn's own: it has no vectoriser that gives a word outside of
its vocabulary a weight. A Pipeline with this step needs framing where it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin

from framing.model.found_terms import find_terms, to_length_1
from framing.model.word_pieces import WordPieces


class WordsAndPieces(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn texts into TF-IDF rows over words, and over the pieces of words that are unknown.

    A row has length 1 when each unknown word is one of its entries. Such an entry is then shared out evenly over the
    columns of the word's pieces, so that a linear weight of the word is the mean of those of its pieces.

    Parameters
    ----------
    vocabulary : mapping of str to int
        The column of each word, from 0 without a gap.
    idf : ndarray of float, shape (n_words,)
    pieces : sequence of str, length n_pieces
        As in `framing.model.frame_model.PieceWeights`; their columns follow on the words'.
    pieces_idf : float
        Of an unknown word.
    sublinear_tf : bool
        Whether a word that stands n times counts 1 + ln n.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        idf: NDArray[np.float64],
        pieces: Sequence[str],
        pieces_idf: float,
        *,
        sublinear_tf: bool,
    ):
        self.vocabulary = vocabulary
        self.idf = idf
        self.pieces = pieces
        self.pieces_idf = pieces_idf
        self.sublinear_tf = sublinear_tf

    def fit(self, texts: Sequence[str], labels: Any = None) -> WordsAndPieces:  # noqa: ARG002
        """Do nothing: what there is to know was given."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, texts: Sequence[str]) -> csr_array[Any]:
        """Return one row for each text.

        Returns
        -------
        csr_array of float, shape (n_texts, n_words + n_pieces)
        """
        n_words = len(self.vocabulary)
        found = find_terms(list(texts), {}, self.vocabulary, WordPieces.of(self.pieces), with_pairs=False)
        unknown = found.word_places >= n_words
        frequencies = 1 + np.log(found.counts) if self.sublinear_tf else found.counts.astype(np.float64)
        idf = np.append(self.idf, self.pieces_idf)[np.minimum(found.word_places, n_words)]
        values = to_length_1(frequencies * idf, found.rows)
        sizes = np.array([len(cut) for cut in found.cuts], dtype=np.int64)
        of_pieces = np.array([piece for cut in found.cuts for piece in cut], dtype=np.int64)
        rows = np.append(found.rows[~unknown], np.repeat(found.rows[unknown], sizes))
        columns = np.append(found.word_places[~unknown], n_words + of_pieces)
        shares = np.append(values[~unknown], np.repeat(values[unknown] / sizes, sizes))
        return csr_array((shares, (rows, columns)), shape=(found.n_texts, n_words + len(self.pieces)))
