"""The folder of a corpus run: for which model it is, who may write there, and which shards are done."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from framing import __version__
from framing.corpus.batch_scoring import check_format
from framing.corpus.checked_files import make_folder, sha256_of, sync_names
from framing.corpus.shard_job import PROGRESS, RECORDS, ShardJob
from framing.corpus.shard_record import ShardOutcome, read_record
from framing.corpus.shards import FORMATS, HOME, RUN, output_name, shown
from framing.errors import InputError, UsageError
from framing.files import written_aside

_LOCK = "lock"
_LARGEST = 2**20
# How `written_aside` calls what it has not finished.
_LEFTOVER = re.compile(r"\..+\.[a-z0-9_]{8}\.part")
_WAY_OUT = "name another output, or start anew with --overwrite"


@dataclass(frozen=True)
class RunSettings:
    """All that the results of a run depend on but its inputs.

    Attributes
    ----------
    model : str
        The model's name.
    digest : str
        The model's digest.
    format : str
        'jsonl', 'csv' or 'parquet'.
    full : bool
    outlet : str or None
    framing : str
        The version of this package.
    """

    model: str
    digest: str
    format: str = "jsonl"
    full: bool = False
    outlet: str | None = None
    framing: str = __version__

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Judged:
    """The shards of a corpus that are not done, and what was found beside.

    Attributes
    ----------
    to_do : list of ShardJob
    changed : list of str
        The names of those to do that were done, and whose input has changed since.
    strays : int
        Shards that were done and are no longer there; their results are left as they are.
    """

    to_do: list[ShardJob]
    changed: list[str]
    strays: int


@contextlib.contextmanager
def opened_run(output: str | os.PathLike[str], settings: RunSettings, *, overwrite: bool = False) -> Iterator[None]:
    """Hold the only right to write results to a folder, and make it ready.

    What killed runs have left unfinished is removed, at the start and at the end.

    Parameters
    ----------
    output : path-like
        Made where it is missing.
    settings : RunSettings
    overwrite : bool
        Start anew where the folder holds results of other settings; they are replaced one by one.

    Raises
    ------
    UsageError
        When the folder holds something else, or results of other settings, or another run writes there.
    InputError
        When it cannot be written to.
    """
    check_format(settings.format, full=settings.full)
    output = Path(output)
    home = output / HOME
    _refuse_foreign(output)
    make_folder(home)
    with _locked(home / _LOCK, output):
        _agree(home / RUN, settings, overwrite=overwrite)
        _sweep(output)
        make_folder(home / PROGRESS)
        try:
            yield
        finally:
            _sweep(output)


def judge(
    output: str | os.PathLike[str],
    jobs: Sequence[ShardJob],
    on_done: Callable[[ShardOutcome], None],
    *,
    overwrite: bool = False,
) -> Judged:
    """Tell which shards are done; what is there of the others is removed.

    A shard is done when its record is of this run, its input is as it was (of the same size and time, or of the same
    digest), and what was written of it is there in its full size.

    Parameters
    ----------
    output : path-like
    jobs : sequence of ShardJob
    on_done : callable
        Takes what came of each shard that need not be scored again.
    overwrite : bool
        Replace also the results of other inputs that have the same names.

    Raises
    ------
    UsageError
        When the folder holds results of other inputs that have the same names.
    InputError
        When something cannot be removed.
    """
    to_do: list[ShardJob] = []
    changed: list[str] = []
    for job in jobs:
        record = read_record(job.record_path)
        ours = record is not None and record.run == job.run and record.outcome.shard.name == job.shard.name
        former = record.outcome if record is not None and ours else None
        same = former is not None and _same_input(former, job)
        if former is not None and same and _written(former, job):
            on_done(former)
            continue
        to_do.append(job)
        if former is not None and not same:
            changed.append(job.shard.name)
            if former.shard.path != job.shard.path and not overwrite:
                both = f"{shown(former.shard.path)}, and {shown(job.shard.path)} has the same name there"
                raise UsageError(f"holds results of {both}; {_WAY_OUT}", path=output)
    for job in to_do:
        _remove(job)
    return Judged(to_do, changed, _strays(Path(output), jobs))


def _refuse_foreign(output: Path) -> None:
    """Refuse a folder that holds what is not a run's, so that nothing of it can be replaced."""
    try:
        names = sorted(path.name for path in output.iterdir() if path.name != HOME)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise UsageError("is a file; name a folder for the results", path=output) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=output) from None
    if names and not (output / HOME / RUN).is_file():
        raise UsageError(f"holds {names[0]}, and no run of framing; name an empty folder, or a new one", path=output)


