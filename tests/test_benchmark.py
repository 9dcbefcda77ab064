from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)

CODEBOOK = Codebook("three", "1", (Frame("deed", "Deed"), Frame("want", "Want"), Frame("rest", "Rest")))
WORDS = ["raid patrol convoy rifle", "wells school wages land", "weather distance map date"]


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = spec_from_file_location("benchmark_cross_validation", root / "experiments" / "benchmark_cross_validation.py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return Experiment(
        smoothing=SmoothingSettings(strength=(0.0,)),
        context=ContextSettings(article=(0.0,)),
        classifier=ClassifierSettings(C=(0.25, 1.0, 4.0), targets="gold", tolerance=1e-11),
        decoding=DecodingSettings(emission=(0.0,)),
        calibration=CalibrationSettings(coverage=0.0),
        evaluation=EvaluationSettings(folds=3, repeats=1, inner_folds=3),
    )


@pytest.fixture(scope="module")
def outcome(script: ModuleType, experiment: Experiment):
    random = np.random.default_rng(1)
    texts, gold = [], []
    for row in range(72):
        label = row % 3
        heard = label if random.random() < 0.7 else random.integers(3)
        texts.append(" ".join(random.choice(WORDS[heard].split(), 4)) + f" {row}th the")
        gold.append(label)
    articles = [str(row // 4) for row in range(72)]
    place = np.array(gold)
    data = LabelledParagraphs(CODEBOOK, [str(row) for row in range(72)], texts, articles, place, np.eye(3)[place])
    return script.benchmark(data, experiment)


def test_the_package_gives_what_a_grid_search_with_its_solver_gives(script: ModuleType, outcome) -> None:
    assert outcome.matrix_difference < 1e-12
    assert outcome.package.chosen == outcome.same_solver.chosen
    assert script.furthest(outcome.package, outcome.same_solver) < 1e-6
    assert script.agree(outcome)


def test_every_paragraph_is_tested_once_in_every_way(outcome) -> None:
    for way in (outcome.package, outcome.same_solver, outcome.usual_solver):
        assert sum(map(len, way.probabilities)) == 72
        assert all(np.allclose(probabilities.sum(axis=1), 1) for probabilities in way.probabilities)
        assert way.seconds > 0


def test_the_report_tells_seconds_ratios_and_differences(script: ModuleType, experiment: Experiment, outcome) -> None:
    head, _, *rows, last = script.report(outcome, experiment).splitlines()
    assert head.startswith("3 outer folds, 3 inner folds, 3 values of C")
    assert [row.split()[0] for row in rows] == ["the", "GridSearchCV,", "GridSearchCV,"]
    assert "3 of 3" in rows[1]
    assert last.endswith(f"{outcome.matrix_difference:.1e}")


def test_what_differs_is_told(script: ModuleType, outcome) -> None:
    from dataclasses import replace

    other = replace(outcome.same_solver, chosen=[99.0, *outcome.same_solver.chosen[1:]])
    assert not script.agree(replace(outcome, same_solver=other))
    assert not script.agree(replace(outcome, matrix_difference=1e-9))
