"""Figures of curves: reliability, risk against coverage, and learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framing.evaluation.wording import decimals, interval
from framing.report.display import shown
from framing.report.document import Figure, ReportSource, Table
from framing.report.dot_plot import draw_key, told
from framing.report.drawing import (
    DASHES,
    SMALL,
    WIDTH,
    Drawing,
    Place,
    Scale,
    logarithmic_ticks,
    round_bounds,
    ticks,
)
from framing.report.plane import Plane, draw_plane
from framing.report.reliability_figures import label_reliability_figure, reliability_figure

__all__ = ["label_reliability_figure", "learning_curve_figure", "reliability_figure", "risk_coverage_figure"]

FIFTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)
STEPS = 60


def risk_coverage_figure(source: ReportSource) -> Figure | None:
    """Draw the share wrong among the paragraphs that the model is surest of, by how many of them are kept."""
    selective = source.evaluation.get("selective")
    if not selective or "curve" not in selective:
        return None
    curve = [point for point in selective["curve"] if point["risk"]["value"] is not None]
    wanted = 1 - selective["wanted_accuracy"]
    kept, wrong = selective["kept"], _turned(selective["accuracy_of_kept"])
    title = "Risk against coverage"
    description = (
        "Across, the share of the paragraphs that is kept, those with the largest probability first; up, the share of "
        "the kept ones that is wrong, with its 95% interval as a band. Dashed, the wanted risk. Diamond, with both its "
        "intervals: what thresholds set on the other folds keep, and how often that is wrong."
    )
    drawing = Drawing("risk-coverage", title, description, source.artifact.codebook)
    figures = [point["risk"][key] for point in curve for key in ("value", "high")]
    high = round_bounds([0.0, wanted, *(figure for figure in [*figures, wrong["high"]] if figure is not None)])[1]
    plane = Plane(Scale(0, 1, 46, WIDTH - 20), Scale(0, high, 320, 38))
    draw_plane(drawing, plane, FIFTHS, ticks(0, high), titles=("Share of paragraphs kept", "Share of the kept wrong"))
    banded = [point for point in curve if point["risk"]["low"] is not None]
    lower = [plane(point["coverage"], point["risk"]["low"]) for point in banded]
    upper = [plane(point["coverage"], point["risk"]["high"]) for point in banded]
    drawing.area([*upper, *reversed(lower)], colour="model", opacity=0.18)
    drawing.line(plane(0, wanted), plane(1, wanted), colour="quiet", width=1.4, dashes=DASHES)
    wanted_words = f"wanted risk {decimals(wanted, 2)}"
    drawing.text(plane.x(1), plane.y(wanted) + 16, wanted_words, colour="quiet", anchor="end", size=SMALL)
    drawing.curve([plane(point["coverage"], point["risk"]["value"]) for point in curve], colour="model")
    _draw_cross(drawing, plane, kept, wrong)
    table = Table(
        columns=("Kept", "Share wrong of the kept [95%]"),
        rows=(
            *((decimals(point["coverage"], 2), interval(point["risk"])) for point in selective["curve"]),
            (f"{interval(kept)}, by thresholds set on other folds", interval(wrong)),
            ("wanted", decimals(wanted, 2)),
        ),
        numeric=(True, True),
        caption=f"Area under the curve {interval(selective['aurc'])}.",
    )
    finding = _of_thresholds(selective, wrong)
    return Figure("risk-coverage", title, description, finding, drawing.svg(364), table)


def _of_thresholds(selective: Mapping[str, Any], wrong: Mapping[str, float | None]) -> str:
    said = (
        f"Wanting {selective['wanted_accuracy']:.0%} right, thresholds set on other folds keep "
        f"{told(selective['kept'])} of the paragraphs"
    )
    if wrong["value"] is not None:
        said += f", of which {interval(wrong)} are wrong"
    everything = [point["risk"] for point in selective["curve"] if point["coverage"] == 1]
    if everything and everything[0]["value"] is not None:
        said += f"; with all of them kept, {interval(everything[0])} are"
    return f"{said}."


def _turned(accuracy: Mapping[str, float | None]) -> dict[str, float | None]:
    """Turn a share right into the share wrong."""
    value, low, high = (accuracy[key] for key in ("value", "low", "high"))
    return {
        "value": None if value is None else 1 - value,
        "low": None if high is None else 1 - high,
        "high": None if low is None else 1 - low,
    }


def _draw_cross(
    drawing: Drawing, plane: Plane, across: Mapping[str, float | None], up: Mapping[str, float | None]
) -> None:
    x, y = across["value"], up["value"]
    if x is None or y is None:
        return
    if across["low"] is not None and across["high"] is not None:
        drawing.line(plane(across["low"], y), plane(across["high"], y), colour="coder", width=2)
    if up["low"] is not None and up["high"] is not None:
        drawing.line(plane(x, up["low"]), plane(x, up["high"]), colour="coder", width=2)
    drawing.mark("◆", *plane(x, y), colour="coder")
    # Under the curve, where there is room.
    low = plane.y(y if up["low"] is None else up["low"])
    left = x < 0.65
    drawing.text(
        plane.x(x) + (6 if left else -6),
        min(low, plane.y(0) - 22) + 16,
        "thresholds of other folds",
        colour="coder",
        anchor="start" if left else "end",
        size=SMALL,
    )


def learning_curve_figure(source: ReportSource) -> Figure | None:
    """Draw macro-F1 by the number of training articles, the power law through it, and what the law says beyond."""
    curve = source.evaluation.get("learning_curve")
    if not curve or not curve.get("points"):
        return None
    points, law = curve["points"], curve["power_law"]
    ahead = law.get("ahead", [])
    unit = (
        "texts"
        if source.evaluation["protocol"]["articles"] == source.evaluation["protocol"]["paragraphs"]
        else "articles"
    )
    title = "Macro-F1 by the number of training articles".replace("articles", unit)
    description = (
        f"Across, {unit} learnt from, on a logarithmic scale; up, macro-F1 on the same test folds, with 95% intervals. "
        "Discs are measured."
    )
    if ahead:
        description += (
            " The line is a power law of the error fitted to them, dashed beyond the data; rings stand where it is "
            "read off. Whether the curve keeps to the law is in no interval."
        )
    drawing = Drawing("learning-curve", title, description, source.artifact.codebook)
    plane = _plane_of(points, ahead)
    up = ticks(plane.y.low, plane.y.high)
    draw_plane(
        drawing,
        plane,
        logarithmic_ticks(plane.x.low, plane.x.high),
        up,
        titles=(f"Training {unit}, logarithmic scale", "Macro-F1"),
    )
    if ahead:
        largest = points[-1]["articles"]
        drawing.curve(_law(law, plane, points[0]["articles"], largest), colour="model", width=1.5)
        drawing.curve(_law(law, plane, largest, ahead[-1]["articles"]), colour="model", width=1.5, dashes=DASHES)
    for mark, entries in (("●", points), ("○", ahead)):
        for point in entries:
            _draw_point(drawing, plane, point, mark)
    key = [("●", "model", "measured"), *([("○", "model", "by the power law")] if ahead else [])]
    end = draw_key(drawing, key, 384, start=46)
    table = Table(
        columns=(f"Training {unit}", "Training paragraphs", "Macro-F1 [95%]", "How"),
        rows=(
            *((f"{point['articles']:,.0f}", f"{point['paragraphs']:,.0f}", interval(point["macro_f1"]), "measured")
              for point in points),
            *((f"{point['articles']:,.0f}", "", interval(point["macro_f1"]), "by the power law") for point in ahead),
        ),
        numeric=(True, True, True, False),
        caption=_caption(law),
    )  # fmt: skip
    return Figure("learning-curve", title, description, _of_curve(points, law, unit), drawing.svg(end), table)


def _plane_of(points: Sequence[Mapping[str, Any]], ahead: Sequence[Mapping[str, Any]]) -> Plane:
    everything = [*points, *ahead]
    figures = [value for point in everything for value in point["macro_f1"].values() if value is not None]
    sizes = [point["articles"] for point in everything]
    low, high = round_bounds(figures)
    # A margin at both ends, so that no interval stands on the frame.
    return Plane(
        Scale(max(min(sizes), 0.5) / 1.25, max(*sizes, 1) * 1.25, 46, WIDTH - 20, logarithmic=True),
        Scale(max(low, 0.0), max(high, 0.1), 320, 38),
    )


def _law(law: Mapping[str, float], plane: Plane, start: float, end: float) -> list[Place]:
    """Follow the law between two numbers of articles, in equal steps of the scale."""
    if start <= 0 or end <= start:
        return []
    sizes = [start * (end / start) ** (step / STEPS) for step in range(STEPS + 1)]
    return [plane(size, 1 - law["a"] - law["b"] * size ** -law["c"]) for size in sizes]


def _draw_point(drawing: Drawing, plane: Plane, point: Mapping[str, Any], mark: str) -> None:
    figure, articles = point["macro_f1"], point["articles"]
    if figure["low"] is not None and figure["high"] is not None:
        drawing.line(plane(articles, figure["low"]), plane(articles, figure["high"]), colour="model", width=1.6)
    if figure["value"] is not None:
        drawing.mark(mark, *plane(articles, figure["value"]), colour="model", radius=5.5)


def _caption(law: Mapping[str, Any]) -> str:
    if "a" not in law:
        return f"No power law: {shown(law['note'])}." if law.get("note") else ""
    bound = " The fit lies at a bound of the law." if law["at_a_bound"] else ""
    return f"Law: 1 less macro-F1 = {law['a']:.3f} + {law['b']:.3f} n^-{law['c']:.3f}.{bound}"


def _of_curve(points: Sequence[Mapping[str, Any]], law: Mapping[str, Any], unit: str) -> str:
    first, last = points[0], points[-1]
    if last["macro_f1"]["value"] is None:
        return f"Macro-F1 with {last['articles']:,.0f} training {unit} is not defined."
    said = f"Macro-F1 is {told(last['macro_f1'])} with {last['articles']:,.0f} training {unit}"
    if first is not last:
        said = (
            f"Macro-F1 goes from {told(first['macro_f1'])} with {first['articles']:,.0f} training {unit} to "
            f"{told(last['macro_f1'])} with {last['articles']:,.0f}"
        )
    if law.get("ahead"):
        ahead = law["ahead"][-1]
        said += f"; a power law puts it at {told(ahead['macro_f1'])} with {ahead['articles']:,.0f}"
    return f"{said}."
