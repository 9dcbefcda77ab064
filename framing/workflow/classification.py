"""From sources to classified paragraphs, one article after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from framing.artifact import Artifact, ClassifiedParagraph
from framing.errors import FramingError
from framing.text import read_articles


def classify(
    artifact: Artifact,
    sources: Iterable[str],
    *,
    kind: str,
    stdin: BinaryIO,
    on_error: Callable[[FramingError], None],
    on_skip: Callable[[str], None],
) -> Iterator[list[ClassifiedParagraph]]:
    """Classify every article of every source.

    Parameters
    ----------
    artifact : Artifact
    sources : iterable of str
        Files, folders, or '-' for stdin.
    kind : str
        'auto', or the kind of all files: see `framing.text.read_articles`.
    stdin : BinaryIO
    on_error : callable
        Told of each file or row that cannot be read; the others are classified all the same.
    on_skip : callable
        Told of each file in a folder that is of no known kind.

    Yields
    ------
    list of ClassifiedParagraph
        One article's paragraphs; never empty.
    """
    for source in sources:
        for article in read_articles(source, kind=kind, stdin=stdin, on_error=on_error, on_skip=on_skip):
            if paragraphs := artifact.classify(article):
                yield paragraphs
