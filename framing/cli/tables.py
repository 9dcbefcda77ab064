"""Tables and figures as the terminal shows them."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from framing.evaluation import wording


def plain_table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in headings:
        whole = heading.endswith(("F1", "loss", "by"))
        table.add_column(heading, overflow="fold", no_wrap=whole, min_width=None if table.columns else 12)
    return table


def interval(figure: dict[str, float | None], digits: int = 3, *, signed: bool = False) -> str:
    """Write a figure with its interval, for a console that reads markup."""
    return escape(wording.interval(figure, digits, signed=signed))
