from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.errors import EvaluationError
from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, parts_of
from framing.evaluation.evaluation import evaluate
from framing.evaluation.fitting import Fitted, candidates, fit, score
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import inner_folds, tune_and_fit
from framing.model import softmax, training_part
from framing.model.features import count_terms, fit_tfidf, tfidf_matrix, weigh_by_labels
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
    experiment = Experiment(classifier=ClassifierSettings(C=(4.0, 0.25, 1.0)), evaluation=evaluation, **SWITCHED_OFF)
    return dataclasses.replace(experiment, **changes)


def prepared(data: LabelledParagraphs, experiment: Experiment):
    plan = plan_splits(data, experiment.evaluation, experiment.seed)
    return plan, training_data(data, plan.groups, experiment)


def leaning(n_articles: int = 24, seed: int = 0, length: int = 4) -> LabelledParagraphs:
    """Make articles whose paragraphs mostly share a label, of which some say nothing by themselves."""
    random = np.random.default_rng(seed)
    texts, gold, articles = [], [], []
    for article in range(n_articles):
        for position in range(length):
            label = article % 3 if random.random() < 0.8 else int(random.integers(3))
            heard = WORDS[label].split() if random.random() < 0.6 else ["and", "with", "near"]
            texts.append(" ".join(random.choice(heard, 3)) + f" for {article} {position}x.")
            gold.append(label)
            articles.append(f"{article:03}")
    place, ids = np.array(gold), [str(row) for row in range(len(texts))]
    return LabelledParagraphs(CODEBOOK, ids, texts, articles, place, np.eye(3)[place])


def shared_of(
    data: LabelledParagraphs, experiment: Experiment, lexicon: Lexicon, **changes: Any
) -> tuple[TrainingData, np.ndarray]:
    """Prepare the data with the small word table in the place of the package's own."""
    without = dataclasses.replace(experiment, smoothing=SWITCHED_OFF["smoothing"])
    groups = np.unique(data.articles, return_inverse=True)[1]
    made = training_data(data, groups, without)
    if any(experiment.smoothing.strength):
        changes = {"words": word_vectors(made.counts, lexicon), **changes}
    return dataclasses.replace(made, **changes), np.arange(len(data.ids))


def tuned(shared: TrainingData, rows: np.ndarray, experiment: Experiment) -> Fitted:
    return tune_and_fit(shared, rows, experiment, repeat=0, fold=0)


def same(first: Fitted, second: Fitted) -> bool:
    """Whether two fits are the same, bit for bit."""
    return first.choice.as_table() == second.choice.as_table() and all(
        np.array_equal(getattr(first.weights, name), getattr(second.weights, name))
        for name in ("own", "article", "own_smoothed", "article_smoothed", "intercept")
    )


def test_boilerplate_is_marked_not_learnt_from_and_given_the_residual() -> None:
    data, experiment = labelled(), recipe()
    plan, shared = prepared(data, experiment)
    assert [text for text, mark in zip(data.texts, shared.boilerplate, strict=True) if mark] == [
        "Agence France-Presse"
    ] * 24
    fitted = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0)
    assert "agence" not in shared.counts.terms[fitted.features.tfidf.columns]
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
    other = dataclasses.replace(shared, gold=altered, targets=np.eye(3)[altered])
    assert same(tuned(shared, train, experiment), tuned(other, train, experiment))


def test_nor_does_it_with_every_block(lexicon: Lexicon) -> None:
    """Labels, articles and texts of the test rows may be anything; words that only they have are known by the table."""
    data, experiment = leaning(), recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    test = np.flatnonzero(np.array(data.articles) >= "016")
    train = np.setdiff1d(np.arange(len(data.ids)), test)
    shared, _ = shared_of(data, experiment, lexicon)
    gold, texts, articles = data.gold.copy(), list(data.texts), list(data.articles)
    gold[test] = (gold[test] + 1) % 3
    for row in test:
        texts[row], articles[row] = f"squad troop {texts[row]} salary {row}", "999"
    altered = dataclasses.replace(data, gold=gold, targets=np.eye(3)[gold], texts=texts, articles=articles)
    other, _ = shared_of(altered, experiment, lexicon, groups=shared.groups)
    first, second = tuned(shared, train, experiment), tuned(other, train, experiment)
    assert first.choice.as_table() == second.choice.as_table()
    assert first.choice.calibration.thresholds == pytest.approx(second.choice.calibration.thresholds)
    for fitted, of in ((first, shared), (second, other)):
        assert score(of, fitted, train) == pytest.approx(score(shared, first, train), abs=1e-9)


