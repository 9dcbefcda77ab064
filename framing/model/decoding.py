"""Decoding along the article: what a paragraph's neighbours say about its label."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Decoding:
    """How labels follow one another, and how much a paragraph's own words weigh against that.

    Attributes
    ----------
    ratios : ndarray of float, shape (n_labels, n_labels)
        How much more often than chance the column's label follows the row's; see `transition_ratios`.
    emission : float
        The power to which a paragraph's own probabilities are raised.

    Raises
    ------
    ValueError
        When a ratio or the emission is not a positive number. A ratio of 0 could leave an article without any
        possible sequence.
    """

    ratios: Floats
    emission: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.ratios).all() and (self.ratios > 0).all()):
            raise ValueError("every transition ratio must be a positive number")
        if not (np.isfinite(self.emission) and self.emission > 0):
            raise ValueError(f"the emission weight must be a positive number, not {self.emission}")


def transition_ratios(targets: Floats, articles: Integers, smoothing: float = 1.0) -> Floats:
    """Count which label follows which within an article, against chance.

    The probability of a label after another is divided by the share that it has of all followers, since the model's
    probabilities know that share already: scaled likelihoods, as where a classifier gives a hidden Markov model its
    emissions (Bourlard and Morgan 1994, *Connectionist speech recognition*). The rows are then made to sum to 1, which
    takes a little from labels that are rare and keep together.

    Parameters
    ----------
    targets : ndarray of float, shape (n_paragraphs, n_labels)
        The coders' shares; the largest counts, the first among equals. A row of zeros has no label, and the pairs on
        either side of it are not counted.
    articles : ndarray of int, shape (n_paragraphs,)
        As in `decode`.
    smoothing : float
        Added to every count.

    Returns
    -------
    ndarray, shape (n_labels, n_labels)

    Raises
    ------
    ValueError
        When the smoothing is not positive.
    """
    if not smoothing > 0:
        raise ValueError(f"the smoothing must be a positive number, not {smoothing}")
    n_labels, label, labelled = targets.shape[1], targets.argmax(axis=1), targets.sum(axis=1) > 0
    order = np.argsort(articles, kind="stable")
    before, after = order[:-1], order[1:]
    counted = (articles[before] == articles[after]) & labelled[before] & labelled[after]
    cells = (label[before] * n_labels + label[after])[counted]
    counts = np.full((n_labels, n_labels), smoothing, dtype=np.float64)
    counts += np.bincount(cells, minlength=n_labels**2).reshape(n_labels, n_labels)
    return _to_sum_one(_to_sum_one(counts) / (counts.sum(axis=0) / counts.sum()))


def decode(log_probabilities: Floats, articles: Integers, decoding: Decoding) -> Floats:
    """Give every paragraph the probabilities of its labels in the light of its whole article.

    The forward-backward algorithm (Baum et al. 1970; Rabiner 1989, *A tutorial on hidden Markov models*): a sequence of
    labels is as likely as the product of its paragraphs' own probabilities, each to the power of the emission weight,
    and of the ratios between neighbours; a paragraph's posterior sums that over all sequences. The first paragraph of
    an article expects no label more than another beyond its own words.

    Parameters
    ----------
    log_probabilities : ndarray of float, shape (n_paragraphs, n_labels)
        Each paragraph's own, up to a constant of the row.
    articles : ndarray of int, shape (n_paragraphs,)
        Any number for each article, whose rows stand in their order; rows of others may stand between. A paragraph
        without an article has a number that no other has.
    decoding : Decoding

    Returns
    -------
    ndarray, shape (n_paragraphs, n_labels)
        Log posteriors. Articles of one paragraph keep their own probabilities, to which no emission weight is applied.
    """
    _, member, size = np.unique(articles, return_inverse=True, return_counts=True)
    emission = np.where(size[member] > 1, decoding.emission, 1.0)[:, None]
    return log_softmax(
        emission * log_softmax(log_probabilities) + neighbour_scores(log_probabilities, articles, decoding)
    )


def neighbour_scores(log_probabilities: Floats, articles: Integers, decoding: Decoding) -> Floats:
    """Tell what the rest of its article adds to each paragraph's scores.

    With the emission weight times the paragraph's own log-probabilities this is the log posterior of `decode`, up to a
    constant of the row.

    Parameters
    ----------
    log_probabilities, articles, decoding
        As in `decode`.

    Returns
    -------
    ndarray, shape (n_paragraphs, n_labels)
        With a mean of 0 in every row; all 0 in an article of one paragraph.
    """
    places = _rows_by_place(articles)
    top = log_probabilities.max(axis=1, keepdims=True)
    likelihood = np.exp(decoding.emission * (log_probabilities - top))
    # Both are messages from the rest of the article alone: every entry is at least about the least ratio, so that
    # nothing underflows, however long the article and however sure its paragraphs.
    forward, backward = np.ones_like(likelihood), np.ones_like(likelihood)
    for before, here in itertools.pairwise(places):
        source = before[: len(here)]
        forward[here] = _to_sum_one((forward[source] * likelihood[source]) @ decoding.ratios)
    for after, here in itertools.pairwise(reversed(places)):
        backward[here[: len(after)]] = _to_sum_one((backward[after] * likelihood[after]) @ decoding.ratios.T)
    scores = np.log(forward) + np.log(backward)
    centred: Floats = scores - scores.mean(axis=1, keepdims=True)
    return centred


def log_softmax(scores: Floats) -> Floats:
    """Turn scores into log-probabilities, their exponentials summing to 1 over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    normalised: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return normalised


def _rows_by_place(articles: Integers) -> list[Integers]:
    """List the first rows of all articles, then the second rows, and so on, each time the longest article first.

    All articles are walked at once, so that there are as many steps as the longest has paragraphs.
    """
    rows = np.argsort(articles, kind="stable")
    _, starts, lengths = np.unique(articles[rows], return_index=True, return_counts=True)
    starts = starts[np.argsort(-lengths, kind="stable")]
    longer = len(starts) - np.cumsum(np.bincount(lengths, minlength=1))[:-1]
    return [rows[starts[:number] + place] for place, number in enumerate(longer)]


def _to_sum_one(rows: Floats) -> Floats:
    shares: Floats = rows / rows.sum(axis=1, keepdims=True)
    return shares
