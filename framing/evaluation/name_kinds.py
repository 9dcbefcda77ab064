"""Whether a name is that of a person, a place, a people or a group, told by the words beside it and in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from framing.model.masking import names

Kind = Literal["place", "people", "group", "person"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LONGEST_INITIALS = 6
# As far as a cue may stand from its name, in characters: the look-around stays short however long the text is.
_REACH = 40
_WORD_BEFORE = re.compile(r"(\w+)\W{1,2}(?:the )?$")
_WORD_AFTER = re.compile(r"(?:['’]s)?[ ](\w+)")
WORD = re.compile(r"[^\W_][\w'’\-]*")


@dataclass(frozen=True)
class Cues:
    """What shows that a name is of a kind; all in lower case.

    Attributes
    ----------
    names : frozenset of str
        Names that are known to be of the kind.
    before, after : frozenset of str
        Words right beside the name, an article being passed over.
    within : frozenset of str
        Words of the name itself.
    endings : tuple of str
        Endings of the name; where there are any, a word beside the name counts only with one of them.
    """

    names: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()

    def show(self, text: str, start: int, end: int) -> bool:
        name = text[start:end].lower()
        if name in self.names or not self.within.isdisjoint(WORD.findall(name)):
            return True
        if self.endings and not name.endswith(self.endings):
            return False
        before = _WORD_BEFORE.search(text[max(0, start - _REACH) : start])
        after = _WORD_AFTER.match(text[end : end + _REACH])
        return (before is not None and before[1].lower() in self.before) or (
            after is not None and after[1].lower() in self.after
        )


def names_by_kind(
    texts: Sequence[str], cues: Mapping[Kind, Cues], keep: frozenset[str]
) -> list[list[tuple[int, int, Kind]]]:
    """Find the names whose kind is known.

    One mention shows little: 'Mosul said' could be anyone, and 'in Mosul' stands in another text. So the mentions of
    a name in all texts vote, and the most frequent cue decides. In a text, who was named in full is known afterwards
    by any part of the name.

    Parameters
    ----------
    texts : sequence of str
    cues : mapping of str to Cues
        By kind; of several that show at a mention the first counts, and the first wins a tie.
    keep : frozenset of str
        Names, in lower case, that get no kind.

    Returns
    -------
    list of list of (int, int, str)
        Start, end and kind of each name, text by text.
    """
    spans = [names(text) for text in texts]
    votes: dict[str, Counter[Kind]] = {}
    for text, found in zip(texts, spans, strict=True):
        for start, end in found:
            shown = next((kind for kind, cue in cues.items() if cue.show(text, start, end)), None)
            # 'ABC' is hardly anything but a group, whatever stands beside it.
            if shown == "group" or (shown is not None and not _initials(text[start:end])):
                votes.setdefault(text[start:end].lower(), Counter())[shown] += 1
    order = list(cues)
    kind_of = {name: max(order, key=lambda kind: count[kind]) for name, count in votes.items() if name not in keep}
    return [_of_text(text, found, kind_of) for text, found in zip(texts, spans, strict=True)]


def _initials(name: str) -> bool:
    return name.isupper() and (len(name) < LONGEST_INITIALS or any(map(str.isdigit, name)))


def _of_text(text: str, spans: Sequence[tuple[int, int]], kind_of: Mapping[str, Kind]) -> list[tuple[int, int, Kind]]:
    kinds = [kind_of.get(text[start:end].lower()) for start, end in spans]
    persons = {
        word.lower()
        for (start, end), kind in zip(spans, kinds, strict=True)
        if kind == "person"
        for word in WORD.findall(text[start:end])
    }
    found: list[tuple[int, int, Kind]] = []
    for (start, end), kind in zip(spans, kinds, strict=True):
        if kind is not None:
            found.append((start, end, kind))
        elif text[start:end].lower() in persons:
            found.append((start, end, "person"))
    return found
