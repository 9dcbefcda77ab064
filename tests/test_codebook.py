from __future__ import annotations

import json
from pathlib import Path

import pytest

from framing.codebook import as_table, from_table, of_labels, read_codebook
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


def test_a_missing_codebook(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="no such codebook"):
        read_codebook(tmp_path / "absent.toml")
