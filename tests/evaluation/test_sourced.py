from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.errors import EvaluationError
from framing.evaluation.choice import Choice
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, fitting, judge_with
from framing.evaluation.fitting import Fitted, block_scores, candidates, fit, score, source_ratios
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import inner_folds, tune_and_fit
from framing.model import softmax
from framing.model.calibration import conformal_thresholds, fit_temperature, temper
from framing.model.sources import log_ratios
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
WORDS = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}
KINDS = ("rebel", "charity", "agency", "")
WEIGHTS = (0.2, 0.5, 1.0)


def labelled(n_articles: int = 24, seed: int = 0, told: float = 0.5, kinds: tuple[str, ...] = KINDS):
    """Make articles of three paragraphs whose kind of outlet leans to a label that the words tell of now and then."""
    random = np.random.default_rng(seed)
    texts, gold, articles, outlets = [], [], [], []
    for article in range(n_articles):
        place = article % len(kinds)
        for position in range(3):
            label = place % 3 if random.random() < 0.8 else int(random.integers(3))
            heard = WORDS[label].split() if random.random() < told else ["and", "with", "near"]
            texts.append(" ".join(random.choice(heard, 3)) + f" for {article} {position}x.")
            gold.append(label)
            articles.append(f"{article:03}")
            outlets.append(kinds[place])
    labels = np.array(gold)
    return LabelledParagraphs(
        CODEBOOK, [str(row) for row in range(len(texts))], texts, articles, labels, np.eye(3)[labels],
        strata={"outlet_type": outlets, "region": ["north"] * len(texts)},
    )  # fmt: skip


def recipe(**changes: Any) -> Experiment:
    settings: dict[str, Any] = {
        "smoothing": SmoothingSettings(strength=(0.0,)),
        "context": ContextSettings(article=(1.0,), source="outlet_type", source_weight=WEIGHTS),
        "decoding": DecodingSettings(emission=(1.0,)),
        "calibration": CalibrationSettings(coverage=0.8, smallest_label=5),
        "classifier": ClassifierSettings(C=(1.0,)),
        "evaluation": EvaluationSettings(folds=3, repeats=1, inner_folds=3, bootstrap=100),
    }
    return Experiment(**(settings | changes))


def with_weights(*weights: float) -> Experiment:
    return recipe(context=ContextSettings(article=(1.0,), source="outlet_type", source_weight=weights))


def prepared(data: LabelledParagraphs, experiment: Experiment) -> tuple[TrainingData, np.ndarray]:
    groups = np.unique(data.articles, return_inverse=True)[1]
    return training_data(data, groups, experiment), np.arange(len(data.ids))


def tuned(shared: TrainingData, rows: np.ndarray, experiment: Experiment) -> Fitted:
    return tune_and_fit(shared, rows, experiment, repeat=0, fold=0)


def with_outlets(data: LabelledParagraphs, outlets: list[str]) -> LabelledParagraphs:
    return dataclasses.replace(data, strata={**data.strata, "outlet_type": outlets})


def test_sources_are_told_by_name_and_the_unknown_by_none() -> None:
    shared, _ = prepared(labelled(), recipe())
    assert shared.source_names == ("agency", "charity", "rebel")
    assert shared.sources[::3].tolist() == [2, 1, 0, -1] * 6


def test_a_recipe_that_asks_for_no_sources_has_none() -> None:
    experiment = recipe(context=ContextSettings(article=(1.0,)))
    shared, rows = prepared(labelled(), experiment)
    assert shared.sources is None
    fitted = tuned(shared, rows, experiment)
    assert fitted.reading.sources is None
    assert fitted.choice.source_weight == 0
    assert "source_weight" not in fitted.choice.as_table()


@pytest.mark.parametrize(
    ("strata", "known"),
    [
        ({"year": ["1999"] * 72, "region": ["north"] * 72}, "region, year"),
        ({}, "nothing of the kind"),
        ({"outlet_type": [""] * 72, "region": ["north"] * 72}, "region"),
    ],
)
def test_labels_that_say_nothing_of_sources_are_refused(strata: dict[str, list[str]], known: str) -> None:
    with pytest.raises(EvaluationError) as error:
        prepared(dataclasses.replace(labelled(), strata=strata), recipe())
    message = str(error.value)
    assert "'outlet_type'" in message
    assert message.endswith(f"they tell {known}: name another or leave 'source' out")
    assert "\n" not in message


