import textwrap
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.text.lines import ends_sentence, find_wrapping, paragraph_spans

FIRST = (
    "Troops moved into the valley before dawn and took the two bridges that lead to the market town, the ministry said,"
    " adding that nobody had been hurt in the advance and that the road would be open again by the evening."
)
SECOND = (
    "Residents told another story. They said that shells had fallen on the old quarter through the night, and that at "
    "least nine people had died under the roofs while the clinic stood without light."
)
THIRD = (
    "The buses that used to carry pupils to the coast stood empty in the yard of the school, guarded by two old men."
)


def paragraphs(text):
    return [text[start:end] for start, end in paragraph_spans(text)]


def joined(text):
    return [" ".join(paragraph.split()) for paragraph in paragraphs(text)]


def wrapped(text, width=66, **options):
    return textwrap.fill(text, width, break_on_hyphens=False, **options)


def test_blank_lines_part_paragraphs():
    assert paragraphs("One here.\n\nTwo here.\n \t\nThree") == ["One here.", "Two here.", "Three"]


def test_each_line_is_a_paragraph_where_no_line_is_wrapped():
    text = f"A short title\n{FIRST}\n{SECOND}\n{THIRD}\n"
    assert find_wrapping(text) is None
    assert paragraphs(text) == ["A short title", FIRST, SECOND, THIRD]


def test_hard_wrapped_paragraphs_between_blank_lines_stay_whole():
    text = "\n\n".join(wrapped(part) for part in (FIRST, SECOND, THIRD))
    assert joined(text) == [FIRST, SECOND, THIRD]
    assert "\n" in paragraphs(text)[0]


def test_in_wrapped_text_without_blank_lines_a_short_last_line_ends_a_paragraph():
    text = "\n".join(wrapped(part, 70) for part in (FIRST, SECOND, THIRD))
    assert find_wrapping(text) is not None
    assert joined(text) == [FIRST, SECOND, THIRD]


def test_in_wrapped_text_an_indent_ends_a_paragraph_though_its_last_line_is_full():
    full = (
        "The men who had come down from the hills that morning said little, and then they went away again to the east."
    )
    text = "\n".join(wrapped(part, 54, initial_indent="    ") for part in (full, SECOND, THIRD))
    assert joined(text) == [full, SECOND, THIRD]


def test_a_title_line_inside_wrapped_text_stands_alone():
    text = f"{wrapped(FIRST)}\nA night in the old quarter\n{wrapped(SECOND)}"
    assert joined(text) == [FIRST, "A night in the old quarter", SECOND]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\v"])
def test_every_kind_of_line_end_is_one(end):
    text = end.join([*wrapped(FIRST).split("\n"), "", *wrapped(SECOND).split("\n")])
    assert joined(text) == [FIRST, SECOND]


@pytest.mark.parametrize("end", ["\f", "\u2029", "\n\f", "\r\n\r\n"])
def test_page_and_paragraph_separators_part_paragraphs(end):
    assert paragraphs(f"One line that{end}goes on below") == ["One line that", "goes on below"]


def test_a_line_that_goes_on_in_lower_case_is_joined_in_any_text():
    assert paragraphs("The colonel said that\nhis men would stay.\nNobody believed him.") == [
        "The colonel said that\nhis men would stay.",
        "Nobody believed him.",
    ]


def test_headings_stand_alone_and_their_underlines_belong_to_none():
    text = f"# The valley\n{THIRD}\nThe coast\n=========\n{THIRD}\n\nThe hills\n---------\n{THIRD}"
    assert paragraphs(text) == ["# The valley", THIRD, "The coast", THIRD, "The hills", THIRD]


def test_an_underlined_heading_is_cut_from_the_wrapped_lines_before_it():
    body = "\n".join(wrapped(FIRST).split("\n")[:2])
    title = "The coast, the hills and what lies between the two of them"
    assert paragraphs(f"{body}\n{title}\n{'-' * len(title)}\n{THIRD}")[:2] == [body, title]


@pytest.mark.parametrize("rule", ["---", "* * *", "=====", "***", "- - -", "```", "~~~~"])
def test_horizontal_rules_are_no_paragraphs(rule):
    assert paragraphs(f"One ends.\n{rule}\nTwo ends.") == ["One ends.", "Two ends."]


