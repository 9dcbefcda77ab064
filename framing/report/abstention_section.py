"""What is gained when the model keeps to what it is sure of, and what its sets of candidates promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.codebook import Codebook
from framing.report.document import Block, Figure, Heading, ReportSource, Section, Text
from framing.report.phrases import (
    bounded,
    clipped,
    count,
    counted,
    figure,
    first_of,
    left_out,
    not_measured,
    number,
    quoted,
    side_of_zero,
    title_of,
)

TITLE = "Abstention"
QUESTION = "Does it know when it does not know?"

STEP = 5
KEPT = {True: "kept", False: "not kept", None: "cannot be told"}


def abstention_section(source: ReportSource) -> Section:
    from framing.report.curve_figures import risk_coverage_figure

    evaluation, codebook = source.evaluation, source.artifact.codebook
    in_use, selective = evaluation.get("in_use") or {}, evaluation.get("selective")
    blocks: list[Block] = []
    if in_use:
        blocks.append(Text(_surest_half(in_use)))
    if not selective:
        blocks.append(not_measured("selective prediction", "the evaluation holds nothing of it"))
    else:
        blocks += _selective(selective, drawn=risk_coverage_figure(source))
    if not in_use:
        blocks.append(not_measured("thresholds and sets of candidates", "the evaluation holds nothing of it"))
    else:
        blocks += [*_thresholds(in_use), *_sets(evaluation, in_use, codebook), *_source_known(in_use)]
    return Section("abstention", TITLE, QUESTION, tuple(blocks))


def _surest_half(in_use: Mapping[str, Any]) -> str:
    half = in_use["surest_half"]
    return (
        "On the half that it is surest of, by its largest probability, the share right is "
        f"{figure(half['accuracy_of_kept'])}. The half is {figure(half['kept'])} of the "
        f"{counted(half['paragraphs'], 'paragraph')} with gold and probabilities, those at or above the median of "
        "their repeat."
    )


def _selective(selective: Mapping[str, Any], drawn: Figure | None) -> Iterator[Block]:
    yield Heading("Keeping what it is surest of")
    yield Text(_honest(selective))
    if drawn is None:
        rows = [(number(point["coverage"], 2), figure(point["risk"])) for point in selective["curve"]]
        yield from bounded("Share wrong among the surest", ("Share kept", "Share wrong of these"), rows, words=0)
    else:
        yield drawn
    wrong = next((point["risk"]["value"] for point in selective["curve"] if point["coverage"] == 1), None)
    aurc, excess = selective["aurc"], selective["excess_aurc"]
    told = f"The area under the risk-coverage curve (Geifman, Uziel and El-Yaniv 2019) is {figure(aurc)}; 0 is best."
    if wrong is not None:
        told += f" An order by chance would be expected to give {number(wrong)}, the share wrong of all."
    if aurc["value"] is not None and excess["value"] is not None:
        least = number(aurc["value"] - excess["value"])
        told += f" With so many wrong, the best possible order gives {least}; {figure(excess)} more is the order's own."
    yield Text(told)
    yield Text(
        f"Chosen in hindsight, on the very paragraphs, {figure(selective['kept_in_hindsight'])} could be kept at that "
        "accuracy: no threshold that is set beforehand is promised to do so."
    )


def _honest(selective: Mapping[str, Any]) -> str:
    wanted, reached = selective["wanted_accuracy"], selective["accuracy_of_kept"]
    told = (
        f"Thresholds set on the other folds for {number(wanted, 2)} accuracy keep {figure(selective['kept'])} of "
        f"{counted(selective['paragraphs'], 'paragraph')}, and of what they keep the share right is {figure(reached)}: "
    )
    if reached["value"] is None:
        return f"{told}in some repeat they keep nothing."
    if reached["value"] >= wanted:
        return f"{told}what was wanted is reached."
    if reached["high"] is None:
        return f"{told}below what was wanted, without an interval to judge it by."
    return f"{told}below what was wanted, which lies {'within' if reached['high'] >= wanted else 'above'} the interval."


def _thresholds(in_use: Mapping[str, Any]) -> Iterator[Block]:
    acceptance = in_use.get("acceptance")
    yield Heading("From what probability to accept a label")
    if not acceptance or not acceptance["thresholds"]:
        yield not_measured("thresholds", "no threshold reaches an accuracy of .50 with enough paragraphs kept")
        return
    yield Text(
        "Each threshold is the lowest largest probability such that the paragraphs at or above it reach the accuracy "
        "out of fold, all repeats together. It was chosen on the very paragraphs it is measured on, which favours it "
        "a little; the thresholds above, set on other folds, do not have this fault. The intervals take it as it is.",
        "caution",
    )
    highest = acceptance["thresholds"][-1]
    yield Text(
        f"The highest accuracy reached with {acceptance['least_kept']} paragraphs or more kept, in the mean over the "
        f"repeats, is {number(highest['accuracy'], 2)}, from a probability of {number(highest['threshold'])} up; it "
        f"keeps {figure(highest['kept'])} of {counted(acceptance['paragraphs'], 'paragraph')}."
    )
    rows = [
        (number(one["accuracy"], 2), number(one["threshold"]), figure(one["kept"]), figure(one["accuracy_of_kept"]))
        for one in _useful(acceptance["thresholds"])
    ]
    columns = ("Accuracy asked for", "Accept from", "Share kept", "Share right of these")
    yield from bounded("Thresholds", columns, rows, words=0)


def _useful(thresholds: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Choose the accuracies in steps of .05, the first of all that keep everything, and the highest."""
    keep_all = [one for one in thresholds if one["kept"]["value"] == 1]
    steps = [one for one in thresholds if round(100 * one["accuracy"]) % STEP == 0 and one["kept"]["value"] != 1]
    chosen = [*keep_all[-1:], *steps, thresholds[-1]]
    return [one for place, one in enumerate(chosen) if one not in chosen[:place]]


