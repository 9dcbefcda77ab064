from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Frame
from framing.errors import EvaluationError
from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, fitting, parts_of
from framing.evaluation.evaluation import evaluate
from framing.evaluation.fitting import Fitted, fit, score
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import inner_folds, tune_and_fit
from framing.model import softmax
from framing.model.calibration import conformal_thresholds, fit_temperature
from framing.model.features import count_terms, fit_tfidf, tfidf_matrix, weigh_by_labels
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    Experiment,
    FeatureSettings,
    SmoothingSettings,
)

ALL_BLOCKS = {
    "smoothing": SmoothingSettings(strength=(0.25, 1.0)),
    "context": ContextSettings(article=(0.5, 1.0)),
    "decoding": DecodingSettings(emission=(0.0, 1.0, 2.0)),
    "calibration": CalibrationSettings(coverage=0.8, smallest_label=5),
}


def tuned(shared: TrainingData, rows: np.ndarray, experiment: Experiment) -> Fitted:
    return tune_and_fit(shared, rows, experiment, repeat=0, fold=0)


def same(first: Fitted, second: Fitted) -> bool:
    """Whether two fits are the same, bit for bit."""
    return first.choice.as_table() == second.choice.as_table() and all(
        np.array_equal(getattr(first.weights, name), getattr(second.weights, name))
        for name in ("own", "article", "own_smoothed", "article_smoothed", "intercept")
    )


def prepared(data: LabelledParagraphs, experiment: Experiment):
    plan = plan_splits(data, experiment.evaluation, experiment.seed)
    return plan, training_data(data, plan.groups, experiment)


def test_boilerplate_is_marked_not_learnt_from_and_given_the_residual(recipe, labelled) -> None:
    data, experiment = labelled(), recipe()
    plan, shared = prepared(data, experiment)
    assert [text for text, mark in zip(data.texts, shared.boilerplate, strict=True) if mark] == [
        "Agence France-Presse"
    ] * 24
    fitted = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0)
    assert "agence" not in shared.counts.terms[fitted.features.tfidf.columns]
    predictions = cross_validate(OwnRecipe(shared, experiment), plan.test_fold, 3, shared.boilerplate, judge=fitting(1))
    assert (predictions.predicted[:, shared.boilerplate] == 2).all()
    bootstrap = ArticleBootstrap.over(plan.groups, 100, 0)
    yardstick = Yardstick(data.gold, bootstrap, n_labels=3, n_frames=2, bins=5)
    summary = evaluate(data, plan, predictions, yardstick, experiment, shared.boilerplate).summary
    assert summary["without_boilerplate"]["paragraphs"] == 72
    assert summary["metrics"]["accuracy"]["value"] > summary["without_boilerplate"]["metrics"]["accuracy"]["value"]
    right = (predictions.predicted == data.gold)[:, ~shared.boilerplate].mean()
    assert summary["without_boilerplate"]["metrics"]["accuracy"]["value"] == pytest.approx(right, abs=1e-6)


def test_without_a_residual_everything_is_scored(recipe, labelled) -> None:
    data = labelled()
    frames = (*data.codebook.frames, Frame("rest", "Rest"))
    data = dataclasses.replace(data, codebook=dataclasses.replace(data.codebook, frames=frames, residual=None))
    _, shared = prepared(data, recipe())
    assert not shared.boilerplate.any()


def test_inner_folds_keep_articles_whole_and_see_the_training_part_only(recipe, labelled) -> None:
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


def test_what_stands_outside_the_training_part_changes_nothing(recipe, labelled) -> None:
    data, experiment = labelled(), recipe()
    plan, shared = prepared(data, experiment)
    train, test = np.flatnonzero(plan.test_fold[0] != 0), np.flatnonzero(plan.test_fold[0] == 0)
    altered = data.gold.copy()
    altered[test] = (altered[test] + 1) % 3
    other = dataclasses.replace(shared, gold=altered, targets=np.eye(3)[altered])
    assert same(tuned(shared, train, experiment), tuned(other, train, experiment))


