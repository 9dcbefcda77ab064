import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.annotation.checks import CoderCounts, check_labels
from framing.annotation.gold import GoldCounts
from framing.annotation.labels import read_labels
from framing.errors import LabelError

LONG = "Snow closed both passes before noon and the plough drivers turned back at the second bend."


def faults(folder):
    return [str(fault) for fault in check_labels(folder.path).faults]


NOTHING_CODED = "annotations: nothing is coded, so there is nothing to train on; code some paragraphs"


def notes(folder):
    """Return the notes but for that on a folder without any coding, which most of these tests do without."""
    return [str(note) for note in check_labels(folder.path).notes if str(note) != NOTHING_CODED]


def test_a_sound_folder_has_counts_and_no_fault(folder):
    folder.regions()
    given_frames = {"a1:0": "storm", "a1:1": "storm", "a1:2": "none", "b2:0": "drought"}
    folder.coder("al", *(folder.coding(i, f, sure=f != "none") for i, f in given_frames.items()))
    folder.coder("bo", folder.coding("a1:0", "storm"), folder.coding("a1:1", "drought"), folder.coding("b2:1", None))
    report = check_labels(folder.path)
    assert report.faults == ()
    assert report.notes == ()
    assert (report.paragraphs, report.articles) == (5, 2)
    assert report.gold == GoldCounts(agreed=1, single=2, disputed=1, uncoded=1)
    assert report.gold_frames == {"storm": 1, "drought": 1, "none": 1}
    assert report.coders["al"] == CoderCounts(4, 1, {"storm": 2, "drought": 1, "none": 1})
    assert report.coders["al"].unsure_share == 0.25
    assert report.coders["bo"] == CoderCounts(2, 0, {"storm": 1, "drought": 1, "none": 0})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "'id' is empty"),
        ({"id": 7}, "'id' must be text"),
        ({"id": ["a"]}, "'id' must be text"),
        ({"article": None}, "'article' must be text"),
        ({"text": "  \n"}, "'text' is empty"),
        ({"position": -1}, "'position' must be a whole number from 0"),
        ({"position": 1.0}, "'position' must be a whole number from 0"),
        ({"position": True}, "'position' must be a whole number from 0"),
        ({"position": "1"}, "'position' must be a whole number from 0"),
        ({"year": 2020.5}, "'year' must be a whole number"),
        ({"year": "2020"}, "'year' must be a whole number"),
        ({"conflict": 3}, "'conflict' must be text in quotes, or null"),
        ({"outlet_type": []}, "'outlet_type' must be text in quotes, or null"),
        ({"source": {}}, "'source' must be text in quotes, or null"),
        ({"id": "a1:0"}, "the id 'a1:0' stands in line 1 already"),
        ({"position": 0}, "position 0 of article 'a1' stands in line 1 already"),
    ],
)
def test_a_planted_fault_in_a_paragraph(folder, changes, words):
    first, rest = folder.paragraph("a1:0"), [folder.paragraph(i) for i in ("a1:2", "b2:0")]
    folder.paragraphs(first, folder.paragraph("a1:1", **changes), *rest)
    [fault] = faults(folder)
    assert fault.startswith("paragraphs.jsonl:2: ")
    assert words in fault
    with pytest.raises(LabelError, match=r"paragraphs\.jsonl:2"):
        read_labels(folder.path)


