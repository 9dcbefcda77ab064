"""A folder's judgements, out to each tool and into a fresh folder: nothing of them is lost."""

import dataclasses
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.annotation.coder_file import CoderFile
from framing.annotation.exporting import export_labels
from framing.annotation.importing import import_labels
from framing.annotation.label_files import read_paragraphs
from framing.annotation.records import Annotation
from framing.codebook import read_codebook

WAYS = [
    ("label-studio", "out.json", {"as_annotations": True}),
    ("doccano", "out.zip", {}),
    ("prodigy", "out.jsonl", {}),
    ("csv", "out.csv", {}),
]
LABELS = ["storm", "drought", "none"]
# The ids of the folder's paragraphs; more of them stand in it than are judged.
IDS = ["a1:0", "=1+1:0", "b\u2028 ü;\"',|\t#:0", "c:0", "d:0"]
TEXTS = ['He said: "=SUM(A1)"\r\nand\tleft.', "@home\u2028, + -", "'tis \x07 a text\x00", "اِنشاء ü 🌊", "Plain."]
CODERS = ["al", "lm-b", "cy@example.org"]

letters = st.characters(exclude_categories=["Cs"])
words = st.one_of(
    st.text(letters, max_size=30), st.sampled_from(["", "=1+1", "'=1", "-a\nb", '"', "a\r\nb", "\u2028", "{", "\x00"])
)
texts = st.none() | words
times = st.none() | st.sampled_from(["2024-03-05T09:20:31.114+00:00", "2024-03-05T10:00", "in spring", ""])


@st.composite
def annotations(draw):
    status = draw(st.sampled_from(["labelled", "skipped", "flagged", "withdrawn"]))
    frame = draw(st.sampled_from(LABELS))
    if status in ("skipped", "withdrawn") or (status == "flagged" and draw(st.booleans())):
        frame = None
    drawn_by = draw(st.sampled_from([None, "purposive", "learning", "sample"]))
    chance = st.floats(0, 1, exclude_min=True)
    return Annotation(
        coder=draw(st.sampled_from(CODERS)),
        paragraph=draw(st.sampled_from(IDS)),
        frame=frame,
        sure=draw(st.booleans()),
        runner_up=draw(st.sampled_from([None, *(label for label in LABELS if label != frame)])),
        codebook_version=draw(st.sampled_from(["", "2.1", "2.3"])),
        labelled_at=draw(times),
        drawn_by=drawn_by,
        inclusion_probability=draw(chance if drawn_by == "sample" else st.none() | chance),
        note=draw(texts),
        set_aside=status if status in ("skipped", "flagged") else None,
        role=draw(st.sampled_from(["coder", "adjudicator"])),
        suggested=draw(texts),
        request=draw(st.none() | st.uuids().map(str)),
        undoes=draw(texts),
    )


def files(path):
    codebook, ids = read_codebook(path / "codebook.toml"), read_paragraphs(path).ids
    return {coder: CoderFile(path, coder, codebook, ids) for coder in CODERS}


def standing(path):
    found = {}
    for file in files(path).values():
        for one in file.last.values():
            if one.status != "withdrawn":
                found[one.coder, one.paragraph] = one
    return found


def contents(path):
    return {one.name: one.read_bytes() for one in (path / "annotations").glob("*.jsonl")}


@pytest.mark.parametrize(("kind", "name", "options"), WAYS)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_annotations=st.lists(annotations(), max_size=12))
def test_nothing_is_lost(folder, kind, name, options, given_annotations):
    folder.paragraphs(*(folder.paragraph(one, text=text) for one, text in zip(IDS, TEXTS, strict=True)))
    with tempfile.TemporaryDirectory() as place:
        ours, fresh, output = Path(place) / "ours", Path(place) / "fresh", Path(place) / name
        for path in (ours, fresh):
            shutil.copytree(folder.path, path)
        for coder, file in files(ours).items():
            file.append_all([one for one in given_annotations if one.coder == coder])
        export_labels(ours, kind, output, **options)
        report = import_labels(fresh, output, kind)
        assert [outcome for outcome in report.outcomes if outcome.kind != "new"] == []
        before, after = standing(ours), standing(fresh)
        # A line that nothing asked for is given a request, by which it is known when it comes again.
        assert after == {
            key: dataclasses.replace(one, request=one.request or after[key].request) for key, one in before.items()
        }
        written = contents(fresh)
        assert {outcome.kind for outcome in import_labels(fresh, output, kind).outcomes} <= {"same"}
        # Nor does it change anything where it came from.
        assert {outcome.kind for outcome in import_labels(ours, output, kind).outcomes} <= {"same"}
        assert contents(fresh) == written


def test_from_tool_to_tool(folder, tmp_path):
    shutil.copytree(folder.path, tmp_path / "fresh0")
    folder.coder("al", folder.coding("a1:0", "storm", sure=False, runner_up="none", note="=1"))
    folder.coder(
        "lm-b", folder.coding("a1:1", None, set_aside="skipped"), folder.coding("a1:2", "none", set_aside="flagged")
    )
    path = folder.path
    for number, (kind, name, options) in enumerate(WAYS):
        fresh = tmp_path / f"fresh{number}"
        if number:
            shutil.copytree(tmp_path / "fresh0", fresh)
            shutil.rmtree(fresh / "annotations")
        export_labels(path, kind, tmp_path / name, **options)
        import_labels(fresh, tmp_path / name, kind)
        path = fresh
    before, after = standing(folder.path), standing(path)
    assert {key: dataclasses.replace(one, request=None) for key, one in after.items()} == before
    assert len(before) == 3


@pytest.mark.parametrize(("kind", "name", "options"), WAYS)
def test_names_of_the_tool_lead_back_to_ours(folder, tmp_path, kind, name, options):
    shutil.copytree(folder.path, tmp_path / "fresh")
    folder.coder("al", folder.coding("a1:0", "storm"))
    export_labels(folder.path, kind, tmp_path / name, names={"al@example.org": "al"}, **options)
    report = import_labels(tmp_path / "fresh", tmp_path / name, kind)
    assert [outcome.coder for outcome in report.outcomes] == ["al"]


def test_predictions_come_back_as_none(folder, tmp_path):
    folder.coder("al", folder.coding("a1:0", "storm"))
    export_labels(folder.path, "label-studio", tmp_path / "out.json")
    report = import_labels(folder.path, tmp_path / "out.json", "label-studio")
    assert report.outcomes == ()
    assert (report.unseen, len(report.notes)) == (5, 1)
