"""Words as vectors, so that words which were never labelled share in what their neighbours in meaning have learnt.

Beside its TF-IDF row x a paragraph has the features s x E, where the rows of E are the words' vectors. A linear score
of them is linear in x, so that it folds back into one weight a word: the same as a Gaussian prior on the words' weights
whose covariance is the identity plus s² E Eᵀ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.model.features import Rows, TermCounts, TfIdf, tfidf_matrix
from framing.model.lexicon import Lexicon
from framing.settings import FeatureSettings

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class WordVectors:
    """The counted words that have a vector, of the table or of their pieces.

    Attributes
    ----------
    columns : ndarray of int, shape (n_words,)
        The words' places in the counts.
    listed : ndarray of bool, shape (n_words,)
        Whether the table has the word whatever the corpus is. A word that the table has only because it stands in the
        corpus counts as listed to a training part that holds it, and as unknown to one that does not: the table would
        otherwise know the names of a conflict that the model is tested on.
    in_table : ndarray of bool, shape (n_words,)
    of_table, of_pieces : ndarray of float, shape (n_words, n_dimensions)
        Zeros where there is none.
    """

    columns: Rows
    listed: NDArray[np.bool_]
    in_table: NDArray[np.bool_]
    of_table: Vectors
    of_pieces: Vectors


@dataclass(frozen=True)
class Smoother:
    """The words that smooth a training part, their weights and their vectors.

    Attributes
    ----------
    tfidf : TfIdf
        A word that the part lacks has the idf of one that stands in no paragraph.
    vectors : ndarray of float, shape (n_known, n_dimensions)
    pieces : bool
        Whether words that are not in the table have the mean of their pieces' vectors.
    n_rows : int
        Of the training part.
    """

    tfidf: TfIdf
    vectors: Vectors
    pieces: bool
    n_rows: int


def word_vectors(counts: TermCounts, lexicon: Lexicon) -> WordVectors:
    """Find the vectors of all counted words."""
    columns = [place for place, term in enumerate(counts.terms) if " " not in term]
    words = [str(counts.terms[place]) for place in columns]
    size = lexicon.vectors.shape[1]
    of_table, of_pieces = np.zeros((len(words), size), np.float32), np.zeros((len(words), size), np.float32)
    in_table, listed = np.zeros(len(words), np.bool_), np.zeros(len(words), np.bool_)
    for row, word in enumerate(words):
        place = lexicon.places.get(word)
        if place is not None:
            of_table[row], in_table[row] = lexicon.vectors[place], True
            listed[row] = not lexicon.of_corpus_only[place]
        if not listed[row] and (cut := lexicon.cut(word)):
            of_pieces[row] = lexicon.table[cut].mean(axis=0)
    found = in_table | of_pieces.any(axis=1)
    return WordVectors(
        np.array(columns, dtype=np.int64)[found], listed[found], in_table[found], of_table[found], of_pieces[found]
    )


def fit_smoother(
    counts: TermCounts, rows: Rows, words: WordVectors, settings: FeatureSettings, *, pieces: bool
) -> Smoother:
    """Weigh the words for a training part.

    Parameters
    ----------
    counts : TermCounts
    rows : ndarray of int, shape (n_train,)
    words : WordVectors
    settings : FeatureSettings
    pieces : bool
    """
    frequency = np.bincount(counts.matrix[rows].indices, minlength=len(counts.terms))[words.columns]
    from_table = words.listed | (words.in_table & (frequency > 0))
    known = np.flatnonzero(from_table | words.of_pieces.any(axis=1)) if pieces else np.flatnonzero(from_table)
    vectors = np.where(from_table[known, None], words.of_table[known], words.of_pieces[known])
    idf = np.log((1 + len(rows)) / (1 + frequency[known])) + 1
    return Smoother(TfIdf(words.columns[known], idf, settings.sublinear_tf), vectors, pieces, len(rows))


def smoothed_features(counts: TermCounts, rows: Rows, smoother: Smoother) -> Floats:
    """Return x E, x being TF-IDF rows over the smoother's words; shape (n_rows, n_dimensions)."""
    weighed = tfidf_matrix(counts, rows, smoother.tfidf)
    return np.asarray(weighed @ smoother.vectors.astype(np.float64))
