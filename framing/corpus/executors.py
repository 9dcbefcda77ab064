"""Where the shards of a corpus are worked on: in this process, in several of this machine, or on a Dask cluster.

An executor is given work, a callable that can be pickled and does no harm when it is done twice, and items. It yields
each item once, in the order in which they are done, with its outcome, or with LostWork where each process that worked
on it was lost. What the work raises ends the run and is raised here, with a note of where it was raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from framing.corpus.cluster import on_cluster
from framing.corpus.helper_process import HelperLostError, HelperProcess
from framing.corpus.work import Item, LostWork, OncePerProcess, Outcome, Outcomes

__all__ = ["LostWork", "OncePerProcess", "Outcomes", "in_process", "in_processes", "on_cluster"]

_TRIES = 3


def in_process(work: Callable[[Item], Outcome], items: Iterable[Item]) -> Outcomes[Item, Outcome]:
    """Work on one item after the other, here."""
    for item in items:
        yield item, work(item)


def in_processes(work: Callable[[Item], Outcome], items: Iterable[Item], jobs: int) -> Outcomes[Item, Outcome]:
    """Work on items in several processes of this machine.

    Each process has its own pipe, so that one that is killed takes nothing with it but its own item, and nobody has to
    guess which that was; a pool of joblib's ends as a whole. The item is tried again when all others are done, with
    nothing beside it: what there was too little memory for may fit then.

    Parameters
    ----------
    work : callable
        Sent once to each process; what it keeps on itself stays there from item to item.
    items : iterable
        Small, and taken only when a process is free.
    jobs : int
        How many processes, at least 1.

    Yields
    ------
    tuple of (item, outcome or LostWork)

    Raises
    ------
    Exception
        What the work raised.
    """
    waiting = iter(items)
    killed: list[Item] = []
    free: list[HelperProcess[Item, Outcome]] = []
    busy: dict[Connection[Any, Any], tuple[HelperProcess[Item, Outcome], Item]] = {}
    done: list[tuple[Item, Outcome]] = []
    try:
        while True:
            for item in islice(waiting, jobs - len(busy)):
                helper = free.pop() if free else HelperProcess(work)
                busy[helper.connection] = helper, item
                helper.give(item)
            # Only now that all are busy again: who takes the outcomes may take their time.
            yield from done
            if not busy:
                break
            done = []
            for connection in cast("list[Connection[Any, Any]]", wait([*busy])):
                helper, item = busy[connection]
                try:
                    done.append((item, helper.take()))
                    free.append(helper)
                except HelperLostError:
                    killed.append(item)
                    helper.end()
                del busy[connection]
    finally:
        for helper in [*free, *(helper for helper, _ in busy.values())]:
            helper.end()
    for item in killed:
        yield item, _alone(work, item)


def _alone(work: Callable[[Item], Outcome], item: Item) -> Outcome | LostWork:
    """Try an item again whose process was lost once."""
    for _ in range(_TRIES - 1):
        helper = HelperProcess[Item, Outcome](work)
        try:
            helper.give(item)
            return helper.take()
        except HelperLostError as error:
            lost = error
        finally:
            helper.end()
    if lost.signal is None:
        return LostWork(f"its process ended by itself each of {_TRIES} times ({lost})")
    return LostWork(f"its process was ended by {lost} each of {_TRIES} times; it may need more memory than there is")