def test_the_weight_is_the_best_of_the_settings() -> None:
    shared, rows = prepared(labelled(), recipe())
    fitted = tuned(shared, rows, recipe())
    choice = fitted.choice
    tried = dict(choice.tried_source_weights)
    assert tuple(sorted(tried)) == WEIGHTS
    assert choice.source_weight == max(tried, key=lambda weight: tried[weight])
    assert fitted.reading.sources.ratios == pytest.approx(choice.source_weight * source_ratios(shared, rows))
    assert fitted.reading.sources.names == shared.source_names
    assert fitted.reading.sources.calibration is choice.source_calibration
    told = choice.as_table()
    assert told["source_weight"] == choice.source_weight
    assert [entry["source_weight"] for entry in told["tried_source_weights"]] == list(WEIGHTS)


def test_the_figure_of_a_weight_is_of_folds_whose_sources_were_not_learnt_from() -> None:
    """Each fold read with the ratios of the others; at the best temperature."""
    experiment = recipe()
    shared, rows = prepared(labelled(n_articles=16), experiment)
    choice = tuned(shared, rows, experiment).choice
    folds = inner_folds(shared, rows, experiment, repeat=0, fold=0)
    for weight, figure in choice.tried_source_weights:
        given = np.empty((48, 3))
        for fold in range(3):
            held_out = Choice(choice.candidate, choice.emission, source_weight=weight)
            fitted = fit(shared, rows[folds != fold], experiment, held_out)
            given[folds == fold] = score(shared, fitted, rows[folds == fold], sourced=True)
        losses = [
            -np.log(softmax(given / temperature))[rows, shared.gold].mean()
            for temperature in np.geomspace(0.05, 20, 400)
        ]
        assert figure == pytest.approx(-min(losses), abs=2e-3)


def test_known_sources_are_calibrated_on_rows_of_known_sources() -> None:
    """Worked out anew, from fits on the other inner folds to the temperatures and thresholds of what is known."""
    experiment = recipe()
    shared, rows = prepared(labelled(), experiment)
    choice = tuned(shared, rows, experiment).choice
    folds = inner_folds(shared, rows, experiment, repeat=0, fold=0)
    together, lone = np.empty((2, 72, 3))
    for fold in range(3):
        test = rows[folds == fold]
        held_out = Choice(choice.candidate, choice.emission, source_weight=choice.source_weight)
        fitted = fit(shared, rows[folds != fold], experiment, held_out)
        together[test] = score(shared, fitted, test, sourced=True)
        by_itself = dataclasses.replace(shared, articles=rows)
        lone[test] = score(by_itself, fitted, test, sourced=True)
    known = shared.sources >= 0
    gold, learnt = shared.gold[known], choice.source_calibration
    for given, temperature, thresholds in (
        (together[known], learnt.temperature, learnt.thresholds),
        (lone[known], learnt.lone_temperature, learnt.lone_thresholds),
    ):
        assert temperature == pytest.approx(fit_temperature(given, np.eye(3)[gold]), rel=0.01)
        expected = conformal_thresholds(np.exp(temper(given, temperature)), gold, shared.articles[known], 0.8, 5)
        assert thresholds == pytest.approx(expected, abs=5e-3)
    assert learnt.temperature != pytest.approx(choice.calibration.temperature, rel=0.02)
    assert learnt.lone_temperature != pytest.approx(choice.calibration.lone_temperature, rel=0.02)


def test_where_nothing_is_chosen_the_one_weight_holds() -> None:
    experiment = dataclasses.replace(with_weights(0.5), calibration=CalibrationSettings(coverage=0.0))
    shared, rows = prepared(labelled(), experiment)
    assert inner_folds(shared, rows, experiment, repeat=0, fold=0) is None
    fitted = tuned(shared, rows, experiment)
    assert fitted.choice.source_weight == 0.5
    assert fitted.reading.sources.calibration is None
    expected = 0.5 * log_ratios(shared.targets, shared.sources, 3)
    assert fitted.reading.sources.ratios == pytest.approx(expected)


