import copy
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact, load
from framing.codebook import of_labels
from framing.evaluation.wording import interval
from framing.report.document import Figure, ReportSource
from framing.report.drawing import marks_of
from framing.report.matrix_figures import DARKEST, confusion_figure, disagreement_figure

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def artifact(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


def confusion_of(artifact: Artifact, counts: list[list[float]]) -> Figure:
    labels = [f"label {place:02}" for place in range(len(counts))]
    evaluation = {"confusion": {"labels": labels, "rows_are": "gold", "mean_over_repeats": counts}}
    figure = confusion_figure(ReportSource(replace(artifact, codebook=of_labels("any", labels), evaluation=evaluation)))
    assert figure is not None
    return figure


def paths(figure: Figure, colour: str) -> list[ET.Element]:
    return [element for element in ET.fromstring(figure.svg).iter(f"{SVG}path") if element.get("class") == colour]


def texts(figure: Figure) -> list[str]:
    return [element.text or "" for element in ET.fromstring(figure.svg).iter(f"{SVG}text")]


def test_shade_and_number_are_the_share_of_the_row(artifact: Artifact) -> None:
    figure = confusion_of(artifact, [[30, 10], [0, 20]])
    assert figure.table.rows == (("label 00", "30 (.75)", "10 (.25)", "40"), ("label 01", "0 (.00)", "20 (1.00)", "20"))
    shades = [
        float(str(element.get("fill-opacity", 1))) for element in paths(figure, "ink") if element.get("stroke") is None
    ]
    assert shades == pytest.approx([0.75 * DARKEST, 0.25 * DARKEST, 0, DARKEST], abs=0.001)
    assert [text for text in texts(figure) if text in {".75", ".25", ".00", "1.00"}] == [".75", ".25", ".00", "1.00"]
    assert "label 00 taken for label 01: 10 of 40 gold paragraphs, .25" in figure.finding


def test_no_confusion_is_said(artifact: Artifact) -> None:
    assert (
        confusion_of(artifact, [[3, 0], [0, 2]]).finding == "Every paragraph of every label was given its gold label."
    )
    assert confusion_of(artifact, [[0, 0], [0, 0]]).finding == "No label has gold paragraphs."


def test_a_label_without_gold_has_no_shares(artifact: Artifact) -> None:
    figure = confusion_of(artifact, [[1, 1], [0, 0]])
    assert figure.table.rows[1] == ("label 01", "0 (-)", "0 (-)", "0")


@pytest.mark.parametrize("size", [2, 5, 9, 14, 40])
def test_any_number_of_labels_fits(artifact: Artifact, size: int) -> None:
    figure = confusion_of(artifact, [[float(row == column) + 1 for column in range(size)] for row in range(size)])
    assert len(figure.table.rows) == size
    shown = figure.svg.count(f"{2 / (size + 1):.2f}".removeprefix("0"))
    # Where the cells are too small for figures, the table alone has them.
    assert shown >= size if size <= 9 else True
    assert ("the shares are in the table" in figure.description) == (size > 14)


def test_rows_and_columns_bear_the_labels_marks(artifact: Artifact) -> None:
    figure = confusion_figure(ReportSource(artifact))
    assert figure is not None
    for _, colour in marks_of(artifact.codebook).values():
        assert len(paths(figure, colour)) == 2


def test_pairs_of_coders(artifact: Artifact) -> None:
    source = ReportSource(artifact)
    figure = disagreement_figure(source)
    assert figure is not None
    consistency = source.evaluation["consistency"]
    assert len(figure.table.rows) == len(consistency["pairs"])
    best = max(consistency["pairs"], key=lambda pair: pair["first_second"]["krippendorff_alpha"]["value"])
    assert figure.table.rows[0][0] == f"{best['first']}, {best['second']}"
    assert interval(best["first_second"]["krippendorff_alpha"]) in figure.finding
    assert figure.title == "Consistency of programs, pair by pair"
    assert consistency["statement"] in figure.description


def test_persons_agree(artifact: Artifact) -> None:
    evaluation: dict[str, Any] = {"consistency": copy.deepcopy(ReportSource(artifact).evaluation["consistency"])}
    for coder in evaluation["consistency"]["coders"].values():
        coder["kind"] = "person"
    evaluation["consistency"]["pairs"] = evaluation["consistency"]["pairs"][:1]
    figure = disagreement_figure(ReportSource(replace(artifact, evaluation=evaluation)))
    assert figure is not None
    assert figure.title.startswith("Agreement of coders")
    assert figure.finding.startswith("Alpha between lm-a and lm-b is .969")


def test_of_many_pairs_the_lowest_are_drawn(artifact: Artifact) -> None:
    evaluation: dict[str, Any] = {"consistency": copy.deepcopy(ReportSource(artifact).evaluation["consistency"])}
    evaluation["consistency"]["pairs"] *= 10
    figure = disagreement_figure(ReportSource(replace(artifact, evaluation=evaluation)))
    assert figure is not None
    assert len(figure.table.rows) == 50
    assert "40 lowest of 50" in figure.description


@pytest.mark.parametrize("consistency", [None, {"pairs": None, "note": "one coder"}, {"pairs": []}])
def test_without_pairs_there_is_nothing(artifact: Artifact, consistency: Any) -> None:
    assert disagreement_figure(ReportSource(replace(artifact, evaluation={"consistency": consistency}))) is None
