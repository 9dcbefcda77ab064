"""A corpus classified shard by shard, wherever the work is done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from framing.corpus.run_progress import Progress, RunProgress
from framing.corpus.run_state import RunSettings, judge, opened_run
from framing.corpus.run_summary import RunSummary, remove_summary, summarise, write_summary
from framing.corpus.run_totals import RunTotals
from framing.corpus.shard_job import PROGRESS, ShardJob
from framing.corpus.shard_record import ShardOutcome
from framing.corpus.shards import HOME, Shard, check_outputs, shown
from framing.corpus.work import Outcomes
from framing.errors import FramingError, InputError

Executor = Callable[[Sequence[ShardJob]], Outcomes[ShardJob, ShardOutcome]]


@dataclass(frozen=True)
class CorpusRun:
    """What is to be done.

    Attributes
    ----------
    shards : sequence of Shard
        From `framing.corpus.shards.find_shards`.
    output : path-like
        The folder for the results.
    model : path-like or None
        The model's folder, as workers find it; None for the one that comes with the package, wherever each worker has
        that.
    settings : RunSettings
    threads : int
        How many each scorer may use.
    overwrite : bool
        Start anew where the output holds results of another model, other options or other inputs.
    """

    shards: Sequence[Shard]
    output: str | os.PathLike[str]
    model: str | os.PathLike[str] | None
    settings: RunSettings
    threads: int = 1
    overwrite: bool = False

    def jobs(self) -> list[ShardJob]:
        output, settings = os.path.realpath(self.output), self.settings
        model = None if self.model is None else os.path.realpath(self.model)
        return [
            ShardJob(
                shard, output, model, settings.digest, settings.fingerprint,
                settings.format, settings.full, settings.outlet, self.threads,
            )
            for shard in self.shards
        ]  # fmt: skip


def run(
    corpus: CorpusRun,
    executor: Executor,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_failed: Callable[[FramingError], None] | None = None,
    on_changed: Callable[[str], None] | None = None,
) -> RunSummary:
    """Classify a corpus, or what is left of it from a run that was broken off.

    Parameters
    ----------
    corpus : CorpusRun
    executor : callable
        From jobs to pairs of a job and its outcome, such as ``partial(in_process, ShardWork(load))``.
    on_progress : callable, optional
        Told about twice a second, from a thread of its own, and at the end.
    on_failed : callable, optional
        Told of each shard that has no output, when that is found.
    on_changed : callable, optional
        Told, before the work begins, of each shard done before whose input has changed.

    Returns
    -------
    RunSummary
        It stands in ``summary.json``, too.

    Raises
    ------
    UsageError
        When two shards would be written to one file, or the folder is in the way; see `opened_run` and `judge`.
    InputError
        When the output cannot be written to.
    """
    began = time.monotonic()
    check_outputs(corpus.shards, corpus.settings.format)
    output = Path(corpus.output)
    with opened_run(output, corpus.settings, overwrite=corpus.overwrite):
        totals = RunTotals(corpus.settings.format)
        judged = judge(output, corpus.jobs(), totals.add, overwrite=corpus.overwrite)
        skipped = totals.done
        for name in judged.changed:
            if on_changed is not None:
                on_changed(shown(name))
        if judged.to_do:
            remove_summary(output)
        # The largest first, so that none of them is left to one process when all others have ended.
        waiting = sorted(judged.to_do, key=lambda job: (-job.shard.size, job.shard.name))
        progress = RunProgress(waiting, skipped=skipped, folder=output / HOME / PROGRESS)
        with progress.told(on_progress), _executed(executor, waiting) as outcomes:
            for job, found in outcomes:
                outcome = found if isinstance(found, ShardOutcome) else ShardOutcome(job.shard, failed=found.reason)
                totals.add(outcome)
                progress.add(outcome)
                if outcome.failed is not None and on_failed is not None:
                    on_failed(InputError(outcome.failed, path=shown(job.shard.path)))
        summary = summarise(
            corpus.settings,
            totals,
            judged,
            skipped=skipped,
            paragraphs_now=progress.now().paragraphs,
            seconds=time.monotonic() - began,
        )
        write_summary(output, summary)
    return summary


@contextmanager
def _executed(executor: Executor, jobs: Sequence[ShardJob]) -> Iterator[Outcomes[ShardJob, ShardOutcome]]:
    """Have jobs done, and end at once what is still in work when they are broken off."""
    if not jobs:
        yield iter(())
        return
    outcomes = executor(jobs)
    try:
        yield outcomes
    finally:
        # All executors are generators; this ends the processes that they started.
        if isinstance(outcomes, Generator):
            outcomes.close()
