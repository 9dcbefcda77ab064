"""One coder's file, read and added to while other programs may add to it as well."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from framing.annotation.appending import PATIENCE, append_lines, locked, sync
from framing.annotation.json_lines import Finding
from framing.annotation.label_files import ANNOTATIONS, read_annotations
from framing.annotation.label_lines import AnnotationRecord, annotation_faults, annotation_line
from framing.annotation.records import Annotation
from framing.codebook import Codebook
from framing.errors import LabelError, UsageError

# How the requests of lines begin that came from another tool's file.
IMPORTED = "import-"
_NAME = re.compile(r"\w[\w.@+-]{0,63}")


def refuse_coder_name(name: str) -> None:
    """Raise a UsageError for a name that cannot be the name of a file everywhere."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise UsageError(
            f"{name[:80]!r} is no name for a coder: up to 64 letters, digits and . _ @ + -, a letter or digit first"
        )


class CoderFile:
    """One coder's file.

    What is held in memory is what the file holds: others' additions (an import, a second page) are read before every
    write.

    Parameters
    ----------
    folder : Path
        A labels folder.
    coder : str
    codebook : Codebook
    paragraphs : collection of str
        The ids of the paragraphs that are there.
    migrating : bool
        Take up a file whose last lines have labels' old names, which is refused otherwise.
    patience : float
        Seconds that a write waits for another program that is writing the file.

    Attributes
    ----------
    path : Path
    torn : Finding or None
        A last line that was cut off when the file was read last; the next write takes it off.

    Raises
    ------
    UsageError
        When the name is none.
    LabelError
        When the file cannot be read or has a faulty line.
    """

    def __init__(
        self,
        folder: Path,
        coder: str,
        codebook: Codebook,
        paragraphs: Collection[str],
        *,
        migrating: bool = False,
        patience: float = PATIENCE,
    ):
        refuse_coder_name(coder)
        self.coder = coder
        self.path = folder / ANNOTATIONS / f"{coder}.jsonl"
        self.torn: Finding | None = None
        self._codebook = codebook
        self._paragraphs = paragraphs
        self._migrating = migrating
        self._patience = patience
        self._records: list[AnnotationRecord] = []
        self._last: dict[str, Annotation] = {}
        self._by_request: dict[str, Annotation] = {}
        self._state: tuple[int, ...] | None = None
        self.refresh()

    @property
    def annotations(self) -> list[Annotation]:
        """Every line, in the file's order."""
        return [record.annotation for record in self._records]

    @property
    def last(self) -> Mapping[str, Annotation]:
        """The last line on each paragraph, in the order in which the paragraphs were first met."""
        return self._last

    @property
    def outdated(self) -> list[AnnotationRecord]:
        """The last lines on their paragraphs that have a label's old name, in the file's order."""
        last = {record.annotation.paragraph: record for record in self._records}
        return sorted((record for record in last.values() if record.renamed), key=lambda record: record.line)

    def of_request(self, request: str) -> Annotation | None:
        """Return the line that a request has written already."""
        return self._by_request.get(request)

    def undoable(self) -> Annotation | None:
        """Return the last line that is neither an undo nor undone; None where there is none that has a request.

        What was imported is no key press, and is not undone by one.
        """
        undone = {record.annotation.undoes for record in self._records}
        for record in reversed(self._records):
            if not _is_key_press(record.annotation) or record.annotation.request in undone:
                continue
            if record.annotation.undoes is None:
                return record.annotation
        return None

    def before(self, annotation: Annotation) -> Annotation | None:
        """Return the coder's last line on the same paragraph before this one, or a later one that is no key press."""
        earlier = None
        met = False
        for one in self.annotations:
            if one == annotation:
                met = True
            elif one.paragraph == annotation.paragraph and not (met and _is_key_press(one)):
                earlier = one
        return earlier

    def refresh(self) -> None:
        """Read what others have written.

        Raises
        ------
        LabelError
            When the file cannot be read or has a faulty line.
        """
        state = self._look()
        if state == self._state:
            return
        # A coder's file is some hundred kilobytes, and seldom changes behind one's back: it is read whole.
        self._records, self._last, self._by_request, self.torn = [], {}, {}, None
        # Until it is read, nothing is known of it: not even by its former state, to which a mended file may return.
        self._state = None
        if state:
            file = read_annotations(
                self.path, codebook=self._codebook, paragraphs=self._paragraphs, migrating=self._migrating
            )
            if file.faults:
                first = file.faults[0]
                raise LabelError(f"{first.message}; see 'framing labels check'", path=self.path, line=first.line)
            self._take(file.annotations)
            self.torn = file.torn
        self._state = state

    def append(self, annotation: Annotation) -> Annotation:
        """Save one judgement; see `append_all`.

        Returns
        -------
        Annotation
            The line that its request has written, now or before.
        """
        self.append_all([annotation])
        written = None if annotation.request is None else self.of_request(annotation.request)
        return annotation if written is None else written

    def append_all(self, annotations: Iterable[Annotation]) -> int:
        """Add judgements to the file; when this returns they are on the disk.

        Those whose request has written a line already are passed over; that line is on the disk then, too.

        Parameters
        ----------
        annotations : iterable of Annotation
            Gone through after the file has been read anew, while no other program can write it.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        LabelError
            When one of them is none that a file may hold, or they cannot be written; nothing is added then.
        """
        self._make_folder()
        with locked(self.path, patience=self._patience):
            self.refresh()
            asked = list(annotations)
            new = [one for one in asked if one.request is None or one.request not in self._by_request]
            self._refuse(new)
            if len(new) < len(asked):
                sync(self.path)
            append_lines(self.path, map(annotation_line, new))
            if new:
                line = self._records[-1].line if self._records else 0
                self._take(AnnotationRecord(one, line + place) for place, one in enumerate(new, start=1))
                self._state, self.torn = self._look(), None
        return len(new)

    def _look(self) -> tuple[int, ...]:
        """Return what changes when others write the file; nothing where there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise LabelError(f"cannot be read: {error.strerror}", path=self.path) from None
        if not stat.S_ISREG(found.st_mode):
            raise LabelError("is no ordinary file; move it away", path=self.path)
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _make_folder(self) -> None:
        # A labels folder that was moved away while a program ran is not made anew, with nothing in it but a few lines.
        try:
            self.path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise LabelError(f"cannot be made: {error.strerror}", path=self.path.parent) from None

    def _take(self, records: Iterable[AnnotationRecord]) -> None:
        for record in records:
            annotation = record.annotation
            self._records.append(record)
            self._last[annotation.paragraph] = annotation
            if annotation.request is not None:
                self._by_request[annotation.request] = annotation

    def _refuse(self, annotations: Iterable[Annotation]) -> None:
        for annotation in annotations:
            value = annotation_line(annotation)
            faults = annotation_faults(value, self._codebook)
            try:
                json.dumps(value, ensure_ascii=False).encode("utf-8")
            except UnicodeEncodeError:
                faults.append("holds half of a character (a lone surrogate)")
            if annotation.coder != self.coder:
                faults.append(f"is of the coder '{annotation.coder}', and this is the file of '{self.coder}'")
            if annotation.paragraph not in self._paragraphs:
                faults.append("there is no such paragraph")
            if faults:
                raise LabelError(f"the judgement on '{annotation.paragraph}' {faults[0]}", path=self.path)


def _is_key_press(annotation: Annotation) -> bool:
    return annotation.request is not None and not annotation.request.startswith(IMPORTED)
