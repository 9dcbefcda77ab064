from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from framing.corpus import row_order
from framing.corpus.row_order import LONGEST_NAME, RowOrder, SeenNames
from framing.corpus.set_aside import BadRow
from framing.text.article import Article
from framing.text.tables import Row, articles_of_rows


class Ordered:
    def __init__(self, *values: dict[str, Any]):
        self.bad: list[BadRow] = []
        self.cuts: list[tuple[int, str]] = []
        rows = (Row(number, number + 1, row) for number, row in enumerate(values, 1))
        order = RowOrder(rows, on_bad=self.bad.append, on_cut=lambda row, note: self.cuts.append((row.number, note)))
        self.articles: list[tuple[Article, int]] = list(order.articles("day.jsonl"))

    @property
    def shape(self) -> list[tuple[str, int, int]]:
        """Each article's name, the place of its first paragraph, and how many it has."""
        return [(article.id, first, len(article.blocks or ())) for article, first in self.articles]


def placed(article: Any, position: Any, text: Any = "Shells fell.") -> dict[str, Any]:
    return {"article": article, "position": position, "text": text}


ROWS = st.one_of(
    st.builds(placed, st.sampled_from(["a", "b", " a", "c\0", 7]), st.sampled_from([0, 1, "2"])),
    st.sampled_from([placed("bad", 0, " "), placed("bad", "x"), placed(None, 0), placed("", 0), placed(True, 0)]),
    st.sampled_from([{"id": "a", "text": "Word."}, {"id": "d", "text": None}, {"article": "a", "text": "Word."}]),
)


@pytest.fixture(params=[1, 3, 50_000], ids="stretches of {}".format)
def _stretch(request, monkeypatch):
    monkeypatch.setattr(row_order, "_ROWS_IN_STRETCH", request.param)


@given(st.lists(ROWS, max_size=12))
@example([placed("a", 0), placed("bad", 0, ""), placed("a", 1), placed("b", 0)])
@example([placed("a", 0), placed("b", 0), placed("a", 1), placed("a", 2), placed("b", 1)])
def test_articles_are_those_of_a_table_that_is_read_at_once(values):
    told: list[str] = []
    rows = [Row(number, number + 1, row) for number, row in enumerate(values, 1)]
    expected = list(articles_of_rows(iter(rows), path="day.jsonl", on_error=lambda error: told.append(str(error.line))))
    found = Ordered(*values)
    assert [article for article, _ in found.articles] == expected
    assert all(first == 0 for _, first in found.articles)
    # Of rows that come back together, the table tells the first alone.
    assert set(told) <= {str(bad.line) for bad in found.bad}
    kept = sum(len(article.blocks or (None,)) for article in expected)
    assert kept + len(found.bad) == len(values)


@pytest.mark.usefixtures("_stretch")
def test_each_row_of_an_article_that_comes_back_is_told_with_its_content():
    found = Ordered(placed("a", 0), placed("b", 0), placed("a", 1), placed("a", 2), placed("c", 0), placed("b", 9))
    assert found.shape == [("a", 0, 1), ("b", 0, 1), ("c", 0, 1)]
    assert [bad.line for bad in found.bad] == [4, 5, 7]
    assert found.bad[0].reason == "article 'a' comes back after other articles; sort the file by article"
    assert found.bad[0].content == '{"article": "a", "position": 1, "text": "Shells fell."}'


def test_articles_of_one_row_each_may_share_a_name():
    found = Ordered(*[{"id": "a", "text": "Shells fell."}] * 3)
    assert [article.id for article, _ in found.articles] == ["a", "a", "a"]
    assert found.bad == []


def test_an_article_without_end_comes_in_parts_that_go_on_counting(monkeypatch):
    monkeypatch.setattr(row_order, "LONGEST_ARTICLE_ROWS", 4)
    rows = [placed("a", place) for place in range(10)]
    found = Ordered(placed("z", 0), *rows, placed("b", 0), placed("b", 1))
    assert found.shape == [("z", 0, 1), ("a", 0, 4), ("a", 4, 4), ("a", 8, 2), ("b", 0, 2)]
    assert [number for number, _ in found.cuts] == [6, 10]
    assert "'a' is very long" in found.cuts[0][1]
    assert found.bad == []


def test_an_article_of_few_rows_that_are_long_comes_in_parts_too(monkeypatch):
    monkeypatch.setattr(row_order, "LONGEST_ARTICLE_CHARACTERS", 100)
    found = Ordered(*[placed("a", place, "x" * 60) for place in range(5)])
    assert found.shape == [("a", 0, 2), ("a", 2, 2), ("a", 4, 1)]


def test_rows_that_are_refused_count_in_no_part(monkeypatch):
    monkeypatch.setattr(row_order, "LONGEST_ARTICLE_ROWS", 2)
    found = Ordered(*[placed("a", place, "" if place % 2 else "Word.") for place in range(6)])
    assert found.shape == [("a", 0, 2), ("a", 2, 1)]
    assert len(found.bad) == 3


def test_a_row_without_a_line_is_told_by_its_number_and_odd_values_are_kept_as_text():
    bad: list[BadRow] = []
    rows = iter([Row(5, None, {"text": None, "id": b"raw"})])
    assert list(RowOrder(rows, on_bad=bad.append, on_cut=print).articles("p")) == []
    assert (bad[0].line, bad[0].row) == (None, 5)
    assert bad[0].content == '{"text": null, "id": "b\'raw\'"}'


def test_a_name_that_would_make_a_huge_output_is_refused():
    fits, long = "x" * LONGEST_NAME, "x" * (LONGEST_NAME + 1)
    rows = [placed(fits, 0), placed(long, 0), *({"id": name, "text": "Word."} for name in (long, fits, long))]
    found = Ordered(*rows)
    assert found.shape == [(fits, 0, 1), (fits, 0, 0)]
    assert [bad.reason for bad in found.bad] == ["its article's name has more than 10,000 characters"] * 3


@given(st.lists(st.text(), max_size=30), st.integers(1, 5))
def test_seen_names_are_known_however_they_are_stored(names, held):
    seen = SeenNames()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_order, "_DIGESTS_HELD", held)
        for place, name in enumerate(names):
            assert (name in seen) == (name in names[:place])
            seen.add(name)
        assert all(name in seen for name in names)


def test_names_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(row_order, "_DIGESTS_HELD", 10)
    monkeypatch.setattr(row_order, "_MOST_DIGESTS", 30)
    seen = SeenNames()
    for number in range(100):
        seen.add(f"{number}")
        assert f"{number}" in seen
    assert sum(f"{number}" in seen for number in range(100)) <= 40
