"""Where a model fails, in a few plain sentences for a report's first screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.codebook import Codebook
from framing.evaluation.wording import decimals
from framing.report.display import percent
from framing.report.phrases import counted, named, title_of

_UNDEFINED = "no defined share"


def failures(evaluation: Mapping[str, Any], codebook: Codebook) -> Iterator[str]:
    """Name the weakest label, the largest confusion, the worst group left out of training, the weakest behaviour."""
    yield _weakest_label(evaluation, codebook)
    if told := _largest_confusion(evaluation, codebook):
        yield told
    yield _worst_group(evaluation)
    if told := _weakest_behaviour(evaluation):
        yield told


def _weakest_label(evaluation: Mapping[str, Any], codebook: Codebook) -> str:
    found = {label: figures for label, figures in evaluation["per_frame"].items() if figures["f1"]["value"] is not None}
    if not found:
        return "Which label it is weakest on cannot be said."
    label = min(found, key=lambda name: found[name]["f1"]["value"])
    figures = found[label]
    return (
        f"It is weakest on “{title_of(codebook, label)}” (F1 {decimals(figures['f1']['value'])}): it finds "
        f"{_percent(figures['recall'])} of them, and is right in {_percent(figures['precision'])} of those that it "
        f"calls so{_by_rule(evaluation, codebook, label)}."
    )


def _by_rule(evaluation: Mapping[str, Any], codebook: Codebook, label: str) -> str:
    """Tell how much of the residual the model finds itself: boilerplate gets it by rule."""
    without, boilerplate = evaluation.get("without_boilerplate"), evaluation["protocol"]["boilerplate"]
    if label != codebook.residual or not boilerplate or not without:
        return ""
    own = without["per_frame"][label]
    return (
        f" (without the {boilerplate:,} that a rule calls so: {_percent(own['recall'])} and "
        f"{_percent(own['precision'])})"
    )


def _largest_confusion(evaluation: Mapping[str, Any], codebook: Codebook) -> str:
    labels, counts = evaluation["confusion"]["labels"], evaluation["confusion"]["mean_over_repeats"]
    pairs = [(gold, given) for gold in range(len(labels)) for given in range(len(labels)) if gold != given]
    gold, given = max(pairs, key=lambda pair: counts[pair[0]][pair[1]])
    number, of = counts[gold][given], sum(counts[gold])
    if not number:
        return ""
    return (
        f"Its most frequent error is to read “{title_of(codebook, labels[gold])}” as "
        f"“{title_of(codebook, labels[given])}”: {percent(number / of)} of the former."
    )


def _worst_group(evaluation: Mapping[str, Any]) -> str:
    """Name the group of which the least can be hoped: the one whose interval of the F1 ends lowest.

    A group of few articles may have the lowest figure by chance; its interval then reaches far up.
    """
    worst = [
        (stratum, group)
        for stratum, found in evaluation.get("shift", {}).items()
        for group in found.get("groups", ())
        if group["macro_f1_of_present_labels"]["high"] is not None and group["metrics"]["accuracy"]["value"] is not None
    ]
    if not worst:
        return "Whether it does worse on a kind of text that it never learnt from was not measured."
    stratum, group = min(worst, key=lambda pair: pair[1]["macro_f1_of_present_labels"]["high"])
    accuracy = group["metrics"]["accuracy"]
    control = (group.get("control") or {}).get("accuracy") or {"value": None}
    against = (
        ""
        if control["value"] is None
        else f"; models that had learnt from as many articles of all kinds were in {percent(control['value'])}"
    )
    between = "" if accuracy["low"] is None else f" ({percent(accuracy['low'])} to {percent(accuracy['high'])})"
    return (
        f"With nothing of the {named(stratum.replace('_', ' '))} “{named(group['name'])}” to learn from, it was right "
        f"in {percent(accuracy['value'])}{between} of those paragraphs{against}."
    )


def _weakest_behaviour(evaluation: Mapping[str, Any]) -> str:
    """Name the behaviour test that is failed most often, of those by changed paragraphs and by pairs of texts."""
    found = evaluation.get("behaviour") or {}
    told = []
    for entry in found.get("invariance", ()):
        changed = f"With {named(entry['name'])}, which should make no difference, {_percent(entry['flipped'])}"
        told.append((entry["flipped"]["value"], f"{changed} of the paragraphs get another label."))
    directional = found.get("directional") or {}
    for key, failure, what in (
        ("should_change", "stayed", "whose labels differ by the codebook, {} get the same label on both sides."),
        ("should_stay", "flipped", "whose label is the same by the codebook, {} get two different ones."),
    ):
        if pairs := directional.get(key):
            number = counted(pairs["pairs"], "pair of texts", "pairs of texts")
            told.append((pairs[failure]["value"], f"Of {number} {what.format(_percent(pairs[failure]))}"))
    failed = [(share, sentence) for share, sentence in told if share]
    return max(failed)[1] if failed else ""


def _percent(found: Mapping[str, Any]) -> str:
    return _UNDEFINED if found["value"] is None else percent(found["value"])
