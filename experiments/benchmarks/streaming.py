"""A corpus through `framing classify CORPUS --output OUT/`: rate, peak memory, and the same after being killed.

    python experiments/benchmarks/streaming.py

Makes a corpus (corpus.py), has it classified in one go, and then once more by a run that is killed with SIGKILL at
random moments and started again: by turns only the command itself, whose helpers are left to see to themselves, and
all of its processes at once. The outputs of both must have the same bytes. Memory is the largest that the system noted
of any one process of the run, and the largest that all of them had at once. A few paragraphs are classified before, so
that what the extra `fast` compiles once on a machine is there; starting and loading the model is timed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from corpus import FORMATS, SEED, Corpus, write_shards
from measuring import ROOT, markdown, save

KILLS = 3
BETWEEN_LOOKS = 0.05
SUMMARY, STATE = "summary.json", ".framing"
BEFORE = 20


@dataclass
class Memory:
    """What the processes of a run were seen to take, in bytes.

    Attributes
    ----------
    largest : int
        The most that any one of them took.
    together : int
        The most that all had at once; memory that they share is counted for each.
    """

    largest: int = 0
    together: int = 0

    def follow(self, process: subprocess.Popen[bytes], seconds: float = math.inf) -> None:
        """Look at a process and its descendants again and again, until it ends or so many seconds are over."""
        began = time.perf_counter()
        while process.poll() is None and time.perf_counter() - began < seconds:
            self._look(process.pid)
            time.sleep(BETWEEN_LOOKS)

    def _look(self, command: int) -> None:
        now = [figures for process in descendants(command) if (figures := _memory(process))]
        if now:
            self.largest = max(self.largest, *(peak for peak, _ in now))
            self.together = max(self.together, sum(size for _, size in now))


def descendants(process: int) -> Iterator[int]:
    """List a process and its descendants; none where the system does not tell."""
    yield process
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                yield from descendants(int(child))


def _memory(process: int) -> tuple[int, int] | None:
    """Return the peak and the present size of a process; None where it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    sizes = {
        name: int(rest.split()[0]) * 1024
        for name, _, rest in (line.partition(":") for line in lines)
        if name in ("VmHWM", "VmRSS")
    }
    return (sizes["VmHWM"], sizes["VmRSS"]) if len(sizes) == 2 else None


