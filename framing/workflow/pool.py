"""The paragraphs that a queue may be drawn from, each in its article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from framing.annotation.adding import NewArticle
from framing.annotation.json_lines import Finding
from framing.annotation.label_files import CODEBOOK, PARAGRAPHS, annotation_files, last_lines, read_annotations
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.labels import read_labels
from framing.annotation.purposes import EarlierQueued
from framing.annotation.records import DrawnBy
from framing.codebook import Codebook, read_codebook
from framing.segmentation_settings import SegmentationSettings
from framing.text import Article, Segmentation
from framing.text.article import of_paragraphs

Purpose = Literal["learning", "sample"]

OTHER: Mapping[Purpose, Purpose] = {"learning": "sample", "sample": "learning"}
WORDS: Mapping[Purpose, str] = {"learning": "queued to learn from", "sample": "queued as a sample"}


@dataclass(frozen=True)
class PoolArticle:
    """An article with paragraphs that may be drawn.

    Attributes
    ----------
    ids, texts : tuple of str, length n_paragraphs
        All of its paragraphs in their order.
    boilerplate : frozenset of int
        Places of those that are no part of the story.
    outlet : str or None
    new : NewArticle or None
        None where it stands in the labels folder.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    boilerplate: frozenset[int]
    outlet: str | None
    new: NewArticle | None = None

    @property
    def article(self) -> Article:
        """The article as a model reads it."""
        rows = of_paragraphs("", self.texts)
        blocks = enumerate(rows.blocks or ())
        marked = tuple(block._replace(boilerplate=place in self.boilerplate) for place, block in blocks)
        return replace(rows, blocks=marked, outlet=self.outlet)


@dataclass(frozen=True)
class Pool:
    """What there is, and what has been coded of it.

    Attributes
    ----------
    folder : Path
        The labels folder.
    codebook : Codebook
    articles : tuple of PoolArticle
    coded : frozenset of str
        Paragraphs that somebody labelled or set aside.
    drawn_by : mapping of str to set of str
        For what purposes each paragraph was ever coded, codings that were taken back among them.
    notes : tuple of Finding
        Last lines that are cut off, which were left out.
    copies : int
        Articles that were given twice, and count once.
    """

    folder: Path
    codebook: Codebook
    articles: tuple[PoolArticle, ...]
    coded: frozenset[str] = frozenset()
    drawn_by: Mapping[str, set[DrawnBy]] | None = None
    notes: tuple[Finding, ...] = ()
    copies: int = 0


@dataclass(frozen=True)
class Population:
    """The paragraphs that may be drawn for a purpose.

    Attributes
    ----------
    ids : tuple of str, length n_paragraphs
    articles : tuple of int, length n_paragraphs
        The place of each one's article in the pool.
    left_out : mapping of str to int
        How many paragraphs of the pool are none of them, and why.
    """

    ids: tuple[str, ...]
    articles: tuple[int, ...]
    left_out: Mapping[str, int]


def read_pool(folder: Path, articles: Iterable[Article] | None = None) -> Pool:
    """Read what may be drawn from.

    Parameters
    ----------
    folder : Path
        A labels folder; with articles it needs no paragraphs yet.
    articles : iterable of Article, optional
        To be drawn from in the place of the folder's own. Those that stand in the folder are known by their texts.

    Raises
    ------
    LabelError
        When the labels cannot be read, or are faulty.
    CodebookError
        When the folder's codebook is missing or is not one.
    """
    if articles is not None and folder.is_dir() and not (folder / PARAGRAPHS).exists():
        given, copies = _given(articles, {})
        return Pool(folder, read_codebook(folder / CODEBOOK), tuple(given), copies=copies)
    labels = read_labels(folder)
    own = _own(labels.paragraphs)
    given, copies = (list(own.values()), 0) if articles is None else _given(articles, own)
    coded: set[str] = set()
    drawn_by: dict[str, set[DrawnBy]] = {}
    for path in annotation_files(folder):
        lines = read_annotations(path).annotations
        coded.update(name for name, last in last_lines(lines).items() if last.annotation.status != "withdrawn")
        for annotation in (line.annotation for line in lines):
            if annotation.drawn_by is not None:
                drawn_by.setdefault(annotation.paragraph, set()).add(annotation.drawn_by)
    return Pool(folder, labels.codebook, tuple(given), frozenset(coded), drawn_by, labels.notes, copies)


def population_of(pool: Pool, purpose: Purpose, queued: Sequence[EarlierQueued] = ()) -> Population:
    """List what may be drawn for a purpose: what is of the story, not coded, and not meant for the other purpose.

    Parameters
    ----------
    pool : Pool
    purpose : str
    queued : sequence of EarlierQueued
        What was queued before, for whatever purpose.
    """
    other = OTHER[purpose]
    meant = {earlier.paragraph for earlier in queued if earlier.drawn_by == other}
    meant |= {name for name, purposes in (pool.drawn_by or {}).items() if other in purposes}
    left_out: Counter[str] = Counter()
    ids, articles = [], []
    for number, article in enumerate(pool.articles):
        for place, name in enumerate(article.ids):
            if place in article.boilerplate:
                left_out["boilerplate"] += 1
            elif name in pool.coded:
                left_out["coded or set aside"] += 1
            elif name in meant:
                left_out[WORDS[other]] += 1
            else:
                ids.append(name)
                articles.append(number)
    return Population(tuple(ids), tuple(articles), left_out)


def _own(paragraphs: Sequence[ParagraphRecord]) -> dict[str, PoolArticle]:
    """Put the folder's articles together, in the order in which they first appear."""
    members: dict[str, list[ParagraphRecord]] = {}
    for paragraph in paragraphs:
        members.setdefault(paragraph.article, []).append(paragraph)
    return {name: _of_records(sorted(records, key=lambda record: record.position)) for name, records in members.items()}


def _of_records(records: Sequence[ParagraphRecord]) -> PoolArticle:
    texts = tuple(record.text for record in records)
    cut = Segmentation(SegmentationSettings()).split(of_paragraphs("", texts))
    boilerplate = frozenset(paragraph.position for paragraph in cut if paragraph.boilerplate)
    return PoolArticle(tuple(record.id for record in records), texts, boilerplate, records[0].outlet_type)


def _given(articles: Iterable[Article], own: Mapping[str, PoolArticle]) -> tuple[list[PoolArticle], int]:
    """Cut articles into paragraphs; count those whose paragraphs have been given already."""
    by_texts = {article.texts: article for article in own.values()}
    given: dict[tuple[str, ...], PoolArticle] = {}
    copies = 0
    for new in _cut(articles):
        texts = tuple(new.paragraphs)
        known = own.get(new.id) or by_texts.get(texts)
        if known is None:
            ids = tuple(f"{new.id}:{place}" for place in range(len(texts)))
            known = PoolArticle(ids, texts, new.boilerplate, new.outlet_type, new)
        else:
            # The source may mark what the text alone does not tell.
            known = replace(known, boilerplate=known.boilerplate | new.boilerplate)
        copies += texts in given
        given.setdefault(texts, known)
    return list(given.values()), copies


def _cut(articles: Iterable[Article]) -> Iterator[NewArticle]:
    segmentation = Segmentation(SegmentationSettings())
    for article in articles:
        paragraphs = segmentation.split(article)
        if paragraphs:
            boilerplate = frozenset(paragraph.position for paragraph in paragraphs if paragraph.boilerplate)
            texts = [paragraph.text for paragraph in paragraphs]
            yield NewArticle(article.id, texts, boilerplate, article.outlet)
