"""Baselines that learn from words and n-grams, each as its source or the library's defaults have it.

Terms are counted once for all parts; what a part knows of them is derived from the counts, and is what a vectoriser
fitted on the part alone would know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from framing.evaluation.cross_validation import Judgement, Part
from framing.evaluation.gold_rows import GoldRows
from framing.model.features import TermCounts, fit_tfidf, tfidf_matrix
from framing.settings import FeatureSettings

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# The library's own limits of 100 and 1000 steps are raised so that a fit ends by its tolerance.
MOST_STEPS = 10_000


@dataclass(frozen=True)
class ComplementNaiveBayes:
    """Complement naive Bayes on the counts of single words (Rennie et al. 2003), smoothing 1.

    The scores are the logarithms of the library's probabilities.
    """

    rows: GoldRows
    words: TermCounts

    def judge(self, part: Part) -> Judgement:
        learnt, gold = self.rows.learnt_from(part.train)
        known = _known(self.words, learnt)
        model = ComplementNB().fit(self.words.matrix[learnt][:, known], gold)
        return Judgement(model.predict_log_proba(self.words.matrix[part.test][:, known]))


@dataclass(frozen=True)
class UnigramLogistic:
    """TF-IDF of single words and logistic regression, all at the library's defaults.

    The scores are the logarithms of the probabilities.
    """

    rows: GoldRows
    words: TermCounts

    def judge(self, part: Part) -> Judgement:
        learnt, gold = self.rows.learnt_from(part.train)
        settings = FeatureSettings(ngrams=(1, 1), sublinear_tf=False)
        seen, unseen = _tfidf(self.words, settings, learnt, part.test)
        with threadpool_limits(1):
            model = LogisticRegression(max_iter=MOST_STEPS).fit(seen, gold)
        return Judgement(model.predict_log_proba(unseen))


@dataclass(frozen=True)
class NaiveBayesSvm:
    """NB-SVM (Wang and Manning 2012), one label against the rest.

    Words and pairs of words count once a paragraph. With p and q the terms' counts in the label's paragraphs and in
    all others', 1 added to each, r = ln((p / sum p) / (q / sum q)). A linear support vector machine of squared hinge
    loss learns weights w of the terms times r; used are (1 - β) · mean |w| + β · w, so that the label's score lies
    between naive Bayes' and the machine's. The paper's own settings: C = 1, β = .25.

    One thing is added: the intercept is interpolated like the weights, that of naive Bayes being ln of the label's
    paragraphs over all others. In the paper's tasks of two equal classes it is 0; one label against the rest is far
    from equal, and with the machine's intercept alone the rarest label would take most paragraphs.

    Attributes
    ----------
    rows : GoldRows
    words : TermCounts
        Of words and pairs.
    seed : int
        For the order in which the solver visits paragraphs; the solution depends on it within the solver's tolerance.
    """

    rows: GoldRows
    words: TermCounts
    seed: int
    C: float = 1.0
    interpolation: float = 0.25

    def judge(self, part: Part) -> Judgement:
        learnt, gold = self.rows.learnt_from(part.train)
        known = _known(self.words, learnt)
        present = self.words.matrix[:, known].sign().astype(np.float64)
        seen, unseen = present[learnt], present[part.test]
        columns = [self._margin(seen, gold == label, unseen) for label in range(len(self.rows.labels))]
        return Judgement(np.column_stack(columns))

    def _margin(self, seen: csr_array[Any], belongs: NDArray[np.bool_], unseen: csr_array[Any]) -> Floats:
        ratio = log_count_ratio(seen, belongs)
        machine = LinearSVC(C=self.C, random_state=self.seed, max_iter=MOST_STEPS).fit(_scaled(seen, ratio), belongs)
        [weights] = machine.coef_
        magnitude, share = np.abs(weights).mean(), self.interpolation
        weights = (1 - share) * magnitude + share * weights
        odds = np.log(belongs.sum() / (~belongs).sum())
        margin: Floats = unseen @ (ratio * weights) + (1 - share) * magnitude * odds + share * machine.intercept_[0]
        return margin


@dataclass(frozen=True)
class WordCharacterSvc:
    """A linear support vector machine on TF-IDF of words and of characters, side by side.

    Words and pairs of words, and 2 to 5 characters within words, either block sublinear and of Euclidean length 1;
    C = 1 as the library has it, labels weighed by the inverse of their frequency.

    Attributes
    ----------
    rows : GoldRows
    words : TermCounts
        Of words and pairs.
    characters : TermCounts
    seed : int
        See `NaiveBayesSvm`.
    """

    rows: GoldRows
    words: TermCounts
    characters: TermCounts
    seed: int

    def judge(self, part: Part) -> Judgement:
        learnt, gold = self.rows.learnt_from(part.train)
        settings = FeatureSettings(sublinear_tf=True)
        blocks = [_tfidf(counts, settings, learnt, part.test) for counts in (self.words, self.characters)]
        seen, unseen = (csr_array(hstack(pair)) for pair in zip(*blocks, strict=True))
        machine = LinearSVC(class_weight="balanced", random_state=self.seed, max_iter=MOST_STEPS).fit(seen, gold)
        return Judgement(_columns(machine.decision_function(unseen)))


def log_count_ratio(present: csr_array[Any], belongs: NDArray[np.bool_]) -> Floats:
    """Compare the terms' smoothed shares in a label's paragraphs with those in all others'.

    Parameters
    ----------
    present : csr_array, shape (n_paragraphs, n_terms)
        1 where a paragraph holds a term.
    belongs : ndarray of bool, shape (n_paragraphs,)

    Returns
    -------
    ndarray, shape (n_terms,)
    """
    within, without = 1 + present[belongs].sum(axis=0), 1 + present[~belongs].sum(axis=0)
    ratio: Floats = np.log(within / within.sum()) - np.log(without / without.sum())
    return ratio


def _known(counts: TermCounts, rows: Integers) -> Integers:
    return np.flatnonzero(np.bincount(counts.matrix[rows].indices, minlength=len(counts.terms)))


def _tfidf(
    counts: TermCounts, settings: FeatureSettings, train: Integers, test: Integers
) -> tuple[csr_array[Any], csr_array[Any]]:
    weights = fit_tfidf(counts, train, settings)
    return tfidf_matrix(counts, train, weights), tfidf_matrix(counts, test, weights)


def _scaled(matrix: csr_array[Any], by_column: Floats) -> csr_array[Any]:
    return csr_array((matrix.data * by_column[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)


def _columns(decision: Floats) -> Floats:
    """Give each label its column: of two labels the library tells one number, which speaks for the second."""
    return np.column_stack([-decision, decision]) if decision.ndim == 1 else decision
