"""A session without its server: queue in, the coder's file out."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation import read_labels
from framing.annotation.appending import append_lines, locked
from framing.annotation.coder_file import CoderFile
from framing.annotation.label_files import read_annotations, read_paragraphs
from framing.annotation.queues import QueuedParagraph
from framing.annotation.records import Annotation
from framing.codebook import of_labels, read_codebook
from framing.errors import LabelError
from framing.web.keys import label_keys
from framing.web.requests import BadRequestError, ConflictError, Judgement, read_judgement, read_object, read_request
from framing.web.session import Session
from framing.web.work import OthersCoding, Work

CODEBOOK = of_labels("weather", ["storm", "trade", "upkeep"])


@pytest.fixture
def opened(labels_folder):
    """Open a session on a folder as a new run would."""

    def open_(queue=None, *, coder="ana", **options):
        codebook = read_codebook(labels_folder / "codebook.toml")
        paragraphs = read_paragraphs(labels_folder).paragraphs
        ids = {paragraph.id for paragraph in paragraphs}
        queue = queue or [QueuedParagraph(paragraph.id, "purposive") for paragraph in paragraphs]
        file = CoderFile(labels_folder, coder, codebook, ids)
        return Session(Work(labels_folder, codebook, paragraphs, queue, **options), file)

    return open_


def said(paragraph, frame, request, **changes):
    told = {"sure": True, "runner_up": None, "note": None, "set_aside": None}
    return Judgement(request=request, paragraph=paragraph, frame=frame, **(told | changes))


def lines(session):
    return [json.loads(line) for line in session.path.read_text(encoding="utf-8").splitlines()]


def test_a_judgement_is_one_line_with_all_that_is_known_of_it(opened, labels_folder):
    session = opened([QueuedParagraph("a01:2", "sample", 0.25, "state", "drawn by chance")])
    answer = session.save(said("a01:2", "storm", "r-1", sure=False, runner_up="trade", note="two frames"))
    [line] = lines(session)
    assert line.pop("labelled_at").endswith("+00:00")
    assert line == {
        "paragraph": "a01:2",
        "frame": "storm",
        "sure": False,
        "runner_up": "trade",
        "codebook_version": "1.1",
        "drawn_by": "sample",
        "inclusion_probability": 0.25,
        "note": "two frames",
        "request": "r-1",
    }
    assert (answer["saved"], answer["request"], answer["paragraph"]) == (True, "r-1", "a01:2")
    assert (answer["done"], answer["total"]) == (1, 1)
    assert answer["current"]["runner_up"] == "trade"
    [record] = read_labels(labels_folder).annotations["ana"]
    assert (record.annotation.frame, record.annotation.role) == ("storm", "coder")


def test_asking_twice_writes_once_also_in_another_run(opened):
    first = opened().save(said("a00:0", "storm", "r-1"))
    session = opened()
    assert session.save(said("a00:0", "storm", "r-1")) == first
    assert len(lines(session)) == 1
    with pytest.raises(ConflictError):
        session.save(said("a00:1", "storm", "r-1"))
    with pytest.raises(ConflictError):
        session.undo("r-1")
    assert len(lines(session)) == 1


def test_the_page_starts_at_the_first_paragraph_not_yet_seen(opened):
    session = opened()
    assert session.description()["start"] == 0
    session.save(said("a00:0", "storm", "r-1"))
    session.save(said("a00:1", None, "r-2", set_aside="skipped"))
    session.save(said("a00:2", "trade", "r-3", set_aside="flagged"))
    session.save(said("a00:4", "trade", "r-4"))
    told = opened().description()
    assert (told["start"], told["done"], told["total"]) == (3, 4, 50)
    session.undo("r-5")
    session.undo("r-6")
    assert (opened().description()["start"], opened().done) == (2, 2)


def test_after_the_last_the_start_is_the_end(opened):
    session = opened([QueuedParagraph("a00:0", "purposive")])
    session.save(said("a00:0", "storm", "r-1"))
    assert session.description()["start"] == session.total == 1


def test_a_review_is_done_when_it_was_coded_by_the_newer_codebook(opened, labels_folder):
    first = opened()
    for place in range(2):
        first.save(said(f"a00:{place}", "storm", f"r-{place}"))
    book = labels_folder / "codebook.toml"
    book.write_text(book.read_text(encoding="utf-8").replace('"1.1"', '"1.2"'), encoding="utf-8")
    queue = [QueuedParagraph(f"a00:{place}", "purposive", review="1.2") for place in range(2)]
    session = opened(queue)
    assert (session.description()["start"], session.done) == (0, 0)
    assert session.paragraph(0)["current"]["frame"] == "storm"
    assert session.save(said("a00:0", "storm", "again"))["done"] == 1
    assert opened(queue).description()["start"] == 1
    assert session.undo("back")["done"] == 0


def test_undo_restores_what_stood_before_and_goes_back_over_earlier_runs(opened):
    session = opened()
    session.save(said("a00:0", "storm", "r-1", sure=False, runner_up="trade", note="hm"))
    session.save(said("a00:0", "upkeep", "r-2"))
    answer = opened().undo("u-1")
    assert (answer["paragraph"], answer["index"], answer["done"]) == ("a00:0", 0, 1)
    kept = {"frame": "storm", "sure": False, "runner_up": "trade", "note": "hm", "set_aside": None}
    assert {key: answer["current"][key] for key in kept} == kept
    session = opened()
    assert session.undo("u-1") == answer
    assert session.undo("u-2")["current"] is None
    assert [line.get("undoes") for line in lines(session)] == [None, None, "r-2", "r-1"]
    with pytest.raises(ConflictError, match="nothing to undo"):
        session.undo("u-3")
    assert len(lines(session)) == 4


def test_undo_of_what_is_in_no_queue_of_this_run(opened):
    opened().save(said("a00:0", "storm", "r-1"))
    answer = opened([QueuedParagraph("a05:0", "purposive")]).undo("u-1")
    assert (answer["paragraph"], answer["index"], answer["done"]) == ("a00:0", None, 0)


def test_an_undo_takes_back_what_is_last_when_it_is_written(opened):
    first, second = opened(), opened()
    first.save(said("a00:0", "storm", "r-1"))
    with ThreadPoolExecutor() as pool, locked(first.path):
        # Both wait for the file, each knowing the same last key press.
        waiting = [pool.submit(session.undo, f"u-{place}") for place, session in enumerate((first, second))]
        time.sleep(0.2)
        append_lines(first.path, [{"paragraph": "a00:1", "frame": "trade", "request": "r-2"}])
    assert {one.result()["paragraph"] for one in waiting} == {"a00:0", "a00:1"}
    assert sorted(line["undoes"] for line in lines(first) if "undoes" in line) == ["r-1", "r-2"]


@pytest.mark.parametrize("request_", [None, "import-0a1b"])
def test_a_line_from_elsewhere_that_is_later_outlives_an_undo(opened, labels_folder, request_):
    session = opened()
    session.save(said("a00:0", "storm", "r-1"))
    from_elsewhere = Annotation("ana", "a00:0", "trade", request=request_)
    CoderFile(labels_folder, "ana", session.work.codebook, {"a00:0"}).append(from_elsewhere)
    assert session.undo("u-1")["current"]["frame"] == "trade"


def test_coding_again_does_not_change_how_a_paragraph_was_drawn(opened):
    opened([QueuedParagraph("a00:0", "sample", 0.5)]).save(said("a00:0", "storm", "r-1"))
    session = opened([QueuedParagraph("a00:0", "purposive")])
    session.save(said("a00:0", "trade", "r-2"))
    assert [(line["drawn_by"], line["inclusion_probability"]) for line in lines(session)] == [("sample", 0.5)] * 2


def test_what_is_not_in_the_queue_is_not_coded(opened):
    session = opened([QueuedParagraph("a00:0", "purposive")])
    for paragraph in ("a00:1", "nowhere"):
        with pytest.raises(BadRequestError, match="not in this queue"):
            session.save(said(paragraph, "storm", "r-1"))
    assert not session.path.exists()


def test_a_paragraph_stands_in_its_article(opened):
    told = opened([QueuedParagraph("a03:2", "learning", reason="uncertain")]).paragraph(0)
    assert [one["id"] for one in told["article"]["paragraphs"]] == [f"a03:{place}" for place in range(5)]
    assert (told["paragraph"], told["reason"], told["current"]) == ("a03:2", "uncertain", None)
    assert (told["suggestion"], told["others"]) == (None, None)


def test_a_coder_is_told_nothing_of_others(opened):
    opened(coder="ben").save(said("a00:0", "upkeep", "b-1", note="ben thinks so"))
    session = opened()
    told = json.dumps([session.description(), session.paragraph(0), session.save(said("a00:0", "storm", "r-1"))])
    assert "ben" not in told


def test_an_adjudicator_sees_the_others_codings_without_names(opened):
    coding = OthersCoding("A", "storm", None, True, None)
    queue = [QueuedParagraph("a00:0", "purposive"), QueuedParagraph("a00:1", None)]
    session = opened(queue, coder="kim", role="adjudicator", others={"a00:0": [coding]})
    assert session.description()["role"] == "adjudicator"
    assert session.paragraph(0)["others"] == [
        {"coder": "A", "frame": "storm", "runner_up": None, "sure": True, "note": None}
    ]
    assert session.paragraph(1)["others"] == []
    session.save(said("a00:0", "trade", "r-1"))
    assert lines(session)[0]["role"] == "adjudicator"


def test_suggestions_are_hidden_until_asked_for_and_recorded_when_shown(opened):
    asked = []

    def suggest(paragraphs):
        asked.append(paragraphs[0].article)
        return [("storm", 0.75)] * len(paragraphs)

    session = opened(suggest=suggest)
    assert session.description()["suggestions"]
    assert session.paragraph(0)["suggestion"] is None
    assert asked == []
    session.save(said("a00:0", "trade", "r-1"))
    assert session.paragraph(1, suggest=True)["suggestion"] == {"frame": "storm", "probability": 0.75}
    assert session.paragraph(2, suggest=True)["suggestion"]
    assert asked == ["a00"]
    assert session.save(said("a00:1", "trade", "r-2"))["current"]["suggested"] == "storm"
    # What was seen in one run is known in the next, where no model is asked.
    later = opened()
    assert not later.description()["suggestions"]
    assert later.paragraph(2, suggest=True)["suggestion"] is None
    later.save(said("a00:2", "trade", "r-3"))
    later.save(said("a00:3", "trade", "r-4"))
    assert [line.get("suggested") for line in lines(later)] == [None, "storm", "storm", None]
    # The record lies beside the codings and is none of them.
    assert read_labels(later.work.folder).annotations.keys() == {"ana"}


def test_a_file_that_was_damaged_by_hand_saves_nothing(opened):
    session = opened()
    session.save(said("a00:0", "storm", "r-1"))
    whole = session.path.read_text(encoding="utf-8")
    session.path.write_text(whole + '{"paragraph": "a00:1", "frame": "unheard-of"}\n', encoding="utf-8")
    with pytest.raises(LabelError, match="unheard-of"):
        session.save(said("a00:2", "storm", "r-2"))
    assert len(lines(session)) == 2
    session.path.write_text(whole, encoding="utf-8")
    assert session.save(said("a00:2", "storm", "r-2"))["done"] == 2


def test_many_threads_lose_nothing(opened):
    session = opened()
    ids = [queued.paragraph for queued in session.work.queue]

    def work(start):
        for place in range(start, 50, 4):
            session.save(said(ids[place], "storm", f"r-{place}"))
            session.save(said(ids[place], "storm", f"r-{place}"))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (session.done, session.labelled_in_this_run) == (50, 50)
    assert sorted(line["request"] for line in lines(session)) == sorted(f"r-{place}" for place in range(50))


def test_labelled_in_this_run_counts_what_stands(opened):
    opened().save(said("a00:0", "storm", "r-1"))
    session = opened()
    assert session.labelled_in_this_run == 0
    session.save(said("a00:1", "storm", "r-2"))
    session.save(said("a00:1", "trade", "r-3"))
    session.save(said("a00:2", None, "r-4", set_aside="skipped"))
    session.save(said("a00:3", "storm", "r-5"))
    assert session.labelled_in_this_run == 2
    session.undo("u-1")
    assert session.labelled_in_this_run == 1


def test_the_page_is_the_same_in_every_run_and_another_for_others(opened):
    key = opened().page_key
    assert opened([QueuedParagraph("a00:0", None)]).page_key == key
    assert key not in (opened(coder="ben").page_key, opened(role="adjudicator").page_key)


@given(st.integers(min_value=2, max_value=40), st.booleans())
def test_no_two_labels_have_one_key_and_none_is_a_command(frames, residual):
    codebook = of_labels("many", [f"frame-{place}" for place in range(frames)])
    if residual:
        codebook = type(codebook)("many", "1", codebook.frames, residual="rest")
    told = label_keys(codebook)
    assert [label["id"] for label in told] == list(codebook.labels)
    keys = [label["key"] for label in told if label["key"]]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set("unsfzbgcmeokj")
    assert keys[: min(frames, 9)] == list("123456789")[:frames]
    assert (told[-1]["key"] == "0") == residual


WRONG = [
    {},
    {"request": "request-1"},
    {"request": "request-1", "paragraph": "a"},
    {"request": "request-1", "paragraph": "a", "frame": None},
    {"request": "request-1", "paragraph": "a", "frame": "rain"},
    {"request": "request-1", "paragraph": "a", "frame": 1},
    {"request": "request-1", "paragraph": "a", "frame": ["storm"]},
    {"request": "request-1", "paragraph": "", "frame": "storm"},
    {"request": "request-1", "paragraph": ["a"], "frame": "storm"},
    {"request": "short", "paragraph": "a", "frame": "storm"},
    {"request": "r" * 65, "paragraph": "a", "frame": "storm"},
    {"request": "request 1", "paragraph": "a", "frame": "storm"},
    {"request": "request-1\n", "paragraph": "a", "frame": "storm"},
    {"request": 12_345_678, "paragraph": "a", "frame": "storm"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "sure": "yes"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "sure": 1},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "sure": None},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "sure": False, "runner_up": "storm"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "sure": True, "runner_up": "trade"},
    {"request": "request-1", "paragraph": "a", "frame": None, "set_aside": "flagged", "runner_up": "trade"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "set_aside": "skipped"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "set_aside": "later"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "set_aside": ["skipped"]},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "note": 1},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "note": "x" * 10_001},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "coder": "ben"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "role": "adjudicator"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "suggested": "storm"},
    {"request": "request-1", "paragraph": "a", "frame": "storm", "drawn_by": "sample"},
]


@pytest.mark.parametrize("value", WRONG)
def test_a_judgement_that_is_none_is_refused(value):
    with pytest.raises(BadRequestError):
        read_judgement(value, CODEBOOK)


def test_what_may_be_left_out_is_usual():
    value = {"request": "request-1", "paragraph": "a", "frame": "storm", "note": "  "}
    assert read_judgement(value, CODEBOOK) == said("a", "storm", "request-1")


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"{", b"{'a': 1}", b'{"a": NaN}', b'{"a": "\xff"}', b'{"a": "\\ud83d"}',
     b"\xff\xfe{\x00}\x00", b'{"a":' + b"[" * 60_000, b'{"a": ' + b"9" * 10_000 + b"}"],
)  # fmt: skip
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(BadRequestError):
        read_object(body)


def test_an_undo_says_nothing_but_its_name():
    assert read_request({"request": "request-1"}, alone=True) == "request-1"
    with pytest.raises(BadRequestError):
        read_request({"request": "request-1", "paragraph": "a"}, alone=True)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["storm", "trade", "skipped", "request-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["request", "paragraph", "frame", "sure", "runner_up", "note", "set_aside"])


@given(st.dictionaries(KEYS | st.text(), values))
def test_whatever_is_sent_is_a_judgement_that_a_file_may_hold_or_is_refused(tmp_path_factory, value):
    value = {"request": "request-1", "paragraph": "a", "frame": "storm"} | value
    try:
        judgement = read_judgement(read_object(json.dumps(value).encode()), CODEBOOK)
    except BadRequestError:
        return
    folder = tmp_path_factory.mktemp("any")
    file = CoderFile(folder, "ana", CODEBOOK, {judgement.paragraph})
    work = Work(folder, CODEBOOK, [], [QueuedParagraph(judgement.paragraph, "purposive")])
    Session(work, file).save(judgement)
    read = read_annotations(file.path, codebook=CODEBOOK)
    assert (len(read.annotations), read.faults) == (1, [])
