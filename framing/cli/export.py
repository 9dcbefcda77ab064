"""``framing export``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.messages import tell


class Kind(StrEnum):
    joblib = "joblib"
    skops = "skops"


def export(
    model: Annotated[Path, typer.Argument(help="The folder of a model.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    format_: Annotated[
        Kind, typer.Option("--format", help="skops files can be inspected before loading.")
    ] = Kind.joblib,
) -> None:
    """Write a model as a scikit-learn Pipeline."""
    from framing.artifact import load
    from framing.artifact.export import export as write

    artifact = load(model)
    write(artifact, output, format_.value)
    tell(f"{artifact.description} as a scikit-learn Pipeline: {output}")
