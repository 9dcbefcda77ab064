"""Kills the labelling page's server at random instants while it saves, and counts what was lost.

One page labels, one key after another, and sends again what was not confirmed, under the same name. The server is the
real one, a process of its own that is killed (SIGKILL) a random time after a save was sent. At the end the coder's file
is compared with what the page was told. With ``--torn`` the file's tail is also cut at a random byte of a line that was
never confirmed, as a power cut may leave it; a confirmed line is on the disk by then, and is never cut.

    python experiments/labelling/kills.py --kills 1000 --saves 10000
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framing.annotation.label_files import read_annotations
from framing.codebook import read_codebook

ROOT = Path(__file__).parents[2]
CODER = "kills"
LONGEST_START = 60.0
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]+)")


@dataclass
class Save:
    """A key press: what is sent, and to where."""

    path: str
    body: dict[str, Any]

    @property
    def request(self) -> str:
        return str(self.body["request"])


@dataclass
class Counts:
    confirmed: list[Save] = field(default_factory=list)
    kills: int = 0
    without_answer: int = 0
    found_without_answer: int = 0
    torn: int = 0
    milliseconds: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)


class Server:
    """The server's process, started anew after each kill on the same port."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = 0
        self.cookie = ""
        self.process: subprocess.Popen[str] | None = None
        self.connection: http.client.HTTPConnection | None = None

    def start(self) -> None:
        options = ["--coder", CODER, "--labels", str(self.folder), "--port", str(self.port), "--no-browser"]
        command = [sys.executable, "-m", "framing", "label", *options]
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT
        )
        assert self.process.stderr is not None
        # Should it hang, it is ended, and the reading below with it.
        guard = threading.Timer(LONGEST_START, self.process.kill)
        guard.start()
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := LINK.search(line):
                break
        else:
            sys.exit(f"the server did not start: {''.join(said)}")
        guard.cancel()
        self.port = int(found[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.connection.request("GET", f"/?token={found[2]}")
        answer = self.connection.getresponse()
        answer.read()
        self.cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]

    def post(self, save: Save) -> dict[str, Any]:
        assert self.connection is not None
        headers = {
            "Cookie": self.cookie,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/json",
        }
        self.connection.request("POST", save.path, json.dumps(save.body), headers)
        answer = self.connection.getresponse()
        told = json.loads(answer.read())
        if answer.status != 200:
            sys.exit(f"the server refused a save: {answer.status} {told}")
        return dict(told)

    def end(self) -> None:
        if self.connection is not None:
            self.connection.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stderr is not None
            self.process.stderr.close()


def make_folder(folder: Path, paragraphs: int) -> list[str]:
    """Copy the project's paragraphs under new ids until there are enough; return the ids."""
    (folder / "annotations").mkdir(parents=True)
    shutil.copy(ROOT / "labels" / "codebook.toml", folder)
    lines = (ROOT / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    ids = []
    with (folder / "paragraphs.jsonl").open("w", encoding="utf-8") as file:
        for place in range(paragraphs):
            record = json.loads(lines[place % len(lines)])
            record["article"] = f"copy{place // len(lines)}-{record['article']}"
            record["id"] = f"{record['article']}:{record['position']}"
            ids.append(record["id"])
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return ids


def make_saves(ids: list[str], labels: tuple[str, ...], count: int, chance: random.Random) -> list[Save]:
    """Make up key presses: labels of all kinds, skips, notes, and every twentieth an undo."""
    saves = []
    for place in range(count):
        # Its letters are drawn, too: the same seed gives the same run.
        request = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        if place % 20 == 19:
            saves.append(Save("/api/undo", {"request": request}))
            continue
        frame, other = chance.sample(labels, 2)
        sure, skipped = chance.random() < 0.7, chance.random() < 0.05
        body = {"request": request, "paragraph": ids[place % len(ids)], "frame": None if skipped else frame}
        body |= {"sure": sure or skipped, "runner_up": None if sure or skipped else other}
        body |= {"note": "n" * chance.randrange(1, 400) if chance.random() < 0.2 else None}
        saves.append(Save("/api/annotations", body | {"set_aside": "skipped" if skipped else None}))
    return saves


def cut_tail(path: Path, request: str, chance: random.Random) -> bool:
    """Cut the last line at a random byte where it is the one that was never confirmed."""
    content = path.read_bytes() if path.exists() else b""
    start = content.rfind(b"\n", 0, len(content) - 1) + 1
    if request.encode() not in content[start:]:
        return False
    with path.open("r+b") as file:
        file.truncate(chance.randrange(start, len(content)))
    return True


def tail_is_torn(path: Path) -> bool:
    content = path.read_bytes() if path.exists() else b""
    return bool(content) and not content.endswith(b"\n")


def run(folder: Path, saves: list[Save], kills: int, *, torn: bool, until: float, chance: random.Random) -> Counts:
    """Send every save until it is confirmed, with kills spread over all of them."""
    counts, server = Counts(), Server(folder)
    path = folder / "annotations" / f"{CODER}.jsonl"
    to_kill = set(chance.sample(range(len(saves)), min(kills, len(saves))))
    try:
        server.start()
        for place, save in enumerate(saves):
            if time.monotonic() > until:
                break
            confirmed = False
            while not confirmed:
                assassin = None
                if place in to_kill:
                    to_kill.remove(place)
                    usual = statistics.median(counts.milliseconds[-100:] or [5.0]) / 1000
                    assert server.process is not None
                    assassin = threading.Timer(chance.uniform(0, 1.2 * usual), server.process.kill)
                    assassin.start()
                began = time.perf_counter()
                try:
                    answer = server.post(save)
                except (OSError, http.client.HTTPException, ValueError):
                    counts.without_answer += 1
                else:
                    confirmed = answer["saved"] and answer["request"] == save.request
                    counts.milliseconds.append((time.perf_counter() - began) * 1000)
                if assassin is not None:
                    assassin.join()
                    server.end()
                    counts.kills += 1
                    if not confirmed:
                        after_kill(path, save, counts, torn=torn, chance=chance)
                    restarted = time.perf_counter()
                    server.start()
                    counts.starts.append(time.perf_counter() - restarted)
            counts.confirmed.append(save)
    finally:
        server.end()
    return counts


def after_kill(path: Path, save: Save, counts: Counts, *, torn: bool, chance: random.Random) -> None:
    written = path.exists() and save.request.encode() in path.read_bytes()
    counts.found_without_answer += written
    if torn:
        cut_tail(path, save.request, chance)
    counts.torn += tail_is_torn(path)


def verdict(folder: Path, counts: Counts) -> tuple[dict[str, int], bool]:
    """Compare the file with what was confirmed."""
    path = folder / "annotations" / f"{CODER}.jsonl"
    file = read_annotations(path, codebook=read_codebook(folder / "codebook.toml"))
    lines = [record.annotation for record in file.annotations]
    times = Counter(line.request for line in lines)
    by_request = {line.request: line for line in lines}
    missing = [save for save in counts.confirmed if save.request not in by_request]
    changed = [
        save
        for save in counts.confirmed
        if (line := by_request.get(save.request)) is not None
        and save.path == "/api/annotations"
        and any(getattr(line, key) != value for key, value in save.body.items())
    ]
    kept = path.with_name(f".{path.name}.torn")
    found = {
        "confirmed saves missing from the file": len(missing),
        "confirmed saves that say something else": len(changed),
        "lines that stand twice for one request": sum(count - 1 for count in times.values()),
        "lines that no confirmed request asked for": len(times.keys() - {save.request for save in counts.confirmed}),
        "faulty or cut-off lines at the end": len(file.faults) + (file.torn is not None),
        "order of lines other than of confirmations": int(
            [line.request for line in lines] != [save.request for save in counts.confirmed]
        ),
    }
    pieces = len(kept.read_bytes().splitlines()) if kept.exists() else 0
    # The rest lacked but its line end, and was given it.
    told = {"torn tails met": counts.torn, "of them taken off and kept beside": pieces}
    return {**told, **found}, not any(found.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--saves", type=int, default=10_000)
    parser.add_argument("--paragraphs", type=int, default=2_000, help="each is coded several times")
    parser.add_argument("--torn", action="store_true", help="also cut the last line where it was never confirmed")
    parser.add_argument("--minutes", type=float, default=60, help="stop after that time with what was done")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 - nothing here is secret
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="framing-kills-") as temporary:
        folder = Path(temporary) / "labels"
        ids = make_folder(folder, asked.paragraphs)
        labels = read_codebook(folder / "codebook.toml").labels
        saves = make_saves(ids, labels, asked.saves, chance)
        counts = run(folder, saves, asked.kills, torn=asked.torn, until=began + 60 * asked.minutes, chance=chance)
        found, sound = verdict(folder, counts)
    times = sorted(counts.milliseconds)
    rows = {
        "saves confirmed": len(counts.confirmed),
        "kills": counts.kills,
        "kills before the answer came": counts.without_answer,
        "of them with the line in the file already": counts.found_without_answer,
        **found,
    }
    for name, number in rows.items():
        print(f"{name:<46} {number:>8,}")
    print(f"{'milliseconds a save, median':<46} {statistics.median(times):>8.1f}")
    print(f"{'milliseconds a save, 99th percentile':<46} {times[len(times) * 99 // 100]:>8.1f}")
    if counts.starts:
        print(f"{'seconds to restart, median':<46} {statistics.median(counts.starts):>8.2f}")
    print(f"{'seconds in all':<46} {time.monotonic() - began:>8.0f}")
    print("nothing was lost" if sound else "SOMETHING WAS LOST OR WRITTEN TWICE")
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
