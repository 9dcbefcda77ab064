"""Every character there is, as the interpreter takes it."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framing.model.characters import CHANGED, DIGIT, LOWER, N_CODE_POINTS, ODD, RESIZED, UPPER, WORD, Characters

EVERY = [chr(code) for code in range(N_CODE_POINTS)]


def test_kinds_are_what_the_interpreter_says_of_every_character() -> None:
    characters = Characters()
    kinds = characters.of(np.arange(N_CODE_POINTS, dtype=np.int32))
    for kind, asked in (
        (WORD, re.compile(r"\w").fullmatch),
        (UPPER, str.isupper),
        (LOWER, str.islower),
        (DIGIT, str.isdigit),
    ):
        assert (kinds & kind != 0).tolist() == [bool(asked(character)) for character in EVERY]
    changes = [code for code, character in enumerate(EVERY) if character.lower() != character]
    assert np.flatnonzero(kinds & (CHANGED | ODD)).tolist() == changes
    changed = np.flatnonzero(kinds & CHANGED)
    assert [chr(code) for code in characters.lowered[changed].tolist()] == [EVERY[code].lower() for code in changed]
    assert not (kinds[kinds & ODD != 0] & CHANGED).any()
    resized = [code for code in changed.tolist() if len(EVERY[code].encode()) != len(EVERY[code].lower().encode())]
    assert np.flatnonzero(kinds & RESIZED).tolist() == resized


def test_what_lower_makes_of_others_than_odd_characters_does_not_depend_on_what_is_beside_them() -> None:
    characters = Characters()
    kinds = characters.of(np.arange(N_CODE_POINTS, dtype=np.int32))
    assert kinds[ord("Σ")] & ODD
    assert kinds[ord("İ")] & ODD
    plain = "".join(character for character, kind in zip(EVERY, kinds.tolist(), strict=True) if not kind & ODD)
    lowered = [character.lower() for character in plain]
    for between in ("", "a", "a.", ".\u0301"):
        assert between.join(plain).lower() == between.join(lowered)


@given(st.lists(st.integers(0, N_CODE_POINTS - 1), max_size=8))
def test_characters_are_told_whichever_were_met_before(codes: list[int]) -> None:
    characters = Characters()
    for code in codes:
        kind = int(characters.of(np.array([code], np.int32))[0])
        assert (kind & WORD != 0) == (re.fullmatch(r"\w", chr(code)) is not None)
    again = characters.of(np.array(codes, np.int32))
    assert again.tolist() == [int(characters.of(np.array([code], np.int32))[0]) for code in codes]


def test_tables_of_ascii() -> None:
    characters = Characters()
    ascii_text = bytes(range(128))
    blanked = re.sub(r"\W", " ", ascii_text.decode())
    assert ascii_text.translate(characters.blank_ascii).decode() == blanked
    assert ascii_text.translate(characters.lower_ascii).decode() == blanked.lower()
    beyond = bytes(range(128, 256))
    assert beyond.translate(characters.blank_ascii) == beyond.translate(characters.lower_ascii) == beyond
