"""How far the coders agree with one another, and the model with each of them.

Agreement between persons is the reliability of their coding; between programs it only says how consistently programs
follow one codebook. The outcome says which of the two it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation import metrics
from framing.evaluation.headline import rounded
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# On fewer common paragraphs the figures of a pair say hardly anything.
LEAST_COMMON = 30
OF_PAIRS = ("agreement", "cohen_kappa", "krippendorff_alpha")


def measure_consistency(data: LabelledParagraphs, predicted: Integers, bootstrap: ArticleBootstrap) -> dict[str, Any]:
    """Compare coder with coder, and the model with each coder on the same paragraphs.

    A coder who was only asked where others differ, a third coder of disputes, is told of as such: what such a coder
    agrees on with others says nothing of the other paragraphs (Krippendorff 2004, *Content Analysis*, chapter 11, on
    reliability data from coders who work independently of one another).

    Parameters
    ----------
    data : LabelledParagraphs
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        Out-of-fold; the model's figures are means over the repeats.
    bootstrap : ArticleBootstrap

    Returns
    -------
    dict
        ``statement`` says what the figures are figures of, and belongs wherever they are shown. ``coders`` has for each
        its kind and the model's agreement with it on all that it coded; ``pairs`` has those with at least 30 paragraphs
        in common, coder against coder beside model against each of the two. ``all_coders`` and
        ``without_third_coders`` have Krippendorff's alpha over all labels, and of each label against the rest. Where
        there are fewer than two coders all of these are None, and ``note`` says so.
    """
    if len(data.codings) < 2:
        note = "there are fewer than two coders, so there is no consistency to measure"
        empty = dict.fromkeys(("statement", "coders", "pairs", "all_coders", "without_third_coders"))
        return {**empty, "note": note}
    third = _third_coders(data.codings)
    pairs = [
        {**_pair(data, predicted, bootstrap, first, second), "note": _note([c for c in (first, second) if c in third])}
        for first, second in itertools.combinations(data.codings, 2)
        if len(_common(data, first, second)) >= LEAST_COMMON
    ]
    independent = [coder for coder in data.codings if coder not in third]
    return {
        "statement": statement(list(data.codings), data.coder_kinds),
        "coders": {
            coder: {
                "kind": data.coder_kinds.get(coder),
                "paragraphs": int((places >= 0).sum()),
                "third_coder_of_disputes": coder in third,
                "model": _agreement(places, predicted, bootstrap, len(data.codebook.labels)),
            }
            for coder, places in data.codings.items()
        },
        "pairs": pairs,
        "all_coders": _alphas(data, list(data.codings), bootstrap),
        "without_third_coders": _alphas(data, independent, bootstrap) if third else None,
        "note": None if pairs else f"no two coders have {LEAST_COMMON} paragraphs in common",
    }


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


def _third_coders(codings: Mapping[str, Integers]) -> set[str]:
    """Find the coders all of whose paragraphs at least two others have coded, and differently."""
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


def _common(data: LabelledParagraphs, first: str, second: str) -> Integers:
    return np.flatnonzero((data.codings[first] >= 0) & (data.codings[second] >= 0))


def _pair(
    data: LabelledParagraphs, predicted: Integers, bootstrap: ArticleBootstrap, first: str, second: str
) -> dict[str, Any]:
    rows = _common(data, first, second)
    n_labels = len(data.codebook.labels)
    one, other = (np.full(len(data.ids), -1, dtype=np.int64) for _ in range(2))
    one[rows], other[rows] = data.codings[first][rows], data.codings[second][rows]
    return {
        "first": first,
        "second": second,
        "paragraphs": len(rows),
        "articles": len({data.articles[row] for row in rows}),
        "first_second": _agreement(one, other[None], bootstrap, n_labels),
        "model_first": _agreement(one, predicted, bootstrap, n_labels),
        "model_second": _agreement(other, predicted, bootstrap, n_labels),
    }


def _note(third: Sequence[str]) -> str | None:
    return f"{' and '.join(third)} coded only what others differ on: no figure for the rest" if third else None


def _agreement(one: Integers, other: Integers, bootstrap: ArticleBootstrap, n_labels: int) -> dict[str, Any]:
    """Compare labels, -1 left out, with one or several repeats of others, shape (n_repeats, n_paragraphs)."""
    figures = bootstrap.figures(one, other, n_labels, _statistic)
    return dict(zip(OF_PAIRS, map(rounded, figures), strict=True))


def _statistic(confusion: Floats) -> Floats:
    alpha = metrics.krippendorff_alpha(metrics.pair_coincidences(confusion))
    return np.stack([metrics.accuracy(confusion), metrics.cohen_kappa(confusion), alpha], axis=-1)


def _alphas(data: LabelledParagraphs, coders: Sequence[str], bootstrap: ArticleBootstrap) -> dict[str, Any]:
    """Compute alpha of several coders, over all labels and of each label against the rest."""
    codings = np.array([data.codings[coder] for coder in coders])
    pairs = metrics.coincidences(codings, len(data.codebook.labels))
    sums = sums_by_group(pairs[None], bootstrap.member)
    [overall] = bootstrap.figures_of_sums(sums, metrics.krippendorff_alpha)
    per_label = bootstrap.figures_of_sums(sums, lambda matrices: metrics.krippendorff_alpha(_against_rest(matrices)))
    return {
        "coders": len(coders),
        "paragraphs": int(((codings >= 0).sum(axis=0) >= 2).sum()),
        "krippendorff_alpha": rounded(overall),
        "per_frame": dict(zip(data.codebook.labels, map(rounded, per_label), strict=True)),
    }


def _against_rest(coincidences: Floats) -> Floats:
    """Merge all labels but one, for each label: from shape (..., k, k) to (..., k, 2, 2)."""
    both = np.diagonal(coincidences, axis1=-2, axis2=-1)
    one = coincidences.sum(axis=-1) - both
    neither = coincidences.sum(axis=(-2, -1))[..., None] - both - 2 * one
    return np.stack([np.stack([both, one], axis=-1), np.stack([one, neither], axis=-1)], axis=-2)
