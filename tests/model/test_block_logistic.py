"""The solver against its own definition: the loss written out, its slope by differences, and scikit-learn's optimum."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

from framing.model.articles import ArticleMeans
from framing.model.block_logistic import BAND, InnerProducts, Problem, _Objective, balanced_weights, solve
from framing.model.training_part import BlockWeights, TrainingPart

N_LABELS = 3
TIGHT = 1e-11


def part(random: np.random.Generator, n_rows: int, n_terms: int = 12, n_dimensions: int = 3) -> TrainingPart:
    """Make rows of a few terms, each of length 1, and dense columns beside them."""
    values = random.uniform(0.2, 1, (n_rows, n_terms)) * (random.random((n_rows, n_terms)) < 0.4)
    values[np.arange(n_rows), random.integers(n_terms, size=n_rows)] = 1
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return TrainingPart(csr_array(values), random.normal(size=(n_rows, n_dimensions)) / 2)


def problem(random: np.random.Generator, n_rows: int, *, variance: float = 0.0, **changes) -> Problem:
    """Ask for soft targets of uneven weight in articles of about three rows, which do not stand together."""
    made = Problem(
        targets=random.dirichlet(np.full(N_LABELS, 0.4), size=n_rows),
        weights=random.uniform(0.3, 2, n_rows),
        articles=ArticleMeans.over(random.integers(max(n_rows // 3, 1), size=n_rows)),
        variance=variance,
        copies=True,
    )
    return dataclasses.replace(made, **changes)


def one_hot(random: np.random.Generator, n_rows: int) -> np.ndarray:
    """Draw labels unequally often, each at least once."""
    gold = np.minimum(random.integers(N_LABELS + 2, size=n_rows), N_LABELS - 1)
    gold[:N_LABELS] = np.arange(N_LABELS)
    return np.eye(N_LABELS)[gold]


def scores_of(weights: BlockWeights, rows: TrainingPart) -> np.ndarray:
    return np.hstack(weights.score(rows.terms, rows.smoothed))


def averaging(articles: ArticleMeans) -> np.ndarray:
    """Write the averaging over articles out as a matrix."""
    together = articles.member[:, None] == articles.member
    return together / together.sum(axis=1, keepdims=True)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    n_rows=st.integers(1, 14),
    variance=st.sampled_from([0.0, 0.5, 2.0]),
    smoothing=st.sampled_from([0.0, 0.3, 2.0]),
    strength=st.sampled_from([0.3, 4.0]),
    copies=st.booleans(),
)
def test_both_forms_have_one_solution(
    seed: int, n_rows: int, variance: float, smoothing: float, strength: float, copies: bool
) -> None:
    """Scores of rows that were learnt from, and of others."""
    random = np.random.default_rng(seed)
    seen, unseen = part(random, n_rows), part(random, 5)
    learnt = problem(random, n_rows, variance=variance, copies=copies)
    dual, primal = (
        seen.fit(learnt, C=strength, smoothing=smoothing, tolerance=TIGHT, form=form) for form in ("dual", "primal")
    )
    for rows in (seen, unseen):
        assert np.abs(scores_of(dual, rows) - scores_of(primal, rows)).max() < 1e-6
    assert np.abs(dual.own - primal.own).max() < 1e-6
    assert np.abs(dual.article_smoothed - primal.article_smoothed).max() < 1e-6
    if variance == 0:
        assert not dual.article.any()
        assert not primal.article_smoothed.any()


@given(
    seed=st.integers(0, 10_000),
    n_rows=st.integers(1, 9),
    variance=st.sampled_from([0.0, 0.7]),
    copies=st.booleans(),
)
def test_the_slope_is_that_of_numerical_differences(seed: int, n_rows: int, variance: float, copies: bool) -> None:
    random = np.random.default_rng(seed)
    products = part(random, n_rows)
    features = InnerProducts.of((products.terms @ products.terms.T).toarray())
    learnt = problem(random, n_rows, variance=variance, copies=copies)
    objective = _Objective(features, learnt, 2.0)
    place = random.normal(size=n_rows * learnt.n_blocks * N_LABELS + N_LABELS)
    slope, step = objective(place)[1], 1e-5
    for number, unit in enumerate(np.eye(len(place)) * step):
        difference = (objective(place + unit)[0] - objective(place - unit)[0]) / (2 * step)
        assert slope[number] == pytest.approx(difference, abs=1e-6)


@pytest.mark.parametrize("n_rows", [1, BAND - 1, BAND, BAND + 1, 3 * BAND + 7])
@pytest.mark.parametrize(("single_precision", "most"), [(False, 1e-11), (True, 1e-3)])
def test_a_factor_is_multiplied_by_its_bands(n_rows: int, single_precision: bool, most: float) -> None:
    random = np.random.default_rng(n_rows)
    rows, values = random.normal(size=(n_rows, n_rows)), random.normal(size=(n_rows, 5))
    features = InnerProducts.of(rows @ rows.T, single_precision=single_precision)
    assert np.abs(features.factor @ features.factor.T - rows @ rows.T).max() < 1e-6 * n_rows
    assert np.abs(features.times(values) - features.factor @ values).max() < most
    assert np.abs(features.transposed_times(values) - features.factor.T @ values).max() < most


@given(
    seed=st.integers(0, 10_000), n_rows=st.integers(1, 9), variance=st.sampled_from([0.0, 0.7]), copies=st.booleans()
)
def test_the_loss_is_the_one_written_out(seed: int, n_rows: int, variance: float, copies: bool) -> None:
    """Cross-entropy of each row in its article and, at half weight, alone, and the squared weights over 2 C."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(n_rows, n_rows))
    features, learnt = InnerProducts(values, values), problem(random, n_rows, variance=variance, copies=copies)
    own, shared = random.normal(size=(2, n_rows, N_LABELS))
    intercept = random.normal(size=N_LABELS)
    weights = np.hstack([own, shared])[:, : learnt.n_blocks * N_LABELS]
    blocks = [(averaging(learnt.articles) @ values, 1.0)]
    if variance > 0 and copies:
        blocks = [(blocks[0][0], 0.5), (values, 0.5)]
    expected = (weights**2).sum() / (2 * 3.0)
    for of_article, share in blocks:
        scores = values @ own + intercept
        if variance > 0:
            scores = scores + np.sqrt(variance) * of_article @ shared
        log_probabilities = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        expected -= share * learnt.weights @ (learnt.targets * log_probabilities).sum(axis=1)
    vector = np.append(weights.ravel(), intercept)
    assert _Objective(features, learnt, 3.0)(vector)[0] == pytest.approx(expected)


