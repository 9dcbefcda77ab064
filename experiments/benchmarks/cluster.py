"""How much sooner two are done than one: processes of this machine, and workers of a Dask cluster on it.

    python experiments/benchmarks/cluster.py [--shards FOLDER]

The work is either loops of sums, which need nothing but a processor, or the shards of a folder, classified by the
default model as `framing classify FOLDER --output OUT/` does, each run into an empty folder. The two clusters, one of a
single worker and one of two, are there before anything is timed, as one that is used in earnest is; the processes are
started anew in every run, which is timed. The workers have no nanny, since none is meant to be lost. All of it,
scheduler and this process included, shares this machine: on two processors the two workers have a little less than
both. The machine must have nothing else to do: Linux shares its processors out by sessions, so that beside other
programs two processes of one session get no more than one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from framing.artifact import default_folder
from framing.artifact.manifest import read_manifest
from framing.corpus.classifier import load_classifier
from framing.corpus.corpus_run import CorpusRun, run
from framing.corpus.executors import in_processes, on_cluster
from framing.corpus.run_state import RunSettings
from framing.corpus.shard_job import ShardWork
from framing.corpus.shards import Shard, find_shards

sys.path.insert(0, str(Path(__file__).parent))
from measuring import ROOT, Contender, markdown, ratio, save, take_turns

ROUNDS = 5
Execute = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]


def sums(rounds: int) -> int:
    """Keep a processor busy, a million additions a round."""
    return sum(sum(range(1_000_000)) for _ in range(rounds))


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """Start a scheduler and workers of one thread each on this machine, and yield the scheduler's address."""
    from distributed import Client

    folder.mkdir()
    file = folder / "scheduler.json"
    scheduler = ["scheduler", "--port", "0"]
    worker = ["worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    started = []
    try:
        for command, *options in [scheduler, *[worker] * workers]:
            module = [sys.executable, "-m", f"distributed.cli.dask_{command}", "--host", "127.0.0.1", *options]
            quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file)]
            paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
            environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            started.append(
                subprocess.Popen(  # noqa: S603 - what is named above
                    [*module, *quiet],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    env=environment,
                )
            )
        while not file.exists() and started[0].poll() is None:
            time.sleep(0.05)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
            address = client.scheduler.address
        yield address
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def do_sums(items: Sequence[int], execute: Execute) -> None:
    wanted = sums(items[0])
    if [outcome for _, outcome in execute(sums, items)] != [wanted] * len(items):
        raise SystemExit("a sum is wrong")


def classify(shards: Sequence[Shard], output: Path, execute: Execute) -> None:
    shutil.rmtree(output, ignore_errors=True)
    manifest = read_manifest(default_folder())
    corpus = CorpusRun(shards, output, default_folder(), RunSettings(manifest["name"], manifest["digest"]))
    summary = run(corpus, partial(execute, ShardWork(load_classifier)))
    if summary.failed:
        raise SystemExit(f"{len(summary.failed)} shards failed: {summary.failed}")


def table(result: dict[str, Any]) -> str:
    """Set two processes and two workers against one of each."""
    rows, seconds = [], result["seconds"]
    for one, two in (("1 process", "2 processes"), ("1 Dask worker", "2 Dask workers")):
        times = [f"{median(seconds[name]):.2f}" for name in (one, two)]
        rows.append((f"{two} against {one}", *times, ratio(seconds[one], seconds[two])))
    return markdown(("", "seconds of one", "of two", "times as fast"), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shards", type=Path, help="a folder of shards to be classified, in the place of sums")
    parser.add_argument("--items", type=int, default=24, help="pieces of work without --shards (default: 24)")
    parser.add_argument("--size", type=int, default=20, help="million additions in a piece (default: 20)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default: {ROUNDS}; a single one is not warmed up")
    parser.add_argument("--output", type=Path, help="where the figures go, in the place of results/cluster*.json")
    options = parser.parse_args(arguments)

    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        if options.shards is None:
            name, work = "cluster", partial(do_sums, [options.size] * options.items)
        else:
            shards = find_shards([str(options.shards)], folder / "out", on_error=_fail, on_skip=_fail)
            name, work = "cluster_shards", partial(classify, shards, folder / "out")
        contenders = []
        for number in (1, 2):
            address = stack.enter_context(cluster(number, folder / f"cluster-{number}"))
            many = "es" if number > 1 else ""
            contenders += [
                Contender(f"{number} process{many}", partial(work, partial(in_processes, jobs=number)), threads=2),
                Contender(
                    f"{number} Dask worker{many[1:]}", partial(work, partial(on_cluster, address=address)), threads=2
                ),
            ]
        seconds = take_turns(contenders, rounds=options.rounds)

    result = {"rounds": options.rounds, "items": options.items if options.shards is None else len(shards)}
    result["seconds"] = seconds
    save(name, result, options.output)
    print(table(result))
    return 0


def _fail(problem: object) -> None:
    raise SystemExit(str(problem))


if __name__ == "__main__":
    sys.exit(main())
