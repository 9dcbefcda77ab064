import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.annotation.checks import check_labels
from framing.annotation.coder_file import CoderFile
from framing.annotation.label_files import read_annotations
from framing.annotation.labels import read_labels
from framing.annotation.queues import read_queue, write_queue
from framing.annotation.records import Annotation
from framing.annotation.versions import Migrated, _renamed, migrate_labels, review_queue
from framing.codebook import Change, Codebook, Frame, read_codebook
from framing.errors import LabelError

# Of the folder's own codebook, 2.3: storm was called gale until 2.2.
RENAMED = '[[change]]\nversion = "2.2"\nrenamed = {"gale" = "storm"}\n'
TOUCHING = '[[change]]\nversion = "2.3"\nframes = ["storm"]\n'


def codebook_of(*changes, version="2.9"):
    frames = tuple(Frame(label, label) for label in ("storm", "drought", "flood"))
    return Codebook("weather", version, frames, "none", rules=(("borderline", ()),), changes=changes)


def coded(frame, version="2.1", paragraph="a1:0", **more):
    return Annotation("al", paragraph, frame, codebook_version=version, **more)


def queued(codebook, *annotations):
    return [one.paragraph for one in review_queue(codebook, annotations)]


def change(folder, text):
    path = folder.path / "codebook.toml"
    path.write_text(path.read_text() + text)


def file_of(folder, **options):
    return CoderFile(folder.path, "al", read_codebook(folder.path / "codebook.toml"), folder.texts, **options)


