"""A model's card in Markdown: the parts of a model card in their published order, with figures, and what is open."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from framing.report import measured_quality as quality
from framing.report.checklists import Question, answered, questionnaires
from framing.report.display import shown
from framing.report.document import ReportSource
from framing.report.phrases import count, figure, named, number, p_value, title_of

if TYPE_CHECKING:
    from framing.report.opening import Opening

# Signs that begin something in Markdown within a line, and what many readers turn into links by themselves: a backslash
# takes that from them. A square bracket alone begins nothing, as no line here defines what it would refer to.
_SIGNS = re.compile(r"[\\`*_<|~$]|\](?=\()|&(?=[#\w])|:(?=//)|(?<=www)\.", re.IGNORECASE)


def model_card(source: ReportSource, opening: Opening) -> str:
    """Write ``MODEL_CARD.md``.

    Parameters
    ----------
    source : ReportSource
    opening : Opening
        The first screen of the report.

    Returns
    -------
    str
        Markdown with tables. All that is not of this program is escaped: no name and no answer can begin a heading, a
        link, html or a cell of its own.
    """
    lines = [
        f"# Model card: {in_markdown(opening.title)}",
        "",
        # Nothing of others begins a line: there it could be a heading, a list or a definition.
        f"**What it does.** {in_markdown(opening.purpose)}",
        "",
        f"Digest: {in_markdown(opening.digest)}",
        "",
        *(f"- **{in_markdown(heading)}** {in_markdown(sentence)}" for heading, sentence in opening.sentences),
        "",
    ]
    card = questionnaires()[0]
    for part, questions in itertools.groupby(card.questions, key=lambda question: question.section):
        lines += [f"## {part}", "", *(_answer(source, question) for question in questions), ""]
        lines += _TABLES.get(part, _no_table)(source)
    return "\n".join([*lines, *_end(card.citation)]) + "\n"


def in_markdown(text: str) -> str:
    """Write a text for Markdown so that it is read as it stands, on one line."""
    return _SIGNS.sub(r"\\\g<0>", shown(text))


def _answer(source: ReportSource, question: Question) -> str:
    answer = answered(source, question)
    if answer.text is None:
        return f"- **Open:** {in_markdown(answer.question)} (`{answer.identifier}`)"
    return f"- **{in_markdown(answer.question)}** ({answer.origin}) {in_markdown(answer.text)}"


def _no_table(source: ReportSource) -> Iterator[str]:  # noqa: ARG001
    yield from ()


def _metrics(source: ReportSource) -> Iterator[str]:
    """Set the main figures beside those of the paragraphs with a frame, where there are others."""
    evaluation = source.evaluation
    framed = evaluation.get("paragraphs_with_a_frame") or {"paragraphs": 0, "metrics": {}}
    apart = 0 < framed["paragraphs"] < evaluation["protocol"]["with_gold"]
    rows = []
    for key, name in quality.MEASURES.items():
        if key in evaluation["metrics"]:
            beside = framed["metrics"].get(key)
            cells = ["" if beside is None else figure(beside)] if apart else []
            rows.append([name, figure(evaluation["metrics"][key]), *cells])
    yield from _table(
        ["Out of fold, 95% intervals", "all paragraphs", *(["those with a frame"] if apart else [])], rows
    )


def _analyses(source: ReportSource) -> Iterator[str]:
    yield from _labels(source)
    yield from _baselines(source)
    yield from _left_out(source)


def _labels(source: ReportSource) -> Iterator[str]:
    codebook, per_frame = source.artifact.codebook, source.evaluation["per_frame"]
    rows = [
        [
            title_of(codebook, label),
            *(figure(per_frame[label][key]) for key in ("precision", "recall", "f1")),
            count(per_frame[label]["support"]),
        ]
        for label in codebook.labels
    ]
    yield from _table(["Label", "precision", "recall", "F1", "paragraphs"], rows)


def _baselines(source: ReportSource) -> Iterator[str]:
    """Set the model against each baseline, the best first."""
    found = (source.evaluation.get("baselines") or {}).values()
    measured = [one for one in found if "metrics" in one]
    rows = []
    for one in sorted(measured, key=lambda one: -(one["metrics"]["macro_f1"]["value"] or 0)):
        against = one["model_less_baseline"]["macro_f1"]
        corrected = against["corrected_resampled_t"]
        rows.append(
            [
                named(one["title"]),
                figure(one["metrics"]["macro_f1"]),
                figure(against["difference"], signed=True),
                "-" if corrected is None else p_value(corrected["p_value"]),
                "-" if against["randomisation_p"] is None else p_value(against["randomisation_p"]),
            ]
        )
    rows += [[named(one["title"]), "not run", "", "", ""] for one in found if "metrics" not in one]
    yield from _table(["Baseline", "macro-F1", "model less baseline", "p (corrected t)", "p (randomisation)"], rows)


def _left_out(source: ReportSource) -> Iterator[str]:
    """Tell of each stratum how the model does on groups left out of training, and on which it does worst."""
    rows = []
    for name, found in quality.strata(source):
        worst = next((group for group in found["groups"] if group["name"] == found["worst"]), None)
        told = ["-", "-"] if worst is None else [named(worst["name"]), figure(worst["macro_f1_of_present_labels"])]
        loss = figure(found["drop"]["macro_f1"], signed=True) if "drop" in found else "-"
        rows.append([name, number(len(found["groups"]), 0), figure(found["metrics"]["macro_f1"]), loss, *told])
    columns = ["Left out of training", "groups", "macro-F1", "loss", "worst group", "its mean F1"]
    yield from _table(columns, rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table whose first column holds words; nothing where it has no rows."""
    rows = list(rows)
    if not rows:
        return
    yield f"| {' | '.join(columns)} |"
    yield f"|---|{'---:|' * (len(columns) - 1)}"
    for row in rows:
        yield f"| {' | '.join(map(in_markdown, row))} |"
    yield ""


def _end(citation: str) -> Iterator[str]:
    yield "## More"
    yield ""
    yield (
        "`report.html` beside this file shows all that was measured, the whole codebook, errors, and the answers to "
        "two more lists of questions. `framing verify MODEL` computes the figures again."
    )
    yield ""
    yield f"The questions are those of {in_markdown(citation)}, in other words."


_TABLES: Mapping[str, Callable[[ReportSource], Iterator[str]]] = {
    "Metrics": _metrics,
    "Quantitative analyses": _analyses,
}
