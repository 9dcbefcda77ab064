from __future__ import annotations

import csv
import dataclasses
import json
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from framing.artifact import load
from framing.errors import EvaluationError, SettingsError, UsageError
from framing.settings import (
    ClassifierSettings,
    DataSettings,
    EvaluationSettings,
    Experiment,
    FeatureSettings,
    SmoothingSettings,
)
from framing.workflow.data import load_data
from framing.workflow.training import train

TOPICS = {
    "deed": ["soldiers", "raid", "checkpoint", "rifle", "patrol", "ambush", "convoy", "helicopter", "garrison"],
    "talk": ["envoy", "treaty", "minister", "summit", "embassy", "border", "sanction", "alliance", "mediator"],
    "want": ["school", "well", "harvest", "clinic", "wage", "village", "teacher", "drought", "land"],
}


def write_table(path: Path, n: int = 90, seed: int = 0, **columns) -> Path:
    """Write a table whose labels can be learnt but not without error."""
    random = np.random.default_rng(seed)
    names = list(TOPICS)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", *columns])
        for row in range(n):
            label = names[row % 3]
            heard = names[random.integers(3)] if random.random() < 0.25 else label
            words = [*random.choice(TOPICS[heard], 6), *random.choice(list(chain(*TOPICS.values())), 4)]
            writer.writerow([" ".join(words), label, *(make(row) for make in columns.values())])
    return path


def experiment(**evaluation) -> Experiment:
    return Experiment(
        name="three",
        data=DataSettings(csv="absent.csv"),
        classifier=ClassifierSettings(C=(1.0, 8.0)),
        smoothing=SmoothingSettings(strength=(0.0,)),
        evaluation=EvaluationSettings(
            **{"folds": 3, "repeats": 2, "inner_folds": 2, "bootstrap": 200, "studies": (), **evaluation}
        ),
    )


