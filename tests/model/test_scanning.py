"""The scanner against the regular expression that says what a token is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from framing.model.characters import N_CODE_POINTS, PAGE, Characters
from framing.model.scanning import AT_ONCE, BYTES_AT_ONCE, Joined, Runs, Scanner, batches
from framing.model.tokens import tokens
from framing.model.utf8_texts import Utf8Texts

SCANNER = Scanner(Characters())
# Surrogates among them; and what lower-casing and the edges of words are odd about, more often than chance has it.
ODD = "aZ09_ \n\r\t\0\u2028İiıΣσςΑαßẞſKÅÉéÇÑЖжАǅª²½٣१᠐ＡａⒶ\u0301\u0307\u0345\u200d🙂𝐀𐐀𐐨\ud800\udfffﬁȺⱥԱ"
anything = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(ODD)))


def words_of(runs: Runs) -> list[list[tuple[str, bool]]]:
    """Spell the words of each text, and tell which are single characters."""
    return [
        [(runs.spelt(run).decode(), bool(runs.single[run])) for run in range(first, last)]
        for first, last in zip(runs.firsts.tolist(), runs.firsts[1:].tolist(), strict=False)
    ]


def scanned(texts: Sequence[str] | Utf8Texts) -> list[list[tuple[str, bool]]]:
    return [words for joined in batches(texts) for words in words_of(SCANNER.runs(joined))]


def expected(text: str) -> list[tuple[str, bool]]:
    return [(word, len(word) == 1) for word in re.findall(r"\w+", text.lower())]


@given(st.lists(anything, max_size=6))
@example(["", "ΑΣ", "Σ", "ΑΣ. Σ", "ΑΣ\u0301", "İ", "KILO", "Ⱥ\0ⱥ"])
@example(["a", "b", "", "c"])
@example(["é", "éé", "\ud800", "\udfff\ud800", "a\ud800b"])
def test_words_are_those_of_the_regular_expression(texts: list[str]) -> None:
    given_words = scanned(texts)
    assert given_words == [expected(text) for text in texts]
    several = [[word for word, single in words if not single] for words in given_words]
    assert several == [tokens(text) for text in texts]


@pytest.mark.parametrize("beside", ["", "Σ"])
def test_every_character_beside_others(beside: str) -> None:
    """Without a sigma beside it a text is lower-cased in its place, with one as a whole."""
    texts = []
    for page in range(0, N_CODE_POINTS, PAGE):
        characters = map(chr, range(page, page + PAGE))
        texts.append(" ".join(f"a{sign}b {sign} {sign}{beside}" for sign in characters))
    given_words = [word for joined in batches(texts) for word in SCANNER.runs(joined).data.tobytes().split()]
    assert given_words == re.sub(r"\W", " ", "\n".join(text.lower() for text in texts)).encode().split()


@given(st.lists(anything, max_size=6))
def test_letters_are_counted_in_the_texts_as_they_are_given(texts: list[str]) -> None:
    for joined in batches(texts):
        letters = SCANNER.runs(joined, with_letters=True).letters
        assert letters is not None
        assert letters.tolist() == [[sum(map(str.isupper, text)), sum(map(str.islower, text))] for text in texts]
    assert SCANNER.runs(Joined.of([b"A"])).letters is None


@given(st.lists(anything, max_size=6))
def test_texts_may_be_left_as_they_are(texts: list[str]) -> None:
    joined = Joined.of([text.encode("utf-8", "surrogatepass") for text in texts])
    found = [[word for word, _ in words] for words in words_of(SCANNER.runs(joined, lower=False))]
    assert found == [re.findall(r"\w+", text) for text in texts]


@given(st.lists(anything, max_size=6), st.binary(max_size=5), st.binary(max_size=5))
def test_texts_of_arrow_are_scanned_where_they_lie(texts: list[str], before: bytes, after: bytes) -> None:
    plain = Utf8Texts.of(texts)
    data = np.frombuffer(before + plain.data.tobytes() + after, np.uint8)
    assert scanned(Utf8Texts(data, plain.offsets + len(before))) == [expected(text) for text in texts]


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"a\xc3", b"\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xc0\x80"])
def test_what_is_no_utf_8_is_refused(content: bytes) -> None:
    data = np.frombuffer(content + b"\xa9ab", np.uint8)
    with pytest.raises(ValueError, match="utf-8"):
        scanned(Utf8Texts(data, np.array([0, len(content)])))


@pytest.mark.parametrize("offsets", [[0, 5], [-1, 2], [2, 1], [0, 3, 1, 3], [-3, -1]])
def test_places_outside_of_the_bytes_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets"):
        scanned(Utf8Texts(np.frombuffer(b"abcd", np.uint8), np.array(offsets)))


@given(st.lists(st.tuples(anything, st.integers(1, 5_000)), max_size=5), st.integers(0, 2 * AT_ONCE))
def test_batches_hold_all_texts_in_order_and_not_too_many_bytes(drawn: list[tuple[str, int]], n_short: int) -> None:
    texts = [text * times for text, times in drawn] + ["short one"] * n_short
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    made = list(batches(texts))
    assert [text for joined in made for text in joined.texts()] == encoded
    for joined in made:
        assert 1 <= len(joined) <= AT_ONCE
        assert sum(map(len, joined.texts())) <= BYTES_AT_ONCE + max(map(len, joined.texts()))


def test_long_texts_are_scanned() -> None:
    text = "Ärzte über Öl, 12 b; " * 20_000
    assert scanned([text, "end"]) == [expected(text), [("end", False)]]
