"""Texts that are nearly the same by the resemblance of their sets of word shingles, and what hangs together by it.

Resemblance is Broder's (1997, On the resemblance and containment of documents): the Jaccard similarity of the two
sets of runs of ``shingle`` words. Only pairs that share a shingle among their rarest ones can reach the threshold,
so only those are compared (prefix filtering: Chaudhuri, Ganti and Kaushik 2006, A primitive operator for similarity
joins in data cleaning; with the bounds on size of Bayardo, Ma and Srikant 2007, Scaling up all pairs similarity
search). Nothing is sampled or hashed to a shorter sketch: texts are joined, directly or by way of others, exactly
when comparing every two of them would join them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
# Bounds on sizes are taken a little too wide, so that rounding never loses a pair; the resemblance itself decides.
_SLACK = 1e-9


def normalised(text: str) -> str:
    """Return the words of a text, case-folded, with one space between them."""
    return " ".join(_WORD.findall(text.casefold()))


def near_duplicate_pairs(
    texts: Sequence[str],
    *,
    threshold: float,
    shingle: int = 5,
    shortest: int = 8,
    equal_short: bool = True,
) -> list[tuple[int, int, float]]:
    """Find pairs of texts whose resemblance reaches a threshold, as many as join all that hangs together.

    Every pair is one whose resemblance reaches the threshold, but a pair whose texts others join already is left out:
    n texts that hang together bring n - 1 pairs, though all may resemble each other, and no pair can be spared.
    Texts that are equal once case, punctuation and spacing are put aside count as one text: each is paired with the
    first of its kind, with resemblance 1, and only that first one is paired with other texts. A text without a word is
    never paired.

    Parameters
    ----------
    texts : sequence of str, length n_texts
    threshold : float
        The least resemblance of a pair, in (0, 1].
    shingle : int
        Words in a shingle.
    shortest : int
        Texts of fewer words have too few shingles to compare: they are paired only when they are equal.
    equal_short : bool
        Whether those equal short texts are paired at all.

    Returns
    -------
    list of (int, int, float)
        ``(i, j, resemblance)`` with ``i < j``, sorted.

    Raises
    ------
    ValueError
        When the threshold lies outside (0, 1] or ``shingle`` is below 1.
    """
    if not 0 < threshold <= 1:
        raise ValueError("threshold must lie in (0, 1]")
    if shingle < 1:
        raise ValueError("shingle must be 1 or more")
    pairs: list[tuple[int, int, float]] = []
    first: dict[str, int] = {}
    for place, text in enumerate(texts):
        words = normalised(text)
        if not words:
            continue
        earlier = first.setdefault(words, place)
        if earlier != place and (equal_short or words.count(" ") + 1 >= shortest):
            pairs.append((earlier, place, 1.0))
    # A text shorter than one shingle is a shingle of its own kind: no other text can share it.
    long = [(place, words) for words, place in first.items() if words.count(" ") + 1 >= max(shortest, shingle)]
    if len(long) > 1:
        places = [place for place, _ in long]
        join = _ResemblanceJoin.of([words for _, words in long], threshold, shingle)
        for one, other, resemblance in join.spanning_pairs():
            i, j = sorted((places[one], places[other]))
            pairs.append((i, j, resemblance))
    return sorted(pairs)


def merge_groups(groups: Sequence[str], pairs: Iterable[tuple[int, int, float]]) -> NDArray[np.int64]:
    """Give the groups numbers, the same one to groups that a pair joins.

    Parameters
    ----------
    groups : sequence of str, length n_texts
        The group of each text, such as its article.
    pairs : iterable of (int, int, float)
        As from `near_duplicate_pairs`.

    Returns
    -------
    ndarray of int, shape (n_texts,)
        The connected component of each text's group, numbered from 0 in order of appearance.
    """
    first: dict[str, int] = {}
    parents = [first.setdefault(group, place) for place, group in enumerate(groups)]

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for one, other, _ in pairs:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(place), len(numbers)) for place in range(len(parents))], dtype=np.int64)


@dataclass(frozen=True)
class _ResemblanceJoin:
    """Distinct texts as sets of shingles, smallest set first, with an index of their rarest shingles.

    Attributes
    ----------
    order : ndarray of int, shape (n_texts,)
        The text that stands at each place of the join.
    starts : ndarray of int, shape (n_texts + 1,)
        Where each text's shingles begin in ``shingles``.
    shingles : ndarray of int
        Each text's set, rarest shingle first.
    postings : ndarray of int
        For each indexed shingle, the places of the texts that hold it, ascending.
    probes : ndarray of int, shape (n_probes, 3)
        A place, and the stretch of ``postings`` to compare it with; ordered by place.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    shingles: NDArray[np.int64]
    postings: NDArray[np.int64]
    probes: NDArray[np.int64]
    threshold: float

    @classmethod
    def of(cls, texts: list[str], threshold: float, shingle: int) -> _ResemblanceJoin:
        owners, shingles = _shingle_sets(texts, shingle)
        sizes = np.bincount(owners, minlength=len(texts))
        order = np.argsort(sizes, kind="stable")
        place_of = np.empty_like(order)
        place_of[order] = np.arange(len(order))
        sizes = sizes[order]
        holders = np.bincount(shingles)
        rank = np.empty(len(holders), dtype=np.int64)
        rank[np.argsort(holders, kind="stable")] = np.arange(len(holders))
        places, shingles = place_of[owners], rank[shingles]
        by_rarity = np.lexsort((shingles, places))
        places, shingles = places[by_rarity], shingles[by_rarity]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        within = np.arange(len(shingles)) - starts[places]

        # A text of n shingles and a partner no larger share at least t n of them; of two that share k shingles, the
        # first n - k + 1 of one and the first m - k + 1 of the other have one in common. The partner that is indexed
        # is the smaller: it shares at least 2 t m / (1 + t) of its m.
        shared = np.ceil(threshold * sizes - _SLACK).astype(np.int64)
        shared_as_smaller = np.ceil(2 * threshold / (1 + threshold) * sizes - _SLACK).astype(np.int64)
        indexed = within <= (sizes - shared_as_smaller)[places]
        probing = within <= (sizes - shared)[places]

        # One key a shingle and place: the stretch of a shingle's holders within bounds of size is found by bisection.
        n = len(texts)
        keys = np.sort(shingles[indexed] * n + places[indexed])
        smallest_partner = np.searchsorted(sizes, shared)
        base = shingles[probing] * n
        begins = np.searchsorted(keys, base + smallest_partner[places[probing]])
        ends = np.searchsorted(keys, base + places[probing])
        probes = np.column_stack((places[probing], begins, ends))[ends > begins]
        return cls(order, starts, shingles, keys % n, probes, threshold)

    def spanning_pairs(self) -> Iterator[tuple[int, int, float]]:
        """Yield the pairs that join texts not joined before."""
        component = np.arange(len(self.order))
        members = [[place] for place in range(len(self.order))]
        for place, stretches in self._stretches():
            shingles = self._set(place)
            unlike: set[int] = set()
            for stretch in stretches:
                rest = stretch[component[stretch] != component[place]]
                while rest.size:
                    met = 0
                    for partner in map(int, rest):
                        met += 1
                        if partner in unlike:
                            continue
                        resemblance = self._resemblance(shingles, partner)
                        if resemblance >= self.threshold:
                            yield int(self.order[place]), int(self.order[partner]), resemblance
                            _join(component, members, place, partner)
                            break
                        unlike.add(partner)
                    rest = rest[met:]
                    rest = rest[component[rest] != component[place]]

    def _stretches(self) -> Iterator[tuple[int, list[NDArray[np.int64]]]]:
        """Yield each place that has anything to be compared with, and the stretches of postings that hold it."""
        bounds = np.flatnonzero(np.diff(self.probes[:, 0], prepend=-1, append=-1))
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            rows = self.probes[begin:end].tolist()
            yield rows[0][0], [self.postings[start:stop] for _, start, stop in rows]

    def _set(self, place: int) -> set[int]:
        return set(self.shingles[self.starts[place] : self.starts[place + 1]].tolist())

    def _resemblance(self, shingles: set[int], partner: int) -> float:
        others = self.shingles[self.starts[partner] : self.starts[partner + 1]].tolist()
        shared = len(shingles.intersection(others))
        return shared / (len(shingles) + len(others) - shared)


