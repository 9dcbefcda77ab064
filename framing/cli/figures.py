"""An evaluation's figures on the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from framing.artifact import Artifact
from framing.cli.messages import plain

HEADLINE = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1, all labels",
    "macro_f1_frames": "macro-F1, frames only",
}


def show_figures(summary: dict[str, Any], artifact: Artifact) -> None:
    """Print headline figures beside the majority baseline, then the table of frames."""
    console = Console(highlight=False)
    console.print(_protocol(summary["protocol"]), soft_wrap=False)
    console.print(_headline(summary), _per_frame(summary, artifact))
    chosen = artifact.manifest["chosen"]["C"]
    folds = sorted(fold["C"] for fold in summary["folds"])
    console.print(f"C chosen for the model {chosen:g}; in the outer folds {folds[0]:g} to {folds[-1]:g}.")
    without = summary["without_boilerplate"]
    if boilerplate := summary["protocol"]["boilerplate"]:
        console.print(
            f"{boilerplate} paragraphs are boilerplate and get the residual by rule, as in use. Without them: "
            f"accuracy {_interval(without['metrics']['accuracy'])}, "
            f"macro-F1 {_interval(without['metrics']['macro_f1'])}."
        )
    undecided = summary["undecided_gold"]
    if undecided["paragraphs"] and undecided["low"] is not None:
        console.print(
            f"{undecided['paragraphs']} paragraphs have no gold, since their coders differ; settled on one coder's "
            f"label or another's they would make macro-F1 {_decimals(undecided['low']['macro_f1'])} to "
            f"{_decimals(undecided['high']['macro_f1'])}."
        )
    if parted := summary["protocol"]["pairs_across_folds"]:
        console.print(
            f"{parted} pairs of copies or near-copies stand in different published folds: a leak of that size."
        )


def _protocol(protocol: dict[str, Any]) -> str:
    folds = "published folds" if protocol["published_folds"] else f"folds by article, {protocol['repeats']} times"
    units = f"{protocol['with_gold']:,} paragraphs of {protocol['articles']:,} articles"
    if protocol["articles"] == protocol["paragraphs"]:
        units = f"{protocol['with_gold']:,} texts, each by itself"
    return f"{units}; {protocol['folds']} {folds}; out-of-fold figures with 95% intervals over articles"


def _headline(summary: dict[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("")
    table.add_column("model")
    table.add_column("most frequent label")
    majority = summary["baselines"]["majority"]["metrics"]
    for key, words in HEADLINE.items():
        table.add_row(words, _interval(summary["metrics"][key]), _interval(majority[key]))
    return table


def _per_frame(summary: dict[str, Any], artifact: Artifact) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("frame", overflow="fold", min_width=12)
    for name in ("precision", "recall", "F1"):
        table.add_column(name, no_wrap=True)
    table.add_column("gold", justify="right")
    for label, figures in summary["per_frame"].items():
        cells = [_interval(figures[name], digits=2) for name in ("precision", "recall", "f1")]
        table.add_row(escape(plain(artifact.codebook.title(label))), *cells, str(figures["support"]))
    return table


def _interval(figure: dict[str, float | None], digits: int = 3) -> str:
    value, low, high = (_decimals(figure[key], digits) for key in ("value", "low", "high"))
    return value if figure["value"] is None else f"{value} \\[{low}, {high}]"


def _decimals(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}".removeprefix("0")
