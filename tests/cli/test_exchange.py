from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from framing.annotation.queues import QueuedParagraph, write_queue

FILES = Path(__file__).parents[1] / "annotation" / "exchange"

CODEBOOK = """
name = "weather"
version = "2.3"
residual = "none"

[[frame]]
id = "storm"
title = "Storm"

[[frame]]
id = "drought"
title = "Drought"
"""

# The paragraphs that the files of the tools were made from.
TASKS = [task["data"] for task in json.loads((FILES / "label_studio.json").read_bytes())]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    lines = [
        {"id": task["framing_id"], "article": task["article"], "position": task["position"], "text": task["text"]}
        for task in TASKS
    ]
    (folder / "paragraphs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def coder(labels: Path, name: str, *codings: dict[str, object]) -> None:
    lines = "".join(json.dumps(coding) + "\n" for coding in codings)
    (labels / "annotations" / f"{name}.jsonl").write_text(lines, encoding="utf-8")


@pytest.mark.parametrize("tool", ["label-studio", "doccano", "prodigy", "csv"])
def test_out_and_in_again(run, root: Path, tmp_path: Path, tool: str) -> None:
    shutil.copytree(root / "labels", tmp_path / "labels")
    (tmp_path / "labels" / "annotations" / "lm-g.jsonl").rename(tmp_path / "lm-g.jsonl")
    for path in (tmp_path / "labels" / "annotations").iterdir():
        path.unlink()
    (tmp_path / "lm-g.jsonl").rename(tmp_path / "labels" / "annotations" / "lm-g.jsonl")
    output = tmp_path / "out.zip"
    options = ["--as-annotations"] if tool == "label-studio" else []
    result = run("labels", "export", "--as", tool, "--labels", tmp_path / "labels", "-o", output, *options)
    assert (result.code, result.stdout) == (0, b"")
    assert f"2,422 paragraphs in {output}, 85 codings of 1 coder; 2,337 paragraphs without any" in result.stderr
    assert (tmp_path / "out.zip.xml").exists() == (tool == "label-studio")
    result = run("labels", "import", output, "--as", tool, "--labels", tmp_path / "labels")
    assert result.code == 0
    assert result.text.splitlines()[:2] == [
        "coder       new      same   changed   clashes",
        "lm-g          0        85         0         0",
    ]


def test_whoever_labels_there_is_warned_of_codings(run, labels: Path, tmp_path: Path) -> None:
    coder(labels, "al", {"paragraph": "a1:0", "frame": "storm"})
    result = run("labels", "export", "--as", "prodigy", "--labels", labels, "-o", tmp_path / "out")
    assert "--blank leaves them out" in result.stderr
    result = run("labels", "export", "--as", "prodigy", "--labels", labels, "-o", tmp_path / "out", "--blank")
    assert "--blank" not in result.stderr
    assert "no codings" in result.stderr


def test_queue_coder_map_and_config(run, labels: Path, tmp_path: Path) -> None:
    coder(labels, "ana", {"paragraph": "b2:0", "frame": "storm"})
    coder(labels, "ben", {"paragraph": "b2:0", "frame": "none"})
    write_queue(tmp_path / "queue.jsonl", [QueuedParagraph("b2:0", "learning")])
    result = run(
        "labels", "export", "--as", "label-studio", "--labels", labels, "--output", tmp_path / "out.json",
        "--as-annotations",
        "--coder", "ana", "--queue", tmp_path / "queue.jsonl", "--config", tmp_path / "view.xml",
        "--coders", FILES / "coders.csv",
    )  # fmt: skip
    # Two of the tool's names are one coder's: fine coming in, and ambiguous going out.
    assert (result.code, "two of the tool's names are mapped to 'ana'" in result.stderr) == (2, True)
    result = run(
        "labels", "export", "--as", "label-studio", "--labels", labels, "--output", tmp_path / "out.json",
        "--as-annotations",
        "--coder", "ana", "--queue", tmp_path / "queue.jsonl", "--config", tmp_path / "view.xml",
        "--map", "ana@example.org=ana",
    )  # fmt: skip
    assert result.code == 0
    assert f"labelling interface in {tmp_path / 'view.xml'}" in result.stderr
    [task] = json.loads((tmp_path / "out.json").read_bytes())
    assert [one["completed_by"] for one in task["annotations"]] == [{"email": "ana@example.org"}]


def test_what_cannot_be_used_is_told_and_exits_1(run, labels: Path) -> None:
    result = run("labels", "import", FILES / "prodigy.jsonl", "--as", "prodigy", "--labels", labels)
    assert result.code == 1
    assert result.text.splitlines() == [
        "coder       new      same   changed   clashes",
        "ana           3         0         0         0",
        "ben           1         0         0         0",
        "",
        "4 added; 4 of 7 are used",
        "not used: 0 unmatched, 3 unusable",
    ]
    path, session = FILES / "prodigy.jsonl", "2024-03-05_09-20-11"
    assert result.stderr.splitlines() == [
        f"{path}: line 5: was rejected; that says which label it has not, and is none",
        f"{path}: line 6: was accepted without a choice; that is no label",
        f"{path}: line 7: names no coder but '{session}'; add --coder NAME, or --map {session}=NAME",
    ]


def test_a_trial_shows_what_would_change(run, labels: Path) -> None:
    coder(labels, "ana", {"paragraph": "a1:0", "frame": None, "set_aside": "skipped"})
    before = (labels / "annotations" / "ana.jsonl").read_bytes()
    arguments = ("labels", "import", FILES / "label_studio.json", "--as", "label-studio", "--labels", labels)
    result = run(*arguments, "--coders", FILES / "coders.csv", "--dry-run")
    assert result.code == 0
    assert result.text.splitlines() == [
        "coder       new      same   changed   clashes",
        "ana           3         0         1         0",
        "ben           1         0         0         0",
        "",
        "changed: here -> there",
        "  a1:0 by ana: skipped -> storm",
        "",
        "5 to be added; 5 of 5 are used",
        "not judged: 1",
    ]
    assert (labels / "annotations" / "ana.jsonl").read_bytes() == before
    assert not (labels / "annotations" / "ben.jsonl").exists()
    assert "tasks with predictions: 1" in result.stderr
    assert "5 added" in run(*arguments, "--map", "3=ana", "--map", "4=ben").text


def test_what_was_said_here_stays_unless_the_newer_is_to_win(run, labels: Path) -> None:
    coder(labels, "ana", {"paragraph": "a1:0", "frame": "drought", "labelled_at": "2024-01-01T00:00"})
    arguments = ("labels", "import", FILES / "prodigy.jsonl", "--as", "prodigy", "--labels", labels)
    result = run(*arguments)
    assert "line 1: 'a1:0' by ana: drought here, storm there; kept ours" in result.stderr
    assert "a1:0 by ana: drought -> storm" in run(*arguments, "--newer").text


def test_long_lists_are_cut_unless_asked_for(run, labels: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("item_id,coder,label\n" + "x:9,ana,storm\n" * 30, encoding="utf-8")
    result = run("labels", "import", path, "--as", "csv", "--labels", labels)
    assert (result.code, len(result.stderr.splitlines())) == (1, 21)
    assert "10 more of which each is on no paragraph of the folder; --all lists them" in result.stderr
    assert result.text.splitlines() == ["0 added; 0 of 30 are used", "not used: 30 unmatched, 0 unusable"]
    assert len(run("labels", "import", path, "--as", "csv", "--labels", labels, "--all").stderr.splitlines()) == 30


def test_the_table_fits_the_terminal_whatever_the_names(run, labels: Path, tmp_path: Path) -> None:
    name = "x" * 64
    path = tmp_path / "long.csv"
    path.write_text(f"item_id,coder,label\na1:0,{name},storm\na1:0,\N{HANGUL SYLLABLE GA},storm\n", encoding="utf-8")
    lines = run("labels", "import", path, "--as", "csv", "--labels", labels).text.splitlines()
    assert max(map(len, lines)) <= 80
    assert name in lines


def test_hostile_texts_do_not_drive_the_terminal(run, labels: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text('item_id,coder,label\na1:0,ana,"\x1b[2Jgone\nand more"\n', encoding="utf-8")
    result = run("labels", "import", path, "--as", "csv", "--labels", labels)
    assert "\x1b" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["import", "absent.csv", "--as", "csv"], 1, "absent.csv: there is no such file"),
        (["import", FILES / "long.csv", "--as", "label-studio"], 1, "long.csv: is no export of Label Studio"),
        (["import", FILES / "long.csv", "--as", "csv", "--map", "ana"], 2, "THEIRS=OURS"),
        (["import", FILES / "long.csv", "--as", "csv", "--coder", "../x"], 2, "no name for a coder"),
        (["import", FILES / "long.csv", "--as", "excel"], 2, "excel"),
        (["import", FILES / "long.csv"], 2, "--as"),
        (["export", "--as", "csv", "-o", "out.csv", "--coder", "zoe"], 2, "'zoe' has no file"),
        (["export", "--as", "csv", "-o", "out.csv", "--as-annotations"], 2, "--as label-studio only"),
        (["export", "--as", "csv"], 2, "--output"),
    ],
)
def test_mistakes_are_told_in_a_line(
    run, labels: Path, tmp_path: Path, monkeypatch, arguments: list[object], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("labels", *arguments, "--labels", labels)
    assert (result.code, result.stdout) == (code, b"")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_the_folders_own_files_are_no_output(run, labels: Path) -> None:
    result = run("labels", "export", "--as", "csv", "--labels", labels, "-o", labels / "paragraphs.jsonl")
    assert result.code == 2
    assert "is among the files that are read" in result.stderr
