"""A corpus of shards classified: where the work is done, and what is told while it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from framing.artifact import default_folder, load
from framing.codebook import Codebook
from framing.corpus.classifier import load_classifier
from framing.corpus.cluster_checks import Needs
from framing.corpus.corpus_run import CorpusRun, Executor, run
from framing.corpus.executors import in_process, in_processes, on_cluster
from framing.corpus.run_progress import Progress
from framing.corpus.run_state import RunSettings
from framing.corpus.run_summary import RunSummary
from framing.corpus.shard_job import ShardWork
from framing.corpus.shards import Shard, find_shards
from framing.errors import FramingError, MissingExtraError, UsageError
from framing.workflow.classification import known_outlet

# So many inputs are looked for by each worker of a cluster before the work begins.
_PROBED_INPUTS = 20


@dataclass(frozen=True)
class Listener:
    """What is told of a run while it goes on.

    Attributes
    ----------
    on_error : callable
        Takes the FramingError of a source or shard that cannot be read.
    on_skip : callable
        Takes the path of each file that is of no known kind.
    on_changed : callable
        Takes the name of each shard that was done before and whose input has changed.
    on_progress : callable or None
        Takes how far the run is, twice a second.
    """

    on_error: Callable[[FramingError], None]
    on_skip: Callable[[str], None]
    on_changed: Callable[[str], None]
    on_progress: Callable[[Progress], None] | None = None


def classify_corpus(
    sources: Sequence[str],
    output: str | os.PathLike[str],
    listener: Listener,
    *,
    model: Path,
    codebook: Codebook | None = None,
    format_: str = "jsonl",
    full: bool = False,
    outlet: str | None = None,
    jobs: int = 1,
    cluster: str | None = None,
    overwrite: bool = False,
) -> RunSummary:
    """Classify every jsonl, csv and parquet file of a corpus into a folder, or go on where a run was broken off.

    Parameters
    ----------
    sources : sequence of str
        Folders, files or patterns; see `find_shards`.
    output : path-like
        A folder; see `opened_run`.
    listener : Listener
    model : Path
    codebook : Codebook, optional
        Refuse a model that was trained for another.
    format_ : str
        'jsonl', 'csv' or 'parquet'.
    full : bool
        Write evidence, shares and texts, too.
    outlet : str, optional
        The kind of outlet that all articles are from.
    jobs : int
        How many processes work on this machine.
    cluster : str, optional
        The address of a Dask scheduler whose workers do the work.
    overwrite : bool
        Start anew where the folder holds results of another model, of other options or other inputs.

    Raises
    ------
    UsageError
        When options do not go together, or the folder is not for this run.
    MissingExtraError
        When Parquet or a cluster is asked for and what it needs is not installed.
    FramingError
        When the model cannot be loaded, nothing can be read, or the output cannot be written to.
    """
    if jobs < 1:
        raise UsageError(f"--jobs must be 1 or more, not {jobs}")
    if format_ == "parquet" and find_spec("pyarrow") is None:
        # Or each shard would fail by itself.
        raise MissingExtraError("corpus", "writing Parquet files")
    if cluster is not None and jobs > 1:
        raise UsageError("--jobs is for this machine; on a cluster each worker says how much it does at a time")
    artifact = load(model, codebook=codebook, evaluation=False)
    if outlet is not None:
        known_outlet(artifact, outlet)
    digest = str(artifact.manifest["digest"])
    # Other machines may have the package, and its model with it, in another place.
    own = None if model.resolve() == default_folder().resolve() else model.resolve()
    settings = RunSettings(artifact.name, digest, format_, full, outlet)
    # Each worker has a model of its own, this process among them.
    del artifact
    shards = find_shards(sources, output, on_error=listener.on_error, on_skip=listener.on_skip)
    work = ShardWork(load_classifier)
    executor: Executor = partial(in_process, work)
    if cluster is not None:
        with_parquet = format_ == "parquet" or any(shard.kind == "parquet" for shard in shards)
        needs = Needs(
            str(Path(output).resolve()), _spread(shards), None if own is None else str(own), digest,
            ("pyarrow",) if with_parquet else (),
        )  # fmt: skip
        executor = partial(on_cluster, work, address=cluster, needs=needs)
    elif jobs > 1:
        executor = partial(in_processes, work, jobs=min(jobs, len(shards)))
    return run(
        CorpusRun(shards, output, own, settings, overwrite=overwrite),
        executor,
        on_progress=listener.on_progress,
        on_failed=listener.on_error,
        on_changed=listener.on_changed,
    )


def _spread(shards: Sequence[Shard]) -> tuple[str, ...]:
    """Take a few inputs from all over a corpus: parts of it may lie on other disks."""
    step = -(-len(shards) // _PROBED_INPUTS)
    return tuple(shard.path for shard in shards[::step])
