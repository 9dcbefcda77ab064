from __future__ import annotations

import json
from pathlib import Path

import pytest

from framing.settings import read_experiment

EVALUATION = """
name = "small"
[data]
labels = "{labels}"
[features]
ngrams = [1, 1]
[classifier]
C = [8]
tolerance = 0.0001
[evaluation]
folds = 2
repeats = 2
study_repeats = 1
smallest_group = 40
left_out = ["region", "year"]
curve = [0.25, 0.5, 1.0]
bootstrap = 100
behaviour = "{behaviour}"
"""


@pytest.fixture(scope="module")
def experiment(root: Path, tmp_path_factory: pytest.TempPathFactory, terms_alone: str) -> Path:
    path = tmp_path_factory.mktemp("experiments") / "small.toml"
    tests = root / "experiments" / "behaviour" / "conflict-frames.toml"
    path.write_text(EVALUATION.format(labels=root / "labels", behaviour=tests) + terms_alone)
    return path


@pytest.fixture
def evaluated(run, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    return run("evaluate", experiment, "--output", "measured", "--jobs", 1)


def test_everything_is_measured_on_the_projects_own_labels(run, evaluated, experiment, tmp_path: Path) -> None:
    """One long run, and all that is asked of it."""
    assert evaluated.code == 0, evaluated.stderr
    assert max(map(len, evaluated.text.splitlines())) <= 80
    assert "written to measured/evaluation.json" in evaluated.stderr
    for words in (
        "Words of the codebook", "NB-SVM", "Complement naive Bayes", "Leakage: folds that part articles",
        "Krippendorff's alpha", "it is not human reliability", "region (", "Names masked", "Learning curve",
        "Keeping what it is surest of", "pairs whose frame should change", "typos",
    ):  # fmt: skip
        assert words in evaluated.text.replace("\n", " ").replace("  ", " "), words

    summary = json.loads((tmp_path / "measured" / "evaluation.json").read_text())
    assert {
        "metrics", "per_frame", "folds", "protocol", "baselines", "leakage", "shift", "names_masked", "learning_curve",
        "behaviour", "consistency", "selective", "label_issues", "calibration", "copies_in_training",
    } <= set(summary)  # fmt: skip
    assert summary["protocol"]["groups"] == 278
    assert summary["leakage"]["gap"]["macro_f1"]["value"] > 0
    assert {group["name"] for group in summary["shift"]["region"]["groups"]} >= {"South Asia", "other"}
    for baseline in summary["baselines"].values():
        assert "note" in baseline or baseline["metrics"]["macro_f1"]["low"] is not None

    # A model that knows nothing is beaten, and by both tests.
    against = summary["baselines"]["majority"]["model_less_baseline"]["macro_f1"]
    assert against["difference"]["low"] > 0
    assert against["corrected_resampled_t"]["p_value"] < 0.05
    assert against["randomisation_p"] < 0.01

    again = run("evaluate", experiment, "--output", "measured")
    assert again.code == 2
    assert "holds an evaluation already" in again.stderr

    listed = run("labels", "issues", read_experiment(experiment).data.labels, "--evaluation", "measured", "--limit", 3)
    assert listed.code == 0
    assert listed.text.count("gold  ") == 3


def test_quick_leaves_the_studies_out(run, experiment: Path, tmp_path: Path) -> None:
    quick = run("evaluate", experiment, "--output", tmp_path / "quick", "--quick", "--jobs", 1)
    assert quick.code == 0
    summary = json.loads((tmp_path / "quick" / "evaluation.json").read_text())
    assert set(summary["baselines"]) == {"majority"}
    assert "shift" not in summary
    assert summary["protocol"]["studies"] == []


def test_other_frames_than_the_behaviour_tests_are_refused_before_any_fit(run, experiment, tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    table.write_text("text,label\n" + "".join(f"raid number {row},{'ab'[row % 2]}\n" for row in range(40)))
    refused = run("evaluate", experiment, "--data", table, "--output", tmp_path / "new")
    assert refused.code == 1
    assert "conflict-frames.toml" in refused.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("a", 0), ("b", 0)] * 20, "need at least 5 articles, and there are 1"),
        ([("a", row) for row in range(30)] + [("b", 30), ("b", 31), ("b", 32)], "'b' is gold in 3 articles"),
    ],
)
def test_data_that_cannot_be_folded_say_what_to_do(run, tmp_path: Path, rows, told: str) -> None:
    recipe = tmp_path / "any.toml"
    recipe.write_text('name = "any"\n[data]\ncsv = "any.csv"\n')
    texts = "".join(f"raid number {place},{label},{group}\n" for place, (label, group) in enumerate(rows))
    (tmp_path / "any.csv").write_text(f"text,label,group\n{texts}")
    refused = run("evaluate", recipe, "--output", tmp_path / "out")
    assert refused.code == 1
    assert told in refused.stderr
    assert "lower 'folds' in [evaluation]" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_fold_that_is_no_number_names_the_line(run, tmp_path: Path) -> None:
    recipe = tmp_path / "any.toml"
    recipe.write_text('name = "any"\n[data]\ncsv = "any.csv"\nfold = "fold"\n')
    (tmp_path / "any.csv").write_text("text,label,fold\nraid,a,0\nwells,b,unknown\n")
    refused = run("evaluate", recipe, "--output", tmp_path / "out")
    assert refused.code == 1
    assert "any.csv:3: has the fold 'unknown'; folds are whole numbers from 0" in refused.stderr


