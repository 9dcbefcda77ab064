from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.errors import EvaluationError, LabelError
from framing.workflow.label_issues import evaluation_file, read_label_issues

TEXTS = {"p:0": "Hail broke the panes.", "p:1": "The wells are dry.", "q:0": "A calm day.", "q:1": "Nobody coded this."}
CODINGS = {
    "al": {"p:0": "storm", "p:1": "drought", "q:0": "none"},
    "bo": {"p:0": "storm", "p:1": "drought"},
    "zoe": {},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    codebook = (
        'name = "weather"\nversion = "1"\nresidual = "none"\n[[frame]]\nid = "storm"\n[[frame]]\nid = "drought"\n'
    )
    (folder / "codebook.toml").write_text(codebook, encoding="utf-8")
    (folder / "coders.toml").write_text('[bo]\nkind = "program"\n[al]\nkind = "person"\n', encoding="utf-8")
    paragraphs = [
        {"id": name, "article": name[0], "position": int(name[2]), "text": text} for name, text in TEXTS.items()
    ]
    (folder / "paragraphs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in paragraphs), encoding="utf-8")
    for coder, frames in CODINGS.items():
        for paragraph, frame in frames.items():
            code(folder, coder, paragraph, frame)
    (folder / "annotations" / "zoe.jsonl").touch()
    return folder


def code(folder: Path, coder: str, paragraph: str, frame: str | None) -> None:
    with (folder / "annotations" / f"{coder}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"paragraph": paragraph, "frame": frame}) + "\n")


def entry(paragraph: Any = "p:0", gold: str = "storm", **changes: Any) -> dict[str, Any]:
    table = {"paragraph": paragraph, "gold": gold, "coders": {"al": gold}, "predicted": "none", "probability": 0.75}
    table |= {"self_confidence": 0.125, "repeats_wrong": 2}
    table |= {"evidence": {"predicted": [["hail", 0.5]], "gold": [["panes", 0.25], ["broke", 0.125]]}}
    return table | changes


LISTED = [entry(), entry("p:1", "drought", evidence=None), entry("q:0", "none", predicted="storm")]


@pytest.fixture
def evaluation(tmp_path: Path) -> Path:
    return written(tmp_path / "run" / "evaluation.json", LISTED)


def written(path: Path, ranked: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"metrics": {}, "label_issues": {"ranked": ranked}}), encoding="utf-8")
    return path


def test_the_list_stands_beside_the_labels(folder: Path, evaluation: Path) -> None:
    found = read_label_issues(folder, evaluation)
    assert [issue.listed.paragraph for issue in found.issues] == ["p:0", "p:1", "q:0"]
    first, second, third = found.issues
    assert (first.article, first.text, first.coders) == ("p", TEXTS["p:0"], {"al": "storm", "bo": "storm"})
    assert (first.listed.gold, first.listed.predicted) == ("storm", "none")
    assert (first.listed.probability, first.listed.self_confidence) == (0.75, 0.125)
    assert first.listed.evidence_predicted == (("hail", 0.5),)
    assert first.listed.evidence_gold == (("panes", 0.25), ("broke", 0.125))
    assert (second.listed.evidence_predicted, second.listed.evidence_gold) == ((), ())
    assert third.coders == {"al": "none"}
    assert (found.coders, found.listed, found.recoded, found.absent) == (("al", "bo"), 3, (), ())
    assert "bo: programs" in found.statement


def test_a_folder_stands_for_its_evaluation(folder: Path, evaluation: Path) -> None:
    assert read_label_issues(folder, evaluation.parent) == read_label_issues(folder, evaluation)
    assert evaluation_file(None).name == "evaluation.json"


def test_recoded_paragraphs_are_named_and_left_out_before_the_limit(folder: Path, evaluation: Path) -> None:
    code(folder, "al", "p:0", "drought")
    code(folder, "bo", "p:1", None)
    code(folder, "al", "q:0", None)
    found = read_label_issues(folder, evaluation, limit=1)
    # Of p:0 the coders differ now, q:0 is not coded any more; p:1 has the same gold of one coder.
    assert found.recoded == ("p:0", "q:0")
    assert [issue.listed.paragraph for issue in found.issues] == ["p:1"]
    assert found.issues[0].coders == {"al": "drought"}


def test_a_limit_keeps_the_first(folder: Path, evaluation: Path) -> None:
    assert [issue.listed.paragraph for issue in read_label_issues(folder, evaluation, limit=2).issues] == ["p:0", "p:1"]


def test_paragraphs_that_are_not_there_are_named(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "evaluation.json", [entry("x:0"), entry(), entry("x:1")])
    found = read_label_issues(folder, path)
    assert (found.absent, found.recoded, len(found.issues)) == (("x:0", "x:1"), (), 1)


def test_an_evaluation_of_other_labels_is_refused(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "evaluation.json", [entry("x:0"), entry("x:1")])
    with pytest.raises(EvaluationError, match="made of other labels: none of its 2 listed paragraphs is in"):
        read_label_issues(folder, path)
    path = written(tmp_path / "evaluation.json", [entry(1), entry(2)])
    with pytest.raises(EvaluationError, match="made of a table's rows, and not of a labels folder"):
        read_label_issues(folder, path)


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"label_issues": null}',
        b'{"label_issues": []}',
        b'{"label_issues": {}}',
        b'{"label_issues": {"ranked": []}}',
        b'{"label_issues": {"ranked": null}}',
    ],
)
def test_an_evaluation_without_a_list_says_how_to_make_one(folder: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "evaluation.json"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match="has no list of likely label errors; make one with 'framing evaluate'"):
        read_label_issues(folder, path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b'{"a": NaN}', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"9" * 10_000, "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b"7", "not a JSON object"),
    ],
)
def test_what_is_no_evaluation_is_refused(folder: Path, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "evaluation.json"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=words) as caught:
        read_label_issues(folder, path)
    assert caught.value.path == str(path)


