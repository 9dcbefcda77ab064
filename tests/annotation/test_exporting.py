import csv
import json

import pytest

from framing.annotation.exporting import export_labels
from framing.annotation.queues import QueuedParagraph, write_queue
from framing.errors import CodebookError, InputError, LabelError, UsageError

KINDS = ["label-studio", "doccano", "prodigy", "csv"]


@pytest.fixture
def coded(folder):
    folder.coder("al", folder.coding("a1:0", "storm"), folder.coding("a1:1", "storm"), folder.coding("a1:0", "drought"))
    folder.coder(
        "bo",
        folder.coding("a1:0", "storm"),
        folder.coding("a1:0", None),
        folder.coding("b2:0", None, set_aside="skipped"),
    )
    return folder


def rows(folder, tmp_path, **options):
    output = tmp_path / "out.csv"
    counts = export_labels(folder.path, "csv", output, **options)
    with output.open(encoding="utf-8", newline="") as file:
        return counts, [(row["item_id"], row["coder"], row["label"], row["status"]) for row in csv.DictReader(file)]


def test_what_stands_and_what_is_set_aside_travels_with_the_uncoded(coded, tmp_path):
    counts, found = rows(coded, tmp_path)
    assert found == [
        ("a1:0", "al", "drought", "labelled"),
        ("a1:1", "al", "storm", "labelled"),
        ("a1:2", "", "", "unseen"),
        ("b2:0", "bo", "", "skipped"),
        ("b2:1", "", "", "unseen"),
    ]
    assert (counts.paragraphs, counts.codings, counts.coders, counts.uncoded) == (5, 3, ("al", "bo"), 2)


def test_one_coders_codings(coded, tmp_path):
    counts, found = rows(coded, tmp_path, coders=["bo"], names={"bo@x.org": "bo"})
    assert counts.coders == ("bo",)
    assert [row for row in found if row[3] != "unseen"] == [("b2:0", "bo@x.org", "", "skipped")]
    with pytest.raises(UsageError, match=r"'zoe' has no file in .*: al, bo"):
        rows(coded, tmp_path, coders=["bo", "zoe"])


def test_the_texts_alone(coded, tmp_path):
    counts, found = rows(coded, tmp_path, blank=True)
    assert {row[1:] for row in found} == {("", "", "unseen")}
    assert (counts.codings, counts.uncoded, len(found)) == (0, 5, 5)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_codings_is_in_a_blank_export(coded, tmp_path, kind):
    export_labels(coded.path, kind, tmp_path / "out", blank=True)
    content = (tmp_path / "out").read_text(encoding="utf-8")
    assert "skipped" not in content
    assert '"al"' not in content
    assert content.count(coded.texts["b2:1"]) == 1


def test_a_queue_gives_order_and_purpose(coded, tmp_path):
    write_queue(
        tmp_path / "queue.jsonl", [QueuedParagraph("b2:1", "sample", 0.5), QueuedParagraph("a1:0", "sample", 1)]
    )
    export_labels(coded.path, "label-studio", tmp_path / "out.json", queue=tmp_path / "queue.jsonl")
    tasks = json.loads((tmp_path / "out.json").read_bytes())
    assert [task["data"]["framing_id"] for task in tasks] == ["b2:1", "a1:0"]
    assert tasks[0]["data"]["framing"] == {
        "codebook_version": "2.3",
        "drawn_by": "sample",
        "inclusion_probability": 0.5,
    }


def test_label_studios_interface_lies_beside_its_tasks(coded, tmp_path):
    counts = export_labels(coded.path, "label-studio", tmp_path / "out.json")
    assert counts.config == tmp_path / "out.json.xml"
    assert '<Choice value="storm"/>' in counts.config.read_text(encoding="utf-8")
    other = export_labels(coded.path, "label-studio", tmp_path / "out.json", config=tmp_path / "other.xml").config
    assert other == tmp_path / "other.xml"
    assert other.read_bytes() == counts.config.read_bytes()


