from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve

from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.selective import (
    area_under_risk,
    least_area_under_risk,
    lowest_threshold,
    measure_selective,
    risk_at,
    selective_prediction,
    share_kept_at,
    steps_of,
)

# Confidence in tenths, so that there are ties.
judged = st.lists(st.tuples(st.integers(3, 10), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40)


def once(confidence: list[float], correct: list[bool]):
    return steps_of(np.array(confidence), np.array(correct, dtype=bool), np.ones((1, len(confidence))))


def arrays(rows: list[tuple[int, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    confidence, correct, weights = np.array(rows, dtype=float).T
    return confidence / 10, correct.astype(bool), weights


def made(seed: int = 0, n_articles: int = 60, repeats: int = 2):
    """Make confidences that know right from wrong, and four folds of whole articles."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_articles), 5)
    confidence = random.uniform(0.3, 1, (repeats, len(groups)))
    correct = random.random((repeats, len(groups))) < confidence
    folds = np.stack([random.permutation(np.arange(n_articles) % 4)[groups] for _ in range(repeats)])
    known = random.random(len(groups)) < 0.9
    return groups, {"confidence": confidence, "correct": correct, "known": known, "test_fold": folds}


def test_by_hand() -> None:
    """Right, right, wrong, right, wrong in falling confidence: risks 0, 0, 1/3, 1/4, 2/5."""
    steps = once([0.9, 0.8, 0.7, 0.6, 0.5], [True, True, False, True, False])
    assert area_under_risk(steps) == pytest.approx((1 / 3 + 1 / 4 + 2 / 5) / 5)
    # In the best order the wrong ones come last and meet 1/4 and 2/5.
    assert least_area_under_risk(steps) == pytest.approx((1 / 4 + 2 / 5) / 5)
    assert risk_at(steps, (0.2, 0.5, 0.6, 0.61, 1.0))[0] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 4, 2 / 5])
    # Three of four reach 3/4 although two of three do not.
    assert share_kept_at(steps, 0.75) == pytest.approx(0.8)
    assert share_kept_at(steps, 0.9) == pytest.approx(0.4)
    assert share_kept_at(steps, 0.5) == 1


def test_equal_confidence_is_one_step_by_hand() -> None:
    """Right at .9; right, wrong, wrong at .6, kept together or not at all: risks 0 and, three times, 2/4."""
    steps = once([0.6, 0.9, 0.6, 0.6], [False, True, True, False])
    assert area_under_risk(steps) == pytest.approx((0 + 3 * 2 / 4) / 4)
    assert risk_at(steps, (0.25, 0.3, 0.5, 1.0))[0] == pytest.approx([0, 0.5, 0.5, 0.5])
    assert share_kept_at(steps, 0.6) == pytest.approx(0.25)


def test_a_whole_share_is_met_exactly() -> None:
    """Fourteen of 25 is 56%, although .56 * 25 comes out above 14 in binary fractions."""
    assert 0.56 * 25 > 14
    steps = once(np.linspace(1, 0.5, 25), [True] * 14 + [False] * 11)
    assert share_kept_at(steps, 0.56) == 1
    assert risk_at(steps, (0.56,))[0] == pytest.approx([0])


@given(judged)
def test_against_the_precision_of_scikit_learn(rows: list[tuple[int, bool, int]]) -> None:
    """The precision of 'right' at each threshold is one less the risk, and ties are one threshold there too."""
    confidence, correct, weights = arrays(rows)
    weights += 1
    assume(correct.any())
    steps = steps_of(confidence, correct, weights[None])
    precision, _, thresholds = precision_recall_curve(correct, confidence, sample_weight=weights)
    risk = 1 - precision[:-1][::-1]
    assert len(thresholds) == steps.kept.shape[1]
    assert steps.wrong[0] / steps.kept[0] == pytest.approx(risk, abs=1e-12)
    at_least = np.searchsorted(-thresholds[::-1], -confidence)
    expected = np.average(risk[at_least], weights=weights)
    assert area_under_risk(steps)[0] == pytest.approx(expected, abs=1e-12)


@given(judged)
def test_weights_are_repetitions(rows: list[tuple[int, bool, int]]) -> None:
    confidence, correct, weights = arrays(rows)
    times = weights.astype(int)
    weighted = steps_of(confidence, correct, np.stack([weights, np.ones(len(rows)), weights]))
    coverages = (0.1, 0.5, 1.0)
    if not times.any():
        for nothing in (area_under_risk(weighted), share_kept_at(weighted, 0.5), risk_at(weighted, coverages)[:, 0]):
            assert np.isnan(nothing[0])
        return
    repeated = once(np.repeat(confidence, times), np.repeat(correct, times))
    for row in (0, 2):
        assert area_under_risk(weighted)[row] == pytest.approx(area_under_risk(repeated)[0], abs=1e-12)
        assert least_area_under_risk(weighted)[row] == pytest.approx(least_area_under_risk(repeated)[0], abs=1e-12)
        assert share_kept_at(weighted, 0.7)[row] == pytest.approx(share_kept_at(repeated, 0.7)[0], abs=1e-12)
        assert risk_at(weighted, coverages)[row] == pytest.approx(risk_at(repeated, coverages)[0], abs=1e-12)


@given(judged)
def test_the_area_lies_between_the_best_and_the_worst_order(rows: list[tuple[int, bool, int]]) -> None:
    confidence, correct, _ = arrays(rows)
    number, wrong = len(rows), int((~correct).sum())
    steps = once(confidence, correct)
    best = once(np.arange(number, 0, -1), np.arange(number) < number - wrong)
    worst = once(np.arange(number, 0, -1), np.arange(number) >= wrong)
    assert least_area_under_risk(steps) == pytest.approx(area_under_risk(best), abs=1e-12)
    low, area, high = (area_under_risk(each)[0] for each in (best, steps, worst))
    assert 0 <= low <= area + 1e-12
    assert area <= high + 1e-12
    assert high <= 1


def test_the_least_area_tends_to_the_published_formula() -> None:
    for share in (0.05, 0.3, 0.8):
        correct = np.arange(200_000) >= share * 200_000
        steps = once(np.zeros(200_000), correct)
        expected = share + (1 - share) * math.log(1 - share)
        assert least_area_under_risk(steps)[0] == pytest.approx(expected, abs=1e-5)


def test_the_lowest_threshold_reaches_the_accuracy() -> None:
    confidence = np.array([0.5, 0.9, 0.6, 0.8, 0.7])
    correct = np.array([False, True, True, True, False])
    assert lowest_threshold(confidence, correct, 0.75) == 0.6
    assert lowest_threshold(confidence, correct, 0.9) == 0.8
    assert lowest_threshold(confidence, np.zeros(5, bool), 0.1) == math.inf
    assert lowest_threshold(np.array([]), np.array([], dtype=bool), 0.1) == math.inf


def test_equals_a_plain_loop_over_the_same_draws() -> None:
    groups, judgements = made()
    bootstrap = ArticleBootstrap.over(groups, 200, 5)
    outcome = selective_prediction(bootstrap, **judgements, wanted_accuracy=0.8, coverages=(0.3, 1.0))
    known = judgements["known"]
    drawn = []
    for times in [np.ones(60, int), *bootstrap.multiplicity]:
        rows = np.repeat(np.arange(len(groups)), times[bootstrap.member] * known)
        of_repeats = []
        for sure, right in zip(judgements["confidence"], judgements["correct"], strict=True):
            steps = once(sure[rows], right[rows])
            area = area_under_risk(steps)[0]
            excess = area - least_area_under_risk(steps)[0]
            of_repeats.append([area, excess, share_kept_at(steps, 0.8)[0], *risk_at(steps, (0.3, 1.0))[0]])
        drawn.append(np.mean(of_repeats, axis=0))
    told = (outcome.aurc, outcome.excess_aurc, outcome.kept_in_hindsight, *outcome.risks)
    for figure, value, column in zip(told, drawn[0], np.transpose(drawn[1:]), strict=True):
        assert figure.value == pytest.approx(value)
        assert (figure.low, figure.high) == pytest.approx(tuple(np.percentile(column, [2.5, 97.5])))


def test_the_size_of_the_chunks_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    groups, judgements = made(1)
    bootstrap = ArticleBootstrap.over(groups, 100, 5)
    at_once = selective_prediction(bootstrap, **judgements, wanted_accuracy=0.8)
    monkeypatch.setattr("framing.evaluation.selective.LARGEST_CHUNK", 1)
    one_by_one = selective_prediction(bootstrap, **judgements, wanted_accuracy=0.8)
    for name in ("aurc", "excess_aurc", "kept_in_hindsight"):
        assert asdict(getattr(one_by_one, name)) == pytest.approx(asdict(getattr(at_once, name)))
    assert list(map(asdict, one_by_one.risks)) == [pytest.approx(asdict(risk)) for risk in at_once.risks]


def test_the_honest_share_by_hand() -> None:
    """Two folds: each keeps what passes the other's lowest confidence that reaches three quarters."""
    confidence = np.array([[0.9, 0.8, 0.7, 0.6, 0.95, 0.85, 0.75, 0.6]])
    correct = np.array([[True, True, False, True, True, False, False, False]])
    folds = np.array([[0, 0, 0, 0, 1, 1, 1, 1]])
    bootstrap = ArticleBootstrap.over(np.arange(8), 100, 1)
    known = np.ones(8, bool)
    outcome = selective_prediction(
        bootstrap, confidence=confidence, correct=correct, known=known, test_fold=folds, wanted_accuracy=0.75
    )
    # The first fold reaches it at .6, which all of the second pass, one of them just; the second at .95, which none of
    # the first does.
    assert outcome.kept.value == pytest.approx(4 / 8)
    assert outcome.accuracy_of_kept.value == pytest.approx(1 / 4)


def test_the_honest_threshold_does_not_look_at_its_own_fold() -> None:
    groups, judgements = made(2, repeats=1)
    bootstrap = ArticleBootstrap.over(groups, 100, 1)
    own = judgements["test_fold"][0] == 2
    judgements["known"] = np.ones(len(groups), bool)

    def kept_of_the_fold(correct: np.ndarray) -> int:
        """Count what is kept of the fold: what is kept of all less what is kept when the fold is hidden afterwards."""
        outcome = selective_prediction(bootstrap, **(judgements | {"correct": correct}), wanted_accuracy=0.8)
        threshold = lowest_threshold(judgements["confidence"][0, ~own], correct[0, ~own], 0.8)
        others = 0
        for fold in (0, 1, 3):
            within = judgements["test_fold"][0] == fold
            limit = lowest_threshold(judgements["confidence"][0, ~within], correct[0, ~within], 0.8)
            others += int((judgements["confidence"][0, within] >= limit).sum())
        kept = round(outcome.kept.value * len(groups)) - others
        assert kept == (judgements["confidence"][0, own] >= threshold).sum()
        return kept

    turned = np.where(own, ~judgements["correct"], judgements["correct"])
    assert kept_of_the_fold(judgements["correct"]) == kept_of_the_fold(turned)


def test_an_honest_threshold_comes_near_the_wanted_accuracy_and_hindsight_keeps_to_it() -> None:
    groups, judgements = made(3, n_articles=800, repeats=3)
    bootstrap = ArticleBootstrap.over(groups, 200, 1)
    outcome = selective_prediction(bootstrap, **judgements, wanted_accuracy=0.85)
    # Confidence u is right with probability u: the upper part from t on has the accuracy (1 + t) / 2.
    assert outcome.kept.value == pytest.approx(0.3 / 0.7, abs=0.05)
    assert outcome.accuracy_of_kept.value == pytest.approx(0.85, abs=0.02)
    assert outcome.kept_in_hindsight.value == pytest.approx(0.3 / 0.7, abs=0.05)
    for figure in (outcome.aurc, outcome.kept, outcome.accuracy_of_kept, outcome.kept_in_hindsight):
        assert figure.low < figure.value < figure.high


def test_an_accuracy_out_of_reach_keeps_nothing() -> None:
    groups, judgements = made(4)
    judgements["correct"] = np.zeros_like(judgements["correct"])
    outcome = selective_prediction(ArticleBootstrap.over(groups, 100, 1), **judgements, wanted_accuracy=0.9)
    assert outcome.kept.value == outcome.kept_in_hindsight.value == 0
    assert outcome.accuracy_of_kept.value is None
    assert outcome.aurc.value == 1
    assert outcome.excess_aurc.value == 0


def test_the_figures_as_plain_values() -> None:
    random = np.random.default_rng(6)
    groups = np.repeat(np.arange(20), 4)
    gold, given_probabilities = random.integers(-1, 3, 80), random.dirichlet(np.ones(3), (2, 80))
    folds = np.stack([random.permutation(np.arange(20) % 4)[groups] for _ in range(2)])
    told = measure_selective(ArticleBootstrap.over(groups, 100, 1), gold, given_probabilities, folds, 0.9)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["paragraphs"] == (gold >= 0).sum()
    assert [point["coverage"] for point in told["curve"]] == [round(0.05 * place, 2) for place in range(1, 21)]
    known = gold >= 0
    wrong = (given_probabilities.argmax(axis=2) != gold)[:, known].mean()
    assert told["curve"][-1]["risk"]["value"] == pytest.approx(wrong, abs=1e-6)
