"""What is said on stderr, so that stdout holds nothing but data."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framing.workflow.studies import Stages

# Names of files and columns are untrusted: no message may drive the terminal or run over several lines.
_UNSAFE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(message: str) -> str:
    """Return a message on one line, without anything that a terminal would obey."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", message)


def complain(error: Exception) -> None:
    tell(f"framing: {error}")


def tell(message: str) -> None:
    # A program without a console has no such stream.
    if sys.stderr is not None:
        sys.stderr.write(f"{plain(message)}\n")
        sys.stderr.flush()


@contextmanager
def standard_output() -> Iterator[None]:
    """Turn a full disk behind standard output into an error that its user can mend."""
    from framing.errors import InputError

    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever reads has read enough
            raise
        # What is left in the buffer must not fail once more at the end of the program.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError(f"cannot be written: {error.strerror}", path="standard output") from None


def refuse_input(output: Path | None, inputs: Iterable[Path]) -> None:
    """Raise a UsageError where an output file is one of the files that are read, or lies in a folder of them."""
    from framing.errors import UsageError

    if output is None or not output.is_file():
        return
    for path in inputs:
        files = path.rglob("*") if path.is_dir() else [path]
        if any(file.is_file() and output.samefile(file) for file in files):
            raise UsageError("is among the files that are read; name another output", path=output)


@contextmanager
def stage_bars() -> Iterator[Stages]:
    """Show a bar with the time left for each stage of a job on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:

        def update(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield update
