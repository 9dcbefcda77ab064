"""The labels that a model was trained on, kept with it without the texts, so that it can be trained again later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import LabelError

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class KeptLabels:
    """Labels of earlier, laid over the paragraphs of today.

    Attributes
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
        As it was then; -1 where there was none, and for paragraphs that came later.
    targets : ndarray of float, shape (n_paragraphs, n_frames)
        As they were then; zeros for paragraphs that came later.
    gone : int
        Paragraphs of then that are not there today, or whose text is another.
    """

    gold: Integers
    targets: NDArray[np.float64]
    gone: int


def labels_to_keep(data: LabelledParagraphs, groups: Integers) -> tuple[dict[str, Any], ...]:
    """Return a row for each paragraph: its id, article, group in splitting, gold, shares of coders and text digest.

    Of texts that are not ours the paragraph is the number of its data row.

    Parameters
    ----------
    data : LabelledParagraphs
    groups : ndarray of int, shape (n_paragraphs,)
    """
    labels = (*data.codebook.labels, None)
    return tuple(
        {
            "paragraph": identifier if data.ours else int(identifier),
            "article": data.articles[row],
            "group": int(groups[row]),
            "gold": labels[data.gold[row]],
            "targets": {
                label: round(float(share), 6)
                for label, share in zip(data.codebook.labels, data.targets[row], strict=True)
                if share > 0
            },
            "text_sha256": text_digest(data.texts[row]),
        }
        for row, identifier in enumerate(data.ids)
    )


def lay_over(rows: Iterable[dict[str, Any]], today: LabelledParagraphs) -> KeptLabels:
    """Lay kept labels over today's paragraphs.

    Parameters
    ----------
    rows : iterable of dict
        As `labels_to_keep` made them.
    today : LabelledParagraphs

    Raises
    ------
    LabelError
        When a row is no such row or names a label that today's codebook does not know, or none of the paragraphs is
        there any more.
    """
    places = {identifier: place for place, identifier in enumerate(today.ids)}
    gold = np.full(len(today.ids), -1)
    targets = np.zeros((len(today.ids), len(today.codebook.labels)))
    gone = 0
    for number, row in enumerate(rows, 1):
        try:
            place = places.get(str(row["paragraph"]))
            if place is None or row["text_sha256"] != text_digest(today.texts[place]):
                gone += 1
                continue
            for label, share in row["targets"].items():
                targets[place, today.codebook.index[label]] = float(share)
            if row["gold"] is not None:
                gold[place] = today.codebook.index[row["gold"]]
        except KeyError as error:
            known = ", ".join(today.codebook.labels)
            raise LabelError(
                f"row {number} of the kept labels does not fit: {error} is not known; the codebook has {known}"
            ) from None
        except (TypeError, ValueError, AttributeError):
            raise LabelError(f"row {number} of the kept labels is no such row") from None
    if not targets.any():
        raise LabelError("none of the paragraphs that the model was trained on is among these labels; see --data")
    return KeptLabels(gold, targets, gone)


def parse_rows(content: bytes) -> Sequence[dict[str, Any]]:
    """Read the lines of a file of kept labels or of out-of-fold rows.

    Raises
    ------
    LabelError
        At the first line that is no JSON object.
    """
    rows = []
    # Lines end at a line feed alone: others of Unicode's line ends may stand within a text.
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n"), 1):
        try:
            row = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise LabelError("is no JSON object", line=number)
        rows.append(row)
    return rows


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