@pytest.mark.parametrize("key", ["id", "article", "position", "text"])
def test_a_key_that_a_paragraph_needs(folder, key):
    folder.paragraphs(folder.paragraph("a1:0"), {k: v for k, v in folder.paragraph("a1:1").items() if k != key})
    assert faults(folder) == [f"paragraphs.jsonl:2: has no '{key}'"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"frame": "hail"},
            "'frame' is 'hail', which is no label of the codebook: storm, drought, none; if it was renamed, say so",
        ),
        ({"frame": 1}, "'frame' must be a label"),
        ({"frame": ["storm"]}, "'frame' must be a label"),
        ({"runner_up": "hail"}, "'runner_up' is 'hail', which is no label"),
        ({"runner_up": "storm"}, "the runner-up is the frame itself"),
        ({"sure": "yes"}, "'sure' must be true or false"),
        ({"codebook_version": 2.1}, "'codebook_version' must be text"),
        ({"codebook_version": "3.0"}, "coded by codebook 3.0, and the folder's is 2.3"),
        ({"labelled_at": 12}, "'labelled_at' must be text"),
        ({"note": 12}, "'note' must be text"),
        ({"drawn_by": "chance"}, "'drawn_by' must be one of purposive, learning, sample"),
        ({"drawn_by": ["sample"]}, "'drawn_by' must be one of"),
        ({"drawn_by": "sample"}, "'inclusion_probability' must say"),
        ({"inclusion_probability": 0}, "'inclusion_probability' must be a number above 0 and at most 1"),
        ({"inclusion_probability": 1.5}, "'inclusion_probability' must be a number"),
        ({"inclusion_probability": "1"}, "'inclusion_probability' must be a number"),
        ({"inclusion_probability": True}, "'inclusion_probability' must be a number"),
        ({"set_aside": "lost"}, "'set_aside' must be skipped or flagged"),
        ({"set_aside": "skipped"}, "is skipped and has a frame"),
        ({"role": "boss"}, "'role' must be coder or adjudicator"),
        ({"request": 7}, "'request' must be text"),
        ({"paragraph": "z9:0"}, "there is no paragraph 'z9:0' in paragraphs.jsonl"),
        ({"paragraph": None}, "'paragraph' must be text"),
    ],
)
def test_a_planted_fault_in_a_coding(folder, changes, words):
    folder.coder("al", folder.coding("a1:0", "storm"), folder.coding("a1:1", "storm") | changes)
    [fault] = faults(folder)
    assert fault.startswith("annotations/al.jsonl:2: ")
    assert words in fault
    assert check_labels(folder.path).coders["al"].annotations == 1


@pytest.mark.parametrize("key", ["paragraph", "frame"])
def test_a_key_that_a_coding_needs(folder, key):
    folder.coder("al", {k: v for k, v in folder.coding("a1:0", "storm").items() if k != key})
    [fault] = faults(folder)
    assert fault.startswith(f"annotations/al.jsonl:1: has no '{key}'")


def test_what_is_allowed_is_no_fault(folder):
    folder.coder(
        "al",
        folder.coding("a1:0", "storm", sure=True, runner_up="drought"),
        folder.coding("a1:1", "storm", drawn_by="sample", inclusion_probability=1),
        folder.coding("a1:2", None),
        folder.coding("b2:0", "none", drawn_by=None, codebook_version=None, extra=1),
    )
    assert faults(folder) == []


def test_all_faults_are_found_in_order(folder):
    folder.regions()
    folder.write("codebook.toml", "name =")
    folder.paragraphs(
        folder.paragraph("a1:0", year="x", position=-2), "nonsense", folder.paragraph("b2:0", conflict="moon")
    )
    folder.coder("bo", folder.coding("a1:0", "anything"), b'{"paragraph": "\xff"}', folder.coding("q", "x"), "")
    folder.write("annotations/al.jsonl", b'{"paragraph": "b2:0", "frame": "storm"}\n{"parag')
    found = [(fault.path, fault.line) for fault in check_labels(folder.path).faults]
    assert found == [
        ("annotations/bo.jsonl", 2),
        ("annotations/bo.jsonl", 3),
        ("annotations/bo.jsonl", 4),
        ("codebook.toml", 1),
        ("paragraphs.jsonl", 1),
        ("paragraphs.jsonl", 1),
        ("paragraphs.jsonl", 2),
        ("paragraphs.jsonl", 3),
    ]


def test_a_torn_last_line_is_a_note_since_the_next_write_mends_it(folder):
    folder.write("annotations/al.jsonl", b'{"paragraph": "b2:0", "frame": "storm"}\n{"parag')
    report = check_labels(folder.path)
    assert report.faults == ()
    [note] = [note for note in report.notes if note.path == "annotations/al.jsonl"]
    assert note.line == 2
    assert "cut off" in note.message
    assert report.coders["al"].annotations == 1


def test_what_is_set_aside_is_named(folder):
    folder.coder(
        "al",
        folder.coding("a1:0", None, set_aside="skipped"),
        folder.coding("a1:1", "storm", set_aside="flagged"),
        folder.coding("b2:0", "storm", set_aside="flagged"),
        folder.coding("a1:1", "storm"),
    )
    report = check_labels(folder.path)
    told = [(note.line, note.message) for note in report.notes if note.path == "annotations/al.jsonl"]
    assert told == [
        (1, "skipped, and not coded: a1:0"),
        (3, "flagged for another look, and not coded: b2:0"),
    ]


def test_codings_and_decisions_under_one_name_are_worth_a_note(folder):
    folder.coder("al", folder.coding("a1:0", "storm"), folder.coding("a1:1", "storm", role="adjudicator"))
    report = check_labels(folder.path)
    assert report.faults == ()
    assert any("holds codings and decisions" in note.message for note in report.notes)