def test_another_set_of_frames_from_a_csv(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv")
    seen = []
    trained = train(experiment(), data=data, output=tmp_path / "model", progress=lambda *stage: seen.append(stage))
    assert [stage[1:] for stage in seen if stage[0] == "outer folds"] == [(done, 6) for done in range(7)]
    artifact = load(trained.folder)
    assert artifact.codebook.labels == ("deed", "talk", "want")
    assert artifact.codebook.residual is None
    assert artifact.classify("The envoy signed the treaty at the embassy.")[0]["frame"] == "talk"
    figures = artifact.evaluation["metrics"]
    assert figures["macro_f1"] == figures["macro_f1_frames"]
    majority = artifact.evaluation["baselines"]["majority"]["metrics"]["accuracy"]
    assert majority["value"] == pytest.approx(1 / 3, abs=0.05)
    assert figures["accuracy"]["low"] > majority["high"]


def test_results_from_data_that_are_not_ours_hold_row_numbers_and_no_text(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv")
    folder = train(experiment(), data=data, output=tmp_path / "model").folder
    rows = [json.loads(line) for line in (folder / "evaluation-rows.jsonl").read_text().splitlines()]
    assert [row["paragraph"] for row in rows] == [*range(1, 91), *range(1, 91)]
    texts = [row["text"] for row in csv.DictReader(data.read_text(encoding="utf-8").splitlines())]
    for path in folder.iterdir():
        content = path.read_bytes().decode("utf-8", errors="replace")
        assert not any(text in content for text in texts), path


def test_published_folds_are_the_outer_folds(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv", fold=lambda row: row // 3 % 4 + 10)
    evaluation = train(experiment(), data=data, output=tmp_path / "model").evaluation.summary
    assert [fold["fold"] for fold in evaluation["folds"]] == [10, 11, 12, 13]
    assert evaluation["protocol"]["published_folds"] is True
    assert evaluation["protocol"]["repeats"] == 1


def test_groups_are_kept_whole(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv", group=lambda row: f"article {row % 15}")
    trained = train(experiment(), data=data, output=tmp_path / "model")
    source = list(csv.DictReader(data.read_text(encoding="utf-8").splitlines()))
    fold_of: dict = {}
    for row in trained.evaluation.rows:
        # The number is that of the table's row, though the rows of an article do not stand together in it.
        assert source[row["paragraph"] - 1]["label"] == row["gold"]
        fold_of.setdefault((row["repeat"], source[row["paragraph"] - 1]["group"]), set()).add(row["fold"])
    assert len(fold_of) == 2 * 15
    assert all(len(folds) == 1 for folds in fold_of.values())


def test_the_same_settings_give_the_same_folder_and_another_seed_another(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv")
    first = train(experiment(), data=data, output=tmp_path / "first", jobs=1).folder
    second = train(experiment(), data=data, output=tmp_path / "second", jobs=2).folder
    assert {path.name for path in first.iterdir()} >= {"report.html", "MODEL_CARD.md", "run.json", "manifest.json"}
    for path in first.iterdir():
        # No two runs take the same time, and the report tells it.
        if path.name not in {"run.json", "report.html"}:
            assert path.read_bytes() == (second / path.name).read_bytes(), path.name
    other = train(dataclasses.replace(experiment(), seed=1), data=data, output=tmp_path / "other").folder
    assert (first / "evaluation-rows.jsonl").read_bytes() != (other / "evaluation-rows.jsonl").read_bytes()


def test_labels_drawn_by_lot_are_not_learnt(tmp_path: Path) -> None:
    """A leak between folds would show here as an accuracy above chance."""
    data = write_table(tmp_path / "three.csv", n=300)
    lines = data.read_text(encoding="utf-8").splitlines()
    random = np.random.default_rng(4)
    drawn = random.permutation([line.rsplit(",", 1)[1] for line in lines[1:]])
    shuffled = [f"{line.rsplit(',', 1)[0]},{label}" for line, label in zip(lines[1:], drawn, strict=True)]
    data.write_text("\n".join([lines[0], *shuffled]) + "\n", encoding="utf-8")
    accuracy = train(experiment(), data=data, output=tmp_path / "model").evaluation.summary["metrics"]["accuracy"]
    assert accuracy["low"] < 1 / 3 < accuracy["high"]


def test_a_rare_frame_is_refused_and_nothing_written(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv", n=60)
    data.write_text(data.read_text(encoding="utf-8") + "drought and petition,rare\n" * 2, encoding="utf-8")
    with pytest.raises(EvaluationError, match="'rare' is gold in 1 articles"):
        train(experiment(), data=data, output=tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_too_few_articles_for_the_inner_folds_are_told_before_the_first_fold(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv", n=60)
    data.write_text(data.read_text(encoding="utf-8") + "drought,rare\npetition,rare\nteacher,rare\n", encoding="utf-8")
    seen = []
    with pytest.raises(
        EvaluationError, match=r"'rare' is gold in 2 articles of a training part .* lower 'inner_folds'"
    ):
        train(
            experiment(inner_folds=3),
            data=data,
            output=tmp_path / "model",
            progress=lambda *stage: seen.append(stage),
        )
    assert seen == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_least_document_frequency_that_leaves_no_term_is_told(tmp_path: Path, jobs: int) -> None:
    data = write_table(tmp_path / "three.csv")
    recipe = dataclasses.replace(experiment(), features=FeatureSettings(min_df=1000))
    with pytest.raises(EvaluationError, match=r"no term stands in 1000 paragraphs .* lower 'min_df'"):
        train(recipe, data=data, output=tmp_path / "model", jobs=jobs)


def test_texts_without_words_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "signs.csv"
    data.write_text("text,label\n" + "".join(f"{'!' * (row + 1)},{'ab'[row % 2]}\n" for row in range(20)))
    with pytest.raises(EvaluationError, match="no paragraph holds a word"):
        train(experiment(), data=data, output=tmp_path / "model")


def test_an_experiment_must_name_one_kind_of_data(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="neither"):
        load_data(Experiment())
    with pytest.raises(SettingsError, match="both"):
        load_data(Experiment(data=DataSettings(labels="a", csv="b")))


def test_replacing_a_model_loses_nothing_that_is_not_the_models(tmp_path: Path) -> None:
    data = write_table(tmp_path / "three.csv")
    folder = train(experiment(), data=data, output=tmp_path / "model").folder
    (folder / "notes.txt").write_text("keep")
    with pytest.raises(UsageError, match=r"holds notes.txt, which is no part of the model"):
        train(experiment(), data=data, output=folder, force=True)
    other = tmp_path / "project"
    other.mkdir()
    (other / "manifest.json").write_text('{"name": "another program"}')
    with pytest.raises(UsageError, match="holds no sound model"):
        train(experiment(), data=data, output=other, force=True)
    assert (folder / "notes.txt").read_text() == "keep"
    assert (other / "manifest.json").exists()


def test_the_folder_may_be_named_by_a_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_table(tmp_path / "three.csv")
    folder = train(experiment(), data=data, output=tmp_path / "model").folder
    monkeypatch.chdir(folder)
    assert train(experiment(), data=data, output=".").settled.outcome == "unchanged"


def test_a_folder_in_the_way_is_told_before_any_fitting(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(UsageError, match="holds no sound model"):
        train(experiment(), data=tmp_path / "absent.csv", output=tmp_path / "model", force=True)