def test_a_planted_copy_across_published_folds_is_told(run, tmp_path: Path) -> None:
    recipe = tmp_path / "any.toml"
    recipe.write_text(
        'name = "any"\n[data]\ncsv = "any.csv"\nfold = "fold"\n[classifier]\nC = [1]\n'
        "[evaluation]\nstudies = []\nbootstrap = 100\n"
    )
    lines = [f"raid patrol rifle village {row} market {row * 7},{'ab'[row % 2]},{row % 4 // 2}\n" for row in range(40)]
    copied = "the very same long report of a bridge that was closed by the flood on monday"
    lines += [f"{copied},a,0\n", f"{copied},a,1\n"]
    (tmp_path / "any.csv").write_text(f"text,label,fold\n{''.join(lines)}")
    told = run("evaluate", recipe, "--output", tmp_path / "out", "--jobs", 1)
    assert told.code == 0
    text = told.text.replace("\n", " ")
    assert "1 pair of copies or near-copies stand in different published folds" in text
    assert "2 test paragraphs have a copy or near-copy in training; without them macro-F1" in text


def test_a_planted_copy_keeps_its_articles_in_one_fold(run, tmp_path: Path) -> None:
    recipe = tmp_path / "any.toml"
    recipe.write_text(
        'name = "any"\n[data]\ncsv = "any.csv"\n[classifier]\nC = [1]\n[evaluation]\nstudies = []\nbootstrap = 100\n'
    )
    lines = [
        f"raid patrol rifle {row} village market {row * 7} in the valley {row * 11},{'ab'[row % 2]},{row // 2}\n"
        for row in range(40)
    ]
    copied = "the very same long report of a bridge that was closed by the flood on monday"
    lines += [f"{copied},a,0\n", f"{copied},b,7\n"]
    (tmp_path / "any.csv").write_text(f"text,label,group\n{''.join(lines)}")
    told = run("evaluate", recipe, "--output", tmp_path / "out", "--jobs", 1)
    assert told.code == 0
    assert "1 pair of near-copies stands in different articles; such articles share a fold" in told.text.replace(
        "\n", " "
    )
    rows = [json.loads(line) for line in (tmp_path / "out" / "evaluation-rows.jsonl").read_text().splitlines()]
    for repeat in range(5):
        fold = {row["paragraph"]: row["fold"] for row in rows if row["repeat"] == repeat}
        # Rows 1 and 2 are article 0, rows 15 and 16 article 7; 41 and 42 are the copies.
        assert len({fold[number] for number in (1, 2, 15, 16, 41, 42)}) == 1


def test_published_folds_that_part_articles_are_told(run, tmp_path: Path) -> None:
    recipe = tmp_path / "any.toml"
    recipe.write_text(
        'name = "any"\n[data]\ncsv = "any.csv"\nfold = "fold"\n[classifier]\nC = [1]\n'
        "[evaluation]\nstudies = []\nbootstrap = 100\n"
    )
    lines = [
        f"raid patrol rifle village {row} market {row * 7},{'ab'[row % 2]},{row // 4},{row % 4 // 2}\n"
        for row in range(40)
    ]
    (tmp_path / "any.csv").write_text("text,label,group,fold\n" + "".join(lines))
    told = run("evaluate", recipe, "--output", tmp_path / "out", "--jobs", 1)
    assert told.code == 0
    assert "The published folds part articles: 100.0% of the test paragraphs" in told.text.replace("\n", " ")
