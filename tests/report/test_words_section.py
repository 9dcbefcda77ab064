from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from framing.artifact import Artifact, load
from framing.codebook import Codebook, Frame
from framing.model import FrameModel
from framing.model.frame_model import PieceWeights, TermWeights
from framing.model.listening import can_be_masked
from framing.report.document import ReportSource, Section, Table, Text, Words
from framing.report.words_section import BORROWED, FURTHEST, OF_TRAINING, words_section
from framing.segmentation_settings import SegmentationSettings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load(ROOT / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def found(artifact: Artifact) -> Section:
    return words_section(ReportSource(artifact))


def words(section: Section) -> str:
    return " ".join(block.text for block in section.blocks if isinstance(block, Text))


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def test_every_label_has_its_words_those_of_training_before_those_that_borrow(
    artifact: Artifact, found: Section
) -> None:
    blocks = [block for block in found.blocks if isinstance(block, Words)]
    assert [block.label for block in blocks] == list(artifact.codebook.labels)
    terms = artifact.model.terms.places
    for block in blocks:
        assert len(block.words) == OF_TRAINING + BORROWED
        heard, borrowed = block.words[:OF_TRAINING], block.words[OF_TRAINING:]
        assert all(word in terms and not lenders for word, _, lenders in heard)
        assert all(word not in terms and lenders for word, _, lenders in borrowed)
        for word, _, lenders in borrowed:
            assert lenders == ", ".join(artifact.model.lenders_of(word))
        for part in (heard, borrowed):
            weights = [weight for _, weight, _ in part]
            assert weights == sorted(weights, reverse=True)


def test_a_words_weight_is_what_the_model_says_of_a_text_of_that_word(artifact: Artifact, found: Section) -> None:
    model, labels = artifact.model, artifact.codebook.labels
    for block in found.blocks:
        if not isinstance(block, Words):
            continue
        place = labels.index(block.label)
        for word, weight, _ in block.words:
            if " " not in word:
                scores = [dict(model.contributions(word, frame))[word] for frame in range(len(labels))]
                assert weight == pytest.approx(scores[place] - np.mean(scores), abs=1e-6)


def test_the_parts_of_the_weights_and_the_far_reaching_terms_stand_in_tables(
    artifact: Artifact, found: Section
) -> None:
    parts, furthest = tables(found)
    n_labels = len(artifact.codebook.labels)
    assert len(parts.rows) == n_labels * OF_TRAINING
    assert len(furthest.rows) == n_labels * FURTHEST
    for row in (*parts.rows, *furthest.rows):
        weight, own, article = (float(cell) for cell in row[2:5])
        assert weight == pytest.approx(own + article, abs=0.011)
        assert int(row[5].replace(",", "")) >= 1
    # An everyday word of many paragraphs leads nothing by its weight alone.
    assert any(int(row[5].replace(",", "")) > 300 for row in furthest.rows)


def test_how_many_words_no_masking_of_names_would_reach_is_counted(found: Section) -> None:
    told = words(found)
    listed = {row[1] for row in tables(found)[0].rows}
    stay = sorted(term for term in listed if not can_be_masked(term))
    assert 0 < len(stay) < len(listed)
    assert f"Of the {len(listed)} different words and pairs" in told
    assert f"would leave {len(stay)} in sight" in told
    assert stay[0] in told


def test_how_many_words_borrow_and_how_many_paragraphs_taught_is_counted(artifact: Artifact, found: Section) -> None:
    model, told = artifact.model, words(found)
    assert model.words is not None
    borrowing = sum(word not in model.terms.places for word in model.words.terms)
    assert f"{borrowing:,} of the {len(model.words.terms):,} words" in told
    protocol = (artifact.evaluation or {})["protocol"]
    assert f"Of {protocol['paragraphs'] - protocol['boilerplate']:,} training paragraphs" in told


def small(*, smoothed: bool, masked: bool = False, pieces: bool = False, factor: float = 1.0) -> ReportSource:
    """Make a model of nine labels without a residual, with hostile terms among its words."""
    random = np.random.default_rng(4)
    codebook = Codebook("nine", "1", tuple(Frame(f"f{number}", f"<b>{number}</b>") for number in range(9)))
    names = ("<script>", "a" * 5_000, "kabul", "october", "river\u202e", "the river")
    idf = np.log(10 / np.arange(2, 8)) + 1

    def block() -> TermWeights:
        return TermWeights(tuple(sorted(names)), idf * factor, random.normal(size=(6, 18)).astype(np.float32))

    model = FrameModel(
        terms=block(),
        words=block() if smoothed else None,
        pieces=PieceWeights(("##s", "a"), 3.0, random.normal(size=(2, 18)).astype(np.float32)) if pieces else None,
        intercept=np.zeros(9),
        ngrams=(1, 2),
        sublinear_tf=True,
        mask_names=masked,
    )
    return ReportSource(Artifact("nine", codebook, SegmentationSettings(), model, {}, {}))


@pytest.mark.parametrize("smoothed", [True, False])
def test_other_codebooks_and_models_are_told_of_as_they_are(smoothed: bool) -> None:
    section = words_section(small(smoothed=smoothed, pieces=smoothed, masked=smoothed))
    told = words(section)
    assert len([block for block in section.blocks if isinstance(block, Words)]) == 9
    assert ("no training paragraph" in told) == smoothed
    assert ("pieces" in told) == smoothed
    assert ("Names are masked" in told) == smoothed
    assert "\u202e" not in repr(section)
    assert len(repr(section)) < 40_000


def test_what_reaches_far_is_said_not_to_be_measured_where_it_cannot_be() -> None:
    section = words_section(small(smoothed=False, factor=1.31))
    assert "Not measured: this needs the number of training paragraphs" in words(section)
    [parts] = tables(section)
    assert {row[5] for row in parts.rows} == {"not told"}


def test_a_codebook_of_very_many_labels_stays_readable(artifact: Artifact) -> None:
    random = np.random.default_rng(4)
    codebook = Codebook("many", "1", tuple(Frame(f"f{number}", f"f{number}") for number in range(60)))
    terms = TermWeights(
        tuple(f"w{number:04d}" for number in range(900)),
        np.log(1_000 / (2 + np.arange(900))) + 1,
        random.normal(size=(900, 120)).astype(np.float32),
    )
    model = FrameModel(terms, None, None, np.zeros(60), (1, 1), sublinear_tf=True)
    section = words_section(ReportSource(replace(artifact, codebook=codebook, model=model)))
    assert max(len(table.rows) for table in tables(section)) <= 300
    assert "more rows are not shown" in words(section)
