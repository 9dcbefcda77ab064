from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from framing.artifact.history import history_folder, read_history
from framing.artifact.succession import held, put_in_place


@pytest.fixture
def model(saved_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in (saved_model, history_folder(saved_model)):
        shutil.copytree(folder, tmp_path / folder.name)
    return Path(saved_model.name)


def renewed(model: Path) -> tuple[str, str]:
    """Put a model in the place of another that differs in what it tells of itself; return both digests."""
    from framing.artifact import load, pack, save

    place = model.resolve()
    artifact = load(place)
    former = artifact.manifest["digest"]
    packed = pack(artifact)
    new = place.with_name("new")
    save(packed, new)
    with held(place, waiting=lambda: None):
        put_in_place(new, place, "replaced", verdict="may", sentence="It may.")
    return former, packed.artifact.manifest["digest"]


@pytest.mark.parametrize("columns", [80, 60])
def test_the_history_is_a_table(run, model: Path, columns: int) -> None:
    former, present = renewed(model)
    shown = run("models", model, columns=columns)
    assert shown.code == 0
    lines = [line.rstrip() for line in shown.text.splitlines()]
    assert max(map(len, lines)) <= columns
    if columns == 80:
        assert lines[0].split() == ["date", "digest", "labels", "paragraphs", "macro-F1", "action"]
        assert lines[1].startswith("+")
        assert former[:8] in lines[1]
        assert "2,422" in lines[1]
        assert lines[1].endswith("trained")
        assert lines[2].startswith("*")
        assert present[:8] in lines[2]
        assert lines[2].endswith("replaced")
        assert "[." in lines[1]
    assert "--restore DIGEST" in lines[-1]


def test_all_of_it_as_json(run, model: Path) -> None:
    former, present = renewed(model)
    shown = json.loads(run("models", model, "--json").text)
    assert shown["in_place"] == present
    assert list(shown["kept"]) == [former]
    assert [line["action"] for line in shown["history"]] == ["trained", "replaced"]
    assert shown["history"][1]["sentence"] == "It may."


def test_a_step_back_and_the_errors_on_the_way(run, model: Path) -> None:
    former, present = renewed(model)
    wrong = run("models", model, "--restore", "x")
    assert wrong.code == 2
    assert all(digest[:8] in wrong.stderr for digest in (former, present))
    assert run("models", model, "--restore", present[:8]).stderr == f"{model} holds {present[:8]} already\n"
    back = run("models", model, "--restore", former)
    assert back.code == 0
    assert back.stderr == f"{model} holds {former[:8]} again\n"
    assert "rolled back" in back.text.splitlines()[-2]
    assert read_history(model.resolve()).in_place == former


def test_a_model_without_a_history(run, model_copy: Path) -> None:
    shown = run("models", model_copy)
    assert shown.code == 0
    assert shown.text.splitlines()[1].rstrip().endswith("found")
    assert not history_folder(model_copy).exists()
    assert run("models", model_copy, "--restore", "ab" * 32).code == 2
    assert not history_folder(model_copy).exists()


def test_no_model(run, tmp_path: Path) -> None:
    refused = run("models", tmp_path / "absent")
    assert (refused.code, refused.stdout) == (1, b"")
    assert "there is no such model folder" in refused.stderr


def test_lines_of_no_history_are_told(run, model: Path) -> None:
    with (history_folder(model.resolve()) / "history.jsonl").open("a") as file:
        file.write('{"action": "\\u001b[31m"}\n')
    shown = run("models", model)
    assert shown.code == 0
    assert "is no line of a history" in shown.stderr


def test_a_model_that_was_not_put_in_place_is_told_apart(run, model: Path) -> None:
    from framing.artifact import load, pack, save
    from framing.artifact.succession import note

    place = model.resolve()
    packed = pack(load(place))
    digest = packed.artifact.manifest["digest"]
    beside = place.with_name(f"{place.name}-{digest[:8]}")
    save(packed, beside)
    note(place, beside, "refused", verdict="undecided", sentence="Undecided.")
    shown = run("models", model, columns=80).text.splitlines()
    assert shown[2].split()[1] == digest[:8]
    assert shown[2].rstrip().endswith("undecided")
    wrong = run("models", model, "--restore", digest[:8])
    assert wrong.code == 2
    assert f"it was saved beside, as {beside.name}" in wrong.stderr
    with held(place, waiting=lambda: None):
        put_in_place(beside, place, "forced", verdict="undecided", sentence="Undecided.")
    rows = [line.split() for line in run("models", model, columns=80).text.splitlines()[1:-1]]
    assert [row[0] for row in rows if digest[:8] in row] == [rows[1][0], "*"]
    assert rows[1][0] not in "*+"
