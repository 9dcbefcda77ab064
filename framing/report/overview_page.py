"""Many articles as one self-contained html page: frames by source and over time, and what to look at first."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from framing.artifact.overview import ListedArticle, Overview, SourceFigures
from framing.codebook import Codebook
from framing.palette import DARK, LIGHT, FrameLook, looks
from framing.report.display import percent, shown
from framing.report.overview_figures import cells_figure, periods_figure, share_bar, source_title, sources_figure
from framing.report.overview_panels import FEW
from framing.report.templating import environment

OVERVIEW_NAME = "index.html"
# By this the page is known again, so that no other page of that name is written over.
GENERATOR = '<meta name="generator" content="framing">'

# New words beyond so many times what is usual are pointed at, where a source has words enough.
MANY_TIMES_USUAL = 2.0
FEWEST_WORDS = 300


@dataclass(frozen=True)
class _Label:
    style: str
    title: str
    question: str
    look: FrameLook
    count: int
    share: float
    bar: Markup


@dataclass(frozen=True)
class _Article:
    """An article as a row of a list."""

    title: str
    page: str | None
    source: str
    published: str
    paragraphs: int
    frame: _Label | None
    of_frame: int
    uncertain: int
    candidates: str
    probability: str
    warned: bool


@dataclass(frozen=True)
class _Vocabulary:
    """The words of a source as a row of a table."""

    source: str
    words: int
    new: str
    unknown: str
    bar: Markup
    many: bool
    frequent: list[tuple[str, int]]


def overview_page(
    overview: Overview,
    codebook: Codebook,
    *,
    model_description: str,
    usual_new_words: float | None = None,
    selection: str = "",
) -> str:
    """Show many articles together, with links to their pages, which lie in the same folder.

    Parameters
    ----------
    overview : Overview
    codebook : Codebook
        The one the paragraphs were classified by.
    model_description, selection : str
        Plain text; like all else on the page they are escaped. The last says by what rule paragraphs were left out.
    usual_new_words : float, optional
        The share of words in texts like those labelled that no labelled paragraph had; see `usual_new_words`.

    Returns
    -------
    str
        An html document without scripts that loads nothing, to be saved as UTF-8.
    """
    labels = _labels(overview, codebook)
    figures = [sources_figure(overview, codebook), periods_figure(overview, codebook), cells_figure(overview, codebook)]
    style = environment().get_template("overview.css").render(labels=list(labels.values()), light=LIGHT, dark=DARK)
    vocabulary = _vocabulary(overview.sources, usual_new_words)
    return (
        environment()
        .get_template("overview.html")
        .render(
            overview=overview,
            generator=Markup(GENERATOR),  # noqa: S704 - our own
            style=Markup(style),  # noqa: S704 - of the palette's colours and names of our own
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            language=shown(codebook.language),
            model=shown(model_description),
            codebook_name=shown(f"{codebook.name} {codebook.version}"),
            selection=shown(selection),
            labels=list(labels.values()),
            figures=[figure for figure in figures if figure is not None],
            least_certain=[_article(article, labels) for article in overview.least_certain],
            warnings=[
                (
                    shown(reason)[:1].upper() + shown(reason)[1:],
                    number,
                    [_article(article, labels) for article in first],
                )
                for reason, number, first in overview.warnings
            ],
            listed=[_article(article, labels) for article in overview.listed],
            vocabulary=vocabulary,
            no_new=any(
                source.words >= FEWEST_WORDS and source.borrowed + source.unknown == 0 for source in overview.sources
            ),
            many_new=[row.source for row in vocabulary if row.many],
            usual_new=None if usual_new_words is None else percent(usual_new_words),
            many_times=f"{MANY_TIMES_USUAL:g}",
            fewest_words=FEWEST_WORDS,
            sources=sum(source.sources for source in overview.sources),
            few=FEW,
            percent=percent,
        )
    )


def _labels(overview: Overview, codebook: Codebook) -> dict[str, _Label]:
    questions = {frame.id: frame.question for frame in codebook.frames}
    labels = {}
    for place, (label, look) in enumerate(looks(codebook).items()):
        share = overview.counts[place] / (overview.paragraphs or 1)
        labels[label] = _Label(
            style=f"frame-{place}",
            title=shown(codebook.title(label)),
            question=shown(questions.get(label, "")),
            look=look,
            count=overview.counts[place],
            share=share,
            bar=share_bar(share, f"frame-{place}"),
        )
    return labels


def _article(article: ListedArticle, labels: dict[str, _Label]) -> _Article:
    return _Article(
        title=shown(article.id) or "Untitled",
        page=article.page,
        source="unknown" if article.source is None else shown(article.source),
        published=shown(article.published or ""),
        paragraphs=article.paragraphs,
        frame=None if article.frame is None else labels[article.frame],
        of_frame=article.of_frame,
        uncertain=article.uncertain,
        candidates="" if article.candidates is None else f"{article.candidates:.1f}",
        probability="" if article.probability is None else percent(article.probability),
        warned=article.warned,
    )


def _vocabulary(sources: Sequence[SourceFigures], usual: float | None) -> list[_Vocabulary]:
    rows = []
    for source in sources:
        if not source.words:
            continue
        new = (source.borrowed + source.unknown) / source.words
        rows.append(
            _Vocabulary(
                source=source_title(source),
                words=source.words,
                new=percent(new),
                unknown=percent(source.unknown / source.words),
                bar=share_bar(new, "new"),
                many=usual is not None and source.words >= FEWEST_WORDS and new > MANY_TIMES_USUAL * usual,
                frequent=[(shown(word), number) for word, number in source.unknown_words],
            )
        )
    return rows
