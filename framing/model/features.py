"""Term counts, taken once, and the TF-IDF weights that any part of them gives.

A fold's vocabulary, document frequencies and norms follow from the counts of all paragraphs, so that nothing is
tokenised twice, and equal what a vectoriser fitted on the fold alone would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer

from framing.errors import EvaluationError
from framing.model.masking import mask_names
from framing.model.tokens import TOKEN_PATTERN
from framing.settings import FeatureSettings

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class TermCounts:
    """How often each term stands in each paragraph.

    Attributes
    ----------
    matrix : csr_array of int, shape (n_paragraphs, n_terms)
    terms : ndarray of str, shape (n_terms,)
        Sorted.
    """

    matrix: csr_array[Any]
    terms: NDArray[np.object_]


@dataclass(frozen=True)
class TfIdf:
    """The terms that a training part knows, and their weights.

    Attributes
    ----------
    columns : ndarray of int, shape (n_known,)
        The known terms' places in the counts.
    idf : ndarray of float, shape (n_known,)
    sublinear_tf : bool
    """

    columns: Rows
    idf: NDArray[np.float64]
    sublinear_tf: bool


def count_characters(texts: Sequence[str], lengths: tuple[int, int]) -> TermCounts:
    """Count the n-grams of characters within the words of every text, a blank standing before and after each word.

    Parameters
    ----------
    texts : sequence of str
    lengths : (int, int)
        Of the shortest and the longest n-gram.
    """
    vectoriser = CountVectorizer(analyzer="char_wb", ngram_range=lengths)
    matrix = csr_array(vectoriser.fit_transform(texts))
    return TermCounts(matrix, vectoriser.get_feature_names_out())


def count_terms(texts: Sequence[str], settings: FeatureSettings) -> TermCounts:
    """Count the terms of every text.

    Raises
    ------
    ValueError
        When no text holds a word of two characters.
    """
    vectoriser = CountVectorizer(ngram_range=settings.ngrams, token_pattern=TOKEN_PATTERN)
    matrix = csr_array(vectoriser.fit_transform(mask_names(texts) if settings.mask_names else texts))
    return TermCounts(matrix, vectoriser.get_feature_names_out())


def fit_tfidf(counts: TermCounts, rows: Rows, settings: FeatureSettings) -> TfIdf:
    """Derive the vocabulary and the smooth inverse document frequencies of a training part.

    Parameters
    ----------
    counts : TermCounts
    rows : ndarray of int, shape (n_train,)
        The paragraphs of the training part.
    settings : FeatureSettings

    Raises
    ------
    EvaluationError
        When no term stands in ``min_df`` paragraphs.
    """
    document_frequency = np.bincount(counts.matrix[rows].indices, minlength=len(counts.terms))
    columns = np.flatnonzero(document_frequency >= settings.min_df)
    if not len(columns):
        raise EvaluationError(
            f"no term stands in {settings.min_df} paragraphs of a training part; lower 'min_df' in [features]"
        )
    # One is added to both counts, as if one more text held every term (scikit-learn's smooth_idf).
    idf = np.log((1 + len(rows)) / (1 + document_frequency[columns])) + 1
    return TfIdf(columns, idf, settings.sublinear_tf)


def weigh_by_labels(counts: TermCounts, rows: Rows, gold: Rows, n_labels: int, weights: TfIdf) -> TfIdf:
    """Multiply each term's weight by the spread of its log-count ratios over the labels.

    The ratio of label k is ln of the term's smoothed share among the terms of k's paragraphs over that among all
    others', each term counted once a paragraph (Wang and Manning 2012, *Baselines and bigrams*, who take a ratio for
    each pair of classes). The spread is their root mean square: one factor a term, so that the weighted rows still
    serve one multinomial model, and in use it is part of the idf.

    Parameters
    ----------
    counts : TermCounts
    rows : ndarray of int, shape (n_train,)
    gold : ndarray of int, shape (n_train,)
        The label of each of the rows.
    n_labels : int
    weights : TfIdf
        Of the same rows.
    """
    present = counts.matrix[rows][:, weights.columns].sign()
    belongs = (gold[:, None] == np.arange(n_labels)).astype(np.float64)
    within = present.T @ belongs
    without = within.sum(axis=1, keepdims=True) - within
    within, without = within + 1, without + 1
    ratios = np.log(within / within.sum(axis=0)) - np.log(without / without.sum(axis=0))
    return replace(weights, idf=weights.idf * np.sqrt((ratios**2).mean(axis=1)))


def tfidf_matrix(counts: TermCounts, rows: Rows, weights: TfIdf) -> csr_array[Any]:
    """Return the TF-IDF rows of some paragraphs, each of Euclidean length 1, or of 0 where no term weighs anything.

    Returns
    -------
    csr_array of float, shape (n_rows, n_known)
    """
    part = counts.matrix[rows][:, weights.columns]
    data = part.data.astype(np.float64)
    if weights.sublinear_tf:
        data = 1 + np.log(data)
    data *= weights.idf[part.indices]
    row_of = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
    length = np.sqrt(np.bincount(row_of, data * data, minlength=part.shape[0]))
    length[length == 0] = 1
    return csr_array((data / length[row_of], part.indices, part.indptr), shape=part.shape)
