"""What is imported by the time that a command ends: no test asserts a time, and each of these takes its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    *("sklearn", "scipy", "pandas", "joblib", "pyarrow", "numba", "dask", "distributed", "lxml", "pdfminer", "jinja2"),
    *("pydantic", "typer", "click", "rich", "charset_normalizer", "filelock", "skops", "starlette", "uvicorn"),
    *("asyncio", "concurrent", "email", "http", "multiprocessing", "socket", "sqlite3", "ssl", "xml"),
}
# What the installed command runs, and then tells what was imported.
TELL = """
import atexit, sys
told = sys.argv.pop()
atexit.register(lambda: open(told, "w").write(" ".join(sys.modules)))
from framing.cli import main
sys.exit(main())
"""


def modules(folder: Path, root: Path, *words: object, code: int = 0) -> set[str]:
    """Run a command in a process of its own and return the top-level modules that are there at its end."""
    told = folder / "modules"
    command = [sys.executable, "-c", TELL, *map(str, words), str(told)]
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == code, done.stderr.decode()
    return {name.partition(".")[0] for name in told.read_text().split()}


@pytest.mark.parametrize("words", [[], ["-f", "jsonl"], ["--format", "csv"], ["--output", "{folder}/out.txt"]])
def test_an_article_is_classified_without_anything_heavy(
    saved_model: Path, root: Path, tmp_path: Path, words: list[str]
) -> None:
    article = root / "experiments" / "examples" / "curfew-week.txt"
    options = [word.format(folder=tmp_path) for word in words]
    found = modules(tmp_path, root, "classify", "--model", saved_model, *options, article)
    assert HEAVY & found == set()
    assert {"numpy", "framing"} == found - sys.stdlib_module_names - before(tmp_path, root)


def before(folder: Path, root: Path) -> set[str]:
    """Return what Python itself has imported in this environment, which may be more than its own modules."""
    told = folder / "modules"
    code = TELL.replace("from framing.cli import main\nsys.exit(main())", "")
    subprocess.run([sys.executable, "-c", code, str(told)], cwd=root, check=True)
    return {name.partition(".")[0] for name in told.read_text().split()}


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["classify", "--help"], ["labels", "--help"], ["verify", "--help"]],
)
def test_help_is_shown_without_numpy(root: Path, tmp_path: Path, words: list[str]) -> None:
    found = modules(tmp_path, root, *words)
    assert found & (HEAVY | {"numpy"}) <= {"typer", "click", "rich"}


def test_a_command_does_not_import_the_others(root: Path, tmp_path: Path) -> None:
    told = tmp_path / "modules"
    subprocess.run(
        [sys.executable, "-c", TELL, "export", "--help", str(told)], cwd=root, check=True, capture_output=True
    )
    ours = {name for name in told.read_text().split() if name.startswith("framing.cli.")}
    assert "framing.cli.export" in ours
    assert not ours & {
        f"framing.cli.{name}" for name in ("classify", "classifying", "train", "labels", "queue", "verify")
    }


def test_an_input_that_is_not_there_needs_no_typer_either(root: Path, tmp_path: Path) -> None:
    found = modules(tmp_path, root, "classify", "--model", tmp_path / "none", tmp_path / "none.txt", code=1)
    assert HEAVY & found == set()


def test_a_page_imports_what_makes_pages_and_no_more(saved_model: Path, root: Path, tmp_path: Path) -> None:
    article = root / "experiments" / "examples" / "curfew-week.txt"
    found = modules(tmp_path, root, "classify", "--model", saved_model, "-f", "html", article)
    assert "jinja2" in found
    assert not found & {"sklearn", "scipy", "pandas", "joblib", "pyarrow", "numba", "typer", "rich"}
