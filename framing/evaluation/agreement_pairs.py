"""Where coders part: pair by pair, frame by frame, and by how sure they were."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Any

import numpy as np

from framing.evaluation import metrics
from framing.evaluation.codings import Booleans, Codings, Floats
from framing.evaluation.headline import rounded
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group
from framing.evaluation.reliability import agreement_of_two, third_coder_note


def measure_pairs(codings: Codings, third: Collection[str], bootstrap: ArticleBootstrap) -> list[dict[str, Any]]:
    """Compare each two coders who have a paragraph in common, those with most in common first.

    Parameters
    ----------
    codings : Codings
    third : collection of str
        The third coders of disputes.
    bootstrap : ArticleBootstrap
        Over the same paragraphs.

    Returns
    -------
    list of dict
        Raw agreement, Cohen's kappa and alpha; and ``agreement_with_runner_up``, a lenient figure without correction
        for chance: how often the frame of one of the two is the other's frame or runner-up.
    """
    pairs = []
    for one, other in itertools.combinations(range(len(codings.coders)), 2):
        rows = (codings.frames[one] >= 0) & (codings.frames[other] >= 0)
        if not rows.any():
            continue
        names = [codings.coders[one], codings.coders[other]]
        first, second = (np.where(rows, codings.frames[place], -1) for place in (one, other))
        pairs.append(
            {
                "first": names[0],
                "second": names[1],
                "paragraphs": int(rows.sum()),
                "articles": len(np.unique(codings.articles[rows])),
                **agreement_of_two(first, second[None], bootstrap, len(codings.labels)),
                "agreement_with_runner_up": _lenient(codings, one, other, rows, bootstrap),
                "note": third_coder_note([name for name in names if name in third]),
            }
        )
    return sorted(pairs, key=lambda pair: -pair["paragraphs"])


def confusions(codings: Codings) -> list[dict[str, Any]]:
    """Count which frames two coders gave to the same paragraph, the most frequent two first.

    Returns
    -------
    list of dict
        ``times`` counts pairs of coders, so that a paragraph with several coders may count several times;
        ``share_of_disagreements`` is its share of all pairs of coders who differ, ``share_of_paragraphs`` that of the
        paragraphs with both frames in the double-coded paragraphs with either. Frames that nobody parted on are left
        out.
    """
    n_labels = len(codings.labels)
    counts = np.stack([(codings.frames == place).sum(axis=0) for place in range(n_labels)], axis=1)
    counts = counts[codings.double_coded]
    given = (counts > 0).astype(np.int64)
    times, both = counts.T @ counts, given.T @ given
    all_times = int(np.triu(times, 1).sum())
    found = []
    for one, other in itertools.combinations(range(n_labels), 2):
        if times[one, other]:
            either = both[one, one] + both[other, other] - both[one, other]
            found.append(
                {
                    "first": codings.labels[one],
                    "second": codings.labels[other],
                    "times": int(times[one, other]),
                    "paragraphs": int(both[one, other]),
                    "paragraphs_with_either": int(either),
                    "share_of_disagreements": round(times[one, other] / all_times, 6),
                    "share_of_paragraphs": round(both[one, other] / either, 6),
                }
            )
    return sorted(found, key=lambda pair: -pair["times"])


def measure_sureness(codings: Codings, bootstrap: ArticleBootstrap) -> dict[str, Any]:
    """Measure agreement on the paragraphs that all their coders were sure of, and on the others.

    Parameters
    ----------
    codings : Codings
    bootstrap : ArticleBootstrap
        Over the same paragraphs.

    Returns
    -------
    dict
        For ``all_sure`` and ``some_unsure`` the number of double-coded paragraphs, the agreement that alpha observes,
        and alpha. With two coders each that is the share of paragraphs on which they agree; a paragraph with more
        coders counts for as many codings as it has.
    """
    doubted = ((codings.frames >= 0) & ~codings.sure).any(axis=0)
    return {
        "all_sure": _agreement_within(codings, codings.double_coded & ~doubted, bootstrap),
        "some_unsure": _agreement_within(codings, codings.double_coded & doubted, bootstrap),
    }


def _agreement_within(codings: Codings, rows: Booleans, bootstrap: ArticleBootstrap) -> dict[str, Any]:
    pairs = metrics.coincidences(np.where(rows, codings.frames, -1), len(codings.labels))
    agreement, alpha = bootstrap.figures_of_sums(sums_by_group(pairs[None], bootstrap.member), _statistic)
    return {
        "paragraphs": int(rows.sum()),
        "agreement": rounded(agreement),
        "krippendorff_alpha": rounded(alpha),
    }


def _statistic(coincidences: Floats) -> Floats:
    # The share on the diagonal is the observed agreement, 1 less the observed disagreement of alpha.
    return np.stack([metrics.accuracy(coincidences), metrics.krippendorff_alpha(coincidences)], axis=-1)


def _lenient(codings: Codings, one: int, other: int, rows: Booleans, bootstrap: ArticleBootstrap) -> dict[str, Any]:
    first, second = codings.frames[one], codings.frames[other]
    agree = (first == second) | (first == codings.runners_up[other]) | (second == codings.runners_up[one])
    values = np.stack([agree & rows, rows], axis=-1).astype(np.float64)
    sums = sums_by_group(values[None], bootstrap.member)
    [share] = bootstrap.figures_of_sums(sums, lambda sums: metrics.ratio(sums[..., 0], sums[..., 1]))
    return rounded(share)