def test_the_same_data_give_the_same_choice_and_the_same_model(lexicon: Lexicon) -> None:
    experiment = recipe(**ALL_BLOCKS, features=FeatureSettings(weighting=("idf", "naive_bayes")))
    shared, rows = shared_of(leaning(), experiment, lexicon)
    first = tuned(shared, rows, experiment)
    assert same(first, tuned(shared, rows, experiment))
    assert same(first, fit(shared, rows, experiment, first.choice))
    assert first.reading.calibration is first.choice.calibration


@pytest.mark.parametrize("metric", ["log_loss", "macro_f1", "accuracy"])
def test_the_best_c_is_chosen_and_the_strongest_penalty_among_equals(metric: str) -> None:
    experiment = recipe(evaluation=dataclasses.replace(recipe().evaluation, tuning_metric=metric))
    data = labelled()
    _, shared = prepared(data, experiment)
    choice = tune_and_fit(shared, np.arange(len(data.ids)), experiment, repeat=0, fold=0).choice
    tried = {candidate.C: figure for candidate, figure in choice.tried}
    assert set(tried) == {0.25, 1.0, 4.0}
    best = max(tried.values())
    assert min(strength for strength, figure in tried.items() if figure == best) == choice.candidate.C


@pytest.mark.parametrize("calibrated", [False, True])
def test_the_figure_is_of_probabilities_as_the_model_gives_them(calibrated: bool) -> None:
    """Of paragraphs held out by the inner folds, in their articles; at the best temperature where there is one."""
    experiment = recipe(
        context=ContextSettings(article=(1.0,)),
        calibration=CalibrationSettings(coverage=0.9 if calibrated else 0.0),
        classifier=ClassifierSettings(C=(0.25, 4.0)),
    )
    shared, rows = shared_of(leaning(), experiment, None)
    choice = tuned(shared, rows, experiment).choice
    folds = inner_folds(shared, rows, experiment, repeat=0, fold=0)
    for candidate, figure in choice.tried:
        given = np.empty((96, 3))
        for fold in range(3):
            held_out = fit(shared, rows[folds != fold], experiment, Choice(candidate))
            given[folds == fold] = score(shared, held_out, rows[folds == fold])
        losses = [
            -np.log(softmax(given / temperature))[rows, shared.gold].mean()
            for temperature in (np.geomspace(0.05, 20, 400) if calibrated else (1.0,))
        ]
        assert figure == pytest.approx(-min(losses), abs=2e-3)


def test_a_label_that_is_boilerplate_only_cannot_be_learnt() -> None:
    data = labelled()
    gold = np.where((data.gold == 2) & (np.array(data.texts) != "Agence France-Presse"), 0, data.gold)
    data = dataclasses.replace(data, gold=gold, targets=np.eye(3)[gold])
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


def test_inner_folds_choose_the_weighting_after_c_and_look_at_its_neighbours_again() -> None:
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


def test_every_block_is_chosen_and_the_choice_is_told(lexicon: Lexicon) -> None:
    experiment = recipe(**ALL_BLOCKS)
    shared, rows = shared_of(leaning(), experiment, lexicon)
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


def test_what_is_tried_first_is_the_middle_of_every_list() -> None:
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
def test_folds_are_dealt_out_where_anything_is_chosen(several: dict[str, Any]) -> None:
    shared, rows = shared_of(leaning(), recipe(), None)
    settings = NOTHING_TO_CHOOSE | several
    assert inner_folds(shared, rows, recipe(**settings), repeat=0, fold=0) is not None
    only = recipe(**NOTHING_TO_CHOOSE)
    assert inner_folds(shared, rows, only, repeat=0, fold=0) is None
    # Pieces of words are no choice where no word is looked up.
    unused = recipe(**NOTHING_TO_CHOOSE, smoothing=SmoothingSettings(strength=(0.0,), pieces=(False, True)))
    assert inner_folds(shared, rows, unused, repeat=0, fold=0) is None


@pytest.mark.parametrize("switched_off", [*SWITCHED_OFF, "copies", "targets", "everything"])
def test_each_block_can_be_switched_off(switched_off: str, lexicon: Lexicon) -> None:
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
    shared, rows = shared_of(leaning(), experiment, lexicon)
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


