from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import logit
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame, of_labels
from framing.errors import EvaluationError
from framing.evaluation.cross_validation import Part
from framing.evaluation.multi_label_baselines import multi_label_baselines
from framing.evaluation.multi_label_recipe import Features, MultiLabelData, MultiLabelRecipe
from framing.evaluation.multi_label_thresholds import label_sets
from framing.evaluation.splits import grouped_folds, plan_splits
from framing.evaluation.training_data import training_data
from framing.model.lexicon import Lexicon, Origin
from framing.model.smoothing import word_vectors
from framing.settings import ClassifierSettings, EvaluationSettings, Experiment, FeatureSettings, SmoothingSettings

LABELS = ["crops", "roads", "votes"]
WORDS = ("field harvest seed barley", "bridge gravel lorry tunnel", "ballot count poll mayor", "early late near far")


def labelled(carried: np.ndarray, *, residual: str | None = None, seed: int = 0) -> LabelledParagraphs:
    """Write texts of the words of the labels that they carry, and one word of any."""
    random = np.random.default_rng(seed)
    texts = []
    for row, one in enumerate(carried):
        words = [random.choice(WORDS[place].split()) for place in np.repeat(np.flatnonzero(one), 2)]
        words += [random.choice(WORDS[random.integers(3)].split()), random.choice(WORDS[3].split())]
        texts.append(" ".join([*words, f"t{row}x"]))
    codebook = of_labels("works", LABELS)
    if residual is not None:
        codebook = Codebook("works", "1", tuple(Frame(label, label) for label in LABELS), residual=residual)
    return LabelledParagraphs(
        codebook=codebook,
        ids=[str(row + 1) for row in range(len(texts))],
        texts=texts,
        articles=[str(row // 2) for row in range(len(texts))],
        gold=carried.argmax(axis=1),
        targets=carried / carried.sum(axis=1, keepdims=True),
        several=True,
    )


def sets(n_texts: int = 90, seed: int = 1) -> np.ndarray:
    """Give each text one label in turn, and now and then one more."""
    random = np.random.default_rng(seed)
    carried = np.eye(3, dtype=bool)[np.arange(n_texts) % 3]
    return carried | ((random.random((n_texts, 3)) < 0.25) & (random.random((n_texts, 1)) < 0.6))


def recipe(data: LabelledParagraphs, **changes) -> MultiLabelRecipe:
    evaluation = EvaluationSettings(folds=3, repeats=1, inner_folds=3)
    experiment = Experiment(
        classifier=ClassifierSettings(C=(4.0,)), smoothing=SmoothingSettings(strength=(0.0,)), evaluation=evaluation
    )
    experiment = dataclasses.replace(experiment, **changes)
    groups = np.unique(data.articles, return_inverse=True)[1]
    return MultiLabelRecipe(MultiLabelData.of(data, training_data(data, groups, experiment)), experiment)


PART = Part(0, 0, np.arange(60), np.arange(60, 90))


def streams(attempt: int) -> np.random.Generator:
    return np.random.default_rng(attempt)


@pytest.mark.parametrize("class_weight", ["balanced", "none"])
def test_equal_to_one_library_pipeline_for_each_label(class_weight: str) -> None:
    data = labelled(sets())
    classifier = ClassifierSettings(C=(4.0,), class_weight=class_weight, tolerance=1e-11)
    judged = recipe(data, classifier=classifier, features=FeatureSettings(characters=(2, 4))).judge(PART)
    pipeline = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        ),
        OneVsRestClassifier(
            LogisticRegression(
                C=4.0, class_weight=None if class_weight == "none" else "balanced", solver="newton-cg", tol=1e-11
            )
        ),
    )
    pipeline.fit(data.texts[:60], sets()[:60])
    expected = pipeline.predict_proba(data.texts[60:])
    assert np.abs(logit(judged.scores) - logit(expected)).max() < 1e-6
    values = judged.choice.thresholds.values
    assert np.array_equal(judged.predicted, label_sets(judged.scores, values, 3))


def test_what_stands_outside_the_training_part_changes_nothing() -> None:
    one = recipe(labelled(sets()), classifier=ClassifierSettings(C=(1.0, 8.0)))
    altered = one.data.carried.copy()
    altered[PART.test] = ~altered[PART.test]
    other = dataclasses.replace(one, data=dataclasses.replace(one.data, carried=altered))
    first, second = one.judge(PART), other.judge(PART)
    assert np.array_equal(first.scores, second.scores)
    assert np.array_equal(first.predicted, second.predicted)
    assert first.choice.as_table() == second.choice.as_table()


