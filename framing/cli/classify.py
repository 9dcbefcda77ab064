"""``framing classify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.classifying import CorpusOptions, Format, Kind, classify_sources


def classify(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, or '-' for stdin.")],
    model: Annotated[
        Path | None, typer.Option(help="The folder of a model.", show_default="the one that comes with framing")
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="How the result is written.", show_default="table; of a corpus jsonl"),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="The file to write. A folder (FOLDER/) gets one file for each jsonl, csv or parquet file of the "
            "inputs, and goes on where it was when it is broken off; with html, a page an article.",
        ),
    ] = None,
    input_format: Annotated[
        Kind, typer.Option(help="What the inputs are.", show_default="by the file's ending; stdin is txt")
    ] = Kind.auto,
    codebook: Annotated[
        Path | None, typer.Option(help="Refuse a model that was not trained for this codebook.")
    ] = None,
    outlet: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="What kind of outlet all inputs are from, say state or insurgent-aligned: who tells helps to tell the "
            "frame. A table may have a column outlet_type.",
        ),
    ] = None,
    accept: Annotated[
        float | None,
        typer.Option(
            metavar="ACCURACY",
            help="Keep only paragraphs so probable that this share of such was right out of fold, say 0.9: approximate "
            "on articles like those labelled, not guaranteed.",
        ),
    ] = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Of a corpus write texts, evidence and shares, too, as jsonl or csv: ten times as long."
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", help="How many processes work on a corpus, each on a shard.", show_default="1"),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="The Dask scheduler whose workers work on a corpus, tcp://HOST:8786."),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Start anew in a folder with results of another model, other options or other files of these names.",
        ),
    ] = False,
) -> None:
    """Split articles into paragraphs and mark each paragraph with a frame.

    A paragraph that may well have another frame is marked uncertain. Its
    candidates hold the right one about as often as the model was calibrated
    for: approximate, not guaranteed. An article unlike those that the model
    was trained on is warned of, and none of its frames is certain.
    """
    corpus = CorpusOptions(full=full, jobs=jobs, cluster=cluster, overwrite=overwrite)
    raise typer.Exit(
        classify_sources(
            inputs,
            model=model,
            format_=format_,
            output=output,
            input_format=input_format,
            codebook=codebook,
            outlet=outlet,
            accept=accept,
            corpus=corpus,
        )
    )
