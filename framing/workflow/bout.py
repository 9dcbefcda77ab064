"""Two sides' predictions of the same paragraphs, out of the same folds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import ArtifactError
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.splits import SplitPlan
from framing.workflow.contenders import Contender

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Bout:
    """What a verdict rests on.

    Attributes
    ----------
    yardstick : Yardstick
        Of today's gold.
    predicted : (ndarray, ndarray), each of shape (n_repeats, n_paragraphs)
        A's and B's.
    told : (dict, dict)
        What is to be told of each side.
    test_fold : ndarray of int, shape (n_repeats, n_paragraphs)
    articles : int
    labels_digest : str
        Of today's labels.
    refitted : bool
        Whether one of them was refitted here, or the stored predictions of both are of the same folds.
    """

    yardstick: Yardstick
    predicted: tuple[Integers, Integers]
    told: tuple[dict[str, Any], dict[str, Any]]
    test_fold: Integers
    articles: int
    labels_digest: str
    refitted: bool


def stored_bout(first: Contender, second: Contender, labels_digest: str | None) -> Bout | None:
    """Put stored predictions together; None where they are not of the same folds of the same labels.

    Parameters
    ----------
    first, second : Contender
    labels_digest : str or None
        Of today's labels, where they are at hand.

    Raises
    ------
    ArtifactError
        When the rows are not what an evaluation writes.
    """
    digests = {first.labels_digest, second.labels_digest, *([] if labels_digest is None else [labels_digest])}
    alike = (first.frames, first.residual) == (second.frames, second.residual)
    if not first.rows or not second.rows or len(digests) != 1 or not alike:
        return None
    with _rows_of(first):
        tables = _table(first), _table(second)
        # Repeats are dealt out one after the other, so that those of a shorter run are the first of a longer one.
        repeats = min(len(table.predicted) for table in tables)
        tables = tables[0].up_to(repeats), tables[1].up_to(repeats)
        if tables[0].cells != tables[1].cells:
            return None
        groups = np.array([int(row["group"]) for row in second.kept_labels])
        articles = len({row["article"] for row in second.kept_labels})
    settings, seed = second.experiment.evaluation, second.experiment.seed
    n_frames = len(second.frames)
    bootstrap = ArticleBootstrap.over(groups, settings.bootstrap, seed)
    n_labels = n_frames + (second.residual is not None)
    told = {"learnt_from": tables[1].learnt, "gone": 0}
    return Bout(
        yardstick=Yardstick(tables[1].gold, bootstrap, n_labels, n_frames, settings.calibration_bins),
        predicted=(tables[0].predicted, tables[1].predicted),
        told=({"experiment": first.experiment.name, **told}, {"experiment": second.experiment.name, **told}),
        test_fold=tables[1].test_fold,
        articles=articles,
        labels_digest=digests.pop() or "",
        refitted=False,
    )


def stored_side(side: Contender, today: LabelledParagraphs, plan: SplitPlan) -> tuple[Integers, dict[str, Any]] | None:
    """Return one side's stored predictions and what is to be told of it, where refitting would give them again.

    None where they are not of today's labels, or not of the folds and groups of the plan.

    Raises
    ------
    ArtifactError
        When the rows are not what an evaluation writes.
    """
    frames = tuple(frame.id for frame in today.codebook.frames)
    alike = (side.frames, side.residual) == (frames, today.codebook.residual)
    if not side.rows or side.labels_digest != today.digest or not alike:
        return None
    repeats = len(plan.test_fold)
    with _rows_of(side):
        names = [str(row["paragraph"]) for row in side.kept_labels]
        groups = np.array([int(row["group"]) for row in side.kept_labels])
        if names != list(today.ids) or not np.array_equal(groups, plan.groups):
            return None
        table = _table(side).up_to(repeats)
    if not np.array_equal(table.test_fold, plan.test_fold) or not np.array_equal(table.gold, today.gold):
        return None
    return table.predicted, {"experiment": side.experiment.name, "learnt_from": table.learnt, "gone": 0}


@contextmanager
def _rows_of(side: Contender) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, IndexError):
        raise ArtifactError("holds rows that no evaluation writes", path=side.name) from None


@dataclass(frozen=True)
class _Table:
    cells: set[tuple[int, str, int, str | None]]
    gold: Integers
    predicted: Integers
    test_fold: Integers
    learnt: int

    def up_to(self, repeats: int) -> _Table:
        """Keep so many repeats."""
        cells = {cell for cell in self.cells if cell[0] < repeats}
        return replace(self, cells=cells, predicted=self.predicted[:repeats], test_fold=self.test_fold[:repeats])


def _table(side: Contender) -> _Table:
    """Lay a side's rows out by repeat and paragraph; a paragraph without scores is boilerplate, with the residual."""
    labels = (*side.frames, *([] if side.residual is None else [side.residual]))
    places = {str(row["paragraph"]): place for place, row in enumerate(side.kept_labels)}
    # Every paragraph has a row in each repeat.
    repeats = len(side.rows) // max(1, len(places))
    gold = np.full(len(places), -1)
    predicted = np.full((repeats, len(places)), -1)
    test_fold = predicted.copy()
    learnt = set()
    cells = set()
    for row in side.rows:
        place = places[str(row["paragraph"])]
        if row["gold"] is not None:
            gold[place] = labels.index(row["gold"])
        scores = row["scores"]
        predicted[int(row["repeat"]), place] = len(labels) - 1 if scores is None else _largest(scores, len(labels))
        test_fold[int(row["repeat"]), place] = int(row["fold"])
        if row["gold"] is not None and scores is not None:
            learnt.add(place)
        cells.add((int(row["repeat"]), str(row["paragraph"]), int(row["fold"]), row["gold"]))
    if (predicted < 0).any():
        raise ValueError("a paragraph was not judged in every repeat")
    return _Table(cells, gold, predicted, test_fold, len(learnt))


def _largest(scores: list[float], n_labels: int) -> int:
    given = np.array(scores, dtype=np.float64)
    if given.shape != (n_labels,) or not np.isfinite(given).all():
        raise ValueError("not a score for every label")
    return int(given.argmax())
