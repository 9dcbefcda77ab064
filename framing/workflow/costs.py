"""What a training run takes, and its model in use: time, memory and the machine, for the report."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framing.annotation.records import LabelledParagraphs
from framing.artifact import Artifact, load
from framing.artifact.storage import RUN
from framing.files import written_aside
from framing.workflow.studies import Stages

# Enough to measure a speed by, and done in a moment.
MOST_ARTICLES = 100


class StageClock:
    """Passes on the progress of stages and notes how long each took.

    Parameters
    ----------
    progress : callable
        Who is told.
    """

    def __init__(self, progress: Stages) -> None:
        self._progress = progress
        self._began = time.monotonic()
        self._spans: dict[str, tuple[float, float]] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        began, _ = self._spans.get(stage, (now, now))
        self._spans[stage] = began, now
        self._progress(stage, done, total)

    def costs(self, jobs: int) -> dict[str, Any]:
        """Tell what it took so far, with the peak memory of this process and of its helpers.

        Parameters
        ----------
        jobs : int
            The processes that fits ran in.
        """
        peaks = _peak_memory()
        return {
            "seconds": round(time.monotonic() - self._began, 1),
            "stages": [{"name": name, "seconds": round(end - began, 1)} for name, (began, end) in self._spans.items()],
            "peak_memory_bytes": peaks[0],
            "peak_memory_of_a_helper_bytes": peaks[1],
            "processes": jobs,
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "system": platform.system(),
        }


def costs_of_use(folder: Path, labelled: LabelledParagraphs) -> dict[str, Any]:
    """Measure how long a saved model takes to load, and how many paragraphs a second it marks in one process."""
    began = time.perf_counter()
    artifact = load(folder)
    loaded = time.perf_counter()
    paragraphs = _classify(artifact, _articles(labelled))
    return {
        "load_seconds": round(loaded - began, 3),
        "paragraphs_per_second": round(paragraphs / (time.perf_counter() - loaded), 0),
    }


def save_costs(folder: Path, costs: dict[str, Any]) -> None:
    """Write ``run.json`` beside a model; its digests do not answer for it, since no two runs take the same time.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    with written_aside(folder / RUN) as file:
        file.write((json.dumps(costs, indent=1) + "\n").encode())


def _articles(labelled: LabelledParagraphs) -> Sequence[str]:
    members: dict[str, list[str]] = {}
    for article, text in zip(labelled.articles, labelled.texts, strict=True):
        members.setdefault(article, []).append(text)
    return ["\n\n".join(texts) for texts in list(members.values())[:MOST_ARTICLES]]


def _classify(artifact: Artifact, articles: Sequence[str]) -> int:
    return sum(len(artifact.classify(article)) for article in articles)


def _peak_memory() -> tuple[int | None, int | None]:
    """Give the largest memory of this process and of the largest of its helpers, in bytes; None where unknown."""
    if sys.platform == "win32":
        return None, None
    import resource

    from joblib.externals.loky import get_reusable_executor

    # What helpers took is known when they have ended.
    get_reusable_executor().shutdown(wait=True)
    unit = 1 if sys.platform == "darwin" else 1024
    own, helpers = (
        resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own, helpers or None
