from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.errors import EvaluationError
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, parts_of
from framing.evaluation.evaluation import evaluate
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.splits import plan_splits
from framing.evaluation.tuning import fit, frame_model, inner_folds, score, training_data, tune_and_fit
from framing.model.features import count_terms, fit_tfidf, tfidf_matrix, weigh_by_labels
from framing.settings import ClassifierSettings, EvaluationSettings, Experiment, FeatureSettings

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
WORDS = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}


def labelled(n_articles: int = 24, seed: int = 0) -> LabelledParagraphs:
    """Make articles of four paragraphs, the last a sign-off that the coders called residual."""
    random = np.random.default_rng(seed)
    texts, gold, articles = [], [], []
    for article in range(n_articles):
        for position in range(3):
            label = (article + position) % 3
            heard = label if random.random() < 0.7 else random.integers(3)
            texts.append(" ".join(random.choice(WORDS[heard].split(), 5)) + f" {article} {position}x.")
            gold.append(label)
            articles.append(str(article))
        texts.append("Agence France-Presse")
        gold.append(2)
        articles.append(str(article))
    place = np.array(gold)
    ids = [str(row) for row in range(len(texts))]
    return LabelledParagraphs(CODEBOOK, ids, texts, articles, place, np.eye(3)[place])


def recipe(**changes) -> Experiment:
    evaluation = EvaluationSettings(folds=3, repeats=2, inner_folds=3, bootstrap=100)
    experiment = Experiment(classifier=ClassifierSettings(C=(4.0, 0.25, 1.0)), evaluation=evaluation)
    return dataclasses.replace(experiment, **changes)


def prepared(data: LabelledParagraphs, experiment: Experiment):
    plan = plan_splits(data, experiment.evaluation, experiment.seed)
    return plan, training_data(data, plan.groups, experiment)


def test_boilerplate_is_marked_not_learnt_from_and_given_the_residual() -> None:
    data, experiment = labelled(), recipe()
    plan, shared = prepared(data, experiment)
    assert [text for text, mark in zip(data.texts, shared.boilerplate, strict=True) if mark] == [
        "Agence France-Presse"
    ] * 24
    fitted = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0)
    assert "agence" not in shared.counts.terms[fitted.tfidf.columns]
    predictions = cross_validate(OwnRecipe(shared, experiment), plan.test_fold, 3, shared.boilerplate, jobs=1)
    assert (predictions.predicted[:, shared.boilerplate] == 2).all()
    bootstrap = ArticleBootstrap.over(plan.groups, 100, 0)
    yardstick = Yardstick(data.gold, bootstrap, n_labels=3, n_frames=2, bins=5)
    summary = evaluate(data, plan, predictions, yardstick, experiment, shared.boilerplate).summary
    assert summary["without_boilerplate"]["paragraphs"] == 72
    assert summary["metrics"]["accuracy"]["value"] > summary["without_boilerplate"]["metrics"]["accuracy"]["value"]
    right = (predictions.predicted == data.gold)[:, ~shared.boilerplate].mean()
    assert summary["without_boilerplate"]["metrics"]["accuracy"]["value"] == pytest.approx(right, abs=1e-6)


def test_without_a_residual_everything_is_scored() -> None:
    data = dataclasses.replace(labelled(), codebook=dataclasses.replace(CODEBOOK, residual=None))
    frames = (*CODEBOOK.frames, Frame("rest", "Rest"))
    data = dataclasses.replace(data, codebook=dataclasses.replace(data.codebook, frames=frames))
    _, shared = prepared(data, recipe())
    assert not shared.boilerplate.any()


def test_inner_folds_keep_articles_whole_and_see_the_training_part_only() -> None:
    data, experiment = labelled(), recipe()
    plan, shared = prepared(data, experiment)
    train = np.flatnonzero(plan.test_fold[0] != 0)
    learnt = train[~shared.boilerplate[train]]
    fold = inner_folds(shared, train, experiment, repeat=0, fold=0)
    assert len(fold) == len(learnt)
    for group in np.unique(plan.groups[learnt]):
        assert len(set(fold[plan.groups[learnt] == group])) == 1
    other = inner_folds(shared, train, experiment, repeat=0, fold=1)
    assert not np.array_equal(fold, other)


