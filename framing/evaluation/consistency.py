"""How far the coders agree with one another, and the model with each of them.

Agreement between persons is the reliability of their coding; between programs it only says how consistently programs
follow one codebook. The outcome says which of the two it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.reliability import (
    LEAST_COMMON,
    agreement_of_two,
    alphas,
    statement,
    third_coder_note,
    third_coders,
)

Integers = NDArray[np.int64]


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
    third = third_coders(data.codings)
    pairs = [
        {
            **_pair(data, predicted, bootstrap, first, second),
            "note": third_coder_note([c for c in (first, second) if c in third]),
        }
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
                "model": agreement_of_two(places, predicted, bootstrap, len(data.codebook.labels)),
            }
            for coder, places in data.codings.items()
        },
        "pairs": pairs,
        "all_coders": _alphas(data, list(data.codings), bootstrap),
        "without_third_coders": _alphas(data, independent, bootstrap) if third else None,
        "note": None if pairs else f"no two coders have {LEAST_COMMON} paragraphs in common",
    }


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
        "first_second": agreement_of_two(one, other[None], bootstrap, n_labels),
        "model_first": agreement_of_two(one, predicted, bootstrap, n_labels),
        "model_second": agreement_of_two(other, predicted, bootstrap, n_labels),
    }


def _alphas(data: LabelledParagraphs, coders: Sequence[str], bootstrap: ArticleBootstrap) -> dict[str, Any]:
    return alphas(np.array([data.codings[coder] for coder in coders]), data.codebook.labels, bootstrap)
