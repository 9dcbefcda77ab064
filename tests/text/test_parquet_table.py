import io
import subprocess
import sys
import textwrap

import pyarrow
import pytest
from pyarrow import parquet

from framing.errors import InputError, MissingExtraError
from framing.text.table_files import parquet_rows
from framing.text.tables import LONGEST_ROW


def packed(table, **options):
    file = io.BytesIO()
    parquet.write_table(table, file, **options)
    file.seek(0)
    return file


def read(file):
    errors = []
    rows = parquet_rows(file, path="t.parquet", on_error=errors.append)
    return [(row.number, row.line, row.values) for row in rows], errors


def test_rows_come_in_order_whatever_their_groups():
    columns = {"Text": [f"text {n}" for n in range(1500)], "position": list(range(1500)), "other": [0.5] * 1500}
    for size in (1, 7, 1024, 10_000):
        rows, errors = read(packed(pyarrow.table(columns), row_group_size=size))
        assert rows == [(n + 1, None, {"text": f"text {n}", "position": n}) for n in range(1500)]
        assert errors == []


@pytest.mark.parametrize(
    "kind", [pyarrow.string(), pyarrow.large_string(), pyarrow.dictionary(pyarrow.int32(), "string")]
)
@pytest.mark.parametrize("use_dictionary", [True, False])
def test_texts_are_read_however_they_are_kept(kind, use_dictionary):
    texts = ["one", None, "é😀", "", *[f"{n} words" for n in range(500)]]
    column = pyarrow.array(texts).cast(kind)
    rows, _ = read(packed(pyarrow.table({"text": column}), use_dictionary=use_dictionary))
    assert [values["text"] for _, _, values in rows] == texts


@pytest.mark.parametrize("rows_before", [0, 1, 5000])
@pytest.mark.parametrize("kept", ["as a dictionary", "as strings"])
def test_a_long_text_kept_once_and_told_often_is_held_few_times(rows_before, kept):
    """However many rows of little stand before it: a batch of as many of it would be a gigabyte."""
    indices = pyarrow.array([0] * rows_before + [1] * 2000, pyarrow.int32())
    column = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["little", "word " * 1_000_000]))
    table = pyarrow.table({"text": column})
    file = packed(table, compression="zstd", store_schema=kept == "as a dictionary")
    held = pyarrow.total_allocated_bytes()
    most = 0
    for number, row in enumerate(parquet_rows(file, path="t", on_error=pytest.fail), start=1):
        assert len(row.values["text"]) == (6 if number <= rows_before else 5_000_000)
        most = max(most, pyarrow.total_allocated_bytes() - held)
        if number == rows_before + 50:
            break
    assert most < 100 * 2**20


def test_rows_of_long_texts_are_read_few_at_a_time():
    file = packed(
        pyarrow.table({"text": [f"{n}" + "x" * 1_000_000 for n in range(60)]}),
        use_dictionary=False,
        write_batch_size=1,
    )
    held = pyarrow.total_allocated_bytes()
    rows = parquet_rows(file, path="t", on_error=pytest.fail)
    next(rows)
    assert pyarrow.total_allocated_bytes() - held < 16 * 2**20
    assert sum(1 for _ in rows) == 59


def test_a_cell_that_is_too_long_is_a_bad_row():
    file = packed(
        pyarrow.table({"text": ["one", "x" * (LONGEST_ROW + 1), "x" * LONGEST_ROW], "id": [1, 2, 3]}),
        compression="none",
    )
    rows, errors = read(file)
    assert [(number, values["id"]) for number, _, values in rows] == [(1, 1), (3, 3)]
    (error,) = errors
    assert str(error) == "t.parquet: row 2: 'text' is longer than 16 million characters; split its text"
    assert (error.row, error.content[:5]) == (2, "xxxxx")


def damaged():
    column = pyarrow.array([b"one", b"\xff", b"three"]).view(pyarrow.string())
    return packed(pyarrow.table({"id": ["a", "b", "c"], "text": column}), use_dictionary=False)


def test_a_cell_that_is_no_utf8_is_a_bad_row():
    rows, errors = read(damaged())
    assert [(number, values) for number, _, values in rows] == [
        (1, {"id": "a", "text": "one"}),
        (3, {"id": "c", "text": "three"}),
    ]
    assert [str(error) for error in errors] == [
        "t.parquet: row 2: 'text' is not UTF-8; save the file anew with its text as UTF-8"
    ]


def test_without_anyone_to_tell_a_bad_row_ends_the_reading():
    rows = parquet_rows(damaged(), path="t.parquet")
    assert next(rows).number == 1
    with pytest.raises(InputError, match="row 2"):
        next(rows)


def test_what_is_packed_beyond_what_text_can_be_is_refused_and_what_is_nested_told_row_by_row():
    rows, _ = read(packed(pyarrow.table({"text": [["a", "b"]] * 300})))
    assert [values for _, _, values in rows] == [{"text": ["a", "b"]}] * 300
    with pytest.raises(InputError, match="would unpack to more than 100 times its size"):
        read(packed(pyarrow.table({"text": ["x" * 70_000_000]}), compression="zstd", use_dictionary=False))


def test_a_missing_package_is_named():
    script = textwrap.dedent("""
        import io, sys
        sys.modules["pyarrow"] = None
        from framing.errors import MissingExtraError
        from framing.text.table_files import parquet_rows
        try:
            list(parquet_rows(io.BytesIO(), path="t.parquet"))
        except MissingExtraError as error:
            sys.exit(str(error))
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.stderr.strip() == str(MissingExtraError("corpus", "reading Parquet files", path="t.parquet"))


def test_a_date_that_python_has_not_costs_no_row():
    far = pyarrow.table(
        {
            "text": ["one", "two"],
            "published": pyarrow.array([2**52, 0], pyarrow.timestamp("ms")),
            "date": pyarrow.array([0, 2**30], pyarrow.date32()),
            "url": pyarrow.array([0, 1], pyarrow.timestamp("us", "Nowhere/Land")),
        }
    )
    file = io.BytesIO()
    parquet.write_table(far, file)
    rows = list(parquet_rows(file, path="t.parquet", on_error=pytest.fail))
    assert [row.values["text"] for row in rows] == ["one", "two"]
    assert [row.values["published"] is None for row in rows] == [True, False]
    assert [row.values["date"] is None for row in rows] == [False, True]


_EVERY_SIGN = """
import io, sys
from framing.errors import InputError
from framing.text.parquet_table import parquet_rows
data = sys.stdin.buffer.read()
refused = 0
for place in range(len(data) - 900, len(data) - 8):
    for sign in (0, 255):
        damaged = io.BytesIO(data[:place] + bytes([sign]) + data[place + 1 :])
        try:
            list(parquet_rows(damaged, path="t", on_error=lambda _: None))
        except InputError:
            refused += 1
print(refused)
"""


def test_no_damaged_sign_of_a_footer_ends_the_process():
    """In a process of its own: pyarrow would end this one where a size told is at odds with another."""
    file = io.BytesIO()
    table = pyarrow.table({"id": ["a", "b", None], "text": ["one", "two", None], "source": ["r", None, "s"]})
    parquet.write_table(table, file, row_group_size=2)
    read = subprocess.run([sys.executable, "-c", _EVERY_SIGN], input=file.getvalue(), capture_output=True, check=False)
    assert (read.returncode, read.stderr) == (0, b"")
    assert int(read.stdout) > 100
