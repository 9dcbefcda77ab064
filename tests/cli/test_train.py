from __future__ import annotations

from pathlib import Path

import pytest

EXPERIMENT = """
name = "small"
[data]
labels = "{labels}"
[classifier]
C = [{C}]
[smoothing]
strength = [0]
[context]
article = [0]
[decoding]
emission = [0]
[calibration]
coverage = 0
[evaluation]
folds = 2
repeats = 1
bootstrap = 100
studies = []
"""


@pytest.fixture
def experiment(root: Path, tmp_path: Path):
    def write(C: float = 1.0) -> Path:
        path = tmp_path / f"small-{C}.toml"
        path.write_text(EXPERIMENT.format(labels=root / "labels", C=C))
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
    other = run("train", experiment(4.0), "--output", output, "--jobs", 1)
    assert other.code == 0
    assert "was left alone" in other.stderr
    assert (output / "manifest.json").read_bytes() == manifest
    assert len(list(tmp_path.glob("model-*"))) == 1

    replaced = run("train", experiment(4.0), "--output", output, "--jobs", 1, "--replace")
    assert replaced.code == 0
    assert (output / "manifest.json").read_bytes() != manifest


def test_a_folder_that_holds_something_else_is_refused_at_once(run, experiment, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "notes.txt").write_text("keep")
    result = run("train", experiment(), "--output", folder, "--replace")
    assert (result.code, result.stdout) == (2, b"")
    assert "holds no sound model" in result.stderr
    assert (folder / "notes.txt").read_text() == "keep"


def test_no_experiment(run, tmp_path: Path) -> None:
    result = run("train", tmp_path / "absent.toml")
    assert result.code == 1
    assert "no such experiment file" in result.stderr
