"""Figures of points with intervals: the headline, the frames, the baselines, the folds and the behaviour tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framing.evaluation.wording import decimals, interval
from framing.report.document import Figure, ReportSource, Table
from framing.report.dot_plot import (
    Dot,
    Measured,
    Reference,
    Row,
    alone,
    draw_dot,
    draw_name,
    draw_rows,
    draw_scale,
    enclosing,
    named,
    row_height,
    shortly,
    told,
)
from framing.report.drawing import DOTS, Drawing, Scale, marks_of
from framing.report.headline_figure import headline_figure
from framing.report.shift_figure import shift_figure

__all__ = [
    "baselines_figure",
    "behaviour_figure",
    "folds_figure",
    "headline_figure",
    "per_frame_figure",
    "shift_figure",
]

OF_FRAMES = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


def per_frame_figure(source: ReportSource) -> Figure | None:
    """Draw each label's precision, recall and F1, the best F1 on top."""
    per_frame = source.evaluation.get("per_frame")
    if not per_frame:
        return None
    codebook = source.artifact.codebook
    labels = sorted(codebook.labels, key=lambda label: _falling(per_frame[label]["f1"]["value"]))
    looks = marks_of(codebook)
    title = "Precision, recall and F1 of each label"
    description = (
        "Three panels side by side, each from 0 to 1: precision, the share right among the paragraphs given the label; "
        "recall, the share of the label's gold paragraphs that were given it; F1, their harmonic mean. Lines are 95% "
        "intervals. Labels stand in falling order of F1, with their number of gold paragraphs."
    )
    drawing = Drawing("per-frame", title, description, codebook)
    rows = [
        Row(codebook.title(label), (), note=f"{per_frame[label]['support']:,} gold", look=looks[label])
        for label in labels
    ]
    bottom = 44 + sum(row_height(row) for row in rows)
    scales = {
        key: Scale(0, 1, 164 + 122 * place, 268 + 122 * place)
        for place, key in enumerate(("precision", "recall", "f1"))
    }
    for key, scale in scales.items():
        drawing.text(scale.start, 18, OF_FRAMES[key], bold=True)
        draw_scale(drawing, scale, 30, bottom, most=2)
    y = 36.0
    for label, row in zip(labels, rows, strict=True):
        middle = y + row_height(row) / 2
        draw_name(drawing, row, middle)
        for key, scale in scales.items():
            drawing.line((scale.start, middle), (scale.end, middle), dashes=DOTS)
            draw_dot(drawing, Dot(per_frame[label][key], *looks[label], radius=4), scale, middle)
        y += row_height(row)
    table = Table(
        columns=("Label", "Precision [95%]", "Recall [95%]", "F1 [95%]", "Gold paragraphs"),
        rows=tuple(
            (
                named(codebook.title(label)),
                *(interval(per_frame[label][key]) for key in OF_FRAMES),
                f"{per_frame[label]['support']:,}",
            )
            for label in labels
        ),
        numeric=(False, True, True, True, True),
        caption="Each label against all others, over all paragraphs with gold.",
    )
    return Figure(
        "per-frame", title, description, _of_frames(labels, per_frame, source), drawing.svg(bottom + 24), table
    )


def _of_frames(labels: list[str], per_frame: Mapping[str, Any], source: ReportSource) -> str:
    defined = [label for label in labels if per_frame[label]["f1"]["value"] is not None]
    if not defined:
        return "No label's F1 is defined."
    best, worst = (
        f"{shortly(source.artifact.codebook.title(label))}, {told(per_frame[label]['f1'])}"
        for label in (defined[0], defined[-1])
    )
    undefined = len(labels) - len(defined)
    more = f"; that of {undefined} {'label' if undefined == 1 else 'labels'} is not defined" if undefined else ""
    return f"F1 is highest for {best}, and lowest for {worst}{more}."


def _falling(value: float | None) -> float:
    return 1.0 if value is None else -value


def baselines_figure(source: ReportSource) -> Figure | None:
    """Draw by how much the model is better than each baseline, the closest on top."""
    baselines = source.evaluation.get("baselines") or {}
    run = [baseline for baseline in baselines.values() if "metrics" in baseline]
    if not run:
        return None
    differences = {id(one): one["model_less_baseline"]["macro_f1"]["difference"] for one in run}
    run.sort(key=lambda one: -_falling(differences[id(one)]["value"]))
    rows = [
        Row(one["title"], (Dot(difference, "●", "model"),), told=told(difference, signed=True))
        for one in run
        for difference in (differences[id(one)],)
    ]
    title = "The model's macro-F1 less each baseline's"
    description = (
        "One row a baseline, the strongest on top: the model's macro-F1 less the baseline's on the same paragraphs of "
        "the same folds, with its 95% interval. Right of the dotted line the model is better."
    )
    drawing = Drawing("baselines", title, description, source.artifact.codebook)
    end = draw_rows(
        drawing,
        rows,
        enclosing(rows, 0.0),
        0,
        title="Model less baseline, macro-F1",
        references=[Reference(0, "no difference", "start")],
    )
    table = Table(
        columns=("Baseline", "Macro-F1 [95%]", "Model better by [95%]"),
        rows=(
            *(
                (named(one["title"]), interval(one["metrics"]["macro_f1"]), interval(differences[id(one)], signed=True))
                for one in run
            ),
            *((named(one["title"]), "not run", "not run") for one in baselines.values() if "metrics" not in one),
        ),
        numeric=(False, True, True),
        caption="All from the same folds; the differences are paired, article by article.",
    )
    finding = _of_baselines([(one["title"], differences[id(one)]) for one in run])
    return Figure("baselines", title, description, finding, drawing.svg(end), table)


