"""``framing classify``."""

from __future__ import annotations

import errno
import io
import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from framing.cli.messages import complain, tell

if TYPE_CHECKING:
    from framing.artifact import Artifact, ClassifiedParagraph
    from framing.errors import FramingError
    from framing.workflow.classification import Acceptance

    Articles = Iterator[list[ClassifiedParagraph]]


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
        outlet=told_outlet, on_unknown_outlet=partial(_tell_of_outlet, artifact),
    )  # fmt: skip
    writers: dict[Format, Callable[[Articles, Artifact, Path | None], None]] = {
        Format.table: _tables,
        Format.jsonl: _jsonl,
        Format.csv: _csv,
        Format.html: partial(_pages, selection="" if acceptance is None else acceptance.rule),
    }
    tally: Counter[str] = Counter()
    kept = _kept(articles, acceptance, tally)
    # A page of nothing that was accepted would have nothing to show; a table of it is a table.
    writers[format_](filter(None, kept) if format_ is Format.html else kept, artifact, output)
    if skipped:
        others = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
        tell(f"passed over, being of no known kind: {skipped[0]}{others}")
    if acceptance is not None:
        tell(f"kept {tally['kept']} of {tally['paragraphs']} paragraphs: {acceptance.rule}")
    if output is not None:
        written = tally["articles with a paragraph"]
        nothing = not written if format_ is Format.html else not tally["articles"]
        tell("nothing was written" if nothing else f"{written} {'article' if written == 1 else 'articles'} in {output}")
    if not tally["articles"] and not failures:
        told(InputError(f"no article was found in {', '.join(inputs)}"))
    if failures:
        raise typer.Exit(1)


def _tell_of_outlet(artifact: Artifact, outlet: str) -> None:
    sources = artifact.model.reading.sources
    known = "knows none" if sources is None else f"knows {', '.join(sources.names)}"
    tell(f"the outlet '{outlet}' tells the model nothing, which {known}; its articles go by their text")


def _kept(articles: Articles, acceptance: Acceptance | None, tally: Counter[str]) -> Articles:
    """Leave out the paragraphs that are not accepted, and count."""
    for article in articles:
        kept = article if acceptance is None else [p for p in article if acceptance.accepts(p)]
        tally["articles"] += 1
        tally["articles with a paragraph"] += bool(kept)
        tally["paragraphs"] += sum(not paragraph["boilerplate"] for paragraph in article)
        tally["kept"] += len(kept)
        yield kept


def _tables(articles: Articles, artifact: Artifact, output: Path | None) -> None:
    from rich.console import Console

    from framing.cli.table import render_article

    with _file_of(articles, output) as (file, rest):
        text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        console = Console(highlight=False) if output is None else Console(file=text, color_system=None)
        for article in rest:
            render_article(article, artifact.codebook, console)
        # Or the file would be closed with its wrapper.
        text.detach()


def _jsonl(articles: Articles, _artifact: Artifact, output: Path | None) -> None:
    from framing.corpus import JsonlWriter

    with _file_of(articles, output) as (file, rest):
        writer = JsonlWriter(file)
        for article in rest:
            writer.write(article)


def _csv(articles: Articles, artifact: Artifact, output: Path | None) -> None:
    from framing.corpus import CsvWriter

    with _file_of(articles, output) as (file, rest):
        writer = CsvWriter(file, artifact.codebook)
        for article in rest:
            writer.write(article)


def _pages(articles: Articles, artifact: Artifact, output: Path | None, *, selection: str) -> None:
    """Write one page to stdout or to a file, or a page an article into a folder."""
    from framing.errors import UsageError
    from framing.files import written_aside
    from framing.report import article_page, page_name

    def page(article: list[ClassifiedParagraph]) -> bytes:
        title = article[0]["article"]
        text = article_page(
            article, artifact.codebook, title=title, model_description=artifact.description, selection=selection
        )
        return text.encode("utf-8", errors="replace")

    if output is not None and (output.is_dir() or output.suffix.lower() not in (".html", ".htm")):
        if output.exists() and not output.is_dir():
            raise UsageError("is a file; name a folder, or a file that ends in .html", path=output)
        names: Counter[str] = Counter()
        for article in articles:
            name = page_name(article[0]["article"])
            names[name] += 1
            if names[name] > 1:
                # Ids are taken as they come, and two tables may both count from 1.
                name = f"{Path(name).stem}-no{names[name]}.html"
            output.mkdir(parents=True, exist_ok=True)
            with written_aside(output / name) as file:
                file.write(page(article))
        return
    with _file_of(articles, output) as (file, rest):
        first = next(rest, None)
        if next(rest, None) is not None:
            raise UsageError("a page shows one article and there are several; name a folder: --output DIR")
        if first is not None:
            file.write(page(first))


@contextmanager
def _file_of(articles: Articles, output: Path | None) -> Iterator[tuple[BinaryIO, Articles]]:
    """Open stdout or the output file; no file is made where not one article could be read."""
    from framing.errors import InputError
    from framing.files import written_aside

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
    first = next(articles, None)
    if first is None:
        yield io.BytesIO(), iter(())
        return
    with written_aside(output) as file:
        yield file, itertools.chain([first], articles)
