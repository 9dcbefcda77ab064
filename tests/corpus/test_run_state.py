from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.corpus.run_state import RunSettings, judge, opened_run
from framing.corpus.shard_job import ShardJob
from framing.corpus.shard_record import Record, ShardOutcome, read_record, write_record
from framing.corpus.shards import Shard
from framing.corpus.tally import Tally
from framing.errors import UsageError

SETTINGS = RunSettings("test", "0a1b")
TALLY = Tally(1, 0, 2, 0, {"order": 2}, 1)


@pytest.fixture
def done(tmp_path) -> Callable[..., ShardJob]:
    """Make a shard that was done, as far as anyone can tell, with its output and its record."""

    def make(name: str = "a.jsonl", content: str = "input") -> ShardJob:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        facts = path.stat()
        shard = Shard(str(path), name, "jsonl", facts.st_size, facts.st_mtime_ns)
        job = ShardJob(shard, str(tmp_path / "out"), "model", SETTINGS.digest, SETTINGS.fingerprint)
        for written, text in ((job.output_path, "output"), (job.set_aside_path, "aside")):
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(text)
        digest = "c96c6d5be8d08a12e7b5cdc1b207fa6b2430974c86803d8891675e76fd992c20" if content == "input" else ""
        outcome = ShardOutcome(
            shard, TALLY, set_aside=1, input_sha256=digest, output_sha256="00", output_bytes=6, set_aside_bytes=5
        )
        write_record(job.record_path, Record(SETTINGS.fingerprint, outcome))
        return job

    return make


def now(job: ShardJob) -> ShardJob:
    """The job as it is found when its folder is looked through again."""
    facts = Path(job.shard.path).stat()
    return replace(job, shard=replace(job.shard, size=facts.st_size, mtime_ns=facts.st_mtime_ns))


class Judge:
    """What is told of some jobs."""

    def __init__(self, *jobs: ShardJob, overwrite: bool = False):
        self.done: list[ShardOutcome] = []
        found = judge(jobs[0].output, jobs, self.done.append, overwrite=overwrite)
        self.to_do, self.changed, self.strays = found.to_do, found.changed, found.strays


def test_a_record_is_read_as_it_was_written(done):
    job = done()
    record = read_record(job.record_path)
    assert record is not None
    assert record.outcome.tally == TALLY
    write_record(job.record_path, record)
    assert read_record(job.record_path) == record


def test_a_shard_with_its_record_its_input_and_its_output_is_done(done):
    job = done()
    judged = Judge(job)
    assert [outcome.shard for outcome in judged.done] == [job.shard]
    assert (judged.to_do, judged.changed, judged.strays) == ([], [], 0)


def test_an_input_that_was_only_touched_or_copied_is_the_same(done, tmp_path):
    job = done()
    os.utime(job.shard.path, ns=(1, 1))
    assert len(Judge(now(job)).done) == 1
    moved = tmp_path / "moved.jsonl"
    moved.write_text("input")
    assert len(Judge(now(replace(job, shard=replace(job.shard, path=str(moved))))).done) == 1


@pytest.mark.parametrize("content", ["another input", "INPUT"])
def test_an_input_that_has_changed_is_told_and_what_was_made_of_it_is_removed(done, content):
    job = done()
    Path(job.shard.path).write_text(content)
    os.utime(job.shard.path, ns=(1, 1))
    judged = Judge(now(job))
    assert [waiting.shard.name for waiting in judged.to_do] == judged.changed == ["a.jsonl"]
    assert not any(path.exists() for path in (job.output_path, job.set_aside_path, job.record_path))


def test_another_input_of_the_same_name_is_refused_and_nothing_is_removed(done, tmp_path):
    job, first = done(), done("0.jsonl")
    first.output_path.unlink()
    other = tmp_path / "other.jsonl"
    other.write_text("another input")
    stranger = now(replace(job, shard=replace(job.shard, path=str(other))))
    with pytest.raises(UsageError, match=r"other\.jsonl has the same name there; name another output"):
        Judge(first, stranger)
    assert job.output_path.exists()
    assert first.record_path.exists()
    assert Judge(stranger, overwrite=True).changed == ["a.jsonl"]


@pytest.mark.parametrize("harm", ["remove", "cut", "remove the rows set aside"])
def test_an_output_that_is_gone_or_cut_short_is_made_again(done, harm):
    job = done()
    if harm == "cut":
        job.output_path.write_text("out")
    else:
        (job.set_aside_path if "aside" in harm else job.output_path).unlink()
    judged = Judge(job)
    assert judged.to_do == [job]
    assert judged.changed == []
    assert not job.output_path.exists()


def test_a_record_of_other_settings_or_another_shard_counts_for_nothing(done):
    job, other = done(), done("b.jsonl")
    assert Judge(replace(job, run="another")).to_do
    other.record_path.replace(job.record_path)
    assert Judge(job).to_do == [job]


