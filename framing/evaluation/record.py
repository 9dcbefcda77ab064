"""What models said of the parts of every study, kept so that all figures can be computed again without any fit.

A study measures what is kept and nothing finer: scores are rounded before anything is computed from them, and where
only labels count, only labels are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError
from framing.evaluation.cross_validation import (
    SHORT_LENGTHS,
    Judge,
    Judgement,
    Part,
    Progress,
    Recipe,
    judge_parts,
)
from framing.evaluation.headline import DIGITS

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

# What a study needs of its judgements: the labels, the scores, these with sets of candidates and known sources, or all
# there is.
Keep = Literal["labels", "scores", "candidates", "everything"]

OUTER_FOLDS = "outer folds"
FOLD_MODELS = "models of the first repeat"
MOST_TERMS = 5
# A codebook has fewer; what claims more would take all memory.
MOST_LABELS = 10_000


class JudgingModel(Protocol):
    """What studies ask of the models of the outer folds: `FrameModel` has more."""

    def scores(self, texts: Sequence[str]) -> Floats:
        """Score paragraphs, each by itself; shape (n_paragraphs, n_frames)."""

    def contributions(self, text: str, frame: int) -> list[tuple[str, float]]:
        """Tell what terms add to a frame's score, largest first."""


class Judges(Protocol):
    """Where judgements come from: models that are fitted, or the record of what such models said."""

    def of(self, study: str, *, keep: Keep) -> Judge:
        """Give what judges the parts of a study."""

    def can_judge(self, study: str, recipe: Recipe | None) -> bool:
        """Tell whether a study that needs what is not installed everywhere can be judged."""

    def models(self, fit: Callable[[], Sequence[JudgingModel]]) -> Sequence[JudgingModel]:
        """Give the models of the first repeat's folds."""


@dataclass(frozen=True)
class KeptChoice:
    """What inner folds chose, as it was kept."""

    table: dict[str, Any]

    def as_table(self) -> dict[str, Any]:
        return self.table


@dataclass(frozen=True)
class Recording:
    """Fits, and keeps what was said in ``lines``, the content of ``evaluation-studies.jsonl``.

    Attributes
    ----------
    jobs : int
        Processes; no figure depends on it.
    lines : list of dict
    """

    jobs: int
    lines: list[dict[str, Any]] = field(default_factory=list)

    def of(self, study: str, *, keep: Keep) -> Judge:
        def judge(recipe: Recipe, parts: Sequence[Part], *, progress: Progress) -> list[Judgement]:
            judgements = judge_parts(recipe, parts, jobs=self.jobs, progress=progress)
            written = [_line(study, part, said, keep) for part, said in zip(parts, judgements, strict=True)]
            self.lines.extend(written)
            return [replace(_read(line), choice=said.choice) for line, said in zip(written, judgements, strict=True)]

        return judge

    def can_judge(self, study: str, recipe: Recipe | None) -> bool:
        del study
        return recipe is not None

    def models(self, fit: Callable[[], Sequence[JudgingModel]]) -> Sequence[JudgingModel]:
        return [_RecordedModel(model, place, self.lines) for place, model in enumerate(fit())]


class Replay:
    """Repeats what was said.

    Parameters
    ----------
    lines : iterable of dict
        Of ``evaluation-studies.jsonl``, the outer folds' scores among them.
    n_labels : int
        Of the codebook; what was said of another number of labels is refused.

    Raises
    ------
    EvaluationError
        When a line is none of `Recording`.
    """

    def __init__(self, lines: Iterable[dict[str, Any]], n_labels: int) -> None:
        self._n_labels = n_labels
        self._lines: dict[str, list[dict[str, Any]]] = {}
        for number, line in enumerate(lines, 1):
            if not isinstance(line.get("study"), str):
                raise EvaluationError("does not tell its study", line=number)
            self._lines.setdefault(line["study"], []).append(line)
        self._next = dict.fromkeys(self._lines, 0)

    def can_judge(self, study: str, recipe: Recipe | None) -> bool:
        del recipe
        return study in self._lines

    def of(self, study: str, *, keep: Keep) -> Judge:
        def judge(recipe: Recipe, parts: Sequence[Part], *, progress: Progress) -> list[Judgement]:
            del recipe
            start = self._next.get(study, 0)
            lines = self._lines.get(study, [])[start : start + len(parts)]
            if [(line.get("repeat"), line.get("fold")) for line in lines] != [(p.repeat, p.fold) for p in parts]:
                raise EvaluationError(f"what is kept of '{study}' does not fit the parts that it had")
            self._next[study] = start + len(parts)
            judgements = [_judgement(line, part, keep, self._n_labels) for line, part in zip(lines, parts, strict=True)]
            progress(len(parts), len(parts))
            return judgements

        return judge

    def models(self, fit: Callable[[], Sequence[JudgingModel]]) -> Sequence[JudgingModel]:
        del fit
        by_place: dict[int, list[dict[str, Any]]] = {}
        for line in self._lines.get(FOLD_MODELS, []):
            by_place.setdefault(line.get("fold", -1), []).append(line)
        return [_ReplayedModel(by_place[place], self._n_labels) for place in sorted(by_place)]


