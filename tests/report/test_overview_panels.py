from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from framing.report.overview_panels import DrawnLabel, Row, cells_panel, counts_panel, period_panel
from framing.report.small_panel import WIDTH

LABEL = DrawnLabel(0, "First", "■", "frame-0")
# A digit at the size of the drawing, in wide fonts.
DIGIT = 6.7


def spans(svg: str, names: list[str]) -> list[tuple[float, float]]:
    """Tell from where to where each period's name goes, by its anchor."""
    found = []
    for text in ET.fromstring(svg).iter("text"):
        if text.text in names:
            wide = DIGIT * len(text.text)
            before = {"start": 0.0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "start")]
            found.append((float(text.get("x", "")) - before, float(text.get("x", "")) - before + wide))
    return sorted(found)


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 8, 12, 24])
def test_names_of_periods_do_not_run_into_one_another(number: int) -> None:
    names = [f"{2023 + month // 12}-{month % 12 + 1:02d}" for month in range(number)]
    rows = [Row(name, (30, 10)) for name in names]
    cells = [[(30, 10)] * number] * 2
    for panel in (
        period_panel(LABEL, rows, 1.0), counts_panel(rows), cells_panel(LABEL, ["one", "other"], names, cells)
    ):  # fmt: skip
        drawn = spans(panel.svg(), names)
        assert len(drawn) >= 2
        assert all(one[1] < other[0] for one, other in pairwise(drawn)), drawn
        assert drawn[0][0] >= 0
        assert drawn[-1][1] <= WIDTH


def test_a_period_stands_under_its_bar_where_there_is_room() -> None:
    names = ["2023-01", "2023-02", "2023-03"]
    svg = ET.fromstring(counts_panel([Row(name, (5, 1)) for name in names]).svg())
    places = {text.text: (text.get("x"), text.get("text-anchor")) for text in svg.iter("text") if text.text in names}
    assert {anchor for _, anchor in places.values()} == {"middle"}
    counted = [text.get("x") for text in svg.iter("text") if text.text == "6"]
    assert counted == [x for x, _ in places.values()]
