from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from framing.corpus import heartbeats, run_progress
from framing.corpus.corpus_run import run
from framing.corpus.executors import LostWork, in_process, in_processes
from framing.corpus.run_progress import Progress
from framing.corpus.run_summary import RunSummary
from framing.corpus.shard_job import ShardJob
from framing.corpus.shard_record import ShardOutcome
from framing.errors import FramingError, UsageError

Executed = Iterator[tuple[ShardJob, ShardOutcome | LostWork]]


@pytest.fixture
def run_here(corpus_run, work) -> Callable[..., RunSummary]:
    def run_it(folder: Path, output: Path, on_failed=None, on_changed=None, on_progress=None, **options) -> RunSummary:
        return run(
            corpus_run(folder, output, **options),
            partial(in_process, work),
            on_failed=on_failed or pytest.fail,
            on_changed=on_changed or pytest.fail,
            on_progress=on_progress,
        )

    return run_it


def told_in_file(output: Path) -> dict[str, object]:
    """The part of the summary that is the same for all runs over one corpus."""
    summary = json.loads((output / "summary.json").read_text())
    del summary["this_run"]
    return summary


def test_a_corpus_is_classified_shard_by_shard_and_summed_up(run_here, shard_files, tmp_path, results):
    folder = shard_files(30, 40, 25)
    summary = run_here(folder, tmp_path / "out")
    written = results(tmp_path / "out")
    assert sorted(written) == ["0/day-00.jsonl", "1/day-01.jsonl", "2/day-02.jsonl", "set-aside/1/day-01.jsonl.jsonl"]
    lines = [json.loads(line) for name in written if not name.startswith("set") for line in written[name].splitlines()]
    assert len(lines) == 95
    tally = summary.tally
    assert (summary.shards, tally.paragraphs, summary.set_aside, summary.skipped) == (3, 95, 1, 0)
    assert sum(tally.frames.values()) == sum(line["probability"] is not None for line in lines)
    assert tally.uncertain == sum(bool(line["uncertain"]) for line in lines)
    assert summary.output_bytes == sum(len(content) for name, content in written.items() if not name.startswith("set"))
    assert summary.paragraphs_now == 95
    assert summary.rate > 0
    told = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert told == summary.as_json()
    assert (told["paragraphs"], told["failed"], told["frames"]) == (95, {}, tally.frames)


def test_processes_write_the_same_bytes_as_one(run_here, shard_files, corpus_run, work, tmp_path, results):
    folder = shard_files(30, 40, 25)
    run_here(folder, tmp_path / "one")
    run(corpus_run(folder, tmp_path / "two"), partial(in_processes, work, jobs=2))
    assert results(tmp_path / "one") == results(tmp_path / "two")
    assert told_in_file(tmp_path / "one") == told_in_file(tmp_path / "two")


def test_a_second_run_has_nothing_to_do_and_the_same_summary(run_here, shard_files, tmp_path, results):
    folder, output = shard_files(30, 40), tmp_path / "out"
    run_here(folder, output)
    before, told = results(output), told_in_file(output)
    times = {path: path.stat().st_mtime_ns for path in output.rglob("*.jsonl")}
    again = run_here(folder, output)
    assert (again.skipped, again.paragraphs_now) == (2, 0)
    assert results(output) == before
    assert told_in_file(output) == told
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*.jsonl")} == times


def test_only_what_changed_is_scored_again(run_here, shard_files, tmp_path, results):
    folder, output = shard_files(30, 40, 25), tmp_path / "out"
    run_here(folder, output)
    before = results(output)
    changed, harmed = folder / "0/day-00.jsonl", output / "2/day-02.jsonl"
    changed.write_text(changed.read_text() + '{"text": "Troops sealed the valley."}\n')
    harmed.write_bytes(harmed.read_bytes()[:100])
    told: list[str] = []
    summary = run_here(folder, output, on_changed=told.append)
    assert told == ["0/day-00.jsonl"]
    assert (summary.skipped, summary.changed, summary.tally.paragraphs) == (1, ("0/day-00.jsonl",), 96)
    after = results(output)
    assert {name for name in after if after[name] != before[name]} == {"0/day-00.jsonl"}


def test_a_shard_that_is_gone_or_new_is_noticed(run_here, shard_files, tmp_path):
    folder, output = shard_files(30, 40), tmp_path / "out"
    run_here(folder, output)
    (folder / "0/day-00.jsonl").rename(folder / "0/another.jsonl")
    summary = run_here(folder, output)
    assert (summary.shards, summary.skipped, summary.strays) == (2, 1, 1)
    assert (output / "0/day-00.jsonl").exists()


