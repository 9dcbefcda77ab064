"""Paragraphs whose label the model finds least likely, and the errors that it is surest of.

A paragraph stands here because model and label differ, and either of the two may be wrong. What a person finds there
mends the labels, the codebook or the model; the lists alone prove nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.headline import DIGITS
from framing.evaluation.record import JudgingModel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

EVIDENCE_TERMS = 5
METHOD = (
    "Self-confidence is the probability that models which did not see the article give to the gold label, the mean "
    "over the repeats; the lowest come first (Northcutt, Jiang and Chuang 2021, Confident Learning). Boilerplate is "
    "left out. The evidence is that of the first repeat's model. Either the label or the model may be wrong."
)
# Confident learning rests on a model that is mostly right.
MOST_WRONG = 0.2
OF_ESTIMATE = (
    "By confident learning (Northcutt, Jiang and Chuang 2021) a label is off where the model gives another label at "
    "least the probability that it gives, on average, to paragraphs of that other label. This is an estimate that "
    "takes the model's errors for the labels': the more often the model is wrong, the more it is too high."
)


def find_issues(  # noqa: PLR0917
    data: LabelledParagraphs,
    probabilities: Floats,
    predicted: Integers,
    boilerplate: NDArray[np.bool_],
    models: Sequence[JudgingModel],
    test_fold: Integers,
    limit: int = 100,
) -> dict[str, Any]:
    """List likely label errors and confident errors.

    Parameters
    ----------
    data : LabelledParagraphs
        With one label a paragraph.
    probabilities : ndarray of float, shape (n_repeats, n_paragraphs, n_labels)
        Out-of-fold.
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
        A paragraph's predicted label is that of most repeats, of several the more probable.
    boilerplate : ndarray of bool, shape (n_paragraphs,)
        Labelled by rule and left out.
    models : sequence of JudgingModel
        The i-th was trained without the rows whose ``test_fold`` is the i-th value of ``np.unique(test_fold)``. May be
        empty: then there is no evidence, and there is none either of texts that are not ours.
    test_fold : ndarray of int, shape (n_paragraphs,)
    limit : int
        The most paragraphs in each list.

    Returns
    -------
    dict
        ``ranked`` by self-confidence, ``confident_errors`` by the probability of a wrong prediction, each paragraph
        with its gold, its coders' labels, the predicted label and the evidence for both labels; ``estimate`` of how
        many labels are off.
    """
    rows = np.flatnonzero((data.gold >= 0) & ~boilerplate)
    mean = probabilities.mean(axis=0)
    label = label_of_most(predicted, mean)
    self_confidence = mean[rows, data.gold[rows]]
    lowest = rows[np.argsort(self_confidence, kind="stable")][:limit]
    wrong = rows[label[rows] != data.gold[rows]]
    surest = wrong[np.argsort(-mean[wrong, label[wrong]], kind="stable")][:limit]

    # What stands in both lists is explained once.
    entries = {row: entry_of(data, mean, predicted, label, row) for row in {*lowest.tolist(), *surest.tolist()}}
    for row, entry in entries.items():
        entry["evidence"] = evidence_of(data, models, test_fold, row, int(label[row]))
    return {
        "method": METHOD,
        "paragraphs": len(rows),
        "repeats": len(predicted),
        "boilerplate_left_out": int(((data.gold >= 0) & boilerplate).sum()),
        "wrong": len(wrong),
        "ranked": [entries[row] for row in lowest.tolist()],
        "confident_errors": [entries[row] for row in surest.tolist()],
        "estimate": _estimate(data, rows, mean),
    }


def confident_joint(gold: Integers, probabilities: Floats) -> Floats:
    """Estimate how gold labels and true labels go together (Northcutt, Jiang and Chuang 2021, section 3.1).

    A paragraph counts for the most probable of those labels that reach their threshold, the mean probability of the
    label where it is gold; one that reaches none does not count. The rows are then brought to the numbers of gold.

    Parameters
    ----------
    gold : ndarray of int, shape (n_paragraphs,)
    probabilities : ndarray of float, shape (n_paragraphs, n_labels)
        Out-of-fold.

    Returns
    -------
    ndarray of float, shape (n_labels, n_labels)
        Paragraphs by gold (rows) and estimated true label (columns). Of a gold label of which no paragraph counts, all
        are taken to be right.
    """
    n_labels = probabilities.shape[1]
    numbers = np.bincount(gold, minlength=n_labels).astype(np.float64)
    thresholds = np.array(
        [probabilities[gold == label, label].mean() if numbers[label] else np.inf for label in range(n_labels)]
    )
    reached = np.where(probabilities >= thresholds, probabilities, -1)
    counted = reached.max(axis=1) >= 0
    joint: Floats = np.zeros((n_labels, n_labels))
    np.add.at(joint, (gold[counted], reached[counted].argmax(axis=1)), 1)
    empty = joint.sum(axis=1) == 0
    joint[empty, empty] = 1
    joint *= (numbers / joint.sum(axis=1))[:, None]
    return joint


def label_of_most(predicted: Integers, mean: Floats) -> Integers:
    """Return the label of most repeats, shape (n_paragraphs,); of several the more probable."""
    votes = np.zeros_like(mean)
    for repeat in predicted:
        votes[np.arange(len(repeat)), repeat] += 1
    # A probability is at most 1, and one vote more than another counts 2.
    label: Integers = (2 * votes + mean).argmax(axis=1)
    return label


def entry_of(data: LabelledParagraphs, mean: Floats, predicted: Integers, label: Integers, row: int) -> dict[str, Any]:
    """Tell what the coders and the model say of one paragraph."""
    labels, gold = data.codebook.labels, int(data.gold[row])
    return {
        # A row's number says which paragraph of other people's data is meant.
        "paragraph": data.ids[row] if data.ours else int(data.ids[row]),
        "gold": labels[gold],
        "coders": {coder: labels[places[row]] for coder, places in data.codings.items() if places[row] >= 0},
        "predicted": labels[label[row]],
        "probability": round(float(mean[row, label[row]]), DIGITS),
        "self_confidence": round(float(mean[row, gold]), DIGITS),
        "repeats_wrong": int((predicted[:, row] != gold).sum()),
    }


def evidence_of(
    data: LabelledParagraphs, models: Sequence[JudgingModel], test_fold: Integers, row: int, label: int
) -> dict[str, list[list[Any]]] | None:
    """List the terms that speak most for the predicted label and for the gold, by a model that saw neither."""
    if not data.ours or not models:
        return None
    model = models[int(np.searchsorted(np.unique(test_fold), test_fold[row]))]
    return {
        name: [
            [term, round(value, DIGITS)]
            for term, value in model.contributions(data.texts[row], frame)[:EVIDENCE_TERMS]
            if value > 0
        ]
        for name, frame in (("predicted", label), ("gold", int(data.gold[row])))
    }


def _estimate(data: LabelledParagraphs, rows: Integers, mean: Floats) -> dict[str, Any]:
    """Estimate how many labels are off, in all and of each gold label."""
    wrong = float((mean[rows].argmax(axis=1) != data.gold[rows]).mean()) if len(rows) else 0.0
    if wrong > MOST_WRONG:
        return {
            "statement": f"the model errs in {wrong:.0%} of the paragraphs, so that an estimate of wrong labels would "
            f"count its errors; none is given above {MOST_WRONG:.0%}"
        }
    joint = confident_joint(data.gold[rows], mean[rows])
    off = joint.sum(axis=1) - np.diagonal(joint)
    labels = data.codebook.labels
    return {
        "statement": OF_ESTIMATE,
        "labels_off": round(float(off.sum()), 1),
        "share": round(float(off.sum()) / len(rows), DIGITS) if len(rows) else None,
        "of_gold": {label: round(float(number), 1) for label, number in zip(labels, off, strict=True)},
        "joint": {"rows_are": "gold", "columns_are": "estimated", "paragraphs": joint.round(1).tolist()},
    }
