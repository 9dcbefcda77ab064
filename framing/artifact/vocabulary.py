"""The words of texts against those that a model knows: a first sign that texts are unlike those it learnt from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framing.model import FrameModel
from framing.model.tokens import tokens

# Document frequencies are whole numbers; an idf that was weighted otherwise does not give any.
_NEARLY_WHOLE = 0.05
_MOST_TO_CHECK = 50


@dataclass(frozen=True)
class WordUse:
    """How many words of a text the model knows. Words have two letters or more; numbers are none.

    Attributes
    ----------
    words : int
        All of them, with repeats.
    borrowed : int
        Those that no labelled paragraph had, which have the weight of words near in meaning.
    unknown : mapping of str to int
        The words that the model does not list, with their numbers; it may still go by their pieces.
    """

    words: int
    borrowed: int
    unknown: Mapping[str, int]

    @property
    def n_unknown(self) -> int:
        return sum(self.unknown.values())


def word_use(model: FrameModel, texts: Sequence[str]) -> WordUse:
    """Count the words of an article by whether the model knows them.

    Parameters
    ----------
    model : FrameModel
    texts : sequence of str
        The article's paragraphs.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokens(text))
    labelled, listed = model.terms.places, {} if model.words is None else model.words.places
    new = {word: number for word, number in counts.items() if word not in labelled and not word.isdigit()}
    unknown = {word: number for word, number in new.items() if word not in listed}
    n_words = counts.total() - sum(number for word, number in counts.items() if word.isdigit())
    return WordUse(n_words, sum(new.values()) - sum(unknown.values()), unknown)


def usual_new_words(model: FrameModel) -> float | None:
    """Estimate which share of the words of one more paragraph like those labelled no labelled paragraph had.

    That is the share of words that stand in one paragraph only among all words, each counted once a paragraph: the
    estimate of Good (1953, Biometrika 40), here from the document frequencies that the idf holds. Paragraphs of one
    article share words, so that of a new article somewhat more are new.

    Returns
    -------
    float or None
        None where the idf does not tell how many paragraphs have a word, or rare words were left out.
    """
    words = [place for place, term in enumerate(model.terms.terms) if " " not in term and not term.isdigit()]
    idf = model.terms.idf[words]
    if not len(idf) or not 1 < idf.max() < math.log(2**31):
        return None
    # idf = 1 + ln((1 + n) / (1 + df)), and the rarest words have df = 1.
    frequencies = 2 * np.exp(idf.max() - idf) - 1
    whole = frequencies.round()
    # Only small ones are as exact as they need to be.
    small = frequencies < _MOST_TO_CHECK
    if np.abs(frequencies - whole)[small].max() > _NEARLY_WHOLE or not (whole == 2).any():
        return None
    return float((whole == 1).sum() / whole.sum())
