"""Tables of a report cut to what a page can hold, and the cut told."""

from __future__ import annotations

from dataclasses import replace

from framing.report.document import Block, Figure, Section, Table

MOST_ROWS = 300


def cut(section: Section) -> Section:
    """Cut the section's tables, and those of its figures, to their first rows, and say so in their captions."""
    return replace(section, blocks=tuple(map(_cut_block, section.blocks)))


def cut_figure(figure: Figure) -> Figure:
    """Cut the table of a figure; see `cut`."""
    return replace(figure, table=_cut_table(figure.table))


def _cut_block(block: Block) -> Block:
    match block:
        case Table():
            return _cut_table(block)
        case Figure():
            return cut_figure(block)
        case _:
            return block


def _cut_table(table: Table) -> Table:
    if len(table.rows) <= MOST_ROWS:
        return table
    told = f"The first {MOST_ROWS} of {len(table.rows):,} rows; evaluation.json has all"
    caption = f"{table.caption.rstrip('.')}. {told}" if table.caption else told
    return replace(table, rows=table.rows[:MOST_ROWS], caption=caption)
