import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.segmentation_settings import SegmentationSettings
from framing.text import Article, Block, Segmentation

SEGMENTATION = Segmentation(SegmentationSettings())
# Signs that cut lines, mark lists, rules and quotations, among letters of several scripts.
SIGNS = st.text(alphabet=st.one_of(st.sampled_from("\n\r\t .-*#>=_:1)(a•–'\""), st.characters()), max_size=200)


def split(text, **options):
    return Segmentation(SegmentationSettings(**options)).split(Article("a", text))


def test_offsets_cut_the_text_out_and_positions_count():
    text = "  First one.\r\n\r\n\tSecond one,\r\ngoing on.  \r\n"
    paragraphs = split(text)
    assert [paragraph.text for paragraph in paragraphs] == ["First one.", "Second one,\r\ngoing on."]
    assert [(p.start, p.end, p.position, p.article) for p in paragraphs] == [(2, 12, 0, "a"), (17, 39, 1, "a")]


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=300), SIGNS))
def test_every_word_sign_is_in_exactly_one_paragraph(text):
    paragraphs = split(text)
    place = 0
    for number, paragraph in enumerate(paragraphs):
        assert paragraph.position == number
        assert text[paragraph.start : paragraph.end] == paragraph.text
        assert paragraph.text
        assert paragraph.text == paragraph.text.strip()
        assert re.search(r"\w", text[place : paragraph.start]) is None
        assert paragraph.start >= place
        place = paragraph.end
    assert re.search(r"\w", text[place:]) is None


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("ab. 。”\n\u3000"), max_size=1500))
def test_no_piece_is_longer_than_allowed_and_no_word_is_lost(text):
    paragraphs = split(text, longest_paragraph=200)
    assert all(len(paragraph.text) <= 200 for paragraph in paragraphs)
    assert all(text[paragraph.start : paragraph.end] == paragraph.text for paragraph in paragraphs)
    assert "".join(re.findall(r"\w", "".join(p.text for p in paragraphs))) == "".join(re.findall(r"\w", text))


def test_a_long_paragraph_is_cut_at_a_sentence_end():
    sentence = "The road was closed at noon and stayed closed. "
    pieces = [paragraph.text for paragraph in split(sentence * 20, longest_paragraph=200)]
    assert all(piece.endswith("closed.") for piece in pieces)
    assert " ".join(pieces) == (sentence * 20).strip()


def test_a_long_paragraph_without_sentences_is_cut_at_white_space_and_else_anywhere():
    words = split("valley " * 100, longest_paragraph=200)
    assert {word for paragraph in words for word in paragraph.text.split()} == {"valley"}
    assert [len(paragraph.text) for paragraph in split("x" * 450, longest_paragraph=200)] == [200, 200, 50]


def test_blocks_are_kept_as_the_document_marks_them():
    text = "Menu\n\nThe story goes\n\non here."
    article = Article("a", text, (Block(0, 4, boilerplate=True), Block(6, len(text))))
    assert [(p.text, p.boilerplate) for p in SEGMENTATION.split(article)] == [
        ("Menu", True),
        ("The story goes\n\non here.", False),
    ]


def test_rows_are_not_cut_and_count_from_their_own_start():
    rows = ["One row.\n\nStill the same. " + "x" * 300, " Another row."]
    text = "\n\n".join(rows)
    middle = len(rows[0])
    blocks = (Block(0, middle, row=True), Block(middle + 2, len(text), row=True))
    paragraphs = Segmentation(SegmentationSettings(longest_paragraph=200)).split(Article("a", text, blocks))
    assert [(p.start, p.end, p.text) for p in paragraphs] == [(0, len(rows[0]), rows[0]), (1, 13, "Another row.")]


def test_front_matter_is_boilerplate_and_its_fences_are_no_paragraph():
    paragraphs = split("---\ntitle: A valley\ntags: [one, two]\n---\n\nThe story begins.")
    assert [(p.text, p.boilerplate) for p in paragraphs] == [
        ("title: A valley\ntags: [one, two]", True),
        ("The story begins.", False),
    ]


def test_a_rule_at_the_head_of_a_story_is_no_front_matter():
    paragraphs = split("---\nThe story begins.\n---\nIt ends.")
    assert [(p.text, p.boilerplate) for p in paragraphs] == [("The story begins.", False), ("It ends.", False)]


def test_a_byline_is_marked_and_stays_in_its_place():
    paragraphs = split("Shells fall on the market\nBy Anna Example\nNine people died there on Monday.")
    assert [(p.position, p.boilerplate) for p in paragraphs] == [(0, False), (1, True), (2, False)]


def test_a_short_line_that_comes_again_is_marked_the_second_time():
    paragraphs = split("Live from the valley\n\nNine died.\n\nLive from the valley\n\nNine died.")
    assert [p.boilerplate for p in paragraphs] == [False, False, True, False]


def test_nothing_comes_of_white_space():
    assert split(" \n\t\n ") == []


@pytest.mark.parametrize("text", ["Nine people died. " * 1_400_000, "x" * 25_000_000, "\n" * 3_000_000])
def test_huge_texts_take_seconds(text):
    paragraphs = split(text)
    assert all(len(paragraph.text) <= 10_000 for paragraph in paragraphs)
