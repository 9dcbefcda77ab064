"""An evaluation's main figures on the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from framing.cli.messages import plain
from framing.cli.sampling_figures import sampling_lines
from framing.cli.study_figures import show_studies
from framing.cli.tables import interval, plain_table
from framing.codebook import Codebook
from framing.evaluation.wording import decimals

OF_LABELS = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1, all labels",
    "macro_f1_frames": "macro-F1, frames only",
    "micro_f1": "micro-F1, all labels",
    "micro_f1_frames": "micro-F1, frames only",
    "cohen_kappa": "Cohen's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "log_loss": "log loss",
    "brier": "Brier score, 0 to 2",
    "expected_calibration_error": "calibration error",
    "hamming_loss": "Hamming loss",
    "jaccard": "Jaccard index",
}
CHOSEN = {
    "C": "C",
    "smoothing": "smoothing",
    "article": "article",
    "emission": "emission",
    "temperature": "temperature",
    "source_weight": "outlet",
}
OF_SETS = {"accuracy": "exact sets of labels"}


def show_figures(summary: dict[str, Any], codebook: Codebook) -> None:
    """Print the headline figures, the table of frames, the baselines and what the studies found."""
    console = Console(highlight=False)
    console.print(_protocol(summary["protocol"]))
    for table in (_headline(summary), _per_frame(summary, codebook), _baselines(summary)):
        console.print(table)
        console.print()
    if "sampling" in summary:
        for part in sampling_lines(summary["sampling"], codebook):
            console.print(part)
    for line in _notes(summary):
        console.print(line)
    show_studies(summary, console)


def show_comparison(summary: dict[str, Any], sentence: str) -> None:
    """Print both sides' figures, the paired differences and the verdict."""
    console = Console(highlight=False)
    for side in "ab":
        told = summary[side]
        gone = f"; {told['gone']} that it was trained on are gone" if told["gone"] else ""
        learnt = _counted(told["learnt_from"], "paragraph")
        console.print(escape(plain(f"{side.upper()}: {told['name']}, learning from {learnt}{gone}")))
    console.print(
        f"{summary['paragraphs']:,} paragraphs of {summary['articles']:,} articles; {summary['folds']} folds, repeats: "
        f"{summary['repeats']}; 95% intervals over articles, without the variance of training on others"
    )
    table = plain_table("", "A", "B", "B less A")
    for key in ("accuracy", "macro_f1", "macro_f1_frames"):
        one, other = (interval(summary[side]["metrics"][key]) for side in "ab")
        table.add_row(OF_LABELS[key], one, other, interval(summary["b_less_a"][key], signed=True))
    console.print(table)
    console.print(sentence, markup=False)


