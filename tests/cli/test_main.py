from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import framing


def test_version(run) -> None:
    assert run("--version").text == f"framing {framing.__version__}\n"


@pytest.mark.parametrize("command", [[], ["classify"], ["train"], ["export"], ["labels"], ["labels", "check"]])
def test_every_command_has_help(run, command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.code == 0
    assert "Usage: framing" in result.text


def test_an_unknown_command_exits_with_2(run) -> None:
    result = run("clasify")
    assert result.code == 2
    assert "clasify" in result.stderr


def test_export(run, saved_model: Path, tmp_path: Path) -> None:
    output = tmp_path / "model.joblib"
    result = run("export", saved_model, "--output", output)
    assert result.code == 0
    assert output.stat().st_size > 1000
    assert str(output) in result.stderr


def test_export_of_no_model(run, tmp_path: Path) -> None:
    result = run("export", tmp_path, "--output", tmp_path / "x")
    assert (result.code, result.stdout) == (1, b"")
    assert result.stderr == f"framing: {tmp_path}: is no model folder: it holds no manifest.json\n"


def test_a_terminal_of_few_characters_gets_escapes_and_no_exception(saved_model: Path, root: Path) -> None:
    command = [sys.executable, "-c", "from framing.cli import main; main()", "classify", "--model", str(saved_model)]
    example = root / "experiments" / "examples" / "curfew-week.txt"
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "", "COLUMNS": "80"}
    done = subprocess.run([*command, str(example)], capture_output=True, env=environment, check=True, cwd=root)
    assert done.stdout.isascii()
    assert b"Frame mix" in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("format_", ["table", "jsonl", "csv", "html"])
def test_a_full_disk_behind_stdout_is_one_line(saved_model: Path, root: Path, format_: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.fail("this test needs a device that is always full, as Linux has")
    command = [sys.executable, "-m", "framing", "classify", "--model", str(saved_model), "-f", format_]
    example = root / "experiments" / "examples" / "curfew-week.txt"
    with full.open("wb") as stdout:
        done = subprocess.run([*command, str(example)], stdout=stdout, stderr=subprocess.PIPE, cwd=root, check=False)
    assert done.returncode == 1
    assert done.stderr == b"framing: standard output: cannot be written: No space left on device\n"


def test_names_from_files_do_not_drive_the_terminal(run, root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(root / "labels", tmp_path / "labels"))
    (folder / "annotations" / "lm-a.jsonl").rename(folder / "annotations" / "\x1b]0;x\x07\x1b[31mA.jsonl")
    result = run("labels", "check", folder)
    assert "\x1b" not in result.text
    assert "\x07" not in result.text


def test_a_pipe_that_is_closed_early_is_no_error(saved_model: Path, root: Path) -> None:
    command = (
        f"'{sys.executable}' -c 'from framing.cli import main; main()' classify --model '{saved_model}' labels -f jsonl"
    )
    done = subprocess.run(f"{command} | head -n 1", shell=True, capture_output=True, cwd=root, check=True)
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_starting_imports_nothing_heavy() -> None:
    code = (
        "import sys, framing, framing.cli;"
        "heavy = {'sklearn', 'pandas', 'scipy', 'numpy', 'joblib', 'jinja2', 'lxml'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("chosen", [None, "mimalloc"])
def test_parquet_is_read_without_a_reserve_of_memory_unless_one_is_asked_for(
    saved_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str | None
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    if chosen is not None:
        assert chosen in pyarrow.supported_memory_backends()
        monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", chosen)
    parquet.write_table(pyarrow.table({"text": ["The army shelled the town."]}), tmp_path / "rows.parquet")
    code = (
        f"import sys; sys.argv = ['framing', 'classify', {str(tmp_path / 'rows.parquet')!r}, '--model', "
        f"{str(saved_model)!r}, '--format', 'csv']\n"
        "from framing.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "import pyarrow\nprint(pyarrow.default_memory_pool().backend_name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == (chosen or "system")
