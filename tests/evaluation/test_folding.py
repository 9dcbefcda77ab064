"""The model to use against the fit that it was folded from."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.errors import EvaluationError
from framing.evaluation.fitting import Fitted, block_scores, score
from framing.evaluation.folding import LENDERS, fold, frame_model, lenders
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import tune_and_fit
from framing.model import FrameModel
from framing.model.features import tfidf_matrix
from framing.model.lexicon import Lexicon
from framing.model.smoothing import word_vectors
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    FeatureSettings,
    SmoothingSettings,
)

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
WORDS = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}
# Single precision keeps seven digits.
SINGLE = 1e-5


def labelled(n_articles: int = 18) -> LabelledParagraphs:
    random = np.random.default_rng(4)
    texts, gold = [], []
    for article in range(n_articles):
        for position in range(4):
            label = (article + position // 2) % 3
            words = list(random.choice(WORDS[label].split(), 3)) + list(random.choice(["and", "near", "then"], 3))
            # 'q7z' is in no table and has no pieces, 'only' can be cut, and 'convoy' is in the table by the corpus.
            words += [["q7z", "only", f"place{article}"][int(random.integers(3))]]
            texts.append("In Karvonia " + " ".join(words) + ".")
            gold.append(label)
    place, ids = np.array(gold), [str(row) for row in range(len(texts))]
    return LabelledParagraphs(
        CODEBOOK, ids, texts, [f"{row // 4:02}" for row in range(len(texts))], place, np.eye(3)[place]
    )


DATA = labelled()
ROWS = np.arange(len(DATA.ids))


def recipe(**changes: Any) -> Experiment:
    experiment = Experiment(
        smoothing=SmoothingSettings(strength=(0.5,), pieces=(True,)),
        context=ContextSettings(article=(1.0,)),
        decoding=DecodingSettings(emission=(1.5,)),
        calibration=CalibrationSettings(coverage=0.8, smallest_label=5),
        classifier=ClassifierSettings(C=(2.0,)),
        evaluation=EvaluationSettings(inner_folds=2),
    )
    return dataclasses.replace(experiment, **changes)


def fitted_on(rows: np.ndarray, experiment: Experiment, lexicon: Lexicon) -> tuple[TrainingData, Fitted]:
    without = dataclasses.replace(experiment, smoothing=SmoothingSettings(strength=(0.0,)))
    shared = training_data(DATA, ROWS // 4, without)
    if any(experiment.smoothing.strength):
        shared = dataclasses.replace(shared, words=word_vectors(shared.counts, lexicon))
    return shared, tune_and_fit(shared, rows, experiment, repeat=0, fold=0)


@pytest.mark.parametrize("mask_names", [False, True])
@pytest.mark.parametrize("weighting", ["idf", "naive_bayes"])
@pytest.mark.parametrize(
    "smoothing",
    [
        SmoothingSettings(strength=(0.0,)),
        SmoothingSettings(strength=(0.5,), pieces=(False,)),
        SmoothingSettings(strength=(0.5,), pieces=(True,)),
    ],
)
def test_the_model_to_use_scores_as_the_folds_did(
    smoothing: SmoothingSettings, weighting: str, mask_names: bool, lexicon: Lexicon
) -> None:
    """Rows that were learnt from and rows that were not, in their articles and alone."""
    experiment = recipe(smoothing=smoothing, features=FeatureSettings(weighting=(weighting,), mask_names=mask_names))
    shared, fitted = fitted_on(ROWS[:48], experiment, lexicon)
    model = frame_model(shared, fitted, experiment, lexicon if any(smoothing.strength) else None)
    own, shared_scores = model.block_scores(DATA.texts)
    expected_own, expected_shared = block_scores(shared, fitted, ROWS)
    assert own == pytest.approx(expected_own, abs=SINGLE)
    assert shared_scores == pytest.approx(expected_shared, abs=SINGLE)
    read = model.reading.log_probabilities(own, shared_scores, shared.articles)
    assert read == pytest.approx(score(shared, fitted, ROWS), abs=10 * SINGLE)
    lone = score(shared, fitted, ROWS, longest=1)
    assert model.probabilities(DATA.texts) == pytest.approx(np.exp(lone), abs=SINGLE)
    assert ("karvonia" in model.terms.terms) != mask_names
    assert (model.words is None) == (smoothing.strength == (0.0,))
    assert (model.pieces is None) == (True not in smoothing.pieces or model.words is None)


def test_words_of_the_table_score_in_texts_that_the_data_never_had(lexicon: Lexicon) -> None:
    """The same as a fit whose data hold those texts beside the training part."""
    experiment = recipe()
    shared, fitted = fitted_on(ROWS[:48], experiment, lexicon)
    model = frame_model(shared, fitted, experiment, lexicon)
    new = ["squad troop raid", "salary only rain ns", "oned q7z troop troop", "nothing"]
    more = dataclasses.replace(
        DATA, texts=[*DATA.texts, *new], articles=[*DATA.articles, *"wxyz"], ids=[*DATA.ids, *"wxyz"],
        gold=np.append(DATA.gold, [0] * 4), targets=np.vstack([DATA.targets, np.eye(3)[[0] * 4]]),
    )  # fmt: skip
    wider = training_data(more, np.arange(len(more.ids)), recipe(smoothing=SmoothingSettings(strength=(0.0,))))
    wider = dataclasses.replace(wider, words=word_vectors(wider.counts, lexicon), groups=np.append(ROWS // 4, [90] * 4))
    again = tune_and_fit(wider, ROWS[:48], experiment, repeat=0, fold=0)
    expected = score(wider, again, np.arange(72, 76))
    assert np.log(model.probabilities(new)) == pytest.approx(expected, abs=10 * SINGLE)
    # 'troop' lies near what makes a deed and was never labelled.
    assert model.scores(["troop"]).argmax() == 0


def test_a_word_that_only_the_corpus_put_into_the_table_is_unknown_to_a_part_without_it(lexicon: Lexicon) -> None:
    without = np.array([row for row in ROWS if "convoy" not in DATA.texts[row]])
    experiment = recipe(smoothing=SmoothingSettings(strength=(0.5,), pieces=(False,)))
    for rows, known in ((ROWS, True), (without, False)):
        shared, fitted = fitted_on(rows, experiment, lexicon)
        model = frame_model(shared, fitted, experiment, lexicon)
        assert ("convoy" in model.words.places) == known
        assert model.block_scores(DATA.texts)[0] == pytest.approx(block_scores(shared, fitted, ROWS)[0], abs=SINGLE)


@given(seed=st.integers(0, 10_000), n_words=st.integers(1, 30), n_rows=st.integers(1, 8), strength=st.floats(0.01, 4))
def test_folding_is_exact(seed: int, n_words: int, n_rows: int, strength: float) -> None:
    """A score by the features [x, s x E] is the score by x of one weight a word: that of x and what E lends it."""
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, (n_rows, n_words)) * (random.random((n_rows, n_words)) < 0.5)
    vectors = random.normal(size=(n_words, 5)).astype(np.float32)
    own, of_dimensions = random.normal(size=(n_words, 4)), random.normal(size=(5, 4))
    scale = np.sqrt(strength)
    explicit = np.hstack([x, scale * x @ vectors.astype(np.float64)]) @ np.vstack([own, of_dimensions])
    assert x @ (own + fold(vectors, scale * of_dimensions)) == pytest.approx(explicit, abs=1e-9)


def test_folding_in_blocks_changes_nothing() -> None:
    random = np.random.default_rng(0)
    vectors, weights = random.normal(size=(9_000, 3)).astype(np.float32), random.normal(size=(3, 2))
    assert fold(vectors, weights) == pytest.approx(vectors.astype(np.float64) @ weights, abs=1e-12)


def test_a_fit_s_own_weights_fold_exactly(lexicon: Lexicon) -> None:
    """In double precision, by hand, from the smoother's words: 1e-9 and not the model's seven digits."""
    shared, fitted = fitted_on(ROWS[:48], recipe(), lexicon)
    smoother, weights = fitted.features.smoother, fitted.weights
    folded = fold(smoother.vectors, np.hstack([weights.own_smoothed, weights.article_smoothed]))
    terms = tfidf_matrix(shared.counts, ROWS, fitted.features.tfidf)
    words = tfidf_matrix(shared.counts, ROWS, smoother.tfidf)
    both = terms @ np.hstack([weights.own, weights.article]) + words @ folded
    own, article = block_scores(shared, fitted, ROWS)
    assert both[:, :3] + weights.intercept == pytest.approx(own, abs=1e-9)
    assert both[:, 3:] == pytest.approx(article, abs=1e-9)


@pytest.fixture(scope="module")
def model(lexicon: Lexicon) -> FrameModel:
    experiment = recipe()
    shared, fitted = fitted_on(ROWS, experiment, lexicon)
    return frame_model(shared, fitted, experiment, lexicon)


def test_contributions_sum_to_the_score_of_a_smoothed_model(model: FrameModel) -> None:
    for text in [*DATA.texts[:8], "squad troop only raid raid", ""]:
        for frame in range(3):
            added = sum(value for _, value in model.contributions(text, frame)) + model.intercept[frame]
            assert added == pytest.approx(model.scores([text])[0, frame], abs=1e-9)


def test_only_words_that_no_training_text_has_borrow_and_from_the_nearest_that_one_has(
    model: FrameModel, lexicon: Lexicon
) -> None:
    labelled_words = {word for text in DATA.texts for word in text.lower().replace(".", "").split()}
    of_table = dict(zip(lexicon.words, lexicon.vectors, strict=True))
    for word in lexicon.words:
        named = model.lenders_of(word)
        if word in labelled_words:
            assert named == []
            continue
        assert len(named) == LENDERS
        assert set(named) <= labelled_words
        known = [other for other in lexicon.words if other in labelled_words]
        by_cosine = sorted(known, key=lambda other: -float(of_table[word] @ of_table[other]))
        # Words that are known by their pieces may come between; those of the table come by their cosine.
        of_the_table = [name for name in named if name in of_table]
        assert of_the_table == by_cosine[: len(of_the_table)]
    assert set(model.lenders_of("troop")) & set(WORDS[0].split())
    assert "troop" not in labelled_words


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), n_words=st.integers(1, 20))
def test_lenders_are_the_nearest_by_cosine(seed: int, n_words: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n_words, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    seen = random.random(n_words) < 0.5
    nearest = lenders(seen, vectors)
    assert nearest.shape == (n_words, LENDERS)
    assert (nearest[seen] == -1).all()
    for word in np.flatnonzero(~seen):
        if seen.sum() < LENDERS:
            assert (nearest[word] == -1).all()
            continue
        cosines = np.where(seen, vectors @ vectors[word], -np.inf)
        assert seen[nearest[word]].all()
        assert len(set(nearest[word].tolist())) == LENDERS
        assert cosines[nearest[word]] == pytest.approx(np.sort(cosines)[::-1][:LENDERS], abs=1e-6)


def test_a_model_without_smoothing_has_neither_words_nor_lenders(lexicon: Lexicon) -> None:
    experiment = recipe(smoothing=SmoothingSettings(strength=(0.0,)))
    shared, fitted = fitted_on(ROWS, experiment, lexicon)
    model = frame_model(shared, fitted, experiment, None)
    assert (model.words, model.pieces, len(model.lenders)) == (None, None, 0)
    assert model.lenders_of("troop") == []


def test_a_recipe_with_characters_makes_no_model(lexicon: Lexicon) -> None:
    experiment = recipe(features=FeatureSettings(characters=(2, 3)))
    shared, fitted = fitted_on(ROWS, experiment, lexicon)
    with pytest.raises(EvaluationError, match="can be measured, but not saved as a model"):
        frame_model(shared, fitted, experiment, lexicon)
