import hashlib
import json

import numpy as np
import pytest

from framing.annotation.dataset import labelled_paragraphs
from framing.annotation.labels import read_labels
from framing.errors import LabelError


def coded(folder):
    folder.coder("al", *(folder.coding(i, f) for i, f in {"a1:0": "storm", "a1:1": "storm", "b2:0": "none"}.items()))
    folder.coder("bo", *(folder.coding(i, f) for i, f in {"a1:0": "storm", "a1:1": "drought"}.items()))
    return labelled_paragraphs(read_labels(folder.path))


def test_codings_become_gold_and_targets_in_codebook_order(folder):
    paragraphs = coded(folder)
    assert list(paragraphs.ids) == ["a1:0", "a1:1", "b2:0"]
    assert list(paragraphs.articles) == ["a1", "a1", "b2"]
    assert list(paragraphs.texts) == [folder.texts[identifier] for identifier in paragraphs.ids]
    assert paragraphs.gold.tolist() == [0, -1, 2]
    assert paragraphs.gold.dtype == np.int64
    assert paragraphs.targets.tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert paragraphs.folds is None
    assert paragraphs.ours


def test_paragraphs_of_an_article_stand_together_in_order(folder):
    order = ["b2:10", "a1:2", "b2:9", "a1:0", "a1:1"]
    folder.paragraphs(*map(folder.paragraph, order))
    folder.coder("al", *(folder.coding(identifier, "storm") for identifier in order))
    assert list(labelled_paragraphs(read_labels(folder.path)).ids) == ["b2:9", "b2:10", "a1:0", "a1:1", "a1:2"]


def test_the_digest_is_what_its_docstring_says(folder):
    paragraphs = coded(folder)
    written = (
        '{"articles":["a1","a1","b2"],"gold":[0,-1,2],"ids":["a1:0","a1:1","b2:0"],'
        '"targets":[[1.0,0.0,0.0],[0.5,0.5,0.0],[0.0,0.0,1.0]],"texts":'
        + json.dumps([folder.texts[identifier] for identifier in paragraphs.ids], separators=(",", ":"))
        + "}"
    )
    assert paragraphs.digest == hashlib.sha256(written.encode()).hexdigest()


def test_the_digest_changes_with_what_is_trained_on_and_with_nothing_else(folder):
    before = coded(folder).digest
    folder.coder("cy", folder.coding("a1:2", "storm"), folder.coding("a1:2", None))
    assert coded(folder).digest == before
    folder.coder("cy", folder.coding("a1:1", "drought"))
    assert coded(folder).digest != before


def test_a_folder_that_nobody_coded_is_refused(folder):
    with pytest.raises(LabelError, match="no paragraph is coded"):
        labelled_paragraphs(read_labels(folder.path))


def test_each_coders_labels_stand_by_paragraph(folder):
    folder.coder("cy")
    folder.coder("di", folder.coding("b2:0", "none"), folder.coding("b2:0", None))
    paragraphs = coded(folder)
    assert {coder: places.tolist() for coder, places in paragraphs.codings.items()} == {
        "al": [0, 0, 2],
        "bo": [0, 1, -1],
    }
    assert paragraphs.coder_kinds == {}


def test_kinds_are_those_of_coders_who_have_coded(folder):
    folder.write("coders.toml", '[bo]\nkind = "program"\n[zoe]\nkind = "person"\n')
    assert coded(folder).coder_kinds == {"bo": "program"}


def test_strata_are_told_of_each_paragraph_and_left_out_where_nothing_is_known(folder):
    folder.regions()
    unknown = {"conflict": None, "outlet_type": None, "year": None}
    folder.paragraphs(
        folder.paragraph("a1:0", conflict="delta", outlet_type="state", year=1999),
        folder.paragraph("a1:1", conflict="moon", outlet_type="  ", year=None),
        folder.paragraph("b2:0", **unknown),
    )
    assert dict(coded(folder).strata) == {
        "region": ["South", "", ""],
        "conflict": ["delta", "moon", ""],
        "outlet_type": ["state", "", ""],
        "year": ["1999", "", ""],
    }
    (folder.path / "conflicts.toml").unlink()
    assert list(coded(folder).strata) == ["conflict", "outlet_type", "year"]
    folder.paragraphs(*(folder.paragraph(identifier, **unknown) for identifier in ("a1:0", "a1:1", "b2:0")))
    assert coded(folder).strata == {}


def test_strata_and_kinds_leave_the_digest_as_it_is(folder):
    before = coded(folder).digest
    folder.regions()
    folder.write("coders.toml", '[bo]\nkind = "program"\n')
    assert coded(folder).digest == before


def test_how_a_paragraph_was_drawn_goes_with_it(folder):
    folder.coder(
        "al",
        folder.coding("a1:0", "storm", drawn_by="sample", inclusion_probability=0.25),
        folder.coding("a1:1", "storm", drawn_by="learning"),
        folder.coding("a1:2", "storm", drawn_by=None),
        folder.coding("b2:0", "storm", drawn_by=None, inclusion_probability=0.5),
    )
    folder.coder(
        "bo",
        folder.coding("a1:1", "storm", drawn_by="sample", inclusion_probability=0.5),
        folder.coding("a1:2", "storm", drawn_by="purposive"),
    )
    data = labelled_paragraphs(read_labels(folder.path))
    assert list(data.drawn_by) == ["sample", "sample", "purposive", ""]
    np.testing.assert_array_equal(data.inclusion_probability, [0.25, 0.5, np.nan, np.nan])


def test_two_chances_of_one_paragraph_are_refused(folder):
    folder.coder("al", folder.coding("a1:0", "storm", drawn_by="sample", inclusion_probability=0.25))
    folder.coder("bo", folder.coding("a1:0", "storm", drawn_by="sample", inclusion_probability=0.5))
    with pytest.raises(LabelError, match="let both code from one queue") as error:
        labelled_paragraphs(read_labels(folder.path))
    assert (error.value.path, error.value.line) == (str(folder.path / "annotations" / "bo.jsonl"), 1)