@pytest.mark.parametrize("place", [".", "annotations"])
def test_nothing_is_put_among_the_labels(coded, tmp_path, place):
    # In annotations/ it would be a coder's file, and a faulty one.
    with pytest.raises(UsageError, match="would stand among the labels"):
        export_labels(coded.path, "prodigy", coded.path / place / "out.jsonl")
    with pytest.raises(UsageError, match="would stand among the labels"):
        export_labels(coded.path, "label-studio", tmp_path / "out.json", config=coded.path / place / "view.xml")
    assert not list(coded.path.rglob("out*")) + list(coded.path.rglob("view*"))


def test_label_studios_interface_is_no_second_output(coded, tmp_path):
    with pytest.raises(UsageError, match="name two files"):
        export_labels(coded.path, "label-studio", tmp_path / "out", config=tmp_path / "out")


def test_label_studio_must_know_whose_annotations_they_are(coded, tmp_path):
    options = {"as_annotations": True, "names": {"al@example.org": "al"}}
    counts = export_labels(coded.path, "label-studio", tmp_path / "out", **options)
    assert [note for note in counts.notes if "add --map ADDRESS=bo" in note]
    options["names"]["bo@example.org"] = "bo"
    assert export_labels(coded.path, "label-studio", tmp_path / "out", **options).notes == ()


def test_a_label_that_cannot_be_shown_leaves_no_file(coded, tmp_path):
    book = (coded.path / "codebook.toml").read_text(encoding="utf-8").replace('id = "drought"', 'id = "$drought"')
    coded.write("codebook.toml", book)
    with pytest.raises(CodebookError, match=r"\$drought"):
        export_labels(coded.path, "label-studio", tmp_path / "out.json", blank=True)
    assert not (tmp_path / "out.json").exists()


def test_doccano_needs_a_zip_for_several_coders(coded, tmp_path):
    with pytest.raises(UsageError, match=r"\.zip"):
        export_labels(coded.path, "doccano", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()
    assert export_labels(coded.path, "doccano", tmp_path / "out.ZIP").codings == 3


def test_prodigys_sessions_are_named(coded, tmp_path):
    export_labels(coded.path, "prodigy", tmp_path / "out.jsonl", names={"war-alma": "al"})
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert {line.get("_session_id") for line in lines} == {"war-alma", "framing-bo", None}
    assert lines[0]["framing"]["names"] == {"war-alma": "al", "framing-bo": "bo"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("csv", {"as_annotations": True}),
        ("doccano", {"config": "x.xml"}),
        ("csv", {"blank": True, "coders": ["al"]}),
        ("label-studio", {"blank": True, "as_annotations": True}),
        ("csv", {"names": {"x": "al", "y": "al"}}),
        ("csv", {"names": {"x": "../al"}}),
    ],
)
def test_options_that_do_not_go_together(coded, tmp_path, kind, options):
    with pytest.raises(UsageError):
        export_labels(coded.path, kind, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_the_folder_is_only_read(coded, tmp_path):
    before = {path: path.read_bytes() for path in coded.path.rglob("*") if path.is_file()}
    for kind in KINDS:
        export_labels(coded.path, kind, tmp_path / f"{kind}.zip")
    assert {path: path.read_bytes() for path in coded.path.rglob("*") if path.is_file()} == before


def test_faults_of_the_folder_are_told(coded, tmp_path):
    with pytest.raises(LabelError, match="no such labels folder"):
        export_labels(tmp_path / "absent", "csv", tmp_path / "out")
    coded.coder("cy", coded.coding("a1:0", "flood"))
    with pytest.raises(LabelError, match=r"cy\.jsonl:1: 'frame' is 'flood'"):
        export_labels(coded.path, "csv", tmp_path / "out")
    coded.paragraphs("{")
    with pytest.raises(LabelError, match=r"paragraphs\.jsonl:1"):
        export_labels(coded.path, "csv", tmp_path / "out")


def test_lines_that_are_cut_off_are_left_out_and_told(coded, tmp_path):
    with (coded.path / "annotations" / "al.jsonl").open("ab") as file:
        file.write(b'{"paragraph": "b2')
    with (coded.path / "paragraphs.jsonl").open("ab") as file:
        file.write(b'{"id": "b2')
    notes = export_labels(coded.path, "csv", tmp_path / "out").notes
    assert ["paragraphs.jsonl:6" in notes[0], "al.jsonl:4" in notes[1]] == [True, True]


def test_an_output_that_cannot_be_written(coded, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        export_labels(coded.path, "csv", tmp_path / "absent" / "out.csv")
