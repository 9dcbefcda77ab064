"""The whole loop: a queue, 50 new labels on the page, a training that replaces the model, and two that may not.

A part of the project's labels stands in a temporary folder. The codings of an uncoded rest play the coder who sits at
the page: what the queue asks for is sent to the real server as key presses. Then a recipe that learns from single words
alone, and labels dealt out by lot, try to take the model's place.

    python experiments/labelling/loop.py
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

ROOT = Path(__file__).parents[2]
FRAMING = [sys.executable, "-m", "framing"]
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]+)")
RECIPE = """
name = "loop"
[data]
labels = "labels"
[smoothing]
strength = [{strength}]
[context]
article = [{article}]
[classifier]
C = [{C}]
[decoding]
emission = [0]
[calibration]
coverage = 0
[evaluation]
repeats = 2
studies = []
"""


class Loop:
    """A labels folder whose paragraphs are coded in part, and a recipe beside it."""

    def __init__(self, folder: Path, articles: int, coded: int):
        self.folder = folder
        self.labels = folder / "labels"
        self.model = folder / "model"
        (self.labels / "annotations").mkdir(parents=True)
        source = ROOT / "labels"
        for name in ("codebook.toml", "conflicts.toml", "coders.toml"):
            shutil.copy(source / name, self.labels / name)
        lines = (source / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
        names = list(dict.fromkeys(json.loads(line)["article"] for line in lines))
        random.Random(0).shuffle(names)  # noqa: S311 - nothing here is secret
        chosen, first = set(names[:articles]), set(names[:coded])
        self._write("paragraphs.jsonl", [line for line in lines if json.loads(line)["article"] in chosen])
        article = {json.loads(line)["id"]: json.loads(line)["article"] for line in lines}
        self.answers: dict[str, dict] = {}
        for path in sorted((source / "annotations").glob("*.jsonl")):
            own = path.read_text(encoding="utf-8").splitlines()
            kept = [line for line in own if article[json.loads(line)["paragraph"]] in first]
            if kept:
                self._write(f"annotations/{path.name}", kept)
            self.answers |= {(coding := json.loads(line))["paragraph"]: coding for line in own}
        self.recipe(strength=0.5, article=2.0, C=2.0)

    def recipe(self, **choices: float) -> None:
        (self.folder / "loop.toml").write_text(RECIPE.format(**choices), encoding="utf-8")

    def run(self, *command: object) -> int:
        """Run a command and show what it says."""
        words = [str(word) for word in command]
        print("\n$ framing " + " ".join(word.replace(f"{self.folder}/", "") for word in words), flush=True)
        done = subprocess.run([*FRAMING, *words], cwd=ROOT, capture_output=True, text=True)  # noqa: PLW1510, S603
        for line in (done.stdout + done.stderr).splitlines():
            if not line.startswith(("p(t)", "Calibration error")):
                print("  " + line.replace(f"{self.folder}/", ""))
        print(f"  exit code {done.returncode}", flush=True)
        return done.returncode

    def train(self, *options: str) -> int:
        return self.run("train", self.folder / "loop.toml", "--output", self.model, *options)

    def label(self, coder: str, queue: Path, frames: dict[str, str]) -> int:
        """Label a queue on the real page, one key after another; return how many were confirmed."""
        command = ["label", "--coder", coder, "--labels", self.labels, "--queue", queue, "--port", "0", "--no-browser"]
        print("\n$ framing " + " ".join(str(word).replace(f"{self.folder}/", "") for word in command), flush=True)
        server = subprocess.Popen(  # noqa: S603 - our own command
            [*FRAMING, *map(str, command)], cwd=ROOT, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        try:
            found = next(match for line in server.stderr or () if (match := LINK.search(line)))
            port = int(found[1])
            page = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            page.request("GET", f"/?token={found[2]}")
            answer = page.getresponse()
            answer.read()
            cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
            confirmed = sum(self._press(page, port, cookie, name, frame) for name, frame in frames.items())
        finally:
            server.terminate()
            server.wait(timeout=30)
        print(f"  {confirmed} labels confirmed", flush=True)
        return confirmed

    def spoil(self) -> None:
        """Let every coder change half of all codings to a frame by lot."""
        lots = random.Random(1)  # noqa: S311 - nothing here is secret
        frames = sorted({coding["frame"] for coding in self.answers.values()})
        for path in sorted((self.labels / "annotations").glob("*.jsonl")):
            codings = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            spoilt = [one | {"frame": lots.choice(frames), "runner_up": None} for one in codings]
            with path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(one) + "\n" for one in spoilt if lots.random() < 0.5)

    @staticmethod
    def _press(page: http.client.HTTPConnection, port: int, cookie: str, paragraph: str, frame: str) -> bool:
        said = {"request": str(uuid.uuid4()), "paragraph": paragraph, "frame": frame, "sure": True}
        headers = {"Cookie": cookie, "Content-Type": "application/json", "Origin": f"http://127.0.0.1:{port}"}
        body = json.dumps(said | {"runner_up": None, "note": None, "set_aside": None})
        page.request("POST", "/api/annotations", body, headers)
        return bool(json.loads(page.getresponse().read()).get("saved"))

    def _write(self, name: str, lines: list[str]) -> None:
        (self.labels / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the loop of labelling and retraining.")
    parser.add_argument("--articles", type=int, default=150, help="of the project's labels")
    parser.add_argument("--coded", type=int, default=110, help="of them coded at first")
    parser.add_argument("--new", type=int, default=50, help="labels that the queue asks for")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loop = Loop(Path(folder), given.articles, given.coded)
        queue = loop.folder / "queue.jsonl"
        loop.train()

        size = ("--size", given.new, "--labels", loop.labels, "--output", queue)
        loop.run("queue", "--purpose", "learning", *size, "--model", loop.model)
        asked = [json.loads(line)["paragraph"] for line in queue.read_text(encoding="utf-8").splitlines()]
        loop.label("ana", queue, {name: loop.answers[name]["frame"] for name in asked})
        loop.train()

        print("\n-- a recipe of single values that learns little")
        loop.recipe(strength=0, article=0, C=0.001)
        loop.train()

        print("\n-- labels dealt out by lot")
        loop.recipe(strength=0.5, article=2.0, C=2.0)
        loop.spoil()
        loop.train()
        loop.train("--force")
        loop.run("models", loop.model)


if __name__ == "__main__":
    main()
