"""Write the tables of README.md out of the committed results.

python experiments/benchmarks/tables.py            # writes them
python experiments/benchmarks/tables.py --check    # 1 where they are not what the results say, or rest on none
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
# Behind this folder: both have tables.
sys.path.append(str(Path(__file__).parents[1]))
from marked_page import between
from measuring import HOME, RESULTS

from framing.files import written_aside

PAGE = HOME / "README.md"
# The results, each with the script that makes it.
SCRIPTS = {
    "scoring": "scoring",
    "exactness": "exactness",
    "cold_start": "cold_start",
    "streaming": "streaming",
    "cluster": "cluster",
    "cluster_shards": "cluster",
    "training": "training",
}


def page(text: str, results: Path = RESULTS) -> str:
    """Bring a page up to the results; where there is none, what stands there stays."""
    for name, script in SCRIPTS.items():
        path = results / f"{name}.json"
        if path.exists():
            result = json.loads(path.read_text(encoding="utf-8"))
            text = between(text, name, f"{import_module(script).table(result)}\n\n{_measured(result)}")
    return text


def unbacked(text: str, results: Path = RESULTS) -> list[str]:
    """Name the tables of a page that no result is there for."""
    missing = [name for name in SCRIPTS if not (results / f"{name}.json").exists()]
    return [name for name in missing if between(text, name, "").split() != text.split()]


def _measured(result: dict[str, Any]) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items())
    return (
        f"`{result['command']}`: {machine['processor']}, {machine['cores']} cores, {machine['memory_gigabytes']} GB, "
        f"{machine['system']}, Python {machine['python']}, {versions}."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; with --check, 1 where it is stale or rests on nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    before = PAGE.read_text(encoding="utf-8")
    after = page(before)
    if not options.check:
        with written_aside(PAGE) as file:
            file.write(after.encode())
        return 0
    if before != after:
        print("the tables are not those of the results; run: python experiments/benchmarks/tables.py", file=sys.stderr)
    if missing := unbacked(before):
        print(f"no result is there for the tables: {', '.join(missing)}", file=sys.stderr)
    return int(before != after or bool(missing))


if __name__ == "__main__":
    sys.exit(main())