@pytest.mark.parametrize("metric", ["log_loss", "macro_f1", "accuracy"])
def test_the_best_of_strengths_and_weightings_is_chosen(metric: str) -> None:
    one = recipe(
        labelled(sets()),
        classifier=ClassifierSettings(C=(8.0, 0.02, 1.0)),
        features=FeatureSettings(weighting=("idf", "naive_bayes")),
        evaluation=EvaluationSettings(folds=3, repeats=1, inner_folds=3, tuning_metric=metric),
    )
    choice = one.judge(PART).choice
    assert set(choice.tried) == {
        (Features(weighting, 0.0), c) for weighting in ("idf", "naive_bayes") for c in (0.02, 1.0, 8.0)
    }
    assert choice.tried[choice.features, choice.C] == max(choice.tried.values())
    assert len(set(choice.tried.values())) > 1
    table = choice.as_table()
    assert table["threshold"] in ("common", "by_frame")
    assert list(table["thresholds"]) == LABELS


def test_the_log_loss_that_chooses_is_that_of_the_held_out_paragraphs() -> None:
    data = labelled(sets())
    one = recipe(data, classifier=ClassifierSettings(C=(4.0,), class_weight="none", tolerance=1e-11))
    fold, held_out = one.inner_folds(PART), np.empty((60, 3))
    for number in range(3):
        pipeline = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            OneVsRestClassifier(LogisticRegression(C=4.0, solver="newton-cg", tol=1e-11)),
        )
        train = np.flatnonzero(fold != number)
        pipeline.fit([data.texts[row] for row in train], sets()[train])
        test = np.flatnonzero(fold == number)
        held_out[test] = pipeline.predict_proba([data.texts[row] for row in test])
    given = np.where(sets()[:60], held_out, 1 - held_out)
    assert one.judge(PART).choice.tried[Features("idf", 0.0), 4.0] == pytest.approx(np.log(given).mean(), abs=1e-8)


def word_table() -> Lexicon:
    """Put the words of each label near each other, and 'wheat' near those of the crops."""
    random = np.random.default_rng(2)
    place_of = {word: place for place, line in enumerate(WORDS) for word in line.split()} | {"wheat": 0}
    words = tuple(sorted(place_of))
    vectors = [np.eye(4, 6)[place_of[word]] + 0.2 * random.normal(size=6) for word in words]
    table = np.array(vectors, np.float32) / np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
    return Lexicon(words, np.full(len(words), Origin.GENERAL, np.uint8), (), table, "")


def smoothed(one: MultiLabelRecipe, strength: tuple[float, ...]) -> MultiLabelRecipe:
    """Smooth by the small table, without reading the package's own."""
    training = one.data.training
    return dataclasses.replace(
        one,
        data=dataclasses.replace(
            one.data, training=dataclasses.replace(training, words=word_vectors(training.counts, word_table()))
        ),
        experiment=dataclasses.replace(one.experiment, smoothing=SmoothingSettings(strength=strength)),
    )


def test_smoothed_it_is_the_library_on_terms_beside_the_mean_vectors_of_words() -> None:
    data, table = labelled(sets()), word_table()
    tight = ClassifierSettings(C=(4.0,), class_weight="none", tolerance=1e-11)
    judged = smoothed(recipe(data, classifier=tight), (0.5,)).judge(PART)
    assert judged.choice.features == Features("idf", 0.5)
    of_terms = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit(data.texts[:60])
    of_words = TfidfVectorizer(vocabulary=table.words, sublinear_tf=True).fit(data.texts[:60])

    def features(texts: list[str]) -> np.ndarray:
        return np.hstack(
            [of_terms.transform(texts).toarray(), np.sqrt(0.5) * of_words.transform(texts) @ table.vectors]
        )

    library = OneVsRestClassifier(LogisticRegression(C=4.0, solver="newton-cg", tol=1e-11))
    expected = library.fit(features(data.texts[:60]), sets()[:60]).predict_proba(features(data.texts[60:]))
    assert np.abs(logit(judged.scores) - logit(expected)).max() < 1e-5


def test_inner_folds_choose_whether_to_smooth() -> None:
    choice = smoothed(recipe(labelled(sets())), (1.0, 0.0)).judge(PART).choice
    assert set(choice.tried) == {(Features("idf", strength), 4.0) for strength in (0.0, 1.0)}
    # The labels' words lie near each other, and each is rare.
    assert choice.features.smoothing == 1.0
    assert choice.as_table()["smoothing"] == 1.0


def test_inner_folds_keep_articles_whole_and_give_every_fold_every_label() -> None:
    one = recipe(labelled(sets()))
    fold = one.inner_folds(PART)
    assert all(len(set(fold[start : start + 2])) == 1 for start in range(0, 60, 2))
    for number in range(3):
        assert sets()[:60][fold == number].any(axis=0).all()


