from __future__ import annotations

import json

import pytest

from framing.annotation.purposes import QUEUED, EarlierQueued, read_queued, record_queue
from framing.annotation.queues import QueuedParagraph
from framing.errors import LabelError

SAMPLE = [QueuedParagraph("a:0", "sample", 0.25, "outlet=state"), QueuedParagraph("a:1", "sample", 0.5, None)]
LEARNING = [QueuedParagraph("b:0", "learning", reason="the model is in doubt here")]


def record(folder, queue, name="one.jsonl") -> None:
    record_queue(folder, queue, name=name, queued_at="2026-05-01T10:00:00+00:00")


def test_nothing_was_queued_before_the_first_queue(tmp_path) -> None:
    assert read_queued(tmp_path) == []


def test_what_is_recorded_is_read_again(tmp_path) -> None:
    record(tmp_path, SAMPLE)
    record(tmp_path, LEARNING, "two.jsonl")
    assert read_queued(tmp_path) == [
        EarlierQueued("a:0", "sample", 0.25, "outlet=state", "one.jsonl"),
        EarlierQueued("a:1", "sample", 0.5, None, "one.jsonl"),
        EarlierQueued("b:0", "learning", None, None, "two.jsonl"),
    ]


def test_the_same_queue_is_kept_once(tmp_path) -> None:
    record(tmp_path, SAMPLE)
    before = (tmp_path / QUEUED).read_bytes()
    record(tmp_path, SAMPLE)
    assert (tmp_path / QUEUED).read_bytes() == before
    record(tmp_path, SAMPLE, "other.jsonl")
    assert (tmp_path / QUEUED).read_bytes().startswith(before)
    assert len(read_queued(tmp_path)) == 4


def test_a_line_that_is_cut_off_is_left_out_and_mended(tmp_path) -> None:
    record(tmp_path, SAMPLE)
    with (tmp_path / QUEUED).open("ab") as file:
        file.write(b'{"paragraph": "a:2", "dra')
    assert len(read_queued(tmp_path)) == 2
    record(tmp_path, LEARNING)
    assert [queued.paragraph for queued in read_queued(tmp_path)] == ["a:0", "a:1", "b:0"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paragraph": 3}, "'paragraph' must be text"),
        ({"queue": None}, "'queue' must be text"),
        ({"drawn_by": None}, "'drawn_by' must be one of purposive, learning, sample"),
        ({"stratum": ["x"]}, "'stratum' must be text in quotes, or null"),
        ({"inclusion_probability": "1"}, "'inclusion_probability' must be a number"),
        ({"inclusion_probability": True}, "'inclusion_probability' must be a number"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, change, message) -> None:
    record(tmp_path, SAMPLE)
    line = json.loads((tmp_path / QUEUED).read_text().splitlines()[0])
    with (tmp_path / QUEUED).open("a") as file:
        file.write(json.dumps(line | change) + "\n")
    with pytest.raises(LabelError, match=message) as error:
        read_queued(tmp_path)
    assert (error.value.path, error.value.line) == (str(tmp_path / QUEUED), 3)
