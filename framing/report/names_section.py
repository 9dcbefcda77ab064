"""Whether the model goes by names."""

from __future__ import annotations

from framing.report.document import Block, ReportSource, Section, Text
from framing.report.phrases import counted, figure, not_asked_for, not_measured, side_of_zero, table

TITLE = "Names"
QUESTION = "Has it learnt who is named rather than how it is told?"


def names_section(source: ReportSource) -> Section:
    evaluation = source.evaluation
    found = evaluation.get("names_masked")
    if not found or not found.get("names"):
        why = (found or {}).get("note") or not_asked_for(evaluation, "names")
        return Section("names", TITLE, QUESTION, (not_measured("the model with all names masked", why),))
    loss = found["loss"]["macro_f1"]
    told = figure(loss, signed=True)
    verdict = {
        1: f"Masking names costs macro-F1: {told}. Names carry a part of what the model goes by.",
        0: f"No loss of macro-F1 can be shown: {told}. That does not show that names do not count: a loss within the "
        "interval is not ruled out.",
        -1: f"With names masked macro-F1 is higher: the loss is {told}.",
        None: f"The loss of macro-F1, {told}, has no interval to judge it by.",
    }[side_of_zero(loss)]
    rows = [
        (
            name,
            figure(found["as_they_are"][key]),
            figure(found["metrics"][key]),
            figure(found["loss"][key], signed=True),
        )
        for key, name in (("accuracy", "Accuracy"), ("macro_f1", "Macro-F1, all labels"))
    ]
    blocks: tuple[Block, ...] = (
        Text(verdict),
        Text(
            f"{counted(found['names'], 'name')}, counted as often as they stand in the texts, were replaced by one "
            "sign, and the whole recipe was trained and tested again on the same folds "
            f"({counted(found['repeats'], 'repeat')}; the figures beside them are of the same). Names are found by "
            "their capitals alone: some that open a sentence, and those in texts all in capitals, stand. Days, "
            "months, titles and offices are not masked. Loss: the figure as the texts are less that with names "
            "masked, paired, with its 95% interval over articles."
        ),
        Text(
            "So this tells what a model does that learnt without names, and not how far the model as it stands goes by "
            "them: for that, see what renaming does under Behaviour and the words with the largest weights, where they "
            "were measured."
        ),
        table("With names and without", ("Figure", "As the texts are", "Names masked", "Loss"), rows),
    )
    return Section("names", TITLE, QUESTION, blocks)
