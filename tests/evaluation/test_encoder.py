"""The recipe on vectors in the place of terms. Any vectors will do; those of the real encoder are in test_baselines."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels
from framing.errors import EvaluationError
from framing.evaluation.cross_validation import OwnRecipe, Part
from framing.evaluation.encoder import STRENGTHS, by_itself, in_article
from framing.evaluation.training_data import TrainingData, training_data
from framing.model import softmax
from framing.settings import ClassifierSettings, EvaluationSettings, Experiment, SmoothingSettings

GOLD = np.arange(240) % 3
ARTICLES = np.arange(240) // 4
PART = Part(0, 0, np.arange(120), np.arange(120, 240))
EXPERIMENT = Experiment(smoothing=SmoothingSettings(strength=(0.0,)), evaluation=EvaluationSettings(inner_folds=3))


def data(experiment: Experiment = EXPERIMENT) -> TrainingData:
    """Make texts of which each has words of its own, so that nothing but the vectors tells anything."""
    texts = [f"word{row} and word" for row in range(240)]
    labelled = LabelledParagraphs(
        of_labels("three", ["a", "b", "c"]), texts, texts, [f"{article:02}" for article in ARTICLES], GOLD,
        np.eye(3)[GOLD],
    )  # fmt: skip
    return training_data(labelled, ARTICLES, experiment)


def vectors(spread: float) -> np.ndarray:
    """Make vectors around three corners."""
    random = np.random.default_rng(0)
    return np.eye(3, 8)[GOLD] + spread * random.normal(size=(240, 8))


def recipe(spread: float) -> OwnRecipe:
    return by_itself(data(), vectors(spread), EXPERIMENT)


def test_near_vectors_have_the_same_label() -> None:
    judgement = recipe(0.1).judge(PART)
    assert (judgement.scores.argmax(axis=1) == GOLD[PART.test]).all()
    assert np.allclose(np.exp(judgement.scores).sum(axis=1), 1)
    assert np.allclose(softmax(judgement.scores), np.exp(judgement.scores))


def test_inner_folds_choose_by_log_loss() -> None:
    """Clear vectors bear a weak penalty, and vectors that hide the label in noise need a strong one."""
    clear, hidden = recipe(0.05).judge(PART).choice, recipe(3.0).judge(PART).choice
    chosen = [choice.candidate.C for choice in (hidden, clear)]
    assert chosen == [min(STRENGTHS), max(STRENGTHS)]
    for choice in (clear, hidden):
        tried = {candidate.C: figure for candidate, figure in choice.tried}
        assert set(tried) == set(STRENGTHS)
        assert tried[choice.candidate.C] == max(tried.values())


def test_by_itself_it_is_the_library_s_logistic_regression_on_gold_labels() -> None:
    """Whatever the experiment's own targets and blocks are; soft targets of the data are not looked at."""
    own = recipe(0.8)
    soft = dataclasses.replace(data(), targets=np.full((240, 3), 1 / 3))
    judged, other = own.judge(PART), by_itself(soft, vectors(0.8), EXPERIMENT).judge(PART)
    assert np.array_equal(judged.scores, other.scores)
    library = LogisticRegression(
        C=judged.choice.candidate.C, class_weight="balanced", solver="newton-cg", tol=1e-10, max_iter=1000
    )
    library.fit(vectors(0.8)[PART.train], GOLD[PART.train])
    expected = library.predict_log_proba(vectors(0.8)[PART.test])
    assert judged.scores == pytest.approx(expected, abs=1e-5)
    assert judged.candidates is None
    assert (judged.choice.candidate.article, judged.choice.emission, judged.choice.calibration) == (0.0, 0.0, None)


def test_in_the_article_the_rest_of_the_recipe_is_the_models() -> None:
    one = in_article(data(), vectors(0.8), EXPERIMENT)
    judged = one.judge(PART)
    tried = judged.choice.tried
    assert {candidate.C for candidate, _ in tried} == set(STRENGTHS)
    assert {candidate.article for candidate, _ in tried} == set(EXPERIMENT.context.article)
    assert {emission for emission, _ in judged.choice.tried_emissions} == set(EXPERIMENT.decoding.emission)
    assert judged.choice.calibration.coverage == EXPERIMENT.calibration.coverage
    assert judged.candidates.shape == (120, 3)
    # No words, no pieces, no weighting: nothing but the vectors.
    assert {(candidate.pieces, candidate.weighting) for candidate, _ in tried} == {(False, "idf")}
    soft = dataclasses.replace(one.data, targets=0.7 * one.data.targets + 0.1)
    assert not np.array_equal(dataclasses.replace(one, data=soft).judge(PART).scores, judged.scores)


def test_terms_and_words_change_nothing() -> None:
    """With other texts, or characters, or a word table, the same vectors are judged alike."""
    plain = recipe(0.5).judge(PART)
    smoothed = dataclasses.replace(EXPERIMENT, smoothing=SmoothingSettings(strength=(0.3,), pieces=(True,)))
    features = dataclasses.replace(
        EXPERIMENT.features, characters=(2, 3), weighting=("naive_bayes", "idf"), ngrams=(1, 1)
    )
    for changed in (smoothed, dataclasses.replace(EXPERIMENT, features=features)):
        shared = data(dataclasses.replace(changed, smoothing=EXPERIMENT.smoothing))
        assert np.array_equal(by_itself(shared, vectors(0.5), changed).judge(PART).scores, plain.scores)


@pytest.mark.parametrize("prepare", [by_itself, in_article])
def test_the_inner_folds_are_those_of_the_model(prepare) -> None:
    """The same articles are held out together, so that nothing but the features differs."""
    from framing.evaluation.tuning import inner_folds

    single = dataclasses.replace(EXPERIMENT, classifier=ClassifierSettings(C=(1.0,)))
    made = prepare(data(), vectors(0.5), single)
    own = inner_folds(data(), PART.train, EXPERIMENT, repeat=0, fold=0)
    assert np.array_equal(inner_folds(made.data, PART.train, made.experiment, repeat=0, fold=0), own)


def test_too_few_articles_for_the_inner_folds_are_refused() -> None:
    part = Part(0, 0, np.arange(8), np.arange(120, 240))
    with pytest.raises(EvaluationError, match="inner_folds"):
        recipe(0.1).judge(part)
