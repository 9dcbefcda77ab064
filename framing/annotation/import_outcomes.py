"""A judgement from elsewhere beside what its coder has said here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from framing.annotation.coder_file import IMPORTED, CoderFile
from framing.annotation.records import Annotation

OutcomeKind = Literal["new", "same", "changed", "clash", "unmatched", "unusable"]

# What of a judgement is compared besides its label, where the record tells it.
COMPARED = ("runner_up", "sure", "note", "role")


@dataclass(frozen=True)
class Outcome:
    """What became of a record.

    Attributes
    ----------
    kind : str
        'new': added. 'same': stands here already. 'changed': added after another line of the coder's on the paragraph.
        'clash': the coder has another judgement here, which stays. 'unmatched': on no paragraph of ours. 'unusable': no
        judgement.
    place : str
        Where the record stands in the file.
    message : str
        What is wrong; empty for what is used.
    coder : str or None
        None where the record was given up before that was known.
    ours, theirs : Annotation or None
        What stood here, and what the record says.
    """

    kind: OutcomeKind
    place: str
    message: str = ""
    coder: str | None = None
    ours: Annotation | None = None
    theirs: Annotation | None = None

    @property
    def used(self) -> bool:
        return self.kind in ("new", "same", "changed")

    @property
    def added(self) -> bool:
        return self.kind in ("new", "changed")


@dataclass(frozen=True)
class Candidate:
    """A judgement that may be added.

    Attributes
    ----------
    number : int
        Its record's place in the file's order.
    told : frozenset of str
        The fields that the record tells, besides the label.
    """

    number: int
    place: str
    annotation: Annotation
    told: frozenset[str]


def compared(file: CoderFile, candidates: Iterable[Candidate], *, newer: bool) -> Iterator[tuple[int, Outcome]]:
    """Yield what is to become of a coder's judgements, each with its number, in their order.

    Parameters
    ----------
    file : CoderFile
        Of the same coder, as it stands.
    newer : bool
        Of two judgements the one with the later time stands; without it the one that is here.
    """
    standing = dict(file.last)
    roles = {annotation.role for annotation in file.annotations}
    for candidate in candidates:
        theirs = _requested(candidate.annotation, file)
        ours = standing.get(theirs.paragraph)
        kind, message = _verdict(ours, theirs, candidate.told, known=_is_known(theirs, file), newer=newer)
        if kind in ("new", "changed") and roles and theirs.role not in roles:
            kind, message = "clash", _other_role(theirs)
        if kind in ("new", "changed"):
            standing[theirs.paragraph] = theirs
        yield candidate.number, Outcome(kind, candidate.place, message, theirs.coder, ours, theirs)


def _is_known(theirs: Annotation, file: CoderFile) -> bool:
    return theirs.request is not None and file.of_request(theirs.request) is not None


def _requested(annotation: Annotation, file: CoderFile) -> Annotation:
    """Give a judgement the request by which its line is known again: its own, or one made of all that it says."""
    if annotation.request is not None and file.of_request(annotation.request) in (None, annotation):
        return annotation
    told = vars(annotation) | {"request": None}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return dataclasses.replace(annotation, request=f"{IMPORTED}{digest[:32]}")


def _verdict(
    ours: Annotation | None, theirs: Annotation, told: frozenset[str], *, known: bool, newer: bool
) -> tuple[OutcomeKind, str]:
    differing = [] if ours is None else _differing(ours, theirs, told)
    if ours is not None and not differing:
        return "same", ""
    if known:
        return "clash", f"{_both(ours, theirs, differing)}; that stood here before, and has been changed since"
    if ours is None or ours.status == "withdrawn":
        return "new", ""
    ahead = _seconds_ahead(ours, theirs)
    open_here = ours.status != "labelled" and theirs.status == "labelled"
    if (open_here and (ahead is None or ahead > 0)) or (newer and ahead is not None and ahead > 0):
        return "changed", ""
    why = "kept ours"
    if newer:
        why += ", as a time is missing" if ahead is None else ", which is not the older one"
    return "clash", f"{_both(ours, theirs, differing)}; {why}"


def _other_role(theirs: Annotation) -> str:
    """Refuse what would end the coder's work on the page, which keeps codings and decisions apart by name."""
    here, there = ("codes", "decides") if theirs.role == "adjudicator" else ("decides", "codes")
    return (
        f"'{theirs.paragraph}' by {theirs.coder}: {there}, and {here} in this folder; an adjudicator has a name of "
        f"their own: add --map {theirs.coder}=NAME"
    )


def _differing(ours: Annotation, theirs: Annotation, told: frozenset[str]) -> list[str]:
    compared = ("frame", "set_aside", *(field for field in COMPARED if field in told))
    return [field for field in compared if getattr(ours, field) != getattr(theirs, field)]


def _both(ours: Annotation | None, theirs: Annotation, differing: Sequence[str]) -> str:
    here, there = shown(ours), shown(theirs)
    others = "" if here != there else f" (another {differing[0].replace('_', ' ')})" if differing else ""
    return f"'{theirs.paragraph}' by {theirs.coder}: {here} here, {there} there{others}"


def shown(annotation: Annotation | None) -> str:
    """Say a judgement in a word or two."""
    if annotation is None:
        return "nothing"
    if annotation.status == "labelled":
        return str(annotation.frame)
    return annotation.status if annotation.frame is None else f"{annotation.status} ({annotation.frame})"


def _seconds_ahead(ours: Annotation, theirs: Annotation) -> float | None:
    """Return by how much theirs is the later; None where one of the times is unknown."""
    times = []
    for told in (ours.labelled_at, theirs.labelled_at):
        try:
            time = datetime.fromisoformat(told or "")
        except ValueError:
            return None
        times.append(time if time.tzinfo else time.replace(tzinfo=UTC))
    return (times[1] - times[0]).total_seconds()
