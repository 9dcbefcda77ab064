"""How long training takes, how much memory, and how both grow with the number of labelled paragraphs.

    python experiments/benchmarks/training.py

The default recipe on made paragraphs (corpus.py) that carry the labels of their templates, with the values that the
default model chose in the place of its grids: five inner folds calibrate, and the model that ships is fitted on all.
Choosing from grids, and measuring the recipe by cross-validation as `framing train` does before, are many such fits
more. Each size has a process of its own, one after another, on one thread; seconds are the processor's. Beside it
stands scikit-learn's TfidfVectorizer with LogisticRegression, one fit of the same terms: no smoothing, no article, no
calibration.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from framing.annotation.records import LabelledParagraphs
from framing.artifact import Artifact, default_folder, load, pack
from framing.artifact.storage import save as save_model
from framing.evaluation.fitting import fit
from framing.evaluation.folding import frame_model, learn_familiarity
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import training_data
from framing.evaluation.tuning import tune_and_fit
from framing.model.lexicon import read_lexicon
from framing.settings import Experiment, as_table, read_experiment

sys.path.insert(0, str(Path(__file__).parent))
from corpus import SEED, Corpus, labelled
from measuring import ROOT, markdown, save

SIZES = (1_000, 2_422, 10_000, 100_000)
WAYS = ("framing", "scikit-learn")
REFIT = "the last fit alone"
T = TypeVar("T")


class Stages:
    """Notes the processor's time that each stage takes, and how large the process was at most within it."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        forget_peak()
        began = time.process_time()
        result = work()
        seconds = time.process_time() - began
        self.taken.append({"name": name, "seconds": round(seconds, 2), "peak_megabytes": peak_megabytes()})
        return result


def forget_peak() -> None:
    """Begin to look for the largest size anew, where the system lets one."""
    path = Path("/proc/self/clear_refs")
    try:
        path.write_text("5", encoding="ascii")
    except OSError:
        return


def peak_megabytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == "darwin" else 1024)


def settled(artifact: Artifact) -> Experiment:
    """Give the default recipe with one value in each of its grids: the one that the default model chose."""
    experiment = read_experiment(ROOT / "experiments" / "conflict-frames.toml")
    chosen, replace = artifact.manifest["chosen"], dataclasses.replace
    return replace(
        experiment,
        smoothing=replace(experiment.smoothing, strength=(chosen["smoothing"],), pieces=(chosen["pieces"],)),
        context=replace(experiment.context, article=(chosen["article"],), source_weight=(chosen["source_weight"],)),
        classifier=replace(experiment.classifier, C=(chosen["C"],)),
        decoding=replace(experiment.decoding, emission=(chosen["emission"],)),
    )


def train(data: LabelledParagraphs, experiment: Experiment, *, refit: bool = True) -> tuple[list[dict[str, Any]], int]:
    """Train stage by stage as `framing.workflow.training` does; return the stages and the number of terms."""
    stages, rows = Stages(), np.arange(len(data.texts))
    plan = stages("finding copies, dealing folds", lambda: plan_splits(data, experiment.evaluation, experiment.seed))
    counted = stages("counting terms, finding vectors", lambda: training_data(data, plan.groups, experiment))
    fitted = stages("inner folds and the last fit", lambda: tune_and_fit(counted, rows, experiment, repeat=0, fold=0))
    lexicon = read_lexicon()
    model = stages("folding back into words", lambda: frame_model(counted, fitted, experiment, lexicon))
    familiarity = stages("learning what is usual", lambda: learn_familiarity(counted, data.texts, model, lexicon))
    manifest = {
        "experiment": as_table(experiment),
        "codebook": data.codebook.digest,
        "labels": {"digest": data.digest, "paragraphs": len(data.texts), "ours": True},
        "chosen": fitted.choice.as_table(),
    }
    artifact = Artifact("made", data.codebook, experiment.segmentation, model, manifest, None, familiarity)
    with tempfile.TemporaryDirectory() as folder:
        stages("saving", lambda: save_model(pack(artifact), Path(folder) / "made"))
    if refit:
        stages(REFIT, lambda: fit(counted, rows, experiment, fitted.choice))
    return stages.taken, len(model.terms.terms)


