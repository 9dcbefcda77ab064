from __future__ import annotations

import shutil
from pathlib import Path


def test_the_projects_labels_have_no_fault(run, root: Path) -> None:
    result = run("labels", "check", root / "labels")
    assert result.code == 0
    assert "2,422 paragraphs of 278 articles" in result.text
    assert "fault:" not in result.text
    assert "programs: lm-a, lm-b, lm-c, lm-d, lm-e, lm-f, lm-g" in result.text
    assert max(map(len, result.text.splitlines())) <= 80


def test_kinds_of_coders_are_told_as_far_as_known(run, root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(root / "labels", tmp_path / "labels"))
    (folder / "coders.toml").write_text('[lm-a]\nkind = "person"\n[lm-c]\nkind = "program"\n', encoding="utf-8")
    lines = run("labels", "check", folder).text.splitlines()
    assert lines[-4:] == [
        "persons: lm-a",
        "programs: lm-c",
        "persons or programs, not told which: lm-b, lm-d, lm-e, lm-f, lm-g",
        "no faults",
    ]


def test_faults_are_told_with_file_and_line_and_exit_1(run, root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(root / "labels", tmp_path / "labels"))
    path = folder / "annotations" / "lm-a.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[6] = lines[6].replace('"frame": "', '"frame": "un')
    path.write_text("".join(lines), encoding="utf-8")
    result = run("labels", "check", folder)
    assert result.code == 1
    faults = [line for line in result.text.splitlines() if line.startswith("fault: ")]
    assert len(faults) == 1
    assert faults[0].startswith(f"fault: {path}:7: ")


def test_many_coders_leave_the_labels_whole(run, root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(root / "labels", tmp_path / "labels"))
    coding = (folder / "annotations" / "lm-a.jsonl").read_text(encoding="utf-8").splitlines()[0]
    for number in range(9):
        path = folder / "annotations" / f"coder.{number}@university.example.jsonl"
        path.write_text(f"{coding}\n", encoding="utf-8")
    lines = run("labels", "check", folder).text.splitlines()
    assert max(map(len, lines)) <= 80
    first = next(line for line in lines if line.startswith("frame"))
    assert "coder.0@university.example" in first
    parts = [line for line in lines if line.startswith("grievance/root-cause ")]
    assert 1 < len(parts) < 17
    assert len({line.split()[1] for line in parts}) == 1


def test_no_such_folder(run, tmp_path: Path) -> None:
    result = run("labels", "check", tmp_path / "absent")
    assert (result.code, result.stdout) == (1, b"")
    assert "no such labels folder" in result.stderr
