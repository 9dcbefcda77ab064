"""Write the tables of README.md out of the committed results.

python experiments/benchmarks/tables.py            # writes them
python experiments/benchmarks/tables.py --check    # 1 where they are not what the results say
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from measuring import HOME, RESULTS, markdown, ratio

from framing.files import written_aside

PAGE = HOME / "README.md"
CLUSTERS = ("cluster", "cluster_shards")
# The results, each made by the script of its name but for those of cluster.py.
NAMES = ("scoring", "exactness", "cold_start", "streaming", *CLUSTERS, "training")


def page(text: str, results: Path = RESULTS) -> str:
    """Bring a page up to the results; where there is none, what stands there stays."""
    for name in NAMES:
        path = results / f"{name}.json"
        if path.exists():
            result = json.loads(path.read_text(encoding="utf-8"))
            shown = two_against_one(result) if name in CLUSTERS else import_module(name).table(result)
            text = between(text, name, f"{shown}\n\n{_measured(result)}")
    return text


def two_against_one(result: dict[str, Any]) -> str:
    """Set two processes and two workers against one of each."""
    rows, seconds = [], result["seconds"]
    for one, two in (("1 process", "2 processes"), ("1 Dask worker", "2 Dask workers")):
        times = [f"{median(seconds[name]):.2f}" for name in (one, two)]
        rows.append((f"{two} against {one}", *times, ratio(seconds[one], seconds[two])))
    return markdown(("", "seconds of one", "of two", "times as fast"), rows)


def between(text: str, mark: str, content: str) -> str:
    """Put content between two marks of a page.

    Raises
    ------
    ValueError
        When the page has not both.
    """
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no '{begin}' with an '{end}' behind it")
    return f"{before}{begin}\n{content}\n{end}{after}"


def _measured(result: dict[str, Any]) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items())
    return (
        f"`{result['command']}`: {machine['processor']}, {machine['cores']} cores, {machine['memory_gigabytes']} GB, "
        f"{machine['system']}, Python {machine['python']}, {versions}."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; with --check, 1 where it is stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    before = PAGE.read_text(encoding="utf-8")
    after = page(before)
    if not options.check:
        with written_aside(PAGE) as file:
            file.write(after.encode())
    return int(options.check and before != after)


if __name__ == "__main__":
    sys.exit(main())
