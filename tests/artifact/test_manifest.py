from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import load, pack, refuse_foreign, save
from framing.artifact.manifest import FORMAT, MANIFEST, canonical, read_listed, read_manifest, seal
from framing.errors import ArtifactError, UsageError


def write(folder: Path, written: dict[str, bytes], **content: Any) -> dict[str, Any]:
    """Write a manifest with the digest that it should have, whatever it says; `...` takes a key out."""
    folder.mkdir(exist_ok=True)
    for name, data in written.items():
        (folder / name).write_bytes(data)
    manifest = seal({"name": "small"}, written)
    manifest = {key: value for key, value in {**manifest, **content}.items() if value is not ...}
    manifest["digest"] = digest_of(manifest)
    (folder / MANIFEST).write_bytes(canonical(manifest))
    return manifest


def digest_of(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(canonical({key: manifest[key] for key in manifest if key != "digest"})).hexdigest()


def refused(folder: Path) -> str:
    with pytest.raises(ArtifactError) as caught:
        read_manifest(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_was_sealed_is_read(tmp_path: Path) -> None:
    manifest = write(tmp_path, {"one": b"1", "two": b"22"}, seed=3)
    assert read_manifest(tmp_path) == manifest
    assert read_listed(tmp_path, manifest, ("two",)) == {"two": b"22"}
    assert manifest["files"]["two"]["bytes"] == 2


def test_sealing_again_takes_the_former_seal_off(tmp_path: Path) -> None:
    once = seal({"name": "small"}, {"one": b"1"})
    assert seal(once, {"one": b"1"}) == once


def test_every_listed_file_is_compared_though_not_wanted(tmp_path: Path) -> None:
    manifest = write(tmp_path, {"one": b"1", "two": b"22"})
    (tmp_path / "one").write_bytes(b"0")
    with pytest.raises(ArtifactError, match=r"one: was changed after it was written"):
        read_listed(tmp_path, manifest, ("two",))
    with pytest.raises(ArtifactError, match="does not list three"):
        read_listed(tmp_path, manifest, ("three",))


def test_others_are_left_alone_where_that_is_asked_for(tmp_path: Path) -> None:
    manifest = write(tmp_path, {"one": b"1", "two": b"22"})
    (tmp_path / "one").write_bytes(b"0")
    assert read_listed(tmp_path, manifest, ("two",), compare_others=False) == {"two": b"22"}
    with pytest.raises(ArtifactError, match=r"one: was changed after it was written"):
        read_listed(tmp_path, manifest, ("one",), compare_others=False)


@pytest.mark.parametrize("entry", [None, {"bytes": "1"}, {"bytes": 2**40}])
@pytest.mark.parametrize("name", ["one", "../outside"])
def test_a_list_of_what_cannot_be_is_refused_though_it_is_not_read(tmp_path: Path, name: str, entry: Any) -> None:
    manifest = write(tmp_path, {"two": b"22"}, files={name: entry})
    with pytest.raises(ArtifactError):
        read_listed(tmp_path, manifest, (), compare_others=False)


@pytest.mark.parametrize(
    ("versions", "maker"),
    [
        ({"framing": "0.9.0"}, "framing 0.9.0"),
        (None, "framing of an unknown version"),
        ({"framing": 3}, "of an unknown"),
    ],
)
def test_a_model_of_another_format_is_told_by_its_maker(tmp_path: Path, versions: Any, maker: str) -> None:
    write(tmp_path, {}, format=FORMAT + 1, versions=versions)
    newer = refused(tmp_path)
    assert maker in newer
    assert newer.endswith(f"in format {FORMAT + 1}, and this version reads format {FORMAT}; upgrade framing")
    write(tmp_path, {}, format=1, versions=versions)
    older = refused(tmp_path)
    assert "was made by an older version" in older
    assert maker in older
    assert older.endswith(f"in format 1, and this version reads format {FORMAT}; train it again")


def test_a_model_of_an_older_format_is_not_loaded_but_may_be_replaced(folder: Path, tmp_path: Path) -> None:
    packed = pack(load(folder))
    old = tmp_path / "old"
    write(old, {"coefficients.npy": b"1"}, format=1, versions={"framing": "0.9.0"})
    with pytest.raises(ArtifactError, match=r"older version, framing 0\.9\.0, in format 1.* train it again"):
        load(old)
    with pytest.raises(UsageError, match="holds a model already"):
        save(packed, old)
    save(packed, old, replace=True)
    assert load(old).manifest == packed.artifact.manifest
    assert not (old / "coefficients.npy").exists()


def test_a_damaged_model_of_an_older_format_is_not_replaced(tmp_path: Path) -> None:
    write(tmp_path, {"coefficients.npy": b"1"}, format=1)
    (tmp_path / MANIFEST).write_bytes((tmp_path / MANIFEST).read_bytes().replace(b"small", b"SMALL"))
    with pytest.raises(UsageError, match="holds no sound model"):
        refuse_foreign(tmp_path)


@pytest.mark.parametrize("files", [None, [], 3, "one", ...])
def test_a_manifest_without_a_list_of_files(tmp_path: Path, files: Any) -> None:
    write(tmp_path, {}, files=files)
    assert refused(tmp_path).endswith("does not list its files; take a fresh copy of the model")


@pytest.mark.parametrize("content", [{"format": "2"}, {"format": ...}, {"name": 3}, {"name": ...}])
def test_a_manifest_of_something_else(tmp_path: Path, content: dict[str, Any]) -> None:
    write(tmp_path, {}, **content)
    assert refused(tmp_path).endswith("is no manifest of a framing model")


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", ".hidden", "sub/file"])
def test_files_outside_the_folder_are_not_read(tmp_path: Path, name: str) -> None:
    manifest = write(tmp_path, {}, files={name: {"bytes": 3, "sha256": "0"}})
    with pytest.raises(ArtifactError, match="is no plain file name"):
        read_listed(tmp_path, manifest, ())


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (None, "does not tell the size"),
        ({"bytes": "1"}, "does not tell the size"),
        ({"bytes": 2**40}, "larger than 2 GiB"),
        ({"bytes": 1}, "was changed"),
        ({"bytes": 2, "sha256": "0"}, "is damaged: 1 bytes where 2 were written"),
    ],
)
def test_made_up_entries_are_refused(tmp_path: Path, entry: Any, says: str) -> None:
    manifest = write(tmp_path, {"one": b"1"}, files={"one": entry})
    with pytest.raises(ArtifactError, match=says):
        read_listed(tmp_path, manifest, ("one",))


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"1")
    manifest = write(tmp_path / "model", {"one": b"1"})
    (tmp_path / "model" / "one").unlink()
    (tmp_path / "model" / "one").symlink_to(outside)
    with pytest.raises(ArtifactError, match="is missing, or a link"):
        read_listed(tmp_path / "model", manifest, ("one",))


def test_what_is_no_model_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent").endswith("there is no such model folder")
    assert "holds no manifest.json" in refused(tmp_path)
    (tmp_path / "file").write_text("x")
    assert "name the folder of a model" in refused(tmp_path / "file")
    (tmp_path / MANIFEST).write_text("[1]")
    assert "is damaged: no JSON object" in refused(tmp_path)
    (tmp_path / MANIFEST).write_text('{"name": "another program"}')
    assert "is no manifest of a framing model" in refused(tmp_path)


@pytest.mark.parametrize("value", ["NaN", "Infinity", '"\\ud800"', "[" * 100_000])
def test_a_manifest_of_strange_values_is_one_line(tmp_path: Path, value: str) -> None:
    write(tmp_path, {}, description="words")
    path = tmp_path / MANIFEST
    path.write_text(path.read_text().replace('"description": "', f'"description": {value}, "was": "'))
    assert refused(tmp_path).startswith(f"{path}: is damaged")


def test_digests_depend_on_the_values_alone(tmp_path: Path) -> None:
    manifest = write(tmp_path, {"one": b"1"})
    (tmp_path / MANIFEST).write_text(json.dumps(dict(reversed(manifest.items()))))
    assert read_manifest(tmp_path) == manifest
