from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from framing.evaluation.cross_validation import fitting, no_progress
from framing.evaluation.leakage import copies_in_training, measure_leakage


def leakage(world):
    predicted = world.predictions.predicted
    settings = {"judge": fitting(1), "progress": no_progress}
    return measure_leakage(world.shared, world.plan, predicted, world.yardstick, world.experiment, **settings)


def test_words_of_one_article_alone_show_as_a_gap(make_world) -> None:
    """Where articles keep to words of their own, folds that part them promise what no new article would give."""
    found = leakage(make_world(own=0.8))
    assert found["gap"]["macro_f1"]["low"] > 0.05
    assert found["random_folds"]["macro_f1"]["value"] - found["grouped_folds"]["macro_f1"]["value"] == pytest.approx(
        found["gap"]["macro_f1"]["value"], abs=2e-6
    )
    assert found["test_paragraphs_whose_article_also_trains"]["grouped_folds"] == 0
    assert found["test_paragraphs_whose_article_also_trains"]["random_folds"] > 0.9


def test_without_such_words_there_is_hardly_a_gap(make_world) -> None:
    assert abs(leakage(make_world(own=0.0))["gap"]["macro_f1"]["value"]) < 0.1


def test_texts_without_articles_have_no_gap_to_measure(make_world) -> None:
    world = make_world()
    alone = dataclasses.replace(world.shared, groups=np.arange(len(world.data.ids)))
    found = measure_leakage(
        alone, world.plan, world.predictions.predicted, world.yardstick, world.experiment,
        judge=fitting(1), progress=no_progress,
    )  # fmt: skip
    assert set(found) == {"note"}


def test_every_member_of_a_family_of_copies_is_found_in_the_other_fold(make_world) -> None:
    """Of three copies the pairs name only two, and the third counts as well."""
    world = make_world()
    n = len(world.data.ids)
    test_fold = np.arange(n) % 2
    plan = dataclasses.replace(world.plan, test_fold=test_fold[None, :], copies=np.array([[0, 2], [2, 5], [8, 10]]))
    found = copies_in_training(plan, world.predictions.predicted[:1], world.yardstick)
    # 0, 2 and 5 are one family, parted; 8 and 10 stand in one fold.
    assert found["paragraphs"] == 3
    predicted, gold = world.predictions.predicted[0], world.data.gold
    kept = ~np.isin(np.arange(n), [0, 2, 5])
    assert found["without_them"]["accuracy"]["value"] == pytest.approx((predicted == gold)[kept].mean(), abs=1e-6)


def test_no_copies_no_figure(make_world) -> None:
    world = make_world()
    assert copies_in_training(world.plan, world.predictions.predicted, world.yardstick) == {
        "paragraphs": 0,
        "share_whose_article_also_trains": 0,
    }


def test_published_folds_that_part_articles_are_told_and_set_against_our_own(make_world) -> None:
    world = make_world(own=0.8)
    n = len(world.data.ids)
    parted = dataclasses.replace(world.plan, test_fold=(np.arange(n) % 3)[None, :], published=True)
    found = measure_leakage(
        world.shared, parted, world.predictions.predicted[:1], world.yardstick, world.experiment,
        judge=fitting(1), progress=no_progress,
    )  # fmt: skip
    assert found["gap"]["macro_f1"]["low"] > 0.05
    assert found["test_paragraphs_whose_article_also_trains"]["grouped_folds"] == 0
    copies = copies_in_training(parted, world.predictions.predicted[:1], world.yardstick)
    assert copies["share_whose_article_also_trains"] == 1
