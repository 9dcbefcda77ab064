"""Tables against dictionaries, also for keys and words made up to be mistaken for one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.model import word_table
from framing.model.word_table import PADDING, KeyTable, WordTable

INVERSES = [pow(int(multiplier), -1, 1 << 64) for multiplier in word_table._MULTIPLIERS]
# Words that share their first windows, of all lengths about those of windows; and any others without a zero.
ALIKE = [b"abcdefgh" * 6 + b"x", b"abcdefgh" * 5, b"\xc3\xa9" * 20]
of_alike = st.builds(lambda word, length: word[:length], st.sampled_from(ALIKE), st.integers(1, 49))
letters = st.text(st.characters(min_codepoint=1, codec="utf-8"), min_size=1, max_size=45).map(str.encode)
changed = st.builds(lambda word, place: word[:place] + b"y" + word[place + 1 :], of_alike, st.integers(0, 48))
words = st.one_of(of_alike, letters, changed)


def placed(texts: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay words out in bytes, with others before and after them."""
    lengths = np.array([len(text) for text in texts], np.int64)
    starts = 3 + np.cumsum(lengths + 1) - lengths - 1
    return np.frombuffer(b"zzz" + b"z".join([*texts, b""]) + b"q" * PADDING, np.uint8), starts, lengths


def looked_up(known: Sequence[bytes], texts: Sequence[bytes]) -> list[int]:
    return WordTable(*placed(known)).find(*placed(texts)).tolist()


@given(st.lists(words, unique=True, max_size=40), st.lists(words, max_size=40))
def test_words_are_found_as_in_a_dictionary(known: list[bytes], others: list[bytes]) -> None:
    numbers = {word: number for number, word in enumerate(known)}
    assert looked_up(known, [*others, *known]) == [numbers.get(word, len(known)) for word in [*others, *known]]


def test_words_that_differ_in_one_byte_or_in_their_length_alone() -> None:
    known = [b"a" * length for length in range(1, 60)]
    assert looked_up(known, known) == list(range(59))
    assert looked_up(known[::2], known[1::2]) == [30] * 29
    for place in (0, 7, 8, 15, 16, 23, 24, 31, 32, 40):
        word = bytearray(b"a" * 41)
        word[place] = ord("b")
        assert looked_up([b"a" * 41, bytes(word)], [bytes(word), b"a" * 41]) == [1, 0]


def before_mixing(wanted: int) -> int:
    """Find what two windows must be together to mix to what is wanted."""
    return (wanted ^ wanted >> 32) * INVERSES[1] % (1 << 64)


def of_second(first: int, wanted: int) -> bytes:
    """Find the word of two windows that has a first one and mixes to what is wanted."""
    second = before_mixing(wanted) ^ first * int(word_table._MULTIPLIERS[0]) % (1 << 64)
    return first.to_bytes(8, "little") + second.to_bytes(8, "little")


def of_first(second: int, wanted: int) -> bytes:
    first = (before_mixing(wanted) ^ second) * INVERSES[0] % (1 << 64)
    return first.to_bytes(8, "little") + second.to_bytes(8, "little")


@pytest.mark.parametrize("alike", ["no window", "first", "second"])
def test_words_whose_windows_mix_to_the_same_key_are_told_apart(alike: str) -> None:
    random = np.random.default_rng(0)
    same: list[bytes] = []
    while len(same) < 5:
        window = int.from_bytes(b"sameness", "little") if alike != "no window" else int(random.integers(1, 1 << 62))
        # The last byte of a key is the same in all.
        wanted = 0x123456789ABCDE | int(random.integers(0, 256)) << 56
        word = of_first(window, wanted) if alike == "second" else of_second(window, wanted)
        if b"\0" not in word and word not in same:
            same.append(word)
    assert len(set(word_table._Windows.of(*placed(same)).keys.tolist())) == 1
    assert looked_up(same, same) == [0, 1, 2, 3, 4]
    assert looked_up(same[:2], same) == [0, 1, 2, 2, 2]
    assert looked_up([same[0], b"short"], [same[1], b"short", same[0]]) == [2, 1, 0]


def test_a_word_of_one_window_is_not_taken_for_one_of_two_that_mix_to_it() -> None:
    short = b"security"
    firsts = (int.from_bytes(f"first{number:03}".encode(), "little") for number in range(1_000))
    long = next(
        word for word in (of_second(first, int.from_bytes(short, "little")) for first in firsts) if b"\0" not in word
    )
    assert looked_up([long], [short, long]) == [1, 0]
    assert looked_up([short], [short, long]) == [0, 1]


@given(st.lists(st.integers(0, (1 << 64) - 1), unique=True, max_size=60), st.lists(st.integers(0, 1 << 64)))
def test_keys_are_found_as_in_a_dictionary(keys: list[int], others: list[int]) -> None:
    numbers = {key: number for number, key in enumerate(keys)}
    asked = [*keys, *(key % (1 << 64) for key in others), 0]
    table = KeyTable(np.array(keys, np.uint64))
    assert table.find(np.array(asked, np.uint64)).tolist() == [numbers.get(key, len(keys)) for key in asked]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_keys_that_all_hash_to_one_place_are_found(level: int) -> None:
    keys = np.array([small * INVERSES[level] % (1 << 64) for small in range(1, 2_000)], np.uint64)
    order = np.random.default_rng(0).permutation(len(keys))
    table, n_known = KeyTable(keys[order][:1_500]), 1_500
    assert table.find(keys[order]).tolist() == [*range(n_known), *[n_known] * (len(keys) - n_known)]


def test_keys_that_find_no_place_on_any_level_are_found() -> None:
    """Of keys that hash alike on all levels, as many stand on the levels as there are of these."""
    n_keys = word_table._N_LEVELS + 2
    n_bits = (4 * n_keys).bit_length()
    drawn = np.random.default_rng(0).integers(0, 1 << 63, 1_000_000).astype(np.uint64)
    for multiplier in word_table._MULTIPLIERS[: word_table._N_LEVELS]:
        drawn = drawn[(drawn * multiplier) >> np.uint64(64 - n_bits) == 5]
    assert len(drawn) > n_keys
    table = KeyTable(drawn[:n_keys])
    assert len(table._rest) == 2
    assert table.find(drawn).tolist() == [*range(n_keys), *[n_keys] * (len(drawn) - n_keys)]


def test_empty_tables_find_nothing() -> None:
    assert looked_up([], [b"a", b"b" * 50]) == [0, 0]
    assert looked_up([b"a"], []) == []
    assert KeyTable(np.zeros(0, np.uint64)).find(np.array([0, 1], np.uint64)).tolist() == [0, 0]
    assert KeyTable(np.arange(3, dtype=np.uint64), np.array([2, 0])).find(np.arange(4, dtype=np.uint64)).tolist() == [
        0,
        3,
        2,
        3,
    ]
