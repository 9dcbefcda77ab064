from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.errors import EvaluationError, FramingError
from framing.evaluation.behaviour_files import read_behaviour
from framing.evaluation.perturbations import AddSentence, ChangeNumbers, RenameNames, SwapLetters

WHOLE = """\
codebook = "sides"
keep = ["United Nations"]
[cues.place]
before = ["in"]
[cues.people]
endings = ["i", "an"]
[invented]
place = ["Velmar"]
group = ["Tolmeri", "TVK"]
[[invariance]]
name = "places"
change = "rename"
kinds = ["group", "place"]
[[invariance]]
name = "numbers"
change = "numbers"
not_after = ["Article"]
[[invariance]]
name = "boilerplate"
change = "add"
after = ["Write to us."]
[[invariance]]
name = "typos"
change = "typos"
one_word_in = 5
[[pair]]
name = "who speaks"
turned = "attribution"
first = "The army said so."
first_frame = "army"
second = "The front said so."
second_frame = "front"
"""


def read(tmp_path: Path, text: str):
    path = tmp_path / "tests.toml"
    path.write_text(text, encoding="utf-8")
    return read_behaviour(path)


def test_reads_every_kind(tmp_path: Path) -> None:
    tests = read(tmp_path, WHOLE)
    rename, numbers, add, typos = tests.perturbations
    assert isinstance(rename, RenameNames)
    assert rename.kinds == ("place", "group")
    assert rename.keep == {"united nations"}
    assert rename.cues["people"].endings == ("an", "i")
    assert numbers == ChangeNumbers("numbers", frozenset({"article"}))
    assert add == AddSentence("boilerplate", after=("Write to us.",))
    assert typos == SwapLetters("typos", 5)
    [pair] = tests.pairs
    assert pair.should_change
    assert (pair.turned, pair.frames, tests.codebook) == ("attribution", ("army", "front"), "sides")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('codebook = "sides"', "codebok = 1", 1, "unknown key 'codebok'; known here: codebook"),
        ('codebook = "sides"', "codebook = 1", 1, "'codebook' must be text in quotes"),
        ('keep = ["United Nations"]', 'keep = "UN"', 2, "'keep' must be a list of texts"),
        ("[cues.place]", "[cues.town]", 3, "unknown key 'town'"),
        ('before = ["in"]', 'beside = ["in"]', 4, "unknown key 'beside'"),
        ('place = ["Velmar"]', "place = []", 8, "needs words for 'place'"),
        ('["Tolmeri", "TVK"]', '["Tolmeri"]', 9, "needs a 'group' in capitals"),
        ('change = "rename"', 'change = "swap"', 12, "must be one of rename, numbers, add, typos, not 'swap'"),
        ('kinds = ["group", "place"]', 'kinds = ["river"]', 13, "and not 'river'"),
        ('kinds = ["group", "place"]', "", 10, "needs 'kinds'"),
        ('name = "numbers"', 'name = "places"', 15, "the name 'places' stands twice"),
        ('not_after = ["Article"]', "one_word_in = 3", 17, "unknown key 'one_word_in'"),
        ('after = ["Write to us."]', "", 18, "needs sentences to add"),
        ("one_word_in = 5", "one_word_in = 0", 25, "must be a whole number, 1 or more"),
        ("one_word_in = 5", "one_word_in = true", 25, "must be a whole number, 1 or more"),
        ('first_frame = "army"', "", 26, "needs a 'first_frame'"),
        ('second = "The front said so."', 'second = "The army said so."', 31, "are the same text"),
        ('second = "The front said so."', 'second = " "', 31, "'second' must be text in quotes"),
        ('turned = "attribution"', "expect = 1", 28, "unknown key 'expect'"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(EvaluationError) as told:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert message in told.value.message
    assert told.value.line == line
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no test"),
        ("pair = 3", "write [[pair]]"),
        ("invariance = [1]", "write [[invariance]]"),
        ("cues = 3", "'cues' must be a table"),
        ("[[pair]", "is not valid TOML"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=r"tests\.toml") as told:
        read(tmp_path, text)
    assert message in told.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no such file of behaviour tests"):
        read_behaviour(tmp_path / "none.toml")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    lines = WHOLE.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        key = lines[place].partition("=")[0]
        lines[place] = data.draw(
            st.sampled_from(["", "[]", "[[pair]]", f"{key}= 1", f"{key}= [[]]", f"{key}= {{a = 1}}"])
        )
    try:
        read(tmp_path, "\n".join(lines))
    except FramingError as told:
        assert "\n" not in str(told)  # noqa: PT017
