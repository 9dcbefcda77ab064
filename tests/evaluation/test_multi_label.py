from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, hamming_loss, jaccard_score

from framing.annotation.records import LabelledParagraphs
from framing.codebook import Codebook, Frame
from framing.errors import EvaluationError
from framing.evaluation.comparison import corrected_resampled_t
from framing.evaluation.cross_validation import Part
from framing.evaluation.evaluation import Evaluation
from framing.evaluation.intervals import ArticleBootstrap
from framing.evaluation.multi_label import evaluate_multi_label
from framing.evaluation.multi_label_figures import SetYardstick
from framing.evaluation.splits import plan_splits
from framing.settings import ClassifierSettings, EvaluationSettings, Experiment, SmoothingSettings

FRAMES = ("crops", "roads", "votes")
WORDS = ("field harvest seed barley", "bridge gravel lorry tunnel", "ballot count poll mayor", "early late near far")


def articles(n_articles: int = 30, seed: int = 0) -> LabelledParagraphs:
    """Make articles of three texts, each of one label or two, one in eight of none of the frames."""
    random = np.random.default_rng(seed)
    carried = np.eye(4, dtype=bool)[random.permutation(np.arange(3 * n_articles) % 8 % 4)]
    carried[:, :3] |= (random.random((len(carried), 3)) < 0.25) & ~carried[:, 3:]
    texts = []
    for row, one in enumerate(carried):
        words = [random.choice(WORDS[place].split()) for place in np.repeat(np.flatnonzero(one), 2)]
        texts.append(" ".join([*words, *random.choice(" ".join(WORDS).split(), 2), f"t{row}x"]))
    return LabelledParagraphs(
        codebook=Codebook("works", "1", tuple(Frame(frame, frame) for frame in FRAMES), residual="other"),
        ids=[str(row + 1) for row in range(len(texts))],
        texts=texts,
        articles=[str(row // 3) for row in range(len(texts))],
        gold=carried.argmax(axis=1),
        targets=carried / carried.sum(axis=1, keepdims=True),
        ours=False,
        several=True,
    )


EXPERIMENT = Experiment(
    classifier=ClassifierSettings(C=(1.0, 8.0)),
    smoothing=SmoothingSettings(strength=(0.0,)),
    evaluation=EvaluationSettings(folds=3, repeats=2, inner_folds=2, bootstrap=200, studies=("baselines", "shift")),
)


def evaluate(
    data: LabelledParagraphs,
    experiment: Experiment = EXPERIMENT,
    boilerplate: np.ndarray | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Evaluation:
    plan = plan_splits(data, experiment.evaluation, experiment.seed)
    none = np.zeros(len(data.ids), dtype=bool)
    return evaluate_multi_label(
        data, plan, none if boilerplate is None else boilerplate, experiment, jobs=1, progress=progress
    )


@pytest.fixture(scope="module")
def measured() -> Evaluation:
    return evaluate(articles())


def sets_of(evaluation: Evaluation, key: str, repeat: int) -> np.ndarray:
    labels = (*FRAMES, "other")
    rows = [row for row in evaluation.rows if row["repeat"] == repeat]
    return np.array([[label in row[key] for label in labels] for row in rows])


def test_figures_are_the_library_s_on_the_rows_mean_over_repeats(measured: Evaluation) -> None:
    def mean(figure: Callable[..., float], **settings) -> float:
        repeats = [(sets_of(measured, "gold", repeat), sets_of(measured, "predicted", repeat)) for repeat in range(2)]
        return float(np.mean([figure(gold, predicted, **settings) for gold, predicted in repeats]))

    def frames_only(gold: np.ndarray, predicted: np.ndarray, average: str) -> float:
        return float(f1_score(gold[:, :3], predicted[:, :3], average=average))

    expected = {
        "micro_f1": mean(f1_score, average="micro"),
        "macro_f1": mean(f1_score, average="macro"),
        "micro_f1_frames": mean(frames_only, average="micro"),
        "macro_f1_frames": mean(frames_only, average="macro"),
        "accuracy": mean(accuracy_score),
        "hamming_loss": mean(hamming_loss),
        "jaccard": mean(jaccard_score, average="samples"),
        "labels_per_text_gold": mean(lambda gold, _: gold.sum(axis=1).mean()),
        "labels_per_text_predicted": mean(lambda _, predicted: predicted.sum(axis=1).mean()),
    }
    found = measured.summary["metrics"]
    assert found.keys() == expected.keys() == measured.summary["protocol"]["definitions"].keys()
    for name, value in expected.items():
        assert found[name]["value"] == pytest.approx(value, abs=1e-6)
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
    gold = sets_of(measured, "gold", 0)
    per_frame = measured.summary["per_frame"]
    assert [per_frame[label]["support"] for label in per_frame] == gold.sum(axis=0).tolist()
    by_label = [f1_score(gold, sets_of(measured, "predicted", repeat), average=None) for repeat in range(2)]
    assert [per_frame[label]["f1"]["value"] for label in per_frame] == pytest.approx(
        np.mean(by_label, axis=0), abs=1e-6
    )


def test_every_fold_tells_what_was_chosen_in_it(measured: Evaluation) -> None:
    folds = measured.summary["folds"]
    assert [(fold["repeat"], fold["fold"]) for fold in folds] == [(r, f) for r in range(2) for f in range(3)]
    for fold in folds:
        assert fold["C"] in (1.0, 8.0)
        assert list(fold["thresholds"]) == list(FRAMES)
        assert fold["threshold"] == "by_frame" or len(set(fold["thresholds"].values())) == 1
        rows = [row for row in measured.rows if (row["repeat"], row["fold"]) == (fold["repeat"], fold["fold"])]
        assert len(rows) == fold["test"] == 90 - fold["train"]
        for row in rows:
            above = [frame for frame, p in zip(FRAMES, row["scores"], strict=True) if p >= fold["thresholds"][frame]]
            assert row["predicted"] == (above or ["other"])


def test_baselines_are_set_against_the_recipe_on_the_same_folds(measured: Evaluation) -> None:
    baselines = measured.summary["baselines"]
    assert list(baselines) == ["majority", "naive_bayes", "naive_bayes_or_none", "word_char_svc"]
    for baseline in baselines.values():
        for name in ("micro_f1", "macro_f1"):
            against = baseline["model_less_baseline"][name]
            gap = measured.summary["metrics"][name]["value"] - baseline["metrics"][name]["value"]
            assert against["difference"]["value"] == pytest.approx(gap, abs=2e-6)
            assert 0 < against["randomisation_p"] <= 1
            assert against["corrected_resampled_t"]["degrees_of_freedom"] == 5
    assert baselines["majority"]["model_less_baseline"]["micro_f1"]["randomisation_p"] < 0.01
    # With a residual, a text without a frame has a label of its own, and both ways to naive Bayes are one.
    assert baselines["naive_bayes"]["metrics"] == baselines["naive_bayes_or_none"]["metrics"]


def test_comparison_is_the_corrected_test_on_the_library_s_fold_figures() -> None:
    random = np.random.default_rng(3)
    gold, first, second = random.random((3, 60, 3)) < 0.4
    folds = np.arange(60) % 4
    parts = [Part(0, fold, np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(4)]
    bootstrap = ArticleBootstrap.over(np.arange(60) // 2, 100, 1)
    yardstick = SetYardstick(gold, bootstrap, 3, 1)
    outcome = yardstick.compare(first[None], second[None], parts)
    for name in ("micro", "macro"):
        one, other = (
            np.array([f1_score(gold[part.test], sets[part.test], average=name) for part in parts])
            for sets in (first, second)
        )
        expected = corrected_resampled_t(one - other, np.full(4, 45), np.full(4, 15))
        assert expected is not None
        assert outcome[f"{name}_f1"]["corrected_resampled_t"] == pytest.approx(dataclasses.asdict(expected), abs=1e-12)
    same = yardstick.compare(first[None], first[None], parts)["macro_f1"]
    assert same["difference"] == {"value": 0, "low": 0, "high": 0}
    assert same["randomisation_p"] == 1


def test_other_people_s_texts_do_not_stand_in_the_results(measured: Evaluation) -> None:
    written = json.dumps([measured.summary, measured.rows], allow_nan=False)
    assert not any(text in written for text in articles().texts)
    assert [row["paragraph"] for row in measured.rows[:90]] == list(range(1, 91))


def test_the_same_seed_gives_the_same_figures_and_progress_reaches_its_end(measured: Evaluation) -> None:
    steps: list[tuple[int, int]] = []
    again = evaluate(articles(), progress=lambda done, total: steps.append((done, total)))
    assert again == measured
    assert {total for _, total in steps} == {30}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (30, 30)


def test_boilerplate_gets_the_residual_alone_and_no_scores() -> None:
    data = articles()
    boilerplate = np.arange(90) % 30 == 4
    experiment = dataclasses.replace(
        EXPERIMENT, evaluation=dataclasses.replace(EXPERIMENT.evaluation, repeats=1, studies=())
    )
    evaluation = evaluate(data, experiment, boilerplate)
    marked = [row for row, mark in zip(evaluation.rows, boilerplate, strict=True) if mark]
    assert [(row["predicted"], row["scores"]) for row in marked] == [(["other"], None)] * 3
    without = evaluation.summary["without_boilerplate"]
    assert without["paragraphs"] == 87
    gold, predicted = (sets_of(evaluation, key, 0)[~boilerplate] for key in ("gold", "predicted"))
    assert without["metrics"]["accuracy"]["value"] == pytest.approx(accuracy_score(gold, predicted), abs=1e-6)
    assert list(evaluation.summary["baselines"]) == ["majority"]
    assert evaluation.summary["protocol"]["studies"] == []


def test_what_stops_a_fold_is_told_before_any_fitting() -> None:
    data = articles()
    targets = data.targets.copy()
    targets[:, 0] = 1
    seen: list[int] = []
    with pytest.raises(EvaluationError, match="carries 'crops'"):
        evaluate(dataclasses.replace(data, targets=targets), progress=lambda done, _: seen.append(done))
    assert not seen
