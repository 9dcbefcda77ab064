from __future__ import annotations

import json

import numpy as np
import pytest

from framing.evaluation.conformal import measure_conformal
from framing.evaluation.headline import Yardstick
from framing.evaluation.intervals import ArticleBootstrap
from framing.model.calibration import candidate_sets, conformal_thresholds

LABELS = ("deed", "want", "rest")


def yardstick(gold: np.ndarray, articles: np.ndarray, draws: int = 200) -> Yardstick:
    return Yardstick(gold, ArticleBootstrap.over(articles, draws, 1), n_labels=3, n_frames=2, bins=5)


def made(seed: int = 0, n_articles: int = 40, repeats: int = 2):
    """Make gold labels, some unknown, drawn from the probabilities that are given."""
    random = np.random.default_rng(seed)
    articles = np.repeat(np.arange(n_articles), 5)
    given = random.dirichlet(np.full(3, 0.8), (repeats, len(articles)))
    gold = (random.random((len(articles), 1)) > given.mean(axis=0).cumsum(axis=1)).sum(axis=1)
    gold[random.random(len(articles)) < 0.1] = -1
    return gold, articles, given


def test_by_hand() -> None:
    gold = np.array([0, 1, 2, 0, -1])
    given = np.array([[[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.7, 0.2, 0.1], [0.4, 0.3, 0.3], [0.9, 0.1, 0.0]]])
    sets = np.array([[[1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1], [1, 0, 0]]], dtype=bool)
    told = measure_conformal(yardstick(gold, np.arange(5)), given, sets, LABELS, 0.75)
    assert told["paragraphs"] == 4
    assert told["promised"] == 0.75
    assert told["coverage"]["value"] == 3 / 4
    assert told["mean_size"]["value"] == 7 / 4
    assert told["certain"]["value"] == 2 / 4
    assert told["accuracy_of_certain"]["value"] == 1 / 2
    assert [told["per_label"][label]["paragraphs"] for label in LABELS] == [2, 1, 1]
    assert [told["per_label"][label]["coverage"]["value"] for label in LABELS] == [1, 1, 0]
    assert [told["per_label"][label]["promise_kept"] for label in LABELS] == [True, True, False]
    assert told["promise_kept"] is True
    assert told["notice"] is None


def test_equals_a_plain_loop_over_the_same_draws() -> None:
    gold, articles, given = made()
    sets = candidate_sets(given, np.array([0.3, 0.4, 0.2]))
    measure = yardstick(gold, articles)
    told = measure_conformal(measure, given, sets, LABELS, 0.9)

    def plain(rows: np.ndarray) -> list[float]:
        rows = rows[gold[rows] >= 0]
        each = []
        for probabilities, of_repeat in zip(given, sets, strict=True):
            held, size = of_repeat[rows, gold[rows]], of_repeat[rows].sum(axis=1)
            right = probabilities[rows].argmax(axis=1) == gold[rows]
            of_want = held[gold[rows] == 1].mean()
            each.append([held.mean(), size.mean(), (size == 1).mean(), right[size == 1].mean(), of_want])
        return np.mean(each, axis=0).tolist()

    drawn = [plain(np.repeat(np.arange(200), times[articles])) for times in measure.bootstrap.multiplicity]
    of_figures = [told[name] for name in ("coverage", "mean_size", "certain", "accuracy_of_certain")]
    figures = [*of_figures, told["per_label"]["want"]["coverage"]]
    for figure, value, column in zip(figures, plain(np.arange(200)), np.transpose(drawn), strict=True):
        assert figure["value"] == pytest.approx(value, abs=1e-6)
        assert (figure["low"], figure["high"]) == pytest.approx(tuple(np.percentile(column, [2.5, 97.5])), abs=1e-6)


def test_only_what_lies_within_is_measured() -> None:
    gold, articles, given = made(1)
    sets = candidate_sets(given, np.array([0.3, 0.4, 0.2]))
    within = np.random.default_rng(2).random(len(gold)) < 0.6
    told = measure_conformal(yardstick(gold, articles), given, sets, LABELS, 0.9, within=within)
    assert told == measure_conformal(yardstick(np.where(within, gold, -1), articles), given, sets, LABELS, 0.9)
    assert told["paragraphs"] == (within & (gold >= 0)).sum()
    # Rows that are not measured need no sets that make sense.
    sets[:, ~within] = False
    assert told == measure_conformal(yardstick(gold, articles), given, sets, LABELS, 0.9, within=within)


