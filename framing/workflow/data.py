"""The labelled paragraphs that an experiment names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from framing.annotation import labelled_paragraphs, read_csv_paragraphs, read_labels
from framing.annotation.records import LabelledParagraphs
from framing.errors import EvaluationError, SettingsError, UsageError
from framing.settings import Experiment

Tell = Callable[[str], None]


def silent(_message: str) -> None:
    """Keep quiet."""


def load_data(experiment: Experiment, override: str | Path | None = None, *, tell: Tell = silent) -> LabelledParagraphs:
    """Read the labels folder or the CSV file of an experiment.

    Parameters
    ----------
    experiment : Experiment
    override : path-like, optional
        A labels folder or a CSV file to take in the place of the one that the experiment names.
    tell : callable
        Told what is left out, a line each: last lines that are cut off, as they are while someone labels.

    Raises
    ------
    SettingsError
        When the experiment names no data, or a folder and a file at once.
    UsageError
        When the settings come from a model, which does not keep where its codebook lies.
    LabelError
        When the data cannot be read.
    """
    data = experiment.data
    home = Path(experiment.path).parent if experiment.path is not None else Path()
    if data.labels is not None and data.csv is not None:
        raise SettingsError("[data] names both 'labels' and 'csv'; keep one", path=experiment.path)
    if data.labels is None and data.csv is None and override is None:
        raise SettingsError("[data] names neither 'labels' nor 'csv'; add one, or --data", path=experiment.path)
    path = _data_path(experiment, override)
    if path.is_dir() or (data.csv is None and override is None):
        labels = read_labels(path)
        for note in labels.notes:
            tell(f"{path / note.path}:{note.line}: {note.message}")
        return labelled_paragraphs(labels)
    if data.codebook is not None and experiment.path is None:
        raise UsageError(
            f"the kept settings of '{experiment.name}' name the codebook '{data.codebook}', and not where it lies; "
            "name its experiment file in the place of the model or the evaluation"
        )
    codebook = None if data.codebook is None else str(home / data.codebook)
    return read_csv_paragraphs(path, dataclasses.replace(data, codebook=codebook))


@contextmanager
def faults_of_the_data(experiment: Experiment, override: str | Path | None = None) -> Iterator[None]:
    """Name the data in an error that says what they lack; the parameters are those of `load_data`."""
    try:
        yield
    except EvaluationError as error:
        path = _data_path(experiment, override) if error.path is None else error.path
        raise EvaluationError(error.message, path=path, line=error.line) from None


def _data_path(experiment: Experiment, override: str | Path | None) -> Path:
    if override is not None:
        return Path(override)
    home = Path(experiment.path).parent if experiment.path is not None else Path()
    return home / (experiment.data.csv or experiment.data.labels or "")
