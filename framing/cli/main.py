"""The ``framing`` command."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

import framing
from framing.cli.classify import classify
from framing.cli.compare import compare
from framing.cli.evaluate import evaluate
from framing.cli.export import export
from framing.cli.label import label
from framing.cli.labels import labels
from framing.cli.messages import complain
from framing.cli.models import models
from framing.cli.queue import queue
from framing.cli.report import report
from framing.cli.train import train
from framing.cli.verify import verify
from framing.errors import FramingError, UsageError

app = typer.Typer(
    name="framing",
    help="Mark each paragraph of news on armed conflict, or of any codebook's subject, with a frame.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(classify)
app.command()(train)
app.command()(evaluate)
app.command()(compare)
app.command()(report)
app.command()(verify)
app.command()(models)
app.command()(label)
app.command()(queue)
app.command()(export)
app.add_typer(labels, name="labels")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"framing {framing.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run a command; an error that its user can mend is one line, anything else a traceback."""
    if sys.stdout is None:
        sys.exit("framing: standard output is closed")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows few characters gets their escapes and not an exception.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="framing")
    except UsageError as error:
        complain(error)
        sys.exit(2)
    except FramingError as error:
        complain(error)
        sys.exit(1)