@dataclass(frozen=True)
class Run:
    """How to classify the corpus.

    Attributes
    ----------
    corpus : Path
    jobs : int
    format : str
        Of the output.
    """

    corpus: Path
    jobs: int
    format: str

    def start(self, output: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "framing", "classify", str(self.corpus), "--output", f"{output}/"]
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        # A file and no pipe, which would be full one day with nobody reading.
        with self.said.open("wb") as said:
            return subprocess.Popen(  # noqa: S603
                [*command, "--format", self.format, "--jobs", str(self.jobs)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={**os.environ, "PYTHONPATH": paths},
                start_new_session=True,
            )

    @property
    def said(self) -> Path:
        """Where the last run's messages are."""
        return self.corpus.with_suffix(".err")

    def unbroken(self, output: Path) -> tuple[float, Memory]:
        """Run to the end, and return the seconds and the memory that it took."""
        began, memory = time.perf_counter(), Memory()
        process = self.start(output)
        memory.follow(process)
        seconds = time.perf_counter() - began
        self._check(process)
        return seconds, memory

    def killed(self, output: Path, moments: Sequence[float]) -> tuple[int, Memory]:
        """Kill a run after so many seconds, start it again, kill it again, and let the last one end.

        Returns
        -------
        kills : int
            Fewer than there are moments where a run ended before its own.
        memory : Memory
        """
        memory, kills = Memory(), 0
        for number, moment in enumerate(moments):
            process = self.start(output)
            memory.follow(process, moment)
            if process.poll() is None:
                kills += 1
                if number % 2:
                    # The session is the run's own: all of its processes, and nobody else's.
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
                process.wait()
            else:
                self._check(process)
        process = self.start(output)
        memory.follow(process)
        self._check(process)
        return kills, memory

    def _check(self, process: subprocess.Popen[bytes]) -> None:
        if process.returncode != 0:
            said = self.said.read_text(encoding="utf-8", errors="replace").strip()
            raise SystemExit(f"framing classify ended with {process.returncode}: {said}")


def digests(output: Path) -> dict[str, str]:
    """Give the SHA-256 of every file of results by its name, and that of the summary without what tells of one run."""
    found = {}
    for path in sorted(path for path in output.rglob("*") if path.is_file()):
        name = path.relative_to(output).as_posix()
        if name.split("/")[0] == STATE:
            continue
        content = path.read_bytes()
        if name == SUMMARY:
            summary = json.loads(content)
            summary.pop("this_run", None)
            content = json.dumps(summary, sort_keys=True).encode()
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def measure(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    corpus = Corpus.of_labels()
    shards = write_shards(
        corpus, options.paragraphs, work / "corpus", shards=options.shards, kind=options.input, seed=options.seed
    )
    n_bytes = sum(path.stat().st_size for path in shards)
    write_shards(corpus, BEFORE, work / "before", shards=1, kind=options.input, seed=options.seed)
    del corpus
    Run(work / "before", options.jobs, options.format).unbroken(work / "classified-before")
    run = Run(work / "corpus", options.jobs, options.format)
    seconds, memory = run.unbroken(work / "unbroken")
    dice = random.Random(options.seed)  # noqa: S311
    # At any moment of what is left to do, so that each is killed at work.
    moments = [dice.uniform(0.1, 0.9) * seconds / (options.kills + 1) for _ in range(options.kills)]
    kills, after = run.killed(work / "killed", moments)
    whole, resumed = digests(work / "unbroken"), digests(work / "killed")
    summary = json.loads((work / "unbroken" / SUMMARY).read_bytes())
    return {
        "paragraphs": options.paragraphs,
        "shards": len(shards),
        "input": options.input,
        "format": options.format,
        "jobs": options.jobs,
        "input_megabytes": round(n_bytes / 1e6, 1),
        "seconds": round(seconds, 2),
        "paragraphs_per_second": round(options.paragraphs / seconds),
        "peak_megabytes_of_a_process": round(memory.largest / 1e6),
        "peak_megabytes_together": round(memory.together / 1e6),
        "peak_megabytes_of_a_process_resumed": round(after.largest / 1e6),
        "killed_after_seconds": [round(moment, 2) for moment in moments],
        "kills": kills,
        "files": len(whole),
        "same_bytes": whole == resumed,
        "differing": sorted(name for name in whole.keys() | resumed.keys() if whole.get(name) != resumed.get(name)),
        "sha256_of_all": hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest(),
        "summary": {name: value for name, value in summary.items() if name != "this_run"},
    }


def table(result: dict[str, Any]) -> str:
    rows = [
        (f"{result['paragraphs']:,} paragraphs in {result['shards']} shards of {result['input']}, processes",
         result["jobs"]),
        ("seconds", f"{result['seconds']:,.1f}"),
        ("paragraphs/s", f"{result['paragraphs_per_second']:,}"),
        ("peak memory of a process, MB", result["peak_megabytes_of_a_process"]),
        ("of all at once, MB", result["peak_megabytes_together"]),
        ("killed after seconds", ", ".join(f"{moment:.1f}" for moment in result["killed_after_seconds"])),
        ("of these before its end", result["kills"]),
        (f"outputs the same after that ({result['files']} files)", "yes" if result["same_bytes"] else "NO"),
    ]  # fmt: skip
    return markdown(("", ""), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 1 where what was killed and resumed has other bytes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paragraphs", type=int, default=1_000_000, help="default: 1,000,000")
    parser.add_argument("--shards", type=int, default=20, help="default: 20")
    parser.add_argument("--input", choices=FORMATS, default="jsonl", help="kind of the shards (default: jsonl)")
    parser.add_argument("--format", choices=FORMATS, default="jsonl", help="kind of the output (default: jsonl)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"default: {KILLS}")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--work", type=Path, help="where corpus and outputs go, and stay (default: removed at the end)")
    parser.add_argument("--output", type=Path, help="default: results/streaming.json beside this file")
    options = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        work = options.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        result = measure(options, work)
    save("streaming", result, options.output)
    print(table(result))
    return int(not result["same_bytes"])


if __name__ == "__main__":
    sys.exit(main())
