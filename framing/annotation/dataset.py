"""Labelled paragraphs for training and evaluation, out of a labels folder."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from framing.annotation.conflicts import Conflicts
from framing.annotation.gold import shares
from framing.annotation.label_files import ANNOTATIONS
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.labels import Labels
from framing.annotation.records import LabelledParagraphs
from framing.errors import LabelError


def labelled_paragraphs(labels: Labels) -> LabelledParagraphs:
    """Resolve the codings of a labels folder.

    Paragraphs that nobody coded are left out. The articles stand in the order in which they first appear, the
    paragraphs of an article by position. For the digest see `digest_of`.

    Raises
    ------
    LabelError
        When no paragraph is coded, or one was drawn with two different chances.
    """
    judgements = labels.judgements()
    members: dict[str, list[ParagraphRecord]] = {}
    for paragraph in labels.paragraphs:
        if judgements[paragraph.id].counted:
            members.setdefault(paragraph.article, []).append(paragraph)
    paragraphs = [p for article in members.values() for p in sorted(article, key=lambda p: p.position)]
    if not paragraphs:
        raise LabelError("no paragraph is coded: add a file of codings to annotations/", path=labels.folder)
    codebook = labels.codebook
    resolved = [judgements[paragraph.id].gold for paragraph in paragraphs]
    ids = [paragraph.id for paragraph in paragraphs]
    texts = [paragraph.text for paragraph in paragraphs]
    articles = [paragraph.article for paragraph in paragraphs]
    gold = np.array([-1 if frame is None else codebook.index[frame] for frame in resolved], dtype=np.int64)
    targets = np.array([shares(judgements[paragraph.id].counted, codebook.labels) for paragraph in paragraphs])
    by_coder, drawings = _places_by_coder(labels, ids), _drawings(labels)
    return LabelledParagraphs(
        codebook,
        ids,
        texts,
        articles,
        gold,
        targets,
        digest=digest_of(ids, texts, articles, gold, targets),
        strata=_strata(paragraphs, labels.conflicts),
        codings=by_coder,
        coder_kinds={coder: labels.coders[coder].kind for coder in by_coder if coder in labels.coders},
        coder_descriptions={coder: labels.coders[coder].description for coder in by_coder if coder in labels.coders},
        sources=[_host(paragraph.source or "") for paragraph in paragraphs],
        datasheet=labels.datasheet,
        drawn_by=[drawings[identifier].way for identifier in ids],
        inclusion_probability=np.array([drawings[identifier].chance for identifier in ids]),
    )


def known_strata(strata: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Leave out the strata that are unknown, '', of every paragraph."""
    return {name: values for name, values in strata.items() if any(values)}


def digest_of(
    ids: Sequence[str],
    texts: Sequence[str],
    articles: Sequence[str],
    gold: NDArray[np.int64],
    targets: NDArray[np.float64],
) -> str:
    """Return the SHA-256 of what a model is trained on.

    It is taken over the UTF-8 bytes of one JSON object with the keys ``articles``, ``gold``, ``ids``, ``targets``
    and ``texts`` in this order, no space after commas and colons, and characters beyond ASCII written as they are.
    All five are lists in the order of the paragraphs: gold of whole numbers (places in the codebook, -1 for none),
    targets of lists of numbers in codebook order, each the shortest that reads back as the same double.
    """
    content = {"articles": list(articles), "gold": gold.tolist(), "ids": list(ids)}
    content |= {"targets": targets.tolist(), "texts": list(texts)}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _places_by_coder(labels: Labels, ids: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Return each coder's labels as places in the codebook; one of whom nothing stands as a coder is left out."""
    rows = {identifier: row for row, identifier in enumerate(ids)}
    by_coder = {}
    for coder, records in labels.annotations.items():
        places = np.full(len(ids), -1, dtype=np.int64)
        for record in records:
            # What stands always has a frame, and a paragraph that is coded always has a row.
            if record.annotation.frame is not None and record.annotation.role == "coder":
                places[rows[record.annotation.paragraph]] = labels.codebook.index[record.annotation.frame]
        if (places >= 0).any():
            by_coder[coder] = places
    return by_coder


class _Drawing(NamedTuple):
    """Why a paragraph was coded, '' where unknown, and with which chance it was drawn, NaN where it was not."""

    way: str
    chance: float


def _drawings(labels: Labels) -> dict[str, _Drawing]:
    """Tell how each coded paragraph was drawn; one that a probability sample drew is of the sample."""
    drawings: dict[str, _Drawing] = {}
    for coder, records in labels.annotations.items():
        for record in records:
            annotation = record.annotation
            # Only a probability sample has a chance that can be weighted by.
            chance = (annotation.inclusion_probability or math.nan) if annotation.drawn_by == "sample" else math.nan
            drawing = _Drawing(annotation.drawn_by or "", chance)
            earlier = drawings.setdefault(annotation.paragraph, drawing)
            if math.isnan(earlier.chance) and (not math.isnan(drawing.chance) or not earlier.way):
                drawings[annotation.paragraph] = drawing
            elif drawing.chance != earlier.chance and not math.isnan(drawing.chance):
                raise LabelError(
                    f"'{annotation.paragraph}' was drawn with a chance of {drawing.chance:g} here and of "
                    f"{earlier.chance:g} by another coder; let both code from one queue",
                    path=labels.folder / ANNOTATIONS / f"{coder}.jsonl",
                    line=record.line,
                )
    return drawings


def _host(source: str) -> str:
    """Give the host of an address, and anything else as it is."""
    try:
        host = urlsplit(source).hostname
    except ValueError:
        host = None
    return source.strip() if host is None else host.removeprefix("www.")


def _strata(paragraphs: Sequence[ParagraphRecord], conflicts: Conflicts) -> dict[str, Sequence[str]]:
    named = [(paragraph.conflict or "").strip() for paragraph in paragraphs]
    return known_strata(
        {
            "region": [conflicts.regions.get(conflict, "").strip() for conflict in named],
            "conflict": [conflicts.names.get(conflict, conflict) for conflict in named],
            "outlet_type": [(paragraph.outlet_type or "").strip() for paragraph in paragraphs],
            "year": ["" if paragraph.year is None else str(paragraph.year) for paragraph in paragraphs],
        }
    )
