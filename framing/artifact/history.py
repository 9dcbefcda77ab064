"""What stood in a model's folder and what stands there: beside the folder NAME lies NAME.history.

It holds ``history.jsonl``, to which each training and each step back adds a line, and the former models, whole, in
folders named by the first figures of their digests. Nothing of it is ever deleted here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from framing.annotation.json_lines import read_json_lines
from framing.artifact.manifest import read_manifest
from framing.artifact.storage import CODEBOOK, EVALUATION
from framing.errors import ArtifactError, LabelError

Action = Literal["trained", "replaced", "forced", "refused", "rolled back", "found"]
PLACED = frozenset(get_args(Action)) - {"refused"}
HISTORY = "history.jsonl"

Figure = dict[str, float | None]


@dataclass(frozen=True)
class Entry:
    """A line of the history.

    Attributes
    ----------
    at : str or None
        The time in UTC, as ISO 8601; None where it is not known.
    digest : str
        Of the model.
    labels : str or None
        The digest of what it was trained on.
    paragraphs : int or None
    codebook : str or None
        Its name and version.
    macro_f1, accuracy : dict or None
        As in the model's evaluation: value, low, high.
    verdict, sentence : str or None
        Of the comparison with the model that stood there.
    action : str
        'trained' where none stood there; 'replaced', as the comparison allowed, or 'forced' against it; 'refused':
        not put in place; 'rolled back': put in place again; 'found': in place, and no line tells how it came there.
    """

    at: str | None
    digest: str
    labels: str | None
    paragraphs: int | None
    codebook: str | None
    macro_f1: Figure | None
    accuracy: Figure | None
    verdict: str | None
    sentence: str | None
    action: str


@dataclass(frozen=True)
class History:
    """What is known of a model's folder.

    Attributes
    ----------
    entries : tuple of Entry
        Oldest first.
    in_place : str or None
        The digest of the model that stands there; None where none does that could be read.
    kept : mapping of str to Path
        The former models' folders by digest.
    notes : tuple of str
        What could not be read.
    """

    entries: tuple[Entry, ...]
    in_place: str | None
    kept: Mapping[str, Path]
    notes: tuple[str, ...] = ()


def history_folder(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.history")


def read_history(folder: Path) -> History:
    """Read what is known of a model's folder; what cannot be read is noted and passed over."""
    home, entries, notes = history_folder(folder), [], []
    try:
        for line in read_json_lines(home / HISTORY):
            entry = None if line.fault or line.torn else _parse(line.value)
            if entry is None:
                notes.append(f"{home / HISTORY}:{line.number}: is no line of a history")
            else:
                entries.append(entry)
    except LabelError as error:
        if (home / HISTORY).exists():
            notes.append(str(error))
    try:
        in_place = str(read_manifest(folder, older=True)["digest"])
    except ArtifactError as error:
        in_place = None
        notes.append(str(error))
    kept = {}
    for path in sorted(home.glob("[!.]*/")):
        try:
            kept[str(read_manifest(path, older=True)["digest"])] = path
        except ArtifactError as error:
            notes.append(str(error))
    return History(tuple(entries), in_place, kept, tuple(notes))


def found(folder: Path, history: History) -> Entry | None:
    """Describe the model in place where the history does not tell how it came there."""
    placed = [entry.digest for entry in history.entries if entry.action in PLACED]
    if history.in_place is None or placed[-1:] == [history.in_place]:
        return None
    return describe(folder, "found", at=None)


def describe(
    model: Path, action: Action, *, at: str | None, verdict: str | None = None, sentence: str | None = None
) -> Entry:
    """Make the line of a model from its folder; of one that is too old or damaged it tells the less."""
    manifest = read_manifest(model, older=True)
    labels, codebook = _table(manifest.get("labels")), _json(model / CODEBOOK)
    metrics = _table(_json(model / EVALUATION).get("metrics"))
    sure = {"at": at, "digest": str(manifest["digest"]), "verdict": verdict, "sentence": sentence, "action": action}
    told = {
        "labels": labels.get("digest"),
        "paragraphs": labels.get("paragraphs"),
        "codebook": f"{codebook['name']} {codebook['version']}" if {"name", "version"} <= codebook.keys() else None,
        **{key: figure for key in ("macro_f1", "accuracy") if _is_figure(figure := metrics.get(key))},
    }
    entry = _parse(told | sure) or _parse(sure)
    if entry is None:
        raise ValueError(f"{action} is no line of a history")
    return entry


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _json(path: Path) -> dict[str, Any]:
    try:
        return _table(json.loads(path.read_bytes().decode("utf-8")))
    except (OSError, ValueError, RecursionError):
        return {}


def _parse(value: dict[str, Any]) -> Entry | None:
    """Take a line as it was written; None where it is none."""
    told: dict[str, Any] = {field: value.get(field) for field in Entry.__dataclass_fields__}
    figures, paragraphs = (told["macro_f1"], told["accuracy"]), told["paragraphs"]
    texts = [told[key] for key in ("at", "labels", "codebook", "verdict", "sentence")]
    if not isinstance(told["digest"], str) or told["action"] not in get_args(Action):
        return None
    if not all(isinstance(text, str | None) for text in texts) or not isinstance(paragraphs, int | None):
        return None
    if not all(figure is None or _is_figure(figure) for figure in figures):
        return None
    return Entry(**told)


def _is_figure(value: Any) -> bool:
    return isinstance(value, dict) and all(
        key in value and isinstance(value[key], int | float | None) for key in ("value", "low", "high")
    )
