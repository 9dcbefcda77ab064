"""The likely label errors that an evaluation lists, beside the labels as they stand today."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from framing.annotation import Labels, read_labels
from framing.artifact import default_folder
from framing.artifact.storage import EVALUATION
from framing.errors import EvaluationError
from framing.evaluation.reliability import statement

Evidence = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ListedParagraph:
    """What an evaluation says of a paragraph whose gold the model finds unlikely.

    Attributes
    ----------
    predicted : str
        The label of a model that did not see the article.
    probability, self_confidence : float
        What it gives to the predicted label, and to the gold.
    evidence_predicted, evidence_gold : tuple of (str, float)
        The terms that speak most for either label, largest first; empty where the evaluation has none.
    """

    paragraph: str
    gold: str
    predicted: str
    probability: float
    self_confidence: float
    evidence_predicted: Evidence
    evidence_gold: Evidence


@dataclass(frozen=True)
class LabelIssue:
    """A listed paragraph beside what stands in the labels folder.

    Attributes
    ----------
    coders : mapping of str to str
        Today's label of each coder who coded it.
    """

    listed: ListedParagraph
    article: str
    text: str
    coders: Mapping[str, str]


@dataclass(frozen=True)
class LabelIssues:
    """What is left of an evaluation's list.

    Attributes
    ----------
    issues : tuple of LabelIssue
        The lowest self-confidence first.
    coders : tuple of str
        Those who coded any paragraph of the folder.
    statement : str
        What agreement between these coders is, and what it is not.
    listed : int
        The length of the evaluation's list.
    recoded, absent : tuple of str
        The listed paragraphs that have another gold by now, or none, and those that are not in the folder.
    """

    issues: tuple[LabelIssue, ...]
    coders: tuple[str, ...]
    statement: str
    listed: int
    recoded: tuple[str, ...]
    absent: tuple[str, ...]


def evaluation_file(evaluation: str | os.PathLike[str] | None) -> Path:
    """Return the evaluation's file: that of a folder, or of the default model where none is named."""
    path = default_folder() if evaluation is None else Path(evaluation)
    return path / EVALUATION if path.is_dir() or evaluation is None else path


def read_label_issues(
    folder: str | os.PathLike[str], evaluation: str | os.PathLike[str] | None = None, limit: int | None = None
) -> LabelIssues:
    """Read an evaluation's list of likely label errors and put it beside the labels.

    Parameters
    ----------
    folder : path-like
        A labels folder.
    evaluation : path-like, optional
        An ``evaluation.json`` or a folder with one; otherwise that of the default model.
    limit : int, optional
        The most paragraphs to return; what has been recoded does not count.

    Raises
    ------
    EvaluationError
        When the evaluation is missing or damaged, has no such list, or was made of other labels.
    LabelError
        When the labels cannot be read.
    """
    path = evaluation_file(evaluation)
    listed = _read_list(path)
    labels = read_labels(folder)
    paragraphs = {paragraph.id: paragraph for paragraph in labels.paragraphs}
    if not any(entry.paragraph in paragraphs for entry in listed):
        raise EvaluationError(
            f"was made of other labels: none of its {len(listed)} listed paragraphs is in {labels.folder}", path=path
        )
    judgements = labels.judgements()
    gold = {name: judgements[name].gold for entry in listed if (name := entry.paragraph) in judgements}
    there = [entry for entry in listed if entry.paragraph in paragraphs]
    unchanged = [entry for entry in there if gold[entry.paragraph] == entry.gold]
    by_paragraph = _labels_by_paragraph(labels)
    issues = (
        LabelIssue(
            entry, paragraphs[entry.paragraph].article, paragraphs[entry.paragraph].text, by_paragraph[entry.paragraph]
        )
        for entry in unchanged[:limit]
    )
    coders = tuple(coder for coder, records in labels.annotations.items() if records)
    return LabelIssues(
        issues=tuple(issues),
        coders=coders,
        statement=statement(coders, {name: coder.kind for name, coder in labels.coders.items()}),
        listed=len(listed),
        recoded=tuple(entry.paragraph for entry in there if gold[entry.paragraph] != entry.gold),
        absent=tuple(entry.paragraph for entry in listed if entry.paragraph not in paragraphs),
    )


def _labels_by_paragraph(labels: Labels) -> dict[str, dict[str, str]]:
    by_paragraph: dict[str, dict[str, str]] = {}
    for coder, records in labels.annotations.items():
        for record in records:
            if record.annotation.frame is not None:
                by_paragraph.setdefault(record.annotation.paragraph, {})[coder] = record.annotation.frame
    return by_paragraph


def _read_list(path: Path) -> list[ListedParagraph]:
    found = _read_json(path).get("label_issues")
    ranked = found.get("ranked") if isinstance(found, dict) else None
    if not isinstance(ranked, list) or not ranked:
        raise EvaluationError("has no list of likely label errors; make one with 'framing evaluate'", path=path)
    entries = []
    for number, value in enumerate(ranked, start=1):
        if isinstance(value, dict) and isinstance(value.get("paragraph"), int):
            raise EvaluationError("was made of a table's rows, and not of a labels folder", path=path)
        try:
            entries.append(_entry(value))
        except (KeyError, TypeError, ValueError):
            raise EvaluationError(
                f"paragraph {number} of its likely label errors is damaged; make it anew with 'framing evaluate'",
                path=path,
            ) from None
    return entries


def _read_json(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise EvaluationError("there is no such evaluation; make one with 'framing evaluate'", path=path) from None
    except OSError as error:
        raise EvaluationError(f"cannot be read: {error.strerror}", path=path) from None
    except (ValueError, RecursionError):
        raise EvaluationError("is no evaluation: not valid JSON in UTF-8", path=path) from None
    if not isinstance(table, dict):
        raise EvaluationError("is no evaluation: not a JSON object", path=path)
    return table


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _entry(value: dict[str, Any]) -> ListedParagraph:
    evidence = value["evidence"] or {"predicted": [], "gold": []}
    return ListedParagraph(
        paragraph=_text(value["paragraph"]),
        gold=_text(value["gold"]),
        predicted=_text(value["predicted"]),
        probability=_number(value["probability"], largest=1),
        self_confidence=_number(value["self_confidence"], largest=1),
        evidence_predicted=_evidence(evidence["predicted"]),
        evidence_gold=_evidence(evidence["gold"]),
    )


def _evidence(value: list[list[Any]]) -> Evidence:
    return tuple((_text(term), _number(weight, largest=1e9)) for term, weight in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any, *, largest: float) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= largest:
        raise ValueError
    return float(value)
