from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact, load
from framing.report.costs_section import HOLDS, costs_section
from framing.report.document import ReportSource, Section, Table, Text

ROOT = Path(__file__).parents[2]
RUN = {
    "seconds": 1234.5,
    "stages": [{"name": "outer folds", "seconds": 400.1}, {"name": "shift", "seconds": 90.0}],
    "peak_memory_bytes": 812_345_678,
    "peak_memory_of_a_helper_bytes": 2_100_000_000,
    "processes": 2,
    "machine": "x86_64",
    "system": "Linux",
    "cores": 4,
    "load_seconds": 0.21,
    "paragraphs_per_second": 5400.0,
}


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load(ROOT / "artifacts" / "conflict-frames")


def section(artifact: Artifact, run: dict[str, Any], files: dict[str, int] | None = None) -> Section:
    return costs_section(ReportSource(artifact, files or {}, run))


def words(found: Section) -> str:
    return " ".join(block.text for block in found.blocks if isinstance(block, Text))


def tables(found: Section) -> dict[str, Table]:
    return {block.caption: block for block in found.blocks if isinstance(block, Table)}


def test_what_the_run_took_is_told_with_its_stages_and_machine(artifact: Artifact) -> None:
    found = section(artifact, RUN)
    facts = dict(tables(found)["What the run that made this model took"].rows)
    assert facts["Time of the whole run"] == "20.6 min"
    assert facts["Processor time, at most (time × cores)"] == "82.3 min"
    assert facts["Most memory of the main process"] == "812.3 MB"
    assert facts["Most memory of one helping process"] == "2.10 GB"
    assert facts["Machine"] == "x86_64, Linux, 4 cores"
    assert tables(found)["Time by stage"].rows == (("outer folds", "6.7 min", "32.4%"), ("shift", "90 s", "7.3%"))
    assert "loads in 0.21 s" in words(found)
    assert "5,400 paragraphs a second" in words(found)


def test_no_energy_is_claimed(artifact: Artifact) -> None:
    for run in ({}, RUN):
        told = words(section(artifact, run))
        assert "not measured, and none are estimated" in told
        assert not any(unit in told for unit in ("kWh", "CO2", "joule"))


def test_a_folder_without_its_run_says_so(artifact: Artifact) -> None:
    told = words(section(artifact, {}))
    assert "Not measured: time, memory and machine." in told
    assert "holds no run.json" in told
    assert "Not measured: how long the model takes to load" in told


@pytest.mark.parametrize("key", sorted(RUN))
def test_each_part_may_be_missing_or_none(artifact: Artifact, key: str) -> None:
    for run in ({k: v for k, v in RUN.items() if k != key}, RUN | {key: None}, {key: RUN[key]}):
        assert words(section(artifact, run))


def test_the_files_stand_largest_first_without_what_is_made_from_them(artifact: Artifact) -> None:
    files = {"weights.npy": 600, "manifest.json": 300, "model.json": 100, "report.html": 9_000, "MODEL_CARD.md": 50}
    [table] = [table for caption, table in tables(section(artifact, {}, files)).items() if "folder" in caption]
    assert table.caption == "The model folder without report and model card: 3 files, 1,000 bytes"
    assert [(row[0], row[2], row[3]) for row in table.rows] == [
        ("weights.npy", "600", "60.0%"),
        ("manifest.json", "300", "30.0%"),
        ("model.json", "100", "10.0%"),
    ]
    assert all(row[1] for row in table.rows)


def test_every_file_of_a_model_is_explained(artifact: Artifact) -> None:
    assert set(artifact.manifest["files"]) <= set(HOLDS)


def test_hostile_names_of_stages_stay_short_and_on_one_line(artifact: Artifact) -> None:
    stages = [{"name": "<script>\n\x1b[2J" + "s" * 9_000, "seconds": 1.0}] * 900
    table = tables(section(artifact, RUN | {"stages": stages}))["Time by stage"]
    assert len(table.rows) == 40
    assert all(len(row[0]) <= 120 and "\x1b" not in row[0] and "\n" not in row[0] for row in table.rows)
