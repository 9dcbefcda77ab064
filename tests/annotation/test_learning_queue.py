from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.learning_queue import LearningRows, learning_queue, uncertainty


def ask(probabilities, articles=None, *, size, per_article=100, random_share=0.0, seed=0) -> LearningRows:
    given = np.array(probabilities, dtype=float)
    return learning_queue(
        given,
        np.arange(len(given)) if articles is None else np.array(articles),
        size=size,
        per_article=per_article,
        random_share=random_share,
        generator=np.random.default_rng(seed),
    )


@st.composite
def questions(draw):
    """Draw a pool and what is asked of it."""
    articles = draw(st.lists(st.integers(0, 6), min_size=1, max_size=40))
    seed, n_labels = draw(st.integers(0, 2**32 - 1)), draw(st.integers(2, 5))
    probabilities = np.random.default_rng(seed).dirichlet(np.full(n_labels, 0.4), len(articles))
    asked = {"size": draw(st.integers(0, len(articles))), "per_article": draw(st.integers(1, 4))}
    return probabilities, np.array(articles), asked | {"random_share": draw(st.floats(0, 1)), "seed": seed}


def test_uncertainty_is_one_less_the_margin() -> None:
    given = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.2, 0.5, 0.3]])
    np.testing.assert_allclose(uncertainty(given), [1.0, 0.0, 0.8])


@given(questions())
def test_as_many_as_asked_for_and_none_twice(question) -> None:
    probabilities, articles, asked = question
    chosen = ask(probabilities, articles, **asked)
    assert len(chosen.rows) == len(chosen.by_chance) == asked["size"]
    assert len(set(chosen.rows.tolist())) == asked["size"]
    assert set(chosen.rows.tolist()) <= set(range(len(articles)))
    assert abs(chosen.by_chance.sum() - asked["random_share"] * asked["size"]) <= 0.5


@given(questions())
def test_no_article_has_more_than_its_share_while_others_are_left(question) -> None:
    probabilities, articles, asked = question
    chosen = ask(probabilities, articles, **asked)
    there = np.bincount(articles, minlength=7)
    counts = np.bincount(articles[chosen.rows], minlength=7)
    most = asked["per_article"]
    while counts.max() > most:
        assert (counts >= np.minimum(there, most)).all()
        most *= 2


@given(questions())
def test_what_is_asked_out_of_doubt_is_more_doubtful_than_what_its_label_has_left(question) -> None:
    probabilities, _, asked = question
    chosen = ask(probabilities, **asked)
    doubt, label = uncertainty(probabilities), probabilities.argmax(axis=1)
    left = np.setdiff1d(np.arange(len(doubt)), chosen.rows)
    for row in chosen.rows[~chosen.by_chance]:
        assert (doubt[left[label[left] == label[row]]] <= doubt[row]).all()


def test_each_predicted_label_has_its_part_of_the_queue() -> None:
    # All of the first label's are the more doubtful ones; the doubt there is of both is as 16 to 12.
    pool = [[0.6, 0.4]] * 20 + [[0.3, 0.7]] * 20
    chosen = ask(pool, size=14)
    assert np.bincount(np.array(pool).argmax(axis=1)[chosen.rows]).tolist() == [8, 6]


def test_a_model_without_any_doubt_can_be_asked_with() -> None:
    assert len(ask([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], size=3).rows) == 3


def test_a_share_by_chance_meets_what_the_model_is_sure_of() -> None:
    # All of one label, and none of the sure ones is ever asked about out of doubt.
    sure, unsure = [[0.99, 0.01]] * 50, [[0.6, 0.4]] * 50
    met = [ask(sure + unsure, size=20, random_share=0.5, seed=seed) for seed in range(200)]
    by_chance = np.concatenate([chosen.rows[chosen.by_chance] for chosen in met])
    assert all((chosen.rows[~chosen.by_chance] >= 50).all() for chosen in met)
    # 2,000 draws, half of them expected; five standard deviations.
    assert abs((by_chance < 50).sum() - 1000) < 5 * np.sqrt(500)


def test_the_order_does_not_tell_the_predicted_label() -> None:
    pool = [[0.6, 0.4]] * 20 + [[0.4, 0.6]] * 20
    first = sum(ask(pool, size=10, seed=seed).rows[0] < 20 for seed in range(400))
    second = sum(ask(pool, size=10, seed=seed).rows[1] < 20 for seed in range(400))
    assert abs(first - 200) < 50
    assert abs(second - 200) < 50


def test_the_same_seed_asks_the_same_and_another_does_not() -> None:
    pool = np.random.default_rng(1).dirichlet(np.ones(3), 60)
    one, same, other = (ask(pool, size=20, random_share=0.5, seed=seed) for seed in (4, 4, 5))
    assert (one.rows.tolist(), one.by_chance.tolist()) == (same.rows.tolist(), same.by_chance.tolist())
    assert one.rows.tolist() != other.rows.tolist()


def test_one_article_of_very_many_paragraphs_takes_no_longer() -> None:
    pool = np.random.default_rng(1).dirichlet(np.ones(5), 40_000)
    chosen = ask(pool, np.zeros(len(pool), int), size=20_000, per_article=1)
    assert len(chosen.rows) == 20_000


@pytest.mark.parametrize(
    "wrong", [{"size": 4}, {"size": -1}, {"per_article": 0}, {"random_share": 1.5}, {"random_share": float("nan")}]
)
def test_numbers_out_of_range_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="of 3"):
        ask([[0.5, 0.5]] * 3, **({"size": 1} | wrong))
