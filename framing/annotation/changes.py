"""What became of the labels that a model was trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from framing.annotation.records import LabelledParagraphs
from framing.annotation.training_labels import text_digest
from framing.errors import LabelError

# Kept labels are rounded.
_CLOSE = 1e-5


@dataclass(frozen=True)
class LabelChanges:
    """Paragraphs whose labels are others than a model was trained on.

    Attributes
    ----------
    added : int
        Labelled today and not then; also where the text is another than then.
    taken_away : int
        Labelled then and not today; also where the text is another today.
    changed : int
        Labelled then and now, and not with the same shares of coders.
    gold : mapping of (str or None, str or None) to int
        Of those, how many had the one gold then and have the other today; None is no gold. The most frequent first.
    """

    added: int
    taken_away: int
    changed: int
    gold: Mapping[tuple[str | None, str | None], int]

    def __bool__(self) -> bool:
        return bool(self.added or self.taken_away or self.changed)


def label_changes(rows: Iterable[dict[str, Any]], today: LabelledParagraphs) -> LabelChanges:
    """Set kept labels against today's; a label that was renamed since is the same label.

    Parameters
    ----------
    rows : iterable of dict
        As `framing.annotation.training_labels.labels_to_keep` made them.
    today : LabelledParagraphs

    Raises
    ------
    LabelError
        When a row is no such row.
    """
    names = today.codebook.todays_names
    labels = (*today.codebook.labels, None)
    places = {identifier: place for place, identifier in enumerate(today.ids)}
    met: set[int] = set()
    taken_away = changed = 0
    flips: Counter[tuple[str | None, str | None]] = Counter()
    for number, row in enumerate(rows, 1):
        try:
            place = places.get(str(row["paragraph"]))
            if place is None or row["text_sha256"] != text_digest(today.texts[place]):
                taken_away += 1
                continue
            then: dict[str, float] = {}
            for label, share in row["targets"].items():
                name = names.get(label, label)
                then[name] = then.get(name, 0.0) + float(share)
            gold = row["gold"]
            gold_then = None if gold is None else names.get(gold, gold)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise LabelError(f"row {number} of the kept labels is no such row") from None
        met.add(place)
        now = dict(zip(today.codebook.labels, today.targets[place].tolist(), strict=True))
        if any(abs(then.get(label, 0.0) - now.get(label, 0.0)) > _CLOSE for label in {*then, *now}):
            changed += 1
        if gold_then != (gold_now := labels[today.gold[place]]):
            flips[gold_then, gold_now] += 1
    return LabelChanges(len(places) - len(met), taken_away, changed, dict(flips.most_common()))
