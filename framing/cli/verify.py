"""``framing verify``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.cli.messages import plain, stage_bars, standard_output, tell

if TYPE_CHECKING:
    from framing.evaluation.figure_check import Difference
    from framing.workflow.verification import Verification

# More would not be read.
MOST_SHOWN = 20
MOST_LABELS = 5
LONGEST_PLACE = 200
FIRST = ("metrics", "per_frame", "confusion", "folds")


def verify(
    model: Annotated[Path, typer.Argument(help="The folder of a model.")],
    experiment: Annotated[
        Path | None,
        typer.Option(
            help="The experiment file that names labels and behaviour tests; its other settings are not looked at.",
            show_default="experiments/NAME.toml",
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="The labels folder or CSV file.", show_default="the experiment's")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only digests and golden predictions.")] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="Also fit every fold of every study again, which takes as long as training.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="all cores")] = None,
) -> None:
    """Check a model: its digests, its golden predictions, and every figure of its report, computed again.

    Figures are computed from the predictions that the model's folder keeps and from the labels as they are today. \
Exit code 0: all agree; 1: some do not; 2: it cannot be told, as with other texts.
    """
    from framing.errors import UsageError

    if quick and refit:
        raise UsageError("--quick and --refit do not go together")
    if quick:
        # A check of seconds must not wait for what measuring imports.
        jobs = 1
    else:
        from joblib import cpu_count

        jobs = jobs or cpu_count()
    from framing.workflow.verification import verify as run

    with stage_bars() as progress:
        checked = run(
            model, experiment=experiment, data=data, quick=quick, refit=refit, jobs=jobs, progress=progress, tell=tell
        )
    with standard_output():
        for line in _lines(checked):
            typer.echo(plain(line))
    if not checked.agrees:
        raise typer.Exit(1)


def _lines(checked: Verification) -> list[str]:
    lines = [f"{checked.files} files agree with their digests; {checked.golden} golden predictions are repeated"]
    found = checked.figures
    if found is None:
        return lines
    if checked.added_labels:
        lines.append(
            f"{checked.added_labels:,} paragraphs of these labels are not among those it was trained on, and left out"
        )
    if checked.changed_labels:
        number = len(checked.changed_labels)
        shown = "; ".join(checked.changed_labels[:MOST_LABELS])
        more = "" if number <= MOST_LABELS else f"; and {number - MOST_LABELS:,} more"
        lines.append(
            f"{number:,} {'label is' if number == 1 else 'labels are'} not what was learnt from: {shown}{more}"
        )
    if checked.changed_rows:
        what = "fold, gold or scores" if checked.refitted else "fold or gold"
        lines.append(f"{checked.changed_rows:,} rows of evaluation-rows.jsonl have another {what}")
    lines += checked.contradictions
    lines += _of_figures(found.differences, found.figures)
    if checked.report is False:
        lines.append(
            "report.html or MODEL_CARD.md is not what this version makes of the folder: 'framing report' writes them"
        )
    if checked.refitted:
        lines.append("every fold was fitted again")
    elif found.of_models:
        lines.append(
            f"{found.of_models:,} further numbers, what inner folds tried and terms as evidence, are the models' own: "
            "--refit computes them again"
        )
    lines.append(
        "not checked, as nothing here can tell: people's answers, why a baseline was not run, run.json, name, "
        "versions, description and choices in manifest.json, and that the weights come from these labels, which "
        "training again would show"
    )
    return lines


def _of_figures(differences: tuple[Difference, ...], figures: int) -> list[str]:
    if not differences:
        return [f"all {figures:,} figures agree"]
    differences = tuple(sorted(differences, key=_rank))
    sections = Counter(difference.place.split(".")[0] for difference in differences)
    told = ", ".join(f"{_written(name)} {number:,}" for name, number in list(sections.items())[:MOST_SHOWN])
    told += f" and {len(sections) - MOST_SHOWN:,} more" if len(sections) > MOST_SHOWN else ""
    shown = [
        f"  {_written(one.place, LONGEST_PLACE)}: {_written(one.kept)} kept, {_written(one.again)} again"
        for one in differences[:MOST_SHOWN]
    ]
    more = [f"  and {len(differences) - MOST_SHOWN:,} more"] if len(differences) > MOST_SHOWN else []
    return [f"{len(differences):,} values of {figures:,} figures do not agree: {told}", *shown, *more]


def _rank(difference: Difference) -> tuple[int, bool]:
    """Put what a reader looks at first to the front, values before their intervals."""
    parts = difference.place.split(".")
    section, last = parts[0], parts[-1]
    return FIRST.index(section) if section in FIRST else len(FIRST), last in {"low", "high"}


def _written(value: Any, longest: int = 60) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
