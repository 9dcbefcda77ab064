from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

EXPERIMENT = """
name = "small"
[data]
labels = "{labels}"
[classifier]
C = [{C}]
[evaluation]
folds = 2
repeats = 1
bootstrap = 100
studies = []
"""


class Labelled:
    """A part of the project's labels, which grows and is spoilt."""

    def __init__(self, source: Path, folder: Path, articles: int):
        self.folder = folder
        (folder / "annotations").mkdir(parents=True)
        for name in ("codebook.toml", "coders.toml", "conflicts.toml"):
            shutil.copy(source / name, folder / name)
        paragraphs = [json.loads(line) for line in (source / "paragraphs.jsonl").read_text("utf-8").splitlines()]
        chosen = sorted({paragraph["article"] for paragraph in paragraphs})[::3][:articles]
        self._write("paragraphs.jsonl", [one for one in paragraphs if one["article"] in chosen])
        ids = {one["id"] for one in paragraphs if one["article"] in chosen}
        self.codings = {}
        for path in sorted((source / "annotations").iterdir()):
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            self.codings[path.name] = [line for line in lines if line["paragraph"] in ids]
        self.later = set(random.Random(1).sample(sorted(ids), 50))
        for name, lines in self.codings.items():
            self._write(f"annotations/{name}", [line for line in lines if line["paragraph"] not in self.later])

    def grow(self) -> None:
        for name, lines in self.codings.items():
            self._add(name, [line for line in lines if line["paragraph"] in self.later])

    def spoil(self, share: float) -> None:
        """Deal labels of some paragraphs out to others."""
        lots = random.Random(2)
        met = sorted({line["paragraph"] for lines in self.codings.values() for line in lines})
        spoilt = lots.sample(met, int(share * len(met)))
        frames = [line["frame"] for lines in self.codings.values() for line in lines]
        given = {paragraph: lots.choice(frames) for paragraph in spoilt}
        for name, lines in self.codings.items():
            wrong = [line | {"frame": given[line["paragraph"]]} for line in lines if line["paragraph"] in given]
            self._add(name, [line | {"runner_up": None, "sure": True} for line in wrong])

    def _write(self, name: str, lines: list) -> None:
        (self.folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")

    def _add(self, name: str, lines: list) -> None:
        with (self.folder / "annotations" / name).open("a", encoding="utf-8") as file:
            file.write("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def labelled(root: Path, tmp_path: Path) -> Labelled:
    return Labelled(root / "labels", tmp_path / "labels", articles=60)


@pytest.fixture
def experiment(labelled: Labelled, tmp_path: Path, terms_alone: str):
    def write(C: float = 1.0) -> Path:
        path = tmp_path / f"small-{C}.toml"
        path.write_text(EXPERIMENT.format(labels=labelled.folder, C=C) + terms_alone)
        return path

    return write


def test_training_shows_figures_and_never_overwrites_silently(
    run, experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    output = Path("model")
    first = run("train", experiment(), "--output", output, "--jobs", 1)
    assert first.code == 0
    assert f"saved as {output}" in first.stderr
    assert max(map(len, first.text.splitlines())) <= 80
    for words in ("accuracy", "macro-F1, all labels", "Most frequent label", "Insurgent claim"):
        assert words in first.text

    again = run("train", experiment(), "--output", output, "--jobs", 1)
    assert again.text == first.text
    assert f"{output} holds this very model already" in again.stderr

    manifest = (output / "manifest.json").read_bytes()
    # Both were measured on the same folds; no loss at all may be risked.
    other = run("train", experiment(0.01), "--output", output, "--jobs", 1, "--margin", 0)
    assert other.code in {3, 4}
    assert "B less A" in other.text
    assert "was left alone" in other.stderr
    assert (output / "manifest.json").read_bytes() == manifest
    assert len(list(tmp_path.glob("model-*"))) == 1

    forced = run("train", experiment(0.01), "--output", output, "--jobs", 1, "--margin", 0, "--force")
    assert forced.code == 0
    assert "--force has overruled: " in forced.stderr
    assert "the former model is kept" in forced.stderr
    assert (output / "manifest.json").read_bytes() != manifest
    assert not list(tmp_path.glob("model-*"))


def test_a_folder_that_holds_something_else_is_refused_at_once(run, experiment, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "notes.txt").write_text("keep")
    result = run("train", experiment(), "--output", folder, "--force")
    assert (result.code, result.stdout) == (2, b"")
    assert "holds no sound model" in result.stderr
    assert (folder / "notes.txt").read_text() == "keep"


def test_no_experiment(run, tmp_path: Path) -> None:
    result = run("train", tmp_path / "absent.toml")
    assert result.code == 1
    assert "no such experiment file" in result.stderr


def test_the_whole_loop(run, labelled: Labelled, experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train, label more, train again; labels that spoil the model are refused; what was forced is taken back."""
    monkeypatch.chdir(tmp_path)
    recipe, model = experiment(2.0), Path("model")

    def trained(*options: object):
        return run("train", recipe, "--output", model, "--jobs", 1, *options)

    def shown() -> dict:
        return json.loads(run("models", model, "--json").text)

    assert trained().code == 0
    first = shown()["in_place"]

    labelled.grow()
    grown = trained()
    assert grown.code in {0, 4}
    assert "50 paragraphs added, 0 with other labels, 0 taken away" in grown.stderr
    assert ("may replace" in grown.text) == (grown.code == 0)
    before = shown()["in_place"]
    assert (before != first) == (grown.code == 0)

    labelled.spoil(0.4)
    # As when someone labels at this moment.
    with (labelled.folder / "annotations" / "lm-a.jsonl").open("ab") as file:
        file.write(b'{"paragraph": "c0')
    manifest = (model / "manifest.json").read_bytes()
    spoilt = trained()
    assert spoilt.code in {3, 4}
    assert "with another gold: " in spoilt.stderr
    assert "the last line is cut off" in spoilt.stderr
    assert max(map(len, spoilt.text.splitlines())) <= 80
    assert (model / "manifest.json").read_bytes() == manifest

    forced = trained("--force")
    assert forced.code == 0
    assert f"--force has overruled: {'B may not' if spoilt.code == 3 else 'Undecided'}" in forced.stderr
    assert shown()["in_place"] != before
    assert before in shown()["kept"]

    back = run("models", model, "--restore", before[:8])
    assert back.code == 0
    assert f"model holds {before[:8]} again" in back.stderr
    assert (model / "manifest.json").read_bytes() == manifest
    actions = [line["action"] for line in shown()["history"]]
    assert actions[0] == "trained"
    assert actions[-3:] == ["refused", "forced", "rolled back"]
    assert run("classify", "--model", model, "-", stdin=b"Troops sealed the valley.").code == 0
