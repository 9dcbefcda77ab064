import pytest

from framing.annotation.exchange import Meta, Record, UnusableError
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.matching import Coders, Frames, Paragraphs, UnmatchedError
from framing.codebook import Change, Codebook, Frame
from framing.errors import UsageError

CODEBOOK = Codebook(
    "weather",
    "2.1",
    (Frame("storm", "High wind"), Frame("drought", "Dry spell"), Frame("fog", "Mist"), Frame("haze", "mist")),
    residual="none",
)
TEXTS = {"a:0": "Rain fell.", "a:1": "Rain  fell again.", "b:0": "Read more", "c:0": "Read more", "d:0": " "}


@pytest.fixture
def paragraphs():
    return Paragraphs(
        [ParagraphRecord(name, name[0], 0, text, None, None, None, None, 1) for name, text in TEXTS.items()]
    )


def record(paragraph=None, text=None, **told):
    return Record("line 1", paragraph, text, **told)


def test_by_the_id(paragraphs):
    assert paragraphs.match(record("a:0", "Rain fell.")) == ("a:0", False)
    assert paragraphs.match(record("a:0")) == ("a:0", False)
    assert paragraphs.match(record("c:0", "Read more")) == ("c:0", False)


def test_blanks_and_line_ends_are_no_part_of_a_text(paragraphs):
    assert paragraphs.match(record("a:1", "\nRain fell\r\nagain. ")) == ("a:1", False)


def test_by_the_words_where_the_id_is_none_of_ours(paragraphs):
    assert paragraphs.match(record(None, "Rain fell.")) == ("a:0", True)
    assert paragraphs.match(record("17", "Rain fell.")) == ("a:0", True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("a:0", "Rain fell again."), "text differs from ours of the paragraph 'a:0'"),
        (("a:0", "rain fell."), "text differs"),
        ((None, "Read more"), r"that of 2 paragraphs \(b:0, c:0\)"),
        (("9", "Snow."), "its id '9' is new, and its text is that of no paragraph"),
        ((None, "Snow."), "has no id of ours"),
        ((None, None), "has no id of ours, and it has no text"),
        ((None, " "), "that of no paragraph"),
    ],
)
def test_what_is_not_matched(paragraphs, given, message):
    with pytest.raises(UnmatchedError, match=message):
        paragraphs.match(record(*given))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("storm", "storm"), ("High wind", "storm"), (" hIGH WIND ", "storm"), ("none", "none"), ("None", "none"),
        ("Storm", None), ("Mist", None), ("fog", "fog"), ("", None),
    ],
)  # fmt: skip
def test_frames_by_id_or_else_by_title(name, label):
    assert Frames(CODEBOOK).find(name) == label


def test_an_unknown_frame_is_told_with_those_that_are_known():
    with pytest.raises(UnusableError, match="'gale / Gale' is no frame of the codebook: storm, drought"):
        Frames(CODEBOOK).of(["gale", "Gale"])
    assert Frames(CODEBOOK).of(["gale", "dry spell"]) == "drought"


def test_a_frames_former_name():
    renamed = Codebook("weather", "2.1", CODEBOOK.frames, changes=(Change("2.1", renamed=(("gale", "storm"),)),))
    assert Frames(renamed).find("gale") == "storm"


def coder(coders, meta=None, **told):
    one = record(**told)
    coders.expect([one])
    return coders.of(one, meta or Meta())


def test_a_plain_name_is_taken():
    assert coder(Coders({}, None), names=("ana@x.org", "3"), coder="ana@x.org") == "ana@x.org"


def test_the_map_comes_first_then_what_travelled():
    meta = Meta(names={"frames-ana": "amelie"})
    told = {"names": ("frames-ana", "ana"), "coder": "ana"}
    assert coder(Coders({"ana": "anna"}, None), meta, **told) == "anna"
    assert coder(Coders({}, None), meta, **told) == "amelie"
    assert coder(Coders({"3": "ana"}, None), names=("3",)) == "ana"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"names": ("3",)}, "does not name its coder plainly: '3'; add --map 3=NAME"),
        (
            {"names": ("2024-03-05",), "anonymous": True},
            "no coder but '2024-03-05'; add --coder NAME, or --map 2024-03-05=NAME",
        ),
        ({"anonymous": True}, "does not say who coded; add --coder NAME"),
        ({"names": ("a b",), "coder": "a b"}, "no name for a coder.*add --map a b=NAME"),
        ({"names": ("../x",), "coder": "../x"}, "no name for a coder"),
    ],
)  # fmt: skip
def test_nobody_is_guessed(told, message):
    with pytest.raises(UnusableError, match=message):
        coder(Coders({}, None), **told)


def test_a_coder_is_given_for_what_names_none():
    for told in ({"names": ("3",)}, {"names": ("2024-03-05",), "anonymous": True}, {"anonymous": True}):
        assert coder(Coders({}, "ana"), **told) == "ana"
    assert coder(Coders({}, "ana"), names=("ana",), coder="ana") == "ana"
    with pytest.raises(UnusableError, match="its coder is 'ben', and --coder says 'ana': add --map ben=ana"):
        coder(Coders({}, "ana"), names=("ben",), coder="ben")
    assert coder(Coders({"ben": "bo"}, "ana"), names=("ben",), coder="ben") == "bo"


def test_several_persons_are_not_made_one():
    coders = Coders({"5": "eve"}, "ana")
    given = [record(names=(number,)) for number in ("3", "4", "5")]
    coders.expect(given)
    assert coders.of(given[2], Meta()) == "eve"
    for one in given[:2]:
        with pytest.raises(UnusableError, match="--map"):
            coders.of(one, Meta())


def test_a_person_without_a_plain_name_is_not_made_one_whom_the_file_names():
    coders = Coders({}, "ana")
    given = [record(names=("frames-ana", "ana"), coder="ana"), record(names=("frames-news-gus",))]
    coders.expect(given)
    assert coders.of(given[0], Meta()) == "ana"
    with pytest.raises(UnusableError, match="add --map frames-news-gus=NAME"):
        coders.of(given[1], Meta())


def test_names_that_are_given_must_be_names():
    with pytest.raises(UsageError):
        Coders({}, "../ana")
    with pytest.raises(UsageError):
        Coders({"3": ""}, None)
