from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.annotation.training_labels import parse_rows
from framing.artifact import Artifact, load, pack, read_kept, save
from framing.artifact.manifest import MANIFEST, canonical
from framing.artifact.storage import COMPANIONS
from framing.codebook import of_labels
from framing.errors import ArtifactError, UsageError

MakeArtifact = Callable[..., Artifact]


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


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def saved_again(folder: Path, output: Path) -> dict[str, bytes]:
    kept = {name: tuple(map(json.loads, data.splitlines())) for name, data in read_kept(folder).items()}
    names = ("evaluation-rows.jsonl", "training-labels.jsonl", "evaluation-studies.jsonl")
    save(pack(load(folder), *(kept[name] for name in names)), output)
    return bytes_of(output)


def test_a_saved_model_comes_back_bit_for_bit(folder: Path, tmp_path: Path) -> None:
    assert saved_again(folder, tmp_path / "again") == bytes_of(folder)


def test_a_trained_model_comes_back_bit_for_bit(saved_model: Path, tmp_path: Path) -> None:
    # What was made from the folder, or tells of one run, is no part of the model.
    sealed = {name: data for name, data in bytes_of(saved_model).items() if name not in COMPANIONS}
    assert "evaluation-studies.jsonl" in sealed
    assert saved_again(saved_model, tmp_path / "again") == sealed
    kept = read_kept(saved_model)
    assert len(parse_rows(kept["training-labels.jsonl"])) == len(parse_rows(kept["evaluation-rows.jsonl"]))


@pytest.mark.parametrize("part", ["words", "pieces", "decoding", "calibration", "sources", "familiarity", "evaluation"])
def test_a_model_without_a_part_comes_back(make_artifact: MakeArtifact, tmp_path: Path, part: str) -> None:
    packed = pack(make_artifact(**{part: False}))
    save(packed, tmp_path / "bare")
    back = load(tmp_path / "bare")
    assert pack(back).files == packed.files
    assert back.manifest == packed.artifact.manifest
    assert (back.evaluation, back.segmentation) == (packed.artifact.evaluation, packed.artifact.segmentation)
    assert (back.familiarity is None) == (part == "familiarity")


def test_the_folder_holds_arrays_and_text_only(folder: Path) -> None:
    assert {path.suffix for path in folder.iterdir()} == {".npy", ".json", ".jsonl", ".txt"}
    for path in folder.glob("*.npy"):
        np.load(path, allow_pickle=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_any_changed_byte_is_noticed(folder: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        if path.name == MANIFEST and same_json(content, bytes(changed)):
            load(folder)  # white space of the manifest is no part of what it says
        else:
            refused(folder)
    finally:
        path.write_bytes(content)


def same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_any_byte_changed_on_purpose_is_no_traceback(folder: Path, data: st.DataObject) -> None:
    """The digests are written anew: what is there loads, or is refused in one line."""
    path = data.draw(st.sampled_from([path for path in sorted(folder.iterdir()) if path.name != MANIFEST]))
    before = {file: file.read_bytes() for file in (path, folder / MANIFEST)}
    changed = bytearray(before[path])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    resealed(folder)
    try:
        message = ""
        load(folder).classify("Militia fighters shelled the market. \n\n Families fled.")
    except ArtifactError as error:
        message = str(error)
    finally:
        for file, content in before.items():
            file.write_bytes(content)
    assert "\n" not in message


@pytest.mark.parametrize("name", ["weights.npy", "words.txt", "evaluation.json", "golden.json", MANIFEST])
def test_a_truncated_file_is_told_by_name(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-10])
    assert refused(folder).startswith(f"{path}: is damaged")


@pytest.mark.parametrize("name", ["idf.npy", "lenders.npy", "subject-weights.npy"])
def test_a_missing_file_is_told_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder) == f"{folder / name}: is missing, or a link; take a fresh copy of the model"


def test_a_model_for_another_codebook_is_refused(folder: Path) -> None:
    load(folder, codebook=load(folder).codebook)
    assert "is for the codebook sample 1.0, not for other 0" in refused(folder, codebook=of_labels("other", ["x", "y"]))


def test_a_codebook_swapped_inside_is_refused_though_resealed(folder: Path) -> None:
    path = folder / "codebook.json"
    path.write_text(path.read_text().replace('"version": "1.0"', '"version": "1.2"'))
    resealed(folder)
    assert "is not the codebook that the model was made for" in refused(folder)


@pytest.mark.parametrize("name", ["weights.npy", "word-weights.npy", "piece-weights.npy"])
def test_weights_changed_on_purpose_do_not_repeat_the_golden_predictions(folder: Path, name: str) -> None:
    weights = np.load(folder / name)
    weights[:, [0, 1]] = weights[:, [1, 0]]
    np.save(folder / name, weights)
    resealed(folder)
    assert "does not repeat its golden predictions" in refused(folder)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("idf.npy", b"not an array", "is not the array of"),
        ("golden.json", b"[]", "golden predictions"),
        ("golden.json", b'{"texts": [3], "own": [[1]]}', "golden predictions"),
        ("golden.json", b"[" * 100_000, "is no valid JSON"),
        ("model.json", b"3", "is no JSON object"),
        ("model.json", b"{}", "does not tell how terms are counted"),
        ("terms.txt", b"one\none\n", "does not hold each term once"),
        ("words.txt", b"\xff\n", "is not UTF-8 text"),
        ("codebook.json", b'{"name": 3}', "is no codebook"),
        ("evaluation.json", b"[1]", "is no JSON object"),
    ],
)
def test_made_up_content_is_refused_though_resealed(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / name).write_bytes(content)
    resealed(folder)
    assert says in refused(folder)


