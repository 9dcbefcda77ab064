from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.evaluation.cross_validation import OwnRecipe, cross_validate
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.splits import plan_splits
from framing.evaluation.tuning import training_data
from framing.settings import ClassifierSettings, EvaluationSettings, Experiment

COMMON = {0: "raid patrol convoy rifle", 1: "wells school wages land", 2: "weather distance map date"}


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
            "predictions": cross_validate(recipe, plan.test_fold, 3, shared.boilerplate, jobs=1),
        }.items():
            object.__setattr__(self, name, value)


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Build a world: each article has a region, a year, and words that only its region or only it uses."""

    def build(n_articles: int = 36, seed: int = 0, regional: float = 0.0, own: float = 0.0, **evaluation) -> World:
        random = np.random.default_rng(seed)
        codebook = Codebook("two", "1", (Frame("deed", "Deed"), Frame("want", "Want")), residual="rest")
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
            codebook, [str(row) for row in range(len(texts))], texts, articles, place, np.eye(3)[place],
            strata={"region": regions, "year": years},
        )  # fmt: skip
        settings = {"folds": 3, "repeats": 2, "study_repeats": 2, "inner_folds": 2, "bootstrap": 100} | evaluation
        experiment = Experiment(classifier=ClassifierSettings(C=(1.0, 8.0)), evaluation=EvaluationSettings(**settings))
        return World(data, experiment)

    return build
