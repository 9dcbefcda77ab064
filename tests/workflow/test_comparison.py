from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from framing.errors import ArtifactError, UsageError
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DataSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    FeatureSettings,
    SmoothingSettings,
)
from framing.workflow.comparison import compare_models, decide
from framing.workflow.evaluation import evaluate_to
from framing.workflow.training import train

WORDS = {"deed": "soldiers raid checkpoint rifle patrol", "want": "school well harvest clinic wage"}


def write_table(path: Path, n: int = 120, noise: float = 0.25, wrong: float = 0.0) -> Path:
    """Write texts whose words tell the label, some of them labelled wrongly; the texts are the same for any labels."""
    random, lots = np.random.default_rng(3), np.random.default_rng(4)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", "group"])
        for row in range(n):
            label = ("deed", "want")[row % 2]
            heard = label if random.random() > noise else ("want", "deed")[row % 2]
            text = " ".join([*random.choice(WORDS[heard].split(), 4), f"article{row // 3}"])
            given = ("want", "deed")[row % 2] if lots.random() < wrong else label
            writer.writerow([text, given, row // 3])
    return path


def recipe(**changes) -> Experiment:
    evaluation = EvaluationSettings(folds=3, repeats=2, inner_folds=2, bootstrap=200, studies=())
    made = Experiment(
        name="two",
        data=DataSettings(csv="x"),
        classifier=ClassifierSettings(C=(4.0,)),
        smoothing=SmoothingSettings(strength=(0.0,)),
        evaluation=evaluation,
    )
    return dataclasses.replace(made, **changes)


def test_the_rule() -> None:
    def verdict(value, low, high):
        return decide({"value": value, "low": low, "high": high}, 0.02)[0]

    assert verdict(0.0, -0.02, 0.02) == "may"
    assert verdict(0.0, -0.021, 0.02) == "undecided"
    assert verdict(-0.05, -0.09, -0.01) == "may not"
    # A loss that is sure, and surely smaller than the margin, is no reason to keep the old one.
    assert verdict(-0.01, -0.015, -0.005) == "may"
    assert verdict(0.1, None, None) == "undecided"


def test_a_model_may_replace_itself(tmp_path: Path) -> None:
    data = write_table(tmp_path / "two.csv")
    folder = train(recipe(), data=data, output=tmp_path / "model").folder
    outcome = compare_models(folder, folder, data=data)
    assert outcome.verdict == "may"
    assert outcome.summary["b_less_a"]["macro_f1"] == {"value": 0, "low": 0, "high": 0}
    assert outcome.sentence.startswith("B may replace A: B's macro-F1 less A's is +.000")


def test_stored_predictions_of_the_same_folds_are_what_refitting_gives(tmp_path: Path) -> None:
    data = write_table(tmp_path / "two.csv")
    first, second = recipe(), recipe(features=FeatureSettings(ngrams=(1, 1)), classifier=ClassifierSettings(C=(0.5,)))
    for name, experiment in (("a", first), ("b", second)):
        evaluate_to(tmp_path / name, experiment, data=data)
    stored = compare_models(tmp_path / "a", tmp_path / "b" / "evaluation.json")
    model = train(first, data=data, output=tmp_path / "model").folder
    also_stored = compare_models(model, tmp_path / "b", data=data)
    write_toml(tmp_path / "second.toml", "[features]\nngrams = [1, 1]\n[classifier]\nC = [0.5]")
    refitted = compare_models(tmp_path / "a", tmp_path / "second.toml", data=data)
    assert [one.summary["refitted"] for one in (stored, also_stored, refitted)] == [False, False, True]
    assert stored.summary["b_less_a"] == also_stored.summary["b_less_a"] == refitted.summary["b_less_a"]
    assert stored.summary["a"]["metrics"] == refitted.summary["a"]["metrics"]


def test_where_one_sides_predictions_are_there_only_the_other_is_refitted(tmp_path: Path) -> None:
    old = train(recipe(), data=write_table(tmp_path / "then.csv", wrong=0.2), output=tmp_path / "old").folder
    data = write_table(tmp_path / "now.csv")
    new = train(recipe(classifier=ClassifierSettings(C=(1.0,))), data=data, output=tmp_path / "new").folder
    stages: set[str] = set()
    half = compare_models(old, new, data=data, progress=lambda stage, _done, _total: stages.add(stage))
    assert stages == {"A refitted"}
    # A recipe has no predictions, so that both are refitted.
    both = compare_models(old, write_toml(tmp_path / "new.toml", "[classifier]\nC = [1]"), data=data)
    for summary in (half.summary, both.summary):
        del summary["a"]["name"], summary["b"]["name"]
    assert half == both
    # The other way round the folds are A's, and B is the one to refit.
    stages.clear()
    compare_models(new, old, data=data, progress=lambda stage, _done, _total: stages.add(stage))
    assert stages == {"B refitted"}


@pytest.mark.parametrize(
    ("old", "new"),
    [("folds = 3", "folds = 4"), ("repeats = 2", "repeats = 3"), ('name = "two"', 'name = "b"\nseed = 1')],
)
def test_predictions_of_other_folds_are_no_stand_in(tmp_path: Path, old: str, new: str) -> None:
    data = write_table(tmp_path / "now.csv")
    evaluate_to(tmp_path / "a", recipe(), data=data)
    path = write_toml(tmp_path / "b.toml")
    path.write_text(path.read_text().replace(old, new))
    stages: set[str] = set()
    compare_models(tmp_path / "a", path, data=data, progress=lambda stage, _done, _total: stages.add(stage))
    assert stages == {"A refitted", "B refitted"}


def test_a_side_with_rows_of_no_evaluation_is_refused_by_its_name(tmp_path: Path) -> None:
    import hashlib

    data, folder = write_table(tmp_path / "two.csv"), tmp_path / "a"
    evaluate_to(folder, recipe(), data=data)
    rows = folder / "evaluation-rows.jsonl"
    rows.write_text(rows.read_text().replace('"fold": ', '"fold": "x', 1).replace(', "paragraph"', '", "paragraph"', 1))
    summary = json.loads((folder / "evaluation.json").read_text())
    summary["files"][rows.name] = hashlib.sha256(rows.read_bytes()).hexdigest()
    (folder / "evaluation.json").write_text(json.dumps(summary))
    with pytest.raises(ArtifactError, match=r"/a: holds rows that no evaluation writes"):
        compare_models(folder, write_toml(tmp_path / "b.toml"), data=data)


def test_of_a_longer_run_the_repeats_that_both_have_are_taken(tmp_path: Path) -> None:
    data = write_table(tmp_path / "two.csv")
    longer, other = recipe(), recipe(classifier=ClassifierSettings(C=(0.5,)))
    shorter = dataclasses.replace(other, evaluation=dataclasses.replace(other.evaluation, repeats=1))
    for name, experiment in (("longer", longer), ("other", other), ("shorter", shorter)):
        evaluate_to(tmp_path / name, experiment, data=data)
    outcome = compare_models(tmp_path / "longer", tmp_path / "shorter").summary
    both_ways = compare_models(tmp_path / "shorter", tmp_path / "longer").summary
    assert (outcome["repeats"], outcome["refitted"]) == (1, False)
    assert outcome["b_less_a"]["accuracy"]["value"] == pytest.approx(-both_ways["b_less_a"]["accuracy"]["value"])
    assert compare_models(tmp_path / "longer", tmp_path / "other").summary["repeats"] == 2
    same = compare_models(tmp_path / "other", tmp_path / "shorter").summary
    assert same["b_less_a"]["macro_f1"] == {"value": 0, "low": 0, "high": 0}


def write_toml(path: Path, rest: str = "") -> Path:
    path.write_text(
        'name = "two"\n[data]\ncsv = "x"\n'
        "[smoothing]\nstrength = [0]\n"
        f"[evaluation]\nfolds = 3\nrepeats = 2\ninner_folds = 2\nbootstrap = 200\nstudies = []\n{rest}\n"
    )
    return path


def test_each_learns_from_its_own_labels_and_both_are_tested_on_todays(tmp_path: Path) -> None:
    """The old one was trained on labels half of which are wrong; today they are mended."""
    poor = write_table(tmp_path / "poor.csv", wrong=0.45)
    good = write_table(tmp_path / "good.csv", noise=0.25)
    old = train(recipe(), data=poor, output=tmp_path / "old").folder
    new = train(recipe(), data=good, output=tmp_path / "new").folder
    outcome = compare_models(old, new, data=good)
    assert outcome.summary["refitted"]
    assert outcome.summary["b_less_a"]["macro_f1"]["low"] > 0
    assert outcome.verdict == "may"
    back = compare_models(new, old, data=good)
    assert back.verdict == "may not"
    assert back.summary["a"]["metrics"] == outcome.summary["b"]["metrics"]


def test_without_texts_and_on_other_labels_it_asks_for_the_labels(tmp_path: Path) -> None:
    for name, wrong in (("a", 0.0), ("b", 0.2)):
        evaluate_to(tmp_path / name, recipe(), data=write_table(tmp_path / f"{name}.csv", wrong=wrong))
    with pytest.raises(UsageError, match="name today's labels with --data"):
        compare_models(tmp_path / "a", tmp_path / "b")


def test_other_frames_are_refused(tmp_path: Path) -> None:
    data = write_table(tmp_path / "two.csv")
    evaluate_to(tmp_path / "a", recipe(), data=data)
    other = tmp_path / "other.csv"
    other.write_text(data.read_text().replace(",deed,", ",act,"))
    with pytest.raises(UsageError, match=r"has other frames than today's labels: deed, want"):
        compare_models(tmp_path / "a", tmp_path / "a", data=other)


def test_what_is_no_contender_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no experiment file, no model's folder and no folder of an evaluation"):
        compare_models(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("evaluation-rows.jsonl", '"repeat": 0', '"repeat": "x"'),
        ("evaluation-rows.jsonl", '"scores": [', '"scores": [0.5, '),
        ("training-labels.jsonl", '"group": 0', '"group": null'),
    ],
)
def test_rows_that_no_evaluation_writes_are_refused(tmp_path: Path, name: str, old: str, new: str) -> None:
    """Digests show damage, not authorship: whoever changes the rows can change the digest as well."""
    import hashlib

    folder = tmp_path / "a"
    evaluate_to(folder, recipe(), data=write_table(tmp_path / "two.csv"))
    content = (folder / name).read_text().replace(old, new, 1)
    (folder / name).write_text(content)
    summary = json.loads((folder / "evaluation.json").read_text())
    summary["files"][name] = hashlib.sha256(content.encode()).hexdigest()
    (folder / "evaluation.json").write_text(json.dumps(summary))
    with pytest.raises(ArtifactError, match="holds rows that no evaluation writes"):
        compare_models(folder, folder)


def test_evaluations_of_several_labels_a_text_are_refused_for_what_they_are(tmp_path: Path) -> None:
    data = tmp_path / "several.csv"
    lines = [f"raid patrol {row} rifle school,{('deed', 'want', 'deed;want')[row % 3]},{row}\n" for row in range(60)]
    data.write_text("text,label,group\n" + "".join(lines))
    several = recipe(data=DataSettings(csv="x", separator=";", several=True))
    evaluate_to(tmp_path / "a", several, data=data)
    told = json.loads((tmp_path / "a" / "evaluation.json").read_text())
    assert told["protocol"]["experiment"]["classifier"]["tolerance"] == ClassifierSettings().tolerance
    assert "Not measured" in told["not_measured"]
    with pytest.raises(UsageError, match="gives a text several frames"):
        compare_models(tmp_path / "a", tmp_path / "a")


def test_experiment_files_that_name_different_labels_are_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_table(tmp_path / f"{name}.csv")
        write_toml(tmp_path / f"{name}.toml")
        (tmp_path / f"{name}.toml").write_text(
            (tmp_path / f"{name}.toml").read_text().replace('csv = "x"', f'csv = "{name}.csv"')
        )
    with pytest.raises(UsageError, match="name different labels"):
        compare_models(tmp_path / "one.toml", tmp_path / "two.toml")
    assert compare_models(tmp_path / "one.toml", tmp_path / "two.toml", data=tmp_path / "one.csv").verdict == "may"


def test_a_codebook_that_a_model_names_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    data = write_table(tmp_path / "two.csv")
    evaluate_to(tmp_path / "a", recipe(), data=data)
    summary = json.loads((tmp_path / "a" / "evaluation.json").read_text())
    summary["protocol"]["experiment"]["data"]["codebook"] = "book.toml"
    (tmp_path / "a" / "evaluation.json").write_text(json.dumps(summary))
    with pytest.raises(UsageError, match=r"name the codebook 'book\.toml', and not where it lies"):
        compare_models(tmp_path / "a", tmp_path / "a", data=data)


def test_one_article_decides_nothing(tmp_path: Path) -> None:
    data = tmp_path / "one.csv"
    lines = [
        f"{('raid patrol', 'school well')[row % 2]} {row},{('deed', 'want')[row % 2]},a,{row // 20}\n"
        for row in range(40)
    ]
    data.write_text("text,label,group,fold\n" + "".join(lines))
    # With nothing to choose there are no inner folds, for which one article would not do.
    one = recipe(
        data=DataSettings(csv="x", fold="fold"),
        context=ContextSettings(article=(1.0,)),
        decoding=DecodingSettings(emission=(1.0,)),
        calibration=CalibrationSettings(coverage=0.0),
    )
    evaluate_to(tmp_path / "a", one, data=data)
    outcome = compare_models(tmp_path / "a", tmp_path / "a")
    assert outcome.verdict == "undecided"
