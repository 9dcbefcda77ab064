from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import default_folder
from framing.artifact.manifest import read_manifest
from framing.corpus.classifier import load_classifier
from framing.corpus.corpus_run import CorpusRun
from framing.corpus.run_state import RunSettings
from framing.corpus.shard_job import ShardWork
from framing.corpus.shards import find_shards


@pytest.fixture(scope="session")
def rows(root: Path) -> list[dict[str, Any]]:
    """The rows of real paragraphs, article by article."""
    lines = (root / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def work() -> ShardWork:
    return ShardWork(load_classifier)


@pytest.fixture
def shard_files(tmp_path: Path, rows: list[dict[str, Any]]) -> Callable[..., Path]:
    """Make a folder of jsonl shards, each with so many paragraphs, and a bad line in every second of them."""

    def make(*sizes: int) -> Path:
        folder = tmp_path / "corpus"
        folder.mkdir(exist_ok=True)
        start = 0
        for number, size in enumerate(sizes):
            lines = [json.dumps(row, ensure_ascii=False) for row in rows[start : start + size]]
            start += size
            if number % 2:
                lines.insert(1, '{"text": ')
            path = folder / f"{number % 3}" / f"day-{number:02}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return folder

    return make


@pytest.fixture(scope="session")
def corpus_run() -> Callable[..., CorpusRun]:
    """Set up a run of the default model over all shards of a folder."""

    def make(folder: Path, output: Path, *, overwrite: bool = False, **options: Any) -> CorpusRun:
        manifest = read_manifest(default_folder())
        shards = find_shards([str(folder)], output, on_error=pytest.fail, on_skip=pytest.fail)
        settings = RunSettings(manifest["name"], manifest["digest"], **options)
        return CorpusRun(shards, output, default_folder(), settings, overwrite=overwrite)

    return make


@pytest.fixture(scope="session")
def results() -> Callable[[Path], dict[str, bytes]]:
    """Read what a run wrote: every file but the summary and what the run keeps for itself."""

    def read(output: Path) -> dict[str, bytes]:
        files = (path for path in output.rglob("*") if path.is_file())
        named = {path.relative_to(output).as_posix(): path for path in files}
        return {
            name: path.read_bytes()
            for name, path in named.items()
            if name != "summary.json" and not name.startswith(".framing/")
        }

    return read
