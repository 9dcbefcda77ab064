from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.evaluation.cross_validation import OwnRecipe, cross_validate, fitting
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.model.lexicon import Lexicon, Origin
from framing.model.smoothing import word_vectors
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)

CODEBOOK = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
COMMON = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}

# Each paragraph by its own words alone: what is measured here are the measures, and not the model's further blocks.
LEXICAL = Experiment(
    smoothing=SmoothingSettings(strength=(0.0,)),
    context=ContextSettings(article=(0.0,)),
    decoding=DecodingSettings(emission=(0.0,)),
    calibration=CalibrationSettings(coverage=0.0),
)


@dataclasses.dataclass(frozen=True)
class World:
    """Articles of a small invented world, measured on its outer folds."""

    data: LabelledParagraphs
    experiment: Experiment

    def __post_init__(self) -> None:
        plan = plan_splits(self.data, self.experiment.evaluation, self.experiment.seed)
        shared = training_data(self.data, plan.groups, self.experiment)
        recipe = OwnRecipe(shared, self.experiment)
        bootstrap = ArticleBootstrap.over(plan.groups, 100, 0)
        for name, value in {
            "plan": plan,
            "shared": shared,
            "yardstick": Yardstick(self.data.gold, bootstrap, n_labels=3, n_frames=2, bins=5),
            "predictions": cross_validate(recipe, plan.test_fold, 3, shared.boilerplate, judge=fitting(1)),
        }.items():
            object.__setattr__(self, name, value)

    def relabelled(self, gold: NDArray[np.int64]) -> dict[str, Any]:
        """Give the same paragraphs other labels, everywhere but in the predictions that were made before."""
        targets = np.eye(3)[gold]
        return {
            "labelled": dataclasses.replace(self.data, gold=gold, targets=targets),
            "data": dataclasses.replace(self.shared, gold=gold, targets=targets),
            "yardstick": dataclasses.replace(self.yardstick, gold=gold),
        }