def test_nor_does_it_with_every_block(recipe, leaning, shared_of) -> None:
    """Labels, articles and texts of the test rows may be anything; words that only they have are known by the table."""
    data, experiment = leaning(), recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    test = np.flatnonzero(np.array(data.articles) >= "016")
    train = np.setdiff1d(np.arange(len(data.ids)), test)
    shared, _ = shared_of(data, experiment)
    gold, texts, articles = data.gold.copy(), list(data.texts), list(data.articles)
    gold[test] = (gold[test] + 1) % 3
    for row in test:
        texts[row], articles[row] = f"squad troop {texts[row]} salary {row}", "999"
    altered = dataclasses.replace(data, gold=gold, targets=np.eye(3)[gold], texts=texts, articles=articles)
    other, _ = shared_of(altered, experiment, groups=shared.groups)
    first, second = tuned(shared, train, experiment), tuned(other, train, experiment)
    assert first.choice.as_table() == second.choice.as_table()
    assert first.choice.calibration.thresholds == pytest.approx(second.choice.calibration.thresholds)
    for fitted, of in ((first, shared), (second, other)):
        assert score(of, fitted, train) == pytest.approx(score(shared, first, train), abs=1e-9)


def test_the_same_data_give_the_same_choice_and_the_same_model(recipe, leaning, shared_of) -> None:
    experiment = recipe(**ALL_BLOCKS, features=FeatureSettings(weighting=("idf", "naive_bayes")))
    shared, rows = shared_of(leaning(), experiment)
    first = tuned(shared, rows, experiment)
    assert same(first, tuned(shared, rows, experiment))
    assert same(first, fit(shared, rows, experiment, first.choice))
    assert first.reading.calibration is first.choice.calibration


@pytest.mark.parametrize("metric", ["log_loss", "macro_f1", "accuracy"])
def test_the_best_c_is_chosen_and_the_strongest_penalty_among_equals(metric: str, recipe, labelled) -> None:
    experiment = recipe(evaluation=dataclasses.replace(recipe().evaluation, tuning_metric=metric))
    data = labelled()
    _, shared = prepared(data, experiment)
    choice = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0).choice
    tried = {candidate.C: figure for candidate, figure in choice.tried}
    assert set(tried) == {0.25, 1.0, 4.0}
    best = max(tried.values())
    assert min(strength for strength, figure in tried.items() if figure == best) == choice.candidate.C


@pytest.mark.parametrize("calibrated", [False, True])
def test_the_figure_is_of_probabilities_as_the_model_gives_them(calibrated: bool, recipe, leaning, shared_of) -> None:
    """Of paragraphs held out by the inner folds, in their articles; at the best temperature where there is one."""
    experiment = recipe(
        context=ContextSettings(article=(1.0,)),
        calibration=CalibrationSettings(coverage=0.9 if calibrated else 0.0),
        classifier=ClassifierSettings(C=(0.25, 4.0)),
        decoding=DecodingSettings(emission=(0.0, 2.0)),
    )
    shared, rows = shared_of(leaning(), experiment)
    choice = tuned(shared, rows, experiment).choice
    folds = inner_folds(shared, rows, experiment, repeat=0, fold=0)
    tried = [(Choice(candidate), figure) for candidate, figure in choice.tried]
    tried += [(Choice(choice.candidate, emission), figure) for emission, figure in choice.tried_emissions]
    assert len(tried) == 4
    for held_out_choice, figure in tried:
        given = np.empty((96, 3))
        for fold in range(3):
            held_out = fit(shared, rows[folds != fold], experiment, held_out_choice)
            given[folds == fold] = score(shared, held_out, rows[folds == fold])
        losses = [
            -np.log(softmax(given / temperature))[rows, shared.gold].mean()
            for temperature in (np.geomspace(0.05, 20, 400) if calibrated else (1.0,))
        ]
        assert figure == pytest.approx(-min(losses), abs=3e-3)


