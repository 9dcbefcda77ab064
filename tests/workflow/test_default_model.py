"""The committed model is what its experiment file and the labels give, and its figures are what its rows give."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.artifact import Artifact, default_folder, load
from framing.evaluation import metrics
from framing.evaluation.splits import SplitPlan, plan_splits
from framing.settings import Experiment, as_table, read_experiment
from framing.workflow.data import load_data
from framing.workflow.training import train


@pytest.fixture(scope="module")
def committed(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def experiment(root: Path) -> Experiment:
    return read_experiment(root / "experiments" / "conflict-frames.toml")


@pytest.fixture(scope="module")
def labelled(experiment: Experiment) -> LabelledParagraphs:
    return load_data(experiment)


@pytest.fixture(scope="module")
def plan(labelled: LabelledParagraphs, experiment: Experiment) -> SplitPlan:
    return plan_splits(labelled, experiment.evaluation, experiment.seed)


@pytest.fixture(scope="module")
def rows(root: Path) -> list[dict]:
    path = root / "artifacts" / "conflict-frames" / "evaluation-rows.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_it_is_the_one_that_comes_with_the_package(root: Path) -> None:
    assert default_folder().resolve() == (root / "artifacts" / "conflict-frames").resolve()


def test_it_was_made_from_these_labels_and_settings(committed, labelled, experiment: Experiment) -> None:
    assert committed.manifest["labels"]["digest"] == labelled.digest
    assert committed.codebook == labelled.codebook
    assert committed.manifest["experiment"] == json.loads(json.dumps(as_table(experiment)))


def test_training_again_gives_it_again(committed, experiment, rows, tmp_path: Path) -> None:
    """All of it, folds and all: weights to 1e-6, scores to the sixth decimal, figures and choices.

    Bit for bit holds on one machine only, whose processor decides the order of sums; that the same run twice is the
    same is tested on small data.
    """
    again = train(experiment, output=tmp_path / "again", jobs=2)
    for name in ("idf", "coefficients", "intercept"):
        new, old = getattr(again.artifact.model, name), getattr(committed.model, name)
        assert np.abs(new - old).max() < 1e-6
    assert again.artifact.model.terms == committed.model.terms
    assert again.artifact.manifest["chosen"]["C"] == committed.manifest["chosen"]["C"]
    assert again.artifact.manifest["labels"] == committed.manifest["labels"]
    for new, old in zip(again.evaluation.rows, rows, strict=True):
        assert {**new, "scores": None} == {**old, "scores": None}
        assert new["scores"] == pytest.approx(old["scores"], abs=2e-6)
    assert numbers(again.evaluation.summary) == pytest.approx(numbers(committed.evaluation), abs=1e-3)


def numbers(value) -> list[float]:
    """List every number of a nested structure in its order."""
    if isinstance(value, dict):
        return [number for key in sorted(value) for number in numbers(value[key])]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [float(value)] if isinstance(value, int | float) else []


def test_its_figures_are_what_its_rows_give(committed, labelled, rows) -> None:
    n_repeats, n_labels = committed.evaluation["protocol"]["repeats"], len(labelled.codebook.labels)
    gold = np.array([-1 if row["gold"] is None else labelled.codebook.index[row["gold"]] for row in rows])
    residual = [0.0] * (n_labels - 1) + [1.0]
    predicted = np.array([residual if row["scores"] is None else row["scores"] for row in rows]).argmax(axis=1)
    gold, predicted = gold.reshape(n_repeats, -1), predicted.reshape(n_repeats, -1)
    assert np.array_equal(gold[0], labelled.gold)
    tables = np.stack([metrics.confusion_matrix(*pair, n_labels) for pair in zip(gold, predicted, strict=True)])
    figures = committed.evaluation["metrics"]
    assert figures["accuracy"]["value"] == pytest.approx(metrics.accuracy(tables).mean(), abs=1e-6)
    assert figures["macro_f1"]["value"] == pytest.approx(metrics.macro_f1(tables).mean(), abs=1e-6)
    assert figures["macro_f1_frames"]["value"] == pytest.approx(metrics.macro_f1(tables, 4).mean(), abs=1e-6)
    for place, label in enumerate(labelled.codebook.labels):
        assert committed.evaluation["per_frame"][label]["f1"]["value"] == pytest.approx(
            metrics.f1(tables)[:, place].mean(), abs=1e-6
        )


def test_no_article_stands_in_training_and_test(labelled, plan) -> None:
    articles = np.array(labelled.articles)
    for test_fold in plan.test_fold:
        for fold in np.unique(test_fold):
            assert not set(articles[test_fold == fold]) & set(articles[test_fold != fold])


def test_it_tells_the_versions_that_made_it(committed) -> None:
    versions = committed.manifest["versions"]
    assert set(versions) == {"framing", "python", "numpy", "scipy", "scikit-learn"}
    assert all(re.match(r"\d+\.\d+", number) for number in versions.values())
