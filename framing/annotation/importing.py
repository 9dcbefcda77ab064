"""Labels out of a labelling tool's file, into a labels folder: what is new is added, nothing is ever overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from framing.annotation import doccano, label_studio_exports, long_csv, prodigy
from framing.annotation.coder_file import CoderFile
from framing.annotation.exchange import Reading
from framing.annotation.exporting import ExchangeFormat, read_folder
from framing.annotation.import_drafts import Drafts
from framing.annotation.import_outcomes import Candidate, Outcome, compared
from framing.annotation.label_studio import CONTROL
from framing.annotation.matching import Coders, Frames, Paragraphs
from framing.annotation.purposes import EarlierQueued, read_queued
from framing.annotation.records import Annotation
from framing.errors import InputError


@dataclass(frozen=True)
class ImportReport:
    """What became of a file.

    Attributes
    ----------
    outcomes : tuple of Outcome
        In the file's order.
    unseen : int
        Records of paragraphs that nobody judged.
    by_words : int
        Records whose paragraph was found by its words and not by its id.
    notes : tuple of str
    """

    outcomes: tuple[Outcome, ...]
    unseen: int = 0
    by_words: int = 0
    notes: tuple[str, ...] = ()


def import_labels(
    folder: str | os.PathLike[str],
    path: str | os.PathLike[str],
    kind: ExchangeFormat,
    *,
    coder: str | None = None,
    names: Mapping[str, str] | None = None,
    control: str = CONTROL,
    newer: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Add the judgements of a tool's file to a labels folder.

    Importing a file once more adds nothing. Other programs may write to the folder at the same time: what a coder has
    said here is looked at again under the lock under which the new lines are written.

    Parameters
    ----------
    folder : path-like
        A labels folder.
    path : path-like
        The tool's file.
    kind : str
        The tool.
    coder : str, optional
        Who coded, where the file does not say.
    names : mapping of str to str
        From the tool's names of coders to ours.
    control : str
        For Label Studio: the name of the choices that hold the frame.
    newer : bool
        Of two judgements of a coder the one with the later time stands; without it the one that is here.
    dry_run : bool
        Nothing is written.

    Raises
    ------
    UsageError
        When a coder's name is none.
    InputError
        When the file cannot be read, is none of the tool's, or holds nothing.
    LabelError, CodebookError
        When the folder has a fault, or cannot be written to.
    """
    folder, path = Path(folder), Path(path)
    codebook, file = read_folder(folder)
    reading = _read(path, kind, control)
    coders = Coders(names or {}, coder)
    coders.expect(reading.records)
    drafts = Drafts(codebook, Paragraphs(file.paragraphs), Frames(codebook), coders, _as_queued(folder))
    candidates, outcomes = drafts.of(reading.records)
    # All of them are read before the first is written to: a faulty one stops the whole.
    files = {name: CoderFile(folder, name, codebook, file.ids) for name in candidates}
    for name, given in candidates.items():
        found = list(compared(files[name], given, newer=newer))
        if not dry_run and any(outcome.added for _, outcome in found):
            found = _add(files[name], given, newer=newer)
        outcomes += found
    notes = [
        *reading.notes,
        *(f"--map {name}: nobody is called so" for name in (names or {}) if name not in coders.used),
    ]
    if drafts.by_words:
        notes.append(f"records without an id of ours, matched by their text: {drafts.by_words:,}")
    ordered = tuple(outcome for _, outcome in sorted(outcomes, key=lambda pair: pair[0]))
    return ImportReport(ordered, drafts.unseen, drafts.by_words, tuple(notes))


def _as_queued(folder: Path) -> dict[str, EarlierQueued]:
    """Return how each queued paragraph was drawn, where all queues that hold it say the same: none is guessed."""
    queued: dict[str, list[EarlierQueued]] = {}
    for one in read_queued(folder):
        queued.setdefault(one.paragraph, []).append(one)
    return {
        paragraph: given[0]
        for paragraph, given in queued.items()
        if len({(one.drawn_by, one.inclusion_probability) for one in given}) == 1
    }


def _read(path: Path, kind: ExchangeFormat, control: str) -> Reading:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", path=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except ValueError:
        raise InputError("is no name that a file can have", path=path) from None
    try:
        if kind == "label-studio":
            reading = label_studio_exports.read(content, control=control)
        else:
            reading = {"doccano": doccano, "prodigy": prodigy, "csv": long_csv}[kind].read(content)
    except InputError as error:
        raise InputError(error.message, path=path) from None
    if not reading.records:
        raise InputError("holds no records", path=path)
    return reading


def _add(file: CoderFile, candidates: Sequence[Candidate], *, newer: bool) -> list[tuple[int, Outcome]]:
    """Add what is to be added; everything is compared once more when nobody else can write."""
    found: list[tuple[int, Outcome]] = []

    def wanted() -> Iterator[Annotation]:
        for number, outcome in compared(file, candidates, newer=newer):
            found.append((number, outcome))
            if outcome.added and outcome.theirs is not None:
                yield outcome.theirs

    # The file asks for them after it has read, under its lock, what others wrote.
    file.append_all(wanted())
    return found
