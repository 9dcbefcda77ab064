"""The paragraphs that have no gold because their coders differ, those that were quarrelled over most first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from framing.annotation.gold import Judgements
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.records import Annotation


def find_disputes(
    paragraphs: Sequence[ParagraphRecord],
    codings: Iterable[Annotation],
    decisions: Iterable[Annotation],
    lines: Mapping[str, int],
) -> dict[str, Any]:
    """List the paragraphs in dispute.

    Parameters
    ----------
    paragraphs : sequence of ParagraphRecord
    codings, decisions : iterable of Annotation
        What stands of the coders' judgements and of the adjudicators', each with a frame.
    lines : mapping of str to int
        How many lines were ever written on each paragraph, changes of mind among them.

    Returns
    -------
    dict
        ``open`` has those without gold: most codings first, then most different frames, then most lines, then the
        order of the folder. ``settled_by_adjudicator`` counts those on which the coders leave no gold and adjudicators
        do.
    """
    said: dict[str, list[Annotation]] = {}
    for annotation in (*codings, *decisions):
        said.setdefault(annotation.paragraph, []).append(annotation)
    listed, settled = [], 0
    for paragraph in paragraphs:
        given = said.get(paragraph.id, [])
        judged = _judgements(given)
        if judged.counted and judged.gold is None:
            listed.append(_entry(paragraph, given, lines.get(paragraph.id, 0)))
        elif judged.decisions and judged.frames and Judgements(judged.frames).gold is None:
            settled += 1
    listed.sort(key=lambda entry: (-len(entry["codings"]), -entry["frames"], -entry["lines"]))
    return {"open": listed, "settled_by_adjudicator": settled}


def _judgements(given: Iterable[Annotation]) -> Judgements:
    frames: dict[str, list[str]] = {"coder": [], "adjudicator": []}
    for annotation in given:
        if annotation.frame is not None:
            frames[annotation.role].append(annotation.frame)
    return Judgements(tuple(frames["coder"]), tuple(frames["adjudicator"]))


def _entry(paragraph: ParagraphRecord, given: Sequence[Annotation], lines: int) -> dict[str, Any]:
    return {
        "paragraph": paragraph.id,
        "article": paragraph.article,
        "text": paragraph.text,
        "frames": len({annotation.frame for annotation in given}),
        "lines": lines,
        "codings": [
            {
                "coder": annotation.coder,
                "role": annotation.role,
                "frame": annotation.frame,
                "sure": annotation.sure,
                "runner_up": annotation.runner_up,
                "note": annotation.note,
            }
            for annotation in given
        ],
    }
