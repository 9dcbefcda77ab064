from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as reference
from statsmodels.stats.inter_rater import cohens_kappa

from framing.evaluation import metrics
from framing.evaluation.intervals import ArticleBootstrap

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


def test_by_hand() -> None:
    """Gold a a a b b c, predicted a a b b c c: by the definitions, on paper."""
    confusion = metrics.confusion_matrix(np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2]), 3)
    assert confusion.tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert metrics.accuracy(confusion) == pytest.approx(4 / 6)
    assert metrics.precision(confusion) == pytest.approx([1, 1 / 2, 1 / 2])
    assert metrics.recall(confusion) == pytest.approx([2 / 3, 1 / 2, 1])
    assert metrics.f1(confusion) == pytest.approx([4 / 5, 1 / 2, 2 / 3])
    assert metrics.macro_f1(confusion) == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)
    assert metrics.macro_f1(confusion, 2) == pytest.approx((4 / 5 + 1 / 2) / 2)


@given(pairs)
def test_against_scikit_learn(both: list[tuple[int, int]]) -> None:
    gold, predicted = np.array(both).T
    confusion = metrics.confusion_matrix(gold, predicted, 4)
    assert np.array_equal(confusion, reference.confusion_matrix(gold, predicted, labels=range(4)))
    present = sorted(set(gold) | set(predicted))
    assert metrics.accuracy(confusion) == pytest.approx(reference.accuracy_score(gold, predicted))
    expected = reference.f1_score(gold, predicted, labels=present, average="macro", zero_division=0)
    assert metrics.macro_f1(confusion) == pytest.approx(expected)


@given(pairs, st.integers(0, 10))
def test_paragraphs_without_gold_change_nothing(both: list[tuple[int, int]], more: int) -> None:
    gold, predicted = np.array(both).T
    longer = np.append(gold, np.full(more, -1)), np.append(predicted, np.zeros(more, int))
    assert np.array_equal(metrics.confusion_matrix(*longer, 4), metrics.confusion_matrix(gold, predicted, 4))


def test_undefined_figures_are_not_zero() -> None:
    confusion = np.array([[3.0, 0, 0], [1, 2, 0], [0, 0, 0]])
    assert np.isnan(metrics.f1(confusion)[2])
    assert np.isnan(metrics.precision(confusion)[2])
    assert metrics.macro_f1(confusion) == pytest.approx((6 / 7 + 4 / 5) / 2)


def test_micro_f1_by_hand() -> None:
    """The matrix above: over all labels 4 of 6; over the first two 3 found, 4 predicted, 5 gold."""
    confusion = np.array([[2.0, 1, 0], [0, 1, 1], [0, 0, 1]])
    assert metrics.micro_f1(confusion) == pytest.approx(4 / 6)
    assert metrics.micro_f1(confusion, 2) == pytest.approx(2 * 3 / (4 + 5))
    assert np.isnan(metrics.micro_f1(np.diag([0.0, 0, 5]), 2))


@given(pairs)
def test_micro_f1_against_scikit_learn(both: list[tuple[int, int]]) -> None:
    gold, predicted = np.array(both).T
    confusion = metrics.confusion_matrix(gold, predicted, 4)
    assert metrics.micro_f1(confusion) == pytest.approx(metrics.accuracy(confusion), abs=1e-14)
    assume(min(gold.min(), predicted.min()) < 3)
    expected = reference.f1_score(gold, predicted, labels=[0, 1, 2], average="micro")
    assert metrics.micro_f1(confusion, 3) == pytest.approx(expected, abs=1e-14)


def test_kappa_by_hand() -> None:
    """Agreement on 35 of 50; by chance (25 * 30 + 25 * 20) / 50^2 = .5; (.7 - .5) / (1 - .5)."""
    assert metrics.cohen_kappa(np.array([[20.0, 5], [10, 15]])) == pytest.approx(0.4)


@given(pairs)
def test_kappa_against_scikit_learn_and_statsmodels(both: list[tuple[int, int]]) -> None:
    gold, predicted = np.array(both).T
    assume(len(set(gold) | set(predicted)) > 1)
    confusion = metrics.confusion_matrix(gold, predicted, 4)
    kappa = float(metrics.cohen_kappa(confusion))
    assert kappa == pytest.approx(reference.cohen_kappa_score(gold, predicted), abs=1e-12)
    assert kappa == pytest.approx(cohens_kappa(confusion, return_results=False), abs=1e-12)


