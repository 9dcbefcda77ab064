"""What ``framing classify`` does, without the parsing of its command line: typer is not imported here."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.cli.destination import file_of
from framing.cli.messages import complain, tell

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
    parquet = "parquet"


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


_SEPARATORS = (os.sep, os.altsep or os.sep)

# The options that are read without typer, each with the parameter that it sets and the type of its value.
PLAIN_OPTIONS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--model": ("model", Path),
    "--format": ("format_", Format),
    "-f": ("format_", Format),
    "--output": ("output", str),
    "-o": ("output", str),
    "--input-format": ("input_format", Kind),
    "--codebook": ("codebook", Path),
    "--outlet": ("outlet", str),
}


@dataclass(frozen=True)
class CorpusOptions:
    """What can be said of a corpus alone; None and False where it was not said."""

    full: bool = False
    jobs: int | None = None
    cluster: str | None = None
    overwrite: bool = False

    @property
    def given(self) -> list[str]:
        """The options that were given, as they are written."""
        return [f"--{option.name}" for option in fields(self) if getattr(self, option.name) not in (None, False)]


def classify_sources(
    inputs: list[str],
    *,
    model: Path | None = None,
    format_: Format | None = None,
    output: str | None = None,
    input_format: Kind = Kind.auto,
    codebook: Path | None = None,
    outlet: str | None = None,
    accept: float | None = None,
    corpus: CorpusOptions = CorpusOptions(),
) -> int:
    """Classify articles, or a corpus, and write what is found; the parameters are those of the command.

    Returns
    -------
    int
        The exit code: 1 where something could not be read.
    """
    from framing.errors import UsageError

    # A path forgets that a folder was named as one.
    if output is not None and format_ is not Format.html and (output[-1:] in _SEPARATORS or Path(output).is_dir()):
        others = {"--accept": accept is not None, "--input-format": input_format is not Kind.auto, "-": "-" in inputs}
        if given := [name for name, is_given in others.items() if is_given]:
            raise UsageError(f"{given[0]} is not for a corpus; name a file with --output, or leave it out")
        from framing.cli.corpora import classify_into_folder

        return classify_into_folder(
            inputs,
            Path(output),
            model=model,
            format_=(format_ or Format.jsonl).value,
            full=corpus.full,
            codebook=codebook,
            outlet=outlet,
            jobs=1 if corpus.jobs is None else corpus.jobs,
            cluster=corpus.cluster,
            overwrite=corpus.overwrite,
        )
    if given := [*corpus.given, *(["--format parquet"] if format_ is Format.parquet else [])]:
        folder = "scored" if output is None or format_ is Format.html else output
        raise UsageError(f"{given[0]} is for a corpus: name a folder for the results, such as --output {folder}/")
    return _classify_articles(
        inputs, model, format_ or Format.table, None if output is None else Path(output), input_format, codebook,
        outlet, accept,
    )  # fmt: skip


def _classify_articles(
    inputs: list[str],
    model: Path | None,
    format_: Format,
    output: Path | None,
    input_format: Kind,
    codebook: Path | None,
    outlet: str | None,
    accept: float | None,
) -> int:
    from framing.errors import InputError, UsageError

    for source in inputs:
        if output is not None and output.is_file() and Path(source).is_file() and output.samefile(source):
            raise UsageError("is an input and the output; name another output", path=source)
    with _no_garbage():
        from framing.artifact import default_folder, load
        from framing.codebook import read_codebook
        from framing.workflow.classification import acceptance_at, known_outlet
        from framing.workflow.classification import classify as run

        artifact = load(
            model or default_folder(),
            codebook=None if codebook is None else read_codebook(codebook),
            evaluation=accept is not None,
        )
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
        from framing.cli.pages import write_pages

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
    return 1 if failures else 0


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Do not look for garbage while there is hardly any: all that is imported and loaded lasts until the end."""
    was_looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looked_for:
            gc.enable()


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
    from framing.cli.plain_console import PlainConsole, standard_console
    from framing.cli.table import render_article

    with file_of(articles, output) as (file, rest):
        text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        console = standard_console() if output is None else PlainConsole(text)
        for article in rest:
            render_article(article, artifact.codebook, console)
        # Or the file would be closed with its wrapper.
        text.detach()


def _jsonl(articles: Articles, _artifact: Artifact, output: Path | None) -> None:
    from framing.corpus.writers import JsonlWriter

    with file_of(articles, output) as (file, rest):
        writer = JsonlWriter(file)
        for article in rest:
            writer.write(article)


def _csv(articles: Articles, artifact: Artifact, output: Path | None) -> None:
    from framing.corpus.writers import CsvWriter

    with file_of(articles, output) as (file, rest):
        writer = CsvWriter(file, artifact.codebook)
        for article in rest:
            writer.write(article)