def train_plainly(data: LabelledParagraphs, experiment: Experiment) -> tuple[list[dict[str, Any]], int]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    stages, vectoriser = Stages(), TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    logistic = LogisticRegression(C=experiment.classifier.C[0], class_weight="balanced", max_iter=10_000)
    matrix = stages("counting terms", lambda: vectoriser.fit_transform(data.texts))
    stages("the fit", lambda: logistic.fit(matrix, data.gold))
    return stages.taken, matrix.shape[1]


def measure_one(size: int, way: str, seed: int, model: Path) -> dict[str, Any]:
    from threadpoolctl import threadpool_limits

    corpus, experiment = Corpus.of_labels(), settled(load(model))
    data = labelled(corpus, corpus.paragraphs(size, seed))
    del corpus
    with threadpool_limits(1):
        stages, n_terms = train(data, experiment) if way == "framing" else train_plainly(data, experiment)
    counted = [stage for stage in stages if stage["name"] != REFIT]
    return {
        "way": way,
        "paragraphs": size,
        "terms": n_terms,
        "seconds": round(sum(stage["seconds"] for stage in counted), 1),
        "peak_megabytes": max(stage["peak_megabytes"] for stage in counted),
        "stages": stages,
    }


def in_own_process(size: int, way: str, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", way, "--sizes", str(size), "--seed", str(options.seed)]
    ended = subprocess.run([*command, "--model", str(options.model)], stdout=subprocess.PIPE, check=True)  # noqa: S603
    outcome: dict[str, Any] = json.loads(ended.stdout)
    return outcome


def growth(runs: Sequence[dict[str, Any]], figure: str) -> float:
    """Give the exponent with which a figure grows from the smallest size to the largest."""
    first, last = runs[0], runs[-1]
    return math.log(last[figure] / first[figure]) / math.log(last["paragraphs"] / first["paragraphs"])


def table(result: dict[str, Any]) -> str:
    """Set the sizes side by side, then the stages of the package's own."""
    rows, last_rows = [], []
    for way in WAYS:
        runs = [run for run in result["runs"] if run["way"] == way]
        rows += [
            (way, *(f"{run[figure]:,}" for figure in ("paragraphs", "terms", "seconds", "peak_megabytes")))
            for run in runs
        ]
        if len(runs) > 1:
            told = " and ".join(f"{growth(pair, 'seconds'):.2f}" for pair in (runs, runs[-2:]))
            memory = " and ".join(f"{growth(pair, 'peak_megabytes'):.2f}" for pair in (runs, runs[-2:]))
            last_rows.append((way, "exponent, over all sizes and over the last two", "", told, memory))
    whole = markdown(("", "paragraphs", "terms", "processor seconds", "peak MB"), [*rows, *last_rows])
    runs = [run for run in result["runs"] if run["way"] == "framing"]
    by_stage = zip(*(run["stages"] for run in runs), strict=True)
    stages = [
        (several[0]["name"], *(f"{stage['seconds']:,.1f} s, {stage['peak_megabytes']:,} MB" for stage in several))
        for several in by_stage
    ]
    sizes = [f"{run['paragraphs']:,}" for run in runs]
    return "\n\n".join((whole, markdown(("stage", *sizes), stages)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="paragraphs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--model", type=Path, default=default_folder(), help="whose choices are taken")
    parser.add_argument("--one", choices=WAYS, help="measure one size in this process, and print it")
    parser.add_argument("--output", type=Path, help="default: results/training.json beside this file")
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measure_one(options.sizes[0], options.one, options.seed, options.model)))
        return 0
    result: dict[str, Any] = {"runs": []}
    for size, way in product(options.sizes, WAYS):
        result["runs"].append(in_own_process(size, way, options))
        # The largest take long: what was measured by then is kept if the rest is broken off.
        save("training", result, options.output)
    print(table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
