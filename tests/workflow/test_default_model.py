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
from framing.evaluation.cross_validation import OwnRecipe, Part, judge_parts, no_progress, parts_of
from framing.evaluation.fitting import articles_read
from framing.evaluation.splits import SplitPlan, plan_splits
from framing.evaluation.training_data import training_data
from framing.settings import Experiment, as_table, read_experiment
from framing.workflow.data import load_data
from framing.workflow.training import FINAL


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


CHOSEN = ("C", "weighting", "smoothing", "pieces", "article", "emission")


def chosen(table: dict) -> list:
    return [table[name] for name in CHOSEN]


def test_training_again_gives_it_again(committed, experiment, labelled, plan, rows) -> None:
    """The model, and two folds of the first repeat: the same choices, and log-probabilities to 1e-4.

    Bit for bit holds on one machine only, whose processor decides the order of sums; that the same run twice is the
    same is tested on small data.
    """
    shared = training_data(labelled, plan.groups, experiment)
    parts = parts_of(plan.test_fold)[:2]
    everything = np.arange(len(labelled.ids))
    parts.append(Part(FINAL, FINAL, everything, everything))
    judgements = judge_parts(OwnRecipe(shared, experiment), parts, jobs=2, progress=no_progress)
    *of_folds, whole = judgements
    of_committed = [chosen(fold) for fold in committed.evaluation["folds"][:2]]
    assert [chosen(judgement.choice.as_table()) for judgement in of_folds] == of_committed
    assert chosen(committed.manifest["chosen"]) == chosen(whole.choice.as_table())
    blocks = committed.model.block_scores(labelled.texts)
    read = committed.model.reading.log_probabilities(*blocks, articles_read(shared, everything))
    assert np.abs(read - whole.scores).max() < 1e-4
    stored = {row["paragraph"]: row["scores"] for row in rows if row["repeat"] == 0}
    for part, judgement in zip(parts, of_folds, strict=False):
        for row, new in zip(part.test, judgement.scores, strict=True):
            if stored[labelled.ids[row]] is not None:
                assert new == pytest.approx(stored[labelled.ids[row]], abs=1e-4)


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
