"""The scorer against scikit-learn, against counting word by word, and against itself among other texts."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline

from framing.artifact import Artifact, load
from framing.artifact.export import pipeline
from framing.model import FrameModel
from framing.model.familiarity import N_SUMS, Familiarity, _Words
from framing.model.frame_model import PieceWeights, TermWeights
from framing.model.masking import mask_names
from framing.model.numpy_scorer import NumpyScorer
from framing.model.scorer import TERMS, WORDS
from framing.model.tokens import TOKEN_PATTERN, tokens
from framing.model.tokens import terms as terms_of
from framing.model.utf8_texts import Utf8Texts

ROOT = Path(__file__).parents[2]
PARAGRAPHS = ROOT / "labels" / "paragraphs.jsonl"
N_FRAMES = 3
ZERO = np.zeros(1)

# Words that are alike in their first eight bytes, of one character and of many, with and without what is not ASCII.
VOCABULARY = [
    *("army", "raid", "wells", "security", "securities", "securitisation", "internationalisation", "a", "é", "été"),
    *("straße", "οδος", "i̇stanbul", "七十", "2024", "12", "²", "7", "soldats", "x" * 40, "xx"),
]
# What no text can hold as a word or a pair.
ODD_TERMS = ["Army", "army  raid", "army raid wells", "a army", "army-raid", " ", "\ud800", "\0", "raid\nwells"]
PIECES = ("##s", "##ies", "army", "secur", "well", "##ity")
OTHERS = ["Soldats", "SECURITIES", "Kabul", "armys", "ΟΔΟΣ", "İstanbul", "2023", "٣٤", "9", "b", "²²", "12th", "3" * 50]
texts_strategy = st.lists(
    st.lists(
        st.one_of(st.sampled_from(VOCABULARY + OTHERS), st.text(st.characters(), max_size=4)), min_size=0, max_size=14
    ).flatmap(lambda words: st.sampled_from([" ", ", ", "\n", "-", "\u2028"]).map(lambda blank: blank.join(words))),
    max_size=6,
)


def weights_of(terms: list[str], random: np.random.Generator) -> TermWeights:
    weights = random.normal(size=(len(terms), 2 * N_FRAMES)).astype(np.float32)
    return TermWeights(tuple(terms), random.uniform(1, 5, len(terms)), weights)


@st.composite
def models(draw: Any) -> FrameModel:
    random = np.random.default_rng(draw(st.integers(0, 1_000)))
    pairs = st.tuples(st.sampled_from(VOCABULARY), st.sampled_from(VOCABULARY)).map(" ".join)
    any_term = st.one_of(st.sampled_from(VOCABULARY), pairs, st.sampled_from(ODD_TERMS))
    words = draw(st.none() | st.lists(st.sampled_from(VOCABULARY + ODD_TERMS), unique=True, min_size=1).map(sorted))
    with_pieces = words is not None and draw(st.booleans())
    piece_weights = random.normal(size=(len(PIECES), 2 * N_FRAMES)).astype(np.float32)
    return FrameModel(
        terms=weights_of(draw(st.lists(any_term, unique=True, min_size=1).map(sorted)), random),
        words=None if words is None else weights_of(words, random),
        pieces=PieceWeights(PIECES, 2.5, piece_weights) if with_pieces else None,
        intercept=random.normal(size=N_FRAMES),
        ngrams=(1, draw(st.sampled_from([1, 2]))),
        sublinear_tf=draw(st.booleans()),
        mask_names=draw(st.booleans()),
    )


def familiarity_of(words: TermWeights, common: list[str]) -> Familiarity:
    weights = np.random.default_rng(5).normal(size=len(words.terms))
    return Familiarity(frozenset(common), weights, ZERO, ZERO, ZERO, ZERO, 0.5)


def counted_by_word(model: FrameModel, text: str) -> tuple[np.ndarray, np.ndarray]:
    """Add up the weighted terms of a text and their squares, term by term."""
    weighted, squares = np.zeros((2, 2 * N_FRAMES)), np.zeros(2)
    text = mask_names([text])[0] if model.mask_names else text
    blocks = [(TERMS, model.terms, terms_of(text, model.ngrams))]
    if model.words is not None:
        blocks.append((WORDS, model.words, tokens(text)))
    for block, known, found in blocks:
        for term, count in Counter(found).items():
            if term in known.places:
                idf, weights = known.idf[known.places[term]], known.weights[known.places[term]].astype(np.float64)
            else:
                cut = model.pieces.word_pieces.cut(term) if block == WORDS and model.pieces else None
                if cut is None:
                    continue
                idf, weights = model.pieces.idf, model.pieces.weights[cut].mean(axis=0, dtype=np.float64)
            value = (1 + np.log(count) if model.sublinear_tf else count) * idf
            weighted[block] += value * weights
            squares[block] += value * value
    return weighted, squares


@given(models(), texts_strategy, st.lists(st.sampled_from([*VOCABULARY, *ODD_TERMS, "kabul", "b"]), max_size=5))
@settings(max_examples=200)
def test_sums_are_those_of_counting_word_by_word(model: FrameModel, texts: list[str], common: list[str]) -> None:
    known = model.words or model.terms
    familiarity = familiarity_of(known, common)
    scanned = NumpyScorer(model, familiarity).scan(texts)
    weighted = np.array([counted_by_word(model, text)[0] for text in texts]).reshape(-1, 2, 2 * N_FRAMES)
    squares = np.array([counted_by_word(model, text)[1] for text in texts]).reshape(-1, 2)
    assert scanned.terms.weighted == pytest.approx(weighted, abs=1e-9)
    assert scanned.terms.squares == pytest.approx(squares, abs=1e-9)
    words = _Words(known.places, model.terms.places, familiarity.common_words, known.idf, familiarity.subject_weights)
    expected = words.sums(texts)
    counts = [0, 1, 2, 5, 6]
    assert scanned.familiarity is not None
    assert scanned.familiarity.shape == (len(texts), N_SUMS)
    assert scanned.familiarity[:, counts].tolist() == expected[:, counts].tolist()
    assert scanned.familiarity == pytest.approx(expected, abs=1e-9)
    if texts:
        given_at_once = familiarity.warnings_of(scanned.familiarity.sum(axis=0))
        assert given_at_once == familiarity.warnings(texts, known.places, known.idf, model.terms.places)


@given(models(), texts_strategy)
def test_lone_scores_are_own_and_shared_ones_together(model: FrameModel, texts: list[str]) -> None:
    assert model.scorer.lone_scores(texts) == pytest.approx(model.scores(texts), abs=1e-9)
    own, shared = model.block_scores(texts)
    weighed_own, weighed_shared = model.sums(model.weigh(texts))
    assert own == pytest.approx(weighed_own, abs=1e-9)
    assert shared == pytest.approx(weighed_shared, abs=1e-9)


@given(models(), texts_strategy, st.integers(0, 5), st.booleans())
def test_sums_of_a_text_do_not_depend_on_the_texts_beside_it(
    model: FrameModel, texts: list[str], place: int, from_arrow: bool
) -> None:
    familiarity = familiarity_of(model.words or model.terms, ["army", "été"])
    scorer = NumpyScorer(model, familiarity)
    given_texts = texts[place:] + texts[:place]
    whole = scorer.scan(Utf8Texts.of(given_texts) if from_arrow else given_texts)
    lone = scorer.lone_scores(given_texts)
    # Scanned anew each by itself, with what is looked up rows at first and in a table then.
    for _ in range(2):
        for row, text in enumerate(given_texts):
            alone = scorer.scan([text])
            assert np.array_equal(alone.terms.weighted[0], whole.terms.weighted[row])
            assert np.array_equal(alone.terms.squares[0], whole.terms.squares[row])
            assert np.array_equal(alone.familiarity[0], whole.familiarity[row])
            assert np.array_equal(scorer.lone_scores([text])[0], lone[row])


def test_no_texts_give_no_sums() -> None:
    model = FrameModel(weights_of(["army"], np.random.default_rng(0)), None, None, np.zeros(N_FRAMES), (1, 2), True)
    for nothing in ([], Utf8Texts.of([])):
        scanned = NumpyScorer(model, familiarity_of(model.terms, [])).scan(nothing)
        assert scanned.terms.weighted.shape == (0, 2, 2 * N_FRAMES)
        assert scanned.familiarity is not None
        assert scanned.familiarity.shape == (0, N_SUMS)
    assert np.array_equal(model.scores(["", "\0", "a b c", "\ud800"]), np.zeros((4, N_FRAMES)))


def test_a_copy_is_sent_without_what_is_made_anew() -> None:
    model = FrameModel(weights_of(["army"], np.random.default_rng(0)), None, None, np.zeros(N_FRAMES), (1, 2), True)
    scores = model.scores(["army"])
    assert "scorer" in vars(model)
    copy = dataclasses.replace(model)
    copy.__dict__.update(model.__getstate__())
    assert vars(copy).keys() == {field.name for field in dataclasses.fields(FrameModel)}
    assert np.array_equal(copy.scores(["army"]), scores)


@pytest.fixture(scope="module")
def default_model() -> Artifact:
    return load(ROOT / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def exported(default_model: Artifact) -> Pipeline:
    return pipeline(default_model)


def test_probabilities_of_the_corpus_are_those_of_the_pipeline(default_model: Artifact, exported: Pipeline) -> None:
    with PARAGRAPHS.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    assert np.abs(default_model.predict_proba(texts) - exported.predict_proba(texts)).max() < 1e-12


def test_scores_of_any_texts_are_those_of_the_pipeline(default_model: Artifact, exported: Pipeline) -> None:
    words = default_model.model.terms.terms[::97] + default_model.model.words.terms[::89]
    temperature = default_model.model.reading.calibration.lone_temperature

    @given(
        st.lists(
            st.lists(st.one_of(st.sampled_from(words), st.text(st.characters(), max_size=5)), max_size=30)
            .map(" ".join)
            .flatmap(lambda text: st.sampled_from([text, text.upper(), text.title()])),
            min_size=1,
            max_size=8,
        )
    )
    @example(["", "İSTANBUL ΟΔΟΣ ΟΔΟΣ. Σ", "\ud800army\udfff raid", "the\0army\r\nthe\u2028army", "ﬁre ßtraße K Å"])
    def equal(texts: list[str]) -> None:
        scores = exported.decision_function(texts) * temperature
        assert np.abs(default_model.model.scorer.lone_scores(texts) - scores).max() < 1e-9
        assert np.abs(default_model.model.scores(texts) - scores).max() < 1e-9

    equal()


def test_a_model_of_terms_alone_is_the_vectoriser_and_its_weights() -> None:
    with PARAGRAPHS.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines][:400]
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=TOKEN_PATTERN).fit(texts[:300])
    known = vectoriser.get_feature_names_out()
    random = np.random.default_rng(0)
    weights = TermWeights(
        tuple(known), vectoriser.idf_, random.normal(size=(len(known), 2 * N_FRAMES)).astype(np.float32)
    )
    model = FrameModel(weights, None, None, random.normal(size=N_FRAMES), (1, 2), sublinear_tf=True)
    both = vectoriser.transform(texts) @ weights.weights.astype(np.float64)
    own, shared = model.block_scores(texts)
    assert np.abs(own - both[:, :N_FRAMES] - model.intercept).max() < 1e-12
    assert np.abs(shared - both[:, N_FRAMES:]).max() < 1e-12