def test_a_second_look_is_named_by_a_command_that_its_coder_can_run(folder):
    path = folder.path / "codebook.toml"
    path.write_text(path.read_text() + '[[change]]\nversion = "2.3"\nframes = ["storm"]\n')
    folder.coder("al", folder.coding("a1:0", "storm"))
    folder.coder("chief", folder.coding("a1:0", "storm", role="adjudicator"))
    codes, decides = [note.message for note in check_labels(folder.path).notes if "look again" in note.message]
    assert codes.endswith("'framing queue --purpose review --coder al --output FILE'")
    # Queues are coders'.
    assert decides.endswith("'framing label --coder chief --adjudicate'")


def test_without_a_codebook_the_coders_frames_are_counted(folder):
    (folder.path / "codebook.toml").unlink()
    folder.coder("al", folder.coding("a1:0", "sun"), folder.coding("a1:1", "fog"))
    report = check_labels(folder.path)
    assert [str(fault) for fault in report.faults] == ["codebook.toml: there is no such codebook"]
    assert report.gold_frames == {"fog": 1, "sun": 1}


def test_missing_paragraphs_are_a_fault(folder):
    (folder.path / "paragraphs.jsonl").unlink()
    folder.coder("al", folder.coding("a1:0", "storm"))
    assert faults(folder)[-1] == "paragraphs.jsonl: there is no such file; a new folder begins with an empty one"
    assert check_labels(folder.path).paragraphs == 0


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(LabelError, match="no such labels folder"):
        check_labels(tmp_path / "gone")


def test_a_conflict_without_a_region_is_named_once(folder):
    moon = [folder.paragraph(identifier, conflict="moon") for identifier in ("a1:1", "a1:2")]
    folder.paragraphs(folder.paragraph("a1:0"), *moon, folder.paragraph("b2:0", conflict=None))
    assert faults(folder) == []
    folder.regions()
    [fault] = faults(folder)
    assert fault.startswith("paragraphs.jsonl:2: the conflict 'moon' has no region")
    assert "(2 paragraphs)" in fault
    [note] = notes(folder)
    assert note.startswith("paragraphs.jsonl:4: names no conflict")
    folder.regions("[broken")
    [fault] = faults(folder)
    assert fault.startswith("conflicts.toml:1: is not valid TOML")


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ('name = "n"\nversion = ', 2, "not valid TOML"),
        ('name = "n"\nversion = 1', 2, "'version' must be text"),
        ('name = "n"\nversion = "1"\n[[frame]]\nid = "a"\n[[frame]]\ntitle = "b"\n', 5, "frame 2: 'id' must be text"),
        (b'name = "n"\nversion = "\xff"', 2, "not UTF-8"),
    ],
)
def test_a_fault_of_the_codebook_has_its_line(folder, content, line, words):
    folder.write("codebook.toml", content)
    [fault] = check_labels(folder.path).faults
    assert (fault.path, fault.line) == ("codebook.toml", line)
    assert words in fault.message


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ('["North"]\nconflicts = ["fjord"]\n\n["South"]\nconflict = ["delta"]\n', 4, "the region 'South' needs"),
        ('["North"]\nconflicts = ["fjord"]\n\n["South"]\nconflicts = ["fjord"]\n', 5, "'fjord' stands under 'North'"),
        ('["North"]\nconflicts = ["fjord"]\n\n["South', 4, "not valid TOML"),
        ('North = ["fjord"]\n', 1, "the region 'North' needs"),
    ],
)
def test_a_fault_of_the_conflicts_has_its_line(folder, content, line, words):
    folder.regions(content)
    [fault] = check_labels(folder.path).faults
    assert (fault.path, fault.line) == ("conflicts.toml", line)
    assert words in fault.message


def test_a_folder_in_which_nothing_is_coded_has_a_note_that_says_so(folder):
    def said():
        return NOTHING_CODED in [str(note) for note in check_labels(folder.path).notes]

    assert said()
    (folder.path / "annotations").rmdir()
    assert said()
    assert faults(folder) == []
    (folder.path / "annotations").mkdir()
    folder.coder("al", folder.coding("a1:0", "storm"), folder.coding("a1:0", None))
    assert said()
    folder.coder("bo", folder.coding("a1:0", "storm"))
    assert not said()


def test_gaps_in_an_article_are_a_note(folder):
    folder.paragraphs(*map(folder.paragraph, ["a1:1", "a1:2", "b2:0", "b2:4"]))
    assert faults(folder) == []
    assert notes(folder) == [
        "paragraphs.jsonl:1: article 'a1' has no paragraph at position 0",
        "paragraphs.jsonl:4: article 'b2' has no paragraph at position 1",
    ]