@pytest.mark.parametrize("form", ["dual", "primal"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_article_and_on_gold_labels_it_is_the_library_s(form: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, targets = part(random, 60, n_terms=40), one_hot(random, 60)
    weights = balanced_weights(targets)
    alone = problem(random, 60, targets=targets, weights=weights)
    found = rows.fit(alone, C=3.0, smoothing=0.0, tolerance=TIGHT, form=form)
    gold = targets.argmax(axis=1)
    library = LogisticRegression(C=3.0, class_weight="balanced", solver="newton-cg", tol=1e-11, max_iter=1000)
    library.fit(rows.terms, gold)
    assert found.own == pytest.approx(library.coef_.T, abs=1e-5)
    assert found.intercept == pytest.approx(library.intercept_ - library.intercept_.mean(), abs=1e-5)
    own, shared = found.score(rows.terms, rows.smoothed)
    expected = library.decision_function(rows.terms)
    assert own - own.mean(axis=1, keepdims=True) == pytest.approx(
        expected - expected.mean(axis=1, keepdims=True), abs=1e-5
    )
    assert not shared.any()


@pytest.mark.parametrize("form", ["dual", "primal"])
@pytest.mark.parametrize(("variance", "smoothing", "copies"), [(1.0, 0.0, True), (0.5, 0.8, True), (2.0, 0.8, False)])
def test_two_copies_of_dense_rows_given_to_the_library(
    form: str, variance: float, smoothing: float, copies: bool
) -> None:
    """Rows [x, mean of x] and rows [x, x], each half; a soft target is one row a label, weighed by its share."""
    random = np.random.default_rng(8)
    rows = part(random, 24)
    learnt = problem(random, 24, variance=variance, copies=copies)
    x = np.hstack([rows.terms.toarray(), np.sqrt(smoothing) * rows.smoothed])
    scale = np.sqrt(variance)
    versions = [np.hstack([x, scale * averaging(learnt.articles) @ x])]
    if copies:
        versions.append(np.hstack([x, scale * x]))
    # Every version of every row, once with each of the labels.
    dense = np.repeat(np.vstack(versions), N_LABELS, axis=0)
    labels = np.tile(np.arange(N_LABELS), len(versions) * 24)
    shares = np.tile((learnt.targets * learnt.weights[:, None] / len(versions)).ravel(), len(versions))
    library = LogisticRegression(C=2.0, solver="newton-cg", tol=1e-11, max_iter=1000)
    library.fit(dense, labels, sample_weight=shares)
    found = rows.fit(learnt, C=2.0, smoothing=smoothing, tolerance=TIGHT, form=form)
    own, article = np.split(library.coef_.T, 2)
    unseen = part(random, 6)
    plain = np.hstack([unseen.terms.toarray(), np.sqrt(smoothing) * unseen.smoothed])
    expected = plain @ own + library.intercept_ - library.intercept_.mean(), scale * plain @ article
    for ours, theirs in zip(found.score(unseen.terms, unseen.smoothed), expected, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)


@given(seed=st.integers(0, 10_000), n_rows=st.integers(3, 30))
def test_every_label_gets_the_same_weight_and_of_gold_labels_the_library_s(seed: int, n_rows: int) -> None:
    random = np.random.default_rng(seed)
    gold = one_hot(random, n_rows)
    assert balanced_weights(gold) == pytest.approx(compute_sample_weight("balanced", gold.argmax(axis=1)))
    soft = random.dirichlet(np.ones(N_LABELS), size=n_rows)
    weights = balanced_weights(soft)
    assert weights.mean() == pytest.approx(1)
    # What each row weighs is dealt out so that a label's coders count as much as another's.
    shares = soft / soft.sum(axis=0)
    assert weights == pytest.approx(shares.sum(axis=1) * n_rows / N_LABELS)


def test_a_label_that_nobody_gave_weighs_nothing_and_breaks_nothing() -> None:
    targets = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    weights = balanced_weights(targets)
    assert np.isfinite(weights).all()
    assert weights[0] == pytest.approx(2 * weights[1])


@pytest.mark.parametrize("form", ["dual", "primal"])
def test_where_the_solver_begins_does_not_matter(form: str) -> None:
    random = np.random.default_rng(2)
    rows, learnt = part(random, 30), problem(random, 30, variance=1.0)
    first = rows.fit(learnt, C=0.5, smoothing=0.2, tolerance=TIGHT, form=form)
    cold, warm = (
        rows.fit(learnt, C=4.0, smoothing=1.0, tolerance=TIGHT, form=form, start=start) for start in (None, first.start)
    )
    assert np.abs(scores_of(cold, rows) - scores_of(warm, rows)).max() < 1e-6


def test_a_solution_as_start_ends_the_search_at_once() -> None:
    """In the dual, too, whose columns change with the smoothing: what is handed on is weights of the rows."""
    random = np.random.default_rng(2)
    rows, learnt = part(random, 30), problem(random, 30, variance=1.0)
    first = rows.fit(learnt, C=1.0, smoothing=0.5, tolerance=1e-9)
    again = rows.fit(learnt, C=1.0, smoothing=0.5, tolerance=1e-6, start=first.start)
    assert np.abs(scores_of(first, rows) - scores_of(again, rows)).max() < 1e-7


def test_single_precision_is_near() -> None:
    random = np.random.default_rng(4)
    rows, learnt = part(random, 60), problem(random, 60, variance=1.0)
    single, double = (
        rows.fit(learnt, C=2.0, smoothing=0.5, tolerance=1e-5, single_precision=single) for single in (True, False)
    )
    assert np.abs(scores_of(single, rows) - scores_of(double, rows)).max() < 1e-2


def test_equal_rows_count_together() -> None:
    """Copies of a row make the inner products singular; the solution is that of one row of the whole weight."""
    random = np.random.default_rng(6)
    rows = part(random, 8)
    once = problem(random, 8, articles=ArticleMeans.over(np.arange(8)))
    threefold = dataclasses.replace(
        once,
        targets=np.tile(once.targets, (3, 1)),
        weights=np.tile(once.weights / 3, 3),
        articles=ArticleMeans.over(np.arange(24)),
    )
    tripled = TrainingPart(csr_array(np.tile(rows.terms.toarray(), (3, 1))), np.tile(rows.smoothed, (3, 1)))
    one = rows.fit(once, C=2.0, smoothing=0.5, tolerance=TIGHT, form="dual")
    many = tripled.fit(threefold, C=2.0, smoothing=0.5, tolerance=TIGHT, form="dual")
    assert np.abs(scores_of(one, rows) - scores_of(many, rows)).max() < 1e-6


def test_the_order_of_rows_and_the_names_of_articles_do_not_matter() -> None:
    random = np.random.default_rng(7)
    rows, learnt = part(random, 20), problem(random, 20, variance=1.0)
    order = random.permutation(20)
    shuffled = Problem(
        learnt.targets[order], learnt.weights[order], ArticleMeans.over(90 - learnt.articles.member[order]), 1.0, True
    )
    moved = TrainingPart(csr_array(rows.terms[order]), rows.smoothed[order])
    first, second = (
        one.fit(two, C=2.0, smoothing=0.5, tolerance=TIGHT) for one, two in ((rows, learnt), (moved, shuffled))
    )
    assert np.abs(scores_of(first, rows) - scores_of(second, rows)).max() < 1e-6


def test_the_solution_is_kept_as_the_solver_had_it() -> None:
    """Weights of the article are stretched by its spread, and the intercept is centred: neither moves a score."""
    random = np.random.default_rng(9)
    values = random.normal(size=(12, 12))
    learnt = problem(random, 12, variance=4.0)
    found = solve(InnerProducts(values, values), learnt, C=1.0, tolerance=1e-9)
    assert found.vector.shape == (12 * 2 * N_LABELS + N_LABELS,)
    weights = found.vector[:-N_LABELS].reshape(12, -1)
    assert np.array_equal(found.own, weights[:, :N_LABELS])
    assert found.article == pytest.approx(2 * weights[:, N_LABELS:])
    assert found.intercept.sum() == pytest.approx(0, abs=1e-12)
