"""A new model where one stands already: what changed since, and whether the new one may take its place."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from framing.annotation.changes import LabelChanges, label_changes
from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import parse_rows
from framing.artifact import PackedModel, load, read_kept, save
from framing.artifact.manifest import read_manifest
from framing.artifact.storage import KEPT_LABELS
from framing.artifact.succession import SHORT, held, note, put_in_place
from framing.errors import ArtifactError, FramingError
from framing.workflow.comparison import Replacement, compare_contenders
from framing.workflow.contenders import Contender, read_contender
from framing.workflow.data import Tell
from framing.workflow.studies import Stages

Outcome = Literal["trained", "unchanged", "replaced", "forced", "refused"]

_MOST_FLIPS = 8


@dataclass(frozen=True)
class Settled:
    """What became of a new model.

    Attributes
    ----------
    folder : Path
        Where it lies.
    outcome : str
        'trained': no model stood there; 'unchanged': this very one did; 'replaced': it stands in the place of the
        former, as the comparison allows; 'forced': against the comparison, or without one; 'refused': the other one
        still stands.
    former : str or None
        The digest of the model that stood there.
    replacement : Replacement or None
        The comparison; None where there was nothing to compare with, or it was not possible.
    sentence : str or None
        The comparison's, or why there was none.
    """

    folder: Path
    outcome: Outcome
    former: str | None = None
    replacement: Replacement | None = None
    sentence: str | None = None


def tell_changes(output: Path, today: LabelledParagraphs, tell: Tell) -> None:
    """Tell what changed in the labels since the model that stands at the output, where one does."""
    if not output.exists():
        return
    try:
        digest = read_manifest(output)["digest"]
        changes = label_changes(parse_rows(read_kept(output)[KEPT_LABELS]), today)
    except FramingError as error:
        tell(f"what changed in the labels since the model in place cannot be told: {error}")
        return
    for line in described(changes):
        tell(f"labels since the model in place ({digest[:SHORT]}): {line}")


def described(changes: LabelChanges) -> list[str]:
    """Say what changed, a line for the paragraphs and one for their gold."""
    if not changes:
        return ["no change"]
    lines = [
        f"{_paragraphs(changes.added)} added, {changes.changed:,} with other labels, {changes.taken_away:,} taken away"
    ]
    if changes.gold:
        flips = [
            f"{then or 'no gold'} to {now or 'no gold'} {number:,}"
            for (then, now), number in list(changes.gold.items())[:_MOST_FLIPS]
        ]
        more = len(changes.gold) - len(flips)
        flips += [f"and {more} more ways"] if more > 0 else []
        lines.append(f"{_paragraphs(sum(changes.gold.values()))} with another gold: {', '.join(flips)}")
    return lines


def settle(
    packed: PackedModel,
    output: Path,
    today: LabelledParagraphs,
    *,
    force: bool,
    margin: float | None,
    jobs: int,
    progress: Stages,
    tell: Tell,
) -> Settled:
    """Save a model: at the output where none stands, in the place of another where it may, or else beside it.

    Of several trainings for one output that end at the same time, one after the other is settled, each against what
    stands there by then.

    Parameters
    ----------
    packed : PackedModel
    output : Path
    today : LabelledParagraphs
        What the model was trained on.
    force : bool
        Put it in place whatever the comparison says.
    margin : float, optional
        As in `framing.workflow.comparison.compare_models`.
    jobs : int
    progress : callable
    tell : callable
        Told where another program has to be waited for.

    Raises
    ------
    FramingError
        When the model cannot be saved. A comparison that is not possible raises nothing: the model is not put in place.
    """
    digest = packed.artifact.manifest["digest"]
    with held(output, waiting=lambda: tell(f"another program is putting a model into {output}; waiting for it")):
        if not output.exists():
            save(packed, output)
            note(output, output, "trained")
            return Settled(output, "trained")
        if stands(output, digest):
            return Settled(output, "unchanged", digest)
        # Saved before anything else: whatever happens from here on, the training is not lost.
        beside = output.with_name(f"{output.name}-{digest[:SHORT]}")
        if not stands(beside, digest):
            save(packed, beside, replace=beside.exists())
        former = str(read_manifest(output, older=True)["digest"])
        replacement, sentence = None, ""
        try:
            replacement = compare_contenders(
                (_named(output, f"the model in place ({former[:SHORT]})"), _named(beside, "the new model")),
                today,
                margin=margin,
                jobs=jobs,
                progress=progress,
            )
            sentence = replacement.sentence
        except FramingError as error:
            sentence = f"The two cannot be compared: {error}"
        verdict = None if replacement is None else replacement.verdict
        if verdict != "may" and not force:
            note(output, beside, "refused", verdict=verdict, sentence=sentence)
            return Settled(beside, "refused", former, replacement, sentence)
        action: Literal["replaced", "forced"] = "replaced" if verdict == "may" else "forced"
        put_in_place(beside, output, action, verdict=verdict, sentence=sentence)
        return Settled(output, action, former, replacement, sentence)


def stands(folder: Path, digest: str) -> bool:
    """Tell whether a folder holds this very model, whole."""
    try:
        return bool(load(folder).manifest["digest"] == digest)
    except ArtifactError:
        return False


def _named(folder: Path, name: str) -> Contender:
    return dataclasses.replace(read_contender(folder), name=name)


def _paragraphs(number: int) -> str:
    return f"{number:,} {'paragraph' if number == 1 else 'paragraphs'}"