def test_one_label_on_both_sides_leaves_nothing_to_agree_on() -> None:
    confusion = np.diag([0.0, 7, 0])
    assert np.isnan(metrics.cohen_kappa(confusion))
    assert np.isnan(metrics.krippendorff_alpha(metrics.pair_coincidences(confusion)))
    assert np.isnan(metrics.cohen_kappa(np.zeros((3, 3))))


def test_kappa_interval_agrees_with_that_of_large_samples() -> None:
    """statsmodels has the interval of Fleiss, Cohen and Everitt (1969); here every paragraph is an article."""
    random = np.random.default_rng(5)
    gold = random.integers(0, 4, 1500)
    predicted = np.where(random.random(1500) < 0.6, gold, random.integers(0, 4, 1500))
    [figure] = ArticleBootstrap.over(np.arange(1500), 4000, 3).figures(gold, predicted[None], 4, metrics.cohen_kappa)
    theirs = cohens_kappa(metrics.confusion_matrix(gold, predicted, 4))
    width = theirs.kappa_upp - theirs.kappa_low
    assert figure.low == pytest.approx(theirs.kappa_low, abs=0.05 * width)
    assert figure.high == pytest.approx(theirs.kappa_upp, abs=0.05 * width)


def test_alpha_by_hand() -> None:
    """Three coders, the fourth paragraph coded once: pairs [[3, 1], [1, 3]], and 1 - 7 * 2 / (4 * 4 + 4 * 4)."""
    codings = np.array([[0, 0, 1, 1], [0, 1, 1, -1], [0, -1, 1, -1]])
    paragraphs = metrics.coincidences(codings, 2)
    assert paragraphs.tolist() == [[[3, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 3]], [[0, 0], [0, 0]]]
    assert metrics.krippendorff_alpha(paragraphs.sum(axis=0)) == pytest.approx(0.5625)


codings_of_coders = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.lists(st.integers(-1, 3), min_size=coders, max_size=coders), min_size=1, max_size=40)
)


@given(codings_of_coders)
def test_alpha_against_krippendorff(rows: list[list[int]]) -> None:
    codings = np.array(rows).T
    coincidences = metrics.coincidences(codings, 4).sum(axis=0)
    alpha = float(metrics.krippendorff_alpha(coincidences))
    # The library refuses what has one label only; here it is told as not defined.
    if np.count_nonzero(coincidences.sum(axis=0)) < 2:
        assert np.isnan(alpha)
        return
    theirs = krippendorff.alpha(
        np.where(codings < 0, np.nan, codings), level_of_measurement="nominal", value_domain=range(4)
    )
    assert alpha == pytest.approx(theirs, abs=1e-12)


@given(codings_of_coders, st.permutations(range(4)), st.randoms())
def test_alpha_knows_no_order_of_labels_or_coders(rows: list[list[int]], order: list[int], random) -> None:
    codings = np.array(rows).T
    shuffled = codings[random.sample(range(len(codings)), len(codings))]
    renamed = np.where(shuffled < 0, -1, np.array(order)[shuffled])
    one, other = (metrics.krippendorff_alpha(metrics.coincidences(each, 4).sum(axis=0)) for each in (codings, renamed))
    assert one == pytest.approx(other, abs=1e-12, nan_ok=True)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=30), st.integers(2, 4))
def test_alpha_of_agreement_is_one(labels: list[int], coders: int) -> None:
    assume(len(set(labels)) > 1)
    codings = np.tile(np.array(labels), (coders, 1))
    assert metrics.krippendorff_alpha(metrics.coincidences(codings, 4).sum(axis=0)) == pytest.approx(1)


@given(pairs)
def test_two_coders_give_the_same_pairs_either_way(both: list[tuple[int, int]]) -> None:
    codings = np.array(both).T
    from_confusion = metrics.pair_coincidences(metrics.confusion_matrix(*codings, 4))
    assert np.array_equal(from_confusion, metrics.coincidences(codings, 4).sum(axis=0))


def test_any_leading_shape() -> None:
    random = np.random.default_rng(6)
    confusions = random.integers(0, 9, (2, 3, 4, 4)).astype(float)

    def alpha(confusion: np.ndarray) -> np.ndarray:
        return metrics.krippendorff_alpha(metrics.pair_coincidences(confusion))

    for statistic in (metrics.micro_f1, metrics.cohen_kappa, alpha):
        one_by_one = [[float(statistic(matrix)) for matrix in row] for row in confusions]
        assert statistic(confusions) == pytest.approx(np.array(one_by_one))