def test_a_part_left_off_the_list_is_noticed(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in ("words.txt", "word-idf.npy", "word-weights.npy", "lenders.npy"):
        del manifest["files"][name]
    (folder / MANIFEST).write_bytes(canonical(manifest))
    resealed(folder)
    assert "is not the array of" in refused(folder)
    del manifest["files"]["golden.json"]
    (folder / MANIFEST).write_bytes(canonical(manifest))
    resealed(folder)
    assert "does not list golden.json" in refused(folder)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"intercept": np.array([0.0, np.inf, 1.0])}, r"intercept.npy: holds numbers that are not finite"),
        ({"intercept": np.zeros(2)}, r"intercept.npy: is not the array of"),
    ],
)
def test_a_model_that_could_not_be_read_is_not_saved(
    make_artifact: MakeArtifact, fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(ArtifactError, match=says):
        pack(make_artifact(**fields))


def test_terms_out_of_order_are_not_saved(make_artifact: MakeArtifact) -> None:
    artifact = make_artifact()
    turned = replace(artifact.model.terms, terms=artifact.model.terms.terms[::-1])
    with pytest.raises(ArtifactError, match=r"terms.txt: does not hold each term once, in order"):
        pack(make_artifact(terms=turned))


def test_a_replacement_that_was_broken_off_says_where_the_former_model_is(folder: Path) -> None:
    former = folder.parent / f".{folder.name}.x.former" / folder.name
    former.parent.mkdir()
    folder.rename(former)
    assert refused(folder).endswith(f"the former model is {former}: move it back")


def test_nothing_is_overwritten_unasked(make_artifact: MakeArtifact, folder: Path, tmp_path: Path) -> None:
    packed = pack(make_artifact(words=False))
    with pytest.raises(UsageError, match="holds a model already"):
        save(packed, folder)
    other = tmp_path / "notes"
    other.mkdir()
    with pytest.raises(UsageError, match="name another folder"):
        save(packed, other, replace=True)
    (folder / "my-notes.txt").write_text("not the model's")
    with pytest.raises(UsageError, match=r"holds my-notes.txt, which is no part of the model"):
        save(packed, folder, replace=True)
    (folder / "my-notes.txt").unlink()
    save(packed, folder, replace=True)
    assert load(folder).manifest["digest"] == packed.artifact.manifest["digest"]
    assert not (folder / "words.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "sample"]


def test_loading_and_classifying_need_neither_scikit_learn_nor_pandas(folder: Path) -> None:
    code = (
        "import sys, framing; model = framing.load(sys.argv[1]); model.classify('Troops sealed the valley.');"
        "loaded = {'sklearn', 'pandas', 'scipy', 'joblib'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)


def test_a_copy_may_lie_anywhere(folder: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(folder, tmp_path / "a b" / "é"))
    assert load(moved).description == load(folder).description


# What the folder keeps of the training and the evaluation: nothing that the model says depends on it.
KEPT = ("evaluation.json", "evaluation-rows.jsonl", "training-labels.jsonl")


def test_without_the_evaluation_the_model_is_the_same(folder: Path) -> None:
    whole, without = load(folder), load(folder, evaluation=False)
    assert whole.evaluation is not None
    assert without.evaluation is None
    assert pack(replace(whole, evaluation=None)).files == pack(without).files
    text = "Militia fighters shelled the market. \n\n Families fled."
    assert whole.classify(text) == without.classify(text)


def test_without_the_evaluation_every_file_that_the_model_is_made_of_is_checked(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        if path.name in KEPT:
            load(folder, evaluation=False)
            assert path.name in refused(folder)
        else:
            assert path.name in refused(folder, evaluation=False)
        path.write_bytes(content)
    assert {path.name for path in folder.iterdir()} > set(KEPT)


def test_the_kept_rows_and_labels_are_checked_by_their_digests(folder: Path) -> None:
    assert json.loads(read_kept(folder)["training-labels.jsonl"]) == {"paragraph": "p1", "gold": "war"}
    path = folder / "training-labels.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"war"', b'"WAR"'))
    with pytest.raises(ArtifactError, match=r"training-labels.jsonl"):
        read_kept(folder)


def test_a_model_without_kept_labels_says_so(make_artifact: MakeArtifact, tmp_path: Path) -> None:
    save(pack(make_artifact()), tmp_path / "bare")
    with pytest.raises(ArtifactError, match="keeps no labels that it was trained on"):
        read_kept(tmp_path / "bare")
