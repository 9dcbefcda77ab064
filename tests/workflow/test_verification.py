from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from framing.annotation.training_labels import parse_rows
from framing.artifact import load
from framing.artifact.storage import KEPT_LABELS, ROWS, STUDIES, Artifact, pack, read_kept, save
from framing.errors import ArtifactError, FramingError, UsageError
from framing.evaluation.record import OUTER_FOLDS
from framing.settings import read_experiment
from framing.workflow.training import train
from framing.workflow.verification import verify

NAMES = (("rows", ROWS), ("studies", STUDIES), ("labels", KEPT_LABELS))
RECIPE = """
name = "studied"
[data]
labels = "labels"
[classifier]
C = [2.0]
[smoothing]
strength = [0.25]
pieces = [false]
[context]
article = [2.0]
source = "outlet_type"
source_weight = [0.2]
[decoding]
emission = [2.0]
[evaluation]
behaviour = "behaviour.toml"
folds = 3
repeats = 2
inner_folds = 2
bootstrap = 100
study_repeats = 1
curve = [0.5, 1.0]
left_out = ["year"]
"""


@pytest.fixture(scope="module")
def home(root: Path, made_once) -> Path:
    """A study in small, every eighth article of the project's own labels, with all that an evaluation measures."""

    def study(home: Path) -> None:
        shutil.copytree(root / "labels", home / "labels")
        paragraphs = home / "labels" / "paragraphs.jsonl"
        lines = [json.loads(line) for line in paragraphs.read_text(encoding="utf-8").splitlines()]
        articles = set(list(dict.fromkeys(line["article"] for line in lines))[::8])
        kept = {line["id"] for line in lines if line["article"] in articles}
        write(paragraphs, [line for line in lines if line["id"] in kept])
        for path in (home / "labels" / "annotations").iterdir():
            write(path, [line for line in map(json.loads, path.read_text().splitlines()) if line["paragraph"] in kept])
        shutil.copy(root / "experiments" / "behaviour" / "conflict-frames.toml", home / "behaviour.toml")
        for extra in (root / "experiments" / "behaviour").iterdir():
            if extra.is_file():
                shutil.copy(extra, home / extra.name)
        (home / "studied.toml").write_text(RECIPE)
        train(read_experiment(home / "studied.toml"), output=home / "model")

    return made_once("verified-study", study)


@pytest.fixture
def copied(home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(home, tmp_path / "study"))