def without_outer_scores(lines: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Leave out of the lines what stands in ``evaluation-rows.jsonl`` already."""
    return tuple(
        {key: value for key, value in line.items() if key != "scores" or line["study"] != OUTER_FOLDS} for line in lines
    )


class _RecordedModel:
    """A model of an outer fold whose answers are kept."""

    def __init__(self, model: JudgingModel, place: int, lines: list[dict[str, Any]]) -> None:
        self._model, self._place, self._lines = model, place, lines

    def scores(self, texts: Sequence[str]) -> Floats:
        scores = self._model.scores(texts)
        line = {"study": FOLD_MODELS, "fold": self._place, "of": scores.shape[1], "labels": _labels(scores)}
        self._lines.append(line)
        return _read(line).scores

    def contributions(self, text: str, frame: int) -> list[tuple[str, float]]:
        terms = [(term, round(value, DIGITS)) for term, value in self._model.contributions(text, frame)[:MOST_TERMS]]
        line = {"study": FOLD_MODELS, "fold": self._place, "text_sha256": _digest(text), "frame": frame}
        self._lines.append(line | {"terms": [list(term) for term in terms]})
        return terms


class _ReplayedModel:
    """The kept answers of a model of an outer fold."""

    def __init__(self, lines: Sequence[dict[str, Any]], n_labels: int) -> None:
        self._n_labels = n_labels
        self._labels = iter([line for line in lines if "labels" in line])
        self._terms = {
            (line["text_sha256"], line["frame"]): [(str(term), float(value)) for term, value in line["terms"]]
            for line in lines
            if "terms" in line
        }

    def scores(self, texts: Sequence[str]) -> Floats:
        line = next(self._labels, None)
        if line is None or len(line["labels"]) != len(texts) or line["of"] != self._n_labels:
            raise EvaluationError(f"what is kept of the {FOLD_MODELS} does not fit the texts that they had")
        return _read(line).scores

    def contributions(self, text: str, frame: int) -> list[tuple[str, float]]:
        return self._terms.get((_digest(text), frame), [])


def _line(study: str, part: Part, said: Judgement, keep: Keep) -> dict[str, Any]:
    line: dict[str, Any] = {"study": study, "repeat": part.repeat, "fold": part.fold}
    if keep == "labels":
        return line | {"of": said.scores.shape[1], "labels": _labels(said.scores)}
    line["scores"] = said.scores.round(DIGITS).tolist()
    if keep == "scores":
        return line
    for name, scores in (("short_scores", said.short_scores), ("sourced_scores", said.sourced_scores)):
        if scores is not None and (keep == "everything" or name != "short_scores"):
            line[name] = scores.round(DIGITS).tolist()
    for name, sets in (("candidates", said.candidates), ("sourced_candidates", said.sourced_candidates)):
        if sets is not None:
            line[name] = [np.flatnonzero(row).tolist() for row in sets]
    return line | ({} if said.choice is None or keep != "everything" else {"choice": said.choice.as_table()})


def _judgement(line: dict[str, Any], part: Part, keep: Keep, n_labels: int) -> Judgement:
    """Read what is kept of one part, which may have been written by anyone."""
    try:
        # Asked first: what claims more labels than there are would take all memory.
        said = _read(line) if line.get("of", n_labels) == n_labels else None
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        said = None
    fits = said is not None and said.scores.shape == (len(part.test), n_labels)
    if said is None or not fits or ("labels" in line) is not (keep == "labels"):
        raise EvaluationError(f"what is kept of '{line['study']}', fold {part.fold}, is damaged")
    return said


def _read(line: dict[str, Any]) -> Judgement:
    if "labels" in line:
        return Judgement(_one_hot(line["labels"], line["of"]))
    scores = _finite(line["scores"])
    choice = line.get("choice")
    return Judgement(
        scores,
        choice=None if choice is None else KeptChoice(choice),
        candidates=_sets(line.get("candidates"), scores),
        short_scores=_array(line.get("short_scores"), (len(SHORT_LENGTHS), *scores.shape)),
        sourced_scores=_array(line.get("sourced_scores"), scores.shape),
        sourced_candidates=_sets(line.get("sourced_candidates"), scores),
    )


def _one_hot(labels: list[int], of: int) -> Floats:
    """Write labels as scores whose largest is the label."""
    places = np.array(labels, dtype=np.int64)
    if places.ndim != 1 or not 0 < of <= MOST_LABELS or (places < 0).any():
        raise ValueError("no labels")
    scores = np.zeros((len(places), of))
    scores[np.arange(len(places)), places] = 1
    return scores


def _array(values: Any, shape: tuple[int, ...]) -> Floats | None:
    return None if values is None else _finite(values).reshape(shape)


def _finite(values: Any) -> Floats:
    numbers = np.array(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("scores that are not finite")
    return numbers


def _sets(rows: Any, scores: Floats) -> Booleans | None:
    if rows is None:
        return None
    sets = np.zeros(scores.shape, dtype=np.bool_)
    for row, places in enumerate(rows):
        sets[row, places] = True
    return sets


def _labels(scores: Floats) -> list[int]:
    labels: list[int] = scores.argmax(axis=1).tolist()
    return labels


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:16]
