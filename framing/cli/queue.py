"""``framing queue``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.messages import complain, refuse_input, tell

if TYPE_CHECKING:
    from framing.errors import FramingError
    from framing.text import Article
    from framing.workflow.pool import Pool, Population
    from framing.workflow.queue import Drawn, StratifiedBy


class Purpose(StrEnum):
    learning = "learning"
    sample = "sample"
    review = "review"


class Strata(StrEnum):
    none = "none"
    outlet = "outlet"
    frame = "frame"
    both = "outlet,frame"


class Allocation(StrEnum):
    proportional = "proportional"
    equal = "equal"


def queue(
    purpose: Annotated[Purpose, typer.Option(help="What the labels are for; a paragraph is never drawn for two.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The queue's file.")],
    size: Annotated[
        int | None, typer.Option(min=1, help="How many paragraphs; of a review, the most.", show_default=False)
    ] = None,
    labels: Annotated[Path, typer.Option(help="A labels folder.")] = Path("labels"),
    model: Annotated[
        Path | None, typer.Option(help="The folder of a model.", show_default="the one that comes with framing")
    ] = None,
    articles: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Draw from these files or folders and not from the labels folder; may be given several times. "
            "Articles that a paragraph is drawn from are added to the folder.",
            show_default=False,
        ),
    ] = None,
    per_article: Annotated[
        int | None, typer.Option(min=1, help="learning: so many of an article while others are left.", show_default="3")
    ] = None,
    random_share: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="learning: the share that is drawn by chance.", show_default="0.2"),
    ] = None,
    strata: Annotated[
        Strata | None,
        typer.Option(help="sample: draw by kind of outlet, by the model's frame, or both.", show_default="none"),
    ] = None,
    allocation: Annotated[
        Allocation | None,
        typer.Option(help="sample: strata in proportion to their size, or alike.", show_default="proportional"),
    ] = None,
    coder: Annotated[str | None, typer.Option(help="review: whose labels.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same queue.")] = 0,
) -> None:
    """Choose what to code next: to learn from, to measure with, or once more.

    learning asks for what the model is in doubt of; such labels teach, and are
    no picture of anything. sample draws by chance, each paragraph with a known
    chance; such labels measure. review lists what a coder labelled before the
    codebook was changed there. Then: framing label --coder NAME --queue FILE
    """
    from framing.workflow.pool import read_pool
    from framing.workflow.queue import PER_ARTICLE, RANDOM_SHARE, queue_a_sample, queue_to_learn

    given = {
        "--size": size, "--model": model, "--articles": articles, "--per-article": per_article,
        "--random-share": random_share, "--strata": strata, "--allocation": allocation, "--coder": coder,
    }  # fmt: skip
    _refuse_options(purpose, {name for name, value in given.items() if value is not None}, strata)
    refuse_input(output, map(Path, articles or ()))
    _refuse_place(output, labels)
    if purpose is Purpose.review:
        _review(labels, output, coder or "", size)
        return
    failures: list[FramingError] = []
    pool = read_pool(labels, None if articles is None else _read(articles, failures))
    for finding in pool.notes:
        tell(f"{labels / finding.path}:{finding.line}: {finding.message}")
    wanted = size or 0
    if purpose is Purpose.learning:
        drawn = queue_to_learn(
            pool, output, size=wanted, model=model, seed=seed,
            per_article=PER_ARTICLE if per_article is None else per_article,
            random_share=RANDOM_SHARE if random_share is None else random_share,
        )  # fmt: skip
    else:
        drawn = queue_a_sample(
            pool, output, size=wanted, strata=_parts(strata), equal=allocation is Allocation.equal, model=model,
            seed=seed,
        )  # fmt: skip
    tell(_population(pool, drawn.population, given=articles is not None, unread=len(failures)))
    for line in _report(purpose, pool, drawn, output):
        tell(line)
    if failures:
        raise typer.Exit(1)


def _refuse_options(purpose: Purpose, given: set[str], strata: Strata | None) -> None:
    """Raise a UsageError for an option of another purpose, or one that is needed and not there."""
    from framing.errors import UsageError

    drawn = {"--size", "--articles"}
    known = {
        Purpose.learning: drawn | {"--model", "--per-article", "--random-share"},
        Purpose.sample: drawn | {"--strata", "--allocation", "--model"},
        Purpose.review: {"--size", "--coder"},
    }[purpose]
    if unfit := sorted(given - known):
        raise UsageError(f"{unfit[0]} is no option for --purpose {purpose}; leave it out")
    needed = "--coder" if purpose is Purpose.review else "--size"
    if needed not in given:
        raise UsageError(f"--purpose {purpose} needs {needed}")
    if purpose is Purpose.sample:
        if "--model" in given and "frame" not in _parts(strata):
            raise UsageError("--model is looked at for strata by frame alone; add --strata frame, or leave it out")
        if "--allocation" in given and not _parts(strata):
            raise UsageError("--allocation says how strata share a sample; add --strata, or leave it out")


def _refuse_place(output: Path, labels: Path) -> None:
    """Raise a UsageError where no queue can be, before anything is drawn and kept."""
    from framing.errors import UsageError

    if output.is_dir():
        raise UsageError("is a folder; name a file", path=output)
    if not output.parent.is_dir():
        raise UsageError("there is no such folder; make it first", path=output.parent)
    if output.parent.resolve() in (labels.resolve(), (labels / "annotations").resolve()):
        raise UsageError("would stand among the labels; name a file elsewhere", path=output)


def _parts(strata: Strata | None) -> list[StratifiedBy]:
    parts: dict[Strata | None, list[StratifiedBy]] = {
        Strata.outlet: ["outlet"], Strata.frame: ["frame"], Strata.both: ["outlet", "frame"],
    }  # fmt: skip
    return parts.get(strata, [])


def _read(sources: list[str], failures: list[FramingError]) -> Iterator[Article]:
    """Yield the articles of all sources; those that cannot be read are told, and kept in ``failures``."""
    from framing.text import read_articles

    def told(error: FramingError) -> None:
        complain(error)
        failures.append(error)

    skipped: list[str] = []
    for source in sources:
        yield from read_articles(source, kind="auto", stdin=sys.stdin.buffer, on_error=told, on_skip=skipped.append)
    if skipped:
        others = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
        tell(f"passed over, being of no known kind: {skipped[0]}{others}")


def _review(labels: Path, output: Path, coder: str, size: int | None) -> None:
    from framing.workflow.queue import queue_for_review

    queued = queue_for_review(labels, output, coder=coder, size=size)
    if queued:
        tell(f"{_paragraphs(len(queued))} in {output}: labelled by {coder} before the codebook was changed there")
    else:
        tell(f"no label of {coder} is touched by a change of the codebook; nothing was written")


def _report(purpose: Purpose, pool: Pool, drawn: Drawn, output: Path) -> Iterator[str]:
    """Say what was drawn, from what, and what it stands for."""
    from framing.workflow.queue import BY_CHANCE

    for name, (queued, there) in drawn.strata.items():
        yield f"  {name}: {queued} of {there}"
    if drawn.added:
        numbers = (
            f"{_paragraphs(sum(len(article.paragraphs) for article in drawn.added))} of {_articles(len(drawn.added))}"
        )
        yield f"added to {pool.folder}, each article as a whole: {numbers}"
    if purpose is Purpose.learning:
        by_chance = sum(queued.reason == BY_CHANCE for queued in drawn.queue)
        in_doubt = len(drawn.queue) - by_chance
        yield (
            f"{_paragraphs(len(drawn.queue))} in {output}: {in_doubt} where the model is in doubt, {by_chance} by "
            "chance; no sample: they say nothing of how often a frame occurs, nor of how good a model is"
        )
        return
    yield (
        f"{_paragraphs(len(drawn.queue))} in {output}, in random order: a sample of this population alone, which says "
        "nothing of what was left out. Code them in their order: the first part is a sample as well, each of whose "
        "chances is smaller by the share that is coded"
    )
    if drawn.again:
        yield f"{drawn.again} of them stand uncoded in an earlier sample's queue, too; code one of the two, not both"
    if drawn.earlier:
        yield (
            f"{_paragraphs(drawn.earlier)} drawn as a sample before: evaluation takes all samples together, each "
            "weighted to what it was drawn from, so that texts that stood in both populations count twice"
        )


def _population(pool: Pool, population: Population, *, given: bool, unread: int) -> str:
    where = "the articles given" if given else str(pool.folder)
    left_out = [f"{number:,} {why}" for why, number in population.left_out.items()]
    left_out += [f"{_articles(pool.copies)} given twice"] if pool.copies else []
    left_out += [f"{unread} that could not be read"] if unread else []
    there = f"{_paragraphs(len(population.ids))} of {_articles(len(set(population.articles)))}"
    return f"population: {there} in {where} that nobody has coded (left out: {', '.join(left_out) or 'none'})"


def _paragraphs(number: int) -> str:
    return f"{number:,} {'paragraph' if number == 1 else 'paragraphs'}"


def _articles(number: int) -> str:
    return f"{number:,} {'article' if number == 1 else 'articles'}"
