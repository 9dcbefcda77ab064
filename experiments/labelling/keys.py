"""How long a key press takes on the labelling page: from the key to 'saved' and the next paragraph on the screen.

    python experiments/labelling/keys.py [--labels labels] [--paragraphs 10000] [--presses 300]

A temporary folder gets the texts of a labels folder over and over, article by article under new ids, until it holds so
many paragraphs. The real server runs on it as a process of its own, a headless Chromium opens its page, and labels are
pressed one after another, each when the paragraph after the one before stands there. A press is timed inside the page,
by its clock: from the keydown to the moment when the page has said that it is saved (the server has the line on the
disk by then) and shows the next paragraph, and on to the next frame that the browser paints.

Needs the extra 'label', playwright and an installed Chromium; nothing leaves this machine.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
SERVE = "import typer; from framing.cli.label import label; typer.run(label)"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=[\w-]+")
LABELS = "12340"

# The page's own marks: the position changes after the status has said 'saved'.
TIMER = """() => {
  const [status, position] = ["status", "position"].map((id) => document.getElementById(id));
  window.presses = [];
  let pressed = null;
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    if (pressed === null || !status.textContent.startsWith("Saved: ")) return;
    const press = { shown: performance.now() - pressed, painted: null };
    const since = pressed;
    pressed = null;
    requestAnimationFrame(() => setTimeout(() => {
      press.painted = performance.now() - since;
      window.presses.push(press);
    }));
  }).observe(position, { childList: true, characterData: true, subtree: true });
}"""


def fill_folder(folder: Path, labels: Path, wanted: int) -> tuple[int, int]:
    """Write a labels folder with so many paragraphs; return how many articles it has, and the most in one of them."""
    (folder / "annotations").mkdir(parents=True)
    shutil.copy(labels / "codebook.toml", folder)
    originals: dict[str, list[dict[str, Any]]] = {}
    for line in (labels / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines():
        paragraph = json.loads(line)
        originals.setdefault(paragraph["article"], []).append(paragraph)
    written = articles = 0
    with (folder / "paragraphs.jsonl").open("w", encoding="utf-8") as file:
        while written < wanted:
            for name, paragraphs in originals.items():
                article = f"{name}-{articles}"
                articles += 1
                for paragraph in paragraphs[: wanted - written]:
                    told = {**paragraph, "id": f"{article}:{paragraph['position']}", "article": article}
                    file.write(json.dumps(told, ensure_ascii=False) + "\n")
                    written += 1
                if written >= wanted:
                    break
    return articles, max(len(paragraphs) for paragraphs in originals.values())


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run the labelling page's server, and give its link."""
    asked = ["--coder", "keys", "--labels", str(folder), "--port", "0", "--no-browser"]
    command = [sys.executable, "-c", SERVE, *asked]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT) as process:  # noqa: S603 - our own
        assert process.stderr is not None
        try:
            said = []
            for line in process.stderr:
                said.append(line.strip())
                if found := LINK.search(line):
                    yield found[0]
                    break
            else:
                sys.exit(f"the server did not start: {' '.join(said)}")
        finally:
            process.kill()


def press_keys(page: Page, link: str, presses: int) -> list[dict[str, float]]:
    """Label so many paragraphs one after another; return how long each press took, in milliseconds."""
    page.goto(link)
    page.wait_for_selector("[aria-current]")
    page.evaluate(TIMER)
    for number in range(presses):
        page.keyboard.press(LABELS[number % len(LABELS)])
        page.wait_for_function("number => window.presses.length > number", arg=number)
    told: list[dict[str, float]] = page.evaluate("window.presses")
    return told


def launch(driver: Any) -> Browser:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium is installed")
    browser: Browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    return browser


def row(name: str, milliseconds: Sequence[float]) -> str:
    parts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return f"| {name} | {statistics.median(milliseconds):.1f} | {parts[94]:.1f} | {max(milliseconds):.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=ROOT / "labels", help="the folder whose texts are used")
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--presses", type=int, default=300)
    asked = parser.parse_args()
    if asked.presses < 2 or asked.presses >= asked.paragraphs:
        parser.error("--presses must be at least 2, and fewer than --paragraphs")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        folder = Path(place) / "labels"
        articles, longest = fill_folder(folder, asked.labels, asked.paragraphs)
        browser = launch(driver)
        with serving(folder) as link:
            times = press_keys(browser.new_page(), link, asked.presses)
        browser.close()
        lines = (folder / "annotations" / "keys.jsonl").read_text(encoding="utf-8").count("\n")
    if lines != asked.presses:
        sys.exit(f"{asked.presses} keys were said to be saved, and the file holds {lines} lines")
    print(f"{asked.presses} presses, a queue of {asked.paragraphs:,} paragraphs in {articles:,} articles", end=" ")
    print(f"of up to {longest}; all lines are in the file\n")
    print("| from the key press to | median, ms | 95th percentile, ms | longest, ms |")
    print("|---|---|---|---|")
    print(row("'saved' said and the next paragraph shown", [press["shown"] for press in times]))
    print(row("the next frame painted", [press["painted"] for press in times]))


if __name__ == "__main__":
    main()
