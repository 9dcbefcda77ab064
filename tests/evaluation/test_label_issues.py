from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.records import LabelledParagraphs
from framing.codebook import of_labels
from framing.evaluation.label_issues import confident_joint, find_issues
from framing.model import FrameModel
from framing.model.frame_model import TermWeights

LABELS = ("cause", "order")
TEXTS = ["grain and guns", "guns", "grain", "grain guns", "guns guns", "mist"]
GOLD = [0, 0, 0, 1, 1, -1]
# Two repeats; what they mean together: .2 .8 | .4 .6 | .9 .1 | .7 .3 | .35 .65 | .5 .5
FIRST = [[0.1, 0.9], [0.5, 0.5], [0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.5, 0.5]]
SECOND = [[0.3, 0.7], [0.3, 0.7], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6], [0.5, 0.5]]
PREDICTED = np.array([[1, 0, 0, 0, 1, 0], [1, 1, 0, 0, 1, 1]])
FOLDS = np.array([7, 7, 7, 9, 9, 9])


def model(grain: float, guns: float) -> FrameModel:
    """Grain speaks for the cause and guns for the order, or the other way round where below 0."""
    # The last two columns are for the article, of which nothing is known here.
    weights = np.array([[grain, -grain, 0, 0], [-guns, guns, 0, 0]], np.float32)
    terms = TermWeights(("grain", "guns"), np.ones(2), weights)
    return FrameModel(terms, None, None, np.zeros(2), (1, 1), sublinear_tf=False)


MODELS = [model(1, 2), model(3, 4)]


def labelled(**changes) -> LabelledParagraphs:
    codings = {"al": np.array(GOLD), "bo": np.array([-1, 1, 0, 1, -1, 0])}
    fields = {"ids": [f"a:{row}" for row in range(6)], "texts": TEXTS, "articles": list("aaabbb")}
    fields |= {"gold": np.array(GOLD), "targets": np.full((6, 2), 0.5), "codings": codings}
    return LabelledParagraphs(of_labels("test", list(LABELS)), **(fields | changes))


def found(data: LabelledParagraphs | None = None, boilerplate: list[int] | None = None, **changes) -> dict:
    marked = np.isin(np.arange(6), boilerplate or [])
    arguments = {"models": MODELS, "test_fold": FOLDS} | changes
    outcome = find_issues(data or labelled(), np.array([FIRST, SECOND]), PREDICTED, marked, **arguments)
    json.dumps(outcome, allow_nan=False)
    return outcome


def test_the_least_likely_gold_comes_first() -> None:
    outcome = found()
    ranked = [(entry["paragraph"], entry["self_confidence"]) for entry in outcome["ranked"]]
    assert ranked == [("a:0", 0.2), ("a:3", 0.3), ("a:1", 0.4), ("a:4", 0.65), ("a:2", 0.9)]
    assert (outcome["paragraphs"], outcome["repeats"], outcome["wrong"]) == (5, 2, 3)
    assert [entry["paragraph"] for entry in found(limit=2)["ranked"]] == ["a:0", "a:3"]


def test_an_entry_tells_what_everyone_says() -> None:
    entries = {entry["paragraph"]: entry for entry in found()["ranked"]}
    entry = entries["a:1"]
    assert (entry["gold"], entry["coders"]) == ("cause", {"al": "cause", "bo": "order"})
    # The repeats differ; order has the larger mean.
    assert (entry["predicted"], entry["probability"], entry["repeats_wrong"]) == ("order", 0.6, 1)
    assert entries["a:0"]["coders"] == {"al": "cause"}


def test_confident_errors_are_wrong_and_the_surest_come_first() -> None:
    outcome = found()
    errors = [(entry["paragraph"], entry["probability"]) for entry in outcome["confident_errors"]]
    assert errors == [("a:0", 0.8), ("a:3", 0.7), ("a:1", 0.6)]
    assert [entry["paragraph"] for entry in found(limit=1)["confident_errors"]] == ["a:0"]
    assert outcome["confident_errors"][0] == outcome["ranked"][0]


def test_the_label_of_most_repeats_counts_and_not_the_largest_mean() -> None:
    probabilities = np.array([[[0.45, 0.55]], [[0.45, 0.55]], [[1.0, 0.0]]])
    data = LabelledParagraphs(of_labels("test", list(LABELS)), ["p"], ["grain"], ["a"], np.array([0]), np.ones((1, 2)))
    outcome = find_issues(data, probabilities, np.array([[1], [1], [0]]), np.array([False]), [], np.array([0]))
    assert outcome["ranked"][0]["predicted"] == "order"
    assert outcome["ranked"][0]["repeats_wrong"] == 2


def test_boilerplate_is_left_out_and_counted() -> None:
    outcome = found(boilerplate=[0, 5])
    assert [entry["paragraph"] for entry in outcome["ranked"]] == ["a:3", "a:1", "a:4", "a:2"]
    assert [entry["paragraph"] for entry in outcome["confident_errors"]] == ["a:3", "a:1"]
    assert (outcome["paragraphs"], outcome["boilerplate_left_out"]) == (4, 1)


def test_the_evidence_is_that_of_the_model_that_did_not_see_the_article() -> None:
    entries = {entry["paragraph"]: entry["evidence"] for entry in found()["ranked"]}
    root = np.sqrt(0.5)
    # Fold 7 is judged by the first model, fold 9 by the second.
    assert entries["a:0"]["predicted"] == [["guns", pytest.approx(2 * root, abs=1e-6)]]
    assert entries["a:0"]["gold"] == [["grain", pytest.approx(root, abs=1e-6)]]
    assert entries["a:3"]["predicted"] == [["grain", pytest.approx(3 * root, abs=1e-6)]]
    assert entries["a:3"]["gold"] == [["guns", pytest.approx(4 * root, abs=1e-6)]]


