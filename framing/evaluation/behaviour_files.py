"""Files of behaviour tests, read.

::

    codebook = "armed-conflict-news"    # by which the pairs are coded

    keep = ["United Nations"]           # names that are never renamed

    [cues.place]                        # what shows that a name is of a kind: place, people, group, person
    names = []                          # names known to be of the kind
    before = ["near"]                   # words right beside it
    after = ["province"]
    within = ["Valley"]                 # words of the name itself, which stay in the new name
    endings = []                        # endings without which words beside it do not count

    [invented]
    place = ["Velmar"]                  # for each kind, words to take

    [[invariance]]
    name = "places"
    change = "rename"                   # rename: kinds; numbers: not_after; add: before, after; typos: one_word_in
    kinds = ["place", "people"]

    [[pair]]
    name = "who killed whom"
    turned = "whose account it is"
    first = "..."
    first_frame = "security-operation"
    second = "..."
    second_frame = "insurgent-claim"
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from framing.errors import EvaluationError
from framing.evaluation.behaviour import BehaviourTests, Pair
from framing.evaluation.name_kinds import KINDS, Cues, Kind
from framing.evaluation.perturbations import AddSentence, ChangeNumbers, Perturbation, RenameNames, SwapLetters
from framing.files import read_toml, toml_line

_CUES = ("names", "before", "after", "within", "endings")
_SIDES = ("first", "first_frame", "second", "second_frame")


def read_behaviour(path: str | os.PathLike[str]) -> BehaviourTests:
    """Read a file of behaviour tests.

    Raises
    ------
    EvaluationError
        When the file is missing or no TOML, holds no test, or when a key is unknown or missing or its value does not
        fit; names the line.
    """
    table, source = read_toml(path, error=EvaluationError, what="file of behaviour tests")
    try:
        root = _Table(table, ()).only("codebook", "keep", "cues", "invented", "invariance", "pair")
        perturbations = _perturbations(root)
        pairs = _distinct([_pair(entry) for entry in root.tables("pair")], "pair")
        if not perturbations and not pairs:
            raise _MisfitError("holds no test: add an [[invariance]] or a [[pair]]")
        codebook = root.text("codebook") if "codebook" in table else None
    except _MisfitError as misfit:
        line = toml_line(source, misfit.keys)
        raise EvaluationError(misfit.message, path=path, line=line) from None
    return BehaviourTests(perturbations, pairs, codebook, os.fspath(path), source)


class _MisfitError(EvaluationError):
    def __init__(self, message: str, *keys: str | int):
        super().__init__(message)
        self.keys = keys


@dataclass(frozen=True)
class _Table:
    """A table and the way to it, so that what does not fit can be found in the file."""

    values: Mapping[str, Any]
    keys: tuple[str | int, ...]

    def only(self, *known: str) -> _Table:
        for key in self.values:
            if key not in known:
                raise self.misfit(f"unknown key {key!r}; known here: {', '.join(known)}", key)
        return self

    def misfit(self, message: str, *keys: str | int) -> _MisfitError:
        return _MisfitError(message, *self.keys, *keys)

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.misfit(f"'{key}' must be text in quotes" if key in self.values else f"needs a '{key}'", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.misfit(f"'{key}' must be a list of texts in quotes", key)
        return tuple(value)

    def table(self, key: str) -> _Table:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.misfit(f"'{key}' must be a table", key)
        return _Table(value, (*self.keys, key))

    def tables(self, key: str) -> list[_Table]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.misfit(f"'{key}' must be tables: write [[{key}]]", key)
        return [_Table(one, (*self.keys, key, place)) for place, one in enumerate(value, 1)]


def _distinct(named: list[Any], what: str) -> tuple[Any, ...]:
    seen: set[str] = set()
    for place, one in enumerate(named, 1):
        if one.name in seen:
            raise _MisfitError(f"the name {one.name!r} stands twice; each needs one of its own", what, place, "name")
        seen.add(one.name)
    return tuple(named)


def _pair(table: _Table) -> Pair:
    table.only("name", "turned", *_SIDES)
    first, first_frame, second, second_frame = (table.text(key) for key in _SIDES)
    if first == second:
        raise table.misfit("'first' and 'second' are the same text", "second")
    turned = table.text("turned") if "turned" in table.values else ""
    return Pair(table.text("name"), (first, second), (first_frame, second_frame), turned)


def _perturbations(root: _Table) -> tuple[Perturbation, ...]:
    readers: dict[str, Callable[[_Table], Perturbation]] = {
        "rename": _renamer(root),
        "numbers": _numbers,
        "add": _add,
        "typos": _typos,
    }
    made = []
    for table in root.tables("invariance"):
        change = table.text("change")
        if change not in readers:
            raise table.misfit(f"'change' must be one of {', '.join(readers)}, not {change[:80]!r}", "change")
        made.append(readers[change](table))
    return _distinct(made, "invariance")


def _renamer(root: _Table) -> Callable[[_Table], RenameNames]:
    cues = {kind: _cues(root.table("cues").only(*KINDS).table(kind)) for kind in KINDS}
    invented = {kind: root.table("invented").only(*KINDS).texts(kind) for kind in KINDS}
    keep = _lowered(root.texts("keep"))

    def read(table: _Table) -> RenameNames:
        table.only("name", "change", "kinds")
        kinds = table.texts("kinds")
        for kind in kinds:
            if kind not in KINDS:
                raise table.misfit(f"'kinds' may hold {', '.join(KINDS)}, and not {kind[:80]!r}", "kinds")
            _refuse_too_few(root, kind, invented[kind])
        if not kinds:
            raise table.misfit("needs 'kinds' of names to change", "kinds")
        chosen: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind in kinds)
        return RenameNames(table.text("name"), chosen, cues, keep, invented)

    return read


def _refuse_too_few(root: _Table, kind: str, words: tuple[str, ...]) -> None:
    if not any(not word.isupper() for word in words):
        raise root.misfit(f"[invented] needs words for '{kind}' that are not all in capitals", "invented", kind)
    if kind == "group" and not any(map(str.isupper, words)):
        raise root.misfit("[invented] needs a 'group' in capitals too, to stand for 'ABC'", "invented", kind)


def _cues(table: _Table) -> Cues:
    table.only(*_CUES)
    named, before, after, within, endings = (_lowered(table.texts(key)) for key in _CUES)
    return Cues(named, before, after, within, tuple(sorted(endings)))


def _numbers(table: _Table) -> ChangeNumbers:
    table.only("name", "change", "not_after")
    return ChangeNumbers(table.text("name"), _lowered(table.texts("not_after")))


def _add(table: _Table) -> AddSentence:
    table.only("name", "change", "before", "after")
    before, after = table.texts("before"), table.texts("after")
    if not before and not after:
        raise table.misfit("needs sentences to add: 'before', 'after' or both")
    return AddSentence(table.text("name"), before, after)


def _typos(table: _Table) -> SwapLetters:
    table.only("name", "change", "one_word_in")
    words = table.values.get("one_word_in", 10)
    if not isinstance(words, int) or isinstance(words, bool) or words < 1:
        raise table.misfit("'one_word_in' must be a whole number, 1 or more", "one_word_in")
    return SwapLetters(table.text("name"), words)


def _lowered(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)
