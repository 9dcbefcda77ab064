"""What is measured beside the main figures, each study on the same folds and against the same yardstick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np

from framing.annotation.records import LabelledParagraphs
from framing.evaluation import metrics
from framing.evaluation.baselines import Baseline, baselines
from framing.evaluation.behaviour import BehaviourTests, measure_behaviour
from framing.evaluation.choice import Choice
from framing.evaluation.comparison import Comparison, compare
from framing.evaluation.consistency import measure_consistency
from framing.evaluation.cross_validation import OutOfFold, OwnRecipe, Recipe, cross_validate
from framing.evaluation.description import describe_data
from framing.evaluation.examples import draw_examples
from framing.evaluation.fitting import fit
from framing.evaluation.folding import frame_model
from framing.evaluation.headline import DIGITS, Yardstick, rounded
from framing.evaluation.in_use import measure_in_use
from framing.evaluation.label_issues import find_issues
from framing.evaluation.leakage import measure_leakage
from framing.evaluation.learning_curve import measure_learning_curve
from framing.evaluation.record import Judges, Keep
from framing.evaluation.sampling import measure_sampling
from framing.evaluation.selective import measure_selective
from framing.evaluation.shift import measure_shift
from framing.evaluation.splits import SplitPlan
from framing.evaluation.training_data import TrainingData, training_data
from framing.model import FrameModel, softmax
from framing.model.lexicon import read_lexicon
from framing.model.masking import names
from framing.settings import Experiment

Stages = Callable[[str, int, int], None]


def no_stages(_stage: str, _done: int, _total: int) -> None:
    """Keep quiet about what is done."""


@dataclass(frozen=True)
class Run:
    """What all parts of one measurement share."""

    labelled: LabelledParagraphs
    data: TrainingData
    plan: SplitPlan
    yardstick: Yardstick
    experiment: Experiment
    judges: Judges
    progress: Stages

    def stage(self, name: str, *, keep: Keep = "labels") -> dict[str, Any]:
        return {"judge": self.judges.of(name, keep=keep), "progress": partial(self.progress, name)}


def run_studies(run: Run, predictions: OutOfFold, tests: BehaviourTests | None) -> dict[str, Any]:
    """Run what the experiment asks for beside the main figures.

    Parameters
    ----------
    run : Run
    predictions : OutOfFold
        Of the recipe, on the plan's folds.
    tests : BehaviourTests or None

    Returns
    -------
    dict
        A key for each study.
    """
    studies = run.experiment.evaluation.studies
    models = run.judges.models(partial(_models, run, predictions))
    predicted = predictions.predicted
    common = (run.yardstick, run.experiment)
    parts: dict[str, Any] = {
        "in_use": measure_in_use(
            run.yardstick, predictions, run.data, run.experiment.calibration.coverage,
        ),
        "baselines": _baselines(run, predictions),
        "selective": measure_selective(
            run.yardstick.bootstrap,
            np.where(run.data.boilerplate, -1, run.labelled.gold),
            softmax(predictions.scores),
            run.plan.test_fold,
            run.experiment.evaluation.keep_accuracy,
        ),
        "sampling": measure_sampling(
            run.labelled, predicted, softmax(predictions.scores), run.yardstick,
            boilerplate=run.data.boilerplate, seed=run.experiment.seed,
        ),
        "consistency": measure_consistency(run.labelled, predicted, run.yardstick.bootstrap),
        "label_issues": find_issues(
            run.labelled, softmax(predictions.scores), predicted, run.data.boilerplate, models,
            run.plan.test_fold[0],
        ),
        "data": describe_data(run.labelled, run.data.boilerplate),
    }  # fmt: skip
    parts["examples"] = draw_examples(
        run.labelled, softmax(predictions.scores), predicted,
        None if predictions.candidates is None else predictions.candidates[0],
        run.data.boilerplate, models, run.plan.test_fold[0], parts["label_issues"], run.experiment.seed,
    )  # fmt: skip
    if "leakage" in studies:
        stage = run.stage("random folds")
        parts["leakage"] = measure_leakage(run.data, run.plan, predicted, *common, **stage)
    if "shift" in studies:
        controls = run.judges.of("controls of the groups left out", keep="labels")
        stage = run.stage("groups left out", keep="candidates")
        parts["shift"] = measure_shift(
            run.labelled,
            run.data,
            predicted,
            *common,
            judge_controls=controls,
            **stage,
        )
    if "names" in studies:
        parts["names_masked"] = _names_masked(run, predictions)
    if "learning_curve" in studies:
        stage = run.stage("learning curve")
        parts["learning_curve"] = measure_learning_curve(run.data, predictions, *common, **stage)
    if "behaviour" in studies and tests is not None and models:
        first = run.plan.test_fold[0]
        bootstrap, seed = run.yardstick.bootstrap, run.experiment.seed
        parts["behaviour"] = measure_behaviour(tests, run.labelled, first, models, bootstrap, seed)
    return parts


def _baselines(run: Run, predictions: OutOfFold) -> dict[str, Any]:
    """Judge by each baseline on the model's own folds, and set the model against it."""
    chosen = baselines(run.labelled, run.data, run.experiment)
    return {baseline.name: _baseline(run, baseline, predictions) for baseline in chosen}


