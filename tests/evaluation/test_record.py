from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from framing.errors import EvaluationError
from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.cross_validation import Judgement, Part, no_progress
from framing.evaluation.record import FOLD_MODELS, OUTER_FOLDS, Recording, Replay, without_outer_scores

CHOICE = Choice(Candidate(C=2.0, weighting="idf", smoothing=0.1, pieces=False, article=1.0))
PARTS = [Part(0, fold, np.arange(4), np.arange(3) + fold) for fold in range(2)]


KEPT = {"labels": {"scores"}, "scores": {"scores"}}
KEPT["candidates"] = {"scores", "candidates", "sourced_scores", "sourced_candidates"}
KEPT["everything"] = KEPT["candidates"] | {"short_scores"}


class Recipe:
    """Scores at random, the same for the same part."""

    def judge(self, part: Part) -> Judgement:
        random = np.random.default_rng(part.fold)
        scores = random.normal(size=(len(part.test), 4))
        sets = scores > scores.mean(axis=1, keepdims=True)
        short = random.normal(size=(3, len(part.test), 4))
        return Judgement(scores, CHOICE, sets, short, -scores, ~sets)


class Model:
    def scores(self, texts):
        return np.array([[len(text), 5.0, 0.0] for text in texts]).reshape(-1, 3)

    def contributions(self, text, frame):
        return [(f"{text}{place}", 9 - place + 1e-9) for place in range(frame + 7)]


def judged(judges, study: str, keep: str) -> list[Judgement]:
    return judges.of(study, keep=keep)(Recipe(), PARTS, progress=no_progress)


def written(recording: Recording) -> list[dict]:
    return [json.loads(json.dumps(line)) for line in recording.lines]


@pytest.mark.parametrize("keep", list(KEPT))
def test_what_is_repeated_is_what_was_measured(keep: str) -> None:
    recording = Recording(jobs=1)
    measured = judged(recording, "x", keep)
    repeated = judged(Replay(written(recording), 4), "x", keep)
    for one, other, part in zip(measured, repeated, PARTS, strict=True):
        raw = Recipe().judge(part)
        assert_array_equal(one.scores.argmax(axis=1), raw.scores.argmax(axis=1))
        for name in ("scores", "candidates", "short_scores", "sourced_scores", "sourced_candidates"):
            first, second = getattr(one, name), getattr(other, name)
            if name not in KEPT[keep]:
                assert first is None
                assert second is None
                continue
            assert_array_equal(first, second)
            if keep != "labels":
                assert np.abs(first.astype(float) - getattr(raw, name)).max() <= 5e-7
        # A control is fitted with what was chosen; a replay only tells it.
        assert one.choice is CHOICE
        assert (other.choice is None) == (keep != "everything")
        assert keep != "everything" or other.choice.as_table() == CHOICE.as_table()


def test_a_study_may_have_several_calls_and_each_gets_its_own() -> None:
    recording = Recording(jobs=1)
    judged(recording, "x", "labels")
    judge = recording.of("x", keep="labels")
    later = [Part(1, 7, np.arange(4), np.arange(5))]
    [second] = judge(Recipe(), later, progress=no_progress)
    replay = Replay(written(recording), 4)
    judged(replay, "x", "labels")
    [again] = replay.of("x", keep="labels")(Recipe(), later, progress=no_progress)
    assert_array_equal(again.scores, second.scores)
    with pytest.raises(EvaluationError, match="'x' does not fit"):
        judged(replay, "x", "labels")


def damaged(line: dict, changes: dict) -> dict:
    return {key: value for key, value in (line | changes).items() if value is not ...}


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": ...},
        {"scores": "x"},
        {"scores": [[1.0, 2.0], [3.0]]},
        {"scores": [[0.0] * 4] * 2},
        {"scores": [0.0] * 3},
        {"scores": [[0.0] * 5] * 3},
        {"scores": [[0.0, 1.0, 2.0, float("nan")]] * 3},
        {"scores": [[0.0, 1.0, 2.0, 1e999]] * 3},
        {"sourced_scores": [[float("-inf")] * 4] * 3},
        {"candidates": [[0], [9], [1]]},
        {"candidates": [[0]] * 5},
        {"candidates": 3},
        {"short_scores": [1.0]},
        {"sourced_scores": [[None]]},
        {"labels": [0, 1, 2], "of": 4},
    ],
    ids=str,
)
def test_damaged_scores_are_refused(changes: dict) -> None:
    recording = Recording(jobs=1)
    judged(recording, "x", "everything")
    lines = written(recording)
    lines[1] = damaged(lines[1], changes)
    with pytest.raises(EvaluationError, match="'x', fold 1, is damaged"):
        judged(Replay(lines, 4), "x", "everything")


@pytest.mark.parametrize(
    "changes",
    [{"labels": [0, 1, 4]}, {"labels": [0]}, {"labels": "abc"}, {"labels": [[0], [1], [2]]}, {"of": -1}, {"of": None},
     {"of": 10**12}, {"of": 5}, {"labels": [-1, 0, 1]}],
    ids=str,
)  # fmt: skip
def test_damaged_labels_are_refused(changes: dict) -> None:
    recording = Recording(jobs=1)
    judged(recording, "x", "labels")
    lines = written(recording)
    lines[0] |= changes
    with pytest.raises(EvaluationError, match="'x', fold 0, is damaged"):
        judged(Replay(lines, 4), "x", "labels")


def test_models_of_folds_are_repeated_by_text_and_frame() -> None:
    recording = Recording(jobs=1)

    def ask(models) -> list:
        return [
            [(model.scores(["a", "bbbbbbb"]).argmax(axis=1).tolist(), model.contributions("b", 1)) for model in models],
            [model.scores([]).shape for model in models],
        ]

    first = ask(recording.models(lambda: [Model(), Model()]))
    assert first[0][0][0] == [1, 0]
    assert len(first[0][0][1]) == 5
    lines = written(recording)
    assert {line["study"] for line in lines} == {FOLD_MODELS}
    assert "bbbbbbb" not in json.dumps(lines)
    replayed = Replay(lines, 3).models(list)
    again = ask(replayed)
    assert again == first
    # What was never asked has no answer, and a text more than there was is an error.
    assert replayed[0].contributions("other", 1) == []
    with pytest.raises(EvaluationError, match="does not fit the texts"):
        Replay(lines, 3).models(list)[0].scores(["a"])


def test_scores_that_stand_in_the_rows_are_not_kept_twice() -> None:
    recording = Recording(jobs=1)
    judged(recording, OUTER_FOLDS, "everything")
    judged(recording, "x", "scores")
    before = copy.deepcopy(recording.lines)
    kept = without_outer_scores(recording.lines)
    assert ["scores" in line for line in kept] == [False, False, True, True]
    assert all("candidates" in line for line in kept[:2])
    assert recording.lines == before


def test_a_line_without_its_study_is_refused() -> None:
    with pytest.raises(EvaluationError, match="does not tell its study"):
        Replay([{"study": 3}], 4)