def test_a_label_that_is_boilerplate_only_cannot_be_learnt(recipe, labelled) -> None:
    data = labelled()
    gold = np.where((data.gold == 2) & (np.array(data.texts) != "Agence France-Presse"), 0, data.gold)
    data = dataclasses.replace(data, gold=gold, targets=np.eye(3)[gold])
    plan, shared = prepared(data, recipe())
    with pytest.raises(EvaluationError, match="no paragraph with 'rest' to learn from"):
        OwnRecipe(shared, recipe()).refuse(parts_of(plan.test_fold))


def test_bounds_over_every_way_to_settle_what_the_coders_left_open(recipe, labelled) -> None:
    """Two repeats, all decided paragraphs right: with one paragraph open between two labels, worked out on paper."""
    data = labelled()
    gold, targets = data.gold.copy(), data.targets.copy()
    gold[0], targets[0] = -1, [0.5, 0.5, 0.0]
    data = dataclasses.replace(data, gold=gold, targets=targets)
    experiment = recipe()
    plan, shared = prepared(data, experiment)
    predictions = cross_validate(OwnRecipe(shared, experiment), plan.test_fold, 3, shared.boilerplate, judge=fitting(1))
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


def test_inner_folds_choose_the_weighting_after_c_and_look_at_its_neighbours_again(recipe, labelled) -> None:
    """One part of the candidate after the other, from the middle of each list, then the neighbouring C once more."""
    experiment = recipe(features=FeatureSettings(weighting=("idf", "naive_bayes")))
    _, shared = prepared(labelled(), experiment)
    choice = tuned(shared, np.arange(96), experiment).choice
    tried = dict(choice.tried)
    lines = [{candidate.C for candidate in tried if candidate.weighting == w} for w in ("idf", "naive_bayes")]
    assert lines[0] == {0.25, 1.0, 4.0}
    first = max((candidate for candidate in tried if candidate.weighting == "idf"), key=lambda one: tried[one])
    assert dataclasses.replace(first, weighting="naive_bayes") in tried
    assert tried[choice.candidate] == max(tried.values())
    order = [0.25, 1.0, 4.0]
    place = order.index(first.C)
    assert {c for one, c in ((one, one.C) for one in tried) if one.weighting == choice.candidate.weighting} >= set(
        order[max(place - 1, 0) : place + 2]
    )
    told = choice.as_table()
    assert told["C"] == choice.candidate.C
    assert {"C": told["C"], "weighting": told["weighting"]}.items() <= max(
        told["tried"], key=lambda one: one["figure"]
    ).items()


def test_every_block_is_chosen_and_the_choice_is_told(recipe, leaning, shared_of) -> None:
    experiment = recipe(**ALL_BLOCKS)
    shared, rows = shared_of(leaning(), experiment)
    choice = tuned(shared, rows, experiment).choice
    tried = dict(choice.tried)
    assert {one.smoothing for one in tried} == {0.25, 1.0}
    assert {one.article for one in tried} == {0.5, 1.0}
    assert {one.pieces for one in tried} == {False, True}
    assert tried[choice.candidate] == max(tried.values())
    emissions = dict(choice.tried_emissions)
    assert set(emissions) == {0.0, 1.0, 2.0}
    assert emissions[choice.emission] == max(emissions.values())
    told = choice.as_table()
    assert (told["smoothing"], told["article"]) == (choice.candidate.smoothing, choice.candidate.article)
    assert told["temperature"] == pytest.approx(choice.calibration.temperature, abs=1e-6)
    assert [one["emission"] for one in told["tried_emissions"]] == [0.0, 1.0, 2.0]


def test_what_is_tried_first_is_the_middle_of_every_list(recipe, labelled) -> None:
    data, experiment = labelled(), recipe(classifier=ClassifierSettings(C=(9.0, 0.5, 1.0, 3.0)))
    _, shared = prepared(data, experiment)
    choice = tuned(shared, np.arange(96), experiment).choice
    # All of a row of numbers are tried at last; with only one of everything there is nothing to try.
    assert {candidate.C for candidate, _ in choice.tried} == {9.0, 0.5, 1.0, 3.0}
    only = recipe(
        classifier=ClassifierSettings(C=(2.0,)), context=ContextSettings(article=(1.5,)),
        decoding=DecodingSettings(emission=(2.5,)),
    )  # fmt: skip
    choice = tuned(shared, np.arange(96), only).choice
    assert (choice.candidate, choice.emission) == (Candidate(2.0, "idf", 0.0, False, 1.5), 2.5)
    assert (choice.tried, choice.tried_emissions, choice.calibration) == ((), (), None)


