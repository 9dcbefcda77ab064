"""The split plan: folds that keep an article whole, stratified by frame.

Articles that share a near-duplicate paragraph count as one group, since a copy in the training part would be
remembered and not judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError
from framing.evaluation.seeds import Purpose, stream
from framing.settings import EvaluationSettings
from framing.text.near_duplicates import merge_groups, near_duplicate_pairs

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

ATTEMPTS = 20
MOST_PASSES = 20


@dataclass(frozen=True)
class SplitPlan:
    """Which paragraphs are tested in which fold.

    Attributes
    ----------
    groups : ndarray of int, shape (n_paragraphs,)
        Articles, those with near-duplicate paragraphs merged; a group is never divided by folds of our own.
    test_fold : ndarray of int, shape (n_repeats, n_paragraphs)
        The fold in which each paragraph is tested.
    published : bool
        The folds came with the data and are used as they are.
    copies : ndarray of int, shape (n_pairs, 2)
        Pairs of near-duplicate paragraphs in different articles.
    pairs_across_folds : int
        Those of them that published folds part.
    """

    groups: Integers
    test_fold: Integers
    published: bool
    copies: Integers
    pairs_across_folds: int

    @property
    def near_duplicate_pairs(self) -> int:
        return len(self.copies)


def plan_splits(data: LabelledParagraphs, settings: EvaluationSettings, seed: int) -> SplitPlan:
    """Lay out the folds for testing.

    Where a paragraph may carry several labels, all of them count.

    Raises
    ------
    EvaluationError
        When a frame would be missing from a test or a training part; says which and what to do.
    """
    # A short line that many articles share ('Agence France-Presse') does not make them copies of one another; a
    # short text that is a group of its own (a headline) and stands there twice does.
    every_text_alone = len(set(data.articles)) == len(data.articles)
    pairs = [
        pair
        for pair in near_duplicate_pairs(data.texts, threshold=settings.near_duplicate, equal_short=every_text_alone)
        if data.articles[pair[0]] != data.articles[pair[1]]
    ]
    groups = merge_groups(data.articles, pairs)
    copies = np.array([pair[:2] for pair in pairs], dtype=np.int64).reshape(-1, 2)
    gold = data.targets > 0 if data.several else data.gold
    if data.folds is not None:
        _refuse_missing(data.folds, _memberships(gold, len(data.codebook.labels)), data.codebook.labels)
        parted = sum(data.folds[first] != data.folds[second] for first, second, _ in pairs)
        return SplitPlan(groups, data.folds[None, :], True, copies, int(parted))
    outer = partial(stream, seed, Purpose.OUTER_FOLDS)
    repeats = [
        grouped_folds(groups, gold, data.codebook.labels, settings.folds, partial(outer, repeat=repeat))
        for repeat in range(settings.repeats)
    ]
    return SplitPlan(groups, np.stack(repeats), False, copies, 0)


def grouped_folds(
    groups: Integers,
    gold: Integers | Booleans,
    labels: tuple[str, ...],
    n_folds: int,
    streams: Callable[..., np.random.Generator],
    *,
    setting: str = "folds",
) -> Integers:
    """Deal whole groups out to folds so that each fold gets its share of every label.

    Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011) with groups in the place of examples: the
    rarest label first, its largest groups first, each to the fold that lacks most of that label. Groups carry
    several labels at once, so groups are then moved as long as a move brings the folds closer to their shares.

    Parameters
    ----------
    groups : ndarray of int, shape (n_paragraphs,)
    gold : ndarray of int, shape (n_paragraphs,), or of bool, shape (n_paragraphs, n_labels)
        Places in ``labels``, of which -1 counts for no label; or, where a paragraph may carry several labels, which
        of them it carries.
    labels : tuple of str
    n_folds : int
    streams : callable
        Gives the random numbers of an ``attempt``.
    setting : str
        The setting that an error advises to lower.

    Returns
    -------
    ndarray of int, shape (n_paragraphs,)
        The fold in which each paragraph is tested.

    Raises
    ------
    EvaluationError
        When a label stands in fewer groups than there are folds, or no dealing gives every fold every label.
    """
    names, member = np.unique(groups, return_inverse=True)
    carried = _memberships(gold, len(labels))
    counts = np.zeros((len(names), len(labels)))
    np.add.at(counts, member, carried.astype(np.float64))
    _refuse_rare(counts, labels, n_folds, setting)
    sizes = np.bincount(member, minlength=len(names))
    for attempt in range(ATTEMPTS):
        dealt = _deal(counts, sizes, n_folds, streams(attempt=attempt))
        fold_of_group = _even_out(dealt, counts, sizes, n_folds)
        test_fold = fold_of_group[member]
        if not _missing(test_fold, carried, labels):
            return test_fold
    raise EvaluationError(
        f"no way was found to give each of {n_folds} folds every label: {_missing(test_fold, carried, labels)[0]}; "
        "label more articles with it, or lower '"
        f"{setting}' in [evaluation]"
    )


def _deal(counts: NDArray[np.float64], sizes: Integers, n_folds: int, random: np.random.Generator) -> Integers:
    wanted = np.tile(counts.sum(axis=0) / n_folds, (n_folds, 1))
    room = np.full(n_folds, sizes.sum() / n_folds)
    fold_of_group = np.full(len(counts), -1)
    shuffled = random.permutation(len(counts))
    rarest_first = np.argsort(counts.sum(axis=0), kind="stable")
    for label in [*rarest_first, None]:
        # Last come the groups without any label: they only fill the folds evenly.
        weight = sizes if label is None else counts[:, label]
        waiting = [group for group in shuffled if fold_of_group[group] < 0 and weight[group] > 0]
        for group in sorted(waiting, key=lambda group: -weight[group]):
            lack = room if label is None else wanted[:, label]
            fold = max(range(n_folds), key=lambda fold: (lack[fold], room[fold]))
            fold_of_group[group] = fold
            wanted[fold] -= counts[group]
            room[fold] -= sizes[group]
    return fold_of_group


def _even_out(fold_of_group: Integers, counts: NDArray[np.float64], sizes: Integers, n_folds: int) -> Integers:
    """Move single groups to other folds while that lowers the squared deviation from equal shares."""
    # Each label's share counts alike, however rare it is; the last column stands for the folds' sizes.
    amounts = np.column_stack([counts, sizes])
    amounts = amounts / np.maximum(amounts.sum(axis=0), 1)
    folds = np.zeros((n_folds, amounts.shape[1]))
    np.add.at(folds, fold_of_group, amounts)
    for _ in range(MOST_PASSES):
        moved = False
        for group, amount in enumerate(amounts):
            home = fold_of_group[group]
            # Taking a out of x and into y changes the sum of squares by 2a(y - x + a).
            change = 2 * (folds - folds[home] + amount) @ amount
            change[home] = 0
            best = int(change.argmin())
            if change[best] < -1e-12:
                folds[home] -= amount
                folds[best] += amount
                fold_of_group[group] = best
                moved = True
        if not moved:
            break
    return fold_of_group


def _memberships(gold: Integers | Booleans, n_labels: int) -> Booleans:
    """Tell of each paragraph which labels it carries, shape (n_paragraphs, n_labels)."""
    return gold[:, None] == np.arange(n_labels) if gold.ndim == 1 else gold.astype(np.bool_)


def _missing(test_fold: Integers, carried: Booleans, labels: tuple[str, ...]) -> list[str]:
    """Say of each fold which labels its test part or its training part lacks."""
    return [
        f"fold {fold} has no '{label}' in its {name} part"
        for fold in np.unique(test_fold)
        for name, part in (("test", test_fold == fold), ("training", test_fold != fold))
        for label, found in zip(labels, carried[part].any(axis=0), strict=True)
        if not found
    ]


def _refuse_rare(counts: NDArray[np.float64], labels: tuple[str, ...], n_folds: int, setting: str) -> None:
    # Inner folds are made of a part of the articles only, and the counts told are those of the part.
    where = "articles" if setting == "folds" else "articles of a training part"
    if len(counts) < n_folds:
        raise EvaluationError(
            f"{n_folds} folds need at least {n_folds} articles, and there are {len(counts)} {where}; "
            f"name a group column with more groups, label more articles, or lower '{setting}' in [evaluation]"
        )
    groups_with = (counts > 0).sum(axis=0)
    for label, found in zip(labels, groups_with, strict=True):
        if found < n_folds:
            raise EvaluationError(
                f"'{label}' is gold in {found} {where} (near-duplicates counted once), and {n_folds} folds need it in "
                f"at least {n_folds}; label more articles with it, take it out of the codebook, or lower "
                f"'{setting}' in [evaluation]"
            )


def _refuse_missing(folds: Integers, carried: Booleans, labels: tuple[str, ...]) -> None:
    if len(np.unique(folds)) < 2:
        raise EvaluationError("all published folds are the same fold; two at least are needed")
    missing = _missing(folds, carried, labels)
    if missing:
        raise EvaluationError(
            f"published {missing[0]}, so no F1 of it can be told; "
            "leave the fold column out to have folds made, or take the label out of the codebook"
        )
