"""Behaviour tests: what a model does when a text is changed in one respect (CheckList, Ribeiro et al. 2020).

Two kinds, both data of an experiment. Invariance: the corpus's own paragraphs are changed in what is no part of their
frame, and the label should stay. Direction: pairs of paragraphs written for the purpose, in which the attribution or
the viewpoint is turned around and the label should change with it, or something else is turned and it should stay.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook
from framing.errors import EvaluationError
from framing.evaluation.intervals import ArticleBootstrap, sums_by_group
from framing.evaluation.perturbations import Perturbation
from framing.evaluation.record import JudgingModel
from framing.evaluation.seeds import Purpose, stream
from framing.files import toml_line

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_EXAMPLES = 10


@dataclass(frozen=True)
class Pair:
    """Two paragraphs that differ in one respect, both coded by the codebook.

    Attributes
    ----------
    texts, frames : (str, str)
        Where the frames differ, the predicted label should change, and stay where they are the same.
    turned : str
        What was turned around.
    """

    name: str
    texts: tuple[str, str]
    frames: tuple[str, str]
    turned: str = ""

    @property
    def should_change(self) -> bool:
        return self.frames[0] != self.frames[1]


@dataclass(frozen=True)
class BehaviourTests:
    """A file of behaviour tests.

    Attributes
    ----------
    codebook : str or None
        The name of the codebook by which the pairs were coded.
    source : str
        The file's text, so that an error can name a line.
    """

    perturbations: tuple[Perturbation, ...]
    pairs: tuple[Pair, ...]
    codebook: str | None = None
    path: str | None = None
    source: str = field(default="", repr=False)


def refuse_other_codebook(tests: BehaviourTests, codebook: Codebook) -> None:
    """Make sure that the pairs can be held against what models of a codebook predict.

    Raises
    ------
    EvaluationError
        When the tests belong to another codebook, or a pair has a frame that the codebook does not know; names the
        line.
    """
    refuse = partial(_refusal, tests)
    if tests.codebook not in (None, codebook.name):
        raise refuse(
            f"these behaviour tests are for the codebook '{tests.codebook}', and the data has '{codebook.name}'; "
            "name other tests in [evaluation] behaviour, or none",
            "codebook",
        )
    for place, pair in enumerate(tests.pairs, 1):
        for frame, key in zip(pair.frames, ("first_frame", "second_frame"), strict=True):
            if frame not in codebook.index:
                raise refuse(
                    f"the frame '{frame}' of the pair '{pair.name}' is not in the codebook '{codebook.name}', which "
                    f"has {', '.join(codebook.labels)}",
                    *("pair", place, key),
                )


def _refusal(tests: BehaviourTests, message: str, *keys: str | int) -> EvaluationError:
    path: str | os.PathLike[str] | None = tests.path
    return EvaluationError(message, path=path, line=toml_line(tests.source, keys))


def measure_behaviour(  # noqa: PLR0917
    tests: BehaviourTests,
    data: LabelledParagraphs,
    test_fold: Integers,
    models: Sequence[JudgingModel],
    bootstrap: ArticleBootstrap,
    seed: int,
) -> dict[str, Any]:
    """Run behaviour tests on the models of one repeat's outer folds.

    Parameters
    ----------
    tests : BehaviourTests
    data : LabelledParagraphs
    test_fold : ndarray of int, shape (n_paragraphs,)
    models : sequence of JudgingModel
        One for each value in ``test_fold``, ascending, trained without that fold. It judges the fold's paragraphs,
        as they are and changed; all models judge the pairs, which belong to no article.
    bootstrap : ArticleBootstrap
        Its articles give the intervals of the perturbations; for the pairs as many draws are made of pairs.
    seed : int

    Returns
    -------
    dict
        ``invariance``, a list with an entry for each perturbation, and ``directional``. An entry's ``flipped`` is the
        share of the paragraphs that the perturbation changed whose label flips with it.

    Raises
    ------
    EvaluationError
        As `refuse_other_codebook`.
    """
    refuse_other_codebook(tests, data.codebook)
    row_parts = [np.flatnonzero(test_fold == fold) for fold in np.unique(test_fold)]
    before = _labels_of(list(data.texts), row_parts, models, np.arange(len(data.texts)))
    invariance = []
    for number, perturbation in enumerate(tests.perturbations):
        perturbed = perturbation.perturb(data.texts, partial(_stream, seed, number))
        rows = np.array([row for row, text in enumerate(data.texts) if text != perturbed[row]], dtype=np.int64)
        after = before.copy()
        after[rows] = _labels_of(perturbed, row_parts, models, rows)
        entry = {"name": perturbation.name, "change": perturbation.change}
        entry |= _flips(data, before, after, rows, bootstrap)
        invariance.append(entry | {"examples": _examples(data, perturbed, before, after)})
    directional = _directional(tests.pairs, data.codebook, models, len(bootstrap.multiplicity), seed)
    return {"invariance": invariance, "directional": directional}


def _stream(seed: int, number: int, row: int) -> np.random.Generator:
    return stream(seed, Purpose.PERTURBATION, repeat=number, attempt=row)


def _labels_of(
    texts: Sequence[str], row_parts: Sequence[Integers], models: Sequence[JudgingModel], rows: Integers
) -> Integers:
    """Let each fold's model judge the fold's texts among some rows; labels in the order of the rows."""
    labels = np.full(len(texts), -1, dtype=np.int64)
    for part, model in zip(row_parts, models, strict=True):
        judged = np.intersect1d(part, rows)
        labels[judged] = model.scores([texts[row] for row in judged]).argmax(axis=1)
    return labels[rows]


def _flips(
    data: LabelledParagraphs, before: Integers, after: Integers, rows: Integers, bootstrap: ArticleBootstrap
) -> dict[str, Any]:
    changed = np.zeros(len(before), dtype=np.bool_)
    changed[rows] = True
    flipped = before != after
    # One column for all paragraphs, then one for each gold label.
    groups = [changed, *(changed & (data.gold == place) for place in range(len(data.codebook.labels)))]
    counts = np.stack([np.stack([group & flipped, group], axis=-1) for group in groups], axis=1).astype(np.float64)
    figures = bootstrap.figures_of_sums(sums_by_group(counts[None], bootstrap.member), _share)
    known = data.gold >= 0
    return {
        "changed": int(changed.sum()),
        "flipped": asdict(figures[0]),
        "by_frame": {
            label: {"changed": int(group.sum()), "flipped": asdict(one)}
            for label, group, one in zip(data.codebook.labels, groups[1:], figures[1:], strict=True)
        },
        "right_before": int((changed & (before == data.gold)).sum()),
        "became_wrong": int((known & flipped & (before == data.gold)).sum()),
        "became_right": int((known & flipped & (after == data.gold)).sum()),
    }


def _share(sums: Floats) -> Floats:
    """Divide the first of the last axis by the second; NaN where that is 0."""
    part, whole = sums[..., 0], sums[..., 1]
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _examples(
    data: LabelledParagraphs, perturbed: Sequence[str], before: Integers, after: Integers
) -> list[dict[str, Any]]:
    flipped = np.flatnonzero(before != after)
    spread = np.unique(np.linspace(0, len(flipped) - 1, min(MOST_EXAMPLES, len(flipped))).round().astype(np.int64))
    labels = data.codebook.labels
    examples = []
    for row in flipped[spread].tolist():
        gold = int(data.gold[row])
        example: dict[str, Any] = {
            "paragraph": data.ids[row],
            "gold": labels[gold] if gold >= 0 else None,
            "before": labels[before[row]],
            "after": labels[after[row]],
        }
        # Other people's texts do not go into results.
        examples.append(example | ({"text": data.texts[row], "changed_text": perturbed[row]} if data.ours else {}))
    return examples


def _directional(
    pairs: Sequence[Pair], codebook: Codebook, models: Sequence[JudgingModel], draws: int, seed: int
) -> dict[str, Any]:
    if not pairs:
        return {"pairs": 0}
    coded = np.array([[codebook.index[frame] for frame in pair.frames] for pair in pairs])
    texts = [text for pair in pairs for text in pair.texts]
    predicted = np.stack([model.scores(texts).argmax(axis=1).reshape(-1, 2) for model in models])
    right = predicted == coded
    moved = predicted[..., 0] != predicted[..., 1]
    turned = coded[:, 0] != coded[:, 1]
    outcomes = {}
    for name, among, wrong, figure in (
        ("should_change", turned, ~moved, "stayed"),
        ("should_stay", ~turned, moved, "flipped"),
    ):
        if among.any():
            bootstrap = ArticleBootstrap.over(np.arange(among.sum()), draws, seed)
            outcomes[name] = {
                "pairs": int(among.sum()),
                figure: _share_of_pairs(wrong[:, among], bootstrap),
                "right_on_both_sides": _share_of_pairs(right.all(axis=2)[:, among], bootstrap),
            }
    return {
        "pairs": len(pairs),
        "models": len(models),
        **outcomes,
        "by_frame": {
            label: {"texts": int((coded == place).sum()), "right": float(right[:, coded == place].mean())}
            for place, label in enumerate(codebook.labels)
            if (coded == place).any()
        },
        "each": [
            {
                "name": pair.name,
                "turned": pair.turned,
                "frames": list(pair.frames),
                "predicted": [[codebook.labels[label] for label in sides] for sides in predicted[:, place].tolist()],
            }
            for place, pair in enumerate(pairs)
        ],
    }


def _share_of_pairs(holds: NDArray[np.bool_], bootstrap: ArticleBootstrap) -> dict[str, Any]:
    """Tell how often something holds, shape (n_models, n_pairs): the models' mean, its interval, and their spread."""
    counts = np.stack([holds, np.ones_like(holds)], axis=-1).astype(np.float64)
    [figure] = bootstrap.figures_of_sums(sums_by_group(counts, bootstrap.member), _share)
    by_model = holds.mean(axis=1)
    return asdict(figure) | {"lowest_model": float(by_model.min()), "highest_model": float(by_model.max())}
