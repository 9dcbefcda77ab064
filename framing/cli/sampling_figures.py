"""How the labels were drawn, and the figures of those that were drawn by chance, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.markup import escape

from framing.cli.messages import plain
from framing.cli.tables import interval, plain_table
from framing.codebook import Codebook

OF_LABELS = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1, all labels",
    "macro_f1_frames": "macro-F1, frames only",
    "log_loss": "log loss",
    "brier": "Brier score, 0 to 2",
}


def sampling_lines(sampling: dict[str, Any], codebook: Codebook) -> Iterator[RenderableType]:
    """Yield what is to be printed of an evaluation's ``sampling``, line by line and table by table."""
    sample = sampling["sample"]
    if sample is not None:
        yield (
            f"\nWeighted: {sample['paragraphs']:,} paragraphs of {sample['articles']:,} articles, drawn by chance, "
            f"stand for some {sample['population']:,.0f} (and are worth {sample['effective_paragraphs']:,.0f} of a "
            f"simple sample). What of the sample is not coded, set aside or in dispute ({sample['without_gold']:,}) is "
            "left out: where that is hard, the figures are too good."
        )
        table = plain_table("", "weighted")
        for key, name in OF_LABELS.items():
            table.add_row(name, interval(sample["metrics"][key]))
        yield table
        yield ""
        table = plain_table("frame", "weighted F1", "prevalence", "predicted")
        for label in codebook.labels:
            figures = sample["per_frame"][label]
            cells = [interval(figures[name], digits=2) for name in ("f1", "prevalence", "predicted_share")]
            table.add_row(escape(plain(codebook.title(label))), *cells)
        yield table
        yield ""
    yield escape(plain(sampling["statement"]))
