"""Which paragraphs were queued for which purpose: ``queued.jsonl`` in a labels folder, which is only added to.

What was queued to learn from is never drawn to measure with, nor the other way round, also while nobody has coded it:
this file is how one queue knows of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from framing.annotation.appending import append_lines
from framing.annotation.json_lines import read_json_lines
from framing.annotation.queues import QueuedParagraph
from framing.annotation.records import DrawnBy
from framing.errors import LabelError

QUEUED = "queued.jsonl"


@dataclass(frozen=True)
class EarlierQueued:
    """A paragraph that an earlier queue holds.

    Attributes
    ----------
    queue : str
        The name of the queue's file, without its folder.
    """

    paragraph: str
    drawn_by: DrawnBy
    inclusion_probability: float | None
    stratum: str | None
    queue: str


def read_queued(folder: Path) -> list[EarlierQueued]:
    """Read what was queued before; nothing where no queue was made yet.

    Raises
    ------
    LabelError
        When the file cannot be read, or at the first faulty line.
    """
    path = folder / QUEUED
    if not path.exists():
        return []
    queued = []
    for line in read_json_lines(path):
        if line.torn:
            continue
        if fault := line.fault or _fault(line.value):
            raise LabelError(fault, path=path, line=line.number)
        value = line.value
        chance, stratum = value.get("inclusion_probability"), value.get("stratum")
        queued.append(EarlierQueued(value["paragraph"], value["drawn_by"], chance, stratum, value["queue"]))
    return queued


def record_queue(folder: Path, queue: Sequence[QueuedParagraph], *, name: str, queued_at: str) -> None:
    """Keep what a queue holds; its caller holds the lock of the file.

    Parameters
    ----------
    folder : Path
        A labels folder.
    queue : sequence of QueuedParagraph
        Drawn to learn from or as a sample.
    name : str
        The name of the queue's file. The same queue under the same name is kept once.
    queued_at : str
        The time in UTC, as ISO 8601.

    Raises
    ------
    LabelError
        When the file is faulty or cannot be written.
    """
    kept = set(read_queued(folder))
    new = [
        one
        for one in queue
        if one.drawn_by is not None
        and EarlierQueued(one.paragraph, one.drawn_by, one.inclusion_probability, one.stratum, name) not in kept
    ]
    append_lines(folder / QUEUED, (_line(one, name, queued_at) for one in new))


def _line(queued: QueuedParagraph, name: str, queued_at: str) -> dict[str, Any]:
    return {
        "paragraph": queued.paragraph,
        "drawn_by": queued.drawn_by,
        "inclusion_probability": queued.inclusion_probability,
        "stratum": queued.stratum,
        "queue": name,
        "queued_at": queued_at,
    }


def _fault(value: dict[str, Any]) -> str | None:
    for key in ("paragraph", "queue"):
        if not isinstance(value.get(key), str):
            return f"'{key}' must be text in quotes"
    if value.get("drawn_by") not in get_args(DrawnBy):
        return f"'drawn_by' must be one of {', '.join(get_args(DrawnBy))}"
    if not isinstance(value.get("stratum"), str | None):
        return "'stratum' must be text in quotes, or null"
    chance = value.get("inclusion_probability")
    if isinstance(chance, bool) or not isinstance(chance, float | int | None):
        return "'inclusion_probability' must be a number, or null"
    return None
