"""Labels of an older version of the codebook: which deserve another look, and new names for what was renamed.

A minor version (1.1 to 1.2) leaves labels as they are and tells what it touches; what is touched is looked at again. By
another major version (2.0) a label may mean something else, and the labels of both are never in one folder.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from framing.annotation.coder_file import CoderFile
from framing.annotation.label_files import CODEBOOK, annotation_files, read_paragraphs
from framing.annotation.label_lines import AnnotationRecord
from framing.annotation.queues import QueuedParagraph
from framing.annotation.records import Annotation
from framing.codebook import Change, Codebook, read_codebook, same_major, version_key
from framing.errors import LabelError


@dataclass(frozen=True)
class Migrated:
    """What a coder's file gets, or would get.

    Attributes
    ----------
    lines : int
    names : mapping of (str, str) to int
        How often an old name, of a frame or a runner-up, gives way to a new one.
    """

    coder: str
    lines: int
    names: Mapping[tuple[str, str], int]


def review_queue(codebook: Codebook, annotations: Iterable[Annotation]) -> list[QueuedParagraph]:
    """Queue what was labelled before a change of the codebook that touches its frame or its runner-up.

    A paragraph leaves the queue when it is labelled again under the new version, with whatever frame.

    Parameters
    ----------
    codebook : Codebook
    annotations : iterable of Annotation
        A coder's lines in the order of the file; the last on a paragraph counts, and only where it gives a label.

    Returns
    -------
    list of QueuedParagraph
        In the order in which the paragraphs were first met. Each keeps how it was drawn: a second look is no second
        drawing.
    """
    last = {(annotation.coder, annotation.paragraph): annotation for annotation in annotations}
    queue: dict[str, QueuedParagraph] = {}
    for annotation in last.values():
        changes = touching(codebook, annotation)
        if annotation.status == "labelled" and changes:
            queue[annotation.paragraph] = QueuedParagraph(
                annotation.paragraph,
                annotation.drawn_by,
                annotation.inclusion_probability,
                reason=_reason(changes),
                review=changes[-1].version,
            )
    return list(queue.values())


def touching(codebook: Codebook, annotation: Annotation) -> list[Change]:
    """Return the codebook's changes that came after an annotation and touch its frame or its runner-up, oldest first.

    A change that names rules and no labels touches every label. An annotation of an unknown version is older than any
    change.
    """
    today = codebook.todays_names
    given = {today.get(label, label) for label in (annotation.frame, annotation.runner_up) if label is not None}
    coded = version_key(annotation.codebook_version) or ()
    return [
        change
        for change in codebook.changes
        if same_major(change.version, codebook.version)
        and (version_key(change.version) or ()) > coded
        and given
        and (
            bool(change.rules)
            if change.frames is None
            else not given.isdisjoint(today.get(label, label) for label in change.frames)
        )
    ]


def is_newer(annotation: Annotation, codebook: Codebook) -> bool:
    """Tell whether an annotation was made by a later version than the codebook's."""
    coded, own = version_key(annotation.codebook_version), version_key(codebook.version)
    return coded is not None and own is not None and coded > own


def migrate_labels(folder: Path, *, dry_run: bool = False) -> list[Migrated]:
    """Give labels the names that the codebook gives them now.

    For each of a coder's last lines that has an old name a line is added that says the same under the new one, with
    the time and all else of the old. Its codebook version is today's, unless a change in between touches the label:
    then it stays what it was, so that the paragraph is still looked at again. Doing it twice adds nothing.

    Parameters
    ----------
    folder : Path
        A labels folder.
    dry_run : bool
        Write nothing.

    Returns
    -------
    list of Migrated
        One for each coder whose file has an old name in a line that counts.

    Raises
    ------
    LabelError
        When a file has any other fault or cannot be written; of a fault, before anything is written.
    CodebookError
        When the folder's codebook is missing or is not one.
    """
    if not folder.is_dir():
        raise LabelError("there is no such labels folder", path=folder)
    codebook = read_codebook(folder / CODEBOOK)
    paragraphs = read_paragraphs(folder)
    if paragraphs.faults:
        first = paragraphs.faults[0]
        raise LabelError(f"{first.message}; see 'framing labels check'", path=folder / first.path, line=first.line)
    files = [
        CoderFile(folder, path.stem, codebook, paragraphs.ids, migrating=True) for path in annotation_files(folder)
    ]
    migrated = []
    for file in files:
        given: list[AnnotationRecord] = []
        if dry_run:
            given += file.outdated
        else:
            file.append_all(_renamed(file, codebook, given))
        if given:
            names = Counter(names for record in given for names in record.renamed)
            migrated.append(Migrated(file.coder, len(given), names))
    return migrated


def _renamed(file: CoderFile, codebook: Codebook, given: list[AnnotationRecord]) -> Iterator[Annotation]:
    """Yield the lines to add, and keep what they are made of.

    It begins when `CoderFile.append_all` holds the lock and has read the file anew: what a coder says meanwhile is not
    overruled.
    """
    given += file.outdated
    for record in given:
        annotation = record.annotation
        version = annotation.codebook_version
        if version and not touching(codebook, annotation) and not is_newer(annotation, codebook):
            version = codebook.version
        yield dataclasses.replace(annotation, codebook_version=version, request=None, undoes=None)


def _reason(changes: list[Change]) -> str:
    change = changes[-1]
    what = [f"the {'rule' if len(change.rules) == 1 else 'rules'} {', '.join(change.rules)}"] if change.rules else []
    if change.frames:
        what.append(f"the {'label' if len(change.frames) == 1 else 'labels'} {', '.join(change.frames)}")
    told = f"codebook {change.version} changes {' and '.join(what)}"
    return f"{told}: {change.note}" if change.note else told