def _protocol(protocol: dict[str, Any]) -> str:
    alone = protocol["articles"] == protocol["paragraphs"]
    units = f"{_counted(protocol['with_gold'], 'paragraph')} of {_counted(protocol['articles'], 'article')}"
    if alone:
        units = f"{_counted(protocol['with_gold'], 'text')}, each by itself"
    often = "once" if protocol["repeats"] == 1 else f"{protocol['repeats']} times"
    folds = f"{'folds' if alone else 'folds by article'}, {often}"
    if protocol["published_folds"]:
        folds = "published folds"
    over = "texts" if alone else "articles"
    return (
        f"{units}; {protocol['folds']} {folds}; out-of-fold figures with 95% intervals over {over}, "
        f"without the variance of training on other {over}\n"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _headline(summary: dict[str, Any]) -> Table:
    framed = summary.get("paragraphs_with_a_frame", {"paragraphs": 0, "metrics": {}})
    apart = 0 < framed["paragraphs"] < summary["protocol"]["with_gold"]
    table = plain_table("", "all paragraphs", *(["those with a frame"] if apart else []))
    words = OF_LABELS | (OF_SETS if "hamming_loss" in summary["metrics"] else {})
    twice = () if summary["protocol"]["residual"] is not None else ("macro_f1_frames", "micro_f1_frames")
    for key, name in words.items():
        if key in summary["metrics"] and key not in twice:
            beside = [interval(framed["metrics"][key]) if key in framed["metrics"] else ""] if apart else []
            table.add_row(name, interval(summary["metrics"][key]), *beside)
    return table


def _per_frame(summary: dict[str, Any], codebook: Codebook) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("frame", overflow="fold", min_width=12)
    for name in ("precision", "recall", "F1"):
        table.add_column(name, no_wrap=True)
    table.add_column("gold", justify="right")
    for label in codebook.labels:
        figures = summary["per_frame"][label]
        cells = [interval(figures[name], digits=2) for name in ("precision", "recall", "f1")]
        table.add_row(escape(plain(codebook.title(label))), *cells, str(figures["support"]))
    return table


def _baselines(summary: dict[str, Any]) -> Table:
    """Set the model against each baseline; p by the corrected test and by randomisation."""
    table = plain_table("baseline", "macro-F1", "model better by", "p(t), p(swap)")
    best_first = sorted(
        summary["baselines"].items(),
        key=lambda item: -item[1]["metrics"]["macro_f1"]["value"] if "metrics" in item[1] else 0,
    )
    for name, baseline in best_first:
        title = escape(plain(baseline.get("title", name)))
        if "metrics" not in baseline:
            table.add_row(title, "skipped")
            continue
        against = baseline["model_less_baseline"]["macro_f1"]
        corrected = against["corrected_resampled_t"]
        chances = (None if corrected is None else corrected["p_value"], against["randomisation_p"])
        table.add_row(
            title,
            interval(baseline["metrics"]["macro_f1"]),
            interval(against["difference"], signed=True),
            ", ".join("-" if p is None else "<.001" if p < 0.001 else decimals(p) for p in chances),
        )
    return table


def _span(folds: list[dict[str, Any]], key: str) -> str:
    """Tell from what to what a choice went; nothing where there was none, or it was left out in all folds."""
    values = sorted(fold[key] for fold in folds if fold.get(key) is not None)
    if not values or values[-1] == 0:
        return ""
    return f"{values[0]:.3g}" if values[0] == values[-1] else f"{values[0]:.3g} to {values[-1]:.3g}"


def _notes(summary: dict[str, Any]) -> list[str]:
    """Say what stands behind the tables."""
    lines = ["p(t): Nadeau and Bengio's corrected t over folds; p(swap): whole articles swapped at random (Yeh)."]
    lines += [
        escape(plain(f"{baseline['title']}: {baseline['note']}."))
        for baseline in summary["baselines"].values()
        if baseline.get("note")
    ]
    chosen = [f"{name} {span}" for key, name in CHOSEN.items() if (span := _span(summary["folds"], key))]
    if chosen:
        lines.append(f"Chosen in the outer folds: {', '.join(chosen)}.")
    if "calibration" in summary:
        calibration = summary["calibration"]
        lines.append(
            f"Calibration error: {len(calibration['bins'])} bins; chance alone gives a calibrated model "
            f"{decimals(calibration['expected_of_a_calibrated_model'])}, so its interval lies too high."
        )
    without = summary.get("without_boilerplate")
    if without and (boilerplate := summary["protocol"]["boilerplate"]):
        figures = without["metrics"]
        lines.append(
            f"{boilerplate} paragraphs are boilerplate and get the residual by rule, as in use; they have no "
            f"probabilities. Without them: accuracy {interval(figures['accuracy'])}, "
            f"macro-F1 {interval(figures['macro_f1'])}."
        )
    undecided = summary.get("undecided_gold")
    if undecided and undecided["paragraphs"] and undecided["low"] is not None:
        lines.append(
            f"{undecided['paragraphs']} paragraphs have no gold, since their coders differ; settled on one coder's "
            f"label or another's they would make macro-F1 {decimals(undecided['low']['macro_f1'])} to "
            f"{decimals(undecided['high']['macro_f1'])}."
        )
    pairs, parted = summary["protocol"]["near_duplicate_pairs"], summary["protocol"]["pairs_across_folds"]
    if parted:
        lines.append(
            f"{parted} {'pair' if parted == 1 else 'pairs'} of copies or near-copies stand in different published "
            "folds: a leak of that size."
        )
    elif pairs:
        told = "1 pair of near-copies stands" if pairs == 1 else f"{pairs} pairs of near-copies stand"
        lines.append(f"{told} in different articles; such articles share a fold.")
    return lines
