"""The benchmark of the cold start runs in small, and names what is imported."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def cold_start(root: Path) -> Iterator[ModuleType]:
    """The script, and its folder's modules for as long as it is used: other folders have modules of their names."""
    folder, before = str(root / "experiments" / "benchmarks"), set(sys.modules)
    sys.path.insert(0, folder)
    yield import_module("cold_start")
    while folder in sys.path:
        sys.path.remove(folder)
    for name in {path.stem for path in Path(folder).glob("*.py")} - before:
        sys.modules.pop(name, None)


def test_in_small(
    cold_start: ModuleType, saved_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "result.json"
    assert cold_start.main(["--model", str(saved_model), "--rounds", "1", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert result["modules"] == ["framing", "numpy"]
    assert {cold_start.OURS, cold_start.THEIRS, cold_start.HELP} < set(result["seconds"])
    assert all(len(taken) == 1 and taken[0] > 0 for taken in result["seconds"].values())
    shown = cold_start.table(result)
    assert shown in capsys.readouterr().out
    assert f"| {cold_start.OURS} |" in shown
    assert "1.00 [1.00, 1.00] |" in shown


def test_both_are_given_the_same_paragraphs(cold_start: ModuleType, saved_model: Path, tmp_path: Path) -> None:
    commands = cold_start.commands(saved_model, cold_start.ARTICLE, tmp_path)
    paragraphs = json.loads((tmp_path / "paragraphs.json").read_text(encoding="utf-8"))
    article = cold_start.ARTICLE.read_text(encoding="utf-8-sig")
    assert len(paragraphs) > 4
    assert all(paragraph in article for paragraph in paragraphs)
    assert str(tmp_path / "pipeline.joblib") in commands[cold_start.THEIRS]


def test_a_process_that_fails_ends_the_benchmark(cold_start: ModuleType) -> None:
    with pytest.raises(SystemExit, match="failed"):
        cold_start.run([sys.executable, "-c", "raise ValueError"])
