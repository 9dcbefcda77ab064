from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from framing.artifact import Artifact
from framing.artifact.golden import golden_predictions, probe_texts, replays
from framing.model import FrameModel
from framing.model.frame_model import TermWeights
from framing.model.tokens import tokens

MakeArtifact = Callable[..., Artifact]


def golden_of(artifact: Artifact) -> Any:
    return json.loads(json.dumps(golden_predictions(artifact.codebook, artifact.model)))


@pytest.mark.parametrize("part", ["words", "pieces", "decoding", "calibration", "sources", "familiarity"])
def test_a_model_says_again_what_it_said(make_artifact: MakeArtifact, part: str) -> None:
    for artifact in (make_artifact(), make_artifact(**{part: False})):
        assert replays(golden_of(artifact), artifact.model)


def test_the_texts_are_examples_and_words_of_the_model(make_artifact: MakeArtifact) -> None:
    artifact = make_artifact()
    texts = probe_texts(artifact.codebook, artifact.model)
    model = artifact.model
    assert [example for frame in artifact.codebook.frames for example in frame.examples] == texts[:2]
    assert {word for text in texts for word in tokens(text)} > set(model.words.terms)
    unknown = {word for text in texts for word in tokens(text)} - {*model.words.places, *model.terms.places}
    cut = [model.pieces.word_pieces.cut(word) for word in unknown]
    assert {piece for pieces in cut for piece in pieces or []} == set(range(len(model.pieces.pieces)))


def test_some_word_outside_is_among_them_without_pieces(make_artifact: MakeArtifact) -> None:
    for words in (True, False):
        artifact = make_artifact(words=words, pieces=False)
        known = (artifact.model.words or artifact.model.terms).places
        texts = probe_texts(artifact.codebook, artifact.model)
        assert sum(word not in known for word in tokens(texts[-3])) > 10


def nudged(values: np.ndarray) -> np.ndarray:
    return (values * (1 + 1e-6) + 1e-6).astype(values.dtype)


def nudged_block(block: TermWeights, name: str) -> TermWeights:
    return replace(block, **{name: nudged(getattr(block, name))})


def with_decoding(model: FrameModel, **fields: Any) -> FrameModel:
    return replace(model, reading=replace(model.reading, decoding=replace(model.reading.decoding, **fields)))


def with_calibration(model: FrameModel, **fields: Any) -> FrameModel:
    return replace(model, reading=replace(model.reading, calibration=replace(model.reading.calibration, **fields)))


def with_sources(model: FrameModel, **fields: Any) -> FrameModel:
    return replace(model, reading=replace(model.reading, sources=replace(model.reading.sources, **fields)))


CHANGES: dict[str, Callable[[FrameModel], FrameModel]] = {
    "idf": lambda model: replace(model, terms=nudged_block(model.terms, "idf")),
    "weights": lambda model: replace(model, terms=nudged_block(model.terms, "weights")),
    "word idf": lambda model: replace(model, words=nudged_block(model.words, "idf")),
    "word weights": lambda model: replace(model, words=nudged_block(model.words, "weights")),
    "no words": lambda model: replace(model, words=None),
    "piece weights": lambda model: replace(model, pieces=replace(model.pieces, weights=nudged(model.pieces.weights))),
    "idf of pieces": lambda model: replace(model, pieces=replace(model.pieces, idf=model.pieces.idf + 1e-6)),
    "no pieces": lambda model: replace(model, pieces=None),
    "intercept": lambda model: replace(model, intercept=nudged(model.intercept)),
    "pairs": lambda model: replace(model, ngrams=(1, 1)),
    "frequencies": lambda model: replace(model, sublinear_tf=False),
    "sides": lambda model: replace(model, terms=replace(model.terms, weights=np.roll(model.terms.weights, 3, axis=1))),
    "emission": lambda model: with_decoding(model, emission=2.000001),
    "ratios": lambda model: with_decoding(model, ratios=np.roll(model.reading.decoding.ratios, 1, axis=1)),
    "no decoding": lambda model: replace(model, reading=replace(model.reading, decoding=None)),
    "no calibration": lambda model: replace(model, reading=replace(model.reading, calibration=None)),
    "temperature": lambda model: with_calibration(model, temperature=1.700001),
    "lone temperature": lambda model: with_calibration(model, lone_temperature=1.300001),
    "thresholds": lambda model: with_calibration(model, thresholds=np.full(3, 0.9)),
    "no sources": lambda model: replace(model, reading=replace(model.reading, sources=None)),
    "ratios of sources": lambda model: with_sources(model, ratios=nudged(model.reading.sources.ratios)),
    "calibration of sources": lambda model: with_sources(model, calibration=model.reading.calibration),
    "lone thresholds": lambda model: with_calibration(model, lone_thresholds=np.full(3, 0.9)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_part_of_a_model_that_changes_is_noticed(make_artifact: MakeArtifact, change: str) -> None:
    artifact = make_artifact()
    golden = golden_of(artifact)
    assert not replays(golden, CHANGES[change](artifact.model))


@pytest.mark.parametrize(
    "golden",
    [
        None,
        [],
        3,
        {},
        {"texts": []},
        {"texts": "text"},
        {"texts": [3]},
        {"texts": ["a"], "own": [[1]]},
        {"texts": ["a"], "own": [[0, 0, 0]], "shared": [[1], [2, 3]]},
        {"texts": ["a"], "own": [[10**400, 0, 0]]},
        {"texts": ["a"], "own": [[{}, 0, 0]]},
        {"texts": ["a"], "own": [[float("nan")] * 3], "shared": [[float("nan")] * 3]},
    ],
)
def test_made_up_predictions_are_not_repeated(make_artifact: MakeArtifact, golden: Any) -> None:
    assert not replays(golden, make_artifact().model)


@pytest.mark.parametrize(
    "name",
    ["own", "shared", "lone", "article", "sourced", "lone_candidates", "article_candidates", "sourced_candidates"],
)
def test_predictions_that_are_missing_or_changed_are_noticed(make_artifact: MakeArtifact, name: str) -> None:
    artifact = make_artifact()
    golden = golden_of(artifact)
    rows = golden[name]
    changed = [[not value if isinstance(value, bool) else value + 2e-9 for value in rows[0]], *rows[1:]]
    assert not replays({**golden, name: changed}, artifact.model)
    assert not replays({**golden, name: None}, artifact.model)
    del golden[name]
    assert not replays(golden, artifact.model)


def test_the_last_digits_may_differ(make_artifact: MakeArtifact) -> None:
    artifact = make_artifact()
    golden = golden_of(artifact)
    golden["article"] = (np.array(golden["article"]) + 1e-11).tolist()
    assert replays(golden, artifact.model)
