from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from framing.errors import SettingsError
from framing.settings import ClassifierSettings, Experiment, as_table, of_table, read_experiment


def written(folder: Path, text: str) -> Path:
    path = folder / "experiment.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert as_table(read_experiment(written(tmp_path, ""))) == as_table(Experiment())


def test_values_are_taken_over_and_converted(tmp_path: Path) -> None:
    text = 'name = "x"\nseed = 3\n[classifier]\nC = [1, 2.5]\n[features]\nngrams = [1, 1]\n[data]\ncsv = "a.csv"\n'
    experiment = read_experiment(written(tmp_path, text))
    assert experiment.classifier.C == (1.0, 2.5)
    assert experiment.features.ngrams == (1, 1)
    assert experiment.data.csv == "a.csv"
    assert experiment.path == str(tmp_path / "experiment.toml")


def test_every_block_can_be_switched_off_and_comes_back_from_a_model_s_own_table(tmp_path: Path) -> None:
    text = (
        "[smoothing]\nstrength = [0]\npieces = [true]\n[context]\narticle = [0, 2]\ncopies = false\n"
        "[decoding]\nemission = [0]\n[calibration]\ncoverage = 0\n[classifier]\ntargets = 'gold'\n"
    )
    experiment = read_experiment(written(tmp_path, text))
    assert (experiment.smoothing.strength, experiment.smoothing.pieces) == ((0.0,), (True,))
    assert (experiment.context.article, experiment.context.copies) == ((0.0, 2.0), False)
    assert (experiment.decoding.emission, experiment.calibration.coverage) == ((0.0,), 0.0)
    assert experiment.classifier.targets == "gold"
    kept = json.loads(json.dumps(as_table(experiment)))
    assert of_table(kept, path=experiment.path) == experiment


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            "nmae = 'x'",
            1,
            "unknown key 'nmae'; known here: calibration, classifier, context, data, decoding, description, ",
        ),
        (
            "seed = 1\n[features]\nngram = [1, 2]",
            3,
            "unknown key 'ngram'; known here: characters, encoder, mask_names, min_df, ngrams, sublinear_tf, weighting",
        ),
        ("[evaluation]\n\nfolds = 1", 3, "'folds' must be 2 or more"),
        ("[evaluation]\nfolds = true", 2, "'folds' must be a whole number, not True"),
        ("[evaluation]\nnear_duplicate = 0", 2, "'near_duplicate' must lie in (0, 1]"),
        ("[classifier]\nC = []", 2, "'C' needs at least one value above 0"),
        ("[classifier]\nC = [inf]", 2, "'C' must be a finite number, not inf"),
        ("[classifier]\nC = [nan, 1]", 2, "'C' must be a finite number, not nan"),
        ("[classifier]\nC = [1, -inf]", 2, "'C' must be a finite number, not -inf"),
        (f"[classifier]\nC = [1{'0' * 400}]", 2, "'C' must be a finite number, not 100000000"),
        ("[classifier]\ntolerance = nan", 2, "'tolerance' must be a finite number, not nan"),
        ("[evaluation]\nnear_duplicate = inf", 2, "'near_duplicate' must be a finite number, not inf"),
        (f"name = 0x{'f' * 9_000}", 1, "'name' must be text in quotes, not a number of too many digits"),
        (f"name = [0x{'f' * 9_000}]", 1, "'name' must be text in quotes, not a number of too many digits"),
        (f"name{'.a' * 3_000} = 1", 1, "'name' must be text in quotes, not {'a': {'a': "),
        ('"two\\nlines" = 1', 1, r"unknown key 'two\nlines'"),
        ("data = {csv = 'a.csv', label = 3}", 1, "'label' must be text in quotes, not 3"),
        ('description = """\n[evaluation]\nfolds = 9"""\n[evaluation]\nfolds = 1', 5, "'folds' must be 2 or more"),
        ("seed = 1\nname = " + "[" * 50_000, None, "nested too deeply"),
        ("[classifier]\nC = 1", 2, "'C' must be a list, not 1"),
        ("[classifier]\nclass_weight = 'some'", 2, "must be one of 'balanced', 'none', not 'some'"),
        ("[features]\nngrams = [1, 2, 3]", 2, "'ngrams' must have 2 values, not 3"),
        ("[features]\nngrams = [2, 2]", 2, "'ngrams' must be [1, 1] or [1, 2]"),
        ("name = 'My model'", 1, "'name' must be lower-case letters"),
        ("seed = -1", 1, "'seed' must lie between"),
        ("data = 3", 1, "'data' must be a table: [data]"),
        ("path = 'x'", 1, "unknown key 'path'"),
        ("[smoothing]\nstrength = []", 2, "'strength' needs at least one value of 0 or more"),
        ("[smoothing]\nstrength = [0.5, -0.1]", 2, "'strength' needs at least one value of 0 or more"),
        ("[smoothing]\nstrength = [0.5, 0.5]", 2, "each finite and once"),
        ("[smoothing]\nstrength = 0.5", 2, "'strength' must be a list, not 0.5"),
        ("[smoothing]\npieces = [true, true]", 2, "'pieces' needs at least one value, and each once"),
        ("[smoothing]\npieces = []", 2, "'pieces' needs at least one value, and each once"),
        ("[smoothing]\npieces = [1]", 2, "'pieces' must be true or false, not 1"),
        ("[smoothing]\nspread = [0.5]", 2, "unknown key 'spread'; known here: pieces, strength"),
        ("[context]\narticle = [inf]", 2, "'article' must be a finite number, not inf"),
        ("[context]\narticle = [-1]", 2, "'article' needs at least one value of 0 or more"),
        ("[context]\ncopies = 0", 2, "'copies' must be true or false, not 0"),
        ("[decoding]\nemission = []", 2, "'emission' needs at least one value of 0 or more"),
        ("[decoding]\nemission = [true]", 2, "'emission' must be a number, not True"),
        ("[calibration]\ncoverage = 1", 2, "'coverage' must lie in [0, 1)"),
        ("[calibration]\ncoverage = -0.1", 2, "'coverage' must lie in [0, 1)"),
        ("[calibration]\nsmallest_label = 0", 2, "'smallest_label' must be 1 or more"),
        ("[classifier]\ntargets = 'people'", 2, "'targets' must be one of 'coders', 'gold', not 'people'"),
        ("[segmentation]\nrules = 2", 2, "'rules' must be one of 1, not 2"),
        ("[segmentation]\nlongest_paragraph = 10", 2, "'longest_paragraph' must be at least 200"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int | None, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        read_experiment(path)
    assert says in str(caught.value)
    assert (caught.value.path, caught.value.line) == (str(path), line)
    assert "\n" not in str(caught.value)


def test_strengths_that_no_fit_can_have_are_refused_without_a_file() -> None:
    for strength in (math.inf, math.nan, 0.0):
        with pytest.raises(ValueError, match="'C' needs at least one value above 0, and each finite"):
            ClassifierSettings(C=(1.0, strength))


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "experiment.toml"
    path.write_bytes(b"\xef\xbb\xbfseed = 7\r\n")
    assert read_experiment(path).seed == 7


def test_what_is_no_experiment_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such experiment"):
        read_experiment(tmp_path / "absent.toml")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_experiment(written(tmp_path, "seed = = 3"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_experiment(tmp_path / "bytes.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_experiment(tmp_path)


def test_the_committed_experiments_are_readable(root: Path) -> None:
    names = {read_experiment(path).name for path in (root / "experiments").glob("*.toml")}
    assert {"conflict-frames", "gvfc"} <= names
