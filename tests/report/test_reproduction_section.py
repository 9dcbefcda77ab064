from __future__ import annotations

import shlex
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from framing.artifact import Artifact, load
from framing.cli.verify import verify
from framing.report.document import Commands, ReportSource, Section, Table, Text
from framing.report.reproduction_section import reproduction_section
from framing.settings import as_table, read_experiment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load(ROOT / "artifacts" / "conflict-frames")


def section(artifact: Artifact, *, name: str | None = None, **changes: Any) -> Section:
    manifest = deepcopy(artifact.manifest) | changes
    return reproduction_section(ReportSource(replace(artifact, name=name or artifact.name, manifest=manifest)))


def words(found: Section) -> str:
    return " ".join(block.text for block in found.blocks if isinstance(block, Text))


def tables(found: Section) -> dict[str, Table]:
    return {block.caption: block for block in found.blocks if isinstance(block, Table)}


def commands(found: Section) -> list[str]:
    return [line for block in found.blocks if isinstance(block, Commands) for line in block.lines]


def test_digests_are_those_of_the_manifest(artifact: Artifact) -> None:
    manifest = artifact.manifest
    assert [row[:2] for row in tables(section(artifact))["SHA-256 digests"].rows] == [
        ("model", manifest["digest"]),
        ("labels", manifest["labels"]["digest"]),
        ("codebook", artifact.codebook.digest),
        ("word table", manifest["lexicon"]),
    ]


def test_versions_and_seed_are_told(artifact: Artifact) -> None:
    found = section(artifact)
    assert dict(tables(found)["What it was made with"].rows) == artifact.manifest["versions"]
    assert f"The seed is {artifact.manifest['experiment']['seed']}" in words(found)


def test_every_setting_of_an_experiment_stands_there_as_toml_has_it(artifact: Artifact) -> None:
    settings = as_table(read_experiment(ROOT / "experiments" / "conflict-frames.toml"))
    rows = dict(tables(section(artifact))["Settings"].rows)
    flat = {
        f"{part}.{key}" if isinstance(value, dict) else part
        for part, value in settings.items()
        for key in (value if isinstance(value, dict) else [part])
    }
    assert set(rows) == flat
    assert rows["classifier.C"] == "[0.5, 1.0, 2.0]"
    assert rows["smoothing.pieces"] == "[false, true]"
    assert rows["evaluation.tuning_metric"] == '"log_loss"'
    assert rows["data.csv"] == "(not set)"


def test_what_was_chosen_and_every_file_with_its_digest_is_listed(artifact: Artifact) -> None:
    found, manifest = tables(section(artifact)), artifact.manifest
    chosen = dict(found["What inner folds chose for the model that ships"].rows)
    assert chosen["C"] == str(manifest["chosen"]["C"])
    assert not any(key.startswith("tried") for key in chosen)
    files = found["Files, as the manifest lists them"]
    assert {row[0]: row[2] for row in files.rows} == {name: of["sha256"] for name, of in manifest["files"].items()}
    assert files.numeric == (False, True, False)


def test_the_commands_are_those_of_the_program(artifact: Artifact) -> None:
    lines = commands(section(artifact))
    assert "framing train experiments/conflict-frames.toml --output artifacts/conflict-frames-again" in lines
    assert (ROOT / "experiments" / "conflict-frames.toml").is_file()
    checks = [shlex.split(line) for line in lines if line.startswith("framing verify")]
    assert checks == [
        ["framing", "verify", "artifacts/conflict-frames"],
        ["framing", "verify", "artifacts/conflict-frames", "--quick"],
        ["framing", "verify", "artifacts/conflict-frames", "--refit"],
    ]
    import typer

    app = typer.Typer()
    app.command()(verify)
    known = {option for parameter in get_command(app).params for option in parameter.opts}
    assert {word for line in checks for word in line if word.startswith("--")} <= known


def test_data_of_others_is_named_with_its_digest_and_given_by_the_user(artifact: Artifact) -> None:
    experiment = deepcopy(artifact.manifest["experiment"])
    experiment["data"] |= {"csv": "their data.csv", "source": "A public set", "sha256": "ab" * 32}
    found = section(artifact, experiment=experiment)
    assert "A public set" in words(found)
    assert "ab" * 32 in words(found)
    assert any("--data 'their data.csv' --output" in line for line in commands(found))
    verified = [line for line in commands(found) if line.startswith("framing verify")]
    assert ["--data" in line for line in verified] == [True, False, True]


@pytest.mark.parametrize("name", ["a; rm -rf ~", "$(reboot)", "`reboot`", "a\nreboot", "'; reboot; '", "a' b"])
def test_a_hostile_name_is_never_more_than_a_name(artifact: Artifact, name: str) -> None:
    for line in commands(section(artifact, name=name)):
        assert "\n" not in line
        if line.startswith("framing verify"):
            assert shlex.split(line)[:3] == ["framing", "verify", f"artifacts/{' '.join(name.split())}"]
            assert len(shlex.split(line)) <= 4


def test_settings_that_differ_from_those_measured_are_told(artifact: Artifact) -> None:
    experiment = deepcopy(artifact.manifest["experiment"])
    experiment["seed"] = 1
    assert "other settings than the model" in words(section(artifact, experiment=experiment))
    assert "other settings than the model" not in words(section(artifact))


def test_a_manifest_that_tells_little_is_shown_all_the_same(artifact: Artifact) -> None:
    bare = reproduction_section(ReportSource(replace(artifact, manifest={"digest": "0a1b", "files": {}})))
    assert tables(bare)["SHA-256 digests"].rows[1][1] == "none"
    assert "The settings were not kept" in words(bare)
    assert "The seed is not told." in words(bare)


def test_values_of_any_length_are_cut(artifact: Artifact) -> None:
    experiment = deepcopy(artifact.manifest["experiment"])
    experiment["data"]["strata"] = ["x" * 300] * 3_000
    experiment["description"] = "<script>\x1b[2J" * 9_000
    assert len(repr(section(artifact, experiment=experiment))) < 60_000
