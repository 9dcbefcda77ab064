from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from framing.artifact.default import default_folder
from framing.artifact.manifest import read_manifest
from framing.corpus import cluster as cluster_module
from framing.corpus.classifier import load_classifier
from framing.corpus.cluster_checks import Needs, lacking
from framing.corpus.corpus_run import CorpusRun, run
from framing.corpus.executors import LostWork, OncePerProcess, Outcomes, in_process, on_cluster
from framing.corpus.run_state import RunSettings
from framing.corpus.shard_job import ShardJob, ShardWork
from framing.corpus.shard_record import ShardOutcome
from framing.corpus.shards import find_shards
from framing.errors import FramingError, MissingExtraError, UsageError
from framing.files import written_aside

pytest.importorskip("distributed")


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own on this machine.

    Each is the first of a session, so that what it starts ends with it.
    """

    home: Path
    root: Path
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def begin(self) -> None:
        self._start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")

    def start_worker(self, *options: str, path: Path | None = None) -> subprocess.Popen[bytes]:
        place = str(self.home / f"worker-{len(self.processes)}")
        how = ("--host", "127.0.0.1", "--nthreads", "1", "--local-directory", place, *(options or ("--no-nanny",)))
        return self._start("distributed.cli.dask_worker", *how, path=path)

    def _start(self, module: str, *options: str, path: Path | None = None) -> subprocess.Popen[bytes]:
        with (self.home / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    module,
                    *options,
                    "--scheduler-file",
                    str(self.home / "scheduler.json"),
                    "--no-dashboard",
                    "--dashboard-address",
                    "127.0.0.1:0",
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.home,
                env={**os.environ, **self.settings, "PYTHONPATH": str(path or self.root)},
            )
        self.processes.append(process)
        return process

    def with_workers(self, number: int) -> str:
        """Wait until there are so many workers, and give the scheduler's address."""
        from distributed import Client

        file = self.home / "scheduler.json"
        assert until(file.exists)
        with Client(scheduler_file=str(file), set_as_default=False, timeout=30) as client:
            assert until(lambda: len(client.ncores()) == number), [
                path.read_text("utf-8") for path in sorted(self.home.glob("*.log"))
            ]
            return str(client.scheduler.address)

    def kill(self, *processes: subprocess.Popen[bytes]) -> None:
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end(self) -> None:
        self.kill(*self.processes)


