"""A model's report, checked: digests, golden predictions, and every figure computed again."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import lay_over, parse_rows, text_digest
from framing.artifact import Artifact, load, read_kept
from framing.artifact.storage import GOLDEN, KEPT_LABELS, ROWS, STUDIES
from framing.errors import ArtifactError, EvaluationError, FramingError, LabelError, SettingsError, UsageError
from framing.evaluation.figure_check import FigureCheck, check_figures
from framing.evaluation.record import OUTER_FOLDS, Replay
from framing.evaluation.splits import SplitPlan, plan_splits
from framing.evaluation.training_data import training_data
from framing.settings import Experiment, of_table
from framing.workflow.data import Tell, faults_of_the_data, load_data, silent
from framing.workflow.evaluation import compute_figures, measure
from framing.workflow.report import is_of_its_folder
from framing.workflow.studies import Stages, no_stages

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Verification:
    """What was checked of a model, and what did not agree.

    Attributes
    ----------
    name : str
    files : int
        Whose digests agree: others are refused when the model is read.
    golden : int
        Golden predictions that were repeated.
    changed_labels : tuple of str
        Paragraphs whose gold is another today, with both labels.
    added_labels : int
        Paragraphs that were coded since, which are left out.
    figures : FigureCheck or None
        None where only digests and golden predictions were asked for.
    changed_rows : int
        Rows of ``evaluation-rows.jsonl`` whose fold or gold is not the one that comes out again, or whose scores are
        not those of the models that were fitted anew.
    refitted : bool
    report : bool or None
        Whether ``report.html`` is what this version makes of the folder; None where there is none, or it was not asked.
    """

    name: str
    files: int
    golden: int
    changed_labels: tuple[str, ...] = ()
    added_labels: int = 0
    figures: FigureCheck | None = None
    changed_rows: int = 0
    refitted: bool = False
    report: bool | None = None

    @property
    def agrees(self) -> bool:
        found = self.figures
        return (
            not (self.changed_labels or self.changed_rows)
            and (found is None or not found.differences)
            and self.report is not False
        )


def verify(
    model: str | Path,
    *,
    experiment: str | Path | None = None,
    data: str | Path | None = None,
    quick: bool = False,
    refit: bool = False,
    jobs: int = 1,
    progress: Stages = no_stages,
    tell: Tell = silent,
) -> Verification:
    """Check a model and compute the figures of its evaluation again.

    Parameters
    ----------
    model : path-like
    experiment : path-like, optional
        The experiment file beside which the labels and the behaviour tests are found; its settings are not read.
    data : path-like, optional
        The labels folder or CSV file.
    quick : bool
        Only digests and golden predictions.
    refit : bool
        Also fit every fold of every study again.
    jobs : int
    progress, tell : callable

    Raises
    ------
    UsageError
        When the model was saved without what it takes, or the labels are not told.
    FramingError
        When the model is damaged, or the labels cannot be read or are other texts.
    """
    artifact = load(model)
    # Loading has replayed them, and would have refused what does not repeat them.
    golden = len(json.loads((Path(model) / GOLDEN).read_bytes())["texts"])
    checked = Verification(artifact.name, len(artifact.manifest["files"]), golden)
    if quick:
        return checked
    if artifact.evaluation is None:
        raise UsageError("holds no evaluation whose figures could be checked; --quick checks the rest", path=model)
    kept = read_kept(model)
    if not kept[STUDIES]:
        raise UsageError(
            f"was saved without {STUDIES}, which figures are computed from; train it again, or --quick", path=model
        )
    recipe = _recipe(artifact, experiment)
    today = load_data(recipe, data, tell=tell)
    labels, rows = (_parsed(Path(model), name, kept[name]) for name in (KEPT_LABELS, ROWS))
    labelled = _as_trained(today, labels, model)
    taught = _taught(labelled, labels, artifact)
    with faults_of_the_data(recipe, data):
        plan = plan_splits(taught, recipe.evaluation, recipe.seed)
        if refit:
            evaluation, _ = measure(labelled, recipe, jobs=jobs, progress=progress)
        else:
            studies = _with_scores(_parsed(Path(model), STUDIES, kept[STUDIES]), rows, plan, model)
            shared = training_data(taught, plan.groups, recipe)
            try:
                evaluation = compute_figures(labelled, shared, plan, recipe, Replay(studies), progress=progress)
            except EvaluationError as error:
                raise ArtifactError(error.message, path=Path(model) / STUDIES, line=error.line) from None
            except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
                raise ArtifactError(f"cannot be measured again, it contradicts itself: {error}", path=model) from None
    return dataclasses.replace(
        checked,
        changed_labels=_changed(taught, labelled),
        added_labels=len(today.ids) - len(labelled.ids),
        figures=check_figures(artifact.evaluation, evaluation.summary, refitted=refit),
        changed_rows=_changed_rows(rows, evaluation.rows),
        refitted=refit,
        report=is_of_its_folder(model),
    )


def _recipe(artifact: Artifact, experiment: str | Path | None) -> Experiment:
    try:
        recipe = of_table(artifact.manifest["experiment"])
    except (SettingsError, KeyError, TypeError) as error:
        raise ArtifactError(f"keeps settings that this version does not know: {error}", path=artifact.name) from None
    default = Path("experiments") / f"{artifact.name}.toml"
    beside = Path(experiment) if experiment is not None else default if default.exists() else None
    if beside is not None and not beside.is_file():
        raise UsageError("there is no such experiment file", path=beside)
    return dataclasses.replace(recipe, path=None if beside is None else str(beside))


def _parsed(model: Path, name: str, content: bytes) -> Rows:
    try:
        return list(parse_rows(content))
    except LabelError as error:
        raise ArtifactError(error.message, path=model / name, line=error.line) from None


def _as_trained(today: LabelledParagraphs, labels: Rows, model: str | Path) -> LabelledParagraphs:
    """Take those of today's paragraphs that the model was trained on, in its order."""
    places = {identifier: place for place, identifier in enumerate(today.ids)}
    rows = []
    for row in labels:
        place = places.get(str(row.get("paragraph")))
        if place is None or text_digest(today.texts[place]) != row.get("text_sha256"):
            what = "is not among these labels" if place is None else "has another text today"
            raise UsageError(f"the paragraph '{row.get('paragraph')}' that it was trained on {what}", path=model)
        rows.append(place)
    if rows == list(range(len(today.ids))):
        return today
    return _subset(today, np.array(rows, dtype=np.int64))


