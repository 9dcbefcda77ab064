from __future__ import annotations

from pathlib import Path

import pytest

from framing.artifact.measured import read_measured, refuse_measured, save_measured
from framing.errors import ArtifactError, UsageError

SUMMARY = {"metrics": {"accuracy": {"value": 0.5}}}
ROWS = ({"repeat": 0, "paragraph": "p1"},)


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    assert save_measured(tmp_path / "new" / "run", SUMMARY, ROWS, ROWS) == tmp_path / "new" / "run" / "evaluation.json"
    summary, rows, labels = read_measured(tmp_path / "new" / "run")
    assert summary["metrics"] == SUMMARY["metrics"]
    assert rows == labels == b'{"repeat": 0, "paragraph": "p1"}\n'


@pytest.mark.parametrize("name", ["evaluation-rows.jsonl", "training-labels.jsonl"])
def test_a_changed_file_beside_it_is_noticed(tmp_path: Path, name: str) -> None:
    save_measured(tmp_path, SUMMARY, ROWS, ROWS)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"{}\n")
    with pytest.raises(ArtifactError, match="does not fit the files beside it"):
        read_measured(tmp_path)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    save_measured(tmp_path, SUMMARY, ROWS, ROWS)
    (tmp_path / "evaluation.json").write_text("[1")
    with pytest.raises(ArtifactError, match="is no JSON object"):
        read_measured(tmp_path)
    (tmp_path / "training-labels.jsonl").unlink()
    with pytest.raises(ArtifactError, match=r"training-labels.jsonl: cannot be read"):
        read_measured(tmp_path)


def test_what_stands_there_is_never_replaced_unasked(tmp_path: Path) -> None:
    refuse_measured(tmp_path / "absent", replace=False)
    save_measured(tmp_path / "run", SUMMARY, ROWS, ROWS)
    with pytest.raises(UsageError, match="holds an evaluation already"):
        refuse_measured(tmp_path / "run", replace=False)
    refuse_measured(tmp_path / "run", replace=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        refuse_measured(tmp_path / "file", replace=True)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="is the folder of a model"):
        refuse_measured(tmp_path / "model", replace=True)