def test_a_missing_evaluation_and_missing_labels_are_named(folder: Path, evaluation: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no such evaluation"):
        read_label_issues(folder, tmp_path / "absent.json")
    with pytest.raises(EvaluationError, match="there is no such evaluation"):
        read_label_issues(folder, folder)
    with pytest.raises(LabelError, match="no such labels folder"):
        read_label_issues(tmp_path / "absent", evaluation)


@pytest.mark.parametrize(
    "damaged",
    [
        7,
        [],
        {},
        entry(None),
        entry(gold=None),
        entry(predicted=["none"]),
        entry(probability="0.7"),
        entry(probability=1.5),
        entry(self_confidence=-0.1),
        entry(self_confidence=10**400),
        entry(evidence=[]) | {"evidence": [["hail", 0.5]]},
        entry(evidence={"predicted": []}),
        entry(evidence={"predicted": ["ab"], "gold": []}),
        entry(evidence={"predicted": [[1, 2]], "gold": []}),
        entry(evidence={"predicted": None, "gold": []}),
    ],
)
def test_a_damaged_entry_is_told_by_its_number(folder: Path, tmp_path: Path, damaged: Any) -> None:
    path = written(tmp_path / "evaluation.json", [entry(), damaged])
    with pytest.raises(EvaluationError, match="paragraph 2 of its likely label errors is damaged"):
        read_label_issues(folder, path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["predicted", "gold"]), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(sorted(entry())), value=VALUES)
def test_any_value_is_read_or_refused(folder: Path, tmp_path: Path, key: str, value: Any) -> None:
    changed = copy.deepcopy(LISTED)
    changed[1][key] = value
    path = written(tmp_path / "evaluation.json", changed)
    try:
        found = read_label_issues(folder, path)
    except EvaluationError:
        return
    assert {"p:0", "q:0"} <= {issue.listed.paragraph for issue in found.issues}
