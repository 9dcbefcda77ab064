from __future__ import annotations

import dataclasses
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from framing.evaluation.agreement import measure_agreement
from framing.evaluation.agreement_alpha import level, more_for
from framing.evaluation.codings import Codings

LABELS = ("cause", "order", "plea")
OF_ALL = ("all_coders", "without_third_coders", "pairs", "confusions", "sureness", "drawing", "measured_on")


def coded(frames: Mapping[str, Sequence[int]], size: int = 4, **changes: Any) -> Codings:
    """Make codings of paragraphs, ``size`` to an article; -1 is none."""
    n = len(next(iter(frames.values()), range(8)))
    table = np.array(list(frames.values()), dtype=np.int64).reshape(len(frames), n)
    shape = table.shape
    made = Codings(
        labels=LABELS,
        coders=list(frames),
        articles=np.arange(shape[1]) // size,
        frames=table,
        runners_up=np.full(shape, -1),
        sure=np.ones(shape, bool),
        prompted=np.zeros(shape, bool),
        drawn_by=np.full(shape, "purposive", dtype="<U16"),
        chances=np.full(shape, np.nan),
        kinds=dict.fromkeys(frames, "person"),
    )
    return dataclasses.replace(made, **changes)


def measured(codings: Codings, draws: int = 100, **options: Any) -> dict[str, Any]:
    found = measure_agreement(codings, draws=draws, seed=options.pop("seed", 5), **options)
    json.dumps(found, allow_nan=False)
    return found


def alpha(found: Mapping[str, Any], which: str = "all_coders") -> float | None:
    return found[which]["overall"]["krippendorff_alpha"]["value"]


def oracle(frames: np.ndarray, domain: Sequence[int] = (0, 1, 2)) -> float:
    told = np.where(frames < 0, np.nan, frames)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a label that nobody gave
        return krippendorff.alpha(told, level_of_measurement="nominal", value_domain=list(domain))


def mostly_agreeing(n: int = 80, coders: int = 2, seed: int = 3, noise: float = 0.25) -> np.ndarray:
    random = np.random.default_rng(seed)
    first = random.integers(0, 3, n)
    return np.array([np.where(random.random(n) < noise, random.integers(0, 3, n), first) for _ in range(coders)])


