"""Every choice behind one model or one benchmark, as one TOML file says it.

The defaults here are the package's own recipe; a file names what differs. An unknown key, a value of the wrong
type or out of range is an error that names the line: a misspelt setting must not pass for a default.
"""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from framing.errors import SettingsError
from framing.files import read_toml, toml_line
from framing.segmentation_settings import SegmentationSettings
from framing.setting_checks import MisfitError, build, require, require_variances

Study = Literal["baselines", "leakage", "shift", "names", "learning_curve", "behaviour"]
STUDIES: tuple[Study, ...] = get_args(Study)


@dataclass(frozen=True)
class DataSettings:
    """Where the labelled paragraphs come from: a labels folder, or a CSV file with a text and a label column.

    ``several`` says that a text may carry several labels at once; without it, a cell with several labels has the first
    as its gold. ``strata`` are columns by whose values articles are left out to see how far the model carries: an
    outlet, a country, a ``year``.
    """

    labels: str | None = None
    csv: str | None = None
    text: str = "text"
    label: str = "label"
    group: str | None = None
    fold: str | None = None
    separator: str | None = None
    several: bool = False
    strata: tuple[str, ...] = ()
    codebook: str | None = None
    source: str | None = None
    sha256: str | None = None

    def __post_init__(self) -> None:
        require(self.separator != "", "separator", "must be a sign or more")
        require(not self.several or self.separator is not None, "several", "needs a 'separator' between the labels")
        require(self.csv != "" and self.labels != "", "csv" if self.csv == "" else "labels", "must name something")
        require(len(set(self.strata)) == len(self.strata), "strata", "must name each column once")


@dataclass(frozen=True)
class FeatureSettings:
    """TF-IDF over word n-grams.

    ``weighting`` is what a term's frequency is multiplied by: its inverse document frequency, or that times the spread
    of its log-count ratios over the labels; of several, inner folds choose. ``characters`` adds n-grams of characters
    within words, ``mask_names`` puts one sign in the place of each name. ``encoder`` puts the vectors of a sentence
    encoder in the place of all terms, as a comparison.
    """

    ngrams: tuple[int, int] = (1, 2)
    sublinear_tf: bool = True
    min_df: int = 1
    weighting: tuple[Literal["idf", "naive_bayes"], ...] = ("idf",)
    characters: tuple[int, int] | None = None
    mask_names: bool = False
    encoder: bool = False

    def __post_init__(self) -> None:
        require(self.ngrams in ((1, 1), (1, 2)), "ngrams", "must be [1, 1] or [1, 2]")
        require(self.min_df >= 1, "min_df", "must be 1 or more")
        once = len(set(self.weighting)) == len(self.weighting)
        require(once and len(self.weighting) > 0, "weighting", "needs at least one value, and each once")
        shortest, longest = self.characters or (1, 1)
        require(1 <= shortest <= longest <= 8, "characters", "must be two lengths from 1 to 8, the shorter one first")


@dataclass(frozen=True)
class SmoothingSettings:
    """Words share their weights with their neighbours in meaning, by the package's table of word vectors.

    ``strength`` is the variance s² of what they share, relative to that of a word's own weight: 0 shares nothing.
    ``pieces`` says whether a word outside of the table gets the vectors of its pieces. Of several values inner folds
    choose.
    """

    strength: tuple[float, ...] = (0.1, 0.25, 0.5)
    pieces: tuple[bool, ...] = (False, True)

    def __post_init__(self) -> None:
        require_variances(self.strength, "strength")
        once = len(set(self.pieces)) == len(self.pieces) > 0
        require(once, "pieces", "needs at least one value, and each once")