def test_the_sources_of_test_rows_change_nothing() -> None:
    """Nor do kinds of sources that only test rows have, though they stand before and between the others."""
    data, experiment = labelled(), recipe()
    test = np.flatnonzero(np.array(data.articles) >= "016")
    train = np.setdiff1d(np.arange(len(data.ids)), test)
    outlets = list(data.strata["outlet_type"])
    for place, row in enumerate(test):
        outlets[row] = ("army", "rebel", "", "broadcaster")[place % 4]
    (shared, _), (other, _) = (prepared(each, experiment) for each in (data, with_outlets(data, outlets)))
    first, second = tuned(shared, train, experiment), tuned(other, train, experiment)
    assert first.choice.as_table() == second.choice.as_table()
    assert other.source_names == ("agency", "army", "broadcaster", "charity", "rebel")
    ratios, altered = first.reading.sources.ratios, second.reading.sources.ratios
    assert np.array_equal(ratios, altered[[0, 3, 4]])
    assert altered[[1, 2]] == pytest.approx(0)
    learnt, again = first.reading.sources.calibration, second.reading.sources.calibration
    assert learnt.temperature == again.temperature
    assert np.array_equal(learnt.thresholds, again.thresholds)
    assert np.array_equal(score(shared, first, train, sourced=True), score(other, second, train, sourced=True))


def test_nor_do_their_labels() -> None:
    """Ratios are learnt from the training rows alone."""
    experiment = recipe()
    shared, rows = prepared(labelled(), experiment)
    train = rows[: 16 * 3]
    gold = np.where(rows < 16 * 3, shared.gold, 0)
    other = dataclasses.replace(shared, gold=gold, targets=np.eye(3)[gold])
    first, second = (tuned(each, train, experiment) for each in (shared, other))
    assert np.array_equal(first.reading.sources.ratios, second.reading.sources.ratios)
    weight = first.choice.source_weight
    expected = weight * log_ratios(shared.targets[train], shared.sources[train], 3)
    assert first.reading.sources.ratios == pytest.approx(expected)
    assert first.reading.sources.ratios != pytest.approx(weight * source_ratios(shared, rows), abs=1e-3)


def test_the_sources_of_training_rows_do_not_change_what_is_read_without_them() -> None:
    data, experiment = labelled(), recipe()
    shared, rows = prepared(data, experiment)
    other, _ = prepared(with_outlets(data, list(reversed(data.strata["outlet_type"]))), experiment)
    without, _ = prepared(data, recipe(context=ContextSettings(article=(1.0,))))
    expected = score(without, tuned(without, rows, recipe(context=ContextSettings(article=(1.0,)))), rows)
    for each in (shared, other):
        fitted = tuned(each, rows, experiment)
        assert np.array_equal(score(each, fitted, rows), expected)


def test_rows_of_unknown_source_are_judged_as_without() -> None:
    experiment = recipe()
    shared, rows = prepared(labelled(), experiment)
    train, test = rows[: 16 * 3], rows[16 * 3 :]
    fitted = tuned(shared, train, experiment)
    judged = judge_with(shared, fitted, test)
    unknown = shared.sources[test] < 0
    assert 0 < unknown.sum() < len(test)
    assert np.array_equal(judged.sourced_scores[unknown], judged.scores[unknown])
    assert np.array_equal(judged.sourced_candidates[unknown], judged.candidates[unknown])
    assert judged.sourced_scores[~unknown] != pytest.approx(judged.scores[~unknown])
    assert np.array_equal(judged.sourced_scores, score(shared, fitted, test, sourced=True))
    sets = candidates(shared, fitted, test, judged.sourced_scores, sourced=True)
    assert np.array_equal(judged.sourced_candidates, sets)
    # Where whatever is known of may be anything, only rows of known sources are told so.
    sources = fitted.reading.sources
    open_to_all = dataclasses.replace(sources.calibration, thresholds=np.zeros(3))
    reading = dataclasses.replace(fitted.reading, sources=dataclasses.replace(sources, calibration=open_to_all))
    eager = judge_with(shared, dataclasses.replace(fitted, reading=reading), test)
    assert eager.sourced_candidates[~unknown].all()
    assert np.array_equal(eager.sourced_candidates[unknown], judged.candidates[unknown])
    assert np.array_equal(eager.candidates, judged.candidates)
    assert not judged.candidates.all()