def test_shards_that_cannot_be_read_fail_alone(run_here, shard_files, tmp_path):
    folder, output = shard_files(30, 40), tmp_path / "out"
    (folder / "bad.csv").write_text("id,title\n1,2\n")
    (folder / "torn.parquet").write_bytes(b"PAR1 and no more")
    (folder / "none.jsonl").write_bytes(b"\xe9\n\xe8\n")
    failed: list[FramingError] = []
    summary = run_here(folder, output, on_failed=failed.append)
    assert sorted(summary.failed) == ["bad.csv", "none.jsonl", "torn.parquet"]
    assert {error.path for error in failed} == {str(folder / name) for name in summary.failed}
    assert summary.tally.paragraphs == 70
    assert "has no column text" in told_in_file(output)["failed"]["bad.csv"]
    assert not (output / "bad.jsonl").exists()
    # They are tried again, and what was mended is done.
    (folder / "bad.csv").write_text("id,text\n1,Troops sealed the valley.\n")
    again = run_here(folder, output, on_failed=failed.append)
    assert (sorted(again.failed), again.skipped, again.paragraphs_now) == (["none.jsonl", "torn.parquet"], 2, 1)


def test_a_run_of_another_format_is_refused_and_done_when_asked_for(run_here, shard_files, tmp_path, results):
    folder, output = shard_files(30), tmp_path / "out"
    run_here(folder, output)
    with pytest.raises(UsageError, match=r'format "jsonl" and not "csv"'):
        run_here(folder, output, format="csv")
    assert list(results(output)) == ["0/day-00.jsonl"]
    summary = run_here(folder, output, format="csv", overwrite=True)
    assert summary.skipped == 0
    assert list(results(output)) == ["0/day-00.csv"]


def test_two_shards_for_one_output_are_refused(run_here, shard_files, tmp_path):
    folder = shard_files(30)
    (folder / "0/day-00.csv").write_text("text\nTroops sealed the valley.\n")
    with pytest.raises(UsageError, match="would both be written"):
        run_here(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_largest_shards_come_first_and_a_lost_one_is_a_failure(shard_files, corpus_run, work, tmp_path):
    folder, order = shard_files(20, 40, 30), []

    def losing_one(jobs: Sequence[ShardJob]) -> Executed:
        for job in jobs:
            order.append(job.shard.name)
            yield job, LostWork("its process was killed") if job.shard.name.startswith("2") else work(job)

    failed: list[str] = []
    summary = run(corpus_run(folder, tmp_path / "out"), losing_one, on_failed=lambda error: failed.append(str(error)))
    assert order == ["1/day-01.jsonl", "2/day-02.jsonl", "0/day-00.jsonl"]
    assert summary.failed == {"2/day-02.jsonl": "its process was killed"}
    assert failed == [f"{folder / '2/day-02.jsonl'}: its process was killed"]


def test_an_error_in_the_work_frees_the_folder(shard_files, corpus_run, run_here, tmp_path):
    folder, output = shard_files(20), tmp_path / "out"

    def broken(jobs: Sequence[ShardJob]) -> Executed:
        raise ZeroDivisionError
        yield

    with pytest.raises(ZeroDivisionError):
        run(corpus_run(folder, output), broken, on_progress=lambda progress: None)
    assert not (output / "summary.json").exists()
    assert run_here(folder, output).tally.paragraphs == 20


def test_progress_counts_what_is_in_work_and_ends_with_all(shard_files, run_here, tmp_path, monkeypatch):
    monkeypatch.setattr(run_progress, "_SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(heartbeats, "_SECONDS_BETWEEN", 0)
    folder, output = shard_files(60), tmp_path / "out"
    run_here(folder, output)
    shard_files(60, 60)
    told: list[Progress] = []
    run_here(folder, output, on_progress=told.append)
    assert all(before.bytes <= after.bytes for before, after in itertools.pairwise(told))
    last = told[-1]
    assert (last.shards, last.total_shards, last.paragraphs, last.set_aside, last.skipped) == (1, 1, 60, 1, 1)
    assert last.bytes == last.total_bytes == (folder / "1/day-01.jsonl").stat().st_size
    assert last.seconds_left == 0
    assert last.rate > 0
    assert Progress(0, 10, 0, 1, 0, 0, 0, 0, 1.0).seconds_left is None


def test_a_name_that_is_no_utf_8_goes_through(run_here, shard_files, tmp_path):
    folder, output = shard_files(20), tmp_path / "out"
    (folder / "0/day-00.jsonl").rename(folder / os.fsdecode(b"caf\xe9.jsonl"))
    (folder / os.fsdecode(b"bad\xe9.csv")).write_text("id\n1\n")
    failed: list[FramingError] = []
    summary = run_here(folder, output, on_failed=failed.append)
    assert list(summary.failed) == ["bad\ufffd.csv"]
    assert (os.fsencode(output) + b"/caf\xe9.jsonl") in [os.fsencode(path) for path in output.glob("*.jsonl")]
    assert run_here(folder, output, on_failed=failed.append).skipped == 1
