"""Classified articles as html: one page, or a page an article in a folder with an overview of all."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.cli.destination import file_of

if TYPE_CHECKING:
    from framing.artifact import Artifact, ClassifiedParagraph
    from framing.workflow.classification import ClassifiedArticle

    # An article, and those of its paragraphs that are shown.
    KeptArticle = tuple[ClassifiedArticle, list[ClassifiedParagraph]]

_HEAD_OF_A_PAGE = 4_096


def write_pages(articles: Iterator[KeptArticle], artifact: Artifact, output: Path | None, *, selection: str) -> bool:
    """Write one page to stdout or to a file, or a page an article into a folder; of no paragraphs there is no page.

    Parameters
    ----------
    articles : iterator of (ClassifiedArticle, list of ClassifiedParagraph)
        Each with those of its paragraphs that are shown.
    artifact : Artifact
    output : Path or None
        A name that ends in .html is a file, another a folder.
    selection : str
        By what rule paragraphs were left out; empty where none were.

    Returns
    -------
    bool
        Whether there is an overview too.

    Raises
    ------
    UsageError
        When there are several articles and no folder, or the folder has an ``index.html`` that is not ours.
    """
    from framing.errors import UsageError

    if output is not None and (output.is_dir() or output.suffix.lower() not in (".html", ".htm")):
        if output.exists() and not output.is_dir():
            raise UsageError("is a file; name a folder, or a file that ends in .html", path=output)
        return _write_folder(articles, artifact, output, selection)
    with file_of(((article, kept) for article, kept in articles if kept), output) as (file, rest):
        first = next(rest, None)
        if next(rest, None) is not None:
            raise UsageError("a page shows one article and there are several; name a folder: --output DIR")
        if first is not None:
            file.write(_page(first[1], artifact, selection))
    return False


def _write_folder(articles: Iterator[KeptArticle], artifact: Artifact, folder: Path, selection: str) -> bool:
    from framing.artifact.vocabulary import usual_new_words
    from framing.corpus.overview import OverviewTally
    from framing.files import written_aside
    from framing.report.article_page import page_name
    from framing.report.overview_page import OVERVIEW_NAME, overview_page

    # Whether there is an overview to link back to is known when there is a second article.
    first_two = list(itertools.islice(articles, 2))
    several = len(first_two) == 2
    if several:
        _check_place(folder / OVERVIEW_NAME)
    tally, names = OverviewTally(artifact.codebook.labels), Counter[str]()
    for article, kept in itertools.chain(first_two, articles):
        name = None
        if kept:
            name = _name_apart(page_name(kept[0]["article"]), names)
            folder.mkdir(parents=True, exist_ok=True)
            with written_aside(folder / name) as file:
                file.write(_page(kept, artifact, selection, overview=OVERVIEW_NAME if several else ""))
        tally.add(article.paragraphs, article.facts, kept=kept, page=name)
    if not several or not names:
        return False
    page = overview_page(
        tally.overview(),
        artifact.codebook,
        model_description=artifact.description,
        usual_new_words=usual_new_words(artifact.model),
        selection=selection,
    )
    with written_aside(folder / OVERVIEW_NAME) as file:
        file.write(page.encode("utf-8", errors="replace"))
    return True


def _page(
    paragraphs: Sequence[ClassifiedParagraph], artifact: Artifact, selection: str, *, overview: str = ""
) -> bytes:
    from framing.report.article_page import article_page

    page = article_page(
        paragraphs,
        artifact.codebook,
        title=paragraphs[0]["article"],
        model_description=artifact.description,
        selection=selection,
        overview=overview,
    )
    return page.encode("utf-8", errors="replace")


def _name_apart(name: str, names: Counter[str]) -> str:
    """Give a page's name a number where it was given before."""
    # Ids are taken as they come, and two tables may both count from 1; an id may be what a number makes of another.
    given = name
    while names[given]:
        names[name] += 1
        given = f"{Path(name).stem}-no{names[name]}.html"
    names[given] = 1
    return given


def _check_place(overview: Path) -> None:
    """Raise a UsageError where the overview would be written over a page that is none of ours."""
    from framing.errors import UsageError
    from framing.report.overview_page import GENERATOR

    try:
        with overview.open("rb") as file:
            ours = GENERATOR.encode() in file.read(_HEAD_OF_A_PAGE)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}; name another folder", path=overview) from None
    if not ours:
        raise UsageError("was not written by framing, and would be replaced; name another folder", path=overview)
