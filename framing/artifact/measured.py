"""The folder of an evaluation without a model: its figures, its out-of-fold rows, and the labels it rests on."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from framing.artifact.manifest import canonical
from framing.artifact.storage import EVALUATION, KEPT_LABELS, ROWS, lines_of
from framing.errors import ArtifactError, UsageError
from framing.files import written_aside

Rows = tuple[dict[str, Any], ...]


def refuse_measured(folder: str | Path, *, replace: bool) -> None:
    """Raise an error where an evaluation cannot be written, before anything is measured.

    Parameters
    ----------
    folder : path-like
    replace : bool

    Raises
    ------
    UsageError
        When an evaluation stands there and may not be replaced, or a model or a file is in the way.
    ArtifactError
        When the folder cannot be made or written to.
    """
    if str(folder) == "":
        raise UsageError("the folder for the evaluation has no name; name one")
    folder = Path(folder)
    standing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if folder.exists() is False and not standing.is_dir():
        raise UsageError("cannot be made: a part of its path is a file; name another folder", path=folder)
    if standing.is_dir() and not os.access(standing, os.W_OK | os.X_OK):
        raise ArtifactError("cannot be written to; name another folder", path=standing)
    if folder.exists() and not folder.is_dir():
        raise UsageError("is a file; name a folder for the evaluation", path=folder)
    if (folder / "manifest.json").exists():
        raise UsageError("is the folder of a model; name another folder for the evaluation", path=folder)
    if (folder / EVALUATION).exists() and not replace:
        raise UsageError("holds an evaluation already; name another folder, or --replace it", path=folder)


def save_measured(folder: str | Path, summary: dict[str, Any], rows: Rows, kept_labels: Rows) -> Path:
    """Write an evaluation, ``evaluation.json`` last.

    It holds the digests of the other files: either all of it fits together, or reading it says that it does not.

    Returns
    -------
    Path
        Of ``evaluation.json``.

    Raises
    ------
    ArtifactError
        When the folder cannot be made.
    InputError
        When a file cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"cannot be written: {error.strerror}", path=folder) from None
    contents = {ROWS: lines_of(rows), KEPT_LABELS: lines_of(kept_labels)}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[EVALUATION] = canonical({**summary, "files": digests})
    for name, content in contents.items():
        with written_aside(folder / name) as file:
            file.write(content)
    return folder / EVALUATION


def read_measured(folder: str | Path) -> tuple[dict[str, Any], bytes, bytes]:
    """Return an evaluation's summary, its out-of-fold rows and its kept labels.

    Raises
    ------
    ArtifactError
        When a file is missing, or ``evaluation.json`` is no JSON object or does not fit the other files.
    """
    folder = Path(folder)
    contents = []
    for name in (EVALUATION, ROWS, KEPT_LABELS):
        try:
            contents.append((folder / name).read_bytes())
        except OSError as error:
            raise ArtifactError(
                f"cannot be read: {error.strerror}; 'framing evaluate --output' writes it", path=folder / name
            ) from None
    try:
        summary = json.loads(contents[0].decode("utf-8"))
    except (ValueError, RecursionError):
        summary = None
    if not isinstance(summary, dict):
        raise ArtifactError("is no JSON object", path=folder / EVALUATION)
    digests = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in zip((ROWS, KEPT_LABELS), contents[1:], strict=True)
    }
    if summary.get("files") != digests:
        raise ArtifactError("does not fit the files beside it: it was changed or is half another run's", path=folder)
    return summary, contents[1], contents[2]