def _subset(data: LabelledParagraphs, rows: NDArray[np.int64]) -> LabelledParagraphs:
    def of(values: Any) -> Any:
        return [values[row] for row in rows] if len(values) else values

    chances = data.inclusion_probability
    return dataclasses.replace(
        data,
        ids=of(data.ids), texts=of(data.texts), articles=of(data.articles), gold=data.gold[rows],
        targets=data.targets[rows], folds=None if data.folds is None else data.folds[rows],
        strata={name: of(values) for name, values in data.strata.items()},
        codings={coder: places[rows] for coder, places in data.codings.items() if (places[rows] >= 0).any()},
        drawn_by=of(data.drawn_by), inclusion_probability=None if chances is None else chances[rows],
        sources=of(data.sources),
    )  # fmt: skip


def _taught(labelled: LabelledParagraphs, labels: Rows, artifact: Artifact) -> LabelledParagraphs:
    """Give the paragraphs with the labels that the model learnt from, which decided how folds were dealt."""
    if artifact.manifest.get("labels", {}).get("digest") == labelled.digest:
        return labelled
    try:
        kept = lay_over(labels, labelled)
    except FramingError as error:
        raise ArtifactError(error.message, path=KEPT_LABELS) from None
    return dataclasses.replace(labelled, gold=kept.gold, targets=kept.targets)


def _changed(then: LabelledParagraphs, today: LabelledParagraphs) -> tuple[str, ...]:
    labels = (*today.codebook.labels, "no gold")
    return tuple(
        f"{today.ids[row]}: {labels[then.gold[row]]} then, {labels[today.gold[row]]} today"
        for row in np.flatnonzero(then.gold != today.gold).tolist()
    )


def _with_scores(studies: Rows, rows: Rows, plan: SplitPlan, model: str | Path) -> Rows:
    """Put the outer folds' scores, which stand in the rows, beside what else is kept of these folds."""
    n_repeats, n = plan.test_fold.shape
    damaged = ArtifactError("is damaged: train the model again", path=Path(model) / ROWS)
    if len(rows) != n_repeats * n:
        raise damaged
    of_outer = [line for line in studies if line.get("study") == OUTER_FOLDS]
    try:
        width = max(len(row["scores"]) for row in rows if row["scores"] is not None)
        for line in of_outer:
            start = line["repeat"] * n
            tested = np.flatnonzero(plan.test_fold[line["repeat"]] == line["fold"])
            scores = [rows[start + row]["scores"] for row in tested.tolist()]
            # Boilerplate has none, and none is looked at.
            line["scores"] = [[0.0] * width if one is None else one for one in scores]
    except (KeyError, TypeError, IndexError, ValueError):
        raise damaged from None
    return studies


def _changed_rows(kept: Rows, again: tuple[dict[str, Any], ...]) -> int:
    def differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
        if any(one.get(key) != other[key] for key in ("repeat", "fold", "paragraph", "gold")):
            return True
        first, second = one.get("scores"), other["scores"]
        if first is None or second is None:
            return first is not second
        return len(first) != len(second) or max(map(abs, np.subtract(first, second))) > 1.5e-6

    return sum(differ(one, other) for one, other in zip(kept, again, strict=True))
