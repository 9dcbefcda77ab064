"""Judgements made out of a tool's records."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from framing.annotation.exchange import Meta, Record, Told, UnusableError, read_meta
from framing.annotation.import_outcomes import COMPARED, Candidate, Outcome
from framing.annotation.label_lines import annotation_faults, parse_annotation, with_todays_names
from framing.annotation.matching import Coders, Frames, Paragraphs, UnmatchedError
from framing.annotation.purposes import EarlierQueued
from framing.annotation.records import Annotation
from framing.codebook import Codebook


class Drafts:
    """Makes judgements out of records.

    Parameters
    ----------
    queued : mapping of str to EarlierQueued
        How a paragraph was drawn, for judgements on it that do not tell.

    Attributes
    ----------
    unseen : int
        Records of paragraphs that nobody judged, so far.
    by_words : int
        Judgements whose paragraph was found by its words alone, so far.
    """

    def __init__(
        self,
        codebook: Codebook,
        paragraphs: Paragraphs,
        frames: Frames,
        coders: Coders,
        queued: Mapping[str, EarlierQueued],
    ):
        self._codebook = codebook
        self._paragraphs = paragraphs
        self._frames = frames
        self._coders = coders
        self._queued = queued
        self.unseen = 0
        self.by_words = 0

    def of(self, records: Iterable[Record]) -> tuple[dict[str, list[Candidate]], list[tuple[int, Outcome]]]:
        """Return the judgements by coder, and what became of the other records, each with its number."""
        candidates: dict[str, list[Candidate]] = {}
        outcomes: list[tuple[int, Outcome]] = []
        for number, record in enumerate(records):
            try:
                candidate = self._candidate(number, record)
            except UnmatchedError as error:
                outcomes.append((number, Outcome("unmatched", record.place, str(error))))
            except UnusableError as error:
                outcomes.append((number, Outcome("unusable", record.place, str(error))))
            else:
                if candidate is None:
                    self.unseen += 1
                else:
                    candidates.setdefault(candidate.annotation.coder, []).append(candidate)
        return candidates, outcomes

    def _candidate(self, number: int, record: Record) -> Candidate | None:
        if record.fault is not None:
            raise UnusableError(record.fault)
        meta = read_meta(record.meta)
        if record.told is None and not meta.codings:
            return None
        paragraph, by_words = self._paragraphs.match(record)
        try:
            coder = self._coders.of(record, meta)
        except UnusableError:
            if record.told is None:
                return None
            raise
        drafted = self._annotation(record.told, meta, coder, paragraph)
        if drafted is None:
            return None
        self.by_words += by_words
        self._refuse(drafted[0])
        return Candidate(number, record.place, *drafted)

    def _annotation(
        self, told: Told | None, meta: Meta, coder: str, paragraph: str
    ) -> tuple[Annotation, frozenset[str]] | None:
        """Return the judgement, and which of its fields the record tells."""
        line = meta.codings.get(coder)
        if line is not None:
            line, _ = with_todays_names({"frame": None, **line, "paragraph": paragraph}, self._codebook)
        if told is None:
            # The tool cannot show what is set aside: shown as not judged, it came back as it went.
            if line is None or line.get("set_aside") is None:
                return None
            return self._travelled(line, coder), frozenset(COMPARED)
        frame = self._frames.of(told.labels) if told.labels and told.set_aside != "skipped" else None
        details = self._details(told)
        if line is not None and (line["frame"], line.get("set_aside")) == (frame, told.set_aside):
            before = self._travelled(line, coder)
            after = dataclasses.replace(before, **details)
            if after != before:
                after = dataclasses.replace(after, request=None, undoes=None, labelled_at=told.at or after.labelled_at)
            return after, frozenset(COMPARED)
        start = {
            "paragraph": paragraph,
            "frame": frame,
            "set_aside": told.set_aside,
            "codebook_version": meta.codebook_version,
            "labelled_at": told.at,
            "drawn_by": meta.drawn_by,
            "inclusion_probability": meta.inclusion_probability,
        }
        queued = self._queued.get(paragraph)
        if queued is not None and meta.drawn_by is None and "drawn_by" not in details:
            start |= {"drawn_by": queued.drawn_by, "inclusion_probability": queued.inclusion_probability}
        return self._travelled(start | details, coder), frozenset(details)

    def _travelled(self, line: dict[str, Any], coder: str) -> Annotation:
        faults = annotation_faults(line, self._codebook)
        if faults:
            raise UnusableError(faults[0])
        return parse_annotation(line, coder)

    def _details(self, told: Told) -> dict[str, Any]:
        details = {key: value for key, value in told.details.items() if value is not None}
        if "runner_up" in details:
            details["runner_up"] = self._frames.of([details["runner_up"]])
        if "suggested" in details:
            details["suggested"] = self._frames.find(details["suggested"]) or details["suggested"]
        return details

    def _refuse(self, annotation: Annotation) -> None:
        """Raise for what a coder's file would not take, so that it does not take the others down with it."""
        line = vars(annotation)
        if faults := annotation_faults(line, self._codebook):
            raise UnusableError(faults[0])
        try:
            json.dumps(line, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise UnusableError("holds half of a character (a lone surrogate)") from None