def until(condition: Callable[[], object], seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def scheduler(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    found = Cluster(tmp_path_factory.mktemp("cluster"), root)
    found.begin()
    yield found
    found.end()


@pytest.fixture
def cluster(scheduler: Cluster) -> Cluster:
    """Two workers, whatever became of those of the test before."""
    running = [worker for worker in scheduler.processes[1:] if worker.poll() is None]
    for _ in range(2 - len(running)):
        scheduler.start_worker()
    return scheduler


@dataclass(frozen=True)
class Marked:
    """Writes a file for each number, and another for each beginning."""

    folder: Path
    slow: float = 0.1

    def __call__(self, number: int) -> tuple[int, int]:
        self.mark(number)
        time.sleep(self.slow)
        with written_aside(self.folder / f"{number}.txt") as file:
            file.write(f"{number} is one of them\n".encode() * (1000 + number))
        return number, os.getpid()

    def mark(self, number: int) -> None:
        (self.folder / f"{number}.{os.getpid()}.{time.monotonic_ns()}.mark").touch()

    def tries(self, number: int) -> int:
        return len(list(self.folder.glob(f"{number}.*.mark")))

    def at_work(self) -> set[int]:
        """The processes whose last item has no file yet."""
        begun = [path.name.split(".") for path in self.folder.glob("*.mark")]
        return {int(process) for number, process, *_ in begun if not (self.folder / f"{number}.txt").exists()}

    def written(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.glob("*.txt")}


def folder_of(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_a_worker_killed_in_the_midst_loses_and_doubles_nothing(cluster: Cluster, tmp_path: Path) -> None:
    address = cluster.with_workers(2)
    alone, work = Marked(folder_of(tmp_path, "alone"), slow=0), Marked(folder_of(tmp_path, "cluster"))
    numbers = range(16)
    assert {number for number, _ in in_process(alone, numbers)} == set(numbers)
    came: list[int] = []
    used: set[int] = set()
    for number, outcome in on_cluster(work, numbers, address):
        assert not isinstance(outcome, LostWork)
        came.append(number)
        used.add(outcome[1])
        if len(came) == 4:
            victim = max(work.at_work())
            os.kill(victim, signal.SIGKILL)
    assert sorted(came) == list(numbers)
    assert victim in used
    assert len(used) == 2
    assert os.getpid() not in used
    assert max(work.tries(number) for number in numbers) == 2
    assert work.written() == alone.written()
    assert len(work.written()) == 16


def write_shards(folder: Path) -> None:
    """Write five shards of sixty articles each, a row of each of which cannot be used."""
    chance = random.Random(7)
    words = "patrol river bridge market council ceasefire harvest convoy talks school aid border".split()  # noqa: SIM905
    for shard in range(5):
        with (folder / f"{shard}.jsonl").open("w", encoding="ascii") as file:
            for article in range(60):
                text = "\n\n".join(" ".join(chance.choices(words, k=30)).capitalize() + "." for _ in range(6))
                file.write(json.dumps({"id": f"{shard}-{article}", "text": text}) + "\n")
            file.write('{"id": "broken\n')


def results_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.jsonl")
        if ".framing" not in path.relative_to(folder).parts
    }


def test_shards_come_out_the_same_from_a_cluster_that_loses_a_worker(cluster: Cluster, tmp_path: Path) -> None:
    address = cluster.with_workers(2)
    corpus, model = folder_of(tmp_path, "corpus"), default_folder()
    write_shards(corpus)
    manifest = read_manifest(model)
    settings = RunSettings(manifest["name"], manifest["digest"])
    shards = find_shards([str(corpus)], tmp_path / "here", on_error=pytest.fail, on_skip=pytest.fail)
    work = ShardWork(load_classifier)
    run(CorpusRun(shards, tmp_path / "here", model, settings), partial(in_process, work))

    there = tmp_path / "there"
    needs = Needs(str(there), (shards[0].path, shards[-1].path), str(model), manifest["digest"])

    def with_a_death(jobs: Sequence[ShardJob]) -> Outcomes[ShardJob, ShardOutcome]:
        for number, pair in enumerate(on_cluster(work, jobs, address, needs=needs)):
            if number == 0:
                cluster.kill(cluster.processes[-1])
            yield pair

    # The same model, but as each worker has it in its own package.
    summary = run(CorpusRun(shards, there, None, settings), with_a_death)
    assert summary.failed == {}
    assert summary.tally.paragraphs == 5 * 60 * 6
    written = results_of(there)
    assert len(written) == 2 * 5
    assert written == results_of(tmp_path / "here")


def test_one_worker_with_one_thread_works_too_and_not_this_process(cluster: Cluster, tmp_path: Path) -> None:
    first, second = [worker for worker in cluster.processes[1:] if worker.poll() is None]
    cluster.with_workers(2)
    cluster.kill(first)
    address = cluster.with_workers(1)
    outcomes = dict(on_cluster(Marked(tmp_path, slow=0), range(5), address))
    assert outcomes == {number: (number, second.pid) for number in range(5)}


def made_here(_: int) -> tuple[int, int]:
    time.sleep(0.05)
    return OncePerProcess(time.monotonic_ns)(), os.getpid()


def test_what_is_dear_is_made_once_in_each_worker(cluster: Cluster) -> None:
    address = cluster.with_workers(2)
    found = [outcome for _, outcome in on_cluster(made_here, range(12), address)]
    assert len(set(found)) == len({process for _, process in found}) == 2  # type: ignore[misc]


def fail_at(folder: Path, times: int, number: int) -> int:
    if number == 5:
        (folder / str(time.monotonic_ns())).touch()
        if len(list(folder.iterdir())) <= times:
            raise ZeroDivisionError("at five")
    return number


def test_what_fails_for_a_while_is_tried_again_and_what_does_not_end_is_raised(
    cluster: Cluster, tmp_path: Path
) -> None:
    address = cluster.with_workers(2)
    passing, lasting = folder_of(tmp_path, "passing"), folder_of(tmp_path, "lasting")
    outcomes = dict(on_cluster(partial(fail_at, passing, 2), range(9), address, retries=2))
    assert outcomes == {number: number for number in range(9)}
    with pytest.raises(ZeroDivisionError, match="at five") as raised:
        list(on_cluster(partial(fail_at, lasting, 99), range(9), address, retries=1))
    assert "in fail_at" in "\n".join(raised.value.__notes__)
    assert len(list(lasting.iterdir())) == 2


def test_a_run_that_is_given_up_leaves_the_cluster_free(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    address = cluster.with_workers(2)
    work = Marked(folder_of(tmp_path, "given-up"), slow=0.2)
    outcomes = on_cluster(work, range(500), address)
    next(outcomes)
    outcomes.close()
    assert until(lambda: not work.at_work())
    done = len(work.written())
    assert done < 200
    assert not [thread.name for thread in threading.enumerate() if thread.name == "framing-cluster-watch"]
    assert dict(on_cluster(Marked(tmp_path, slow=0), [1], address)).keys() == {1}
    assert len(work.written()) == done
    assert capfd.readouterr() == ("", "")


def test_a_cluster_that_lost_all_its_workers_is_not_waited_for_for_ever(cluster: Cluster, tmp_path: Path) -> None:
    address = cluster.with_workers(2)
    # So quick that an outcome is likely to die with the worker that keeps it.
    work = Marked(tmp_path, slow=0.001)
    outcomes = on_cluster(work, range(1000), address, patience=1)
    for _ in range(5):
        next(outcomes)
    cluster.kill(*cluster.processes[1:])
    with pytest.raises(FramingError, match="no worker for 1 seconds") as raised:
        list(outcomes)
    assert address in str(raised.value)


def test_a_scheduler_without_workers_is_a_user_error(scheduler: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler.kill(*scheduler.processes[1:])
    address = scheduler.with_workers(0)
    monkeypatch.setattr(cluster_module, "_PATIENCE", 1)
    with pytest.raises(UsageError, match=r"has no workers.*dask worker"):
        next(on_cluster(abs, [1], address))


def test_what_workers_need_is_looked_for_before_the_work_begins(cluster: Cluster, tmp_path: Path) -> None:
    address = cluster.with_workers(2)
    model = default_folder()
    given, output = tmp_path / "in.jsonl", folder_of(tmp_path, "out")
    given.write_text("{}\n", encoding="ascii")
    digest = read_manifest(model)["digest"]
    needs = Needs(str(output), (str(given),), str(model), digest)
    assert list(on_cluster(abs, [-3], address, needs=needs)) == [(-3, 3)]
    assert not list(output.iterdir())

    missing = Needs(str(output), (str(tmp_path / "gone.jsonl"),), str(model), digest)
    with pytest.raises(UsageError, match=r"\(and 1 more of its 2 workers\) cannot read .*gone.jsonl"):
        next(on_cluster(abs, [-3], address, needs=missing))
    other = Needs(str(output), (str(given),), str(model), "0" * 64)
    with pytest.raises(UsageError, match="another model"):
        next(on_cluster(abs, [-3], address, needs=other))
    assert not list(output.iterdir())


def test_a_worker_of_another_version_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    cluster.with_workers(2)
    (tmp_path / "framing").mkdir()
    (tmp_path / "framing" / "__init__.py").write_text('__version__ = "0.0.1"\n', encoding="ascii")
    odd = cluster.start_worker(path=tmp_path)
    try:
        with pytest.raises(UsageError, match=r"worker tcp://\S+ of the cluster at \S+ has framing 0\.0\.1, not"):
            next(on_cluster(abs, [1], cluster.with_workers(3)))
    finally:
        cluster.kill(odd)
        cluster.with_workers(2)


def test_another_folder_of_the_same_name_is_not_the_output_folder(tmp_path: Path) -> None:
    model = default_folder()
    needs = Needs(str(tmp_path), (), str(model), read_manifest(model)["digest"])
    (tmp_path / "token").write_text("this", encoding="ascii")
    assert lacking(needs, "token", "this") is None
    problem = lacking(needs, "token", "that")
    assert problem is not None
    assert "does not see the output folder" in problem
    assert lacking(Needs(str(tmp_path), (), str(tmp_path), ""), "token", "this").startswith("has no such model")


def test_the_model_of_the_package_is_the_workers_own_and_must_be_the_same(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("this", encoding="ascii")
    needs = Needs(str(tmp_path), (), None, read_manifest(default_folder())["digest"])
    assert lacking(needs, "token", "this") is None
    problem = lacking(dataclasses.replace(needs, model_digest="0" * 64), "token", "this")
    assert problem == "has another default model; name one by --model on a disk that all share"


def test_what_parquet_needs_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("this", encoding="ascii")
    needs = Needs(str(tmp_path), (), None, read_manifest(default_folder())["digest"], ("json", "no_such_package"))
    problem = lacking(needs, "token", "this")
    assert problem == "has no no_such_package; install the extra 'corpus' there: pip install 'framing[corpus]'"


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "tcp://127.0.0.1:{}", "no-such-host.invalid:{}", "rubbish://{}", ""])
def test_an_address_at_which_no_scheduler_answers_is_a_user_error(
    form: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster_module, "_PATIENCE", 0.5)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = form.format(unused.getsockname()[1])
        with pytest.raises(UsageError, match="no Dask scheduler answers at"):
            next(on_cluster(abs, [1], address))
    assert capfd.readouterr() == ("", "")


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"framing\[cluster\]"):
        next(on_cluster(abs, [1], "127.0.0.1:1"))


def die_at_three(folder: Path, number: int) -> int:
    (folder / f"{number}.{time.monotonic_ns()}").touch()
    time.sleep(0.05)
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_an_item_that_kills_its_workers_is_lost_alone_and_then_the_scheduler_goes_away(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # A scheduler that gives an item up at the first death, and whatever waits at that worker with it.
    setting = {
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "inf",
    }
    own = Cluster(folder_of(tmp_path, "home"), root, settings=setting)
    try:
        own.begin()
        own.start_worker("--nanny")
        address = own.with_workers(1)
        marks = folder_of(tmp_path, "marks")
        outcomes = dict(on_cluster(partial(die_at_three, marks), range(8), address))
        lost = outcomes.pop(3)
        assert isinstance(lost, LostWork)
        assert "with nothing beside it" in lost.reason
        assert outcomes == {number: number for number in range(8) if number != 3}
        assert len(list(marks.glob("3.*"))) == 2

        going = on_cluster(Marked(folder_of(tmp_path, "again")), range(100), own.with_workers(1))
        next(going)
        own.kill(own.processes[0])
        with pytest.raises(FramingError, match="is gone or has given up the work"):
            list(going)
    finally:
        own.end()
    assert capfd.readouterr() == ("", "")
