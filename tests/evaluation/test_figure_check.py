from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.evaluation.figure_check import Difference, check_figures

KEPT = {
    "metrics": {"accuracy": {"value": 0.651, "low": 0.61, "high": None}},
    "folds": [{"C": 2.0, "accuracy": 0.7, "tried": [{"figure": -1.0}]}],
    "shift": {"region": {"worst": "North", "predicted": [0, 1, 2]}},
    "label_issues": {"ranked": [{"paragraph": "a:0", "evidence": {"gold": [["wells", 0.2]]}}]},
    "protocol": {"experiment": {"seed": 1}, "seed": 1},
    "baselines": {"x": {"note": "not installed"}},
    "consistency": {"note": None},
}  # fmt: skip

KEYS = st.text("abc", min_size=1, max_size=2)
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | st.text(max_size=3)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


def test_figures_are_counted_once_and_single_predictions_not() -> None:
    found = check_figures(KEPT, copy.deepcopy(KEPT), refitted=False)
    # Two of accuracy, the fold's, the seed.
    assert (found.figures, found.of_models, found.differences) == (4, 3, ())
    assert check_figures(KEPT, KEPT, refitted=True).figures == 7


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("metrics", "accuracy", "value"), 0.651002),
        (("metrics", "accuracy", "high"), 0.7),
        (("metrics", "accuracy", "low"), None),
        (("metrics", "accuracy", "low"), "0.61"),
        (("metrics", "accuracy", "low"), float("nan")),
        (("shift", "region", "worst"), "South"),
        (("shift", "region", "predicted"), [0, 1, 1]),
        (("shift", "region", "predicted"), [0, 1]),
        (("protocol", "seed"), True),
        (("consistency", "note"), {}),
        # A note hides what was measured.
        (("consistency", "note"), "too few"),
        (("baselines", "x", "note"), None),
    ],
)
def test_what_differs_is_named(keys: tuple, value) -> None:
    again = copy.deepcopy(KEPT)
    inner = again
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    [difference] = check_figures(KEPT, again, refitted=False).differences
    assert difference.place.startswith(".".join(keys))


def test_rounding_the_settings_and_reasons_are_no_differences() -> None:
    again = copy.deepcopy(KEPT)
    again["metrics"]["accuracy"]["value"] = 0.651001
    again["protocol"]["experiment"]["seed"] = 2
    again["baselines"]["x"]["note"] = "installed"
    again["folds"][0]["C"] = 4.0
    again["label_issues"]["ranked"][0]["evidence"]["gold"][0] = ["school", 0.3]
    assert check_figures(KEPT, again, refitted=False).differences == ()
    refitted = check_figures(KEPT, again, refitted=True).differences
    assert [difference.place for difference in refitted] == [
        "folds.0.C", "label_issues.ranked.0.evidence.gold.0.0", "label_issues.ranked.0.evidence.gold.0.1",
    ]  # fmt: skip


def test_the_kept_order_comes_first_and_what_is_new_last() -> None:
    found = check_figures({"b": 1, "a": 2}, {"a": 3, "c": 4}, refitted=False)
    assert found.differences == (Difference("b", 1, None), Difference("a", 2, 3), Difference("c", None, 4))


@given(st.dictionaries(KEYS, TREES, max_size=4))
def test_everything_agrees_with_itself_and_with_nothing_else(tree: dict) -> None:
    found = check_figures(tree, copy.deepcopy(tree), refitted=True)
    assert found.differences == ()
    assert check_figures(tree, {}, refitted=True).figures == found.figures
