"""The agreement of the coders of a labels folder, and the paragraphs they differ on."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from framing.annotation import Labels, read_labels
from framing.annotation.label_files import ANNOTATIONS, read_annotations
from framing.annotation.records import Annotation
from framing.errors import UsageError
from framing.evaluation.agreement import measure_agreement
from framing.evaluation.agreement_disputes import find_disputes
from framing.evaluation.codings import Codings
from framing.settings import EvaluationSettings, Experiment

Lines = Mapping[str, Sequence[Annotation]]


def compare_coders(
    folder: str | os.PathLike[str],
    *,
    coders: Sequence[str] | None = None,
    draws: int = EvaluationSettings.bootstrap,
    seed: int = Experiment.seed,
) -> dict[str, Any]:
    """Measure the agreement of the coders of a labels folder.

    Of each coder the last line on a paragraph counts that was written as a coder. Who later decides as an adjudicator
    on a paragraph of his own is still measured by what he gave before.

    Parameters
    ----------
    folder : path-like
        A labels folder.
    coders : sequence of str, optional
        Compare these alone, as if no others had coded; otherwise all.
    draws, seed : int
        Of the bootstrap over articles.

    Returns
    -------
    dict
        What `measure_agreement` gives, with ``codebook``, ``only_coders`` (those asked for, or None), ``disputes`` (see
        `find_disputes`), ``set_aside`` (how many paragraphs a coder skipped or flagged), and ``notes`` on files that
        were cut off.

    Raises
    ------
    LabelError
        When the labels cannot be read.
    CodebookError
        When the folder's codebook cannot.
    UsageError
        When one of ``coders`` has no codings here, or there are fewer than two.
    """
    labels = read_labels(folder)
    lines = _lines(labels)
    last = {coder: _last_as_coder(written) for coder, written in lines.items()}
    given = {coder: [one for one in told if one.status == "labelled"] for coder, told in last.items()}
    if coders is not None:
        _refuse_unknown(coders, given)
    names = [coder for coder in given if coders is None or coder in coders]
    decisions = [
        record.annotation
        for records in labels.annotations.values()
        for record in records
        if record.annotation.role == "adjudicator"
    ]
    found = measure_agreement(_codings(labels, given), draws=draws, seed=seed, coders=coders)
    deciding = {annotation.coder for annotation in decisions}
    aside = sum(one.set_aside is not None for coder in names for one in last[coder])
    written = (one.paragraph for coder, told in lines.items() if coder in {*names, *deciding} for one in told)
    codings = [one for coder in names for one in given[coder]]
    return {
        **found,
        "codebook": {"name": labels.codebook.name, "version": labels.codebook.version},
        "only_coders": None if coders is None else names,
        "set_aside": aside,
        "notices": [*found["notices"], *_set_aside_notices(aside)],
        "disputes": find_disputes(labels.paragraphs, codings, decisions, Counter(written)),
        "notes": [str(note) for note in labels.notes],
    }


def _lines(labels: Labels) -> Lines:
    """Return every line that each coder wrote, not only those that stand."""
    ids = {paragraph.id for paragraph in labels.paragraphs}
    return {
        coder: [
            record.annotation
            for record in read_annotations(
                labels.folder / ANNOTATIONS / f"{coder}.jsonl", codebook=labels.codebook, paragraphs=ids
            ).annotations
        ]
        for coder in labels.annotations
    }


def _last_as_coder(written: Iterable[Annotation]) -> list[Annotation]:
    return list({one.paragraph: one for one in written if one.role == "coder"}.values())


def _refuse_unknown(coders: Sequence[str], given: Lines) -> None:
    known = [coder for coder, codings in given.items() if codings]
    for coder in coders:
        if coder not in known:
            raise UsageError(
                f"'{coder}' has no codings here that count (an adjudicator's do not); coders: {', '.join(known) or '-'}"
            )
    if len(set(coders)) < 2:
        raise UsageError("name two coders or more, with commas between them")


def _set_aside_notices(aside: int) -> list[str]:
    if not aside:
        return []
    times = "once" if aside == 1 else f"{aside:,} times"
    told = f"Coders skipped or flagged a paragraph {times}, and that does not count"
    return [f"{told}: where those are the hard ones, agreement is too high."]


def _codings(labels: Labels, given: Lines) -> Codings:
    """Lay what the coders gave out as arrays, a column for each paragraph of the folder."""
    column = {paragraph.id: place for place, paragraph in enumerate(labels.paragraphs)}
    index = labels.codebook.index
    shape = (len(given), len(column))
    frames, runners_up = (np.full(shape, -1, dtype=np.int64) for _ in range(2))
    sure, prompted = np.ones(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    drawn_by, chances = np.full(shape, "", dtype="<U16"), np.full(shape, np.nan)
    for row, codings in enumerate(given.values()):
        for one in codings:
            # What stands of a coder always has a frame.
            place = row, column[one.paragraph]
            frames[place] = index[one.frame or ""]
            runners_up[place] = -1 if one.runner_up is None else index[one.runner_up]
            sure[place], prompted[place] = one.sure, one.suggested is not None
            drawn_by[place] = one.drawn_by or ""
            if one.inclusion_probability is not None:
                chances[place] = one.inclusion_probability
    return Codings(
        labels=labels.codebook.labels,
        coders=list(given),
        articles=np.unique([paragraph.article for paragraph in labels.paragraphs], return_inverse=True)[1],
        frames=frames,
        runners_up=runners_up,
        sure=sure,
        prompted=prompted,
        drawn_by=drawn_by,
        chances=chances,
        kinds={name: coder.kind for name, coder in labels.coders.items()},
    )
