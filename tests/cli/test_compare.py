from __future__ import annotations

import json
from pathlib import Path

import pytest

RECIPE = """
name = "{name}"
[data]
labels = "{labels}"
[features]
ngrams = [1, 1]
min_df = {min_df}
[classifier]
C = [{C}]
[evaluation]
folds = 2
repeats = 1
bootstrap = 200
studies = []
"""


@pytest.fixture
def recipe(root: Path, tmp_path: Path, terms_alone: str):
    def write(name: str, C: float = 8, min_df: int = 1) -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(RECIPE.format(name=name, labels=root / "labels", C=C, min_df=min_df) + terms_alone)
        return path

    return write


def test_the_exit_code_is_the_verdict(run, recipe, tmp_path: Path) -> None:
    good, poor = recipe("good"), recipe("poor", C=0.001, min_df=200)
    may = run("compare", poor, good, "--jobs", 1, "--output", tmp_path / "may.json")
    assert may.code == 0
    assert "B may replace A" in may.text
    assert max(map(len, may.text.splitlines())) <= 80
    written = json.loads((tmp_path / "may.json").read_text())
    assert written["verdict"] == "may"
    assert written["b_less_a"]["macro_f1"]["low"] > 0

    may_not = run("compare", good, poor, "--jobs", 1)
    assert may_not.code == 3
    assert "B may not replace A" in may_not.text

    near = recipe("near", C=4)
    undecided = run("compare", good, near, "--margin", 0, "--jobs", 1)
    assert undecided.code == 4
    assert "Undecided" in undecided.text


def test_a_model_against_a_recipe(run, recipe, saved_model: Path) -> None:
    outcome = run("compare", saved_model, recipe("good"), "--jobs", 1)
    # Single words, each paragraph by itself, against a model that smooths, reads articles and decodes.
    assert outcome.code == 3
    assert "learning from 2,371 paragraphs" in outcome.text


def test_models_alone_need_todays_labels_or_the_same_folds(run, saved_model: Path, tmp_path: Path) -> None:
    assert run("compare", saved_model, saved_model).code == 0
    refused = run("compare", saved_model, tmp_path)
    assert refused.code == 2
    assert "is no experiment file, no model's folder and no folder of an evaluation" in refused.stderr


def test_what_is_read_is_not_written_over(run, saved_model: Path) -> None:
    refused = run("compare", saved_model, saved_model, "--output", saved_model / "evaluation.json")
    assert refused.code == 2
    assert "is among the files that are read" in refused.stderr
