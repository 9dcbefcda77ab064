import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.changes import LabelChanges, label_changes
from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import labels_to_keep
from framing.codebook import Change, Codebook, Frame
from framing.errors import LabelError

BOOK = Codebook("weather", "1.2", (Frame("storm", "Storm"), Frame("drought", "Drought")), "none")
LABELS = BOOK.labels


def labelled(codings, book=BOOK, texts=None):
    """Make paragraphs of what each one's coders said."""
    counts = [[said.count(label) for label in book.labels] for said in codings.values()]
    targets = np.array([np.array(row) / sum(row) for row in counts]).reshape(-1, len(book.labels))
    gold = [row.index(max(row)) if row.count(max(row)) == 1 else -1 for row in counts]
    texts = [(texts or {}).get(name, f"The text of {name}.") for name in codings]
    return LabelledParagraphs(book, list(codings), texts, ["a"] * len(codings), np.array(gold), targets)


def kept(data):
    return labels_to_keep(data, np.zeros(len(data.ids), dtype=np.int64))


def test_what_was_added_changed_and_taken_away():
    then = labelled({"p1": ["storm"], "p2": ["storm"], "p3": ["storm", "none"], "p4": ["none"], "p5": ["drought"]})
    now = labelled(
        {"p1": ["drought"], "p2": ["storm", "storm", "none"], "p3": ["storm", "none", "storm"], "p5": ["drought"],
         "p6": ["none"], "p7": ["none"]}
    )  # fmt: skip
    changes = label_changes(kept(then), now)
    assert (changes.added, changes.taken_away, changes.changed) == (2, 1, 3)
    assert changes.gold == {("storm", "drought"): 1, (None, "storm"): 1}
    assert changes


def test_the_same_labels_are_no_change():
    data = labelled({"p1": ["storm", "none", "none"], "p2": ["storm", "drought", "none"]})
    assert not label_changes(kept(data), data)
    assert label_changes(kept(data), data) == LabelChanges(0, 0, 0, {})


def test_another_text_is_another_paragraph():
    then, now = labelled({"p1": ["storm"]}), labelled({"p1": ["storm"]}, texts={"p1": "Rewritten."})
    assert label_changes(kept(then), now) == LabelChanges(1, 1, 0, {})


def test_a_renamed_label_is_the_same_label():
    renamed = dataclasses.replace(
        BOOK, frames=(Frame("gale", "Gale"), BOOK.frames[1]), changes=(Change("1.2", renamed=(("storm", "gale"),)),)
    )
    then, now = labelled({"p1": ["storm"]}), labelled({"p1": ["gale"]}, renamed)
    assert not label_changes(kept(then), now)
    unexplained = label_changes(kept(then), dataclasses.replace(now, codebook=dataclasses.replace(renamed, changes=())))
    assert unexplained.gold == {("storm", "gale"): 1}


def test_the_most_frequent_flip_comes_first():
    names = [f"p{place}" for place in range(5)]
    then = labelled({name: ["storm"] for name in names})
    now = labelled({name: ["none" if place else "drought"] for place, name in enumerate(names)})
    assert list(label_changes(kept(then), now).gold.items()) == [(("storm", "none"), 4), (("storm", "drought"), 1)]


@pytest.mark.parametrize("change", [{"targets": None}, {"targets": {"storm": "x"}}, {"gold": ["storm"]}])
def test_rows_that_no_training_keeps_are_refused(change):
    data = labelled({"p1": ["storm"]})
    with pytest.raises(LabelError, match="row 1 of the kept labels is no such row"):
        label_changes([kept(data)[0] | change], data)


CODINGS = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from(LABELS), min_size=1, max_size=3), min_size=1
)


@given(CODINGS, CODINGS)
def test_the_counts_add_up(then, now):
    changes = label_changes(kept(labelled(then)), labelled(now))
    assert changes.added == len(now.keys() - then.keys())
    assert changes.taken_away == len(then.keys() - now.keys())
    both = now.keys() & then.keys()
    assert sum(changes.gold.values()) <= changes.changed <= len(both)
    back = label_changes(kept(labelled(now)), labelled(then))
    assert (back.added, back.taken_away, back.changed) == (changes.taken_away, changes.added, changes.changed)
    assert back.gold == {(new, old): number for (old, new), number in changes.gold.items()}
