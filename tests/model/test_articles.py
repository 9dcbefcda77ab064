from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.model.articles import ArticleMeans

articles = st.lists(st.integers(-5, 5), min_size=1, max_size=12)


@given(articles, st.integers(0, 1000))
def test_every_row_gets_the_mean_of_its_articles_rows_wherever_they_stand(names: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(len(names), 2))
    means = ArticleMeans.over(np.array(names)).means(values)
    for row, name in enumerate(names):
        together = [other for other, its in enumerate(names) if its == name]
        assert means[row] == pytest.approx(values[together].mean(axis=0))


@given(articles, st.randoms(use_true_random=False))
def test_neither_order_nor_names_of_articles_matter(names: list[int], random) -> None:
    values = np.arange(2.0 * len(names)).reshape(-1, 2) ** 1.5
    order = list(range(len(names)))
    random.shuffle(order)
    renamed = [f"article {9 - names[row]}" for row in order]
    means = ArticleMeans.over(np.array(names)).means(values)
    assert ArticleMeans.over(np.array(renamed)).means(values[order]) == pytest.approx(means[order])


def test_a_row_that_is_alone_keeps_its_values() -> None:
    values = np.array([[1.0, -2.0], [3.0, 0.1], [7.0, 0.2]])
    means = ArticleMeans.over(np.array([8, 3, 8]))
    assert np.array_equal(means.means(values)[1], values[1])
    assert means.sizes.tolist() == [1, 2]
    assert means.sums(values).tolist() == [[3.0, 0.1], [8.0, pytest.approx(-1.8)]]


@given(articles, st.integers(0, 1000))
def test_averaging_is_symmetric(names: list[int], seed: int) -> None:
    """The solver sends slopes back through it as the scores came."""
    one, other = np.random.default_rng(seed).normal(size=(2, len(names), 1))
    means = ArticleMeans.over(np.array(names))
    assert (one * means.means(other)).sum() == pytest.approx((means.means(one) * other).sum(), abs=1e-12)
