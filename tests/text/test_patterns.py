"""The glances by which most lines are spared the patterns: none may hide a line that a pattern fits."""

import re
import sys
from re import _constants, _parser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.text import boilerplate, page_notes
from framing.text import credits as credit_lines
from framing.text.dates import is_date
from framing.text.patterns import LatePattern, Openings, has_odd_letters, holds_any

NOTES = (page_notes._FULL, page_notes._START, page_notes._TAGS)
PICTURES = (credit_lines._PICTURE_CREDIT, credit_lines._NO_CAPTION)
PEOPLE = (
    *(
        credit_lines._TWO_ROLES,
        credit_lines._STAFF,
        credit_lines._UPDATED_AT,
        credit_lines._SUPPLIED,
        credit_lines._SOURCE,
        credit_lines._ROLE,
    ),
    *(credit_lines._PUBLISHED, credit_lines._BYLINE),
)
PATTERNS = (*NOTES, *PICTURES, *PEOPLE)
WITHIN = page_notes._WITHIN
GUARDED = [(page_notes._OPENINGS, NOTES), (credit_lines._PICTURE_OPENINGS, PICTURES), (credit_lines._OPENINGS, PEOPLE)]


def beginnings(parsed, length):
    """Give the first signs of all that a parsed pattern matches, in lower case; '?' for a sign of too many, '0' of \\d.

    Each comes with whether more may follow it that is known.
    """
    found = {("", True)}
    for operation, argument in parsed:
        live = {text for text, open_end in found if open_end and len(text) < length}
        if not live:
            break
        found = {(text, open_end) for text, open_end in found if text not in live or not open_end}
        for text in live:
            found |= {
                ((text + more)[:length], goes_on) for more, goes_on in _of_one(operation, argument, length - len(text))
            }
    return found


def _of_one(operation, argument, length):
    name = str(operation)
    if name == "LITERAL":
        return {(chr(argument).lower(), True)}
    if name == "BRANCH":
        return set().union(*(beginnings(branch, length) for branch in argument[1]))
    if name == "SUBPATTERN":
        return beginnings(argument[3], length)
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return {("", True)}
    if name == "IN":
        return {(sign, sign != "?") for part in argument for sign in _of_class(*part)}
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, inner = argument
        one, now, found = beginnings(inner, length), {("", True)}, set()
        for count in range(min(most, least + length) + 1):
            found |= now if count >= least else {pair for pair in now if not pair[1]}
            now = {
                ((text + more)[:length], open_end and goes_on)
                for text, open_end in now
                if open_end
                for more, goes_on in one
            }
        return found | {pair for pair in now if not pair[1]}
    return {("?", False)}


def _of_class(operation, argument):
    if operation is _constants.LITERAL:
        return {chr(argument).lower()}
    if operation is _constants.RANGE and argument[1] - argument[0] < 40:
        return {chr(code).lower() for code in range(argument[0], argument[1] + 1)}
    return {"0"} if argument is _constants.CATEGORY_DIGIT else {"?"}


@pytest.mark.parametrize(("openings", "patterns"), GUARDED, ids=["notes", "pictures", "people"])
def test_whatever_a_pattern_matches_begins_like_one_of_its_openings(openings, patterns):
    known = [opening for several in openings._by_head.values() for opening in several]
    begun = {
        text.partition("?")[0]
        for pattern in patterns
        for text, _ in beginnings(_parser.parse(pattern.source, pattern.flags), max(map(len, known)))
    }
    assert len(begun) > len(known)
    assert {text for text in begun if not openings.fit(text)} == set()
    assert [opening for opening in known if not any(text.startswith(opening) for text in begun)] == []


def test_beginnings_are_all_there():
    parsed = _parser.parse(r"(?:a|bc?)d{1,2}\d|[x-z] ?q\w", re.IGNORECASE)
    assert {text for text, _ in beginnings(parsed, 3)} == {
        *("ad0", "add", "bd0", "bdd", "bcd", "x q", "xq?", "y q", "yq?", "z q", "zq?"),
    }


