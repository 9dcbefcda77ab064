"""Paragraphs of an evaluation as passages of a report: what was coded, what was predicted, and by what evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framing.codebook import Codebook
from framing.evaluation.wording import decimals
from framing.report.document import Passage
from framing.report.phrases import clipped, first_of, named, title_of

MOST_CODERS = 8
MOST_TERMS = 5
LONGEST_TERM = 60
NOT_OURS = (
    "The texts are not ours, so that none is shown: the number is that of the row, the first after the header being 1."
)


def passage(entry: Mapping[str, Any], texts: Mapping[str, str], codebook: Codebook, *, doubt: bool = False) -> Passage:
    """Show a paragraph as an evaluation lists it.

    Parameters
    ----------
    entry : mapping
        Of ``label_issues`` or ``examples``.
    texts : mapping of str to str
        By paragraph; one that is not there is shown without its text.
    codebook : Codebook
    doubt : bool
        Whether it is shown because its gold label is in doubt: then what speaks for that is told as well.
    """
    paragraph, evidence = entry["paragraph"], entry["evidence"] or {"predicted": [], "gold": []}
    remarks = [_coded(entry["coders"], codebook)]
    if doubt:
        remarks += [f"The gold label has a probability of {decimals(entry['self_confidence'])}."]
        if speaking := _terms(evidence["gold"]):
            remarks += [f"For the gold label speak: {first_of(speaking)}."]
    return Passage(
        identifier=f"row {paragraph}" if isinstance(paragraph, int) else named(paragraph),
        text=clipped(texts.get(paragraph, "")),
        gold=entry["gold"],
        predicted=entry["predicted"],
        probability=entry["probability"],
        candidates=tuple(entry.get("candidates") or ()),
        evidence=_terms(evidence["predicted"]),
        note=" ".join(remark for remark in remarks if remark),
    )


def passages(
    entries: Sequence[Mapping[str, Any]],
    texts: Mapping[str, str],
    codebook: Codebook,
    most: int,
    *,
    doubt: bool = False,
) -> tuple[Passage, ...]:
    """Show the first paragraphs of a list; see `passage`."""
    return tuple(passage(entry, texts, codebook, doubt=doubt) for entry in entries[:most])


def _coded(coders: Mapping[str, str], codebook: Codebook) -> str:
    by_label: dict[str, list[str]] = {}
    for coder, label in coders.items():
        by_label.setdefault(label, []).append(named(coder))
    told = [f"{title_of(codebook, label)} by {first_of(names, MOST_CODERS)}" for label, names in by_label.items()]
    return f"Coded as {'; '.join(told)}." if told else ""


def _terms(evidence: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    return tuple(clipped(term, LONGEST_TERM) for term, _ in evidence[:MOST_TERMS])