def lines_of(folder, coder="al"):
    content = (folder.path / "annotations" / f"{coder}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in content.splitlines()]


def test_only_what_a_later_change_touches_is_looked_at_again():
    codebook = codebook_of(Change("2.2", frames=("storm",)))
    assert queued(codebook, coded("storm")) == ["a1:0"]
    assert queued(codebook, coded("drought", runner_up="storm", sure=False)) == ["a1:0"]
    assert queued(codebook, coded("drought")) == []
    assert queued(codebook, coded("storm", "2.2")) == []
    assert queued(codebook, coded("storm", "2.10")) == []
    assert queued(codebook, coded("storm", "")) == ["a1:0"]
    for kind in ("skipped", "flagged"):
        assert queued(codebook, coded("storm" if kind == "flagged" else None, set_aside=kind)) == []
    assert queued(codebook, coded("storm"), coded(None)) == []


def test_rules_without_labels_touch_every_label_and_a_mere_note_none():
    assert queued(codebook_of(Change("2.2", rules=("borderline",))), coded("drought"), coded("none")) == ["a1:0"]
    assert queued(codebook_of(Change("2.2", frames=(), rules=("borderline",))), coded("drought")) == []
    assert queued(codebook_of(Change("2.2", note="Spelling.")), coded("drought")) == []


def test_a_coding_made_again_leaves_the_queue_whatever_its_frame():
    codebook = codebook_of(Change("2.2", frames=("storm",)))
    for again in ("storm", "drought"):
        assert queued(codebook, coded("storm"), coded(again, "2.9")) == []
    # An undo puts back what stood before, and its version.
    assert queued(codebook, coded("storm"), coded("storm", "2.9"), coded("storm")) == ["a1:0"]


def test_labels_are_known_by_their_names_of_today():
    renamed = Change("2.3", renamed=(("gale", "storm"),))
    codebook = codebook_of(Change("2.2", frames=("gale",)), renamed)
    assert queued(codebook, coded("storm"), coded("gale", paragraph="b2:0")) == ["a1:0", "b2:0"]


def test_a_second_look_is_no_second_drawing(tmp_path):
    codebook = codebook_of(
        Change("2.2", frames=("storm",), note="Spray is no wave."), Change("2.3", rules=("borderline",))
    )
    queue = review_queue(
        codebook,
        [
            coded("storm", drawn_by="sample", inclusion_probability=0.25),
            coded("storm", "2.2", paragraph="a1:1", drawn_by="learning"),
            coded("storm", "", paragraph="b2:0", inclusion_probability=0.5),
        ],
    )
    assert [(one.drawn_by, one.inclusion_probability) for one in queue] == [
        ("sample", 0.25),
        ("learning", None),
        (None, 0.5),
    ]
    assert {one.review for one in queue} == {"2.3"}
    assert queue[0].reason == "codebook 2.3 changes the rule borderline"
    # Read as a queue, though one was drawn for this purpose and another for that.
    write_queue(tmp_path / "queue.jsonl", queue)
    assert read_queue(tmp_path / "queue.jsonl", ["a1:0", "a1:1", "b2:0"]) == queue
    write_queue(tmp_path / "mixed.jsonl", [queue[0], dataclasses.replace(queue[1], review=None)])
    with pytest.raises(LabelError, match="another purpose"):
        read_queue(tmp_path / "mixed.jsonl", ["a1:0", "a1:1"])


def test_a_standing_old_name_is_a_fault_that_says_what_to_run(folder):
    change(folder, RENAMED)
    folder.coder("al", folder.coding("a1:0", "gale"), folder.coding("a1:1", "storm"))
    with pytest.raises(
        LabelError, match="names 'gale', which is called 'storm' now; run 'framing labels migrate'"
    ) as e:
        read_labels(folder.path)
    assert e.value.line == 1
    [fault] = check_labels(folder.path).faults
    assert (fault.path, fault.line) == ("annotations/al.jsonl", 1)
    with pytest.raises(LabelError, match="migrate"):
        file_of(folder)
    # A runner-up counts as well; what was said later of the same paragraph makes it good.
    folder.coder("al", folder.coding("a1:0", "drought", runner_up="gale"))
    with pytest.raises(LabelError, match="migrate"):
        read_labels(folder.path)
    folder.coder(
        "al", folder.coding("a1:0", "gale", request="r1"), folder.coding("a1:0", None), folder.coding("a1:0", "none")
    )
    assert [record.annotation.frame for record in read_labels(folder.path).annotations["al"]] == ["none"]
    assert check_labels(folder.path).faults == ()
    # What an undo would put back has today's name, which may be written.
    assert file_of(folder).annotations[0].frame == "storm"


def test_a_new_line_may_not_have_an_old_name(folder):
    change(folder, RENAMED)
    file = file_of(folder)
    with pytest.raises(LabelError, match="names 'gale', which is called 'storm' now"):
        file.append(coded("gale", "2.3"))
    assert not file.path.exists()


def test_migrating_says_the_same_under_the_new_name_once(folder):
    change(folder, RENAMED)
    first = folder.coding(
        "a1:0", "gale", sure=False, runner_up="drought", note="gusts", labelled_at="2024-05-01T10:00",
        drawn_by="sample", inclusion_probability=0.25, request="r1", suggested="gale", role="adjudicator",
    )  # fmt: skip
    second = folder.coding("a1:1", "drought", runner_up="gale", set_aside="flagged", undoes="r0", request="r2")
    folder.coder("al", first, second, folder.coding("b2:0", "gale"), folder.coding("b2:0", "none"))
    folder.coder("bo", folder.coding("a1:0", "drought"))
    before = (folder.path / "annotations" / "al.jsonl").read_bytes()

    expected = [Migrated("al", 2, {("gale", "storm"): 2})]
    assert migrate_labels(folder.path, dry_run=True) == expected
    assert (folder.path / "annotations" / "al.jsonl").read_bytes() == before
    assert migrate_labels(folder.path) == expected
    assert migrate_labels(folder.path) == []

    lines = lines_of(folder)
    assert (folder.path / "annotations" / "al.jsonl").read_bytes().startswith(before)
    told = first | {"frame": "storm", "suggested": "storm", "codebook_version": "2.3"}
    del told["request"]
    assert lines[4] == told
    told = second | {"runner_up": "storm", "codebook_version": "2.3"}
    assert lines[5] == {key: value for key, value in told.items() if key not in ("request", "undoes")}
    assert len(lines) == 6
    assert len(lines_of(folder, "bo")) == 1
    assert read_labels(folder.path).judgements()["a1:0"].decisions == ("storm",)
    # The last key press is still the one to undo.
    assert file_of(folder).undoable().request == "r1"


def test_what_else_touches_a_renamed_label_is_still_looked_at_again(folder):
    change(folder, RENAMED + TOUCHING)
    folder.coder("al", folder.coding("a1:0", "gale"), folder.coding("a1:1", "drought", runner_up="none"))
    migrate_labels(folder.path)
    assert lines_of(folder)[-1]["codebook_version"] == "2.1"
    labels = read_labels(folder.path)
    assert queued(labels.codebook, *(record.annotation for record in labels.annotations["al"])) == ["a1:0"]
    [note] = [note for note in check_labels(folder.path).notes if "look again" in note.message]
    assert (note.path, note.line) == ("annotations/al.jsonl", 3)
    assert "1 label is older" in note.message
    file_of(folder).append(coded("storm", "2.3"))
    assert not [note for note in check_labels(folder.path).notes if "look again" in note.message]


def test_of_two_labels_that_became_one_the_frame_is_left(folder):
    change(folder, '[[change]]\nversion = "2.2"\nrenamed = {"gale" = "storm", "squall" = "storm"}\n')
    folder.coder("al", folder.coding("a1:0", "gale", runner_up="squall"), folder.coding("a1:1", "squall"))
    migrate_labels(folder.path)
    assert [(line["frame"], line["runner_up"]) for line in lines_of(folder)[2:]] == [("storm", None), ("storm", None)]


def test_of_an_unknown_version_it_stays_unknown(folder):
    change(folder, RENAMED)
    folder.coder("al", folder.coding("a1:0", "gale", codebook_version=""))
    migrate_labels(folder.path)
    assert lines_of(folder)[-1]["codebook_version"] == ""


def test_another_fault_stops_it_before_anything_is_written(folder):
    change(folder, RENAMED)
    folder.coder("al", folder.coding("a1:0", "gale"))
    folder.coder("bo", folder.coding("a1:0", "hail"))
    with pytest.raises(LabelError, match="'frame' is 'hail', which is no label"):
        migrate_labels(folder.path)
    assert len(lines_of(folder)) == 1


def test_what_is_said_while_it_migrates_is_not_overruled(folder):
    change(folder, RENAMED)
    folder.coder("al", folder.coding("a1:0", "gale"))
    file = file_of(folder, migrating=True)
    folder.coder("al", folder.coding("a1:0", "gale"), folder.coding("a1:0", "drought", codebook_version="2.3"))
    given = []
    assert file.append_all(_renamed(file, read_codebook(folder.path / "codebook.toml"), given)) == 0
    assert given == []


def test_labels_of_another_major_version_are_refused_with_what_to_do(folder):
    folder.coder("al", folder.coding("a1:0", "storm", codebook_version="1.9"))
    with pytest.raises(
        LabelError, match=r"codebook 1\.9, and the folder's is 2\.3.*code it anew.*a folder of their own"
    ):
        read_labels(folder.path)


def test_labels_of_a_newer_minor_version_are_noted(folder):
    folder.coder("al", folder.coding("a1:0", "storm", codebook_version="2.10"), folder.coding("a1:1", "storm"))
    report = check_labels(folder.path)
    assert report.faults == ()
    assert [note.message for note in report.notes if note.path == "annotations/al.jsonl"] == [
        "1 label is of codebook 2.10, and the folder's is 2.3; get the newer one"
    ]
    assert len(read_labels(folder.path).annotations["al"]) == 2


NAMES = st.sampled_from(["gale", "storm", "drought", "none"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(
        st.tuples(
            st.sampled_from(["a1:0", "a1:1", "b2:0"]),
            NAMES | st.none(),
            NAMES | st.none(),
            st.sampled_from(["", "2.1", "2.3"]),
            st.sampled_from([None, "flagged"]),
        ),
        max_size=8,
    )
)
def test_after_migrating_the_file_reads_and_says_the_same(folder, tmp_path_factory, drawn):
    folder = type(folder)(tmp_path_factory.mktemp("labels") / "labels")
    change(folder, RENAMED)
    lines = [
        folder.coding(paragraph, frame, runner_up=None if runner_up == frame else runner_up, codebook_version=version)
        | ({} if aside is None else {"set_aside": aside})
        for paragraph, frame, runner_up, version, aside in drawn
    ]
    folder.coder("al", *lines)
    migrate_labels(folder.path)
    codebook = read_codebook(folder.path / "codebook.toml")
    file = read_annotations(folder.path / "annotations" / "al.jsonl", codebook=codebook, paragraphs=folder.texts)
    assert file.faults == []
    today = {"gale": "storm"}
    for paragraph, annotation in file_of(folder).last.items():
        said = [line for line in lines if line["paragraph"] == paragraph][-1]
        frame = today.get(said["frame"], said["frame"])
        runner_up = today.get(said["runner_up"], said["runner_up"])
        assert (annotation.frame, annotation.set_aside) == (frame, said.get("set_aside"))
        assert annotation.runner_up == (None if runner_up == frame else runner_up)
    assert migrate_labels(folder.path) == []
