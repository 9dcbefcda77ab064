"""Tables and figures as the terminal shows them."""

from __future__ import annotations

from rich.table import Table


def plain_table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in headings:
        whole = heading.endswith(("F1", "loss", "by"))
        table.add_column(heading, overflow="fold", no_wrap=whole, min_width=None if table.columns else 12)
    return table


def interval(figure: dict[str, float | None], digits: int = 3, *, signed: bool = False) -> str:
    """Write a figure with its interval, for a console that reads markup."""
    value, low, high = (decimals(figure[key], digits, signed=signed) for key in ("value", "low", "high"))
    return value if figure["low"] is None else f"{value} \\[{low}, {high}]"


def decimals(value: float | None, digits: int = 3, *, signed: bool = False) -> str:
    if value is None:
        return "-"
    sign = "-" if value < 0 else "+" if signed else ""
    return sign + f"{abs(value):.{digits}f}".removeprefix("0")
