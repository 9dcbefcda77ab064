"""``framing classify``."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.destination import file_of
from framing.cli.messages import complain, tell
from framing.cli.pages import write_pages

if TYPE_CHECKING:
    from framing.artifact import Artifact, ClassifiedParagraph
    from framing.errors import FramingError
    from framing.workflow.classification import Acceptance, ClassifiedArticle

    Articles = Iterator[list[ClassifiedParagraph]]
    KeptArticles = Iterator[tuple[ClassifiedArticle, list[ClassifiedParagraph]]]


class Format(StrEnum):
    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    html = "html"


class Kind(StrEnum):
    auto = "auto"
    txt = "txt"
    md = "md"
    csv = "csv"
    jsonl = "jsonl"
    html = "html"
    pdf = "pdf"
    docx = "docx"
    parquet = "parquet"


def classify(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, or '-' for stdin.")],
    model: Annotated[
        Path | None, typer.Option(help="The folder of a model.", show_default="the one that comes with framing")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How the result is shown.")] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; with html and several articles, a folder."),
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
) -> None:
    """Split articles into paragraphs and mark each paragraph with a frame.

    A paragraph that may well have another frame is marked uncertain. Its
    candidates hold the right one about as often as the model was calibrated
    for: approximate, not guaranteed. An article unlike those that the model
    was trained on is warned of, and none of its frames is certain.
    """
    from framing.artifact import default_folder, load
    from framing.codebook import read_codebook
    from framing.errors import InputError, UsageError
    from framing.workflow.classification import acceptance_at, known_outlet
    from framing.workflow.classification import classify as run

    for source in inputs:
        if output is not None and output.is_file() and Path(source).is_file() and output.samefile(source):
            raise UsageError("is an input and the output; name another output", path=source)
    artifact = load(model or default_folder(), codebook=None if codebook is None else read_codebook(codebook))
    acceptance = None if accept is None else acceptance_at(artifact, accept)
    told_outlet = None if outlet is None else known_outlet(artifact, outlet)
    failures: list[FramingError] = []

    def told(error: FramingError) -> None:
        complain(error)
        failures.append(error)

    skipped: list[str] = []
    articles = run(
        artifact, inputs, kind=input_format.value, stdin=sys.stdin.buffer, on_error=told, on_skip=skipped.append,
        outlet=told_outlet, on_unknown_outlet=partial(_tell_of_outlet, artifact), count_words=format_ is Format.html,
    )  # fmt: skip
    tally: Counter[str] = Counter()
    kept, overview = _kept(articles, acceptance, tally), False
    if format_ is Format.html:
        overview = write_pages(kept, artifact, output, selection="" if acceptance is None else acceptance.rule)
    else:
        writers = {Format.table: _tables, Format.jsonl: _jsonl, Format.csv: _csv}
        writers[format_]((paragraphs for _, paragraphs in kept), artifact, output)
    if skipped:
        others = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
        tell(f"passed over, being of no known kind: {skipped[0]}{others}")
    if acceptance is not None:
        tell(f"kept {tally['kept']} of {tally['paragraphs']} paragraphs: {acceptance.rule}")
    if output is not None:
        written = tally["articles with a paragraph"]
        nothing = not written if format_ is Format.html else not tally["articles"]
        told_of = f"{written} {'article' if written == 1 else 'articles'} in {output}"
        tell("nothing was written" if nothing else f"{told_of}; begin with index.html" if overview else told_of)
    if not tally["articles"] and not failures:
        told(InputError(f"no article was found in {', '.join(inputs)}"))
    if failures:
        raise typer.Exit(1)


def _tell_of_outlet(artifact: Artifact, outlet: str) -> None:
    sources = artifact.model.reading.sources
    known = "knows none" if sources is None else f"knows {', '.join(sources.names)}"
    tell(f"the outlet '{outlet}' tells the model nothing, which {known}; its articles go by their text")


def _kept(articles: Iterator[ClassifiedArticle], acceptance: Acceptance | None, tally: Counter[str]) -> KeptArticles:
    """Yield each article with those of its paragraphs that are accepted, and count."""
    for article in articles:
        paragraphs = article.paragraphs
        kept = paragraphs if acceptance is None else [p for p in paragraphs if acceptance.accepts(p)]
        tally["articles"] += 1
        tally["articles with a paragraph"] += bool(kept)
        tally["paragraphs"] += sum(not paragraph["boilerplate"] for paragraph in paragraphs)
        tally["kept"] += len(kept)
        yield article, kept


def _tables(articles: Articles, artifact: Artifact, output: Path | None) -> None:
    from rich.console import Console

    from framing.cli.table import render_article

    with file_of(articles, output) as (file, rest):
        text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        console = Console(highlight=False) if output is None else Console(file=text, color_system=None)
        for article in rest:
            render_article(article, artifact.codebook, console)
        # Or the file would be closed with its wrapper.
        text.detach()


def _jsonl(articles: Articles, _artifact: Artifact, output: Path | None) -> None:
    from framing.corpus import JsonlWriter

    with file_of(articles, output) as (file, rest):
        writer = JsonlWriter(file)
        for article in rest:
            writer.write(article)


def _csv(articles: Articles, artifact: Artifact, output: Path | None) -> None:
    from framing.corpus import CsvWriter

    with file_of(articles, output) as (file, rest):
        writer = CsvWriter(file, artifact.codebook)
        for article in rest:
            writer.write(article)
