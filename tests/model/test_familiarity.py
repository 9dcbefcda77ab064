"""Texts of an invented language that a model was trained on, and texts that it was not; and our own real ones."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from framing.model.familiarity import Booleans, Familiarity, Floats, Integers, fit_familiarity
from framing.model.lexicon import read_lexicon
from framing.model.tokens import tokens

ROOT = Path(__file__).parents[2]
OUT_OF_DOMAIN = ROOT / "experiments" / "out-of-domain"

# Everyday words, words of the training texts' subject, near ones never used in them, and words of another subject.
EVERYDAY = [f"of{number}" for number in range(90)]
WARLIKE = [f"war{number}" for number in range(300)]
UNSEEN_WARLIKE = [f"fight{number}" for number in range(60)]
CULINARY = [f"cook{number}" for number in range(60)]
TABLE = [*EVERYDAY, *WARLIKE, *UNSEEN_WARLIKE, *CULINARY]

LANGUAGE = "seems to be in another language"
SUBJECT = "reads like no article"
KNOWN = "few of its words are known"
CAPITALS = "is mostly in capitals"


def vectors() -> NDArray[np.float32]:
    """Unit vectors: the two kinds of warlike words point one way, everyday and culinary ones each another."""
    centres = np.repeat([0, 1, 1, 2], [len(EVERYDAY), len(WARLIKE), len(UNSEEN_WARLIKE), len(CULINARY)])
    rows = np.eye(8)[centres] + np.random.default_rng(0).normal(scale=0.1, size=(len(TABLE), 8))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def sentence(random: np.random.Generator, subject: list[str], n_words: int = 30) -> str:
    return " ".join(random.choice(EVERYDAY if random.random() < 0.5 else subject) for _ in range(n_words))


def training(n_articles: int = 60) -> tuple[list[str], Integers]:
    random = np.random.default_rng(1)
    lengths = random.integers(10, 50, size=(n_articles, 5))
    texts = [sentence(random, WARLIKE, n_words) for n_words in lengths.ravel().tolist()]
    return texts, np.repeat(np.arange(n_articles), 5)


def inverse_document_frequencies(words: list[str], texts: list[str]) -> Floats:
    counts = Counter(word for text in texts for word in set(tokens(text)))
    return np.array([np.log((1 + len(texts)) / (1 + counts[word])) + 1 for word in words])


@dataclass
class Model:
    familiarity: Familiarity
    places: dict[str, int]
    idf: Floats
    extra: frozenset[str] = frozenset()

    def warnings(self, *texts: str) -> list[str]:
        return self.familiarity.warnings(texts, self.places, self.idf, self.extra)


def fitted(texts: list[str], articles: Integers, of_corpus_only: Booleans | None = None) -> Model:
    idf = inverse_document_frequencies(TABLE, texts)
    familiarity = fit_familiarity(TABLE, idf, vectors(), texts, articles, of_corpus_only=of_corpus_only)
    return Model(familiarity, {word: place for place, word in enumerate(TABLE)}, idf)


MODEL = fitted(*training())


def starts(warnings: list[str]) -> set[str]:
    return {start for start in (LANGUAGE, SUBJECT, KNOWN, CAPITALS) for text in warnings if text.startswith(start)}


def text_of(subject: list[str], seed: int = 5, n_words: int = 60) -> str:
    return sentence(np.random.default_rng(seed), subject, n_words)


def test_texts_like_those_of_training_pass() -> None:
    warned = [seed for seed in range(100) if MODEL.warnings(text_of(WARLIKE, seed))]
    assert len(warned) <= 5


def test_words_never_seen_count_for_what_their_neighbours_do() -> None:
    nearby = [seed for seed in range(50) if MODEL.warnings(text_of([*WARLIKE, *UNSEEN_WARLIKE], seed))]
    foreign = [seed for seed in range(50) if MODEL.warnings(text_of([*WARLIKE, *CULINARY], seed))]
    weights = dict(zip(TABLE, MODEL.familiarity.subject_weights, strict=True))
    assert min(weights[word] for word in UNSEEN_WARLIKE) > max(weights[word] for word in CULINARY)
    assert len(nearby) <= len(foreign)


def test_another_subject_in_the_same_language_is_told() -> None:
    assert all(starts(MODEL.warnings(text_of(CULINARY, seed))) == {SUBJECT} for seed in range(50))


def test_another_language_is_told_and_its_subject_is_not_guessed() -> None:
    text = " ".join(f"mot{number}" for number in range(40))
    assert starts(MODEL.warnings(text)) == {KNOWN, LANGUAGE}


def test_everyday_words_missing_from_known_ones_are_told() -> None:
    assert starts(MODEL.warnings(" ".join(WARLIKE[:80]))) == {LANGUAGE}


def test_words_known_besides_the_table_are_known() -> None:
    names = [f"name{number}" for number in range(40)]
    text = " ".join([text_of(WARLIKE, n_words=20), *names])
    model = Model(MODEL.familiarity, MODEL.places, MODEL.idf, frozenset(names))
    assert KNOWN in starts(MODEL.warnings(text))
    assert KNOWN not in starts(model.warnings(text))


@pytest.mark.parametrize("share", [0.4, 0.6])
def test_capitals_are_told_when_they_are_most(share: float) -> None:
    words = text_of(WARLIKE, n_words=100).split()
    n_large = round(share * len(words))
    text = " ".join([*(word.upper() for word in words[:n_large]), *words[n_large:]])
    assert (CAPITALS in starts(MODEL.warnings(text))) == (share > 0.5)


def test_letters_that_are_spaced_out_are_no_known_words() -> None:
    assert KNOWN in starts(MODEL.warnings(" ".join(text_of(WARLIKE).replace(" ", ""))))


@pytest.mark.parametrize("texts", [(), ("",), ("***", "1,200 - 14"), ("ू ् ॥",)])
def test_a_text_without_words_is_told(texts: tuple[str, ...]) -> None:
    assert MODEL.warnings(*texts) == ["has no words to go by"]


def test_short_texts_are_not_judged() -> None:
    first = int(MODEL.familiarity.lengths[0])
    assert MODEL.warnings(" ".join(["quoi"] * (first - 1))) == []
    assert MODEL.warnings(" ".join(["quoi"] * first)) != []


words = st.one_of(st.sampled_from(TABLE), st.text(max_size=8))


@given(st.lists(st.lists(words, max_size=12).map(" ".join), min_size=1, max_size=6))
def test_any_text_is_judged_as_a_whole(texts: list[str]) -> None:
    warnings = MODEL.warnings(*texts)
    assert warnings == MODEL.warnings("\n\n".join(texts))
    assert warnings == MODEL.warnings(*reversed(texts))
    assert all(warning and "\n" not in warning for warning in warnings)


def test_too_few_texts_give_no_limits_and_no_warnings() -> None:
    texts, articles = training(4)
    model = fitted(texts, articles)
    assert len(model.familiarity.lengths) == 0
    assert model.warnings(text_of(CULINARY)) == []
    assert model.warnings("14") == ["has no words to go by"]


def test_one_article_alone_leaves_nothing_to_learn_from() -> None:
    texts, _ = training()
    model = fitted(texts, np.zeros(len(texts), dtype=np.int64))
    assert starts(model.warnings(text_of(CULINARY))) == set()


def test_words_without_vectors_have_no_neighbours() -> None:
    texts, articles = training()
    idf = inverse_document_frequencies(TABLE, texts)
    weights = fit_familiarity(TABLE, idf, np.zeros((len(TABLE), 0)), texts, articles).subject_weights
    unseen = weights[len(EVERYDAY) + len(WARLIKE) :]
    assert np.ptp(unseen) < 1e-9
    assert unseen.max() < weights[: len(EVERYDAY) + len(WARLIKE)].min()


def test_words_that_the_table_has_from_these_texts_alone_do_not_tighten_the_limits() -> None:
    """Each article has names of its own, unknown to all others, as the names of a new article will be."""
    random = np.random.default_rng(3)
    names = np.array(UNSEEN_WARLIKE)
    texts = [
        " ".join([sentence(random, WARLIKE, 15), *random.choice(names[[article]], 25)])
        for article in range(60)
        for _ in range(4)
    ]
    articles = np.repeat(np.arange(60), 4)
    fresh = " ".join([text_of(WARLIKE, n_words=15), *["newname"] * 25])
    of_corpus_only = np.isin(TABLE, names)
    assert KNOWN in starts(fitted(texts, articles).warnings(fresh))
    assert KNOWN not in starts(fitted(texts, articles, of_corpus_only).warnings(fresh))


def test_the_same_training_gives_the_same_limits() -> None:
    again = fitted(*training()).familiarity
    for name in ("subject_weights", "lengths", "least_known", "least_common", "least_subject"):
        assert np.array_equal(getattr(again, name), getattr(MODEL.familiarity, name))
    assert again.common_words == MODEL.familiarity.common_words


@pytest.fixture(scope="module")
def conflict_model() -> Model:
    """What the labelled corpus and the word table teach."""
    lines = (ROOT / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    rows.sort(key=lambda row: (row["article"], row["position"]))
    texts = [row["text"] for row in rows]
    articles = np.unique([row["article"] for row in rows], return_inverse=True)[1]
    lexicon = read_lexicon()
    idf = inverse_document_frequencies(list(lexicon.words), texts)
    familiarity = fit_familiarity(
        lexicon.words, idf, lexicon.vectors, texts, articles, of_corpus_only=lexicon.of_corpus_only
    )
    return Model(familiarity, lexicon.places, idf)


def paragraphs(name: str) -> list[str]:
    return (OUT_OF_DOMAIN / name).read_text(encoding="utf-8").strip().split("\n\n")


EXPECTED = tomllib.loads((OUT_OF_DOMAIN / "expected.toml").read_text(encoding="utf-8"))["text"]


def test_every_text_out_of_domain_has_its_line() -> None:
    assert [text["file"] for text in EXPECTED] == sorted(path.name for path in OUT_OF_DOMAIN.glob("*.txt"))
    assert {text["expected"] for text in EXPECTED} == {"warned", "unwarned", "either"}


def test_other_languages_and_wrecks_are_told_for_what_they_are(conflict_model: Model) -> None:
    start = {"language": LANGUAGE, "known words": KNOWN, "capitals": CAPITALS}
    for text in EXPECTED:
        if text.get("because") in start:
            found = starts(conflict_model.warnings(*paragraphs(text["file"])))
            assert start[text["because"]] in found, text["file"]


def test_nearly_every_other_subject_is_told(conflict_model: Model) -> None:
    others = [text["file"] for text in EXPECTED if text.get("because") == "subject"]
    missed = [file for file in others if SUBJECT not in starts(conflict_model.warnings(*paragraphs(file)))]
    assert len(missed) <= 0.15 * len(others), missed
    assert not {"football-report.txt", "recipe-lentil-soup.txt"} & set(missed)


def test_news_on_conflict_passes(conflict_model: Model) -> None:
    for text in EXPECTED:
        if text["expected"] == "unwarned":
            assert conflict_model.warnings(*paragraphs(text["file"])) == []
