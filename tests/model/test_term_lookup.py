"""The first texts are looked up one by one and those after them all together: nobody sees which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.model.frame_model import FrameModel, PieceWeights, TermWeights, WeighedTerms
from framing.model.term_lookup import FIRST_TEXTS

TERMS = ("army", "army raid", "clinics", "raid", "raid army", "wells")
SMOOTHED = ("army", "hospital", "wells")
PIECES = ("##ics", "##s", "clin", "raid", "well")
WORDS = ["army", "Raid", "wells", "hospital", "clinics", "raids", "nowhere", "a", "é", "İSTANBUL"]
texts_of = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=1, max_size=6)


def model_of(*, with_words: bool, with_pieces: bool, mask_names: bool = False) -> FrameModel:
    random = np.random.default_rng(0)

    def weights(terms: tuple[str, ...]) -> np.ndarray:
        return random.normal(size=(len(terms), 6)).astype(np.float32)

    return FrameModel(
        terms=TermWeights(TERMS, random.uniform(1, 5, len(TERMS)), weights(TERMS)),
        words=TermWeights(SMOOTHED, random.uniform(1, 5, len(SMOOTHED)), weights(SMOOTHED)) if with_words else None,
        pieces=PieceWeights(PIECES, 6.0, weights(PIECES)) if with_pieces else None,
        intercept=random.normal(size=3),
        ngrams=(1, 2),
        sublinear_tf=True,
        mask_names=mask_names,
    )


def all_of(model: FrameModel, weighed: WeighedTerms) -> list[list[object]]:
    """Everything that is told of texts by what was found in them."""
    labels = np.arange(weighed.found.n_texts) % 3
    told = [*model.sums(weighed), weighed.values, weighed.word_values, weighed.found.rows, weighed.found.counts]
    told += [model.term_scores(weighed, labels, block) for block in (0, 1)]
    told += [model.mean_term_scores(weighed, block) for block in (0, 1)]
    return [*(array.tolist() for array in told), list(model.names(weighed))]


@pytest.mark.parametrize(("with_words", "with_pieces"), [(False, False), (True, False), (True, True)])
@given(texts=texts_of, mask_names=st.booleans())
def test_texts_are_weighed_alike_before_and_after_all_terms_are_numbered(
    with_words: bool, with_pieces: bool, texts: list[str], mask_names: bool
) -> None:
    model = model_of(with_words=with_words, with_pieces=with_pieces, mask_names=mask_names)
    first = all_of(model, model.weigh(texts))
    assert "index" not in vars(model)
    model.weigh([""] * FIRST_TEXTS)
    assert "index" in vars(model)
    assert all_of(model, model.weigh(texts)) == first


def test_many_texts_are_found_together_from_the_first() -> None:
    model = model_of(with_words=True, with_pieces=False)
    model.weigh(["army"] * (FIRST_TEXTS + 1))
    assert "index" in vars(model)


@given(texts=texts_of)
def test_mean_scores_are_the_means_over_the_frames(texts: list[str]) -> None:
    model = model_of(with_words=True, with_pieces=True)
    weighed = model.weigh(texts)
    for block in (0, 1):
        each = [model.term_scores(weighed, frame, block) for frame in range(3)]
        assert np.allclose(model.mean_term_scores(weighed, block), np.mean(each, axis=0), atol=1e-6)
