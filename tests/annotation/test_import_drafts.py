import pytest

from framing.annotation.exchange import Record, Told
from framing.annotation.import_drafts import Drafts
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.matching import Coders, Frames, Paragraphs
from framing.annotation.purposes import EarlierQueued
from framing.annotation.records import Annotation
from framing.codebook import Change, Codebook, Frame

CODEBOOK = Codebook(
    "weather",
    "2.3",
    (Frame("storm", "Storm"), Frame("drought", "Dry spell")),
    residual="none",
    changes=(Change("2.2", renamed=(("gale", "storm"),)),),
)
AL = {"names": ("al",), "coder": "al"}
CODING = {
    "coder": "al",
    "frame": "storm",
    "sure": False,
    "runner_up": "none",
    "codebook_version": "2.1",
    "request": "r1",
}
META = {"codebook_version": "2.2", "drawn_by": "sample", "inclusion_probability": 0.5, "codings": [CODING]}


def made(told, meta=None, queued=None, **changes):
    drafts = Drafts(
        CODEBOOK,
        Paragraphs([ParagraphRecord("a:0", "a", 0, "Rain.", None, None, None, None, 1)]),
        Frames(CODEBOOK),
        Coders({}, None),
        {"a:0": queued} if queued else {},
    )
    record = Record("line 1", **({"paragraph": "a:0", "told": told, "meta": meta} | AL | changes))
    candidates, outcomes = drafts.of([record])
    found = [candidate for given in candidates.values() for candidate in given]
    return (found[0].annotation if found else None), (outcomes[0][1] if outcomes else None), drafts


def annotation(told, meta=None, **changes):
    made_of, outcome, _ = made(told, meta, **changes)
    assert outcome is None
    return made_of


def test_a_record_without_anything_of_ours():
    told = Told(("Dry spell",), details={"note": "cracks", "runner_up": "STORM", "suggested": "storm"}, at="2024-03-05")
    assert annotation(told) == Annotation(
        "al", "a:0", "drought", runner_up="storm", note="cracks", suggested="storm", labelled_at="2024-03-05"
    )


def test_what_shows_what_it_showed_is_what_it_was():
    assert annotation(Told(("storm",), details={"note": None}, at="2024-03-05"), META) == Annotation(
        "al", "a:0", "storm", sure=False, runner_up="none", codebook_version="2.1", request="r1"
    )


def test_another_judgement_keeps_only_what_is_the_paragraphs():
    assert annotation(Told(("drought",), at="2024-03-05"), META) == Annotation(
        "al",
        "a:0",
        "drought",
        codebook_version="2.2",
        labelled_at="2024-03-05",
        drawn_by="sample",
        inclusion_probability=0.5,
    )
    # And so does another coder's.
    assert annotation(Told(("storm",)), META, coder="bo", names=("bo",)) == Annotation(
        "bo", "a:0", "storm", codebook_version="2.2", drawn_by="sample", inclusion_probability=0.5
    )


def test_what_a_queue_drew_stays_drawn_so_where_the_file_does_not_tell():
    queued = EarlierQueued("a:0", "sample", 0.25, None, "queue.jsonl")
    expected = Annotation("al", "a:0", "storm", drawn_by="sample", inclusion_probability=0.25)
    assert annotation(Told(("storm",)), queued=queued) == expected
    told = annotation(Told(("storm",), details={"drawn_by": "purposive"}), queued=queued)
    assert (told.drawn_by, told.inclusion_probability) == ("purposive", None)
    assert annotation(Told(("drought",)), META, queued=queued).inclusion_probability == 0.5


def test_a_note_that_was_added_leaves_the_rest():
    found = annotation(Told(("storm",), details={"note": "gusts", "sure": True}, at="2024-03-05"), META)
    assert found == Annotation(
        "al", "a:0", "storm", runner_up="none", note="gusts", codebook_version="2.1", labelled_at="2024-03-05"
    )


def test_what_the_tool_cannot_show_comes_back_as_it_went():
    aside = {"coder": "al", "frame": "storm", "set_aside": "flagged", "note": "?"}
    found = annotation(None, {"codings": [aside]})
    assert found == Annotation("al", "a:0", "storm", set_aside="flagged", note="?")
    # What stood, and is shown as not judged, was taken away there; that is no judgement.
    assert annotation(None, META) is None
    assert annotation(None, {"codings": [aside]}, names=(), coder=None) is None


def test_what_nobody_judged_is_counted():
    assert made(None)[2].unseen == 1
    # Whatever else is wrong with it.
    assert made(None, paragraph="x:9", coder=None, names=())[2].unseen == 1


def test_a_skip_has_no_label():
    assert annotation(Told(("storm",), "skipped")) == Annotation("al", "a:0", None, set_aside="skipped")


def test_a_flag_keeps_its_label():
    assert annotation(Told(("storm",), "flagged")) == Annotation("al", "a:0", "storm", set_aside="flagged")


def test_former_names_of_frames():
    assert annotation(Told(("gale",))).frame == "storm"
    travelled = {"codings": [CODING | {"frame": "gale"}]}
    assert annotation(Told(("gale",)), travelled).runner_up == "none"


@pytest.mark.parametrize(
    ("told", "meta", "message"),
    [
        (Told(("flood",)), None, "'flood' is no frame of the codebook: storm, drought, none"),
        (Told(("storm",), details={"runner_up": "flood"}), None, "'flood' is no frame"),
        (Told(("storm",), details={"runner_up": "storm"}), None, "the runner-up is the frame itself"),
        (Told(("storm",), details={"role": "boss"}), None, "'role' must be coder or adjudicator"),
        (Told(("storm",), details={"drawn_by": "sample"}), None, "'inclusion_probability' must say"),
        (Told(("storm",), details={"inclusion_probability": float("nan")}), None, "'inclusion_probability' must be"),
        (Told(("storm",), details={"note": "\ud83d"}), None, "lone surrogate"),
        (Told(("storm",)), {"codebook_version": "1.0"}, "was coded by codebook 1.0"),
        (Told(("storm",)), {"codebook_version": 3}, "'codebook_version' must be text"),
        (Told(("storm",)), {"codings": [CODING | {"runner_up": "flood"}]}, "'runner_up' is 'flood'"),
        (
            Told(("storm",)),
            {"codings": [CODING | {"inclusion_probability": "half"}]},
            "'inclusion_probability' must be",
        ),
        (None, {"codings": [{"coder": "al", "set_aside": 3}]}, "'set_aside' must be"),
        (Told(("storm",)), "{", "'framing' is damaged"),
    ],
)
def test_what_cannot_be_used(told, meta, message):
    found, outcome, _ = made(told, meta)
    assert found is None
    assert outcome.kind == "unusable"
    assert message in outcome.message


def test_what_is_not_matched():
    _, outcome, _ = made(Told(("storm",)), paragraph="x:9")
    assert (outcome.kind, outcome.place) == ("unmatched", "line 1")


def test_matches_by_words_are_counted():
    found, _, drafts = made(Told(("storm",)), paragraph=None, text=" Rain. ")
    assert (found.paragraph, drafts.by_words) == ("a:0", 1)
