import csv
import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.annotation.csv_labels import read_csv_paragraphs
from framing.errors import LabelError
from framing.settings import DataSettings


@pytest.fixture
def table(tmp_path):
    def write(content, **settings):
        path = tmp_path / "data.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_csv_paragraphs(path, DataSettings(**settings))

    return write


def test_a_table_of_texts_and_labels(table):
    paragraphs = table('text,label\n"Hail, and\nmore hail",storm\nDust, drought \n\nSleet,storm\n')
    assert list(paragraphs.ids) == ["1", "2", "3"]
    assert list(paragraphs.articles) == ["1", "2", "3"]
    assert list(paragraphs.texts) == ["Hail, and\nmore hail", "Dust", "Sleet"]
    assert paragraphs.codebook.labels == ("drought", "storm")
    assert paragraphs.codebook.residual is None
    assert paragraphs.gold.tolist() == [1, 0, 1]
    assert paragraphs.targets.tolist() == [[0, 1], [1, 0], [0, 1]]
    assert paragraphs.folds is None
    assert not paragraphs.ours
    assert len(paragraphs.digest) == 64


def test_rows_of_a_group_are_moved_together_with_their_folds(table):
    paragraphs = table("fold,text,label,group\n0,A,x,g\n1,B,y,h\n0,C,x,g\n")
    assert list(paragraphs.ids) == ["1", "3", "2"]
    assert list(paragraphs.articles) == ["g", "g", "h"]
    assert paragraphs.folds.tolist() == [0, 0, 1]