def test_an_empty_file_of_a_coder_is_a_note(folder):
    folder.coder("al")
    assert notes(folder) == ["annotations/al.jsonl: is empty: this coder has coded nothing"]
    assert check_labels(folder.path).coders["al"].unsure_share == 0


def test_coders_have_the_kind_that_is_told_and_one_without_a_file_is_a_note(folder):
    folder.coder("al", folder.coding("a1:0", "storm"))
    folder.coder("bo", folder.coding("a1:0", "storm"))
    folder.write("coders.toml", '[bo]\nkind = "program"\n\n[zoe]\nkind = "person"\n')
    report = check_labels(folder.path)
    assert report.faults == ()
    assert {coder: counts.kind for coder, counts in report.coders.items()} == {"al": None, "bo": "program"}
    assert notes(folder) == ["coders.toml:4: the coder 'zoe' has no file annotations/zoe.jsonl"]


def test_the_same_words_in_two_articles_are_a_fault(folder):
    folder.paragraphs(folder.paragraph("a1:0", text=LONG), folder.paragraph("b2:0", text=LONG.upper()))
    [fault] = faults(folder)
    assert fault.startswith("paragraphs.jsonl:2: has the same words as 'a1:0' in line 1, of another article")


def test_nearly_the_same_words_in_two_articles_are_a_fault(folder):
    changed = LONG.replace("Snow", "Ice")
    folder.paragraphs(folder.paragraph("a1:0", text=LONG), folder.paragraph("b2:0", text=changed))
    [fault] = faults(folder)
    assert fault.startswith("paragraphs.jsonl:2: is a near-duplicate of 'a1:0' in line 1 (resemblance 0.85)")
    assert check_labels(folder.path, near_duplicate=0.9).faults == ()


@pytest.mark.parametrize("other", [LONG, LONG.replace("Snow", "Ice")])
def test_duplicates_within_an_article_are_a_note(folder, other):
    folder.paragraphs(folder.paragraph("a1:0", text=LONG), folder.paragraph("a1:1", text=other))
    assert faults(folder) == []
    assert len(notes(folder)) == 1


def test_short_texts_are_a_note_when_equal_and_nothing_when_near(folder):
    folder.paragraphs(
        folder.paragraph("a1:0", text="Read more about the weather here."),
        folder.paragraph("b2:0", text="Read more about the weather here"),
        folder.paragraph("b2:1", text="Read more about the weather there."),
    )
    assert faults(folder) == []
    assert notes(folder) == ["paragraphs.jsonl:2: has the same words as 'a1:0' in line 1"]


def test_many_paragraphs_from_one_template_bring_one_fault_each(folder):
    folder.paragraphs(*(folder.paragraph(f"n{n}:0", text=f"Station {n}: {LONG}") for n in range(2000)))
    assert len(faults(folder)) == 1999


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just([{}])
PARAGRAPH_KEYS = ["id", "article", "position", "text", "year", "conflict", "source"]
CODING_KEYS = ["paragraph", "frame", "sure", "runner_up", "codebook_version", "drawn_by", "inclusion_probability"]
NUMBERS = itertools.count()


@settings(max_examples=60, deadline=None)
@given(
    paragraphs=st.lists(st.dictionaries(st.sampled_from(PARAGRAPH_KEYS), VALUES), max_size=4),
    codings=st.lists(st.dictionaries(st.sampled_from(CODING_KEYS), VALUES), max_size=4),
)
def test_training_reads_a_folder_just_when_the_check_finds_no_fault_in_its_lines(tmp_path_factory, paragraphs, codings):
    path = tmp_path_factory.mktemp("any") / str(next(NUMBERS))
    (path / "annotations").mkdir(parents=True)
    (path / "codebook.toml").write_text(
        'name = "n"\nversion = "1"\nresidual = "none"\n[[frame]]\nid = "a"\n', encoding="utf-8"
    )
    good = [{"id": "p", "article": "a", "position": 0, "text": "Fog."}]
    changed = [good[0] | {"id": f"p{n}", "position": n + 1} | change for n, change in enumerate(paragraphs)]
    coded = [{"paragraph": "p", "frame": "a"} | change for change in codings]
    for name, lines in (("paragraphs", good + changed), ("annotations/c", coded)):
        (path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = check_labels(path)
    assert all(fault.line is not None for fault in report.faults)
    if report.faults:
        with pytest.raises(LabelError) as caught:
            read_labels(path)
        places = {(str(path / fault.path), fault.line) for fault in report.faults}
        assert (caught.value.path, caught.value.line) in places
    else:
        read_labels(path)