@pytest.fixture(scope="session")
def lexical() -> Experiment:
    return LEXICAL


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """A word table in small, without the half second that reading the real one takes.

    Words of one meaning lie near each other: 'squad' and 'troop' near what makes a deed, which no article need say.
    """
    random = np.random.default_rng(1)
    near = [*COMMON.values(), "and for with then also near squad troop salary rain"]
    centre = dict.fromkeys(["squad", "troop"], 0) | {"salary": 1, "rain": 2}
    words = sorted({word for line in near for word in line.split()})
    for place, line in COMMON.items():
        centre |= dict.fromkeys(line.split(), place)
    middles = random.normal(size=(4, 8))
    pieces = ("##s", "##ed", "o", "##n", "##l", "##y")
    vectors = [middles[centre.get(word, 3)] + 0.4 * random.normal(size=8) for word in words]
    table = np.vstack([*vectors, random.normal(size=(len(pieces), 8))]).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    origins = np.full(len(words), Origin.GENERAL | Origin.ENCODER, np.uint8)
    # A word that the table would not have without the corpus.
    origins[words.index("convoy")] = Origin.CORPUS
    return Lexicon(tuple(words), origins, pieces, table, "")


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Build a world: each article has a region, a year, and words that only its region or only it uses."""

    def build(n_articles: int = 36, seed: int = 0, regional: float = 0.0, own: float = 0.0, **evaluation) -> World:
        random = np.random.default_rng(seed)
        texts, gold, articles, regions, years = [], [], [], [], []
        for article in range(n_articles):
            region = ("north", "south", "isles", "islet")[(0, 0, 1, 1, 2, 3 if article == 35 else 0)[article % 6]]
            # In one article all paragraphs lean to one frame, as in the news.
            for _ in range(4):
                label = article % 3 if random.random() < 0.8 else int(random.integers(3))
                words = list(random.choice(COMMON[label].split(), 3))
                if random.random() < regional:
                    words = [f"{region}{label}"] * 3
                if random.random() < own:
                    words = [f"only{article}"] * 3
                texts.append(
                    " ".join([*words, *random.choice(["and", "for", "with", "then", "also", "near"], 4)]) + "."
                )
                gold.append(label)
                articles.append(str(article))
                regions.append(region)
                years.append(str(2000 + article // 3))
        place = np.array(gold)
        data = LabelledParagraphs(
            CODEBOOK, [str(row) for row in range(len(texts))], texts, articles, place, np.eye(3)[place],
            strata={"region": regions, "year": years},
        )  # fmt: skip
        settings = {"folds": 3, "repeats": 2, "study_repeats": 2, "inner_folds": 2, "bootstrap": 100} | evaluation
        experiment = dataclasses.replace(
            LEXICAL, classifier=ClassifierSettings(C=(1.0, 8.0)), evaluation=EvaluationSettings(**settings)
        )
        return World(data, experiment)

    # Most tests look at the same few worlds.
    return functools.cache(build)


@pytest.fixture(scope="session")
def labelled() -> Callable[..., LabelledParagraphs]:
    """Make articles of four paragraphs, the last a sign-off that the coders called residual."""

    def build(n_articles: int = 24, seed: int = 0) -> LabelledParagraphs:
        random = np.random.default_rng(seed)
        texts, gold, articles = [], [], []
        for article in range(n_articles):
            for position in range(3):
                label = (article + position) % 3
                heard = label if random.random() < 0.7 else random.integers(3)
                texts.append(" ".join(random.choice(COMMON[heard].split(), 5)) + f" {article} {position}x.")
                gold.append(label)
                articles.append(str(article))
            texts.append("Agence France-Presse")
            gold.append(2)
            articles.append(str(article))
        place = np.array(gold)
        ids = [str(row) for row in range(len(texts))]
        return LabelledParagraphs(CODEBOOK, ids, texts, articles, place, np.eye(3)[place])

    return build


@pytest.fixture(scope="session")
def leaning() -> Callable[..., LabelledParagraphs]:
    """Make articles whose paragraphs mostly share a label, of which some say nothing by themselves."""

    def build(n_articles: int = 24, seed: int = 0, length: int = 4) -> LabelledParagraphs:
        random = np.random.default_rng(seed)
        texts, gold, articles = [], [], []
        for article in range(n_articles):
            for position in range(length):
                label = article % 3 if random.random() < 0.8 else int(random.integers(3))
                heard = COMMON[label].split() if random.random() < 0.6 else ["and", "with", "near"]
                texts.append(" ".join(random.choice(heard, 3)) + f" for {article} {position}x.")
                gold.append(label)
                articles.append(f"{article:03}")
        place, ids = np.array(gold), [str(row) for row in range(len(texts))]
        return LabelledParagraphs(CODEBOOK, ids, texts, articles, place, np.eye(3)[place])

    return build


@pytest.fixture(scope="session")
def recipe() -> Callable[..., Experiment]:
    """Make the lexical recipe with some of its settings changed."""

    def build(**changes: Any) -> Experiment:
        evaluation = EvaluationSettings(folds=3, repeats=2, inner_folds=3, bootstrap=100)
        made = dataclasses.replace(LEXICAL, classifier=ClassifierSettings(C=(4.0, 0.25, 1.0)), evaluation=evaluation)
        return dataclasses.replace(made, **changes)

    return build


@pytest.fixture(scope="session")
def shared_of(lexicon: Lexicon) -> Callable[..., tuple[TrainingData, NDArray[np.int64]]]:
    """Prepare data with the small word table in the place of the package's own; its rows with it."""

    def prepare(
        data: LabelledParagraphs, experiment: Experiment, **changes: Any
    ) -> tuple[TrainingData, NDArray[np.int64]]:
        without = dataclasses.replace(experiment, smoothing=LEXICAL.smoothing)
        groups = np.unique(data.articles, return_inverse=True)[1]
        made = training_data(data, groups, without)
        if any(experiment.smoothing.strength):
            changes = {"words": word_vectors(made.counts, lexicon), **changes}
        return dataclasses.replace(made, **changes), np.arange(len(data.ids))

    return prepare
