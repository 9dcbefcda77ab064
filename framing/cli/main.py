"""The ``framing`` command."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys

from framing.cli.messages import complain
from framing.errors import FramingError, UsageError


def main() -> None:
    """Run a command; an error that its user can mend is one line, anything else a traceback."""
    if sys.stdout is None:
        sys.exit("framing: standard output is closed")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows few characters gets their escapes and not an exception.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # The end of a program need not wait for a last search for garbage.
    atexit.register(gc.freeze)
    try:
        _run(sys.argv[1:])
    except UsageError as error:
        complain(error)
        sys.exit(2)
    except FramingError as error:
        complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever reads has read enough, and what is left in the buffer must not fail at the end of the program.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _run(words: list[str]) -> None:
    if words[:1] == ["classify"]:
        # Read when numpy is first imported. Classifying multiplies no matrices, and the threads of numpy's linear
        # algebra take longer to start than a short article takes to be classified.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        # Read when pyarrow is: its own memory pools keep some 30 MB in reserve, and make nothing quicker here.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        from framing.cli.classifying import PLAIN_OPTIONS, classify_sources
        from framing.cli.plain import plain_arguments

        given = plain_arguments(words[1:], PLAIN_OPTIONS) if os.name != "nt" else None
        if given is not None:
            sys.exit(classify_sources(**given))
    from framing.cli.app import SUMMARIES, app, imported

    # On Windows it is typer that finds files by patterns, among all words of the command line.
    if os.name != "nt" and words and words[0] in SUMMARIES:
        # Past the group, which in typer 0.29 imports pydantic before it calls a command.
        imported(words[0])(words[1:], prog_name=f"framing {words[0]}")
    else:
        app(prog_name="framing")
