from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.annotation.training_labels import parse_rows
from framing.artifact import load, pack, read_kept, save
from framing.artifact.manifest import MANIFEST, canonical
from framing.codebook import read_codebook
from framing.errors import ArtifactError, UsageError


def resealed(folder: Path, change: dict[str, Any] | None = None) -> None:
    """Write the digests anew, as someone would who changes a model on purpose."""
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest.update(change or {})
    for name in manifest["files"]:
        data = (folder / name).read_bytes()
        manifest["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    del manifest["digest"]
    manifest["digest"] = hashlib.sha256(canonical(manifest)).hexdigest()
    (folder / MANIFEST).write_bytes(canonical(manifest))


def refused(folder: Path, **options: Any) -> str:
    with pytest.raises(ArtifactError) as caught:
        load(folder, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_saved_model_comes_back_bit_for_bit(saved_model: Path, tmp_path: Path) -> None:
    rows = tuple(json.loads(line) for line in (saved_model / "evaluation-rows.jsonl").read_text().splitlines())
    kept = parse_rows((saved_model / "training-labels.jsonl").read_bytes())
    save(pack(load(saved_model), rows, tuple(kept)), tmp_path / "again")
    files = sorted(path.name for path in saved_model.iterdir())
    assert files == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert all((saved_model / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in files)


def test_the_folder_holds_arrays_and_text_only(saved_model: Path) -> None:
    assert {path.suffix for path in saved_model.iterdir()} == {".npy", ".json", ".jsonl", ".txt"}
    for path in saved_model.glob("*.npy"):
        np.load(path, allow_pickle=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_any_changed_byte_is_noticed(model_copy: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(model_copy.iterdir())))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        if path.name == MANIFEST and _same_json(content, bytes(changed)):
            load(model_copy)  # white space of the manifest is no part of what it says
        else:
            refused(model_copy)
    finally:
        path.write_bytes(content)


def _same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


@pytest.mark.parametrize("name", ["coefficients.npy", "terms.txt", "evaluation.json", "golden.json", MANIFEST])
def test_a_truncated_file_is_told_by_name(model_copy: Path, name: str) -> None:
    path = model_copy / name
    path.write_bytes(path.read_bytes()[:-100])
    assert refused(model_copy).startswith(f"{path}: is damaged")


def test_a_missing_file_is_told_by_name(model_copy: Path) -> None:
    (model_copy / "idf.npy").unlink()
    assert refused(model_copy) == f"{model_copy / 'idf.npy'}: is missing, or a link; take a fresh copy of the model"


def test_a_newer_format_says_to_upgrade(model_copy: Path) -> None:
    resealed(model_copy, {"format": 2, "versions": {"framing": "9.9.9"}})
    assert "was made by framing 9.9.9 in format 2, and this version reads up to 1; upgrade framing" in refused(
        model_copy
    )


def test_a_model_for_another_codebook_is_refused(saved_model: Path, root: Path, tmp_path: Path) -> None:
    path = root / "labels" / "codebook.toml"
    load(saved_model, codebook=read_codebook(path))
    other = tmp_path / "codebook.toml"
    other.write_text(path.read_text().replace('version = "1.1"', 'version = "2.0"'))
    assert "is for the codebook armed-conflict-news 1.1, not for armed-conflict-news 2.0" in refused(
        saved_model, codebook=read_codebook(other)
    )


def test_a_codebook_swapped_inside_is_refused_though_resealed(model_copy: Path) -> None:
    path = model_copy / "codebook.json"
    path.write_text(path.read_text().replace('"version": "1.1"', '"version": "1.2"'))
    resealed(model_copy)
    assert "is not the codebook that the model was made for" in refused(model_copy)


def test_weights_changed_on_purpose_do_not_repeat_the_golden_predictions(model_copy: Path) -> None:
    weights = np.load(model_copy / "coefficients.npy")
    weights[:, [0, 1]] = weights[:, [1, 0]]
    np.save(model_copy / "coefficients.npy", weights)
    resealed(model_copy)
    assert "does not repeat its golden predictions" in refused(model_copy)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("idf.npy", b"not an array", "is not the array of"),
        ("golden.json", b"[]", "golden predictions"),
        ("golden.json", b'{"texts": [3], "scores": [[1]]}', "golden predictions"),
        ("golden.json", b"[" * 100_000, "is no valid JSON"),
        ("model.json", b"3", "does not tell how terms are counted"),
        ("model.json", b'{"ngrams":[1,2],"sublinear_tf":true,"mask_names":true}', "by which rules texts are cut"),
        ("terms.txt", b"one\none\n", "does not hold each term once"),
        ("terms.txt", b"\xff\n", "is not UTF-8 text"),
        ("codebook.json", b'{"name": 3}', "is no codebook"),
    ],
)
def test_made_up_content_is_refused_though_resealed(model_copy: Path, name: str, content: bytes, says: str) -> None:
    (model_copy / name).write_bytes(content)
    resealed(model_copy)
    assert says in refused(model_copy)


def test_an_array_that_promises_more_than_it_holds_takes_no_memory(model_copy: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, ), }"
    header += b" " * (117 - len(header)) + b"\n"
    (model_copy / "idf.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    resealed(model_copy)
    assert "is not the array of" in refused(model_copy)


def test_numbers_that_are_none_are_refused(model_copy: Path) -> None:
    np.save(model_copy / "intercept.npy", np.full(5, np.nan))
    resealed(model_copy)
    assert "not finite" in refused(model_copy)


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", ".hidden", "sub/file"])
def test_files_outside_the_folder_are_not_read(model_copy: Path, name: str) -> None:
    manifest = json.loads((model_copy / MANIFEST).read_text())
    del manifest["digest"]
    manifest["files"][name] = {"bytes": 3, "sha256": "0"}
    manifest["digest"] = hashlib.sha256(canonical(manifest)).hexdigest()
    (model_copy / MANIFEST).write_bytes(canonical(manifest))
    assert "is no plain file name" in refused(model_copy)


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
def test_a_manifest_of_strange_values_is_one_line(model_copy: Path, value: str) -> None:
    path = model_copy / MANIFEST
    path.write_text(path.read_text().replace('"description": "', f'"description": {value}, "was": "'))
    assert refused(model_copy).startswith(f"{path}: is damaged")


def test_a_replacement_that_was_broken_off_says_where_the_former_model_is(model_copy: Path) -> None:
    former = model_copy.parent / f".{model_copy.name}.x.former" / model_copy.name
    former.parent.mkdir()
    model_copy.rename(former)
    assert refused(model_copy).endswith(f"the former model is {former}: move it back")


def test_nothing_is_overwritten_unasked(saved_model: Path, model_copy: Path, tmp_path: Path) -> None:
    packed = pack(load(saved_model))
    with pytest.raises(UsageError, match="holds a model already"):
        save(packed, model_copy)
    other = tmp_path / "notes"
    other.mkdir()
    with pytest.raises(UsageError, match="name another folder"):
        save(packed, other, replace=True)
    save(packed, model_copy, replace=True)
    assert load(model_copy).manifest["digest"] == packed.artifact.manifest["digest"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "notes"]


def test_loading_and_classifying_need_neither_scikit_learn_nor_pandas(saved_model: Path) -> None:
    code = (
        "import sys, framing; model = framing.load(sys.argv[1]); model.classify('Troops sealed the valley.');"
        "loaded = {'sklearn', 'pandas', 'scipy', 'joblib'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code, str(saved_model)], check=True)


def test_a_copy_may_lie_anywhere(saved_model: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(saved_model, tmp_path / "a b" / "é"))
    assert load(moved).description == load(saved_model).description


def test_the_kept_rows_and_labels_are_checked_by_their_digests(model_copy: Path) -> None:
    kept = read_kept(model_copy)
    assert len(parse_rows(kept["training-labels.jsonl"])) == len(parse_rows(kept["evaluation-rows.jsonl"]))
    path = model_copy / "training-labels.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"gold": "none"', b'"gold": null', 1))
    with pytest.raises(ArtifactError, match=r"training-labels.jsonl"):
        read_kept(model_copy)


def test_a_model_without_kept_labels_says_so(saved_model: Path, tmp_path: Path) -> None:
    save(pack(load(saved_model)), tmp_path / "bare")
    with pytest.raises(ArtifactError, match="keeps no labels that it was trained on"):
        read_kept(tmp_path / "bare")
