"""A labels folder, whole and without fault, or an error that says what to mend."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from framing.annotation.coders import Coder, read_coders
from framing.annotation.conflicts import Conflicts, read_conflicts
from framing.annotation.datasheet import DATASHEET, read_answers
from framing.annotation.gold import Judgements
from framing.annotation.json_lines import Finding
from framing.annotation.label_files import (
    CODEBOOK,
    annotation_files,
    judgements_by_paragraph,
    read_annotations,
    read_paragraphs,
    standing,
)
from framing.annotation.label_lines import AnnotationRecord, ParagraphRecord
from framing.codebook import Codebook, read_codebook
from framing.errors import LabelError


@dataclass(frozen=True)
class Labels:
    """What stands in a labels folder.

    Attributes
    ----------
    folder : Path
    paragraphs : tuple of ParagraphRecord
        In the order of the file.
    annotations : mapping of str to tuple of AnnotationRecord
        For each coder, in the order of their names, the lines that stand: the last on each paragraph, and none where
        that line takes the coding back. A coder of whom nothing stands has an empty tuple.
    conflicts : Conflicts
    coders : mapping of str to Coder
        Those of whom ``coders.toml`` tells, whether or not they have coded; empty where the folder has none.
    notes : tuple of Finding
        Last lines that are cut off, which were left out.
    datasheet : mapping of str to str
        What ``datasheet.toml`` answers, by the question's id; empty where the folder has none.
    """

    folder: Path
    codebook: Codebook
    paragraphs: tuple[ParagraphRecord, ...]
    annotations: Mapping[str, tuple[AnnotationRecord, ...]]
    conflicts: Conflicts
    coders: Mapping[str, Coder]
    notes: tuple[Finding, ...] = ()
    datasheet: Mapping[str, str] = field(default_factory=dict)

    def judgements(self) -> dict[str, Judgements]:
        """Return the judgements on each paragraph, for every paragraph in the file's order, coder by coder."""
        return judgements_by_paragraph(self.paragraphs, self.annotations)


def read_labels(folder: str | os.PathLike[str]) -> Labels:
    """Read a labels folder for training.

    Raises
    ------
    LabelError
        When the folder or its paragraphs are missing, or at the first line that is faulty, or at odds
        with another: an unknown frame, an id that stands twice, a coding of a paragraph that is not there, a
        codebook of another major version. Names the file and the line.
    CodebookError
        When the folder's codebook is missing or is not one.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise LabelError("there is no such labels folder", path=folder)
    codebook = read_codebook(folder / CODEBOOK)
    file = read_paragraphs(folder)
    _refuse(folder, file.faults)
    annotations, torn = {}, [file.torn]
    for path in annotation_files(folder):
        coded = read_annotations(path, codebook=codebook, paragraphs=file.ids)
        _refuse(folder, coded.faults)
        annotations[path.stem] = tuple(standing(coded.annotations))
        torn.append(coded.torn)
    notes = tuple(finding for finding in torn if finding is not None)
    about = folder / DATASHEET
    return Labels(
        folder, codebook, tuple(file.paragraphs), annotations, read_conflicts(folder), read_coders(folder), notes,
        read_answers(about) if about.exists() else {},
    )  # fmt: skip


def _refuse(folder: Path, faults: list[Finding]) -> None:
    if faults:
        first = faults[0]
        more = "" if len(faults) == 1 else f" (and {len(faults) - 1} more: see 'framing labels check')"
        raise LabelError(first.message + more, path=folder / first.path, line=first.line)