def named(frames: np.ndarray) -> dict[str, Any]:
    return dict(zip(("al", "bo", "cy", "di", "ed"), frames, strict=False))


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Draw what two to four coders gave to some paragraphs, gaps among it, with more than one label somewhere."""
    n_coders, n = draw(st.integers(2, 4)), draw(st.integers(2, 14))
    table = np.array(draw(st.lists(st.integers(-1, 2), min_size=n_coders * n, max_size=n_coders * n)))
    table = table.reshape(n_coders, n)
    double = (table >= 0).sum(axis=0) >= 2
    given_there = table[:, double]
    assume(len(np.unique(given_there[given_there >= 0])) > 1)
    return table


def test_a_small_example_on_paper() -> None:
    """Ten paragraphs: 4 cause-cause, 3 order-order, 1 plea-plea, 1 cause-order, 1 order-plea.

    Of 20 labels 9 are cause, 8 order, 3 plea; 4 stand in pairs that differ. Expected by chance: 20 * 19 ordered pairs,
    of which 9 * 8 + 8 * 7 + 3 * 2 = 134 agree and 246 do not.
    """
    frames = {"al": [0, 0, 0, 0, 1, 1, 1, 2, 0, 1], "bo": [0, 0, 0, 0, 1, 1, 1, 2, 1, 2]}
    found = measured(coded(frames, size=1))
    assert alpha(found) == pytest.approx(1 - (4 / 20) / (246 / 380), abs=1e-6)
    # cause against the rest: 2 of 20 labels in pairs that differ, 9 of the one and 11 of the other.
    cause = found["all_coders"]["per_frame"]["cause"]
    assert cause["krippendorff_alpha"]["value"] == pytest.approx(1 - (2 / 20) / (2 * 9 * 11 / 380), abs=1e-6)
    assert cause["paragraphs"] == 5
    [pair] = found["pairs"]
    assert pair["agreement"]["value"] == 0.8
    # al gave 5, 4, 1 and bo 4, 4, 2: chance (20 + 16 + 2) / 100.
    assert pair["cohen_kappa"]["value"] == pytest.approx((0.8 - 0.38) / 0.62, abs=1e-6)
    assert [(one["first"], one["second"], one["times"]) for one in found["confusions"]] == [
        ("cause", "order", 1),
        ("order", "plea", 1),
    ]
    assert found["confusions"][0]["share_of_disagreements"] == 0.5
    # cause or order stands in nine of the ten, both in one.
    assert found["confusions"][0]["share_of_paragraphs"] == pytest.approx(1 / 9, abs=1e-6)


@settings(max_examples=50)
@given(tables())
def test_alpha_is_that_of_the_reference_implementation(frames: np.ndarray) -> None:
    found = measured(coded(named(frames)), coders=list(named(frames)))
    assert alpha(found) == pytest.approx(oracle(frames), abs=1e-6)
    double = (frames >= 0).sum(axis=0) >= 2
    for place, label in enumerate(LABELS):
        value = found["all_coders"]["per_frame"][label]["krippendorff_alpha"]["value"]
        against_rest = np.where(frames < 0, -1, frames == place)
        if len(np.unique(against_rest[:, double][frames[:, double] >= 0])) < 2:
            assert value is None
        else:
            assert value == pytest.approx(oracle(against_rest, (0, 1)), abs=1e-6)


@settings(max_examples=50)
@given(tables())
def test_kappa_is_that_of_two_reference_implementations(frames: np.ndarray) -> None:
    for pair in measured(coded(named(frames)))["pairs"]:
        one, other = (named(frames)[pair[side]] for side in ("first", "second"))
        both = (one >= 0) & (other >= 0)
        assert pair["paragraphs"] == both.sum()
        assert pair["agreement"]["value"] == pytest.approx(np.mean(one[both] == other[both]), abs=1e-6)
        if len(set(one[both]) | set(other[both])) == 1:
            assert pair["cohen_kappa"]["value"] is None
            continue
        confusion = np.zeros((3, 3))
        np.add.at(confusion, (one[both], other[both]), 1)
        assert pair["cohen_kappa"]["value"] == pytest.approx(cohen_kappa_score(one[both], other[both]), abs=1e-6)
        assert pair["cohen_kappa"]["value"] == pytest.approx(
            cohens_kappa(confusion, return_results=False), abs=1e-6, nan_ok=True
        )


@settings(max_examples=50)
@given(tables(), st.permutations(range(3)), st.randoms(use_true_random=False))
def test_names_and_order_of_labels_and_coders_do_not_count(frames: np.ndarray, names: list[int], random: Any) -> None:
    order = list(range(len(frames)))
    random.shuffle(order)
    renamed = np.append(names, -1)[frames][order]
    found, other = measured(coded(named(frames))), measured(coded(named(renamed)))
    assert alpha(other) == pytest.approx(alpha(found), abs=1e-9)
    for place, label in enumerate(LABELS):
        one = found["all_coders"]["per_frame"][label]
        assert one == other["all_coders"]["per_frame"][LABELS[names[place]]]
    kappas = [sorted(str(pair["cohen_kappa"]["value"]) for pair in each["pairs"]) for each in (found, other)]
    assert kappas[0] == kappas[1]
    times = [sorted(pair["times"] for pair in each["confusions"]) for each in (found, other)]
    assert times[0] == times[1]


@settings(max_examples=50)
@given(tables())
def test_the_same_paragraphs_twice_change_alpha_by_its_small_sample_term_alone(frames: np.ndarray) -> None:
    found, twice = measured(coded(named(frames))), measured(coded(named(np.tile(frames, 2))))
    number = (frames[:, (frames >= 0).sum(axis=0) >= 2] >= 0).sum()
    expected = (1 - alpha(found)) * (2 * number - 1) / (2 * (number - 1))
    assert 1 - alpha(twice) == pytest.approx(expected, abs=1e-5)
    for one, other in zip(found["pairs"], twice["pairs"], strict=True):
        assert one["cohen_kappa"]["value"] == other["cohen_kappa"]["value"]
        assert 2 * one["paragraphs"] == other["paragraphs"]
    for one, other in zip(found["confusions"], twice["confusions"], strict=True):
        assert one["share_of_disagreements"] == other["share_of_disagreements"]


@settings(max_examples=50)
@given(tables())
def test_paragraphs_that_one_coder_or_none_coded_do_not_count(frames: np.ndarray) -> None:
    alone = np.full((len(frames), 8), -1)
    alone[0, :4] = 1
    found, more = measured(coded(named(frames))), measured(coded(named(np.hstack([frames, alone]))))
    # A third coder of disputes is one only as long as he coded nothing else.
    assume(found["measured_on"] == more["measured_on"])
    for key in ("all_coders", "pairs", "confusions", "sureness", "drawing"):
        assert more[key] == found[key]
    assert more["paragraphs"]["coded"] == found["paragraphs"]["coded"] + 4


def test_the_interval_is_over_articles_and_told_by_the_seed() -> None:
    """Twenty articles on each of which the coders agree wholly or not at all are twenty observations, and not 200."""
    first = np.repeat([0, 1] * 10, 10)
    second = np.repeat([0, 1, 0, 1, 0, 2, 2, 2, 2, 2] * 2, 10)
    frames = {"al": first, "bo": second}
    wide, narrow = (measured(coded(frames, size=size), draws=2000)["pairs"][0]["agreement"] for size in (10, 1))
    assert wide["value"] == narrow["value"] == 0.5
    assert wide["high"] - wide["low"] == pytest.approx(np.sqrt(10) * (narrow["high"] - narrow["low"]), rel=0.15)
    once, again, other = (measured(coded(frames), seed=seed)["all_coders"]["overall"] for seed in (1, 1, 2))
    assert once == again
    assert once["krippendorff_alpha"]["value"] == other["krippendorff_alpha"]["value"]
    assert once != other


def test_a_third_coder_of_disputes_is_measured_apart() -> None:
    first, second = mostly_agreeing(400)
    sides = np.where(first != second, first, -1)
    neither = np.where(first != second, 3 - first - second, -1)
    base = alpha(measured(coded({"al": first, "bo": second})))
    for third, sign in ((sides, 1), (neither, -1)):
        found = measured(coded({"al": first, "bo": second, "cy": third}))
        assert found["coders"]["cy"]["third_coder_of_disputes"]
        assert alpha(found, "without_third_coders") == base
        assert sign * (alpha(found) - base) > 0
        assert found["measured_on"] == ["al", "bo"]
        assert sum(pair["times"] for pair in found["confusions"]) == (first != second).sum()
        assert "cy coded only paragraphs on which others differ" in found["notices"][0]
        assert "judged without cy" in found["notices"][0]
        notes = {(pair["first"], pair["second"]): pair["note"] for pair in found["pairs"]}
        assert notes[("al", "bo")] is None
        assert "cy coded only what others differ on" in notes[("bo", "cy")]
    together = measured(coded({"al": first, "bo": second, "cy": sides}), coders=["al", "cy"])
    assert together["without_third_coders"] is None
    assert "say nothing of the coding" in together["notices"][0]
    without = measured(coded({"al": first, "bo": second, "cy": sides}), coders=["al", "bo"])
    assert (without["notices"], without["without_third_coders"], alpha(without)) == ([], None, base)


def test_chosen_coders_are_compared_as_if_no_others_had_coded() -> None:
    frames = mostly_agreeing(coders=3)
    frames[0, :20] = -1
    found = measured(coded(named(frames)), coders=["cy", "al"])
    assert list(found["coders"]) == ["al", "cy"]
    assert found["paragraphs"] == {"coded": 80, "by_two_or_more": 60, "articles": 15}
    assert alpha(found) == pytest.approx(oracle(frames[[0, 2]]), abs=1e-6)
    [pair] = found["pairs"]
    assert (pair["first"], pair["second"], pair["paragraphs"], pair["articles"]) == ("al", "cy", 60, 15)


def test_the_lenient_figure_takes_the_runner_up_of_either() -> None:
    frames = {"al": [0, 0, 0, 1, 1, 2], "bo": [0, 1, 1, 0, 2, 2]}
    # Besides the two that agree: al's second choice, bo's, each the same third, and nobody's.
    runners_up = np.array([[-1, 1, -1, 2, -1, 1], [-1, -1, 0, 2, 0, 0]])
    [pair] = measured(coded(frames, runners_up=runners_up))["pairs"]
    assert pair["agreement"]["value"] == pytest.approx(2 / 6, abs=1e-6)
    assert pair["agreement_with_runner_up"]["value"] == pytest.approx(4 / 6, abs=1e-6)


def test_confusions_count_pairs_of_coders_and_the_most_frequent_stand_first() -> None:
    frames = {"al": [0, 0, 1, 2, 2], "bo": [1, 0, 2, 2, 2], "cy": [1, 0, 2, -1, 0]}
    found = measured(coded(frames))["confusions"]
    assert [(one["first"], one["second"], one["times"], one["paragraphs"]) for one in found] == [
        ("cause", "order", 2, 1),
        ("cause", "plea", 2, 1),
        ("order", "plea", 2, 1),
    ]
    frames["bo"][1] = 1
    found = measured(coded(frames))["confusions"]
    assert [(one["times"], one["paragraphs"], one["paragraphs_with_either"]) for one in found] == [
        (4, 2, 4),
        (2, 1, 5),
        (2, 1, 5),
    ]
    assert sum(one["share_of_disagreements"] for one in found) == pytest.approx(1, abs=1e-5)


def test_sureness_parts_the_paragraphs() -> None:
    frames = mostly_agreeing(200, coders=3)
    frames[2, 100:] = -1
    random = np.random.default_rng(8)
    # What a coder did not code makes no paragraph doubtful.
    sure = np.where(frames < 0, False, random.random(frames.shape) < 0.7)
    found = measured(coded(named(frames), sure=sure))["sureness"]
    doubted = ((frames >= 0) & ~sure).any(axis=0)
    for key, rows in (("all_sure", ~doubted), ("some_unsure", doubted)):
        part = frames[:, rows]
        assert found[key]["paragraphs"] == rows.sum()
        assert found[key]["krippendorff_alpha"]["value"] == pytest.approx(oracle(part), abs=1e-6)
    two = measured(coded(named(frames[:2]), sure=sure[:2]))["sureness"]["some_unsure"]
    rows = (~sure[:2]).any(axis=0)
    assert two["agreement"]["value"] == pytest.approx(np.mean(frames[0, rows] == frames[1, rows]), abs=1e-6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), (1, "firm"), (0.8, "firm"), (0.799999, "tentative"), (0.667, "tentative"), (0.6669, "too low")],
)
def test_levels(value: float | None, expected: str | None) -> None:
    assert level(value) == expected


@pytest.mark.parametrize(
    ("low", "high", "articles", "more"),
    [
        (0.7, 0.9, 10, (30, 120)),  # twice too wide: four times the articles
        (0.75, 0.85, 10, (0, 0)),  # on the border
        (0.79, 0.81, 10, (0, 0)),
        (0.745, 0.855, 10, (3, 12)),  # 2.1 articles are three
        (0.8, 0.8, 10, (None, None)),
        (None, None, 10, (None, None)),
    ],
)
def test_more_paragraphs(low: float | None, high: float | None, articles: int, more: tuple[int, int]) -> None:
    found = more_for({"value": 0.8, "low": low, "high": high}, articles, 4 * articles)
    assert (found["more_articles"], found["more_paragraphs"]) == more


@given(st.floats(0.001, 0.6), st.integers(2, 500))
def test_more_paragraphs_are_enough_by_the_rule_and_no_article_too_many(half: float, articles: int) -> None:
    low, high = round(0.3 - half, 6), round(0.3 + half, 6)
    more = more_for({"low": low, "high": high}, articles, 9 * articles)["more_articles"]
    half = (high - low) / 2
    assert half * np.sqrt(articles / (articles + more)) <= 0.05 + 1e-6
    assert more == 0 or half * np.sqrt(articles / (articles + more - 1)) > 0.05 - 1e-6


def test_as_many_more_articles_as_told_do_narrow_the_interval() -> None:
    """The rule, tried on articles of one kind: what it asks for reaches the half-width, and half of it does not."""

    def half_width(n: int) -> dict[str, Any]:
        return measured(coded(named(mostly_agreeing(n, seed=6))), draws=1000)["all_coders"]["overall"]

    now = half_width(120)
    assert now["half_width"] > 0.08
    enough = half_width(120 + now["more_paragraphs"])["half_width"]
    short = half_width(120 + now["more_paragraphs"] // 3)["half_width"]
    assert enough == pytest.approx(0.05, rel=0.15)
    assert short > 1.2 * enough


def sample(frames: np.ndarray, drawn: np.ndarray, chance: np.ndarray | float) -> Codings:
    drawn_by = np.where(drawn, "sample", "learning").astype("<U16")
    return coded(named(frames), drawn_by=drawn_by, chances=np.where(drawn, chance, np.nan))


def test_paragraphs_not_drawn_by_chance_stand_for_no_population() -> None:
    found = measured(coded(named(mostly_agreeing())))["drawing"]
    assert "None of the 80 double-coded paragraphs was drawn by chance" in found["statement"]
    assert "no population (Lacy and Riffe 1996)" in found["statement"]
    assert (found["drawn_by"], found["by_chance"], found["sample"]) == ({"purposive": 80}, 0, None)


def test_a_sample_with_one_chance_needs_no_weights() -> None:
    frames = mostly_agreeing()
    found = measured(sample(frames, np.full(frames.shape, True), 0.1))
    drawing = found["drawing"]
    assert drawing["statement"].startswith("All double-coded paragraphs were drawn by chance")
    assert "nothing to weight" in drawing["statement"]
    assert (drawing["weighted"], drawing["by_chance"], drawing["drawn_by"]) == (False, 80, {"sample": 80})
    assert drawing["sample"] == found["all_coders"]


def test_a_sample_with_several_chances_is_weighted_by_their_inverse() -> None:
    """A paragraph with a third of another's chance counts like three; but for the small-sample term of alpha."""
    frames = mostly_agreeing(coders=3)
    frames[2, :30] = -1
    weights = np.where(np.arange(80) < 40, 3, 1)
    found = measured(sample(frames, np.full(frames.shape, True), 0.3 / weights))["drawing"]
    assert found["weighted"]
    assert "weighted by their inverse (Hajek)" in found["statement"]
    repeated = np.repeat(frames, weights, axis=1)
    number = ((frames >= 0) * weights).sum() / weights.mean(), (repeated >= 0).sum()
    expected = (1 - oracle(repeated)) * (number[0] - 1) / number[0] * number[1] / (number[1] - 1)
    assert 1 - alpha(found, "sample") == pytest.approx(expected, abs=1e-6)


