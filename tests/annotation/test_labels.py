import pytest

from framing.annotation.dataset import labelled_paragraphs
from framing.annotation.label_files import annotation_files, read_annotations
from framing.annotation.labels import read_labels
from framing.errors import CodebookError, LabelError


def frames(labels, coder):
    return {record.annotation.paragraph: record.annotation.frame for record in labels.annotations[coder]}


def test_a_folder_is_read_with_its_lines(folder):
    folder.regions()
    sure = folder.coding("a1:1", "drought", sure=False, runner_up="storm", note="gusts", labelled_at="2024-05-01T10:00")
    folder.coder("bo", folder.coding("a1:0", "storm"), sure)
    folder.coder("al", folder.coding("b2:0", "none", drawn_by="sample", inclusion_probability=0.25))
    labels = read_labels(folder.path)
    assert labels.codebook.labels == ("storm", "drought", "none")
    assert [(p.id, p.line, p.position) for p in labels.paragraphs][:2] == [("a1:0", 1, 0), ("a1:1", 2, 1)]
    assert labels.paragraphs[0].text == folder.texts["a1:0"]
    assert list(labels.annotations) == ["al", "bo"]
    second = labels.annotations["bo"][1]
    assert second.line == 2
    assert second.annotation.coder == "bo"
    assert (second.annotation.sure, second.annotation.runner_up, second.annotation.note) == (False, "storm", "gusts")
    assert second.annotation.labelled_at == "2024-05-01T10:00"
    assert labels.annotations["al"][0].annotation.inclusion_probability == 0.25
    assert labels.conflicts.regions == {"fjord": "North", "tundra": "North", "delta": "South"}
    assert labels.judgements()["b2:0"].frames == ("none",)
    assert labels.judgements()["b2:1"].counted == ()


def test_the_last_line_on_a_paragraph_counts_and_null_takes_back(folder):
    folder.coder(
        "al",
        folder.coding("a1:0", "storm"),
        folder.coding("a1:1", "storm"),
        folder.coding("a1:0", "drought"),
        folder.coding("a1:1", None),
        folder.coding("a1:2", None),
        folder.coding("a1:2", "none"),
    )
    labels = read_labels(folder.path)
    assert frames(labels, "al") == {"a1:0": "drought", "a1:2": "none"}
    assert {record.line for record in labels.annotations["al"]} == {3, 6}
    lines = read_annotations(folder.path / "annotations" / "al.jsonl").annotations
    assert len(lines) == 6


def test_a_users_own_folder_may_lack_what_is_not_needed(folder):
    needed = ("id", "article", "position", "text")
    bare = {key: value for key, value in folder.paragraph("a1:0").items() if key in needed}
    folder.paragraphs(bare | {"colour": "red"})
    folder.coder("al", {"paragraph": "a1:0", "frame": "storm", "mood": 3})
    labels = read_labels(folder.path)
    [paragraph] = labels.paragraphs
    assert (paragraph.conflict, paragraph.outlet_type, paragraph.year, paragraph.source) == (None,) * 4
    annotation = labels.annotations["al"][0].annotation
    assert (annotation.sure, annotation.runner_up, annotation.codebook_version) == (True, None, "")
    assert labels.conflicts.regions == {}


def test_without_coders_nothing_is_coded(folder):
    (folder.path / "annotations").rmdir()
    assert read_labels(folder.path).annotations == {}


def test_files_that_are_no_coders_are_passed_over(folder):
    folder.coder("al")
    folder.write("annotations/.al.jsonl.part", "half")
    folder.write("annotations/.bo.jsonl", "half")
    folder.write("annotations/notes.txt", "mine")
    assert [path.name for path in annotation_files(folder.path)] == ["al.jsonl"]


def refused(folder):
    with pytest.raises(LabelError) as caught:
        read_labels(folder.path)
    return caught.value


def test_the_first_faulty_line_is_named(folder):
    folder.paragraphs(folder.paragraph("a1:0"), "{", folder.paragraph("a1:1", year="soon"))
    error = refused(folder)
    assert error.path == str(folder.path / "paragraphs.jsonl")
    assert error.line == 2
    assert "not valid JSON" in error.message
    assert "1 more" in error.message


def test_a_torn_last_line_is_left_out_and_told(folder):
    whole = '{"paragraph": "a1:0", "frame": "storm"}\n'
    folder.write("annotations/al.jsonl", whole + '{"paragraph": "a1:1", "fra')
    labels = read_labels(folder.path)
    assert labels.judgements()["a1:0"].frames == ("storm",)
    [note] = labels.notes
    assert (note.path, note.line) == ("annotations/al.jsonl", 2)
    assert "cut off" in note.message


def test_decisions_and_what_is_set_aside_are_no_codings(folder):
    folder.coder("al", folder.coding("a1:0", "storm"), folder.coding("a1:1", None, set_aside="skipped"))
    folder.coder("bo", folder.coding("a1:0", "drought"), folder.coding("a1:1", "storm", set_aside="flagged"))
    folder.coder("chief", folder.coding("a1:0", "drought", role="adjudicator"))
    labels = read_labels(folder.path)
    judged = labels.judgements()
    assert (judged["a1:0"].frames, judged["a1:0"].decisions) == (("storm", "drought"), ("drought",))
    assert judged["a1:0"].gold == "drought"
    assert judged["a1:1"].counted == ()
    data = labelled_paragraphs(labels)
    assert list(data.ids) == ["a1:0"]
    assert sorted(data.codings) == ["al", "bo"]
    assert data.targets.tolist() == [[0.0, 1.0, 0.0]]


def test_an_unknown_frame_is_refused_with_the_known_ones(folder):
    folder.coder("al", folder.coding("a1:0", "storm"), folder.coding("a1:1", "hail"))
    error = refused(folder)
    assert error.line == 2
    assert "'hail'" in error.message
    assert "storm, drought, none" in error.message


def test_codings_by_another_major_version_are_refused(folder):
    folder.coder("al", folder.coding("a1:0", "storm", codebook_version="1.9"))
    assert "codebook 1.9" in refused(folder).message


@pytest.mark.parametrize("missing", ["paragraphs.jsonl", "codebook.toml"])
def test_a_missing_file_is_named(folder, missing):
    (folder.path / missing).unlink()
    with pytest.raises((LabelError, CodebookError)) as caught:
        read_labels(folder.path)
    assert caught.value.path == str(folder.path / missing)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(LabelError, match="no such labels folder"):
        read_labels(tmp_path / "gone")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[North", "not valid TOML"),
        (b"\xff", "not UTF-8"),
        (b'north = "fjord"', "the region 'north' needs conflicts"),
        (b'[north]\nconflicts = "fjord"', "the region 'north' needs conflicts"),
        (b"[north]\nconflicts = [1]", "the region 'north' needs conflicts"),
        (b'[n]\nconflicts = ["fjord"]\n[s]\nconflicts = ["fjord"]', "'fjord' stands under 'n' and 's'"),
    ],
)
def test_a_bad_table_of_conflicts_is_refused(folder, content, words):
    folder.write("conflicts.toml", content)
    error = refused(folder)
    assert error.path == str(folder.path / "conflicts.toml")
    assert words in error.message
