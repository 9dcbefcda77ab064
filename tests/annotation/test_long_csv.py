import csv
import io
from pathlib import Path

import pytest

from framing.annotation.exchange import Export, ExportedParagraph
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.long_csv import COLUMNS, read, write
from framing.annotation.records import Annotation
from framing.codebook import of_labels
from framing.errors import InputError

FILES = Path(__file__).with_name("exchange")
CODEBOOK = of_labels("weather", ["storm", "drought"])
PARAGRAPH = ParagraphRecord("a:0", "a", 3, "=Rain.", None, None, None, None, 1)


def rows(*codings, coders=("al", "bo"), names=None, **exported):
    file = io.BytesIO()
    write(Export(CODEBOOK, [ExportedParagraph(PARAGRAPH, codings, **exported)], coders, names or {}), file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))


def only(text):
    [record] = read(text.encode()).records
    return record


def test_a_row_for_each_coding():
    found = rows(
        Annotation("al", "a:0", "storm", sure=False, note="+1", drawn_by="sample", inclusion_probability=0.1),
        Annotation("bo", "a:0", None, set_aside="skipped", role="adjudicator"),
    )
    assert tuple(found[0])[:5] == ("item_id", "coder", "label", "status", "comment")
    assert [(row["coder"], row["label"], row["status"], row["comment"]) for row in found] == [
        ("al", "storm", "labelled", "'+1"),
        ("bo", "", "skipped", ""),
    ]
    assert (found[0]["sure"], found[0]["inclusion_probability"], found[1]["role"]) == ("false", "0.1", "adjudicator")
    assert found[0]["text"] == "'=Rain."
    # The cells say it all.
    assert [row["framing"] for row in found] == ["", ""]


def test_a_row_for_what_is_still_to_be_coded():
    [row] = rows(drawn_by="sample", inclusion_probability=0.25)
    assert (row["item_id"], row["status"], row["coder"], row["label"]) == ("a:0", "unseen", "", "")
    assert (row["drawn_by"], row["inclusion_probability"], row["codebook_version"]) == ("sample", "0.25", "0")
    [row] = rows(coders=("bo",), names={"bo": "Bo B."})
    assert row["coder"] == "Bo B."
    # Whoever fills in the row there is known here again.
    assert '"names": {"Bo B.": "bo"}' in row["framing"]


def test_what_cells_cannot_tell_apart_travels_beside_them():
    [row] = rows(Annotation("al", "a:0", "storm", note=""))
    assert '"note": ""' in row["framing"]
    [row] = rows(Annotation("al", "a:0", "storm", labelled_at="in spring"))
    assert '"in spring"' in row["framing"]
    assert row["labelled_at"] == ""


def test_an_export():
    found = read((FILES / "long.csv").read_bytes()).records
    assert [(one.place, one.paragraph, one.coder) for one in found][:2] == [
        ("line 2", "a1:0", "ana"),
        ("line 3", "a1:0", "ben"),
    ]
    assert [one.told and (one.told.labels, one.told.set_aside) for one in found] == [
        (("storm",), None), (("Drought",), None), ((), "skipped"), (("storm",), "flagged"), None, (("flood",), None),
    ]  # fmt: skip
    assert found[0].told.details["note"] == "=harbour, not sea"
    assert found[2].told.details["note"] == 'says "stay at home"'


def test_two_columns_are_enough():
    record = only("item_id;label\na:0;storm\n")
    assert (record.told.labels, record.told.set_aside, record.coder, record.anonymous) == (("storm",), None, None, True)
    assert set(record.told.details.values()) == {None}
    assert only("item_id,label\na:0,\n").told is None


def test_every_column_is_read():
    cells = {
        "item_id": "a:0", "coder": "al", "label": "storm", "status": " Labelled ", "comment": "gusts",
        "runner_up": "drought", "sure": "FALSE", "labelled_at": "2024-03-05T09:20", "codebook_version": "0.1",
        "drawn_by": "sample", "inclusion_probability": "0.5", "role": "adjudicator", "suggested": "storm",
        "request": "r1", "undoes": "r0",
    }  # fmt: skip
    told = only(f"{','.join(cells)}\n{','.join(cells.values())}\n").told
    assert told.at == "2024-03-05T09:20"
    assert told.details == {
        "note": "gusts", "runner_up": "drought", "sure": False, "codebook_version": "0.1", "drawn_by": "sample",
        "inclusion_probability": 0.5, "role": "adjudicator", "suggested": "storm", "request": "r1", "undoes": "r0",
    }  # fmt: skip
    assert set(cells) < set(COLUMNS)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",storm,maybe", "its status is 'maybe'"),
        (",,labelled", "without a label"),
        (",storm,skipped", "is skipped and has the label 'storm'"),
        (",storm,unseen", "is unseen and has the label 'storm'"),
        (",storm", "has 3 cells"),
    ],
)
def test_rows_that_cannot_be_used(row, fault):
    assert fault in only(f"item_id,coder,label,status\na:0,al{row}\n").fault


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("sure", "perhaps", "write true or false"),
        ("inclusion_probability", "half", "which is no number"),
        ("labelled_at", "soon", "time 'soon' is none"),
    ],
)
def test_cells_that_cannot_be_used(column, cell, fault):
    assert fault in only(f"item_id,label,{column}\na:0,storm,{cell}\n").fault


@pytest.mark.parametrize("content", [b"", b"id,label\na,b\n", b"item_id,coder\na,b\n", b'item_id,label\n"a,b\n'])
def test_what_is_no_long_csv(content):
    with pytest.raises(InputError):
        read(content)
