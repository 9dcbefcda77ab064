from __future__ import annotations

import os

# The tests run in as many processes as there are cores, where more threads of numpy's would only wait for one another.
# Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).parent.parent

# A slow machine is no fault of the property under test, and a run that fails must fail again.
settings.register_profile("framing", deadline=None, derandomize=True)
settings.load_profile("framing")


@pytest.fixture(autouse=True)
def _no_habits_of_this_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def terms_alone() -> str:
    """The end of an experiment file that switches off all blocks but the terms, for tests of something else."""
    return """
[smoothing]
strength = [0]
[context]
article = [0]
[decoding]
emission = [0]
[calibration]
coverage = 0
"""


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder that is dear to make, once for all processes that tests run in."""

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        base = tmp_path_factory.getbasetemp()
        home = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        folder, done = home / name, home / f"{name}.done"
        with FileLock(home / f"{name}.lock"):
            if not done.exists():
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def saved_model(root: Path, made_once) -> Path:
    """The default recipe in small: all of its blocks, one value for each, trained for real on the project's labels."""
    from framing.settings import (
        ClassifierSettings,
        ContextSettings,
        DataSettings,
        DecodingSettings,
        EvaluationSettings,
        Experiment,
        SmoothingSettings,
    )
    from framing.workflow.training import train

    experiment = Experiment(
        name="small",
        data=DataSettings(labels=str(root / "labels")),
        smoothing=SmoothingSettings(strength=(0.5,), pieces=(True,)),
        context=ContextSettings(article=(1.0,), source="outlet_type", source_weight=(0.35,)),
        classifier=ClassifierSettings(C=(1.0,)),
        decoding=DecodingSettings(emission=(1.5,)),
        evaluation=EvaluationSettings(folds=2, repeats=1, inner_folds=2, bootstrap=100, studies=()),
    )
    return made_once("saved-model", lambda folder: train(experiment, output=folder / "small")) / "small"


@pytest.fixture
def model_copy(saved_model: Path, tmp_path: Path) -> Path:
    """A model folder that a test may damage."""
    return Path(shutil.copytree(saved_model, tmp_path / "copy"))
