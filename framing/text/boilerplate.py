"""What a page prints round a story: bylines, sign-offs, links, share bars, notes to subscribers.

The rules are few, general and anchored; they look at short paragraphs only and leave every caption or headline alone
that says who did what. A line that is missed costs little, a paragraph that is wrongly left out is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from framing.text.credits import NAME_WORDS, are_names, is_credit, is_outlet, is_picture_credit
from framing.text.dates import DATE_WORDS, is_date
from framing.text.lines import ends_sentence
from framing.text.page_notes import SHARE_BAR_WORDS, is_page_note, is_share_bar
from framing.text.patterns import holds_any

_LONGEST_NOTE = 300
_LONGEST_CREDIT = 200
_LONGEST_LINE = 120
# A text this long cannot be a short line with many blanks in it.
_LONGEST_WITH_BLANKS = 2_000
_WORD = re.compile(r"[^\W_]+")
# What frames a note: brackets, dashes, bullets, arrows.
_FRAME = " \t\xa0()[]{}<>«»*_-–—―|•·▪►▶→›#=~/\\+✉"
# What stands, all in small letters, in a date, an outlet's name or a share bar; other such words are a story's.
_FURNITURE_WORDS = DATE_WORDS | NAME_WORDS | SHARE_BAR_WORDS
# Of a line with single blanks; what the pattern below cuts at.
_BETWEEN_PARTS = ("|", "•", "·", ";", " – ", " — ", " - ")
_PARTS = re.compile(r"\s*[|•·;]\s*|\s+[–—-]\s+")


def is_boilerplate(text: str) -> bool:
    """Whether a paragraph is no part of the story, to judge by itself alone; a text without any word is not."""
    if len(text) > _LONGEST_WITH_BLANKS:
        return _WORD.search(text) is None
    line = _on_one_line(text)
    if len(line) > _LONGEST_NOTE:
        return _WORD.search(line) is None
    bare = line.strip(_FRAME)
    return (
        not (bare[:1].isalnum() or _WORD.search(bare))
        or is_page_note(bare)
        or (len(line) <= _LONGEST_CREDIT and is_credit(bare))
        or (len(line) <= _LONGEST_LINE and _is_furniture(bare))
    )


def _on_one_line(text: str) -> str:
    # Of all white space only the plain blank can be printed, and most paragraphs hold no other.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def repeats(texts: Iterable[str]) -> list[bool]:
    """Mark each short line without a sentence's end that stood before in the same article, word for word.

    The first one stays unmarked: it may be the headline that a page prints again.
    """
    seen: set[str] = set()
    marks = []
    for text in texts:
        if len(text) > _LONGEST_LINE or ends_sentence(text):
            marks.append(False)
        else:
            marks.append(text in seen)
            seen.add(text)
    return marks


def _is_furniture(line: str) -> bool:
    """Whether a short line is a date, a share bar, a credit, or several such things in a row."""
    if is_picture_credit(line):
        return True
    if not _is_of_a_story(line) and (is_date(line) or is_share_bar(_WORD.findall(line)) or is_outlet(line)):
        return True
    return holds_any(line, _BETWEEN_PARTS) and _is_mostly_notes(line)


def _is_of_a_story(line: str) -> bool:
    """Whether a word stands in a line that no date, outlet or share bar holds."""
    for word in line.split():  # most often one of the first few
        if word.isalpha() and not word[0].isupper() and word.lower() not in _FURNITURE_WORDS:
            return True
    return False


def _is_mostly_notes(line: str) -> bool:
    parts = [part for part in _PARTS.split(line) if _WORD.search(part)]
    if len(parts) < 2:
        return False
    bares = [part.strip(_FRAME) for part in parts]
    notes = [is_page_note(bare) or is_credit(bare) or is_share_bar(_WORD.findall(bare)) for bare in bares]
    if not any(notes):
        return False
    others = [
        part for part, note in zip(parts, notes, strict=True) if not note and not (is_date(part) or is_outlet(part))
    ]
    # A few words in capitals may be a name, or the story's headline: most of the line must be notes.
    return len(others) < sum(notes) and all(are_names(part, longest=2) for part in others)
