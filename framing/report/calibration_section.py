"""What the model's probabilities mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.codebook import Codebook
from framing.report.document import Block, Figure, Heading, ReportSource, Section, Table, Text
from framing.report.phrases import (
    SHOWN_DIGITS,
    bounded,
    clipped,
    count,
    counted,
    figure,
    left_out,
    lies_above,
    listed,
    not_measured,
    number,
    once,
    quoted,
    side_of_zero,
    table,
    title_of,
)

TITLE = "Calibration"
QUESTION = "When it says 80%, is it right in 80 of 100 cases?"

MOST_BINS = 100

OF_PROBABILITIES = {
    "expected_calibration_error": "Calibration error",
    "log_loss": "Log loss",
    "brier": "Brier score, 0 to 2",
}


def calibration_section(source: ReportSource) -> Section:
    from framing.report.curve_figures import label_reliability_figure, reliability_figure

    evaluation, codebook = source.evaluation, source.artifact.codebook
    calibration, in_use = evaluation.get("calibration"), evaluation.get("in_use") or {}
    blocks: list[Block]
    if not calibration or not any(one["predictions"] for one in calibration["bins"]):
        blocks = [not_measured("calibration", "the evaluation holds no predictions with probabilities")]
        return Section("calibration", TITLE, QUESTION, tuple(blocks))
    drawn = reliability_figure(source)
    blocks = [*_temper(evaluation), *_overall(evaluation, calibration)]
    blocks += [_bins(calibration) if drawn is None else drawn, _of_bins(evaluation, calibration)]
    if not in_use:
        what = "calibration by label, with groups left out and in short articles"
        blocks.append(not_measured(what, "the evaluation holds nothing of it"))
    else:
        blocks += [*_by_label(in_use, codebook, label_reliability_figure(source))]
        blocks += [*_left_out(evaluation, in_use), *_short(evaluation, in_use)]
    return Section("calibration", TITLE, QUESTION, tuple(blocks))


def _temper(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    if evaluation["protocol"]["experiment"]["calibration"]["coverage"] == 0:
        yield Text("This model is not calibrated: its scores are turned into probabilities as they are.", "caution")
    elif any(fold.get("temperature") is not None for fold in evaluation["folds"]):
        temperatures = [fold["temperature"] for fold in evaluation["folds"] if fold.get("temperature") is not None]
        yield Text(
            "The probabilities are tempered (Guo et al. 2017) with a temperature from the inner folds of each "
            f"training part: {number(min(temperatures), 2)} to {number(max(temperatures), 2)} over the outer folds; "
            "above 1 it makes them less sure."
        )


def _overall(evaluation: Mapping[str, Any], calibration: Mapping[str, Any]) -> Iterator[Block]:
    metrics, bins = evaluation["metrics"], calibration["bins"]
    filled = [one for one in bins if one["predictions"]]
    stated, right = stated_and_right(calibration) or (0.0, 0.0)
    below = [one for one in filled if one["share_right"] < one["mean_probability"]]
    yield Text(
        f"Over all predictions the mean largest probability is {number(stated)} and the share right {number(right)}: "
        f"{_leaning(stated, right)}. In {len(below)} of the {len(filled)} bins that are not empty the share right lies "
        "below the mean probability."
    )
    expected = calibration["expected_of_a_calibrated_model"]
    yield Text(
        f"Expected calibration error in {len(bins)} bins of equal width: "
        f"{figure(metrics['expected_calibration_error'])}. A perfectly calibrated model with these probabilities would "
        f"have about {number(expected)}: {clipped(calibration['caution'])}."
    )
    majority = (evaluation.get("baselines") or {}).get("majority", {}).get("metrics", {})
    beside = (
        " For comparison, the labels' own shares given for every paragraph alike: log loss "
        f"{figure(majority['log_loss'])}, Brier score {figure(majority['brier'])}."
        if "log_loss" in majority
        else ""
    )
    yield Text(
        f"Log loss {figure(metrics['log_loss'])}; Brier score {figure(metrics['brier'])} on a scale from 0 to "
        f"2.{beside}"
    )


def stated_and_right(calibration: Mapping[str, Any]) -> tuple[float, float] | None:
    """Give the mean largest probability of all predictions, and the share of them that is right."""
    filled = [one for one in calibration["bins"] if one["predictions"]]
    if not filled or any(one["mean_probability"] is None or one["share_right"] is None for one in filled):
        return None
    total = sum(one["predictions"] for one in filled)
    stated: float = sum(one["predictions"] * one["mean_probability"] for one in filled) / total
    right: float = sum(one["predictions"] * one["share_right"] for one in filled) / total
    return stated, right


def _leaning(stated: float, right: float) -> str:
    apart = round(stated - right, SHOWN_DIGITS)
    if apart == 0:
        return "in the mean they are the same to three digits"
    return f"in the mean its probabilities are {number(abs(apart))} too {'high' if apart > 0 else 'low'}"


def _bins(calibration: Mapping[str, Any]) -> Table:
    rows = [
        (
            f"{number(one['from'], 2)} to {number(one['to'], 2)}",
            count(one["predictions"]),
            "no prediction" if one["mean_probability"] is None else number(one["mean_probability"]),
            "no prediction" if one["share_right"] is None else number(one["share_right"]),
        )
        for one in calibration["bins"][:MOST_BINS]
    ]
    columns = ("Largest probability", "Predictions", "Mean probability", "Share right")
    return table("Bins of the largest probability", columns, rows)


def _of_bins(evaluation: Mapping[str, Any], calibration: Mapping[str, Any]) -> Text:
    paragraphs, repeats = evaluation.get("with_probabilities"), evaluation["protocol"]["repeats"]
    told = f"The bins are of {clipped(calibration['of'])}."
    if paragraphs is not None:
        told += f" {counted(paragraphs, 'paragraph')} with gold and probabilities, each predicted {once(repeats)}."
    return Text(told)


def _by_label(in_use: Mapping[str, Any], codebook: Codebook, drawn: Figure | None) -> Iterator[Block]:
    found = in_use.get("calibration_by_label")
    if not found:
        return
    yield Heading("Each label's own probability")
    errors = {label: found[label]["expected_calibration_error"]["value"] for label in codebook.labels}
    told = {label: error for label, error in errors.items() if error is not None}
    if told:
        worst = max(told, key=lambda label: told[label])
        yield Text(
            f"The largest error is that of {quoted(codebook, worst)}: "
            f"{figure(found[worst]['expected_calibration_error'])}. Here each label's probability is held against how "
            "often the label is gold, over all paragraphs, also where it is not the largest. So these errors are not "
            "to be compared with that of the largest probability. The Brier score of one label goes from 0 to 1."
        )
    if drawn is not None:
        yield drawn
    rows = [
        (
            title_of(codebook, label),
            figure(found[label]["expected_calibration_error"]),
            figure(found[label]["brier"]),
            count(sum(one["predictions"] for one in found[label]["bins"])),
        )
        for label in codebook.labels
    ]
    columns = ("Label", "Calibration error", "Brier score, 0 to 1", "Predictions")
    yield from bounded("Calibration of each label's probability", columns, rows)


def _left_out(evaluation: Mapping[str, Any], in_use: Mapping[str, Any]) -> Iterator[Block]:
    """Hold the probabilities out of the outer folds against those with whole groups left out of training."""
    yield Heading("With whole groups left out of training")
    groups = {name: found["in_use"] for name, found in (evaluation.get("shift") or {}).items() if found.get("in_use")}
    lines = [("Outer folds", in_use), *((left_out(name), found) for name, found in groups.items())]
    lines = [
        (name, part)
        for heading, found in lines
        for name, part in ((heading, found), (f"{heading}, kind of source told", found.get("source_known")))
        if part
    ]
    if groups:
        yield Text(_worst_calibrated(groups, in_use["probabilities"]["expected_calibration_error"]))
    else:
        yield not_measured("probabilities where whole groups are left out of training", "no group was left out")
    rows = [
        (
            name,
            count(found["surest_half"]["paragraphs"]),
            *(figure(found["probabilities"][key]) for key in OF_PROBABILITIES),
        )
        for name, found in lines
    ]
    yield from bounded(
        "Probabilities, by what training lacked", ("Tested with", "Paragraphs", *OF_PROBABILITIES.values()), rows
    )


def _worst_calibrated(groups: Mapping[str, Any], usual: Mapping[str, Any]) -> str:
    errors = {name: found["probabilities"]["expected_calibration_error"] for name, found in groups.items()}
    told = {name: error for name, error in errors.items() if error["value"] is not None}
    if not told:
        return "No calibration error is defined with groups left out."
    worst = max(told, key=lambda name: told[name]["value"])
    apart = (
        "above it by an interval that does not overlap"
        if lies_above(told[worst], usual)
        else "the intervals overlap, or one is missing"
    )
    return (
        f"The largest calibration error is that of groups {left_out(worst).lower()}, {figure(told[worst])}, against "
        f"{figure(usual)} in the outer folds: {apart}."
    )


def _short(evaluation: Mapping[str, Any], in_use: Mapping[str, Any]) -> Iterator[Block]:
    short = in_use.get("short_articles")
    yield Heading("Short articles")
    if evaluation["protocol"]["articles"] == evaluation["protocol"]["paragraphs"]:
        yield not_measured("short articles", "every text is an article of one paragraph as it is")
        return
    if not short:
        yield not_measured("short articles", "the evaluation holds nothing of it")
        return
    yield Text(f"What is tested: {clipped(short['of'])}.")
    lengths = sorted(short["lengths"].items(), key=lambda entry: int(entry[0]))
    better = [
        f"{length} paragraphs ({figure(found['better_than_alone_by'], signed=True)})"
        for length, found in lengths
        if "better_than_alone_by" in found and side_of_zero(found["better_than_alone_by"]) == 1
    ]
    yield Text(
        "Macro-F1 is higher than that of paragraphs read alone, the interval of the difference lying above 0, in "
        f"pieces of {listed(better)}."
        if better
        else "No gain in macro-F1 over reading every paragraph alone can be shown."
    )
    rows = [
        (
            length,
            figure(found["metrics"]["macro_f1"]),
            figure(found["better_than_alone_by"], signed=True) if "better_than_alone_by" in found else "",
            *(figure(found["metrics"][key]) for key in OF_PROBABILITIES),
        )
        for length, found in lengths
    ]
    whole = evaluation["metrics"]
    rows.append(("whole", figure(whole["macro_f1"]), "", *(figure(whole[key]) for key in OF_PROBABILITIES)))
    columns = ("Paragraphs a piece", "Macro-F1", "Better than alone by", *OF_PROBABILITIES.values())
    yield table("Articles in pieces, and whole", columns, rows)
