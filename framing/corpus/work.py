"""What executors are given, what they give back, and what work may keep from one item to the next."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Made = TypeVar("Made")


@dataclass(frozen=True)
class LostWork:
    """An item that nothing came of: each process that worked on it was lost.

    Attributes
    ----------
    reason : str
        What happened and what may help, without a full stop.
    """

    reason: str


Outcomes = Iterator[tuple[Item, Outcome | LostWork]]


@dataclass(frozen=True)
class OncePerProcess(Generic[Made]):
    """Something that is dear to make, such as a loaded model: sent as how to make it, made once in each process.

    Between two items only the process itself is sure to remain: an executor may send the work anew with each item. So
    what was made last is remembered by what it was made of. That changes nothing but the time taken as long as the
    arguments say all: a model's folder goes with its digest.

    Attributes
    ----------
    make : callable
        A function of a module.
    arguments : tuple of hashable
    """

    make: Callable[..., Made]
    arguments: tuple[Hashable, ...] = ()

    def __call__(self) -> Made:
        made: Made = _made(self.make, *self.arguments)
        return made


@lru_cache(maxsize=1)
def _made(make: Callable[..., Any], *arguments: Hashable) -> Any:
    return make(*arguments)


def with_traceback(error: Exception, place: str) -> Exception:
    """Note on an exception where it was raised, which does not travel to another process otherwise."""
    error.add_note(f"{place}:\n{''.join(traceback.format_exception(error)).rstrip()}")
    return error