def test_what_stands_outside_the_training_part_changes_nothing() -> None:
    data, experiment = labelled(), recipe()
    plan, shared = prepared(data, experiment)
    train, test = np.flatnonzero(plan.test_fold[0] != 0), np.flatnonzero(plan.test_fold[0] == 0)
    altered = data.gold.copy()
    altered[test] = (altered[test] + 1) % 3
    for gold in (data.gold, altered):
        fitted = tune_and_fit(dataclasses.replace(shared, gold=gold), train, experiment, repeat=0, fold=0)
        if gold is data.gold:
            first = fitted
    assert np.array_equal(first.coefficients, fitted.coefficients)
    assert first.choice == fitted.choice


@pytest.mark.parametrize("metric", ["log_loss", "macro_f1", "accuracy"])
def test_the_best_c_is_chosen_and_the_strongest_penalty_among_equals(metric: str) -> None:
    experiment = recipe(evaluation=dataclasses.replace(recipe().evaluation, tuning_metric=metric))
    data = labelled()
    _, shared = prepared(data, experiment)
    choice = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0).choice
    assert set(choice.tried) == {("idf", 0.25), ("idf", 1.0), ("idf", 4.0)}
    best = max(choice.tried.values())
    assert min(c for (_, c), figure in choice.tried.items() if figure == best) == choice.C


def test_a_label_that_is_boilerplate_only_cannot_be_learnt() -> None:
    data = labelled()
    gold = np.where((data.gold == 2) & (np.array(data.texts) != "Agence France-Presse"), 0, data.gold)
    data = dataclasses.replace(data, gold=gold)
    plan, shared = prepared(data, recipe())
    with pytest.raises(EvaluationError, match="no paragraph with 'rest' to learn from"):
        OwnRecipe(shared, recipe()).refuse(parts_of(plan.test_fold))


def test_bounds_over_every_way_to_settle_what_the_coders_left_open() -> None:
    """Two repeats, all decided paragraphs right: with one paragraph open between two labels, worked out on paper."""
    data = labelled()
    gold, targets = data.gold.copy(), data.targets.copy()
    gold[0], targets[0] = -1, [0.5, 0.5, 0.0]
    data = dataclasses.replace(data, gold=gold, targets=targets)
    experiment = recipe()
    plan, shared = prepared(data, experiment)
    predictions = cross_validate(OwnRecipe(shared, experiment), plan.test_fold, 3, shared.boilerplate, jobs=1)
    perfect = np.tile(np.where(gold < 0, 0, gold), (2, 1))
    predictions = dataclasses.replace(predictions, predicted=perfect)
    yardstick = Yardstick(gold, ArticleBootstrap.over(plan.groups, 100, 0), n_labels=3, n_frames=2, bins=5)
    summary = evaluate(data, plan, predictions, yardstick, experiment, shared.boilerplate).summary
    bounds = summary["undecided_gold"]
    assert bounds["paragraphs"] == 1
    assert bounds["high"]["accuracy"] == 1
    assert bounds["low"]["accuracy"] == pytest.approx(95 / 96, abs=1e-6)
    # deed: 24 of which 23 right and one too many predicted; want: 25 gold, 24 found.
    assert bounds["low"]["macro_f1_frames"] == pytest.approx((46 / 47 + 48 / 49) / 2, abs=1e-6)


