from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.corpus import heartbeats
from framing.corpus.heartbeats import Beat, Heartbeat, read_heartbeats


def test_a_heartbeat_is_read_while_the_shard_is_in_work_and_goes_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeats, "_SECONDS_BETWEEN", 0)
    with Heartbeat(tmp_path, "sub/a.jsonl") as first, Heartbeat(tmp_path, "sub/b.jsonl") as second:
        assert read_heartbeats(tmp_path) == []
        first(10, 2, 0)
        second(20, 4, 1)
        first(30, 6, 0)
        beats = sorted(read_heartbeats(tmp_path), key=lambda beat: beat.shard)
        assert beats == [Beat("sub/a.jsonl", 30, 6, 0), Beat("sub/b.jsonl", 20, 4, 1)]
    assert list(tmp_path.iterdir()) == []


def test_beats_that_follow_at_once_are_not_written(tmp_path):
    with Heartbeat(tmp_path, "a") as beat:
        for number in range(1000):
            beat(number, number, 0)
        assert read_heartbeats(tmp_path) == []


def test_a_heartbeat_that_cannot_be_written_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeats, "_SECONDS_BETWEEN", 0)
    with Heartbeat(tmp_path / "gone", "a") as beat:
        beat(1, 1, 0)
    assert read_heartbeats(tmp_path / "gone") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(), st.just(b"[" * 5000), st.just(b'{"shard": [], "bytes": 1, "paragraphs": 1, "set_aside": 1}'))
)
def test_what_is_no_heartbeat_is_passed_over(tmp_path, content):
    (tmp_path / "beat").write_bytes(content)
    assert read_heartbeats(tmp_path) == []