@pytest.mark.parametrize("mark", ["-", "*", "•", "1.", "2)", "(a)", "b)", "(iv)", "[3]", "+", "–"])
def test_each_list_item_is_a_paragraph_with_its_continuation_lines(mark):
    text = f"They asked for:\n{mark} water and bread\n   for the camp\n{mark} a road\n{mark} a school"
    assert paragraphs(text) == [
        "They asked for:",
        f"{mark} water and bread\n   for the camp",
        f"{mark} a road",
        f"{mark} a school",
    ]


def test_list_items_in_wrapped_text_keep_their_wrapped_lines():
    items = [wrapped(part, 66, initial_indent="- ", subsequent_indent="  ") for part in (FIRST, SECOND)]
    text = f"{wrapped(THIRD)}\n\n" + "\n".join(items)
    assert joined(text) == [THIRD, f"- {FIRST}", f"- {SECOND}"]


def test_a_dash_that_a_wrapped_line_begins_with_by_chance_starts_no_item():
    text = (
        "The two men had spoken at length about the river and the bridges\n"
        "– which nobody had mended since the last of the wars – and about\n"
        "the bread that the mill no longer sold to people of the quarter.\n"
    )
    assert len(paragraphs(text)) == 1


def test_lines_of_dialogue_stand_apart_and_whole():
    text = "– We will come back, said the old man.\n– When? asked the boy.\n– When the water falls."
    assert paragraphs(text) == text.split("\n")


def test_a_quoted_block_is_one_paragraph_and_ends_with_its_marks():
    text = "> They came at night\n> and took the goats.\n>\n> Nobody slept.\nThat was all."
    assert paragraphs(text) == ["> They came at night\n> and took the goats.", "> Nobody slept.", "That was all."]


def test_wrapped_text_in_a_script_without_capitals_is_recognised():
    text = wrapped("قال المتحدث باسم الجيش إن القوات استعادت السيطرة على المدينة بعد قتال طويل في الليل " * 3, 50)
    assert joined(text) == [" ".join(text.split())]


def test_a_list_of_headlines_is_not_taken_for_wrapped_text():
    lines = [f"Village {number} in the north asks for water and a road before winter" for number in range(9)]
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("so it was.", True),
        ("“Was it?”", True),
        ("as follows:", True),
        ("终了。", True),
        ("و انتهى؟", True),
        ("so it", False),
        ("", False),
        ("the end).", True),
        ("(the end)", False),
    ],
)
def test_sentence_ends(text, ends):
    assert ends_sentence(text) is ends


@given(st.text(alphabet=st.sampled_from("ab.A -*>#=1)\n\r\f\t \u2028\u2029\x85\v\x1c"), max_size=80))
def test_spans_are_in_order_apart_and_hold_all_words(text):
    spans = list(paragraph_spans(text))
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    outside = list(text)
    for start, end in spans:
        assert text[start:end] == text[start:end].strip()
        outside[start:end] = " " * (end - start)
    assert not any(sign.isalnum() for sign in outside)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 2_000_000,
        " \n" * 1_000_000,
        " " * 5_000_000,
        "> " * 2_000_000,
        "- " * 2_000_000,
        "#" * 3_000_000,
        "-" * 3_000_000,
        "\t" * 2_000_000 + "x",
        "x " * 5_000_000,
        "1. " * 1_000_000,
        ("=" * 400 + "\n") * 5_000,
    ],
    ids=lambda text: repr(text[:3]),
)
def test_hostile_texts_take_linear_time(text):
    # Quadratic time would be hours here.
    assert len(list(paragraph_spans(text))) < len(text)


def test_a_line_that_hangs_in_the_air_goes_on_whatever_the_next_begins_with() -> None:
    text = (
        "At least five men were held on Sunday in a search ordered by the\n"
        "Border Guard Command in the hill country round Upper Example,\n"
        "Example Radio said.\n\nThe search goes on.\n"
    )
    assert [text[start:end].split(maxsplit=1)[0] for start, end in paragraph_spans(text)] == ["At", "The"]


def test_titles_one_a_line_stay_apart() -> None:
    text = "Army Clears Valley Road\nFront Claims Raid on Post\nVillages Ask for Wells\n"
    assert len(list(paragraph_spans(text))) == 3