@dataclass(frozen=True)
class ContextSettings:
    """A paragraph is scored by its own words and by the mean of its article's.

    ``article`` is how much the weights of the article may vary, relative to those of the paragraph: 0 leaves the
    article out; of several values inner folds choose. With ``copies`` every paragraph is learnt from as an article of
    its own, too, so that lone paragraphs and short articles are scored as well. ``source`` names a stratum that says
    who tells (``outlet_type``), learnt as an addition for texts of which it is known; ``source_weight`` is how much
    it counts, of several values as inner folds choose.
    """

    article: tuple[float, ...] = (1.0, 2.0, 4.0)
    copies: bool = True
    source: str | None = None
    source_weight: tuple[float, ...] = (0.2, 0.35, 0.5, 0.7)

    def __post_init__(self) -> None:
        require_variances(self.article, "article")
        require_variances(self.source_weight, "source_weight")


@dataclass(frozen=True)
class DecodingSettings:
    """Labels are decoded along the article: neighbours often share theirs.

    ``emission`` is how much a paragraph's own probabilities count against its neighbours', as an exponent: 0 decodes
    nothing; of several values inner folds choose.
    """

    emission: tuple[float, ...] = (1.0, 2.0, 3.0)

    def __post_init__(self) -> None:
        require_variances(self.emission, "emission")


@dataclass(frozen=True)
class CalibrationSettings:
    """Temperatures, and sets of candidate labels that hold the right one with a promised probability.

    ``coverage`` is that probability; with 0 nothing is calibrated. A label that is gold in at least
    ``smallest_label`` articles has a threshold of its own.
    """

    coverage: float = 0.9
    smallest_label: int = 20

    def __post_init__(self) -> None:
        require(0 <= self.coverage < 1, "coverage", "must lie in [0, 1)")
        require(self.smallest_label >= 1, "smallest_label", "must be 1 or more")


@dataclass(frozen=True)
class ClassifierSettings:
    """Multinomial logistic regression; where C has several values, inner folds choose.

    ``targets`` is what is learnt: the shares of the coders' labels, or the gold label alone.
    """

    C: tuple[float, ...] = (0.5, 1.0, 2.0)
    class_weight: Literal["balanced", "none"] = "balanced"
    targets: Literal["coders", "gold"] = "coders"
    tolerance: float = 1e-7

    def __post_init__(self) -> None:
        finite = all(0 < c < math.inf for c in self.C)
        require(len(self.C) > 0 and finite, "C", "needs at least one value above 0, and each finite")
        require(0 < self.tolerance <= 1e-4, "tolerance", "must lie in (0, 0.0001]")


@dataclass(frozen=True)
class EvaluationSettings:
    """How the recipe is measured: folds by group, repeated, each with its own inner folds.

    The inner folds choose by log loss unless told otherwise: it is a proper score, so that the probabilities count and
    not only which is largest, and it wavers less from fold to fold than a macro-F1 over few paragraphs.

    ``studies`` are what is measured beside the main figures, leakage and names with ``study_repeats`` of the repeats.
    ``left_out`` names the strata whose groups are left out in turn, all of them where it names none; ``controls`` says
    whether models of as many articles are measured beside those that lack a group.
    Groups of fewer than ``smallest_group`` articles are pooled where groups are left out. ``curve`` are the shares of
    the articles in the learning curve; ``keep_accuracy`` is what selective prediction aims at; ``behaviour`` is a file
    of behaviour tests, relative to the experiment file. ``margin`` is the loss of macro-F1 that is not ruled out when
    one model replaces another.
    """

    folds: int = 5
    repeats: int = 5
    inner_folds: int = 5
    tuning_metric: Literal["log_loss", "macro_f1", "accuracy"] = "log_loss"
    near_duplicate: float = 0.5
    bootstrap: int = 2000
    calibration_bins: int = 10
    studies: tuple[Study, ...] = STUDIES
    study_repeats: int = 2
    left_out: tuple[str, ...] = ()
    controls: bool = True
    smallest_group: int = 5
    curve: tuple[float, ...] = (0.0625, 0.125, 0.25, 0.5, 1.0)
    keep_accuracy: float = 0.9
    behaviour: str | None = None
    margin: float = 0.02

    def __post_init__(self) -> None:
        require(self.folds >= 2, "folds", "must be 2 or more")
        require(self.repeats >= 1, "repeats", "must be 1 or more")
        require(self.inner_folds >= 2, "inner_folds", "must be 2 or more")
        require(0 < self.near_duplicate <= 1, "near_duplicate", "must lie in (0, 1]")
        require(self.bootstrap >= 100, "bootstrap", "must be 100 draws or more")
        require(2 <= self.calibration_bins <= 1000, "calibration_bins", "must lie between 2 and 1000")
        require(len(set(self.studies)) == len(self.studies), "studies", "must name each once")
        require(self.study_repeats >= 1, "study_repeats", "must be 1 or more")
        require(self.smallest_group >= 1, "smallest_group", "must be 1 or more")
        rising = all(0 < share <= 1 for share in self.curve) and list(self.curve) == sorted(set(self.curve))
        require(rising and len(self.curve) >= 2, "curve", "must be two or more shares in (0, 1], each above the last")
        require(0 < self.keep_accuracy <= 1, "keep_accuracy", "must lie in (0, 1]")
        require(0 <= self.margin < 1, "margin", "must lie in [0, 1)")


