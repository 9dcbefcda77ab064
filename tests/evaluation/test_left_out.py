from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.left_out import paired_left_out

ARTICLES = np.repeat(np.arange(6), 2)
GOLD = np.array([0, 1, 2, 0, -1, 1, 2, 2, 0, 0, 1, 2])
YARDSTICK = Yardstick(GOLD, ArticleBootstrap.over(ARTICLES, 100, 1), n_labels=3, n_frames=2, bins=5)

# Half of the articles only, and the others in part.
FIRST = [0, 1, 1, 0, 0, 1, -1, -1, -1, -1, 2, 2]
SECOND = [0, 1, 2, 0, 0, 0, 2, 2, 0, -1, -1, 2]
BOTH = np.array([True] * 6 + [False] * 5 + [True])

predictions = st.lists(st.integers(-1, 2), min_size=len(GOLD), max_size=len(GOLD))
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.integers(-2, 3)
junk = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=14)
        | st.dictionaries(st.sampled_from(["shift", "region", "predicted"]) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=30,
)


def summary(**strata: Any) -> dict[str, Any]:
    return {"shift": {name: {"predicted": predicted} for name, predicted in strata.items()}}


def test_by_hand() -> None:
    """Judged by both, with gold: of two, two and two paragraphs the second has all but one, the first all but one."""
    found = paired_left_out(summary(region=FIRST), summary(region=SECOND), YARDSTICK)["region"]
    assert found["paragraphs"] == 6
    assert found["a"]["accuracy"]["value"] == pytest.approx(5 / 6, abs=1e-6)
    assert found["b"]["accuracy"]["value"] == pytest.approx(5 / 6, abs=1e-6)
    # Gold 0 1 2 0 1 2; the first says 0 1 1 0 1 2, the second 0 1 2 0 0 2.
    assert found["a"]["macro_f1"]["value"] == pytest.approx((1 + 4 / 5 + 2 / 3) / 3, abs=1e-6)
    assert found["b"]["macro_f1"]["value"] == pytest.approx((4 / 5 + 2 / 3 + 1) / 3, abs=1e-6)
    assert found["b_less_a"]["value"] == 0


@settings(max_examples=30)
@given(predictions, predictions)
def test_the_difference_is_the_yardsticks_on_what_both_judged(one: list[int], other: list[int]) -> None:
    found = paired_left_out(summary(region=one), summary(region=other), YARDSTICK)["region"]
    first, second = np.array([one]), np.array([other])
    within = (first[0] >= 0) & (second[0] >= 0)
    assert found["b_less_a"] == YARDSTICK.difference(second, first, within=within)
    assert found["a"] == YARDSTICK.of_labels(first, within=within)
    assert found["b"] == YARDSTICK.of_labels(second, within=within)
    assert found["paragraphs"] == sum(GOLD[within] >= 0)
    back = paired_left_out(summary(region=other), summary(region=one), YARDSTICK)["region"]
    value = found["b_less_a"]["value"]
    assert back["b_less_a"]["value"] == (None if value is None else pytest.approx(-value))
    assert back["a"] == found["b"]
    json.dumps(found, allow_nan=False)


def test_what_only_one_judged_makes_no_difference() -> None:
    less = [label if both else -1 for label, both in zip(SECOND, BOTH, strict=True)]
    assert less != SECOND
    found, again = (
        paired_left_out(summary(region=FIRST), summary(region=second), YARDSTICK) for second in (SECOND, less)
    )
    assert found == again


def test_only_strata_that_both_measured_are_compared() -> None:
    first, second = summary(region=FIRST, year=FIRST), summary(year=SECOND, conflict=SECOND)
    assert set(paired_left_out(first, second, YARDSTICK)) == {"year"}
    assert paired_left_out(first, {}, YARDSTICK) == {}
    assert paired_left_out({"shift": {"region": {"notes": ["too few articles"]}}}, second, YARDSTICK) == {}


@pytest.mark.parametrize(
    "damaged",
    [
        FIRST[:-1],
        [*FIRST, 0],
        [],
        [3, *FIRST[1:]],
        [-2, *FIRST[1:]],
        [2**80, *FIRST[1:]],
        [True, *FIRST[1:]],
        [0.0, *FIRST[1:]],
        [float("nan"), *FIRST[1:]],
        [None, *FIRST[1:]],
        ["0", *FIRST[1:]],
        [FIRST],
        "011001",
        {"0": FIRST},
        None,
        7,
    ],
)
def test_what_is_no_prediction_of_these_labels_is_left_out(damaged: Any) -> None:
    good = summary(region=FIRST, year=FIRST)
    bad = summary(region=damaged, year=SECOND)
    for first, second in ((good, bad), (bad, good)):
        assert set(paired_left_out(first, second, YARDSTICK)) == {"year"}


@pytest.mark.parametrize("shift", [None, [], "region", 3, {"region": None}, {"region": [FIRST]}, {"region": FIRST}])
def test_a_summary_of_another_make_gives_nothing(shift: Any) -> None:
    assert paired_left_out({"shift": shift}, summary(region=FIRST), YARDSTICK) == {}


@given(junk, junk, st.sampled_from(["summary", "shift", "region", "predicted"]))
def test_no_summary_raises(first: Any, second: Any, at: str) -> None:
    def around(inner: Any) -> dict[str, Any]:
        if at == "summary":
            return inner if isinstance(inner, dict) else {}
        if at == "shift":
            return {"shift": inner}
        return {"shift": {"region": inner if at == "region" else {"predicted": inner}}}

    def usable(inner: Any) -> bool:
        labels = around(inner).get("shift")
        labels = labels.get("region") if isinstance(labels, dict) else None
        labels = labels.get("predicted") if isinstance(labels, dict) else None
        fit = isinstance(labels, list) and [type(label) for label in labels] == [int] * len(GOLD)
        return fit and all(-1 <= label <= 2 for label in labels)

    for one, other in ((around(first), around(second)), (around(first), summary(region=SECOND))):
        found = paired_left_out(one, other, YARDSTICK)
        assert "region" not in found or usable(first)
        json.dumps(found, allow_nan=False)
