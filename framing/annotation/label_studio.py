"""Label Studio: tasks for it, and the labelling interface for them; `label_studio_exports` reads them back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

from framing.annotation.exchange import IDENTIFIER, META, Export, ExportedParagraph, meta_object
from framing.annotation.records import Annotation
from framing.codebook import Codebook
from framing.errors import CodebookError

CONTROL = "frame"
DOUBT = "doubt"
NOTE = "note"
UNSURE = "unsure"
FLAGGED = "flagged"

# The exports for tables put data, labels and these side by side, and what comes later takes the place of the earlier.
DATA_KEYS = ("text", IDENTIFIER, "article", "position", META)
OTHER_KEYS = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "history")
CONTROLS = (CONTROL, DOUBT, NOTE)

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(export: Export, file: BinaryIO, *, as_annotations: bool) -> None:
    """Write tasks for an import into Label Studio.

    Parameters
    ----------
    as_annotations : bool
        Codings are annotations of their coders, whom Label Studio must know by their e-mail addresses. Without it they
        are predictions, which it shows to whoever labels.
    """
    separator = b"[\n"
    for exported in export.paragraphs:
        task = _task(exported, export, as_annotations=as_annotations)
        file.write(separator + json.dumps(task, ensure_ascii=False, allow_nan=False).encode())
        separator = b",\n"
    file.write(b"\n]\n")


def config(codebook: Codebook) -> bytes:
    """Write the labelling interface: one choice of a frame, 'unsure' and 'flagged', and room for a note.

    Raises
    ------
    CodebookError
        When a label cannot stand in it.
    """
    choices = "".join(f"    <Choice value={_attribute(label)}/>\n" for label in codebook.labels)
    doubts = "".join(f"    <Choice value={_attribute(doubt)}/>\n" for doubt in (UNSURE, FLAGGED))
    return (
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        f'  <Choices name="{CONTROL}" toName="text" choice="single" showInLine="true">\n{choices}  </Choices>\n'
        f'  <Choices name="{DOUBT}" toName="text" choice="multiple" showInLine="true">\n{doubts}  </Choices>\n'
        f'  <TextArea name="{NOTE}" toName="text" rows="2" maxSubmissions="1" placeholder="Note"/>\n'
        "</View>\n"
    ).encode()


def _attribute(label: str) -> str:
    if label.startswith("$"):
        raise CodebookError(f"the label {label!r} begins with '$', which Label Studio takes for a field of the data")
    if _NOT_IN_XML.search(label):
        raise CodebookError(f"the label {label!r} holds a character that XML cannot hold")
    return quoteattr(label)


def _task(exported: ExportedParagraph, export: Export, *, as_annotations: bool) -> dict[str, Any]:
    paragraph = exported.paragraph
    data = {
        "text": paragraph.text,
        IDENTIFIER: paragraph.id,
        "article": paragraph.article,
        "position": paragraph.position,
        META: meta_object(exported, export),
    }
    task: dict[str, Any] = {"data": data}
    if as_annotations:
        task["annotations"] = [
            {
                "completed_by": {"email": export.names.get(coding.coder, coding.coder)},
                "was_cancelled": coding.status == "skipped",
                "result": _result(coding),
            }
            for coding in exported.codings
        ]
    else:
        task["predictions"] = [
            {"model_version": coding.coder, "result": [_item(CONTROL, "choices", [coding.frame])]}
            for coding in exported.codings
            if coding.status == "labelled"
        ]
    return task


def _result(coding: Annotation) -> list[dict[str, Any]]:
    doubts = [word for word, told in ((UNSURE, not coding.sure), (FLAGGED, coding.status == "flagged")) if told]
    return [
        *([] if coding.frame is None else [_item(CONTROL, "choices", [coding.frame])]),
        *([_item(DOUBT, "choices", doubts)] if doubts else []),
        *([_item(NOTE, "text", [coding.note])] if coding.note else []),
    ]


def _item(control: str, key: str, values: Sequence[str | None]) -> dict[str, Any]:
    kind = "textarea" if key == "text" else key
    return {"from_name": control, "to_name": "text", "type": kind, "value": {key: values}}
