import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.report.display import percent, shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  one\n  two\tthree\r\n\u2028four\u00a0five ", "one two three four five"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("\x9b2J", "\ufffd2J"),
        ("abc\u202edcba\u202c \u2066x\u2069", "abcdcba x"),
        ("\udcff.txt", "\ufffd.txt"),
        ("كتاب\u200f می\u200cرود 👩\u200d🌾", "كتاب\u200f می\u200cرود 👩\u200d🌾"),
        ("", ""),
    ],
)
def test_shown(text: str, line: str) -> None:
    assert shown(text) == line


@given(st.text(st.characters()))
def test_nothing_shown_acts_on_what_shows_it(text: str) -> None:
    line = shown(text)
    assert all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in line)
    assert all(unicodedata.bidirectional(character) not in {"LRO", "RLO", "LRE", "RLE", "PDF"} for character in line)
    assert shown(line) == line


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0%"),
        (0.0049, "<1%"),
        (0.005, "<1%"),
        (0.006, "1%"),
        (0.434, "43%"),
        (0.9949, "99%"),
        (0.996, ">99%"),
        (0.9999, ">99%"),
        (1, "100%"),
    ],
)
def test_percent(share: float, written: str) -> None:
    assert percent(share) == written
