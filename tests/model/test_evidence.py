"""The parts of a score add up to it, and are read as `Reading` reads."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.model import FrameModel
from framing.model.calibration import Calibration
from framing.model.decoding import Decoding
from framing.model.evidence import ReadArticle, read_article
from framing.model.frame_model import AT_ONCE, PieceWeights, TermWeights
from framing.model.reading import Reading
from framing.model.sources import Sources

LABELLED = ["army", "clinic", "levy", "raid", "village", "wells"]
OTHERS = ["barracks", "hospital"]
PAIRS = ["army raid", "village wells"]
PIECES = ("##er", "##s", "clin", "raid")
WORDS = [*LABELLED, *OTHERS, "raider", "clins", "nowhere", "a"]

SOURCES = ("of the state", "of the group")
CALIBRATIONS = (
    lambda n_labels: Calibration(2.2, 1.4, 0.9, np.full(n_labels, 0.2), np.full(n_labels, 0.3)),
    lambda n_labels: Calibration(1.6, 1.2, 0.9, np.full(n_labels, 0.25), np.full(n_labels, 0.35)),
)

sources = st.sampled_from([None, "unheard of", *SOURCES])
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join), min_size=1, max_size=6)
seeds = st.integers(0, 1_000)


def block(terms: list[str], n_labels: int, random: np.random.Generator) -> TermWeights:
    weights = random.normal(size=(len(terms), 2 * n_labels)).astype(np.float32)
    return TermWeights(tuple(sorted(terms)), 1 + random.random(len(terms)), weights)


def model_of(seed: int, n_labels: int = 3, *, smoothed: bool = True, decoded: bool = True) -> FrameModel:
    random = np.random.default_rng(seed)
    ratios = random.random((n_labels, n_labels)) + 0.1
    words = block([*LABELLED, *OTHERS], n_labels, random)
    lenders = np.full((len(words.terms), 2), -1, np.int32)
    lenders[words.places["barracks"]] = [words.places["army"], words.places["village"]]
    lenders[words.places["hospital"]] = [words.places["clinic"], -1]
    of_pieces = random.normal(size=(len(PIECES), 2 * n_labels)).astype(np.float32)
    return FrameModel(
        terms=block([*LABELLED, *PAIRS], n_labels, random),
        words=words if smoothed else None,
        pieces=PieceWeights(PIECES, 2.0, of_pieces) if smoothed else None,
        intercept=random.normal(size=n_labels),
        ngrams=(1, 2),
        sublinear_tf=True,
        reading=Reading(
            Decoding(ratios / ratios.sum(axis=1, keepdims=True), 2.5) if decoded else None,
            CALIBRATIONS[0](n_labels) if seed % 3 else None,
            Sources(SOURCES, random.normal(size=(2, n_labels)), CALIBRATIONS[1](n_labels) if seed % 2 else None),
        ),
        lenders=lenders,
    )


def parts(read: ReadArticle) -> list[np.ndarray]:
    return [read.words, read.intercept, read.article, read.neighbours, read.source]


def places(source: str | None, n_paragraphs: int) -> np.ndarray:
    return np.full(n_paragraphs, SOURCES.index(source) if source in SOURCES else -1)


@settings(max_examples=60)
@given(texts, seeds, st.integers(2, 5), st.booleans(), st.booleans(), sources)
def test_the_shares_add_up_and_give_the_probabilities_of_the_reading(
    article: list[str], seed: int, n_labels: int, smoothed: bool, decoded: bool, source: str | None
) -> None:
    model = model_of(seed, n_labels, smoothed=smoothed, decoded=decoded)
    read = read_article(model, article, source)
    total = sum(parts(read))
    assert np.abs(total - read.scores).max() < 1e-9
    assert all(np.abs(part.mean(axis=1)).max() < 1e-9 for part in parts(read))
    one, known = np.zeros(len(article), np.int64), places(source, len(article))
    expected = model.reading.log_probabilities(*model.block_scores(article), one, known)
    sets = model.reading.candidates(np.exp(expected), one, known)
    assert (read.candidates() is None) is (sets is None)
    assert sets is None or np.array_equal(read.candidates(), sets)
    assert read.source.any() == (source in SOURCES)
    summed = np.exp(total) / np.exp(total).sum(axis=1, keepdims=True)
    assert np.abs(summed - np.exp(expected)).max() < 1e-9
    assert np.abs(read.probabilities - np.exp(expected)).max() < 1e-9
    # The score is the log-probability against the average label.
    assert np.abs(total - (expected - expected.mean(axis=1, keepdims=True))).max() < 1e-9


@settings(max_examples=60)
@given(texts, seeds, st.integers(0, 2), st.booleans())
def test_the_terms_add_up_to_the_share_of_the_words(article: list[str], seed: int, label: int, smoothed: bool) -> None:
    model = model_of(seed, smoothed=smoothed)
    read = read_article(model, article)
    labels = np.full(len(article), label)
    above = read.strongest(labels, 100)
    others = [
        {term for term, _ in model.contributions(text, label)} - {term.term for term in found}
        for text, found in zip(article, above, strict=True)
    ]
    for row, (text, found) in enumerate(zip(article, above, strict=True)):
        values = [term.value for term in found]
        assert all(value > 0 for value in values)
        assert values == sorted(values, reverse=True)
        assert len({term.term for term in found}) == len(found)
        # What is not above 0 is the rest of the share.
        assert sum(values) >= read.words[row, label] - 1e-9
        if not others[row]:
            assert sum(values) == pytest.approx(read.words[row, label], abs=1e-9)
        assert read.strongest(labels, 2)[row] == found[:2]
        assert {term.term for term in found} <= {term for term, _ in model.contributions(text, label)}


@given(seeds)
def test_a_terms_value_is_what_it_adds_against_the_average_label_once_tempered(seed: int) -> None:
    model = model_of(3 * seed + 1)
    lone = read_article(model, ["army raid raider"])
    together = read_article(model, ["army raid raider", "wells"])
    calibration, decoding = model.reading.calibration, model.reading.decoding
    assert calibration is not None
    assert decoding is not None
    for read, scale, function in (
        (lone, 1 / calibration.lone_temperature, model.contributions),
        (together, decoding.emission / calibration.temperature, model.own_contributions),
    ):
        per_label = [dict(function("army raid raider", label)) for label in range(3)]
        labels = np.zeros(len(read.scores), np.int64)
        values = {term.term: term.value for term in read.strongest(labels, 100)[0]}
        for term in per_label[0]:
            added = [of_label[term] for of_label in per_label]
            expected = (added[0] - np.mean(added)) * scale
            assert values.get(term, 0) == pytest.approx(max(expected, 0), abs=1e-9)


def test_a_paragraph_alone_is_its_own_article() -> None:
    model = model_of(1)
    read = read_article(model, ["army raid on the village"])
    assert not read.article.any()
    assert not read.neighbours.any()
    assert np.abs(read.probabilities - model.probabilities(["army raid on the village"])).max() < 1e-12


def test_words_of_no_labelled_paragraph_are_borrowed() -> None:
    model = model_of(1)
    found = {
        term.term: term.borrowed
        for label in range(3)
        for term in read_article(model, ["army barracks raider raid village wells nowhere"]).strongest(
            np.array([label]), 100
        )[0]
    }
    assert {term for term, borrowed in found.items() if borrowed} == {"barracks", "raider"}
    assert {"army", "village wells"} <= {term for term, borrowed in found.items() if not borrowed}
    assert "nowhere" not in found


def test_an_article_of_any_length_is_read_alike() -> None:
    """More paragraphs than are gone through at once: the rows keep their order and their evidence."""
    model = dataclasses.replace(model_of(1), reading=Reading())
    random = np.random.default_rng(4)
    article = [" ".join(random.choice(WORDS, size=4)) for _ in range(2 * AT_ONCE + 3)]
    read = read_article(model, article)
    best = read.probabilities.argmax(axis=1)
    strongest = read.strongest(best, 5)
    assert len(strongest) == len(article)
    for row in (0, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 2):
        own = dict(model.own_contributions(article[row], int(best[row])))
        means = {
            term: np.mean([dict(model.own_contributions(article[row], label))[term] for label in range(3)])
            for term in own
        }
        expected = {term: value - means[term] for term, value in own.items() if value > means[term]}
        assert {term.term: term.value for term in strongest[row]} == pytest.approx(
            dict(sorted(expected.items(), key=lambda item: -item[1])[:5])
        )


def test_no_paragraph_is_no_article() -> None:
    with pytest.raises(ValueError, match="without paragraphs"):
        read_article(model_of(1), [])
