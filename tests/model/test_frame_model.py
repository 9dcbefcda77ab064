"""The scorer against scikit-learn, which defines what its scores should be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.model import FrameModel, softmax
from framing.model.calibration import Calibration
from framing.model.frame_model import PieceWeights, TermWeights
from framing.model.reading import Reading
from framing.model.tokens import terms, tokens

TRAINING = [
    "Soldiers searched the valley and the valley road.",
    "The group said its fighters held the bridge.",
    "Herders asked for wells, for schools, for the wells promised to them.",
    "The two capitals recalled their envoys; the envoys left.",
    "ΟΔΟΣ İstanbul straße ﬁre naïve 12 000 a b",
]
N_FRAMES = 3
# Words that no training text has, some of which the smoothed words know.
OTHERS = ["troops", "gunmen", "pipelines", "ceasefires", "zzz"]
PIECES = ("##fires", "##lines", "cease", "pipe", "z")


def reference(ngrams: tuple[int, int]) -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=ngrams, sublinear_tf=True).fit(TRAINING)


def weights_of(n_terms: int, seed: int) -> np.ndarray:
    """Draw weights of both blocks that single precision holds exactly."""
    return np.random.default_rng(seed).normal(size=(n_terms, 2 * N_FRAMES)).astype(np.float32)


def model_of(ngrams: tuple[int, int], *, smoothed: bool = False, pieces: bool = False) -> FrameModel:
    vectoriser = REFERENCES[ngrams]
    known = tuple(vectoriser.get_feature_names_out())
    words, idf = SMOOTHED.get_feature_names_out(), SMOOTHED.idf_
    return FrameModel(
        terms=TermWeights(known, vectoriser.idf_, weights_of(len(known), 5)),
        words=TermWeights(tuple(words), idf, weights_of(len(words), 6)) if smoothed else None,
        pieces=PieceWeights(PIECES, 2.5, weights_of(len(PIECES), 7)) if pieces else None,
        intercept=np.random.default_rng(8).normal(size=N_FRAMES),
        ngrams=ngrams,
        sublinear_tf=True,
    )


REFERENCES = {ngrams: reference(ngrams) for ngrams in ((1, 1), (1, 2))}
# The smoothed words are single words, those of the training texts and others.
SMOOTHED = TfidfVectorizer(sublinear_tf=True).fit([*TRAINING, "troops and gunmen"])
WORDS = sorted({word for text in TRAINING for word in text.split()} | set(OTHERS))
sentences = st.lists(st.sampled_from(WORDS)).map(" ".join)


@pytest.mark.parametrize("ngrams", [(1, 1), (1, 2)])
@pytest.mark.parametrize("smoothed", [False, True])
@given(text=st.one_of(st.text(), sentences))
def test_scores_equal_the_vectorisers_product(ngrams: tuple[int, int], smoothed: bool, text: str) -> None:
    model = model_of(ngrams, smoothed=smoothed)
    expected = REFERENCES[ngrams].transform([text]) @ model.terms.weights.astype(np.float64)
    if smoothed:
        # Each block has a length of its own.
        expected = expected + SMOOTHED.transform([text]) @ model.words.weights.astype(np.float64)
    own, shared = model.block_scores([text])
    assert np.abs(own - expected[:, :N_FRAMES] - model.intercept).max() < 1e-12
    assert np.abs(shared - expected[:, N_FRAMES:]).max() < 1e-12
    assert np.array_equal(model.scores([text]), own + shared)


@given(sentences)
def test_words_outside_are_the_mean_of_their_pieces_and_others_none(text: str) -> None:
    """The same from a vocabulary that has those words, each with the mean of its pieces' weights."""
    model = model_of((1, 1), smoothed=True, pieces=True)
    cuts = {"pipelines": ["pipe", "##lines"], "ceasefires": ["cease", "##fires"]}
    of_piece = dict(zip(PIECES, model.pieces.weights, strict=True))
    known = dict(zip(model.words.terms, zip(model.words.idf, model.words.weights, strict=True), strict=True))
    known |= {word: (2.5, np.mean([of_piece[piece] for piece in cut], axis=0)) for word, cut in cuts.items()}
    names = tuple(sorted(known))
    listed = TermWeights(
        names, np.array([known[name][0] for name in names]), np.array([known[name][1] for name in names])
    )
    whole = dataclasses.replace(model, words=listed, pieces=None)
    assert model.scores([text]) == pytest.approx(whole.scores([text]), abs=1e-6)


def test_text_without_known_terms_scores_the_intercept() -> None:
    for model in (model_of((1, 2)), model_of((1, 2), smoothed=True, pieces=True)):
        assert np.array_equal(model.scores(["", "qqq xyz", "a b c"]), np.tile(model.intercept, (3, 1)))
        assert model.scores([]).shape == (0, N_FRAMES)


@pytest.mark.parametrize("pieces", [False, True])
@given(text=st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join), frame=st.integers(0, 2))
def test_contributions_sum_to_the_score_and_come_largest_first(text: str, frame: int, pieces: bool) -> None:
    model = model_of((1, 2), smoothed=True, pieces=pieces)
    added = model.contributions(text, frame)
    score = model.scores([text])[0, frame]
    assert sum(value for _, value in added) + model.intercept[frame] == pytest.approx(score, abs=1e-9)
    own = model.own_contributions(text, frame)
    own_score = model.block_scores([text])[0][0, frame]
    assert sum(value for _, value in own) + model.intercept[frame] == pytest.approx(own_score, abs=1e-9)
    for listed in (added, own):
        assert [value for _, value in listed] == sorted((value for _, value in listed), reverse=True)
        found = set(terms(text, (1, 2))) & set(model.terms.terms)
        found |= set(tokens(text)) & set(model.words.terms)
        if pieces:
            found |= set(tokens(text)) & {"pipelines", "ceasefires"}
        assert sorted(term for term, _ in listed) == sorted(found)


def test_lenders_are_named_for_words_that_borrow() -> None:
    model = model_of((1, 1), smoothed=True)
    places = model.words.places
    lenders = np.full((len(places), 2), -1, np.int32)
    lenders[places["troops"]] = [places["soldiers"], places["fighters"]]
    lenders[places["gunmen"]] = [places["fighters"], -1]
    model = dataclasses.replace(model, lenders=lenders)
    assert model.lenders_of("troops") == ["soldiers", "fighters"]
    assert model.lenders_of("gunmen") == ["fighters"]
    for word in ("soldiers", "zzz"):
        assert model.lenders_of(word) == []
    assert model_of((1, 1)).lenders_of("troops") == []


def test_probabilities_of_lone_paragraphs_have_their_own_temperature() -> None:
    model = model_of((1, 1))
    texts = [TRAINING[0], "wells"]
    assert model.probabilities(texts) == pytest.approx(softmax(model.scores(texts)))
    none = np.zeros(N_FRAMES)
    tempered = dataclasses.replace(model, reading=Reading(None, Calibration(9.0, 2.0, 0.9, none, none)))
    assert tempered.probabilities(texts) == pytest.approx(softmax(model.scores(texts) / 2))


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
