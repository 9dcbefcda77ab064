from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skops import io as skops_io

from framing.artifact import Artifact, load
from framing.artifact.export import export, pipeline
from framing.codebook import of_labels
from framing.errors import InputError
from framing.model import FrameModel


@pytest.fixture(scope="module")
def artifact(saved_model: Path) -> Artifact:
    return load(saved_model)


def texts(root: Path) -> list[str]:
    lines = (root / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    return [*lines[::20], "", "zzz", "İ ΟΔΟΣ ß"]


@pytest.mark.parametrize("kind", ["joblib", "skops"])
def test_the_pipeline_gives_our_probabilities(artifact: Artifact, root: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"pipeline.{kind}"
    export(artifact, path, kind)
    pipe = joblib.load(path) if kind == "joblib" else skops_io.load(path, trusted=[])
    ours = artifact.predict_proba(texts(root))
    assert np.abs(pipe.predict_proba(texts(root)) - ours).max() < 1e-9
    labels = [artifact.codebook.labels[place] for place in ours.argmax(axis=1)]
    assert pipe.predict(texts(root)).tolist() == labels


@given(st.text())
def test_on_any_text(artifact: Artifact, text: str) -> None:
    assert np.abs(pipeline(artifact).predict_proba([text]) - artifact.predict_proba([text])).max() < 1e-9


def test_a_model_with_two_frames(artifact: Artifact) -> None:
    model = FrameModel(
        ("border", "raid"),
        np.array([1.0, 2.0]),
        np.array([[0.5, -1.0], [2.0, 0.25]]),
        np.array([0.1, -0.3]),
        (1, 2),
        True,
    )
    two = Artifact("two", of_labels("two", ["x", "y"]), artifact.segmentation, model, {})
    sentences = ["a raid", "border raid raid", "nothing known"]
    assert np.abs(pipeline(two).predict_proba(sentences) - two.predict_proba(sentences)).max() < 1e-12


def test_an_export_that_cannot_be_written_leaves_nothing(artifact: Artifact, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        export(artifact, tmp_path / "no" / "file.joblib", "joblib")
    assert list(tmp_path.iterdir()) == []
