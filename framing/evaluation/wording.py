"""A figure with its interval in words, the same wherever one is shown."""

from __future__ import annotations

from collections.abc import Mapping


def interval(figure: Mapping[str, float | None], digits: int = 3, *, signed: bool = False) -> str:
    """Write a figure of an evaluation with its interval: .514 [.488, .539]."""
    value, low, high = (decimals(figure[key], digits, signed=signed) for key in ("value", "low", "high"))
    return value if figure["low"] is None else f"{value} [{low}, {high}]"


def decimals(value: float | None, digits: int = 3, *, signed: bool = False) -> str:
    """Write a number without a leading zero; a dash for one that is not defined."""
    if value is None:
        return "-"
    sign = "-" if value < 0 else "+" if signed else ""
    return sign + f"{abs(value):.{digits}f}".removeprefix("0")