def test_only_what_two_coders_had_from_a_sample_is_drawn_by_chance() -> None:
    frames = mostly_agreeing(coders=3)
    drawn = np.zeros(frames.shape, bool)
    drawn[:2, :40], drawn[2, 60:] = True, True
    found = measured(sample(frames, drawn, 0.2))["drawing"]
    assert found["by_chance"] == 40
    assert found["drawn_by"] == {"learning": 20, "learning and sample": 60}
    assert found["statement"].startswith("40 of the 80 double-coded paragraphs were drawn by chance")
    assert found["sample"]["coders"] == 2
    assert alpha(found, "sample") == pytest.approx(oracle(frames[:2, :40]), abs=1e-6)


def test_chances_that_coders_do_not_share_are_no_weights() -> None:
    frames = mostly_agreeing()
    chances = np.full(frames.shape, 0.2)
    chances[0, :10] = 0.4
    found = measured(sample(frames, np.full(frames.shape, True), chances))
    assert not found["drawing"]["weighted"]
    assert "different chances, so nothing is weighted" in found["drawing"]["statement"]
    assert alpha(found["drawing"], "sample") == alpha(found)


@pytest.mark.parametrize(
    ("frames", "said", "statement"),
    [
        ({}, "There are no codings", False),
        ({"al": [-1, -1]}, "There are no codings", False),
        ({"al": [0, 1, 2, 0]}, "codings of one coder only, al", False),
        ({"al": [0, 1, 2, 0], "bo": [-1] * 4}, "codings of one coder only, al", False),
        ({"al": [0, 1, -1, -1], "bo": [-1, -1, 0, 1]}, "No paragraph has codings by two", True),
    ],
)
def test_nothing_to_measure(frames: dict[str, list[int]], said: str, statement: bool) -> None:
    found = measured(coded(frames))
    assert said in found["notices"][0]
    assert (found["statement"] is not None) == statement
    assert {found[key] for key in OF_ALL} == {None}
    assert found["paragraphs"]["by_two_or_more"] == 0


