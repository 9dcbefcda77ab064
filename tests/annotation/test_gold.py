import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.gold import GoldCounts, Judgements, count_gold, resolve, shares

FRAMES = st.lists(st.sampled_from("abcd"), max_size=7)


@pytest.mark.parametrize(
    ("frames", "gold"),
    [
        ("", None),
        ("a", "a"),
        ("aa", "a"),
        ("ab", None),
        ("aab", "a"),
        ("aba", "a"),
        ("baa", "a"),
        ("abc", None),
        ("aabb", None),
        ("abba", None),
        ("aabc", "a"),
        ("bcaa", "a"),
        ("aaabb", "a"),
        ("aabbc", None),
        ("abcd", None),
    ],
)
def test_the_rule(frames, gold):
    assert resolve(list(frames)) == gold


@given(FRAMES, st.randoms())
def test_the_order_of_the_coders_does_not_matter(frames, random):
    shuffled = list(frames)
    random.shuffle(shuffled)
    assert resolve(shuffled) == resolve(frames)


@given(FRAMES)
def test_gold_has_more_votes_than_any_other(frames):
    gold = resolve(frames)
    ahead = [f for f in set(frames) if all(frames.count(f) > frames.count(other) for other in set(frames) - {f})]
    enough = len(frames) == 1 or any(frames.count(frame) >= 2 for frame in ahead)
    assert gold == (ahead[0] if ahead and enough else None)


def test_counts_by_the_way_to_gold():
    judgements = [Judgements(tuple(frames)) for frames in ("aa", "aab", "a", "b", "ab", "aabb", "abc", "", "")]
    assert count_gold(judgements) == GoldCounts(agreed=2, single=2, disputed=3, uncoded=2)
    decided = [Judgements(("a", "b"), ("b",)), Judgements((), ("a",)), Judgements(("a", "a"), ("a", "b"))]
    assert count_gold(decided) == GoldCounts(agreed=0, single=0, disputed=1, uncoded=0, adjudicated=2)
    assert count_gold([]) == GoldCounts(0, 0, 0, 0)


def test_a_decision_takes_the_place_of_the_coders_frames():
    assert Judgements(("a", "a", "b"), ("b",)).gold == "b"
    assert Judgements(("a", "a", "b"), ("b",)).counted == ("b",)
    assert Judgements(("a", "a"), ("b", "c")).gold is None
    assert Judgements(("a", "b")).gold is None


@given(st.lists(st.builds(Judgements, FRAMES.map(tuple), FRAMES.map(tuple))))
def test_every_paragraph_is_counted_once(judgements):
    counts = count_gold(judgements)
    with_gold = counts.agreed + counts.single + counts.adjudicated
    assert with_gold + counts.disputed + counts.uncoded == len(judgements)
    assert with_gold == sum(judged.gold is not None for judged in judgements)


def test_soft_targets_stand_in_codebook_order():
    assert shares(["b", "a", "b", "d"], ["a", "b", "c", "d"]) == [0.25, 0.5, 0.0, 0.25]


@given(FRAMES.filter(len))
def test_soft_targets_sum_to_one(frames):
    assert math.isclose(sum(shares(frames, "abcd")), 1)
