"""Whether chance chose the double-coded paragraphs, and what alpha is in the population that they were drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from framing.evaluation.agreement_alpha import measure_alpha
from framing.evaluation.codings import Codings, Floats
from framing.evaluation.intervals import ArticleBootstrap

_SAMPLE = "sample"
_UNKNOWN = "unknown"


def measure_drawing(codings: Codings, draws: int, seed: int) -> dict[str, Any]:
    """Tell whether chance chose the double-coded paragraphs, and weight those that it chose to their population.

    A paragraph is drawn by chance where at least two coders had it from a probability sample; only their codings enter
    ``sample``. Each paragraph counts for the inverse of its chance, sums over the sum of weights (Hajek 1971), with
    weights of mean 1 for the small-sample term of alpha. Where two coders had it with different chances its own chance
    is not known, and nothing is weighted.
    """
    sampled = codings.where(codings.drawn_by == _SAMPLE)
    drawn = sampled.double_coded
    found: dict[str, Any] = {
        "drawn_by": _ways(codings),
        "by_chance": int(drawn.sum()),
        "weighted": False,
        "chances_known": None,
        "sample": None,
    }
    if drawn.any():
        sampled = sampled.at(drawn)
        chances, known = _chances(sampled)
        weights = 1 / chances
        found |= {"weighted": known and bool(np.ptp(chances) > 0), "chances_known": known}
        bootstrap = ArticleBootstrap.over(sampled.articles, draws, seed)
        found["sample"] = measure_alpha(sampled, bootstrap, weights / weights.mean() if found["weighted"] else None)
    return {**found, "statement": _drawing_statement(found, int(codings.double_coded.sum()))}


def _ways(codings: Codings) -> dict[str, int]:
    """Count double-coded paragraphs by why they were coded; coders may have had one for different reasons."""
    counts: Counter[str] = Counter()
    for frames, ways in zip(codings.frames.T, codings.drawn_by.T, strict=True):
        given = frames >= 0
        if given.sum() >= 2:
            counts[" and ".join(sorted({way or _UNKNOWN for way in ways[given].tolist()}))] += 1
    return dict(sorted(counts.items()))


def _chances(sampled: Codings) -> tuple[Floats, bool]:
    """Return each paragraph's chance, and whether its coders are at one on all of them."""
    given = sampled.frames >= 0
    least = np.where(given, sampled.chances, np.inf).min(axis=0)
    most = np.where(given, sampled.chances, -np.inf).max(axis=0)
    return least, bool((least == most).all())


def _drawing_statement(found: Mapping[str, Any], total: int) -> str:
    drawn = found["by_chance"]
    if drawn == 0:
        return (
            f"None of the {total:,} double-coded paragraphs was drawn by chance, so the figures hold for these "
            "paragraphs and for no population (Lacy and Riffe 1996). They are not weighted."
        )
    if drawn < total:
        sentence = (
            f"{drawn:,} of the {total:,} double-coded paragraphs {'was' if drawn == 1 else 'were'} drawn by chance. "
            "The figures over all hold for these paragraphs and for no population (Lacy and Riffe 1996); those of the "
            "part drawn by chance estimate its population's, if two coders coded the sample to its end."
        )
    else:
        sentence = (
            "All double-coded paragraphs were drawn by chance: the figures estimate those of the population that they "
            "were drawn from (Lacy and Riffe 1996), if two coders coded the sample to its end."
        )
    if found["weighted"]:
        return f"{sentence} The chances differ, so only the figures weighted by their inverse (Hajek) do so."
    if not found["chances_known"]:
        return f"{sentence} Two coders had a paragraph with different chances, so nothing is weighted."
    return f"{sentence} All had the same chance, so there is nothing to weight."
