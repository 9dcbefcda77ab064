"""From the shell to the first label: a new process that classifies one article, and others that it can be held against.

    python experiments/benchmarks/cold_start.py

Each process is started anew, in turns, with its files in the system's memory. What scikit-learn takes is the least that
a program can do with the exported Pipeline of the same model: load it with joblib and print the labels of the same
paragraphs, which it is given ready cut. `framing classify` checks the model's folder, cuts the article, too, and prints
its table with evidence. Take an environment in which framing is installed: then it is the shell's command that runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from framing.artifact import Artifact, default_folder, load
from framing.artifact.export import export
from framing.text.reading import read_articles

sys.path.insert(0, str(Path(__file__).parent))
from measuring import ROOT, ROUNDS, Contender, markdown, ratio, save, take_turns

ARTICLE = ROOT / "experiments" / "examples" / "curfew-week.txt"
# What the installed command runs.
ENTRY = "import sys; from framing.cli import main; sys.exit(main())"
# What is imported by the end of a program.
TELL = "import atexit, sys; atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)))"
PREDICT = """
import json, sys, joblib
pipeline = joblib.load(sys.argv[1])
with open(sys.argv[2]) as file:
    paragraphs = json.load(file)
for label in pipeline.predict(paragraphs):
    print(label)
"""
OURS, THEIRS, HELP = "framing classify ARTICLE", "joblib.load of the Pipeline, predict", "framing --help"


def command() -> list[str]:
    """Return the command beside this Python, or what it runs where it is not installed."""
    script = Path(sys.executable).with_name("framing")
    return [str(script)] if script.is_file() else [sys.executable, "-c", ENTRY]


def paragraphs_of(artifact: Artifact, article: Path) -> list[str]:
    """Cut an article as the model does, without its boilerplate."""
    errors: list[Exception] = []
    read = read_articles(
        str(article), kind="auto", stdin=sys.stdin.buffer, on_error=errors.append, on_skip=errors.append
    )
    classified = [paragraph for each in read for paragraph in artifact.classify(each)]
    if errors:
        raise SystemExit(str(errors[0]))
    return [paragraph["text"] for paragraph in classified if not paragraph["boilerplate"]]


def commands(model: Path, article: Path, folder: Path) -> dict[str, list[str]]:
    """Return all commands by name, with the files that they need in a folder."""
    artifact = load(model)
    pipeline, texts = folder / "pipeline.joblib", folder / "paragraphs.json"
    export(artifact, pipeline, "joblib")
    texts.write_text(json.dumps(paragraphs_of(artifact, article)), encoding="utf-8")
    heavy = "import sklearn, pandas" if find_spec("pandas") else "import sklearn"
    python = [sys.executable, "-c"]
    return {
        OURS: [*command(), "classify", "--model", str(model), str(article)],
        THEIRS: [*python, PREDICT, str(pipeline), str(texts)],
        HELP: [*command(), "--help"],
        "python, nothing": [*python, "pass"],
        "python, import numpy": [*python, "import numpy"],
        f"python, {heavy}": [*python, heavy],
    }


def run(words: Sequence[str]) -> str:
    """Run a command and return what it wrote to stderr; one that fails ends the benchmark."""
    done = subprocess.run(  # noqa: S603 - our own words
        words, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:1])} failed:\n{done.stderr}")
    return done.stderr


def imported(arguments: Sequence[str]) -> list[str]:
    """Name the top-level modules that a run of framing imports, without those of Python itself."""
    before, after = (
        {name.split(".")[0] for name in run([sys.executable, "-c", f"{TELL}\n{code}", *arguments]).split()}
        for code in ("", ENTRY)
    )
    return sorted(after - before - sys.stdlib_module_names)


def measure(model: Path, article: Path, rounds: int) -> dict[str, Any]:
    """Run every command in turns."""
    with tempfile.TemporaryDirectory() as folder:
        found = commands(model, article, Path(folder))
        cores = os.cpu_count() or 1
        contenders = [Contender(name, lambda words=words: run(words), cores) for name, words in found.items()]
        seconds = take_turns(contenders, rounds=rounds)
        modules = imported(found[OURS][len(command()) :])
    return {"rounds": rounds, "seconds": seconds, "modules": modules}


def table(result: dict[str, Any]) -> str:
    seconds = result["seconds"]
    rows = [
        (name, f"{median(taken):.3f}", f"{min(taken):.3f}", ratio(taken, seconds[OURS]))
        for name, taken in seconds.items()
    ]
    shown = markdown(("process", "median s", "least s", "times as long as ours"), rows)
    return f"{shown}\n\n`{OURS}` imports beside Python's own modules: {', '.join(result['modules'])}."


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=default_folder(), help="the folder of a model")
    parser.add_argument("--article", type=Path, default=ARTICLE, help="what is classified")
    parser.add_argument(
        "--rounds",
        type=int,
        default=ROUNDS,
        help="how often each process is run (default: %(default)s); a single round is not warmed up",
    )
    parser.add_argument("--output", type=Path, help="the result; results/cold_start.json without it")
    options = parser.parse_args(arguments)
    result = measure(options.model, options.article, options.rounds)
    save("cold_start", result, options.output)
    print(table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
