import pytest

from framing.annotation.exchange import (
    Export,
    ExportedParagraph,
    UnusableError,
    instant,
    meta_object,
    read_meta,
    text_of,
)
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.records import Annotation
from framing.codebook import of_labels

PARAGRAPH = ParagraphRecord("a:0", "a", 0, "Rain.", None, None, None, None, 1)
CODING = Annotation("al", "a:0", "storm", sure=False, note="", drawn_by="sample", inclusion_probability=0.1)


def test_what_travels_is_what_is_known():
    export = Export(of_labels("weather", ["storm", "drought"]), [], ("al",), {"al": "al@x.org", "bo": "bo@x.org"})
    meta = meta_object(ExportedParagraph(PARAGRAPH, (CODING,), "learning"), export)
    assert meta == {
        "codebook_version": "0",
        "drawn_by": "learning",
        "names": {"al@x.org": "al"},
        "codings": [
            {"coder": "al", "frame": "storm", "sure": False, "codebook_version": "", "drawn_by": "sample",
             "inclusion_probability": 0.1, "note": ""}
        ],
    }  # fmt: skip
    assert meta_object(ExportedParagraph(PARAGRAPH), export) == {"codebook_version": "0", "names": {"al@x.org": "al"}}


def test_it_comes_back_as_an_object_or_as_text():
    for value in (
        {"codings": [{"coder": "al"}], "names": {"x": "al"}},
        '{"codings": [{"coder": "al"}], "names": {"x": "al"}}',
    ):
        meta = read_meta(value)
        assert (meta.codings, meta.names) == ({"al": {"coder": "al"}}, {"x": "al"})
    assert read_meta(None) == read_meta("") == read_meta({})


@pytest.mark.parametrize(
    "value", [[], 3, "{", "[1]", {"codings": 1}, {"codings": [{}]}, {"names": {"a": 1}}, {"names": []}]
)
def test_what_is_damaged_is_told(value):
    with pytest.raises(UnusableError, match="'framing' is damaged"):
        read_meta(value)


@pytest.mark.parametrize(
    ("value", "time"),
    [
        (1709630431, "2024-03-05T09:20:31+00:00"),
        ("2024-03-05T09:20:31.5Z", "2024-03-05T09:20:31.500000+00:00"),
        ("2024-03-05T11:20:31+02:00", "2024-03-05T09:20:31+00:00"),
        ("2024-03-05T09:20:31", "2024-03-05T09:20:31+00:00"),
        (None, None),
        ("", None),
    ],
)
def test_times_are_told_in_utc(value, time):
    assert instant(value) == time


@pytest.mark.parametrize("value", ["yesterday", 1e300, float("nan"), True, [], "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time(value):
    with pytest.raises(UnusableError, match="time"):
        instant(value)


def test_ids_that_became_numbers():
    assert [text_of(value) for value in (7, "a:0", "", None, True, 1.5, [])] == [
        "7",
        "a:0",
        None,
        None,
        None,
        None,
        None,
    ]
