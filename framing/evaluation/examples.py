"""Paragraphs drawn to be read: some that the model gets right, some that it gets wrong, some that it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.evaluation.label_issues import entry_of, evidence_of, label_of_most
from framing.evaluation.record import JudgingModel
from framing.evaluation.seeds import Purpose, stream

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

OF_EACH = 2
# So many of either list of likely label errors are read with their texts.
OF_ISSUES = 15
RULE = (
    f"Drawn by lot, {OF_EACH} of each gold label in each list, boilerplate left out. The predicted label is that of "
    "most repeats by models that had not seen the article, the probability its mean over the repeats; right and wrong "
    "say whether it is the gold label. Left open are those whose set of candidates, in the first repeat, holds several "
    "labels, right or wrong; they stand in no other list."
)


def draw_examples(  # noqa: PLR0917
    data: LabelledParagraphs,
    probabilities: Floats,
    predicted: Integers,
    candidates: Booleans | None,
    boilerplate: Booleans,
    models: Sequence[JudgingModel],
    test_fold: Integers,
    issues: dict[str, Any],
    seed: int,
) -> dict[str, Any]:
    """Draw paragraphs to be read.

    Parameters
    ----------
    data : LabelledParagraphs
        With one label a paragraph.
    probabilities : ndarray of float, shape (n_repeats, n_paragraphs, n_labels)
        Out-of-fold.
    predicted : ndarray of int, shape (n_repeats, n_paragraphs)
    candidates : ndarray of bool, shape (n_paragraphs, n_labels), or None
        Of the first repeat.
    boilerplate : ndarray of bool, shape (n_paragraphs,)
    models : sequence of JudgingModel
        Of the first repeat's folds, in the order of ``test_fold``; may be empty.
    test_fold : ndarray of int, shape (n_paragraphs,)
        Of the first repeat.
    issues : dict
        What `find_issues` gives, whose first paragraphs get their texts.
    seed : int

    Returns
    -------
    dict
        The lists ``right``, ``wrong`` and ``uncertain``, the rule, and the texts of all paragraphs named. Texts that
        are not ours are left out.
    """
    mean = probabilities.mean(axis=0)
    label = label_of_most(predicted, mean)
    open_ = np.zeros(len(label), np.bool_) if candidates is None else candidates.sum(axis=1) > 1
    scored = (data.gold >= 0) & ~boilerplate
    lists = {
        "right": scored & ~open_ & (label == data.gold),
        "wrong": scored & ~open_ & (label != data.gold),
        "uncertain": scored & open_,
    }
    random = stream(seed, Purpose.EXAMPLES)
    names, found = data.codebook.labels, {}
    for name, among in lists.items():
        rows = [row for place in range(len(names)) for row in _drawn(among & (data.gold == place), random)]
        found[name] = [
            entry_of(data, mean, predicted, label, row)
            | {
                "candidates": None if candidates is None else [names[p] for p in np.flatnonzero(candidates[row])],
                "evidence": evidence_of(data, models, test_fold, row, int(label[row])),
            }
            for row in rows
        ]
    named = {entry["paragraph"] for entries in found.values() for entry in entries}
    named |= {entry["paragraph"] for key in ("ranked", "confident_errors") for entry in issues[key][:OF_ISSUES]}
    texts = dict(zip(data.ids, data.texts, strict=True)) if data.ours else {}
    return {"rule": RULE, **found, "texts": {name: text for name, text in texts.items() if name in named}}


def _drawn(among: Booleans, random: np.random.Generator) -> list[int]:
    rows = np.flatnonzero(among)
    drawn: list[int] = np.sort(random.permutation(rows)[:OF_EACH]).tolist()
    return drawn
