"""The compiled scorer against numpy's, which is held against scikit-learn and against counting word by word."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from framing.model import FrameModel
from framing.model.familiarity import N_SUMS, Familiarity
from framing.model.frame_model import PieceWeights, TermWeights
from framing.model.kernel_scorer import AT_ONCE, KernelScorer
from framing.model.numpy_scorer import NumpyScorer
from framing.model.scorer import Scanned
from framing.model.utf8_texts import Utf8Texts

pytest.importorskip("numba")

N_FRAMES = 3
# Words around the bounds of blocks of eight bytes, alike in their first, in their second, or but for an accent.
LENGTHS = [letters * number for letters in ("a", "é", "ab") for number in (1, 4, 7, 8, 9, 15, 16, 17, 24, 25)]
ALIKE = ["security", "securities", "securitisation", "sécurity", "securitisatiön", "xecuritisation", "x" * 60]
PLAIN = [
    "army",
    "the",
    "raid",
    "wells",
    "a",
    "i",
    "_",
    "_9",
    "2024",
    "7",
    "12",
    "²",
    "٣٤",
    "straße",
    "οδος",
    "七十",
    "ⅷ",
]
VOCABULARY = sorted({*LENGTHS, *ALIKE, *PLAIN})
PAIRS = sorted({f"{first} {second}" for first, second in pairwise(VOCABULARY * 2) if min(len(first), len(second)) > 1})
ODD_TERMS = ["Army", "army  raid", "army raid wells", "a army", "army-raid", "\ud800", "\0", "raid\nwells"]
PIECES = ("##s", "##ies", "army", "secur", "well", "##ity", "ö", "##l")
# Lower-casing makes other characters of these, more of them, fewer bytes, or what their neighbours ask for.
CAPITALS = ["ARMY", "Sécurity", "ΟΔΟΣ", "ΣΑ", "İstanbul", "STRASSE", "ẞ", "ȺȾ", "\u212a", "Ⅷ", "Ǆ", "𐐀𐐀", "𐐨𐐨"]
OTHERS = [
    "Kabul",
    "armys",
    "wells' ",
    "2023",
    "a1",
    "9",
    "b",
    "²²",
    "12th",
    "3" * 30,
    "\0",
    "\ud800",
    "\udfff\ud83d",
    "😀",
]
SIGNS = [" ", "  ", ", ", "\n", "-", "’", "\u2028", "\u0301", "\u00a0", "", "'"]

words = st.one_of(
    st.sampled_from(VOCABULARY + CAPITALS + OTHERS), st.sampled_from(PAIRS), st.text(st.characters(), max_size=5)
)
a_text = st.lists(st.tuples(words, st.sampled_from(SIGNS)), max_size=14).map(lambda parts: "".join(map("".join, parts)))
some_texts = st.lists(a_text, max_size=6)


def weights_of(terms: list[str], seed: int) -> TermWeights:
    random = np.random.default_rng(seed)
    weights = random.normal(size=(len(terms), 2 * N_FRAMES)).astype(np.float32)
    return TermWeights(tuple(terms), random.uniform(1, 5, len(terms)), weights)


def model_of(kind: str = "full") -> FrameModel:
    terms = weights_of(sorted({*VOCABULARY[::2], *PAIRS, *ODD_TERMS}), 1)
    smoothed = weights_of(sorted({*VOCABULARY[::3], *VOCABULARY[1::3], *ODD_TERMS[:3]}), 2)
    pieces = PieceWeights(PIECES, 2.5, weights_of(list(PIECES), 3).weights)
    full = FrameModel(terms, smoothed, None, np.arange(N_FRAMES, dtype=np.float64), (1, 2), sublinear_tf=True)
    changes: dict[str, dict[str, Any]] = {
        "full": {},
        "pieces": {"pieces": pieces},
        "terms": {"words": None},
        "single": {"ngrams": (1, 1), "sublinear_tf": False},
        "masked": {"mask_names": True, "pieces": pieces},
        "empty": {"terms": weights_of([], 4), "words": None},
    }
    return dataclasses.replace(full, **changes[kind])


KINDS = ["full", "pieces", "terms", "single", "masked", "empty"]


def familiarity_of(model: FrameModel) -> Familiarity:
    subject = np.random.default_rng(5).normal(size=len((model.words or model.terms).terms))
    none = np.zeros(0)
    return Familiarity(
        frozenset({"the", "army", "sécurity", "7", "unheard", "a b"}), subject, none, none, none, none, 0.5
    )


@cache
def scorers(kind: str = "full", *, familiar: bool = True) -> tuple[KernelScorer, NumpyScorer]:
    """The compiled scorer, and the one that it must equal; each with a model of its own, and so with nothing learnt."""
    models = model_of(kind), model_of(kind)
    familiarity = familiarity_of(models[0]) if familiar else None
    return KernelScorer(models[0], familiarity), NumpyScorer(models[1], familiarity)


def difference(found: Scanned, expected: Scanned) -> float:
    """The largest difference of two looks, as a share of the number where that is above 1."""
    sides = [(found.terms.weighted, expected.terms.weighted), (found.terms.squares, expected.terms.squares)]
    if expected.familiarity is not None:
        sides.append((found.familiarity, expected.familiarity))
    for one, other in sides:
        assert one.shape == other.shape
    return max(float((np.abs(one - other) / np.maximum(np.abs(other), 1)).max(initial=0)) for one, other in sides)


def same(found: Scanned, expected: Scanned) -> bool:
    """Whether two looks are equal to the last bit."""
    return difference(found, expected) == 0


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60)
@given(texts=some_texts)
@example(texts=[])
@example(texts=[""])
@example(texts=["ΑΣ", "ΑΣ. İ", "a\u0301Σ", "\udcff", "\0\0"])
def test_equals_numpy_on_any_text(kind: str, texts: list[str]) -> None:
    compiled, by_numpy = scorers(kind)
    assert difference(compiled.scan(texts), by_numpy.scan(texts)) < 1e-12


@settings(max_examples=60)
@given(texts=some_texts)
def test_familiarity_left_out_changes_nothing(texts: list[str]) -> None:
    found = scorers("pieces", familiar=False)[0].scan(texts)
    assert found.familiarity is None
    assert same(found, dataclasses.replace(scorers("pieces")[0].scan(texts), familiarity=None))


@settings(max_examples=60)
@given(texts=some_texts)
def test_a_text_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    compiled, _ = scorers("pieces")
    found = compiled.scan(texts)
    for row, text in enumerate(texts):
        alone = compiled.scan([text])
        assert np.array_equal(alone.terms.weighted[0], found.terms.weighted[row])
        assert np.array_equal(alone.terms.squares[0], found.terms.squares[row])
        assert np.array_equal(alone.familiarity[0], found.familiarity[row])


def drawn_texts(number: int) -> list[str]:
    random = np.random.default_rng(6)
    drawn = random.choice([*VOCABULARY, *CAPITALS, *OTHERS], (number, 9))
    return [" ".join(row) for row in drawn.tolist()]


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("number", [0, 1, 5, 2 * AT_ONCE + 100])
def test_threads_change_nothing(threads: int, number: int) -> None:
    model = model_of("pieces")
    texts = drawn_texts(number)
    several = KernelScorer(model, familiarity_of(model), threads)
    expected = scorers("pieces")[0].scan(texts)
    assert same(several.scan(texts), expected)
    assert same(several.scan(Utf8Texts.of(texts)), expected)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(texts=some_texts)
def test_lone_scores_equal_numpys_on_any_text(kind: str, texts: list[str]) -> None:
    compiled, by_numpy = scorers(kind)
    found, expected = compiled.lone_scores(texts), by_numpy.lone_scores(texts)
    assert found.shape == expected.shape == (len(texts), N_FRAMES)
    assert np.abs(found - expected).max(initial=0) < 1e-12


def test_lone_scores_are_those_of_a_paragraph_and_its_article_in_any_number_of_threads() -> None:
    model, texts = model_of("pieces"), drawn_texts(2 * AT_ONCE + 100)
    own, shared = scorers("pieces")[0].scan(texts).terms.block_scores(model.intercept)
    for threads in (1, 2):
        scorer = KernelScorer(model, threads=threads)
        assert np.array_equal(scorer.lone_scores(texts), own + shared)
        assert np.array_equal(scorer.lone_scores(Utf8Texts.of(texts)), own + shared)


def test_every_character_among_others() -> None:
    """Between letters, and at the end of a word; 64 characters a text."""
    texts = []
    for start in range(0, 0x110000, 64):
        signs = [chr(code) for code in range(start, start + 64)]
        texts.append(" ".join(f"ab{sign}cd x{sign}" for sign in signs))
    changed = [sign.lower() for text in texts for sign in text if sign.lower() != sign]
    terms = sorted({"ab", "cd", "x", *(f"ab{sign}cd" for sign in changed), *(f"x{sign}" for sign in changed)})
    model = FrameModel(weights_of(terms, 7), None, None, np.zeros(N_FRAMES), (1, 1), sublinear_tf=True)
    by_numpy = NumpyScorer(model, familiarity_of(model)).scan(texts)
    assert difference(KernelScorer(model, familiarity_of(model)).scan(texts), by_numpy) < 1e-12


def test_usual_texts_need_no_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["The army’s raid — sécurity, STRASSE straße.", "Ⅷ ΑΒΓ αβγ 七十", "wells " * 200]
    compiled = KernelScorer(model_of(), familiarity_of(model_of()))
    first = compiled.scan(texts)
    monkeypatch.setattr(NumpyScorer, "scan", None)
    again = compiled.scan(texts)
    assert difference(again, first) < 1e-12


LONG = {
    "one word": "x" * 100_000,
    "a word of others": "é" * 50_000 + "x",
    "blanks": " " * 50_000 + "army",
    "the same": "army raid " * 2_000,
    "just countable": "army " * 254,
    "not countable": "army " * 255,
    "pairs across windows": "the army raid wells " * 300,
    "single characters": "a " * 3_000,
    "long words": " ".join(["securitisation", "x" * 60, "y" * 500, "é" * 25] * 100),
    "unknown": " ".join(f"word{number}" for number in range(3_000)),
    "unknown and short": "qy " * 5_000,
    "no UTF-8 without its capitals": "Ⱥ" * 3_000 + " ab" * 100,
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts(name: str) -> None:
    for kind in ("pieces", "single"):
        compiled, by_numpy = scorers(kind)
        texts = ["army", LONG[name], "raid wells"]
        assert difference(compiled.scan(texts), by_numpy.scan(texts)) < 1e-12


def test_words_around_the_bounds_of_blocks_and_texts() -> None:
    """Each word at the very end of the bytes, and followed at once by another text."""
    compiled, by_numpy = scorers()
    for word in [*VOCABULARY, *(word.upper() for word in VOCABULARY), *(word + "a" for word in VOCABULARY)]:
        for texts in ([word], [word, word], [f" {word}", "army"], [f"{word} {word}"]):
            assert difference(compiled.scan(texts), by_numpy.scan(texts)) < 1e-12


@settings(max_examples=60)
@given(texts=some_texts, before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_bytes_around_the_texts_do_not_matter(texts: list[str], before: bytes, after: bytes) -> None:
    compiled, _ = scorers("pieces")
    encoded = Utf8Texts.of(texts)
    data = np.frombuffer(before + encoded.data.tobytes() + after, np.uint8)
    shifted = Utf8Texts(data, encoded.offsets + len(before))
    assert same(compiled.scan(shifted), compiled.scan(texts))
    # Nor whether they may be written to, how wide the offsets are, or where these stand in memory.
    places = np.frombuffer(b"-" + shifted.offsets.astype(np.int32).tobytes(), np.int32, offset=1)
    assert same(compiled.scan(Utf8Texts(data.copy(), places)), compiled.scan(texts))


def test_columns_of_arrow() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    texts = drawn_texts(300)
    texts = [text.replace("\ud800", "").replace("\udfff\ud83d", "") for text in texts]
    for kind, part in product((pyarrow.string(), pyarrow.large_string()), (slice(None), slice(7, 200), slice(5, 5))):
        column = pyarrow.array(texts, kind)[part]
        assert same(scorers()[0].scan(Utf8Texts.of_arrow(column)), scorers()[0].scan(texts[part]))


@pytest.mark.parametrize("offsets", [[], [0, 5], [-1, 3], [0, 3, 2], [2, 9, 4], [4, 4, 5]])
def test_places_outside_of_the_bytes_are_refused(offsets: list[int]) -> None:
    texts = Utf8Texts(np.frombuffer(b"army", np.uint8), np.array(offsets, np.int64))
    with pytest.raises(ValueError, match="lie outside"):
        scorers()[0].scan(texts)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"army\x80",
        b"\xc3",
        b"caf\xc3 raid",
        b"\xc0\xaf",
        b"\xe0\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xf0\x9f\x98",
        b"a\xed\xa0",
    ],
)
def test_bytes_that_are_no_utf8_are_refused(data: bytes) -> None:
    texts = Utf8Texts(np.frombuffer(b"army" + data + b"raid", np.uint8), np.array([0, 4, 4 + len(data), 8 + len(data)]))
    for scorer in scorers():
        with pytest.raises(ValueError):  # noqa: PT011
            scorer.scan(texts)


# In a process of its own, which reading outside of the bytes would end.
HOSTILE = """
import numpy as np
from framing.model import FrameModel
from framing.model.frame_model import TermWeights
from framing.model.kernel_scorer import KernelScorer
from framing.model.utf8_texts import Utf8Texts

