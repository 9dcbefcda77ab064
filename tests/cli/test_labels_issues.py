from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest


def entry(paragraph: str, gold: str, predicted: str, **changes: Any) -> dict[str, Any]:
    table = {
        "paragraph": paragraph,
        "gold": gold,
        "predicted": predicted,
        "probability": 0.876,
        "self_confidence": 0.0312,
    }
    evidence = {"predicted": [["the army", 0.5], ["raid", 0.25]], "gold": [["=claimed", 0.5]]}
    return table | {"coders": {}, "repeats_wrong": 5, "evidence": evidence} | changes


@pytest.fixture
def labels(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "labels", tmp_path / "labels"))


@pytest.fixture
def evaluation(root: Path, tmp_path: Path) -> Path:
    """List some of the project's own paragraphs with the gold that their first two coders gave them."""
    lines = (root / "labels" / "annotations" / "lm-a.jsonl").read_text(encoding="utf-8").splitlines()
    codings = [json.loads(line) for line in lines[:40]]
    second = (root / "labels" / "annotations" / "lm-b.jsonl").read_text(encoding="utf-8").splitlines()
    agreed = {(coding["paragraph"], coding["frame"]) for coding in map(json.loads, second)}
    ranked = [
        entry(coding["paragraph"], coding["frame"], "geopolitical")
        for coding in codings
        if (coding["paragraph"], coding["frame"]) in agreed
    ]
    return written(tmp_path, ranked)


def written(folder: Path, ranked: list[dict[str, Any]]) -> Path:
    path = folder / "evaluation.json"
    path.write_text(json.dumps({"label_issues": {"ranked": ranked}}), encoding="utf-8")
    return path


def listed(evaluation: Path) -> list[dict[str, Any]]:
    return json.loads(evaluation.read_text(encoding="utf-8"))["label_issues"]["ranked"]


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_table_shows_each_paragraph_with_both_labels_and_evidence(
    run, labels: Path, evaluation: Path, columns: int
) -> None:
    result = run("labels", "issues", labels, "--evaluation", evaluation, columns=columns)
    assert (result.code, result.stderr) == (0, "")
    lines = result.text.splitlines()
    first = listed(evaluation)[0]
    assert lines[0].startswith(f"20 of {len(listed(evaluation))} listed paragraphs")
    assert sum(line.startswith("     model") for line in lines) == 20
    gold = next(line.split() for line in lines if line.startswith("     gold"))
    assert gold == ["gold", first["gold"], "3%", "=claimed"]
    model = next(line for line in lines if line.startswith("     model"))
    assert model.split() == ["model", "geopolitical", "88%", "the", "army,", "raid"]
    coded = next(line for line in lines if line.startswith("     coded"))
    assert coded.split() == ["coded", first["gold"], "by", "lm-a,", "lm-b"]
    assert max(map(len, lines)) <= min(columns, 80)
    assert "\x1b" not in result.text
    assert "not human reliability" in " ".join(result.text.split())


