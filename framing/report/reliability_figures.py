"""Figures of probabilities against what came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from framing.evaluation.wording import decimals, interval
from framing.report.display import shown
from framing.report.document import Figure, ReportSource, Table
from framing.report.dot_plot import named, shortly, told
from framing.report.drawing import DASHES, SIZE, SMALL, WIDTH, Drawing, Place, Scale, marks_of, text_width, wrapped
from framing.report.plane import Plane, draw_plane

FIFTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)
# A bin with fewer predictions has a hollow mark: its share is mostly chance.
FEW = 50
PANELS = 3


def reliability_figure(source: ReportSource) -> Figure | None:
    """Draw the share right against the largest probability, bin by bin, and how many predictions each bin has."""
    calibration = source.evaluation.get("calibration")
    if not calibration or "bins" not in calibration:
        return None
    bins = calibration["bins"]
    used = [one for one in bins if one["predictions"]]
    title = "Reliability of the probabilities"
    description = (
        "Above, one mark a bin of predictions: across, the mean of their largest probability; up, the share of them "
        "that is right; on the dashed line the two are the same, and under it the model is surer than it is right. "
        f"Hollow marks have under {FEW} predictions, and no line through them. Below, the number of predictions of "
        "each bin, as bars from zero. "
        f"{_whole_sentence(shown(calibration['of']))}"
    )
    drawing = Drawing("reliability", title, description, source.artifact.codebook)
    plane = Plane(Scale(0, 1, 46, WIDTH - 20), Scale(0, 1, 320, 38))
    draw_plane(drawing, plane, FIFTHS, FIFTHS, titles=("", "Share right"))
    _draw_diagonal(drawing, plane)
    # Over the line at its lower end, where a model that is of any use has no bin.
    drawing.text(plane.x(0.32), plane.y(0.34) - 8, "calibrated", colour="quiet", anchor="end", size=SMALL)
    enough = [one for one in used if one["predictions"] >= FEW]
    drawing.curve([_place(plane, one, "share_right") for one in enough], colour="model", width=1.5)
    for one in used:
        drawing.mark("●" if one in enough else "○", *_place(plane, one, "share_right"), colour="model", radius=5.5)
    end = _draw_bars(drawing, bins, plane, 362)
    table = Table(
        columns=("Largest probability", "Predictions", "Mean probability", "Share right"),
        rows=tuple(
            (
                f"{decimals(one['from'], 2)} to {decimals(one['to'], 2)}",
                f"{one['predictions']:,}",
                decimals(one["mean_probability"]),
                decimals(one["share_right"]),
            )
            for one in bins
        ),
        numeric=(False, True, True, True),
        caption=f"All repeats together. {_error(source)}.",
    )
    return Figure("reliability", title, description, _of_bins(source, used), drawing.svg(end), table)


def _whole_sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _of_bins(source: ReportSource, used: Sequence[Mapping[str, Any]]) -> str:
    said = _error(source)
    if not used:
        return f"{said}; no bin has a prediction."
    below = [one for one in used if one["share_right"] < one["mean_probability"]]
    in_use = "the one bin in use" if len(used) == 1 else f"{len(below)} of the {len(used)} bins in use"
    if len(used) == 1 and not below:
        return f"{said}; in {in_use} the share right is no lower than the mean probability."
    return f"{said}; in {in_use} the share right lies below the mean probability."


def _error(source: ReportSource) -> str:
    chance = source.evaluation["calibration"]["expected_of_a_calibrated_model"]
    figure = source.evaluation["metrics"].get("expected_calibration_error")
    error = "not measured" if figure is None else told(figure)
    return f"The expected calibration error is {error}, where chance alone gives a calibrated model {decimals(chance)}"


def _draw_diagonal(drawing: Drawing, plane: Plane) -> None:
    drawing.line(plane(0, 0), plane(1, 1), colour="quiet", width=1.4, dashes=DASHES)


def _draw_bars(drawing: Drawing, bins: Sequence[Mapping[str, Any]], plane: Plane, top: float) -> float:
    """Draw the bins' numbers of predictions as bars under the plane; return where they end."""
    drawing.text(0, top, "Predictions", bold=True)
    most = max((one["predictions"] for one in bins), default=0) or 1
    height = Scale(0, most, 0, 70)
    base = top + 100
    for one in bins:
        left, right = plane.x(one["from"]), plane.x(one["to"])
        tall = height(one["predictions"])
        drawing.rectangle(left + 2, base - tall, right - left - 4, tall, colour="model")
        words = f"{one['predictions']:,}"
        if text_width(words, SMALL) < right - left + 10:
            drawing.text((left + right) / 2, base - tall - 5, words, anchor="middle", size=SMALL)
    drawing.line((plane.x.start, base), (plane.x.end, base), colour="quiet")
    for figure in FIFTHS:
        drawing.text(plane.x(figure), base + 17, f"{decimals(figure, 1)}" if 0 < figure < 1 else f"{figure:g}",
                     colour="quiet", anchor="middle", size=SMALL)  # fmt: skip
    drawing.text(plane.x.end, base + 37, "Largest probability", bold=True, anchor="end")
    return base + 46


