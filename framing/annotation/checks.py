"""Everything that is wrong with a labels folder, and its counts: what `framing labels check` shows.

A check never stops at a fault. A fault would spoil training or evaluation; a note is only worth a look.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from framing.annotation.coder_notes import coder_notes
from framing.annotation.coders import CODERS, CoderKind, read_coders
from framing.annotation.conflicts import CONFLICTS, read_conflicts
from framing.annotation.gold import GoldCounts, count_gold
from framing.annotation.json_lines import Finding
from framing.annotation.label_files import (
    ANNOTATIONS,
    CODEBOOK,
    PARAGRAPHS,
    ParagraphsFile,
    annotation_files,
    judgements_by_paragraph,
    read_annotations,
    read_paragraphs,
    standing,
)
from framing.annotation.label_lines import AnnotationRecord, ParagraphRecord
from framing.codebook import Codebook, read_codebook
from framing.errors import CodebookError, LabelError
from framing.settings import EvaluationSettings
from framing.text.near_duplicates import near_duplicate_pairs, normalised

_SHORTEST = 8


@dataclass(frozen=True)
class CoderCounts:
    """What stands of one coder's codings.

    Attributes
    ----------
    frames : dict of str to int
        In codebook order, zeros included.
    kind : str or None
        None where it is not told whether the coder is a person or a program.
    """

    annotations: int
    unsure: int
    frames: dict[str, int]
    kind: CoderKind | None = None

    @property
    def unsure_share(self) -> float:
        return self.unsure / self.annotations if self.annotations else 0.0


@dataclass(frozen=True)
class LabelsReport:
    """The faults, notes and counts of a labels folder.

    Attributes
    ----------
    gold : GoldCounts
        How the paragraphs came by their gold.
    gold_frames : dict of str to int
        Paragraphs with each frame as gold, in codebook order, zeros included.
    coders : dict of str to CoderCounts
        In the order of their names.
    """

    faults: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    paragraphs: int
    articles: int
    gold: GoldCounts
    gold_frames: dict[str, int]
    coders: dict[str, CoderCounts]


def check_labels(
    folder: str | os.PathLike[str], *, near_duplicate: float = EvaluationSettings.near_duplicate
) -> LabelsReport:
    """Check a labels folder.

    Parameters
    ----------
    folder : path-like
    near_duplicate : float
        The resemblance, in (0, 1], from which two paragraphs count as near-duplicates.

    Returns
    -------
    LabelsReport
        What a faulty line says is counted nowhere.

    Raises
    ------
    LabelError
        Only when there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise LabelError("there is no such labels folder", path=folder)
    faults: list[Finding] = []
    notes: list[Finding] = []
    codebook = _codebook(folder, faults)
    try:
        file = read_paragraphs(folder)
    except LabelError as error:
        file = ParagraphsFile([], [Finding(PARAGRAPHS, None, error.message)], set())
    paragraphs = file.paragraphs
    faults += file.faults
    _check_regions(folder, paragraphs, faults, notes)
    notes += _gaps(paragraphs)
    notes += [] if file.torn is None else [file.torn]
    _check_duplicates(paragraphs, near_duplicate, faults, notes)
    annotations = _annotations(folder, codebook, file.ids, faults, notes)
    kinds = _kinds(folder, faults, notes)

    judgements = judgements_by_paragraph(paragraphs, annotations)
    labels = _labels(codebook, annotations)
    gold = Counter(judged.gold for judged in judgements.values())
    return LabelsReport(
        faults=_in_order(faults),
        notes=_in_order(notes),
        paragraphs=len(paragraphs),
        articles=len({paragraph.article for paragraph in paragraphs}),
        gold=count_gold(judgements.values()),
        gold_frames={label: gold[label] for label in labels},
        coders={coder: _coder_counts(records, labels, kinds.get(coder)) for coder, records in annotations.items()},
    )


def _codebook(folder: Path, faults: list[Finding]) -> Codebook | None:
    try:
        return read_codebook(folder / CODEBOOK)
    except CodebookError as error:
        faults.append(Finding(CODEBOOK, error.line, error.message))
        return None