def test_one_label_only_leaves_alpha_undefined() -> None:
    found = measured(coded({"al": [1] * 40, "bo": [1] * 40}, size=1))
    overall = found["all_coders"]["overall"]
    assert overall["krippendorff_alpha"] == {"value": None, "low": None, "high": None}
    assert (overall["level"], overall["more_paragraphs"]) == (None, None)
    assert found["pairs"][0]["agreement"]["value"] == 1
    assert found["pairs"][0]["cohen_kappa"]["value"] is None
    assert found["confusions"] == []
    assert any("Only one label was ever given" in notice for notice in found["notices"])


def test_perfect_agreement_does_not_tell_how_sure_it_is() -> None:
    found = measured(coded({"al": [0, 1, 2, 0] * 40, "bo": [0, 1, 2, 0] * 40}))
    overall = found["all_coders"]["overall"]
    assert overall["krippendorff_alpha"] == {"value": 1, "low": 1, "high": 1}
    assert (overall["level"], overall["half_width"], overall["more_paragraphs"]) == ("firm", 0, None)
    assert any("coders never differ, so the interval has no width" in notice for notice in found["notices"])


def test_a_part_on_which_coders_never_differ_is_no_surer() -> None:
    """As among paragraphs that both were sure of."""
    frames = mostly_agreeing(200)
    found = measured(coded(named(frames), sure=np.repeat((frames[0] == frames[1])[None], 2, axis=0)))
    assert found["sureness"]["all_sure"]["agreement"] == {"value": 1, "low": 1, "high": 1}
    assert any("never differ on a part of the paragraphs" in notice for notice in found["notices"])
    assert not any("no width" in notice for notice in measured(coded(named(frames)))["notices"])


