"""The committed results are shown as they are, and every experiment can be read."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from framing.artifact import load
from framing.settings import as_table, read_experiment


@pytest.fixture(scope="module")
def tables(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("experiments_tables", root / "experiments" / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_experiments_is_not_stale(tables, root: Path) -> None:
    page = (root / "experiments" / "README.md").read_text(encoding="utf-8")
    assert tables.between(page, "results", tables.of_experiments()) == page, "run: python experiments/run.py --tables"


def test_the_figures_of_the_readme_are_those_of_the_default_model(tables, root: Path) -> None:
    page = (root / "README.md").read_text(encoding="utf-8")
    evaluation = load(root / "artifacts" / "conflict-frames").evaluation
    assert tables.between(page, "figures", tables.of_model(evaluation)) == page, (
        "run: python experiments/run.py --tables"
    )


def test_every_experiment_has_a_result_made_by_its_present_settings(tables, root: Path) -> None:
    for name in tables.names():
        result = json.loads((root / "experiments" / "results" / f"{name}.json").read_text(encoding="utf-8"))
        experiment = read_experiment(root / "experiments" / f"{name}.toml")
        assert result["protocol"]["experiment"] == json.loads(json.dumps(as_table(experiment))), name


def test_results_on_our_labels_are_of_the_labels_as_they_are(tables, root: Path) -> None:
    digest = load(root / "artifacts" / "conflict-frames").manifest["labels"]["digest"]
    for name in tables.names():
        result = json.loads((root / "experiments" / "results" / f"{name}.json").read_text(encoding="utf-8"))
        if result["protocol"]["experiment"]["data"]["csv"] is None:
            assert result["protocol"]["labels"] == digest, name


def test_of_other_peoples_texts_there_are_numbers_only(tables, root: Path) -> None:
    """No text of more than a few words but our own descriptions stands in such a result."""
    for name in tables.names():
        result = json.loads((root / "experiments" / "results" / f"{name}.json").read_text(encoding="utf-8"))
        if result["protocol"]["experiment"]["data"]["csv"] is not None:
            for issue in (*result.get("label_issues", {}).get("ranked", ()),):
                assert isinstance(issue["paragraph"], int)
                assert issue["evidence"] is None
            for entry in result.get("behaviour", {}).get("invariance", ()):
                assert all("text" not in example for example in entry["examples"])


def test_the_main_result_is_the_default_models_evaluation(tables, root: Path) -> None:
    committed = load(root / "artifacts" / "conflict-frames").evaluation
    result = json.loads((root / "experiments" / "results" / "conflict-frames.json").read_text(encoding="utf-8"))
    assert {key: value for key, value in result.items() if key != "files"} == committed


def test_a_changed_figure_makes_the_table_stale(tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = tables.MAIN
    result = json.loads((tables.RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    before = tables.of_experiments()
    result["metrics"]["accuracy"]["value"] += 0.1
    (tmp_path / f"{name}.json").write_text(json.dumps(result))
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    assert tables.of_experiments() != before
