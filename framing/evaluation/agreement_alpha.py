"""Krippendorff's alpha of coders, what may be built on it, and how many more codings would tell it better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from framing.evaluation.codings import Codings, Floats
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.reliability import alphas

FIRM, TENTATIVE = 0.8, 0.667
THRESHOLDS = {
    "firm": FIRM,
    "tentative": TENTATIVE,
    "source": "Krippendorff 2004, Content Analysis, chapter 11: rely on variables whose alpha is .800 or more, draw "
    "tentative conclusions from .667 to .800, and none below",
}
# An interval of this much on either side of the figure is to be reached.
WANTED_HALF_WIDTH = 0.05


def measure_alpha(codings: Codings, bootstrap: ArticleBootstrap, weights: Floats | None = None) -> dict[str, Any]:
    """Compute alpha with its interval, over all labels and of each label against the rest.

    Parameters
    ----------
    codings : Codings
    bootstrap : ArticleBootstrap
    weights : ndarray of float, shape (n_paragraphs,), optional
        See `alphas`.

    Returns
    -------
    dict
        ``overall`` and ``per_frame`` have alpha, its level and that of the interval's low end, the number of
        double-coded paragraphs (of a label: those where a coder gave it), and what `more_for` says.
    """
    found = alphas(codings.frames, codings.labels, bootstrap, weights)
    paragraphs, articles = found["paragraphs"], codings.n_articles

    def entry(figure: Mapping[str, float | None], occurs: int) -> dict[str, Any]:
        return {
            "krippendorff_alpha": figure,
            "level": level(figure["value"]),
            "level_of_low": level(figure["low"]),
            "paragraphs": occurs,
            **more_for(figure, articles, paragraphs),
        }

    frames = codings.frames[:, codings.double_coded]
    return {
        "coders": len(codings.by_coder()),
        "paragraphs": paragraphs,
        "articles": articles,
        "overall": entry(found["krippendorff_alpha"], paragraphs),
        "per_frame": {
            label: entry(figure, int((frames == place).any(axis=0).sum()))
            for place, (label, figure) in enumerate(found["per_frame"].items())
        },
    }


def level(alpha: float | None) -> str | None:
    """Say in Krippendorff's words what may be built on codings with such an alpha; None where it is not defined."""
    if alpha is None:
        return None
    return "firm" if alpha >= FIRM else "tentative" if alpha >= TENTATIVE else "too low"


def more_for(figure: Mapping[str, float | None], articles: int, paragraphs: int) -> dict[str, Any]:
    """Estimate how many more double-coded paragraphs bring an interval to ±.05.

    The half-width of an interval shrinks with the square root of the number of independent observations, which are the
    articles: n articles with the half-width h become n (h / .05)² articles. That is an approximation: it takes further
    articles to be like those there are, with as many paragraphs each. The number is as rough as the half-width is, and
    where that comes from few articles it is more often too low than too high.

    Parameters
    ----------
    figure : mapping
        ``low`` and ``high``, None where there is no interval.
    articles, paragraphs : int
        On which it rests.

    Returns
    -------
    dict
        ``more_articles`` and ``more_paragraphs`` are 0 where the interval is narrow enough, and None where there is
        none, or one without any width: where nobody differs, nothing can be told of how sure that is.
    """
    low, high = figure["low"], figure["high"]
    if low is None or high is None:
        return {"half_width": None, "more_articles": None, "more_paragraphs": None}
    half = (high - low) / 2
    if half == 0:
        return {"half_width": 0.0, "more_articles": None, "more_paragraphs": None}
    # The figures are rounded: what lies on the border is not to cost another article.
    more = max(0, math.ceil(articles * ((half / WANTED_HALF_WIDTH) ** 2 - 1) - 1e-6))
    return {
        "half_width": round(half, 6),
        "more_articles": more,
        "more_paragraphs": math.ceil(more * paragraphs / articles),
    }