def test_long_texts_are_clipped_to_three_lines(run, labels: Path, evaluation: Path) -> None:
    result = run("labels", "issues", labels, "--evaluation", evaluation, "--limit", 40)
    texts = []
    for block in result.text.split("\n\n")[1:-1]:
        name, *lines = block.splitlines()
        kept = [line for line in lines if not line.startswith(("     gold ", "     model ", "     coded "))]
        assert 1 <= len(kept) <= 3
        texts.append((name.split()[1], " ".join(" ".join(kept).split())))
    whole = {
        line["id"]: " ".join(line["text"].split())
        for line in map(json.loads, (labels / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines())
    }
    cut = [text for _, text in texts if text.endswith(" …")]
    assert 0 < len(cut) < len(texts)
    assert all(whole[name].startswith(text.removesuffix(" …")) for name, text in texts)
    assert all(whole[name] == text for name, text in texts if not text.endswith("…"))


def test_as_json_lines(run, labels: Path, evaluation: Path) -> None:
    result = run("labels", "issues", labels, "--evaluation", evaluation, "--format", "jsonl", "--limit", 3)
    objects = [json.loads(line) for line in result.text.splitlines()]
    assert [table["paragraph"] for table in objects] == [table["paragraph"] for table in listed(evaluation)[:3]]
    first, gold = objects[0], listed(evaluation)[0]["gold"]
    assert first["coders"] == {"lm-a": gold, "lm-b": gold}
    assert (first["probability"], first["self_confidence"]) == (0.876, 0.0312)
    assert first["evidence"] == {"predicted": [["the army", 0.5], ["raid", 0.25]], "gold": [["=claimed", 0.5]]}
    assert list(first) == [
        *("paragraph", "article", "text", "gold", "self_confidence"),
        *("coders", "predicted", "probability", "evidence"),
    ]


def test_as_csv_into_a_file(run, labels: Path, evaluation: Path, tmp_path: Path) -> None:
    output = tmp_path / "issues.csv"
    result = run("labels", "issues", labels, "--evaluation", evaluation.parent, "-f", "csv", "-o", output, "--limit", 2)
    assert (result.code, result.stdout) == (0, b"")
    assert result.stderr == f"2 paragraphs in {output}\n"
    rows = list(csv.DictReader(io.StringIO(output.read_text(encoding="utf-8"), newline="")))
    first, gold = rows[0], listed(evaluation)[0]["gold"]
    assert (first["gold"], first["coder:lm-a"], first["coder:lm-b"], first["coder:lm-c"]) == (gold, gold, gold, "")
    assert (first["evidence_predicted"], first["probability"]) == ("the army | raid", "0.876")
    # What a spreadsheet would run is kept from it.
    assert first["evidence_gold"] == "'=claimed"


def test_the_table_goes_into_a_file_too(run, labels: Path, evaluation: Path, tmp_path: Path) -> None:
    shown = run("labels", "issues", labels, "--evaluation", evaluation).stdout
    assert run("labels", "issues", labels, "--evaluation", evaluation, "-o", tmp_path / "a.txt").code == 0
    assert (tmp_path / "a.txt").read_bytes() == shown


def test_recoded_and_absent_paragraphs_are_told_and_left_out(run, labels: Path, evaluation: Path) -> None:
    ranked = listed(evaluation)
    number, first = len(ranked) + 1, ranked[0]["paragraph"]
    written(evaluation.parent, [*ranked, entry("zz:0", "none", "geopolitical")])
    with (labels / "annotations" / "lm-a.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"paragraph": first, "frame": None}) + "\n")
    with (labels / "annotations" / "lm-b.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"paragraph": first, "frame": "none"}) + "\n")
    result = run("labels", "issues", labels, "--evaluation", evaluation, "-f", "jsonl", "--limit", 40)
    assert result.stderr.splitlines() == [
        f"1 of {number} listed paragraphs have another gold by now and are left out: {first}",
        f"1 of {number} listed paragraphs are not in {labels} and are left out: zz:0",
    ]
    assert len(result.text.splitlines()) == number - 2


def test_a_list_of_which_nothing_is_left(run, labels: Path, tmp_path: Path) -> None:
    evaluation = written(tmp_path, [entry("c01:0", "none", "geopolitical")])
    result = run("labels", "issues", labels, "--evaluation", evaluation)
    assert (result.code, result.stdout) == (0, b"")
    assert "no paragraph of the list is left" in result.stderr


@pytest.mark.parametrize("columns", [40, 80])
def test_untrusted_words_do_not_drive_the_terminal(run, labels: Path, evaluation: Path, columns: int) -> None:
    wild = [["\x1b[31mred", 0.5], ["[bold]x[/bold]", 0.4], ["\u202eback", 0.3]]
    ranked = [table | {"evidence": {"predicted": wild, "gold": wild}} for table in listed(evaluation)]
    ranked[0]["predicted"] = "long\n" * 40
    result = run("labels", "issues", labels, "--evaluation", written(evaluation.parent, ranked), columns=columns)
    assert result.code == 0
    assert "\x1b" not in result.text
    assert "\u202e" not in result.text
    assert "[bold]x[/bold]" in result.text or columns == 40
    assert max(map(len, result.text.splitlines())) <= columns


@pytest.mark.parametrize("name", ["labels/paragraphs.jsonl", "labels/annotations/lm-a.jsonl", "evaluation.json"])
def test_what_is_read_is_not_written_over(run, labels: Path, evaluation: Path, tmp_path: Path, name: str) -> None:
    before = (tmp_path / name).read_bytes()
    result = run("labels", "issues", labels, "--evaluation", evaluation, "-o", tmp_path / name)
    assert result.code == 2
    assert "is among the files that are read; name another output" in result.stderr
    assert (tmp_path / name).read_bytes() == before


def test_an_evaluation_of_other_labels_is_one_line_and_exit_1(run, labels: Path, tmp_path: Path) -> None:
    evaluation = written(tmp_path, [entry("zz:0", "none", "geopolitical")])
    result = run("labels", "issues", labels, "--evaluation", evaluation)
    assert (result.code, result.stdout) == (1, b"")
    assert result.stderr.startswith(f"framing: {evaluation}: was made of other labels")
    assert len(result.stderr.splitlines()) == 1


def test_a_measured_list_is_shown(run, root: Path, tmp_path: Path) -> None:
    """From labels to the table, through the real parts."""
    import numpy as np

    from framing.annotation import labelled_paragraphs, read_labels
    from framing.evaluation.label_issues import find_issues

    data = labelled_paragraphs(read_labels(root / "labels"))
    n, k = len(data.ids), len(data.codebook.labels)
    given = np.random.default_rng(1).dirichlet(np.ones(k), (2, n))
    outcome = find_issues(data, given, given.argmax(axis=2), np.zeros(n, bool), [], np.zeros(n, int), limit=30)
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps({"label_issues": outcome}), encoding="utf-8")
    result = run("labels", "issues", root / "labels", "--evaluation", path, "--limit", 30)
    assert (result.code, result.stderr) == (0, "")
    assert result.text.startswith("30 of 30 listed paragraphs")
