import csv
import io
import json

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from framing.segmentation_settings import SegmentationSettings
from framing.text import Article, Segmentation, read_articles

SIGNS = st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from('",;\n\r\t'))


def read(path):
    errors = []
    return list(read_articles(str(path), on_error=errors.append)), [
        str(error).removeprefix(str(path)) for error in errors
    ]


def raised(error):
    raise error


@pytest.fixture
def table(tmp_path):
    def write(content, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_one_article_a_row_whatever_the_delimiter(table, delimiter, end):
    rows = [("id", "date", "Text "), ("a1", "2020", '"Two, words; here | there\n\nand below"'), ("", "", "more")]
    path = table(end.join(delimiter.join(row) for row in rows) + end)
    articles, errors = read(path)
    assert [(article.id, article.text) for article in articles] == [
        ("a1", "Two, words; here | there\n\nand below"),
        (f"{path}:2", "more"),
    ]
    assert all(article.blocks is None for article in articles)
    assert errors == []


@pytest.mark.parametrize("name", ["text", "BODY", "content", "article_text"])
def test_the_text_column_has_several_names(table, name):
    articles, _ = read(table(f"url,{name}\nhttp://example.org/1,words\n"))
    assert articles == [Article("http://example.org/1", "words", source="example.org")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,words\n1,a\n", ": has no column text or body or content or article_text; found: 'id', 'words'; name the"),
        ("text,id,Text\na,b,c\n", ": has several columns named 'text'; rename all but one"),
        ("", ": holds no text"),
        (" \n\n", ": holds no text"),
        (b"PK\x03\x04\0\0\0", ": not a text file but a zip file"),
    ],
)
def test_a_table_without_use_is_refused_once(table, content, message):
    articles, errors = read(table(content))
    assert articles == []
    assert len(errors) == 1
    assert errors[0].startswith(message)


def test_a_bad_row_is_told_with_its_line_and_the_rest_goes_on(table):
    path = table('\nid,text\n1,"a\nb"\n2\n3,c,d\n4, \n\n5,e\n')
    articles, errors = read(path)
    assert [article.id for article in articles] == ["1", "5"]
    assert errors == [
        ":5: this row has 1 columns, the header has 2; check its quotes and separators",
        ":6: this row has 3 columns, the header has 2; check its quotes and separators",
        ":7: holds no text in 'text'",
    ]


def test_large_cells_are_read_and_the_limit_of_others_is_left_as_it_was(table):
    limit = csv.field_size_limit()
    articles, errors = read(table("text\n" + "word " * 100_000 + "\n"))
    assert len(articles[0].text) == 500_000
    assert errors == []
    assert csv.field_size_limit() == limit


def test_nul_and_other_encodings_in_csv(table):
    articles, errors = read(table("text\nl’été à Genève\0\n".encode("cp1252")))
    assert [article.text for article in articles] == ["l’été à Genève\ufffd"]
    assert errors == []
    articles, _ = read(table("id;text\n1;l’été\n".encode("utf-16")))
    assert articles == [Article("1", "l’été", source="t")]


def test_one_paragraph_a_row_is_joined_by_article_in_the_order_of_positions(table):
    path = table("article,position,text\na,1,second\na,0,first\nb,0,other\n")
    articles, errors = read(path)
    assert [(article.id, article.text) for article in articles] == [("a", "first\n\nsecond"), ("b", "other")]
    paragraphs = Segmentation(SegmentationSettings()).split(articles[0])
    assert [(p.position, p.start, p.end, p.text) for p in paragraphs] == [(0, 0, 5, "first"), (1, 0, 6, "second")]
    assert errors == []


def test_an_article_that_comes_back_is_told_once(table):
    path = table("article,position,text\na,0,one\nb,0,two\na,1,three\na,2,four\nc,0,five\n")
    articles, errors = read(path)
    assert [article.id for article in articles] == ["a", "b", "c"]
    assert errors == [":4: article 'a' comes back after other articles; sort the file by article"]


def test_a_row_without_a_place_is_told(table):
    path = table("article,position,text\na,first,one\n,0,two\na,0,three\na,1.5,four\n")
    articles, errors = read(path)
    assert [article.text for article in articles] == ["three"]
    assert errors == [
        ":2: 'position' must be a whole number, not 'first'",
        ":3: names no article",
        ":5: 'position' must be a whole number, not '1.5'",
    ]


def test_each_row_states_its_own_source_and_date(table):
    """What looks the same in another column, or is the same number of another kind, states something else."""
    stated = [
        *(
            {"date": "2020"},
            {"source": "2020"},
            {"publisher": "2020"},
            {"year": 2020},
            {"year": 2020.0},
            {"year": True},
        ),
        *({"source": 1}, {"source": True}, {"source": 1.0}, {"source": [1]}, {"source": [1]}, {"outlet_type": "state"}),
    ]
    rows = [json.dumps({**row, "text": "words"}) for row in stated]
    articles, errors = read(table("\n".join([*rows, *rows[::-1]]), "t.jsonl"))
    expected = [
        *(("t", "2020"), ("2020", None), ("2020", None), ("t", "2020"), ("t", None), ("t", None)),
        *(("1", None), ("t", None), ("t", None), ("t", None), ("t", None), ("state", None)),
    ]
    assert [(article.source, article.published) for article in articles] == [*expected, *expected[::-1]]
    assert errors == []


