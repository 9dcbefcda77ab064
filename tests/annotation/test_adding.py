import json

import pytest

from framing.annotation.adding import NewArticle, add_articles
from framing.annotation.labels import read_labels
from framing.errors import LabelError

HAIL = NewArticle("in/Hail & sleet.txt", ("Hail broke the glasshouses.", "Share this", "Sleet fell."), frozenset({1}))


def test_articles_are_added_whole_behind_what_stands(folder):
    before = (folder.path / "paragraphs.jsonl").read_bytes()
    assert add_articles(folder.path, [HAIL]) == [HAIL]
    after = (folder.path / "paragraphs.jsonl").read_bytes()
    assert after.startswith(before)
    added = [json.loads(line) for line in after[len(before) :].splitlines()]
    assert [line["text"] for line in added] == list(HAIL.paragraphs)
    assert [line["position"] for line in added] == [0, 1, 2]
    assert {line["id"] for line in added} >= set(HAIL.to_code)
    assert len(HAIL.to_code) == 2
    assert len(read_labels(folder.path).paragraphs) == 8


def test_the_same_article_is_added_once_and_another_of_that_name_beside_it(folder):
    other = NewArticle(HAIL.name, ("Hail again.",))
    add_articles(folder.path, [HAIL, HAIL, other])
    assert add_articles(folder.path, [HAIL, other]) == []
    assert HAIL.id != other.id
    assert HAIL.id.startswith("Hail-sleet-")
    assert len(read_labels(folder.path).paragraphs) == 9


@pytest.mark.parametrize("name", ["", "..", "/", "???", "x" * 500, "a\nb.txt", "Überschwemmung.html"])
def test_any_name_gives_an_id(folder, name):
    [added] = add_articles(folder.path, [NewArticle(name, ("Rain.",))])
    assert added.id
    assert len(added.id) < 60
    assert read_labels(folder.path).paragraphs[-1].article == added.id


def test_half_a_character_and_an_empty_article_do_no_harm(folder):
    add_articles(folder.path, [NewArticle("a", ("Rain \ud83d.",)), NewArticle("b", ())])
    assert read_labels(folder.path).paragraphs[-1].text == "Rain ?."


def test_a_faulty_file_is_not_added_to(folder):
    folder.paragraphs(folder.paragraph("a1:0"), "nonsense")
    before = (folder.path / "paragraphs.jsonl").read_bytes()
    with pytest.raises(LabelError) as error:
        add_articles(folder.path, [HAIL])
    assert error.value.line == 2
    assert (folder.path / "paragraphs.jsonl").read_bytes() == before


def test_an_article_of_which_a_part_was_added_is_made_whole(folder):
    path = folder.path / "paragraphs.jsonl"
    before = path.read_bytes()
    add_articles(folder.path, [HAIL])
    whole = path.read_bytes()
    # As a power cut leaves it, at any byte.
    for end in range(len(before), len(whole)):
        path.write_bytes(whole[:end])
        add_articles(folder.path, [HAIL])
        assert path.read_bytes().removesuffix(b"\n") == whole.removesuffix(b"\n")
    assert add_articles(folder.path, [HAIL]) == []


def test_a_torn_tail_is_mended(folder):
    with (folder.path / "paragraphs.jsonl").open("ab") as file:
        file.write(b'{"id": "b2')
    add_articles(folder.path, [HAIL])
    labels = read_labels(folder.path)
    assert labels.notes == ()
    assert len(labels.paragraphs) == 8