def label_reliability_figure(source: ReportSource) -> Figure | None:
    """Draw a small panel for each label: how often it is gold, by the probability that it was given."""
    by_label = (source.evaluation.get("in_use") or {}).get("calibration_by_label")
    if not by_label:
        return None
    codebook = source.artifact.codebook
    looks = marks_of(codebook)
    labels = [label for label in codebook.labels if label in by_label]
    title = "Reliability of each label's probability"
    description = (
        "One panel a label, both scales from 0 to 1: across, the mean probability of the label in a bin of "
        "predictions; up, the share of them whose gold label it is; on the dashed line the two are the same. Small "
        f"marks have under {FEW} predictions, and no line through them. All repeats together, so that a paragraph "
        "counts once in each."
    )
    drawing = Drawing("label-reliability", title, description, codebook)
    panel = (WIDTH - 20 * (PANELS - 1)) / PANELS
    y = 0.0
    for start in range(0, len(labels), PANELS):
        row = labels[start : start + PANELS]
        names = {label: wrapped(named(codebook.title(label)), panel - 20, 2) for label in row}
        top = y + 16 * max(map(len, names.values())) + 10
        for place, label in enumerate(row):
            left = place * (panel + 20)
            drawing.mark(looks[label][0], left + 8, y + 11, colour=looks[label][1])
            for number, line in enumerate(names[label]):
                drawing.text(left + 20, y + 16 + 16 * number, line, size=SIZE)
            _draw_panel(drawing, by_label[label]["bins"], looks[label], left, top)
        y = top + 166
    drawing.text(
        0, y + 4, "Across: the label's probability. Up: share of them that is gold.", colour="quiet", size=SMALL
    )
    y += 14
    table = Table(
        columns=("Label", "Probability", "Predictions", "Mean probability", "Share gold", "Calibration error [95%]"),
        rows=tuple(
            (
                named(codebook.title(label)),
                f"{decimals(low, 2)} to {decimals(high, 2)}",
                f"{one['predictions']:,}",
                decimals(one["mean_probability"]),
                decimals(one["share_gold"]),
                interval(by_label[label]["expected_calibration_error"]),
            )
            for label in labels
            for (low, high), one in zip(_edges(by_label[label]["bins"]), by_label[label]["bins"], strict=True)
        ),
        numeric=(False, False, True, True, True, True),
        caption="The calibration error is the label's own, over all its bins.",
    )
    return Figure("label-reliability", title, description, _of_labels(source, labels), drawing.svg(y), table)


def _draw_panel(
    drawing: Drawing, bins: Sequence[Mapping[str, Any]], look: tuple[str, str], left: float, top: float
) -> None:
    plane = Plane(Scale(0, 1, left + 24, left + 154), Scale(0, 1, top + 130, top))
    draw_plane(drawing, plane, (0, 0.5, 1), (0, 0.5, 1))
    _draw_diagonal(drawing, plane)
    enough = [one for one in bins if one["predictions"] >= FEW]
    drawing.curve([_place(plane, one, "share_gold") for one in enough], colour=look[1], width=1.2)
    for one in bins:
        if one["predictions"]:
            radius = 4.5 if one in enough else 2.5
            drawing.mark(look[0], *_place(plane, one, "share_gold"), colour=look[1], radius=radius)


def _place(plane: Plane, one: Mapping[str, Any], share: str) -> Place:
    return plane(one["mean_probability"], one[share])


def _edges(bins: Sequence[Any]) -> list[tuple[float, float]]:
    return list(pairwise(place / len(bins) for place in range(len(bins) + 1)))


def _of_labels(source: ReportSource, labels: Sequence[str]) -> str:
    by_label = source.evaluation["in_use"]["calibration_by_label"]
    known = [label for label in labels if by_label[label]["expected_calibration_error"]["value"] is not None]
    if not known:
        return "No label's calibration error is defined."
    best, worst = (
        choose(known, key=lambda label: by_label[label]["expected_calibration_error"]["value"]) for choose in (min, max)
    )
    told_worst = told(by_label[worst]["expected_calibration_error"])
    said = f"The calibration error is largest for {shortly(source.artifact.codebook.title(worst))}, {told_worst}"
    if best == worst:
        return f"{said}."
    told_best = told(by_label[best]["expected_calibration_error"])
    return f"{said}, and smallest for {shortly(source.artifact.codebook.title(best))}, {told_best}."
