"""Model folders: arrays and JSON, never a pickle, so that loading one runs no code of its author's."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing import codebook as codebooks
from framing.artifact.artifact import Artifact
from framing.artifact.golden import golden_predictions, replays
from framing.artifact.manifest import MANIFEST, canonical, read_listed, read_manifest, seal
from framing.codebook import Codebook
from framing.errors import ArtifactError, CodebookError, UsageError
from framing.model import FrameModel
from framing.settings import SegmentationSettings

ARRAYS = ("idf.npy", "coefficients.npy", "intercept.npy")
NEEDED = (*ARRAYS, "terms.txt", "codebook.json", "model.json", "golden.json")
EVALUATION = "evaluation.json"
ROWS = "evaluation-rows.jsonl"
KEPT_LABELS = "training-labels.jsonl"


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


def pack(
    artifact: Artifact, rows: tuple[dict[str, Any], ...] = (), kept_labels: tuple[dict[str, Any], ...] = ()
) -> PackedModel:
    """Turn a model into files and seal its manifest.

    Parameters
    ----------
    artifact : Artifact
        Its manifest is what is to be told beside the digests: hashes of the labels, versions, seed, settings.
    rows : tuple of dict
        The lines of ``evaluation-rows.jsonl``.
    kept_labels : tuple of dict
        The lines of ``training-labels.jsonl``: what the model was trained on, without the texts.
    """
    files = _files(artifact, rows)
    if kept_labels:
        files[KEPT_LABELS] = lines_of(kept_labels)
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
            _swap(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise ArtifactError(f"cannot be written: {error.strerror}", path=folder) from None


def refuse_foreign(folder: str | Path) -> None:
    """Raise a UsageError where a folder is not a model and nothing else, so that replacing it loses nothing."""
    folder = Path(folder)
    try:
        listed = read_manifest(folder).get("files")
    except ArtifactError as error:
        raise UsageError(
            f"is there and holds no sound model ({error.message}); name another folder", path=folder
        ) from None
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in {MANIFEST, *(listed or ())})
    if foreign:
        raise UsageError(f"holds {foreign[0]}, which is no part of the model; move it away", path=folder)


def load(folder: str | Path, *, codebook: Codebook | None = None) -> Artifact:
    """Read a model folder, check it against its digests and replay its golden predictions.

    Parameters
    ----------
    folder : path-like
    codebook : Codebook, optional
        The codebook that the model is expected to be for.

    Raises
    ------
    ArtifactError
        When the folder is damaged, incomplete, of a newer format, or for another codebook; says what is wrong.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    listed = manifest.get("files")
    evaluated = (EVALUATION,) if isinstance(listed, dict) and EVALUATION in listed else ()
    content = read_listed(folder, manifest, (*NEEDED, *evaluated))
    own_codebook = _codebook(folder, content, manifest)
    if codebook is not None and codebook.digest != own_codebook.digest:
        raise ArtifactError(
            f"is for the codebook {own_codebook.name} {own_codebook.version}, not for {codebook.name} "
            f"{codebook.version} as given; train a model for it",
            path=folder,
        )
    settings = _json(folder, "model.json", content)
    model = _model(folder, content, settings, len(own_codebook.labels))
    if not replays(_json(folder, "golden.json", content), model):
        raise ArtifactError(
            "does not repeat its golden predictions; it is damaged, or this Python reads texts in another way than "
            "the one it was made with",
            path=folder,
        )
    evaluation = _json(folder, EVALUATION, content) if evaluated else None
    segmentation = _segmentation(folder, settings)
    return Artifact(str(manifest.get("name")), own_codebook, segmentation, model, manifest, evaluation)


def _files(artifact: Artifact, rows: tuple[dict[str, Any], ...]) -> dict[str, bytes]:
    model = artifact.model
    arrays = zip(ARRAYS, (model.idf, model.coefficients, model.intercept), strict=True)
    settings = {
        "ngrams": list(model.ngrams),
        "sublinear_tf": model.sublinear_tf,
        "mask_names": model.mask_names,
        "segmentation": {
            "rules": artifact.segmentation.rules,
            "longest_paragraph": artifact.segmentation.longest_paragraph,
        },
    }
    files = {name: _array_bytes(array) for name, array in arrays}
    files["terms.txt"] = "".join(f"{term}\n" for term in model.terms).encode()
    files["codebook.json"] = canonical(codebooks.as_table(artifact.codebook))
    files["model.json"] = canonical(settings)
    files["golden.json"] = canonical(golden_predictions(artifact.codebook, model))
    if artifact.evaluation is not None:
        files[EVALUATION] = canonical(artifact.evaluation)
        files[ROWS] = lines_of(rows)
    return files