def test_no_letter_but_the_odd_ones_stands_for_another():
    """Lower case is all that is looked at, where a pattern without regard to case may see more."""
    patterns = [*PATTERNS, *(pattern for _, pattern in WITHIN)]
    letters = {sign for pattern in patterns for sign in pattern.source if sign.isalpha()}
    signs = "".join(map(chr, range(sys.maxunicode + 1)))
    taken = re.findall(f"[{''.join(sorted(letters))}]", signs, re.IGNORECASE)
    assert len(taken) > len(letters)
    for sign in taken:
        plain = [letter for letter in letters if re.fullmatch(letter, sign, re.IGNORECASE)]
        assert {letter.lower() for letter in plain} == {sign.lower()} or has_odd_letters(sign.lower())


@pytest.mark.parametrize(
    ("needs", "pattern"), [(needs, pattern) for needs, patterns in page_notes._ANYWHERE for pattern in patterns]
)
@settings(max_examples=30)
@given(st.data())
def test_what_a_pattern_finds_within_a_line_holds_what_is_looked_for(needs, pattern, data):
    line = data.draw(st.from_regex(re.compile(pattern, re.IGNORECASE)))
    lowered = line.lower()
    assert holds_any(lowered, needs) or has_odd_letters(lowered)
    assert holds_any(lowered, page_notes._NEEDS_BEHIND_ODD_LETTERS) or has_odd_letters(lowered)


WORDS = sorted(
    {word for pattern in PATTERNS for word in re.findall(r"[^\W\d_]{2,}", pattern.source)}
    | {
        "AFP",
        "Reuters",
        "reports",
        "writes",
        "3",
        "٣",
        "May",
        "2020",
        "|",
        "–",
        "—",
        "-",
        ";",
        ":",
        "Kidal",
        "army",
        "He's",
    }
    | credit_lines.NAME_WORDS
)
ODD = str.maketrans({"s": "ſ", "i": "ı", "k": "\u212a", "I": "İ"})
LINES = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join),
    st.one_of([st.from_regex(pattern.compiled, fullmatch=True) for pattern in PATTERNS]),
    st.text(min_size=1, max_size=40),
)
DISGUISED = st.tuples(
    LINES, st.sampled_from([str, str.title, str.upper, str.swapcase, lambda line: line.translate(ODD)])
)


@settings(max_examples=200)
@given(DISGUISED)
def test_a_line_that_is_passed_over_fits_no_pattern(disguised):
    line = " ".join(disguised[1](disguised[0]).split())
    for openings, patterns in GUARDED:
        if not openings.fit(line):
            assert not any(pattern.match(line) for pattern in patterns)
    assert credit_lines.is_credit(line) == credit_lines._is_credit_by_its_opening(line)
    assert credit_lines.is_outlet(line) == credit_lines._is_outlet(line)
    if boilerplate._is_of_a_story(line):
        words = boilerplate._WORD.findall(line)
        assert [is_date(line), page_notes.is_share_bar(words), credit_lines._is_outlet(line)] == [False] * 3


@given(st.text(alphabet="ab |•·;–—-", max_size=8))
def test_a_line_of_one_part_holds_no_sign_between_parts(text):
    line = " ".join(text.split())
    assert holds_any(line, boilerplate._BETWEEN_PARTS) == (boilerplate._PARTS.search(line) is not None)


@given(st.text(max_size=60))
def test_white_space_is_made_one_blank_each(text):
    assert boilerplate._on_one_line(text) == " ".join(text.split())


def test_openings_and_figures():
    openings = Openings(("read more", "©", "à lire"), figures=True)
    fitting = ("Read More", "© 2020", "À LIRE aussi", "5 min", "٣ min", "ſome", "İt")
    assert [line for line in fitting if not openings.fit(line)] == []
    assert not any(map(openings.fit, ("", "Reading", "The road", "“5", "été")))
    assert not Openings(("read",)).fit("5 min")


def test_a_late_pattern_is_what_re_makes_of_it():
    late, early = LatePattern("a(b+)", re.IGNORECASE), re.compile("a(b+)", re.IGNORECASE)
    assert late.fullmatch("ABB")[1] == early.fullmatch("ABB")[1]
    assert late.match("abc").span() == (0, 2)
    assert late.search("cab").span() == (1, 3)
    assert late.fullmatch("abc") is None
    assert late.compiled is late.compiled
