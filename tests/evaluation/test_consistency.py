from __future__ import annotations

import json

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels
from framing.evaluation.consistency import measure_consistency
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.reliability import statement

LABELS = ["cause", "order", "plea"]


def labelled(codings: dict[str, list[int]], kinds: dict[str, str] | None = None, size: int = 4) -> LabelledParagraphs:
    """Make paragraphs, ``size`` to an article, of which only the codings count here."""
    n = len(next(iter(codings.values()), [0] * 8))
    names = [str(row) for row in range(n)]
    articles = [str(row // size) for row in range(n)]
    places = {coder: np.array(labels) for coder, labels in codings.items()}
    gold, targets = np.zeros(n, np.int64), np.ones((n, 3)) / 3
    return LabelledParagraphs(
        of_labels("test", LABELS), names, names, articles, gold, targets, codings=places, coder_kinds=kinds or {}
    )


def measured(data: LabelledParagraphs, predicted: np.ndarray, draws: int = 100) -> dict:
    groups = np.unique(np.array(data.articles), return_inverse=True)[1]
    return measure_consistency(data, predicted, ArticleBootstrap.over(groups, draws, 5))


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(3)


def coders_who_mostly_agree(random: np.random.Generator, n: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first = random.integers(0, 3, n)
    second = np.where(random.random(n) < 0.2, random.integers(0, 3, n), first)
    predicted = np.where(random.random((2, n)) < 0.5, random.integers(0, 3, (2, n)), first)
    return first, second, predicted


def test_a_pair_on_paper() -> None:
    """Thirty paragraphs: 10 cause-cause, 5 cause-order, 15 order-order."""
    first = [0] * 15 + [1] * 15
    second = [0] * 10 + [1] * 20
    [pair] = measured(labelled({"al": first, "bo": second}), np.array([first]))["pairs"]
    assert (pair["first"], pair["second"], pair["paragraphs"], pair["articles"]) == ("al", "bo", 30, 8)
    values = {name: figure["value"] for name, figure in pair["first_second"].items()}
    # Kappa: chance (15 * 10 + 15 * 20) / 900 = 1/2. Alpha: 10 of 60 labels differ; margins 25 and 35 of 60.
    assert values["agreement"] == pytest.approx(25 / 30, abs=1e-6)
    assert values["cohen_kappa"] == pytest.approx((25 / 30 - 1 / 2) / (1 / 2), abs=1e-6)
    assert values["krippendorff_alpha"] == pytest.approx(1 - (10 / 60) / (2 * 25 * 35 / (60 * 59)), abs=1e-6)
    assert {name: figure["value"] for name, figure in pair["model_first"].items()} == dict.fromkeys(values, 1.0)
    assert pair["model_second"] == pair["first_second"]


def test_model_and_coders_are_compared_on_the_same_paragraphs(random: np.random.Generator) -> None:
    first, second, predicted = coders_who_mostly_agree(random)
    first[:20], second[-25:] = -1, -1
    outcome = measured(labelled({"al": first, "bo": second}), predicted)
    [pair] = outcome["pairs"]
    both = slice(20, 55)
    assert pair["paragraphs"] == 35
    for name, one, others in (
        ("first_second", first, [second]),
        ("model_first", first, predicted),
        ("model_second", second, predicted),
    ):
        kappas = [cohen_kappa_score(one[both], other[both]) for other in others]
        alphas = [krippendorff.alpha([one[both], other[both]], level_of_measurement="nominal") for other in others]
        assert pair[name]["agreement"]["value"] == pytest.approx(
            np.mean([one[both] == other[both] for other in others]), abs=1e-6
        )
        assert pair[name]["cohen_kappa"]["value"] == pytest.approx(np.mean(kappas), abs=1e-6)
        assert pair[name]["krippendorff_alpha"]["value"] == pytest.approx(np.mean(alphas), abs=1e-6)
        assert all(figure["low"] < figure["value"] < figure["high"] for figure in pair[name].values())
    overall = outcome["coders"]["al"]["model"]["agreement"]["value"]
    assert overall == pytest.approx(np.mean(predicted[:, 20:] == first[20:]), abs=1e-6)
    assert [outcome["coders"][coder]["paragraphs"] for coder in ("al", "bo")] == [60, 55]


def test_alpha_of_all_coders_and_of_each_label_against_the_rest(random: np.random.Generator) -> None:
    first, second, predicted = coders_who_mostly_agree(random)
    third = np.where(random.random(80) < 0.5, -1, second)
    second[:10] = -1
    outcome = measured(labelled({"al": first, "bo": second, "cy": third}), predicted)
    codings = np.array([first, second, third])
    told = np.where(codings < 0, np.nan, codings)
    together = outcome["all_coders"]
    assert together["paragraphs"] == ((codings >= 0).sum(axis=0) >= 2).sum()
    expected = krippendorff.alpha(told, level_of_measurement="nominal", value_domain=[0, 1, 2])
    assert together["krippendorff_alpha"]["value"] == pytest.approx(expected, abs=1e-6)
    for place, label in enumerate(LABELS):
        binary = np.where(np.isnan(told), np.nan, told == place)
        expected = krippendorff.alpha(binary, level_of_measurement="nominal", value_domain=[0, 1])
        assert together["per_frame"][label]["value"] == pytest.approx(expected, abs=1e-6)


def test_an_interval_draws_whole_articles(random: np.random.Generator) -> None:
    """Ten articles on each of which the coders agree wholly or not at all are ten observations, and not 100."""
    first = np.repeat([0, 1] * 5, 10)
    second = np.repeat([0, 1, 0, 1, 0, 2, 2, 2, 2, 2], 10)
    by_article = measured(labelled({"al": first, "bo": second}, size=10), first[None], 2000)["pairs"][0]
    alone = measured(labelled({"al": first, "bo": second}, size=1), first[None], 2000)["pairs"][0]
    wide, narrow = (pair["first_second"]["agreement"] for pair in (by_article, alone))
    assert wide["value"] == narrow["value"] == 0.5
    assert wide["high"] - wide["low"] == pytest.approx(np.sqrt(10) * (narrow["high"] - narrow["low"]), rel=0.15)


@pytest.mark.parametrize(("common", "pairs"), [(29, 0), (30, 1)])
def test_pairs_need_thirty_common_paragraphs(common: int, pairs: int) -> None:
    first, second = [0, 1] * 30, [0, 1] * 30
    second[common:] = [-1] * (60 - common)
    outcome = measured(labelled({"al": first, "bo": second}), np.array([first]))
    assert len(outcome["pairs"]) == pairs
    assert (outcome["note"] is None) == bool(pairs)


def test_a_third_coder_of_disputes_is_told_apart(random: np.random.Generator) -> None:
    first, second, predicted = coders_who_mostly_agree(random, 400)
    differ = first != second
    third = np.where(differ, first, -1)
    outcome = measured(labelled({"al": first, "bo": second, "cy": third}), predicted)
    assert [coder["third_coder_of_disputes"] for coder in outcome["coders"].values()] == [False, False, True]
    notes = {(pair["first"], pair["second"]): pair["note"] for pair in outcome["pairs"]}
    assert notes[("al", "bo")] is None
    assert notes[("al", "cy")] == "cy coded only what others differ on: no figure for the rest"
    [without] = [pair for pair in outcome["pairs"] if pair["note"] is None]
    assert outcome["without_third_coders"]["coders"] == 2
    assert outcome["without_third_coders"]["krippendorff_alpha"] == without["first_second"]["krippendorff_alpha"]
    third[np.flatnonzero(~differ)[0]] = 0
    outcome = measured(labelled({"al": first, "bo": second, "cy": third}), predicted)
    assert outcome["without_third_coders"] is None


def test_coders_who_differ_everywhere_are_no_third_coders() -> None:
    codings = {coder: [place] * 30 for place, coder in enumerate(("al", "bo", "cy"))}
    outcome = measured(labelled(codings), np.zeros((1, 30), int))
    assert outcome["without_third_coders"] is None
    assert {pair["note"] for pair in outcome["pairs"]} == {None}


@pytest.mark.parametrize("codings", [{}, {"al": [0, 1, 2, 0]}])
def test_fewer_than_two_coders_have_no_consistency(codings: dict[str, list[int]]) -> None:
    data = labelled(codings)
    outcome = measured(data, np.zeros((1, len(data.ids)), int))
    assert "fewer than two coders" in outcome.pop("note")
    assert set(outcome.values()) == {None}


def test_coders_without_a_common_paragraph_have_no_figures() -> None:
    codings = {"al": [0] * 4 + [-1] * 4, "bo": [-1] * 4 + [1] * 4}
    outcome = measured(labelled(codings), np.zeros((2, 8), int))
    assert outcome["all_coders"]["paragraphs"] == 0
    assert outcome["all_coders"]["krippendorff_alpha"] == {"value": None, "low": None, "high": None}
    json.dumps(outcome, allow_nan=False)


@pytest.mark.parametrize(
    ("kinds", "said", "unsaid"),
    [
        (
            {"al": "program", "bo": "program"},
            ["The coders are programs", "not human reliability", "no ceiling"],
            ["told"],
        ),
        ({"al": "person", "bo": "program"}, ["bo: programs", "not human reliability", "no ceiling"], ["told", "al"]),
        ({}, ["not told whether the coders are persons or programs", "cannot be taken for human"], ["ceiling"]),
        ({"al": "person"}, ["not told whether bo are persons"], ["ceiling", "al,"]),
        ({"al": "program"}, ["al: programs", "no ceiling", "not told whether bo are persons"], []),
        ({"al": "person", "bo": "person"}, ["The coders are persons"], ["program", "told"]),
    ],
)
def test_the_statement_says_what_the_agreement_is(kinds: dict[str, str], said: list[str], unsaid: list[str]) -> None:
    data = labelled({"al": [0] * 8, "bo": [0] * 8}, kinds)
    told = measured(data, np.zeros((1, 8), int))["statement"]
    assert told == statement(["al", "bo"], kinds)
    assert all(words in told for words in said)
    assert not any(words in told for words in unsaid)


def test_the_projects_own_coders() -> None:
    """The figures of labels/README.md, which were computed pair by pair."""
    from pathlib import Path

    from framing.annotation import labelled_paragraphs, read_labels

    data = labelled_paragraphs(read_labels(Path(__file__).parents[2] / "labels"))
    outcome = measured(data, data.gold[None].clip(0))
    assert outcome["statement"].startswith("The coders are programs.")
    assert [name for name, coder in outcome["coders"].items() if coder["third_coder_of_disputes"]] == ["lm-g"]
    alphas = {
        (pair["first"], pair["second"]): round(pair["first_second"]["krippendorff_alpha"]["value"], 3)
        for pair in outcome["pairs"]
        if pair["note"] is None
    }
    assert alphas == {("lm-a", "lm-b"): 0.969, ("lm-c", "lm-d"): 0.954, ("lm-e", "lm-f"): 0.950}
    independent = outcome["without_third_coders"]
    assert round(independent["krippendorff_alpha"]["value"], 3) == 0.956
    assert [round(figure["value"], 3) for figure in independent["per_frame"].values()] == [
        *(0.964, 0.963, 0.936, 0.970, 0.942)
    ]
