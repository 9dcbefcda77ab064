"""How good the evaluation found a model to be, in sentences that several questions of the checklists share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framing.report.document import ReportSource
from framing.report.measured_facts import sentence
from framing.report.phrases import FIRM, count, counted, figure, named, p_value, share, side_of_zero, title_of

Found = Mapping[str, Any]

MEASURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1 over all labels",
    "macro_f1_frames": "macro-F1 over the frames",
    "cohen_kappa": "Cohen's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "log_loss": "log loss",
    "brier": "Brier score (0 to 2)",
    "expected_calibration_error": "expected calibration error",
}


def strata(source: ReportSource) -> list[tuple[str, Found]]:
    """Give what was left out of training group by group, and measured on."""
    shift = source.evaluation.get("shift") or {}
    return [(named(name.replace("_", " ")), found) for name, found in shift.items() if "metrics" in found]


def left_out(source: ReportSource) -> str | None:
    """Tell how good the model is on groups that it did not learn from, and on which it is worst."""
    parts = []
    for name, found in strata(source):
        part = f"{name} ({counted(len(found['groups']), 'group')}) {figure(found['metrics']['macro_f1'])}"
        if "drop" in found:
            part += f", {_loss(found['drop']['macro_f1'])}"
        worst = next((group for group in found["groups"] if group["name"] == found["worst"]), None)
        if worst is not None:
            part += f"; the worst is {named(worst['name'])}, {figure(worst['macro_f1_of_present_labels'])}"
        parts.append(part)
    if not parts:
        return None
    return (
        f"Macro-F1 where each group in turn is left out of training: {'. By '.join(parts)}. Losses are against models "
        "that learnt from as many articles of all groups; the figure of a worst group is over the labels of which it "
        "has enough gold."
    )


def _loss(difference: Found) -> str:
    told = f"a loss of {figure(difference, signed=True)}"
    return told if side_of_zero(difference) else f"{told}, no difference that can be shown"


def headline(source: ReportSource) -> str:
    metrics = source.evaluation["metrics"]
    return f"Out of fold, accuracy is {figure(metrics['accuracy'])} and macro-F1 {figure(metrics['macro_f1'])}."


def labels_by_f1(source: ReportSource) -> list[tuple[str, Found]]:
    """Give the labels whose F1 is defined with their figures, the lowest first."""
    per_frame = source.evaluation["per_frame"]
    found = [(label, per_frame[label]) for label in source.artifact.codebook.labels]
    return sorted((one for one in found if one[1]["f1"]["value"] is not None), key=lambda one: one[1]["f1"]["value"])


def weakest_label(source: ReportSource) -> str | None:
    ordered = labels_by_f1(source)
    if len(ordered) < 2:
        return None
    (low, of_low), (high, of_high) = ordered[0], ordered[-1]
    codebook = source.artifact.codebook
    return (
        f"F1 is lowest for {title_of(codebook, low)}, {figure(of_low['f1'])}, and highest for "
        f"{title_of(codebook, high)}, {figure(of_high['f1'])}."
    )


def largest_confusion(source: ReportSource) -> str | None:
    """Name the pair of gold and prediction that takes the most paragraphs."""
    confusion = source.evaluation.get("confusion")
    if not confusion:
        return None
    labels, cells = confusion["labels"], confusion["mean_over_repeats"]
    wrong = [(cells[row][column], row, column) for row in range(len(labels)) for column in range(len(labels))]
    most, row, column = max((one for one in wrong if one[1] != one[2]), default=(0, 0, 0))
    if not most:
        return None
    gold, predicted = (title_of(source.artifact.codebook, labels[place]) for place in (row, column))
    of_gold = sum(cells[row])
    return (
        f"Most often {gold} is taken for {predicted}: {share(most, of_gold)} of the {count(round(of_gold))} paragraphs."
    )


def leakage_gap(source: ReportSource) -> str | None:
    leakage = source.evaluation.get("leakage") or {}
    if "gap" not in leakage:
        return None
    return (
        f"Folds that part articles would show macro-F1 {figure(leakage['random_folds']['macro_f1'])}, "
        f"{figure(leakage['gap']['macro_f1'], signed=True)} against folds that keep them whole."
    )


def measures(source: ReportSource) -> str:
    metrics = source.evaluation["metrics"]
    # Without a residual the frames are all the labels.
    twice = () if source.evaluation["protocol"]["residual"] is not None else ("macro_f1_frames",)
    parts = [f"{name} {figure(metrics[key])}" for key, name in MEASURES.items() if key in metrics and key not in twice]
    return f"{sentence('; '.join(parts))}."


def best_baseline(source: ReportSource) -> str | None:
    """Set the model against the baseline with the highest macro-F1."""
    baselines = source.evaluation.get("baselines") or {}
    run = [one for one in baselines.values() if "metrics" in one and one["metrics"]["macro_f1"]["value"] is not None]
    if not run:
        return None
    best = max(run, key=lambda one: one["metrics"]["macro_f1"]["value"])
    against = best["model_less_baseline"]["macro_f1"]
    side = side_of_zero(against["difference"])
    verdict = {1: "the model is better", -1: "the baseline is better"}.get(side or 0, "no difference can be shown")
    corrected = against["corrected_resampled_t"]
    if side == 1 and (corrected is None or corrected["p_value"] >= FIRM):
        verdict = (
            "the model is better as trained, which a test that allows for training on other articles does not show"
        )
    chance = "" if corrected is None else f", p {p_value(corrected['p_value'])} by the corrected t"
    return (
        f"The best of {counted(len(run), 'baseline')} by macro-F1 is {named(best['title'])}, "
        f"{figure(best['metrics']['macro_f1'])}: {verdict} (model less baseline "
        f"{figure(against['difference'], signed=True)}{chance})."
    )


def names_masked(source: ReportSource) -> str | None:
    """Tell what the model loses without names."""
    found = source.evaluation.get("names_masked") or {}
    if not found.get("names"):
        return None
    return (
        f"With names put out of sight ({count(found['names'])} were found) macro-F1 is "
        f"{figure(found['metrics']['macro_f1'])}, {_loss(found['loss']['macro_f1'])}."
    )


def candidate_sets(source: ReportSource) -> str | None:
    """Tell what the conformal sets promise, and whether they keep it."""
    conformal = (source.evaluation.get("in_use") or {}).get("conformal")
    if not conformal:
        return None
    kept = "" if conformal["promise_kept"] else ", less than promised"
    return (
        f"Each prediction comes with a set of labels that is promised to hold the gold label in "
        f"{conformal['promised']:.0%}; out of fold it does in {figure(conformal['coverage'])}{kept}. A set has "
        f"{figure(conformal['mean_size'], 2)} labels in the mean, and one alone in {figure(conformal['certain'])}."
    )


def surest_half(source: ReportSource) -> str | None:
    half = (source.evaluation.get("in_use") or {}).get("surest_half")
    return f"On the half that it is surest of, accuracy is {figure(half['accuracy_of_kept'])}." if half else None


def behaviour(source: ReportSource) -> str | None:
    """Tell where predictions change that should not, and stay that should change."""
    found = source.evaluation.get("behaviour")
    if not found:
        return None
    parts = []
    flipping = [one for one in found["invariance"] if one["flipped"]["value"] is not None]
    if flipping:
        worst = max(flipping, key=lambda one: one["flipped"]["value"])
        parts.append(
            f"Changes that should not matter flip the label most often with {named(worst['name'])}: "
            f"{figure(worst['flipped'])} of {counted(worst['changed'], 'paragraph')}."
        )
    if change := found["directional"].get("should_change"):
        parts.append(
            f"Of {counted(change['pairs'], 'pair')} of texts whose label should differ, {figure(change['stayed'])} "
            "get the same."
        )
    return " ".join(parts) or None
