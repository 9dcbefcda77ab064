"""Runs that are killed, and full disks: nothing half-written stays under its name, and the next run goes on."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from framing.corpus.corpus_run import run
from framing.corpus.executors import in_process
from framing.errors import InputError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals and limits of POSIX")

RUN = """
import sys
from functools import partial
from framing.artifact import default_folder
from framing.artifact.manifest import read_manifest
from framing.corpus.classifier import load_classifier
from framing.corpus.corpus_run import CorpusRun, run
from framing.corpus.executors import in_process, in_processes
from framing.corpus.run_state import RunSettings
from framing.corpus.shard_job import ShardWork
from framing.corpus.shards import find_shards

folder, output, jobs = sys.argv[1:]
manifest = read_manifest(default_folder())
shards = find_shards([folder], output, on_error=print, on_skip=print)
corpus = CorpusRun(shards, output, default_folder(), RunSettings(manifest["name"], manifest["digest"]))
work = ShardWork(load_classifier)
executor = partial(in_process, work) if jobs == "1" else partial(in_processes, work, jobs=int(jobs))
summary = run(corpus, executor)
print(len(summary.failed), summary.skipped)
"""
SHARDS = 25


class Runs:
    """Starts runs in processes of their own, as where the extra `fast` is not installed: loading it takes too long."""

    def __init__(self, folder: Path, aside: Path):
        self.folder = folder
        aside.mkdir()
        (aside / "numba.py").write_text("raise ImportError('not installed')")
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(aside), *sys.path])}

    def command(self, output: Path, jobs: int = 1) -> list[str]:
        return [sys.executable, "-c", RUN, str(self.folder), str(output), str(jobs)]

    def start(self, output: Path, jobs: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(output, jobs), stdout=subprocess.PIPE, start_new_session=True, env=self.environment
        )

    def finish(self, output: Path, jobs: int = 1) -> tuple[int, int]:
        """Run to the end; return how many shards failed, and how many were done before."""
        told = subprocess.run(self.command(output, jobs), stdout=subprocess.PIPE, check=True, env=self.environment)
        failed, skipped = map(int, told.stdout.split())
        return failed, skipped


@pytest.fixture
def runs(shard_files, tmp_path) -> Runs:
    return Runs(shard_files(*[130, 60, 100, 80, 110] * (SHARDS // 5)), tmp_path / "aside")


def kill_at_work(process: subprocess.Popen[bytes], output: Path, chance: random.Random) -> None:
    """Kill a run, its helpers with it, at some moment after it has done at least one shard."""
    before = n_done(output)
    while n_done(output) == before:
        assert process.poll() is None
        time.sleep(0.002)
    # So short that a quick machine does not get through all shards between the kills.
    time.sleep(chance.uniform(0, 0.01))
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def n_done(output: Path) -> int:
    return len(list((output / ".framing" / "shards").rglob("*.json")))


@pytest.mark.parametrize(("jobs", "kills"), [(1, 3), (2, 2)])
def test_a_run_that_is_killed_now_and_again_ends_with_the_bytes_of_an_unbroken_one(
    runs, tmp_path, results, jobs, kills
):
    output, unbroken = tmp_path / "broken", tmp_path / "unbroken"
    assert runs.finish(unbroken) == (0, 0)
    expected, chance = results(unbroken), random.Random(jobs)
    for _ in range(kills):
        kill_at_work(runs.start(output, jobs), output, chance)
        for name, content in results(output).items():
            assert name.endswith(".part") or content == expected[name]
    assert kills <= n_done(output) < SHARDS
    failed, skipped = runs.finish(output, jobs)
    assert (failed, skipped > 0) == (0, True)
    assert results(output) == expected
    ours, theirs = (json.loads((place / "summary.json").read_text()) for place in (output, unbroken))
    assert {**ours, "this_run": None} == {**theirs, "this_run": None}
    assert not list((output / ".framing" / "progress").glob("*"))


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse to write more than so many bytes to any file."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
def test_a_shard_whose_output_finds_no_room_fails_alone_and_is_done_later(
    shard_files, corpus_run, work, tmp_path, results, format_
):
    folder, output = shard_files(5, 5, 200), tmp_path / "out"
    corpus = corpus_run(folder, output, format=format_)
    with files_of_at_most(15_000):
        summary = run(corpus, partial(in_process, work))
    assert list(summary.failed) == ["2/day-02.jsonl"]
    assert "cannot be written: File too large" in summary.failed["2/day-02.jsonl"]
    assert sorted(results(output)) == [f"0/day-00.{format_}", f"1/day-01.{format_}", "set-aside/1/day-01.jsonl.jsonl"]
    assert run(corpus, partial(in_process, work)).skipped == 2
    run(corpus_run(folder, tmp_path / "unbroken", format=format_), partial(in_process, work))
    assert results(output) == results(tmp_path / "unbroken")


def test_rows_set_aside_that_find_no_room_fail_their_shard(shard_files, corpus_run, work, tmp_path, results):
    folder, output = shard_files(5), tmp_path / "out"
    with (folder / "0/day-00.jsonl").open("a") as file:
        file.write(json.dumps({"id": "word " * 15_000}) + "\n")
    with files_of_at_most(15_000):
        summary = run(corpus_run(folder, output), partial(in_process, work))
    assert "set-aside/0/day-00.jsonl.jsonl: cannot be written: File too large" in summary.failed["0/day-00.jsonl"]
    assert results(output) == {}


def test_a_summary_that_finds_no_room_is_an_error_and_the_shards_stay_done(shard_files, corpus_run, work, tmp_path):
    folder, output = shard_files(2), tmp_path / "out"
    for number in range(200):
        (folder / f"bad-{number}.csv").write_text("id\n1\n")
    corpus = corpus_run(folder, output)
    with files_of_at_most(8_000), pytest.raises(InputError, match=r"summary\.json: cannot be written"):
        run(corpus, partial(in_process, work))
    assert run(corpus, partial(in_process, work)).skipped == 1


def test_a_full_disk_leaves_nothing_half_written(runs, tmp_path, results):
    disk, left, unbroken = tmp_path / "disk", tmp_path / "left", tmp_path / "unbroken"
    disk.mkdir()
    enter, mount = ["unshare", "--map-root-user", "--mount", "sh", "-c"], f"mount -t tmpfs -o size=600k none {disk}"
    if shutil.which("unshare") is None or subprocess.run([*enter, mount], capture_output=True, check=False).returncode:
        # Where no disk can be mounted, no file may have more than 80 blocks of 512 bytes.
        enter, mount = ["sh", "-c"], "ulimit -f 80"
    script = f'{mount} && "$@"; cp -r {disk}/. {left}'
    command = [*enter, script, "sh", *runs.command(disk / "out")]
    told = subprocess.run(command, capture_output=True, check=True, env=runs.environment)
    # The summary may have found no room either.
    assert b"No space left on device" in told.stderr or int(told.stdout.split()[0]) > 0
    runs.finish(unbroken)
    written, expected = results(left / "out"), results(unbroken)
    assert 0 < len(written) < len(expected)
    assert {name: expected[name] for name in written} == written
    # What is done stays done, once there is room again.
    failed, skipped = runs.finish(left / "out")
    assert (failed, 0 < skipped < SHARDS) == (0, True)
    assert results(left / "out") == expected


def test_a_folder_that_becomes_unwritable_fails_its_shards_and_the_run_goes_on_later(
    shard_files, corpus_run, work, tmp_path
):
    folder, output = shard_files(5, 5), tmp_path / "out"
    run(corpus_run(folder, output), partial(in_process, work))
    # Nothing can be written below a file, whoever one is.
    shutil.rmtree(output / "0")
    (output / "0").write_text("in the way")
    summary = run(corpus_run(folder, output), partial(in_process, work))
    assert list(summary.failed) == ["0/day-00.jsonl"]
    assert summary.failed["0/day-00.jsonl"] == f"{output / '0'}: cannot be made: File exists"
    assert (output / "0").read_text() == "in the way"
    (output / "0").unlink()
    assert run(corpus_run(folder, output), partial(in_process, work)).failed == {}