def test_sets_that_keep_the_promise() -> None:
    gold, articles, given = made(3, n_articles=400, repeats=1)
    half = articles < 200
    thresholds = conformal_thresholds(given[0, half], gold[half], articles[half], 0.9, 20)
    told = measure_conformal(
        yardstick(gold, articles), given, candidate_sets(given, thresholds), LABELS, 0.9, within=~half
    )
    assert told["promise_kept"] is True
    assert told["notice"] is None
    assert told["coverage"]["value"] == pytest.approx(0.9, abs=0.03)
    for label in LABELS:
        assert told["per_label"][label]["coverage"]["value"] == pytest.approx(0.9, abs=0.06)
    assert 1 < told["mean_size"]["value"] < 3
    # The probabilities are the chances that gold was drawn with.
    sure = (given[0] * candidate_sets(given, thresholds)[0]).sum(axis=1)[~half & (gold >= 0)]
    assert told["coverage"]["value"] == pytest.approx(sure.mean(), abs=0.03)


def test_a_broken_promise_is_told_with_what_is_missing() -> None:
    gold, articles, given = made(4, repeats=1)
    top_alone = candidate_sets(given, np.full(3, 2.0))
    told = measure_conformal(yardstick(gold, articles), given, top_alone, LABELS, 0.95)
    assert told["promise_kept"] is False
    assert told["coverage"]["high"] < 0.95
    known = gold >= 0
    share = (given[0].argmax(axis=1) == gold)[known].mean()
    assert told["coverage"]["value"] == told["accuracy_of_certain"]["value"] == pytest.approx(share, abs=1e-6)
    assert told["certain"]["value"] == 1
    assert f"{share:.3f}".lstrip("0") in told["notice"]
    assert f"{0.95 - share:.3f}".lstrip("0") in told["notice"]
    assert "promised .950" in told["notice"]
    assert "\n" not in told["notice"]


def test_a_promise_within_the_interval_is_not_called_broken() -> None:
    gold = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    given = np.tile([0.4, 0.35, 0.25], (1, 10, 1))
    sets = np.tile([True, True, False], (1, 10, 1))
    sets[0, 9, 1] = False
    told = measure_conformal(yardstick(gold, np.arange(10)), given, sets, LABELS, 0.95)
    assert told["coverage"]["value"] == 0.9
    assert told["promise_kept"] is True


def test_without_an_interval_the_figure_itself_decides() -> None:
    """One article alone gives no interval."""
    gold, given = np.array([0, 0, 1]), np.tile([0.5, 0.3, 0.2], (1, 3, 1))
    sets = np.tile([True, False, False], (1, 3, 1))
    one = yardstick(gold, np.zeros(3, int))
    for coverage, kept in ((0.6, True), (0.7, False)):
        told = measure_conformal(one, given, sets, LABELS, coverage)
        assert told["coverage"] == {"value": pytest.approx(2 / 3, abs=1e-6), "low": None, "high": None}
        assert told["promise_kept"] is kept
        assert (told["notice"] is None) is kept


def test_nothing_to_measure_is_neither_kept_nor_broken() -> None:
    gold, articles, given = made(5)
    sets = candidate_sets(given, np.full(3, 0.3))
    told = measure_conformal(yardstick(gold, articles), given, sets, LABELS, 0.9, within=np.zeros(200, bool))
    assert told["paragraphs"] == 0
    assert told["coverage"]["value"] is told["promise_kept"] is told["notice"] is None
    assert told["per_label"]["deed"] == {
        "paragraphs": 0, "coverage": {"value": None, "low": None, "high": None}, "promise_kept": None
    }  # fmt: skip


def test_a_set_without_the_top_label_is_refused() -> None:
    gold, articles, given = made(6)
    sets = candidate_sets(given, np.full(3, 0.3))
    row = int(np.flatnonzero(gold >= 0)[0])
    sets[1, row, given[1, row].argmax()] = False
    with pytest.raises(ValueError, match="most probable"):
        measure_conformal(yardstick(gold, articles), given, sets, LABELS, 0.9)


def test_the_figures_are_plain_values() -> None:
    gold, articles, given = made(7)
    told = measure_conformal(yardstick(gold, articles), given, candidate_sets(given, np.full(3, 2.0)), LABELS, 0.9)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
