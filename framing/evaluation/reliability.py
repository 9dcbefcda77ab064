"""What every comparison of coders shares: figures of two coders and of many, and the words that belong beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.evaluation import metrics
from framing.evaluation.headline import rounded
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# On fewer common paragraphs the figures of a pair say hardly anything.
LEAST_COMMON = 30
OF_PAIRS = ("agreement", "cohen_kappa", "krippendorff_alpha")


def statement(coders: Sequence[str], kinds: Mapping[str, str]) -> str:
    """Say what agreement between these coders is, and what it is not.

    Parameters
    ----------
    coders : sequence of str
    kinds : mapping of str to str
        Of those of whom it is told: 'person' or 'program'.
    """
    programs = [coder for coder in coders if kinds.get(coder) == "program"]
    unknown = [coder for coder in coders if coder not in kinds]
    sentences = []
    if programs:
        who = "The coders are programs" if len(programs) == len(coders) else f"{', '.join(programs)}: programs"
        sentences.append(
            f"{who}. Agreement with programs is consistency under one codebook; it is not human reliability, and no "
            "ceiling for the model."
        )
    if unknown:
        who = "the coders" if len(unknown) == len(coders) else ", ".join(unknown)
        sentences.append(
            f"It is not told whether {who} are persons or programs (coders.toml would), so the figures cannot be taken "
            "for human reliability."
        )
    return " ".join(sentences) or (
        "The coders are persons. Their agreement is the reliability of the coding, as far as they worked independently."
    )


def third_coders(codings: Mapping[str, Integers]) -> set[str]:
    """Find the coders all of whose paragraphs at least two others have coded, and differently.

    Parameters
    ----------
    codings : mapping of str to ndarray of int, each of shape (n_paragraphs,)
        Each coder's labels; -1 where the coder gave none.
    """
    third = set()
    for coder, places in codings.items():
        rows = np.flatnonzero(places >= 0)
        others = np.array([other[rows] for name, other in codings.items() if name != coder])
        largest = others.max(axis=0, initial=-1)
        smallest = np.where(others < 0, largest, others).min(axis=0, initial=np.iinfo(np.int64).max)
        if len(rows) and (smallest < largest).all():
            third.add(coder)
    # Coders who differ everywhere and with everyone are no third coders.
    return third if len(codings) - len(third) >= 2 else set()


def third_coder_note(third: Sequence[str]) -> str | None:
    return f"{' and '.join(third)} coded only what others differ on: no figure for the rest" if third else None


def agreement_of_two(one: Integers, other: Integers, bootstrap: ArticleBootstrap, n_labels: int) -> dict[str, Any]:
    """Compare labels, -1 left out, with one or several repeats of others, shape (n_repeats, n_paragraphs)."""
    figures = bootstrap.figures(one, other, n_labels, _statistic)
    return dict(zip(OF_PAIRS, map(rounded, figures), strict=True))


def _statistic(confusion: Floats) -> Floats:
    alpha = metrics.krippendorff_alpha(metrics.pair_coincidences(confusion))
    return np.stack([metrics.accuracy(confusion), metrics.cohen_kappa(confusion), alpha], axis=-1)


def alphas(
    codings: Integers, labels: Sequence[str], bootstrap: ArticleBootstrap, weights: Floats | None = None
) -> dict[str, Any]:
    """Compute alpha of several coders, over all labels and of each label against the rest.

    Parameters
    ----------
    codings : ndarray of int, shape (n_coders, n_paragraphs)
        -1 where a coder gave none.
    labels : sequence of str
    bootstrap : ArticleBootstrap
    weights : ndarray of float, shape (n_paragraphs,), optional
        What each paragraph counts for, of mean 1; otherwise all count alike.
    """
    pairs = metrics.coincidences(codings, len(labels))
    if weights is not None:
        pairs *= weights[:, None, None]
    sums = sums_by_group(pairs[None], bootstrap.member)
    [overall] = bootstrap.figures_of_sums(sums, metrics.krippendorff_alpha)
    per_label = bootstrap.figures_of_sums(sums, lambda matrices: metrics.krippendorff_alpha(_against_rest(matrices)))
    return {
        "coders": len(codings),
        "paragraphs": int(((codings >= 0).sum(axis=0) >= 2).sum()),
        "krippendorff_alpha": rounded(overall),
        "per_frame": dict(zip(labels, map(rounded, per_label), strict=True)),
    }


def _against_rest(coincidences: Floats) -> Floats:
    """Merge all labels but one, for each label: from shape (..., k, k) to (..., k, 2, 2)."""
    both = np.diagonal(coincidences, axis1=-2, axis2=-1)
    one = coincidences.sum(axis=-1) - both
    neither = coincidences.sum(axis=(-2, -1))[..., None] - both - 2 * one
    return np.stack([np.stack([both, one], axis=-1), np.stack([one, neither], axis=-1)], axis=-2)
