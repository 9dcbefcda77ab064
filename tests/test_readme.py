"""What the README says is what the program does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from framing.cli.app import SUMMARIES, imported

FRAMING = [sys.executable, "-c", "from framing.cli import main; main()"]


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def block(readme: str, marker: str) -> str:
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w*\n(.*?)```", readme, re.DOTALL)
    assert found, marker
    return found.group(1)


def commands(readme: str) -> list[str]:
    shown = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    lines = [line.split("#")[0].strip() for part in shown for line in part.splitlines()]
    return [part.strip() for line in lines for piece in line.split("&&") for part in piece.split("|")]


def test_the_picture_of_the_output_is_the_output(readme: str, root: Path) -> None:
    command = block(readme, "command: first").strip().split(" && ")[-1]
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/framing"
    done = subprocess.run(
        [*FRAMING, *arguments], capture_output=True, check=True, cwd=root, text=True, encoding="utf-8"
    )
    assert done.stdout.rstrip() == block(readme, "output: first").rstrip()


def test_its_commands_and_options_exist(readme: str) -> None:
    ours = [shlex.split(command) for command in commands(readme) if re.match(r"(\S*/)?framing ", command)]
    assert len(ours) > 8
    for _, first, *words in ours:
        assert first in SUMMARIES
        command = imported(first)
        while hasattr(command, "commands") and words:
            name = words.pop(0)
            assert name in command.commands, name
            command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_every_command_is_in_the_readme(readme: str) -> None:
    for name in SUMMARIES:
        assert f"framing {name}" in readme


def test_the_test_command_is_the_one_that_ci_runs(readme: str, root: Path) -> None:
    assert block(readme, "command: tests").strip().endswith("-m pytest -q -n auto --dist worksteal")
    script = (root / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command tests" in script


def test_links_lead_somewhere(readme: str, root: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", readme):
        assert (root / target).exists(), target
