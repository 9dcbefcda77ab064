import io
import json
from pathlib import Path

import pytest

from framing.annotation.exchange import Export, ExportedParagraph
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.prodigy import read, session, write
from framing.annotation.records import Annotation
from framing.codebook import Codebook, Frame

FILES = Path(__file__).with_name("exchange")
CODEBOOK = Codebook("weather", "2", (Frame("storm", "Storm"), Frame("drought", "Drought")), residual="none")
PARAGRAPH = ParagraphRecord("a:0", "a", 3, "Rain.", None, None, None, None, 1)


def line(**changes):
    told = {"text": "Rain.", "answer": "accept", "accept": ["storm"], "_annotator_id": "frames-ana"} | changes
    return json.dumps(told).encode()


def only(content):
    [record] = read(content).records
    return record


def written(*codings):
    file = io.BytesIO()
    names = {coding.coder: session(coding.coder) for coding in codings}
    write(Export(CODEBOOK, [ExportedParagraph(PARAGRAPH, codings)], tuple(names), names), file)
    return [json.loads(one) for one in file.getvalue().splitlines()]


def test_a_line_for_each_coding():
    lines = written(
        Annotation("lm-a", "a:0", "storm", labelled_at="2024-03-05T09:20:31.5+00:00"),
        Annotation("bo", "a:0", None, set_aside="skipped"),
        Annotation("cy", "a:0", "none", set_aside="flagged"),
        Annotation("di", "a:0", None, set_aside="flagged"),
    )
    assert [(one["accept"], one["answer"], one.get("flagged")) for one in lines] == [
        (["storm"], "accept", None), ([], "ignore", None), (["none"], "accept", True), ([], "ignore", True),
    ]  # fmt: skip
    first = lines[0]
    assert first["options"][0] == {"id": "storm", "text": "Storm"}
    assert first["options"][2] == {"id": "none", "text": "None"}
    assert first["meta"] == {"framing_id": "a:0", "article": "a", "position": 3}
    assert first["_annotator_id"] == first["_session_id"] == "framing-lm-a"
    assert first["_timestamp"] == 1709630431
    assert not any(key.endswith("_hash") for key in first)
    # A line tells of its own coding alone.
    assert [coding["coder"] for coding in lines[1]["framing"]["codings"]] == ["bo"]


def test_paragraphs_without_codings_are_tasks():
    [task] = written()
    assert not {"answer", "accept", "_annotator_id", "_session_id"} & set(task)


def test_what_is_no_time_is_left_out():
    assert "_timestamp" not in written(Annotation("al", "a:0", "storm", labelled_at="in spring"))[0]


def test_an_export():
    found = read((FILES / "prodigy.jsonl").read_bytes()).records
    assert [(one.paragraph, one.coder) for one in found] == [
        ("a1:0", "ana"), ("a1:0", "ben"), ("a1:1", "ana"), ("a1:2", "ana"),
        ("b2:0", "ana"), ("b2:0", "ben"), ("b2:1", None),
    ]  # fmt: skip
    assert [one.told and (one.told.labels, one.told.set_aside) for one in found] == [
        (("storm", "Storm"), None),
        (("Drought",), None),
        ((), "skipped"),
        (("storm", "Storm"), "flagged"),
        None,
        None,
        (("none", "None"), None),
    ]
    assert "rejected" in found[4].fault
    assert "without a choice" in found[5].fault
    assert found[0].told.at == "2024-03-05T09:20:31+00:00"
    assert found[0].names == ("frames-ana", "ana")
    assert (found[6].anonymous, found[6].names) == (True, ("2024-03-05_09-20-11",))


@pytest.mark.parametrize(
    ("annotator", "coder", "anonymous"),
    [
        ("frames-ana", "ana", False),
        ("ana", "ana", False),
        ("war-frames-ana", None, False),
        ("frames-", "frames", False),
        ("2023-07-25_14-50-21", None, True),
        ("2023-07-25", None, True),
        ("frames-2023-07-25_14-50-21", None, True),
        (None, None, True),
    ],
)
def test_who_coded(annotator, coder, anonymous):
    record = only(line(_annotator_id=annotator))
    assert (record.coder, record.anonymous) == (coder, anonymous)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"accept": ["storm", "drought"]}, "has 2 choices (storm, drought)"),
        ({"accept": []}, "without a choice"),
        ({"accept": [4], "options": [{"id": 1, "text": "Storm"}]}, "'4' is none of its options"),
        (
            {"accept": [1], "options": [{"id": True, "text": "Storm"}, {"id": "1", "text": "Storm"}, 3]},
            "none of its options",
        ),
        ({"accept": [4]}, "none of its options"),
        ({"accept": [None]}, "none of its options"),
        ({"answer": "reject"}, "was rejected"),
        ({"answer": "maybe"}, "'maybe'"),
        ({"answer": 3}, "none of Prodigy's"),
        ({"_timestamp": 1e300}, "time"),
    ],
)
def test_what_cannot_be_used(changes, fault):
    assert fault in only(line(**changes)).fault


def test_a_task_with_a_choice_made_beforehand_is_not_answered():
    assert only(line(answer=None)).told is None
    assert only(line(answer=None)).fault is None


def test_a_file_without_answers_is_told():
    assert read(line()).notes == ()
    assert read(line(answer=None)).notes == (
        "nothing in it has an 'answer', as everything has that 'prodigy db-out' writes",
    )
    # Another tool's file, of which nothing would be said otherwise.
    assert read(b'{"id": 1, "text": "Rain.", "label": ["storm"]}').notes


def test_one_label_that_fits():
    content = json.dumps({"text": "Rain.", "label": "storm", "answer": "accept", "_session_id": "frames-ana"}).encode()
    record = only(content)
    assert (record.told.labels, record.coder) == (("storm",), "ana")


def test_a_flag_counts_whatever_the_answer():
    for answer in ("reject", "ignore"):
        told = only(line(answer=answer, flagged=True)).told
        assert (told.labels, told.set_aside) == ((), "flagged")


def test_options_by_their_words():
    record = only(line(accept=["B"], options=[{"id": "A", "text": "Storm"}, {"id": "B", "text": "Drought"}]))
    assert record.told.labels == ("B", "Drought")


def test_lines_that_are_none():
    found = read(b'{"text": "Rain."}\nnonsense\n').records
    assert [one.fault is None for one in found] == [True, False]
