import dataclasses

import pytest

from framing.annotation.coder_file import CoderFile
from framing.annotation.import_outcomes import COMPARED, Candidate, compared, shown
from framing.annotation.records import Annotation
from framing.codebook import of_labels

CODEBOOK = of_labels("weather", ["drought", "storm"])
STORM = Annotation("al", "a:0", "storm", labelled_at="2024-03-05T10:00:00+00:00")
DROUGHT = dataclasses.replace(STORM, frame="drought")
SKIP = dataclasses.replace(STORM, frame=None, set_aside="skipped")
WITHDRAWN = dataclasses.replace(STORM, frame=None)
EARLIER, LATER = "2024-03-05T10:59:59.5+01:00", "2024-03-05T10:00:01"


def at(annotation, time):
    return dataclasses.replace(annotation, labelled_at=time)


@pytest.fixture
def verdicts(tmp_path):
    def verdicts(lines, *theirs, newer=False, told=COMPARED):
        file = CoderFile(tmp_path, "al", CODEBOOK, {"a:0"})
        file.append_all(lines)
        candidates = [Candidate(number, "line", one, frozenset(told)) for number, one in enumerate(theirs)]
        return [outcome for _, outcome in compared(file, candidates, newer=newer)]

    return verdicts


@pytest.mark.parametrize(
    ("lines", "theirs", "kind"),
    [
        ([], STORM, "new"),
        ([], SKIP, "new"),
        ([WITHDRAWN], STORM, "new"),
        ([STORM], STORM, "same"),
        ([STORM], at(STORM, LATER), "same"),
        ([SKIP], SKIP, "same"),
        ([DROUGHT, STORM], STORM, "same"),
        ([STORM], DROUGHT, "clash"),
        ([STORM], at(DROUGHT, LATER), "clash"),
        ([STORM], SKIP, "clash"),
        ([STORM], dataclasses.replace(STORM, note="gusts"), "clash"),
        ([STORM], dataclasses.replace(STORM, sure=False), "clash"),
        ([STORM], dataclasses.replace(STORM, runner_up="drought"), "clash"),
        ([STORM], dataclasses.replace(STORM, role="adjudicator"), "clash"),
        # What is set aside waits for a judgement.
        ([SKIP], at(STORM, LATER), "changed"),
        ([SKIP], at(STORM, None), "changed"),
        ([SKIP], at(STORM, EARLIER), "clash"),
        ([SKIP], at(dataclasses.replace(STORM, set_aside="flagged"), LATER), "clash"),
    ],
)
def test_what_becomes_of_a_judgement(verdicts, lines, theirs, kind):
    [outcome] = verdicts(lines, theirs)
    assert outcome.kind == kind
    assert bool(outcome.message) == (kind == "clash")


@pytest.mark.parametrize(
    ("time", "kind"),
    [(LATER, "changed"), (EARLIER, "clash"), (STORM.labelled_at, "clash"), (None, "clash"), ("x", "clash")],
)
def test_the_newer_may_win(verdicts, time, kind):
    [outcome] = verdicts([STORM], at(DROUGHT, time), newer=True)
    assert outcome.kind == kind
    assert verdicts([], at(DROUGHT, time))[0].kind == "clash"


def test_only_what_a_record_tells_is_compared(verdicts):
    ours = dataclasses.replace(STORM, sure=False, note="gusts", runner_up="drought")
    assert verdicts([ours], STORM, told=())[0].kind == "same"
    assert verdicts([], STORM, told=("note",))[0].kind == "clash"


def test_of_several_judgements_in_a_file_the_first_stands(verdicts):
    outcomes = verdicts([], STORM, STORM, DROUGHT, at(DROUGHT, LATER))
    assert [one.kind for one in outcomes] == ["new", "same", "clash", "clash"]
    assert outcomes[2].message == "'a:0' by al: storm here, drought there; kept ours"
    assert [one.kind for one in verdicts([], STORM, at(DROUGHT, LATER), newer=True)] == ["new", "changed"]


def test_what_stood_here_before_does_not_come_back(verdicts):
    [first] = verdicts([], STORM)
    again = verdicts([first.theirs, WITHDRAWN], STORM, newer=True)
    assert [one.kind for one in again] == ["clash"]
    assert "withdrawn here, storm there; that stood here before" in again[0].message


def test_a_request_is_the_same_for_the_same_judgement(verdicts):
    one, same, other = verdicts([], STORM, STORM, DROUGHT)
    assert one.theirs.request == same.theirs.request
    assert one.theirs.request != other.theirs.request
    assert one.theirs.request.startswith("import-")


def test_a_request_that_travelled_is_kept_unless_it_wrote_something_else(verdicts):
    asked = dataclasses.replace(STORM, request="r1")
    assert verdicts([], asked)[0].theirs.request == "r1"
    [outcome] = verdicts([dataclasses.replace(DROUGHT, request="r1"), WITHDRAWN], asked)
    assert outcome.kind == "new"
    assert outcome.theirs.request != "r1"


def test_differences_beyond_the_label_are_named(verdicts):
    [outcome] = verdicts([STORM], dataclasses.replace(STORM, runner_up="drought"))
    assert "storm here, storm there (another runner up); kept ours" in outcome.message
    [outcome] = verdicts([], at(DROUGHT, None), newer=True)
    assert outcome.message.endswith("as a time is missing")


@pytest.mark.parametrize(("here", "there"), [("coder", "adjudicator"), ("adjudicator", "coder")])
def test_codings_and_decisions_do_not_come_under_one_name(verdicts, here, there):
    # The page would let the coder go on neither as the one nor as the other.
    ours = dataclasses.replace(SKIP, role=here)
    [outcome] = verdicts([ours], at(dataclasses.replace(STORM, role=there), LATER))
    assert outcome.kind == "clash"
    assert "an adjudicator has a name of their own: add --map al=NAME" in outcome.message


def test_judgements_in_words():
    assert [shown(one) for one in (None, STORM, SKIP, dataclasses.replace(STORM, set_aside="flagged"), WITHDRAWN)] == [
        "nothing", "storm", "skipped", "flagged (storm)", "withdrawn",
    ]  # fmt: skip