NOTHING_TO_CHOOSE = {"classifier": ClassifierSettings(C=(1.0,))}


@pytest.mark.parametrize(
    "several",
    [
        {"classifier": ClassifierSettings(C=(1.0, 2.0))},
        {"features": FeatureSettings(weighting=("idf", "naive_bayes"))},
        {"smoothing": SmoothingSettings(strength=(0.0, 0.5), pieces=(False,))},
        {"smoothing": SmoothingSettings(strength=(0.5,), pieces=(False, True))},
        {"context": ContextSettings(article=(0.0, 1.0))},
        {"decoding": DecodingSettings(emission=(0.0, 1.0))},
        {"calibration": CalibrationSettings(coverage=0.5)},
    ],
)
def test_folds_are_dealt_out_where_anything_is_chosen(several: dict[str, Any], recipe, leaning, shared_of) -> None:
    shared, rows = shared_of(leaning(), recipe())
    settings = NOTHING_TO_CHOOSE | several
    assert inner_folds(shared, rows, recipe(**settings), repeat=0, fold=0) is not None
    only = recipe(**NOTHING_TO_CHOOSE)
    assert inner_folds(shared, rows, only, repeat=0, fold=0) is None
    # Pieces of words are no choice where no word is looked up.
    unused = recipe(**NOTHING_TO_CHOOSE, smoothing=SmoothingSettings(strength=(0.0,), pieces=(False, True)))
    assert inner_folds(shared, rows, unused, repeat=0, fold=0) is None


def test_articles_and_lone_paragraphs_are_calibrated_apart_on_what_was_held_out(recipe, leaning, shared_of) -> None:
    """A paragraph that is read alone has its article's mean of itself alone, and is not decoded."""
    experiment = recipe(
        classifier=ClassifierSettings(C=(1.0,)),
        context=ContextSettings(article=(2.0,)),
        decoding=DecodingSettings(emission=(3.0,)),
        calibration=CalibrationSettings(coverage=0.7, smallest_label=1),
    )
    shared, rows = shared_of(leaning(), experiment)
    choice = tuned(shared, rows, experiment).choice
    folds = inner_folds(shared, rows, experiment, repeat=0, fold=0)
    together, lone = np.empty((2, 96, 3))
    for fold in range(3):
        test = rows[folds == fold]
        held_out = fit(shared, rows[folds != fold], experiment, dataclasses.replace(choice, calibration=None))
        together[test], lone[test] = score(shared, held_out, test), score(shared, held_out, test, longest=1)
    found = choice.calibration
    for given, temperature, thresholds in (
        (together, found.temperature, found.thresholds),
        (lone, found.lone_temperature, found.lone_thresholds),
    ):
        assert temperature == pytest.approx(fit_temperature(given, shared.targets), rel=0.02)
        probabilities = softmax(given / temperature)
        expected = conformal_thresholds(probabilities, shared.gold, shared.articles, 0.7, 1)
        assert thresholds == pytest.approx(expected, abs=0.02)
    assert abs(found.temperature / found.lone_temperature - 1) > 0.1


def test_gold_in_lone_paragraphs_alone_is_enough_to_calibrate(recipe, leaning, shared_of) -> None:
    """The one article of two paragraphs is disputed in both; there is nothing in articles to calibrate on."""
    data = leaning(n_articles=60, length=1)
    articles, gold = list(data.articles), data.gold.copy()
    articles[1], gold[:2] = articles[0], -1
    data = dataclasses.replace(data, articles=articles, gold=gold)
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), calibration=CalibrationSettings())
    shared, rows = shared_of(data, experiment)
    calibration = tuned(shared, rows, experiment).choice.calibration
    assert calibration.temperature > 0
