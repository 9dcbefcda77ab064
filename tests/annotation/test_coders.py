import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.checks import check_labels
from framing.annotation.coders import Coder, read_coders
from framing.annotation.labels import read_labels
from framing.errors import LabelError


def test_a_folder_need_not_tell_of_its_coders(folder):
    assert read_coders(folder.path) == {}
    assert read_labels(folder.path).coders == {}


def test_kinds_and_descriptions_are_read_with_their_lines(folder):
    folder.write(
        "coders.toml", '# who\n[bo]\nkind = "program"\n\n["al b"]\nkind = "person"\ndescription = "Sees ships."\n'
    )
    assert read_labels(folder.path).coders == {
        "bo": Coder("bo", "program", "", 2),
        "al b": Coder("al b", "person", "Sees ships.", 5),
    }


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("[al\n", 1, "not valid TOML"),
        (b"\xff", 1, "not UTF-8"),
        ('# a note\nal = "person"\n', 2, "'al' must be the table of a coder"),
        ('kind = "person"\n', 1, "'kind' must be the table of a coder"),
        ("al = []\n", 1, "'al' must be the table of a coder"),
        ('[[al]]\nkind = "person"\n', 1, "'al' must be the table of a coder"),
        ('[al]\nkind = "person"\n[bo]\ndescription = "x"\n', 3, 'the coder \'bo\' needs kind = "person" or "program"'),
        ('[al]\nkind = "Person"\n', 2, "the coder 'al' needs kind"),
        ("[al]\nkind = true\n", 2, "the coder 'al' needs kind"),
        ('[al]\nkind = ["person"]\n', 2, "the coder 'al' needs kind"),
        (
            '[al]\nkind = "person"\nmodel = "x"\n',
            3,
            "unknown key 'model' of the coder 'al'; known here: description, kind",
        ),
        ('[al]\nkind = "person"\ndescription = 1\n', 3, "the description of the coder 'al' must be text"),
        ('[al.b]\nkind = "person"\n', 1, 'a name with a dot needs quotes: write the header ["al.b"]'),
    ],
)
def test_a_fault_is_told_with_its_line_by_training_and_by_the_check(folder, content, line, words):
    folder.write("coders.toml", content)
    with pytest.raises(LabelError) as caught:
        read_labels(folder.path)
    assert caught.value.path == str(folder.path / "coders.toml")
    assert caught.value.line == line
    assert words in caught.value.message
    [fault] = check_labels(folder.path).faults
    assert (fault.path, fault.line, fault.message) == ("coders.toml", line, caught.value.message)


@given(st.text(st.sampled_from("[]=\"'\n.#{}, alkindperson1"), max_size=60))
def test_any_file_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any")
    (path / "coders.toml").write_text(content, encoding="utf-8")
    try:
        coders = read_coders(path)
    except LabelError as error:
        refused: LabelError | None = error
    else:
        refused = None
        assert all(coder.kind in ("person", "program") for coder in coders.values())
    assert refused is None or refused.path is not None
