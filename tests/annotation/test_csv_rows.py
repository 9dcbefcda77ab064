import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.csv_rows import csv_row, guarded, read_table, unguarded
from framing.errors import InputError

# Everything that UTF-8 can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\u200b=1", "＝1", "'=1", "''-1", "\rx"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_run(text):
    assert guarded(text)[0] == "'"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "storm", "'tis a storm", "1-2", "a=b", "''"])
def test_other_cells_stand_as_they_are(text):
    assert guarded(text) == unguarded(text) == text


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_what_is_written_is_read_back(texts):
    columns = [f"c{place}" for place in range(len(texts))]
    table = read_table(csv_row(columns) + csv_row(texts) + csv_row(["end"] * len(texts)), wanted=columns)
    read = [[unguarded(cell) for cell in row.cells.values()] for row in table.rows]
    # A row of empty cells is none.
    assert read == ([texts] if any(texts) else []) + [["end"] * len(texts)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(sign):
    table = read_table(f"item_id{sign}label\na{sign}storm\n".encode(), wanted=("item_id", "label"))
    assert table.rows[0].cells == {"item_id": "a", "label": "storm"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_no_part_of_the_header(encoding):
    table = read_table("naïve,b\n1,2\n".encode(encoding), wanted=("b",))
    assert table.columns == ("naïve", "b")


def test_rows_are_told_by_the_line_on_which_they_begin():
    table = read_table(b'a,b\n1,"x\ny"\n\n2\n3,4\n', wanted=("a",))
    assert [(row.line, row.fault) for row in table.rows] == [
        (2, None),
        (5, "has 1 cells where the header has 2"),
        (6, None),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no header line"),
        (b"a,b,a\n", "more than one column 'a'"),
        (b'a,b\n1,"x\n2,3\n', "line 2: is not a row"),
        (b"a,b\n1,2\n\xff,3\n", "line 3: is not UTF-8"),
    ],
)
def test_what_is_no_table(content, message):
    with pytest.raises(InputError, match=message):
        read_table(content, wanted=("a",))


def test_large_cells_are_read():
    table = read_table(b"a,b\n" + b"x" * 300_000 + b",y\n", wanted=("a",))
    assert len(table.rows[0].cells["a"]) == 300_000
