from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from rich import cells

from framing.cli.cells import broken, cell_len, set_cell_size
from framing.codebook import of_labels
from framing.palette import RESIDUAL_LOOK, looks

# Narrow ones, wide ones, marks that join, signs without a width.
signs = st.one_of(
    st.sampled_from("aé–…■★日本\u0301\u200d\ufe0f\U0001f469\x00\xad "), st.characters(exclude_categories=["Cs"])
)
texts = st.text(signs, max_size=20)


@given(texts)
@example("■\ufe0f")
def test_a_text_is_as_wide_as_rich_says(text: str) -> None:
    assert cell_len(text) == cells.cell_len(text)


@given(texts, st.integers(0, 30))
def test_a_text_is_cut_and_padded_as_rich_does(text: str, size: int) -> None:
    assert set_cell_size(text, size) == cells.set_cell_size(text, size)


def test_the_marks_are_measured_without_rich() -> None:
    frames = looks(of_labels("many", [f"frame {number}" for number in range(40)]))
    marks = "".join(look.mark for look in [*frames.values(), RESIDUAL_LOOK])
    assert cell_len(marks) == len(marks) == cells.cell_len(marks)


@given(
    st.lists(st.text(signs.filter(lambda sign: not sign.isspace()), min_size=1, max_size=9), min_size=1),
    st.integers(2, 12),
)
def test_lines_are_no_wider_than_asked_and_lose_nothing(words: list[str], size: int) -> None:
    text = " ".join(words)
    lines = broken(text, size)
    assert all(cell_len(line) <= size for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    # A word that fits into a line is never broken.
    whole = [word for line in lines for word in line.split(" ")]
    assert all(word in whole for word in words if cell_len(word) <= size)


def test_words_go_on_the_next_line_where_they_do_not_fit() -> None:
    assert broken("one two three", 7) == ["one two", "three"]
    assert broken("one lengthened two", 6) == ["one", "length", "ened", "two"]
    assert broken("", 5) == [""]