def test_a_term_that_tells_labels_apart_weighs_more_than_one_that_does_not() -> None:
    """Log-count ratios by hand: 'raid' in two of label 0's texts and none of the others; 'the' once in each text."""
    counts = count_terms(["raid the", "raid the", "wells the", "wells the"], FeatureSettings(ngrams=(1, 1)))
    rows, gold = np.arange(4), np.array([0, 0, 1, 1])
    plain = fit_tfidf(counts, rows, FeatureSettings(ngrams=(1, 1)))
    weighed = weigh_by_labels(counts, rows, gold, 2, plain)
    assert counts.terms.tolist() == ["raid", "the", "wells"]
    # Smoothed shares for label 0: raid 3/7, the 3/7, wells 1/7; for label 1: raid 1/7, the 3/7, wells 3/7.
    factor = np.abs(np.log(3))
    assert weighed.idf == pytest.approx(plain.idf * [factor, 0, factor])
    # A text of nothing but such terms has no length to divide by.
    only = count_terms(["the the", "raid wells"], FeatureSettings(ngrams=(1, 1)))
    assert tfidf_matrix(only, np.arange(2), dataclasses.replace(weighed, columns=np.arange(3))).toarray()[
        0
    ].tolist() == [0, 0, 0]


@pytest.mark.parametrize("weighting", ["idf", "naive_bayes"])
@pytest.mark.parametrize("mask_names", [False, True])
def test_the_model_to_use_scores_as_the_folds_did(weighting: str, mask_names: bool) -> None:
    data = labelled()
    data = dataclasses.replace(data, texts=[f"Then, in Karvonia, {text}" for text in data.texts])
    experiment = recipe(features=FeatureSettings(weighting=(weighting,), mask_names=mask_names))
    _, shared = prepared(data, experiment)
    rows = np.arange(len(data.ids))
    fitted = tune_and_fit(shared, rows, experiment, repeat=0, fold=0)
    model = frame_model(shared, fitted, experiment)
    assert np.abs(model.scores(data.texts) - score(shared, fitted, rows)).max() < 1e-12
    assert ("karvonia" in model.vocabulary) != mask_names


def test_inner_folds_choose_the_weighting_with_c() -> None:
    data = labelled()
    experiment = recipe(features=FeatureSettings(weighting=("idf", "naive_bayes")))
    _, shared = prepared(data, experiment)
    choice = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0).choice
    assert set(choice.tried) == {(w, c) for w in ("idf", "naive_bayes") for c in (0.25, 1.0, 4.0)}
    assert choice.tried[choice.weighting, choice.C] == max(choice.tried.values())
    told = choice.as_table()
    assert told["tried"][choice.weighting][str(choice.C)] == pytest.approx(max(choice.tried.values()), abs=1e-6)


def test_fitting_again_with_what_was_chosen_gives_the_same_model() -> None:
    data, experiment = labelled(), recipe()
    _, shared = prepared(data, experiment)
    rows = np.arange(len(data.ids))
    first = tune_and_fit(shared, rows, experiment, repeat=0, fold=0)
    again = fit(shared, rows, experiment, first.choice)
    assert np.array_equal(first.coefficients, again.coefficients)
    assert np.array_equal(first.intercept, again.intercept)


def test_characters_tell_words_apart_that_were_never_seen() -> None:
    """Misspelt words share characters with the right ones; such a recipe is measured, and never saved as a model."""
    data = labelled()
    test = np.flatnonzero(np.array(data.articles, dtype=int) >= 16)
    texts = [text.replace("i", "ii").replace("l", "ll") if row in test else text for row, text in enumerate(data.texts)]
    data = dataclasses.replace(data, texts=texts)
    train = np.setdiff1d(np.arange(len(texts)), test)
    right = {}
    for characters in (None, (2, 4)):
        experiment = recipe(features=FeatureSettings(ngrams=(1, 1), characters=characters))
        _, shared = prepared(data, experiment)
        fitted = tune_and_fit(shared, train, experiment, repeat=0, fold=0)
        right[characters] = (score(shared, fitted, test).argmax(axis=1) == data.gold[test]).mean()
    assert right[2, 4] > right[None]
    with pytest.raises(EvaluationError, match="can be measured, but not saved as a model"):
        frame_model(shared, fitted, experiment)
