"""A model's report, from its folder alone: the page, the model card and, where wanted, the figures as files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import framing
from framing.annotation.datasheet import read_answers
from framing.artifact import load
from framing.artifact.manifest import MANIFEST
from framing.artifact.storage import ANSWERS, COMPANIONS, EVALUATION, MODEL_CARD, REPORT, RUN
from framing.errors import ArtifactError, InputError, UsageError
from framing.files import written_aside
from framing.report.abstention_section import abstention_section
from framing.report.agreement_section import agreement_section
from framing.report.baselines_section import baselines_section
from framing.report.behaviour_section import behaviour_section
from framing.report.calibration_section import calibration_section
from framing.report.checklists import checklists_section, known_questions
from framing.report.codebook_section import codebook_section
from framing.report.costs_section import costs_section
from framing.report.curve_section import curve_section
from framing.report.cutting import cut, cut_figure
from framing.report.data_section import data_section
from framing.report.document import Figure, ReportSource, Section
from framing.report.examples_section import examples_section
from framing.report.figure_files import write_figures
from framing.report.issues_section import issues_section
from framing.report.model_card import model_card
from framing.report.model_page import model_page
from framing.report.names_section import names_section
from framing.report.opening import Opening, opening
from framing.report.protocol_section import protocol_section
from framing.report.reproduction_section import reproduction_section
from framing.report.results_section import results_section
from framing.report.shift_section import shift_section
from framing.report.words_section import words_section
from framing.workflow.run_file import read_run

# Of what may be written over.
BEGINNINGS = {REPORT: b"<!DOCTYPE html>", MODEL_CARD: b"# Model card: "}
# In the order in which a reviewer asks.
SECTIONS = (
    data_section, codebook_section, agreement_section, protocol_section, results_section, baselines_section,
    calibration_section, abstention_section, curve_section, shift_section, names_section, behaviour_section,
    issues_section, examples_section, words_section, costs_section, reproduction_section, checklists_section,
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """The files of a report.

    Attributes
    ----------
    report, card : Path
    figures : tuple of Path
    """

    report: Path
    card: Path
    figures: tuple[Path, ...] = ()


def write_report(
    model: str | Path,
    *,
    answers: str | Path | None = None,
    figures: str | Path | None = None,
    output: str | Path | None = None,
) -> Written:
    """Write ``report.html`` and ``MODEL_CARD.md`` from what a model's folder holds.

    The same folder and answers give the same bytes.

    Parameters
    ----------
    model : path-like
        The model's folder.
    answers : path-like, optional
        A TOML file that answers questions of the checklists; what it says comes before the labels' datasheet. It is
        kept with the model for the next report, unless the page is written elsewhere.
    figures : path-like, optional
        A folder for every figure of the report, as svg and pdf.
    output : path-like, optional
        The page's file, the card beside it; otherwise both lie in the model's folder.

    Raises
    ------
    UsageError
        When the model was not evaluated, or an output would be written over a part of the model.
    ArtifactError
        When the folder is damaged, or its evaluation is not one that this version can show.
    InputError
        When the answers cannot be read or something cannot be written.
    MissingExtraError
        When figures are wanted, and what makes them is not installed.
    """
    model = Path(model)
    source = read_source(model, answers=answers)
    report = model / REPORT if output is None else Path(output)
    target = Written(report, report.parent / MODEL_CARD)
    _refuse_targets(target, source, model, answers, figures)
    made = _made(source, model)
    # First what may not be possible, so that an error leaves everything as it was.
    drawn = () if figures is None else tuple(write_figures(made.figures, Path(figures)))
    contents = {target.card: made.card, target.report: made.page}
    if answers is not None and output is None and not _same(Path(answers), model / ANSWERS):
        contents[model / ANSWERS] = Path(answers).read_bytes()
    for path, content in contents.items():
        with written_aside(path) as file:
            file.write(content)
    return Written(target.report, target.card, drawn)


def is_of_its_folder(model: str | Path) -> bool | None:
    """Tell whether a model's report and card are what this version makes of the folder; None where there is neither.

    Raises
    ------
    FramingError
        As `write_report`.
    """
    model = Path(model)
    there = [name for name in (REPORT, MODEL_CARD) if (model / name).is_file()]
    if not there:
        return None
    made = _made(read_source(model), model)
    return all(_holds(model / name, {REPORT: made.page, MODEL_CARD: made.card}[name]) for name in there)


def _holds(path: Path, content: bytes) -> bool:
    try:
        # Asked first: what lies in the folder may be of any size.
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None


@dataclass(frozen=True)
class _Made:
    """A report before it is written."""

    page: bytes
    card: bytes
    figures: list[Figure]


def _made(source: ReportSource, model: Path) -> _Made:
    with _evaluation_as_expected(model):
        sections = [cut(section(source)) for section in SECTIONS]
        first = opening(source)
        if first.figure is not None:
            first = replace(first, figure=cut_figure(first.figure))
        page = model_page(source, sections, first, made=f"framing {framing.__version__}")
        card = model_card(source, first)
    return _Made(
        page.encode("utf-8", errors="replace"), card.encode("utf-8", errors="replace"), _figures(first, sections)
    )


def read_source(model: Path, *, answers: str | Path | None = None) -> ReportSource:
    """Gather all that a report is made from.

    Raises
    ------
    FramingError
        When the model, ``run.json`` or the answers cannot be read, or the model was not evaluated.
    """
    artifact = load(model)
    if not artifact.evaluation:
        raise UsageError(
            "holds no evaluation, so that there is nothing to report; 'framing train' evaluates and saves a model",
            path=model,
        )
    # A folder may come from anywhere: a link in it would have a file of mine replaced, or read.
    linked = next((model / name for name in COMPANIONS if (model / name).is_symlink()), None)
    if linked is not None:
        raise UsageError("is a link, which no model's folder has; delete it", path=linked)
    run = read_run(model / RUN)
    files = {name: entry["bytes"] for name, entry in artifact.manifest["files"].items()}
    files |= {name: (model / name).stat().st_size for name in (MANIFEST, RUN) if (model / name).is_file()}
    with _evaluation_as_expected(model):
        told = {str(key): str(text) for key, text in artifact.evaluation.get("data", {}).get("datasheet", {}).items()}
    if answers is None and (model / ANSWERS).is_file():
        answers = model / ANSWERS
    if answers is not None:
        told |= read_answers(answers, known=known_questions(), error=InputError)
    return ReportSource(artifact, files, run, told)


@contextmanager
def _evaluation_as_expected(model: Path) -> Iterator[None]:
    """Turn what an evaluation of another shape leads to into one line.

    The digests of a model's folder show that an evaluation is as it was written, and not by what program.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"[:120]
        raise ArtifactError(
            f"is not an evaluation that this version of framing can show ({what}); train the model again with it, or "
            "use the version named in manifest.json",
            path=model / EVALUATION,
        ) from error