def test_articles_that_are_all_alike_have_no_width_either() -> None:
    found = measured(coded({"al": [0, 1, 2, 0] * 40, "bo": [0, 1, 2, 1] * 40}))
    assert found["all_coders"]["overall"]["half_width"] == 0
    assert any("articles are all alike" in notice for notice in found["notices"])


@pytest.mark.parametrize(("n", "said"), [(4, "from one article"), (116, "from so few articles, 29,"), (120, None)])
def test_few_articles_are_told(n: int, said: str | None) -> None:
    found = measured(coded(named(mostly_agreeing(n))))
    assert [said in notice for notice in found["notices"]] == ([] if said is None else [True])
    figure = found["all_coders"]["overall"]["krippendorff_alpha"]
    assert (figure["low"] is None) == (n == 4)


def test_a_label_that_is_rare_has_no_interval_and_a_rare_difference_none_either() -> None:
    """One paragraph of 40 articles has another label: in a third of the draws there is only one."""
    first, second = [0] * 160, [0] * 160
    first[7] = 1
    found = measured(coded({"al": first, "bo": second}))
    assert found["all_coders"]["overall"]["krippendorff_alpha"]["low"] is None
    assert any("In more than 5% of the draws" in notice for notice in found["notices"])


def test_a_coder_who_coded_nothing_changes_nothing() -> None:
    frames = mostly_agreeing()
    found, more = measured(coded(named(frames))), measured(coded({**named(frames), "zoe": [-1] * 80}))
    assert more["coders"]["zoe"]["paragraphs"] == 0
    assert more["measured_on"] == ["al", "bo"]
    assert more["statement"] == found["statement"]
    for key in ("pairs", "confusions", "sureness", "drawing", "notices"):
        assert more[key] == found[key]
    assert alpha(more) == alpha(found)
    assert more["all_coders"]["coders"] == 2


