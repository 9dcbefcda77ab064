"""Model folders: arrays and JSON, never a pickle, so that loading one runs no code of its author's."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing import codebook as codebooks
from framing.artifact.artifact import Artifact
from framing.artifact.contents import Contents
from framing.artifact.golden import golden_predictions, replays
from framing.artifact.manifest import MANIFEST, canonical, read_listed, read_manifest, seal
from framing.artifact.model_files import NEEDED, OPTIONAL, ModelParts, model_files, read_model
from framing.codebook import Codebook
from framing.errors import ArtifactError, CodebookError, UsageError

CODEBOOK = "codebook.json"
GOLDEN = "golden.json"
EVALUATION = "evaluation.json"
ROWS = "evaluation-rows.jsonl"
KEPT_LABELS = "training-labels.jsonl"
STUDIES = "evaluation-studies.jsonl"
# Made from the folder, or told by one run of it: no part of what the digests answer for.
REPORT, MODEL_CARD, RUN, ANSWERS = COMPANIONS = ("report.html", "MODEL_CARD.md", "run.json", "answers.toml")


Lines = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class PackedModel:
    """A model as the bytes of its folder.

    Attributes
    ----------
    artifact : Artifact
        With its sealed manifest.
    files : dict of str to bytes
        Every file but the manifest.
    """

    artifact: Artifact
    files: dict[str, bytes]


def pack(artifact: Artifact, rows: Lines = (), kept_labels: Lines = (), studies: Lines = ()) -> PackedModel:
    """Turn a model into files and seal its manifest.

    Parameters
    ----------
    artifact : Artifact
        Its manifest is what is to be told beside the digests: hashes of the labels, versions, seed, settings.
    rows : tuple of dict
        The lines of ``evaluation-rows.jsonl``.
    kept_labels : tuple of dict
        The lines of ``training-labels.jsonl``: what the model was trained on, without the texts.
    studies : tuple of dict
        The lines of ``evaluation-studies.jsonl``: what was said of the parts of all studies.

    Raises
    ------
    ArtifactError
        When the model is one that could not be read again: numbers that are not finite, terms out of order.
    """
    files = _files(artifact, rows)
    if kept_labels:
        files[KEPT_LABELS] = lines_of(kept_labels)
    if studies:
        files[STUDIES] = lines_of(studies)
    manifest = seal({"name": artifact.name, **artifact.manifest}, files)
    return PackedModel(dataclasses.replace(artifact, manifest=manifest), files)


def save(packed: PackedModel, folder: str | Path, *, replace: bool = False) -> None:
    """Write a model folder aside and give it its name when it is whole.

    Parameters
    ----------
    packed : PackedModel
    folder : path-like
    replace : bool
        Put it in the place of a model that stands there.

    Raises
    ------
    UsageError
        When something stands there that is no model or has files in it that are not the model's, or a model that
        may not be replaced.
    ArtifactError
        When it cannot be written.
    """
    # Loading a model is not to wait for what writes one.
    import shutil
    import tempfile

    folder = Path(folder)
    if folder.exists():
        refuse_foreign(folder)
        if not replace:
            raise UsageError("holds a model already; ask for it to be replaced", path=folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        try:
            for name, data in {**packed.files, MANIFEST: canonical(packed.artifact.manifest)}.items():
                with (aside / name).open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            aside.chmod(0o755)
            swap(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise ArtifactError(f"cannot be written: {error.strerror}", path=folder) from None


def refuse_foreign(folder: str | Path) -> None:
    """Raise a UsageError where a folder is not a model and nothing else, so that replacing it loses nothing."""
    folder = Path(folder)
    try:
        listed = read_manifest(folder, older=True)["files"]
    except ArtifactError as error:
        raise UsageError(
            f"is there and holds no sound model ({error.message}); name another folder", path=folder
        ) from None
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in {MANIFEST, *COMPANIONS, *listed})
    if foreign:
        raise UsageError(f"holds {foreign[0]}, which is no part of the model; move it away", path=folder)


def load(folder: str | Path, *, codebook: Codebook | None = None, evaluation: bool = True) -> Artifact:
    """Read a model folder, check it against its digests and replay its golden predictions.

    Parameters
    ----------
    folder : path-like
    codebook : Codebook, optional
        The codebook that the model is expected to be for.
    evaluation : bool
        Whether the evaluation is read as well. Without it, what the folder keeps of how the model was trained and
        measured, most of its bytes, is not compared with its digests: nothing that the model says depends on it.

    Raises
    ------
    ArtifactError
        When the folder is damaged, incomplete, of another format, or for another codebook; says what is wrong.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    optional = (*OPTIONAL, EVALUATION) if evaluation else OPTIONAL
    there = tuple(name for name in optional if name in manifest["files"])
    wanted = (CODEBOOK, GOLDEN, *NEEDED, *there)
    contents = Contents(folder, read_listed(folder, manifest, wanted, compare_others=evaluation))
    own_codebook = _codebook(contents, manifest)
    if codebook is not None and codebook.digest != own_codebook.digest:
        raise ArtifactError(
            f"is for the codebook {own_codebook.name} {own_codebook.version}, not for {codebook.name} "
            f"{codebook.version} as given; train a model for it",
            path=folder,
        )
    model, segmentation, familiarity = read_model(contents, len(own_codebook.labels))
    if not replays(contents.json(GOLDEN), model):
        raise ArtifactError(
            "does not repeat its golden predictions; it is damaged, or this Python reads texts in another way than "
            "the one it was made with",
            path=folder,
        )
    measured = contents.json(EVALUATION) if EVALUATION in contents else None
    if not isinstance(measured, dict | None):
        raise contents.refusal(EVALUATION, "is no JSON object")
    return Artifact(manifest["name"], own_codebook, segmentation, model, manifest, measured, familiarity)


