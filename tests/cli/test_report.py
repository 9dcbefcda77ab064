from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from framing.artifact.storage import COMPANIONS

DEFAULT = Path(__file__).parents[2] / "artifacts" / "conflict-frames"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(DEFAULT, tmp_path / "model", ignore=shutil.ignore_patterns(*COMPANIONS))


def test_what_was_written_is_told_on_stderr_with_its_size(run, model: Path) -> None:
    done = run("report", "model")
    assert done.code == 0
    assert done.stdout == b""
    first, second = done.stderr.splitlines()
    assert first.startswith(f"written to {Path('model', 'report.html')} (")
    assert first.endswith((" kB)", " MB)"))
    assert second.startswith(f"written to {Path('model', 'MODEL_CARD.md')} (")
    assert (model / "report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_the_page_goes_where_it_is_told_and_the_card_beside_it(run, model: Path, tmp_path: Path) -> None:
    before = sorted(model.iterdir())
    done = run("report", "model", "--output", "page.html")
    assert done.code == 0
    assert (tmp_path / "page.html").exists()
    assert (tmp_path / "MODEL_CARD.md").exists()
    assert sorted(model.iterdir()) == before


def test_a_model_must_be_named(run) -> None:
    assert run("report").code == 2


@pytest.mark.parametrize("name", ["nothing", "page.html"])
def test_what_is_no_model_is_one_line_and_exit_code_1(run, model: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "page.html").write_text("a page", encoding="utf-8")
    done = run("report", name)
    assert done.code == 1
    assert done.stderr.startswith("framing: ")
    assert done.stderr.count("\n") == 1


def test_an_output_that_is_a_part_of_the_model_is_a_wrong_command(run, model: Path) -> None:
    before = (model / "manifest.json").read_bytes()
    done = run("report", "model", "--output", "model/manifest.json")
    assert done.code == 2
    assert done.stderr.count("\n") == 1
    assert (model / "manifest.json").read_bytes() == before


def test_answers_that_are_not_there_are_told(run, model: Path) -> None:
    done = run("report", "model", "--answers", "answers.toml")
    assert done.code == 1
    assert "answers.toml" in done.stderr
    assert not (model / "report.html").exists()