def read_kept(folder: str | Path) -> dict[str, bytes]:
    """Return the out-of-fold rows and the kept labels of a model folder, after a check of its digests.

    Raises
    ------
    ArtifactError
        When the folder is damaged or was not kept with them.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if KEPT_LABELS not in (manifest.get("files") or {}):
        raise ArtifactError("keeps no labels that it was trained on; train it again", path=folder)
    content = read_listed(folder, manifest, (ROWS, KEPT_LABELS))
    return {name: content[name] for name in (ROWS, KEPT_LABELS)}


def _swap(aside: Path, folder: Path) -> None:
    """Give the new folder its name; a folder that is not empty cannot be replaced in one step on every system."""
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


def lines_of(rows: tuple[dict[str, Any], ...]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _array_bytes(array: NDArray[np.float64]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype="<f8"), allow_pickle=False)
    return buffer.getvalue()


def _array(folder: Path, name: str, content: dict[str, bytes], shape: tuple[int, ...]) -> NDArray[np.float64]:
    data = content[name]
    try:
        buffer = io.BytesIO(data)
        # The header is read before any memory is taken for what it promises.
        if np.lib.format.read_magic(buffer) != (1, 0):
            raise ValueError("version")
        declared, in_columns, dtype = np.lib.format.read_array_header_1_0(buffer)
        if declared != shape or in_columns or dtype != np.dtype("<f8"):
            raise ValueError("header")
        array = np.frombuffer(data, dtype="<f8", offset=buffer.tell()).reshape(shape)
    except ValueError:
        raise ArtifactError(f"is not the array of {shape} numbers that the model needs", path=folder / name) from None
    if not np.isfinite(array).all():
        raise ArtifactError("holds numbers that are not finite", path=folder / name)
    return array


def _json(folder: Path, name: str, content: dict[str, bytes]) -> Any:
    try:
        return json.loads(content[name].decode("utf-8"))
    except (ValueError, RecursionError):
        raise ArtifactError("is no valid JSON", path=folder / name) from None


def _codebook(folder: Path, content: dict[str, bytes], manifest: dict[str, Any]) -> Codebook:
    try:
        own = codebooks.from_table(_json(folder, "codebook.json", content))
    except CodebookError as error:
        raise ArtifactError(f"is no codebook: {error.message}", path=folder / "codebook.json") from None
    if manifest.get("codebook") != own.digest:
        raise ArtifactError("is not the codebook that the model was made for", path=folder / "codebook.json")
    return own


def _model(folder: Path, content: dict[str, bytes], settings: Any, n_frames: int) -> FrameModel:
    try:
        terms = tuple(content["terms.txt"].decode("utf-8").split("\n")[:-1])
    except UnicodeDecodeError:
        raise ArtifactError("is not UTF-8 text", path=folder / "terms.txt") from None
    if len(set(terms)) != len(terms) or not terms:
        raise ArtifactError("does not hold each term once", path=folder / "terms.txt")
    shapes = ((len(terms),), (len(terms), n_frames), (n_frames,))
    idf, coefficients, intercept = (
        _array(folder, name, content, shape) for name, shape in zip(ARRAYS, shapes, strict=True)
    )
    ngrams = settings.get("ngrams") if isinstance(settings, dict) else None
    if ngrams not in ([1, 1], [1, 2]) or not all(
        isinstance(settings.get(name), bool) for name in ("sublinear_tf", "mask_names")
    ):
        raise ArtifactError("does not tell how terms are counted", path=folder / "model.json")
    return FrameModel(
        terms, idf, coefficients, intercept, (ngrams[0], ngrams[1]), settings["sublinear_tf"], settings["mask_names"]
    )


def _segmentation(folder: Path, settings: Any) -> SegmentationSettings:
    values = settings.get("segmentation")
    if not isinstance(values, dict) or values.get("rules") != 1 or type(values.get("longest_paragraph")) is not int:
        raise ArtifactError("does not tell by which rules texts are cut", path=folder / "model.json")
    try:
        return SegmentationSettings(**values)
    except (TypeError, ValueError):
        raise ArtifactError("does not tell by which rules texts are cut", path=folder / "model.json") from None
