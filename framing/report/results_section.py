"""The main figures: of all paragraphs, of each label, of every fold, and which labels are taken for which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.codebook import Codebook
from framing.report.document import Block, Figure, Heading, ReportSource, Section, Text
from framing.report.phrases import (
    bounded,
    count,
    counted,
    figure,
    first_of,
    number,
    quoted,
    share,
    table,
    title_of,
)

TITLE = "Results"
QUESTION = "How often is the model right, on which labels, and where is it wrong?"

OF_LABELS = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro-F1, all labels",
    "macro_f1_frames": "Macro-F1, frames only",
    "micro_f1": "Micro-F1, all labels",
    "micro_f1_frames": "Micro-F1, frames only",
    "cohen_kappa": "Cohen's kappa, model and gold",
    "krippendorff_alpha": "Krippendorff's alpha, model and gold",
}
OF_PROBABILITIES = {
    "log_loss": "Log loss",
    "brier": "Brier score, 0 to 2",
    "expected_calibration_error": "Expected calibration error",
}
# The same figure twice where there is no residual.
OF_FRAMES = ("macro_f1_frames", "micro_f1_frames")
DEFINITIONS = {
    "accuracy": "share of paragraphs whose label is the gold one",
    "macro_f1": "plain mean of the labels' F1, each of them 2tp / (2tp + fp + fn); a label that is neither gold nor "
    "predicted is left out of the mean. It is not the F1 of mean precision and mean recall",
    "macro_f1_frames": "plain mean of the F1 of the frames alone, each still over all paragraphs, so that a residual "
    "paragraph taken for a frame counts as that frame's error",
    "micro_f1": "2tp / (2tp + fp + fn), each pooled over the labels; with one label a paragraph it equals accuracy",
    "micro_f1_frames": "the same pooled over the frames alone, over all paragraphs",
    "cohen_kappa": "agreement of model and gold beyond what their shares of labels give by chance (Cohen 1960)",
    "krippendorff_alpha": "the same question by Krippendorff's nominal alpha, the model and the gold taken as two "
    "coders; it is no reliability of the coding",
    "log_loss": "mean of minus the natural logarithm of the gold label's probability; 0 is best",
    "brier": "mean over paragraphs of the sum of squared errors over all labels (Brier 1950, first form): 0 is best, 2 "
    "worst; twice what some programs give for two labels",
    "expected_calibration_error": "mean distance, weighted by their sizes, between mean largest probability and share "
    "right in bins of equal width; 0 is best",
}
MOST_FOLDS = 100
LARGEST = 3
CHOSEN = {
    "C": "C",
    "smoothing": "s²",
    "article": "Article",
    "pieces": "Pieces",
    "weighting": "Weighting",
    "emission": "Emission",
    "source_weight": "Source",
    "temperature": "Temperature",
    "lone_temperature": "Temperature alone",
}


def results_section(source: ReportSource) -> Section:
    from framing.report.interval_figures import folds_figure, per_frame_figure
    from framing.report.matrix_figures import confusion_figure

    evaluation, codebook = source.evaluation, source.artifact.codebook
    blocks = (
        *_headline(evaluation, codebook),
        Heading("Label by label"),
        *_of_labels(evaluation, codebook, per_frame_figure(source)),
        Heading("What is taken for what"),
        *_confusions(evaluation, codebook, confusion_figure(source)),
        Heading("Every fold"),
        *_folds(evaluation, codebook, folds_figure(source)),
    )
    return Section("results", TITLE, QUESTION, blocks)


def _asked(codebook: Codebook) -> dict[str, str]:
    """List the figures that say something of a codebook: without a residual, those of frames only are said twice."""
    names = OF_LABELS | OF_PROBABILITIES
    return {key: name for key, name in names.items() if codebook.residual is not None or key not in OF_FRAMES}


def _headline(evaluation: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    protocol, metrics = evaluation["protocol"], evaluation["metrics"]
    total = protocol["with_gold"]
    parts: list[tuple[str, Mapping[str, Any]]] = [(f"All paragraphs with gold ({count(total)})", metrics)]
    framed, without = evaluation.get("paragraphs_with_a_frame"), evaluation.get("without_boilerplate")
    if framed and 0 < framed["paragraphs"] < total:
        parts.append((f"Those whose gold is a frame ({count(framed['paragraphs'])})", framed["metrics"]))
    if without and 0 < without["paragraphs"] < total:
        parts.append((f"Without boilerplate ({count(without['paragraphs'])})", without["metrics"]))
    yield Text(_right(evaluation))
    rows = [
        (name, *(figure(of[key]) if key in of else "not given" for _, of in parts))
        for key, name in _asked(codebook).items()
        if key in metrics
    ]
    yield table("Main figures", ("Figure", *(heading for heading, _ in parts)), rows)
    if (scored := evaluation.get("with_probabilities")) is not None and scored < total:
        yield Text(
            f"Log loss, Brier score and calibration error rest on the {counted(scored, 'paragraph')} that have "
            "probabilities; boilerplate, which gets the residual by rule, has none. They are therefore not given once "
            "more without it."
        )
    if len(parts) > 1 and "macro_f1" not in parts[1][1]:
        yield Text(
            "Among paragraphs whose gold is a frame the residual is never gold, so that its F1, and any mean that "
            "holds it, would say nothing there; accuracy is then the share of them that get their own frame."
        )
    definitions = [(name, DEFINITIONS[key]) for key, name in _asked(codebook).items() if key in metrics]
    yield table("What the figures are", ("Figure", "Definition"), definitions, words=2)


def _right(evaluation: Mapping[str, Any]) -> str:
    protocol, metrics = evaluation["protocol"], evaluation["metrics"]
    majority = evaluation.get("baselines", {}).get("majority", {}).get("metrics")
    each = "all but boilerplate" if protocol["boilerplate"] else "each"
    beside = f" Giving {each} the label most frequent in training: {figure(majority['accuracy'])}." if majority else ""
    return (
        f"Of {counted(protocol['with_gold'], 'paragraph')} with gold, each judged by models that did not learn from "
        f"its fold, {figure(metrics['accuracy'])} get the gold label{_over_repeats(evaluation)}.{beside} Macro-F1, in "
        f"which each label counts the same: {figure(metrics['macro_f1'])}. In brackets: 95% intervals, drawn over "
        f"{counted(protocol['groups'], 'group')} of articles."
    )


def _of_labels(evaluation: Mapping[str, Any], codebook: Codebook, drawn: Figure | None) -> Iterator[Block]:
    found = evaluation["per_frame"]
    told = {label: found[label]["f1"]["value"] for label in codebook.labels if found[label]["f1"]["value"] is not None}
    if told:
        best, worst = max(told, key=lambda label: told[label]), min(told, key=lambda label: told[label])
        yield Text(
            f"The lowest F1 is that of {quoted(codebook, worst)}, {figure(found[worst]['f1'])}; the highest that of "
            f"{quoted(codebook, best)}, {figure(found[best]['f1'])}."
        )
    half = [quoted(codebook, label) for label in codebook.labels if _below_half(found[label]["recall"])]
    if half:
        yield Text(
            f"Recall is below one half, so that more gold paragraphs are missed than found, for {first_of(half)}."
        )
    if drawn is not None:
        yield drawn
    keys = ("precision", "recall", "f1")
    rows = [
        (title_of(codebook, label), *(figure(found[label][key]) for key in keys), count(found[label]["support"]))
        for label in codebook.labels
    ]
    caption = f"Precision, recall and F1 of each label, {count(evaluation['protocol']['with_gold'])} paragraphs"
    yield from bounded(caption, ("Label", "Precision", "Recall", "F1", "Gold paragraphs"), rows)
    yield Text(
        "Precision: of the paragraphs given a label, the share that have it as gold. Recall: of the paragraphs with "
        "it as gold, the share that were given it."
    )
    without, boilerplate = evaluation.get("without_boilerplate"), evaluation["protocol"]["boilerplate"]
    if without and boilerplate and codebook.residual is not None:
        own = without["per_frame"][codebook.residual]
        yield Text(
            f"Boilerplate is given {quoted(codebook, codebook.residual)} by rule. Without it, that label has precision "
            f"{figure(own['precision'])}, recall {figure(own['recall'])} and F1 {figure(own['f1'])} on "
            f"{counted(own['support'], 'gold paragraph')}."
        )


def _below_half(recall: Mapping[str, Any]) -> bool:
    return recall["value"] is not None and recall["value"] < 0.5


def _confusions(evaluation: Mapping[str, Any], codebook: Codebook, drawn: Figure | None) -> Iterator[Block]:
    confusion = evaluation["confusion"]
    labels, cells = confusion["labels"], confusion["mean_over_repeats"]
    wrong = [
        (cells[row][column], row, column)
        for row in range(len(labels))
        for column in range(len(labels))
        if row != column and cells[row][column] > 0
    ]
    total = sum(found for found, _, _ in wrong)
    if not wrong:
        yield Text("No paragraph is given a label that is not its gold.")
    else:
        yield Text(
            f"{counted(total, 'paragraph')} {'is' if total == 1 else 'are'} given another label than the gold "
            f"one{_over_repeats(evaluation)}. By their number, the largest confusions are these; as shares of a "
            "label's own gold paragraphs the order may be another."
        )
    for found, row, column in sorted(wrong, key=lambda entry: -entry[0])[:LARGEST]:
        gold = sum(cells[row])
        yield Text(
            f"{quoted(codebook, labels[row])} taken for {quoted(codebook, labels[column])}: {count(found)} of "
            f"{counted(gold, 'gold paragraph')} ({share(found, gold)}), which is {share(found, total)} of all errors."
        )
    if drawn is not None:
        yield drawn
    if wrong:
        yield Text(
            "These errors do not cancel out. Before shares of labels are reported, or labels put into a regression, "
            "they are to be corrected by texts drawn by chance and labelled by people (Egami et al. 2023; TeBlunthuis, "
            "Hase and Chan 2024); this table, of the texts tested here, does not do for others. It stands in "
            "evaluation.json under 'confusion', and each paragraph's predictions in evaluation-rows.jsonl.",
            "caution",
        )


def _over_repeats(evaluation: Mapping[str, Any]) -> str:
    repeats = evaluation["protocol"]["repeats"]
    return "" if repeats == 1 else f", in the mean over {repeats} repeats"


def _folds(evaluation: Mapping[str, Any], codebook: Codebook, drawn: Figure | None) -> Iterator[Block]:
    folds, repeats = evaluation["folds"], evaluation["protocol"]["repeats"]
    values = [fold["macro_f1"] for fold in folds if fold["macro_f1"] is not None]
    if values:
        yield Text(
            f"Macro-F1 of single test parts goes from {number(min(values))} to {number(max(values))} over "
            f"{counted(len(folds), 'fold')}. These are smaller sets, in which a label may be rare: their mean is not "
            "the main figure, and their spread is no interval of it, since their training parts overlap"
            + (" and folds of different repeats hold the same paragraphs." if repeats > 1 else ".")
        )
    if drawn is not None:
        yield drawn
    frames = codebook.residual is not None
    chosen = [key for key in CHOSEN if any(fold.get(key) is not None for fold in folds)]
    rows = [
        (
            str(fold["repeat"] + 1),
            str(fold["fold"] + 1),
            count(fold["train"]),
            count(fold["test"]),
            number(fold["accuracy"]),
            number(fold["macro_f1"]),
            *([number(fold["macro_f1_frames"])] if frames else []),
            *(_choice(fold.get(key)) for key in chosen),
        )
        for fold in folds
    ]
    columns = ("Repeat", "Fold", "Training", "Test", "Accuracy", "Macro-F1", *(["Macro-F1, frames"] if frames else []),
               *(CHOSEN[key] for key in chosen))  # fmt: skip
    caption = "Every fold: paragraphs with gold, figures, and what its inner folds chose"
    yield from bounded(caption, columns, rows, words=0, most=MOST_FOLDS)


def _choice(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.3g}"
