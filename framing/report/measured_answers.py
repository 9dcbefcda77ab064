"""What the evaluation and the model folder answer of the checklists; what they cannot answer stays open."""

from __future__ import annotations

from framing.report import measured_datasheet, measured_model_card, measured_reforms
from framing.report.document import ReportSource


def measured_answer(source: ReportSource, identifier: str) -> str | None:
    """Answer a question of a checklist from what was measured.

    Parameters
    ----------
    source : ReportSource
    identifier : str
        The question's id.

    Returns
    -------
    str or None
        Sentences with figures; None where nothing was measured that answers it, or only a person can.
    """
    for answers in (measured_model_card.ANSWERS, measured_datasheet.ANSWERS, measured_reforms.ANSWERS):
        if identifier in answers:
            return answers[identifier](source)
    return None


def remaining(identifier: str) -> str | None:
    """Return what a measured answer leaves for a person to say; None where it answers all of the question."""
    for open_parts in (measured_model_card.REMAINING, measured_datasheet.REMAINING, measured_reforms.REMAINING):
        if identifier in open_parts:
            return open_parts[identifier]
    return None