def _refuse_targets(
    target: Written, source: ReportSource, model: Path, answers: str | Path | None, figures: str | Path | None
) -> None:
    """Raise an error where a report cannot be written or would be in the way, before anything is made."""
    read = [model / name for name in (*source.files, RUN, ANSWERS)] + ([] if answers is None else [Path(answers)])
    if _same(target.report, target.card):
        raise UsageError("is the name of the model card, which lies beside the report; name another", path=target.card)
    for path, beginning in ((target.report, BEGINNINGS[REPORT]), (target.card, BEGINNINGS[MODEL_CARD])):
        if path.exists() and not path.is_file():
            raise UsageError("is no file; name one for the report", path=path)
        if any(_same(path, other) for other in read):
            raise UsageError("is read for the report; name another output", path=path)
        if not _same(path.parent, model) and not _begins(path, beginning):
            raise UsageError("is there and no report of framing's; name another output", path=path)
    home = target.report.parent
    if _same(home, model) and target.report.name != REPORT:
        raise UsageError(f"lies in the folder of the model, where a report is called {REPORT}", path=target.report)
    if home.is_dir() and not os.access(home, os.W_OK | os.X_OK):
        raise UsageError("cannot be written to; name a file elsewhere by --output", path=home)
    if figures is not None and Path(os.path.realpath(figures)).is_relative_to(os.path.realpath(model)):
        raise UsageError("lies in the folder of the model; name another folder for the figures", path=figures)


def _begins(path: Path, beginning: bytes) -> bool:
    """Tell whether a file begins so, or is not there, or is empty."""
    if not path.exists():
        return True
    try:
        with path.open("rb") as file:
            found = file.read(len(beginning))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    return found in (beginning, b"")


def _same(one: Path, other: Path) -> bool:
    same = os.path.realpath(one) == os.path.realpath(other)
    return same or (one.exists() and other.exists() and one.samefile(other))


def _figures(first: Opening, sections: list[Section]) -> list[Figure]:
    """List the figures of a report, each once."""
    drawn = [] if first.figure is None else [first.figure]
    drawn += [block for section in sections for block in section.blocks if isinstance(block, Figure)]
    return list({figure.name: figure for figure in drawn}.values())
