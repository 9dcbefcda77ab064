from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from framing.text import Article, read_articles
from framing.text.provenance import agreed, date_stated, host, provenance_of_page, provenance_of_row, source_name


@pytest.mark.parametrize(
    ("value", "stated"),
    [
        ("2023-05-17", "2023-05-17"),
        ("2023-05-17T10:00:00Z", "2023-05-17"),
        ("2023/5/7 10:00", "2023-05-07"),
        ("20230517", "2023-05-17"),
        ("2023-05", "2023-05"),
        ("2023", "2023"),
        ("2023.0", "2023"),
        (2023, "2023"),
        (20230517, "2023-05-17"),
        ("17.05.2023", "2023-05-17"),
        ("05.06.2023", "2023-06-05"),
        ("17/05/2023", "2023-05-17"),
        ("05/17/2023", "2023-05-17"),
        ("05/06/2023", "2023"),
        ("06/06/2023", "2023-06-06"),
        ("Wed, 17 May 2023 10:00:00 GMT", "2023-05-17"),
        ("May 17th, 2023", "2023-05-17"),
        ("17 de mayo de 2023", "2023-05-17"),
        ("17. März 2023", "2023-03-17"),
        ("1er août 2023", "2023-08-01"),
        ("August 2023", "2023-08"),
        (date(2023, 5, 17), "2023-05-17"),
        (datetime(2023, 5, 17, 10), "2023-05-17"),
    ],
)
def test_a_date_is_read_as_far_as_it_says_which_it_is(value: object, stated: str) -> None:
    assert date_stated(value) == stated


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "yesterday", "17 May", "May or June 2023", "2023-02-30", "2023-24", "31.02.2023", "0001-01-01"),
        *("9999-12-31", "1684300000", 1684300000, 45063, True, None, 3.5, [2023], {"year": 2023}, "2023" * 100),
        *("٢٠٢٣-٠٥-١٧", "-2023", "2023-05-17" + "x" * 200),
    ],
)
def test_what_is_no_date_states_none(value: object) -> None:
    assert date_stated(value) is None


@given(st.dates(date(1605, 1, 1), date(2100, 12, 31)))
def test_every_date_is_read_back(day: date) -> None:
    assert date_stated(day.isoformat()) == date_stated(f"{day:%d %B %Y}") == date_stated(f"{day:%Y%m%d}") == str(day)


@given(st.text(max_size=100) | st.integers() | st.none())
def test_any_value_is_a_date_or_none_and_a_name_or_none(value: object) -> None:
    stated, name = date_stated(value), source_name(value)
    assert stated is None or (len(stated) in (4, 7, 10) and 1605 <= int(stated[:4]) <= 2100)
    assert name is None or (name == " ".join(name.split()) and 0 < len(name) <= 200)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.Example.org/news/1", "example.org"),
        ("//news.example.org:8080?x", "news.example.org"),
        ("http://user:word@example.org/", "example.org"),
        ("www.example.org/news", "example.org"),
        ("example.co.uk", "example.co.uk"),
        ("no address", None),
        ("", None),
        (7, None),
    ],
)
def test_the_host_of_an_address(address: object, name: str | None) -> None:
    assert host(address) == name


def test_the_first_column_that_is_filled_names_the_source() -> None:
    row = {"outlet": " ", "source": "Valley  Post\n", "publisher": "Valley Group", "url": "https://example.org/1"}
    assert provenance_of_row(row, "state").source == "Valley Post"
    assert provenance_of_row({"url": "https://example.org/1"}, "state").source == "state"
    assert provenance_of_row({"link": "https://example.org/1"}, None).source == "example.org"
    assert provenance_of_row({"source": "https://www.example.org/1"}, None).source == "example.org"
    assert provenance_of_row({"source": ["a"], "url": 3}, None).source is None
    assert source_name("x" * 300) == "x" * 199 + "…"


def test_the_first_column_that_states_a_date_is_taken() -> None:
    row = {"date": "soon", "published": "2023-05-17", "year": 1999}
    assert provenance_of_row(row, None).published == "2023-05-17"
    assert provenance_of_row({"year": "1999"}, None).published == "1999"
    assert provenance_of_row({}, None).published is None


def test_values_that_differ_agree_on_nothing() -> None:
    assert agreed(["a", "a"]) == "a"
    assert agreed(["a", None]) is None
    assert agreed([]) is None


def read(path: Path) -> list[Article]:
    def raised(error: Exception) -> None:
        raise error

    return list(read_articles(str(path), on_error=raised))


def stated(articles: list[Article]) -> list[tuple[str | None, str | None]]:
    return [(article.source, article.published) for article in articles]


def test_tables_of_every_kind_state_it(tmp_path: Path) -> None:
    rows = [
        {"text": "One.", "Outlet": "Valley Post", "Date": "2023-05-17"},
        {"text": "Two.", "Outlet": None, "Date": None},
    ]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "news.csv").write_text("text,Outlet,Date\nOne.,Valley Post,2023-05-17\nTwo.,,\n", encoding="utf-8")
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "news.parquet")
    for kind in ("jsonl", "csv", "parquet"):
        assert stated(read(tmp_path / f"news.{kind}")) == [("Valley Post", "2023-05-17"), ("news", None)]


def test_parquet_dates_and_kinds_of_outlets_are_read(tmp_path: Path) -> None:
    columns = {"text": ["One."], "outlet_type": ["state"], "published": [datetime(2023, 5, 17, 10)]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "news.parquet")
    [article] = read(tmp_path / "news.parquet")
    assert (article.outlet, article.source, article.published) == ("state", "state", "2023-05-17")


def test_rows_of_one_article_are_believed_where_they_agree(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(
        "article,position,text,source,date\na,0,One.,Post,2023-05\na,1,Two.,Post,2023-06\n", encoding="utf-8"
    )
    assert stated(read(path)) == [("Post", None)]


def test_a_document_is_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "valley post").mkdir()
    (tmp_path / "valley post" / "a.txt").write_text("One.", encoding="utf-8")
    assert stated(read(tmp_path)) == [("valley post", None)]
    monkeypatch.chdir(tmp_path / "valley post")
    assert stated(read(Path("a.txt"))) == [("valley post", None)]
    assert stated(read(Path("../valley post/a.txt"))) == [("valley post", None)]


PAGE = "<html><head>{}</head><body><p>Troops sealed the valley on Monday evening, and the road to it.</p></body></html>"


def test_a_page_states_it_in_its_head(tmp_path: Path) -> None:
    head = (
        '<meta property="og:site_name" content="Valley Post"><meta name="date" content="soon">'
        '<meta property="article:published_time" content="2023-05-17T10:00:00+02:00">'
        '<link rel="canonical" href="https://www.example.org/1">'
    )
    (tmp_path / "a.html").write_text(PAGE.format(head), encoding="utf-8")
    (tmp_path / "b.html").write_text(PAGE.format(head.replace("og:site_name", "x")), encoding="utf-8")
    (tmp_path / "c.html").write_text(PAGE.format('<meta name="date" content="">'), encoding="utf-8")
    dated = [("Valley Post", "2023-05-17"), ("example.org", "2023-05-17")]
    assert stated(read(tmp_path)) == [*dated, (tmp_path.name, None)]
    assert provenance_of_page({}).source is None
