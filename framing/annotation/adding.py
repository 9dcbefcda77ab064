"""New articles, added to a labels folder so that their paragraphs can be coded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from framing.annotation.appending import append_lines, locked
from framing.annotation.label_files import PARAGRAPHS, read_paragraphs
from framing.errors import LabelError

_NO_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class NewArticle:
    """An article that is to be coded.

    Attributes
    ----------
    name : str
        The file's name, or the id of a table's row.
    paragraphs : sequence of str
        In their order, boilerplate included: a paragraph's place in the article is its number.
    boilerplate : frozenset of int
        Those that are no part of the story.
    outlet_type : str or None
    """

    name: str
    paragraphs: Sequence[str]
    boilerplate: frozenset[int] = frozenset()
    outlet_type: str | None = None

    @property
    def id(self) -> str:
        """A name of its own: the same text under the same name is the same article, however often it is added."""
        words = _NO_NAME.sub("-", PurePath(self.name).stem).strip("-.")[:40] or "article"
        content = "\x00".join(self.paragraphs).encode("utf-8", errors="surrogatepass")
        return f"{words}-{hashlib.sha256(content).hexdigest()[:8]}"

    @property
    def to_code(self) -> list[str]:
        """The ids of the paragraphs that are part of the story."""
        return [f"{self.id}:{place}" for place in range(len(self.paragraphs)) if place not in self.boilerplate]


def add_articles(folder: Path, articles: Iterable[NewArticle]) -> list[NewArticle]:
    """Add to ``paragraphs.jsonl`` what is not there yet.

    Parameters
    ----------
    folder : Path
        A labels folder.
    articles : iterable of NewArticle

    Returns
    -------
    list of NewArticle
        Those that were added, or of which a part was; the others were there already.

    Raises
    ------
    LabelError
        When the file has a faulty line, cannot be written; nothing is added then.
    """
    path = folder / PARAGRAPHS
    with locked(path):
        known: set[tuple[str, int]] = set()
        if path.exists():
            file = read_paragraphs(folder)
            if file.faults:
                raise LabelError(file.faults[0].message, path=path, line=file.faults[0].line)
            known = {(paragraph.article, paragraph.position) for paragraph in file.paragraphs}
        new: dict[str, NewArticle] = {}
        lines: list[dict[str, object]] = []
        for article in articles:
            # Whoever was stopped while adding an article has left a part of it.
            missing = [line for line in _lines(article) if (article.id, line["position"]) not in known]
            if missing and article.id not in new:
                new[article.id] = article
                lines += missing
        append_lines(path, lines)
    return list(new.values())


def _lines(article: NewArticle) -> Iterable[dict[str, object]]:
    for place, text in enumerate(article.paragraphs):
        yield {
            "id": f"{article.id}:{place}",
            "article": article.id,
            "position": place,
            # Half a character could never be read again.
            "text": text.encode("utf-8", errors="replace").decode("utf-8"),
            "outlet_type": article.outlet_type,
            "conflict": None,
            "year": None,
            "source": None,
        }
