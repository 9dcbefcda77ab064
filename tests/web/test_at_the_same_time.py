"""Two coders, an import and a training at work on one folder, each a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from framing.annotation.labels import read_labels
from framing.artifact import load

ARTICLES = 40
FRAMING = [sys.executable, "-m", "framing"]
EXPERIMENT = """
name = "meanwhile"
[data]
labels = "labels"
[classifier]
C = [1.0]
[evaluation]
folds = 2
repeats = 1
bootstrap = 100
studies = []
"""


@pytest.fixture
def some_labels(root: Path, tmp_path: Path) -> Path:
    """Some articles of the project's labels with the codings of their two coders."""
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    for name in ("codebook.toml", "conflicts.toml"):
        (folder / name).write_bytes((root / "labels" / name).read_bytes())
    lines = (root / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    articles = list(dict.fromkeys(json.loads(line)["article"] for line in lines))[:ARTICLES]
    kept = [line for line in lines if json.loads(line)["article"] in articles]
    ids = {json.loads(line)["id"] for line in kept}
    (folder / "paragraphs.jsonl").write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    for coder in ("lm-a", "lm-b"):
        coded = (root / "labels" / "annotations" / f"{coder}.jsonl").read_text(encoding="utf-8").splitlines()
        own = "".join(f"{line}\n" for line in coded if json.loads(line)["paragraph"] in ids)
        (folder / "annotations" / f"{coder}.jsonl").write_text(own, encoding="utf-8")
    return folder


def test_two_coders_an_import_and_a_training_lose_nothing(some_labels, start_server, root, terms_alone):
    before = {path.name: path.read_bytes() for path in (some_labels / "annotations").iterdir()}
    labels = read_labels(some_labels)
    ids = [paragraph.id for paragraph in labels.paragraphs]
    frames = labels.codebook.labels
    table = some_labels.parent / "codings.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item_id", "coder", "label", "status", "comment"])
        # One of the two who are labelling at the moment, and a third.
        rows.writerows([name, "bo", frames[0], "labelled", ""] for name in ids[150:250])
        rows.writerows([name, "cem", frames[1], "labelled", ""] for name in ids[:200])
    experiment = some_labels.parent / "meanwhile.toml"
    experiment.write_text(EXPERIMENT + terms_alone, encoding="utf-8")
    model = some_labels.parent / "model"

    servers = [start_server(some_labels, coder) for coder in ("ana", "bo")]
    clients = [server.client() for server in servers]
    confirmed: list[dict[str, str]] = [{}, {}]
    ended = threading.Event()

    def work(place: int) -> None:
        for number, name in enumerate(ids[:150]):
            frame = frames[(number + place) % len(frames)]
            answer = clients[place].label(name, frame, f"request-{place}-{number}")
            if answer.status == 200:
                confirmed[place][name] = frame
            if number >= 40 and ended.is_set():
                return

    coders = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for coder in coders:
        coder.start()
    others = [
        subprocess.Popen([*FRAMING, *map(str, command)], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in (
            ["train", experiment, "--output", model, "--jobs", 1],
            ["labels", "import", table, "--as", "csv", "--labels", some_labels],
        )
    ]
    said = [process.communicate(timeout=300)[0].decode() for process in others]
    ended.set()
    for coder in coders:
        coder.join()
    assert [process.returncode for process in others] == [0, 0], said
    assert all(len(saved) > 40 for saved in confirmed)

    after = read_labels(some_labels)
    assert after.notes == ()
    standing = {
        coder: {record.annotation.paragraph: record.annotation.frame for record in records}
        for coder, records in after.annotations.items()
    }
    imported = dict.fromkeys(ids[150:250], frames[0])
    assert standing["ana"] == confirmed[0]
    assert standing["bo"] == confirmed[1] | imported
    assert standing["cem"] == dict.fromkeys(ids[:200], frames[1])
    for name, content in before.items():
        assert (some_labels / "annotations" / name).read_bytes() == content
    # The model learnt from what stood there when it read, and says from what.
    assert load(model).manifest["labels"]["paragraphs"] >= len(ids)
