import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import InputError
from framing.text.table_files import csv_rows
from framing.text.tables import LONGEST_CONTENT, LONGEST_ROW

WORDS = "the words of a plain row " * 40
PLAIN = f"7,{WORDS}\n"


def read(content):
    errors = []
    data = content if isinstance(content, bytes) else content.encode()
    rows = list(csv_rows(io.BytesIO(data), path="t.csv", on_error=errors.append))
    return [(row.number, row.line, *row.values.values()) for row in rows], errors


def test_a_quote_that_never_closes_costs_one_row_and_not_the_file():
    lines = LONGEST_ROW // len(PLAIN) + 2
    rows, errors = read('id,text\n1,one\n2,"never\n' + PLAIN * lines + "9,last\n")
    assert rows[:2] == [(1, 2, "1", "one"), (2, 4, "7", WORDS)]
    assert rows[-1] == (lines + 2, lines + 4, "9", "last")
    assert len(rows) == lines + 2
    (error,) = errors
    assert (error.path, error.line) == ("t.csv", 3)
    assert str(error).startswith("t.csv:3: this row is longer than 16 million characters or 262,144 lines; close its")
    assert error.content == '2,"never\n'


@pytest.mark.parametrize("last", ["9,last\n", '9,"last"\n', '9,"la\nst"\n', '9,"last'])
def test_a_quote_that_never_closes_costs_its_row_in_a_small_file(last):
    rows, errors = read('id,text\n1,one\n2,"never\n3,three\n\n4,four\n' + last)
    assert rows[:3] == [(1, 2, "1", "one"), (2, 4, "3", "three"), (3, 6, "4", "four")]
    assert [row[2] for row in rows[3:]] == (["9"] if last.endswith("\n") else [])
    assert [(error.line, error.content) for error in errors][:1] == [(3, '2,"never\n')]
    assert "a quote that is not closed" in errors[0].message
    assert [error.line for error in errors[1:]] == ([] if last.endswith("\n") else [7])


def test_a_quote_that_never_closes_does_not_take_a_row_in_quotes():
    rows, errors = read('id,text\n1,"one"\n2,"never\n' + "".join(f'{n},"text\nof {n}"\n' for n in range(3, 3_000)))
    assert [row[2] for row in rows] == ["1", *map(str, range(3, 3_000))]
    assert [(error.line, error.content) for error in errors] == [(3, '2,"never\n')]


@pytest.mark.parametrize("line", ['7,"open\n', 'x","y\n', '7,"open""\n'])
def test_a_quote_opened_on_every_line_costs_each_line(line):
    """Read to the end from each, this would take hours."""
    lines = 30_000
    rows, errors = read("id,text\n" + line * lines + "9,last\n")
    assert rows == [(1, lines + 2, "9", "last")]
    assert [error.line for error in errors] == list(range(2, lines + 2))
    assert {error.content for error in errors} == {line}


def test_a_row_below_the_bound_is_read_whatever_its_lines():
    text = "a line of a long text\n" * (LONGEST_ROW // 200)
    rows, errors = read(f'id,text\n1,"{text}"\n2,two\n')
    assert rows == [(1, 2, "1", text), (2, text.count("\n") + 3, "2", "two")]
    assert errors == []


def test_a_line_without_end_is_told_and_the_next_is_read():
    rows, errors = read("id,text\n1," + "x" * (LONGEST_ROW + 1) + '\n2,two\n3,"three\n')
    assert rows == [(1, 3, "2", "two")]
    assert [error.line for error in errors] == [2, 4]
    assert errors[0].content == ("1," + "x" * LONGEST_CONTENT)[:LONGEST_CONTENT]


def test_an_endless_line_in_an_open_quote_is_a_row_of_its_own():
    rows, errors = read('id,text\n1,"one\n2,two\n3,' + "x" * LONGEST_ROW + "\n4,four\n")
    assert rows == [(1, 3, "2", "two"), (2, 5, "4", "four")]
    assert [error.line for error in errors] == [2, 4]


def test_quotes_that_never_close_have_no_stretch_read_over_and_over():
    """Each line opens a quote, read alone or in the one before: read anew from each, this would take days."""
    line = f'x","{"y" * 9_000}\n'
    lines = 2 * LONGEST_ROW // len(line)
    rows, errors = read('id,text\n1,"one\n' + line * lines)
    assert rows == []
    assert [error.line for error in errors] == list(range(2, lines + 3))


def test_a_bad_row_is_told_with_its_text():
    rows, errors = read('id,text\n1\n2,a,"\nb"\n3,"a"b\n4,"a\nb"c\n5,five\n')
    assert rows == [(4, 8, "5", "five")]
    assert [(error.line, error.row, error.content) for error in errors] == [
        (2, 1, "1\n"),
        (3, 2, '2,a,"\nb"\n'),
        (5, None, '3,"a"b\n'),
        (6, None, '4,"a\n'),
        (7, 3, 'b"c\n'),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('"a"b,text\n1,2\n', "t.csv:1: is not valid csv: ',' expected after '\"'"),
        ('id,"text\n1,2\n', "t.csv:1: is not valid csv: unexpected end of data"),
        ("\n" + "x" * (LONGEST_ROW + 1), "t.csv:2: the first line is longer than 16 million characters"),
        ('id,"\n' + PLAIN * (LONGEST_ROW // len(PLAIN) + 1), "t.csv:1: the header is longer than 16 million"),
    ],
    ids=["quote", "open", "line", "lines"],
)
def test_a_header_that_is_none_is_told(content, message):
    with pytest.raises(InputError) as caught:
        read(content)
    assert str(caught.value).startswith(message)


def test_a_header_may_take_several_lines():
    rows, errors = read('id;"the\ndate";text\n1;2020;one\n')
    assert rows == [(1, 3, "1", "2020", "one")]
    assert errors == []


@given(st.lists(st.sampled_from(["1,one\n", '2,"two\nlines"\n', "3\n", '4,"a"b\n', "\n", "5,é\0\n"]), max_size=8))
def test_rows_and_bad_rows_stand_where_they_began(parts):
    """What is told of a row is what stands at its line."""
    rows, errors = read("id,text\n" + "".join(parts))
    begun = dict(zip([2 + "".join(parts[:n]).count("\n") for n in range(len(parts))], parts, strict=True))
    lines = [line for _, line, *_ in rows]
    assert [begun[line][0] for line in lines] == [identifier for *_, identifier, _ in rows]
    assert {begun[error.line]: error.content for error in errors} == {
        begun[error.line]: begun[error.line] for error in errors
    }
    assert sorted(lines + [error.line for error in errors]) == [line for line, part in begun.items() if part != "\n"]
