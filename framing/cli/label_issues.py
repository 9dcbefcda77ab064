"""``framing labels issues``."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.cli.messages import refuse_input, standard_output, tell

if TYPE_CHECKING:
    from rich.console import Console

    from framing.workflow.label_issues import Evidence, LabelIssue, LabelIssues

# As in the table of an article: longer lines are hard to follow, and off a terminal the width says nothing.
_WIDEST = 120
_WIDTH_IN_A_PIPE = 80
_NARROWEST = 40
_MOST_LINES = 3
_INDENT = " " * 5
# No more of a paragraph is shown; the rest need not be measured.
_LONGEST_START = 1000
_READING = (
    "The share is the probability that the model gives to the label; it was trained without the article. "
    "Either the label or the model may be wrong."
)


class Format(StrEnum):
    table = "table"
    jsonl = "jsonl"
    csv = "csv"


def issues(
    folder: Annotated[Path, typer.Argument(help="A labels folder.")] = Path("labels"),
    evaluation: Annotated[
        Path | None,
        typer.Option(help="An evaluation.json, or a folder with one.", show_default="that of the default model"),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many paragraphs, the most doubtful first.")] = 20,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How they are shown.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
) -> None:
    """List the paragraphs whose gold is least likely to a model that did not see their articles."""
    from framing.workflow.label_issues import evaluation_file, read_label_issues

    refuse_input(output, [folder, evaluation_file(evaluation).parent])
    found = read_label_issues(folder, evaluation, limit)
    for paragraphs, what in ((found.recoded, "have another gold by now"), (found.absent, f"are not in {folder}")):
        if paragraphs:
            told = f"{len(paragraphs)} of {found.listed} listed paragraphs {what} and are left out"
            tell(f"{told}: {', '.join(paragraphs)}")
    if not found.issues:
        tell("no paragraph of the list is left: make a new one with 'framing evaluate'")
    write = {Format.table: _table, Format.jsonl: _jsonl, Format.csv: _csv}[format_]
    _deliver(write(found, output), output)
    if output is not None:
        tell(f"{len(found.issues)} {'paragraph' if len(found.issues) == 1 else 'paragraphs'} in {output}")


def _deliver(content: bytes, output: Path | None) -> None:
    from framing.files import written_aside

    if output is not None:
        with written_aside(output) as file:
            file.write(content)
        return
    with standard_output():
        sys.stdout.buffer.write(content)


def _jsonl(found: LabelIssues, _output: Path | None) -> bytes:
    from framing.corpus.rows import json_lines

    return json_lines(_object(issue) for issue in found.issues)


def _object(issue: LabelIssue) -> dict[str, Any]:
    listed = issue.listed
    return {
        "paragraph": listed.paragraph,
        "article": issue.article,
        "text": issue.text,
        "gold": listed.gold,
        "self_confidence": listed.self_confidence,
        "coders": dict(issue.coders),
        "predicted": listed.predicted,
        "probability": listed.probability,
        "evidence": {"predicted": listed.evidence_predicted, "gold": listed.evidence_gold},
    }


def _csv(found: LabelIssues, _output: Path | None) -> bytes:
    from framing.corpus.rows import csv_rows

    header = ["paragraph", "article", "gold", "self_confidence", *(f"coder:{coder}" for coder in found.coders)]
    header += ["predicted", "probability", "evidence_predicted", "evidence_gold", "text"]
    rows = (
        [
            issue.listed.paragraph,
            issue.article,
            issue.listed.gold,
            issue.listed.self_confidence,
            *(issue.coders.get(coder) for coder in found.coders),
            issue.listed.predicted,
            issue.listed.probability,
            _joined(issue.listed.evidence_predicted),
            _joined(issue.listed.evidence_gold),
            issue.text,
        ]
        for issue in found.issues
    )
    return csv_rows([header, *rows])


def _joined(evidence: Evidence) -> str:
    return " | ".join(term for term, _ in evidence)


def _table(found: LabelIssues, output: Path | None) -> bytes:
    """Make a block a paragraph: its words, its gold and the model's label with their evidence, and the coders'."""
    from rich.console import Console

    if not found.issues:
        return b""
    console = Console() if output is None else Console(file=io.StringIO())
    sheet = _Sheet.of(found, console)
    lines = sheet.wrapped(f"{len(found.issues)} of {found.listed} listed paragraphs, the least likely gold first")
    for number, issue in enumerate(found.issues, start=1):
        lines += ["", *sheet.block(number, issue)]
    lines += ["", *sheet.wrapped(_READING), *sheet.wrapped(found.statement)]
    return "".join(f"{line.rstrip()}\n" for line in lines).encode(console.encoding, errors="replace")


@dataclass(frozen=True)
class _Sheet:
    """What every line needs to know: the width, that of the labels, and what the output can show."""

    console: Console
    width: int
    label_cells: int

    @classmethod
    def of(cls, found: LabelIssues, console: Console) -> _Sheet:
        from rich.cells import cell_len

        from framing.report.display import shown

        width = max(min(console.width, _WIDEST if console.is_terminal else _WIDTH_IN_A_PIPE), _NARROWEST)
        labels = (label for issue in found.issues for label in (issue.listed.gold, issue.listed.predicted))
        return cls(console, width, min(max(cell_len(shown(label)) for label in labels), width * 2 // 5))

    @property
    def ellipsis(self) -> str:
        return ".." if self.shown("…") == "?" else "…"

    def block(self, number: int, issue: LabelIssue) -> list[str]:
        listed = issue.listed
        by_label: dict[str, list[str]] = {}
        for coder, label in issue.coders.items():
            by_label.setdefault(label, []).append(coder)
        coders = "; ".join(f"{label} by {', '.join(names)}" for label, names in by_label.items())
        return [
            f"{number:>3}  {self.shown(listed.paragraph)}",
            *self.wrapped(issue.text, head=_INDENT, most=_MOST_LINES),
            self._judgement("gold", listed.gold, listed.self_confidence, listed.evidence_gold),
            self._judgement("model", listed.predicted, listed.probability, listed.evidence_predicted),
            *self.wrapped(coders, head=f"{_INDENT}{'coded':<7}"),
        ]

    def _judgement(self, who: str, label: str, share: float, evidence: Evidence) -> str:
        """Put as many terms after a label and its probability as fit whole."""
        from rich.cells import cell_len, set_cell_size

        from framing.report.display import percent

        line = f"{_INDENT}{who:<7}{set_cell_size(self.shown(label), self.label_cells)} {percent(share):>4}  "
        for place, (term, _) in enumerate(evidence):
            longer = f"{line}{', ' if place else ''}{self.shown(term)}"
            if cell_len(longer) > self.width:
                break
            line = longer
        return line

    def wrapped(self, text: str, *, head: str = "", most: int | None = None) -> list[str]:
        """Break a text into lines, indented as far as its head is long; cut after ``most`` lines."""
        from rich.text import Text

        room = self.width - len(head)
        lines = [line.plain.rstrip() for line in Text(self.shown(text)).wrap(self.console, room)]
        if most is not None and len(lines) > most:
            # The last line gives up words until the sign of what is left out fits.
            [last, *_] = Text(lines[most - 1]).wrap(self.console, room - len(self.ellipsis) - 1)
            lines[most - 1 :] = [f"{last.plain.rstrip()} {self.ellipsis}"]
        return [f"{' ' * len(head) if place else head}{line}" for place, line in enumerate(lines)]

    def shown(self, text: str) -> str:
        """Return an untrusted text as it can be shown here; what the output's encoding lacks becomes '?'."""
        from framing.report.display import shown

        return shown(text[:_LONGEST_START]).encode(self.console.encoding, "replace").decode(self.console.encoding)
