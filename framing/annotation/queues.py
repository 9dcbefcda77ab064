"""A queue: which paragraphs are to be coded next, and why each of them.

What is coded to learn from is chosen where the model is in doubt, and says nothing of how often a frame occurs; what is
coded to measure with is drawn by chance. A queue is the one or the other, and every annotation keeps which.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_args

from framing.annotation.json_lines import read_json_lines
from framing.annotation.records import DrawnBy
from framing.errors import LabelError
from framing.files import written_aside


@dataclass(frozen=True)
class QueuedParagraph:
    """A paragraph to be coded.

    Attributes
    ----------
    drawn_by : str or None
        As it will stand in the annotation.
    inclusion_probability : float or None
        The chance with which it was drawn; a number for every paragraph of a probability sample, and for no other.
    stratum : str or None
        The part of the population that it was drawn from.
    reason : str or None
        Why it is here, in words that do not depend on the model's frame, so that a coder may see them.
    review : str or None
        Of a paragraph that is to be coded again: the codebook's version by which, so that an older coding does not
        count as done. It keeps why it was drawn when it was coded first.
    """

    paragraph: str
    drawn_by: DrawnBy | None
    inclusion_probability: float | None = None
    stratum: str | None = None
    reason: str | None = None
    review: str | None = None


def write_queue(path: str | os.PathLike[str], queue: Sequence[QueuedParagraph]) -> None:
    """Write a queue file: a JSON object a line, in the order in which the paragraphs are to be coded.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    with written_aside(path) as file:
        for queued in queue:
            file.write(json.dumps(asdict(queued), ensure_ascii=False).encode("utf-8") + b"\n")


def read_queue(path: str | os.PathLike[str], paragraphs: Collection[str]) -> list[QueuedParagraph]:
    """Read a queue file.

    Parameters
    ----------
    path : path-like
    paragraphs : collection of str
        The ids of the paragraphs that are there.

    Raises
    ------
    LabelError
        When the file cannot be read or is empty, or at the first line that does not fit: a paragraph that is not there
        or stands twice, a probability sample without chances, two purposes in one queue.
    """
    path = Path(path)
    queue: list[QueuedParagraph] = []
    met: set[str] = set()
    for line in read_json_lines(path):
        fault = line.fault or _fault(line.value, paragraphs, met)
        if fault is None and queue and _mixed(queue[0], line.value):
            fault = "is drawn for another purpose than the lines before it; the two are never mixed"
        if fault is not None:
            raise LabelError(fault, path=path, line=line.number)
        told: dict[str, Any] = {one.name: line.value.get(one.name) for one in fields(QueuedParagraph)}
        queue.append(QueuedParagraph(**told))
        met.add(queue[-1].paragraph)
    if not queue:
        raise LabelError("is empty; make a queue with 'framing queue'", path=path)
    return queue


def _fault(value: dict[str, Any], paragraphs: Collection[str], met: set[str]) -> str | None:
    identifier = value.get("paragraph")
    if not isinstance(identifier, str):
        return "has no 'paragraph'"
    if identifier not in paragraphs:
        return f"there is no paragraph '{identifier}' in the labels folder; was the queue made for another?"
    if identifier in met:
        return f"the paragraph '{identifier}' stands in an earlier line already"
    if any(not isinstance(value.get(key), str | None) for key in ("stratum", "reason", "review")):
        return "'stratum', 'reason' and 'review' must be text in quotes, or null"
    return _drawing_fault(value.get("drawn_by"), value.get("inclusion_probability"), again=_again(value))


def _mixed(first: QueuedParagraph, value: dict[str, Any]) -> bool:
    if (first.review is not None) != _again(value):
        return True
    # What is coded again was drawn before, the one for this purpose and the other for that.
    return first.review is None and first.drawn_by != value.get("drawn_by")


def _again(value: dict[str, Any]) -> bool:
    return value.get("review") is not None


def _drawing_fault(drawn_by: Any, chance: Any, *, again: bool) -> str | None:
    if drawn_by is not None and drawn_by not in get_args(DrawnBy):
        return f"'drawn_by' must be one of {', '.join(get_args(DrawnBy))}, or null"
    if drawn_by != "sample" and chance is None:
        return None
    if drawn_by != "sample" and not again:
        return "has an 'inclusion_probability', which only a probability sample has"
    number = isinstance(chance, int | float) and not isinstance(chance, bool)
    return None if number and 0 < chance <= 1 else "'inclusion_probability' must be a number above 0 and at most 1"
