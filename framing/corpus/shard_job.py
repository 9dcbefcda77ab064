"""One shard classified, from its file to its output, and the record that says that it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from framing.corpus.batch_scoring import BatchScoring, Classifier, scoring
from framing.corpus.checked_files import HashingFile, make_folder, sha256_of, sync_names
from framing.corpus.heartbeats import Heartbeat
from framing.corpus.set_aside import SetAside
from framing.corpus.shard_record import Record, ShardOutcome, write_record
from framing.corpus.shard_rows import article_batches
from framing.corpus.shards import HOME, Shard, output_name, set_aside_name, shown
from framing.corpus.work import OncePerProcess
from framing.errors import FramingError, InputError
from framing.files import written_aside

RECORDS = "shards"
PROGRESS = "progress"

OnProgress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class ShardJob:
    """What is to be done with a shard; small, and all that a worker needs to be told.

    Attributes
    ----------
    shard : Shard
    output : str
        The folder for all results, absolute.
    model : str or None
        The model's folder, absolute; None for the one that comes with the package.
    digest : str
        The model's digest, as in its manifest.
    run : str
        The fingerprint of all that the results depend on but the shard; see `framing.corpus.run_state`.
    format : str
        'jsonl', 'csv' or 'parquet'.
    full : bool
        Write all that `Artifact.classify` tells: texts, evidence, shares.
    outlet : str or None
        The kind of outlet that all articles are from, whatever the shard says.
    threads : int
        How many the scorer may use.
    """

    shard: Shard
    output: str
    model: str | None
    digest: str
    run: str
    format: str = "jsonl"
    full: bool = False
    outlet: str | None = None
    threads: int = 1

    @property
    def output_path(self) -> Path:
        return Path(self.output) / output_name(self.shard.name, self.format)

    @property
    def set_aside_path(self) -> Path:
        return Path(self.output) / set_aside_name(self.shard.name)

    @property
    def record_path(self) -> Path:
        return Path(self.output) / HOME / RECORDS / f"{self.shard.name}.json"


@dataclass(frozen=True, slots=True)
class ShardWork:
    """The work that executors are given: a shard is scored by a model that is loaded once in each process.

    Parameters
    ----------
    load : callable
        A function of a module, from a model's folder, its digest and a number of threads to a classifier.
    """

    load: Callable[[str, str, int], Classifier]

    def __call__(self, job: ShardJob) -> ShardOutcome:
        try:
            classifier = OncePerProcess(self.load, (job.model, job.digest, job.threads))()
        except FramingError as error:
            return ShardOutcome(job.shard, failed=str(error))
        with Heartbeat(Path(job.output) / HOME / PROGRESS, job.shard.name) as beat:
            return score_shard(job, classifier, beat)


def score_shard(job: ShardJob, classifier: Classifier, on_progress: OnProgress | None = None) -> ShardOutcome:
    """Classify a shard.

    The output and the rows set aside are written aside, brought to disk and renamed; only then is the record written
    that says that the shard is done. Doing it twice is harmless: the same shard and model give the same bytes.

    Parameters
    ----------
    job : ShardJob
    classifier : Classifier
    on_progress : callable, optional
        Told from batch to batch how many bytes were read, paragraphs written and rows set aside.

    Returns
    -------
    ShardOutcome
        Its ``failed`` says why there is no output, where the shard cannot be read or nothing can be written.
    """
    began = time.monotonic()
    try:
        outcome = replace(_scored(job, classifier, on_progress), seconds=time.monotonic() - began)
        write_record(job.record_path, Record(job.run, outcome))
    except FramingError as error:
        reason = error.message if error.path == shown(job.shard.path) and error.line is None else str(error)
    except MemoryError:
        reason = "there was too little memory for it"
    else:
        return outcome
    return ShardOutcome(job.shard, seconds=time.monotonic() - began, failed=reason)


def _scored(job: ShardJob, classifier: Classifier, on_progress: OnProgress | None) -> ShardOutcome:
    shard = _as_it_is(job.shard)
    digest = sha256_of(shard.path)
    make_folder(job.output_path.parent)
    with (
        SetAside(job.set_aside_path, shown(shard.name)) as set_aside,
        written_aside(job.output_path) as file,
        HashingFile(file) as output,
    ):
        score = scoring(classifier, cast("BinaryIO", output), format_=job.format, full=job.full, outlet=job.outlet)
        _score_rows(shard, score, set_aside, on_progress)
        if _as_it_is(shard) != shard:
            raise InputError("was changed while it was read; leave it alone and run again", path=shard.path)
    sync_names(job.output_path.parent)
    if set_aside.bytes:
        sync_names(job.set_aside_path.parent)
    return ShardOutcome(
        shard,
        score.tally,
        set_aside=set_aside.rows,
        cut=set_aside.notes,
        unknown_outlets=score.unknown_outlets,
        input_sha256=digest,
        output_sha256=output.sha256,
        output_bytes=output.size,
        set_aside_bytes=set_aside.bytes,
    )


def _score_rows(shard: Shard, score: BatchScoring, set_aside: SetAside, on_progress: OnProgress | None) -> None:
    for batch in article_batches(shard, on_bad=set_aside.add, on_cut=set_aside.note):
        score.add(batch)
        if on_progress is not None:
            on_progress(batch.bytes_read, score.tally.paragraphs, set_aside.rows)
    if set_aside.first is not None and not score.tally.articles:
        place = "" if set_aside.first.line is None else f"line {set_aside.first.line}: "
        reason = f"none of its {set_aside.rows} rows can be used; the first: {place}{set_aside.first.reason}"
        raise InputError(reason, path=shown(shard.path))
    score.close()


def _as_it_is(shard: Shard) -> Shard:
    try:
        facts = Path(shard.path).stat()
    except FileNotFoundError:
        raise InputError("is gone", path=shown(shard.path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=shown(shard.path)) from None
    return replace(shard, size=facts.st_size, mtime_ns=facts.st_mtime_ns)
