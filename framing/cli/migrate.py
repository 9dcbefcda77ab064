"""``framing labels migrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import plain, standard_output, tell


def migrate(
    folder: Annotated[Path, typer.Argument(help="A labels folder.")] = Path("labels"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and write nothing.")] = False,
) -> None:
    """Give labels the names that the codebook gives them now; earlier lines stay as they are."""
    from framing.annotation.versions import migrate_labels

    migrated = migrate_labels(folder, dry_run=dry_run)
    with standard_output():
        for one in migrated:
            for (old, new), labels in one.names.items():
                typer.echo(
                    plain(f"{one.coder}: '{old}' is '{new}' now: {labels:,} {'label' if labels == 1 else 'labels'}")
                )
    lines = sum(one.lines for one in migrated)
    if not lines:
        tell(f"{folder}: every label has its name of today; nothing to add")
        return
    counted = f"{lines:,} {'line' if lines == 1 else 'lines'}"
    tell(f"{folder}: {counted} would be added" if dry_run else f"{folder}: {counted} added")
