"""The figure of the first screen: the model beside its baselines, and agreement on a scale of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framing.evaluation.wording import interval
from framing.report.display import shown
from framing.report.document import Figure, ReportSource, Table
from framing.report.dot_plot import Dot, Reference, Row, draw_rows, enclosing, named, shortly, told
from framing.report.drawing import Drawing

MOST_BASELINES = 2
MOST_CODERS = 12
# Krippendorff (2004, Content Analysis, chapter 11): firm conclusions from the one on, tentative from the other on.
FIRM, TENTATIVE = 0.8, 0.667


def headline_figure(source: ReportSource) -> Figure | None:
    """Draw the model's macro-F1 beside baselines', and apart from it the agreement of coders and model.

    None without a macro-F1 entry. Macro-F1 and alpha are different scales, so they never share one.
    """
    evaluation = source.evaluation
    if "macro_f1" not in evaluation.get("metrics", {}):
        return None
    entries = _macro_f1(evaluation)
    agreement = _agreement(evaluation)
    title = "The model beside its baselines"
    description = (
        "Macro-F1, the mean of the labels' F1, from 0 to 1, with 95% intervals: the model as a disc, baselines of the "
        "same folds as hollow squares."
    )
    if agreement:
        title += ", and the agreement of its coders"
        description += (
            f" Below, on a scale of its own, Krippendorff's alpha, where 0 is chance: {_among(evaluation)} as "
            "diamonds, the model with each coder as discs, and as rings with coders who were only asked where others "
            "differ. The two scales cannot be compared. Dotted lines: Krippendorff's bounds for firm and for tentative "
            f"conclusions. {evaluation['consistency']['statement']}"
        )
        if len(agreement) > MOST_CODERS + 1:
            description += f" Drawn are the {MOST_CODERS} coders closest to the model; the table has all."
    description = shown(description)
    drawing = Drawing("headline", title, description, source.artifact.codebook)
    rows = [
        Row(name, (Dot(figure, mark, colour),), told=told(figure), bold=colour == "model")
        for name, figure, mark, colour in entries
    ]
    end = draw_rows(drawing, rows, (0.0, 1.0), 0, title="Macro-F1")
    if agreement:
        rows = [
            Row(name, (Dot(figure, mark, colour),), told=told(figure), note=note)
            for name, figure, mark, colour, note in agreement[: MOST_CODERS + 1]
        ]
        end = draw_rows(
            drawing,
            rows,
            (enclosing(rows, 0.0, 1.0)[0], 1.0),
            end + 12,
            title=f"{_kind(evaluation)}: Krippendorff's alpha, another scale",
            references=[
                Reference(TENTATIVE, "tentative .667", "end"),
                Reference(FIRM, "firm .80", "start"),
            ],
        )
    table = Table(
        columns=("Figure", "Of", "Value [95%]"),
        rows=(
            *(("Macro-F1", named(name), interval(figure)) for name, figure, _, _ in entries),
            *(
                (
                    "Macro-F1, model less baseline",
                    named(best["title"]),
                    interval(best["model_less_baseline"]["macro_f1"]["difference"], signed=True),
                )
                for _, best in _best_first(evaluation)[:1]
            ),
            *(
                ("Krippendorff's alpha", f"{named(name)}{f' ({note})' if note else ''}", interval(figure))
                for name, figure, _, _, note in agreement
            ),
        ),
        numeric=(False, False, True),
        caption="Krippendorff's bounds: .667 for tentative, .80 for firm conclusions." if agreement else "",
    )
    return Figure("headline", title, description, _finding(evaluation), drawing.svg(end), table)


def _best_first(evaluation: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    run = [
        (key, baseline)
        for key, baseline in (evaluation.get("baselines") or {}).items()
        if "metrics" in baseline and baseline["metrics"]["macro_f1"]["value"] is not None
    ]
    return sorted(run, key=lambda entry: -entry[1]["metrics"]["macro_f1"]["value"])


def _macro_f1(evaluation: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str, str]]:
    """List the model, the best baselines, and the one that always says the most frequent label."""
    ranked = _best_first(evaluation)
    chosen = [baseline for place, (key, baseline) in enumerate(ranked) if place < MOST_BASELINES or key == "majority"]
    return [
        ("This model", evaluation["metrics"]["macro_f1"], "●", "model"),
        *((baseline["title"], baseline["metrics"]["macro_f1"], "□", "baseline") for baseline in chosen),
    ]


def _agreement(evaluation: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str, str, str]]:
    """List what the coders agree on with one another, then the model with each, the lowest last."""
    consistency = evaluation.get("consistency")
    if not consistency or not consistency.get("all_coders"):
        return []
    every = consistency["without_third_coders"] or consistency["all_coders"]
    coders = sorted(
        consistency["coders"].items(),
        key=lambda entry: -(entry[1]["model"]["krippendorff_alpha"]["value"] or 0),
    )
    less = "without third coders" if consistency["without_third_coders"] else ""
    return [
        (f"{_who(evaluation)} among themselves", every["krippendorff_alpha"], "◆", "coder", less),
        *(
            (
                f"Model with {shortly(name)}",
                coder["model"]["krippendorff_alpha"],
                "○" if coder["third_coder_of_disputes"] else "●",
                "model",
                "of disputes only" if coder["third_coder_of_disputes"] else "",
            )
            for name, coder in coders
        ),
    ]


def _programs(evaluation: Mapping[str, Any]) -> bool:
    return all(coder["kind"] == "program" for coder in evaluation["consistency"]["coders"].values())


def _who(evaluation: Mapping[str, Any]) -> str:
    return "Programs" if _programs(evaluation) else "Coders"


def _kind(evaluation: Mapping[str, Any]) -> str:
    return "Consistency of programs" if _programs(evaluation) else "Agreement of coders"


def _among(evaluation: Mapping[str, Any]) -> str:
    return "the programs that coded among themselves" if _programs(evaluation) else "the coders among themselves"


def _finding(evaluation: Mapping[str, Any]) -> str:
    figure = evaluation["metrics"]["macro_f1"]
    if figure["value"] is None:
        return "Macro-F1 is not defined."
    said = [f"Macro-F1 {interval(figure)}"]
    if ranked := _best_first(evaluation):
        best = ranked[0][1]
        said.append(
            f"the best baseline, {shortly(best['title'])}, reaches {interval(best['metrics']['macro_f1'])}: "
            f"{_against(best['model_less_baseline']['macro_f1']['difference'])}"
        )
    agreement = _agreement(evaluation)
    if agreement and agreement[0][1]["value"] is not None:
        first, *models = agreement
        values = [figure for _, figure, _, _, note in models if not note and figure["value"] is not None]
        told_models = ""
        if values:
            low, high = (choose(values, key=lambda figure: figure["value"]) for choose in (min, max))
            told_models = f", the model with each at {told(low)}" + (f" to {told(high)}" if low != high else "")
        said.append(
            f"on another scale, Krippendorff's alpha, the {_who(evaluation).lower()} among themselves are at "
            f"{told(first[1])}{told_models}"
        )
    return "; ".join(said) + "."


def _against(difference: Mapping[str, float | None]) -> str:
    """Say what a baseline is worth against the model, and whether the interval leaves room for nothing."""
    value, low, high = (difference[key] for key in ("value", "low", "high"))
    if value is None:
        return "the difference is not defined"
    if low is None or high is None:
        return f"{interval(difference, signed=True)} between them, without an interval"
    if low > 0:
        return f"{interval(difference)} less"
    if high < 0:
        turned = {"value": -value, "low": -high, "high": -low}
        return f"{interval(turned)} more"
    return f"the model's lead, {interval(difference, signed=True)}, may be none"