def test_coders_who_disagree_count_by_their_shares_or_not_at_all() -> None:
    """A disputed paragraph is learnt from where coders are the target, and left out where gold is."""
    data = leaning()
    gold, targets = data.gold.copy(), data.targets.copy()
    disputed = np.arange(0, 96, 5)
    gold[disputed] = -1
    targets[disputed] = [0.5, 0.5, 0.0]
    data = dataclasses.replace(data, gold=gold, targets=targets)
    for targets_of, n_learnt in (("coders", 96), ("gold", 96 - len(disputed))):
        experiment = recipe(classifier=ClassifierSettings(C=(1.0,), targets=targets_of))
        shared, rows = shared_of(data, experiment, None)
        assert len(shared.learnt_from(rows)) == n_learnt
        assert set(disputed) <= set(rows)
    turned = data.targets.copy()
    turned[disputed] = [0.0, 0.5, 0.5]
    other = dataclasses.replace(data, targets=turned)
    fits = {
        (targets_of, which): tuned(*shared_of(each, experiment, None), experiment)
        for targets_of in ("coders", "gold")
        for experiment in [recipe(classifier=ClassifierSettings(C=(1.0,), targets=targets_of))]
        for which, each in (("first", data), ("other", other))
    }
    assert same(fits["gold", "first"], fits["gold", "other"])
    assert not same(fits["coders", "first"], fits["coders", "other"])


def by_parts(shared: TrainingData, fitted: Fitted, rows: np.ndarray) -> np.ndarray:
    """Score every row apart from all others."""
    return np.vstack([score(shared, fitted, rows[place : place + 1]) for place in range(len(rows))])


def test_rows_of_an_article_may_stand_anywhere_and_other_articles_change_nothing(lexicon: Lexicon) -> None:
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    shared, rows = shared_of(leaning(), experiment, lexicon)
    fitted = tuned(shared, rows[:64], experiment)
    given = score(shared, fitted, rows)
    # One paragraph of every article in turn, the articles backwards; each article's own order stays.
    scattered = np.argsort(rows % 4 * 100 - rows // 4, kind="stable")
    assert score(shared, fitted, scattered) == pytest.approx(given[scattered], abs=1e-12)
    assert score(shared, fitted, rows[80:84]) == pytest.approx(given[80:84], abs=1e-12)
    # Out of its article a paragraph reads otherwise.
    assert np.abs(by_parts(shared, fitted, rows[80:84]) - given[80:84]).max() > 0.01


def test_articles_of_one_paragraph_are_lone_readings(lexicon: Lexicon) -> None:
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    shared, rows = shared_of(leaning(), experiment, lexicon)
    fitted = tuned(shared, rows, experiment)
    apart = dataclasses.replace(shared, articles=np.arange(96))
    lone = by_parts(shared, fitted, rows)
    assert score(apart, fitted, rows) == pytest.approx(lone, abs=1e-12)
    assert score(shared, fitted, rows, longest=1) == pytest.approx(lone, abs=1e-12)
    # In pieces of two, each half of an article is one of its own.
    halves = dataclasses.replace(shared, articles=rows // 2)
    assert score(shared, fitted, rows, longest=2) == pytest.approx(score(halves, fitted, rows), abs=1e-12)


@pytest.mark.parametrize("emission", [(0.0, 1.0, 2.0), (2.0,), (1.5, 3.0)])
def test_without_articles_nothing_is_learnt_of_them(emission: tuple[float, ...], lexicon: Lexicon) -> None:
    """Rows that are each their own article give the same model with and without what is for articles."""
    blocks = ALL_BLOCKS | {"decoding": DecodingSettings(emission=emission)}
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **blocks)
    shared, rows = shared_of(leaning(n_articles=96, length=1), experiment, lexicon)
    fitted = tuned(shared, rows, experiment)
    without = blocks | {name: SWITCHED_OFF[name] for name in ("context", "decoding")}
    expected = tuned(shared, rows, recipe(classifier=ClassifierSettings(C=(1.0,)), **without))
    assert same(fitted, expected)
    assert score(shared, fitted, rows) == pytest.approx(score(shared, expected, rows), abs=1e-12)
    # Nothing was learnt about neighbours, and nothing is made of them in use.
    together = dataclasses.replace(shared, articles=rows // 4)
    assert score(together, fitted, rows) == pytest.approx(score(shared, fitted, rows), abs=1e-12)


def test_boilerplate_is_read_by_itself_and_its_article_without_it(lexicon: Lexicon) -> None:
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), **ALL_BLOCKS)
    data = labelled()
    shared, rows = shared_of(data, experiment, lexicon)
    fitted = tuned(shared, rows, experiment)
    given = score(shared, fitted, rows)
    story = rows[~shared.boilerplate]
    assert len(story) == 72
    assert given[story] == pytest.approx(score(shared, fitted, story), abs=1e-12)
    sign_offs = rows[shared.boilerplate]
    assert given[sign_offs] == pytest.approx(by_parts(shared, fitted, sign_offs), abs=1e-12)


