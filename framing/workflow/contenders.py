"""What can be set against each other: a model, an evaluation, or the recipe in an experiment file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from framing.annotation.training_labels import parse_rows
from framing.artifact import load, read_kept
from framing.artifact.measured import read_measured
from framing.artifact.storage import EVALUATION, KEPT_LABELS, ROWS
from framing.errors import ArtifactError, LabelError, SettingsError, UsageError
from framing.settings import Experiment, of_table, read_experiment

Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Contender:
    """One side of a comparison.

    Attributes
    ----------
    name : str
        The path it was named by.
    experiment : Experiment
    labels_digest : str or None
        Of the labels that it was trained on or measured on; None for a mere recipe, which takes today's.
    frames : tuple of str
    residual : str or None
    kept_labels, rows : tuple of dict
        As a model or an evaluation keeps them; empty for a recipe.
    summary : dict
        The content of ``evaluation.json``; empty for a recipe.
    """

    name: str
    experiment: Experiment
    labels_digest: str | None = None
    frames: tuple[str, ...] = ()
    residual: str | None = None
    kept_labels: Rows = ()
    rows: Rows = ()
    summary: dict[str, Any] = field(default_factory=dict)


def read_contender(path: str | Path) -> Contender:
    """Read an experiment file, a model folder or an evaluation's folder.

    Raises
    ------
    UsageError
        When the path is none of them.
    FramingError
        When it is damaged.
    """
    path = Path(path)
    if path.suffix == ".toml":
        return Contender(str(path), read_experiment(path))
    if (path / "manifest.json").exists():
        artifact, kept = load(path), read_kept(path)
        labels = artifact.manifest.get("labels")
        protocol = {
            "experiment": artifact.manifest.get("experiment"),
            "labels": labels.get("digest") if isinstance(labels, dict) else None,
            "frames": [frame.id for frame in artifact.codebook.frames],
            "residual": artifact.codebook.residual,
        }
        return replace(_of_kept(path, protocol, kept[ROWS], kept[KEPT_LABELS]), summary=artifact.evaluation or {})
    if path.name == EVALUATION:
        path = path.parent
    if (path / EVALUATION).exists():
        summary, rows, labels = read_measured(path)
        return replace(_of_kept(path, summary.get("protocol"), rows, labels), summary=summary)
    raise UsageError(
        "is no experiment file, no model's folder and no folder of an evaluation; name one of them", path=path
    )


def _of_kept(path: Path, protocol: Any, rows: bytes, labels: bytes) -> Contender:
    told = protocol if isinstance(protocol, dict) else {}
    table, digest, frames = told.get("experiment"), told.get("labels"), told.get("frames")
    if not isinstance(table, dict) or not isinstance(digest, str) or not isinstance(frames, list):
        raise ArtifactError("does not tell its experiment, its labels or its frames", path=path)
    try:
        experiment = of_table(table)
    except SettingsError as error:
        raise ArtifactError(f"keeps settings that this version does not know: {error.message}", path=path) from None
    parsed = []
    for name, content in ((KEPT_LABELS, labels), (ROWS, rows)):
        try:
            parsed.append(tuple(parse_rows(content)))
        except LabelError as error:
            raise ArtifactError(error.message, path=path / name, line=error.line) from None
    return Contender(str(path), experiment, digest, tuple(map(str, frames)), told.get("residual"), parsed[0], parsed[1])
