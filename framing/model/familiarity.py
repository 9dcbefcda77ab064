"""Whether a text is of the kind that a model was trained on: its words, its language, its subject.

A linear model scores anything, a recipe too. Four measures, each of a whole article, tell whether its frames can be
believed: the share of words that the model knows; the share of words that are everyday words of the training texts,
which is low in another language; how much likelier its words are in the training texts than words drawn blindly; and
the share of capitals. What is still usual depends on the article's length, and is learnt from articles left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from framing.model.subject_weights import subject_weights

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

N_COMMON_WORDS = 100
N_FOLDS = 5
# The share of usual texts that lie beyond each limit.
ALPHA = 0.002
# Of the subject, the share in texts of SHORT words or fewer and in texts of LONG words or more, and between them in
# proportion to the log: one paragraph says little of its subject, and a limit that few pass would never be passed.
SHORT, LONG = 60, 300
ALPHA_SHORT, ALPHA_LONG = 0.025, 0.002
# The number of words from which each class of lengths begins.
LENGTHS = (8, 16, 27, 40, 60, 90, 135, 200, 300)
FEWEST_RUNS = 100
LONGEST_RUN = 12
# What a warning says must be true as it stands, however narrow the limits that were learnt.
FEW_KNOWN = 0.6
MANY_CAPITALS = 0.5

# What is added up over a text: words, known ones, common ones, subject weights times idf, idf, capitals, small letters.
N_SUMS = 7

_find_words = re.compile(r"\w+").findall


@dataclass(frozen=True)
class Familiarity:
    """What is usual in the training texts.

    Attributes
    ----------
    common_words : frozenset of str
        Those that the most training texts have; nearly all of them function words.
    subject_weights : ndarray of float, shape (n_words,)
        Of each of the model's words, the log of how much likelier it is in the training texts than any word of the
        model drawn blindly.
    lengths : ndarray of float, shape (n_lengths,)
        The number of words from which each class of lengths begins, rising. Shorter texts are not judged. Empty where
        there were too few training texts to learn limits from.
    least_known, least_common, least_subject : ndarray of float, shape (n_lengths,)
        The lowest share of known words, share of common words and mean subject weight that are still usual in each
        class of lengths.
    most_capitals : float
        The highest share of capitals among letters that is still usual.
    """

    common_words: frozenset[str]
    subject_weights: Floats
    lengths: Floats
    least_known: Floats
    least_common: Floats
    least_subject: Floats
    most_capitals: float

    def warnings(
        self, texts: Sequence[str], word_places: Mapping[str, int], idf: Floats, extra_known: Container[str] = ()
    ) -> list[str]:
        """Say what speaks against believing the frames of an article.

        Parameters
        ----------
        texts : sequence of str
            The article's paragraphs, or one paragraph that stands alone.
        word_places : mapping of str to int
            The place of each of the model's words in ``idf`` and ``subject_weights``.
        idf : ndarray of float, shape (n_words,)
        extra_known : container of str
            Words that the model knows besides these.

        Returns
        -------
        list of str
            Short sentences without a full stop. Empty where all is usual or the text is too short to tell.
        """
        words = _Words(word_places, extra_known, self.common_words, idf, self.subject_weights)
        return self.warnings_of(words.sums(texts).sum(axis=0))

    def warnings_of(self, sums: Floats) -> list[str]:
        """Say what speaks against believing the frames of an article, as `warnings` does.

        Parameters
        ----------
        sums : ndarray, shape (N_SUMS,)
            What a `Scorer` adds up of its paragraphs, all of them together.
        """
        n_words, known, common, subject, capitals = _measures(sums[None, :])[0].tolist()
        if n_words == 0:
            return ["has no words to go by"]
        place = int(np.searchsorted(self.lengths, n_words, side="right")) - 1
        if place < 0:
            return []
        found = []
        if known < self.least_known[place]:
            found.append(f"few of its words are known ({known:.0%})")
        if common < self.least_common[place]:
            found.append(f"seems to be in another language, or no running text ({common:.0%} everyday words)")
        # Of words that are not understood the subject is not known either.
        if not found and subject < self.least_subject[place]:
            found.append("reads like no article that the model was trained on")
        if capitals > self.most_capitals:
            found.append(f"is mostly in capitals ({capitals:.0%})")
        return found

    def warnings_of_each(self, sums: Floats) -> list[list[str]]:
        """Say of each of many articles what `warnings_of` says; sums have shape (n_articles, N_SUMS)."""
        n_words, known, common, subject, capitals = _measures(sums).T
        unusual = n_words == 0
        if len(self.lengths):
            place = np.searchsorted(self.lengths, n_words, side="right") - 1
            low = (known < self.least_known[place]) | (common < self.least_common[place])
            low |= (subject < self.least_subject[place]) | (capitals > self.most_capitals)
            unusual |= low & (place >= 0)
        found: list[list[str]] = [[] for _ in sums]
        # Few are, and only of these anything is to be said.
        for number in np.flatnonzero(unusual).tolist():
            found[number] = self.warnings_of(sums[number])
        return found


@dataclass(frozen=True)
class _Words:
    """What a model knows of words, and what that says of texts."""

    places: Mapping[str, int]
    extra_known: Container[str]
    common: Container[str]
    idf: Floats
    subject_weights: Floats

    def sums(self, texts: Sequence[str]) -> Floats:
        """Return what `_measures` needs of each text, shape (n_texts, N_SUMS)."""
        return np.array([self._sums(text) for text in texts], dtype=np.float64).reshape(len(texts), N_SUMS)

    def _sums(self, text: str) -> tuple[float, ...]:
        # Each word and sign once, with its number: a long text repeats most of them.
        words, signs = Counter(_words(text)), Counter(text)
        known = [(self.places[word], number) for word, number in words.items() if word in self.places]
        places, numbers = np.array(known, dtype=np.int64).reshape(-1, 2).T
        extra = sum(number for word, number in words.items() if word not in self.places and word in self.extra_known)
        idf = self.idf[places] * numbers
        return (
            words.total(),
            int(numbers.sum()) + extra,
            sum(number for word, number in words.items() if word in self.common),
            float(idf @ self.subject_weights[places]),
            float(idf.sum()),
            sum(number for sign, number in signs.items() if sign.isupper()),
            sum(number for sign, number in signs.items() if sign.islower()),
        )


def fit_familiarity(
    words: Sequence[str],
    idf: Floats,
    vectors: NDArray[np.floating],
    texts: Sequence[str],
    articles: Integers,
    *,
    of_corpus_only: Booleans | None = None,
) -> Familiarity:
    """Learn what is usual in training texts.

    A fifth of the articles at a time is measured by what the others teach, in every run of consecutive paragraphs, so
    that there are usual texts of every length; the limits are quantiles of these.

    Parameters
    ----------
    words : sequence of str, length n_words
        The model's words.
    idf : ndarray of float, shape (n_words,)
    vectors : ndarray of float, shape (n_words, n_dimensions)
        Rows of length 1, near in direction where words are near in meaning. Without dimensions no word has neighbours.
    texts : sequence of str, length n_paragraphs
    articles : ndarray of int, shape (n_paragraphs,)
        The article of each paragraph; the paragraphs of one stand together, in order.
    of_corpus_only : ndarray of bool, shape (n_words,), optional
        Words that are in the table for the sake of these texts: a part of the texts that lacks such a word does not
        know it. None of them, without it.

    Returns
    -------
    Familiarity
    """
    places = {word: place for place, word in enumerate(words)}
    folds = np.unique(articles, return_inverse=True)[1] % N_FOLDS
    parts = [np.full(len(texts), True), *(folds != fold for fold in range(N_FOLDS))]
    vocabularies = [set(_words(text)) for text in texts]
    counts = [Counter(chain.from_iterable(vocabularies[row] for row in np.flatnonzero(part))) for part in parts]
    seen = np.array([[count[word] for word in words] for count in counts], dtype=np.float64)
    weights = subject_weights(seen * idf, vectors)
    sums = np.zeros((len(texts), N_SUMS))
    for part, count, part_seen, part_weights in zip(parts[1:], counts[1:], seen[1:], weights[1:], strict=True):
        if not part.any():
            # A single article: its texts stay without a word, and no limit is learnt from them.
            continue
        held_out = np.flatnonzero(~part)
        unknown = np.zeros(len(words), bool) if of_corpus_only is None else of_corpus_only & (part_seen == 0)
        part_places = {word: place for word, place in places.items() if not unknown[place]}
        part_words = _Words(part_places, count, _most_common(count), idf, part_weights)
        sums[held_out] = part_words.sums([texts[row] for row in held_out.tolist()])
    return _with_limits(_most_common(counts[0]), weights[0], _measures(_run_sums(sums, articles)))


def _words(text: str) -> list[str]:
    # The tokens, and single letters too: nothing else is left of a text that is spaced out. Numbers tell nothing.
    return [word for word in _find_words(text.lower()) if not word.isdigit()]


def _most_common(counts: Counter[str]) -> frozenset[str]:
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return frozenset([word for word in ranked if len(word) > 1][:N_COMMON_WORDS])


def _measures(sums: Floats) -> Floats:
    """Return number of words, shares of known and common ones, mean subject weight and share of capitals.

    Parameters
    ----------
    sums : ndarray of float, shape (n_texts, N_SUMS)

    Returns
    -------
    ndarray of float, shape (n_texts, 5)
    """
    n_words, known, common, subject, idf, capitals, small = sums.T
    parts = np.stack([n_words, known, common, subject, capitals], axis=1)
    wholes = np.stack([np.ones_like(n_words), n_words, n_words, idf, capitals + small], axis=1)
    means: Floats = np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0)
    return means


def _run_sums(sums: Floats, articles: Integers) -> Floats:
    """Add up every run of consecutive paragraphs of one article, shape (n_runs, N_SUMS)."""
    upto = np.vstack([np.zeros(sums.shape[1]), sums.cumsum(axis=0)])
    runs = [sums]
    for length in range(2, min(LONGEST_RUN, len(sums)) + 1):
        within = articles[length - 1 :] == articles[: len(articles) - length + 1]
        runs.append((upto[length:] - upto[:-length])[within])
    return np.vstack(runs)


def _with_limits(common_words: frozenset[str], subject_weights: Floats, measures: Floats) -> Familiarity:
    """Take as limits what all but few of the texts measured keep, in each class of lengths that has enough of them."""
    n_words, known, common, subject, capitals = measures.T
    starts = np.array(LENGTHS, dtype=np.float64)
    classes = np.searchsorted(starts, n_words, side="right") - 1
    kept = [place for place in range(len(starts)) if (classes == place).sum() >= FEWEST_RUNS]
    alphas = np.interp(np.log(starts), np.log([SHORT, LONG]), [ALPHA_SHORT, ALPHA_LONG])
    many_capitals = np.quantile(capitals[classes >= 0], 1 - ALPHA) if kept else 1.0

    def lowest(measure: Floats, place: int, alpha: float) -> float:
        return float(np.quantile(measure[classes == place], alpha))

    # Half the usual at most: headlines and lists are no other language.
    half_common = [float(np.median(common[classes == place])) / 2 for place in kept]
    return Familiarity(
        common_words,
        subject_weights,
        starts[kept],
        np.array([min(lowest(known, place, ALPHA), FEW_KNOWN) for place in kept]),
        np.array([min(lowest(common, place, ALPHA), half) for place, half in zip(kept, half_common, strict=True)]),
        np.array([lowest(subject, place, alphas[place]) for place in kept]),
        max(float(many_capitals), MANY_CAPITALS),
    )