@contextlib.contextmanager
def _locked(path: Path, output: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        message = "another run writes there now; wait until it is done, or name another output"
        raise UsageError(message, path=output) from None
    except (OSError, NotImplementedError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its file system knows no locks"
        raise InputError(f"cannot be locked for writing: {reason}", path=output) from None
    try:
        yield
    finally:
        lock.release()


def _agree(path: Path, settings: RunSettings, *, overwrite: bool) -> None:
    """Write down what the run is for, or compare it with what is written."""
    wanted = asdict(settings)
    if path.exists() and not overwrite:
        found = _read_settings(path)
        if differences := [
            f"{key} {_told(found.get(key))} and not {_told(value)}"
            for key, value in wanted.items()
            if key not in found or found[key] != value
        ]:
            raise UsageError(
                f"holds results of another run: {', '.join(differences)}; {_WAY_OUT}", path=path.parents[1]
            )
        return
    with written_aside(path) as file:
        file.write((json.dumps(wanted, indent=1) + "\n").encode("ascii"))
    sync_names(path.parent)


def _read_settings(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"is damaged; {_WAY_OUT}", path=path)
    return found


def _told(value: Any) -> str:
    text = " ".join(json.dumps(value, ensure_ascii=False).split())
    return text if len(text) <= 40 else f"{text[:13]}…"


def _sweep(output: Path) -> None:
    """Remove what killed runs have left; what cannot be removed is in nobody's way."""
    shutil.rmtree(output / HOME / PROGRESS, ignore_errors=True)
    for folder, _, names in os.walk(output):
        for name in names:
            if _LEFTOVER.fullmatch(name):
                with contextlib.suppress(OSError):
                    (Path(folder) / name).unlink()


def _same_input(former: ShardOutcome, job: ShardJob) -> bool:
    before, now = former.shard, job.shard
    if before.size != now.size:
        return False
    if before.mtime_ns == now.mtime_ns and before.path == now.path:
        return True
    try:
        return sha256_of(now.path) == former.input_sha256
    except InputError:
        # What cannot be read now fails when it is to be scored.
        return False


def _written(former: ShardOutcome, job: ShardJob) -> bool:
    return _size(job.output_path) == former.output_bytes and (
        not former.set_aside_bytes or _size(job.set_aside_path) == former.set_aside_bytes
    )


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _remove(job: ShardJob) -> None:
    """Remove what is there of a shard, in whichever format: a run that was started anew may have had another."""
    outputs = [Path(job.output, output_name(job.shard.name, format_)) for format_ in FORMATS]
    # The record first: what it speaks for is no longer there then.
    for path in [job.record_path, *outputs, job.set_aside_path]:
        try:
            os.unlink(path)  # noqa: PTH108 - a corpus may have very many shards, and of most there is nothing
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            # A folder of other shards may be called so; where that is in the way, it is told of the shard alone.
            if not path.is_dir():
                raise InputError(f"cannot be removed: {error.strerror}", path=path) from None


def _strays(output: Path, jobs: Sequence[ShardJob]) -> int:
    known = {job.record_path for job in jobs}
    # As jobs name it: absolute, and without links.
    return sum(path not in known for path in Path(os.path.realpath(output), HOME, RECORDS).rglob("*.json"))
