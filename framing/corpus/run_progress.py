"""How far a corpus run is, counted from the shards that are done and the heartbeats of those in work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from framing.corpus.heartbeats import read_heartbeats
from framing.corpus.shard_job import ShardJob
from framing.corpus.shard_record import ShardOutcome

_SECONDS_BETWEEN = 0.5


@dataclass(frozen=True)
class Progress:
    """How far a run is; shards that were done before it began are no part of it but for ``skipped``.

    Attributes
    ----------
    bytes, total_bytes : int
        Of the inputs.
    shards, total_shards : int
    paragraphs, set_aside : int
    failed : int
    skipped : int
    seconds : float
    """

    bytes: int
    total_bytes: int
    shards: int
    total_shards: int
    paragraphs: int
    set_aside: int
    failed: int
    skipped: int
    seconds: float

    @property
    def rate(self) -> float:
        """Paragraphs per second so far."""
        return self.paragraphs / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Reckoned from the bytes read so far; None before the first."""
        return self.seconds * (self.total_bytes - self.bytes) / self.bytes if self.bytes else None


class RunProgress:
    """Counts what is done of a run.

    Parameters
    ----------
    jobs : sequence of ShardJob
        Those to do.
    skipped : int
        Shards that were done before.
    folder : Path
        Where the heartbeats are.
    """

    def __init__(self, jobs: Sequence[ShardJob], *, skipped: int, folder: Path):
        self._waiting = {job.shard.name: job.shard.size for job in jobs}
        self._total = sum(self._waiting.values())
        self._shards = len(jobs)
        self._skipped = skipped
        self._folder = folder
        self._began = time.monotonic()
        self._bytes = self._paragraphs = self._set_aside = self._failed = 0
        self._lock = threading.Lock()

    def add(self, outcome: ShardOutcome) -> None:
        """Count a shard that is done, or has failed."""
        with self._lock:
            self._bytes += self._waiting.pop(outcome.shard.name)
            self._paragraphs += outcome.tally.paragraphs
            self._set_aside += outcome.set_aside
            self._failed += outcome.failed is not None

    def now(self) -> Progress:
        beats = read_heartbeats(self._folder)
        with self._lock:
            # A heartbeat may outlast its shard, or be of a process that is lost.
            beats = [beat for beat in beats if beat.shard in self._waiting]
            return Progress(
                self._bytes + sum(min(beat.bytes, self._waiting[beat.shard]) for beat in beats),
                self._total,
                self._shards - len(self._waiting),
                self._shards,
                self._paragraphs + sum(beat.paragraphs for beat in beats),
                self._set_aside + sum(beat.set_aside for beat in beats),
                self._failed,
                self._skipped,
                time.monotonic() - self._began,
            )

    @contextmanager
    def told(self, on_progress: Callable[[Progress], None] | None) -> Iterator[None]:
        """Tell how far the run is twice a second, from a thread of its own, and at the end from this one."""
        if on_progress is None:
            yield
            return
        ended = threading.Event()

        def tell() -> None:
            while not ended.wait(_SECONDS_BETWEEN):
                on_progress(self.now())

        thread = threading.Thread(target=tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
        on_progress(self.now())