def write(path: Path, lines: list[dict]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def check(home: Path, **given):
    return verify(home / "model", experiment=home / "studied.toml", **given)


def packed_again(home: Path, *, evaluation=None, changes=None, **lines: list[dict]) -> None:
    """Put something else into a model and seal it again, as who means to deceive would."""
    model = home / "model"
    kept = {name: tuple(parse_rows(content)) for name, content in read_kept(model).items()}
    kept |= {name: tuple(lines[key]) for key, name in NAMES if key in lines}
    artifact = load(model)
    changed = Artifact(**{**vars_of(artifact), "evaluation": evaluation or artifact.evaluation, **(changes or {})})
    save(pack(changed, kept[ROWS], kept[KEPT_LABELS], kept[STUDIES]), model, replace=True)


def vars_of(artifact: Artifact) -> dict:
    return {name: getattr(artifact, name) for name in artifact.__dataclass_fields__}


def test_all_figures_come_out_again(home: Path) -> None:
    checked = check(home)
    assert checked.agrees
    assert checked.figures.differences == ()
    assert checked.figures.figures > 3000
    assert checked.figures.of_models > 500
    assert (checked.changed_labels, checked.added_labels, checked.changed_rows) == ((), 0, 0)
    evaluation = load(home / "model").evaluation
    measured = {"baselines", "leakage", "shift", "names_masked", "learning_curve", "behaviour", "data", "examples"}
    assert measured <= set(evaluation)
    assert evaluation["behaviour"]["directional"]["pairs"] > 50
    assert set(evaluation["shift"]) == {"year"}


def test_fitting_every_fold_again_gives_the_same_and_checks_more(home: Path) -> None:
    checked, again = check(home), check(home, refit=True)
    assert again.agrees
    assert again.refitted
    assert again.figures.of_models == 0
    assert again.figures.figures == checked.figures.figures + checked.figures.of_models


def test_the_quick_check_needs_no_labels(home: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(home / "model", tmp_path / "model"))
    checked = verify(model, quick=True)
    assert checked.figures is None
    assert checked.agrees
    assert checked.files == len(load(model).manifest["files"])
    assert checked.golden == len(json.loads((model / "golden.json").read_text())["texts"])
    (model / ROWS).write_bytes((model / ROWS).read_bytes()[:-2])
    with pytest.raises(ArtifactError, match="damaged"):
        verify(model, quick=True)


def test_one_label_changed(copied: Path) -> None:
    wanted = "c01:0"
    for path in (copied / "labels" / "annotations").iterdir():
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        write(path, [line | {"frame": "none"} if line["paragraph"] == wanted else line for line in lines])
    checked = check(copied)
    assert not checked.agrees
    assert checked.changed_labels == ("c01:0: security-operation then, none today",)
    # A row of each repeat.
    assert checked.changed_rows == 2
    places = {difference.place for difference in checked.figures.differences}
    assert {
        "metrics.accuracy.value",
        "per_frame.none.support",
        "protocol.labels",
        "data.labels.none.paragraphs",
    } <= places
    # What rests on no gold stays.
    assert not any(place.startswith(("protocol.groups", "data.words", "shift.year.predicted")) for place in places)


def test_paragraphs_that_came_later_are_left_out(copied: Path, root: Path) -> None:
    here = {json.loads(line)["id"] for line in (copied / "labels" / "paragraphs.jsonl").read_text().splitlines()}
    everything = [json.loads(line) for line in (root / "labels" / "paragraphs.jsonl").read_text().splitlines()]
    newer = [line for line in everything if line["article"] == "c02"]
    assert not {line["id"] for line in newer} & here
    with (copied / "labels" / "paragraphs.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in newer)
    ids = {line["id"] for line in newer}
    for path in (root / "labels" / "annotations").iterdir():
        with (copied / "labels" / "annotations" / path.name).open("a") as file:
            file.writelines(
                f"{line}\n" for line in path.read_text().splitlines() if json.loads(line)["paragraph"] in ids
            )
    checked = check(copied)
    assert checked.added_labels == len(newer)
    # The labels are not those that it was trained on, and that is all that differs.
    assert [difference.place for difference in checked.figures.differences] == ["protocol.labels"]


TOUCHED_UP = {
    ("metrics", "macro_f1", "value"): 0.9,
    ("metrics", "macro_f1", "low"): None,
    ("shift", "year", "worst"): "Nowhere",
    ("folds", 0, "accuracy"): 1,
    ("examples", "right", 0, "gold"): "no such label",
    ("baselines", "nb_svm", "model_less_baseline", "macro_f1", "randomisation_p"): 0.001234,
    ("metrics", "splendour"): 1.0,
}  # fmt: skip


def test_figures_that_were_touched_up_left_out_or_added_and_sealed_are_found(copied: Path) -> None:
    evaluation = load(copied / "model").evaluation
    for keys, value in TOUCHED_UP.items():
        inner = evaluation
        for key in keys[:-1]:
            inner = inner[key]
        assert inner.get(keys[-1]) != value
        inner[keys[-1]] = value
    del evaluation["selective"]["aurc"]
    packed_again(copied, evaluation=evaluation)
    found = {difference.place: difference for difference in check(copied).figures.differences}
    touched = {".".join(map(str, keys)): value for keys, value in TOUCHED_UP.items()}
    assert set(found) == {*touched, "selective.aurc.value", "selective.aurc.low", "selective.aurc.high"}
    assert all(found[place].kept == value for place, value in touched.items())


def test_scores_that_were_touched_up_are_found_by_fitting_again(copied: Path) -> None:
    rows = list(parse_rows(read_kept(copied / "model")[ROWS]))
    scored = [row for row in rows if row["scores"] is not None and row["gold"] is not None]
    for row in scored[:50]:
        # The same label, and surer of it: what sets of candidates hold is left as it was.
        row["scores"] = [round(0.9 * score, 6) for score in row["scores"]]
    packed_again(copied, rows=rows)
    # The figures are not those of the rows, and making them so does not help.
    assert check(copied).figures.differences
    checked = check(copied, refit=True)
    assert 40 <= checked.changed_rows <= 50
    assert not checked.agrees


def test_studies_that_do_not_fit_are_refused(copied: Path) -> None:
    studies = list(parse_rows(read_kept(copied / "model")[STUDIES]))

    fewer = [line for line in studies if (line["study"], line.get("fold")) != ("NB-SVM", 1)]
    packed_again(copied, studies=fewer)
    with pytest.raises(ArtifactError, match=r"evaluation-studies\.jsonl: what is kept of 'NB-SVM' does not fit"):
        check(copied)


def test_rows_that_contradict_what_is_kept_of_studies_are_refused(copied: Path) -> None:
    rows = list(parse_rows(read_kept(copied / "model")[ROWS]))
    packed_again(copied, rows=[row | {"scores": row["scores"] and row["scores"][::-1]} for row in rows])
    with pytest.raises(ArtifactError, match="contradicts itself"):
        check(copied)
    packed_again(copied, rows=rows[:-1])
    with pytest.raises(ArtifactError, match=r"evaluation-rows\.jsonl: is damaged"):
        check(copied)


def lines_of(home: Path, name: str) -> list[dict]:
    return list(parse_rows(read_kept(home / "model")[name]))


def with_settings(home: Path, section: str, **settings) -> dict:
    manifest = copy.deepcopy(dict(load(home / "model").manifest))
    manifest["experiment"][section] |= settings
    return {"manifest": manifest}


def test_what_is_called_a_choice_takes_no_figures_place(copied: Path) -> None:
    studies = lines_of(copied, STUDIES)
    for line in studies:
        if line["study"] == OUTER_FOLDS:
            line["choice"] |= {"train": 99_999}
    evaluation = load(copied / "model").evaluation
    for fold in evaluation["folds"]:
        fold["train"] = 99_999
    packed_again(copied, evaluation=evaluation, studies=studies)
    places = [difference.place for difference in check(copied).figures.differences]
    assert places == [f"folds.{place}.train" for place in range(len(evaluation["folds"]))]


def test_what_the_folder_tells_of_itself_is_checked_where_it_can_be(copied: Path) -> None:
    artifact = load(copied / "model")
    first, second, *others = artifact.codebook.frames
    swapped = replace(first, title=second.title), replace(second, title=first.title)
    codebook = replace(artifact.codebook, frames=(*swapped, *others))
    labels = artifact.manifest["labels"] | {"digest": "0" * 64}
    manifest = artifact.manifest | {"labels": labels, "codebook": codebook.digest}
    evaluation = artifact.evaluation
    evaluation["protocol"]["experiment"]["data"]["source"] = "a sample of the whole press"
    packed_again(copied, evaluation=evaluation, changes={"codebook": codebook, "manifest": manifest})
    (copied / "model" / "MODEL_CARD.md").write_text("# Model card: always right\n")
    checked = check(copied)
    assert checked.figures.differences == ()
    assert [told.split()[0] for told in checked.contradictions] == ["codebook.json,", "manifest.json", "manifest.json"]
    assert checked.report is False
    assert not checked.agrees


def test_baselines_that_need_an_extra_are_repeated_without_it(copied: Path) -> None:
    evaluation, studies = load(copied / "model").evaluation, lines_of(copied, STUDIES)
    told = evaluation["baselines"]["encoder_logistic"]
    assert "metrics" not in told
    figures = {key: evaluation["baselines"]["unigram_logistic"][key] for key in ("metrics", "model_less_baseline")}
    evaluation["baselines"]["encoder_logistic"] = figures | {key: told[key] for key in ("title", "description")}
    same = [line | {"study": told["title"]} for line in studies if line["study"] == "Single words, logistic regression"]
    packed_again(copied, evaluation=evaluation, studies=[*studies, *same])
    assert check(copied).agrees


def test_no_paragraph_counts_twice(copied: Path) -> None:
    labels = lines_of(copied, KEPT_LABELS)
    packed_again(copied, labels=[*labels[:-1], labels[0]])
    with pytest.raises(ArtifactError, match=f"training-labels.jsonl: names the paragraph '{labels[0]['paragraph']}'"):
        check(copied)


@pytest.mark.parametrize(
    "scores", [5, "abcde", ["0.1"] * 5, [[0.1]] * 5, [0.1] * 4, [0.1] * 9_999, [10**400] + [0.1] * 4, [True] * 5]
)
def test_rows_with_what_are_no_scores_are_refused(copied: Path, scores) -> None:
    rows = lines_of(copied, ROWS)
    rows[0]["scores"] = scores
    packed_again(copied, rows=rows)
    with pytest.raises(ArtifactError, match=r"evaluation-rows\.jsonl: is damaged"):
        check(copied)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_no_scores(copied: Path, value: float) -> None:
    rows = lines_of(copied, ROWS)
    rows[0]["scores"] = [value] * 5
    packed_again(copied, rows=rows)
    with pytest.raises(ArtifactError, match=r"evaluation-rows\.jsonl: is damaged"):
        check(copied)


def test_a_line_of_no_study_is_named(copied: Path) -> None:
    studies = lines_of(copied, STUDIES)
    studies[2]["study"] = []
    packed_again(copied, studies=studies)
    with pytest.raises(ArtifactError, match=r"evaluation-studies\.jsonl:3: does not tell its study"):
        check(copied)


def test_numbers_that_no_float_holds_end_in_one_line(copied: Path) -> None:
    studies = lines_of(copied, STUDIES)
    next(line for line in studies if line.get("terms"))["terms"][0][1] = 10**400
    packed_again(copied, studies=studies)
    with pytest.raises(ArtifactError, match="contradicts itself"):
        check(copied)


def test_a_figure_that_no_float_holds_ends_in_one_line(copied: Path) -> None:
    evaluation = load(copied / "model").evaluation
    evaluation["metrics"]["accuracy"]["value"] = 10**400
    packed_again(copied, evaluation=evaluation)
    with pytest.raises(ArtifactError, match="contradicts itself"):
        check(copied)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"bootstrap": 10**9}, "'bootstrap' of more than 20,000 draws"),
        ({"repeats": 10**9}, "is damaged"),
        ({"curve": [place / 1000 for place in range(1, 1001)]}, "'curve'"),
        ({"near_duplicate": 1e-9}, "'near_duplicate'"),
        ({"bootstrap": []}, "settings that this version does not know"),
    ],
)
def test_settings_that_would_take_for_ever_are_refused(copied: Path, settings: dict, told: str) -> None:
    packed_again(copied, changes=with_settings(copied, "evaluation", **settings))
    with pytest.raises(ArtifactError, match=told):
        check(copied)


