from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from framing.annotation.training_labels import parse_rows
from framing.artifact import load, pack, save
from framing.artifact.storage import KEPT_LABELS, ROWS, STUDIES, read_kept
from framing.settings import (
    ClassifierSettings,
    DataSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)
from framing.workflow.training import train

WORDS = {"deed": "raid patrol convoy rifle ambush", "want": "wells school wages land harvest"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("table")
    lines = ["text,label,group"]
    for row in range(60):
        label = list(WORDS)[row % 2]
        words = WORDS[label if row % 7 else list(WORDS)[1 - row % 2]].split()
        lines.append(f"{words[row % 5]} {words[row % 3]} of {row},{label},{row // 3}")
    (home / "table.csv").write_text("\n".join(lines) + "\n")
    settings = EvaluationSettings(folds=3, repeats=1, inner_folds=2, bootstrap=100, studies=("baselines",))
    experiment = Experiment(
        name="table", data=DataSettings(csv="table.csv", group="group"), classifier=ClassifierSettings(C=(4.0,)),
        smoothing=SmoothingSettings(strength=(0.0,)), evaluation=settings,
    )  # fmt: skip
    train(experiment, data=home / "table.csv", output=home / "model")
    return home


@pytest.fixture
def copied(study: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(study, tmp_path / "study"))


def test_all_agree(run, study: Path) -> None:
    told = run("verify", study / "model", "--data", study / "table.csv", "--jobs", 1)
    assert told.code == 0
    lines = told.text.splitlines()
    assert lines[0].endswith("golden predictions are repeated")
    assert lines[1].startswith("all ")
    assert lines[1].endswith(" figures agree")
    again = run("verify", study / "model", "--data", study / "table.csv", "--refit", "--jobs", 1)
    assert again.code == 0
    assert "every fold was fitted again" in again.text
    quick = run("verify", study / "model", "--quick")
    assert quick.code == 0
    assert quick.text.splitlines() == lines[:1]


def test_one_label_of_other_peoples_data_changed(run, copied: Path) -> None:
    table = copied / "table.csv"
    rows = table.read_text().splitlines()
    rows[5] = rows[5].replace("deed", "want")
    table.write_text("\n".join(rows) + "\n")
    told = run("verify", copied / "model", "--data", table, "--jobs", 1)
    assert told.code == 1
    assert "1 label is not what was learnt from: 5: deed then, want today" in told.text
    assert "figures do not agree: metrics " in told.text
    assert "metrics.accuracy.value: " in told.text
    assert "Traceback" not in told.stderr
    # No text of the table is shown or kept.
    assert "raid" not in told.text
    studies = (copied / "model" / "evaluation-studies.jsonl").read_text()
    assert not any(word in studies for words in WORDS.values() for word in words.split())
    assert {json.loads(line)["study"] for line in studies.splitlines()} >= {"outer folds", "NB-SVM"}


def test_figures_that_stand_by_themselves_and_keys_of_any_length_are_told(run, copied: Path) -> None:
    path = copied / "model" / "evaluation.json"
    evaluation = json.loads(path.read_text())
    evaluation["with_probabilities"] += 1
    evaluation |= {f"z{place}{'k' * 100_000}": place for place in range(30)}
    model = load(copied / "model")
    kept = {name: tuple(parse_rows(content)) for name, content in read_kept(copied / "model").items()}
    changed = replace(model, evaluation=evaluation)
    save(pack(changed, kept[ROWS], kept[KEPT_LABELS], kept[STUDIES]), copied / "model", replace=True)
    told = run("verify", copied / "model", "--data", copied / "table.csv", "--jobs", 1)
    assert told.code == 1
    assert "31 values of" in told.text
    assert "with_probabilities: 61 kept, 60 again" in told.text
    assert "and 11 more" in told.text
    assert len(told.text) < 10_000
    # What the command cannot check it says.
    assert told.text.splitlines()[-1].startswith("not checked, as nothing here can tell: people's answers")


def test_what_does_not_go(run, study: Path, tmp_path: Path) -> None:
    assert run("verify", study / "model", "--quick", "--refit").code == 2
    absent = run("verify", tmp_path / "absent")
    assert absent.code == 1
    assert absent.stderr.count("\n") == 1
    nowhere = run("verify", study / "model")
    assert nowhere.code in {1, 2}
    assert nowhere.stderr.count("\n") == 1
    assert "table.csv" in nowhere.stderr
