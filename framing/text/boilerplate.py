"""What a page prints round a story: bylines, sign-offs, links, share bars, notes to subscribers.

The rules are few, general and anchored; they look at short paragraphs only and leave every caption or headline alone
that says who did what. A line that is missed costs little, a paragraph that is wrongly left out is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from framing.text.credits import are_names, is_credit, is_outlet, is_picture_credit
from framing.text.dates import is_date
from framing.text.lines import ends_sentence
from framing.text.page_notes import is_page_note, is_share_bar

_LONGEST_NOTE = 300
_LONGEST_CREDIT = 200
_LONGEST_LINE = 120
# A text this long cannot be a short line with many blanks in it.
_LONGEST_WITH_BLANKS = 2_000
_WORD = re.compile(r"[^\W_]+")
# What frames a note: brackets, dashes, bullets, arrows.
_FRAME = " \t\xa0()[]{}<>«»*_-–—―|•·▪►▶→›#=~/\\+✉"
_PARTS = re.compile(r"\s*[|•·;]\s*|\s+[–—-]\s+")


def is_boilerplate(text: str) -> bool:
    """Whether a paragraph is no part of the story, to judge by itself alone; a text without any word is not."""
    if len(text) > _LONGEST_WITH_BLANKS:
        return _WORD.search(text) is None
    line = " ".join(text.split())
    if len(line) > _LONGEST_NOTE:
        return _WORD.search(line) is None
    bare = line.strip(_FRAME)
    return (
        _WORD.search(bare) is None
        or is_page_note(bare)
        or (len(line) <= _LONGEST_CREDIT and is_credit(bare))
        or (len(line) <= _LONGEST_LINE and _is_furniture(bare))
    )


def repeats(texts: Sequence[str]) -> list[bool]:
    """Mark each short line without a sentence's end that stood before in the same article, word for word.

    The first one stays unmarked: it may be the headline that a page prints again.
    """
    seen: set[str] = set()
    marks = []
    for text in texts:
        short = len(text) <= _LONGEST_LINE and not ends_sentence(text)
        marks.append(short and text in seen)
        if short:
            seen.add(text)
    return marks


def _is_furniture(line: str) -> bool:
    """Whether a short line is a date, a share bar, a credit, or several such things in a row."""
    if is_date(line) or is_picture_credit(line) or is_share_bar(_WORD.findall(line)) or is_outlet(line):
        return True
    parts = [part for part in _PARTS.split(line) if _WORD.search(part)]
    if len(parts) < 2:
        return False
    bares = [part.strip(_FRAME) for part in parts]
    notes = [is_page_note(bare) or is_credit(bare) or is_share_bar(_WORD.findall(bare)) for bare in bares]
    others = [
        part for part, note in zip(parts, notes, strict=True) if not note and not (is_date(part) or is_outlet(part))
    ]
    # A few words in capitals may be a name, or the story's headline: most of the line must be notes.
    return len(others) < sum(notes) and all(are_names(part, longest=2) for part in others)
