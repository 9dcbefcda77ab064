from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from framing.annotation.changes import LabelChanges
from framing.artifact import load
from framing.artifact.history import history_folder, read_history
from framing.artifact.manifest import MANIFEST, canonical
from framing.errors import UsageError
from framing.settings import (
    CalibrationSettings,
    ClassifierSettings,
    ContextSettings,
    DataSettings,
    DecodingSettings,
    EvaluationSettings,
    Experiment,
    SmoothingSettings,
)
from framing.workflow.comparison import compare_models
from framing.workflow.data import load_data
from framing.workflow.retraining import described
from framing.workflow.training import train

WORDS = {"deed": "soldiers raid checkpoint rifle patrol", "want": "school well harvest clinic wage"}
# Where the new labels are no better than drawn by lot.
FIRST_LABELS = 120


def write_table(path: Path, n: int = FIRST_LABELS, by_lot: bool = False, labels: tuple[str, str] = ("deed", "want")):
    """Write texts that tell their label; those after the first so many labelled rightly, or by lot."""
    random, lots = np.random.default_rng(3), np.random.default_rng(4)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", "group"])
        for row in range(n):
            place = row % 2
            heard = list(WORDS)[place if random.random() > 0.2 else 1 - place]
            text = " ".join([*random.choice(WORDS[heard].split(), 4), f"article{row // 3}"])
            given = lots.integers(2) if by_lot and row >= FIRST_LABELS else place
            writer.writerow([text, labels[given], row // 3])
    return path


def recipe(C: float = 4.0) -> Experiment:
    return Experiment(
        name="two",
        data=DataSettings(csv="x", group="group"),
        classifier=ClassifierSettings(C=(C,)),
        smoothing=SmoothingSettings(strength=(0.0,)),
        context=ContextSettings(article=(0.0,)),
        decoding=DecodingSettings(emission=(0.0,)),
        calibration=CalibrationSettings(coverage=0),
        evaluation=EvaluationSettings(folds=3, repeats=2, inner_folds=2, bootstrap=200, studies=()),
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the first labels, with its history."""
    home = tmp_path_factory.mktemp("first")
    train(recipe(), data=write_table(home / "first.csv"), output=home / "model")
    return home


@pytest.fixture
def output(first: Path, tmp_path: Path) -> Path:
    for name in ("model", "model.history"):
        shutil.copytree(first / name, tmp_path / name)
    return tmp_path / "model"


def digest_of(folder: Path) -> str:
    return str(load(folder).manifest["digest"])


def actions(output: Path) -> list[str]:
    return [entry.action for entry in read_history(output).entries]


def test_the_first_model_is_saved_and_noted(output: Path) -> None:
    [entry] = read_history(output).entries
    evaluation = load(output).evaluation
    assert evaluation is not None
    assert (entry.action, entry.digest, entry.paragraphs) == ("trained", digest_of(output), FIRST_LABELS)
    assert (entry.macro_f1, entry.accuracy) == (evaluation["metrics"]["macro_f1"], evaluation["metrics"]["accuracy"])
    assert entry.labels == evaluation["protocol"]["labels"]
    assert entry.codebook is not None
    assert entry.codebook.endswith(" 0")


def test_the_very_same_model_changes_nothing(output: Path, first: Path) -> None:
    before = (history_folder(output) / "history.jsonl").read_bytes()
    again = train(recipe(), data=first / "first.csv", output=output)
    assert (again.settled.outcome, again.folder) == ("unchanged", output)
    assert (history_folder(output) / "history.jsonl").read_bytes() == before


def test_more_good_labels_replace_the_model_and_keep_the_former(output: Path, tmp_path: Path) -> None:
    told: list[str] = []
    former = digest_of(output)
    data = write_table(tmp_path / "more.csv", n=210)
    settled = train(recipe(), data=data, output=output, tell=told.append).settled
    assert (settled.outcome, settled.folder, settled.former) == ("replaced", output, former)
    assert told == [
        f"labels since the model in place ({former[:8]}): 90 paragraphs added, 0 with other labels, 0 taken away"
    ]
    history = read_history(output)
    assert set(history.kept) == {former}
    assert history.entries[-1].digest == history.in_place == digest_of(output)
    assert history.entries[-1].sentence == settled.sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "model.history", "more.csv"]
    # What was decided is what comparing the two afresh would say.
    assert settled.replacement is not None
    afresh = compare_models(history.kept[former], output, data=data)
    for summary in (settled.replacement.summary, afresh.summary):
        del summary["a"]["name"], summary["b"]["name"]
    assert settled.replacement == afresh


def test_labels_that_make_it_worse_are_refused_and_forcing_says_what_it_overrules(output: Path, tmp_path: Path) -> None:
    former = digest_of(output)
    data = write_table(tmp_path / "worse.csv", n=240, by_lot=True)
    refused = train(recipe(), data=data, output=output).settled
    assert refused.outcome == "refused"
    assert refused.replacement is not None
    assert refused.replacement.verdict == "may not"
    assert digest_of(output) == former
    assert refused.folder.name == f"model-{digest_of(refused.folder)[:8]}"
    assert actions(output) == ["trained", "refused"]

    forced = train(recipe(), data=data, output=output, force=True).settled
    assert (forced.outcome, forced.folder, forced.sentence) == ("forced", output, refused.sentence)
    assert not refused.folder.exists()
    assert actions(output) == ["trained", "refused", "forced"]
    assert set(read_history(output).kept) == {former}


def test_a_wider_margin_lets_more_pass(output: Path, tmp_path: Path) -> None:
    data = write_table(tmp_path / "same.csv", n=150)
    strict = train(recipe(8.0), data=data, output=output, margin=0).settled
    assert strict.replacement is not None
    assert strict.replacement.summary["margin"] == 0
    lenient = train(recipe(8.0), data=data, output=output, margin=1).settled
    assert lenient.outcome == "replaced"


def test_other_frames_cannot_be_compared(output: Path, tmp_path: Path) -> None:
    told: list[str] = []
    data = write_table(tmp_path / "renamed.csv", labels=("act", "want"))
    refused = train(recipe(), data=data, output=output, tell=told.append).settled
    assert (refused.outcome, refused.replacement) == ("refused", None)
    assert refused.sentence is not None
    assert "the model in place" in refused.sentence
    assert "has other frames than today's labels: deed, want" in refused.sentence
    assert "deed to act 60" in told[1]
    entry = read_history(output).entries[-1]
    assert (entry.action, entry.verdict, entry.sentence) == ("refused", None, refused.sentence)
    assert train(recipe(), data=data, output=output, force=True).settled.outcome == "forced"


def resealed(folder: Path, **change: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_text()) | change
    del manifest["digest"]
    manifest["digest"] = hashlib.sha256(canonical(manifest)).hexdigest()
    (folder / MANIFEST).write_bytes(canonical(manifest))


@pytest.mark.parametrize("fault", ["too old", "damaged"])
def test_a_model_that_cannot_be_read_is_replaced_by_force_alone(
    output: Path, first: Path, tmp_path: Path, fault: str
) -> None:
    if fault == "too old":
        resealed(output, format=1)
    else:
        (output / "weights.npy").write_bytes(b"")
    words = {"too old": "was made by an older version", "damaged": r"weights.npy: is damaged"}[fault]
    told: list[str] = []
    refused = train(recipe(), data=first / "first.csv", output=output, tell=told.append).settled
    assert refused.outcome == "refused"
    assert refused.sentence is not None
    assert words in refused.sentence
    assert told[0].startswith("what changed in the labels since the model in place cannot be told")
    forced = train(recipe(), data=first / "first.csv", output=output, force=True).settled
    assert forced.outcome == "forced"
    load(output)
    # What was there is kept all the same.
    kept = history_folder(output) / str(forced.former)[:8]
    assert (kept / "weights.npy").stat().st_size == (
        0 if fault == "damaged" else (output / "weights.npy").stat().st_size
    )


def test_a_folder_with_a_file_of_ones_own_is_refused_before_the_labels_are_read(output: Path) -> None:
    (output / "notes.txt").write_text("keep")
    with pytest.raises(UsageError, match=r"holds notes\.txt"):
        train(recipe(), data=output / "absent.csv", output=output, force=True)


TRAIN = """
import sys
from framing.settings import read_experiment
from framing.workflow.training import train
train(read_experiment(sys.argv[1]), output=sys.argv[2], tell=lambda line: print(line, file=sys.stderr))
"""


def test_two_trainings_at_once_are_settled_one_after_the_other(tmp_path: Path) -> None:
    runs = []
    for name, n in (("one", 120), ("two", 150)):
        write_table(tmp_path / f"{name}.csv", n=n)
        (tmp_path / f"{name}.toml").write_text(
            f'name = "{name}"\n[data]\ncsv = "{name}.csv"\ngroup = "group"\n[smoothing]\nstrength = [0]\n'
            "[classifier]\nC = [4]\n[context]\narticle = [0]\n[decoding]\nemission = [0]\n[calibration]\ncoverage = 0\n"
            "[evaluation]\nfolds = 3\nrepeats = 2\nbootstrap = 200\nstudies = []\n"
        )
        command = [sys.executable, "-c", TRAIN, str(tmp_path / f"{name}.toml"), str(tmp_path / "model")]
        runs.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    said = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    history = read_history(tmp_path / "model")
    assert history.notes == ()
    assert history.entries[0].action == "trained"
    assert len(history.entries) == 2
    second = history.entries[1]
    if second.action == "replaced":
        assert history.in_place == second.digest == digest_of(tmp_path / "model")
        assert set(history.kept) == {history.entries[0].digest}
    else:
        assert second.action == "refused"
        assert digest_of(tmp_path / f"model-{second.digest[:8]}") == second.digest
        assert history.in_place == history.entries[0].digest


def test_words_for_what_changed() -> None:
    assert described(LabelChanges(0, 0, 0, {})) == ["no change"]
    gold = {("a", "b"): 1200, (None, "b"): 1, ("b", None): 1} | {(f"x{place}", "a"): 1 for place in range(7)}
    paragraphs, flips = described(LabelChanges(1, 0, 1300, gold))
    assert paragraphs == "1 paragraph added, 1,300 with other labels, 0 taken away"
    assert flips == (
        "1,209 paragraphs with another gold: a to b 1,200, no gold to b 1, b to no gold 1, x0 to a 1, x1 to a 1, "
        "x2 to a 1, x3 to a 1, x4 to a 1, and 2 more ways"
    )


def test_a_line_that_is_being_written_is_left_out_and_told(root: Path, tmp_path: Path) -> None:
    labels = shutil.copytree(root / "labels", tmp_path / "labels")
    whole = load_data(recipe(), labels)
    coder = sorted((labels / "annotations").iterdir())[0]
    with coder.open("ab") as file:
        file.write(b'{"paragraph": "c01:0", "fra')
    told: list[str] = []
    data = load_data(recipe(), labels, tell=told.append)
    assert data.digest == whole.digest
    [line] = told
    assert line.startswith(f"{coder}:")
    assert "the last line is cut off" in line
