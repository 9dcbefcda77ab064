"""How far the shards in work are, told through small files, whatever process or machine works on them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_SECONDS_BETWEEN = 0.5
_LARGEST = 10_000


@dataclass(frozen=True)
class Beat:
    """How far a shard is.

    Attributes
    ----------
    shard : str
        Its name.
    bytes : int
        Read of it.
    paragraphs, set_aside : int
        Written of it, and rows set aside.
    """

    shard: str
    bytes: int
    paragraphs: int
    set_aside: int


class Heartbeat:
    """Tells from time to time how far a shard is; the file goes with the ``with`` block.

    What goes wrong with it is passed over: it is for those who wait, and nothing depends on it.

    Parameters
    ----------
    folder : Path
    shard : str
        The shard's name.
    """

    def __init__(self, folder: Path, shard: str):
        digest = hashlib.sha256(shard.encode("utf-8", "surrogatepass")).hexdigest()
        self._path = folder / digest[:32]
        self._shard = shard
        self._last = time.monotonic()

    def __enter__(self) -> Heartbeat:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def __call__(self, bytes_read: int, paragraphs: int, set_aside: int) -> None:
        """Tell how far it is, if enough time has passed."""
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN:
            return
        self._last = now
        beat = json.dumps(asdict(Beat(self._shard, bytes_read, paragraphs, set_aside)))
        aside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            aside.write_text(beat, encoding="ascii")
            aside.replace(self._path)


def read_heartbeats(folder: Path) -> list[Beat]:
    """Read how far the shards in work are; what cannot be read is left out."""
    beats: list[Beat | None] = []
    with contextlib.suppress(OSError):
        beats.extend(_read(path) for path in folder.iterdir() if "." not in path.name)
    return [beat for beat in beats if beat is not None]


def _read(path: Path) -> Beat | None:
    try:
        with path.open("rb") as file:
            values: Any = json.loads(file.read(_LARGEST))
        beat = Beat(**values)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    numbers: tuple[Any, ...] = (beat.bytes, beat.paragraphs, beat.set_aside)
    sound = isinstance(values["shard"], str) and all(type(number) is int and number >= 0 for number in numbers)
    return beat if sound else None
