"""A model's report, checked: digests, golden predictions, and every figure computed again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import lay_over, text_digest
from framing.artifact import Artifact, load, read_kept
from framing.artifact.storage import GOLDEN, KEPT_LABELS, ROWS, STUDIES
from framing.codebook import of_labels
from framing.errors import ArtifactError, EvaluationError, FramingError, UsageError
from framing.evaluation.figure_check import FigureCheck, check_figures
from framing.evaluation.record import Replay
from framing.evaluation.splits import plan_splits
from framing.evaluation.training_data import training_data
from framing.settings import as_table, of_table
from framing.workflow.data import Tell, faults_of_the_data, load_data, silent
from framing.workflow.evaluation import compute_figures, measure
from framing.workflow.kept_evaluation import LONGEST_SHOWN, Rows, kept_recipe, read_lines, refuse_damaged, with_scores
from framing.workflow.report import is_of_its_folder
from framing.workflow.studies import Stages, no_stages


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
        Of the labels, paragraphs that it was not trained on, which are left out.
    figures : FigureCheck or None
        None where only digests and golden predictions were asked for.
    changed_rows : int
        Rows of ``evaluation-rows.jsonl`` whose fold or gold is not the one that comes out again, or whose scores are
        not those of the models that were fitted anew.
    refitted : bool
    contradictions : tuple of str
        What the folder tells of itself, and the report shows, that is not so.
    report : bool or None
        Whether ``report.html`` and ``MODEL_CARD.md`` are what this version makes of the folder; None where there is
        neither, or it was not asked.
    """

    name: str
    files: int
    golden: int
    changed_labels: tuple[str, ...] = ()
    added_labels: int = 0
    figures: FigureCheck | None = None
    changed_rows: int = 0
    refitted: bool = False
    contradictions: tuple[str, ...] = ()
    report: bool | None = None

    @property
    def agrees(self) -> bool:
        found = self.figures
        return (
            not (self.changed_labels or self.changed_rows or self.contradictions)
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
        The experiment file that names the labels and the behaviour tests; its other settings are not looked at, and
        no file is read because the model names it.
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
    recipe = kept_recipe(artifact, experiment, data, Path(model))
    today = _named_as_trained(load_data(recipe, data, tell=tell), artifact)
    labels, rows = (read_lines(Path(model), name, kept[name]) for name in (KEPT_LABELS, ROWS))
    labelled = _as_trained(today, labels, model)
    taught = _taught(labelled, labels, artifact)
    refuse_damaged(rows, labelled, recipe, model)
    with faults_of_the_data(recipe, data):
        plan = plan_splits(taught, recipe.evaluation, recipe.seed)
        if refit:
            evaluation, _ = measure(labelled, recipe, jobs=jobs, progress=progress)
        else:
            studies = with_scores(read_lines(Path(model), STUDIES, kept[STUDIES]), rows, plan, model)
            shared = training_data(taught, plan.groups, recipe)
            with _contradictions(model):
                try:
                    replay = Replay(studies, len(today.codebook.labels))
                    evaluation = compute_figures(labelled, shared, plan, recipe, replay, progress=progress)
                except EvaluationError as error:
                    raise ArtifactError(error.message, path=Path(model) / STUDIES, line=error.line) from None
    with _contradictions(model):
        figures = check_figures(artifact.evaluation, evaluation.summary, refitted=refit)
        contradictions = tuple(_told_wrongly(artifact, labelled))
    return dataclasses.replace(
        checked,
        changed_labels=_changed(taught, labelled),
        added_labels=len(today.ids) - len(labelled.ids),
        figures=figures,
        changed_rows=_changed_rows(rows, evaluation.rows),
        refitted=refit,
        contradictions=contradictions,
        report=is_of_its_folder(model),
    )


@contextmanager
def _contradictions(model: str | Path) -> Iterator[None]:
    """Turn what files that fit no measurement lead to into one line."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        what = str(error)[:LONGEST_SHOWN]
        raise ArtifactError(f"cannot be measured again, it contradicts itself: {what}", path=model) from None


def _told_wrongly(artifact: Artifact, labelled: LabelledParagraphs) -> Iterator[str]:
    """Check what the report shows of codebook and manifest, which no figure rests on."""
    manifest, protocol = artifact.manifest, (artifact.evaluation or {})["protocol"]
    if artifact.codebook.digest != labelled.codebook.digest:
        yield "codebook.json, whose titles and definitions the report shows, is not the codebook of these labels"
    if manifest["labels"]["digest"] != protocol["labels"]:
        yield "manifest.json and evaluation.json name the digests of different labels"
    # Written anew, since settings that came later have their defaults in what was kept before.
    if as_table(of_table(protocol["experiment"])) != as_table(of_table(manifest["experiment"])):
        yield "manifest.json and evaluation.json tell different settings"


def _named_as_trained(today: LabelledParagraphs, artifact: Artifact) -> LabelledParagraphs:
    """Leave the name of a csv out of account, by which labels without a codebook of their own are called."""
    codebook = today.codebook
    if codebook != of_labels(codebook.name, list(codebook.labels)):
        return today
    return dataclasses.replace(today, codebook=dataclasses.replace(codebook, name=artifact.codebook.name))


def _as_trained(today: LabelledParagraphs, labels: Rows, model: str | Path) -> LabelledParagraphs:
    """Take those of today's paragraphs that the model was trained on, in its order."""
    places = {identifier: place for place, identifier in enumerate(today.ids)}
    rows: list[int] = []
    # Who counts the easy ones twice has as many, and better figures.
    taken: set[int] = set()
    for row in labels:
        place = places.get(str(row.get("paragraph")))
        if place is not None and place in taken:
            raise ArtifactError(f"names the paragraph '{row.get('paragraph')}' twice", path=Path(model) / KEPT_LABELS)
        if place is None or text_digest(today.texts[place]) != row.get("text_sha256"):
            what = "is not among these labels" if place is None else "has another text today"
            named = str(row.get("paragraph"))[:LONGEST_SHOWN]
            raise UsageError(f"the paragraph '{named}' that it was trained on {what}", path=model)
        rows.append(place)
        taken.add(place)
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
    told = artifact.manifest.get("labels")
    if isinstance(told, dict) and told.get("digest") == labelled.digest:
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


def _changed_rows(kept: Rows, again: tuple[dict[str, Any], ...]) -> int:
    def differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
        if any(one.get(key) != other[key] for key in ("repeat", "fold", "paragraph", "gold")):
            return True
        first, second = one.get("scores"), other["scores"]
        if first is None or second is None:
            return first is not second
        return len(first) != len(second) or max(map(abs, np.subtract(first, second))) > 1.5e-6

    return sum(differ(one, other) for one, other in zip(kept, again, strict=True))
