"""Words that share their weights, on a table of a few words whose vectors are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from framing.model.articles import ArticleMeans
from framing.model.block_logistic import Problem
from framing.model.features import count_terms, fit_tfidf, tfidf_matrix
from framing.model.lexicon import Lexicon, Origin
from framing.model.smoothing import fit_smoother, smoothed_features, word_vectors
from framing.model.training_part import TrainingPart
from framing.settings import FeatureSettings

SETTINGS = FeatureSettings()
# 'kivu' is in the table only because it stands in the corpus; 'un' is a word that the encoder knows whole.
ORIGINS = {
    "army": Origin.GENERAL,
    "kivu": Origin.CORPUS,
    "raid": Origin.GENERAL | Origin.CORPUS,
    "un": Origin.ENCODER,
    "wells": Origin.GENERAL,
}
PIECES = ("##armed", "##u", "k", "##i", "##v")
SIZE = 4


def lexicon() -> Lexicon:
    table = np.random.default_rng(0).normal(size=(len(ORIGINS) + len(PIECES), SIZE)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    return Lexicon(tuple(ORIGINS), np.array(list(ORIGINS.values()), np.uint8), PIECES, table, "")


TABLE = lexicon()
TEXTS = ["army raid raid", "the army of kivu", "wells for the unarmed", "q7z raid army", "kivu wells", "the of for"]
COUNTS = count_terms(TEXTS, SETTINGS)
WORDS = word_vectors(COUNTS, TABLE)


def vector(word: str) -> np.ndarray:
    return TABLE.vectors[TABLE.places[word]]


def mean_of(*pieces: str) -> np.ndarray:
    rows = [TABLE.places["un"] if piece == "un" else len(ORIGINS) + PIECES.index(piece) for piece in pieces]
    return TABLE.table[rows].mean(axis=0)


def smoother_of(rows: list[int], *, pieces: bool) -> dict[str, tuple[float, np.ndarray]]:
    """Give each known word's idf and vector by its name."""
    smoother = fit_smoother(COUNTS, np.array(rows), WORDS, SETTINGS, pieces=pieces)
    names = COUNTS.terms[smoother.tfidf.columns].tolist()
    assert (smoother.n_rows, smoother.pieces) == (len(rows), pieces)
    return dict(zip(names, zip(smoother.tfidf.idf, smoother.vectors, strict=True), strict=True))


def test_words_get_the_vectors_of_the_table_or_of_their_pieces() -> None:
    names = COUNTS.terms[WORDS.columns].tolist()
    # Pairs of words have no vector, nor has a word that is neither in the table nor can be cut.
    assert names == ["army", "kivu", "raid", "unarmed", "wells"]
    assert WORDS.listed.tolist() == [True, False, True, False, True]
    assert WORDS.in_table.tolist() == [True, True, True, False, True]
    assert np.array_equal(WORDS.of_table[names.index("raid")], vector("raid"))
    assert not WORDS.of_table[names.index("unarmed")].any()
    assert WORDS.of_pieces[names.index("unarmed")] == pytest.approx(mean_of("un", "##armed"))
    assert WORDS.of_pieces[names.index("kivu")] == pytest.approx(mean_of("k", "##i", "##v", "##u"))
    assert not WORDS.of_pieces[names.index("army")].any()


@pytest.mark.parametrize("pieces", [False, True])
def test_a_word_of_the_corpus_alone_is_known_to_a_part_that_holds_it(pieces: bool) -> None:
    known = smoother_of([0, 1], pieces=pieces)
    assert np.array_equal(known["kivu"][1], vector("kivu"))
    assert known["kivu"][0] == pytest.approx(np.log(3 / 2) + 1)


def test_to_a_part_that_lacks_it_it_is_a_word_outside_of_the_table() -> None:
    assert set(smoother_of([0, 2, 3], pieces=False)) == {"army", "raid", "wells"}
    known = smoother_of([0, 2, 3], pieces=True)
    assert known["kivu"][1] == pytest.approx(mean_of("k", "##i", "##v", "##u"))
    # No paragraph of the part has it.
    assert known["kivu"][0] == pytest.approx(np.log(4) + 1)