def test_gold_in_lone_paragraphs_alone_is_enough_to_calibrate() -> None:
    """The one article of two paragraphs is disputed in both; there is nothing in articles to calibrate on."""
    data = leaning(n_articles=60, length=1)
    articles, gold = list(data.articles), data.gold.copy()
    articles[1], gold[:2] = articles[0], -1
    data = dataclasses.replace(data, articles=articles, gold=gold)
    experiment = recipe(classifier=ClassifierSettings(C=(1.0,)), calibration=CalibrationSettings())
    shared, rows = shared_of(data, experiment, None)
    calibration = tuned(shared, rows, experiment).choice.calibration
    assert calibration.temperature > 0


def test_large_data_may_choose_whether_to_smooth(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the primal is solved there are more weights with smoothing than without."""
    experiment = recipe(
        classifier=ClassifierSettings(C=(1.0,)), smoothing=SmoothingSettings(strength=(0.0, 0.5), pieces=(False,))
    )
    shared, rows = shared_of(leaning(), experiment, lexicon)
    dual = tuned(shared, rows, experiment)
    monkeypatch.setattr(training_part, "MOST_ROWS_OF_DUAL", 10)
    primal = tuned(shared, rows, experiment)
    assert dual.choice.candidate == primal.choice.candidate
    for (_, one), (_, other) in zip(dual.choice.tried, primal.choice.tried, strict=True):
        assert one == pytest.approx(other, abs=1e-3)
    assert score(shared, dual, rows) == pytest.approx(score(shared, primal, rows), abs=1e-4)


def in_stretches(n_articles: int, seed: int = 0) -> LabelledParagraphs:
    """Make articles of three stretches of four paragraphs, of which every other says nothing by itself."""
    random = np.random.default_rng(seed)
    gold = np.repeat([random.permutation(3) for _ in range(n_articles)], 4)
    texts = []
    for row, label in enumerate(gold):
        heard = WORDS[label] if random.random() < 0.5 else "and with near"
        texts.append(" ".join(random.choice(heard.split(), 3)) + f" for {row}x.")
    articles, ids = [f"{row // 12:03}" for row in range(len(texts))], list(map(str, range(len(texts))))
    return LabelledParagraphs(CODEBOOK, ids, texts, articles, gold, np.eye(3)[gold])


def test_decoding_is_chosen_where_neighbours_share_their_label_and_helps_there() -> None:
    settings = {"classifier": ClassifierSettings(C=(1.0,)), "decoding": DecodingSettings(emission=(0.0, 1.0, 3.0))}
    experiment = recipe(**settings)
    shared, rows = shared_of(in_stretches(40), experiment, None)
    train, test = rows[:240], rows[240:]
    fitted = tuned(shared, train, experiment)
    assert fitted.choice.emission > 0
    bare = fit(shared, train, experiment, dataclasses.replace(fitted.choice, emission=0.0))
    right = [(score(shared, one, test).argmax(axis=1) == shared.gold[test]).mean() for one in (fitted, bare)]
    assert right[0] > right[1] + 0.05
    # The article block does not know which stretch a paragraph is in: all articles have the same words.
    assert right[1] < 0.8


def test_calibration_makes_up_for_what_decoding_is_too_sure_of() -> None:
    """On articles that nothing was chosen by, log loss is less at the temperature that inner folds found."""
    settings = {
        "classifier": ClassifierSettings(C=(1.0,)), "decoding": DecodingSettings(emission=(6.0,)),
        "calibration": CalibrationSettings(coverage=0.8, smallest_label=5),
    }  # fmt: skip
    experiment = recipe(**settings)
    shared, rows = shared_of(in_stretches(30), experiment, None)
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
