from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import CodebookError, FramingError, LabelError, SettingsError
from framing.files import read_toml, toml_line

SOURCE = '''name = "n" # [frame]
"odd key" = 1
note = """
[[frame]]
id = "no key but a text" \\"""
"""
literal = \'\'\'
[evaluation]
\'\'\'
nested = [
  ["a"],
  ["b"]
]

[evaluation]
folds.outer = 5
# repeats = 1
repeats = 2

[[frame]]
id = "a"

[[frame]] # the second
title = "x = y"
id = "b"

["North, far"]
conflicts = ["a]"]
inline = {deep = 1, other = ["="]}
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["name"], 1),
        (["odd key"], 2),
        (["literal"], 7),
        (["nested"], 10),
        (["evaluation"], 15),
        (["evaluation", "folds"], 16),
        (["evaluation", "folds", "outer"], 16),
        (["evaluation", "repeats"], 18),
        (["evaluation", "absent"], 15),
        (["frame"], 20),
        (["frame", 1], 20),
        (["frame", 2], 23),
        (["frame", 2, "id"], 25),
        (["frame", 2, "absent"], 23),
        (["North, far", "inline", "deep"], 29),
        (["id"], None),
        (["absent"], None),
        ([], None),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_where_a_value_is_set(keys: list[str | int], line: int | None, end: str) -> None:
    assert toml_line(SOURCE.replace("\n", end), keys) == line


def test_a_file_gives_its_table_and_its_text(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + 'a = "é"\r\n'.encode())
        assert read_toml(path, error=LabelError, what="file") == ({"a": "é"}, 'a = "é"\r\n')


@pytest.mark.parametrize("error", [SettingsError, CodebookError, LabelError])
@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"a = 1\nb = = 2\n", 2, "is not valid TOML: Invalid value"),
        (b"a = 1\n\nb =\n\n", 3, "is not valid TOML"),
        (b"a = 1\nb = [", 2, "is not valid TOML"),
        (b"a = " + b"[" * 100_000, None, "is not valid TOML: is nested too deeply"),
        (b"a = " + b"{a=" * 100_000, None, "is not valid TOML: is nested too deeply"),
        (b"a = " + b"9" * 10_000, None, "is not valid TOML: Exceeds the limit"),
        (b"a = 1\nb = '\xff'\n", 2, "is not UTF-8 text; save it as UTF-8"),
        (b"\xef\xbb\xbfa = 1\n\xff", 2, "is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, error: type[FramingError], content: bytes, line: int | None, says: str
) -> None:
    path = tmp_path / "some.toml"
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        read_toml(path, error=error, what="file")
    assert caught.value.path == str(path)
    assert caught.value.line == line
    assert caught.value.message.startswith(says)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="there is no such list"):
        read_toml(tmp_path / "absent.toml", error=LabelError, what="list")
    with pytest.raises(LabelError, match="cannot be read"):
        read_toml(tmp_path, error=LabelError, what="list")
    with pytest.raises(LabelError, match="no name that a file can have"):
        read_toml(tmp_path / "a\0b", error=LabelError, what="list")


VALUES = [
    '"[x]"',
    "'= # ['",
    '"""\nb = 1\n[c]\n"""',
    "'''\n[[d]]\n'''",
    "[\n[1], # ]\n[2]\n]",
    '{b = "}", c = [1]}',
    '""',
]


@given(
    st.lists(
        st.tuples(st.sampled_from(["\n", "# note = '\n", ""]), st.sampled_from(VALUES), st.sampled_from(["", " # '["]))
    ),
    st.booleans(),
)
def test_the_line_is_right_whatever_stands_before(parts: list[tuple[str, str, str]], tables: bool) -> None:
    source, lines = "", []
    for number, (before, value, after) in enumerate(parts):
        source += before
        lines.append(source.count("\n") + 1)
        source += f"[[t]]\nv = {value}{after}\n" if tables else f"k{number} = {value}{after}\n"
    for number, line in enumerate(lines):
        assert toml_line(source, ["t", number + 1] if tables else [f"k{number}"]) == line
        assert toml_line(source, ["t", number + 1, "v"]) == (line + 1 if tables else None)
