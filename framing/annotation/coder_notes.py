"""What is worth a look in one coder's file, and no fault."""

from __future__ import annotations

from collections.abc import Sequence

from framing.annotation.json_lines import Finding
from framing.annotation.label_files import AnnotationsFile, last_lines, standing
from framing.annotation.label_lines import AnnotationRecord
from framing.annotation.versions import is_newer, touching
from framing.codebook import Codebook, version_key

_MOST_NAMED = 5


def coder_notes(name: str, file: AnnotationsFile, codebook: Codebook | None) -> list[Finding]:
    """Tell of a torn last line, what is set aside, labels of other codebooks, two roles in one, and an empty file.

    Parameters
    ----------
    name : str
        The file, relative to the labels folder.
    file : AnnotationsFile
    codebook : Codebook or None
        The folder's, where it can be read.
    """
    stands = standing(file.annotations)
    notes = [] if file.torn is None else [file.torn]
    notes += _set_aside(name, file.annotations)
    notes += [] if codebook is None else _version_notes(name, stands, codebook)
    if not file.annotations and not file.faults:
        notes.append(Finding(name, None, "is empty: this coder has coded nothing"))
    if len({record.annotation.role for record in stands}) > 1:
        notes.append(Finding(name, None, "holds codings and decisions; decisions need a name of their own"))
    return notes


def _set_aside(name: str, records: Sequence[AnnotationRecord]) -> list[Finding]:
    """Name what a coder has flagged or skipped and not judged since: it counts as not coded."""
    last = last_lines(records).values()
    notes = []
    for status, words in (("flagged", "flagged for another look"), ("skipped", "skipped")):
        aside = [record for record in last if record.annotation.status == status]
        if aside:
            ids = [record.annotation.paragraph for record in aside[:_MOST_NAMED]]
            more = f" and {len(aside) - len(ids):,} more" if len(aside) > len(ids) else ""
            notes.append(Finding(name, aside[0].line, f"{words}, and not coded: {', '.join(ids)}{more}"))
    return notes


def _version_notes(name: str, stands: Sequence[AnnotationRecord], codebook: Codebook) -> list[Finding]:
    """Tell of labels of a later codebook, and of labels that a change of the codebook touches."""
    notes = []
    newer = [record for record in stands if is_newer(record.annotation, codebook)]
    if newer:
        versions = sorted({one.annotation.codebook_version for one in newer}, key=lambda one: version_key(one) or ())
        message = (
            f"{_counted(newer)} of codebook {', '.join(versions)}, and the folder's is {codebook.version}; get the "
            "newer one"
        )
        notes.append(Finding(name, newer[0].line, message))
    touched = [record for record in stands if touching(codebook, record.annotation)]
    if touched:
        first = touched[0].annotation
        # Whoever decides has what was decided in sight without a queue.
        decides = f"label --coder {first.coder} --adjudicate"
        codes = f"queue --purpose review --coder {first.coder} --output FILE"
        message = (
            f"{_counted(touched)} older than a change of the codebook that touches the label; look again: 'framing "
            f"{decides if first.role == 'adjudicator' else codes}'"
        )
        notes.append(Finding(name, touched[0].line, message))
    return notes


def _counted(records: Sequence[AnnotationRecord]) -> str:
    return "1 label is" if len(records) == 1 else f"{len(records):,} labels are"
