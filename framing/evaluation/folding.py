"""A fitted recipe as the model that ships: smoothing folded back into one weight for each word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError
from framing.evaluation.fitting import Fitted
from framing.evaluation.training_data import TrainingData
from framing.model.familiarity import Familiarity, fit_familiarity
from framing.model.frame_model import FrameModel, PieceWeights, TermWeights
from framing.model.lexicon import Lexicon
from framing.settings import Experiment

Floats = NDArray[np.float64]

LENDERS = 3
ROWS_AT_ONCE = 4_096


def frame_model(
    data: TrainingData,
    fitted: Fitted,
    experiment: Experiment,
    lexicon: Lexicon | None,
    *,
    with_lenders: bool = True,
) -> FrameModel:
    """Take a fit over into a model that needs nothing but its own words.

    Its weights are kept to the seven digits of single precision, which moves a score by some 1e-6.

    Parameters
    ----------
    data : TrainingData
    fitted : Fitted
    experiment : Experiment
    lexicon : Lexicon or None
        The word table: the model gets all of its words, also those that no text of the data has. Without it the model
        has the words of the data alone.
    with_lenders : bool
        Whether to find from which words others borrow, which takes longer than all else and no score needs.

    Raises
    ------
    EvaluationError
        When the recipe has n-grams of characters: such a model can be measured, and is not one to use.
    """
    features, weights = fitted.features, fitted.weights
    if features.characters is not None:
        raise EvaluationError("a recipe with 'characters' in [features] can be measured, but not saved as a model")
    terms = TermWeights(
        tuple(data.counts.terms[features.tfidf.columns].tolist()),
        features.tfidf.idf,
        np.hstack([weights.own, weights.article]).astype(np.float32),
    )
    words, pieces, nearest = smoothed_words(data, fitted, lexicon, with_lenders=with_lenders)
    return FrameModel(
        terms=terms,
        words=words,
        pieces=pieces,
        intercept=weights.intercept,
        ngrams=experiment.features.ngrams,
        sublinear_tf=experiment.features.sublinear_tf,
        mask_names=experiment.features.mask_names,
        reading=fitted.reading,
        lenders=nearest,
    )


def smoothed_words(
    data: TrainingData, fitted: Fitted, lexicon: Lexicon | None, *, with_lenders: bool = True
) -> tuple[TermWeights | None, PieceWeights | None, NDArray[np.int32]]:
    """Fold the weights of the smoothed features into one weight for each word: x E w = x (E w).

    Returns
    -------
    words : TermWeights or None
        None where nothing is smoothed.
    pieces : PieceWeights or None
        None where words outside of the table are left out.
    lenders : ndarray of int, shape (n_words, 3)
        See `FrameModel`.
    """
    smoother = fitted.features.smoother
    if smoother is None or data.words is None:
        return None, None, np.zeros((0, LENDERS), np.int32)
    folded = np.hstack([fitted.weights.own_smoothed, fitted.weights.article_smoothed])
    unseen = float(np.log(1 + smoother.n_rows) + 1)
    known = data.counts.terms[smoother.tfidf.columns].tolist()
    idf, vectors = (
        dict(zip(known, smoother.tfidf.idf.tolist(), strict=True)),
        dict(zip(known, smoother.vectors, strict=True)),
    )
    if lexicon is not None:
        # What the training part may not know of the words of the data, its model does not know either.
        withheld = set(data.counts.terms[data.words.columns].tolist()) - set(known)
        for word, vector in zip(lexicon.words, lexicon.vectors, strict=True):
            if word not in withheld:
                vectors.setdefault(word, vector)
    words = tuple(sorted(vectors))
    table = np.stack([vectors[word] for word in words])
    weights = np.array([idf.get(word, unseen) for word in words])
    block = TermWeights(words, weights, fold(table, folded).astype(np.float32))
    nearest = lenders(weights < unseen if with_lenders else np.zeros(len(words), np.bool_), table)
    if lexicon is None or not smoother.pieces:
        return block, None, nearest
    numbered = lexicon.word_pieces
    pieces = {**numbered.beginning, **{f"##{piece}": row for piece, row in numbered.going_on.items()}}
    names = tuple(sorted(pieces))
    of_pieces = fold(lexicon.table[[pieces[name] for name in names]], folded).astype(np.float32)
    return block, PieceWeights(names, unseen, of_pieces), nearest


def learn_familiarity(
    data: TrainingData, texts: Sequence[str], model: FrameModel, lexicon: Lexicon | None
) -> Familiarity:
    """Learn what texts like those of the data are like, to warn of others.

    Parameters
    ----------
    data : TrainingData
    texts : sequence of str, length n_paragraphs
        Of the same paragraphs.
    model : FrameModel
        Fitted on them.
    lexicon : Lexicon or None
        As `frame_model` had it.
    """
    block = model.words or model.terms
    vectors = np.zeros((len(block.terms), 0 if lexicon is None else lexicon.vectors.shape[1]), np.float32)
    of_corpus_only = np.zeros(len(block.terms), np.bool_)
    if lexicon is not None:
        known = [(row, lexicon.places[word]) for row, word in enumerate(block.terms) if word in lexicon.places]
        rows, places = np.array(known, dtype=np.int64).reshape(-1, 2).T
        vectors[rows], of_corpus_only[rows] = lexicon.vectors[places], lexicon.of_corpus_only[places]
    read = np.flatnonzero(~data.boilerplate)
    return fit_familiarity(
        block.terms, block.idf, vectors, [texts[row] for row in read.tolist()], data.articles[read],
        of_corpus_only=of_corpus_only,
    )  # fmt: skip


def fold(vectors: NDArray[np.float32], weights: Floats) -> Floats:
    """Turn weights of the dimensions into weights of the words, shape (n_words, n_columns)."""
    blocks = range(0, len(vectors), ROWS_AT_ONCE)
    return np.vstack([vectors[start : start + ROWS_AT_ONCE].astype(np.float64) @ weights for start in blocks])


def lenders(seen: NDArray[np.bool_], vectors: NDArray[np.float32]) -> NDArray[np.int32]:
    """Find the training words that are nearest in meaning to each word that no training paragraph has.

    Parameters
    ----------
    seen : ndarray of bool, shape (n_words,)
        Whether a training paragraph has the word.
    vectors : ndarray of float, shape (n_words, n_dimensions)
        Of length 1, or shorter for a word that has those of its pieces.

    Returns
    -------
    ndarray of int, shape (n_words, 3)
        Rows of ``vectors``, nearest first; -1 for words that were seen.
    """
    nearest = np.full((len(seen), LENDERS), -1, np.int32)
    known, unseen = np.flatnonzero(seen), np.flatnonzero(~seen)
    if len(known) < LENDERS:
        return nearest
    for start in range(0, len(unseen), ROWS_AT_ONCE):
        rows = unseen[start : start + ROWS_AT_ONCE]
        likeness = vectors[rows] @ vectors[known].T
        for place in range(LENDERS):
            best = likeness.argmax(axis=1)
            nearest[rows, place] = known[best]
            likeness[np.arange(len(rows)), best] = -np.inf
    return nearest
