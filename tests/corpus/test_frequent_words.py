from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from framing.corpus.frequent_words import LONGEST_WORD, FrequentWords


def test_words_are_counted_by_source() -> None:
    words = FrequentWords(100)
    words.add("a", {"ford": 2, "ridge": 1})
    words.add("a", {"ridge": 2})
    words.add(None, {"ford": 5})
    assert words.most_frequent(["a"], 2) == [("ridge", 3), ("ford", 2)]
    assert words.most_frequent(["a", None], 1) == [("ford", 7)]
    assert words.most_frequent(["b"], 3) == []
    assert words.missed == 0


def test_what_moves_is_counted_there() -> None:
    words = FrequentWords(100)
    words.add("a", {"ford": 2})
    words.add("b", {"ford": 1})
    words.move("a", "b")
    words.move("c", "b")
    assert words.most_frequent(["a"], 1) == []
    assert words.most_frequent(["b"], 1) == [("ford", 3)]


def test_long_words_are_cut() -> None:
    words = FrequentWords(10)
    words.add("a", {"x" * 1000: 1, "x" * 999: 1})
    assert words.most_frequent(["a"], 5) == [("x" * LONGEST_WORD + "…", 2)]


ARTICLES = st.lists(
    st.tuples(st.sampled_from("ab"), st.dictionaries(st.sampled_from("rstuvwxyz"), st.integers(1, 9))), max_size=30
)


@given(ARTICLES, st.integers(1, 6))
def test_however_few_are_kept_no_count_is_wrong_by_more_than_is_told(
    articles: list[tuple[str, dict[str, int]]], most: int
) -> None:
    words, whole = FrequentWords(most), {"a": Counter[str](), "b": Counter[str]()}
    for source, counts in articles:
        words.add(source, counts)
        whole[source].update(counts)
        assert sum(len(words.most_frequent([source], 100)) for source in "ab") <= most
    for source in "ab":
        kept = dict(words.most_frequent([source], 100))
        assert all(number - words.missed <= kept.get(word, 0) <= number for word, number in whole[source].items())
