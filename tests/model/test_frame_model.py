"""The scorer against scikit-learn, which defines what its scores should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.model import FrameModel, softmax
from framing.model.tokens import terms

TRAINING = [
    "Soldiers searched the valley and the valley road.",
    "The group said its fighters held the bridge.",
    "Herders asked for wells, for schools, for the wells promised to them.",
    "The two capitals recalled their envoys; the envoys left.",
    "ΟΔΟΣ İstanbul straße ﬁre naïve 12 000 a b",
]


def reference(ngrams: tuple[int, int]) -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=ngrams, sublinear_tf=True).fit(TRAINING)


def model_of(vectoriser: TfidfVectorizer, ngrams: tuple[int, int], n_frames: int = 3) -> FrameModel:
    known = tuple(vectoriser.get_feature_names_out())
    random = np.random.default_rng(5)
    weights, intercept = random.normal(size=(len(known), n_frames)), random.normal(size=n_frames)
    return FrameModel(known, vectoriser.idf_, weights, intercept, ngrams, sublinear_tf=True)


REFERENCES = {ngrams: reference(ngrams) for ngrams in ((1, 1), (1, 2))}
WORDS = sorted({word for text in TRAINING for word in text.split()})


@pytest.mark.parametrize("ngrams", [(1, 1), (1, 2)])
@given(text=st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join)))
def test_scores_equal_the_vectorisers_product(ngrams: tuple[int, int], text: str) -> None:
    vectoriser = REFERENCES[ngrams]
    model = model_of(vectoriser, ngrams)
    expected = vectoriser.transform([text]) @ model.coefficients + model.intercept
    assert np.abs(model.scores([text]) - expected).max() < 1e-12


def test_text_without_known_terms_scores_the_intercept() -> None:
    model = model_of(REFERENCES[1, 2], (1, 2))
    assert np.array_equal(model.scores(["", "zzz qqq", "a b c"]), np.tile(model.intercept, (3, 1)))


@given(st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join), st.integers(0, 2))
def test_contributions_sum_to_the_score_and_come_largest_first(text: str, frame: int) -> None:
    model = model_of(REFERENCES[1, 2], (1, 2))
    added = model.contributions(text, frame)
    assert sum(value for _, value in added) + model.intercept[frame] == pytest.approx(model.scores([text])[0, frame])
    assert [value for _, value in added] == sorted((value for _, value in added), reverse=True)
    assert {term for term, _ in added} == set(terms(text, (1, 2))) & set(model.terms)


@given(st.lists(st.lists(st.floats(-800, 800), min_size=4, max_size=4), min_size=1, max_size=5))
def test_softmax_gives_probabilities_in_the_order_of_scores(rows: list[list[float]]) -> None:
    scores = np.array(rows)
    probabilities = softmax(scores)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    best = scores.argmax(axis=1)
    assert np.array_equal(probabilities[np.arange(len(rows)), best], probabilities.max(axis=1))


def test_pairs_do_not_skip_short_words_as_scikit_learn_does_not() -> None:
    assert terms("Call to A arms", (1, 2)) == ["call", "to", "arms", "call to", "to arms"]