def test_only_the_five_strongest_terms_are_told() -> None:
    words = tuple("abcdefgh")
    weights = (np.arange(1.0, 9.0)[:, None] * [1, -1, 0, 0]).astype(np.float32)

    def knowing(terms: tuple[str, ...]) -> FrameModel:
        return FrameModel(TermWeights(terms, np.ones(8), weights), None, None, np.zeros(2), (1, 1), sublinear_tf=False)

    broad = knowing(words)
    data = labelled(texts=["aa bb", *TEXTS[1:]])
    assert found(data, models=[broad, broad])["ranked"][0]["evidence"] == {"predicted": [], "gold": []}
    long = knowing(tuple(f"{word}{word}" for word in words))
    data = labelled(texts=[" ".join(long.terms.terms), *TEXTS[1:]])
    evidence = found(data, models=[long, long])["ranked"][0]["evidence"]
    assert [term for term, _ in evidence["gold"]] == ["hh", "gg", "ff", "ee", "dd"]
    assert evidence["predicted"] == []


def test_other_peoples_texts_have_row_numbers_and_no_evidence() -> None:
    outcome = found(labelled(ours=False, ids=[str(row) for row in range(1, 7)], codings={}))
    assert [entry["paragraph"] for entry in outcome["ranked"]] == [1, 4, 2, 5, 3]
    assert {entry["evidence"] for entry in outcome["ranked"]} == {None}
    assert not any(word in json.dumps(outcome["ranked"]) for word in ("grain", "guns"))


def test_without_models_there_is_no_evidence() -> None:
    assert {entry["evidence"] for entry in found(models=[])["ranked"]} == {None}


def test_the_joint_on_paper() -> None:
    """Thresholds: cause (.2 + .4 + .9) / 3 = .5, order (.3 + .65) / 2 = .475.

    Paragraph 0 counts as order, 1 as order, 2 as cause; 3 (.7, .3) as cause, 4 as order.
    """
    mean = np.array([FIRST, SECOND]).mean(axis=0)[:5]
    assert confident_joint(np.array(GOLD[:5]), mean) == pytest.approx(np.array([[1, 2], [1, 1]]))


def test_a_model_that_errs_often_gives_no_estimate() -> None:
    """Its errors would be counted for the labels'."""
    estimate = found()["estimate"]
    assert set(estimate) == {"statement"}
    assert "an estimate of wrong labels would count its errors" in estimate["statement"]


def test_a_paragraph_that_reaches_no_threshold_does_not_count_and_rows_keep_their_numbers() -> None:
    gold = np.array([0, 0, 0, 1, 1])
    given = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.45, 0.55]])
    # Thresholds .8 and .675: the third and the fifth reach neither.
    assert confident_joint(gold, given) == pytest.approx(np.array([[3, 0], [0, 2]]))


def test_of_several_thresholds_the_more_probable_label_counts() -> None:
    gold = np.array([0, 0, 1, 1])
    given = np.array([[0.6, 0.4], [0.4, 0.6], [0.55, 0.45], [0.65, 0.35]])
    # Thresholds .5 and .4: the first reaches both and is the cause; so are the third, and the fourth that reaches one.
    assert confident_joint(gold, given) == pytest.approx(np.array([[1, 1], [2, 0]]))


@given(st.data())
def test_the_joint_keeps_the_numbers_of_gold(data: st.DataObject) -> None:
    n, k = data.draw(st.integers(1, 12)), data.draw(st.integers(2, 4))
    gold = np.array(data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n)))
    raw = np.array(data.draw(st.lists(st.lists(st.floats(0.01, 1), min_size=k, max_size=k), min_size=n, max_size=n)))
    joint = confident_joint(gold, raw / raw.sum(axis=1, keepdims=True))
    assert (joint >= 0).all()
    assert joint.sum(axis=1) == pytest.approx(np.bincount(gold, minlength=k))


def test_a_model_that_is_always_right_finds_no_label_off() -> None:
    gold = np.array([0, 1, 2] * 5)
    given = np.full((15, 3), 0.1)
    given[np.arange(15), gold] = 0.8
    assert confident_joint(gold, given) == pytest.approx(np.diag([5, 5, 5]))


def test_flipped_labels_are_found_first() -> None:
    """Sixty paragraphs that the model tells apart well, six of them mislabelled."""
    random = np.random.default_rng(0)
    true = np.repeat([0, 1], 30)
    right = random.uniform(0.7, 0.99, 60)
    given = np.where(np.arange(2) == true[:, None], right[:, None], 1 - right[:, None])
    flipped = [3, 17, 29, 30, 44, 59]
    gold = true.copy()
    gold[flipped] = 1 - gold[flipped]
    ids = [str(row) for row in range(60)]
    data = LabelledParagraphs(of_labels("test", list(LABELS)), ids, ids, ids, gold, np.ones((60, 2)) / 2)
    outcome = find_issues(data, given[None], true[None], np.zeros(60, bool), [], np.zeros(60, int), limit=6)
    assert {int(entry["paragraph"]) for entry in outcome["ranked"]} == set(flipped)
    assert {int(entry["paragraph"]) for entry in outcome["confident_errors"]} == set(flipped)
    assert outcome["estimate"]["labels_off"] == pytest.approx(6, abs=1)


def test_data_without_gold_have_empty_lists() -> None:
    outcome = found(labelled(gold=np.full(6, -1)))
    assert (outcome["ranked"], outcome["confident_errors"], outcome["estimate"]["share"]) == ([], [], None)