def test_short_pieces_are_read_as_articles_of_their_own_and_without_their_source() -> None:
    experiment = recipe()
    shared, rows = prepared(labelled(), experiment)
    train, test = rows[: 16 * 3], rows[16 * 3 :]
    fitted = tuned(shared, train, experiment)
    judged = judge_with(shared, fitted, test)
    own, shared_scores = block_scores(shared, fitted, test)
    alone, pairs, whole = judged.short_scores
    assert alone == pytest.approx(fitted.reading.lone_log_probabilities(own + shared_scores))
    # Articles have three paragraphs, so that the last of each is left alone.
    last = np.arange(len(test)) % 3 == 2
    names = 2 * shared.articles + (rows % 3 == 2)
    in_pairs = dataclasses.replace(shared, articles=names)
    assert pairs == pytest.approx(score(in_pairs, fitted, test))
    assert np.array_equal(pairs[last], alone[last])
    assert pairs[~last] != pytest.approx(judged.scores[~last])
    assert np.array_equal(whole, judged.scores)


def test_sources_known_of_the_tested_only_say_nothing() -> None:
    data, experiment = labelled(), recipe()
    outlets = ["" if article < "016" else "rebel" for article in data.articles]
    shared, rows = prepared(with_outlets(data, outlets), experiment)
    train, test = rows[: 16 * 3], rows[16 * 3 :]
    fitted = tuned(shared, train, experiment)
    assert fitted.choice.source_weight == min(WEIGHTS)
    assert fitted.choice.source_calibration is None
    judged = judge_with(shared, fitted, test)
    assert judged.sourced_scores == pytest.approx(judged.scores, abs=1e-12)
    assert np.array_equal(judged.sourced_candidates, judged.candidates)


@pytest.mark.parametrize("coverage", [0.0, 0.8])
def test_without_weight_there_are_no_sourced_scores(coverage: float) -> None:
    experiment = dataclasses.replace(
        with_weights(0.0), calibration=CalibrationSettings(coverage=coverage, smallest_label=5)
    )
    shared, rows = prepared(labelled(), experiment)
    fitted = tuned(shared, rows[: 16 * 3], experiment)
    assert fitted.reading.sources is None
    judged = judge_with(shared, fitted, rows[16 * 3 :])
    assert judged.sourced_scores is None
    assert judged.sourced_candidates is None
    folds = (rows >= 36)[None].astype(np.int64)
    predictions = cross_validate(OwnRecipe(shared, experiment), folds, 3, shared.boilerplate, judge=fitting(1))
    assert predictions.sourced_scores is None
    assert predictions.sourced_candidates is None


def test_outer_folds_are_judged_with_and_without_the_source() -> None:
    experiment = with_weights(0.5)
    data = labelled()
    plan = plan_splits(data, experiment.evaluation, experiment.seed)
    shared = training_data(data, plan.groups, experiment)
    predictions = cross_validate(OwnRecipe(shared, experiment), plan.test_fold, 3, shared.boilerplate, judge=fitting(1))
    part = predictions.parts[1]
    fitted = tune_and_fit(shared, part.train, experiment, repeat=part.repeat, fold=part.fold)
    assert np.array_equal(predictions.scores[0, part.test], score(shared, fitted, part.test))
    assert np.array_equal(predictions.sourced_scores[0, part.test], score(shared, fitted, part.test, sourced=True))
    assert predictions.sourced_candidates.shape == predictions.candidates.shape == (1, 72, 3)
    # The labels that are told everywhere else go by the text alone.
    assert np.array_equal(predictions.predicted, predictions.scores.argmax(axis=2))


def test_what_the_words_do_not_tell_the_source_does() -> None:
    experiment = with_weights(0.5, 1.0)
    data = labelled(told=0.1, kinds=KINDS[:3])
    shared, rows = prepared(data, experiment)
    folds = np.repeat(np.arange(24) % 2, 3)[None]
    predictions = cross_validate(OwnRecipe(shared, experiment), folds, 3, shared.boilerplate, judge=fitting(1))
    alone, sourced = (
        (given[0].argmax(axis=1) == data.gold).mean() for given in (predictions.scores, predictions.sourced_scores)
    )
    assert sourced > 0.7 > alone + 0.15
    losses = [
        -np.log(softmax(given[0]))[rows, data.gold].mean() for given in (predictions.scores, predictions.sourced_scores)
    ]
    assert losses[1] < losses[0] - 0.1
