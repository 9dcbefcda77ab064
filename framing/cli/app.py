"""The commands, each imported when it is asked for: a list of them, or the help of one, waits for no other."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

import framing

# What each command's own help begins with.
SUMMARIES = {
    "classify": "Split articles into paragraphs and mark each paragraph with a frame.",
    "train": "Measure a recipe by cross-validation, train it on all labels and save the model.",
    "evaluate": "Measure a recipe: folds by article, baselines, leakage, shift, learning curve; no model is saved.",
    "compare": "Say whether B may replace A: exit 0 if it may, 3 if it may not, 4 if that is undecided.",
    "report": "Write report.html and MODEL_CARD.md from what a model's folder holds.",
    "verify": "Check a model: its digests, its golden predictions, and every figure of its report, computed again.",
    "models": "Show which models stood in a folder and which stands there, and put a former one back.",
    "label": "Label paragraphs in a browser page, one key a paragraph.",
    "queue": "Choose what to code next: to learn from, to measure with, or once more.",
    "export": "Write a model as a scikit-learn Pipeline.",
    "labels": "Check the labelled paragraphs, measure agreement, exchange them with other tools.",
}


class Commands(TyperGroup):
    """A group whose commands are known by name and summary until one of them is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that is called, and import it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, imported(name) if name in SUMMARIES else command, rest


def imported(name: str) -> Any:
    """Return a command with all its parameters, or a group with all its commands.

    Parameters
    ----------
    name : str
        As in `SUMMARIES`: that of its module, and of what it is called there.
    """
    declared = getattr(import_module(f"framing.cli.{name}"), name)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    if not isinstance(declared, typer.Typer):
        alone.command(name)(declared)
        return get_command(alone)
    alone.add_typer(declared, name=name)
    group: Any = get_command(alone)
    return group.commands[name]


def _imported_later() -> None:
    """Stand for a command that no one has called."""


app = typer.Typer(
    name="framing",
    cls=Commands,
    help="Mark each paragraph of news on armed conflict, or of any codebook's subject, with a frame.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name, _summary in SUMMARIES.items():
    app.command(_name, help=_summary)(_imported_later)


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
