"""The command up to the page; the page's server has tests of its own."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A folder of the project's own paragraphs and codings, the first of each."""
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    shutil.copy(root / "labels" / "codebook.toml", folder)
    for name in ("paragraphs.jsonl", "annotations/lm-a.jsonl", "annotations/lm-b.jsonl"):
        with (root / "labels" / name).open(encoding="utf-8") as lines:
            (folder / name).write_text(
                "".join(line for line, _ in zip(lines, range(40), strict=False)), encoding="utf-8"
            )
    return folder


def until_the_link(folder: Path, *options: str, browser: Path | None = None) -> tuple[int, list[str]]:
    """Start the command, press Ctrl-C when it shows the link, and return its exit code and all that it said.

    With a browser, that is the file in which it notes what it was asked to open, and is waited for.
    """
    asked = [sys.executable, "-m", "framing", "label", "--labels", str(folder), *options]
    with subprocess.Popen(asked, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        said = []
        for line in process.stderr:
            said.append(line.rstrip("\n"))
            if "/?token=" in line:
                break
        deadline = time.monotonic() + 20
        while browser is not None and not browser.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=30)
        assert out == ""
        return process.returncode, said + rest.splitlines()


def test_what_is_done_and_left_the_link_and_the_end(folder) -> None:
    code, said = until_the_link(folder, "--coder", "lm-a", "--port", "0", "--no-browser")
    assert code == 0
    assert said[0] == "coding as lm-a: 40 done, 0 left"
    assert re.fullmatch(r"open http://127\.0\.0\.1:\d+/\?token=[\w-]{40,} \(good for one use; Ctrl-C ends\)", said[1])
    assert said[2:] == [f"labelled in this run: 0 paragraphs, in {folder / 'annotations' / 'lm-a.jsonl'}"]


def test_several_articles_after_one_option(folder, tmp_path) -> None:
    files = [tmp_path / name for name in ("flood.txt", "fire.txt")]
    for file in files:
        file.write_text(
            f"The {file.stem} reached the lower town.\n\nNobody was hurt in the {file.stem}.", encoding="utf-8"
        )
    code, said = until_the_link(folder, "--articles", *map(str, files), "--coder", "ana", "--port", "0", "--no-browser")
    assert code == 0
    assert said[:2] == [
        f"articles: 2, of which 2 are new in {folder / 'paragraphs.jsonl'}",
        "coding as ana: 0 done, 4 left",
    ]


def test_an_adjudicator_decides(folder) -> None:
    path = folder / "annotations" / "lm-b.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[0] |= {"frame": "geopolitical", "runner_up": None}
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, said = until_the_link(folder, "--coder", "kim", "--adjudicate", "--port", "0", "--no-browser")
    assert code == 0
    assert re.fullmatch(r"deciding as adjudicator kim: 0 done, [1-9]\d* left", said[0])


def test_a_taken_default_port_is_told(folder) -> None:
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.1", 8763))
            other.listen()
        except OSError:
            pass  # another program has it, which serves the test as well
        code, said = until_the_link(folder, "--coder", "ana", "--no-browser")
    assert code == 0
    told = re.fullmatch(r"port 8763 is taken by another program; this page is on (\d+)", said[1])
    assert told
    assert f"127.0.0.1:{told[1]}/" in said[2]


def test_usage_errors_exit_2_and_write_nothing(run, folder, tmp_path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("The wind rose.", encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    usual = ("label", "--labels", folder, "--no-browser", "--port", "0")
    for options, message in (
        (("--coder", "../x"), "is no name for a coder"),
        (("--coder", "ana", "--adjudicate", "--articles", article), "do not go together"),
        (("--coder", "ana", article), f"name articles with --articles {article}"),
        (("--coder", "lm-a", "--adjudicate", ), "'lm-a' has coded paragraphs"),
    ):  # fmt: skip
        result = run(*usual, *options)
        assert result.code == 2
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_port_that_is_taken_adds_no_articles(run, folder, tmp_path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("The wind rose.", encoding="utf-8")
    before = (folder / "paragraphs.jsonl").read_bytes()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run(
            "label", "--coder", "ana", "--labels", folder, "--articles", article, "--port", port, "--no-browser"
        )
    assert result.code == 2
    assert f"the port {port} cannot be listened on" in result.stderr
    assert (folder / "paragraphs.jsonl").read_bytes() == before


def test_a_missing_folder_and_a_missing_model_are_one_line(run, folder, tmp_path) -> None:
    for options in (("--labels", tmp_path / "absent"), ("--labels", folder, "--suggest", tmp_path / "absent")):
        result = run("label", "--coder", "ana", "--no-browser", "--port", "0", *options)
        assert (result.code, result.stdout) == (1, b"")
        assert len(result.stderr.splitlines()) == 1
        assert "absent" in result.stderr


def test_without_its_packages_the_page_says_which_extra_brings_them(folder) -> None:
    program = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv = ['framing', 'label', '--coder', 'ana', '--labels', "
        f"{str(folder)!r}]; from framing.cli import main; main()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "the labelling page needs the extra 'label'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(("ending", "opens"), [(" &", True), ("", False)])
def test_the_browser_is_opened_unless_it_would_take_over_the_terminal(
    folder, tmp_path, monkeypatch, ending, opens
) -> None:
    noted, browser = tmp_path / "noted", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {noted}.part\nmv {noted}.part {noted}\n', encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s{ending}")
    code, said = until_the_link(folder, "--coder", "ana", "--port", "0", browser=noted if opens else None)
    assert code == 0
    assert noted.exists() == opens
    if opens:
        assert noted.read_text(encoding="utf-8").strip() in said[1]


def test_its_help_names_every_option(run) -> None:
    shown = run("label", "--help", columns=100).text
    for option in (
        "--coder",
        "--labels",
        "--articles",
        "--queue",
        "--suggest",
        "--adjudicate",
        "--port",
        "--no-browser",
    ):
        assert option in shown
