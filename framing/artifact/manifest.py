"""The manifest of a model folder: what it is, and the digest of every file.

The digests show damage, not authorship: who can change a file can also change its digest. A file that is not listed,
such as a page made from the folder later on, is never read.

Changing the format: raise `FORMAT` when an older version of this package would misread a new folder, decide in
`read_manifest` what becomes of folders of the formats before it, and say here what changed.

- 1: terms, idf, coefficients, intercept; codebook, segmentation and golden predictions as JSON.
- 2: two weights a frame for every term, one for its paragraph and one for its article, in single precision; words that
  borrow weight from their neighbours in meaning, pieces for words outside of them, lenders; decoding, calibration,
  sources and familiarity; golden predictions of an article read together. A model of format 1 has none of this, and its
  weights do not fit into single precision without changing what it says: it is not read, but may be replaced.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from framing.errors import ArtifactError

FORMAT = 2
MANIFEST = "manifest.json"
LARGEST_FILE = 2**31


def canonical(value: Any) -> bytes:
    """Return JSON bytes that depend on the value alone."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return (text + "\n").encode()


def seal(content: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    """Add the files' sizes and digests to a manifest, and its own digest; an earlier seal gives way."""
    listed = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(files.items())
    }
    manifest = {**content, "format": FORMAT, "files": listed}
    manifest.pop("digest", None)
    return {**manifest, "digest": _digest(manifest)}


def read_manifest(folder: Path, *, older: bool = False) -> dict[str, Any]:
    """Read and check a manifest.

    Parameters
    ----------
    folder : Path
    older : bool
        Whether it may be of an older format.

    Raises
    ------
    ArtifactError
        When it is missing, damaged, or of another format.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes().decode("utf-8"), parse_constant=_refuse_constant)
        digest = _digest({key: value for key, value in manifest.items() if key != "digest"})
    except FileNotFoundError:
        raise ArtifactError(_what_is_there(folder), path=folder) from None
    except NotADirectoryError:
        raise ArtifactError("is a file; name the folder of a model", path=folder) from None
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}", path=path) from None
    except (ValueError, AttributeError, RecursionError):
        raise ArtifactError("is damaged: no JSON object; take a fresh copy of the model", path=path) from None
    if not isinstance(manifest.get("format"), int) or not isinstance(manifest.get("name"), str):
        raise ArtifactError("is no manifest of a framing model", path=path)
    if manifest["format"] > FORMAT:
        raise ArtifactError(
            f"was made by {_maker(manifest)} in format {manifest['format']}, and this version reads format {FORMAT}; "
            "upgrade framing",
            path=folder,
        )
    if manifest.get("digest") != digest:
        raise ArtifactError("was changed after it was written; take a fresh copy of the model", path=path)
    if manifest["format"] < FORMAT and not older:
        raise ArtifactError(
            f"was made by an older version, {_maker(manifest)}, in format {manifest['format']}, and this version reads "
            f"format {FORMAT}; train it again",
            path=folder,
        )
    if not isinstance(manifest.get("files"), dict):
        raise ArtifactError("does not list its files; take a fresh copy of the model", path=path)
    return dict(manifest)


def read_listed(
    folder: Path, manifest: dict[str, Any], names: tuple[str, ...], *, compare_others: bool = True
) -> dict[str, bytes]:
    """Read files of a model folder, each compared with the size and digest that are listed for it.

    Parameters
    ----------
    folder : Path
    manifest : dict
        From `read_manifest`.
    names : tuple of str
        The files wanted; each must be listed.
    compare_others : bool
        Whether the other listed files are read and compared as well.

    Raises
    ------
    ArtifactError
        When a file is missing, of another size or content than listed, or not listed.
    """
    absent = [name for name in names if name not in manifest["files"]]
    if absent:
        raise ArtifactError(f"does not list {absent[0]}; take a fresh copy of the model", path=folder / MANIFEST)
    content = {}
    for name, entry in manifest["files"].items():
        _refuse_entry(folder, name, entry)
        if name in names:
            content[name] = _read(folder / name, entry)
        elif compare_others:
            _read(folder / name, entry)
    return content


def _refuse_entry(folder: Path, name: str, entry: Any) -> None:
    """Raise an ArtifactError where a list tells of a file what cannot be."""
    if Path(name).name != name or name.startswith("."):
        raise ArtifactError(f"lists {name!r}, which is no plain file name", path=folder / MANIFEST)
    if not isinstance(entry, dict) or not isinstance(entry.get("bytes"), int):
        raise ArtifactError(f"does not tell the size of {name}", path=folder / MANIFEST)
    if entry["bytes"] > LARGEST_FILE:
        raise ArtifactError(f"lists {name} as larger than 2 GiB", path=folder / MANIFEST)


def _read(path: Path, entry: dict[str, Any]) -> bytes:
    try:
        if not path.is_file() or path.is_symlink():
            raise ArtifactError("is missing, or a link; take a fresh copy of the model", path=path)
        size = path.stat().st_size
        if size != entry["bytes"]:
            raise ArtifactError(
                f"is damaged: {size} bytes where {entry['bytes']} were written; take a fresh copy of the model",
                path=path,
            )
        data = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}", path=path) from None
    if hashlib.sha256(data).hexdigest() != entry.get("sha256"):
        raise ArtifactError("was changed after it was written; take a fresh copy of the model", path=path)
    return data


def _maker(manifest: dict[str, Any]) -> str:
    versions = manifest.get("versions")
    version = versions.get("framing") if isinstance(versions, dict) else None
    return f"framing {version if isinstance(version, str) else 'of an unknown version'}"


def _what_is_there(folder: Path) -> str:
    if folder.is_dir():
        return "is no model folder: it holds no manifest.json"
    import glob

    # Between two renames of a replacement there is no folder of this name; a power cut may have come just then.
    former = next(folder.parent.glob(f".{glob.escape(folder.name)}.*.former/{glob.escape(folder.name)}"), None)
    if former is not None:
        return f"was being replaced when that was broken off; the former model is {former}: move it back"
    return "there is no such model folder"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _digest(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(manifest)).hexdigest()