def _annotations(
    folder: Path,
    codebook: Codebook | None,
    paragraphs: set[str],
    faults: list[Finding],
    notes: list[Finding],
) -> dict[str, list[AnnotationRecord]]:
    annotations = {}
    for path in annotation_files(folder):
        name = f"{ANNOTATIONS}/{path.name}"
        try:
            file = read_annotations(path, codebook=codebook, paragraphs=paragraphs)
        except LabelError as error:
            faults.append(Finding(name, None, error.message))
            continue
        faults += file.faults
        notes += coder_notes(name, file, codebook)
        annotations[path.stem] = standing(file.annotations)
    if not any(annotations.values()):
        notes.append(
            Finding(ANNOTATIONS, None, "nothing is coded, so there is nothing to train on; code some paragraphs")
        )
    return annotations


def _kinds(folder: Path, faults: list[Finding], notes: list[Finding]) -> dict[str, CoderKind]:
    try:
        coders = read_coders(folder)
    except LabelError as error:
        faults.append(Finding(CODERS, error.line, error.message))
        return {}
    with_file = {path.stem for path in annotation_files(folder)}
    notes += [
        Finding(CODERS, coder.line, f"the coder '{name}' has no file {ANNOTATIONS}/{name}.jsonl")
        for name, coder in coders.items()
        if name not in with_file
    ]
    return {name: coder.kind for name, coder in coders.items()}


def _check_regions(
    folder: Path, paragraphs: Sequence[ParagraphRecord], faults: list[Finding], notes: list[Finding]
) -> None:
    if not (folder / CONFLICTS).exists():
        return
    try:
        regions = read_conflicts(folder).regions
    except LabelError as error:
        faults.append(Finding(CONFLICTS, error.line, error.message))
        return
    named = Counter(paragraph.conflict for paragraph in paragraphs)
    first = {paragraph.conflict: paragraph.line for paragraph in reversed(paragraphs)}
    for conflict, line in first.items():
        if conflict is None:
            message = f"names no conflict, so it has no region ({named[None]} such paragraphs)"
            notes.append(Finding(PARAGRAPHS, line, message))
        elif conflict not in regions:
            message = f"the conflict '{conflict}' has no region in {CONFLICTS} ({named[conflict]} paragraphs)"
            faults.append(Finding(PARAGRAPHS, line, message))


def _gaps(paragraphs: Sequence[ParagraphRecord]) -> list[Finding]:
    articles: dict[str, list[ParagraphRecord]] = {}
    for paragraph in paragraphs:
        articles.setdefault(paragraph.article, []).append(paragraph)
    notes = []
    for article, members in articles.items():
        next_position = 0
        for paragraph in sorted(members, key=lambda paragraph: paragraph.position):
            if paragraph.position > next_position:
                message = f"article '{article}' has no paragraph at position {next_position}"
                notes.append(Finding(PARAGRAPHS, paragraph.line, message))
            next_position = paragraph.position + 1
    return notes


def _check_duplicates(
    paragraphs: Sequence[ParagraphRecord], threshold: float, faults: list[Finding], notes: list[Finding]
) -> None:
    """Report paragraphs that would leak from training into testing: the same text in two articles."""
    texts = [paragraph.text for paragraph in paragraphs]
    for one, other, resemblance in near_duplicate_pairs(texts, threshold=threshold, shortest=_SHORTEST):
        earlier, later = paragraphs[one], paragraphs[other]
        words = normalised(later.text)
        if words == normalised(earlier.text):
            finding = f"has the same words as '{earlier.id}' in line {earlier.line}"
        else:
            finding = f"is a near-duplicate of '{earlier.id}' in line {earlier.line} (resemblance {resemblance:.2f})"
        if earlier.article == later.article or words.count(" ") + 1 < _SHORTEST:
            notes.append(Finding(PARAGRAPHS, later.line, finding))
        else:
            finding += ", of another article; make them one article, or leave one out"
            faults.append(Finding(PARAGRAPHS, later.line, finding))


def _labels(codebook: Codebook | None, annotations: dict[str, list[AnnotationRecord]]) -> list[str]:
    """Return the codebook's labels, or those that the coders used where there is no codebook to read."""
    if codebook is not None:
        return list(codebook.labels)
    frames = {record.annotation.frame for records in annotations.values() for record in records}
    return sorted(frame for frame in frames if frame is not None)


def _coder_counts(records: Sequence[AnnotationRecord], labels: Sequence[str], kind: CoderKind | None) -> CoderCounts:
    frames = Counter(record.annotation.frame for record in records)
    unsure = sum(not record.annotation.sure for record in records)
    return CoderCounts(len(records), unsure, {label: frames[label] for label in labels}, kind)


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.path, finding.line or 0)))
