from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from framing.evaluation.cross_validation import fitting, no_progress
from framing.evaluation.shift import measure_shift

FITTED = {"judge": fitting(1), "judge_controls": fitting(1)}


def shift(world):
    settings = FITTED | {"progress": no_progress}
    return measure_shift(
        world.data, world.shared, world.predictions.predicted, world.yardstick, world.experiment, **settings
    )


def test_words_of_one_region_are_lost_with_it(make_world) -> None:
    found = shift(make_world(regional=0.9))["region"]
    assert found["drop"]["macro_f1"]["low"] > 0.1
    named = [group["name"] for group in found["groups"]]
    assert named == ["isles", "north", "south", "other"]
    assert found["groups"][-1]["pooled"] == ["islet"]
    assert found["worst"] in named[:-1]
    values = {group["name"]: group["metrics"]["macro_f1"]["value"] for group in found["groups"]}
    assert values[found["worst"]] == min(values[name] for name in named[:-1])


def test_common_words_carry_over(make_world) -> None:
    found = shift(make_world(n_articles=72))["region"]
    assert abs(found["drop"]["macro_f1"]["value"]) < 0.1


def test_a_small_pool_is_never_named_worst(make_world) -> None:
    world = make_world()
    gold = world.data.gold.copy()
    islet = np.flatnonzero(np.array(world.data.strata["region"]) == "islet")
    gold[islet] = (gold[islet] + 1) % 3
    found = measure_shift(
        predicted=world.predictions.predicted, experiment=world.experiment, **FITTED, progress=no_progress,
        **world.relabelled(gold),
    )["region"]  # fmt: skip
    values = {group["name"]: group["metrics"]["macro_f1"]["value"] for group in found["groups"]}
    assert min(values, key=lambda name: values[name]) == "other"
    assert found["worst"] != "other"


def test_pooled_groups_are_left_out_in_bundles_no_larger_than_the_others(make_world) -> None:
    """Sixty small groups left out at once would measure the want of labels and not the shift."""
    world = make_world(n_articles=72)
    places = [f"place {int(article) // 2}" if int(article) >= 12 else "large" for article in world.data.articles]
    sizes = []
    found = measure_shift(
        dataclasses.replace(world.data, strata={"conflict": places}), world.shared, world.predictions.predicted,
        world.yardstick, world.experiment, **FITTED, progress=lambda done, total: sizes.append(total),
    )["conflict"]  # fmt: skip
    # 60 articles in groups of two, not more than the large group's 12 at a time: five bundles and the large one.
    # Each has five controls beside it.
    assert sizes[-1] == 6 + 6 * 5
    assert [(group["name"], group["articles"]) for group in found["groups"]] == [("large", 12), ("other", 60)]
    assert found["metrics"]["accuracy"]["value"] is not None


def test_oldest_and_newest_fifth_of_the_articles(make_world) -> None:
    found = shift(make_world())["year"]
    assert [(group["name"], group["articles"]) for group in found["groups"]] == [
        ("newest (from 2009)", 9),
        ("oldest (to 2002)", 9),
    ]


def test_one_group_cannot_be_left_out_and_says_so(make_world) -> None:
    world = make_world()
    one = dataclasses.replace(world.data, strata={"region": ["north"] * len(world.data.ids)})
    found = shift(dataclasses.replace(world, data=one))["region"]
    assert set(found) == {"notes"}
    assert "two groups" in found["notes"][0]


def test_a_group_that_holds_all_of_a_label_is_told_and_passed_over(make_world) -> None:
    world = make_world()
    regions = ["all deeds" if gold == 0 else f"rest {article}" for gold, article in
               zip(world.data.gold, np.array(world.data.articles, dtype=int) % 2, strict=True)]  # fmt: skip
    found = shift(dataclasses.replace(world, data=dataclasses.replace(world.data, strata={"region": regions})))
    assert any("all deeds cannot be left out" in note for note in found["region"]["notes"])


def test_left_out_groups_are_judged_without_their_articles(make_world) -> None:
    """The same scores as a fit by hand without the region."""
    from framing.evaluation.fitting import score
    from framing.evaluation.tuning import tune_and_fit

    world = make_world(regional=0.5)
    regions = np.array(world.data.strata["region"])
    found = shift(world)["region"]["groups"]
    isles = next(group for group in found if group["name"] == "isles")
    rows = np.flatnonzero(regions == "isles")
    fitted = tune_and_fit(world.shared, np.flatnonzero(regions != "isles"), world.experiment, repeat=0, fold=10_000)
    right = (score(world.shared, fitted, rows).argmax(axis=1) == world.data.gold[rows]).mean()
    assert isles["metrics"]["accuracy"]["value"] == pytest.approx(right, abs=1e-6)


def test_controls_learn_from_as_many_articles_and_never_from_the_tested(make_world) -> None:
    from framing.evaluation.cross_validation import Part
    from framing.evaluation.shift import control_parts

    world = make_world()
    groups = world.shared.groups
    rows = np.flatnonzero(np.array(world.data.strata["region"]) == "north")
    left_out = Part(0, 10_000, np.flatnonzero(~np.isin(groups, groups[rows])), rows)
    controls = control_parts(world.shared, left_out, seed=3)
    assert sorted(np.concatenate([part.test for part in controls])) == sorted(rows)
    for part in controls:
        assert len(np.unique(groups[part.train])) == len(np.unique(groups[left_out.train]))
        assert set(groups[part.train]).isdisjoint(groups[part.test])
        # Articles of the group itself train, but for those that are tested.
        assert set(groups[part.train]) & set(groups[rows])


def test_the_want_of_labels_is_no_shift(make_world) -> None:
    """Half of the articles left out costs something anywhere; against as few articles of all kinds it costs nothing."""
    world = make_world(n_articles=48, own=0.5)
    halves = ["one" if int(article) % 2 else "other half" for article in world.data.articles]
    found = shift(dataclasses.replace(world, data=dataclasses.replace(world.data, strata={"half": halves})))["half"]
    assert all(group["training_articles"] == [24] for group in found["groups"])
    assert abs(found["drop"]["macro_f1"]["value"]) < 0.1
    assert found["drop"]["macro_f1"]["low"] < 0 < found["drop"]["macro_f1"]["high"]


def test_a_value_that_is_called_like_the_pool_keeps_its_place(make_world) -> None:
    world = make_world()
    names = [
        "other" if int(article) < 10 else "rest" if int(article) < 34 else "few" for article in world.data.articles
    ]
    found = shift(dataclasses.replace(world, data=dataclasses.replace(world.data, strata={"outlet": names})))["outlet"]
    assert [(group["name"], group["articles"], group["pooled"]) for group in found["groups"]] == [
        ("other", 10, []),
        ("rest", 24, []),
        ("other", 2, ["few"]),
    ]


def test_a_label_that_a_group_hardly_has_does_not_make_it_the_worst(make_world) -> None:
    world = make_world(n_articles=72)
    gold = world.data.gold.copy()
    isles = np.flatnonzero(np.array(world.data.strata["region"]) == "isles")
    gold[isles] = np.where(gold[isles] == 2, 0, gold[isles])
    gold[isles[0]] = 2
    found = measure_shift(
        predicted=world.predictions.predicted, experiment=world.experiment, **FITTED, progress=no_progress,
        **world.relabelled(gold),
    )["region"]  # fmt: skip
    [entry] = [group for group in found["groups"] if group["name"] == "isles"]
    assert entry["gold"]["rest"] == 1
    assert entry["macro_f1_of_present_labels"]["value"] > entry["metrics"]["macro_f1"]["value"]
