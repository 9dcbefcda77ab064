"""What the benchmarks of this folder share: turns taken by all contenders, the machine told, tables and results.

Seconds of one run say little: another program at work, a hot processor, and they are others. So the contenders of a
table take turns in one process, round after round, and what is told is the ratio of two within a round: its median
over the rounds, and its range.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import framing
from framing.files import written_aside

HOME = Path(__file__).parent
ROOT = HOME.parents[1]
RESULTS = HOME / "results"
ROUNDS = 9
PACKAGES = ("numpy", "scipy", "scikit-learn", "numba", "pyarrow", "joblib", "dask", "fasttext-numpy2", "vowpalwabbit")


@dataclass(frozen=True)
class Ratio:
    """How many times as fast as another a contender is.

    Attributes
    ----------
    median, low, high : float
        Over the rounds.
    """

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True)
class Contender:
    """One way of doing what a table compares.

    Attributes
    ----------
    name : str
    run : callable
        Does all of it once.
    threads : int
        Processors that it may use.
    prepare : callable
        Called before each run, untimed.
    """

    name: str
    run: Callable[[], object]
    threads: int = 1
    prepare: Callable[[], object] = lambda: None


def take_turns(contenders: Sequence[Contender], *, rounds: int) -> dict[str, list[float]]:
    """Let each contender run once a round, after one run that does not count where there are several rounds.

    Each round has an order of its own, the same whenever the benchmark is run: nobody always comes after the same one.
    The linear algebra keeps to one thread, and a contender to as many processors as it has threads: a program that
    reads in one thread and works in another would otherwise be measured with two. Where the system cannot hold a
    process to a processor, it is left alone.

    Parameters
    ----------
    contenders : sequence of Contender
    rounds : int

    Returns
    -------
    dict of str to list of float
        Seconds of each round by name.
    """
    from threadpoolctl import threadpool_limits

    seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    with threadpool_limits(1), _frozen():
        for number in range(-1 if rounds > 1 else 0, rounds):
            order = random.Random(number).sample(contenders, len(contenders))  # noqa: S311
            for contender in order:
                with _on_processors(contender.threads):
                    taken = _once(contender)
                if number >= 0:
                    seconds[contender.name].append(taken)
    return seconds


@contextmanager
def _frozen() -> Iterator[None]:
    """Let no contender pay for a search for garbage among what the others hold."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _once(contender: Contender) -> float:
    contender.prepare()
    gc.collect()
    began = time.perf_counter()
    contender.run()
    return time.perf_counter() - began


@contextmanager
def _on_processors(number: int) -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-number:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def ratio(reference: Sequence[float], seconds: Sequence[float]) -> Ratio:
    """Tell how many times as fast as a reference something is, round by round."""
    ratios = [theirs / ours for theirs, ours in zip(reference, seconds, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def machine() -> dict[str, Any]:
    """Describe what a result was measured on, without naming it."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": _processor(),
        "cores": cores,
        "memory_gigabytes": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "framing": framing.__version__,
        "versions": versions,
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):
        return None


def markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Set rows in a table; what is not in the first column is set to the right."""
    head = f"| {' | '.join(columns)} |"
    lines = [head, "|---" + "|---:" * (len(columns) - 1) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def save(name: str, result: Mapping[str, Any], output: Path | None = None) -> Path:
    """Write a result with the machine that gave it to ``results/NAME.json``, or to another file."""
    path = RESULTS / f"{name}.json" if output is None else output
    path.parent.mkdir(parents=True, exist_ok=True)
    command = " ".join(["python", f"experiments/benchmarks/{Path(sys.argv[0]).name}", *_told(sys.argv[1:])])
    content = {"command": command, "machine": machine(), **result}
    with written_aside(path) as file:
        file.write((json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def _told(arguments: Sequence[str]) -> list[str]:
    """Keep the arguments but for places on this machine."""
    return [Path(argument).name if os.sep in argument else argument for argument in arguments]
