"""How far the model carries: whole groups of articles left out of training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.report.document import Block, Heading, ReportSource, Section, Text
from framing.report.phrases import (
    bounded,
    clipped,
    count,
    counted,
    figure,
    first_of,
    named,
    not_asked_for,
    not_measured,
    side_of_zero,
)

TITLE = "Shift"
QUESTION = "How far does it carry to regions, sources and years that it has not learnt from?"

UNMEASURED = "how the model does on groups of articles that it has not learnt from"
MOST_POOLED = 8
YEAR = "year"


def shift_section(source: ReportSource) -> Section:
    evaluation = source.evaluation
    shift = evaluation.get("shift")
    blocks: list[Block]
    if not shift:
        why = (
            "the data tell nothing of where, when or by whom the texts were published"
            if shift is not None
            else not_asked_for(evaluation, "shift")
        )
        blocks = [not_measured(UNMEASURED, why)]
    else:
        measured = {name: found for name, found in shift.items() if "metrics" in found}
        blocks = [*_overview(measured)] if measured else []
        for name, found in shift.items():
            blocks += _stratum(source, name, found)
    return Section("shift", TITLE, QUESTION, tuple(blocks))


def _words(stratum: str) -> str:
    return named(stratum.replace("_", " "))


def _overview(measured: Mapping[str, Any]) -> Iterator[Block]:
    sides: dict[int | None, list[str]] = {1: [], 0: [], -1: [], None: []}
    for name, found in measured.items():
        if "drop" in found:
            sides[side_of_zero(found["drop"]["macro_f1"])].append(f"{_words(name)} ({_loss(found)})")
    told = (
        (1, "Leaving groups out costs macro-F1, the interval of the loss lying above 0, where they are left out by"),
        (0, "No loss can be shown, its interval holding 0, where groups are left out by"),
        (-1, "Macro-F1 is higher, the interval of the loss lying below 0, where groups are left out by"),
        (None, "The loss has no interval to judge it by where groups are left out by"),
    )
    for side, words in told:
        if sides[side]:
            yield Text(f"{words} {'; '.join(sides[side])}.")
    yield Text(
        "Every group is left out of training in turn and tested by a model that learnt, and chose its settings, from "
        "the other groups. The loss is against a control: the same paragraphs judged by models that learnt from as "
        "many articles drawn at random from all groups, the tested ones excepted, with the settings chosen without "
        "the group. So the loss is that of the group's absence and not of fewer articles. Each was run once."
        if any("drop" in found for found in measured.values())
        else "Every group is left out of training in turn and tested by a model that learnt, and chose its settings, "
        "from the other groups. No controls were run, so a loss cannot be told from that of fewer articles."
    )
    rows = [
        (
            _words(name),
            count(len(found["groups"])),
            count(sum(group["paragraphs"] for group in found["groups"])),
            figure(found["metrics"]["macro_f1"]),
            figure(found["control"]["macro_f1"]) if "control" in found else "not run",
            _loss(found) if "drop" in found else "not run",
            figure(found["outer_folds"]["macro_f1"]),
            figure(found["drop_from_outer_folds"]["macro_f1"], signed=True),
        )
        for name, found in measured.items()
    ]
    if sides[0]:
        yield Text("Where no loss can be shown, one up to the upper end of its interval is not ruled out.")
    columns = ("Left out", "Groups", "Paragraphs", "Macro-F1", "Control", "Loss against control", "Outer folds",
               "Outer folds less left out")  # fmt: skip
    yield from bounded("Groups left out, all groups of a kind taken together", columns, rows)


def _loss(found: Mapping[str, Any]) -> str:
    return figure(found["drop"]["macro_f1"], signed=True)


def _stratum(source: ReportSource, name: str, found: Mapping[str, Any]) -> Iterator[Block]:
    from framing.report.interval_figures import shift_figure

    yield Heading(f"By {_words(name)}")
    notes = [clipped(note).rstrip(".") for note in found["notes"]]
    if "metrics" not in found:
        yield not_measured(
            f"the model with its {_words(name)} left out", "; ".join(notes) or "no group could be left out"
        )
        return
    if name == YEAR:
        yield Text(
            "Left out are the oldest and the newest articles, at least a fifth each of those with a year, whole years "
            "at a time."
        )
    yield from _worst(found)
    drawn = shift_figure(source, name)
    if drawn is not None:
        yield drawn
    yield from _groups(name, found)
    yield from (Text(f"Note: {note}.") for note in notes)


def _worst(found: Mapping[str, Any]) -> Iterator[Block]:
    groups = found["groups"]
    worst = next((group for group in groups if group["name"] == found["worst"] and not group["pooled"]), None)
    if worst is None:
        yield Text("No single group has enough gold of any label to be called the worst.")
    else:
        yield Text(
            f"The lowest is {named(worst['name'])} with {figure(worst['macro_f1_of_present_labels'])}: the mean F1 of "
            f"the labels of which it has {found['least_gold']} gold paragraphs or more, on "
            f"{counted(worst['paragraphs'], 'paragraph')} of {counted(worst['articles'], 'article')}. It was picked as "
            f"the lowest of {len(groups)}, so chance has a part in it."
        )
    judged = [side_of_zero(group["drop"]["macro_f1"]) for group in groups if "drop" in group]
    if judged:
        yield Text(
            f"Against the control, {judged.count(1)} of {counted(len(judged), 'group')} lose macro-F1 by an interval "
            f"above 0, {judged.count(-1)} gain by one below 0; by chance alone a fortieth of the groups would lie "
            "beyond on either side. Intervals of groups of few articles are wide, and lie low where draws lack a label."
        )


def _groups(name: str, found: Mapping[str, Any]) -> Iterator[Block]:
    def height(group: Mapping[str, Any]) -> float:
        value = group["macro_f1_of_present_labels"]["value"]
        return 2.0 if value is None else value

    rows = [
        (
            _name(group),
            count(group["articles"]),
            count(group["paragraphs"]),
            count(min(group["training_articles"])),
            figure(group["macro_f1_of_present_labels"]),
            figure(group["metrics"]["macro_f1"]),
            figure(group["control"]["macro_f1"]) if "control" in group else "not run",
            _loss(group) if "drop" in group else "not run",
            figure(group["metrics"]["accuracy"]),
        )
        for group in sorted(found["groups"], key=height)
    ]
    columns = (
        _words(name).capitalize(), "Articles", "Paragraphs", "Training articles", "Mean F1 of its labels", "Macro-F1",
        "Control", "Loss against control", "Accuracy",
    )  # fmt: skip
    caption = f"Groups by {_words(name)}, left out in turn, the lowest first"
    yield from bounded(caption, columns, rows, rest="; their mean F1 is higher than of those shown, or not defined")
    yield Text(
        "Mean F1 of its labels leaves out labels that the group hardly has; macro-F1, control and loss are over all "
        "labels that are gold or predicted there, and one that the group lacks counts as 0 as soon as it is predicted."
    )
    pooled = [group for group in found["groups"] if group["pooled"]]
    for group in pooled:
        names = [named(one) for one in group["pooled"]]
        yield Text(
            f"{_name(group)} holds {counted(len(names), 'group')} of few articles, left out in "
            f"{counted(len(group['training_articles']), 'bundle')}: {first_of(names, MOST_POOLED)}."
        )


def _name(group: Mapping[str, Any]) -> str:
    return f"{named(group['name'])}{' (pooled)' if group['pooled'] else ''}"
