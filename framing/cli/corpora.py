"""What ``framing classify`` does with a corpus: its progress and its summary on stderr, its results in a folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from framing.cli.messages import complain, tell

if TYPE_CHECKING:
    from framing.corpus.run_progress import Progress
    from framing.corpus.run_summary import RunSummary
    from framing.errors import FramingError

_MOST_FAILURES = 20


def classify_into_folder(
    inputs: list[str],
    output: Path,
    *,
    model: Path | None,
    format_: str,
    full: bool,
    codebook: Path | None,
    outlet: str | None,
    jobs: int,
    cluster: str | None,
    overwrite: bool,
) -> int:
    """Classify a corpus into a folder; the parameters are those of the command.

    Returns
    -------
    int
        The exit code: 1 where a source or a shard could not be read.
    """
    from framing.artifact import default_folder
    from framing.codebook import read_codebook
    from framing.workflow.corpus import Listener, classify_corpus

    failures: list[FramingError] = []
    skipped: list[str] = []

    def told(error: FramingError) -> None:
        failures.append(error)
        if len(failures) <= _MOST_FAILURES:
            complain(error)

    try:
        with _progress() as on_progress:
            summary = classify_corpus(
                inputs,
                output,
                Listener(
                    told, skipped.append, lambda name: tell(f"has changed and is done again: {name}"), on_progress
                ),
                model=model or default_folder(),
                codebook=None if codebook is None else read_codebook(codebook),
                format_=format_,
                full=full,
                outlet=outlet,
                jobs=jobs,
                cluster=cluster,
                overwrite=overwrite,
            )
    except KeyboardInterrupt:
        tell(f"broken off; the same command goes on where it was, and what is done is kept in {output}")
        raise
    if len(failures) > _MOST_FAILURES:
        tell(f"and {len(failures) - _MOST_FAILURES} more that could not be read; summary.json names them")
    if skipped:
        others = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
        tell(f"passed over, being no jsonl, csv or parquet: {skipped[0]}{others}")
    for line in summary_lines(summary, output):
        tell(line)
    return 1 if failures else 0


def summary_lines(summary: RunSummary, output: Path) -> list[str]:
    """Tell what was found in a corpus, a line each."""
    tally, done = summary.tally, summary.shards - len(summary.failed)
    scored = sum(tally.frames.values())
    before = f", {summary.skipped:,} of them before" if summary.skipped else ""
    lines = [f"{done:,} of {summary.shards:,} shards done{before}; results in {output}"]
    if summary.paragraphs_now:
        lines.append(
            f"{summary.paragraphs_now:,} paragraphs in {_duration(summary.seconds)}: {summary.rate:,.0f} a second"
        )
    lines.append(f"in all {tally.paragraphs:,} paragraphs of {tally.articles:,} articles")
    width = max(map(len, tally.frames), default=0)
    for label, number in tally.frames.items():
        lines.append(f"  {label:<{width}} {number:>13,} {number / max(scored, 1):>6.1%}")
    if tally.uncertain is not None:
        lines.append(f"more than one frame is possible: {tally.uncertain:,} ({tally.uncertain / max(scored, 1):.1%})")
    lines.append(f"boilerplate, not scored: {tally.boilerplate:,}")
    if tally.warned_articles:
        lines.append(f"articles unlike those that the model knows: {tally.warned_articles:,}")
    if summary.cut:
        lines.append(f"articles so long that they were read in parts: {summary.cut:,}")
    if summary.set_aside:
        lines.append(f"rows set aside: {summary.set_aside:,}; reasons in {output / 'set-aside'}")
    if summary.unknown_outlets:
        lines.append(f"outlets that tell the model nothing: {', '.join(summary.unknown_outlets)}")
    if summary.strays:
        lines.append(f"results of inputs that are gone, left as they are: {summary.strays:,}")
    lines.append("counts of predictions, errors included: no estimate of how common a frame is")
    return lines


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None] | None]:
    """Show a bar with the rate and the time left on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("shards", total=None, told="")

        def update(progress: Progress) -> None:
            left = "" if progress.seconds_left is None else f", {_duration(progress.seconds_left)} left"
            bars.update(
                task,
                description=f"{progress.shards} of {progress.total_shards} shards",
                completed=progress.bytes,
                total=max(progress.total_bytes, 1),
                told=f"{progress.rate:,.0f} paragraphs/s{left}",
            )

        yield update
