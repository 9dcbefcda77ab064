import dataclasses
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.coder_file import CoderFile, refuse_coder_name
from framing.annotation.label_lines import annotation_faults, annotation_line, parse_annotation
from framing.annotation.records import Annotation
from framing.codebook import read_codebook
from framing.errors import LabelError, UsageError

IDS = {"a1:0", "a1:1", "a1:2", "b2:0", "b2:1"}


@pytest.fixture
def opened(folder):
    def of(coder="ana"):
        return CoderFile(folder.path, coder, read_codebook(folder.path / "codebook.toml"), IDS)

    return of


def judged(paragraph="a1:0", frame="storm", **changes):
    return Annotation("ana", paragraph, frame, codebook_version="2.3", **changes)


@given(
    st.builds(
        Annotation,
        coder=st.just("ana"),
        paragraph=st.sampled_from(sorted(IDS)),
        frame=st.sampled_from(["storm", "drought", "none"]),
        sure=st.booleans(),
        codebook_version=st.just("2.3"),
        labelled_at=st.none() | st.just("2026-01-02T03:04:05Z"),
        drawn_by=st.sampled_from(["purposive", "learning", None]),
        note=st.none() | st.text(st.characters(codec="utf-8")),
        set_aside=st.sampled_from([None, "flagged"]),
        role=st.sampled_from(["coder", "adjudicator"]),
        suggested=st.none() | st.just("drought"),
        request=st.none() | st.just("r-1"),
        undoes=st.none() | st.just("r-0"),
    )
)
def test_a_line_reads_back_as_it_was(annotation):
    line = json.loads(json.dumps(annotation_line(annotation)))
    assert annotation_faults(line, None) == []
    assert parse_annotation(line, "ana") == annotation


def test_a_plain_line_has_the_keys_of_the_format_and_no_others():
    assert list(annotation_line(judged())) == [
        "paragraph", "frame", "sure", "runner_up", "codebook_version", "labelled_at", "drawn_by",
        "inclusion_probability", "note",
    ]  # fmt: skip


def test_what_is_saved_is_there_for_the_next_who_opens_it(opened):
    file = opened()
    file.append(judged())
    file.append(judged("a1:1", None, set_aside="skipped"))
    assert opened().annotations == file.annotations
    assert opened().last["a1:1"].status == "skipped"


def test_the_same_request_writes_one_line(opened):
    file = opened()
    first = file.append(judged(request="r-1"))
    assert file.append(judged(frame="drought", request="r-1")) == first
    assert opened().append(judged(frame="none", request="r-1")) == first
    assert len(opened().annotations) == 1


def test_what_others_add_meanwhile_is_seen(opened):
    one, other = opened(), opened()
    one.append(judged(request="r-1"))
    assert other.append(judged(frame="drought", request="r-1")).frame == "storm"
    other.append(judged("b2:0", request="r-2"))
    one.refresh()
    assert [annotation.paragraph for annotation in one.annotations] == ["a1:0", "b2:0"]


def test_a_file_that_got_shorter_is_read_anew(opened):
    file = opened()
    file.append_all([judged(), judged("b2:0")])
    file.path.write_bytes(file.path.read_bytes().split(b"\n")[0] + b"\n")
    file.refresh()
    assert list(file.last) == ["a1:0"]


def test_an_edit_that_leaves_the_size_is_seen(opened):
    file = opened()
    file.append(judged(request="r-1"))
    edited = file.path.read_bytes().replace(b'"storm"', b'"none" ').replace(b"r-1", b"r-2")
    file.path.write_bytes(edited)
    file.refresh()
    assert file.last["a1:0"].frame == "none"
    assert file.of_request("r-1") is None


def test_a_line_found_at_a_second_asking_is_on_the_disk_before_it_is_confirmed(opened, monkeypatch):
    opened().append(judged(request="r-1"))
    # As after a run that was killed between writing the line and bringing it to the disk.
    file = opened()
    brought = []
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: (brought.append(os.fstat(descriptor).st_ino), fsync(descriptor))
    )
    file.append(judged(request="r-1"))
    assert brought[0] == file.path.stat().st_ino
    assert file.path.parent.stat().st_ino in brought


