"""How much faster the package's nested cross-validation is than the plain way, and that both give the same.

    python experiments/benchmark_cross_validation.py [--labels labels] [--repeats 1]

The same outer grouped folds are gone through three times in one process, on one thread:

1.  the package: terms counted once, every fold's vocabulary, idf and norms derived from the counts, each fit for a C
    begun at the one before it;
2.  scikit-learn's GridSearchCV over a Pipeline of TfidfVectorizer and LogisticRegression, with newton-cg at a tolerance
    at which it gives the same;
3.  the same with the library's usual solver, lbfgs, at its default tolerance, which stops far earlier.

The recipe is that of TF-IDF and linear weights alone, without smoothing, article and decoding, which the library has
not. All have the same training rows (boilerplate left out), the same inner folds, the same values of C, the same class
weights, and choose by the log loss over all inner folds' paragraphs. Timed are, for all three, cutting the texts into
terms, choosing, fitting anew on the whole training part and scoring its test part; for the package also dealing out
the inner folds and marking boilerplate, which GridSearchCV is spared. Reading the labels, laying out the outer folds
and comparing the outcomes are not timed. Seconds are those of one core, so that a busy machine does not blur them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.cross_validation import Part, parts_of
from framing.evaluation.fitting import score
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import TrainingData, training_data
from framing.evaluation.tuning import inner_folds, tune_and_fit
from framing.model import softmax
from framing.model.features import fit_tfidf, tfidf_matrix
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DataSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)
from framing.workflow.data import load_data

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOLERANCE = 1e-9
LIBRARY_TOLERANCE = 1e-4
# What is taken for the same probability: both solvers stop short of the optimum.
SAME = 1e-5
MOST_STEPS = 10_000


@dataclass(frozen=True)
class Outcome:
    """What one way through the outer folds took and gave.

    Attributes
    ----------
    seconds : float
    probabilities : list of ndarray, each of shape (n_test, n_labels)
    chosen : list of float
        C, fold by fold.
    """

    seconds: float
    probabilities: list[Floats]
    chosen: list[float]


@dataclass(frozen=True)
class Benchmark:
    """The three ways, and how far the package's TF-IDF is from a refitted vectoriser's."""

    package: Outcome
    same_solver: Outcome
    usual_solver: Outcome
    matrix_difference: float


def benchmark(data: LabelledParagraphs, experiment: Experiment) -> Benchmark:
    """Go through the outer folds in all three ways.

    Parameters
    ----------
    data : LabelledParagraphs
    experiment : Experiment
        Its tuning metric is taken to be the log loss, its features TF-IDF of words.
    """
    plan = plan_splits(data, experiment.evaluation, experiment.seed)
    parts = parts_of(plan.test_fold)
    with threadpool_limits(1):
        began = time.process_time()
        shared = training_data(data, plan.groups, experiment)
        package = the_package(shared, parts, experiment, began)
        same_solver = grid_search(data, shared, parts, experiment, solver="newton-cg", tolerance=TOLERANCE)
        usual_solver = grid_search(data, shared, parts, experiment, solver="lbfgs", tolerance=LIBRARY_TOLERANCE)
    return Benchmark(package, same_solver, usual_solver, matrix_difference(data, shared, parts, experiment))


def the_package(shared: TrainingData, parts: Sequence[Part], experiment: Experiment, began: float) -> Outcome:
    probabilities, chosen = [], []
    for part in parts:
        fitted = tune_and_fit(shared, part.train, experiment, repeat=part.repeat, fold=part.fold)
        probabilities.append(softmax(score(shared, fitted, part.test)))
        chosen.append(fitted.choice.candidate.C)
    return Outcome(time.process_time() - began, probabilities, chosen)


def grid_search(
    data: LabelledParagraphs,
    shared: TrainingData,
    parts: Sequence[Part],
    experiment: Experiment,
    *,
    solver: str,
    tolerance: float,
) -> Outcome:
    seconds, probabilities, chosen = 0.0, [], []
    for part in parts:
        rows = learnt_from(shared, part.train)
        folds = np.asarray(inner_folds(shared, part.train, experiment, repeat=part.repeat, fold=part.fold))
        splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in np.unique(folds)]
        seen, unseen = ([data.texts[row] for row in some] for some in (rows, part.test))
        class_weight = None if experiment.classifier.class_weight == "none" else experiment.classifier.class_weight
        logistic = LogisticRegression(solver=solver, tol=tolerance, class_weight=class_weight, max_iter=MOST_STEPS)
        search = GridSearchCV(
            Pipeline([("tfidf", vectoriser(experiment)), ("logistic", logistic)]),
            {"logistic__C": sorted(experiment.classifier.C)},
            scoring="neg_log_loss",
            cv=splits,
            refit=best_over_all_paragraphs([len(test) for _, test in splits]),
        )
        began = time.process_time()
        search.fit(seen, shared.gold[rows])
        probabilities.append(search.predict_proba(unseen))
        seconds += time.process_time() - began
        chosen.append(search.best_params_["logistic__C"])
    return Outcome(seconds, probabilities, chosen)


def best_over_all_paragraphs(sizes: Sequence[int]) -> Any:
    """Return a choice for GridSearchCV that weighs inner folds by their size, as the package does."""

    def best(results: dict[str, Any]) -> int:
        figures = np.array([results[f"split{place}_test_score"] for place in range(len(sizes))])
        return int(np.argmax(np.array(sizes) @ figures))

    return best


def matrix_difference(
    data: LabelledParagraphs, shared: TrainingData, parts: Sequence[Part], experiment: Experiment
) -> float:
    """Return the largest difference between derived and refitted TF-IDF, over all parts' training and test rows."""
    largest = 0.0
    for part in parts:
        rows = learnt_from(shared, part.train)
        weights = fit_tfidf(shared.counts, rows, experiment.features)
        refitted = vectoriser(experiment).fit([data.texts[row] for row in rows])
        if not np.array_equal(shared.counts.terms[weights.columns], refitted.get_feature_names_out()):
            return float("inf")
        for some in (rows, part.test):
            derived = tfidf_matrix(shared.counts, some, weights)
            largest = max(largest, abs(derived - refitted.transform([data.texts[row] for row in some])).max())
    return float(largest)


