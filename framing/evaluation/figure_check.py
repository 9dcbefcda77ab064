"""Whether figures that were kept are those that come out again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TOLERANCE = 1e-6
# A figure is rounded before it is kept, so that two that agree may be written one unit apart.
_SLACK = TOLERANCE * 0.5
# What no figure can be computed from but only a model says, by the first keys of its place; None stands for any.
OF_MODELS = (
    (
        "folds",
        None,
        ("C", "weighting", "smoothing", "pieces", "article", "emission", "temperature", "lone_temperature"),
    ),
    ("folds", None, ("source_weight", "tried", "tried_emissions", "tried_source_weights")),
    ("label_issues", ("ranked", "confident_errors"), None, ("evidence",)),
    ("examples", ("right", "wrong", "uncertain"), None, ("evidence",)),
)
# Why a baseline could not be run here and now; that it was not run must agree.
_REASONS = ("baselines", None, "note")
# Single predictions: held against each other, and not counted as figures.
_PREDICTIONS = ("shift", None, "predicted")

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """A value that does not come out again.

    Attributes
    ----------
    place : str
        Where it stands in ``evaluation.json``, its keys joined by dots.
    kept, again : object
        None also where there is none.
    """

    place: str
    kept: Any
    again: Any


@dataclass(frozen=True)
class FigureCheck:
    """What came of holding two evaluations against each other.

    Attributes
    ----------
    figures : int
        Numbers that were computed again, whether they agree or not.
    of_models : int
        Numbers that no figure was computed for again, since only models say them.
    differences : tuple of Difference
        Numbers and words that differ, in their order.
    """

    figures: int
    of_models: int
    differences: tuple[Difference, ...]


def check_figures(kept: dict[str, Any], again: dict[str, Any], *, refitted: bool) -> FigureCheck:
    """Hold an evaluation against one that was computed again, number by number and word by word.

    Parameters
    ----------
    kept, again : dict
        Contents of ``evaluation.json``.
    refitted : bool
        Whether the second was computed from models that were fitted anew; otherwise what only models say is left out.

    Returns
    -------
    FigureCheck
        Numbers agree where they are at most 1e-6 apart, and half of that for rounding.
    """
    one, other = dict(_leaves(kept, ())), dict(_leaves(again, ()))
    figures = of_models = 0
    differences = []
    # The kept one's order first, then what only the other has.
    for place in dict.fromkeys([*one, *other]):
        if _left_out(place):
            continue
        first, second = one.get(place), other.get(place)
        number = _is_number(first) or _is_number(second)
        if not refitted and any(_fits(place, rule) for rule in OF_MODELS):
            of_models += number
            continue
        figures += number and not _fits(place, _PREDICTIONS)
        told = _fits(place, _REASONS) and isinstance(first, str) and isinstance(second, str)
        if not told and not _agree(first, second):
            differences.append(Difference(".".join(map(str, place)), first, second))
    return FigureCheck(figures, of_models, tuple(differences))


def _leaves(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*place, number))
    elif place:
        # What is empty is a value, too: where there should be nothing, or something, it differs.
        yield place, value


def _left_out(place: Place) -> bool:
    # The settings are those that it is computed by.
    return place[:2] == ("protocol", "experiment")


def _fits(place: Place, rule: tuple[Any, ...]) -> bool:
    if len(place) < len(rule):
        return False
    return all(
        wanted is None or (key in wanted if isinstance(wanted, tuple) else key == wanted)
        for key, wanted in zip(place, rule, strict=False)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _agree(kept: Any, again: Any) -> bool:
    if _is_number(kept) and _is_number(again):
        return math.isclose(kept, again, rel_tol=0, abs_tol=TOLERANCE + _SLACK)
    return type(kept) is type(again) and kept == again
