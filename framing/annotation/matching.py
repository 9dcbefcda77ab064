"""Whose judgement a tool's record is, on which of our paragraphs, and with which of our frames."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from framing.annotation.coder_file import refuse_coder_name
from framing.annotation.exchange import Meta, Record, UnusableError
from framing.annotation.label_lines import ParagraphRecord
from framing.codebook import Codebook
from framing.errors import UsageError

_SHOWN = 80


class UnmatchedError(Exception):
    """A record that belongs to none of our paragraphs; never leaves an import."""


class Paragraphs:
    """Our paragraphs, found by their ids, or else by their words."""

    def __init__(self, paragraphs: Sequence[ParagraphRecord]):
        self._digests = {paragraph.id: _digest(paragraph.text) for paragraph in paragraphs}
        self._by_digest: defaultdict[bytes, list[str]] = defaultdict(list)
        for identifier, digest in self._digests.items():
            self._by_digest[digest].append(identifier)

    def match(self, record: Record) -> tuple[str, bool]:
        """Return the id of a record's paragraph, and whether only its words tell.

        Raises
        ------
        UnmatchedError
            When no paragraph is this one, several may be, or the id's text is another.
        """
        words = None if record.text is None else _digest(record.text)
        if record.paragraph is not None and record.paragraph in self._digests:
            if words is not None and words != self._digests[record.paragraph]:
                raise UnmatchedError(f"text differs from ours of the paragraph '{record.paragraph}'")
            return record.paragraph, False
        found = [] if words is None or not (record.text or "").strip() else self._by_digest.get(words, [])
        if len(found) > 1:
            raise UnmatchedError(f"its text is that of {len(found)} paragraphs ({_listed(found)}), and its id of none")
        if not found:
            named = "has no id of ours" if record.paragraph is None else f"its id '{record.paragraph[:_SHOWN]}' is new"
            other = "it has no text" if words is None else "its text is that of no paragraph"
            raise UnmatchedError(f"{named}, and {other}")
        return found[0], True


def _digest(text: str) -> bytes:
    # Tools reflow texts, and spreadsheets change their line ends: only the words count.
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", errors="surrogatepass")).digest()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


class Frames:
    """The codebook's labels, found by their ids, or else by their titles."""

    def __init__(self, codebook: Codebook):
        self._codebook = codebook
        titles = [(codebook.title(label).strip().casefold(), label) for label in codebook.labels]
        met = Counter(title for title, _ in titles)
        self._by_title = {title: label for title, label in titles if met[title] == 1}

    def find(self, name: str) -> str | None:
        """Return the label of a name; None where none or several are called so."""
        name = self._codebook.todays_names.get(name, name)
        return name if name in self._codebook.index else self._by_title.get(name.strip().casefold())

    def of(self, names: Iterable[str]) -> str:
        """Return the label that the first known of several names stands for.

        Raises
        ------
        UnusableError
            When none is known.
        """
        names = list(names)
        found = next((label for label in map(self.find, names) if label is not None), None)
        if found is None:
            shown = " / ".join(name[:_SHOWN] for name in names)
            raise UnusableError(f"'{shown}' is no frame of the codebook: {', '.join(self._codebook.labels)}")
        return found


class Coders:
    """Our names of a tool's coders.

    Parameters
    ----------
    given : mapping of str to str
        From the tool's names to ours.
    otherwise : str or None
        Who coded, where the file does not say.
    """

    def __init__(self, given: Mapping[str, str], otherwise: str | None):
        for name in (*given.values(), *(() if otherwise is None else (otherwise,))):
            refuse_coder_name(name)
        self._given = given
        self._otherwise = otherwise
        self._persons: set[str] = set()
        self._named: set[str | None] = set()
        self.used: set[str] = set()

    def expect(self, records: Iterable[Record]) -> None:
        """Learn whom the file names, and how many persons there are whom it does not."""
        for record in records:
            self._named.add(self._mapped(record) or record.coder)
            if record.names and record.coder is None and not record.anonymous and self._mapped(record) is None:
                self._persons.add(record.names[0])

    def of(self, record: Record, meta: Meta) -> str:
        """Return our name of a record's coder.

        Raises
        ------
        UnusableError
            When nothing tells it, or what tells it is at odds with what was given.
        """
        mapped = self._mapped(record)
        travelled = next((meta.names[name] for name in record.names if name in meta.names), None)
        name = mapped or travelled or record.coder
        if name is None:
            return self._unnamed(record)
        if mapped is None and self._otherwise not in (None, name):
            told = record.names[0] if record.names else name
            raise UnusableError(
                f"its coder is '{told}', and --coder says '{self._otherwise}': add --map {told}={self._otherwise}"
            )
        try:
            refuse_coder_name(name)
        except UsageError as error:
            raise UnusableError(f"{error.message}: add --map {name[:_SHOWN]}=NAME") from None
        return name

    def _mapped(self, record: Record) -> str | None:
        key = next((name for name in record.names if name in self._given), None)
        if key is None:
            return None
        self.used.add(key)
        return self._given[key]

    def _unnamed(self, record: Record) -> str:
        """Take the coder who was given for all; where several persons are told apart, that would make them one."""
        if not record.names:
            told, fix = "does not say who coded", "--coder NAME"
        elif record.anonymous:
            told = f"names no coder but '{record.names[0][:_SHOWN]}'"
            fix = f"--coder NAME, or --map {record.names[0][:_SHOWN]}=NAME"
        else:
            told, fix = f"does not name its coder plainly: '{record.names[0]}'", f"--map {record.names[0]}=NAME"
        several = len(self._persons) > 1 or self._otherwise in self._named
        if self._otherwise is None or (not record.anonymous and several):
            raise UnusableError(f"{told}; add {fix}")
        return self._otherwise