def test_a_residual_is_not_learnt_and_boilerplate_teaches_nothing() -> None:
    carried = np.hstack([sets(), np.zeros((90, 1), bool)])
    carried[::5] = [False, False, False, True]
    data = labelled(carried, residual="other")
    one = recipe(data)
    boilerplate = np.zeros(90, bool)
    boilerplate[7] = True
    one = dataclasses.replace(
        one,
        data=dataclasses.replace(one.data, training=dataclasses.replace(one.data.training, boilerplate=boilerplate)),
    )
    judged = one.judge(PART)
    assert judged.scores.shape == (30, 3)
    assert judged.predicted.shape == (30, 4)
    assert (judged.predicted[:, 3] == ~judged.predicted[:, :3].any(axis=1)).all()
    assert judged.predicted[:, 3].any()
    assert len(one.inner_folds(PART)) == 59
    again = one.data.carried.copy()
    again[7] = ~again[7]
    other = dataclasses.replace(one, data=dataclasses.replace(one.data, carried=again)).judge(PART)
    assert np.array_equal(judged.scores, other.scores)


def test_a_label_that_cannot_be_learnt_is_refused_with_the_remedy() -> None:
    absent = sets()
    absent[:60, 2] = False
    absent[:60][~absent[:60].any(axis=1)] = [True, False, False]
    with pytest.raises(EvaluationError, match="no paragraph with 'votes' to learn from; label more"):
        recipe(labelled(absent)).refuse([PART])
    rare = absent.copy()
    rare[4] = [False, False, True]
    with pytest.raises(EvaluationError, match=r"'votes' is gold in 1 articles of a training part.*'inner_folds'"):
        recipe(labelled(rare)).refuse([PART])
    everywhere = sets()
    everywhere[:, 0] = True
    with pytest.raises(EvaluationError, match=r"every paragraph of a training part carries 'crops'.*take it out"):
        recipe(labelled(everywhere)).refuse([PART])


def baselines(data: LabelledParagraphs):
    one = recipe(data)
    return {baseline.name: baseline for baseline in multi_label_baselines(data, one.data, one.experiment)}


def test_naive_bayes_is_the_library_s_with_or_without_a_least_label() -> None:
    data = labelled(sets())
    pipeline = make_pipeline(CountVectorizer(), OneVsRestClassifier(MultinomialNB()))
    expected = pipeline.fit(data.texts[:60], sets()[:60]).predict_proba(data.texts[60:])
    found = baselines(data)
    plain, filled = (found[name].recipe.judge(PART) for name in ("naive_bayes_or_none", "naive_bayes"))
    assert plain.scores == pytest.approx(expected, abs=1e-12)
    assert np.array_equal(plain.predicted, expected >= 0.5)
    assert np.array_equal(filled.predicted, label_sets(expected, 0.5, 3))


def test_the_linear_machine_is_the_library_s() -> None:
    data = labelled(sets())
    pipeline = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        ),
        OneVsRestClassifier(LinearSVC(class_weight="balanced", random_state=0, max_iter=10_000, tol=1e-8)),
    )
    expected = pipeline.fit(data.texts[:60], sets()[:60]).decision_function(data.texts[60:])
    judged = baselines(data)["word_char_svc"].recipe.judge(PART)
    # The baseline's own tolerance is the library's default.
    assert judged.scores == pytest.approx(expected, abs=2e-3)
    assert np.array_equal(judged.predicted, label_sets(judged.scores, 0.0, 3))


def test_the_most_frequent_label_is_that_of_the_training_part() -> None:
    carried = sets()
    carried[60:] = [False, False, True]
    carried[:20, 1] = True
    judged = baselines(labelled(carried))["majority"].recipe.judge(PART)
    assert judged.predicted.tolist() == [[False, True, False]] * 30


def test_folds_are_stratified_by_all_labels_and_not_the_first_alone() -> None:
    random = np.random.default_rng(5)
    carried = np.zeros((400, 3), bool)
    carried[:, 0] = True
    carried[:, 1] = random.random(400) < 0.3
    carried[:, 2] = random.random(400) < 0.1
    groups = np.repeat(np.arange(100), 4)

    def spread(fold: np.ndarray) -> float:
        return float(np.ptp([carried[fold == number].sum(axis=0) for number in range(5)], axis=0).max())

    by_all = grouped_folds(groups, carried, tuple(LABELS), 5, streams)
    by_chance = [spread(random.permutation(100)[groups] % 5) for _ in range(20)]
    assert spread(by_all) <= 2
    assert spread(by_all) < min(by_chance)


def test_one_label_a_text_gives_the_same_folds_as_a_membership_of_one() -> None:
    random = np.random.default_rng(6)
    groups, gold = np.repeat(np.arange(40), 3), random.integers(-1, 3, 120)
    memberships = gold[:, None] == np.arange(3)
    one, other = (grouped_folds(groups, each, tuple(LABELS), 4, streams) for each in (gold, memberships))
    assert np.array_equal(one, other)


def test_a_second_label_that_a_published_fold_lacks_is_refused() -> None:
    carried = np.eye(3, dtype=bool)[np.arange(90) % 2]
    carried[1:3, 2] = True
    data = dataclasses.replace(labelled(carried), folds=np.arange(90) % 3)
    with pytest.raises(EvaluationError, match="published fold 0 has no 'votes' in its test part"):
        plan_splits(data, EvaluationSettings(), 1)
