import re
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.text.near_duplicates import merge_groups, near_duplicate_pairs, normalised

# Few words, so that shingles are shared; capitals and signs, so that normalisation matters.
WORDS = st.sampled_from(["troops", "Troops", "river", "river,", "grain", "of", "the"])
TEXTS = st.lists(st.lists(WORDS, max_size=14).map(" ".join), max_size=12)
THRESHOLDS = st.sampled_from([0.05, 0.2, 1 / 3, 0.5, 0.6, 2 / 3, 0.9, 1.0])

SENTENCE = "the column left the depot at dawn and reached the ford before the rain had stopped"


def shingle_set(text, size):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


def brute_force(texts, threshold, size, shortest, equal_short):
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    pairs = []
    for j in range(len(texts)):
        for i in range(j):
            if not words[i] or not words[j]:
                continue
            if words[i] == words[j]:
                if i == words.index(words[j]) and (equal_short or len(words[j]) >= shortest):
                    pairs.append((i, j, 1.0))
                continue
            firsts = i == words.index(words[i]) and j == words.index(words[j])
            if not firsts or min(len(words[i]), len(words[j])) < shortest:
                continue
            one, other = shingle_set(texts[i], size), shingle_set(texts[j], size)
            if one and other and len(one & other) / len(one | other) >= threshold:
                pairs.append((i, j, len(one & other) / len(one | other)))
    return sorted(pairs)


def assert_pairs_join_what_comparing_all_joins(pairs, every_pair, n_texts):
    own = [str(place) for place in range(n_texts)]
    components = merge_groups(own, every_pair)
    assert set(pairs) <= set(every_pair)
    assert merge_groups(own, pairs).tolist() == components.tolist()
    # No circle: a pair fewer would part what hangs together.
    assert len(pairs) == n_texts - len(set(components.tolist()))
    assert pairs == sorted(pairs)


@settings(max_examples=500, deadline=None)
@given(TEXTS, THRESHOLDS, st.integers(1, 5), st.integers(0, 9), st.booleans())
def test_pairs_join_what_comparing_all_joins_without_a_circle(texts, threshold, size, shortest, equal_short):
    found = near_duplicate_pairs(texts, threshold=threshold, shingle=size, shortest=shortest, equal_short=equal_short)
    every_pair = brute_force(texts, threshold, size, shortest, equal_short)
    assert_pairs_join_what_comparing_all_joins(found, every_pair, len(texts))


@pytest.mark.parametrize("threshold", [0.2, 0.35, 0.5])
def test_texts_of_shared_phrases_that_are_mostly_unlike(threshold):
    random = Random(7)
    words = [f"word{number}" for number in range(300)]
    phrases = [" ".join(random.choices(words, k=6)) for _ in range(12)]
    texts = [" ".join(random.sample(phrases, random.randint(2, 5)) + random.choices(words, k=3)) for _ in range(150)]
    every_pair = brute_force(texts, threshold, 5, 8, equal_short=True)
    assert 0 < len(every_pair) < 150 * 149 / 4
    assert_pairs_join_what_comparing_all_joins(near_duplicate_pairs(texts, threshold=threshold), every_pair, 150)


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8), THRESHOLDS)
def test_any_text_will_do(texts, threshold):
    for one, other, resemblance in near_duplicate_pairs(texts, threshold=threshold, shingle=2, shortest=2):
        assert 0 <= one < other < len(texts)
        assert threshold <= resemblance <= 1


def test_a_text_that_resembles_two_through_one_rare_shingle_is_joined_to_both():
    # Only "axe" is rare enough to lead from the third text to the first two, which are unlike each other.
    texts = ["axe bow cup dip", "axe elm fox gum", "axe bow cup elm fox"]
    texts += [
        f"{word} " + " ".join(f"{word}{n}{m}" for m in range(5))
        for word in ("bow", "cup", "elm", "fox")
        for n in "abcd"
    ]
    pairs = near_duplicate_pairs(texts, threshold=0.4, shingle=1, shortest=1)
    assert pairs == [(0, 2, 0.5), (1, 2, 0.5)]


def test_one_changed_word_of_sixteen():
    changed = SENTENCE.replace("rain", "snow")
    [(one, other, resemblance)] = near_duplicate_pairs([SENTENCE, "Nothing alike.", changed], threshold=0.5)
    # 12 shingles each; the changed word, third from the end, stands in 3 of them.
    assert (one, other) == (0, 2)
    assert resemblance == 9 / 15
    assert near_duplicate_pairs([SENTENCE, changed], threshold=0.61) == []


def test_case_signs_and_spaces_do_not_count():
    assert normalised("  “Rain”,\n it rained:\tRAIN!  ") == "rain it rained rain"
    assert near_duplicate_pairs([SENTENCE, SENTENCE.upper() + "…"], threshold=1) == [(0, 1, 1.0)]


def test_short_texts_are_paired_only_when_equal_and_only_if_wanted():
    texts = ["Read more here, please, today.", "read more here please today", "Read more here, please, tomorrow."]
    assert near_duplicate_pairs(texts, threshold=0.1, shingle=2) == [(0, 1, 1.0)]
    assert near_duplicate_pairs(texts, threshold=0.1, shingle=2, equal_short=False) == []


def test_texts_without_a_word_are_never_paired():
    assert near_duplicate_pairs(["***", "***", "", ""], threshold=0.1) == []


def test_equal_texts_in_great_number_stay_cheap():
    pairs = near_duplicate_pairs([SENTENCE] * 20_000, threshold=0.5)
    assert pairs == [(0, place, 1.0) for place in range(1, 20_000)]


def test_texts_of_one_template_in_great_number_stay_cheap():
    texts = [f"on the day numbered {number} " + SENTENCE for number in range(5_000)]
    assert len(near_duplicate_pairs(texts, threshold=0.5)) == 4_999


@pytest.mark.parametrize("options", [{"threshold": 0}, {"threshold": 1.1}, {"threshold": 0.5, "shingle": 0}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="must"):
        near_duplicate_pairs([SENTENCE], **options)


def test_groups_joined_by_a_chain_of_pairs_become_one():
    groups = ["a", "b", "a", "c", "d", "c"]
    merged = merge_groups(groups, [(1, 5, 0.7), (2, 3, 0.6)])
    assert merged.dtype == np.int64
    assert merged.tolist() == [0, 0, 0, 0, 1, 0]
    assert merge_groups(groups, []).tolist() == [0, 1, 0, 2, 3, 2]
    assert merge_groups([], []).tolist() == []


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=20), st.data())
def test_merged_groups_are_the_connected_components(groups, data):
    places = st.integers(0, len(groups) - 1)
    pairs = data.draw(st.lists(st.tuples(places, places, st.just(1.0)), max_size=10))
    # Components by spreading the lowest number until nothing changes.
    numbers = [groups.index(group) for group in groups]
    changed = True
    while changed:
        before = list(numbers)
        for one, other, _ in pairs:
            numbers[one] = numbers[other] = min(numbers[one], numbers[other])
        for place, group in enumerate(groups):
            numbers[place] = min(n for n, g in zip(numbers, groups, strict=True) if g == group)
        changed = numbers != before
    merged = merge_groups(groups, pairs).tolist()
    assert [merged.index(number) for number in merged] == [numbers.index(number) for number in numbers]
    assert list(dict.fromkeys(merged)) == list(range(len(set(merged))))