def test_a_labels_folder_that_was_moved_away_is_not_made_anew(folder, opened):
    file = opened()
    file.append(judged(request="r-1"))
    away = folder.path.rename(folder.path.with_name("away"))
    with pytest.raises(LabelError, match="cannot be made"):
        file.append(judged("a1:1", request="r-2"))
    assert not folder.path.exists()
    away.rename(folder.path)
    file.append(judged("a1:1", request="r-2"))
    assert list(opened().last) == ["a1:0", "a1:1"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_what_is_no_ordinary_file_is_refused_at_once(folder, opened):
    path = folder.path / "annotations" / "ana.jsonl"
    path.parent.mkdir(exist_ok=True)
    for make, words in (
        (lambda: os.mkfifo(path), "no ordinary file"),
        (lambda: path.symlink_to(os.devnull), "no ordinary file"),
        (lambda: path.symlink_to(path.name), "cannot be read"),
    ):
        make()
        with pytest.raises(LabelError, match=words):
            opened()
        path.unlink()


def test_a_torn_tail_is_told_and_mended(opened):
    file = opened()
    file.append(judged())
    with file.path.open("ab") as stream:
        stream.write(b'{"paragraph": "b2')
    again = opened()
    assert "cut off" in again.torn.message
    again.append(judged("b2:0"))
    assert again.torn is None
    assert [annotation.paragraph for annotation in opened().annotations] == ["a1:0", "b2:0"]


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (judged(frame="sun"), "which is no label of the codebook"),
        (judged("z9:9"), "there is no such paragraph"),
        (dataclasses.replace(judged(), coder="bo"), "is of the coder 'bo'"),
        (judged(note="\ud83d"), "half of a character"),
        (judged(runner_up="storm"), "the runner-up is the frame itself"),
        (judged(drawn_by="sample"), "'inclusion_probability' must say"),
    ],
)
def test_what_no_file_may_hold_is_refused_whole(opened, annotation, words):
    file = opened()
    with pytest.raises(LabelError, match=words):
        file.append_all([judged("b2:0"), annotation])
    assert file.annotations == []
    assert not file.path.exists()


def test_a_faulty_file_is_not_added_to(folder, opened):
    folder.coder("ana", folder.coding("a1:0", "sun"))
    with pytest.raises(LabelError) as error:
        opened()
    assert (error.value.line, error.value.path) == (1, str(folder.path / "annotations" / "ana.jsonl"))


def test_undo_finds_the_last_line_that_is_none_and_not_undone(opened):
    file = opened()
    assert file.undoable() is None
    file.append(judged(request="r-1"))
    second = file.append(judged(frame="drought", request="r-2"))
    assert file.undoable() == second
    assert file.before(second).frame == "storm"
    file.append(dataclasses.replace(file.before(second), request="r-3", undoes="r-2"))
    assert file.undoable().request == "r-1"
    assert file.before(file.undoable()) is None
    file.append(judged(frame=None, request="r-4", undoes="r-1"))
    assert file.undoable() is None


def test_what_was_imported_is_not_undone(opened):
    file = opened()
    pressed = file.append(judged(request="r-1"))
    file.append(judged("b2:0", request="import-9f"))
    assert file.undoable() == pressed
    # Of the same paragraph, and later than what is undone: it stands, also when what came in between is undone first.
    later = file.append(judged(frame="drought", request="import-7c"))
    assert file.before(pressed) == later
    file.append(judged(frame="none", request="r-2"))
    file.append(dataclasses.replace(file.before(file.undoable()), request="r-3", undoes="r-2"))
    assert file.undoable() == pressed
    assert file.before(pressed) == later


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "x" * 65, "a b", "a\n", "ana."])
def test_names_that_are_none(name):
    with pytest.raises(UsageError, match="is no name for a coder"):
        refuse_coder_name(name)


@pytest.mark.parametrize("name", ["ana", "lm-a", "Zoë", "ana@example.org", "a.b", "_x", "7"])
def test_names_that_are_some(name):
    refuse_coder_name(name)
