"""Measure the experiments of this folder, write their results, and make the table in README.md from them.

    python experiments/run.py [NAME ...] [--gvfc FILE] [--jobs N]
    python experiments/run.py --table

Without names all are measured; those on the Gun Violence Frame Corpus need its file. Every ablation is set against
the main recipe, on the same folds, as ``framing compare`` does it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from framing.artifact.manifest import canonical
from framing.settings import read_experiment
from framing.workflow.comparison import compare_models
from framing.workflow.evaluation import evaluate_to

HOME = Path(__file__).parent
RESULTS = HOME / "results"
README = HOME / "README.md"
MAIN = "conflict-frames"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def names() -> list[str]:
    """List the experiments, the main one first."""
    found = sorted(path.stem for path in HOME.glob("*.toml"))
    return [MAIN, *(name for name in found if name != MAIN)]


def measure(chosen: list[str], gvfc: Path | None, jobs: int, work: Path) -> None:
    """Measure experiments, and set those on the main one's labels against it."""
    for name in chosen:
        experiment = read_experiment(HOME / f"{name}.toml")
        if experiment.data.csv is not None and gvfc is None:
            print(f"{name}: skipped, since it needs {experiment.data.csv}; see --gvfc")  # noqa: T201
            continue
        measured = evaluate_to(work / name, experiment, data=gvfc if experiment.data.csv else None, jobs=jobs)
        shutil.copyfile(measured.path, RESULTS / f"{name}.json")
        against = work / MAIN
        if experiment.data.labels is not None and name != MAIN and against.exists():
            outcome = compare_models(against, work / name)
            summary = outcome.summary | {"a": outcome.summary["a"] | {"name": MAIN}}
            summary |= {"b": outcome.summary["b"] | {"name": name}}
            (RESULTS / "against-main" / f"{name}.json").write_bytes(canonical(summary))
        print(f"{name}: measured")  # noqa: T201


def table() -> str:
    """Make the table from the committed results."""
    lines = [
        "| experiment | labels | accuracy | macro-F1 | frames only | best baseline | less the main recipe |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names():
        path = RESULTS / f"{name}.json"
        if path.exists():
            lines.append(_row(name, json.loads(path.read_text())))
    return "\n".join(lines)


def _row(name: str, result: dict[str, Any]) -> str:
    figures, protocol = result["metrics"], result["protocol"]
    units = f"{protocol['with_gold']:,}"
    frames = figures.get("macro_f1_frames")
    versus = RESULTS / "against-main" / f"{name}.json"
    less = json.loads(versus.read_text())["b_less_a"]["macro_f1"] if versus.exists() else None
    cells = [
        f"[{name}]({name}.toml): {protocol['experiment']['description']}",
        units,
        _interval(figures["accuracy"]),
        _interval(figures["macro_f1"]),
        "" if frames is None else _interval(frames),
        _best_baseline(result),
        "" if less is None else _interval(less, signed=True),
    ]
    return f"| {' | '.join(cells)} |"


def _best_baseline(result: dict[str, Any]) -> str:
    measured = {name: of for name, of in result["baselines"].items() if "metrics" in of}
    if len(measured) < 2:
        return ""
    best = max(measured, key=lambda name: measured[name]["metrics"]["macro_f1"]["value"])
    return f"{measured[best].get('title', best)} {_interval(measured[best]['metrics']['macro_f1'])}"


def _interval(figure: dict[str, float], *, signed: bool = False) -> str:
    value, low, high = (
        f"{figure[key]:{'+' if signed else ''}.3f}".replace("0.", ".") for key in ("value", "low", "high")
    )
    return f"{value} [{low}, {high}]"


def with_table(readme: str) -> str:
    """Put the table between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the experiments of this folder.")
    parser.add_argument("names", nargs="*", help="experiments; all of them without a name")
    parser.add_argument("--gvfc", type=Path, help="the Gun Violence Frame Corpus as a CSV file")
    parser.add_argument("--jobs", type=int, default=-1, help="processes")
    parser.add_argument("--work", type=Path, help="keep the evaluations with their rows here")
    parser.add_argument("--table", action="store_true", help="only make the table again")
    given = parser.parse_args()
    if not given.table:
        (RESULTS / "against-main").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as aside:
            measure(given.names or names(), given.gvfc, given.jobs, given.work or Path(aside))
    README.write_text(with_table(README.read_text()))


if __name__ == "__main__":
    main()
