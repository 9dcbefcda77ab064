from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from framing.evaluation.cross_validation import fitting, no_progress
from framing.evaluation.learning_curve import measure_learning_curve


def curve(world, **evaluation):
    experiment = dataclasses.replace(
        world.experiment, evaluation=dataclasses.replace(world.experiment.evaluation, **evaluation)
    )
    settings = {"judge": fitting(1), "progress": no_progress}
    return measure_learning_curve(world.shared, world.predictions, world.yardstick, experiment, **settings)


def test_shares_are_of_articles_and_the_last_point_is_the_main_figure(make_world) -> None:
    world = make_world(n_articles=72, regional=0.5)
    found = curve(world, curve=(0.25, 0.5, 1.0))
    assert [point["articles"] for point in found["points"]] == [12, 24, 48]
    whole = world.yardstick.of_labels(world.predictions.predicted)
    assert found["points"][-1]["macro_f1"] == whole["macro_f1"]
    assert found["points"][0]["macro_f1"]["value"] < found["points"][-1]["macro_f1"]["value"]


def test_the_curve_is_carried_on_with_intervals(make_world) -> None:
    law = curve(make_world(n_articles=72, regional=0.3, own=0.4, seed=1), curve=(0.25, 0.5, 1.0))["power_law"]
    assert [ahead["articles"] for ahead in law["ahead"]] == [72, 144, 288]
    values = [ahead["macro_f1"]["value"] for ahead in law["ahead"]]
    assert values == sorted(values)
    for ahead in law["ahead"]:
        assert ahead["macro_f1"]["low"] <= ahead["macro_f1"]["value"] <= ahead["macro_f1"]["high"]
    more = law["more_articles_for_gain"]
    assert more["low"] < more["value"]
    # Some draws of the curve level off before, so that no number of articles is enough: the interval is open above.
    assert law["draws_that_never_gain"] > 0.025
    assert more["high"] is None
    # By the law itself, so many more articles gain just so much.
    error = {n: law["a"] + law["b"] * n ** -law["c"] for n in (72, 72 + more["value"])}
    assert error[72] - error[72 + more["value"]] == pytest.approx(law["gain"], abs=0.002)


def test_a_share_too_small_to_tune_on_is_left_out_with_a_note(make_world) -> None:
    found = curve(make_world(), curve=(0.05, 0.5, 1.0))
    assert [point["share"] for point in found["points"]] == [0.5, 1.0]
    assert "0.05" in found["notes"][0]
    assert set(found["power_law"]) == {"note"}


def test_smaller_shares_stand_within_larger_ones_and_leave_the_test_part_alone(make_world) -> None:
    from framing.evaluation.cross_validation import OwnRecipe
    from framing.evaluation.learning_curve import _order, _smaller

    world = make_world()
    part = world.predictions.parts[0]
    order = _order(part, [0.25, 0.5], OwnRecipe(world.shared, world.experiment))
    quarter, half = (_smaller(part, order, share, 0, world.shared) for share in (0.25, 0.5))
    assert set(quarter.train) < set(half.train) < set(part.train)
    assert np.array_equal(quarter.test, part.test)
    groups = world.shared.groups
    # Whole articles only.
    assert set(groups[half.train]).isdisjoint(groups[np.setdiff1d(part.train, half.train)])
