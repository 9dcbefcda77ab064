from __future__ import annotations

import json
from pathlib import Path

import pytest

CODEBOOK = """
name = "weather"
version = "2.3"
residual = "none"
[[frame]]
id = "storm"
[[frame]]
id = "drought"
[[change]]
version = "2.3"
renamed = {"gale" = "storm"}
"""


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    (folder / "codebook.toml").write_text(CODEBOOK)
    paragraphs = [
        {"id": f"a:{place}", "article": "a", "position": place, "text": f"The wind rose on day {place} of the voyage."}
        for place in range(3)
    ]
    codings = [
        {"paragraph": f"a:{place}", "frame": frame, "codebook_version": "2.1"}
        for place, frame in enumerate(("gale", "drought", "gale"))
    ]
    for name, lines in (("paragraphs.jsonl", paragraphs), ("annotations/al.jsonl", codings)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_old_names_give_way_to_new_ones(run, labels: Path) -> None:
    file = labels / "annotations" / "al.jsonl"
    before = file.read_bytes()
    faulty = run("labels", "check", labels)
    assert faulty.code == 1
    assert "run 'framing labels migrate'" in faulty.text

    tried = run("labels", "migrate", labels, "--dry-run")
    assert (tried.code, tried.text) == (0, "al: 'gale' is 'storm' now: 2 labels\n")
    assert tried.stderr.endswith("2 lines would be added\n")
    assert file.read_bytes() == before

    done = run("labels", "migrate", labels)
    assert (done.code, done.text) == (0, tried.text)
    assert done.stderr.endswith("2 lines added\n")
    assert file.read_bytes().startswith(before)
    assert run("labels", "check", labels).code == 0

    again = run("labels", "migrate", labels)
    assert (again.code, again.text) == (0, "")
    assert "nothing to add" in again.stderr


def test_a_folder_that_is_not_there(run, tmp_path: Path) -> None:
    refused = run("labels", "migrate", tmp_path / "absent")
    assert (refused.code, refused.stdout) == (1, b"")
    assert "there is no such labels folder" in refused.stderr
