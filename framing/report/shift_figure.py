"""The figure of groups left out of training, beside models that learnt from all groups."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from framing.evaluation.wording import interval
from framing.report.document import Figure, ReportSource, Table
from framing.report.dot_plot import Dot, Row, alone, draw_key, draw_rows, enclosing, named, shortly, told
from framing.report.drawing import Drawing

MOST_GROUPS = 40
# With more of them, the numbers of articles are left to the table.
MOST_NOTED = 12


def shift_figure(source: ReportSource, stratum: str) -> Figure | None:
    """Draw each group's macro-F1 when left out, beside that of models that were not without it, the lowest on top.

    The control has as many training articles as the models without the group; where no controls were trained, the
    outer folds stand in its place.

    Parameters
    ----------
    source : ReportSource
    stratum : str
        What the groups are groups of, as in ``evaluation["shift"]``.
    """
    found = (source.evaluation.get("shift") or {}).get(stratum)
    if not found or "metrics" not in found:
        return None
    beside = "control" if "control" in found else "outer_folds"
    groups = sorted(found["groups"], key=lambda group: _rising(group["metrics"]["macro_f1"]["value"]))
    drawn = groups[:MOST_GROUPS]
    subject = shortly(stratum.replace("_", " "), 30)
    title = f"Macro-F1 with each {subject} left out of training"
    against = (
        "models that learnt from as many articles of all groups" if beside == "control" else "the outer folds' models"
    )
    description = (
        f"One row a group, the lowest on top: filled, the macro-F1 on the group of models that learnt nothing of it, "
        f"with its 95% interval; hollow, that of {against}. Compare the two marks of a row: a label that a group has "
        "no gold of counts as 0 in both, so that rows with few labels lie low, and so do the intervals of few articles."
    )
    if len(groups) > len(drawn):
        description += f" Drawn are the {len(drawn)} lowest of {len(groups)} groups; the table has all."
    compact = len(drawn) > MOST_NOTED
    name = f"shift-{_slug(stratum)}"
    drawing = Drawing(name, title, description, source.artifact.codebook)
    rows = [_row(group, beside, _name(group), "" if compact else _note(group)) for group in drawn]
    whole = _row(found, beside, f"All {len(groups):,} groups", "", bold=True)
    end = draw_key(drawing, [("●", "model", "group left out"), ("○", "baseline", _short[beside])], 16)
    end = draw_rows(
        drawing,
        [whole, *rows],
        enclosing([whole, *rows], most=4),
        end,
        title="Macro-F1 on the group" + ("" if len(drawn) == len(groups) else f", the {len(drawn)} lowest groups"),
    )
    table = Table(
        columns=(
            "Group", "Articles", "Paragraphs", "Left out, macro-F1 [95%]", f"{_short[beside].capitalize()} [95%]",
            "Loss [95%]", f"Mean F1 of labels with {found['least_gold']} gold or more [95%]",
        ),
        rows=(
            (
                f"All {len(groups):,} groups", "", "",
                interval(found["metrics"]["macro_f1"]), interval(found[beside]["macro_f1"]),
                interval(_loss(found, beside), signed=True), "",
            ),
            *(
                (
                    _name(group), f"{group['articles']:,}", f"{group['paragraphs']:,}",
                    interval(group["metrics"]["macro_f1"]), interval(group[beside]["macro_f1"]),
                    interval(_loss(group, beside), signed=True), interval(group["macro_f1_of_present_labels"]),
                )
                for group in groups
            ),
        ),
        numeric=(False, True, True, True, True, True, True),
        caption=f"Loss: the macro-F1 of {against}, less that with the group left out.",
    )  # fmt: skip
    finding = _finding(found, beside)
    return Figure(name, title, description, finding, drawing.svg(end), table)


_short = {"control": "as many articles of all groups", "outer_folds": "outer folds"}


def _row(sides: Mapping[str, Any], beside: str, name: str, note: str, *, bold: bool = False) -> Row:
    figure = sides["metrics"]["macro_f1"]
    # The control is drawn first and larger, so that a ring is seen where both are the same.
    return Row(
        name,
        (Dot(alone(sides[beside]["macro_f1"]["value"]), "○", "baseline", 6.5), Dot(figure, "●", "model", 4.5)),
        told=told(figure),
        note=note,
        bold=bold,
    )


def _name(group: Mapping[str, Any]) -> str:
    pooled = len(group["pooled"])
    return named(group["name"]) + (f" ({pooled:,} small groups pooled)" if pooled else "")


def _note(group: Mapping[str, Any]) -> str:
    return "1 article" if group["articles"] == 1 else f"{group['articles']:,} articles"


def _loss(sides: Mapping[str, Any], beside: str) -> Mapping[str, float | None]:
    loss: Mapping[str, float | None] = sides["drop" if beside == "control" else "drop_from_outer_folds"]["macro_f1"]
    return loss


def _finding(found: Mapping[str, Any], beside: str) -> str:
    if found["metrics"]["macro_f1"]["value"] is None:
        return f"Macro-F1 of the {len(found['groups']):,} groups left out is not defined."
    side, loss = found[beside]["macro_f1"], _loss(found, beside)
    whose = "models of as many articles" if beside == "control" else "the outer folds"
    said = (
        f"Left out in turn, the {len(found['groups']):,} groups are judged at macro-F1 "
        f"{told(found['metrics']['macro_f1'])} against {told(side)} by {whose}: a loss of {told(loss, signed=True)}"
    )
    worst = next((group for group in found["groups"] if group["name"] == found["worst"] and not group["pooled"]), None)
    if worst is None:
        return f"{said}."
    return (
        f"{said}; by the labels that a group has {found['least_gold']} gold or more of, the lowest is "
        f"{shortly(worst['name'])} at {told(worst['macro_f1_of_present_labels'])}."
    )


def _rising(value: float | None) -> float:
    return 2.0 if value is None else value


def _slug(stratum: str) -> str:
    """Make a part of a file's name of an untrusted name; a hash keeps apart what became alike."""
    plain = re.sub(r"[^a-z0-9]+", "-", stratum.lower()).strip("-")[:40]
    if plain and "-" not in stratum and plain == stratum.replace("_", "-"):
        return plain
    return f"{plain}-{hashlib.sha256(stratum.encode(errors='surrogatepass')).hexdigest()[:8]}".lstrip("-")
