"""What frames listen to, against what the scorer does with texts of single words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.model import FrameModel
from framing.model.frame_model import OWN, SHARED, TermWeights
from framing.model.listening import HeardTerm, Listening, can_be_masked

TRAINING = [
    "Soldiers searched the valley and the valley road.",
    "The group said its fighters held the bridge and the road.",
    "Herders asked for wells, for schools, for the wells promised to them.",
    "The two capitals recalled their envoys; the envoys left.",
]
NEVER_SEEN = ["gunmen", "pipelines", "troops"]
N_FRAMES = 3


def listening(*, seed: int = 3, smoothed: bool = True, pairs: bool = True, min_df: int = 1) -> Listening:
    """Listen to a model with weights drawn by chance, the idf of its words being those of the texts above."""
    random = np.random.default_rng(seed)
    vectoriser = TfidfVectorizer(ngram_range=(1, 2 if pairs else 1), min_df=min_df).fit(TRAINING)
    of_words = TfidfVectorizer().fit(TRAINING)
    idf = dict(zip(of_words.get_feature_names_out(), of_words.idf_, strict=True))
    words = sorted([*idf, *NEVER_SEEN])
    lenders = np.full((len(words), 2), -1, np.int32)
    for word in NEVER_SEEN:
        lenders[words.index(word)] = words.index("soldiers"), words.index("fighters")

    def weights(n_terms: int) -> np.ndarray:
        return random.normal(size=(n_terms, 2 * N_FRAMES)).astype(np.float32)

    unseen = np.log(1 + len(TRAINING)) + 1
    terms = tuple(vectoriser.get_feature_names_out())
    block = TermWeights(tuple(words), np.array([idf.get(word, unseen) for word in words]), weights(len(words)))
    model = FrameModel(
        terms=TermWeights(terms, vectoriser.idf_, weights(len(terms))),
        words=block if smoothed else None,
        pieces=None,
        intercept=random.normal(size=N_FRAMES),
        ngrams=(1, 2 if pairs else 1),
        sublinear_tf=True,
        lenders=lenders if smoothed else np.zeros((0, 0), np.int32),
    )
    return Listening(model)


def alone(model: FrameModel, word: str, frame: int, block: int) -> float:
    """Score a text of one word against the mean of the frames."""
    weighed = model.weigh([word])
    return float((model.term_scores(weighed, frame, block) - model.mean_term_scores(weighed, block)).sum())


@given(seed=st.integers(0, 50), smoothed=st.booleans(), frame=st.integers(0, N_FRAMES - 1))
def test_a_words_weight_is_what_it_adds_where_it_stands_alone(seed: int, smoothed: bool, frame: int) -> None:
    heard = listening(seed=seed, smoothed=smoothed, pairs=False)
    found = [*heard.strongest(frame, 100), *heard.borrowed(frame, 100)]
    assert found
    for term in found:
        assert term.own == pytest.approx(alone(heard.model, term.term, frame, OWN))
        assert term.article == pytest.approx(alone(heard.model, term.term, frame, SHARED))
        assert term.weight == pytest.approx(term.own + term.article)


def test_a_pair_has_its_own_weight_without_that_of_its_words() -> None:
    heard = listening()
    found = {term.term: term for frame in range(N_FRAMES) for term in heard.strongest(frame, 500)}
    pairs = [term for term in found.values() if " " in term.term]
    assert pairs
    weights = heard.model.terms.weights.reshape(-1, 2, N_FRAMES).astype(float).sum(axis=1)
    for term in pairs:
        of_pair = weights[heard.model.terms.places[term.term]]
        assert any(term.weight == pytest.approx(value) for value in of_pair - of_pair.mean())


def test_the_lists_are_the_largest_and_only_what_speaks_for_the_frame() -> None:
    heard = listening()
    for frame in range(N_FRAMES):
        everything = heard.strongest(frame, 10_000)
        weights = [term.weight for term in everything]
        assert weights == sorted(weights, reverse=True)
        assert weights[-1] > 0
        assert len(everything) < len(heard.model.terms.terms)
        assert heard.strongest(frame, 4) == everything[:4]
        assert heard.borrowed(frame, 1) == heard.borrowed(frame, 100)[:1]


def test_words_that_no_paragraph_had_stand_apart_with_their_lenders() -> None:
    heard = listening()
    assert heard.n_borrowed == len(NEVER_SEEN)
    for frame in range(N_FRAMES):
        assert not {term.term for term in heard.strongest(frame, 500)} & set(NEVER_SEEN)
        for term in heard.borrowed(frame, 500):
            assert term.term in NEVER_SEEN
            assert term.lenders == ("soldiers", "fighters")
            assert term.paragraphs == 0


@pytest.mark.parametrize("smoothed", [True, False])
def test_the_number_of_training_paragraphs_is_worked_out_from_the_idf(smoothed: bool) -> None:
    heard = listening(smoothed=smoothed)
    assert heard.n_paragraphs == len(TRAINING)
    counted = {"the": 4, "road": 2, "wells": 1, "the valley": 1}
    found = {term.term: term.paragraphs for frame in range(N_FRAMES) for term in heard.strongest(frame, 500)}
    assert {term: found[term] for term in counted if term in found} == {
        term: number for term, number in counted.items() if term in found
    }
    assert found.keys() & counted.keys()


def reweighed(factor: float) -> Listening:
    heard = listening()
    terms = dataclasses.replace(heard.model.terms, idf=heard.model.terms.idf * factor)
    return Listening(dataclasses.replace(heard.model, terms=terms))


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param(reweighed(1.37), id="terms weighed by more than the idf"),
        pytest.param(reweighed(1e6), id="an idf that no number of paragraphs gives"),
        pytest.param(listening(smoothed=False, min_df=2), id="rare words left out"),
    ],
)
def test_numbers_of_paragraphs_that_cannot_be_had_are_not_guessed(heard: Listening) -> None:
    assert heard.paragraphs is None
    assert heard.furthest(0, 5) == []
    assert {term.paragraphs for term in heard.strongest(0, 3)} == {None}


def test_far_reaching_terms_weigh_much_in_texts_that_differ_by_them() -> None:
    heard = listening(smoothed=False, pairs=False)
    terms, frame = heard.model.terms, 1
    present = np.array([[term in text.lower() for term in terms.terms] for text in TRAINING])
    weights = terms.weights.reshape(-1, 2, N_FRAMES).astype(float).sum(axis=1)
    spread = (present * terms.idf).std(axis=0) * (weights - weights.mean(axis=1, keepdims=True))[:, frame]
    order = [terms.terms[place] for place in np.argsort(-spread) if spread[place] > 1e-9]
    assert [term.term for term in heard.furthest(frame, 500)] == order
    # 'the' stands in all of them and tells none apart.
    assert "the" not in order


def test_nothing_is_borrowed_where_nothing_is_smoothed() -> None:
    heard = listening(smoothed=False)
    assert heard.borrowed(0, 10) == []
    assert heard.n_borrowed == 0


def test_a_large_model_is_listened_to() -> None:
    random = np.random.default_rng(1)
    terms = tuple(sorted(f"{number:06d}" for number in range(65_000)))
    weights = random.normal(size=(len(terms), 18)).astype(np.float32)
    block = TermWeights(terms, 1 + random.random(len(terms)), weights)
    model = FrameModel(block, block, None, np.zeros(9), (1, 1), sublinear_tf=True)
    heard = Listening(model)
    lists = [(heard.strongest(frame, 15), heard.furthest(frame, 10), heard.borrowed(frame, 10)) for frame in range(9)]
    assert all(isinstance(strongest[0], HeardTerm) for strongest, *_ in lists)


@pytest.mark.parametrize("term", ["kabul", "nato", "kabul fell", "lake chad"])
def test_what_could_be_a_name_can_be_masked(term: str) -> None:
    assert can_be_masked(term)


@pytest.mark.parametrize("term", ["april", "2014", "were", "national", "police", "the police"])
def test_what_is_no_name_even_with_capitals_cannot(term: str) -> None:
    assert not can_be_masked(term)
