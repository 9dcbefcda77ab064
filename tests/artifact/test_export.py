from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skops import io as skops_io

from framing.artifact import Artifact
from framing.artifact.export import export, pipeline
from framing.errors import ArtifactError, InputError

MakeArtifact = Callable[..., Artifact]

SENTENCES = [
    "Militia fighters shelled the northern market before dawn.",
    "The market, the market: grain, grain, grain and artillery shells!",
    "artillery ceasefire refugees",
    "nothing of this is known",
    "",
    "00 ÉMIGRÉ İ ΟΔΟΣ ß",
]
KNOWN = ["militia", "fighters", "the", "market", "grain", "émigré", "00", "artillery", "markia", "truces", "zzz", "-"]
TEXTS = st.text() | st.lists(st.sampled_from(KNOWN), max_size=30).map(" ".join)


# The model takes the mean of an unknown word's pieces in single precision.
WITH_PIECES = 1e-6
OWN_STEP = "framing.artifact.words_and_pieces.WordsAndPieces"


@pytest.fixture(scope="module", params=[False, True], ids=["without pieces", "with pieces"])
def artifact(make_artifact: MakeArtifact, request: pytest.FixtureRequest) -> Artifact:
    return make_artifact(pieces=request.param)


def difference(artifact: Artifact, texts: list[str]) -> float:
    return float(np.abs(pipeline(artifact).predict_proba(texts) - artifact.model.probabilities(texts)).max())


@pytest.mark.parametrize("kind", ["joblib", "skops"])
def test_the_pipeline_gives_our_probabilities(artifact: Artifact, root: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"pipeline.{kind}"
    export(artifact, path, kind)
    to_trust = [] if artifact.model.pieces is None else [OWN_STEP]
    if kind == "skops":
        assert skops_io.get_untrusted_types(file=path) == to_trust
    pipe = joblib.load(path) if kind == "joblib" else skops_io.load(path, trusted=to_trust)
    lines = (root / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [*lines[::20], *SENTENCES]
    ours = artifact.model.probabilities(texts)
    assert np.abs(pipe.predict_proba(texts) - ours).max() < (WITH_PIECES if to_trust else 1e-9)
    assert pipe.predict(texts).tolist() == [artifact.codebook.labels[place] for place in ours.argmax(axis=1)]


@given(TEXTS)
def test_on_any_text(artifact: Artifact, text: str) -> None:
    assert difference(artifact, [text]) < (1e-9 if artifact.model.pieces is None else WITH_PIECES)


@pytest.mark.parametrize("labels", [("war", "none"), ("war", "peace", "none")])
@pytest.mark.parametrize(("words", "pieces"), [(True, True), (True, False), (False, False), (False, True)])
@pytest.mark.parametrize("calibration", [True, False])
@pytest.mark.parametrize("sublinear_tf", [True, False])
def test_a_model_without_some_part(
    make_artifact: MakeArtifact,
    labels: tuple[str, ...],
    words: bool,
    pieces: bool,
    calibration: bool,
    sublinear_tf: bool,
) -> None:
    without = make_artifact(labels, words=words, calibration=calibration, sublinear_tf=sublinear_tf, pieces=pieces)
    assert difference(without, SENTENCES) < (WITH_PIECES if pieces else 1e-12)


def test_a_model_of_single_words(make_artifact: MakeArtifact) -> None:
    assert difference(make_artifact(ngrams=(1, 1), pieces=False), SENTENCES) < 1e-12


def test_an_unknown_word_counts_by_its_pieces(make_artifact: MakeArtifact) -> None:
    unknown = ["the markers shelled a mediatia", "the truces, truces"]
    assert difference(make_artifact(), unknown) < WITH_PIECES
    with_pieces, without = (pipeline(make_artifact(pieces=pieces)).predict_proba(unknown) for pieces in (True, False))
    assert (np.abs(with_pieces - without).max(axis=1) > 0.01).all()


def test_a_model_that_masks_names_is_refused(make_artifact: MakeArtifact, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="the model sample masks names, which no step of a scikit-learn Pipeline"):
        export(make_artifact(mask_names=True), tmp_path / "file", "joblib")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_cannot_be_written_leaves_nothing(artifact: Artifact, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        export(artifact, tmp_path / "no" / "file.joblib", "joblib")
    assert list(tmp_path.iterdir()) == []