def _sets(evaluation: Mapping[str, Any], in_use: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    yield Heading("Sets of candidate labels")
    found = in_use["conformal"]
    if found is None:
        yield not_measured("sets of candidates", "the model is not calibrated and gives none")
        return
    yield Text(_promise(found))
    if found["notice"]:
        yield Text(clipped(found["notice"]), "caution")
    yield Text(
        "The sets come from split conformal prediction with a threshold for each label that is gold in enough "
        "articles (Sadinle, Lei and Wasserman 2019; Vovk 2012), corrected by the number of articles. The thresholds "
        "of each outer fold come from its inner folds. The promise is made for new articles like those labelled, and "
        "for no others. It counts as kept where the upper end of the 95% interval reaches it, so that a share "
        "somewhat below the promise can still be called kept."
    )
    columns = ("Label", "Gold paragraphs", "Share of sets that hold it", "Promise")
    rows = [
        (title_of(codebook, label), count(one["paragraphs"]), figure(one["coverage"]), KEPT[one["promise_kept"]])
        for label in codebook.labels
        for one in [found["per_label"][label]]
    ]
    missed = [
        quoted(codebook, label) for label in codebook.labels if found["per_label"][label]["promise_kept"] is False
    ]
    if missed:
        yield Text(f"By gold label the promise is not kept for {first_of(missed)}.", "caution")
    yield from bounded(f"Sets by gold label, promised {number(found['promised'], 2)}", columns, rows)
    yield from _by_setting(evaluation, in_use)


def _promise(found: Mapping[str, Any]) -> str:
    verdict = {
        True: "the promise is kept",
        False: "the promise is not kept",
        None: "whether the promise is kept cannot be told",
    }
    return (
        f"Promised is that {number(found['promised'], 2)} of the sets hold the gold label. Of "
        f"{counted(found['paragraphs'], 'paragraph')} they do in {figure(found['coverage'])}: "
        f"{verdict[found['promise_kept']]}. In the mean a set has {figure(found['mean_size'])} labels. Of the sets, "
        f"{figure(found['certain'])} hold one label alone; of these labels {figure(found['accuracy_of_certain'])} are "
        "right."
    )


def _by_setting(evaluation: Mapping[str, Any], in_use: Mapping[str, Any]) -> Iterator[Block]:
    groups = {name: found["in_use"] for name, found in (evaluation.get("shift") or {}).items() if found.get("in_use")}
    settings = [("Outer folds", in_use), *((left_out(name), found) for name, found in groups.items())]
    told = [
        (name, part)
        for heading, found in settings
        for name, part in ((heading, found), (f"{heading}, kind of source told", found.get("source_known")))
        if part and part["conformal"]
    ]
    for name, found in told[1:]:
        if found["conformal"]["notice"]:
            yield Text(f"{name}: {clipped(found['conformal']['notice'])}", "caution")
    rows = [
        (
            name,
            count(found["conformal"]["paragraphs"]),
            *(figure(found["conformal"][key]) for key in ("coverage", "mean_size", "certain", "accuracy_of_certain")),
            KEPT[found["conformal"]["promise_kept"]],
            figure(found["surest_half"]["accuracy_of_kept"]),
        )
        for name, found in told
    ]
    columns = (
        "Tested with", "Paragraphs", "Sets that hold the gold label", "Labels a set", "Sets of one label",
        "Right of these", "Promise", "Right on the surest half",
    )  # fmt: skip
    yield from bounded("Sets and the surest half, by what training lacked", columns, rows)


def _source_known(in_use: Mapping[str, Any]) -> Iterator[Block]:
    known = in_use.get("source_known")
    if not known:
        return
    gain = known["better_than_unknown_by"]
    verdict = {
        1: "that is a gain",
        0: "no gain can be shown",
        -1: "that is a loss",
        None: "there is no interval to judge it by",
    }[side_of_zero(gain)]
    yield Heading("When the kind of source is told")
    yield Text(
        f"What is tested: {clipped(known['of'])}. Told, the macro-F1 is {figure(known['metrics']['macro_f1'])}, "
        f"{figure(gain, signed=True)} against the text alone: {verdict}. On the surest half the share right is "
        f"{figure(known['surest_half']['accuracy_of_kept'])}."
    )