def _baseline(run: Run, baseline: Baseline, predictions: OutOfFold) -> dict[str, Any]:
    told = {"title": baseline.title, "description": baseline.description}
    possible = baseline.recipe is not None
    if baseline.extra:
        # What was measured where the extra is installed is measured again where it is not, and the other way round.
        possible = run.judges.can_judge(baseline.title, baseline.recipe)
    if not possible:
        return {**told, "note": baseline.note or "it was not run with the others"}
    yardstick, boilerplate = run.yardstick, run.data.boilerplate
    outcome = cross_validate(
        cast("Recipe", baseline.recipe),
        run.plan.test_fold,
        yardstick.n_labels,
        boilerplate,
        **run.stage(baseline.title, keep="scores" if baseline.probabilistic else "labels"),
    )
    figures = yardstick.of_labels(outcome.predicted)
    if baseline.probabilistic:
        figures |= yardstick.of_probabilities(softmax(outcome.scores), within=~boilerplate)
    against = {
        name: _comparison(
            compare(
                yardstick.bootstrap, yardstick.gold, predictions.predicted, outcome.predicted, predictions.parts,
                yardstick.n_labels, statistic, run.experiment.seed,
            )
        )
        for name, statistic in (("accuracy", metrics.accuracy), ("macro_f1", metrics.macro_f1))
    }  # fmt: skip
    return {**told, "metrics": figures, "model_less_baseline": against}


def _comparison(outcome: Comparison) -> dict[str, Any]:
    corrected = outcome.corrected_t
    told = None if corrected is None else {key: round(value, DIGITS) for key, value in asdict(corrected).items()}
    chance = outcome.randomisation_p
    return {
        "difference": rounded(outcome.difference),
        "corrected_resampled_t": told,
        "randomisation_p": None if chance is None else round(chance, DIGITS),
    }


def _names_masked(run: Run, predictions: OutOfFold) -> dict[str, Any]:
    """Train and test with all names put out of sight, on the same folds."""
    if run.experiment.features.mask_names:
        return {"note": "the recipe masks names itself"}
    found = sum(map(len, map(names, run.labelled.texts)))
    if not found:
        return {"note": "no name was found in the texts"}
    masked = replace(run.experiment, features=replace(run.experiment.features, mask_names=True))
    data = training_data(run.labelled, run.data.groups, masked)
    repeats = min(run.experiment.evaluation.study_repeats, len(run.plan.test_fold))
    outcome = cross_validate(
        OwnRecipe(data, masked), run.plan.test_fold[:repeats], run.yardstick.n_labels, data.boilerplate,
        **run.stage("names masked"),
    )  # fmt: skip
    as_they_are = predictions.predicted[:repeats]
    return {
        "names": found,
        "repeats": repeats,
        "metrics": run.yardstick.of_labels(outcome.predicted),
        "as_they_are": run.yardstick.of_labels(as_they_are),
        "loss": {
            "accuracy": run.yardstick.difference(as_they_are, outcome.predicted, metrics.accuracy),
            "macro_f1": run.yardstick.difference(as_they_are, outcome.predicted),
        },
    }


def _models(run: Run, predictions: OutOfFold) -> list[FrameModel]:
    """Fit the models of the first repeat's folds again, as they were chosen: the same models, bit for bit."""
    if run.data.characters is not None or run.data.encoded is not None:
        return []
    lexicon = None if run.data.words is None else read_lexicon()
    return [
        frame_model(
            run.data, fit(run.data, part.train, run.experiment, choice), run.experiment, lexicon, with_lenders=False
        )
        for part, choice in zip(predictions.parts, predictions.choices, strict=True)
        if part.repeat == 0 and isinstance(choice, Choice)
    ]