terms = TermWeights(("ab", "ab cd", "cd"), np.ones(3), np.ones((3, 4), np.float32))
scorer = KernelScorer(FrameModel(terms, None, None, np.zeros(2), (1, 2), True))
random, refused, scanned = np.random.default_rng(0), 0, 0
for turn in range(3_000):
    n_bytes = int(random.integers(0, 40))
    pieces = np.frombuffer(b"abcd \\xc3\\xa9\\xe2\\x82\\xac\\xf0\\x9f\\x98\\xed\\xa0\\xff\\x80", np.uint8)
    data = random.choice(pieces, n_bytes) if turn % 2 else random.integers(0, 256, n_bytes).astype(np.uint8)
    offsets = np.sort(random.integers(0, n_bytes + 1, int(random.integers(1, 6))))
    if turn % 5 == 0:
        offsets = random.integers(-(2**62), 2**62, 4)
    try:
        scorer.scan(Utf8Texts(data, offsets))
        scanned += 1
    except ValueError:
        refused += 1
print("scanned" if scanned else "", "refused" if refused else "")
"""


def test_hostile_bytes_do_no_harm() -> None:
    scorers()
    done = subprocess.run([sys.executable, "-c", HOSTILE], check=False, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["scanned", "refused"], done.stderr


def test_a_second_process_compiles_nothing() -> None:
    scorers("pieces")
    code = """
