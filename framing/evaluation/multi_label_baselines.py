"""Baselines where a text may carry several labels, on the same folds as the recipe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.bag_of_words import MOST_STEPS
from framing.evaluation.baselines import CHARACTERS, Baseline
from framing.evaluation.cross_validation import Part
from framing.evaluation.multi_label_recipe import JudgedSets, MultiLabelData
from framing.evaluation.multi_label_thresholds import label_sets
from framing.model.features import TermCounts, count_characters, count_terms, fit_tfidf, tfidf_matrix
from framing.settings import Experiment, FeatureSettings


@dataclass(frozen=True)
class MostFrequentLabel:
    """The training part's most frequent label for every text, the first of equals in codebook order."""

    data: MultiLabelData

    def judge(self, part: Part) -> JudgedSets:
        carried = self.data.carried[self.data.learnt_from(part.train)]
        predicted = np.zeros((len(part.test), carried.shape[1]), dtype=np.bool_)
        predicted[:, carried.sum(axis=0).argmax()] = True
        return JudgedSets(predicted[:, : self.data.n_frames].astype(np.float64), predicted=predicted)


@dataclass(frozen=True)
class BinaryNaiveBayes:
    """Multinomial naive Bayes on the counts of single words, each frame against its absence, smoothing 1.

    Attributes
    ----------
    data : MultiLabelData
    words : TermCounts
    at_least_one : bool
        A text in which no frame has a probability of a half gets the most probable; without it, it gets none.
    """

    data: MultiLabelData
    words: TermCounts
    at_least_one: bool

    def judge(self, part: Part) -> JudgedSets:
        learnt, carried = self.data.learnt_from(part.train), self.data.carried
        known = np.flatnonzero(np.bincount(self.words.matrix[learnt].indices, minlength=len(self.words.terms)))
        seen, unseen = (self.words.matrix[rows][:, known] for rows in (learnt, part.test))
        columns = [
            MultinomialNB().fit(seen, carried[learnt, frame]).predict_proba(unseen)[:, 1]
            for frame in range(self.data.n_frames)
        ]
        scores = np.column_stack(columns)
        sets = label_sets(scores, 0.5, carried.shape[1], at_least_one=self.at_least_one)
        return JudgedSets(scores, predicted=sets)


@dataclass(frozen=True)
class BinaryWordCharacterSvc:
    """A linear support vector machine for each frame on TF-IDF of words and of characters, side by side.

    Words and pairs of words, and 2 to 5 characters within words, either block sublinear and of Euclidean length 1;
    C = 1, presence and absence weighed by the inverse of their frequency. A text on no frame's side gets the one whose
    margin is largest.

    Attributes
    ----------
    data : MultiLabelData
    words : TermCounts
        Of words and pairs.
    characters : TermCounts
    seed : int
        For the order in which the solver visits paragraphs; the solution depends on it within the solver's tolerance.
    """

    data: MultiLabelData
    words: TermCounts
    characters: TermCounts
    seed: int

    def judge(self, part: Part) -> JudgedSets:
        learnt, carried = self.data.learnt_from(part.train), self.data.carried
        settings = FeatureSettings(sublinear_tf=True)
        weights = [(counts, fit_tfidf(counts, learnt, settings)) for counts in (self.words, self.characters)]
        seen, unseen = (
            csr_array(hstack([tfidf_matrix(counts, rows, tfidf) for counts, tfidf in weights]))
            for rows in (learnt, part.test)
        )
        columns = []
        for frame in range(self.data.n_frames):
            machine = LinearSVC(class_weight="balanced", random_state=self.seed, max_iter=MOST_STEPS)
            columns.append(machine.fit(seen, carried[learnt, frame]).decision_function(unseen))
        scores = np.column_stack(columns)
        return JudgedSets(scores, predicted=label_sets(scores, 0.0, carried.shape[1]))


def multi_label_baselines(data: LabelledParagraphs, shared: MultiLabelData, experiment: Experiment) -> list[Baseline]:
    """Prepare every baseline: terms are counted here, once for all folds, in the texts as they are.

    Parameters
    ----------
    data : LabelledParagraphs
    shared : MultiLabelData
        Of the same paragraphs.
    experiment : Experiment

    Returns
    -------
    list of Baseline
        Their recipes give `JudgedSets`. The majority alone where the experiment's studies leave the baselines out.
    """
    majority = Baseline(
        "majority",
        "Most frequent label",
        "The label most frequent in the training part, alone, for every text.",
        MostFrequentLabel(shared),
        probabilistic=False,
    )
    if "baselines" not in experiment.evaluation.studies:
        return [majority]
    words = count_terms(data.texts, FeatureSettings(ngrams=(1, 1)))
    pairs = count_terms(data.texts, FeatureSettings(ngrams=(1, 2)))
    naive_bayes = "scikit-learn's MultinomialNB on counts of single words, at its defaults, each frame against the rest"
    return [
        majority,
        Baseline(
            "naive_bayes",
            "Naive Bayes",
            f"{naive_bayes}; a text that no frame gets a probability of a half gets the most probable.",
            BinaryNaiveBayes(shared, words, at_least_one=True),
            probabilistic=False,
        ),
        Baseline(
            "naive_bayes_or_none",
            "Naive Bayes, or no label",
            f"{naive_bayes}; a text that no frame gets a probability of a half stays without a frame.",
            BinaryNaiveBayes(shared, words, at_least_one=False),
            probabilistic=False,
        ),
        Baseline(
            "word_char_svc",
            "Words and characters, linear SVM",
            f"Sublinear TF-IDF of words and pairs of words, and of {CHARACTERS[0]} to {CHARACTERS[1]} characters "
            "within words; scikit-learn's LinearSVC at its default C = 1 with balanced label weights, each frame "
            "against the rest; a text on no frame's side gets the one whose margin is largest.",
            BinaryWordCharacterSvc(shared, pairs, count_characters(data.texts, CHARACTERS), experiment.seed),
            probabilistic=False,
        ),
    ]
