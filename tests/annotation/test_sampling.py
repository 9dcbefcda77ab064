from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.sampling import LEAST, SampledRows, allocate, draw_sample
from framing.errors import UsageError

# Three strata of unlike size and unlike content.
STRATA = ["large"] * 60 + ["small"] * 12 + ["tiny"] * 3
VALUES = np.concatenate([np.tile([1.0, 0.0, 0.0], 20), np.tile([1.0, 1.0, 0.0], 4), np.ones(3)])


def draw(strata=STRATA, size=20, *, equal=False, seed=0) -> SampledRows:
    return draw_sample(strata, size, generator=np.random.default_rng(seed), equal=equal)


def hajek(sample: SampledRows, first: int | None = None) -> float:
    """Estimate a share by weights of 1/chance."""
    weights = 1 / sample.inclusion_probability[:first]
    return float((weights * VALUES[sample.rows[:first]]).sum() / weights.sum())


def within_chance(estimates: list[float], truth: float) -> bool:
    """Tell whether a mean of estimates is as near to the truth as chance lets it be."""
    spread = np.std(estimates, ddof=1) / np.sqrt(len(estimates))
    return bool(abs(np.mean(estimates) - truth) < 4.5 * spread)


@st.composite
def allocations(draw):
    sizes = np.array(draw(st.lists(st.integers(1, 60), min_size=1, max_size=12)))
    number = draw(st.integers(int(np.minimum(sizes, LEAST).sum()), int(sizes.sum())))
    return sizes, number, draw(st.booleans())


@given(allocations())
def test_the_parts_add_up_and_none_is_larger_than_its_stratum(allocation) -> None:
    sizes, number, equal = allocation
    counts = allocate(sizes, number, equal=equal)
    assert counts.sum() == number
    assert (counts <= sizes).all()
    assert (counts >= np.minimum(sizes, LEAST)).all() or len(sizes) == 1


@given(allocations())
def test_a_larger_stratum_has_no_fewer_and_equal_ones_differ_by_one_at_most(allocation) -> None:
    sizes, number, equal = allocation
    counts = allocate(sizes, number, equal=equal)
    for size, count in zip(sizes, counts, strict=True):
        others = sizes < size
        assert (counts[others] <= count + (0 if not equal else 1)).all()
        assert (abs(counts[sizes == size] - count) <= 1).all()
    if equal:
        left = counts < sizes
        assert not left.any() or counts.max() <= counts[left].min() + 1


@given(st.lists(st.integers(30, 300), min_size=1, max_size=8), st.floats(0.2, 1.0))
def test_in_proportion_where_two_of_each_are_less_than_its_share(sizes, share) -> None:
    sizes = np.array(sizes)
    number = int(share * sizes.sum())
    counts = allocate(sizes, number)
    # Webster's method leaves the quota by more than one only among very many parties.
    assert (abs(counts - number * sizes / sizes.sum()) < 1.5).all()


@st.composite
def populations(draw):
    strata = draw(st.lists(st.sampled_from(["", "north", "süd", "x=1, y=2"]), min_size=1, max_size=60))
    there = Counter(strata)
    least = 1 if len(there) == 1 else sum(min(LEAST, number) for number in there.values())
    return strata, there, draw(st.integers(least, len(strata)))


@given(populations(), st.booleans(), st.integers(0, 99))
def test_chances_are_exact_and_stand_for_the_whole_population(population, equal, seed) -> None:
    strata, there, size = population
    sample = draw(strata, size, equal=equal, seed=seed)
    assert len(sample.rows) == len(set(sample.rows.tolist())) == size
    drawn = Counter(strata[row] for row in sample.rows)
    chances = [drawn[strata[row]] / there[strata[row]] for row in sample.rows]
    assert sample.inclusion_probability.tolist() == chances
    # Horvitz and Thompson: the weights of what is drawn count the population, and each of its strata.
    assert sum(1 / chance for chance in chances) == pytest.approx(len(strata))
    assert sum(drawn[name] / there[name] for name in strata) == pytest.approx(size)


@pytest.mark.parametrize("equal", [False, True])
def test_weighted_shares_are_right_on_average(equal) -> None:
    estimates = [hajek(draw(equal=equal, seed=seed)) for seed in range(1500)]
    assert within_chance(estimates, VALUES.mean())


def test_unweighted_shares_of_equal_strata_are_not() -> None:
    estimates = [float(VALUES[draw(equal=True, seed=seed).rows].mean()) for seed in range(1500)]
    assert not within_chance(estimates, VALUES.mean())


def test_each_paragraph_is_drawn_as_often_as_its_chance_says() -> None:
    times = np.zeros(len(STRATA))
    chance = np.zeros(len(STRATA))
    for seed in range(2000):
        sample = draw(seed=seed)
        times[sample.rows] += 1
        chance[sample.rows] = sample.inclusion_probability
    spread = np.sqrt(2000 * chance * (1 - chance))
    assert (abs(times - 2000 * chance) <= 5 * spread).all()


def test_who_stops_early_has_a_sample_whose_chances_are_all_smaller_by_one_factor() -> None:
    size, first = 20, 8
    times, chance, shares = np.zeros(len(STRATA)), np.zeros(len(STRATA)), []
    for seed in range(3000):
        sample = draw(size=size, equal=True, seed=seed)
        times[sample.rows[:first]] += 1
        chance[sample.rows] = sample.inclusion_probability
        shares.append(hajek(sample, first))
    smaller = chance * first / size
    assert (abs(times - 3000 * smaller) <= 5 * np.sqrt(3000 * smaller * (1 - smaller))).all()
    # A ratio of random sums: right but for a bias that falls with the number coded.
    assert np.mean(shares) == pytest.approx(VALUES.mean(), abs=0.02)


def test_the_same_seed_draws_the_same() -> None:
    assert draw(seed=3).rows.tolist() == draw(seed=3).rows.tolist() != draw(seed=4).rows.tolist()


def test_a_single_paragraph_may_be_drawn_where_there_are_no_strata() -> None:
    sample = draw([""] * 8, 1)
    assert sample.inclusion_probability.tolist() == [1 / 8]


def test_too_many_and_too_few_are_refused_with_the_numbers() -> None:
    with pytest.raises(UsageError, match="76 cannot be drawn from a population of 75"):
        draw(size=76)
    with pytest.raises(UsageError, match="a sample of 5 is too small for 3 strata: 6 are needed"):
        draw(size=5)
