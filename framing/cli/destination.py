"""Where a result goes: standard output, or a file that is there only when all of it is."""

from __future__ import annotations

import errno
import io
import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

Article = TypeVar("Article")


@contextmanager
def file_of(articles: Iterator[Article], output: Path | None) -> Iterator[tuple[BinaryIO, Iterator[Article]]]:
    """Open stdout or the output file; no file is made where not one article could be read."""
    from framing.errors import InputError

    if output is None:
        try:
            yield sys.stdout.buffer, articles
            sys.stdout.flush()
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever reads has read enough
                raise
            # What is left in the buffer must not fail once more at the end of the program.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise InputError(f"cannot be written: {error.strerror}", path="standard output") from None
        return
    from framing.files import written_aside

    first = next(articles, None)
    if first is None:
        yield io.BytesIO(), iter(())
        return
    with written_aside(output) as file:
        yield file, itertools.chain([first], articles)