@dataclass(frozen=True)
class Experiment:
    """One recipe on one set of data.

    Attributes
    ----------
    path : str or None
        The file it was read from; paths in ``data`` are relative to its folder.
    """

    name: str = "conflict-frames"
    description: str = ""
    seed: int = 20_260_101
    data: DataSettings = field(default_factory=DataSettings)
    segmentation: SegmentationSettings = field(default_factory=SegmentationSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)
    smoothing: SmoothingSettings = field(default_factory=SmoothingSettings)
    context: ContextSettings = field(default_factory=ContextSettings)
    classifier: ClassifierSettings = field(default_factory=ClassifierSettings)
    decoding: DecodingSettings = field(default_factory=DecodingSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    evaluation: EvaluationSettings = field(default_factory=EvaluationSettings)
    path: str | None = None

    def __post_init__(self) -> None:
        named = re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.name) is not None
        require(named, "name", "must be lower-case letters, digits, '-', '_' and '.'")
        require(0 <= self.seed < 2**32, "seed", "must lie between 0 and 4294967295")


def read_experiment(path: str | Path) -> Experiment:
    """Read an experiment file.

    Raises
    ------
    SettingsError
        When the file is missing or no TOML, or when a key is unknown or its value does not fit; names the line.
    """
    table, source = read_toml(path, error=SettingsError, what="experiment file")
    if "path" in table:
        raise SettingsError("unknown key 'path'", path=path, line=toml_line(source, ["path"]))
    try:
        experiment: Experiment = build(Experiment, table, ())
    except MisfitError as misfit:
        raise SettingsError(str(misfit), path=path, line=toml_line(source, misfit.keys)) from None
    return dataclasses.replace(experiment, path=str(path))


def without_studies(experiment: Experiment) -> Experiment:
    """Return the experiment with nothing measured beside the main figures."""
    return dataclasses.replace(experiment, evaluation=dataclasses.replace(experiment.evaluation, studies=()))


def of_table(table: dict[str, Any], path: str | None = None) -> Experiment:
    """Build an experiment from the table of `as_table`, as a model keeps it.

    Parameters
    ----------
    table : dict
    path : str, optional
        The file that data paths are relative to.

    Raises
    ------
    SettingsError
        When a key is unknown or a value does not fit.
    """
    try:
        experiment: Experiment = build(Experiment, table, ())
    except MisfitError as misfit:
        raise SettingsError(str(misfit), path=path) from None
    return dataclasses.replace(experiment, path=path)


def as_table(experiment: Experiment) -> dict[str, Any]:
    """Return the settings as plain values for JSON, without the file's own path."""
    table = dataclasses.asdict(experiment)
    del table["path"]
    return table
