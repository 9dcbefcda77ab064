from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.errors import EvaluationError
from framing.model.features import TermCounts, count_characters, count_terms, fit_tfidf, tfidf_matrix
from framing.settings import FeatureSettings

WORDS = ["army", "Army", "group,", "valley", "said:", "wells", "border-post", "ÉTÉ", "İzmir", "raid", "x", "talks."]
sentences = st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=12).map(" ".join), min_size=4, max_size=12)
# One text at least holds a word of two characters.
sentences = sentences.map(lambda texts: [*texts, "army"])


@given(
    sentences, st.randoms(use_true_random=False), st.booleans(), st.integers(1, 3), st.sampled_from([(1, 1), (1, 2)])
)
def test_counts_of_all_give_what_refitting_on_any_part_gives(
    texts: list[str], random: Random, sublinear: bool, min_df: int, ngrams: tuple[int, int]
) -> None:
    settings = FeatureSettings(ngrams=ngrams, sublinear_tf=sublinear, min_df=min_df)
    refitted = TfidfVectorizer(ngram_range=ngrams, sublinear_tf=sublinear, min_df=min_df)
    same_as_refitted(count_terms(texts, settings), texts, random, settings, refitted)


@given(sentences, st.randoms(use_true_random=False), st.booleans(), st.integers(1, 3), st.integers(1, 4))
def test_so_do_counts_of_characters(
    texts: list[str], random: Random, sublinear: bool, min_df: int, shortest: int
) -> None:
    lengths = (shortest, shortest + 2)
    settings = FeatureSettings(sublinear_tf=sublinear, min_df=min_df)
    refitted = TfidfVectorizer(analyzer="char_wb", ngram_range=lengths, sublinear_tf=sublinear, min_df=min_df)
    same_as_refitted(count_characters(texts, lengths), texts, random, settings, refitted)


def same_as_refitted(
    counts: TermCounts, texts: list[str], random: Random, settings: FeatureSettings, refitted: TfidfVectorizer
) -> None:
    """Learn from a part of the texts, drawn in any order, and weigh all of them."""
    train = np.array(random.sample(range(len(texts)), random.randint(1, len(texts))))
    try:
        refitted.fit([texts[row] for row in train])
    except ValueError:
        with pytest.raises(EvaluationError, match=f"no term stands in {settings.min_df} paragraphs"):
            fit_tfidf(counts, train, settings)
        return
    weights = fit_tfidf(counts, train, settings)
    assert counts.terms[weights.columns].tolist() == refitted.get_feature_names_out().tolist()
    every = np.array(random.sample(range(len(texts)), len(texts)))
    expected = refitted.transform([texts[row] for row in every]).toarray()
    assert np.abs(tfidf_matrix(counts, every, weights).toarray() - expected).max() < 1e-12


def test_texts_without_a_word_are_refused() -> None:
    with pytest.raises(ValueError, match="empty vocabulary"):
        count_terms(["a", "!"], FeatureSettings())
