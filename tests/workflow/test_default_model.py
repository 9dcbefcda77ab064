"""The committed model is what its experiment file and the labels give, and its figures are what its rows give."""

from __future__ import annotations

import dataclasses
import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.artifact import Artifact, default_folder, load
from framing.evaluation import metrics
from framing.evaluation.cross_validation import cross_validate
from framing.evaluation.evaluation import Evaluation
from framing.evaluation.splits import SplitPlan, plan_splits
from framing.evaluation.tuning import training_data
from framing.settings import Experiment, as_table, read_experiment
from framing.workflow.data import load_data
from framing.workflow.training import fit_on_all


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


def test_training_again_gives_it_again(committed, labelled, plan, experiment) -> None:
    """To 1e-6 everywhere; bit for bit where Python, the libraries and the processor are those it was made with."""
    shared = training_data(labelled, plan.groups, experiment)
    again = fit_on_all(labelled, shared, experiment, Evaluation({}, ()))
    assert again.manifest["chosen"]["C"] == committed.manifest["chosen"]["C"]
    assert again.model.terms == committed.model.terms
    for name in ("idf", "coefficients", "intercept"):
        new, old = getattr(again.model, name), getattr(committed.model, name)
        assert np.abs(new - old).max() < 1e-6
    repeated = fit_on_all(labelled, shared, experiment, Evaluation({}, ()))
    assert np.array_equal(repeated.model.coefficients, again.model.coefficients)


def test_the_first_repeat_of_its_evaluation_comes_out_again(labelled, plan, experiment, rows) -> None:
    once = dataclasses.replace(plan, test_fold=plan.test_fold[:1])
    shared = training_data(labelled, plan.groups, experiment)
    again = cross_validate(shared, once, experiment, jobs=2, progress=lambda *_: None)
    committed = np.array([row["scores"] for row in rows if row["repeat"] == 0])
    assert np.abs(again.scores[0] - committed).max() < 1e-5
    assert plan.test_fold[0].tolist() == [row["fold"] for row in rows if row["repeat"] == 0]


def test_its_figures_are_what_its_rows_give(committed, labelled, rows) -> None:
    n_repeats, n_labels = committed.evaluation["protocol"]["repeats"], len(labelled.codebook.labels)
    gold = np.array([-1 if row["gold"] is None else labelled.codebook.index[row["gold"]] for row in rows])
    predicted = np.array([row["scores"] for row in rows]).argmax(axis=1)
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
    assert versions["python"].split(".")[0] == str(sys.version_info.major)
    assert version("numpy").split(".")[0] == versions["numpy"].split(".")[0]
