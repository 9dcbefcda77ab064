"""What was found in all of a corpus."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from framing.corpus.run_state import Judged, RunSettings
from framing.corpus.run_totals import RunTotals
from framing.corpus.shards import shown
from framing.corpus.tally import Tally
from framing.errors import InputError
from framing.files import written_aside

SUMMARY = "summary.json"


@dataclass(frozen=True)
class RunSummary:
    """What was found in a corpus, and what this run did for it.

    Attributes
    ----------
    settings : RunSettings
    shards : int
        All of the corpus.
    tally : Tally
        Of all shards that are done, now or before.
    set_aside : int
        Rows that could not be used.
    cut : int
        Times that an article was so long that it was read in parts.
    unknown_outlets : tuple of str
        Kinds of outlet that the model has not learnt of, twenty at most.
    output_bytes : int
    outputs_sha256 : str
        One digest of all outputs by name: two runs with the same one wrote the same.
    failed : dict of str to str
        The reason for each shard that has no output.
    changed : tuple of str
        Shards that were scored again, their inputs having changed.
    skipped : int
        Shards that were done before.
    strays : int
        Shards done before that are no longer in the corpus; their results were left.
    paragraphs_now : int
        Scored by this run.
    seconds : float
    """

    settings: RunSettings
    shards: int
    tally: Tally
    set_aside: int
    cut: int
    unknown_outlets: tuple[str, ...]
    output_bytes: int
    outputs_sha256: str
    failed: dict[str, str]
    changed: tuple[str, ...]
    skipped: int
    strays: int
    paragraphs_now: int
    seconds: float

    @property
    def rate(self) -> float:
        """Paragraphs per second of this run."""
        return self.paragraphs_now / self.seconds if self.seconds > 0 else 0.0

    def as_json(self) -> dict[str, Any]:
        """Give what ``summary.json`` holds: all but ``this_run`` is the same however often a run was broken off."""
        return {
            **asdict(self.settings),
            "shards": self.shards,
            **asdict(self.tally),
            "set_aside": self.set_aside,
            "cut_articles": self.cut,
            "unknown_outlets": list(self.unknown_outlets),
            "failed": self.failed,
            "output_bytes": self.output_bytes,
            "outputs_sha256": self.outputs_sha256,
            "this_run": {
                "shards": self.shards - self.skipped - len(self.failed),
                "skipped_as_done": self.skipped,
                "scored_again": list(self.changed),
                "inputs_gone": self.strays,
                "paragraphs": self.paragraphs_now,
                "seconds": round(self.seconds, 3),
                "paragraphs_per_second": round(self.rate, 1),
            },
        }


def summarise(
    settings: RunSettings, totals: RunTotals, judged: Judged, *, skipped: int, paragraphs_now: int, seconds: float
) -> RunSummary:
    """Tell what was found in a corpus.

    Parameters
    ----------
    settings : RunSettings
    totals : RunTotals
        Of all shards.
    judged : Judged
    skipped : int
        Shards that were done before.
    paragraphs_now : int
        Scored by this run.
    seconds : float
    """
    return RunSummary(
        settings,
        len(totals),
        totals.tally,
        totals.set_aside,
        totals.cut,
        totals.unknown_outlets,
        totals.output_bytes,
        totals.outputs_sha256,
        dict(sorted(totals.failed.items())),
        tuple(map(shown, judged.changed)),
        skipped,
        judged.strays,
        paragraphs_now,
        seconds,
    )


def remove_summary(output: Path) -> None:
    """Remove the summary of an earlier run, which holds no more when shards are scored."""
    path = output / SUMMARY
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be removed: {error.strerror}", path=path) from None


def write_summary(output: Path, summary: RunSummary) -> None:
    """Write ``summary.json``.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    with written_aside(output / SUMMARY) as file:
        file.write((json.dumps(summary.as_json(), indent=1, ensure_ascii=False) + "\n").encode())
