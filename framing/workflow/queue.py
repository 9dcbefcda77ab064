"""What to code next: to learn most from it, to measure with it, or once more under a changed codebook.

Labels that were asked for because a model is in doubt are no picture of anything, and a random sample teaches a model
less than well chosen labels may. So a queue is for one purpose, and no paragraph is ever drawn for both.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from framing.annotation.adding import NewArticle, add_articles
from framing.annotation.appending import locked
from framing.annotation.labels import read_labels
from framing.annotation.learning_queue import learning_queue
from framing.annotation.purposes import QUEUED, EarlierQueued, read_queued, record_queue
from framing.annotation.queues import QueuedParagraph, write_queue
from framing.annotation.sampling import draw_sample
from framing.artifact import Artifact, ClassifiedParagraph, default_folder, load
from framing.errors import ArtifactError, UsageError
from framing.workflow.pool import Pool, Population, Purpose, population_of

StratifiedBy = Literal["outlet", "frame"]
Draw = Callable[[Population, np.random.Generator], list[QueuedParagraph]]

PER_ARTICLE = 3
RANDOM_SHARE = 0.2
# In words that do not tell what the model takes a paragraph for: coders see them.
IN_DOUBT = "the model is in doubt here"
BY_CHANCE = "drawn by chance"
# Sets the streams of the two purposes apart.
_STREAMS: Mapping[Purpose, int] = {"learning": 1, "sample": 2}


@dataclass(frozen=True)
class Drawn:
    """A queue that was drawn and written.

    Attributes
    ----------
    queue : tuple of QueuedParagraph
        In the order in which it is to be coded.
    population : Population
        What it was drawn from.
    strata : mapping of str to (int, int)
        Of each stratum, how many were drawn and how many there are; empty without strata.
    added : tuple of NewArticle
        What was added to the labels folder for it.
    again : int
        How many of a sample stand in an earlier sample's queue as well, and are not coded.
    earlier : int
        How many others were drawn as a sample before, coded or not: evaluation takes all samples together.
    """

    queue: tuple[QueuedParagraph, ...]
    population: Population
    strata: Mapping[str, tuple[int, int]]
    added: tuple[NewArticle, ...]
    again: int
    earlier: int = 0


def queue_to_learn(
    pool: Pool,
    output: Path,
    *,
    size: int,
    model: Path | None = None,
    per_article: int = PER_ARTICLE,
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> Drawn:
    """Queue what a model would learn most from; see `learning_queue`.

    Parameters
    ----------
    pool : Pool
    output : Path
        The queue's file.
    size : int
    model : Path, optional
        A model's folder; without it, the model that comes with the package.
    per_article : int
    random_share : float
    seed : int
        The same pool, model and seed give the same queue.

    Raises
    ------
    UsageError
        When there are fewer paragraphs than are asked for.
    ArtifactError
        When the model is damaged or gives other labels than the codebook has.
    LabelError, InputError
        When a file cannot be written.
    """
    _refuse_size(population_of(pool, "learning", read_queued(pool.folder)), size)
    read = _read_with(pool, "learning", model)

    def draw(population: Population, generator: np.random.Generator) -> list[QueuedParagraph]:
        given = [list((read[name]["probabilities"] or {}).values()) for name in population.ids]
        chosen = learning_queue(
            np.array(given), np.array(population.articles), size=size, per_article=per_article,
            random_share=random_share, generator=generator,
        )  # fmt: skip
        return [
            QueuedParagraph(population.ids[row], "learning", reason=BY_CHANCE if by_chance else IN_DOUBT)
            for row, by_chance in zip(chosen.rows.tolist(), chosen.by_chance.tolist(), strict=True)
        ]

    return _draw(pool, output, draw, purpose="learning", size=size, seed=seed)


def queue_a_sample(
    pool: Pool,
    output: Path,
    *,
    size: int,
    strata: Sequence[StratifiedBy] = (),
    equal: bool = False,
    model: Path | None = None,
    seed: int = 0,
) -> Drawn:
    """Queue a probability sample; see `draw_sample`.

    Parameters
    ----------
    pool : Pool
    output : Path
        The queue's file.
    size : int
    strata : sequence of str
        'outlet', 'frame' (as a model predicts it), both, or none for a simple random sample.
    equal : bool
        As many from each stratum, and not in proportion to its size.
    model : Path, optional
        As in `queue_to_learn`; looked at for strata by frame alone.
    seed : int
        The same pool and seed give the same queue.

    Raises
    ------
    UsageError
        When there are fewer paragraphs than are asked for, or too few are asked for for the strata.
    ArtifactError
        When the model is damaged or gives other labels than the codebook has.
    LabelError, InputError
        When a file cannot be written.
    """
    _refuse_size(population_of(pool, "sample", read_queued(pool.folder)), size)
    read = _read_with(pool, "sample", model) if "frame" in strata else {}

    def draw(population: Population, generator: np.random.Generator) -> list[QueuedParagraph]:
        named = _strata(pool, population, read, strata)
        chosen = draw_sample(named, size, generator=generator, equal=equal)
        chances = chosen.inclusion_probability.tolist()
        return [
            QueuedParagraph(population.ids[row], "sample", chance, named[row] or None, BY_CHANCE)
            for row, chance in zip(chosen.rows.tolist(), chances, strict=True)
        ]

    drawn = _draw(pool, output, draw, purpose="sample", size=size, seed=seed)
    if not strata:
        return drawn
    there = Counter(_strata(pool, drawn.population, read, strata))
    queued = Counter(one.stratum for one in drawn.queue)
    sizes = {name: (queued[name], there[name]) for name in sorted(there)}
    return replace(drawn, strata=sizes)


def queue_for_review(folder: Path, output: Path, *, coder: str, size: int | None = None) -> list[QueuedParagraph]:
    """Queue what a coder labelled under an older codebook version, where a change touches it.

    Parameters
    ----------
    folder : Path
        A labels folder.
    output : Path
        The queue's file; not written where nothing is to be looked at again.
    coder : str
    size : int, optional
        No more than so many.

    Raises
    ------
    UsageError
        When there is no such coder.
    LabelError, CodebookError, InputError
        When the folder cannot be read, or the file not be written.
    """
    from framing.annotation.versions import review_queue

    labels = read_labels(folder)
    if coder not in labels.annotations:
        known = ", ".join(labels.annotations) or "none"
        raise UsageError(f"there is no coder '{coder}' in {folder}; there are: {known}")
    queue = review_queue(labels.codebook, [record.annotation for record in labels.annotations[coder]])[:size]
    if queue:
        write_queue(output, queue)
    return queue


def _draw(pool: Pool, output: Path, draw: Draw, *, purpose: Purpose, size: int, seed: int) -> Drawn:
    """Draw, and write all that tells of it, while no other queue of the folder is drawn."""
    with locked(pool.folder / QUEUED):
        queued = read_queued(pool.folder)
        population = population_of(pool, purpose, queued)
        _refuse_size(population, size)
        queue = draw(population, _generator(population, purpose, seed))
        added = add_articles(pool.folder, _new_articles(pool, population, queue))
        # In this order: what a queue holds must never be drawn for the other purpose, even where the last step fails.
        record_queue(pool.folder, queue, name=output.name, queued_at=datetime.now(UTC).isoformat(timespec="seconds"))
        write_queue(output, queue)
    again, earlier = _earlier(pool, queue, queued, output.name) if purpose == "sample" else (0, 0)
    return Drawn(tuple(queue), population, {}, tuple(added), again, earlier)


def _generator(population: Population, purpose: Purpose, seed: int) -> np.random.Generator:
    # Of the population as well: with the same numbers for each, a second sample would lie beside the first.
    content = hashlib.sha256("\n".join(population.ids).encode("utf-8", errors="surrogatepass")).digest()
    return np.random.default_rng((seed, _STREAMS[purpose], int.from_bytes(content, "big")))


def _earlier(
    pool: Pool, queue: Sequence[QueuedParagraph], queued: Sequence[EarlierQueued], name: str
) -> tuple[int, int]:
    """Count what was drawn as a sample before: of this queue, and besides it."""
    drawn = {one.paragraph for one in queue}
    # A queue that is drawn again under its own name takes its own place.
    earlier = {one.paragraph for one in queued if one.drawn_by == "sample" and one.queue != name}
    coded = {paragraph for paragraph, ways in (pool.drawn_by or {}).items() if "sample" in ways}
    return len(drawn & earlier), len((earlier | coded) - drawn)


def _new_articles(pool: Pool, population: Population, queue: Sequence[QueuedParagraph]) -> list[NewArticle]:
    article_of = dict(zip(population.ids, population.articles, strict=True))
    numbers = dict.fromkeys(article_of[one.paragraph] for one in queue)
    return [new for number in numbers if (new := pool.articles[number].new) is not None]


def _refuse_size(population: Population, size: int) -> None:
    there = len(population.ids)
    if size <= there:
        return
    left_out = ", ".join(f"{number} {why}" for why, number in population.left_out.items()) or "none"
    advice = f"{size} were asked for; ask for {there} at most" if there else "add articles with --articles"
    raise UsageError(f"{there or 'no'} paragraphs are left to draw from (left out: {left_out}); {advice}")


def _strata(
    pool: Pool, population: Population, read: Mapping[str, ClassifiedParagraph], by: Sequence[StratifiedBy]
) -> list[str]:
    """Name the stratum of each paragraph of a population; '' where there are none."""
    names = []
    for name, number in zip(population.ids, population.articles, strict=True):
        parts = []
        if "outlet" in by:
            parts.append(f"outlet={pool.articles[number].outlet or 'unknown'}")
        if "frame" in by:
            parts.append(f"frame={read[name]['frame']}")
        names.append(", ".join(parts))
    return names


def _read_with(pool: Pool, purpose: Purpose, model: Path | None) -> dict[str, ClassifiedParagraph]:
    """Read the articles of a population with a model, each as a whole, what is coded of it with the rest."""
    artifact = _model_for(pool, model)
    marked: dict[str, ClassifiedParagraph] = {}
    for number in dict.fromkeys(population_of(pool, purpose).articles):
        article = pool.articles[number]
        marked |= zip(article.ids, artifact.classify(article.article), strict=True)
    return marked


def _model_for(pool: Pool, model: Path | None) -> Artifact:
    folder = default_folder() if model is None else model
    artifact = load(folder)
    theirs, ours = set[Any](artifact.codebook.labels), set[Any](pool.codebook.labels)
    if theirs != ours:
        raise ArtifactError(
            f"gives the labels {', '.join(artifact.codebook.labels)}, and the codebook of {pool.folder} has "
            f"{', '.join(pool.codebook.labels)}; name a model for it with --model",
            path=folder,
        )
    return artifact
