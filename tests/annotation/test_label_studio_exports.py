import json
from pathlib import Path

import pytest

from framing.annotation.label_studio_exports import read
from framing.errors import InputError

FILES = Path(__file__).with_name("exchange")


def records(name):
    return read((FILES / name).read_bytes()).records


def task(**annotation):
    annotation = {"completed_by": {"email": "ana@x.org"}, "result": []} | annotation
    return json.dumps([{"id": 1, "data": {"text": "Rain.", "framing_id": "a:0"}, "annotations": [annotation]}]).encode()


def choice(control, *values):
    return {"from_name": control, "type": "choices", "value": {"choices": list(values)}}


def only(content, **options):
    [record] = read(content, **options).records
    return record


def test_the_full_export():
    found = records("label_studio.json")
    assert [(one.place, one.paragraph, one.coder) for one in found] == [
        ("record 1, annotation 1", "a1:0", "ana@example.org"),
        ("record 1, annotation 2", "a1:0", "ben@example.org"),
        ("record 2", "a1:1", "ana@example.org"),
        ("record 3", "a1:2", "ana@example.org"),
        ("record 4", "b2:0", "ana@example.org"),
        ("record 5", "b2:1", None),
    ]
    assert [one.told and (one.told.labels, one.told.set_aside) for one in found] == [
        (("storm",), None), (("drought",), None), ((), "skipped"), (("storm",), "flagged"), (("drought",), None), None,
    ]  # fmt: skip
    assert found[0].names == ("ana@example.org", "3")
    assert found[0].told.at == "2024-03-05T09:20:31.114206+00:00"
    assert found[1].told.details == {"note": "the moorings, not the waves", "suggested": None, "sure": False}
    # She began with the prediction, and so had seen it.
    assert found[4].told.details["suggested"] == "drought"
    assert found[0].told.details["suggested"] is None


def test_predictions_are_told_to_be_none():
    [note] = read((FILES / "label_studio.json").read_bytes()).notes
    assert note.startswith("tasks with predictions: 1;")


@pytest.mark.parametrize("name", ["label_studio_min.json", "label_studio.csv"])
def test_the_exports_for_tables(name):
    found = records(name)
    assert [one.paragraph for one in found] == ["a1:0", "a1:0", "a1:2", "b2:0", "b2:1"]
    assert [one.coder for one in found] == ["ben@example.org", "ana@example.org", None, None, None]
    assert found[2].names == ("3",)
    assert [one.told and one.told.labels for one in found] == [("drought",), ("storm",), ("storm",), None, None]
    assert found[0].told.details["note"] == "the moorings, not the waves"
    assert found[0].told.details["sure"] is False
    assert found[3].fault == "has 2 choices (storm, drought); a paragraph has one frame"
    assert found[4].fault is None
    assert "leave out what was skipped" in read((FILES / name).read_bytes()).notes[0]


@pytest.mark.parametrize(
    ("completed_by", "names", "coder"),
    [
        (3, ("3",), None),
        ("3", ("3",), None),
        ("ana@x.org", ("ana@x.org",), "ana@x.org"),
        ({"id": 3}, ("3",), None),
        ({"id": 3, "email": ""}, ("3",), None),
        ({"id": 3, "email": "ana@x.org"}, ("ana@x.org", "3"), "ana@x.org"),
        (None, (), None),
        ([3], (), None),
    ],
)
def test_who_coded(completed_by, names, coder):
    record = only(task(completed_by=completed_by, result=[choice("frame", "storm")]))
    assert (record.names, record.coder) == (names, coder)


@pytest.mark.parametrize(
    ("annotation", "fault"),
    [
        ({"result": []}, "submitted without a choice"),
        ({"result": None}, "submitted without a choice"),
        ({"result": [choice("frame", "storm", "drought")]}, "has 2 choices"),
        ({"result": [choice("frame", "storm"), choice("frame", "drought")]}, "has 2 choices"),
        ({"result": [choice("theme", "storm")]}, "has no choice 'frame', but 'theme': name it by --control"),
        ({"result": [{"from_name": "frame", "value": {"choices": [3]}}]}, "is no text"),
        ({"result": [{"from_name": "frame", "value": 3}]}, "is no text"),
        ({"result": {"frame": 1}}, "no list of objects"),
        ({"result": [3]}, "no list of objects"),
        ({"result": [choice("frame", "storm")], "updated_at": "soon"}, "time 'soon' is none"),
    ],
)
def test_what_cannot_be_used(annotation, fault):
    assert fault in only(task(**annotation)).fault


def test_a_flag_needs_no_choice():
    record = only(task(result=[choice("doubt", "flagged")]))
    assert (record.told.labels, record.told.set_aside) == ((), "flagged")


def test_another_control():
    record = only(task(result=[choice("theme", "storm"), choice("frame", "drought")]), control="theme")
    assert record.told.labels == ("storm",)


def test_older_exports():
    content = json.dumps({"id": 1, "data": {}, "completions": [{"skipped": True, "result": []}]}).encode()
    assert only(content).told.set_aside == "skipped"


@pytest.mark.parametrize("value", [3, {}, {"text": "Rain."}, {"data": 3}, None])
def test_what_is_no_record(value):
    assert "neither a task" in only(json.dumps([value]).encode()).fault


@pytest.mark.parametrize("annotations", [3, {"a": 1}])
def test_annotations_that_are_no_list(annotations):
    assert "no list" in only(json.dumps([{"data": {}, "annotations": annotations}]).encode()).fault


def test_an_annotation_that_is_no_object():
    assert "no object" in only(json.dumps([{"data": {}, "annotations": [3]}]).encode()).fault


def test_marked_encodings():
    content = task(result=[choice("frame", "storm")]).decode()
    for encoding in ("utf-8-sig", "utf-16"):
        assert only(content.encode(encoding)).told.labels == ("storm",)


@pytest.mark.parametrize("content", [b"", b"text,label\na,b\n", b'[{"data": ', b"\xff\xfe"])
def test_what_is_no_export(content):
    with pytest.raises(InputError):
        read(content)


def test_rows_that_do_not_fit():
    assert only(b"annotator,annotation_id,frame\n1,2\n").fault == "has 2 cells where the header has 3"
    assert only(b'annotator,annotation_id,frame\na@x,2,"{broken"\n').told.labels == ("{broken",)
