"""A model as a scikit-learn Pipeline, for those who want one. The package itself never loads such a file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from framing.artifact.artifact import Artifact
from framing.errors import ArtifactError, MissingExtraError
from framing.files import written_aside
from framing.model.tokens import TOKEN_PATTERN


def pipeline(artifact: Artifact) -> Pipeline:
    """Build a fitted Pipeline whose ``predict_proba`` equals the model's for paragraphs taken one by one.

    Its ``classes_`` are the labels in codebook order, not sorted as scikit-learn would have them.

    Raises
    ------
    ArtifactError
        When the model masks names, which no step of scikit-learn's does.
    """
    model = artifact.model
    if model.mask_names:
        raise ArtifactError(f"the model {artifact.name} masks names, which no step of a scikit-learn Pipeline does")
    vectoriser = TfidfVectorizer(
        vocabulary={term: place for place, term in enumerate(model.terms)},
        ngram_range=model.ngrams,
        sublinear_tf=model.sublinear_tf,
        token_pattern=TOKEN_PATTERN,
    )
    vectoriser.idf_ = model.idf
    classifier = LogisticRegression()
    classifier.classes_ = np.array(artifact.codebook.labels)
    classifier.n_features_in_ = len(model.terms)
    classifier.n_iter_ = np.zeros(1, dtype=np.int32)
    coefficients, intercept = model.coefficients.T, model.intercept
    if len(intercept) == 2:
        # With two labels the library keeps the difference of their weights.
        coefficients, intercept = coefficients[1:] - coefficients[:1], intercept[1:] - intercept[:1]
    classifier.coef_ = np.ascontiguousarray(coefficients)
    classifier.intercept_ = np.array(intercept)
    return Pipeline([("tfidf", vectoriser), ("classifier", classifier)])


def export(artifact: Artifact, output: str | Path, kind: Literal["joblib", "skops"]) -> None:
    """Write the Pipeline to a file.

    Raises
    ------
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
            file.write(skops_io.dumps(pipeline(artifact)))
        return
    with written_aside(output) as file:
        joblib.dump(pipeline(artifact), file)
