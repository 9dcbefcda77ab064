"""One coder at work: a queue of paragraphs, the article round each, and the coder's file that judgements go to."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from framing.annotation.coder_file import CoderFile
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.queues import QueuedParagraph
from framing.annotation.records import Annotation
from framing.codebook import version_key
from framing.web.keys import label_keys
from framing.web.requests import BadRequestError, ConflictError, Judgement
from framing.web.shown import ShownSuggestions
from framing.web.work import Work


class Session:
    """A coder's work, as it stands in the coder's file; methods return plain values for JSON.

    Methods may be called from several threads.

    Parameters
    ----------
    work : Work
    file : CoderFile
        The coder's file in the same folder.
    """

    def __init__(self, work: Work, file: CoderFile):
        self.work = work
        self.coder = file.coder
        self.path = file.path
        self._file = file
        self._lock, self._suggesting = threading.Lock(), threading.Lock()
        self._index = {queued.paragraph: place for place, queued in enumerate(work.queue)}
        self._articles: dict[str, list[ParagraphRecord]] = {}
        self._article_of: dict[str, str] = {}
        for paragraph in sorted(work.paragraphs, key=lambda record: record.position):
            self._articles.setdefault(paragraph.article, []).append(paragraph)
            self._article_of[paragraph.id] = paragraph.article
        self._suggestions: dict[str, tuple[str, float]] = {}
        self._shown = ShownSuggestions(file.path)
        self._touched: set[str] = set()
        self._left: set[str] = set()
        self._counted: Mapping[str, Annotation] | None = None
        self._count()

    @property
    def page_key(self) -> str:
        """A name for what the browser keeps of this work: the same in every run."""
        told = "\0".join((str(self.work.folder.resolve()), self.coder, self.work.role))
        return hashlib.sha256(told.encode("utf-8", errors="surrogatepass")).hexdigest()[:16]

    @property
    def total(self) -> int:
        return len(self.work.queue)

    @property
    def done(self) -> int:
        """How many paragraphs of the queue the coder has seen to: labelled, skipped or flagged."""
        return self.total - len(self._left)

    @property
    def labelled_in_this_run(self) -> int:
        """How many paragraphs this run has given a label that stands."""
        last = [self._file.last.get(paragraph) for paragraph in self._touched]
        return sum(one is not None and one.status == "labelled" for one in last)

    def description(self) -> dict[str, Any]:
        with self._lock:
            self._refresh()
            codebook = dataclasses.asdict(self.work.codebook)
            told = ("name", "version", "frames", "rules", "residual")
            left = (place for place, queued in enumerate(self.work.queue) if queued.paragraph in self._left)
            return {
                "coder": self.coder,
                "role": self.work.role,
                "codebook": {key: codebook[key] for key in told},
                "labels": label_keys(self.work.codebook),
                "total": self.total,
                "done": self.done,
                "start": next(left, self.total),
                "suggestions": self.work.suggest is not None,
            }

    def paragraph(self, index: int, *, suggest: bool = False) -> dict[str, Any]:
        """Describe a paragraph of the queue in its article.

        A suggestion that is given here is from now on recorded as one that the coder saw.

        Parameters
        ----------
        index : int
            From 0 to below `total`.
        suggest : bool
            Give the model's suggestion too, where there is a model.

        Raises
        ------
        LabelError
            When the coder's file cannot be read, or a suggestion cannot be recorded as shown.
        """
        queued = self.work.queue[index]
        article = self._article_of[queued.paragraph]
        others = self.work.others.get(queued.paragraph, ())
        suggestion = self._suggestion(queued.paragraph) if suggest else None
        with self._lock:
            self._refresh()
            return {
                "index": index,
                "paragraph": queued.paragraph,
                "article": {
                    "id": article,
                    "paragraphs": [
                        {"id": one.id, "position": one.position, "text": one.text} for one in self._articles[article]
                    ],
                },
                "reason": queued.reason,
                "current": self._current(queued.paragraph),
                "suggestion": suggestion,
                "others": None if self.work.role == "coder" else [dataclasses.asdict(coding) for coding in others],
            }

    def save(self, judgement: Judgement) -> dict[str, Any]:
        """Write a judgement; when this returns it is on the disk, once, however often it is asked for.

        Raises
        ------
        BadRequestError
            When the paragraph is none of the queue.
        ConflictError
            When the request has written something else before.
        LabelError
            When it cannot be written; nothing is saved then.
        """
        with self._lock:
            self._refresh()
            written = self._file.of_request(judgement.request)
            if written is None:
                written = self._noted(self._file.append(self._annotation(judgement)))
            elif written.undoes is not None or written.paragraph != judgement.paragraph:
                raise ConflictError("this request has written something else already")
            else:
                self._make_sure(written)
            return self._saved(written)

    def undo(self, request: str) -> dict[str, Any]:
        """Take back the coder's last line that is not undone, by a line that says what stood before it.

        Raises
        ------
        ConflictError
            When there is nothing to undo, or the request has written something else before.
        LabelError
            When it cannot be written; nothing is undone then.
        """
        with self._lock:
            self._refresh()
            written = self._file.of_request(request)
            if written is None:
                self._file.append_all(self._undoing(request))
                written = self._noted(self._file.annotations[-1])
            elif written.undoes is None:
                raise ConflictError("this request has written something else already")
            else:
                self._make_sure(written)
            return {**self._saved(written), "index": self._index.get(written.paragraph)}

    def _annotation(self, judgement: Judgement) -> Annotation:
        place = self._index.get(judgement.paragraph)
        if place is None:
            raise BadRequestError(f"the paragraph '{judgement.paragraph}' is not in this queue")
        drawn = self._drawn(self.work.queue[place])
        return Annotation(
            coder=self.coder,
            paragraph=judgement.paragraph,
            frame=judgement.frame,
            sure=judgement.sure,
            runner_up=judgement.runner_up,
            codebook_version=self.work.codebook.version,
            labelled_at=_now(),
            drawn_by=drawn.drawn_by,
            inclusion_probability=drawn.inclusion_probability,
            note=judgement.note,
            set_aside=judgement.set_aside,
            role=self.work.role,
            suggested=self._shown.of(judgement.paragraph),
            request=judgement.request,
        )

    def _drawn(self, queued: QueuedParagraph) -> QueuedParagraph | Annotation:
        """Tell why the paragraph is coded: coding it again does not change how it was drawn."""
        earlier = self._file.last.get(queued.paragraph)
        return queued if earlier is None or earlier.drawn_by is None else earlier

    def _undoing(self, request: str) -> Iterator[Annotation]:
        """Make the line that takes back the last key press, as it stands when the line is asked for."""
        undone = self._file.undoable()
        if undone is None:
            raise ConflictError("there is nothing to undo")
        restored = self._file.before(undone)
        if restored is None:
            restored = dataclasses.replace(
                undone, frame=None, sure=True, runner_up=None, note=None, set_aside=None, suggested=None
            )
        # The version stays that of the judgement: it was made by the codebook of then.
        yield dataclasses.replace(restored, labelled_at=_now(), request=request, undoes=undone.request)

    def _make_sure(self, written: Annotation) -> None:
        # A run that was killed may have written the line, and not brought it to the disk.
        self._file.append(written)
        self._count()

    def _saved(self, written: Annotation) -> dict[str, Any]:
        return {
            "saved": True,
            "request": written.request,
            "paragraph": written.paragraph,
            "current": self._current(written.paragraph),
            "done": self.done,
            "total": self.total,
        }

    def _refresh(self) -> None:
        self._file.refresh()
        self._count()

    def _noted(self, written: Annotation) -> Annotation:
        """Count a line that this run has written."""
        self._touched.add(written.paragraph)
        if written.paragraph in self._index:
            if self._is_left(self.work.queue[self._index[written.paragraph]]):
                self._left.add(written.paragraph)
            else:
                self._left.discard(written.paragraph)
        self._count()
        return written

    def _count(self) -> None:
        """Find out which paragraphs of the queue are left, where the file was read anew; that makes a new mapping."""
        if self._counted is not self._file.last:
            self._counted = self._file.last
            self._left = {queued.paragraph for queued in self.work.queue if self._is_left(queued)}

    def _is_left(self, queued: QueuedParagraph) -> bool:
        """Tell whether the coder has still to see to a paragraph; a review asks for a coding by a newer codebook."""
        last = self._file.last.get(queued.paragraph)
        if last is None or last.status == "withdrawn":
            return True
        if queued.review is None:
            return False
        return (version_key(last.codebook_version) or ()) < (version_key(queued.review) or ())

    def _current(self, paragraph: str) -> dict[str, Any] | None:
        last = self._file.last.get(paragraph)
        if last is None or last.status == "withdrawn":
            return None
        keys = ("frame", "sure", "runner_up", "note", "set_aside", "labelled_at", "suggested")
        return {key: getattr(last, key) for key in keys}

    def _suggestion(self, paragraph: str) -> dict[str, Any] | None:
        if self.work.suggest is None:
            return None
        # A lock of its own: no save waits for the model.
        with self._suggesting:
            if paragraph not in self._suggestions:
                article = self._articles[self._article_of[paragraph]]
                given = self.work.suggest(article)
                self._suggestions |= {one.id: suggestion for one, suggestion in zip(article, given, strict=True)}
            frame, probability = self._suggestions[paragraph]
            self._shown.add(paragraph, frame)
            return {"frame": frame, "probability": probability}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