def test_listed_words_are_known_to_every_part_and_pieces_only_where_asked() -> None:
    assert set(smoother_of([5], pieces=False)) == {"army", "raid", "wells"}
    assert {word: float(idf) for word, (idf, _) in smoother_of([0, 3, 5], pieces=False).items()} == pytest.approx(
        {"army": np.log(4 / 3) + 1, "raid": np.log(4 / 3) + 1, "wells": np.log(4) + 1}
    )
    known = smoother_of([0], pieces=True)
    assert set(known) == {"army", "kivu", "raid", "unarmed", "wells"}
    assert known["unarmed"][1] == pytest.approx(mean_of("un", "##armed"))


def test_features_are_the_mean_vectors_weighed_by_tfidf_of_length_one() -> None:
    rows = np.array([0, 1, 2])
    smoother = fit_smoother(COUNTS, rows, WORDS, SETTINGS, pieces=False)
    features = smoothed_features(COUNTS, np.array([3, 0, 5]), smoother)
    # 'army' in two of three paragraphs, 'raid' in one and twice in the first text; 'q7z' is nothing.
    army, raid = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    of_last = army * vector("army") + raid * vector("raid")
    assert features[0] == pytest.approx(of_last / np.hypot(army, raid), abs=1e-6)
    twice = raid * (1 + np.log(2))
    assert features[1] == pytest.approx(
        (army * vector("army") + twice * vector("raid")) / np.hypot(army, twice), abs=1e-6
    )
    assert not features[2].any()


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), strength=st.sampled_from([0.1, 0.5, 2.0]), variance=st.sampled_from([0.0, 1.0]))
def test_the_same_as_a_prior_under_which_words_vary_together(seed: int, strength: float, variance: float) -> None:
    """With x both as terms and as smoothed words, the inner products are x (I + s² E Eᵀ) xᵀ.

    So the smoothed fit scores as a plain one on rows rotated by a root of that covariance, and each word's whole weight
    is its own and what it borrows.
    """
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, (12, 6)) * (random.random((12, 6)) < 0.6)
    vectors = random.normal(size=(6, 3))
    learnt = Problem(
        random.dirichlet(np.ones(3), size=12),
        random.uniform(0.5, 1.5, 12),
        ArticleMeans.over(random.integers(4, size=12)),
        variance,
        True,
    )
    smoothed = TrainingPart(csr_array(x), x @ vectors).fit(learnt, C=2.0, smoothing=strength, tolerance=1e-10)
    root = np.linalg.cholesky(np.eye(6) + strength * vectors @ vectors.T)
    plain = TrainingPart(csr_array(x @ root), np.zeros((12, 0))).fit(learnt, C=2.0, smoothing=0.0, tolerance=1e-10)
    for block in ("own", "article"):
        whole = getattr(smoothed, block) + vectors @ getattr(smoothed, f"{block}_smoothed")
        assert whole == pytest.approx(root @ getattr(plain, block), abs=1e-6)


def test_a_word_that_was_never_labelled_scores_as_its_neighbour_does() -> None:
    counts = count_terms(["raid", "wells", "army"], SETTINGS)
    # 'army' lies near 'raid' here.
    near = TABLE.table.copy()
    near[TABLE.places["army"]] = near[TABLE.places["raid"]]
    words = word_vectors(counts, Lexicon(TABLE.words, TABLE.origins, PIECES, near, ""))
    train, unseen = np.array([0, 1]), np.array([2])
    smoother = fit_smoother(counts, train, words, SETTINGS, pieces=False)
    tfidf = fit_tfidf(counts, train, SETTINGS)
    seen = TrainingPart(tfidf_matrix(counts, train, tfidf), smoothed_features(counts, train, smoother))
    learnt = Problem(np.eye(2), np.ones(2), ArticleMeans.over(train), 0.0, True)
    weights = seen.fit(learnt, C=4.0, smoothing=1.0, tolerance=1e-9)
    terms = tfidf_matrix(counts, unseen, tfidf)
    assert not terms.nnz
    own, _ = weights.score(terms, smoothed_features(counts, unseen, smoother))
    assert own[0, 0] > own[0, 1] + 0.1
