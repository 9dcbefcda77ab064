from __future__ import annotations

import json
from pathlib import Path

import pytest

from framing.codebook import as_table, from_table, of_labels, read_codebook, version_key
from framing.errors import CodebookError

TWO = 'name = "n"\nversion = "1"\nresidual = "rest"\n[[frame]]\nid = "a"\n[[frame]]\nid = "b"\ntitle = "Bee"\n'


def test_labels_stand_in_the_files_order_with_the_residual_last(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(TWO)
    codebook = read_codebook(path)
    assert codebook.labels == ("a", "b", "rest")
    assert codebook.index == {"a": 0, "b": 1, "rest": 2}
    assert (codebook.title("b"), codebook.title("a"), codebook.title("rest")) == ("Bee", "a", "Rest")


def test_the_projects_codebook_survives_json_whole(root: Path) -> None:
    codebook = read_codebook(root / "labels" / "codebook.toml")
    again = from_table(json.loads(json.dumps(as_table(codebook))))
    assert again == codebook
    assert again.digest == codebook.digest
    assert codebook.residual == codebook.labels[-1]
    assert [name for name, _ in codebook.rules] == ["dominant", "borderline", "none"]


def test_the_digest_sees_content_and_not_layout(tmp_path: Path) -> None:
    plain, spaced, other = (tmp_path / name for name in ("plain", "spaced", "other"))
    plain.write_text(TWO)
    spaced.write_text("# a comment\n" + TWO.replace(" = ", "   =  "))
    other.write_text(TWO.replace("Bee", "Wasp"))
    assert read_codebook(plain).digest == read_codebook(spaced).digest != read_codebook(other).digest


def test_a_codebook_of_bare_labels() -> None:
    codebook = of_labels("bare", ["b", "a", "b"])
    assert codebook.labels == ("a", "b")
    assert codebook.residual is None


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("name = 'n'", None, "'version' must be text"),
        ("version = '1'\nname = 3", 2, "'name' must be text"),
        ("name = 'n'\nversion = '1'\n[[frame]]\nid = 'a'", None, "at least two labels"),
        (TWO.replace('"b"', '"a"'), 7, "'a' stands twice"),
        (TWO.replace('"b"', '"rest"'), 3, "'rest' stands twice"),
        (TWO.replace('id = "b"', "id = 2"), 7, "frame 2: 'id' must be text"),
        (TWO.replace('id = "b"\n', ""), 6, "frame 2: 'id' must be text"),
        (TWO.replace('"Bee"', '"Bee"\ninclude = "one"'), 9, "frame 2: 'include' must be a list"),
        ("frame = 3\n", 1, "'frames' must be a list"),
        ("frame = [3]\n", 1, "frame 1 is not a table"),
        ("rules = 3\n" + TWO, 1, "'rules' must be a table"),
        (TWO + "[rules]\nfirst = []\nsecond = 'x'", 11, "'rules.second' must be a list"),
        ("residual = 3\n" + TWO.replace('residual = "rest"\n', ""), 1, "'residual' must be a label"),
        ("version = '1'\nname = ", 2, "not valid TOML"),
        ("name = " + "[" * 50_000, None, "nested too deeply"),
    ],
)
def test_what_is_no_codebook_is_refused_by_name_and_line(
    tmp_path: Path, text: str, line: int | None, says: str
) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(text)
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    assert says in str(caught.value)
    assert (caught.value.path, caught.value.line) == (str(path), line)


HISTORY = """
[rules]
first = ["one"]

[[change]]
version = "0.9"
frames = ["sea"]

[[change]]
version = "1.2"
frames = ["sea", "rest"]
rules = ["first"]
note = "Spray is no wave."

[[change]]
version = "1.10"
renamed = {"sea" = "lake"}

[[change]]
version = "1.10"
renamed = {"lake" = "b"}
rules = ["first"]
"""
NEW = TWO.replace('"1"', '"1.10"')


