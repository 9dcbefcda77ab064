"""A model takes the place of another, and nothing is lost however it ends.

Each step leaves what was there: the former model is copied into the history, the folders change their names, a line is
added. Whoever takes the lock next mends what was broken off in between.
"""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from framing.annotation.appending import append_lines, locked
from framing.artifact.history import (
    HISTORY,
    PLACED,
    Action,
    Entry,
    History,
    describe,
    found,
    history_folder,
    read_history,
)
from framing.artifact.manifest import read_manifest
from framing.artifact.storage import load, refuse_foreign, swap
from framing.errors import ArtifactError, LabelError, UsageError

SHORT = 8


@contextmanager
def held(folder: Path, *, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the only right to put a model in place, and mend what a program that was stopped has left.

    Parameters
    ----------
    folder : Path
        Of the model, there or not.
    waiting : callable
        Called where another program holds the right, which is then waited for.

    Raises
    ------
    ArtifactError
        When the lock cannot be made, or what is broken not mended.
    """
    path = history_folder(folder) / HISTORY
    with ExitStack() as stack:
        with _as_artifact_errors(folder):
            try:
                stack.enter_context(locked(path, patience=0))
            except LabelError:
                waiting()
                # The system takes the lock back from a program that dies, so that the wait has an end.
                stack.enter_context(locked(path, patience=-1))
            _mend(folder)
        yield


def note(folder: Path, model: Path, action: Action, *, verdict: str | None = None, sentence: str | None = None) -> None:
    """Add a line on a model, and before it one on what stands there unexplained; its caller holds the lock.

    Raises
    ------
    ArtifactError
        When it cannot be written.
    """
    with _as_artifact_errors(folder):
        entries = [] if action in PLACED else _unexplained(folder)
        entries.append(describe(model, action, at=_now(), verdict=verdict, sentence=sentence))
        append_lines(history_folder(folder) / HISTORY, map(asdict, entries))


def put_in_place(
    new: Path, folder: Path, action: Action, *, verdict: str | None = None, sentence: str | None = None
) -> None:
    """Let a whole model folder take the place and the name of another, which is kept; its caller holds the lock.

    Parameters
    ----------
    new : Path
        On the same file system; it is gone afterwards.
    folder : Path
        Of the model in place.
    action, verdict, sentence : str
        As in `Entry`.

    Raises
    ------
    UsageError
        When the folder holds what is no model's.
    ArtifactError
        When something cannot be written; either model is whole then.
    """
    with _as_artifact_errors(folder):
        if folder.exists():
            refuse_foreign(folder)
            append_lines(history_folder(folder) / HISTORY, map(asdict, _unexplained(folder)))
            _keep(folder)
        swap(new, folder)
        note(folder, folder, action, verdict=verdict, sentence=sentence)


def restore(folder: Path, digest: str, *, waiting: Callable[[], None]) -> Entry | None:
    """Put a former model in place again; the present one is kept.

    Parameters
    ----------
    folder : Path
    digest : str
        The first figures of the former model's digest.
    waiting : callable
        See `held`.

    Returns
    -------
    Entry or None
        The line that was added; None where that very model is in place already.

    Raises
    ------
    UsageError
        When there is no such former model, or more than one.
    ArtifactError
        When it is damaged, or something cannot be written.
    """
    # Asking for what is not there must leave no trace of a history.
    _chosen(folder, read_history(folder), digest)
    with held(folder, waiting=waiting):
        history = read_history(folder)
        chosen = _chosen(folder, history, digest)
        if chosen == history.in_place:
            return None
        load(history.kept[chosen])
        with _as_artifact_errors(folder):
            aside = _copied_aside(history.kept[chosen], history_folder(folder))
            put_in_place(aside, folder, "rolled back")
        return read_history(folder).entries[-1]


def _chosen(folder: Path, history: History, digest: str) -> str:
    known = [*dict.fromkeys([*history.kept, *([] if history.in_place is None else [history.in_place])])]
    chosen = [one for one in known if digest and one.startswith(digest.lower())]
    if len(chosen) == 1:
        return chosen[0]
    for entry in history.entries:
        if digest and not chosen and entry.digest.startswith(digest.lower()):
            beside = folder.with_name(f"{folder.name}-{entry.digest[:SHORT]}")
            raise UsageError(f"the model '{digest}' never stood here; it was saved beside, as {beside.name}")
    listed = ", ".join(sorted(one[: max(SHORT, len(digest) + 4)] for one in known)) or "none"
    raise UsageError(f"{'more than one' if chosen else 'no'} model here has the digest '{digest}'; there are: {listed}")


def _unexplained(folder: Path) -> list[Entry]:
    entry = found(folder, read_history(folder))
    return [] if entry is None else [entry]


def _keep(folder: Path) -> None:
    """Copy the model in place into the history, unless it is there."""
    home, digest = history_folder(folder), str(read_manifest(folder, older=True)["digest"])
    for name in (digest[:SHORT], digest):
        if not (home / name).exists():
            _copied_aside(folder, home).rename(home / name)
            return
        if _digest_of(home / name) == digest:
            return
    raise ArtifactError("is in the way of the former model; move it away", path=home / digest)


def _copied_aside(model: Path, home: Path) -> Path:
    """Copy a model folder into a hidden one of the history."""
    aside = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=home))
    for path in sorted(model.iterdir()):
        with path.open("rb") as source, (aside / path.name).open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
    aside.chmod(0o755)
    return aside


def _mend(folder: Path) -> None:
    for former in sorted(folder.parent.glob(f".{glob.escape(folder.name)}.*.former/{glob.escape(folder.name)}")):
        if not folder.exists():
            former.rename(folder)
            former.parent.rmdir()
        elif _digest_of(former) in {None, *read_history(folder).kept}:
            # It is kept, or the deletion of it was broken off.
            shutil.rmtree(former.parent)
    for part in history_folder(folder).glob(".*.part/"):
        shutil.rmtree(part)


@contextmanager
def _as_artifact_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except LabelError as error:
        raise ArtifactError(error.message, path=error.path) from None
    except OSError as error:
        raise ArtifactError(f"cannot be written: {error.strerror}", path=folder) from None


def _digest_of(model: Path) -> str | None:
    try:
        return str(read_manifest(model, older=True)["digest"])
    except ArtifactError:
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