def test_when_the_format_is_another_the_former_output_goes(done):
    job = done()
    csv_job = replace(job, format="csv", run="another")
    Judge(csv_job)
    assert not job.output_path.exists()


def test_results_without_an_input_are_counted_and_left(done):
    job, gone = done(), done("sub/b.jsonl")
    judged = Judge(job)
    assert judged.strays == 1
    assert gone.output_path.exists()


PLAIN_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANY_VALUES = st.recursive(PLAIN_VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_record_that_cannot_be_believed_counts_for_nothing(done, data):
    job = done()
    values = json.loads(job.record_path.read_text())
    key = data.draw(st.sampled_from([*values, "shard.size", "shard.name", "tally.frames", "tally.paragraphs"]))
    inside, _, last = key.rpartition(".")
    table = values[inside] if inside else values
    value = data.draw(ANY_VALUES)
    if data.draw(st.booleans()):
        table[last] = value
    else:
        del table[last]
    job.record_path.write_text(json.dumps(values))
    judged = Judge(job)
    for outcome in judged.done:
        assert isinstance(outcome.tally + TALLY, Tally)
    assert len(judged.done) + len(judged.to_do) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.sampled_from([b"[" * 100_000, b" " * 5_000_000, b"[]", b"null", b'{"run": 1}']))
def test_a_record_that_is_no_json_counts_for_nothing(done, content):
    job = done()
    job.record_path.write_bytes(content)
    assert Judge(job).to_do == [job]


def test_a_folder_keeps_to_the_settings_of_its_first_run(tmp_path):
    output = tmp_path / "out"
    with opened_run(output, SETTINGS):
        pass
    with opened_run(output, SETTINGS):
        pass
    changed = replace(SETTINGS, digest="f" * 64, format="csv", full=True)
    with pytest.raises(UsageError) as caught, opened_run(output, changed):
        pass
    told = str(caught.value)
    assert 'digest "0a1b" and not "ffffffffffff…, format "jsonl" and not "csv", full false and not true' in told
    assert told.endswith("name another output, or start anew with --overwrite")
    with opened_run(output, changed, overwrite=True):
        pass
    with pytest.raises(UsageError), opened_run(output, SETTINGS):
        pass


@pytest.mark.parametrize("content", ["", "[1]", "{", "[" * 100_000])
def test_settings_that_cannot_be_read_are_refused(tmp_path, content):
    with opened_run(tmp_path / "out", SETTINGS):
        pass
    (tmp_path / "out/.framing/run.json").write_text(content)
    with pytest.raises(UsageError, match="is damaged"), opened_run(tmp_path / "out", SETTINGS):
        pass


def test_a_folder_with_something_else_in_it_is_refused_and_left(tmp_path):
    (tmp_path / "thesis.csv").write_text("dear")
    for overwrite in (False, True):
        with pytest.raises(UsageError, match=r"holds thesis\.csv"), opened_run(tmp_path, SETTINGS, overwrite=overwrite):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.csv"]
    with pytest.raises(UsageError, match="is a file"), opened_run(tmp_path / "thesis.csv", SETTINGS):
        pass


def test_a_folder_that_a_killed_run_had_just_made_is_taken(tmp_path):
    (tmp_path / "out/.framing").mkdir(parents=True)
    (tmp_path / "out/.framing/.run.json.abcd1234.part").write_text("{")
    with opened_run(tmp_path / "out", SETTINGS):
        pass
    assert not list(tmp_path.rglob("*.part"))


def test_what_killed_runs_left_goes_and_nothing_else_does(tmp_path):
    with opened_run(tmp_path, SETTINGS):
        pass
    kept = [tmp_path / name for name in ("a.jsonl", "sub/b.part", "sub/.mine.part", "a.abcd1234.part")]
    left = [tmp_path / name for name in (".a.jsonl.abcd1234.part", "set-aside/sub/.b_.csv.jsonl.0_3d1234.part")]
    left.append(tmp_path / ".framing/progress/0a1b")
    for path in [*kept, *left]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    with opened_run(tmp_path, SETTINGS):
        assert [path for path in left if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_two_runs_do_not_write_to_one_folder_and_the_lock_of_a_killed_run_is_free(tmp_path):
    code = """
import sys
from framing.corpus.run_state import RunSettings, opened_run
with opened_run(sys.argv[1], RunSettings("test", "0a1b")):
    print("open", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(UsageError, match="another run writes there now"), opened_run(tmp_path, SETTINGS):
            pass
        other.kill()
    with opened_run(tmp_path, SETTINGS):
        pass


def test_what_cannot_be_written_so_is_refused_before_anything_is_made(tmp_path):
    for changes in ({"format": "html"}, {"format": "parquet", "full": True}):
        with pytest.raises(UsageError), opened_run(tmp_path / "out", replace(SETTINGS, **changes)):
            pass
    assert not (tmp_path / "out").exists()
