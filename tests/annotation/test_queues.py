import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.queues import QueuedParagraph, read_queue, write_queue
from framing.errors import LabelError

IDS = ["a1:0", "a1:1", "b2:0"]
WORDS = st.none() | st.text(st.characters(codec="utf-8"))


@given(st.lists(st.sampled_from(IDS), min_size=1, unique=True), st.sampled_from(["learning", "sample", None]), WORDS)
def test_a_queue_reads_back_as_it_was(tmp_path_factory, ids, drawn_by, words):
    path = tmp_path_factory.mktemp("queue") / "queue.jsonl"
    chance = 0.125 if drawn_by == "sample" else None
    queue = [QueuedParagraph(identifier, drawn_by, chance, words, words) for identifier in ids]
    write_queue(path, queue)
    assert read_queue(path, IDS) == queue


@pytest.mark.parametrize(
    ("lines", "number", "words"),
    [
        ([], None, "is empty"),
        (["nonsense"], 1, "is not valid JSON"),
        ([{}], 1, "has no 'paragraph'"),
        ([{"paragraph": "z9:0"}], 1, "there is no paragraph 'z9:0'"),
        ([{"paragraph": "a1:0"}, {"paragraph": "a1:0"}], 2, "stands in an earlier line"),
        ([{"paragraph": "a1:0", "drawn_by": "whim"}], 1, "'drawn_by' must be one of"),
        ([{"paragraph": "a1:0", "drawn_by": "sample"}], 1, "'inclusion_probability' must be"),
        ([{"paragraph": "a1:0", "drawn_by": "sample", "inclusion_probability": 1.5}], 1, "must be a number above 0"),
        ([{"paragraph": "a1:0", "drawn_by": "sample", "inclusion_probability": True}], 1, "must be a number above 0"),
        ([{"paragraph": "a1:0", "drawn_by": "learning", "inclusion_probability": 0.5}], 1, "only a probability sample"),
        ([{"paragraph": "a1:0", "reason": 3}], 1, "must be text"),
        (
            [{"paragraph": "a1:0", "drawn_by": "learning"},
             {"paragraph": "a1:1", "drawn_by": "sample", "inclusion_probability": 0.5}],
            2, "the two are never mixed",
        ),
    ],
)  # fmt: skip
def test_what_is_no_queue_is_refused(tmp_path, lines, number, words):
    path = tmp_path / "queue.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    with pytest.raises(LabelError, match=words) as error:
        read_queue(path, IDS)
    assert (error.value.line, error.value.path) == (number, str(path))
