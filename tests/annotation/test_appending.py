import json
import multiprocessing
import os
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.appending import append_lines, locked
from framing.errors import LabelError

LINES = st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), max_size=4)
WHOLE = b'{"a": 1}\n{"b": "two"}\n'


def torn_file(path):
    return path.with_name(f".{path.name}.torn")


@given(before=LINES, after=LINES)
def test_lines_are_added_behind_what_stands(tmp_path_factory, before, after):
    path = tmp_path_factory.mktemp("lines") / "file.jsonl"
    append_lines(path, before)
    append_lines(path, after)
    content = path.read_bytes() if path.exists() else b""
    assert [json.loads(line) for line in content.split(b"\n")[:-1]] == before + after
    assert not torn_file(path).exists()


@given(cut=st.integers(1, 20))
def test_a_torn_tail_is_kept_aside_and_nothing_whole_is_touched(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("torn") / "file.jsonl"
    tail = '{"c": "drei ü über"}'.encode()[:cut]
    path.write_bytes(WHOLE + tail)
    append_lines(path, [{"d": 4}])
    assert path.read_bytes() == WHOLE + b'{"d": 4}\n'
    assert torn_file(path).read_bytes() == tail + b"\n"


def test_a_last_line_that_only_lacks_its_end_is_given_one(tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_bytes(WHOLE.removesuffix(b"\n"))
    append_lines(path, [{"d": 4}])
    assert path.read_bytes() == WHOLE + b'{"d": 4}\n'


def test_a_tail_longer_than_one_look_back_is_found(tmp_path):
    path = tmp_path / "file.jsonl"
    tail = b'{"long": "' + b"x" * 200_000
    path.write_bytes(WHOLE + tail)
    append_lines(path, [{"d": 4}])
    assert path.read_bytes() == WHOLE + b'{"d": 4}\n'
    assert torn_file(path).read_bytes() == tail + b"\n"


def test_a_file_of_nothing_but_a_torn_line(tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"a')
    append_lines(path, [{"d": 4}])
    assert path.read_bytes() == b'{"d": 4}\n'


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "file.jsonl"
    path.write_bytes(WHOLE)
    write = os.write
    room = iter([3])

    def full(descriptor, content):
        for left in room:
            return write(descriptor, content[:left])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(LabelError, match=r"No space left on device; nothing was added"):
        append_lines(path, [{"d": 4}])
    assert path.read_bytes() == WHOLE


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(LabelError, match="cannot be written"):
        append_lines(tmp_path / "nowhere" / "file.jsonl", [{"a": 1}])


def add_many(path, name, number):
    for place in range(number):
        with locked(path):
            append_lines(path, [{"by": name, "place": place}])


def test_several_processes_lose_nothing(tmp_path):
    path = tmp_path / "file.jsonl"
    start = multiprocessing.get_context("spawn")
    writers = [start.Process(target=add_many, args=(path, name, 25)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for name in "abc":
        assert [line["place"] for line in lines if line["by"] == name] == list(range(25))


def hold(path, ready):
    with locked(path):
        ready.set()
        signal.pause()


def test_a_lock_outlives_nobody(tmp_path):
    path = tmp_path / "file.jsonl"
    start = multiprocessing.get_context("spawn")
    ready = start.Event()
    holder = start.Process(target=hold, args=(path, ready))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(LabelError, match="another program has been writing it"), locked(path, patience=0.05):
        pass
    holder.kill()
    holder.join()
    with locked(path, patience=5):
        append_lines(path, [{"a": 1}])
    assert path.read_bytes() == b'{"a": 1}\n'
