"""Models built in memory, with and without each of their parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framing.artifact import Artifact, pack, save
from framing.codebook import Codebook, Frame
from framing.model import FrameModel
from framing.model.calibration import Calibration
from framing.model.decoding import Decoding
from framing.model.familiarity import Familiarity
from framing.model.frame_model import PieceWeights, TermWeights
from framing.model.reading import Reading
from framing.model.sources import Sources
from framing.model.tokens import terms
from framing.segmentation_settings import SegmentationSettings

SENTENCES = (
    "Militia fighters shelled the northern market before dawn.",
    "Families fled across the river with what they could carry.",
    "The envoy called for talks and a truce before the rains.",
    "Prices of flour doubled after the road was mined.",
)
MORE_WORDS = "artillery ceasefire refugees mediator shells 00 zones grain émigré"
PIECES = "##ed ##er ##ia ##s a artillery b flour mark mediat shell truce"
EVALUATION = {"metrics": {"accuracy": {"value": 0.5}}}
ROWS = ({"repeat": 0, "fold": 1, "paragraph": "p1", "gold": "war", "scores": [0.5, 0.25, -0.75]},)
LABELS = ({"paragraph": "p1", "gold": "war"},)


def sample_codebook(labels: tuple[str, ...]) -> Codebook:
    *frames, residual = labels
    return Codebook(
        "sample",
        "1.0",
        tuple(Frame(label, label.title(), examples=(SENTENCES[place],)) for place, label in enumerate(frames)),
        residual,
    )


def block(known: set[str], n_labels: int, random: np.random.Generator) -> TermWeights:
    idf, weights = 1 + random.random(len(known)), random.normal(size=(len(known), 2 * n_labels))
    return TermWeights(tuple(sorted(known)), idf, weights.astype(np.float32))


def sample_calibration(temperature: float, n_labels: int) -> Calibration:
    thresholds = np.array([0.3, 0.25, 0.05])[:n_labels]
    return Calibration(temperature, 1.3, 0.9, thresholds, thresholds[::-1].copy())


def sample_familiarity(n_words: int, random: np.random.Generator) -> Familiarity:
    return Familiarity(
        common_words=frozenset({"the", "of", "é"}),
        subject_weights=random.normal(size=n_words),
        lengths=np.array([5.0, 9.5, 1 / 3 + 14]),
        least_known=np.array([0.25, 0.5, 0.625]),
        least_common=np.array([0.0, 0.125, 0.2]),
        least_subject=np.array([-1.5, -0.5, 0.1]),
        most_capitals=0.5,
    )


def sample_artifact(
    labels: tuple[str, ...] = ("war", "peace", "none"),
    *,
    words: bool = True,
    pieces: bool = True,
    decoding: bool = True,
    calibration: bool = True,
    sources: bool = True,
    familiarity: bool = True,
    evaluation: bool = True,
    **fields: Any,
) -> Artifact:
    """Build a model of random weights without the parts that are False; ``fields`` are those of `FrameModel`."""
    random, n_labels = np.random.default_rng(3), len(labels)
    known = {term for sentence in SENTENCES for term in terms(sentence, (1, 2))}
    single = {term for term in known if " " not in term} | set(MORE_WORDS.split())
    cut = tuple(PIECES.split())
    of_terms = block(known, n_labels, random)
    of_words = block(single, n_labels, random)
    ratios = random.random((n_labels, n_labels)) + 0.2
    model = FrameModel(
        terms=of_terms,
        words=of_words if words else None,
        pieces=PieceWeights(cut, 2.5, random.normal(size=(len(cut), 2 * n_labels)).astype(np.float32))
        if pieces
        else None,
        intercept=random.normal(size=n_labels),
        ngrams=(1, 2),
        sublinear_tf=True,
        reading=Reading(
            Decoding(ratios / ratios.sum(axis=1, keepdims=True), 2.0) if decoding else None,
            sample_calibration(1.7, n_labels) if calibration else None,
            Sources(("state", "rebels"), random.normal(size=(2, n_labels)), sample_calibration(1.1, n_labels))
            if sources
            else None,
        ),
        lenders=random.integers(-1, len(single), (len(single), 3), dtype=np.int32)
        if words
        else np.zeros((0, 3), np.int32),
    )
    codebook = sample_codebook(labels)
    return Artifact(
        name="sample",
        codebook=codebook,
        segmentation=SegmentationSettings(longest_paragraph=5_000),
        model=replace(model, **fields),
        manifest={
            "codebook": codebook.digest,
            "description": "A sample",
            "versions": {"framing": "1.2.3"},
        },
        evaluation=EVALUATION if evaluation else None,
        familiarity=sample_familiarity(len(single if words else known), random) if familiarity else None,
    )


@pytest.fixture(scope="session")
def make_artifact() -> Callable[..., Artifact]:
    return sample_artifact


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a model with all parts, which a test may damage."""
    save(pack(sample_artifact(), ROWS, LABELS), tmp_path / "sample")
    return tmp_path / "sample"