def test_a_csv_may_be_called_otherwise_today(tmp_path: Path) -> None:
    texts = {
        "rain": "The river rose overnight; Wet sheep crowded under one oak; Gutters spilled onto our steps; "
        "Umbrellas filled every tram; A flood took both bridges; Puddles froze before dawn",
        "sun": "Dry fields waited for harvest; Swimmers lay along the quay; Ice cream sold out by noon; "
        "Tar melted on mountain roads; Shutters stayed closed till evening; Bees hummed around thyme",
    }
    rows = [f"{text},{label},g{at}" for label, told in texts.items() for at, text in enumerate(told.split("; "))]
    weather, later = tmp_path / "weather.csv", tmp_path / "weather (1).csv"
    weather.write_text("\n".join(["text,label,group", *rows]))
    (tmp_path / "weather.toml").write_text(
        'name = "weather"\n[data]\ncsv = "weather.csv"\n[classifier]\nC = [2.0]\n'
        "[evaluation]\nfolds = 2\nrepeats = 1\ninner_folds = 2\nbootstrap = 100\nstudies = []\n"
    )
    train(read_experiment(tmp_path / "weather.toml"), output=tmp_path / "model")
    weather.rename(later)
    assert verify(tmp_path / "model", data=later).agrees
    # With a label more they are other labels, whatever the file is called.
    weather.write_text(later.read_text() + "\nSnow lay on the pass,snow,g1")
    with pytest.raises(FramingError):
        verify(tmp_path / "model", data=weather)


