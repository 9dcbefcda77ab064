"""The scripts that measure the labelling page run, in small, as they are described."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("options", [[], ["--torn"]])
def test_kills_lose_nothing(root: Path, options: list[str]) -> None:
    script = root / "experiments" / "labelling" / "kills.py"
    done = subprocess.run(
        [sys.executable, str(script), "--kills", "4", "--saves", "40", *options],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {words.strip(): number for words, number in re.findall(r"^(\D+?)\s+([\d,.]+)$", done.stdout, re.MULTILINE)}
    assert counts["saves confirmed"] == "40"
    assert counts["kills"] == "4"
