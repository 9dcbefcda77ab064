from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from framing.model.compiling import LOCK, STAMP, Compiled

pytest.importorskip("numba")

HELPER = "from numba import njit\n\n@njit\ndef helped(number):\n    return number + {added}\n"
USER = "from kernel_helper import helped\n\ndef doubled(number):\n    return 2 * helped(number)\n"
# In a process of its own: numba takes some things that it learns of a file for good.
RUN = """
import sys
from numba.core.event import install_recorder
from framing.model.compiling import Compiled

folder, sources, before = sys.argv[1:]
sys.path.insert(0, folder)
exec(before)
import kernel_user
function = Compiled(kernel_user.doubled, sources)
with install_recorder("numba:compile") as compiled:
    print(function(20), function(1), len(compiled.buffer) > 0)
"""
FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[str]]:
    """Compile a function that uses one of another file, and call it."""

    def result(sources: str = "first", added: int = 1, before: str = "") -> list[str]:
        (tmp_path / "kernel_helper.py").write_text(HELPER.format(added=added))
        (tmp_path / "kernel_user.py").write_text(USER)
        return finished(started(sources, before))

    def started(sources: str, before: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-c", RUN, str(tmp_path), sources, before]
        variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables)

    return result


def finished(process: subprocess.Popen[str]) -> list[str]:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output.split()


def test_what_was_compiled_from_other_files_or_is_damaged_is_compiled_anew(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    assert run() == ["42", "4", "True"]
    # numba by itself would not notice: the file of the function is as it was.
    assert run("second", added=2) == ["44", "6", "True"]
    kept = list((tmp_path / "__pycache__").glob("*.nb?"))
    assert len(kept) == 2
    for file in kept:
        file.write_bytes(b"\x80")
    assert run("second", added=2) == ["44", "6", "True"]


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on the size of files is POSIX's")
def test_a_full_disk_is_no_harm(run: Callable[..., list[str]], tmp_path: Path) -> None:
    assert run(before=FULL_DISK) == ["42", "4", "True"]
    assert not list((tmp_path / "__pycache__").glob("*.nbc"))


def test_a_function_without_a_file_is_compiled_here() -> None:
    names: dict[str, Callable[[int], int]] = {}
    exec("def doubled(number):\n    return 2 * number", names)
    function = Compiled(names["doubled"], "none")
    assert [function(21), function(4)] == [42, 8]


def test_two_at_once_compile_once(tmp_path: Path) -> None:
    (tmp_path / "kernel_user.py").write_text("def doubled(number):\n    return 2 * number\n")
    command = [sys.executable, "-c", RUN, str(tmp_path), "first", ""]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(finished(process) for process in both) == [["40", "2", "False"], ["40", "2", "True"]]
    assert {LOCK, STAMP} <= {path.name for path in (tmp_path / "__pycache__").iterdir()}
