from __future__ import annotations

import pytest

from framing.report.cutting import MOST_ROWS, cut, cut_figure
from framing.report.document import Figure, Heading, Section, Table, Text


def table(rows: int, caption: str = "Groups.") -> Table:
    return Table(("name", "figure"), tuple((f"group {row}", ".5") for row in range(rows)), (False, True), caption)


def figure(rows: int) -> Figure:
    return Figure("shift", "Shift", "Dots.", "It falls.", "<svg/>", table(rows))


@pytest.mark.parametrize("rows", [0, 1, MOST_ROWS])
def test_what_fits_stays_as_it_is(rows: int) -> None:
    section = Section("shift", "Shift", "Does it carry?", (Heading("Groups"), table(rows), figure(rows), Text("Yes.")))
    assert cut(section) == section
    assert cut_figure(figure(rows)) == figure(rows)


def test_long_tables_are_cut_to_their_first_rows_and_say_so() -> None:
    long = MOST_ROWS + 1_234
    section = cut(Section("shift", "Shift", "Does it carry?", (table(long), figure(long), Text("Yes."))))
    of_table, of_figure, text = section.blocks
    assert text == Text("Yes.")
    assert isinstance(of_table, Table)
    assert isinstance(of_figure, Figure)
    for found in (of_table, of_figure.table):
        assert found.rows == table(long).rows[:MOST_ROWS]
        assert found.caption == f"Groups. The first {MOST_ROWS} of {long:,} rows; evaluation.json has all"
    assert of_figure.svg == figure(long).svg


def test_a_table_without_a_caption_gets_one_when_it_is_cut() -> None:
    [found] = cut(Section("a", "A", "?", (table(MOST_ROWS + 1, ""),))).blocks
    assert isinstance(found, Table)
    assert found.caption == f"The first {MOST_ROWS} of {MOST_ROWS + 1} rows; evaluation.json has all"