import json
from numba.core.event import install_recorder
from tests_of_kernel import model_of, familiarity_of
from framing.model.kernel_scorer import KernelScorer

with install_recorder("numba:compile") as compiled:
    sums = KernelScorer(model_of("pieces"), familiarity_of(model_of("pieces")), threads=2).scan(["army raid", "wells"])
print(json.dumps([len(compiled.buffer), sums.familiarity.tolist()]))
"""
    load = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("tests_of_kernel", {__file__!r})
sys.modules["tests_of_kernel"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
"""
    done = subprocess.run([sys.executable, "-c", load + code], check=False, capture_output=True, text=True, timeout=300)
    n_compiled, familiarity = json.loads(done.stdout)
    assert n_compiled == 0
    assert np.array(familiarity).shape == (2, N_SUMS)


def test_words_with_the_same_key_are_told_apart() -> None:
    """What is stored is compared: words of two blocks that were made to be mixed to the same number."""
    from framing.model.kernel_cutting import MIX

    alike = ["securityofficial", "hcirikvl45tfgaxk", "mlhbmavbj2618shd", "rauxehiofy9277_9", "disjovwey_7_vd06"]

    def key(word: str) -> int:
        mixed = 0
        for start in (0, 8):
            mixed = (mixed ^ int.from_bytes(word[start : start + 8].encode(), "little")) * int(MIX) % 2**64
            mixed ^= mixed >> 32
        return mixed

    assert len({key(word) for word in alike}) == 1
    terms = weights_of(sorted(alike[:3]), 8)
    model = FrameModel(terms, None, None, np.zeros(N_FRAMES), (1, 1), sublinear_tf=True)
    compiled, by_numpy = KernelScorer(model), NumpyScorer(model)
    for word in alike:
        found = compiled.scan([word])
        assert difference(found, by_numpy.scan([word])) < 1e-12
        assert (found.terms.squares[0, 0] > 0) == (word in terms.terms)
