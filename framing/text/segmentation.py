"""An article to its paragraphs: one rule set, exact character offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from framing.segmentation_settings import SegmentationSettings
from framing.text.article import Article, Block, Paragraph
from framing.text.boilerplate import is_boilerplate, repeats
from framing.text.lines import paragraph_spans
from framing.text.patterns import LatePattern

# One after another: a sentence's end with its closing quotes, then the white space that follows it.
_AFTER_SENTENCE = LatePattern(r"[.!?…]['\"”’»)\]]{0,4}(?=\s)|[。！？।॥؟۔։][”’」』）]{0,4}")
_SPACE = re.compile(r"\s*")
_FENCE = re.compile(r"\s*---[ \t]*(?:\r\n|\n|\r)")
_CLOSING_FENCE = re.compile(r"(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)")
_KEY = re.compile(r"[\w.-]+[ \t]*:(?:\s|\Z)")
_LONGEST_FRONT_MATTER = 20_000


@dataclass(frozen=True)
class Segmentation:
    """Cuts articles into paragraphs.

    Nothing but white space is taken off a paragraph: list marks, heading marks and the line ends inside hard-wrapped
    text stay, so that its offsets cut exactly its text out of the article. Every sign that is not white space lies in
    exactly one paragraph, but for horizontal rules, underlines of headings and lines of quotation marks ('>') alone.
    """

    settings: SegmentationSettings

    def split(self, article: Article) -> list[Paragraph]:
        """Return the article's paragraphs in order, those that are no part of the story marked as boilerplate.

        No paragraph is longer than ``settings.longest_paragraph`` characters, but for a table's rows of one paragraph
        each, which are never cut.
        """
        text, longest = article.text, self.settings.longest_paragraph
        found: list[tuple[int, int, str, bool]] = []
        for begin, stop, boilerplate, row in _blocks(article):
            for start, end in _row(text, begin, stop) if row else _pieces(text, begin, stop, longest):
                piece = text[start:end]
                # The offsets of a row count from its own start.
                offset = begin if row else 0
                found.append((start - offset, end - offset, piece, boilerplate or is_boilerplate(piece)))
        repeated = repeats(piece for _, _, piece, _ in found)
        return [
            Paragraph(article.id, position, start, end, piece, marked or again)
            for position, ((start, end, piece, marked), again) in enumerate(zip(found, repeated, strict=True))
        ]


def _row(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return where a table's row stands without the white space round it: in one piece, whatever its length."""
    row = text[start:end]
    bare = row.strip()
    if len(bare) == len(row):
        return ((start, end),) if row else ()
    start += len(row) - len(row.lstrip())
    return ((start, start + len(bare)),) if bare else ()


def _blocks(article: Article) -> Iterator[Block]:
    if article.blocks is not None:
        yield from article.blocks
        return
    front = _front_matter(article.text)
    if front is not None:
        yield front
    body = 0 if front is None else front.end
    # A long text is not copied for want of front matter.
    text = article.text[body:] if body else article.text
    for start, end in paragraph_spans(text):
        yield Block(body + start, body + end)


def _front_matter(text: str) -> Block | None:
    """Find the keys and values between '---' lines at the head of a Markdown file."""
    fence = _FENCE.match(text, 0, _LONGEST_FRONT_MATTER)
    if fence is None:
        return None
    closing = _CLOSING_FENCE.search(text, fence.end() - 1, _LONGEST_FRONT_MATTER)
    if closing is None:
        return None
    lines = [line for line in text[fence.end() : closing.start()].splitlines() if line.strip()]
    if not lines or not _KEY.match(lines[0]):
        return None
    if not all(_KEY.match(line) or line[0] in " \t-#]}" for line in lines):
        return None
    return Block(fence.end(), closing.start(), boilerplate=True)


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cut a stretch into pieces no longer than ``longest``: at a sentence's end, else at white space, else anywhere."""
    start = _skip_space(text, start, end)
    while end - start > longest:
        cut = _cut(text, start, longest)
        yield start, start + len(text[start:cut].rstrip())
        start = _skip_space(text, cut, end)
    end = start + len(text[start:end].rstrip())
    if end > start:
        yield start, end


def _skip_space(text: str, start: int, end: int) -> int:
    space = _SPACE.match(text, start, end)
    return space.end() if space else start


def _cut(text: str, start: int, longest: int) -> int:
    cut = 0
    # One sign more than fits: a sentence may end on the last one.
    for sentence in _AFTER_SENTENCE.compiled.finditer(text, start + longest // 2, start + longest + 1):
        cut = min(sentence.end(), start + longest)
    if cut:
        return cut
    window = text[start : start + longest + 1]
    spaces = [window.rfind(space) for space in (" ", "\n", "\t", "\r", "\xa0", "\u3000")]
    return start + max(spaces) if max(spaces) > 0 else start + longest
