from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.errors import EvaluationError
from framing.model.features import count_terms, fit_tfidf, tfidf_matrix
from framing.settings import FeatureSettings

WORDS = ["army", "group", "valley", "said", "wells", "border", "envoy", "road", "raid", "talks"]
sentences = st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=12).map(" ".join), min_size=4, max_size=12)


@given(sentences, st.booleans(), st.integers(1, 2), st.sampled_from([(1, 1), (1, 2)]))
def test_counts_of_all_give_what_refitting_on_a_fold_gives(
    texts: list[str], sublinear: bool, min_df: int, ngrams: tuple[int, int]
) -> None:
    settings = FeatureSettings(ngrams=ngrams, sublinear_tf=sublinear, min_df=min_df)
    train, test = np.arange(2, len(texts)), np.arange(2)
    counts = count_terms(texts, settings)
    refitted = TfidfVectorizer(ngram_range=ngrams, sublinear_tf=sublinear, min_df=min_df)
    try:
        refitted.fit([texts[row] for row in train])
    except ValueError:
        with pytest.raises(EvaluationError, match="no term stands in 2 paragraphs"):
            fit_tfidf(counts, train, settings)
        return
    weights = fit_tfidf(counts, train, settings)
    assert counts.terms[weights.columns].tolist() == refitted.get_feature_names_out().tolist()
    expected = refitted.transform([texts[row] for row in test]).toarray()
    assert np.abs(tfidf_matrix(counts, test, weights).toarray() - expected).max() < 1e-12


def test_texts_without_a_word_are_refused() -> None:
    with pytest.raises(ValueError, match="empty vocabulary"):
        count_terms(["a", "!"], FeatureSettings())
