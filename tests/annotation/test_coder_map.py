from pathlib import Path

import pytest

from framing.annotation.coder_map import coder_map
from framing.errors import InputError, UsageError

FILES = Path(__file__).with_name("exchange")


def test_pairs_and_a_file():
    names = coder_map(["mail=a=b@x.org=zoe"], FILES / "coders.csv")
    assert names == {"mail=a=b@x.org": "zoe", "ana@example.org": "ana", "ben@example.org": "ben", "3": "ana"}


@pytest.mark.parametrize("pair", ["ana", "=ana", "ana=", ""])
def test_a_pair_that_is_none(pair):
    with pytest.raises(UsageError, match="THEIRS=OURS"):
        coder_map([pair])


def test_two_names_for_one():
    with pytest.raises(UsageError, match="'3' is mapped to 'ana' and to 'ben'"):
        coder_map(["3=ana", "3=ben"])
    assert coder_map(["3=ana", "3=ana"]) == {"3": "ana"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"theirs,mine\n3,ana\n", "needs the columns theirs and ours"),
        (b"theirs,ours\n3,\n", ":2: lacks a name"),
        (b"theirs,ours\n3\n", ":2: has 1 cells"),
        (b"\xff\n", "UTF-8"),
    ],
)
def test_a_file_that_is_none(tmp_path, content, message):
    path = tmp_path / "coders.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        coder_map(path=path)


def test_no_such_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        coder_map(path=tmp_path / "absent.csv")
    with pytest.raises(InputError, match="cannot be read"):
        coder_map(path=tmp_path)