def test_ids_are_the_numbers_of_the_rows_even_where_groups_are_interleaved(table):
    paragraphs = table("text,label,group\nA,x,g\nB,y,h\n\nC,x,g\nD,y,i\nE,y,h\nF,x,g\n")
    assert list(paragraphs.ids) == ["1", "3", "6", "2", "5", "4"]
    assert list(paragraphs.texts) == ["A", "C", "F", "B", "E", "D"]
    assert list(paragraphs.articles) == ["g", "g", "g", "h", "h", "i"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_the_delimiter_is_found_from_the_header(table, delimiter):
    rows = [("doc, or; group", "code", "headline"), ("g", "x", '"A, b; c | d\te"'), ("h", "y", "B")]
    rows[0] = (f'"{rows[0][0]}"', *rows[0][1:])
    content = "\n".join(delimiter.join(row) for row in rows)
    paragraphs = table(content, text="headline", label="code", group="doc, or; group")
    assert list(paragraphs.texts) == ["A, b; c | d\te", "B"]
    assert list(paragraphs.articles) == ["g", "h"]


def test_a_sign_in_the_cells_is_no_delimiter(table):
    paragraphs = table("text,label\nA;B;C,x;y\nD;E;F,y\n", separator=";")
    assert list(paragraphs.texts) == ["A;B;C", "D;E;F"]


def test_cells_may_be_long(table):
    limit = csv.field_size_limit()
    long = "mud " * 50_000
    assert list(table(f"text,label\n{long},x\nB,y\n").texts) == [long, "B"]
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_encoding(table, encoding):
    assert list(table("text,label\nCafé,x\nB,y\n".encode(encoding)).texts) == ["Café", "B"]


def test_columns_go_by_the_names_of_the_settings(table):
    content = "group,body,code,part,doc\nz,A,x,4,d1\nz,B,y,5,d2\n"
    paragraphs = table(content, text="body", label="code", group="doc", fold="part")
    assert list(paragraphs.articles) == ["d1", "d2"]
    assert paragraphs.folds.tolist() == [4, 5]


def test_several_labels_in_a_cell_share_the_target(table):
    paragraphs = table("text,label\nA,y; x\nB,x;;x\nC,z\n", separator=";")
    assert paragraphs.codebook.labels == ("x", "y", "z")
    assert paragraphs.gold.tolist() == [1, 0, 2]
    assert paragraphs.targets.tolist() == [[0.5, 0.5, 0], [1, 0, 0], [0, 0, 1]]


def test_several_labels_at_once_are_told_by_the_settings(table):
    content = "text,label\nA,y; x\nB,x\nC,z\n"
    several, first = table(content, separator=";", several=True), table(content, separator=";")
    assert (several.several, first.several) == (True, False)
    assert np.array_equal(several.targets, first.targets)
    assert several.digest == first.digest


def test_strata_are_columns_whose_empty_cells_are_unknown(table):
    content = "outlet,group,year,text,label,desk\n Gazette ,g,2001,A,x,\n,h,,B,y, \nHerald,g,2003,C,x,\n"
    paragraphs = table(content, strata=("year", "outlet", "desk"))
    assert dict(paragraphs.strata) == {"year": ["2001", "2003", ""], "outlet": ["Gazette", "Herald", ""]}
    assert list(paragraphs.ids) == ["1", "3", "2"]
    without = table(content)
    assert without.strata == {}
    assert without.digest == paragraphs.digest
    assert (paragraphs.codings, paragraphs.coder_kinds) == ({}, {})


def test_a_stratum_may_be_a_column_with_another_part(table):
    assert table("text,label,group\nA,x,g\nB,y,h\n", strata=("group", "text")).strata == {
        "group": ["g", "h"],
        "text": ["A", "B"],
    }


def test_strata_help_to_find_the_delimiter(table):
    assert table("text;label;a,b\nA;x;1\nB;y;2\n", strata=("a,b",)).strata == {"a,b": ["1", "2"]}


def test_labels_are_judged_by_the_codebook_that_is_named(table, folder):
    codebook = str(folder.path / "codebook.toml")
    assert table("text,label\nA,none\nB,storm\n", codebook=codebook).gold.tolist() == [2, 0]
    with pytest.raises(LabelError, match=r"data\.csv:3: 'hail' is no label of the codebook: storm, drought, none"):
        table("text,label\nA,none\nB,hail\n", codebook=codebook)


def test_a_file_of_another_content_is_refused(table):
    content = "text,label\nA,x\nB,y\n"
    right = hashlib.sha256(content.encode()).hexdigest()
    assert len(table(content, sha256=right.upper()).ids) == 2
    with pytest.raises(LabelError, match=f"SHA-256 is {right}; get the file from the archive"):
        table(content, sha256="0" * 64, source="the archive")


@pytest.mark.parametrize(
    ("content", "settings", "words"),
    [
        ("text,label\nA,x\n,y\n", {}, r"data\.csv:3: has no text"),
        ("text,label\nA,x\n  ,y\n", {}, r"data\.csv:3: has no text"),
        ("text,label\nA,x\nB, \n", {}, r"data\.csv:3: has no label"),
        ("text,label\n'A',x\nB,;\n", {"separator": ";"}, r"data\.csv:3: has no label"),
        ('text,label\n"A\nA",x\nB,\n', {}, r"data\.csv:4: has no label"),
        ("text,label,group\nA,x,g\nB,y,\n", {}, r"data\.csv:3: has no group"),
        ("text,label,fold\nA,x,0\nB,y,one\n", {}, r"data\.csv:3: has the fold 'one'"),
        ("text,label,fold\nA,x,0\nB,y,1.0\n", {}, r"data\.csv:3: has the fold '1.0'"),
        ("text,label,fold\nA,x,-1\nB,y,1\n", {}, r"data\.csv:2: has the fold '-1'"),
        ("text,label,fold\nA,x," + "9" * 99 + "\n", {}, r"data\.csv:2: has the fold"),
        ("text,label\nA,x\nB\n", {}, r"data\.csv:3: has 1 cells where the header has 2"),
        ("text,label\nA,x\nB,y,z\n", {}, r"data\.csv:3: has 3 cells where the header has 2"),
        ('text,label\nA,x\n"B,y\n', {}, r"data\.csv:3: is not a row of a CSV file"),
        (b"text,label\nA,x\n\xff,y\n", {}, r"data\.csv:3: is not UTF-8 text; save"),
        (b"\xef\xbb\xbftext,label\nA,x\n\xff,y\n", {}, r"data\.csv:3: is not UTF-8 text; save"),
        (b"\xff\xfet\0e", {}, r"data\.csv:1: is not UTF-16 text; save it as UTF-8"),
        ('"text",label\n"A"b,x\n', {}, r"data\.csv:2: is not a row of a CSV file"),
        ("text;label\nA;x\nB;y;z\n", {}, r"data\.csv:3: has 3 cells where the header has 2"),
        ("body,label\nA,x\n", {}, r"data\.csv:1: has no column 'text' for the text; its columns: body, label"),
        ("text,label,text\nA,x,B\n", {}, r"data\.csv:1: has more than one column 'text'"),
        ("text,label\nA,x\n", {"group": "doc"}, r"data\.csv:1: has no column 'doc' for the group"),
        ("text,label\nA,x\n", {"fold": "part"}, r"data\.csv:1: has no column 'part' for the fold"),
        ("text,label\nA,x\n", {"strata": ("outlet",)}, r"data\.csv:1: has no column 'outlet' for the stratum"),
        ("text,label,c,c\nA,x,1,2\n", {"strata": ("c",)}, r"data\.csv:1: has more than one column 'c' for the stratum"),
        ("text,label\n", {}, r"data\.csv: has no rows"),
        ("", {}, r"data\.csv: has no rows"),
        ("text,label\nA,x\nB,x\n", {}, r"data\.csv: has one label only, 'x'"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(table, content, settings, words):
    with pytest.raises(LabelError, match=words):
        table(content, **settings)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(LabelError, match="there is no such CSV file"):
        read_csv_paragraphs(tmp_path / "gone.csv", DataSettings())
    with pytest.raises(LabelError, match="no name that a file can have"):
        read_csv_paragraphs(tmp_path / "a\0b.csv", DataSettings())


@settings(deadline=None)
@given(content=st.text(st.sampled_from('text,label\n\r"aé0;'), max_size=60))
def test_any_table_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "data.csv"
    path.write_bytes(b"text,label\n" + content.encode())
    try:
        paragraphs = read_csv_paragraphs(path, DataSettings())
    except LabelError:
        return
    assert all(text.strip() for text in paragraphs.texts)
    assert paragraphs.gold.min() >= 0
