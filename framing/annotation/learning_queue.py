"""What to code next so that a model learns most from it: where it is in doubt, and some of it by chance.

What is coded for this reason teaches, and measures nothing: it says neither how often a frame occurs nor how good a
model is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_NO_DOUBT = 1e-12


@dataclass(frozen=True)
class LearningRows:
    """Rows to be coded, in random order.

    Attributes
    ----------
    rows : ndarray of int, shape (n_queued,)
    by_chance : ndarray of bool, shape (n_queued,)
        Whether a row was drawn by chance; the others are there because the model is in doubt.
    """

    rows: Integers
    by_chance: Booleans


def uncertainty(probabilities: Floats) -> Floats:
    """Give how much a model is in doubt of each paragraph: 1 less the margin between its two most probable labels.

    Margin sampling (Scheffer, Decomain and Wrobel 2001, *Active hidden Markov models for information extraction*).

    Parameters
    ----------
    probabilities : ndarray, shape (n_paragraphs, n_labels)
        Of two labels at least.

    Returns
    -------
    ndarray, shape (n_paragraphs,)
        1 where two labels are equally probable, 0 where one is certain.
    """
    highest = np.sort(probabilities, axis=1)[:, -2:]
    doubt: Floats = 1 - (highest[:, 1] - highest[:, 0])
    return doubt


def learning_queue(
    probabilities: Floats,
    articles: Integers,
    *,
    size: int,
    per_article: int,
    random_share: float,
    generator: np.random.Generator,
) -> LearningRows:
    """Choose what to code next.

    A share is drawn by chance, since a model that is sure of what it gets wrong never asks about it. The rest is taken
    where the model is in doubt: each label that it would give has its part, in proportion to all the doubt there is of
    it, so that one kind of doubt does not fill the queue. No article has more than ``per_article`` rows in the queue
    while others are left; then twice as many, and so on.

    Parameters
    ----------
    probabilities : ndarray, shape (n_paragraphs, n_labels)
        A model's, of all paragraphs that may be chosen; of two labels at least.
    articles : ndarray of int, shape (n_paragraphs,)
        The number of each paragraph's article.
    size : int
        How many to choose.
    per_article : int
    random_share : float
        The share of ``size`` that is drawn by chance, rounded.
    generator : numpy.random.Generator

    Raises
    ------
    ValueError
        When there are fewer paragraphs than ``size``, or a number is out of its range.
    """
    if not 0 <= size <= len(probabilities) or per_article < 1 or not 0 <= random_share <= 1:
        raise ValueError(f"{size} of {len(probabilities)}, {per_article} an article, {random_share} by chance")
    chosen = _Chosen.none(articles, per_article)
    n_by_chance = int(random_share * size + 0.5)
    drawn = chosen.take(generator.permutation(len(probabilities)), n_by_chance)
    doubtful = chosen.take(_most_doubtful(probabilities, generator), size - n_by_chance)
    # In random order: a place in the queue must not tell what the model takes a paragraph for, and who stops early has
    # coded some of both kinds.
    order = generator.permutation(size)
    rows, by_chance = np.concatenate([drawn, doubtful])[order], (np.arange(size) < n_by_chance)[order]
    return LearningRows(rows, by_chance)


def _most_doubtful(probabilities: Floats, generator: np.random.Generator) -> Integers:
    """Put all rows in the order in which they are asked about, each predicted label having its part at any length."""
    doubt, predicted = uncertainty(probabilities), probabilities.argmax(axis=1)
    turns = np.empty(len(doubt))
    for label in np.unique(predicted):
        rows = np.flatnonzero(predicted == label)
        # The order of a file says nothing of what should be coded first.
        rows = rows[np.lexsort((generator.permutation(len(rows)), -doubt[rows]))]
        # Seats by Webster's method: the n-th of a label comes at (n - 1/2) / weight.
        turns[rows] = (np.arange(len(rows)) + 0.5) / max(float(doubt[rows].sum()), _NO_DOUBT)
    return np.argsort(turns, kind="stable")


@dataclass
class _Chosen:
    """What has been chosen so far.

    Attributes
    ----------
    of_article : ndarray of int, shape (n_paragraphs,)
        Each paragraph's article, numbered from 0 on.
    counts : ndarray of int, shape (n_articles,)
        How many of each article are chosen.
    taken : ndarray of bool, shape (n_paragraphs,)
    most : int
        How many of one article may be chosen by now.
    """

    of_article: Integers
    counts: Integers
    taken: Booleans
    most: int

    @classmethod
    def none(cls, articles: Integers, per_article: int) -> _Chosen:
        numbers, of_article = np.unique(articles, return_inverse=True)
        return cls(of_article, np.zeros(len(numbers), np.int64), np.zeros(len(articles), np.bool_), per_article)

    def take(self, order: Integers, number: int) -> Integers:
        """Take the first rows that may be taken, so many of them; the order holds every row."""
        rows: list[int] = []
        while len(rows) < number:
            for row in order.tolist():
                article = self.of_article[row]
                if len(rows) < number and not self.taken[row] and self.counts[article] < self.most:
                    self.taken[row] = True
                    self.counts[article] += 1
                    rows.append(row)
            if len(rows) < number:
                # Doubled, not added to: a table without articles is one of very many rows.
                self.most *= 2
        return np.array(rows, dtype=np.int64)
