import dataclasses

import numpy as np
import pytest

from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.sampling import measure_sampling

LABELS = 3
CODEBOOK = dataclasses.replace(of_labels("weather", ["drought", "storm"]), residual="none")


def paragraphs(gold, drawn_by, chances, per_article=2):
    number = len(gold)
    articles = [f"a{row // per_article}" for row in range(number)]
    return LabelledParagraphs(
        CODEBOOK,
        [f"{article}:{row}" for row, article in enumerate(articles)],
        [f"Text {row}." for row in range(number)],
        articles,
        np.array(gold),
        np.eye(LABELS)[np.maximum(gold, 0)],
        drawn_by=drawn_by,
        inclusion_probability=np.array(chances, dtype=float),
    )


def measured(data, predicted, draws=200):
    groups = np.unique(data.articles, return_inverse=True)[1]
    yardstick = Yardstick(data.gold, ArticleBootstrap.over(groups, draws, 0), LABELS, 2, 10)
    given = np.full((len(predicted), len(data.gold), LABELS), 0.1)
    np.put_along_axis(given, np.asarray(predicted)[:, :, None], 0.8, axis=2)
    boilerplate = np.zeros(len(data.gold), dtype=bool)
    return measure_sampling(data, np.array(predicted), given, yardstick, boilerplate=boilerplate, seed=0)


def test_labels_that_were_chosen_have_no_population():
    data = paragraphs([0, 1, 2, -1], ["purposive", "learning", "", "purposive"], [np.nan] * 4)
    found = measured(data, [[0, 1, 2, 0]])
    assert found["sample"] is None
    assert found["drawn_by"] == {"learning": 1, "purposive": 1, "unknown": 1}
    assert "not drawn by chance" in found["statement"]
    assert "no population" in found["statement"]


def test_of_texts_from_elsewhere_it_is_not_known():
    data = dataclasses.replace(paragraphs([0, 1], [], [1, 1]), drawn_by=(), inclusion_probability=None)
    found = measured(data, [[0, 1]])
    assert found["drawn_by"] == {"unknown": 2}
    assert "not told how" in found["statement"]


def test_weights_are_the_inverse_of_the_chances():
    # Worked out on paper: weights 1, 1, 4, 4; right are the first (1) and the third (4).
    data = paragraphs([0, 1, 0, 1, 2], ["sample"] * 4 + ["purposive"], [1, 1, 0.25, 0.25, np.nan])
    found = measured(data, [[0, 0, 0, 0, 0]])
    sample = found["sample"]
    assert (sample["paragraphs"], sample["articles"], sample["population"]) == (4, 2, 10.0)
    assert sample["effective_paragraphs"] == pytest.approx(100 / 34, abs=0.05)
    assert sample["metrics"]["accuracy"]["value"] == 0.5
    assert sample["per_frame"]["drought"]["prevalence"]["value"] == 0.5
    assert sample["per_frame"]["storm"]["recall"]["value"] == 0
    assert sample["metrics"]["log_loss"]["value"] == pytest.approx(-(5 * np.log(0.8) + 5 * np.log(0.1)) / 10, abs=1e-6)
    assert "1 of the 5 labels were not drawn" in found["statement"]


def test_equal_chances_give_the_plain_figures():
    random = np.random.default_rng(3)
    gold, predicted = random.integers(0, LABELS, 60), random.integers(0, LABELS, (2, 60))
    data = paragraphs(gold, ["sample"] * 60, [0.1] * 60)
    sample = measured(data, predicted)["sample"]
    groups = np.unique(data.articles, return_inverse=True)[1]
    yardstick = Yardstick(data.gold, ArticleBootstrap.over(groups, 200, 0), LABELS, 2, 10)
    plain = yardstick.of_labels(predicted)
    for name, figure in plain.items():
        assert sample["metrics"][name] == pytest.approx(figure, abs=1e-6)
    assert sample["effective_paragraphs"] == 60


def test_the_weighted_figure_is_that_of_the_population():
    """A frame that is rare in the population is drawn ten times as often, and is also harder."""
    random = np.random.default_rng(11)
    population = np.where(random.random(40_000) < 0.05, 1, 0)
    right = np.where(population == 1, random.random(40_000) < 0.3, random.random(40_000) < 0.9)
    chance = np.where(population == 1, 0.2, 0.02)
    drawn = np.flatnonzero(random.random(40_000) < chance)
    gold = population[drawn]
    predicted = np.where(right[drawn], gold, 2)
    data = paragraphs(gold, ["sample"] * len(drawn), chance[drawn], per_article=3)
    sample = measured(data, [predicted])["sample"]
    accuracy, prevalence = sample["metrics"]["accuracy"], sample["per_frame"]["storm"]["prevalence"]
    assert accuracy["low"] < right.mean() < accuracy["high"]
    assert prevalence["low"] < population.mean() < prevalence["high"]
    # Unweighted, both would be far off.
    assert (predicted == gold).mean() < accuracy["low"]
    assert gold.mean() > prevalence["high"]


def test_paragraphs_without_gold_are_not_measured():
    data = paragraphs([0, -1, 1, 1], ["sample"] * 4, [0.5] * 4)
    sample = measured(data, [[0, 0, 1, 1]])["sample"]
    assert sample["paragraphs"] == 3
    assert sample["metrics"]["accuracy"]["value"] == 1


def test_what_of_the_sample_has_no_gold_is_counted():
    data = paragraphs([0, -1, 1, -1], ["sample", "sample", "sample", "purposive"], [0.5] * 3 + [np.nan])
    sample = measured(data, [[0, 0, 1, 1]])["sample"]
    assert (sample["paragraphs"], sample["without_gold"]) == (2, 1)
    assert "have no gold are left out" in sample["method"]


def test_a_frame_that_the_sample_does_not_hold_is_not_surely_absent():
    """No draw of articles has it either, so that an interval would say 0 to 0: of 40 it may well be 1 in 20."""
    data = paragraphs([0, 1] * 20, ["sample"] * 40, [0.1] * 40)
    sample = measured(data, [[0, 0] * 20])["sample"]
    for figure in ("prevalence", "predicted_share"):
        assert sample["per_frame"]["none"][figure] == {"value": 0, "low": None, "high": None}
    assert sample["per_frame"]["drought"]["recall"] == {"value": 1, "low": None, "high": None}
    assert sample["per_frame"]["storm"]["predicted_share"] == {"value": 0, "low": None, "high": None}


def test_of_paragraphs_drawn_one_by_one_the_intervals_are_no_narrower_than_they_say():
    """Articles are unlike one another and paragraphs were drawn, not articles: the intervals may only be too wide."""
    random = np.random.default_rng(5)
    articles = np.repeat(np.arange(80), 10)
    population = np.where(random.random(800) < random.beta(1, 2, 80)[articles], 1, 0)
    covered = 0
    for _ in range(60):
        drawn = np.sort(random.choice(800, 150, replace=False))
        data = paragraphs(population[drawn], ["sample"] * 150, [150 / 800] * 150)
        data = dataclasses.replace(data, articles=[f"a{article}" for article in articles[drawn]])
        figure = measured(data, [population[drawn]])["sample"]["per_frame"]["storm"]["prevalence"]
        covered += figure["low"] <= population.mean() <= figure["high"]
    # Fewer than 53 of 60 would be one time in a hundred.
    assert covered >= 53
