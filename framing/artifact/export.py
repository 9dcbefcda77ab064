"""A model as a scikit-learn Pipeline, for those who want one. The package itself never loads such a file.

The Pipeline takes paragraphs one by one. What needs the rest of an article or its source stays behind: the article's
share in the scores, decoding along it, what is known of sources; and so do the sets of candidates, for which
scikit-learn has no place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zipfile import ZIP_DEFLATED

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from framing.artifact.artifact import Artifact
from framing.artifact.words_and_pieces import WordsAndPieces
from framing.errors import ArtifactError, MissingExtraError
from framing.files import written_aside
from framing.model import FrameModel
from framing.model.frame_model import TermWeights
from framing.model.tokens import TOKEN_PATTERN


def pipeline(artifact: Artifact) -> Pipeline:
    """Build a fitted Pipeline whose ``predict_proba`` equals the model's for paragraphs taken one by one.

    Its steps are the TF-IDF of the terms, beside it that of the smoothed words where the model has them, and a logistic
    regression, into whose weights the temperature for lone paragraphs is worked. It knows nothing of articles, and so
    does not decode along them; nor does it give sets of candidates.

    Where the model cuts unknown words into pieces, one step is framing's own, `WordsAndPieces`: loading the Pipeline
    then needs framing, and skops asks for that class to be trusted. All else is scikit-learn's.

    Its ``classes_`` are the labels in codebook order, not sorted as scikit-learn would have them.

    Raises
    ------
    ArtifactError
        When the model masks names, which no step of scikit-learn's does.
    """
    model = artifact.model
    if model.mask_names:
        raise ArtifactError(f"the model {artifact.name} masks names, which no step of a scikit-learn Pipeline does")
    steps, weights = [("terms", _vectoriser(model.terms, model.ngrams, model))], [model.terms.weights]
    if model.words is not None:
        steps.append(("words", _of_words(model.words, model)))
        weights.append(model.words.weights)
        if model.pieces is not None:
            weights.append(model.pieces.weights)
    classifier = _classifier(artifact, np.vstack(weights, dtype=np.float64))
    return Pipeline([("tfidf", FeatureUnion(steps)), ("classifier", classifier)])


def _of_words(words: TermWeights, model: FrameModel) -> TfidfVectorizer | WordsAndPieces:
    if model.pieces is None:
        return _vectoriser(words, (1, 1), model)
    pieces = list(model.pieces.pieces)
    return WordsAndPieces(
        dict(words.places), words.idf, pieces, float(model.pieces.idf), sublinear_tf=model.sublinear_tf
    )


def _vectoriser(block: TermWeights, ngrams: tuple[int, int], model: FrameModel) -> TfidfVectorizer:
    vectoriser = TfidfVectorizer(
        # A dictionary of its own: whoever loads the Pipeline may change it.
        vocabulary=dict(block.places),
        ngram_range=ngrams,
        sublinear_tf=model.sublinear_tf,
        token_pattern=TOKEN_PATTERN,
    )
    vectoriser.idf_ = block.idf
    return vectoriser


def _classifier(artifact: Artifact, weights: NDArray[np.float64]) -> LogisticRegression:
    """Build a logistic regression for paragraphs that are all there is of their article.

    Parameters
    ----------
    artifact : Artifact
    weights : ndarray of float, shape (n_features, 2 n_frames)
    """
    calibration = artifact.model.reading.calibration
    temperature = 1.0 if calibration is None else calibration.lone_temperature
    own, article = np.split(weights, 2, axis=1)
    coefficients, intercept = (own + article).T / temperature, artifact.model.intercept / temperature
    if len(intercept) == 2:
        # With two labels the library keeps the difference of their weights.
        coefficients, intercept = coefficients[1:] - coefficients[:1], intercept[1:] - intercept[:1]
    classifier = LogisticRegression()
    classifier.classes_ = np.array(artifact.codebook.labels)
    classifier.n_features_in_ = len(weights)
    classifier.n_iter_ = np.zeros(1, dtype=np.int32)
    classifier.coef_ = np.ascontiguousarray(coefficients)
    classifier.intercept_ = np.array(intercept)
    return classifier


def export(artifact: Artifact, output: str | Path, kind: Literal["joblib", "skops"]) -> None:
    """Write the Pipeline to a file.

    Raises
    ------
    ArtifactError
        When the model is one that no Pipeline can stand for; see `pipeline`.
    MissingExtraError
        When skops is asked for and not installed.
    InputError
        When the file cannot be written.
    """
    if kind == "skops":
        try:
            from skops import io as skops_io
        except ModuleNotFoundError:
            raise MissingExtraError("skops", "writing skops files") from None
        with written_aside(output) as file:
            # Every term is a table of its own in such a file, which makes it large and easy to compress.
            file.write(skops_io.dumps(pipeline(artifact), compression=ZIP_DEFLATED, compresslevel=1))
        return
    with written_aside(output) as file:
        joblib.dump(pipeline(artifact), file)
