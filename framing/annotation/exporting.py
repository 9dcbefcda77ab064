"""Labels out of a folder, into the file of a labelling tool."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from framing.annotation import doccano, label_studio, long_csv, prodigy
from framing.annotation.coder_file import refuse_coder_name
from framing.annotation.exchange import Export, ExportedParagraph
from framing.annotation.label_files import (
    ANNOTATIONS,
    CODEBOOK,
    PARAGRAPHS,
    ParagraphsFile,
    annotation_files,
    last_lines,
    read_annotations,
    read_paragraphs,
)
from framing.annotation.queues import QueuedParagraph, read_queue
from framing.annotation.records import Annotation
from framing.codebook import Codebook, read_codebook
from framing.errors import LabelError, UsageError
from framing.files import written_aside

ExchangeFormat = Literal["label-studio", "doccano", "prodigy", "csv"]


@dataclass(frozen=True)
class ExportCounts:
    """What an export holds.

    Attributes
    ----------
    uncoded : int
        Paragraphs without a coding.
    config : Path or None
        Where Label Studio's labelling interface was written.
    notes : tuple of str
        Last lines of the folder's files that are cut off, and were left out; coders whom Label Studio will not know.
    """

    paragraphs: int
    codings: int
    coders: tuple[str, ...]
    uncoded: int
    config: Path | None = None
    notes: tuple[str, ...] = ()


def read_folder(folder: Path) -> tuple[Codebook, ParagraphsFile]:
    """Read the codebook and the paragraphs of a labels folder.

    Raises
    ------
    LabelError
        When the folder or its paragraphs are missing, or at the first faulty line.
    CodebookError
        When the codebook is missing or is none.
    """
    if not folder.is_dir():
        raise LabelError("there is no such labels folder", path=folder)
    codebook, file = read_codebook(folder / CODEBOOK), read_paragraphs(folder)
    if file.faults:
        raise LabelError(file.faults[0].message, path=folder / PARAGRAPHS, line=file.faults[0].line)
    return codebook, file


def export_labels(
    folder: str | os.PathLike[str],
    kind: ExchangeFormat,
    output: str | os.PathLike[str],
    *,
    coders: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
    queue: str | os.PathLike[str] | None = None,
    blank: bool = False,
    as_annotations: bool = False,
    config: str | os.PathLike[str] | None = None,
) -> ExportCounts:
    """Write a folder's paragraphs and codings for a labelling tool.

    What stands travels, and what is set aside, as far as the tool can show it; the rest in an object of our own.

    Parameters
    ----------
    folder : path-like
        A labels folder; it is only read.
    kind : str
        The tool.
    coders : sequence of str
        Whose codings travel; everybody's where empty.
    names : mapping of str to str
        From the tool's names of coders to ours.
    queue : path-like, optional
        A queue file: only its paragraphs, in its order, with the purpose and chance with which each was drawn.
    blank : bool
        The texts alone.
    as_annotations : bool
        For Label Studio: codings are annotations and not predictions.
    config : path-like, optional
        For Label Studio: where its labelling interface goes; beside the output with ``.xml`` added otherwise.

    Raises
    ------
    UsageError
        When options do not go together, a coder has no codings here, or a file would stand among the labels.
    LabelError
        When the folder or the queue has a faulty line.
    CodebookError
        When the codebook is none, or has a label that Label Studio cannot show.
    InputError
        When a file cannot be written.
    """
    if kind != "label-studio" and (as_annotations or config is not None):
        raise UsageError("--as-annotations and --config are for --as label-studio only")
    if blank and (coders or as_annotations):
        raise UsageError("--blank leaves all codings out: it goes with neither --coder nor --as-annotations")
    folder, output = Path(folder), Path(output)
    interface = None
    if kind == "label-studio":
        interface = output.with_name(f"{output.name}.xml") if config is None else Path(config)
    _refuse_places(folder, output, interface)
    codebook, file = read_folder(folder)
    codings, notes = ({}, []) if blank else _codings(folder, codebook, file.ids, coders)
    if file.torn is not None:
        notes.insert(0, f"{folder / file.torn.path}:{file.torn.line}: {file.torn.message}")
    queued = None if queue is None else read_queue(queue, file.ids)
    export = Export(codebook, _paragraphs(file, codings, queued), tuple(codings), _names(kind, codings, names or {}))
    nameless = [coder for coder in export.coders if "@" not in export.names.get(coder, coder)]
    if as_annotations and nameless:
        notes.append(f"Label Studio knows its users by their e-mail addresses: add --map ADDRESS={nameless[0]}")
    if interface is not None:
        content = label_studio.config(codebook)
        with written_aside(interface) as part:
            part.write(content)
    with written_aside(output) as part:
        _write(export, kind, part, as_annotations=as_annotations, zipped=output.suffix.lower() == ".zip")
    return ExportCounts(
        len(export.paragraphs),
        sum(len(exported.codings) for exported in export.paragraphs),
        export.coders,
        sum(not exported.codings for exported in export.paragraphs),
        interface,
        tuple(notes),
    )


def _refuse_places(folder: Path, output: Path, interface: Path | None) -> None:
    """Refuse what would be taken for a file of the labels, and two files in one place."""
    labels = {folder.resolve(), (folder / ANNOTATIONS).resolve()}
    for path in (output, *([] if interface is None else [interface])):
        if path.parent.resolve() in labels:
            raise UsageError("would stand among the labels; name a file elsewhere", path=path)
    if interface is not None and interface.resolve() == output.resolve():
        raise UsageError("is to be the output and its labelling interface; name two files", path=output)


def _write(export: Export, kind: ExchangeFormat, file: BinaryIO, *, as_annotations: bool, zipped: bool) -> None:
    if kind == "label-studio":
        label_studio.write(export, file, as_annotations=as_annotations)
    elif kind == "doccano":
        doccano.write(export, file, zipped=zipped)
    elif kind == "prodigy":
        prodigy.write(export, file)
    else:
        long_csv.write(export, file)


def _codings(
    folder: Path, codebook: Codebook, paragraphs: Collection[str], coders: Sequence[str]
) -> tuple[dict[str, dict[str, Annotation]], list[str]]:
    """Return for each coder the last line on each paragraph, where that is no withdrawal."""
    files = {path.stem: path for path in annotation_files(folder)}
    for coder in coders:
        if coder not in files:
            known = ", ".join(files) or "none"
            raise UsageError(f"the coder '{coder}' has no file in {folder}; those who have: {known}")
    codings, notes = {}, []
    for coder, path in files.items():
        if coders and coder not in coders:
            continue
        found = read_annotations(path, codebook=codebook, paragraphs=paragraphs)
        if found.faults:
            raise LabelError(found.faults[0].message, path=path, line=found.faults[0].line)
        if found.torn is not None:
            notes.append(f"{folder / found.torn.path}:{found.torn.line}: {found.torn.message}")
        last = (record.annotation for record in last_lines(found.annotations).values())
        codings[coder] = {one.paragraph: one for one in last if one.status != "withdrawn"}
    return codings, notes


def _paragraphs(
    file: ParagraphsFile, codings: Mapping[str, Mapping[str, Annotation]], queue: Sequence[QueuedParagraph] | None
) -> list[ExportedParagraph]:
    if queue is None:
        queue = [QueuedParagraph(paragraph.id, None) for paragraph in file.paragraphs]
    by_id = {paragraph.id: paragraph for paragraph in file.paragraphs}
    return [
        ExportedParagraph(
            by_id[queued.paragraph],
            tuple(given[queued.paragraph] for given in codings.values() if queued.paragraph in given),
            queued.drawn_by,
            queued.inclusion_probability,
        )
        for queued in queue
    ]


def _names(kind: ExchangeFormat, coders: Collection[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the tool's name of each coder who has another one there."""
    names: dict[str, str] = {coder: prodigy.session(coder) for coder in coders} if kind == "prodigy" else {}
    named: set[str] = set()
    for theirs, ours in given.items():
        refuse_coder_name(ours)
        if ours in named:
            raise UsageError(f"two of the tool's names are mapped to '{ours}'; an export needs one for each coder")
        named.add(ours)
        names[ours] = theirs
    return names
