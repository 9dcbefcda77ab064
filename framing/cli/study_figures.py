"""What the studies beside the main figures found, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape

from framing.cli.messages import plain
from framing.cli.tables import interval, plain_table
from framing.evaluation.wording import decimals


def show_studies(summary: dict[str, Any], console: Console) -> None:
    """Print a line or a table for each study that was run."""
    for line in (*_in_use(summary), *_leakage(summary), *_selective(summary), *_consistency(summary)):
        console.print(line)
    _show_shift(summary, console)
    for line in (*_names(summary), *_curve(summary)):
        console.print(line)
    _show_behaviour(summary, console)
    for line in (*_notes(summary), *_issues(summary)):
        console.print(line)


def _in_use(summary: dict[str, Any]) -> Iterator[str]:
    """Say what single predictions are worth."""
    found = summary.get("in_use")
    if not found:
        return
    half = found["surest_half"]
    yield f"On the half that it is surest of: accuracy {interval(half['accuracy_of_kept'])}."
    if conformal := found["conformal"]:
        yield (
            f"Sets of candidates promised to hold the gold label in {conformal['promised']:.0%}: they do in "
            f"{interval(conformal['coverage'])}; {interval(conformal['mean_size'])} labels a set, one alone in "
            f"{interval(conformal['certain'])}, {interval(conformal['accuracy_of_certain'])} of these right."
        )
        if conformal["notice"]:
            yield escape(plain(conformal["notice"]))
    if known := found.get("source_known"):
        yield (
            f"Told what kind of source a text is from: macro-F1 {interval(known['metrics']['macro_f1'])}, "
            f"{interval(known['better_than_unknown_by'], signed=True)} against the text alone."
        )
    if short := found["short_articles"]:
        told = [f"{length}: {interval(of['metrics']['macro_f1'])}" for length, of in sorted(short["lengths"].items())]
        yield f"Macro-F1 of articles read in pieces of so many paragraphs: {'; '.join(told)}."
    left_out = summary.get("shift", {}).get("region", {}).get("in_use")
    if left_out:
        yield (
            f"With the paragraph's region left out of training: calibration error "
            f"{interval(left_out['probabilities']['expected_calibration_error'])}, accuracy on the surest half "
            f"{interval(left_out['surest_half']['accuracy_of_kept'])}"
            + (
                f", sets hold the gold label in {interval(left_out['conformal']['coverage'])}."
                if left_out["conformal"]
                else "."
            )
        )
        if left_out["conformal"] and left_out["conformal"]["notice"]:
            yield escape(plain(left_out["conformal"]["notice"]))


def _leakage(summary: dict[str, Any]) -> Iterator[str]:
    leakage = summary.get("leakage")
    if leakage and "gap" in leakage:
        often = "one repeat" if leakage["repeats"] == 1 else f"{leakage['repeats']} repeats"
        yield (
            f"Leakage: folds that part articles would show macro-F1 "
            f"{interval(leakage['random_folds']['macro_f1'])}, {interval(leakage['gap']['macro_f1'], signed=True)} "
            f"against folds that keep them whole ({often})."
        )
    elif leakage:
        yield f"Leakage: {escape(leakage['note'])}."
    copies = summary.get("copies_in_training", {"paragraphs": 0, "share_whose_article_also_trains": 0})
    parted, copied = copies["share_whose_article_also_trains"], copies["paragraphs"] / summary["protocol"]["paragraphs"]
    # Copies alone are told of below.
    if parted > copied + 1e-4:
        yield (
            f"The published folds part articles: {parted:.1%} of the test paragraphs have others of their article, or "
            "copies of it, in training. These figures do not hold for new articles."
        )
    if copies["paragraphs"]:
        without = copies.get("without_them")
        yield f"{copies['paragraphs']:g} test paragraphs have a copy or near-copy in training" + (
            f"; without them macro-F1 {interval(without['macro_f1'])}." if without else "."
        )


def _selective(summary: dict[str, Any]) -> Iterator[str]:
    selective = summary.get("selective")
    if selective:
        wanted = f"{selective['wanted_accuracy']:.0%}"
        yield (
            f"Keeping what it is surest of: thresholds set on other folds for {wanted} accuracy keep "
            f"{interval(selective['kept'])} of the paragraphs, {interval(selective['accuracy_of_kept'])} of them "
            f"right; area under the risk-coverage curve {interval(selective['aurc'])}."
        )


def _consistency(summary: dict[str, Any]) -> Iterator[str]:
    consistency = summary.get("consistency")
    if not consistency or consistency["all_coders"] is None:
        return
    coders = consistency["without_third_coders"] or consistency["all_coders"]
    alphas = [
        f"{escape(plain(name))} {decimals(coder['model']['krippendorff_alpha']['value'])}"
        for name, coder in consistency["coders"].items()
        if not coder["third_coder_of_disputes"]
    ]
    yield (
        f"Krippendorff's alpha, coder against coder {interval(coders['krippendorff_alpha'])}; model against each "
        f"coder: {', '.join(alphas)}."
    )
    yield escape(plain(consistency["statement"]))


def _show_shift(summary: dict[str, Any], console: Console) -> None:
    shift = {name: found for name, found in summary.get("shift", {}).items() if "metrics" in found}
    if not shift:
        return
    table = plain_table("left out", "macro-F1", "loss", "worst")
    for name, found in shift.items():
        worst = next((group for group in found["groups"] if group["name"] == found["worst"]), None)
        told = "" if worst is None else f"{worst['name']} {decimals(worst['macro_f1_of_present_labels']['value'])}"
        table.add_row(
            f"{escape(plain(name.replace('_', ' ')))} ({len(found['groups'])})",
            interval(found["metrics"]["macro_f1"]),
            interval(found["drop"]["macro_f1"], signed=True) if "drop" in found else "",
            escape(plain(told)),
        )
    console.print()
    console.print(table)
    console.print(
        "Loss: against models that learnt from as many articles of all groups. Worst: the lowest mean F1 of the labels "
        "that a group has enough gold of."
    )
    console.print()


def _names(summary: dict[str, Any]) -> Iterator[str]:
    names = summary.get("names_masked")
    if names and not names.get("names"):
        yield f"Names masked: {escape(names.get('note', 'no name was found in the texts'))}."
    elif names:
        yield (
            f"Names masked: macro-F1 {interval(names['metrics']['macro_f1'])}, a loss of "
            f"{interval(names['loss']['macro_f1'], signed=True)}."
        )


def _curve(summary: dict[str, Any]) -> Iterator[str]:
    curve = summary.get("learning_curve")
    if not curve:
        return
    points = ", ".join(f"{point['articles']:.0f}: {decimals(point['macro_f1']['value'])}" for point in curve["points"])
    yield f"Learning curve, macro-F1 by training articles: {points}."
    law = curve["power_law"]
    if "ahead" in law:
        ahead = law["ahead"][1]
        more = law["more_articles_for_gain"]
        low, value, high = ("…" if more[key] is None else f"{more[key]:,}" for key in ("low", "value", "high"))
        yield f"Carried on by a power law: {interval(ahead['macro_f1'])} at {ahead['articles']:,} articles."
        gain = f"+{law['gain']:g}".replace("0.", ".")
        if more["value"] is None:
            yield f"By that law {gain} of macro-F1 is never reached."
        else:
            never = f"; {law['draws_that_never_gain']:.0%} of the draws never reach it"
            yield (
                f"By that law {gain} takes {value} \\[{low}, {high}] articles more than the {law['articles_now']:,} "
                f"there are{never if law['draws_that_never_gain'] else ''}."
            )


def _show_behaviour(summary: dict[str, Any], console: Console) -> None:
    behaviour = summary.get("behaviour")
    if not behaviour:
        return
    table = plain_table("behaviour test", "paragraphs", "frame flips")
    for entry in behaviour["invariance"]:
        table.add_row(escape(plain(entry["name"])), f"{entry['changed']:,}", interval(entry["flipped"]))
    directional = behaviour["directional"]
    stay, change = directional.get("should_stay"), directional.get("should_change")
    if stay:
        table.add_row("pairs that should stay", str(stay["pairs"]), interval(stay["flipped"]))
    console.print()
    console.print(table)
    if change:
        console.print(
            f"Of {change['pairs']} pairs whose frame should change, {interval(change['stayed'])} stay; right on both "
            f"sides {interval(change['right_on_both_sides'])}."
        )
    console.print()


def _notes(summary: dict[str, Any]) -> Iterator[str]:
    """Tell what the studies could not measure."""
    if note := summary.get("not_measured"):
        yield escape(plain(note))
    for name, found in summary.get("shift", {}).items():
        for note in found["notes"]:
            yield escape(plain(f"{name.replace('_', ' ')}: {note}."))
    curve = summary.get("learning_curve", {"notes": [], "power_law": {}})
    for note in (*curve["notes"], *filter(None, [curve["power_law"].get("note")])):
        yield escape(plain(f"Learning curve: {note}."))


def _issues(summary: dict[str, Any]) -> Iterator[str]:
    issues, ours = summary.get("label_issues"), summary["protocol"]["experiment"]["data"]["csv"] is None
    if issues and "ranked" in issues and ours:
        yield "Paragraphs whose label is most in doubt: 'framing labels issues --evaluation FOLDER' lists them."
