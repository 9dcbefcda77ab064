"""From what probability on paragraphs are accepted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.artifact import Artifact, ClassifiedParagraph
from framing.codebook import of_labels
from framing.errors import ArtifactError, UsageError
from framing.evaluation.acceptance import acceptance_table
from framing.evaluation.intervals import ArticleBootstrap
from framing.model import FrameModel
from framing.model.frame_model import TermWeights
from framing.segmentation_settings import SegmentationSettings
from framing.workflow.classification import acceptance_at


def artifact_with(evaluation: dict[str, Any] | None) -> Artifact:
    terms = TermWeights(("levy", "raid"), np.ones(2), np.array([[3, 0, 0, 0], [0, 3, 0, 0]], np.float32))
    model = FrameModel(terms, None, None, np.zeros(2), (1, 1), sublinear_tf=True)
    return Artifact("small", of_labels("two", ["a", "b"]), SegmentationSettings(), model, {}, evaluation)


def entry(accuracy: float, threshold: float) -> dict[str, Any]:
    figure = {"value": accuracy + 0.001, "low": accuracy - 0.02, "high": accuracy + 0.02}
    return {"accuracy": accuracy, "threshold": threshold, "kept": figure, "accuracy_of_kept": figure}


def kept(*entries: dict[str, Any]) -> Artifact:
    return artifact_with({"in_use": {"acceptance": {"thresholds": list(entries)}}})


@given(st.floats(0.01, 0.9), st.permutations(range(50, 91)))
def test_the_lowest_accuracy_that_is_enough_is_taken(asked: float, percents: list[int]) -> None:
    found = acceptance_at(kept(*(entry(percent / 100, percent / 200) for percent in percents)), asked)
    assert found.accuracy >= asked - 1e-9
    assert found.accuracy - 0.01 < asked or found.accuracy == 0.5
    assert found.threshold == found.accuracy / 2


def test_a_table_of_the_evaluation_is_read_as_it_is_made() -> None:
    confidence = np.repeat([0.9, 0.7, 0.7], [60, 30, 30])
    gold = np.repeat([0, 0, 1], [60, 30, 30])
    probabilities = np.stack([confidence, 1 - confidence], axis=-1)[None]
    table = acceptance_table(ArticleBootstrap.over(np.arange(120), 200, 1), gold, probabilities)
    model = artifact_with({"in_use": {"acceptance": table}})
    assert acceptance_at(model, 0.75).threshold == 0.7
    assert acceptance_at(model, 0.76).threshold == 0.9
    assert acceptance_at(model, 0.9).measured["value"] == 1
    assert acceptance_at(model, 0.9).rule == (
        "accepted from a probability of .900; of such, 1.000 [1.000, 1.000] were right out of fold, which holds for "
        "articles like those labelled"
    )


def test_what_is_accepted() -> None:
    rule = acceptance_at(kept(entry(0.9, 0.7)), 0.9)
    [likely] = artifact_with(None).classify("raid")
    assert likely["probability"] is not None
    assert likely["probability"] > 0.7
    assert rule.accepts(likely)
    changes: list[dict[str, Any]] = [
        {"probability": 0.699999},
        {"probability": None},
        {"boilerplate": True},
        {"warnings": ["is mostly in capitals (80%)"]},
    ]
    for change in changes:
        assert not rule.accepts(ClassifiedParagraph(**{**likely, **change}))
    assert rule.accepts(ClassifiedParagraph(**{**likely, "probability": 0.7, "uncertain": True}))


@pytest.mark.parametrize("asked", [0.0, 1.0, -1.0, 90.0, float("nan"), float("inf")])
def test_an_accuracy_lies_between_0_and_1(asked: float) -> None:
    with pytest.raises(UsageError, match="lies between 0 and 1"):
        acceptance_at(kept(entry(0.9, 0.7)), asked)


def test_what_is_not_reached_says_how_much_is() -> None:
    with pytest.raises(UsageError, match=r"reaches an accuracy of 0.95; ask for 0.90 at most"):
        acceptance_at(kept(entry(0.8, 0.5), entry(0.9, 0.7)), 0.95)
    with pytest.raises(UsageError, match=r"reaches an accuracy of 0.95; and none is reached"):
        acceptance_at(kept(), 0.95)


@pytest.mark.parametrize("evaluation", [None, {}, {"in_use": None}, {"in_use": {"acceptance": None}}])
def test_without_a_table_there_is_nothing_to_accept_by(evaluation: dict[str, Any] | None) -> None:
    with pytest.raises(UsageError, match="keeps no thresholds"):
        acceptance_at(artifact_with(evaluation), 0.9)


@pytest.mark.parametrize(
    "acceptance",
    [
        3,
        [],
        {},
        {"thresholds": 3},
        {"thresholds": [3]},
        {"thresholds": [{"accuracy": 0.9}]},
        {"thresholds": [{**entry(0.9, 0.7), "accuracy": "high"}]},
        {"thresholds": [{**entry(0.9, 0.7), "threshold": float("nan")}]},
        {"thresholds": [{**entry(0.9, 0.7), "accuracy_of_kept": {"value": [], "low": 0, "high": 1}}]},
    ],
)
def test_a_damaged_table_is_one_line(acceptance: Any) -> None:
    with pytest.raises(ArtifactError, match="are damaged; take a fresh copy"):
        acceptance_at(artifact_with({"in_use": {"acceptance": acceptance}}), 0.9)