def test_a_header_of_very_many_columns_is_read_at_once(table):
    articles, errors = read(table(",".join(["text", *(f"c{n}" for n in range(100_000))]) + "\n"))
    assert (articles, errors) == ([], [])


def test_jsonl_rows(table):
    rows = [{"id": 7, "text": "one"}, {"article": "a", "position": 1, "text": "two"}, {"text": "three \ud800"}]
    path = table("\n\n".join(json.dumps(row) for row in rows), "t.jsonl")
    articles, errors = read(path)
    assert [(article.id, article.text) for article in articles] == [
        ("7", "one"),
        ("a", "two"),
        (f"{path}:3", "three \ufffd"),
    ]
    assert errors == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{text: 1}", "is not valid JSON"),
        (b'["text"]', "is not a JSON object"),
        (b'{"text": 3}', "'text' must be text, not int"),
        (b'{"text": null}', "holds no text"),
        (b'{"text": " "}', "holds no text"),
        (b'{"words": "a"}', "has no column text or body or content or article_text; found: 'words'"),
        (b'{"text": "a", "id": [1]}', "'id' must be text or a whole number"),
        (b'{"text": "\xff"}', "is not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"text": ' + b"9" * 5000 + b"}", "too long a number"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else None,
)
def test_a_bad_json_line_is_told_with_its_number(table, line, message):
    articles, errors = read(table(b'{"text": "one"}\n' + line + b'\n{"text": "three"}\n', "t.jsonl"))
    assert [article.text for article in articles] == ["one", "three"]
    assert len(errors) == 1
    assert errors[0].startswith(":2: ")
    assert message in errors[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_jsonl_with_a_byte_order_mark(table, encoding):
    articles, errors = read(table('{"text": "l’été"}\r\n{"text": "two"}\r\n'.encode(encoding), "t.jsonl"))
    assert [article.text for article in articles] == ["l’été", "two"]
    assert errors == []


def test_a_long_line_of_utf_16_is_read_at_once(table):
    # Each letter holds the byte of a line feed.
    text = "\u0a15" * 300_000
    path = table(("\ufeff" + json.dumps({"text": text}, ensure_ascii=False)).encode("utf-16-le"), "t.jsonl")
    # Were the time quadratic, this would take minutes.
    articles, errors = read(path)
    assert [article.text for article in articles] == [text]
    assert errors == []


def test_parquet_rows_come_in_batches(tmp_path):
    path = tmp_path / "t.parquet"
    columns = {"Text": [f"text {n}" for n in range(1000)], "id": list(range(1000)), "other": [None] * 1000}
    parquet.write_table(pyarrow.table(columns), path)
    articles, errors = read(path)
    assert [(article.id, article.text) for article in articles] == [(str(n), f"text {n}") for n in range(1000)]
    assert errors == []


def test_a_parquet_file_of_one_text_many_times_is_read_few_rows_at_a_time(tmp_path):
    path = tmp_path / "t.parquet"
    indices = pyarrow.array([0] * 100, pyarrow.int32())
    column = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["word " * 100_000]))
    parquet.write_table(pyarrow.table({"text": column}), path, compression="zstd")
    held = pyarrow.total_allocated_bytes()
    articles = read_articles(str(path), on_error=raised)
    assert len(next(articles).text) == 500_000
    assert pyarrow.total_allocated_bytes() - held < 10 * 2**20
    assert sum(1 for _ in articles) == 99


def test_a_parquet_file_that_would_fill_the_memory_is_refused_unread(tmp_path):
    path = tmp_path / "t.parquet"
    table = pyarrow.table({"text": ["word " * 200_000] * 70})
    parquet.write_table(table, path, compression="zstd", use_dictionary=False)
    articles, errors = read(path)
    assert articles == []
    assert errors == [": would unpack to more than 100 times its size"]


def test_parquet_of_paragraphs_and_its_bad_rows(tmp_path):
    path = tmp_path / "t.parquet"
    columns = {"text": ["one", None, "three"], "article": ["a", "a", "a"], "position": [0, 1, 2]}
    parquet.write_table(pyarrow.table(columns), path)
    articles, errors = read(path)
    assert [article.text for article in articles] == ["one\n\nthree"]
    assert errors == [": row 2: holds no text in 'text'"]


def test_parquet_without_use_is_refused(tmp_path, table):
    path = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table({"words": ["one"]}), path)
    assert read(path)[1][0].startswith(": has no column text")
    assert read(table(b"PAR1 no more PAR1", "b.parquet"))[1][0].startswith(": cannot be read as a Parquet file: ")
    assert read(table(b"", "c.parquet"))[1][0].startswith(": cannot be read as a Parquet file: ")


@given(st.lists(st.text(alphabet=SIGNS, max_size=30), min_size=1, max_size=5))
def test_what_csv_writes_is_read_back(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([("id", "text"), *enumerate(texts)])
    path.write_bytes(buffer.getvalue().encode())
    articles, _ = read(path)
    assert [article.text for article in articles] == [text for text in texts if text.strip()]


@given(st.binary(max_size=200))
def test_any_bytes_as_a_table_raise_nothing(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    for name, head in (("t.csv", b"id,text\n"), ("t.jsonl", b'{"text": "a"}\n')):
        (folder / name).write_bytes(head + data)
        _, errors = read(folder / name)
        assert all("\n" not in error for error in errors)