def _join(component: NDArray[np.int64], members: list[list[int]], one: int, other: int) -> None:
    # The smaller component takes the larger's name, so that no text is renamed more than log2(n) times.
    small, large = sorted((int(component[one]), int(component[other])), key=lambda name: len(members[name]))
    component[members[small]] = large
    members[large] += members[small]
    members[small] = []


def _shingle_sets(texts: list[str], shingle: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the shingles of texts that each hold at least one a number each.

    Returns
    -------
    owners, shingles : ndarray of int, shape (n_shingles,)
        One entry for each text and each of its different shingles.
    """
    vocabulary: dict[str, int] = {}
    lengths, words = [], []
    for text in texts:
        numbers = [vocabulary.setdefault(word, len(vocabulary)) for word in text.split(" ")]
        words.append(np.array(numbers, dtype=np.int64))
        lengths.append(len(numbers))
    flat = np.concatenate(words)
    owners = np.repeat(np.arange(len(texts)), lengths)
    # A run of k + 1 words is a run of k words and one more: numbering pairs of numbers, again and again, keeps
    # different runs apart without hashing them.
    runs = flat
    for longer in range(1, shingle):
        _, runs = np.unique(runs[:-1] * len(vocabulary) + flat[longer:], return_inverse=True)
    inside = owners[: len(runs)] == owners[shingle - 1 :]
    entries = np.unique(owners[: len(runs)][inside] * len(flat) + runs[inside])
    owners, shingles = np.divmod(entries, len(flat))
    _, shingles = np.unique(shingles, return_inverse=True)
    return owners, shingles
