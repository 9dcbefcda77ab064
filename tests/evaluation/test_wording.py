from __future__ import annotations

import pytest

from framing.evaluation.wording import decimals, interval


@pytest.mark.parametrize(
    ("value", "signed", "told"),
    [
        (0.5144, False, ".514"),
        (-0.0171, True, "-.017"),
        (0.02, True, "+.020"),
        (10.5, True, "+10.500"),
        (None, True, "-"),
    ],
)
def test_a_number_loses_its_leading_zero_and_no_other(value, signed: bool, told: str) -> None:
    assert decimals(value, signed=signed) == told


def test_a_figure_without_an_interval_stands_alone() -> None:
    assert interval({"value": 0.5, "low": 0.25, "high": 0.75}, 2) == ".50 [.25, .75]"
    assert interval({"value": 0.5, "low": None, "high": None}) == ".500"