def test_every_article_may_have_one_paragraph() -> None:
    frames = mostly_agreeing()
    found = measured(coded(named(frames), size=1))
    assert found["paragraphs"]["articles"] == 80
    assert found["all_coders"]["overall"]["krippendorff_alpha"]["low"] is not None
    overall = found["all_coders"]["overall"]
    assert overall["more_paragraphs"] == overall["more_articles"] > 0


def test_twenty_coders_make_190_pairs() -> None:
    random = np.random.default_rng(4)
    frames = mostly_agreeing(60, coders=20)
    frames[random.random(frames.shape) < 0.4] = -1
    found = measured(coded({f"c{place:02}": table for place, table in enumerate(frames)}))
    assert len(found["pairs"]) == 190
    common = [pair["paragraphs"] for pair in found["pairs"]]
    assert common == sorted(common, reverse=True)
    assert alpha(found) == pytest.approx(oracle(frames), abs=1e-6)


def test_codings_made_with_the_models_frame_in_view_are_told() -> None:
    frames = mostly_agreeing(160)
    prompted = np.zeros(frames.shape, bool)
    prompted[0, :30] = True
    [notice] = measured(coded(named(frames), prompted=prompted))["notices"]
    assert notice.startswith("In 30 of 320 codings the coder saw the model's frame first")


def test_the_statement_says_who_the_coders_are() -> None:
    frames = mostly_agreeing()
    told = {
        kind: measured(coded(named(frames), kinds=dict.fromkeys(("al", "bo"), kind)))["statement"]
        for kind in ("person", "program")
    }
    assert "The coders are persons" in told["person"]
    assert "not human reliability" in told["program"]
    unknown = measured(coded(named(frames), kinds={}))["statement"]
    assert "not told whether the coders are persons or programs" in unknown