def _of_baselines(differences: list[tuple[str, Measured]]) -> str:
    defined = [(title, difference) for title, difference in differences if difference["value"] is not None]
    if not defined:
        return "No difference from a baseline is defined."
    better = sum(difference["low"] is not None and difference["low"] > 0 for _, difference in defined)
    which = f"all {better}" if better == len(differences) else f"{better} of the {len(differences)}"
    title, closest = defined[0]
    return (
        f"Better than {which} baselines by an interval without 0; against the closest, {shortly(title)}, macro-F1 "
        f"differs by {interval(closest, signed=True)}."
    )


def folds_figure(source: ReportSource) -> Figure | None:
    """Draw the macro-F1 of every fold, a row for each repeat."""
    folds = source.evaluation.get("folds")
    if not folds:
        return None
    repeats: dict[int, list[dict[str, Any]]] = {}
    for fold in folds:
        repeats.setdefault(fold["repeat"], []).append(fold)
    rows = [
        Row(
            "All folds" if len(repeats) == 1 else f"Repeat {repeat + 1}",
            tuple(Dot(alone(fold["macro_f1"]), "○", "model") for fold in of_repeat),
            told=_span([fold["macro_f1"] for fold in of_repeat]),
        )
        for repeat, of_repeat in sorted(repeats.items())
    ]
    together = source.evaluation["metrics"]["macro_f1"]["value"]
    title = "Macro-F1 of every fold"
    description = (
        "One mark a test fold, one row a repeat of the split; at the end of a row its lowest and its highest fold. The "
        "dotted line is the headline's macro-F1, of all the folds of a repeat together, mean over repeats."
    )
    drawing = Drawing("folds", title, description, source.artifact.codebook)
    references = [] if together is None else [Reference(together, f"all together {decimals(together)}")]
    end = draw_rows(
        drawing,
        rows,
        enclosing(rows, *(reference.value for reference in references)),
        0,
        title="Macro-F1 of a test fold",
        references=references,
        digits=2,
    )
    table = Table(
        columns=("Repeat", "Fold", "Test paragraphs", "Macro-F1"),
        rows=(
            *(
                (str(fold["repeat"] + 1), str(fold["fold"] + 1), f"{fold['test']:,}", decimals(fold["macro_f1"]))
                for fold in folds
            ),
            ("all", "together", "", interval(source.evaluation["metrics"]["macro_f1"])),
        ),
        numeric=(False, False, True, True),
    )
    finding = "No fold's macro-F1 is defined."
    if any(fold["macro_f1"] is not None for fold in folds):
        finding = (
            f"Macro-F1 of the {len(folds)} test folds goes from {_span([fold['macro_f1'] for fold in folds])}; "
            f"all together it is {told(source.evaluation['metrics']['macro_f1'])}."
        )
    return Figure("folds", title, description, finding, drawing.svg(end), table)


def _span(values: list[float | None]) -> str:
    defined = [value for value in values if value is not None]
    return f"{decimals(min(defined))} to {decimals(max(defined))}" if defined else "not defined"


def behaviour_figure(source: ReportSource) -> Figure | None:
    """Draw how often the label flips where it should stay, and what becomes of pairs where it should change."""
    behaviour = source.evaluation.get("behaviour")
    if not behaviour or "invariance" not in behaviour:
        return None
    directional = behaviour["directional"]
    stay, change = directional.get("should_stay"), directional.get("should_change")
    flips = [(one["name"], one["flipped"], f"{one['changed']:,} paragraphs") for one in behaviour["invariance"]]
    flips.sort(key=lambda entry: _falling(entry[1]["value"]))
    if stay:
        flips.append(("pairs that should stay", stay["flipped"], f"{stay['pairs']:,} pairs"))
    turns = []
    if change:
        pairs = f"{change['pairs']:,} pairs"
        turns = [("label stays all the same", change["stayed"], pairs)]
        turns.append(("right on both sides", change["right_on_both_sides"], pairs))
    if not flips and not turns:
        return None
    title = "What the label does when a text is changed"
    description = (
        "Shares with their 95% intervals. Above, texts changed in what is no part of their frame, and how often the "
        "label flips though it should stay: less is better. Below, pairs written so that the label should change: how "
        "often it stays, where less is better, and how often both sides are right, where more is better."
    )
    drawing = Drawing("behaviour", title, description, source.artifact.codebook)
    y = 0.0
    for heading, entries in (
        ("Share whose label flips, though it should stay", flips),
        ("Pairs whose label should change, share of them", turns),
    ):
        if entries:
            rows = [
                Row(name, (Dot(figure, "●", "model"),), told=told(figure), note=note) for name, figure, note in entries
            ]
            y = draw_rows(drawing, rows, enclosing(rows, 0.0), y, title=heading) + 14
    kinds = [("label should stay: flips", entry) for entry in flips]
    kinds += [("label should change", entry) for entry in turns]
    table = Table(
        columns=("Test", "Change", "Texts", "Share [95%]"),
        rows=tuple((kind, named(name), count, interval(figure)) for kind, (name, figure, count) in kinds),
        numeric=(False, False, True, True),
    )
    said = []
    if behaviour["invariance"] and flips[0][1]["value"] is not None:
        name, figure, _ = flips[0]
        said.append(f"the label flips most often under “{shortly(name)}”, in {told(figure)} of the changed paragraphs")
    elif stay and stay["flipped"]["value"] is not None:
        said.append(f"of the pairs whose label should stay {told(stay['flipped'])} flip")
    if change and change["stayed"]["value"] is not None:
        said.append(f"of the pairs whose label should change {told(change['stayed'])} stay")
    finding = "; ".join(said or ["no share is defined"]) + "."
    return Figure("behaviour", title, description, finding[0].upper() + finding[1:], drawing.svg(y), table)
