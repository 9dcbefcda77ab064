import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import InputError
from framing.text.html_document import read_html

LONG = (
    "The road through the valley was closed at noon, and nobody came to mend the bridge before the rains set in again."
)


def read(page):
    article = read_html(page if isinstance(page, bytes) else page.encode(), path="a.html")
    if article.blocks is None:
        return [(article.text, None)]
    return [(article.text[block.start : block.end], block.boilerplate) for block in article.blocks]


def texts(page):
    return [text for text, _ in read(page)]


def test_block_elements_are_paragraphs_and_inline_ones_are_not():
    page = "<h1>A <b>title</b></h1><div>One <a href=x>two</a>\n three.<p>Four<ul><li>Five<li>Six</ul>seven</div>"
    assert texts(page) == ["A title", "One two three.", "Four", "Five", "Six", "seven"]


def test_blocks_are_joined_by_blank_lines():
    article = read_html(b"<p>One<p>Two", path="a.html")
    assert article.id == "a.html"
    assert article.text == "One\n\nTwo"
    assert [(block.start, block.end, block.row) for block in article.blocks] == [(0, 3, False), (5, 8, False)]


def test_entities_are_decoded_and_invisible_signs_dropped():
    assert texts("<p>Tom &amp; Ann&nbsp;&eacute;t&#233; &lt;b&gt; sol&shy;diers</p>") == ["Tom & Ann été <b> soldiers"]


@pytest.mark.parametrize(
    "hidden",
    [
        *("<script>var a = 1</script>", "<style>p {}</style>", "<template><p>no</p></template>", "<!-- no -->"),
        *("<noscript>no</noscript>", "<textarea>no</textarea>", "<iframe>no</iframe>", "<svg><text>no</text></svg>"),
        *("<p hidden>no</p>", "<div aria-hidden='true'><p>no</p></div>", "<p style='color:red; Display : none'>no</p>"),
        *(
            "<span style='visibility:hidden'>no</span>",
            "<select><option>no</select>",
            "<dialog>no</dialog>",
            "<?php no ?>",
        ),
    ],
)
def test_what_is_never_seen_is_no_text(hidden):
    page = f"<html><head><title>no</title><meta name=a content=no></head><body><p>One {hidden} two</p></body></html>"
    assert " ".join(texts(page)) == "One two"


def test_two_line_breaks_end_a_paragraph_and_one_does_not():
    assert texts("<p>One<br>line<br>\n<br/>Two &nbsp;<br> <br><br>Three</p>") == ["One line", "Two", "Three"]


def test_single_line_breaks_after_long_sentences_end_paragraphs():
    assert texts(f"<div>{LONG}<br>{LONG}<br>{LONG}</div>") == [LONG, LONG, LONG]


def test_preformatted_text_is_read_by_its_lines():
    page = f"<pre>{LONG[:60]}\n{LONG[60:]}\n\n  Second one here.\n</pre>"
    assert texts(page) == [LONG[:60].strip() + " " + LONG[60:].strip(), "Second one here."]


def test_a_table_is_one_block_a_row_and_a_layout_table_its_paragraphs():
    assert texts("<table><tr><th>Town<th>Dead<tr><td>East<td>9</table>") == ["Town | Dead", "East | 9"]
    assert texts("<table><tr><td><p>One</p><p>Two</p></td><td>Menu</td></tr></table>") == ["One", "Two", "Menu"]


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>Menu</nav>",
        "<aside><p>Menu</p></aside>",
        "<footer>Menu</footer>",
        "<div role=navigation>Menu</div>",
        "<form><p>Menu</p></form>",
        "<button>Menu</button>",
        "<header><nav><ul><li>Menu</ul></nav></header>",
    ],
)
def test_furniture_is_boilerplate(furniture):
    assert read(f"<h1>Title</h1>{furniture}<p>{LONG}</p>") == [("Title", False), ("Menu", True), (LONG, False)]


@pytest.mark.parametrize("story", ["article", "main"])
def test_what_stands_outside_the_story_is_boilerplate_but_for_the_title(story):
    page = f"<h1>Title</h1><p>Teaser</p><{story}><h2>Part</h2><p>{LONG}</p><aside>Ad</aside></{story}><p>Other news</p>"
    assert read(page) == [
        *(("Title", False), ("Teaser", True), ("Part", False), (LONG, False), ("Ad", True), ("Other news", True)),
    ]


def test_of_several_stories_the_one_with_most_of_the_text_counts():
    page = f"<main><article><p>{LONG}</p><p>{LONG}</p></article><article><p>{LONG}</p></article></main>"
    assert [marked for _, marked in read(page)] == [False, False, True]


def test_an_article_element_that_holds_little_marks_nothing():
    page = f"<article>Teaser</article><div><p>{LONG}</p><p>{LONG}</p></div>"
    assert [marked for _, marked in read(page)] == [False, False, False]


def test_a_form_round_the_whole_page_is_not_furniture():
    assert read(f"<form><p>{LONG}</p><p>More</p></form>") == [(LONG, False), ("More", False)]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset='iso-8859-2'>", "iso8859-2"),
        ('<META http-equiv="Content-Type" content="text/html; charset=ISO-8859-2">', "iso8859-2"),
        ("<?xml version='1.0' encoding='iso-8859-2'?>", "iso8859-2"),
        ("<meta charset='iso-8859-2'>", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_the_charset_is_found(head, encoding):
    assert texts(f"{head}<p>Łódź płonie</p>".encode(encoding)) == ["Łódź płonie"]


@pytest.mark.parametrize(
    "page", ["", " \n", "<html><body></body></html>", "<script>x</script>", "<!-- x -->", "<p> </p>"]
)
def test_a_page_without_text_is_refused(page):
    with pytest.raises(InputError, match="holds no text"):
        read(page)


def test_text_without_any_tag_stays_plain_text():
    assert read("One.\n\nTwo & three.") == [("One.\n\nTwo & three.", None)]


def test_broken_markup_is_read():
    assert texts("<p>One <b>two<p>three</b></i><div>four < five</p></td> six</div>seven") == [
        "One two",
        "three",
        "four < five six",
        "seven",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "deep",
        "<b>" * 100_000 + "deep",
        "<p>one<br>" * 200_000,
        "<" * 500_000 + "<p>a",
        "<p style='" + "display " * 100_000 + "'>a",
        "<meta " * 100_000 + "<p>a",
        "<table><tr><td>" * 3_000 + "a",
    ],
    ids=lambda page: page[:8],
)
def test_hostile_pages_are_read_or_refused_in_seconds(page):
    try:
        assert read(page)
    except InputError as error:
        assert "nested too deeply" in error.message or "holds no text" in error.message  # noqa: PT017


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<div>", "<b>", "<table>", "<td>", "<br>", "<article>", "<nav>", "a b", "&"])
    )
)
def test_any_markup_is_read_or_refused(parts):
    try:
        blocks = read("<i>" + "".join(parts))
    except InputError:
        blocks = []
    assert sum(text.count("a b") for text, _ in blocks) <= parts.count("a b")
    assert all(text == " ".join(text.split()) for text, _ in blocks)


def test_many_empty_cells_take_no_longer_than_many_paragraphs():
    assert texts("<table><tr>" + "<td> </td>" * 60_000 + "<td>One</td><td>two</table>") == ["One | two"]