def _files(artifact: Artifact, rows: Lines) -> dict[str, bytes]:
    files = model_files(ModelParts(artifact.model, artifact.segmentation, artifact.familiarity))
    # What could not be read again is not saved, and what is read is what the golden predictions are of.
    read = read_model(Contents(Path(artifact.name), files), len(artifact.codebook.labels))
    files[CODEBOOK] = canonical(codebooks.as_table(artifact.codebook))
    files[GOLDEN] = canonical(golden_predictions(artifact.codebook, read.model))
    if artifact.evaluation is not None:
        files[EVALUATION] = canonical(artifact.evaluation)
        files[ROWS] = lines_of(rows)
    return files


def read_kept(folder: str | Path) -> dict[str, bytes]:
    """Return the out-of-fold rows, the kept labels and what was said in studies, after a check of the digests.

    A model of an earlier version has no studies, and then they are empty.

    Raises
    ------
    ArtifactError
        When the folder is damaged or was not kept with them.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if KEPT_LABELS not in manifest["files"]:
        raise ArtifactError("keeps no labels that it was trained on; train it again", path=folder)
    studies = (STUDIES,) if STUDIES in manifest["files"] else ()
    content = read_listed(folder, manifest, (ROWS, KEPT_LABELS, *studies))
    return {name: content.get(name, b"") for name in (ROWS, KEPT_LABELS, STUDIES)}


def swap(aside: Path, folder: Path) -> None:
    """Give a new folder the name of another, or of none; the other is deleted.

    A folder that is not empty cannot be replaced in one step on every system. Where this is broken off in between,
    what stood there lies beside it in a hidden folder that ends in ``.former``.

    Raises
    ------
    OSError
        When it cannot; the other folder then stands where it stood.
    """
    import shutil
    import tempfile

    if not folder.exists():
        aside.rename(folder)
        return
    former = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".former", dir=folder.parent))
    folder.rename(former / folder.name)
    try:
        aside.rename(folder)
    except OSError:
        (former / folder.name).rename(folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(former)


def lines_of(rows: Lines) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _codebook(contents: Contents, manifest: dict[str, Any]) -> Codebook:
    try:
        own = codebooks.from_table(contents.json(CODEBOOK))
    except CodebookError as error:
        raise contents.refusal(CODEBOOK, f"is no codebook: {error.message}") from None
    if manifest.get("codebook") != own.digest:
        raise contents.refusal(CODEBOOK, "is not the codebook that the model was made for")
    return own
