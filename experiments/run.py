"""Measure the experiments of this folder, write their results, and make the tables that show them.

    python experiments/run.py [NAME ...] [--gvfc FILE] [--jobs N] [--work FOLDER]
    python experiments/run.py --tables

Without names all are measured; those on the Gun Violence Frame Corpus need its file. The main one is trained, and its
model becomes the default model. What learns from the same labels is set against it on the same folds, as ``framing
compare`` does. ``--tables`` makes those of this folder's README.md and of the project's.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from framing.artifact import default_folder, load
from framing.artifact.manifest import canonical
from framing.errors import FramingError
from framing.settings import read_experiment
from framing.workflow.comparison import compare_models
from framing.workflow.evaluation import evaluate_to
from framing.workflow.training import train

sys.path.insert(0, str(Path(__file__).parent))
import tables  # the module beside this one


def measure(chosen: list[str], gvfc: Path | None, jobs: int, work: Path) -> None:
    """Measure experiments, and set those on the main one's labels against it."""
    tables.AGAINST_MAIN.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        experiment = read_experiment(tables.HOME / f"{name}.toml")
        elsewhere = experiment.data.csv is not None
        if elsewhere and gvfc is None:
            print(f"{name}: skipped, since it needs {experiment.data.csv}; see --gvfc")
            continue
        if name == tables.MAIN:
            model = train(experiment, output=default_folder(), force=True, jobs=jobs).folder
            shutil.copyfile(model / "evaluation.json", tables.RESULTS / f"{name}.json")
            continue
        measured = evaluate_to(work / name, experiment, data=gvfc if elsewhere else None, jobs=jobs)
        shutil.copyfile(measured.path, tables.RESULTS / f"{name}.json")
        print(f"{name}: measured")
    for name in chosen:
        if name != tables.MAIN and (work / name).exists() and read_experiment(tables.HOME / f"{name}.toml").data.labels:
            set_against_main(name, work, jobs)


def set_against_main(name: str, work: Path, jobs: int) -> None:
    summary = compare_models(default_folder(), work / name, jobs=jobs).summary
    summary["a"]["name"], summary["b"]["name"] = tables.MAIN, name
    (tables.AGAINST_MAIN / f"{name}.json").write_bytes(canonical(summary))


def make_tables() -> None:
    """Bring the tables of both pages up to the committed results."""
    page = tables.HOME / "README.md"
    page.write_text(tables.between(page.read_text(encoding="utf-8"), "results", tables.of_experiments()), "utf-8")
    evaluation = load(default_folder()).evaluation
    if evaluation is not None:
        page = tables.HOME.parent / "README.md"
        page.write_text(
            tables.between(page.read_text(encoding="utf-8"), "figures", tables.of_model(evaluation)), "utf-8"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the experiments of this folder.")
    parser.add_argument("names", nargs="*", help="experiments; without a name, all of them")
    parser.add_argument("--gvfc", type=Path, help="the Gun Violence Frame Corpus as a CSV file")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; without it, all cores")
    parser.add_argument("--work", type=Path, help="keep the evaluations with their rows in this folder")
    parser.add_argument("--tables", action="store_true", help="only make the tables again")
    given = parser.parse_args()
    if not given.tables:
        with tempfile.TemporaryDirectory() as aside:
            try:
                measure(given.names or tables.names(), given.gvfc, given.jobs, given.work or Path(aside))
            except FramingError as error:
                sys.exit(f"run.py: {error}")
    make_tables()


if __name__ == "__main__":
    main()
