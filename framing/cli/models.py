"""``framing models``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.messages import plain, standard_output, tell

if TYPE_CHECKING:
    from rich.table import Table

    from framing.artifact.history import Entry, History

_LEGEND = "* in place   + kept: --restore DIGEST puts it back"


def models(
    folder: Annotated[Path, typer.Argument(help="A model's folder.")] = Path("artifacts/conflict-frames"),
    restore: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="Put a former model in place again; the present one is kept.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Show all that is known, as JSON.")] = False,
) -> None:
    """Show which models stood in a folder and which stands there, and put a former one back."""
    from framing.artifact.history import read_history
    from framing.artifact.manifest import read_manifest
    from framing.artifact.succession import restore as put_back

    place = folder.resolve()
    if restore is not None:
        entry = put_back(
            place, restore, waiting=lambda: tell(f"another program is at work on {folder}; waiting for it")
        )
        tell(f"{folder} holds {restore} already" if entry is None else f"{folder} holds {entry.digest[:8]} again")
    history = read_history(place)
    if not history.entries and not history.kept and history.in_place is None:
        read_manifest(place, older=True)  # says what is the matter
    for line in history.notes:
        tell(line)
    with standard_output():
        if as_json:
            sys.stdout.write(json.dumps(_object(place, history), ensure_ascii=False, indent=1) + "\n")
        else:
            _show(place, history)


def _entries(place: Path, history: History) -> list[Entry]:
    from framing.artifact.history import found

    unexplained = found(place, history)
    return [*history.entries, *([] if unexplained is None else [unexplained])]


def _object(place: Path, history: History) -> dict[str, object]:
    return {
        "in_place": history.in_place,
        "kept": {digest: str(path) for digest, path in history.kept.items()},
        "history": [asdict(entry) for entry in _entries(place, history)],
    }


def _show(place: Path, history: History) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    console.print(_table(_entries(place, history), history))
    console.print(_LEGEND)


def _table(entries: list[Entry], history: History) -> Table:
    from rich.table import Table
    from rich.text import Text

    from framing.artifact.history import PLACED
    from framing.evaluation.wording import interval

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("", "date", "digest", "labels", "paragraphs", "macro-F1", "action"):
        table.add_column(heading, justify="right" if heading == "paragraphs" else "left", overflow="fold")
    # A model that came more than once is marked where it came last.
    last = {entry.digest: place for place, entry in enumerate(entries) if entry.action in PLACED}
    for place, entry in enumerate(entries):
        mark = "*" if entry.digest == history.in_place else "+" if entry.digest in history.kept else ""
        undecided = entry.action == "refused" and entry.verdict != "may not"
        cells = [
            mark if last.get(entry.digest) == place else "",
            (entry.at or "-")[:10],
            entry.digest[:8],
            (entry.labels or "-")[:8],
            "-" if entry.paragraphs is None else f"{entry.paragraphs:,}",
            "-" if entry.macro_f1 is None else interval(entry.macro_f1),
            "undecided" if undecided else entry.action,
        ]
        table.add_row(*(Text(plain(cell)) for cell in cells))
    return table
