"""Labelling by hand: what is to be coded, by whom, and with what beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from framing.annotation.adding import NewArticle, add_articles
from framing.annotation.coder_file import CoderFile, refuse_coder_name
from framing.annotation.label_files import CODEBOOK, PARAGRAPHS, read_paragraphs
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.labels import Labels, read_labels
from framing.annotation.purposes import read_queued
from framing.annotation.queues import QueuedParagraph, read_queue
from framing.annotation.records import Annotation, Role
from framing.codebook import Codebook, read_codebook
from framing.errors import ArtifactError, FramingError, InputError, LabelError, UsageError
from framing.segmentation_settings import SegmentationSettings
from framing.text import Segmentation, read_articles
from framing.web.session import Session
from framing.web.work import OthersCoding, Suggest, Work

Tell = Callable[[str], None]
# Seconds that a key press waits for another program that is writing the file. The page waits longer for its answer, and
# so does a server that is told to stop.
_PATIENCE = 3.0


@dataclass(frozen=True)
class Labelling:
    """What is asked for.

    Attributes
    ----------
    coder : str
    folder : Path
        The labels folder.
    articles : sequence of str
        Files and folders with articles that are added and coded.
    queue : Path or None
        A queue file.
    suggest : Path or None
        A model's folder; without it nothing is suggested.
    adjudicate : bool
        Decide where coders differ.
    """

    coder: str
    folder: Path
    articles: Sequence[str] = ()
    queue: Path | None = None
    suggest: Path | None = None
    adjudicate: bool = False

    @property
    def role(self) -> Role:
        return "adjudicator" if self.adjudicate else "coder"


def open_session(asked: Labelling, *, on_error: Callable[[FramingError], None], tell: Tell) -> Session:
    """Read the folder and make up the queue.

    Parameters
    ----------
    asked : Labelling
    on_error : callable
        Told of each article that cannot be read; the others are coded all the same.
    tell : callable
        Told what else the coder should know, a line each.

    Raises
    ------
    UsageError
        When options do not go together, or the coder's name is none, or has worked in the other role.
    LabelError
        When the folder or the queue is faulty, or there is nothing to code.
    CodebookError, InputError, ArtifactError
        When the codebook, the articles or the model cannot be read.
    """
    _refuse_options(asked)
    refuse_coder_name(asked.coder)
    if not asked.folder.is_dir():
        raise LabelError("there is no such labels folder", path=asked.folder)
    codebook = read_codebook(asked.folder / CODEBOOK)
    # Articles may be the first of their folder.
    empty = asked.articles and not (asked.folder / PARAGRAPHS).exists()
    paragraphs = [] if empty else _paragraphs(asked.folder, tell)
    file = _coder_file(asked, codebook, paragraphs)
    _refuse_other_role(file, asked.role)
    if file.torn is not None:
        tell(f"{file.path}:{file.torn.line}: {file.torn.message}")
    suggest = None if asked.suggest is None else model_suggestions(asked.suggest, codebook)
    others: dict[str, Sequence[OthersCoding]] = {}
    if asked.articles:
        queue = _queue_of_articles(asked, on_error, tell)
        paragraphs = _paragraphs(asked.folder, tell)
        file = _coder_file(asked, codebook, paragraphs)
    elif asked.queue is not None:
        queue = read_queue(asked.queue, {paragraph.id for paragraph in paragraphs})
    elif asked.adjudicate:
        labels = read_labels(asked.folder)
        queue = disputes(labels, met=file.last)
        others = {queued.paragraph: anonymous_codings(labels, queued.paragraph) for queued in queue}
    else:
        queue = _as_drawn(asked.folder, [paragraph.id for paragraph in paragraphs])
    if not queue:
        what = (
            "no paragraph is in dispute: nothing to decide"
            if asked.adjudicate
            else "there is no paragraph to code; name articles with --articles"
        )
        raise LabelError(what, path=asked.folder)
    return Session(Work(asked.folder, codebook, paragraphs, queue, asked.role, others, suggest), file)


def disputes(labels: Labels, *, met: Collection[str] = ()) -> list[QueuedParagraph]:
    """List the paragraphs whose coders leave no gold and on which no adjudicator has decided, in the folder's order.

    Parameters
    ----------
    labels : Labels
    met : collection of str
        Paragraphs that stand in the list in any case: those that an adjudicator has met before.

    Returns
    -------
    list of QueuedParagraph
        Drawn as its coders' annotations say: deciding does not change how a paragraph was drawn.
    """
    drawn: dict[str, Annotation] = {}
    for records in labels.annotations.values():
        for annotation in (record.annotation for record in records):
            known = drawn.get(annotation.paragraph)
            # Of a paragraph that was sampled for some and chosen for others, the sample's chance must not be lost.
            if known is None or known.drawn_by is None or annotation.drawn_by == "sample" != known.drawn_by:
                drawn[annotation.paragraph] = annotation
    queue = []
    for paragraph, judged in labels.judgements().items():
        disputed = len(judged.frames) > 1 and judged.gold is None and not judged.decisions
        if disputed or paragraph in met:
            first = drawn.get(paragraph)
            why = (None, None) if first is None else (first.drawn_by, first.inclusion_probability)
            queue.append(QueuedParagraph(paragraph, *why))
    return queue


def anonymous_codings(labels: Labels, paragraph: str) -> list[OthersCoding]:
    """List the coders' codings of a paragraph that stand, under letters that do not tell who they are.

    The letters are dealt anew for each paragraph, the same in every run, so that no coder can be known by the letter.
    """
    codings = [
        record.annotation
        for records in labels.annotations.values()
        for record in records
        if record.annotation.paragraph == paragraph and record.annotation.role == "coder"
    ]
    codings.sort(key=lambda coding: hashlib.sha256(f"{paragraph}\0{coding.coder}".encode()).digest())
    return [
        OthersCoding(_letters(place), coding.frame, coding.runner_up, coding.sure, coding.note)
        for place, coding in enumerate(codings)
        if coding.frame is not None
    ]


def model_suggestions(folder: Path, codebook: Codebook) -> Suggest:
    """Load a model that suggests frames, each paragraph read in its article.

    Raises
    ------
    ArtifactError
        When the folder is no sound model, or its labels are not the codebook's.
    """
    from framing.artifact import load
    from framing.model.evidence import read_article

    artifact = load(folder)
    labels = artifact.codebook.labels
    if set(labels) != set(codebook.labels):
        raise ArtifactError(
            f"knows the labels {', '.join(labels)}, and the codebook has {', '.join(codebook.labels)}; "
            "suggest with a model for this codebook",
            path=folder,
        )

    def suggest(paragraphs: Sequence[ParagraphRecord]) -> list[tuple[str, float]]:
        texts = [paragraph.text for paragraph in paragraphs]
        probabilities = read_article(artifact.model, texts, paragraphs[0].outlet_type).probabilities
        best = probabilities.argmax(axis=1).tolist()
        return [(labels[place], float(row[place])) for place, row in zip(best, probabilities, strict=True)]

    return suggest


def _refuse_options(asked: Labelling) -> None:
    given = [("--articles", asked.articles), ("--queue", asked.queue), ("--adjudicate", asked.adjudicate)]
    names = [name for name, value in given if value]
    if len(names) > 1:
        raise UsageError(f"{' and '.join(names)} do not go together: each says which paragraphs are to be coded")


def _refuse_other_role(file: CoderFile, role: Role) -> None:
    if not any(annotation.role != role for annotation in file.annotations):
        return
    if role == "adjudicator":
        raise UsageError(
            f"{file.coder!r} has coded paragraphs, and who decides between codings is no coder: adjudicate under a "
            f"name of its own, say --coder {file.coder}-adjudicator"
        )
    raise UsageError(
        f"{file.coder!r} is an adjudicator, who has seen the others' codings: code under a name of its own, or go on "
        "with --adjudicate"
    )


def _coder_file(asked: Labelling, codebook: Codebook, paragraphs: Sequence[ParagraphRecord]) -> CoderFile:
    ids = {paragraph.id for paragraph in paragraphs}
    return CoderFile(asked.folder, asked.coder, codebook, ids, patience=_PATIENCE)


def _paragraphs(folder: Path, tell: Tell) -> list[ParagraphRecord]:
    file = read_paragraphs(folder)
    if file.faults:
        first = file.faults[0]
        raise LabelError(f"{first.message}; see 'framing labels check'", path=folder / first.path, line=first.line)
    if file.torn is not None:
        tell(f"{folder / PARAGRAPHS}:{file.torn.line}: {file.torn.message}")
    return file.paragraphs


def _queue_of_articles(asked: Labelling, on_error: Callable[[FramingError], None], tell: Tell) -> list[QueuedParagraph]:
    """Add the articles to the folder and queue their story, in their order."""
    segmentation = Segmentation(SegmentationSettings())
    articles: dict[str, NewArticle] = {}
    for source in asked.articles:
        for article in read_articles(source, on_error=on_error):
            cut = segmentation.split(article)
            new = NewArticle(
                article.id,
                [paragraph.text for paragraph in cut],
                frozenset(paragraph.position for paragraph in cut if paragraph.boilerplate),
                article.outlet,
            )
            articles.setdefault(new.id, new)
    if not articles:
        raise InputError(f"no article was found in {', '.join(asked.articles)}")
    added = add_articles(asked.folder, articles.values())
    tell(f"articles: {len(articles):,}, of which {len(added):,} are new in {asked.folder / PARAGRAPHS}")
    return _as_drawn(asked.folder, [paragraph for one in articles.values() for paragraph in one.to_code])


def _as_drawn(folder: Path, paragraphs: Sequence[str]) -> list[QueuedParagraph]:
    """Queue paragraphs in their order; what an earlier queue has drawn stays drawn so, whoever codes it, and how."""
    drawn = {
        one.paragraph: QueuedParagraph(one.paragraph, one.drawn_by, one.inclusion_probability, one.stratum)
        for one in read_queued(folder)
    }
    return [drawn.get(paragraph, QueuedParagraph(paragraph, "purposive")) for paragraph in paragraphs]


def _letters(place: int) -> str:
    letter = chr(ord("A") + place % 26)
    return letter if place < 26 else f"{letter}{place // 26 + 1}"
