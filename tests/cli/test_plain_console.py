from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from framing.cli.plain_console import PlainConsole, show, standard_console

LINE = [("mark ", "bold #207abc"), ("", "dim"), ("text  ", "")]


def written(encoding: str = "utf-8") -> tuple[io.BytesIO, io.TextIOWrapper]:
    raw = io.BytesIO()
    return raw, io.TextIOWrapper(raw, encoding=encoding, newline="", write_through=True)


def test_a_line_is_shown_without_its_styles_and_without_blanks_at_its_end() -> None:
    raw, file = written()
    show(LINE, PlainConsole(file))
    show([], PlainConsole(file))
    assert raw.getvalue() == b"mark text\n\n"


def test_on_a_terminal_rich_shows_the_styles() -> None:
    raw, file = written()
    show(LINE, Console(file=file, force_terminal=True, color_system="truecolor", legacy_windows=False))
    assert raw.getvalue() == b"\x1b[1;38;2;32;122;188mmark \x1b[0mtext\n"


@pytest.mark.parametrize("columns", ["100", "72", "", "wide"])
def test_it_is_as_wide_as_rich_takes_a_pipe_to_be(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    _, file = written("cp1252")
    plain, rich = PlainConsole(file), Console(file=file)
    assert (plain.width, plain.encoding, plain.is_terminal) == (rich.width, rich.encoding, rich.is_terminal)


@pytest.mark.parametrize(
    ("variables", "by_rich"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"TTY_COMPATIBLE": "1"}, True), ({"NO_COLOR": "1"}, False)],
)
def test_rich_is_asked_where_colours_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], by_rich: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert isinstance(standard_console(), Console) is by_rich


def test_a_terminal_gets_colours_and_a_pipe_none(root: Path, saved_model: Path) -> None:
    pty = pytest.importorskip("pty")
    command = [sys.executable, "-m", "framing", "classify", "--model", str(saved_model)]
    article = "experiments/examples/corridor-talks.txt"
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    piped = subprocess.run([*command, article], cwd=root, env=environment, capture_output=True, check=True).stdout
    main, side = pty.openpty()
    with subprocess.Popen([*command, article], cwd=root, env=environment, stdout=side, stderr=side) as process:
        os.close(side)
        shown = b""
        while chunk := _read(main):
            shown += chunk
    os.close(main)
    assert process.returncode == 0
    assert b"\x1b[" in shown
    assert b"\x1b[" not in piped
    assert re.sub(rb"\x1b\[[0-9;]*m|\r", b"", shown) == piped


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other side is closed
        return b""
