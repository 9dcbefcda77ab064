"""What is classified many articles at once is what is classified one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.artifact import Artifact, load
from framing.artifact.bulk import ClassifiedBatch, classify_batch
from framing.model.choosing import bulk_scorer
from framing.model.numpy_scorer import NumpyScorer
from framing.text.article import Article, of_paragraphs


@pytest.fixture(scope="module")
def default_model(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def articles(root: Path) -> list[Article]:
    """Articles with boilerplate, of one paragraph, of known and unknown outlets, in other languages, and empty ones."""
    files = [*sorted((root / "experiments" / "examples").glob("*.txt"))]
    files += sorted((root / "experiments" / "out-of-domain").glob("*.txt"))[:12]
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += ["Soldiers sealed the valley.", "", "• • •", "Photo: Reuters", "RAID IN THE NORTH KILLS NINE SOLDIERS"]
    outlets = [None, "state", "insurgent-aligned", "a kind that no one has heard of", ""]
    return [Article(str(place), text, outlet=outlets[place % 5]) for place, text in enumerate(texts)]


def compare(artifact: Artifact, batch: ClassifiedBatch, articles: list[Article]) -> None:
    one_by_one = [paragraph for article in articles for paragraph in artifact.classify(article)]
    labels = artifact.codebook.labels
    assert len(batch.paragraphs) == len(one_by_one) == len(batch.read) == len(batch.warnings)
    for row, (paragraph, alone) in enumerate(zip(batch.paragraphs, one_by_one, strict=True)):
        place = (alone["article"], alone["paragraph"], alone["start"], alone["end"], alone["text"])
        assert (paragraph.article, paragraph.position, paragraph.start, paragraph.end, paragraph.text) == place
        assert (paragraph.boilerplate, batch.read[row]) == (alone["boilerplate"], alone["probability"] is not None)
        assert list(batch.warnings[row]) == alone["warnings"]
        assert (labels[batch.frames[row]] if batch.frames[row] >= 0 else None) == alone["frame"]
        if alone["probabilities"] is None:
            assert np.isnan(batch.probabilities[row]).all()
            continue
        np.testing.assert_allclose(batch.probabilities[row], list(alone["probabilities"].values()), atol=1e-12)
        if alone["candidates"] is None:
            assert batch.candidates is None
        else:
            assert [label for label, held in zip(labels, batch.candidates[row], strict=True) if held] == alone[
                "candidates"
            ]
            assert batch.uncertain[row] == alone["uncertain"]


@pytest.mark.parametrize("scorer", [NumpyScorer, bulk_scorer])
def test_a_batch_says_what_each_article_says_by_itself(default_model: Artifact, articles: list[Article], scorer):
    batch = classify_batch(default_model, scorer(default_model.model, default_model.familiarity), articles)
    compare(default_model, batch, articles)
    assert any(batch.warnings)
    assert not batch.read.all()
    assert 0 < batch.uncertain.sum() < batch.read.sum()


@pytest.mark.parametrize("without", ["decoding", "calibration", "sources", "familiarity", "words", "pieces"])
def test_also_without_one_of_its_parts(make_artifact, articles: list[Article], without: str):
    artifact = make_artifact(**{without: False}) if without != "words" else make_artifact(words=False, pieces=False)
    batch = classify_batch(artifact, NumpyScorer(artifact.model, artifact.familiarity), articles)
    compare(artifact, batch, articles)


def test_without_a_residual_boilerplate_is_read_too(default_model: Artifact):
    codebook = replace(default_model.codebook, residual=None)
    frames = (*codebook.frames, replace(codebook.frames[0], id="other"))
    artifact = replace(default_model, codebook=replace(codebook, frames=frames))
    story = [Article("a", "Troops sealed the valley.\n\nShare this article\n\nThe envoys left.")]
    batch = classify_batch(artifact, NumpyScorer(artifact.model, artifact.familiarity), story)
    assert batch.read.all()
    assert any(paragraph.boilerplate for paragraph in batch.paragraphs)
    compare(artifact, batch, story)


def test_nothing_and_only_boilerplate(default_model: Artifact):
    scorer = NumpyScorer(default_model.model, default_model.familiarity)
    assert classify_batch(default_model, scorer, []).paragraphs == []
    batch = classify_batch(default_model, scorer, [Article("a", "Share this article")])
    assert (len(batch.paragraphs), batch.read.tolist(), batch.warnings) == (1, [False], [()])


@given(st.lists(st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=4), max_size=6))
def test_whatever_the_texts(default_model: Artifact, paragraphs: list[list[str]]):
    # Rows of a table are never empty.
    articles = [of_paragraphs(str(number), [f"a{text}" for text in texts]) for number, texts in enumerate(paragraphs)]
    batch = classify_batch(default_model, NumpyScorer(default_model.model, default_model.familiarity), articles)
    compare(default_model, batch, articles)
