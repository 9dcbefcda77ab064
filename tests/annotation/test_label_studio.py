import io
import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.exchange import Export, ExportedParagraph
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.label_studio import CONTROLS, DATA_KEYS, OTHER_KEYS, config, write
from framing.annotation.records import Annotation
from framing.codebook import of_labels
from framing.errors import CodebookError

CODEBOOK = of_labels("weather", ["storm", "drought"])
PARAGRAPH = ParagraphRecord("a:0", "a", 3, "Rain.", None, None, None, None, 1)
CODINGS = (
    Annotation("al", "a:0", "storm", sure=False, note="gusts"),
    Annotation("bo", "a:0", None, set_aside="skipped"),
    Annotation("cy", "a:0", "drought", set_aside="flagged"),
)


def tasks(*, as_annotations, codings=CODINGS):
    file = io.BytesIO()
    export = Export(CODEBOOK, [ExportedParagraph(PARAGRAPH, codings)] * 2, ("al", "bo", "cy"), {"al": "al@x.org"})
    write(export, file, as_annotations=as_annotations)
    return json.loads(file.getvalue())


def test_codings_are_predictions_that_name_no_author():
    [task, _] = tasks(as_annotations=False)
    assert "annotations" not in task
    assert {key: task["data"][key] for key in ("text", "framing_id", "article", "position")} == {
        "text": "Rain.", "framing_id": "a:0", "article": "a", "position": 3,
    }  # fmt: skip
    # What is set aside suggests nothing.
    assert task["predictions"] == [
        {
            "model_version": "al",
            "result": [
                {"from_name": "frame", "to_name": "text", "type": "choices", "value": {"choices": ["storm"]}},
            ],
        }
    ]


def test_as_annotations_they_have_their_authors():
    [task, _] = tasks(as_annotations=True)
    assert "predictions" not in task
    assert [one["completed_by"] for one in task["annotations"]] == [
        {"email": "al@x.org"},
        {"email": "bo"},
        {"email": "cy"},
    ]
    assert [one["was_cancelled"] for one in task["annotations"]] == [False, True, False]
    shown = [{item["from_name"]: item["value"] for item in one["result"]} for one in task["annotations"]]
    assert shown == [
        {"frame": {"choices": ["storm"]}, "doubt": {"choices": ["unsure"]}, "note": {"text": ["gusts"]}},
        {},
        {"frame": {"choices": ["drought"]}, "doubt": {"choices": ["flagged"]}},
    ]


def test_paragraphs_without_codings_are_tasks():
    assert len(tasks(as_annotations=False, codings=())) == 2


def test_no_key_takes_the_place_of_another():
    # The exports for tables lay data, choices and their own columns into one row.
    [task, _] = tasks(as_annotations=True)
    assert tuple(task["data"]) == DATA_KEYS
    written = {item["from_name"] for one in task["annotations"] for item in one["result"]}
    assert written == set(CONTROLS)
    names = [*DATA_KEYS, *CONTROLS, *OTHER_KEYS]
    assert len(names) == len(set(names))
    root = ET.fromstring(config(CODEBOOK))
    assert {tag.get("name") for tag in root} - {"text"} == set(CONTROLS)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=2, max_size=5, unique=True)
)
def test_the_interface_offers_every_label_as_it_is(labels):
    labels = [label for label in labels if not label.startswith("$") and not set(label) & {"\ufffe", "\uffff"}]
    book = of_labels("any", [*labels, "a\"b<c>&'d\ne", "ab"])
    choices = ET.fromstring(config(book)).find("Choices[@name='frame']")
    assert choices is not None
    assert [choice.get("value") for choice in choices] == list(book.labels)


@pytest.mark.parametrize("label", ["$text", "a\x00b", "a\x0bb", "a\uffff"])
def test_labels_that_the_interface_cannot_hold(label):
    with pytest.raises(CodebookError, match="label"):
        config(of_labels("any", [label, "b"]))
