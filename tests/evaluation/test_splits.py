from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels
from framing.errors import EvaluationError
from framing.evaluation.splits import grouped_folds, plan_splits
from framing.settings import EvaluationSettings

LABELS = ("deed", "talk", "want")


def data(texts: list[str], gold: list[int], articles: list[str], folds: list[int] | None = None) -> LabelledParagraphs:
    place = np.array(gold)
    return LabelledParagraphs(
        codebook=of_labels("three", list(LABELS)),
        ids=[str(row) for row in range(len(texts))],
        texts=texts,
        articles=articles,
        gold=place,
        targets=np.eye(3)[place],
        folds=None if folds is None else np.array(folds),
    )


def streams(attempt: int) -> np.random.Generator:
    return np.random.default_rng(attempt)


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(0, 25))
def test_groups_stay_whole_and_each_fold_gets_its_share(seed: int, n_folds: int, more: int) -> None:
    random = np.random.default_rng(seed)
    # The first paragraphs of the groups alone give every fold every label.
    n_groups = 3 * n_folds + more
    groups = np.repeat(np.arange(n_groups), random.integers(3, 9, n_groups))
    gold = random.integers(0, 3, len(groups))
    gold[np.unique(groups, return_index=True)[1]] = np.arange(n_groups) % 3
    fold = grouped_folds(groups, gold, LABELS, n_folds, streams)
    assert set(fold) == set(range(n_folds))
    for group in range(n_groups):
        assert len(set(fold[groups == group])) == 1
    largest = max(np.bincount(groups[gold == label], minlength=n_groups).max() for label in range(3))
    for label in range(3):
        counts = np.bincount(fold[gold == label], minlength=n_folds)
        assert counts.min() > 0
        assert np.abs(counts - counts.mean()).max() <= 1.5 * largest


def test_frames_are_spread_more_evenly_than_by_chance() -> None:
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(200), 8)
    leaning = random.integers(0, 3, 200)[groups]
    gold = np.where(random.random(1600) < 0.7, leaning, random.integers(0, 3, 1600))

    def spread(fold: np.ndarray) -> float:
        return float(np.mean([np.bincount(fold[gold == label], minlength=5).std() for label in range(3)]))

    by_chance = np.mean([spread(random.integers(0, 5, 200)[groups]) for _ in range(50)])
    assert spread(grouped_folds(groups, gold, LABELS, 5, streams)) < by_chance / 8


def test_repeats_differ_and_the_seed_brings_them_back() -> None:
    texts = [f"text number {row} of its own kind" for row in range(60)]
    labelled = data(texts, [row % 3 for row in range(60)], [str(row // 3) for row in range(60)])
    settings = EvaluationSettings(folds=3, repeats=2)
    plan = plan_splits(labelled, settings, 5)
    assert plan.test_fold.shape == (2, 60)
    assert not np.array_equal(plan.test_fold[0], plan.test_fold[1])
    assert np.array_equal(plan.test_fold, plan_splits(labelled, settings, 5).test_fold)


COPY = "the column was seen at dawn on the river road moving north with nine lorries"


def test_near_duplicate_joins_articles() -> None:
    texts = [f"paragraph {row} speaks of matters that no other speaks of, number {row}" for row in range(30)]
    texts[0], texts[15] = COPY, COPY + " and two guns"
    plan = plan_splits(
        data(texts, [row % 3 for row in range(30)], [str(row // 3) for row in range(30)]),
        EvaluationSettings(folds=3, repeats=5),
        1,
    )
    assert plan.near_duplicate_pairs == 1
    assert len(np.unique(plan.groups)) == 9
    assert np.array_equal(plan.test_fold[:, 0], plan.test_fold[:, 15])


def test_a_line_that_many_articles_share_does_not_join_them() -> None:
    texts = [f"paragraph {row} speaks of matters that no other speaks of, number {row}" for row in range(30)]
    texts[0] = texts[15] = "Wire agency"
    plan = plan_splits(
        data(texts, [row % 3 for row in range(30)], [str(row // 3) for row in range(30)]),
        EvaluationSettings(folds=3, repeats=1),
        1,
    )
    assert len(np.unique(plan.groups)) == 10


def test_too_rare_a_frame_is_refused_by_name_with_the_remedy() -> None:
    gold = [0, 1] * 15
    gold[0] = gold[1] = gold[2] = 2
    labelled = data([f"text {row} alone" for row in range(30)], gold, [str(row // 3) for row in range(30)])
    with pytest.raises(EvaluationError, match=r"'want' is gold in 1 articles .* lower 'folds'"):
        plan_splits(labelled, EvaluationSettings(folds=3), 1)


def test_a_single_group_is_refused() -> None:
    labelled = data([f"text {row} alone" for row in range(30)], [row % 3 for row in range(30)], ["one"] * 30)
    with pytest.raises(EvaluationError, match=r"5 folds need at least 5 articles, and there are 1"):
        plan_splits(labelled, EvaluationSettings(), 1)


def test_published_folds_are_used_as_they_are_and_their_leaks_counted() -> None:
    texts = [f"headline {row} tells a thing of its own" for row in range(12)]
    texts[0] = texts[1] = "Guns found"
    gold, folds = [row // 4 for row in range(12)], [row % 2 for row in range(12)]
    labelled = data(texts, gold, [str(row) for row in range(12)], folds)
    plan = plan_splits(labelled, EvaluationSettings(), 1)
    assert plan.published
    assert plan.test_fold.tolist() == [folds]
    assert (plan.near_duplicate_pairs, plan.pairs_across_folds) == (1, 1)


def test_published_folds_without_a_frame_are_refused() -> None:
    texts = [f"headline {row} tells a thing of its own" for row in range(12)]
    folds = [row // 4 for row in range(12)]
    labelled = data(texts, [row // 4 for row in range(12)], [str(row) for row in range(12)], folds)
    with pytest.raises(EvaluationError, match="published fold 0 has no 'talk' in its test part"):
        plan_splits(labelled, EvaluationSettings(), 1)
    with pytest.raises(EvaluationError, match="the same fold"):
        plan_splits(dataclasses.replace(labelled, folds=np.zeros(12, int)), EvaluationSettings(), 1)
