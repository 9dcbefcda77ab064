"""What is fitted and read: each block switched off, articles, lone paragraphs and boilerplate."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.fitting import Fitted, candidates, fit, score
from framing.evaluation.training_data import TrainingData
from framing.evaluation.tuning import tune_and_fit
from framing.model import softmax, training_part
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    Experiment,
    FeatureSettings,
    SmoothingSettings,
)

WORDS = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}
SWITCHED_OFF = {
    "smoothing": SmoothingSettings(strength=(0.0,)),
    "context": ContextSettings(article=(0.0,)),
    "decoding": DecodingSettings(emission=(0.0,)),
    "calibration": CalibrationSettings(coverage=0.0),
}
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


@pytest.mark.parametrize("switched_off", [*SWITCHED_OFF, "copies", "targets", "everything"])
def test_each_block_can_be_switched_off(switched_off: str, recipe, leaning, shared_of) -> None:
    settings: dict[str, Any] = ALL_BLOCKS | {"classifier": ClassifierSettings(C=(1.0,))}
    settings["decoding"] = DecodingSettings(emission=(1.0, 2.0))
    if switched_off == "copies":
        settings["context"] = ContextSettings(article=(1.0,), copies=False)
    elif switched_off == "targets":
        settings["classifier"] = ClassifierSettings(C=(1.0,), targets="gold")
    elif switched_off == "everything":
        settings |= SWITCHED_OFF
    else:
        settings[switched_off] = SWITCHED_OFF[switched_off]
    experiment = recipe(**settings)
    shared, rows = shared_of(leaning(), experiment)
    fitted = tuned(shared, rows, experiment)
    off = {
        "smoothing": fitted.features.smoother is None and not fitted.weights.own_smoothed.size,
        "context": not fitted.weights.article.any(),
        "decoding": fitted.reading.decoding is None,
        "calibration": fitted.reading.calibration is None,
    }
    assert [name for name, is_off in off.items() if is_off] == [
        name for name in off if switched_off in (name, "everything")
    ]
    given = score(shared, fitted, rows)
    assert np.exp(given).sum(axis=1) == pytest.approx(1)
    assert (given.argmax(axis=1) == shared.gold[rows]).mean() > 0.7
    sets = candidates(shared, fitted, rows, given)
    assert (sets is None) == off["calibration"]


def test_coders_who_disagree_count_by_their_shares_or_not_at_all(recipe, leaning, shared_of) -> None:
    """A disputed paragraph is learnt from where coders are the target, and left out where gold is."""
    data = leaning()
    gold, targets = data.gold.copy(), data.targets.copy()
    disputed = np.arange(0, 96, 5)
    gold[disputed] = -1
    targets[disputed] = [0.5, 0.5, 0.0]
    data = dataclasses.replace(data, gold=gold, targets=targets)
    for targets_of, n_learnt in (("coders", 96), ("gold", 96 - len(disputed))):
        experiment = recipe(classifier=ClassifierSettings(C=(1.0,), targets=targets_of))
        shared, rows = shared_of(data, experiment)
        assert len(shared.learnt_from(rows)) == n_learnt
        assert set(disputed) <= set(rows)
    turned = data.targets.copy()
    turned[disputed] = [0.0, 0.5, 0.5]
    other = dataclasses.replace(data, targets=turned)
    fits = {
        (targets_of, which): tuned(*shared_of(each, experiment), experiment)
        for targets_of in ("coders", "gold")
        for experiment in [recipe(classifier=ClassifierSettings(C=(1.0,), targets=targets_of))]
        for which, each in (("first", data), ("other", other))
    }
    assert same(fits["gold", "first"], fits["gold", "other"])
    assert not same(fits["coders", "first"], fits["coders", "other"])


def by_parts(shared: TrainingData, fitted: Fitted, rows: np.ndarray) -> np.ndarray:
    """Score every row apart from all others."""
    return np.vstack([score(shared, fitted, rows[place : place + 1]) for place in range(len(rows))])


def test_rows_of_an_article_may_stand_anywhere_and_other_articles_change_nothing(recipe, leaning, shared_of) -> None:
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    shared, rows = shared_of(leaning(), experiment)
    fitted = tuned(shared, rows[:64], experiment)
    given = score(shared, fitted, rows)
    # One paragraph of every article in turn, the articles backwards; each article's own order stays.
    scattered = np.argsort(rows % 4 * 100 - rows // 4, kind="stable")
    assert score(shared, fitted, scattered) == pytest.approx(given[scattered], abs=1e-12)
    assert score(shared, fitted, rows[80:84]) == pytest.approx(given[80:84], abs=1e-12)
    # Out of its article a paragraph reads otherwise.
    assert np.abs(by_parts(shared, fitted, rows[80:84]) - given[80:84]).max() > 0.01


def test_articles_of_one_paragraph_are_lone_readings(recipe, leaning, shared_of) -> None:
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    shared, rows = shared_of(leaning(), experiment)
    fitted = tuned(shared, rows, experiment)
    apart = dataclasses.replace(shared, articles=np.arange(96))
    lone = by_parts(shared, fitted, rows)
    assert score(apart, fitted, rows) == pytest.approx(lone, abs=1e-12)
    assert score(shared, fitted, rows, longest=1) == pytest.approx(lone, abs=1e-12)
    # In pieces of two, each half of an article is one of its own.
    halves = dataclasses.replace(shared, articles=rows // 2)
    assert score(shared, fitted, rows, longest=2) == pytest.approx(score(halves, fitted, rows), abs=1e-12)


@pytest.mark.parametrize("emission", [(0.0, 1.0, 2.0), (2.0,), (1.5, 3.0)])
def test_without_articles_nothing_is_learnt_of_them(emission: tuple[float, ...], recipe, leaning, shared_of) -> None:
    """Rows that are each their own article give the same model with and without what is for articles."""
    blocks = ALL_BLOCKS | {"decoding": DecodingSettings(emission=emission)}
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **blocks)
    shared, rows = shared_of(leaning(n_articles=96, length=1), experiment)
    fitted = tuned(shared, rows, experiment)
    without = blocks | {name: SWITCHED_OFF[name] for name in ("context", "decoding")}
    expected = tuned(shared, rows, recipe(classifier=ClassifierSettings(C=(1.0,)), **without))
    assert same(fitted, expected)
    assert score(shared, fitted, rows) == pytest.approx(score(shared, expected, rows), abs=1e-12)
    # Nothing was learnt about neighbours, and nothing is made of them in use.
    together = dataclasses.replace(shared, articles=rows // 4)
    assert score(together, fitted, rows) == pytest.approx(score(shared, fitted, rows), abs=1e-12)


def test_a_choice_made_with_articles_learns_nothing_of_them_where_there_are_none(recipe, leaning, shared_of) -> None:
    shared, rows = shared_of(leaning(n_articles=96, length=1), recipe())
    fitted = fit(shared, rows, recipe(), Choice(Candidate(1.0, "idf", 0.0, False, 2.0)))
    assert not fitted.weights.article.any()


def test_boilerplate_is_read_by_itself_and_its_article_without_it(recipe, labelled, shared_of) -> None:
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    data = labelled()
    shared, rows = shared_of(data, experiment)
    fitted = tuned(shared, rows, experiment)
    given = score(shared, fitted, rows)
    story = rows[~shared.boilerplate]
    assert len(story) == 72
    assert given[story] == pytest.approx(score(shared, fitted, story), abs=1e-12)
    sign_offs = rows[shared.boilerplate]
    assert given[sign_offs] == pytest.approx(by_parts(shared, fitted, sign_offs), abs=1e-12)


def in_stretches(like: LabelledParagraphs, n_articles: int, seed: int = 0) -> LabelledParagraphs:
    """Make articles of three stretches of four paragraphs, of which every other says nothing by itself."""
    random = np.random.default_rng(seed)
    gold = np.repeat([random.permutation(3) for _ in range(n_articles)], 4)
    texts = []
    for row, label in enumerate(gold):
        heard = WORDS[label] if random.random() < 0.5 else "and with near"
        texts.append(" ".join(random.choice(heard.split(), 3)) + f" for {row}x.")
    articles, ids = [f"{row // 12:03}" for row in range(len(texts))], list(map(str, range(len(texts))))
    return LabelledParagraphs(like.codebook, ids, texts, articles, gold, np.eye(3)[gold])


def test_decoding_is_chosen_where_neighbours_share_their_label_and_helps_there(recipe, leaning, shared_of) -> None:
    settings = {"classifier": ClassifierSettings(C=(1.0,)), "decoding": DecodingSettings(emission=(0.0, 1.0, 3.0))}
    experiment = recipe(**settings)
    shared, rows = shared_of(in_stretches(leaning(), 40), experiment)
    train, test = rows[:240], rows[240:]
    fitted = tuned(shared, train, experiment)
    assert fitted.choice.emission > 0
    bare = fit(shared, train, experiment, dataclasses.replace(fitted.choice, emission=0.0))
    right = [(score(shared, one, test).argmax(axis=1) == shared.gold[test]).mean() for one in (fitted, bare)]
    assert right[0] > right[1] + 0.05
    # The article block does not know which stretch a paragraph is in: all articles have the same words.
    assert right[1] < 0.8


def test_calibration_makes_up_for_what_decoding_is_too_sure_of(recipe, leaning, shared_of) -> None:
    """On articles that nothing was chosen by, log loss is less at the temperature that inner folds found."""
    settings = {
        "classifier": ClassifierSettings(C=(1.0,)), "decoding": DecodingSettings(emission=(6.0,)),
        "calibration": CalibrationSettings(coverage=0.8, smallest_label=5),
    }  # fmt: skip
    experiment = recipe(**settings)
    shared, rows = shared_of(in_stretches(leaning(), 30), experiment)
    train, test = rows[:180], rows[180:]
    fitted = tuned(shared, train, experiment)
    bare = fit(shared, train, experiment, dataclasses.replace(fitted.choice, calibration=None))
    gold = shared.gold[test]
    losses = [-score(shared, one, test)[np.arange(len(test)), gold].mean() for one in (fitted, bare)]
    assert fitted.choice.calibration.temperature > 1
    assert losses[0] < losses[1] - 0.02
    given = softmax(score(shared, fitted, test))
    sets = candidates(shared, fitted, test, np.log(given))
    # Sets hold the gold label about as often as promised, and are not simply all labels.
    assert 0.65 < sets[np.arange(len(test)), gold].mean() < 0.95
    assert sets.mean() < 0.9


def test_characters_tell_words_apart_that_were_never_seen(recipe, labelled, shared_of) -> None:
    """Misspelt words share characters with the right ones; such a recipe is measured, and never saved as a model."""
    data = labelled()
    test = np.flatnonzero(np.array(data.articles, dtype=int) >= 16)
    texts = [text.replace("i", "ii").replace("l", "ll") if row in test else text for row, text in enumerate(data.texts)]
    data = dataclasses.replace(data, texts=texts)
    train = np.setdiff1d(np.arange(len(texts)), test)
    right = {}
    for characters in (None, (2, 4)):
        experiment = recipe(features=FeatureSettings(ngrams=(1, 1), characters=characters))
        shared, _ = shared_of(data, experiment)
        fitted = tuned(shared, train, experiment)
        right[characters] = (score(shared, fitted, test).argmax(axis=1) == data.gold[test]).mean()
    assert right[2, 4] > right[None]


def test_large_data_may_choose_whether_to_smooth(monkeypatch: pytest.MonkeyPatch, recipe, leaning, shared_of) -> None:
    """Where the primal is solved there are more weights with smoothing than without."""
    experiment = recipe(
        classifier=ClassifierSettings(C=(1.0,)), smoothing=SmoothingSettings(strength=(0.0, 0.5), pieces=(False,))
    )
    shared, rows = shared_of(leaning(), experiment)
    dual = tuned(shared, rows, experiment)
    monkeypatch.setattr(training_part, "MOST_ROWS_OF_DUAL", 10)
    primal = tuned(shared, rows, experiment)
    assert dual.choice.candidate == primal.choice.candidate
    for (_, one), (_, other) in zip(dual.choice.tried, primal.choice.tried, strict=True):
        assert one == pytest.approx(other, abs=1e-3)
    assert score(shared, dual, rows) == pytest.approx(score(shared, primal, rows), abs=1e-4)