def test_a_codebook_tells_its_history(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(NEW + HISTORY)
    codebook = read_codebook(path)
    assert [change.version for change in codebook.changes] == ["0.9", "1.2", "1.10", "1.10"]
    assert codebook.changes[1].frames == ("sea", "rest")
    assert codebook.changes[1].note == "Spray is no wave."
    assert codebook.changes[2].frames is None
    assert codebook.todays_names == {"sea": "b", "lake": "b"}


def test_the_history_is_no_part_of_what_is_coded_by(tmp_path: Path, root: Path) -> None:
    plain, told = tmp_path / "plain.toml", tmp_path / "told.toml"
    rules = HISTORY.partition("[[change]]")[0]
    plain.write_text(NEW + rules)
    told.write_text(NEW + HISTORY)
    assert read_codebook(plain).digest == read_codebook(told).digest
    assert as_table(read_codebook(plain)) == as_table(read_codebook(told))
    assert from_table(as_table(read_codebook(told))) == read_codebook(told)
    # What the models that are there were made for.
    own = "5903032ba3ec2fe15542232d1c51a78038fbebb6f5197c3c3e20de35a0919f32"
    assert read_codebook(root / "labels" / "codebook.toml").digest == own


def test_a_name_may_come_back(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    there = '[[change]]\nversion = "1.1"\nrenamed = {"a" = "x"}\n'
    path.write_text(NEW + there + '[[change]]\nversion = "1.2"\nrenamed = {"x" = "a"}\n')
    assert read_codebook(path).todays_names == {"x": "a"}


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        ('version = "1.1"\nframe = ["a"]', 11, "change 1: unknown key 'frame'; a change has version, frames"),
        ('version = "1.1"\nframes = ["a", "c"]', 11, "change 1: 'c' is no label of the codebook: a, b, rest"),
        ('version = "1.1"\nframes = "a"', 11, "'frames' must be a list"),
        ('version = "1.1"\nrules = ["third"]', 11, "'third' is no list of rules of the codebook"),
        ('frames = ["a"]', 9, "'version' must be text"),
        ('version = "1.11"', 10, "is of version 1.11, and the codebook is of 1.10"),
        ('version = "one"', 10, "the version 'one' is no numbers"),
        ('version = "1.2"\n[[change]]\nversion = "1.1.9"', 12, "change 2: goes back from version 1.2 to 1.1.9"),
        ('version = "1.1"\nrenamed = {"x" = "y"}', 11, "'x' is renamed to 'y', which is no label"),
        ('version = "1.1"\nrenamed = {"a" = "b"}', 11, "'a' is renamed to 'b', and is still a label"),
        ('version = "1.1"\nrenamed = {"x" = 3}', 11, "'renamed' must be a table of names"),
        ('version = "1.1"\nrenamed = ["x"]', 11, "'renamed' must be a table of names"),
        (
            'version = "1.1"\nrenamed = {"x" = "a"}\n[[change]]\nversion = "1.2"\nrenamed = {"x" = "b"}',
            14,
            "change 2: 'x' is renamed to 'b' and to another name",
        ),
    ],
)
def test_a_history_that_cannot_be_is_refused_by_line(tmp_path: Path, change: str, line: int, says: str) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(f"{NEW}[[change]]\n{change}\n")
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    assert says in str(caught.value)
    assert (caught.value.path, caught.value.line) == (str(path), line)


@pytest.mark.parametrize("change", ["change = 3\n", "change = [3]\n"])
def test_a_history_of_another_kind_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(change + NEW)
    with pytest.raises(CodebookError, match=r"write \[\[change\]\]"):
        read_codebook(path)


def test_versions_are_ordered_by_their_numbers() -> None:
    versions = ["0", "1", "1.0.1", "1.2", "1.10", "2.0"]
    keys = [version_key(version) for version in versions]
    assert keys == sorted(keys)
    assert version_key("1.0") == version_key("1")
    assert [version_key(text) for text in ("", "1.", "1.x", "-1", "1" * 10_000, "1\n")] == [None] * 6


def test_a_missing_codebook(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="no such codebook"):
        read_codebook(tmp_path / "absent.toml")
