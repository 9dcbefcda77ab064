"""How far the coders of a labels folder agree: whether their codings can be relied on, and where they part.

What is measured is what each coder gave alone, before anyone decided between them; adjudicators are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framing.evaluation.agreement_alpha import THRESHOLDS, measure_alpha
from framing.evaluation.agreement_drawing import measure_drawing
from framing.evaluation.agreement_pairs import confusions, measure_pairs, measure_sureness
from framing.evaluation.codings import Codings
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.reliability import statement, third_coders

# Intervals from few clusters are too narrow: five to thirty are few (Cameron, Gelbach and Miller 2008).
FEW_ARTICLES = 30


def measure_agreement(
    codings: Codings, *, draws: int, seed: int, coders: Sequence[str] | None = None
) -> dict[str, Any]:
    """Measure the agreement of coders.

    Parameters
    ----------
    codings : Codings
        Of all coders.
    draws : int
        Of articles, with replacement, for the intervals.
    seed : int
    coders : sequence of str, optional
        Those to compare; otherwise all.

    Returns
    -------
    dict
        ``statement`` says what the figures are figures of, and belongs wherever they are shown; ``notices`` say what
        else must be known to read them. ``all_coders`` and ``without_third_coders`` have Krippendorff's alpha over all
        labels and of each label against the rest. A third coder was only asked where others differ: see
        `third_coders`; whether one is, is told from the codings of all coders. ``confusions``, ``sureness`` and
        ``drawing`` leave third coders out as well, as long as two coders are left who coded the same paragraphs;
        ``measured_on`` names those who are in. Without a paragraph that two coders coded all of these are None.
    """
    third = third_coders(codings.by_coder())
    chosen = codings if coders is None else codings.of(coders)
    active = list(chosen.by_coder())
    found = {
        "statement": statement(active, codings.kinds) if len(active) >= 2 else None,
        "coders": {
            coder: {
                "kind": codings.kinds.get(coder),
                "paragraphs": int((frames >= 0).sum()),
                "with_another": int((chosen.double_coded & (frames >= 0)).sum()),
                "third_coder_of_disputes": coder in third,
            }
            for coder, frames in zip(chosen.coders, chosen.frames, strict=True)
        },
        "paragraphs": {
            "coded": int((chosen.frames >= 0).any(axis=0).sum()),
            "by_two_or_more": int(chosen.double_coded.sum()),
            "articles": chosen.n_articles,
        },
        "thresholds": THRESHOLDS,
        "bootstrap": {"draws": draws, "seed": seed},
    }
    if not chosen.double_coded.any():
        keys = ("measured_on", "all_coders", "without_third_coders", "pairs", "confusions", "sureness", "drawing")
        return {**found, **dict.fromkeys(keys), "notices": [_nothing(active)]}
    chosen = chosen.at(chosen.double_coded)
    bootstrap = ArticleBootstrap.over(chosen.articles, draws, seed)
    independent = chosen.of([coder for coder in active if coder not in third])
    left = bool(third.intersection(active)) and bool(independent.double_coded.any())
    everyone = measure_alpha(chosen, bootstrap)
    main = measure_alpha(independent, bootstrap) if left else everyone
    measured = independent if left else chosen.of(active)
    pairs, sureness = measure_pairs(chosen, third, bootstrap), measure_sureness(measured, bootstrap)
    return {
        **found,
        "measured_on": list(measured.coders),
        "all_coders": everyone,
        "without_third_coders": main if left else None,
        "pairs": pairs,
        "confusions": confusions(measured),
        "sureness": sureness,
        "drawing": measure_drawing(measured, draws, seed),
        "notices": [
            *_third_notices(third.intersection(active), left=left),
            *_notices(measured, main),
            *_flat_notices(pairs, sureness, main),
        ],
    }


def _third_notices(third: set[str], *, left: bool) -> list[str]:
    if not third:
        return []
    names = " and ".join(sorted(third))
    # A paragraph's off-diagonal sum is 2 with two codings that differ, still 2 of 3 where a third sides with one of
    # them, and 3 of 3 where it sides with none.
    told = (
        f"{names} coded only paragraphs on which others differ. Siding with one of them mostly raises alpha, siding "
        "with none lowers it, and neither says anything of the other paragraphs."
    )
    judge = f"The coding is to be judged without {names}." if left else "So the figures here say nothing of the coding."
    return [f"{told} {judge}"]


def _notices(codings: Codings, measured: Mapping[str, Any]) -> list[str]:
    notices = []
    overall, articles = measured["overall"], measured["articles"]
    alpha = overall["krippendorff_alpha"]
    if alpha["value"] is None:
        notices.append("Only one label was ever given, so alpha is not defined: nothing had to be told apart.")
    elif overall["half_width"] == 0:
        alike = "coders never differ" if alpha["value"] == 1 else "articles are all alike"
        notices.append(f"The {alike}, so the interval has no width; that does not tell how sure the figure is.")
    elif alpha["low"] is None and articles > 1:
        notices.append("In more than 5% of the draws of articles only one label is left, so there is no interval.")
    if articles == 1:
        notices.append("All of it is from one article, so there are no intervals.")
    elif articles < FEW_ARTICLES:
        notices.append(f"Intervals from so few articles, {articles}, are too narrow (Cameron and others 2008).")
    given = (codings.frames >= 0) & codings.double_coded
    if prompted := int((given & codings.prompted).sum()):
        notices.append(
            f"In {prompted:,} of {int(given.sum()):,} codings the coder saw the model's frame first: coders who follow "
            "one model agree with one another."
        )
    return notices


def _flat_notices(
    pairs: Sequence[Mapping[str, Any]], sureness: Mapping[str, Mapping[str, Any]], main: Mapping[str, Any]
) -> list[str]:
    figures = [*(pair["cohen_kappa"] for pair in pairs), *(part["agreement"] for part in sureness.values())]
    flat = any(figure["low"] is not None and figure["low"] == figure["high"] for figure in figures)
    # Of the figure over all it is told already.
    if not flat or main["overall"]["half_width"] == 0:
        return []
    told = "Where coders never differ on a part of the paragraphs, its interval has no width"
    return [f"{told}; that does not tell how sure the figure is."]


def _nothing(active: Sequence[str]) -> str:
    if len(active) < 2:
        many = "no codings" if not active else f"codings of one coder only, {active[0]}"
        return f"There are {many}, so there is no agreement to measure."
    return "No paragraph has codings by two coders or more, so there is no agreement to measure."
