"""What came of a shard, and the record of it: a shard is done when its record says so, and only then."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from framing.corpus.checked_files import make_folder, sync_names
from framing.corpus.shards import Shard
from framing.corpus.tally import Tally, tally_of_json
from framing.files import written_aside

_LARGEST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class ShardOutcome:
    """What came of a shard.

    Attributes
    ----------
    shard : Shard
        As it was when it was read.
    tally : Tally
    set_aside : int
        Rows that could not be used.
    cut : int
        Times that an article was so long that it was read in parts.
    unknown_outlets : tuple of str
        Kinds of outlet that the model has not learnt of, twenty at most.
    input_sha256, output_sha256 : str
    output_bytes, set_aside_bytes : int
        Sizes of what was written; 0 for the rows set aside where there is no such file.
    seconds : float
    failed : str or None
        Why there is no output; nothing else is told then.
    """

    shard: Shard
    tally: Tally = field(default_factory=Tally)
    set_aside: int = 0
    cut: int = 0
    unknown_outlets: tuple[str, ...] = ()
    input_sha256: str = ""
    output_sha256: str = ""
    output_bytes: int = 0
    set_aside_bytes: int = 0
    seconds: float = 0.0
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A shard's record.

    Attributes
    ----------
    run : str
        The fingerprint of the run that it is of.
    outcome : ShardOutcome
    """

    run: str
    outcome: ShardOutcome


def write_record(path: Path, record: Record) -> None:
    """Write down that a shard is done.

    Raises
    ------
    InputError
        When that cannot be written; the shard then counts as not done.
    """
    make_folder(path.parent)
    values = asdict(record.outcome)
    del values["failed"]
    with written_aside(path) as file:
        # Names that are no UTF-8 stand in ASCII alone.
        file.write((json.dumps({"run": record.run, **values}, indent=1) + "\n").encode("ascii"))
    sync_names(path.parent)


def read_record(path: Path) -> Record | None:
    """Read a shard's record; None where there is none that can be believed."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            return None
        return _record(json.loads(content))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _record(values: Any) -> Record:
    values = dict(values)
    run = values.pop("run")
    shard, tally = Shard(**values.pop("shard")), tally_of_json(values.pop("tally"))
    outlets = tuple(values.pop("unknown_outlets"))
    outcome = ShardOutcome(shard, tally, unknown_outlets=outlets, **values)
    texts: tuple[object, ...] = (
        run,
        shard.path,
        shard.name,
        shard.kind,
        outcome.input_sha256,
        outcome.output_sha256,
        *outlets,
    )
    counts: tuple[int, ...] = (
        *(shard.size, shard.mtime_ns, outcome.set_aside, outcome.cut),
        *(outcome.output_bytes, outcome.set_aside_bytes),
    )
    if not all(isinstance(text, str) for text in texts) or not all(type(count) is int for count in counts):
        raise ValueError("a value of the wrong kind")
    bytes.fromhex(outcome.output_sha256)
    if "failed" in values or min(counts[2:]) < 0:
        raise ValueError("a value out of range")
    return Record(run, outcome)
