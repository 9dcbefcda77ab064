"""The files of a labels folder, read with every fault that is in them.

Training refuses the first fault, `framing labels check` shows them all: the rules are the same, and stand here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from framing.annotation.gold import Judgements
from framing.annotation.json_lines import TORN, Finding, read_json_lines
from framing.annotation.label_lines import (
    AnnotationRecord,
    ParagraphRecord,
    annotation_faults,
    parse_annotation,
    parse_paragraph,
    renaming_fault,
    with_todays_names,
)
from framing.annotation.records import Role
from framing.codebook import Codebook
from framing.errors import LabelError

CODEBOOK = "codebook.toml"
PARAGRAPHS = "paragraphs.jsonl"
ANNOTATIONS = "annotations"


@dataclass(frozen=True)
class ParagraphsFile:
    """What ``paragraphs.jsonl`` holds.

    Attributes
    ----------
    paragraphs : list of ParagraphRecord
        The lines without a fault of their own, in the file's order; of two with the same id, the first.
    faults : list of Finding
        In the file's order.
    ids : set of str
        Every id, those of faulty lines too: a coding of such a paragraph is no fault of the coder's.
    torn : Finding or None
        A last line that is cut off.
    """

    paragraphs: list[ParagraphRecord]
    faults: list[Finding]
    ids: set[str]
    torn: Finding | None = None


@dataclass(frozen=True)
class AnnotationsFile:
    """What a coder's file holds.

    Attributes
    ----------
    annotations : list of AnnotationRecord
        The lines without a fault, in the file's order; see `standing` and `last_lines`. Those that only lack a label's
        new name are among them.
    faults : list of Finding
        A label's old name is one where the line is the last on its paragraph.
    torn : Finding or None
        A last line that is cut off.
    """

    annotations: list[AnnotationRecord]
    faults: list[Finding]
    torn: Finding | None = None


def read_paragraphs(folder: Path) -> ParagraphsFile:
    """Read ``paragraphs.jsonl``, going on after a fault.

    Raises
    ------
    LabelError
        When the file is missing or cannot be read.
    """
    paragraphs: list[ParagraphRecord] = []
    faults: list[Finding] = []
    ids: set[str] = set()
    lines: dict[str, int] = {}
    places: dict[tuple[str, int], int] = {}
    torn = None
    if not (folder / PARAGRAPHS).exists():
        raise LabelError("there is no such file; a new folder begins with an empty one", path=folder / PARAGRAPHS)
    for line in read_json_lines(folder / PARAGRAPHS):
        if line.torn:
            torn = Finding(PARAGRAPHS, line.number, TORN)
            continue
        record, messages = (None, [line.fault]) if line.fault else parse_paragraph(line.value, line.number)
        if record is not None:
            earlier = lines.setdefault(record.id, line.number)
            if earlier != line.number:
                messages = [f"the id '{record.id}' stands in line {earlier} already; each paragraph needs its own"]
            else:
                paragraphs.append(record)
                earlier = places.setdefault((record.article, record.position), line.number)
                if earlier != line.number:
                    place = f"position {record.position} of article '{record.article}'"
                    messages = [f"{place} stands in line {earlier} already; each paragraph needs its own"]
        faults += [Finding(PARAGRAPHS, line.number, message) for message in messages]
        if isinstance(identifier := line.value.get("id"), str):
            ids.add(identifier)
    return ParagraphsFile(paragraphs, faults, ids, torn)


def annotation_files(folder: Path) -> list[Path]:
    """List the coders' files in the order of their names; hidden files are none."""
    return sorted(
        path for path in (folder / ANNOTATIONS).glob("*.jsonl") if path.is_file() and not path.name.startswith(".")
    )


def read_annotations(
    path: Path,
    *,
    codebook: Codebook | None = None,
    paragraphs: Collection[str] | None = None,
    migrating: bool = False,
) -> AnnotationsFile:
    """Read one coder's file, every line of it; the coder is the file's stem.

    Parameters
    ----------
    codebook : Codebook, optional
        Without it frames and versions are not compared with any.
    paragraphs : set of str, optional
        The ids of the paragraphs that are there.
    migrating : bool
        Labels' old names are no faults.

    Raises
    ------
    LabelError
        When the file is missing or cannot be read.
    """
    annotations: list[AnnotationRecord] = []
    faults: list[Finding] = []
    torn = None
    name = f"{ANNOTATIONS}/{path.name}"
    for line in read_json_lines(path):
        if line.torn:
            torn = Finding(name, line.number, TORN)
            continue
        value, renamed = (line.value, ()) if codebook is None else with_todays_names(line.value, codebook)
        messages = [line.fault] if line.fault else annotation_faults(value, codebook)
        identifier = line.value.get("paragraph")
        if not messages and paragraphs is not None and identifier not in paragraphs:
            messages = [f"there is no paragraph '{identifier}' in {PARAGRAPHS}; correct the id or delete the line"]
        if not messages:
            annotations.append(AnnotationRecord(parse_annotation(value, path.stem), line.number, renamed))
        faults += [Finding(name, line.number, message) for message in messages]
    if codebook is not None and not migrating:
        faults += [
            Finding(name, record.line, renaming_fault(record.renamed[0][0], codebook))
            for record in last_lines(annotations).values()
            if record.renamed
        ]
        faults.sort(key=lambda fault: fault.line or 0)
    return AnnotationsFile(annotations, faults, torn)


def standing(annotations: Sequence[AnnotationRecord]) -> list[AnnotationRecord]:
    """Return what stands of one coder's lines: the last on each paragraph, and nothing where that gives no label."""
    return [record for record in last_lines(annotations).values() if record.annotation.status == "labelled"]


def last_lines(annotations: Iterable[AnnotationRecord]) -> dict[str, AnnotationRecord]:
    """Return a coder's last line on each paragraph, labelled, set aside or withdrawn."""
    return {record.annotation.paragraph: record for record in annotations}


def judgements_by_paragraph(
    paragraphs: Iterable[ParagraphRecord], annotations: Mapping[str, Sequence[AnnotationRecord]]
) -> dict[str, Judgements]:
    """Return the judgements on each paragraph, coder by coder, for every paragraph in order.

    Parameters
    ----------
    annotations : mapping of str to sequence of AnnotationRecord
        What stands of each coder's lines.
    """
    given: dict[str, dict[Role, list[str]]] = {
        paragraph.id: {"coder": [], "adjudicator": []} for paragraph in paragraphs
    }
    for records in annotations.values():
        for annotation in (record.annotation for record in records):
            if annotation.frame is not None and annotation.paragraph in given:
                given[annotation.paragraph][annotation.role].append(annotation.frame)
    return {name: Judgements(tuple(said["coder"]), tuple(said["adjudicator"])) for name, said in given.items()}