def vectoriser(experiment: Experiment) -> TfidfVectorizer:
    features = experiment.features
    return TfidfVectorizer(ngram_range=features.ngrams, sublinear_tf=features.sublinear_tf, min_df=features.min_df)


def learnt_from(shared: TrainingData, rows: Integers) -> Integers:
    return rows[(shared.gold[rows] >= 0) & ~shared.boilerplate[rows]]


def furthest(one: Outcome, other: Outcome) -> float:
    """Return the largest difference between two ways' out-of-fold probabilities."""
    pairs = zip(one.probabilities, other.probabilities, strict=True)
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


def agree(outcome: Benchmark) -> bool:
    """Tell whether the package and the search with a tight tolerance have the same TF-IDF, choices, probabilities."""
    return (
        outcome.matrix_difference < 1e-12
        and outcome.package.chosen == outcome.same_solver.chosen
        and furthest(outcome.package, outcome.same_solver) < SAME
    )


def report(outcome: Benchmark, experiment: Experiment) -> str:
    package = outcome.package
    outer, inner, strengths = len(package.chosen), experiment.evaluation.inner_folds, len(experiment.classifier.C)
    sizes = f"{outer} outer folds, {inner} inner folds, {strengths} values of C"
    lines = [
        f"{sizes}; one process, one thread; cutting texts into terms is timed",
        f"{'':44}{'seconds':>10}{'ratio':>8}{'same C':>9}{'largest difference of a probability':>38}",
        f"{'the package':44}{package.seconds:10.1f}{1:8.1f}",
    ]
    for name, other in (
        (f"GridSearchCV, newton-cg, tolerance {TOLERANCE:g}", outcome.same_solver),
        (f"GridSearchCV, lbfgs, tolerance {LIBRARY_TOLERANCE:g} (default)", outcome.usual_solver),
    ):
        same = sum(ours == theirs for ours, theirs in zip(package.chosen, other.chosen, strict=True))
        lines.append(
            f"{name:44}{other.seconds:10.1f}{other.seconds / package.seconds:8.1f}"
            f"{f'{same} of {outer}':>9}{furthest(package, other):38.1e}"
        )
    lines.append(f"largest difference between derived and refitted TF-IDF: {outcome.matrix_difference:.1e}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 where the package and the search with its solver do not give the same."""
    parser = argparse.ArgumentParser(description="Time the package's cross-validation against GridSearchCV.")
    parser.add_argument("--labels", default="labels", help="a labels folder (default: labels)")
    parser.add_argument("--repeats", type=int, default=1, help="repeats of the five outer folds (default: 1)")
    options = parser.parse_args(arguments)
    experiment = Experiment(
        data=DataSettings(labels=options.labels),
        smoothing=SmoothingSettings(strength=(0.0,)),
        context=ContextSettings(article=(0.0,)),
        classifier=ClassifierSettings(C=(0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0), targets="gold"),
        decoding=DecodingSettings(emission=(0.0,)),
        calibration=CalibrationSettings(coverage=0.0),
        evaluation=EvaluationSettings(repeats=options.repeats),
    )
    outcome = benchmark(load_data(experiment), experiment)
    sys.stdout.write(report(outcome, experiment))
    return 0 if agree(outcome) else 1


if __name__ == "__main__":
    sys.exit(main())