def test_a_model_does_not_say_which_files_are_read(copied: Path, tmp_path: Path, monkeypatch) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("password,swordfish\n")
    packed_again(copied, changes=with_settings(copied, "data", labels=None, csv=str(secret)))
    packed_again(copied, changes=with_settings(copied, "evaluation", behaviour=str(secret)))
    # Paths are those of the experiment file.
    assert check(copied).figures.differences == ()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"which is not read because a model says so: name the labels by --data"):
        verify(copied / "model")
    with pytest.raises(UsageError, match="name the experiment file beside them by --experiment"):
        verify(copied / "model", data=copied / "labels")


def test_what_it_cannot_be_checked_with(copied: Path) -> None:
    with pytest.raises(UsageError, match="there is no such experiment file"):
        verify(copied / "model", experiment=copied / "absent.toml")
    paragraphs = copied / "labels" / "paragraphs.jsonl"
    lines = [json.loads(line) for line in paragraphs.read_text().splitlines()]
    lines[3]["text"] += " And more."
    write(paragraphs, lines)
    with pytest.raises(UsageError, match=f"'{lines[3]['id']}' that it was trained on has another text today"):
        check(copied)
    packed_again(copied, studies=[])
    with pytest.raises(UsageError, match="train it again, or --quick"):
        check(copied)
