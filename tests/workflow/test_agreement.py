from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framing.errors import LabelError, UsageError
from framing.workflow.agreement import compare_coders

CODEBOOK = 'name = "weather"\nversion = "1.2"\nresidual = "none"\n[[frame]]\nid = "storm"\n[[frame]]\nid = "drought"\n'
N = 12

Code = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four articles of three paragraphs, and nobody who has coded them."""
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    lines = [
        {"id": f"p{row}", "article": f"a{row // 3}", "position": row % 3, "text": f"It rained on day {row}."}
        for row in range(N)
    ]
    (folder / "paragraphs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture
def code(folder: Path) -> Code:
    def add(coder: str, frames: dict[int, str | None], **told: Any) -> None:
        with (folder / "annotations" / f"{coder}.jsonl").open("a", encoding="utf-8") as file:
            for row, frame in frames.items():
                file.write(json.dumps({"paragraph": f"p{row}", "frame": frame, **told}) + "\n")

    return add


def all_of(frame: str, **changes: str) -> dict[int, str | None]:
    return dict.fromkeys(range(N), frame) | {int(row[1:]): changed for row, changed in changes.items()}


@pytest.fixture
def two(code: Code) -> None:
    """Two who differ on p0 and p1 of twelve."""
    code("al", all_of("storm", p11="none"))
    code("bo", all_of("storm", p0="drought", p1="none", p11="none"))


def agreement(found: dict[str, Any]) -> float:
    return found["pairs"][0]["agreement"]["value"]


@pytest.mark.usefixtures("two")
def test_a_labels_folder_is_measured(folder: Path) -> None:
    found = compare_coders(folder, draws=100)
    assert found["paragraphs"] == {"coded": 12, "by_two_or_more": 12, "articles": 4}
    assert agreement(found) == pytest.approx(10 / 12, abs=1e-6)
    # Of 24 labels 20 are storm, 1 drought, 3 none; 4 stand in pairs that differ.
    expected = 1 - (4 / 24) / ((24 * 23 - 20 * 19 - 3 * 2) / (24 * 23))
    overall = found["all_coders"]["overall"]["krippendorff_alpha"]
    assert overall["value"] == pytest.approx(expected, abs=1e-6)
    assert [entry["paragraph"] for entry in found["disputes"]["open"]] == ["p0", "p1"]
    assert found["codebook"] == {"name": "weather", "version": "1.2"}
    assert found["only_coders"] is None
    assert "not told whether the coders are persons or programs" in found["statement"]
    json.dumps(found, allow_nan=False)


@pytest.mark.usefixtures("two")
def test_the_coders_file_says_who_they_are(folder: Path) -> None:
    (folder / "coders.toml").write_text('[al]\nkind = "person"\n[bo]\nkind = "person"\n', encoding="utf-8")
    found = compare_coders(folder, draws=100)
    assert found["statement"].startswith("The coders are persons")
    assert found["coders"]["al"]["kind"] == "person"


@pytest.mark.usefixtures("two")
def test_adjudicators_settle_disputes_and_are_not_measured(folder: Path, code: Code) -> None:
    before = compare_coders(folder, draws=100)
    code("judge", {0: "storm"}, role="adjudicator")
    after = compare_coders(folder, draws=100)
    assert after["all_coders"] == before["all_coders"]
    assert after["pairs"] == before["pairs"]
    assert after["coders"]["judge"]["paragraphs"] == 0
    assert after["disputes"]["settled_by_adjudicator"] == 1
    assert [entry["paragraph"] for entry in after["disputes"]["open"]] == ["p1"]


@pytest.mark.usefixtures("two")
def test_a_coder_who_decides_on_what_he_coded_is_measured_by_his_own_coding(folder: Path, code: Code) -> None:
    before = compare_coders(folder, draws=100)
    code("al", {0: "drought", 1: "none"}, role="adjudicator")
    after = compare_coders(folder, draws=100)
    assert after["all_coders"] == before["all_coders"]
    assert after["disputes"] == {"open": [], "settled_by_adjudicator": 2}


@pytest.mark.usefixtures("two")
def test_the_last_line_counts_and_the_changes_of_mind_are_told(folder: Path, code: Code) -> None:
    for frame in ("drought", "storm", "drought", "none"):
        code("al", {1: frame})
    found = compare_coders(folder, draws=100)
    assert agreement(found) == pytest.approx(11 / 12, abs=1e-6)
    for _ in range(2):
        code("al", {1: "drought"})
    first, second = compare_coders(folder, draws=100)["disputes"]["open"]
    assert (first["paragraph"], first["lines"]) == ("p1", 8)
    assert (second["paragraph"], second["lines"]) == ("p0", 2)


@pytest.mark.usefixtures("two")
def test_what_was_taken_back_or_set_aside_does_not_count(folder: Path, code: Code) -> None:
    code("bo", {0: None})
    code("bo", {1: None}, set_aside="skipped")
    code("bo", {2: "storm"}, set_aside="flagged")
    code("al", {2: None}, set_aside="skipped")
    code("al", {2: "storm"})
    found = compare_coders(folder, draws=100)
    assert found["paragraphs"]["by_two_or_more"] == 9
    assert agreement(found) == 1
    assert found["set_aside"] == 2
    assert any("skipped or flagged a paragraph 2 times" in notice for notice in found["notices"])
    assert found["disputes"]["open"] == []


@pytest.mark.usefixtures("two")
def test_doubts_runners_up_drawing_and_suggestions_are_read(folder: Path, code: Code) -> None:
    code("al", {0: "storm"}, sure=False, runner_up="drought", suggested="storm")
    code("bo", {1: "none"}, sure=False, note="a border case")
    sample = {"drawn_by": "sample", "inclusion_probability": 0.25}
    for coder in ("al", "bo"):
        code(coder, {5: "storm"}, **sample)
    found = compare_coders(folder, draws=100)
    assert found["pairs"][0]["agreement_with_runner_up"]["value"] == pytest.approx(11 / 12, abs=1e-6)
    assert found["sureness"]["some_unsure"]["paragraphs"] == 2
    assert found["sureness"]["all_sure"]["agreement"]["value"] == 1
    assert found["drawing"]["drawn_by"] == {"sample": 1, "unknown": 11}
    assert found["drawing"]["by_chance"] == 1
    assert any("In 1 of 24 codings the coder saw the model's frame" in notice for notice in found["notices"])
    first, second = found["disputes"]["open"]
    assert first["codings"][0]["runner_up"] == "drought"
    assert second["codings"][1]["note"] == "a border case"


@pytest.mark.usefixtures("two")
def test_chosen_coders_alone_are_compared(folder: Path, code: Code) -> None:
    code("cy", all_of("storm", p0="drought", p1="none", p4="none", p11="none"))
    assert [entry["paragraph"] for entry in compare_coders(folder, draws=100)["disputes"]["open"]] == []
    found = compare_coders(folder, draws=100, coders=["bo", "cy", "bo"])
    assert found["only_coders"] == ["bo", "cy"]
    assert [entry["paragraph"] for entry in found["disputes"]["open"]] == ["p4"]
    assert agreement(found) == pytest.approx(11 / 12, abs=1e-6)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("coders", "said"),
    [
        (["al", "zoe"], "'zoe' has no codings here that count"),
        (["al", "judge"], "'judge' has no codings here that count (an adjudicator's do not); coders: al, bo"),
        (["al", "al"], "two coders or more"),
        (["al"], "two coders or more"),
        ([], "two coders or more"),
    ],
)
def test_coders_that_cannot_be_compared(folder: Path, code: Code, coders: list[str], said: str) -> None:
    code("judge", {0: "storm"}, role="adjudicator")
    with pytest.raises(UsageError) as caught:
        compare_coders(folder, draws=100, coders=coders)
    assert said in str(caught.value)


def test_nothing_coded_is_told_and_no_error(folder: Path, code: Code) -> None:
    found = compare_coders(folder, draws=100)
    assert found["notices"] == ["There are no codings, so there is no agreement to measure."]
    code("al", all_of("storm"))
    (folder / "annotations" / "zoe.jsonl").touch()
    found = compare_coders(folder, draws=100)
    assert "codings of one coder only, al" in found["notices"][0]
    assert found["disputes"] == {"open": [], "settled_by_adjudicator": 0}


@pytest.mark.usefixtures("two")
def test_a_last_line_that_is_cut_off_is_left_out_and_told(folder: Path) -> None:
    with (folder / "annotations" / "al.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"paragraph": "p0", "fra')
    found = compare_coders(folder, draws=100)
    assert [note.split(":")[0] for note in found["notes"]] == ["annotations/al.jsonl"]
    assert agreement(found) == pytest.approx(10 / 12, abs=1e-6)


@pytest.mark.usefixtures("two")
def test_a_fault_is_an_error_with_its_place(folder: Path, code: Code) -> None:
    code("bo", {3: "fog"})
    with pytest.raises(LabelError) as caught:
        compare_coders(folder, draws=100)
    assert (caught.value.path, caught.value.line) == (str(folder / "annotations" / "bo.jsonl"), 13)


@pytest.fixture(scope="module")
def own(root: Path) -> dict[str, Any]:
    return compare_coders(root / "labels")


def test_the_figures_of_the_projects_datasheet(own: dict[str, Any]) -> None:
    """They were computed by another program, by the textbook formula."""
    assert own["statement"].startswith("The coders are programs.")
    independent = own["without_third_coders"]
    assert independent["paragraphs"] == 2422
    assert round(independent["overall"]["krippendorff_alpha"]["value"], 3) == 0.956
    values = [entry["krippendorff_alpha"]["value"] for entry in independent["per_frame"].values()]
    assert [round(value, 3) for value in values] == [0.964, 0.963, 0.936, 0.970, 0.942]
    for key, low, high in (("without_third_coders", 0.944, 0.966), ("all_coders", 0.945, 0.967)):
        figure = own[key]["overall"]["krippendorff_alpha"]
        assert (figure["low"], figure["high"]) == pytest.approx((low, high), abs=0.0015)
    assert sum(pair["times"] for pair in own["confusions"]) == 85
    sure, unsure = own["sureness"]["all_sure"], own["sureness"]["some_unsure"]
    assert (sure["paragraphs"], sure["agreement"]["value"]) == (1570, 1)
    assert (unsure["paragraphs"], round(852 * (1 - unsure["agreement"]["value"]))) == (852, 85)
    pairs = {(pair["first"], pair["second"]): pair for pair in own["pairs"] if pair["note"] is None}
    assert {names: round(pair["krippendorff_alpha"]["value"], 3) for names, pair in pairs.items()} == {
        ("lm-a", "lm-b"): 0.969,
        ("lm-c", "lm-d"): 0.954,
        ("lm-e", "lm-f"): 0.950,
    }
    # In 78 of the 85 disputes each has the other's frame as the runner-up.
    assert all(pair["agreement_with_runner_up"]["value"] > 0.99 for pair in pairs.values())
    assert [entry["paragraph"] for entry in own["disputes"]["open"]] == ["i16:7", "i16:8"]
    assert own["drawing"]["by_chance"] == 0
    assert own["without_third_coders"]["overall"]["more_paragraphs"] == 0


def test_nothing_in_the_folder_changes(root: Path) -> None:
    def digests() -> dict[str, str]:
        files = sorted(path for path in (root / "labels").rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = digests()
    compare_coders(root / "labels", draws=100)
    assert digests() == before
