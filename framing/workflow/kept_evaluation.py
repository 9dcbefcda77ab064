"""What a model's folder keeps of its evaluation, read by who does not trust it."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import parse_rows
from framing.artifact import Artifact
from framing.artifact.contents import LARGEST
from framing.artifact.storage import ROWS
from framing.errors import ArtifactError, LabelError, SettingsError, UsageError
from framing.evaluation.record import OUTER_FOLDS
from framing.evaluation.splits import SplitPlan
from framing.settings import Experiment, of_table, read_experiment

Rows = list[dict[str, Any]]

# Ten times as many as anyone asks for; settings come with the model, and more would take hours and all memory.
MOST_DRAWS = 20_000
MOST_SIZES = 100
LEAST_ALIKE = 0.1
LONGEST_SHOWN = 120


def kept_recipe(artifact: Artifact, experiment: str | Path | None, data: str | Path | None, model: Path) -> Experiment:
    """Read the settings that the model keeps; what files they mean is said by who checks, and never by the model."""
    try:
        recipe = of_table(artifact.manifest["experiment"])
    except (
        SettingsError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        what = str(error)[:LONGEST_SHOWN]
        raise ArtifactError(f"keeps settings that this version does not know: {what}", path=model) from None
    _refuse_endless(recipe, model)
    default = os.path.join("experiments", f"{recipe.name}.toml")  # noqa: PTH118 - isfile takes names of any length
    if experiment is None and not os.path.isfile(default):  # noqa: PTH113
        return _without_file(recipe, data, model)
    beside = Path(default if experiment is None else experiment)
    if not beside.is_file():
        raise UsageError("there is no such experiment file", path=beside)
    own = read_experiment(beside)
    named = {name: getattr(own.data, name) for name in ("labels", "csv")}
    codebook = None if recipe.data.codebook is None else own.data.codebook
    behaviour = None if recipe.evaluation.behaviour is None else own.evaluation.behaviour
    return dataclasses.replace(
        recipe, data=dataclasses.replace(recipe.data, **named, codebook=codebook), path=str(beside),
        evaluation=dataclasses.replace(recipe.evaluation, behaviour=behaviour),
    )  # fmt: skip


def _without_file(recipe: Experiment, data: str | Path | None, model: Path) -> Experiment:
    if data is None:
        told = str(recipe.data.csv or recipe.data.labels)[:LONGEST_SHOWN]
        raise UsageError(
            f"was trained on '{told}', which is not read because a model says so: name the labels by --data, or the "
            "experiment file by --experiment",
            path=model,
        )
    if recipe.evaluation.behaviour is not None and "behaviour" in recipe.evaluation.studies:
        raise UsageError(
            "was measured by behaviour tests: name the experiment file beside them by --experiment", path=model
        )
    return recipe


def _refuse_endless(recipe: Experiment, model: Path) -> None:
    settings = recipe.evaluation
    for name, fits, limit in (
        ("bootstrap", settings.bootstrap <= MOST_DRAWS, f"more than {MOST_DRAWS:,} draws"),
        ("curve", len(settings.curve) <= MOST_SIZES, f"more than {MOST_SIZES} sizes"),
        ("near_duplicate", settings.near_duplicate >= LEAST_ALIKE, f"less than {LEAST_ALIKE}"),
    ):
        if not fits:
            raise ArtifactError(f"keeps the setting '{name}' of {limit}, which is not computed again", path=model)


def read_lines(model: Path, name: str, content: bytes) -> Rows:
    try:
        return list(parse_rows(content))
    except LabelError as error:
        raise ArtifactError(error.message, path=model / name, line=error.line) from None


def refuse_damaged(rows: Rows, labelled: LabelledParagraphs, recipe: Experiment, model: str | Path) -> None:
    """Raise an error where rows are not those of so many repeats, or hold what are no scores of these labels."""
    # Asked before anything is dealt: a model may claim any number of repeats.
    repeats = recipe.evaluation.repeats if labelled.folds is None else 1
    if len(rows) != repeats * len(labelled.ids):
        _raise_damaged(model)
    n_labels = len(labelled.codebook.labels)
    for row in rows:
        scores = row.get("scores")
        if scores is not None and not _are_scores(scores, n_labels):
            _raise_damaged(model)


def _are_scores(scores: Any, n_labels: int) -> bool:
    return (
        isinstance(scores, list)
        and len(scores) == n_labels
        and all(type(score) in (int, float) and abs(score) < LARGEST for score in scores)
    )


def _raise_damaged(model: str | Path) -> NoReturn:
    raise ArtifactError("is damaged: train the model again", path=Path(model) / ROWS)


def with_scores(studies: Rows, rows: Rows, plan: SplitPlan, model: str | Path) -> Rows:
    """Put the outer folds' scores, which stand in the rows, beside what else is kept of these folds."""
    n = plan.test_fold.shape[1]
    of_outer = [line for line in studies if line.get("study") == OUTER_FOLDS]
    try:
        width = max(len(row["scores"]) for row in rows if row["scores"] is not None)
        for line in of_outer:
            start = line["repeat"] * n
            tested = np.flatnonzero(plan.test_fold[line["repeat"]] == line["fold"])
            scores = [rows[start + row]["scores"] for row in tested.tolist()]
            # Boilerplate has none, and none is looked at.
            line["scores"] = [[0.0] * width if one is None else one for one in scores]
    except (KeyError, TypeError, IndexError, ValueError, OverflowError):
        _raise_damaged(model)
    return studies
